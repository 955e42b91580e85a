#!/bin/bash
# answers.sh SOURCE_DIR BIN_DIR: what a receiver answers to a credit stands in the ledger, and what it is not to be
# believed does not.
set -euo pipefail
source_dir=$1 bin=$2
here=$source_dir/tests/integration/webhooks
work=$(mktemp -d /tmp/cairn-answers-XXXXXX)
dir=$work/a
. "$source_dir/tests/integration/lib.sh"
finish() {
	[ -z "${answering_PID:-}" ] || kill "$answering_PID" 2>/dev/null || true
	down_all
}
trap finish EXIT

step "a teacher earns a credit"
"$source_dir/deploy/up" --dir "$dir" --bin "$bin" enrollment evidence assessment issuance
"$source_dir/deploy/up" --dir "$dir" --bin "$bin" --set sink_networks=127.0.0.0/8 --set sink_plain=yes notification
earn "Ana Torres" ana TN:Professional:4711:$license_term "$source_dir/deploy/sample/evidence/lit-101/plan.md"
license=$(of '.license_ids[0]' educator show "$ana")
line() { of ".lines[] | select(.kind == \"credit\") | $1" ledger show "$license"; }
credited() { [ "$(line .state)" = posted ]; }
until_true credited

says() { # BODY: what it answers from now on, and is asked again
	printf %s "$1" >"$work/said.new"
	mv "$work/said.new" "$work/said"
}
again() { ctl sink redeliver tn --first 1 --last "$(of .cursor sink show tn)" >/dev/null; }
is() { [ "$(line .state)" = "$1" ]; }
log_has() { grep -q "$1" "$dir/log/notification.log"; }

step "what cannot be read changes nothing"
says '{"status":"perhaps"}'
coproc answering { exec node "$here/answering.mjs" "$work/said"; }
read -r url <&"${answering[0]}"
[ "$(of .state sink add tn --kind webhook --state TN --url "$url" --contact ops@tn.example)" = active ] || fail "it does not agree"
until_true log_has "event=webhook_answer_unread .*status is neither accepted nor refused"
is posted || fail "the credit is $(line .state)"

step "it refuses, and says why"
says '{"status":"refused","reason":"the license has lapsed"}'
again
until_true is disputed
[ "$(line .because)" = "the license has lapsed" ] || fail "not for its reason: $(line .)"

step "it accepts after all, under a number of its own"
says '{"status":"accepted","reference":"R-17"}'
again
until_true is acknowledged
[ "$(line .reference)" = R-17 ] || fail "not under its number: $(line .)"
! grep -e 4711 -e "Ana Torres" "$dir/log/notification.log" || fail "the log names a person"
step "done"
