#!/usr/bin/env bash
# The given targets of the Makefile one after the other, until one fails; then how long each of them took.
set -uo pipefail
STEP_TIMES=$(mktemp)
export STEP_TIMES
trap 'rm -f "$STEP_TIMES"' EXIT
status=0
for step in "$@"; do
    begin=$(date +%s)
    "${MAKE:-make}" --no-print-directory "$step" || status=1
    echo "$(($(date +%s) - begin)) make $step" >>"$STEP_TIMES"
    [ "$status" -eq 0 ] || break
done
echo "--- steps, in seconds:"
sort -rn "$STEP_TIMES"
exit "$status"
