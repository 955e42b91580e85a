#!/bin/sh
# format.sh SOURCE_DIR
#
# clang-format would change nothing in our .c and .h files. 77 (skipped) where there is no clang-format.
set -eu

if ! command -v clang-format >/dev/null; then
	echo "no clang-format here" >&2
	exit 77
fi
cd "$1"
if [ -e .git ]; then
	files=$(git ls-files -- '*.c' '*.h')
else
	files=$(find libshared services tests -name '*.[ch]')
fi
# A file that is being removed is still listed.
existing=
for file in $files; do
	[ ! -e "$file" ] || existing="$existing $file"
done
# shellcheck disable=SC2086 # our file names have no blanks
clang-format --dry-run -Werror $existing
