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
"$source_dir/deploy/up" --dir "$dir" --bin "$bin"
open_school
add_readers 2
join "Ana Torres" ana --license TN:Professional:4711:2021-09-01:2027-08-31
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

echo "due.sh: all as expected"
