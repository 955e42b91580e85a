#!/bin/bash
# openapi.sh SOURCE_DIR BIN_DIR: what a live gateway says of itself, read by somebody else's validator and asked for.
set -euo pipefail
source_dir=$1
bin=$2
work=$(mktemp -d /tmp/cairn-openapi-XXXXXX)
dir=$work/a
. "$source_dir/tests/integration/lib.sh"
trap down_all EXIT

[ -d "$source_dir/tests/interop/node_modules" ] || { echo "SKIPPED: the packages are not installed"; exit 77; }
"$source_dir/deploy/up" --dir "$dir" --bin "$bin" enrollment evidence assessment issuance notification >/dev/null
ctl catalogue load "$source_dir"/deploy/sample/*.json >/dev/null
"$source_dir/deploy/up" --dir "$dir" --bin "$bin" --set http=127.0.0.1:0 gateway >/dev/null
cd "$source_dir/tests/interop"
node openapi.mjs "http://$(cat "$dir/run/gateway.http")"
