#!/bin/bash
# alerts.sh SOURCE_DIR: the alert rules are sound, each says what to do, and each is seen firing in alerts.test.yml.
set -euo pipefail
root=$1
rules=$root/deploy/alerts/cairn.rules.yml tests=$root/tests/checks/alerts.test.yml
command -v promtool >/dev/null || { echo "promtool is not installed"; exit 77; }
promtool check rules "$rules"
promtool check config "$root/deploy/alerts/prometheus.yml" >/dev/null
promtool test rules "$tests"

names=$(sed -n 's/^ *- alert: //p' "$rules")
n=$(wc -l <<<"$names")
for what in 'severity: \(page\|ticket\)' 'summary: ' 'runbook: |'; do
	[ "$(grep -c "$what" "$rules")" = "$n" ] || { echo "not each of the $n alerts has $what"; exit 1; }
done
for name in $names; do
	grep -q "labels: 'ALERTS{alertname=\"$name\", alertstate=\"firing\"" "$tests" || { echo "$name is never seen firing"; exit 1; }
done
