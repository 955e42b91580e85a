#!/bin/sh
# What a daemon offers to be scraped, in the eyes of Prometheus's own checker; and its health.
set -eu
root=$1 bin=$2
dir=$(mktemp -d /tmp/cairn-metrics-XXXXXX)
port=$("$root/tests/support/free_port.py")
trap '"$root/deploy/down" --dir "$dir"; rm -rf "$dir"' EXIT
"$root/deploy/up" --dir "$dir" --bin "$bin" --set "metrics_port=$port" enrollment

get() {
	python3 -c 'import sys, urllib.request
sys.stdout.write(urllib.request.urlopen("http://127.0.0.1:%s/%s" % (sys.argv[1], sys.argv[2]), timeout=10).read().decode())' "$port" "$1"
}
get metrics >"$dir/metrics"
grep -q '^cairn_enrollment_' "$dir/metrics" || { echo "no metrics of enrollment"; exit 1; }
get livez >/dev/null
get readyz >/dev/null
if command -v promtool >/dev/null; then
	promtool check metrics <"$dir/metrics"
else
	echo "promtool is not here: the format is not checked"
	exit 77
fi
