#!/bin/bash
# gateway.sh [--quick]: what the gateway answers a second. Pages and their JSON in turns with nginx, which serves the
# same bytes from a file; a search over ten thousand micro-credentials by 200 strangers a second; a credential's public
# page. Over loopback by kept connections, without TLS, sent by wrk.
#
# Lines as bench_line() writes them. Without wrk there is nothing; without nginx nothing is compared.
set -euo pipefail
source_dir=$(cd "$(dirname "$0")/../.." && pwd)
bin=$source_dir/build/bin
seconds=5 entries=10000 rounds=3 searches=4000
[ "${1:-}" != --quick ] || { seconds=2 entries=2000 rounds=1 searches=600; }
command -v wrk >/dev/null || { echo "the gateway: left out, wrk is not installed"; exit 0; }

work=$(mktemp -d /tmp/cairn-bench-web-XXXXXX)
dir=$work/a
nginx=
. "$source_dir/tests/integration/lib.sh"
cleanup() {
	[ -z "$nginx" ] || { kill "$nginx" && wait "$nginx"; } 2>/dev/null || true
	down_all
}
trap cleanup EXIT

line() { printf '%-46s %14s  %-44s %s\n' "$@"; }

# ---- what is asked ------------------------------------------------------------------------------

"$source_dir/deploy/up" --dir "$dir" --bin "$bin" enrollment evidence assessment issuance notification >/dev/null
earn "Ana Torres" ana TN:Professional:4711:2021-09-01:2027-08-31 "$source_dir/deploy/sample/evidence/lit-101/plan.md" >/dev/null
"$source_dir/deploy/up" --dir "$dir" --bin "$bin" --set http=127.0.0.1:0 gateway >/dev/null
base=http://$(cat "$dir/run/gateway.http")
pid=$(cat "$dir/run/gateway.pid")

# ---- nginx ----------------------------------------------------------------------------------------

start_nginx() {
	local port=$((20000 + RANDOM % 10000))
	mkdir -p "$work/nginx/html"
	cat >"$work/nginx/conf" <<-END
		daemon off; worker_processes 1; pid $work/nginx/pid; error_log $work/nginx/log;
		events { worker_connections 512; }
		http {
			access_log off; keepalive_requests 100000000; default_type text/html;
			client_body_temp_path $work/nginx/b; proxy_temp_path $work/nginx/p; fastcgi_temp_path $work/nginx/f;
			uwsgi_temp_path $work/nginx/u; scgi_temp_path $work/nginx/s;
			server { listen 127.0.0.1:$port; root $work/nginx/html; }
		}
	END
	# Its worker must read what only we may.
	[ "$(id -u)" != 0 ] || sed -i '1s/^/user root; /' "$work/nginx/conf"
	nginx -p "$work/nginx" -c "$work/nginx/conf" 2>>"$work/nginx/log" &
	nginx=$!
	static=http://127.0.0.1:$port
	until curl -s -o /dev/null "$static/"; do
		kill -0 $nginx 2>/dev/null || fail "nginx did not start: $(cat "$work/nginx/log")"
	done
}
PATH=$PATH:/usr/sbin
static=
! command -v nginx >/dev/null || start_nginx

# ---- rates ----------------------------------------------------------------------------------------

# load URL ACCEPT: sets rate, p50 and p99.
load() {
	wrk -t1 -c32 "-d${seconds}s" --latency -H "Accept: $2" "$1" >"$work/wrk"
	! grep -q 'Non-2xx\|Socket errors' "$work/wrk" || fail "$1: $(cat "$work/wrk")"
	rate=$(awk '/^Requests\/sec/ {print $2}' "$work/wrk")
	p50=$(awk '$1 == "50%" {print $2}' "$work/wrk")
	p99=$(awk '$1 == "99%" {print $2}' "$work/wrk")
}
ticks() { awk '{print $14 + $15}' "/proc/$1/stat"; }

# The line in the middle, by its first number.
median() { sort -n | awk '{v[NR] = $0} END {print v[int((NR + 1) / 2)]}'; }

# against WHAT PATH ACCEPT: one line, of the median ratio.
against() {
	local what=$1 path=$2 accept=$3 before spent
	curl -sS -o "$work/nginx.page" -H "Accept: $accept" "$base$path"
	[ -z "$static" ] || cp "$work/nginx.page" "$work/nginx/html/page"
	: >"$work/rates"
	: >"$work/ratios"
	for _ in $(seq $rounds); do
		before=$(ticks "$pid")
		load "$base$path" "$accept"
		spent=$(($(ticks "$pid") - before))
		echo "$rate $p50 $p99 $spent" >>"$work/rates"
		[ -n "$static" ] || continue
		local ours=$rate
		load "$static/page" "$accept"
		awk -v a="$ours" -v b="$rate" 'BEGIN {printf "%.3f %d\n", a / b, b}' >>"$work/ratios"
	done
	# shellcheck disable=SC2046 # four fields
	set -- $(median <"$work/rates")
	line "$what" "$(printf '%.0f /s' "$1")" \
		"$([ ! -s "$work/ratios" ] || median <"$work/ratios" | awk '{printf "%.3f of nginx, static: %d /s", $1, $2}')" \
		"$(wc -c <"$work/nginx.page") bytes, p50 $2 p99 $3; gateway $((100 * $4 / seconds / $(getconf CLK_TCK))) % of a core"
}

against "catalogue page" /catalogue text/html
against "catalogue page as JSON" /catalogue application/json
against "page of a micro-credential" /catalogue/LIT-101 text/html
against "public page of a credential" "/v/$earned" text/html
against "the same as JSON" "/v/$earned" application/json

# ---- searches -----------------------------------------------------------------------------------

# Another installation, without the quality standard: entries made up here have had no review.
"$source_dir/deploy/down" --dir "$dir" >/dev/null
dir=$work/b
"$source_dir/deploy/up" --dir "$dir" --bin "$bin" enrollment issuance >/dev/null
python3 "$source_dir/tests/bench/entries.py" "$source_dir/deploy/sample/catalogue.json" $entries "$work"
ctl catalogue load "$source_dir"/deploy/sample/{catalogue,policy,calendar,media}.json >/dev/null
for file in "$work"/entries-*.json; do
	ctl catalogue load "$file" >/dev/null
done
"$source_dir/deploy/up" --dir "$dir" --bin "$bin" --set http=127.0.0.1:0 gateway >/dev/null
base=http://$(cat "$dir/run/gateway.http")
mapfile -t found < <(python3 "$source_dir/tests/bench/searches.py" "$base" $searches 200 $entries)
[ ${#found[@]} = 3 ] || fail "the searches were not answered"
line "search, 200 a second: p99" "${found[@]}"
