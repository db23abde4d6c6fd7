// What libcurl and the kernel cost without a scheduler around them: the limit that the benchmarks measure against.
//
//   bare URL THREADS CALLS    each thread sends its share, as the sidecar sends (EasyHandle.swift, Client.swift),
//                             then prints calls per second and CPU time per call in microseconds
//   bare tick SECONDS         wakes up each second and does nothing
//
// Both then wait for the end of standard input, so that memory and time can be looked at.
#include <curl/curl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

static const char *url;
static long left;
static long failures;

static size_t take(char *bytes, size_t size, size_t count, void *context) {
  (void)bytes, (void)context;
  return size * count;
}

static int connected(void *context, char *ip, char *local_ip, int port, int local_port) {
  (void)context, (void)ip, (void)local_ip, (void)port, (void)local_port;
  return CURL_PREREQFUNC_OK;
}

static void set_options(CURL *easy, char *error) {
  curl_easy_reset(easy);
  curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, error);
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(easy, CURLOPT_PROXY, "");
  curl_easy_setopt(easy, CURLOPT_NOPROXY, "");
  curl_easy_setopt(easy, CURLOPT_NETRC, 0L);
  curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
  curl_easy_setopt(easy, CURLOPT_HTTP09_ALLOWED, 0L);
  curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
  curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L);
  curl_easy_setopt(easy, CURLOPT_DNS_CACHE_TIMEOUT, 0L);
  curl_easy_setopt(easy, CURLOPT_SSL_SESSIONID_CACHE, 0L);
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
  curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
  curl_easy_setopt(easy, CURLOPT_CA_CACHE_TIMEOUT, 0L);
  curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
  curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, 60000L);
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, 10000L);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take);
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, take);
  curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, connected);
  curl_easy_setopt(easy, CURLOPT_POST, 1L);
  curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)0);
  curl_easy_setopt(easy, CURLOPT_COPYPOSTFIELDS, "");
  curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, "POST");
  curl_easy_setopt(easy, CURLOPT_URL, url);
}

static struct curl_slist *headers(void) {
  static const char *lines[] = {
      "User-Agent: scheduler-sidecar/0.2.0",
      "Idempotency-Key: job-1@2026-11-21T08:57:31.842Z",
      "X-Scheduler-Job: job-1",
      "X-Scheduler-Slot: 2026-11-21T08:57:31.842Z",
      "X-Scheduler-Attempt: 1",
      "X-Scheduler-Trigger: schedule",
      "X-Request-ID: 0123456789abcdef0123456789abcdef",
      "traceparent: 00-0123456789abcdef0123456789abcdef-0123456789abcdef-01",
      "Authorization: Bearer benchmark-token-of-thirty-two-characters",
      "Expect:",
      "Content-Type:",
  };
  struct curl_slist *list = NULL;
  for (size_t index = 0; index < sizeof lines / sizeof *lines; index++) list = curl_slist_append(list, lines[index]);
  return list;
}

// One transfer over a multi handle, as the sidecar drives it; the answer's status, or 0.
static long call(CURLM *multi, CURL *easy, char *error) {
  set_options(easy, error);
  struct curl_slist *list = headers();
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, list);
  curl_multi_add_handle(multi, easy);
  int running = 0, messages;
  do {
    curl_multi_perform(multi, &running);
    if (running) curl_multi_poll(multi, NULL, 0, 60000, NULL);
  } while (running);
  CURLMsg *message = curl_multi_info_read(multi, &messages);
  long status = 0;
  struct curl_header *header;
  if (message && message->data.result == CURLE_OK) curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
  curl_easy_header(easy, "Location", 0, CURLH_HEADER, -1, &header);
  curl_easy_header(easy, "Retry-After", 0, CURLH_HEADER, -1, &header);
  curl_multi_remove_handle(multi, easy);
  curl_slist_free_all(list);
  return status;
}

static void *work(void *unused) {
  (void)unused;
  char error[CURL_ERROR_SIZE];
  CURL *easy = curl_easy_init();
  CURLM *multi = curl_multi_init();
  while (__atomic_sub_fetch(&left, 1, __ATOMIC_RELAXED) >= 0) {
    if (call(multi, easy, error) != 200) __atomic_add_fetch(&failures, 1, __ATOMIC_RELAXED);
  }
  curl_multi_cleanup(multi);
  curl_easy_cleanup(easy);
  return NULL;
}

static double seconds(clockid_t clock) {
  struct timespec now;
  clock_gettime(clock, &now);
  return now.tv_sec + now.tv_nsec / 1e9;
}

static int tick(long seconds) {
  int timer = timerfd_create(CLOCK_REALTIME, 0);
  struct itimerspec setting = {{1, 0}, {1, 0}};
  timerfd_settime(timer, 0, &setting, NULL);
  unsigned long long expired;
  while (seconds-- > 0 && read(timer, &expired, sizeof expired) == sizeof expired) {}
  while (getchar() != EOF) {}
  return 0;
}

int main(int count, char **arguments) {
  if (count == 3 && strcmp(arguments[1], "tick") == 0) return tick(atol(arguments[2]));
  if (count != 4) return 64;
  url = arguments[1];
  int threads = atoi(arguments[2]);
  long calls = left = atol(arguments[3]);
  curl_global_init(CURL_GLOBAL_DEFAULT);
  double begin = seconds(CLOCK_MONOTONIC), cpu = seconds(CLOCK_PROCESS_CPUTIME_ID);
  if (threads == 1) {
    work(NULL);
  } else {
    pthread_t *all = calloc(threads, sizeof *all);
    for (int index = 0; index < threads; index++) pthread_create(&all[index], NULL, work, NULL);
    for (int index = 0; index < threads; index++) pthread_join(all[index], NULL);
    free(all);
  }
  double wall = seconds(CLOCK_MONOTONIC) - begin;
  cpu = seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu;
  printf("%.0f %.1f %ld\n", calls / wall, cpu / calls * 1e6, failures);
  fflush(stdout);
  while (getchar() != EOF) {}
  return failures != 0;
}
