#!/bin/bash
# due.sh SOURCE_DIR BIN_DIR: due process and privacy, by cairnctl against real daemons: an appeal that is won, a hold that
# is cleared, a case that two people found, seats, reports, consent, legal holds and work that is alike.
set -euo pipefail
source_dir=$1
bin=$2
work=$(mktemp -d /tmp/cairn-due-XXXXXX)
dir=$work/a
. "$(dirname "$0")/lib.sh"
trap down_all EXIT
sample=$source_dir/deploy/sample/evidence/lit-101
year=$(date -d '+1 year' +%F)

step "a teacher's work is read twice: not yet"
"$source_dir/deploy/up" --dir "$dir" --bin "$bin" --port 0
open_school
add_readers 2
join "Ana Torres" ana --license TN:Professional:4711:$license_term
license=$(of '.license_ids[0]' educator show "$educator")
seal_work "$sample/plan.md"
advice=$(printf 'Name the children by number and say what you changed %.0s' 1 2 3)
read_all "${readers[0]}" almost "$advice"
read_all "${readers[1]}" almost "$advice"
ana=$educator anas=$submission
exits 0 "$advice" assess feedback "$anas"

step "assess appeal: once, by whose work it is, about what was judged below pass"
echo "The table names each child by number, and what I did the next day." >"$work/reason"
appeal=(assess appeal "$anas" --educator "$ana" --reason "$work/reason")
exits 2 "reason is missing" assess appeal "$anas" --educator "$ana"
exits 1 "none that was judged below pass" "${appeal[@]}" --row lit-101.r1
exits 0 "due_us" "${appeal[@]}" --row lit-101.r3
exits 1 "was appealed against before" "${appeal[@]}"
[ "$(of '.rows[0].whys[0]' assess reviews)" = appeal ] || fail "the review is not listed"
[ "$(of '(.rows // []) | length' assess reviews --overdue)" = 0 ] || fail "a new review is overdue"

step "a fresh reader overturns it, and the credential follows by itself"
exits 1 "nothing waits that you may read" assess next --assessor "${readers[0]}"
add_readers 1
fresh=${readers[0]}
read_all "$fresh" yes "Well done."
credential=$(until_heard first_credential)
exits 1 "the decision is a pass" "${appeal[@]}"

step "assess explain tells it in order, with versions and rules"
story=$(of '[.steps[].what] | join(" ")' assess explain "$anas")
[ "$story" = "submission_received submission_screened reading_completed second_requested reading_completed decision_made \
decision_released appeal_filed review_requested reading_completed review_concluded appeal_overturned decision_made \
decision_released" ] || fail "the story is: $story"
[ "$(of '[.steps[].rule // empty] | join(" ")' assess explain "$anas")" = "reads_agree reviewed" ] || fail "other rules"
decision=$(of .decision credential show "$credential")
[ "$(of .submission assess explain "$decision")" = "$anas" ] || fail "not explained by the decision's id"
exits 0 "^submission $anas, attempt 1, under profile double-read version 1 and policy version 2" assess explain "$anas"
exits 0 "reading_completed 3 by $fresh" assess explain "$anas"
exits 0 "decision $decision) in the place of $(of '.steps[5].decision' assess explain "$anas"): passed by rule reviewed" \
	assess explain "$anas"
exits 0 "appeal_overturned" assess explain "$anas" --as "$ana"
exits 6 "only whose work it is" assess explain "$anas" --as "$fresh"
exits 1 "no submission or decision of this id" assess explain "$fresh"

step "an integrity case after the release: two people found it, and all that followed is taken back"
lead=$(of .assessor assessor add --lead)
until_heard ctl assessor qualify "$lead" --code LIT-101 --until "$year" >/dev/null
olga=$(fresh_id) pavel=$(fresh_id)
ctl peer add portal --roles portal,asserts >/dev/null
ctl peer add kiosk --roles portal >/dev/null
for pid in "$dir"/run/*.pid; do kill -HUP "$(cat "$pid")"; done
portal=(--key portal)
until_heard ctl "${portal[@]}" assess report LIT-101 >/dev/null
until_heard ctl "${portal[@]}" evidence consents "$enrollment" --as "$ana" >/dev/null
exits 6 "needs the role asserts" --key kiosk assess explain "$anas" --as "$ana"
exits 6 "needs the role asserts" --key kiosk assess appeal "$anas" --educator "$ana" --reason "$work/reason"
[ "$(of .balance ledger show "$license")" = 600 ] || fail "nothing was posted to the ledger"
exits 1 "a word of a-z, 0-9 and _ is needed" assess flag "$anas" --why "Two words"
exits 1 "only a lead reader" "${portal[@]}" assess flag "$anas" --why same_table --assessor "$fresh"
exits 0 "" assess flag "$anas" --why same_table --assessor "$lead"
exits 0 "nothing had to change" assess flag "$anas" --why same_table --assessor "$lead"
exits 1 "is released, not under an integrity hold" assess clear "$anas" --assessor "$lead"
exits 0 "" assess hold "$anas" --why same_table --assessor "$lead"
exits 1 "is integrity_hold, not" assess hold "$anas" --why same_table --assessor "$lead"
exits 1 "nobody has proposed" assess found "$anas" --confirm --as "$olga"
exits 2 "not both" assess found "$anas" --confirm --withdraw --as "$olga"
exits 1 "must be named" assess found "$anas"
exits 0 "^done" assess found "$anas" --as "$olga"
exits 1 "waits for a second person" assess found "$anas" --as "$pavel"
exits 1 "who proposed it cannot confirm it" assess found "$anas" --confirm --as "$olga"
exits 0 "^done" assess found "$anas" --withdraw --as "$pavel"
exits 0 "^done" assess found "$anas" --as "$olga"
exits 0 "^done" assess found "$anas" --confirm --as "$pavel"
exits 1 "is voided, not under an integrity hold" assess found "$anas" --confirm --as "$pavel"
revoked() { [ "$(of .state credential show "$credential")" = revoked ]; }
until_true revoked
of '.steps[-1] | .reason, .by, .second' credential history "$credential" |
	cmp - <(printf '%s\n' INTEGRITY_FOUNDED "$olga" "$pavel") || fail "its history does not say who founded it"
reversed() { [ "$(of '[.lines[] | .kind + " " + .state] | join(", ")' ledger show "$license")" = "credit reversed, reversal " ]; }
until_true reversed
[ "$(of '.balance // 0' ledger show "$license")" = 0 ] || fail "the credit is still counted"
exits 0 "integrity_founded by $olga and $pavel" assess explain "$anas"
told=$(of '[.steps[].what] | join(" ")' "${portal[@]}" assess explain "$anas" --as "$ana")
[[ $told == *"hold_placed clock_paused integrity_founded"* ]] || fail "she is told: $told"

step "the same plan again raises a flag, without names; a hold stops all, and its end gives the days back"
join "Ben Ito" ben
seal_work "$sample/plan.md"
flagged() { [ "$(of '[.steps[] | select(.what == "integrity_flagged") | .why] | join(" ")' assess explain "$submission")" = duplicate_evidence ]; }
until_true flagged
of '.duplicates[] | .submission, .other, .kind' evidence duplicates "$submission" |
	cmp - <(printf '%s\n' "$submission" "$anas" SAME_BYTES) || fail "what is alike is not told"
exits 6 "only an operator or a lead" "${portal[@]}" evidence duplicates "$submission" "${as[@]}"
exits 1 "no such submission" evidence duplicates "$enrollment"
ctl evidence duplicates "$submission" --json | grep -qe "$ana" -e "$educator" -e Torres && fail "an educator is named"
ctl assess explain "$submission" "${as[@]}" --json | grep -q integrity_flagged && fail "the earner is told of the flag"
due() { of '[.steps[].due_us // empty] | max' assess explain "$submission"; }
due=$(due)
reading=$(until_heard of .reading assess next --assessor "$fresh")
exits 0 "" assess hold "$submission" --why same_plan --assessor "$lead"
refused() { ! ctl assess open "$reading" --assessor "$fresh" >/dev/null 2>"$work/why" && grep -q "hold no reading of that id" "$work/why"; }
until_true refused
exits 1 "nothing waits that you may read" assess next --assessor "$fresh"
[ "$(of '.rows[0].submission' assess queue --state integrity_hold)" = "$submission" ] || fail "the hold is not listed"
stands_still() { [ "$(of '.paused_us // 0' assess explain "$submission")" -gt 0 ]; }
until_true stands_still
exits 0 "" assess clear "$submission" --assessor "$lead"
exits 0 "clock_resumed, due 20" assess explain "$submission"
[ "$(due)" -ge "$due" ] || fail "a hold made the due date earlier"

step "seats: applied for, trained, and calibrated when leads have rated enough anchors"
new=$(of .assessor assessor add)
seat=("$new" --code LIT-101)
exits 1 "has not applied" assess seat "${seat[@]}"
exits 1 "training follows an application" assess train "${seat[@]}"
exits 1 "no such assessor" assess apply "$olga" --code LIT-101
exits 1 "no version of this entry" assess apply "$new" --code LIT-999
exits 0 "" assess apply "${seat[@]}"
exits 1 "nothing is to be applied for" assess apply "${seat[@]}"
exits 1 "calibration follows training" assess calibrate "${seat[@]}"
exits 0 "" assess train "${seat[@]}"
[ "$(of .state assess seat "${seat[@]}")" = training ] || fail "the training has not begun"
exits 1 "0 anchors of version 1 .* 10 are needed: have leads rate more" assess calibrate "${seat[@]}"
exits 0 "needed: 10" assess anchors --code LIT-101
exits 1 "only a lead reader" assess anchor "$anas" --by "$fresh" --row lit-101.r1=yes
exits 1 "two must agree" assess anchor "$anas" --by "$olga" --second "$olga" --row lit-101.r1=yes
exits 2 "CODE=LEVEL is expected" assess anchor "$anas" --by "$lead" --row lit-101.r1
exits 1 "is no anchor" assess withdraw "$anas" --why known_outside
exits 0 "" assess weak "$fresh" --code LIT-101
exits 6 "only another person who is a lead" assess weak "$fresh" --code LIT-101 --as "$fresh"

step "what assessment says of itself"
exits 0 "1 double reads; 30 are needed" assess report LIT-101
exits 0 "1 decisions; 10 are needed" assess report LIT-101
exits 0 "language .* hidden" assess fairness
[ "$(of '(.rows // []) | length' assess queue --overdue)" = 0 ] || fail "work sealed today is overdue"
echo '{"counts": [[10, 2], [1, 20]]}' >"$work/counts"
exits 0 "exact  *0.9091" assess agreement --counts "$work/counts"
echo '{"counts": [[10, 2], [1]]}' >"$work/counts"
exits 1 "counts\[1\]: as many whole numbers" assess agreement --counts "$work/counts"

step "consent: its end closes what a reader has open, at once; every look is listed"
read_all "$fresh" yes "Well done."
add_readers 1
reader=${readers[0]}
reading=$(until_heard of .reading assess next --assessor "$reader")
exits 6 "no reading of that id\|open the reading first" assess items "$reading" --assessor "$reader"
until_heard ctl assess open "$reading" --assessor "$reader" >/dev/null
exits 0 "32044 bytes" assess fetch "$reading" 2 --assessor "$reader" --to "$work/heard.wav"
exits 0 "basis: PARENT" evidence consents "$enrollment"
exits 1 "of either an enrollment or an artifact" evidence consents
exits 6 "another teacher" "${portal[@]}" evidence consents "$enrollment" --as "$ana"
consent=$(of '.consents[0].consent' evidence consents --artifact "$audio")
exits 1 "no such consent" evidence unconsent "$audio" --consent "$(fresh_id)" "${as[@]}"
exits 1 "another teacher" "${portal[@]}" evidence unconsent "$audio" --consent "$consent" --as "$ana"
exits 0 "" evidence unconsent "$audio" --consent "$consent" "${as[@]}"
exits 6 "no reading of that id whose lease is open" assess fetch "$reading" 2 --assessor "$reader" --to "$work/again.wav"
[ ! -e "$work/again.wav" ] || fail "it was written all the same"
exits 1 "withdrawn before" evidence unconsent "$audio" --consent "$consent" "${as[@]}"
[ "$(of '.consents[0].state' evidence consents --artifact "$audio")" = withdrawn ] || fail "the ledger of consents does not say so"
exits 6 "nobody consents to it any more" evidence fetch "$audio" --to "$work/own.wav" --reason legal_request --as "$olga"
exits 0 "32044 bytes" evidence fetch "$audio" --to "$work/own.wav" "${as[@]}"
exits 6 "another teacher" evidence fetch "$plan" --to "$work/plan"
exits 1 "and who reads, are needed" evidence fetch "$plan" --to "$work/plan" --reason legal_request
exits 0 "1688 bytes" evidence fetch "$plan" --to "$work/plan" --reason legal_request --as "$olga"
of '.views[] | .role, .by' evidence views "$enrollment" |
	cmp - <(printf '%s\n' assessor "$reader" teacher "$educator" operator "$olga") || fail "not every look is listed"
[ "$(of '.views[0].by' "${portal[@]}" evidence views "$enrollment" "${as[@]}")" = null ] || fail "she is told who reads her work"
exits 6 "another teacher" "${portal[@]}" evidence views "$enrollment" --as "$ana"

step "a legal hold stops the purge; two people lift it"
exits 1 "passed, withdrawn or lapsed" evidence purge "$enrollment" "${as[@]}"
exits 1 "an assessor is reading the submission" enrollment withdraw "$enrollment"
exits 0 "" assess rate "$reading" --assessor "$reader" --row lit-101.r1=yes --row lit-101.r2=yes --row lit-101.r3=yes
passed() { [ "$(of .state evidence show "$enrollment")" = passed ]; }
until_true passed
exits 1 "must be named" evidence hold "$enrollment" --reason litigation
exits 1 "a word of a to z" evidence hold "$enrollment" --reason "Court Order" --as "$olga"
hold=$(of .hold evidence hold "$enrollment" --reason litigation --as "$olga")
exits 1 "a legal hold is on it" evidence purge "$enrollment" "${as[@]}"
exits 1 "no such hold" evidence lift "$(fresh_id)" --as "$olga"
exits 1 "must be named" evidence lift "$hold"
exits 0 "" evidence lift "$hold" --as "$olga"
[ "$(of .held evidence retention "$enrollment")" = true ] || fail "one person lifted it"
exits 1 "another person lifts it" evidence lift "$hold" --as "$olga"
exits 0 "" evidence lift "$hold" --as "$pavel"
exits 1 "lifted before" evidence lift "$hold" --as "$pavel"
exits 0 "lifted_by: $pavel" evidence retention "$enrollment"
exits 0 "" evidence purge "$enrollment" "${as[@]}"
purged() { ! ctl evidence fetch "$plan" --to "$work/gone" "${as[@]}" >/dev/null 2>"$work/why" && grep -q "not kept any more" "$work/why"; }
until_true purged

step "co-authors: one declares what they share, the other confirms it"
join "Cara Diaz" cara
cara=$educator
enrollment=$(until_heard of .enrollment enroll --educator "$cara" --code LIT-101)
caras=$enrollment together=$(add_evidence e1 "$sample/plan-2.pdf")
join "Dan Fox" dan
dans=$(of .enrollment enroll --educator "$educator" --code LIT-101)
until_heard ctl evidence show "$dans" >/dev/null
exits 1 "is your own" evidence share "$together" --with "$caras" --as "$cara"
exits 1 "no such enrollment" evidence share "$together" --with "$olga" --as "$cara"
exits 2 "with is missing" evidence share "$together" --as "$cara"
declaration=$(of .declaration evidence share "$together" --with "$dans" --as "$cara")
exits 1 "nobody declared" evidence confirm "$(fresh_id)" --enrollment "$dans" "${as[@]}"
exits 1 "another teacher" "${portal[@]}" evidence confirm "$declaration" --enrollment "$dans" --as "$cara"
exits 0 "" evidence confirm "$declaration" --enrollment "$dans" "${as[@]}"
exits 1 "confirmed before" evidence confirm "$declaration" --enrollment "$dans" "${as[@]}"
until_true caught_up
exits 0 "tables equal" verify

echo "due.sh: all as expected"
