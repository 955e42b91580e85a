#!/bin/bash
# The gateway under requests that no browser sends.
set -euo pipefail
source_dir=$1 bin=$2
work=$(mktemp -d /tmp/cairn-web-raw-XXXXXX)
dir=$work/a
source "$source_dir/tests/integration/lib.sh"
trap down_all EXIT

ulimit -n "$(ulimit -Hn)"
"$source_dir/deploy/up" --dir "$dir" --bin "$bin" --port 0
ctl catalogue load "$source_dir"/deploy/sample/*.json >/dev/null
/usr/bin/python3 "$source_dir/tests/integration/web_raw.py" "$(cat "$dir/run/gateway.http")" "$(cat "$dir/run/gateway.pid")"
