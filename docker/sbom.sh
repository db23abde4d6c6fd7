#!/bin/sh
# What is linked into the program, for scanners, as CycloneDX: scheduler version --libraries | sbom.sh VERSION
#
# To be run where the program was built. Scanners judge by Debian's revisions, which the libraries themselves (but for
# our libcurl) don't know: they are those of the packages that are installed here.
set -eu

# revision VERSION PACKAGE: of the package, if it has that version; the version, where there is no such package.
revision() {
    # shellcheck disable=SC2016
    found=$(dpkg-query -W -f '${source:Version}' "$2" 2>/dev/null) || found=$1
    case $found in
    "$1" | "$1"[-.+~]*) echo "$found" ;;
    *) echo "the program has version $1 of what $2 has here as $found" >&2; exit 1 ;;
    esac
}
debian() { # source package, revision
    printf ',"purl":"pkg:deb/debian/%s@%s?arch=source&distro=debian-12"' "$1" "$(echo "$2" | sed 's/+/%2B/g; s/:/%3A/g')"
}

printf '{"bomFormat":"CycloneDX","specVersion":"1.5","version":1,'
printf '"metadata":{"component":{"type":"application","name":"scheduler-sidecar","version":"%s"}},\n"components":[' "$1"
comma=
while read -r name version; do
    id=
    case $name in
    libcurl) id=$(debian curl "$version") ;;
    OpenSSL) version=$(revision "$version" libssl-dev); id=$(debian openssl "$version") ;;
    glibc) version=$(revision "$version" libc6-dev); id=$(debian glibc "$version") ;;
    libstdc++) version=$(revision "$version" "libstdc++-$version-dev"); id=$(debian "gcc-${version%%.*}" "$version") ;;
    Swift)
        found=$("${SWIFT:-swift}" --version 2>/dev/null | sed -n "s/.*Swift version \([0-9.]*\).*/\1/p")
        version=${found:-$version}
        id=$(printf ',"cpe":"cpe:2.3:a:apple:swift:%s:*:*:*:*:*:*:*"' "$version")
        ;;
    esac
    printf '%s\n{"type":"library","name":"%s","version":"%s"%s}' "$comma" "$name" "$version" "$id"
    comma=,
done
printf '\n]}\n'
