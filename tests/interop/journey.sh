#!/bin/sh
# The whole journey on five daemons, as the README promises it; then other people's libraries verify the badge
# offline, and refuse five forgeries of it. Run twice in one directory: what is there is used again.
set -eu
root=$1
dir=$(mktemp -d /tmp/cairn-journey-XXXXXX)
trap 'rm -rf "$dir"' EXIT
"$root/deploy/quickstart" --once --dir "$dir"
"$root/deploy/quickstart" --once --dir "$dir" >/dev/null
cd "$root/tests/interop"
node verify.mjs "$dir/credential"
