#!/bin/sh
# subscriber_install.sh BUILD_DIR SOURCE_DIR CC
#
# Installed by itself, libcairn-subscriber shows its own calls and no others, and the sample in C is built against it by
# pkg-config, shared and static. 77 (skipped) without libsqlite3-dev.
set -eu
build=$1 source=$2 cc=$3
pkg-config --exists sqlite3 || { echo "SKIPPED: libsqlite3-dev is not installed"; exit 77; }
to=$(mktemp -d)
trap 'rm -rf "$to"' EXIT
fail() { echo "FAILED: $*"; exit 1; }

cmake --install "$build" --component subscriber --prefix "$to" >/dev/null
lib=$(dirname "$(find "$to" -name libcairn-subscriber.so)")
sed -n 's/^\t\(cairn_subscriber_[a-z_]*\);$/\1/p' "$source/services/subscriber/cairn_subscriber.map" | sort >"$to/meant"
sed -n 's/.*\<\(cairn_subscriber_[a-z_]*\)(.*/\1/p' "$to/include/cairn_subscriber.h" | sort -u >"$to/declared"
nm -D --defined-only "$lib/libcairn-subscriber.so" | awk '$2 == "T" { sub(/@.*/, "", $3); print $3 }' | sort >"$to/shared"
nm -g --defined-only "$lib/libcairn-subscriber.a" | awk '$2 == "T" { print $3 }' | sort >"$to/static"
for shown in shared static; do cmp "$to/meant" "$to/$shown" || fail "$shown shows other calls"; done
comm -23 "$to/meant" "$to/declared" | grep . && fail "not in the header"
readelf -d "$lib/libcairn-subscriber.so" | grep -q 'SONAME.*libcairn-subscriber\.so\.1\]' || fail "another soname"
readelf -d "$lib/libcairn-subscriber.so" | grep 'NEEDED.*lmdb' && fail "a database is linked"
[ -e "$to/share/man/man3/libcairn-subscriber.3" ] || fail "no manual page"

# The file's prefix is the installation's own.
PKG_CONFIG_PATH=$lib/pkgconfig
export PKG_CONFIG_PATH
config() { pkg-config --define-variable=prefix="$to" "$@" cairn-subscriber sqlite3; }
sample=$source/deploy/sample/subscribers/c/subscriber.c
says_usage() { "$@" 2>&1 | grep -q 'usage: ENDPOINT' || fail "$1 does not run"; }
# shellcheck disable=SC2046 # words are meant
"$cc" -Wall -Werror -o "$to/with-shared" "$sample" $(config --cflags --libs)
LD_LIBRARY_PATH=$lib says_usage "$to/with-shared"
rm "$lib"/libcairn-subscriber.so*
# shellcheck disable=SC2046
"$cc" -Wall -Werror -o "$to/with-static" "$sample" $(config --cflags --libs --static)
says_usage "$to/with-static"
