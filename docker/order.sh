#!/bin/sh
# Writes functions.order anew: the functions that a start, a run of each documented job and an idle wait call.
#
# The linker puts them side by side, so that the pages of those that are never called stay on the disk. Those of an idle
# tick come first: after a second of sleep each page that it touches costs more than what it does there. A name that no
# longer exists does no harm; the file is worth renewing when the program has grown or the toolchain has changed.
# order.sh PREFIX; needs valgrind.
set -eu
prefix=$1
here=$(cd "$(dirname "$0")" && pwd)
cd "$here/.."
work=$(mktemp -d)
app= clock=
finish() {
    for process in $clock $app; do kill "$process" 2>/dev/null || true; done
    rm -rf "$work"
}
trap finish EXIT
: >"$here/functions.order"
LINKER_FLAGS="-Xlinker --no-demangle -Xlinker -Map=$work/map" sh "$here/release.sh" "$prefix" "$work" scheduler
swift build -c release --product target-app
LOCAL_DEV_MODE=1 TARGET_APP_LISTEN=127.0.0.1:0 "$(swift build -c release --show-bin-path)/target-app" >"$work/app" 2>&1 &
app=$!
until grep -qs '^listening on ' "$work/app"; do sleep 0.1; kill -0 $app; done
# Nothing of our own environment: a CA file would start OpenSSL.
env -i PATH="$PATH" API_URL="$(sed -n 's/^listening on //p' "$work/app")" SCHEDULER_STARTUP_GRACE_SECONDS=0 \
    SCHEDULER_BQ_METADATA_INITIAL_OFFSET_MAX_SECONDS=0 SCHEDULER_TICK_SECONDS=1 \
    SCHEDULER_API_TOKEN=a-token-of-thirty-two-characters \
    valgrind --tool=callgrind --demangle=no --compress-strings=no --callgrind-out-file="$work/calls" \
    "$work/scheduler" 2>"$work/log" &
clock=$!
until [ -e "$work/log" ] && [ "$(grep -c outcome= "$work/log")" -ge 11 ]; do sleep 0.2; kill -0 $clock; done
# Longer than a thread waits for work. The dump ends the profile so far, and begins another one: of ticks alone.
sleep 12
callgrind_control --dump $clock
sleep 5
callgrind_control --dump $clock
kill -TERM $clock
wait $clock || { cat "$work/log" >&2; exit 1; }
clock=
# The names, in the order of the profile; of the standard library's one large section only the first, else the section
# would come to stand in the middle.
awk -v program="$work/scheduler" '
    FILENAME ~ /map$/ {
        if ($5 ~ /:\(/) { large = length($3) > 4 }
        else if (NF == 5 && large) { inLarge[$5] = 1 }
        next
    }
    /^ob=/ { isOurs = substr($0, 4) == program }
    /^fn=/ && isOurs {
        name = substr($0, 4)
        sub(/\x27[0-9]+$/, "", name)
        if (seen[name]++) next
        if (name in inLarge) late = name; else print name
    }
    END { print late }
' "$work/map" "$work/calls.2" "$work/calls.1" "$work/calls" >"$here/functions.order"
wc -l "$here/functions.order"
