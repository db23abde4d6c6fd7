#!/usr/bin/env bash
# All tests, or with --filter those alone, by `swift test` with the given arguments. At the end, where also a log that
# keeps only its last lines has it: what failed, what was left out and why, and which tests took longest.
#
#   SWIFT       another swift
#   TEST_ALL    set: a test that lacks something of the machine fails, instead of being left out
#   STEP_TIMES  a file that gets a line for each of the two parts: seconds, name
set -uo pipefail
log=$(mktemp)
trap 'rm -f "$log"' EXIT
status=0
run() { # name, arguments of swift test
    local begin name=$1
    begin=$(date +%s)
    shift
    "${SWIFT:-swift}" test "$@" 2>&1 | tee -a "$log" || status=1
    echo "$(($(date +%s) - begin)) $name" >>"${STEP_TIMES:-/dev/null}"
}
case " $* " in
*" --filter "*) run "some tests" "$@" ;;
*) # The end-to-end tests by themselves: the others keep the processors busy, for minutes under a sanitizer.
    run "unit tests" "$@" --skip EndToEndTests
    run "end-to-end tests" "$@" --filter EndToEndTests
    ;;
esac
if [ "$status" -ne 0 ]; then
    echo "--- what failed:"
    # An issue, and the lines that explain it, until the next event.
    awk '/^(◇|✔|✘|➜|↳)/ { shown = /^✘ .* recorded an issue/ || (shown && /^↳/) } /^✘ Test run/ { shown = 1 }
        /error: |WARNING: ThreadSanitizer|ERROR: AddressSanitizer|Fatal error/ || shown { print substr($0, 1, 1000) }' "$log" |
        tail -n 60
fi
echo "--- the slowest tests, in seconds, of those that run side by side:"
sed -nE '/ Test run with /d; s/^[^ ]+ +Test (.*) (passed|failed) after ([0-9.]+) seconds.*/\3 \1/p' "$log" | sort -rn | head -n 10
left=$(grep -oE 'needs [a-z:0-9]+"?$' "$log" | tr -d '"' | sort | uniq -c | awk '{ printf "%s%s (%d)", (NR > 1 ? ", " : ""), $3, $1 }')
[ -z "$left" ] || echo "--- left to make test-all, which has what they need: tests with $left"
exit "$status"
