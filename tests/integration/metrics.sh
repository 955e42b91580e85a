#!/bin/bash
# metrics.sh SOURCE_DIR BIN_DIR: what daemons offer to be scraped, in the eyes of Prometheus's own checker; that the alert
# rules ask for nothing that no daemon tells; and what cairnctl subscribers says of the last mile.
set -euo pipefail
source_dir=$1
bin=$2
work=$(mktemp -d /tmp/cairn-metrics-XXXXXX)
dir=$work/a
. "$(dirname "$0")/lib.sh"
trap down_all EXIT

services=(enrollment evidence assessment issuance notification gateway)
read -ra ports < <("$source_dir/tests/support/free_port.py" ${#services[@]})

step "six daemons, each with a port to be scraped"
for i in "${!services[@]}"; do
	"$source_dir/deploy/up" --dir "$dir" --bin "$bin" --port 0 --set "metrics_port=${ports[i]}" "${services[i]}"
done
scrape() {
	local i
	for i in "${!services[@]}"; do
		curl -fsS "http://127.0.0.1:${ports[i]}/livez" >/dev/null
		curl -fsS "http://127.0.0.1:${ports[i]}/metrics" >"$work/${services[i]}.metrics"
	done
}
connected() { [ "$(of '[.services[].upstreams[]? | select(.connected | not)] | length' status)" = 0 ]; }
until_true connected
for port in "${ports[@]}"; do curl -fsS "http://127.0.0.1:$port/readyz" >/dev/null; done

step "a licensure system comes, goes, and lags"
exits 0 "nobody follows" subscribers
ctl peer add tncompass --roles licensure --scope TN >/dev/null
ctl peer add kentucky --roles licensure --scope KY >/dev/null
for pid in "$dir"/run/*.pid; do kill -HUP "$(cat "$pid")"; done
follow() { ctl follow public --key "$1" --name "$1" --until-caught-up >"$work/events"; }
until_true follow tncompass
follow kentucky
printf 'A plan.' >"$work/plan.md"
earn Ana ana.metrics "TN:Professional teacher license:TN-4471:2021-09-01:2027-08-31" "$work/plan.md"
lag() { of ".followers[] | select(.name == \"$1\") | .lag" subscribers; }
posted() { [ "$(lag tncompass)" = 2 ]; }
until_true posted
exits 0 "lag 0 .*away" subscribers
exits 0 "tncompass .*TN .*lag 2 .*oldest .*away" subscribers --max-lag 2
exits 4 "1 lag too far" subscribers --max-lag 1
exits 0 "" subscribers --max-age 3600
scrape
grep -q '^cairn_issuance_subscriber_lag{stream="public",peer="tncompass"} 2$' "$work/issuance.metrics" || fail "no lag is told"
grep -q '^cairn_issuance_subscriber_connected{stream="public",peer="tncompass"} 0$' "$work/issuance.metrics" || fail "it is not away"

step "one whose key is not known any more, and one that comes back"
sed -i '/^kentucky /d' "$dir/peers"
for pid in "$dir"/run/*.pid; do kill -HUP "$(cat "$pid")"; done
gone() { of '.followers[] | select(.name == "kentucky") | .failing' subscribers | grep -q "no such peer"; }
until_true gone
exits 4 "kentucky .*no such peer" subscribers --max-lag 1000
exits 0 "done" subscriber forget issuance --name kentucky
follow tncompass
[ "$(wc -l <"$work/events")" = 2 ] || fail "it did not get two events"
caught_up() { [ "$(lag tncompass)" = 0 ]; }
until_true caught_up
exits 0 "tncompass .*lag 0 " subscribers --max-lag 0

step "a backup is told of"
ctl keys backup-key --to "$work/operator" >/dev/null
ctl backup --to "$work/backup" --to-key "$work/operator.public" >/dev/null
scrape
for service in "${services[@]}"; do
	at=$(sed -n "s/^cairn_${service}_last_backup_timestamp_seconds //p" "$work/$service.metrics")
	[ $(($(date +%s) - at)) -lt 300 ] || fail "$service does not know of its backup"
done

step "what the alert rules ask for is told"
cat "$work"/*.metrics >"$work/all"
"$(dirname "$0")/alerts.py" "$source_dir/deploy/alerts/cairn.rules.yml" <"$work/all" || fail "the rules ask for what nobody tells"

command -v promtool >/dev/null || { echo "promtool is not here: the format is not checked"; exit 77; }
for service in "${services[@]}"; do promtool check metrics <"$work/$service.metrics" || fail "$service"; done
