#!/bin/sh
# modules.sh FOLDER: compiles the rooms, each as its own module, for a fuzz target that sees them from outside.
set -eu
folder=$1
mkdir -p "$folder"
for room in Locking Files Threads JSON Schedule HTTPClient HTTPServer Clockwork Ledger Calling Telling SchedulerCore; do
    "${SWIFTC:-swiftc}" -O -wmo -parse-as-library -swift-version 6 -package-name scheduler-sidecar -suppress-warnings \
        -enable-upcoming-feature InternalImportsByDefault -sanitize=fuzzer,address \
        -I Sources/CCurl -I Sources/CLinux -I "$folder" -module-name "$room" \
        -emit-module -emit-module-path "$folder/$room.swiftmodule" -emit-object -o "$folder/$room.o" \
        $(find "Sources/$room" -name '*.swift')
done
