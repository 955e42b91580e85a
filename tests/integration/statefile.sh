#!/bin/bash
# statefile.sh SOURCE_DIR BIN_DIR: what a state's licensure system is told by file, and what becomes of its answers, by
# cairnctl against real daemons: cut, refused, corrected, told again, accepted; by the system's own key, too.
set -euo pipefail
source_dir=$1
bin=$2
work=$(mktemp -d /tmp/cairn-statefile-XXXXXX)
dir=$work/a
. "$(dirname "$0")/lib.sh"
trap down_all EXIT
sample=$source_dir/deploy/sample/evidence/lit-101
month=$(date +%Y-%m)
export_to() { ctl statefile export --policy "$1" --period "$month" --to "$work/$2" "${@:3}"; }
hup() { for pid in "$dir"/run/*.pid; do kill -HUP "$(cat "$pid")"; done; }
posted_to() { [ "$(of '.lines | length' ledger show "$1")" = "$2" ]; }
state_of() { of ".lines[$2].state" ledger show "$1"; }

step "an installation from before gives notification the role to tell answers"
"$source_dir/deploy/up" --dir "$dir" --bin "$bin" --port 0
sed -i '/^notification/s/,delivers//' "$dir/peers"
"$source_dir/deploy/up" --dir "$dir" --bin "$bin" --port 0
grep -q '^notification .* roles=follow,names,delivers$' "$dir/peers" || fail "notification has no role delivers"

step "a credit under two states' policies"
earn "Ana Torres" ana NC:Continuing:NC-4711:"$license_term" "$sample/plan.md"
nc=$(of '.license_ids[0]' educator show "$ana")
ctl educator license "$ana" --license "FL:Professional certificate:FL-99:$license_term" >/dev/null
fl=$(of '.license_ids[1]' educator show "$ana")
until_true posted_to "$nc" 1
until_true posted_to "$fl" 1

step "statefile preview and export: what changed, the same bytes again"
exits 1 "none of that code" statefile export --policy TN --period "$month" --to "$work/sent"
exits 1 "a year and a month" statefile export --policy NC --period 2026-13 --to "$work/sent"
exits 2 "either --period or --number" statefile export --policy NC --to "$work/sent"
[ "$(of .added statefile preview --policy NC --period "$month")" = 1 ] || fail "nothing to add"
export_to NC sent >/dev/null
file=$work/sent/NC-$month-001.csv
credential=$earned
head -1 "$file" | grep -q '^file,record,change,license_number,name,' || fail "no names of columns: $(cat "$file")"
grep -q "^1,1,add,NC-4711,Ana Torres,$credential,lit-101,\"*.*,1.20,CEU,$(date -d "$(TZ=America/New_York date +%F)" +%F)" "$file" ||
	fail "another record: $(cat "$file")"
[ "$(tail -1 "$file")" = "TOTAL,1,1.20" ] || fail "another total"
export_to NC again >/dev/null
cmp "$file" "$work/again/NC-$month-001.csv"
exits 0 "" statefile export --policy NC --number 1 --to "$work/third"
cmp "$file" "$work/third/NC-$month-001.csv"
exits 1 "nothing changed" statefile export --policy NC --period "$month" --to "$work/sent" --more
! grep -aq "NC-4711" "$dir"/log/*.log || fail "a number stands in a log"

step "a fixed width asks for the district, and has its header, record and trailer"
exits 1 "asks for district_number" statefile export --policy FL --period "$month" --to "$work/sent"
district=(--value district_number=7)
[ "$(of '.rows[0].because' statefile preview --policy FL --period "$month" "${district[@]}")" = "staff_identifier: is missing" ] ||
	fail "a record without its key is not held back"
exits 1 "1 entries are held back" statefile export --policy FL --period "$month" --to "$work/sent" "${district[@]}"
ctl educator correct-license "$ana" "$fl" --number FL-99 --staff-id 0012345678 >/dev/null
until_true posted_to "$fl" 3
export_to FL sent "${district[@]}" >/dev/null
file=$work/sent/FL-$month-001.txt
year=$(TZ=America/New_York date -d '-6 months' +%y)
printf '%-57s\r\n' "H07${month}00001$(TZ=America/New_York date +%Y%m%d)" >"$work/wanted"
printf '%-57s\r\n' "0700000012345678${year:+5}$(printf '%02d%02d' "$((10#$year))" "$((10#$year + 1))")$(
	jq -r '.renewal_policies[] | select(.id == "FL").reporting.layout.fields[] | select(.name == "component_number").codes["lit-101"]' \
		"$source_dir/deploy/sample/catalogue.json")D      012     A07        BIM" >>"$work/wanted"
printf '%-57s\r\n' "T00000001000000010000000000000000000000000012" >>"$work/wanted"
diff <(cat -A "$work/wanted") <(cat -A "$file") || fail "another file"
exits 0 "" statefile export --policy FL --period "$month" --to "$work/again" "${district[@]}"
exits 1 "file 1 of $month was cut without district_number=8" statefile export --policy FL --period "$month" --to "$work/again" --value district_number=8

step "answers: what cannot be read is refused whole, what is unknown is told, what repeats is harmless"
printf 'file,record,result,code,text,reference\n1,1,perhaps,,,\n' >"$work/answer.csv"
exits 4 "line 2: accepted or refused is expected" statefile import --policy NC --from "$work/answer.csv"
printf 'file,record,result,code,text,reference\n1,1,refused,E07,no such license,\n1,9,accepted,,,\n' >"$work/answer.csv"
exits 4 "1 answers are of no record" statefile import --policy NC --from "$work/answer.csv"
[ "$(state_of "$nc" 0)" = disputed ] || fail "not disputed"
exits 4 "disputed 0, repeated 1, of no record that was sent 1" statefile import --policy NC --from "$work/answer.csv"

step "what was refused waits with its age, and status says so"
dispute=$(of '.disputes[0] | "\(.state) \(.because) \(.age_days)"' ledger disputes)
[ "$dispute" = "NC E07: no such license 0" ] || fail "another dispute: $dispute"
exits 0 "states refused 1 credits" status
[ "$(of .all ledger disputes --state FL)" = 0 ] || fail "another state's"

step "corrected, told again, accepted: the loop is closed, whoever died meanwhile"
pid=$(cat "$dir/run/issuance.pid")
kill -9 "$pid"
until_true sh -c "! kill -0 $pid 2>/dev/null"
"$source_dir/deploy/up" --dir "$dir" --bin "$bin" --port 0
exits 0 "" ledger correct "$(of '.disputes[0].posting' ledger disputes)" --prior-approval
[ "$(of .all ledger disputes)" = 0 ] || fail "still disputed"
ctl educator rename "$ana" --name "Ana Torres Diaz" >/dev/null
until_true sh -c "'$bin/cairnctl' --dir '$dir' dump '$dir/issuance/db' issuance --log 2>/dev/null | grep -c '\"educator_noted\"' | grep -q 2"
export_to NC sent --more >/dev/null
grep -q '^2,1,add,NC-4711,Ana Torres Diaz,' "$work/sent/NC-$month-002.csv" || fail "not told again: $(cat "$work/sent/NC-$month-002.csv")"
printf 'file,record,result,code,text,reference\n2,1,accepted,,,NC-R-5\n' >"$work/answer.csv"
exits 0 "acknowledged 1, disputed 0" statefile import --policy NC --from "$work/answer.csv"
[ "$(of '.lines[2] | "\(.state) \(.reference)"' ledger show "$nc")" = "acknowledged NC-R-5" ] || fail "not acknowledged"
exits 0 "accepted 1, refused 0, unanswered 0" statefile list --policy NC
cmp "$work/again/NC-$month-001.csv" <(export_to NC new >/dev/null && cat "$work/new/NC-$month-001.csv")

step "a licensure system's own key speaks for its state, and for no other"
ctl peer add licensure-fl --roles licensure --scope FL >/dev/null
ctl peer add licensure-nc --roles licensure --scope NC >/dev/null
hup
posting=$(of '.lines[2].posting' ledger show "$fl")
until_heard ctl --key licensure-nc ledger show "$nc" >/dev/null
until_heard ctl --key licensure-fl ledger disputes >/dev/null
exits 1 "speaks for another state" --key licensure-nc ledger dispute "$posting" --because "not ours"
exits 0 "" --key licensure-fl ledger dispute "$posting" --because "no such component"
[ "$(of '.disputes[0].because' --key licensure-fl ledger disputes)" = "no such component" ] || fail "it sees no dispute"
exits 6 "speaks for another one" --key licensure-fl ledger disputes --state NC
exits 0 "" --key licensure-fl ledger acknowledge "$posting" --reference FL-1 --state FL
exits 6 "roles do not allow" --key licensure-fl statefile list
[ "$(of '.files[0].accepted' statefile list --policy FL)" = 1 ] || fail "the file does not know its answer"

step "an erased person: the file cannot be made again, and that is said"
ctl educator erase "$ana" --because a_test >/dev/null
until_true sh -c "! '$bin/cairnctl' --dir '$dir' statefile export --policy NC --number 1 --to '$work/erased' >/dev/null 2>&1"
exits 4 "1 of its rows are of persons who were erased since" statefile export --policy NC --number 1 --to "$work/erased"
[ ! -e "$work/erased/NC-$month-001.csv" ] || fail "half a file was written"
exits 0 "" verify
echo "statefile.sh: all passed"
