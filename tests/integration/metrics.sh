#!/bin/bash
# metrics.sh SOURCE_DIR BIN_DIR: what daemons offer to be scraped, in the eyes of Prometheus's own checker; that the alert
# rules ask for nothing that no daemon tells; and what cairnctl subscribers says of the last mile.
set -euo pipefail
source_dir=$1
bin=$2
work=$(mktemp -d /tmp/cairn-metrics-XXXXXX)
dir=$work/a
. "$(dirname "$0")/lib.sh"
finish() {
	local left
	left=$(jobs -p)
	[ -z "$left" ] || kill $left 2>/dev/null || true
	down_all
}
trap finish EXIT

services=(enrollment evidence assessment issuance notification gateway)
read -ra ports < <("$source_dir/tests/support/free_port.py" ${#services[@]})

step "six daemons, each with a port to be scraped"
for i in "${!services[@]}"; do
	more=()
	[ "${services[i]}" != notification ] || more=(--set sink_networks=127.0.0.0/8 --set sink_plain=yes)
	"$source_dir/deploy/up" --dir "$dir" --bin "$bin" --port 0 --set "metrics_port=${ports[i]}" "${more[@]}" "${services[i]}"
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
exits 0 "! kentucky .*no such peer; see cairnctl subscribers" status
exits 0 "done" subscriber forget issuance --name kentucky
follow tncompass
[ "$(wc -l <"$work/events")" = 2 ] || fail "it did not get two events"
caught_up() { [ "$(lag tncompass)" = 0 ]; }
until_true caught_up
exits 0 "tncompass .*lag 0 " subscribers --max-lag 0

step "a sink that is taken from, and one that is not"
read -ra hooks < <("$source_dir/tests/support/free_port.py" 2)
echo "whsec_$(head -c 24 /dev/urandom | base64)" >"$work/secret"
python3 "$source_dir/deploy/sample/webhooks/python/receiver.py" "${hooks[0]}" "$work/good.secret" "$work/good.journal" 2>/dev/null &
python3 "$source_dir/deploy/sample/webhooks/python/receiver.py" "${hooks[1]}" "$work/secret" "$work/bad.journal" 2>/dev/null &
listens() { curl -s -o /dev/null -X OPTIONS "http://127.0.0.1:$1/"; }
for port in "${hooks[@]}"; do until_true listens "$port"; done
for n in 0 1; do
	name=hook$n
	ctl sink add $name --kind webhook --state TN --url "http://127.0.0.1:${hooks[n]}/" --contact a@school.example >/dev/null
done
of .secret sink secret hook0 >"$work/good.secret"
taken() { [ "$(of '.sinks[] | select(.sink.name == "hook0") | .taken' subscribers)" = 2 ]; }
refused() { [ "$(of '.sinks[] | select(.sink.name == "hook1") | (.waiting // 0) + (.behind // 0)' subscribers)" = 2 ]; }
until_true taken
until_true refused
exits 0 "hook0 .*TN .*lag 0 .*webhook, 2 taken, .*active" subscribers --max-lag 2
exits 4 "hook1 .*lag 2 .*oldest .*0 taken, last never, 2 waiting" subscribers --max-lag 1
scrape
told() { # METRIC ...: a daemon says so, word for word
	local line
	for line in "$@"; do
		grep -qxF "cairn_$line" "$work"/*.metrics || fail "not cairn_$line: $(grep -h "^cairn_${line%% *}" "$work"/*.metrics)"
	done
}
told 'notification_deliveries_total{channel="webhook",result="taken"} 2' 'notification_sinks{state="active"} 2' \
	'notification_outbox_pending{channel="webhook"} 2' 'notification_outbox_pending{channel="edfi"} 0'
grows() { [ "$(sed -n "s/^cairn_notification_$1{channel=\"webhook\"} //p" "$work/notification.metrics")" != 0.000000 ] || fail "$1 is nothing"; }
grows outbox_oldest_seconds
grows sink_failing_seconds

ctl sink add nowhere --kind webhook --state TN --url "http://127.0.0.1:${ports[0]}/" --contact a@school.example >/dev/null
stopped() { ctl status | grep -q "^! sink nowhere has stopped: not_agreed"; }
until_true stopped
scrape
told 'notification_sinks{state="stopped"} 1'
exits 0 "nowhere .*not_agreed (" sink resume nowhere
exits 0 "elsewhere .*not_agreed (" sink change nowhere --name elsewhere --url "http://127.0.0.1:${hooks[0]}/"
exits 0 "elsewhere .*active" sink resume elsewhere
exits 0 "nowhere .*active" sink change elsewhere --name nowhere --url "http://127.0.0.1:${hooks[0]}/again"
ctl sink remove nowhere >/dev/null

step "a credit that the state refuses, a token that ends, work that waits"
posting=$(jq -r 'select(.type == "org.cairn.ledger.posted.v1") | .data.ledger.entryId' "$work/good.journal")
ctl --key tncompass ledger dispute "${posting#urn:uuid:}" --because "the license has lapsed" >/dev/null
exits 0 "the license has lapsed" ledger disputes --state TN
account=$(of .account account add --login feed --role agency)
ctl account token "$account" --label feed --scope events:read --days 3 >/dev/null
join Ben ben.metrics
printf "Another plan." >"$work/plan2.md"
seal_work "$work/plan2.md"
waits() { scrape && grep -qx 'cairn_assessment_submissions_open{state="queued"} 1' "$work/assessment.metrics"; }
until_true waits
told 'issuance_disputes 1' 'gateway_tokens_ending 1' 'assessment_overdue 0' 'issuance_credentials_held 0' \
	'gateway_certificate_ends_timestamp_seconds 0'
token=$(of '.tokens[0].token' account tokens "$account")
exits 0 "done" account untoken "$token"
scrape
told 'gateway_tokens_ending 0'

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

step "each command that a runbook names is one"
grep -oE 'cairnctl [a-z]+( [a-z][a-z-]*)?' "$source_dir/deploy/alerts/cairn.rules.yml" | sort -u >"$work/named"
while read -r _ group verb; do
	"$bin/cairnctl" $group $verb --help >/dev/null 2>&1 || fail "a runbook says cairnctl $group $verb"
done <"$work/named"

step "a real Prometheus scrapes all, and evaluates each rule without an error"
command -v prometheus >/dev/null || { echo "prometheus is not here: no rule is evaluated"; exit 77; }
cp "$source_dir/deploy/alerts/cairn.rules.yml" "$work/"
sed -e 's/scrape_interval: .*/scrape_interval: 1s\n  evaluation_interval: 1s/' "$source_dir/deploy/alerts/prometheus.yml" >"$work/prometheus.yml"
for i in "${!services[@]}"; do sed -i "s/127.0.0.1:960$((i + 1)) /127.0.0.1:${ports[i]} /" "$work/prometheus.yml"; done
at=127.0.0.1:$("$source_dir/tests/support/free_port.py")
prometheus --config.file="$work/prometheus.yml" --storage.tsdb.path="$work/tsdb" --web.listen-address="$at" 2>"$work/prometheus.log" &
asked() { curl -fsS "http://$at/api/v1/$1" 2>/dev/null | jq -e "$2" >/dev/null; }
until_true asked targets '[.data.activeTargets[] | select(.health == "up")] | length == 6'
until_true asked rules '[.data.groups[].rules[]] | length > 20 and all(.health != "unknown" and .evaluationTime > 0)'
asked rules '[.data.groups[].rules[]] | all(.health == "ok")' || fail "$(curl -s "http://$at/api/v1/rules" | jq -c '.data.groups[].rules[] | select(.health != "ok") | [.name, .lastError]')"
asked alerts '.data.alerts | length == 0' || fail "all is well, and it calls: $(curl -s "http://$at/api/v1/alerts" | jq -c '.data.alerts[] | [.labels.alertname, .value]')"
kill -9 "$(cat "$dir/run/evidence.pid")"
rm "$dir/run/evidence.pid"
until_true asked alerts '.data.alerts | any(.labels.alertname == "CairnDaemonDown" and .state == "pending")'

command -v promtool >/dev/null || { echo "promtool is not here: the format is not checked"; exit 77; }
for service in "${services[@]}"; do promtool check metrics <"$work/$service.metrics" || fail "$service"; done
