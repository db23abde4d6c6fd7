#!/bin/sh
# target-app and the scheduler side by side, with a short grace; `make demo` calls this with the folder of the binaries.
set -eu
bin=$1
work=$(mktemp -d)
token=demo-token-that-is-long-enough-for-the-app
app=
clock=
finish() {
    trap - EXIT INT TERM
    for process in $clock $app; do
        kill -TERM "$process" 2>/dev/null || true
        wait "$process" 2>/dev/null || true
    done
    rm -rf "$work"
}
trap finish EXIT
trap 'exit 130' INT TERM

# Nothing of the caller's environment: it may hold jobs, a token, a state directory.
env -i SCHEDULER_API_TOKEN=$token TARGET_APP_LISTEN=127.0.0.1:0 TARGET_APP_WORK_MS=300 \
    "$bin/target-app" >"$work/app.out" 2>"$work/app.log" &
app=$!
tries=0
until grep -q '^listening on ' "$work/app.out"; do
    tries=$((tries + 1))
    [ "$tries" -lt 100 ] || { cat "$work/app.log" >&2; echo "target-app did not start" >&2; exit 1; }
    sleep 0.1
done
url=$(sed -n 's/^listening on //p' "$work/app.out")
echo "target-app listens on $url; the scheduler's log follows${SECONDS_TO_RUN:+ for $SECONDS_TO_RUN s}, Ctrl-C ends it."
echo
env -i API_URL="$url" SCHEDULER_API_TOKEN=$token SCHEDULER_STARTUP_GRACE_SECONDS=2 "$bin/scheduler" &
clock=$!
if [ -n "${SECONDS_TO_RUN:-}" ]; then
    sleep "$SECONDS_TO_RUN" &
    wait $!
    kill -TERM "$clock"
fi
wait "$clock"
clock=
echo
echo "what target-app saw:"
cat "$work/app.log"
