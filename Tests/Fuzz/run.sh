#!/bin/sh
# run.sh TARGET SECONDS SOURCE...: compiles a fuzz target with the sources it is over, and searches for that long.
# Ends with the fuzzer's status. What it found stays in .build/fuzz: the corpus, and the input of a crash.
set -eu
target=$1 seconds=$2
shift 2
corpus=.build/fuzz/$target
log=$corpus.log
mkdir -p "$corpus"

# seed NAME: a sound input to begin with, from standard input; its first byte is the target's choice.
seed() { cat > "$corpus/seed-$1"; }

case $target in
schedule)
    for text in 'every 1h30m' 'daily 07:00,13:00' 'weekly mon,thu 03:00' 'monthly last 03:00' \
        'cron 30 */5 1-5,7 JAN-MAR * MON#2' 'cron H H(0-7) LW * *' 'cron 0 9 15W * 5L' 'cron @daily'; do
        printf '\000%s' "$text" | seed "$(printf %s "$text" | tr -c 'a-zA-Z0-9' _)"
    done
    for zone in UTC Europe/Prague Australia/Lord_Howe America/Sao_Paulo; do
        { printf '\001'; cat "/usr/share/zoneinfo/$zone"; } | seed "${zone##*/}"
    done
    printf '\0021h30m' | seed interval
    printf '\0022026-11-21T04:44:55.123Z' | seed moment
    printf '\003CET-1CEST,M3.5.0,M10.5.0/3' | seed rule
    printf '\003<+0330>-3:30<+0430>,J79/24,J263/24' | seed rule-days
    ;;
json)
    printf '{"a": [1, -2.5e3, true, null, "x\\u00e9\\n"], "b": {"": "\\ud83d\\ude00"}}' | seed all
    printf ' [[[["\303\251"]]], 12345678901234567890] ' | seed nested
    ;;
request)
    printf '\007GET /healthz?full=1 HTTP/1.1\r\nHost: app\r\n\r\n' | seed get
    printf '\003POST /a HTTP/1.1\r\nHost: app\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\nhello' | seed post
    printf '\001\r\nHEAD / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n' | seed chunked
    ;;
settings)
    i=0
    for text in 'daily 03:00,15:00 POST /api/reports timeout=900 retries=3' 'off' 'weekly mon 05:00 GET /x tz=Europe/Prague' \
        'cron 0 5 * * MON POST /w header.X-A="a b" first=wait catchup=skip catchup-window=2d jitter=90 body={"full": true}'; do
        printf '\000%s' "$text" | seed "job-$i"
        printf '\002%s' "$text" | seed "defaults-$i"
        i=$((i + 1))
    done
    printf '\003https://[::1]:8443/a/' | seed url
    printf '\012socks5h://user:pass@proxy:1080' | seed proxy
    printf '\005 +0060 ' | seed number
    ;;
state)
    i=0
    id=0123456789abcdef0123456789abcdef at=2026-11-21T03:44:55.123Z
    hold="hold=abandoned from=$at until=$at" failed="attempts=1 outcome=failed status=500 ms=9 late=0"
    for text in "begin job=a slot=$at run=$id trigger=schedule at=$at attempt=1" "withdrawn job=a run=$id" \
        "failed job=a slot=$at run=$id trigger=schedule at=$at $failed $hold" "passed job=a slot=$at" \
        "unfinished job=a slot=$at run=$id trigger=first at=$at $failed" \
        "end job=a:b slot=$at run=$id trigger=first at=$at attempts=2 outcome=ok status=200 ms=12 late=3" \
        "run job=a slot=$at run=$id trigger=catchup at=$at attempts=1 outcome=timeout status=0 ms=900 late=0" \
        "flight job=a slot=$at run=$id trigger=manual at=$at attempt=1 previous=- peak=$at" \
        "gone job=a at=$at" "dropped job=a" \
        "job job=a last=$at success=- failures=3 gone=- runs=1 flight=$id zone=Europe/Prague schedule=\"daily 03:00\"" \
        "job job=a last=$at success=- failures=0 gone=- runs=0 flight=- zone=UTC schedule=@daily seen=$at highest=- $hold" \
        "configured job=\"a\\x41\" last=- zone=\"\" schedule=\"every 1h\" seen=-" 'scheduler-state version=1'; do
        printf '\001%s\n' "$text" | seed "$i-${text%% *}"
        i=$((i + 1))
    done
    printf '\002\000\100A\001\000\n' | seed damage
    ;;
esac

"${SWIFTC:-swiftc}" -O -parse-as-library -swift-version 6 -package-name "${PACKAGE:-fuzz}" -suppress-warnings \
    -sanitize=fuzzer,address "$@" -o "$corpus-fuzzer" > "$log" 2>&1 || { cat "$log"; exit 1; }

status=0
# Without the first setting a crash can hang in the printing of its own stack.
SWIFT_BACKTRACE=enable=no ASAN_OPTIONS=detect_leaks=0 "$corpus-fuzzer" -max_total_time="$seconds" -max_len=4096 \
    -timeout=5 -rss_limit_mb=2048 -print_final_stats=1 -artifact_prefix="$corpus-" "$corpus" > "$log" 2>&1 || status=$?
echo "$target:"
grep -E '^(Done|stat::)' "$log" || true
if [ $status -ne 0 ]; then
    tail -40 "$log"
fi
exit $status
