#!/bin/bash
# ctl.sh SOURCE_DIR BIN_DIR: cairnctl against real daemons: retries, exit codes, interrupted uploads, following,
# archives, backups of a running installation, and what an operator does after a disk is lost.
set -euo pipefail
source_dir=$1
bin=$2
work=$(mktemp -d /tmp/cairn-ctl-XXXXXX)
dir=$work/a

. "$(dirname "$0")/lib.sh"
cleanup() {
	local left
	left=$(jobs -p)
	[ -z "$left" ] || kill $left 2>/dev/null || true
	down_all
}
trap cleanup EXIT
up() { "$source_dir/deploy/up" --dir "$1" --bin "$bin" --port 0; }
down() { "$source_dir/deploy/down" --dir "$1"; }

step "an installation and its catalogue"
up "$dir"
exits 0 "nothing waits for a person" status
exits 0 "108 of them new" catalogue load "$source_dir"/deploy/sample/*.json
exits 0 "0 of them new" catalogue load "$source_dir"/deploy/sample/*.json
exits 0 "LIT-101" catalogue show lit-101 --version 1
exits 1 "no such micro-credential" catalogue show lit-999

step "what is published was reviewed, and others speak for it"
exits 0 "41 of them sound" catalogue check "$source_dir"/deploy/sample/{catalogue,quality-standard,reviews}.json
sed 's/Phonemic Awareness Routines/Phonemic Awareness Now/' "$source_dir/deploy/sample/catalogue.json" >"$work/changed.json"
exits 4 "40 of them sound" catalogue check "$work/changed.json" "$source_dir"/deploy/sample/{quality-standard,reviews}.json
[ "$(of .components_met catalogue quality LIT-101)" = 29 ] || fail "LIT-101 does not meet all"
reviewer=$(fresh_id)
review_by=$(date -d '+2 years' +%F)
exits 1 "SAME_PERSON" catalogue review LIT-101 --reviewer "$reviewer" --author "$reviewer"
exits 0 "reviewed: version 1" catalogue review LIT-101 --reviewer "$reviewer" --met all --not-applicable 2.2 \
	--review-by "$review_by"
[ "$(of .review_by catalogue quality LIT-101)" = "$review_by" ] || fail "the review moved nothing"
exits 0 "done" catalogue retire EQF-413 --successor EQF-412
exits 0 "done" catalogue keep EQF-413
ctl keys add harbor-state >/dev/null
endorse=(endorse sign --issuer harbor-state --code LIT-101 --comment "We grant a credit for it.")
endorsement=$(until_heard of .endorsement "${endorse[@]}" --id "$(fresh_id)")
exits 1 "OWN_ENDORSEMENT" endorse sign --issuer larkspur-rsa --code LIT-101 --comment "Ours."
exits 0 "We grant a credit" endorse list --code LIT-101
signed() { ctl endorse export "$endorsement" --to "$work/endorsement" >/dev/null && [ -n "$(find "$work/endorsement/docs" -path '*status*' -type f)" ]; }
until_true signed
exits 0 "^verified" endorse verify "$work/endorsement"
exits 1 "ISSUED_HERE" endorse import "$work/endorsement/credential.json" --docs "$work/endorsement/docs" --code LIT-101
exits 0 "done" endorse withdraw "$endorsement" --because "the rubric changed"
exits 0 "withdrawn" endorse list --code LIT-101
sed -i 's/a credit/two credits/' "$work/endorsement/credential.json"
exits 4 "NOT verified" endorse verify "$work/endorsement"

step "what assessment tells everybody"
told() { ctl assess report LIT-101 | grep -q "0 double reads; 30 are needed"; }
until_true told
exits 0 "0 decisions; 10 are needed to say more" assess report LIT-101
exits 0 "nobody knows" assess report LIT-101
[ "$(of .rows[0].published assess report LIT-101)" = false ] || fail "a row without double reads is published"
[ "$(of .sealed_now assess report LIT-101)" = null ] || fail "a day is promised that nobody can keep"
exits 1 "no such version" assess report LIT-101 --version 9
exits 0 "Groups below 10 are hidden" assess fairness
[ "$(of .gap_permille assess fairness)" = 100 ] || fail "the rule on gaps is not the policy's"
exits 0 "counts" assess queue --overdue

step "the same intention twice has one effect"
id=$(fresh_id)
add=(educator add --handle ana --name "Ana Torres" --email ana@example.org --license TN:teacher:4711:$license_term)
ana=$(of .educator "${add[@]}" --id "$id")
[ "$(of .educator "${add[@]}" --id "$id")" = "$ana" ] || fail "a retry made another educator"
[ "$(of .repeated "${add[@]}" --id "$id")" = true ] || fail "a retry is not told"
exits 1 "HANDLE_TAKEN" "${add[@]}"
exits 1 "ID_REUSED" educator add --handle eve --name Eve --email eve@example.org --id "$id"
[ "$(of .educator educator show --license TN:4711)" = "$ana" ] || fail "not found by license"
[ "$(of .person.name educator names "$ana" --purpose test)" = "Ana Torres" ] || fail "no name"
license=$(of '.licenses[0]' "${add[@]}" --id "$id")
ctl educator correct-license "$ana" "$license" --number 4712 >/dev/null
[ "$(of .educator educator show --license TN:4712)" = "$ana" ] || fail "not found by the corrected number"
exits 1 "" educator show --license TN:4711
enrollment=$(of .enrollment enroll --educator "$ana" --code LIT-101)
exits 1 "ALREADY_ACTIVE" enroll --educator "$ana" --code LIT-101
[ "$(ctl enroll --educator "$ana" --code LIT-101 --json 2>/dev/null | jq -r .error.reason)" = ALREADY_ACTIVE ] ||
	fail "a refusal as JSON has no reason"

step "a peer may what its roles say"
ctl peer add licensure-tn --roles licensure --scope TN >/dev/null
for pid in "$dir"/run/*.pid; do kill -HUP "$(cat "$pid")"; done
until_true sh -c "'$bin/cairnctl' --dir '$dir' --key licensure-tn follow public --until-caught-up 2>/dev/null"
exits 6 "roles" --key licensure-tn org add --kind school --name X --state TN
exits 6 "roles do not allow" --key licensure-tn follow enrollment

step "an upload that is killed goes on where it was"
head -c 24000000 /dev/urandom >"$work/routine.wav"
until_true ctl evidence show "$enrollment" >/dev/null 2>&1
upload=(evidence add --enrollment "$enrollment" --requirement lit-101.e2 --file "$work/routine.wav" --student-data)
"$bin/cairnctl" --dir "$dir" "${upload[@]}" >/dev/null 2>&1 &
uploader=$!
received() { of '[.requirements[].artifacts[]?.received // 0] | max // 0' evidence show "$enrollment"; }
some_received() { [ "$(received)" -gt 1000000 ]; }
until_true some_received
kill -9 $uploader
wait $uploader 2>/dev/null || true
at=$(received)
[ "$at" -lt 24000000 ] || fail "it was not interrupted"
artifact=$(of .artifact "${upload[@]}")
[ "$(of '[.requirements[].artifacts[]?] | length' evidence show "$enrollment")" = 1 ] || fail "it began anew"
exits 6 "another teacher" evidence fetch "$artifact" --to "$work/back.wav"
exits 0 "24000000 bytes" evidence fetch "$artifact" --to "$work/back.wav" --as "$ana"
cmp "$work/routine.wav" "$work/back.wav"

step "following: all, after, some, and by name"
head_seq=$(of '.services[] | select(.service == "enrollment") | .durable_seq' status)
[ "$(ctl follow enrollment --until-caught-up | tail -1 | jq .seq)" = "$head_seq" ] || fail "not all came"
[ "$(ctl follow enrollment --until-caught-up --after $((head_seq - 2)) | wc -l)" = 2 ] || fail "after is wrong"
[ "$(ctl follow enrollment --until-caught-up --filter enrolled | jq -r .event.enrollment)" = "$enrollment" ] ||
	fail "the filter is wrong"
ctl follow enrollment --until-caught-up --name reader >/dev/null
acked() { of '.services[] | select(.service == "enrollment") | .subscribers[] | select(.name == "ctl.reader") | .acked_seq' status; }
has_acked() { [ "$(acked)" = "$head_seq" ]; }
until_true has_acked
[ "$(ctl follow enrollment --until-caught-up --name reader | wc -l)" = 0 ] || fail "what was acknowledged came again"

step "archives that follow"
archivers=()
for s in enrollment evidence assessment issuance notification gateway; do
	"$bin/cairnctl" --dir "$dir" archive $s --to "$work/archive" >/dev/null &
	archivers+=($!)
done
ben=$(of .educator educator add --handle ben --name "Ben Ito" --email ben@example.org)
until_true caught_up
exits 1 "ends at" trim enrollment --through 99999 --archive "$work/archive"

step "a backup of a running installation, and one made of it"
ctl keys backup-key --to "$work/operator" >/dev/null
(
	for n in $(seq 1 15); do ctl org add --kind school --name "School $n" --state TN >/dev/null || exit 1; done
) &
writer=$!
exits 0 "is whole" backup --to "$work/backup" --to-key "$work/operator.public"
wait $writer || fail "commands failed during a backup"
cara=$(of .educator educator add --handle cara --name "Cara Diaz" --email cara@example.org) # after the backup
of .enrollment enroll --educator "$cara" --code LIT-101 >/dev/null
until_true caught_up
exits 0 "tables equal" verify
kill "${archivers[@]}"
wait "${archivers[@]}" || fail "an archive ended badly"

restored() { # NAME OPTION ...: $work/NAME is restored, started, and sound
	dir=$work/$1
	shift
	exits 0 "restored" restore --from "$work/backup" --secret "$work/operator.secret" --to "$dir" "$@"
	exits 0 "tables equal" verify
	ctl keys init >/dev/null
	install -m 600 "$work/a/keys/issuance.master" "$dir/keys/" # which operators keep apart
	up "$dir"
	until_true caught_up
	exits 0 "nothing waits for a person" status
	[ "$(of .person.name educator names "$ana" --purpose test)" = "Ana Torres" ] || fail "her name is lost"
	cmp <(ctl evidence fetch "$artifact" --to "$work/again.wav" --as "$ana" >/dev/null && cat "$work/again.wav") "$work/routine.wav"
	rm "$work/again.wav"
}
restored b
exits 1 "no educator" educator show --handle cara
down "$dir"
restored c --archive "$work/archive"
[ "$(of .educator educator show "$cara")" = "$cara" ] || fail "the archive's educator is lost"
exits 1 "ALREADY_ACTIVE" enroll --educator "$cara" --code LIT-101
down "$dir"

step "one service from an older backup: its followers stop, and an operator lets them go on"
dir=$work/a
down "$dir"
mv "$dir/enrollment" "$work/lost"
exits 0 "restored" restore --from "$work/backup" --secret "$work/operator.secret" --service enrollment --to "$work/one"
mv "$work/one/enrollment" "$dir/enrollment"
rm -r "$work/one"
up "$dir"
stopped() { ctl status | grep -q "evidence does not follow enrollment.0.log any more: ahead"; }
until_true stopped
head_seq=$(of '.services[] | select(.service == "enrollment") | .durable_seq' status)
exits 0 "another history" peer rejoin evidence
exits 1 "no commit's end\|has no position" peer rejoin evidence --from 999999 --because test
for s in evidence assessment issuance notification; do
	exits 0 "done" peer rejoin $s --stream enrollment.0.log --from "$head_seq" --because "restored from the backup"
done
of .enrollment enroll --educator "$ben" --code LIT-101 >/dev/null
until_true caught_up
exits 0 "nothing waits for a person" status
exits 0 "restored from the backup" follow evidence --until-caught-up --filter rejoined
exits 0 "tables equal" verify

step "a daemon that is killed is told, and comes back"
kill -9 "$(cat "$dir/run/evidence.pid")"
exits 3 "evidence does not answer" --timeout 2 status
exits 3 "ask again with --id" --timeout 1 evidence recall "$enrollment"
up "$dir"
exits 0 "nothing waits for a person" status
echo "ctl.sh: all as expected"
