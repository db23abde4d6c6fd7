#!/bin/sh
# Builds libcurl.a from Debian's own source package, http and https only: build.sh PREFIX
#
# Debian's library loads 30 others (LDAP, SSH, Kerberos, ...), and their pages are most of what a small program over it
# holds in memory. The source package has Debian's security patches, so a new build has them too; `scheduler version`
# names its revision.
#
# Needs root for apt, dpkg-dev, patch, make, a C compiler, libssl-dev.
set -eu
prefix=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

# The configured package sources, with deb-src, in a place of their own: the system's lists stay as they are.
mkdir -p parts lists/partial
for list in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
    [ ! -e "$list" ] || sed -n 's/^deb /deb-src /p' "$list" >"parts/$(basename "$list" .list).list"
done
for list in /etc/apt/sources.list.d/*.sources; do
    [ ! -e "$list" ] || sed 's/^Types:.*/Types: deb-src/' "$list" >"parts/$(basename "$list")"
done
sources() {
    # As root: the user that apt would become may not read this folder.
    apt-get -qq -o Dir::Etc::SourceList=/dev/null -o Dir::Etc::SourceParts="$work/parts" \
        -o Dir::State::Lists="$work/lists" -o APT::Sandbox::User=root "$@"
}
sources update
sources source --only-source curl
cd curl-*/

# Debian builds three flavours from one source; these two patches make the other two (debian/rules).
for flavour in 99_nss 90_gnutls; do
    patch -R -s -p1 <"debian/patches/$flavour.patch"
done
revision=$(dpkg-parsechangelog -S Version)
sed -i "s/^#define LIBCURL_VERSION \".*/#define LIBCURL_VERSION \"$revision\"/" include/curl/curlver.h

# --enable-verbose stays on, since its error messages need it; unix sockets are for SCHEDULER_UNIX_SOCKET.
CFLAGS="$(dpkg-buildflags --get CFLAGS) -ffunction-sections -fdata-sections" \
    ./configure --quiet --prefix="$prefix" --disable-shared --enable-static --with-pic --enable-symbol-hiding \
    --with-openssl --with-ca-path=/etc/ssl/certs --with-ca-bundle=/etc/ssl/certs/ca-certificates.crt \
    --enable-threaded-resolver --enable-ipv6 --enable-proxy --enable-unix-sockets --enable-headers-api \
    --disable-dependency-tracking --disable-ftp --disable-file --disable-ldap --disable-ldaps --disable-rtsp \
    --disable-dict --disable-telnet --disable-tftp --disable-pop3 --disable-imap --disable-smb --disable-smtp \
    --disable-gopher --disable-mqtt --disable-manual --disable-libcurl-option --disable-ntlm --disable-ntlm-wb \
    --disable-tls-srp --disable-crypto-auth --disable-cookies --disable-doh --disable-mime --disable-netrc \
    --disable-progress-meter --disable-alt-svc --disable-hsts --disable-websockets \
    --without-zlib --without-brotli --without-zstd --without-libpsl --without-libidn2 --without-librtmp \
    --without-libssh2 --without-nghttp2 --without-gssapi
make -s -C lib -j"$(nproc)" install
make -s -C include install
make -s install-pkgconfigDATA
# OpenSSL is linked in as well: what stands in the archives and is not needed, is left out.
sed -i 's/-lssl/-l:libssl.a/g; s/-lcrypto/-l:libcrypto.a/g' "$prefix/lib/pkgconfig/libcurl.pc"
echo "libcurl $revision in $prefix"
