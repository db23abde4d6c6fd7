// libcurl, mapped one to one; no logic here.
//
// curl_easy_setopt and curl_easy_getinfo are variadic, which Swift cannot call: one inline per argument type.
#ifndef CCURL_SHIM_H
#define CCURL_SHIM_H

#include <curl/curl.h>

typedef size_t (*ccurl_write_function)(char *bytes, size_t size, size_t count, void *context);

static inline CURLcode ccurl_setopt_long(CURL *handle, CURLoption option, long value) {
  return curl_easy_setopt(handle, option, value);
}

static inline CURLcode ccurl_setopt_off(CURL *handle, CURLoption option, curl_off_t value) {
  return curl_easy_setopt(handle, option, value);
}

static inline CURLcode ccurl_setopt_string(CURL *handle, CURLoption option, const char *value) {
  return curl_easy_setopt(handle, option, value);
}

static inline CURLcode ccurl_setopt_pointer(CURL *handle, CURLoption option, void *value) {
  return curl_easy_setopt(handle, option, value);
}

static inline CURLcode ccurl_setopt_write(CURL *handle, CURLoption option, ccurl_write_function value) {
  return curl_easy_setopt(handle, option, value);
}

static inline CURLcode ccurl_setopt_ssl_ctx(CURL *handle, curl_ssl_ctx_callback value) {
  return curl_easy_setopt(handle, CURLOPT_SSL_CTX_FUNCTION, value);
}

typedef int (*ccurl_prereq_function)(void *context, char *address, char *local, int port, int local_port);

static inline CURLcode ccurl_setopt_prereq(CURL *handle, CURLoption option, ccurl_prereq_function value) {
  return curl_easy_setopt(handle, option, value);
}

static inline CURLcode ccurl_setopt_opensocket(CURL *handle, curl_opensocket_callback value) {
  return curl_easy_setopt(handle, CURLOPT_OPENSOCKETFUNCTION, value);
}

static inline CURLcode ccurl_getinfo_long(CURL *handle, CURLINFO info, long *value) {
  return curl_easy_getinfo(handle, info, value);
}

#endif
