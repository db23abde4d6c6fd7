#!/bin/sh
# The programs as the images ship them, for Debian 12: release.sh PREFIX OUT [product ...]
#
# PREFIX is where libcurl.sh put its library. The result needs glibc and its maths library, and nothing else.
set -eu
prefix=$1 out=$2
shift 2
[ $# -gt 0 ] || set -- scheduler target-app
here=$(cd "$(dirname "$0")" && pwd)
cd "$here/.."
scratch=${SCRATCH:-.build/small}
# A folder with the archive alone: where the linker finds both kinds, it takes the shared one.
mkdir -p "$scratch/archives"
ln -sf "$(clang -print-file-name=libstdc++.a)" "$scratch/archives/"

# -function-sections, --gc-sections: what is not called is left out.
# --symbol-ordering-file: what is called stands together, so that fewer pages are touched (order.sh).
# pack-relative-relocs: addresses to be adjusted at the start take 12 kB, not 600 (glibc 2.36 or newer).
for product in "$@"; do
    # Not linked again by itself when only the order has changed.
    rm -f "$scratch/release/$product"
    PKG_CONFIG_PATH=$prefix/lib/pkgconfig swift build -c release --static-swift-stdlib --scratch-path "$scratch" \
        --explicit-target-dependency-import-check error --product "$product" \
        -Xswiftc -Xfrontend -Xswiftc -function-sections \
        -Xswiftc -use-ld=lld -Xswiftc -Xclang-linker -Xswiftc -static-libgcc \
        -Xlinker "-L$PWD/$scratch/archives" -Xlinker --no-export-dynamic \
        -Xlinker -z -Xlinker pack-relative-relocs \
        -Xlinker --symbol-ordering-file="$here/functions.order" -Xlinker --no-warn-symbol-ordering \
        ${LINKER_FLAGS:--Xlinker -s}
    install -D -t "$out" "$scratch/release/$product"
done
