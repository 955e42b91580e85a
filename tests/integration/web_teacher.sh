#!/bin/bash
# web_teacher.sh SOURCE_DIR BIN_DIR: a teacher's way over HTTP, from the questionnaire to the renewal ledger: pages and
# JSON from real daemons, and what is refused. Evidence and readings, which have tests of their own, come by cairnctl.
set -euo pipefail
source_dir=$1
bin=$2
work=$(mktemp -d /tmp/cairn-webteacher-XXXXXX)
dir=$work/a
. "$(dirname "$0")/lib.sh"
trap down_all EXIT
sample=$source_dir/deploy/sample/evidence/lit-101

step "two teachers with accounts, three readers"
"$source_dir/deploy/up" --dir "$dir" --bin "$bin" enrollment evidence assessment issuance notification
open_school
add_readers 3
join "Ben Ruiz" ben
ben=$educator
join "Ana Torres" ana --license "TN:Professional:4711:$license_term"
ana=$educator
license=$(of '.license_ids[0]' educator show "$ana")
"$source_dir/deploy/up" --dir "$dir" --bin "$bin" --set http=127.0.0.1:0 gateway
base=http://$(cat "$dir/run/gateway.http")
echo "correct horse battery staple" >"$work/password"
for name in ana ben; do
	ctl account add --login "$name" --educator "${!name}" --role teacher --password-file "$work/password" >/dev/null
done

# ask STATUS METHOD PATH OPTION ...: as $who; the body is in $work/body, the headers in $work/head.
ask() {
	local want=$1 method=$2 path=$3 got
	shift 3
	got=$(curl -sS -o "$work/body" -D "$work/head" -w '%{http_code}' -X "$method" -H "Cookie: ${cookie[$who]}" \
		-H 'Sec-Fetch-Site: same-origin' "$@" "$base$path")
	[ "$got" = "$want" ] || fail "$method $path: $got, not $want: $(head -c 600 "$work/body")"
}
json() { ask "$1" GET "$2" -H 'Accept: application/json'; }
page() {
	ask 200 GET "$1" -H 'Accept: text/html' "${@:2}"
	[ "$(grep -o '<h1' "$work/body" | wc -l)" = 1 ] || fail "$1: not one h1"
	[ "$(stat -c %s "$work/body")" -lt 100000 ] || fail "$1: over 100 KB"
	! grep -q '{{\|teacher\.[a-z]' "$work/body" || fail "$1: $(grep -o '{{.*\|teacher\.[a-z_]*' "$work/body" | head -3)"
}
# post STATUS PATH JSON: as a program that names its intention.
post() { ask "$1" POST "$2" -H 'Accept: application/json' -H 'Content-Type: application/json' -H "Idempotency-Key: $(fresh_id)" -d "$3"; }
body() { jq -r "$1" "$work/body"; }
is() { [ "$(body "$1")" = "$2" ] || fail "$1 is $(body "$1"), not $2: $(head -c 600 "$work/body")"; }
# The answer, as soon as it is so: what one service does, others hear of a moment later.
so() { json 200 "$1" && [ "$(body "$2")" = "$3" ]; }

step "they sign in; nobody else sees a teacher's pages"
declare -A cookie
for who in ana ben; do
	cookie[$who]=none=1
	ask 200 POST /sign-in -H 'Accept: application/json' -d "login=$who" --data-urlencode "password=$(cat "$work/password")"
	cookie[$who]=$(sed -n 's/^[Ss]et-[Cc]ookie: \([^;]*\).*/\1/p' "$work/head" | head -1)
done
who=nobody cookie[nobody]=none=1
for path in /home /plan /ledger /credentials /portfolio /export /preferences /plan/questions; do
	json 401 $path
done

step "the questionnaire suggests, with reasons, and keeps no answer"
who=ana
page /plan/questions
json 200 /plan/questions
n=$(body '.statements | length')
[ "$n" -ge 10 ] || fail "only $n statements"
post 200 /plan/questions '{"LIT-101":"1","MTH-111":"4"}'
is '.suggestions[0].code' LIT-101
is '[.suggestions[] | select(.code == "MTH-111")] | length' 0
is '[.suggestions[] | select(.reasons | length == 0)] | length' 0
ask 200 POST /plan/questions -H 'Accept: text/html' -d 'LIT-101=1'
grep -q '<ol>' "$work/body" || fail "no suggestions on the page"
! grep -rq 'LIT-101=1' "$dir/log" || fail "an answer is in a log"

step "a goal is set, shown in the plan, and nobody else's"
lit=$(of '.entries[] | select(.code == "LIT-101") | .entry' catalogue search 2>/dev/null) || lit=
post 200 /plan/goals "{\"code\":\"LIT-101\",\"by\":\"$(($(date +%Y) + 1))-06-30\"}"
goal=$(body .goal)
post 409 /plan/goals '{"code":"LIT-101"}'
is .code GOAL_STANDS
post 200 /plan/goals "{\"license\":\"$license\",\"by\":\"$license_ends\"}"
json 200 /plan
is '.goals[0].code' LIT-101
is '.goals[0].standing' none
is '.licenses[0].units_required_text' 60
is '.licenses[0].with_plan.units_total_text' 6
page /plan
who=ben
post 404 "/plan/goals/$goal/drop" '{}'
json 200 /plan
is '.goals | length' 0
who=ana

step "three clicks to an enrollment; resources and progress"
json 200 /home
is '.enrollments | length' 0
page /home
ask 303 POST /enrollments -H 'Accept: text/html' -d "intention=$(fresh_id)" -d code=LIT-101
enrollment=$(sed -n 's|^[Ll]ocation: .*/enrollments/\([0-9a-f-]\{36\}\).*|\1|p' "$work/head" | tr -d '\r')
[ -n "$enrollment" ] || fail "not sent on: $(cat "$work/head")"
until_true so "/enrollments/$enrollment" .next collect
post 409 /enrollments '{"code":"LIT-101"}'
is .code ALREADY_ACTIVE
post 200 "/enrollments/$enrollment/progress" '{"resource":"lit-101.s1","done":"1"}'
json 200 "/enrollments/$enrollment"
is '[.resources[] | select(.done)] | length' 1
post 409 "/enrollments/$enrollment/seal" '{"own_work":"1","ai_use":"none"}'
post 200 "/enrollments/$enrollment/pause" '{}'
json 200 "/enrollments/$enrollment"
is .next resume
post 200 "/enrollments/$enrollment/resume" '{}'
page "/enrollments/$enrollment"
page "/enrollments/$enrollment/withdraw"
page "/enrollments/$enrollment" -H 'Accept-Language: es'
grep -q 'lang="es"' "$work/body" || fail "not Spanish"

step "evidence: privacy steps and answers"
as=(--as "$ana")
add_evidence e1 "$sample/plan.md" >/dev/null
audio=$(add_evidence e2 "$sample/routines.wav")
table=$(add_evidence e3 "$sample/quick-check.csv")
json 200 "/enrollments/$enrollment/evidence/lit-101.e2"
is '.requirement.artifacts[0].state' needs_privacy_step
page "/enrollments/$enrollment/evidence/lit-101.e2"
post 400 "/enrollments/$enrollment/artifacts/$audio/consent" '{"basis":"A_FRIEND","given_by_role":"parent"}'
post 200 "/enrollments/$enrollment/artifacts/$audio/consent" \
	"{\"basis\":\"PARENT\",\"given_by_role\":\"parent\",\"requirement\":\"lit-101.e2\",\"expires\":\"$(date -d '+3 years' +%F)\"}"
json 200 "/enrollments/$enrollment/evidence/lit-101.e2"
is '.requirement.artifacts[0].privacy' consent
json 200 "/enrollments/$enrollment/evidence/lit-101.e3"
shown=$(body '.requirement.artifacts[0].shown')
post 200 "/enrollments/$enrollment/artifacts/$table/attest" "{\"shown\":$shown}"
for q in o1 o2 f1; do
	jq -Rs '{text: .}' "$sample/$q.txt" >"$work/answer.json"
	post 200 "/enrollments/$enrollment/answers/lit-101.$q" "@$work/answer.json"
done
for text in "Typing" "Typing goes on"; do
	ask 200 PUT "/enrollments/$enrollment/answers/lit-101.o1" -H 'Accept: application/json' -H 'Content-Type: application/json' \
		-d "{\"text\":\"$text\"}"
done
json 200 "/enrollments/$enrollment/answers"
is '.questions[0].text' "Typing goes on"
jq -Rs '{text: .}' "$sample/o1.txt" >"$work/answer.json"
post 200 "/enrollments/$enrollment/answers/lit-101.o1" "@$work/answer.json"
page "/enrollments/$enrollment/answers"

step "what is not taken is named, and not left aside"
post 400 /plan/goals '{"code":"LIT-101","by_day":"2027-01-01"}'
is .code member_unknown
is '.errors[0].pointer' /by_day
post 400 /plan/goals '{"code":["LIT-101"]}'
is .code member_kind
ask 400 POST /plan/goals -H 'Accept: text/html' -H 'Accept-Language: es' -d 'kode=LIT-101'
grep -q '«kode»' "$work/body" || fail "it is not named: $(head -c 900 "$work/body")"

step "two tabs: what was changed since it was read is not written over"
# tag PATH: with which it is read.
tag() { json 200 "$1" && tr -d '\r' <"$work/head" | sed -n 's/^etag: //Ip'; }
# if_match STATUS TAG METHOD PATH JSON
if_match() { ask "$1" "$3" "$4" -H "If-Match: $2" -H 'Accept: application/json' -H 'Content-Type: application/json' -d "$5"; }
answers=/enrollments/$enrollment/answers
seen=$(tag "$answers")
if_match 200 "$seen" PUT "$answers/lit-101.o1" '{"text":"one tab"}'
if_match 412 "$seen" PUT "$answers/lit-101.o1" '{"text":"the other tab"}'
is .code changed_meanwhile
json 200 "$answers"
grep -q "one tab" "$work/body" && ! grep -q "the other tab" "$work/body" || fail "it was written over"

# Many at once with the same tag: one is the first.
seen=$(tag "$answers")
for n in $(seq 12); do
	curl -sS -o /dev/null -w '%{http_code}\n' -X PUT -H "Cookie: ${cookie[ana]}" -H 'Sec-Fetch-Site: same-origin' -H "If-Match: $seen" \
		-H 'Accept: application/json' -d "text=tab $n" "$base$answers/lit-101.o1" >"$work/tab.$n" &
	tabs[n]=$!
done
wait "${tabs[@]}"
[ "$(cat "$work"/tab.* | grep -c 200)" = 1 ] || fail "of twelve tabs these were let: $(sort "$work"/tab.* | uniq -c | tr '\n' ' ')"
[ "$(cat "$work"/tab.* | grep -c '412\|503')" = 11 ] || fail "the others were told $(sort "$work"/tab.* | uniq -c | tr '\n' ' ')"
if_match 200 "\"x\", $(tag "$answers")" POST "$answers/lit-101.o1" "$(cat "$work/answer.json")"
if_match 412 '"x"' POST "/enrollments/$enrollment/pause" '{}'
if_match 200 '*' POST /preferences '{"language":"en"}'
if_match 412 '"x"' POST /preferences '{"language":"es"}'
if_match 412 '*' POST /enrollments '{"code":"LIT-101"}'
is .code no_version
seen=$(tag /plan)
if_match 200 "$seen" POST "/plan/goals/$goal" "{\"code\":\"LIT-101\",\"by\":\"$license_ends\"}"
if_match 412 "$seen" POST "/plan/goals/$goal/drop" '{}'
who=ben
if_match 404 "$seen" PUT "$answers/lit-101.o1" '{"text":"of another teacher"}'
who=ana
json 404 "/enrollments/$enrollment/evidence/lit-101.e9"

step "nobody else sees or changes any of it"
who=ben
for path in "/enrollments/$enrollment" "/enrollments/$enrollment/answers" "/enrollments/$enrollment/seal" \
	"/enrollments/$enrollment/privacy" "/enrollments/$enrollment/evidence/lit-101.e1" "/ledger/$license" \
	"/enrollments/$(fresh_id)" /enrollments/nothing; do
	json 404 "$path"
done
post 404 "/enrollments/$enrollment/pause" '{}'
post 404 "/enrollments/$enrollment/answers/lit-101.o1" '{"text":"mine now"}'
post 404 "/enrollments/$enrollment/artifacts/$table/attest" '{"shown":0}'
post 404 "/enrollments/$enrollment/seal" '{"own_work":"1","ai_use":"none"}'
who=ana

step "the seal, its receipt, a recall, and the seal again"
json 200 "/enrollments/$enrollment/seal"
is .can_seal true
page "/enrollments/$enrollment/seal"
post 409 "/enrollments/$enrollment/seal" '{"ai_use":"none"}'
is .code NOT_ATTESTED
post 201 "/enrollments/$enrollment/seal" '{"own_work":"1","ai_use":"editing","language":"en"}'
submission=$(body .submission)
json 200 "/submissions/$submission"
is .can_recall true
[ "$(body .manifest_sha256 | wc -c)" = 65 ] || fail "no manifest hash"
[ -n "$(body '.due_text // empty')" ] || fail "no due date"
page "/submissions/$submission"
json 404 "/submissions/$submission/feedback"
is .code not_decided
post 200 "/submissions/$submission/recall" '{}'
until_true so "/enrollments/$enrollment" .next seal
post 201 "/enrollments/$enrollment/seal" '{"own_work":"1","ai_use":"editing","language":"en"}'
submission=$(body .submission)
until_true so /home '.enrollments[0].next' wait
who=ben
json 404 "/submissions/$submission"
post 404 "/submissions/$submission/recall" '{}'
post 404 "/submissions/$submission/appeal" '{"reason":"It is mine."}'
who=ana

step "a first decision with one open row: feedback, and what is open again"
words="Your routines move in order, and one more named change that follows from a result of the quick check would show the response that this row asks for, in the second recording too."
read_all "${readers[0]}" almost "$words"
until_true so "/enrollments/$enrollment" .next reading
read_all "${readers[1]}" almost "$words"
until_true so "/enrollments/$enrollment" .next resubmit
json 200 "/submissions/$submission/feedback"
is '[.rows[] | select(.met)] | length' 2
is '.open_rows[0]' lit-101.r3
is .can_resubmit true
page "/submissions/$submission/feedback"
post 422 "/submissions/$submission/appeal" '{"rows":["lit-101.r3"]}'

step "the open row is sent in again and earns the credential"
post 201 "/enrollments/$enrollment/seal" '{"own_work":"1","ai_use":"none"}'
second=$(body .submission)
[ "$second" != "$submission" ] || fail "the same submission"
read_open() { # READER: only the row that is open
	reading=$(until_heard of .reading assess next --assessor "$1")
	until_heard ctl assess open "$reading" --assessor "$1" >/dev/null
	ctl assess fetch "$reading" 2 --assessor "$1" --to "$work/heard-$1.wav" >/dev/null
	until_heard ctl assess rate "$reading" --assessor "$1" --row lit-101.r3=yes >/dev/null
}
read_open "${readers[2]}"
add_readers 1
read_open "${readers[0]}"
until_true so "/enrollments/$enrollment" .next earned
until_true so /credentials '.credentials | length' 1
credential=$(body '.credentials[0].credential')

step "the credential, a link that shows it, and the link withdrawn"
json 200 "/credentials/$credential"
is .state issued
is '.history[0].event' credential_issued
is '.history[0].by' null
grep -q "linkedin.com/profile/add" "$work/body" || fail "no LinkedIn link"
page "/credentials/$credential"
post 201 "/credentials/$credential/shares" '{"days":30}'
share=$(body .share)
json 200 "/credentials/$credential"
link=$(body '.shares[0].address')
ask 200 GET "/s/${link##*/s/}" -H 'Accept: application/json'
post 200 "/credentials/$credential/shares/$share/withdraw" '{}'
json 200 "/credentials/$credential"
is '.shares[0].state' withdrawn
who=ben
json 404 "/credentials/$credential"
post 404 "/credentials/$credential/shares" '{"days":30}'
who=ana
page /credentials
page /portfolio

step "the ledger: what counts, what is missing, what the state says"
until_true so "/ledger/$license" '.lines | length' 1
is .units_total_text 6
is .short_by_text 54
is '.lines[0].state' posted
page "/ledger/$license"
page /ledger
json 200 /ledger
is '.licenses[0].short_by_text' 54
posting=$(of '.lines[0].posting' ledger show "$license")
ctl ledger dispute "$posting" --because no_match >/dev/null
json 200 "/ledger/$license"
is '.lines[0].state' disputed
is '.lines[0].because_text' no_match
ctl ledger acknowledge "$posting" --reference TNC-7 >/dev/null
json 200 "/ledger/$license"
is '.lines[0] | "\(.state) \(.reference) \(.said_text != null)"' "acknowledged TNC-7 true"
page "/ledger/$license"
grep -q "TNC-7" "$work/body" || fail "the page does not say the reference"

step "who looked, consents, notices, and everything as one file"
json 200 "/enrollments/$enrollment/privacy"
[ "$(body '[.views[] | select(.role == "assessor")] | length')" -ge 1 ] || fail "nobody looked: $(cat "$work/body")"
is '.consents[0].state' holds
page "/enrollments/$enrollment/privacy"
page /preferences
post 200 /preferences '{"topic":"LAPSE_COMING","off":"1"}'
json 200 /preferences
is '.topics[] | select(.topic == "LAPSE_COMING") | .off' true
post 409 /preferences '{"topic":"DECISION_READY","off":"1"}'
post 200 /preferences/times '{"quiet_from":"22:00","quiet_to":"06:30","time_zone":"America/Denver","digest":"WEEKLY"}'
post 422 /preferences/times '{"quiet_from":"22:00"}'
post 409 /preferences/times '{"time_zone":"America/Nowhere"}'
json 200 /preferences
is .quiet_from 22:00
is .quiet_to 06:30
is .time_zone America/Denver
is .digest WEEKLY
page /preferences
page /export
json 200 /export/cairn-export.json
is .educator "$ana"
is '.submissions | length' 3
is "[.credentials[\"$credential\"].document | fromjson | .type[]] | index(\"OpenBadgeCredential\") != null" true
post 200 "/plan/goals/$goal/drop" '{}'

step "the log has no name of hers, and everything verifies"
! grep -rq 'Torres\|ana@school' "$dir/log" || fail "a name is in a log"
ctl verify >/dev/null || fail "the tables differ from the logs"
