#!/usr/bin/env bash
# `swift test` with the given arguments; what failed is said once more at the end, where also a log that keeps only its
# last lines has it. SWIFT names another swift.
set -uo pipefail
log=$(mktemp)
trap 'rm -f "$log"' EXIT
"${SWIFT:-swift}" test "$@" 2>&1 | tee "$log"
status=$?
if [ "$status" -ne 0 ]; then
    echo "--- what failed:"
    # An issue, and the lines that explain it, until the next event.
    awk '/^(◇|✔|✘|➜|↳)/ { shown = /^✘ .* recorded an issue/ || (shown && /^↳/) } /^✘ Test run/ { shown = 1 }
        /error: |WARNING: ThreadSanitizer|ERROR: AddressSanitizer|Fatal error/ || shown { print substr($0, 1, 1000) }' "$log" |
        tail -n 60
fi
exit "$status"
