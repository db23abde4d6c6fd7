#!/bin/sh
# The programs as the images ship them, for Debian 12: release.sh PREFIX OUT [product ...]
#
# PREFIX is where libcurl/build.sh put its library. The result needs no library at all: glibc is linked in as well, since most
# of what its libraries and the loader keep in memory is never used. Names are looked up as /etc/nsswitch.conf says; of
# its modules "files" and "dns" are part of the program; others are loaded from the system, which has to be of the same
# release.
set -eu
prefix=$1 out=$2
shift 2
[ $# -gt 0 ] || set -- scheduler target-app
here=$(cd "$(dirname "$0")" && pwd)
cd "$here/.."
scratch=.build/small
# The date of the sources: as given, of the commit, or where there is none of the newest file.
: "${SOURCE_DATE_EPOCH:=$(git log -1 --format=%ct 2>/dev/null || find Sources -type f -printf '%Ts\n' | sort -n | tail -n 1)}"
export SOURCE_DATE_EPOCH

# static-pie: at another address with each start, as if the libraries were shared.
# --disable-local-rpath: glibc refuses to start a static program that has a path for libraries.
# pack-relative-relocs: addresses to be adjusted at the start take 12 kB, not 600 (glibc 2.36 or newer).
for product in "$@"; do
    PKG_CONFIG_PATH=$prefix/lib/pkgconfig swift build -c release --static-swift-stdlib --disable-local-rpath \
        --scratch-path "$scratch" \
        --explicit-target-dependency-import-check error --product "$product" \
        -Xswiftc -use-ld=lld -Xswiftc -Xclang-linker -Xswiftc -static-pie \
        -Xlinker --no-export-dynamic \
        -Xlinker -z -Xlinker pack-relative-relocs \
        -Xlinker -s
    install -D -t "$out" "$scratch/release/$product"
done
[ ! -e "$out/scheduler" ] || "$out/scheduler" version --libraries |
    sh docker/sbom.sh "$("$out/scheduler" version | sed -n 's/^scheduler-sidecar //p')" >"$out/scheduler.cdx.json"
