#!/bin/bash
# web_reader.sh SOURCE_DIR BIN_DIR: two assessors who disagree, and a lead who settles it, over HTTP from real daemons:
# queue, evidence, drafts, ratings, a conflict of interest, the dispute, seats, the agreement report, a coach; what is
# refused; and that no answer to any of them tells whose work it is.
set -euo pipefail
source_dir=$1
bin=$2
work=$(mktemp -d /tmp/cairn-webreader-XXXXXX)
dir=$work/a
. "$(dirname "$0")/lib.sh"
trap down_all EXIT

step "a teacher's sealed work, three readers, a lead and a coach, with accounts"
"$source_dir/deploy/up" --dir "$dir" --bin "$bin" enrollment evidence assessment issuance notification
open_school
add_readers 3
rosa=${readers[0]} saul=${readers[1]} tess=${readers[2]}
lena=$(of .assessor assessor add --lead)
join "Ana Torres" ana-handle
ana=$educator
"$source_dir/deploy/up" --dir "$dir" --bin "$bin" --set http=127.0.0.1:0 gateway
base=http://$(cat "$dir/run/gateway.http")
seal_work "$source_dir/deploy/sample/evidence/lit-101/plan.md"
echo "correct horse battery staple" >"$work/password"
for name in rosa saul tess; do
	ctl account add --login "$name" --assessor "${!name}" --role assessor --password-file "$work/password" >/dev/null
done
ctl account add --login lena --assessor "$lena" --role assessor --role lead --password-file "$work/password" >/dev/null
ctl account add --login cora --role coach --password-file "$work/password" >/dev/null
ctl account add --login ana --educator "$ana" --role teacher --password-file "$work/password" >/dev/null

# ask STATUS METHOD PATH OPTION ...: as $who; the body is in $work/body, the headers in $work/head. What an assessor or a
# lead is answered is kept, to be searched at the end.
ask() {
	local want=$1 method=$2 path=$3 got
	shift 3
	got=$(curl -sS -o "$work/body" -D "$work/head" -w '%{http_code}' -X "$method" -H "Cookie: ${cookie[$who]}" \
		-H 'Sec-Fetch-Site: same-origin' "$@" "$base$path")
	[ "$got" = "$want" ] || fail "$who: $method $path: $got, not $want: $(head -c 600 "$work/body")"
	case $who in
	rosa | saul | tess | lena) [[ $path == */items/* ]] || cat "$work/head" "$work/body" >>"$work/told" ;;
	esac
}
json() { ask "$1" GET "$2" -H 'Accept: application/json'; }
page() { # STATUS PATH OPTION ...
	ask "$1" GET "$2" -H 'Accept: text/html' "${@:3}"
	looks_right "$2"
}
looks_right() {
	[ "$(grep -o '<h1' "$work/body" | wc -l)" = 1 ] || fail "$1: not one h1"
	[ "$(stat -c %s "$work/body")" -lt 100000 ] || fail "$1: over 100 KB"
	! grep -q '{{\|[>"]reading\.[a-z]' "$work/body" || fail "$1: $(grep -o '{{.*\|reading\.[a-z_]*' "$work/body" | head -3)"
}
# post STATUS PATH JSON: as a program that names its intention.
post() { ask "$1" POST "$2" -H 'Accept: application/json' -H 'Content-Type: application/json' -H "Idempotency-Key: $(fresh_id)" -d "$3"; }
put() { ask "$1" PUT "$2" -H 'Accept: application/json' -H 'Content-Type: application/json' -H "Idempotency-Key: $(fresh_id)" -d "$3" "${@:4}"; }
body() { jq -r "$1" "$work/body"; }
is() { [ "$(body "$1")" = "$2" ] || fail "$1 is $(body "$1"), not $2: $(head -c 600 "$work/body")"; }
says() { grep -qF -- "$1" "$work/body" || fail "does not say \"$1\": $(head -c 900 "$work/body")"; }
sign_in() {
	who=$1
	cookie[$who]=none=1
	ask 200 POST /sign-in -H 'Accept: application/json' -d "login=$who" --data-urlencode "password=$(cat "$work/password")"
	cookie[$who]=$(sed -n 's/^[Ss]et-[Cc]ookie: \([^;]*\).*/\1/p' "$work/head" | head -1)
}
# Commands whose facts another service hears of a moment later: tried anew, as a person would.
takes() { (post 201 /readings '{}') >/dev/null 2>&1; }
opens() { (post 200 "/readings/$1/open" '{}') >/dev/null 2>&1; }
is_read() { (json 200 /readings && [ "$(body .held)" = null ]) >/dev/null 2>&1; }
held() {
	json 200 /readings
	reading=$(body .held.reading)
}
rated() { # LEVEL_OF_R3 FEEDBACK
	jq -nc --arg l "$1" --arg f "$2" '{ratings: [{row: "lit-101.r1", level: "yes", confidence: 4}, {row: "lit-101.r2", level: "yes", confidence: 4}, {row: "lit-101.r3", level: $l, confidence: 4, feedback: $f}]}'
}
long="The data table names four skills, but the reflection does not say which pupils need more time with blending, nor what you will change next week for them."

declare -A cookie
for name in rosa saul tess lena cora ana; do sign_in $name; done

step "others see none of it"
who=nobody cookie[nobody]=none=1
json 401 /readings
json 401 /adjudications
who=ana
json 403 /readings
who=rosa
json 403 /adjudications
json 403 /coaching
json 200 /readings
is .held null
is .today 0
page 200 /readings
page 200 /readings -H 'Accept-Language: es'
says 'Sus lecturas'

step "who declares a conflict hands the reading back and gets it no more"
who=tess
until_true takes
held
[ "$reading" != null ] || fail "nothing held: $(cat "$work/body")"
post 200 "/readings/$reading/conflict" '{}'
json 200 /readings
is .held null
post 409 /readings '{}'
is .code NOTHING_TO_READ
json 200 "/readings/$reading"
is .state expired

step "a reader opens the evidence, sees it beside the rubric, and what is typed is kept"
who=rosa
until_true takes
held
until_is=$(body .held.until_us)
[ "$until_is" -gt 0 ] || fail "no date"
page 200 "/readings/$reading"
says "/readings/$reading/open"
post 409 "/readings/$reading" "$(rated yes '')"
until_true opens "$reading"
json 200 "/readings/$reading"
cp "$work/body" "$work/listed"
is '.rows | length' 3
is '.rows[0].levels | length' 3
[ "$(body '.items | length')" -ge 6 ] || fail "items: $(cat "$work/body")"
[ "$(body '[.items[] | select(.label == "" or .label == null)] | length')" = 0 ] || fail "no label"
[ "$(body '[.rows[] | select(.judged_by | length == 0)] | length')" = 0 ] || fail "a row is judged by nothing"
ask 200 GET "/readings/$reading/items/1"
ask 200 GET "/readings/$reading/items/$(jq '.items | length' "$work/listed")"
put 200 "/readings/$reading/draft" '{"level-lit-101.r1":"almost","confidence-lit-101.r1":"3","feedback-lit-101.r1":"Half a thou"}'
page 200 "/readings/$reading"
says 'Half a thou'
says '<fieldset'
says 'sandbox=""'
says 'data-autosave'
page 200 "/readings/$reading" -H 'Accept-Language: es'
says 'Rúbrica'
json 200 "/readings/$reading"
seen=$(tr -d '\r' <"$work/head" | sed -n 's/^etag: //Ip')
put 200 "/readings/$reading/draft" '{"feedback-lit-101.r1":"Of one tab"}' -H "If-Match: $seen"
put 412 "/readings/$reading/draft" '{"feedback-lit-101.r1":"Of another"}' -H "If-Match: $seen"
page 200 "/readings/$reading"
says 'Of one tab'

step "nobody else reads it, and no lead"
mine=$reading
who=saul
json 404 "/readings/$mine"
put 404 "/readings/$mine/draft" '{"feedback-lit-101.r1":"mine"}'
post 404 "/readings/$mine" "$(rated yes '')"
post 404 "/readings/$mine/conflict" '{}'
ask 404 GET "/readings/$mine/items/1" -H 'Accept: application/json'
who=lena
json 404 "/readings/$mine"
json 404 "/adjudications/$submission"
json 404 "/readings/$(fresh_id)"

step "what is missing is told row by row, and nothing is lost"
who=rosa
post 422 "/readings/$mine" "$(rated almost 'Too short.')"
is '[.errors[].pointer] | join(" ")' "/feedback-lit-101.r3"
post 422 "/readings/$mine" '{}'
is '.errors | length' 6
page 200 "/readings/$mine"
csrf=$(sed -n 's/.*name="csrf" value="\([^"]*\)".*/\1/p' "$work/body" | head -1)
form() { # STATUS FIELD=VALUE ...: as a browser without scripts
	local want=$1 fields=() f
	shift
	for f in "$@"; do fields+=(--data-urlencode "$f"); done
	ask "$want" POST "/readings/$mine" -H 'Accept: text/html' --data-urlencode "csrf=$csrf" \
		--data-urlencode "intention=$(fresh_id)" "${fields[@]}"
}
form 422 level-lit-101.r1=yes confidence-lit-101.r1=4 "feedback-lit-101.r1=Kept as it was typed"
looks_right "$mine"
says 'role="alert"'
says 'href="#level-2-1"'
says 'Kept as it was typed'
form 303 do=save level-lit-101.r1=yes confidence-lit-101.r1=4 level-lit-101.r2=yes
json 200 "/readings/$mine"
is '.rows[1].levels[] | select(.is_checked) | .code' yes

step "two readers disagree"
post 200 "/readings/$mine" "$(rated yes '')"
is .state completed
post 409 "/readings/$mine" "$(rated almost "$long")"
page 200 "/readings/$mine"
who=saul
until_true takes
held
until_true opens "$reading"
json 200 "/readings/$reading"
! grep -q "Kept as it was typed\|$mine" "$work/body" || fail "the second reader sees the first reading"
form_of=$reading mine=$reading
post 200 "/readings/$reading" "$(rated not_yet "$long")"
is .state completed

step "a lead sees both readings without names, opens the evidence, and settles the row"
who=lena
json 200 /adjudications
is '.disputed[0].submission' "$submission"
page 200 /adjudications
page 200 /adjudications -H 'Accept-Language: es'
waits() { (json 200 "/adjudications/$submission") >/dev/null 2>&1; }
until_true waits
json 200 "/adjudications/$submission"
is '.rows | length' 1
is '.rows[0].row' lit-101.r3
is '.rows[0].said | length' 2
disputed_opens() { (post 201 "/adjudications/$submission/open" '{}') >/dev/null 2>&1; }
until_true disputed_opens
mine=$(body .reading)
json 200 "/adjudications/$submission?reading=$mine"
[ "$(body '.items | length')" -ge 6 ] || fail "items: $(cat "$work/body") $(ctl assess items "$mine" --by "$lena" 2>&1)"
page 200 "/adjudications/$submission?reading=$mine"
says "items&#x2F;1"
ask 200 GET "/readings/$mine/items/1"
post 422 "/adjudications/$submission" '{"ratings":[{"row":"lit-101.r3","level":"almost","confidence":5,"feedback":"Short."}]}'
who=rosa
json 404 "/adjudications/$submission"
who=lena
post 200 "/adjudications/$submission" "$(jq -nc --arg f "$long" '{ratings: [{row: "lit-101.r3", level: "almost", confidence: 5, feedback: $f}]}')"
is .decided true
json 404 "/adjudications/$submission"

step "seats, the agreement report and its table"
page 200 /seat
says LIT-101
json 200 /seat/LIT-101
is .state none
who=rosa
json 200 /seat/LIT-101
is .state certified
page 200 /seat/LIT-101
json 200 /seat/MTH-111
is .state none
post 200 /seat/MTH-111/apply '{}'
json 200 /seat/MTH-111
is .state applied
page 200 /seat/MTH-111 -H 'Accept-Language: es'
who=lena
post 200 /seats/training "{\"assessor\":\"$rosa\",\"code\":\"MTH-111\"}"
json 200 "/seats/weak?assessor=$rosa&code=LIT-101"
is '.decisions | length' 0
page 200 "/seats/weak?assessor=$rosa&code=LIT-101"
who=rosa
json 200 /seat/MTH-111
is .state training
json 403 "/seats/weak?assessor=$saul&code=LIT-101"
json 200 /reports/agreement/LIT-101
is '.rows[0].reads' 1
page 200 /reports/agreement/LIT-101
says '<caption>'
page 200 /reports/agreement
json 404 /reports/agreement/NONE-1

step "a coach sees whom to meet and nothing else"
who=cora
json 200 /coaching
is '.waiting | length' 0
page 200 /coaching
post 404 "/coaching/$enrollment" '{}'
json 403 /readings

step "nothing that assessors and leads were told says whose work it is"
for secret in Torres ana-handle "$ana" "$school" "$district" "$enrollment" plan.md routines.wav; do
	! grep -qiF -- "$secret" "$work/told" || fail "$secret was told: $(grep -iF -m 2 -- "$secret" "$work/told" | head -c 400)"
done
for reader in "$rosa" "$saul" "$tess"; do
	grep -vF "/seats/weak" "$work/told" | grep -qF "$reader" && [ "$reader" != "$rosa" ] && fail "$reader was told"
done
ctl verify >/dev/null || fail "tables differ"
step done
