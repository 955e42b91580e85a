#!/bin/bash
# web_office.sh SOURCE_DIR BIN_DIR: administrators over HTTP, from real daemons: a roster shown, done, and done again;
# who is missing; cohorts; reports; a micro-credential checked, reviewed by another and published; a revocation by two;
# deliveries, keys, status. And that a district sees nothing of another one.
set -euo pipefail
source_dir=$1
bin=$2
work=$(mktemp -d /tmp/cairn-weboffice-XXXXXX)
dir=$work/a
. "$(dirname "$0")/lib.sh"
trap down_all EXIT

step "a teacher earns a credential; two districts, and an account for each role"
"$source_dir/deploy/up" --dir "$dir" --bin "$bin" enrollment evidence assessment issuance notification
earn "Ana Torres" ana TN:Professional:4711:$license_term "$source_dir/deploy/sample/evidence/lit-101/plan.md"
other=$(of .org org add --kind district --name "Other District" --state TN)
"$source_dir/deploy/up" --dir "$dir" --bin "$bin" --set http=127.0.0.1:0 gateway
base=http://$(cat "$dir/run/gateway.http")
echo "correct horse battery staple" >"$work/password"
account() { ctl account add --login "$1" --role "$2" --password-file "$work/password" "${@:3}" >/dev/null; }
account dora district --org "$district"
account otto district --org "$other"
account agnes agency
account ida issuer
account ivan issuer
account olga operator
account aldo auditor
account tess teacher --educator "$ana"

# ask STATUS METHOD PATH OPTION ...: as $who; the body is in $work/body, the headers in $work/head.
ask() {
	local want=$1 method=$2 path=$3 got
	shift 3
	got=$(curl -sS -o "$work/body" -D "$work/head" -w '%{http_code}' -X "$method" -H "Cookie: ${cookie[$who]}" \
		-H 'Sec-Fetch-Site: same-origin' "$@" "$base$path")
	[ "$got" = "$want" ] || fail "$who $method $path: $got, not $want: $(head -c 800 "$work/body")"
}
json() { ask "$1" GET "$2" -H 'Accept: application/json'; }
post() { ask "$1" POST "$2" -H 'Accept: application/json' -H "Idempotency-Key: $(fresh_id)" "${@:3}"; }
body() { jq -r "$1" "$work/body"; }
is() { [ "$(body "$1")" = "$2" ] || fail "$1 is $(body "$1"), not $2: $(head -c 800 "$work/body")"; }
so() { json 200 "$1" && [ "$(body "$2")" = "$3" ]; }
page() {
	ask 200 GET "$1" -H 'Accept: text/html' "${@:2}"
	sound_page "$1"
}
sound_page() {
	[ "$(grep -o '<h1' "$work/body" | wc -l)" = 1 ] || fail "$1: not one h1"
	[ "$(stat -c %s "$work/body")" -lt 100000 ] || fail "$1: over 100 KB"
	! grep -qE '\{\{|>(office|roster|cohorts|adoption|backlog|fairness|publish|lives|keys|deliveries|disputes|status)\.[a-z]' "$work/body" ||
		fail "$1: a word is missing: $(grep -oE '\{\{.*|>[a-z]+\.[a-z_]+' "$work/body" | head -3)"
}
field() { grep -o "name=\"$1\" value=\"[^\"]*\"" "$work/body" | head -1 | sed 's/.*value="//;s/"$//'; }

declare -A cookie
for who in dora otto agnes ida ivan olga aldo tess; do
	cookie[$who]=none=1
	ask 200 POST /sign-in -H 'Accept: application/json' -d "login=$who" --data-urlencode "password=$(cat "$work/password")"
	cookie[$who]=$(sed -n 's/^[Ss]et-[Cc]ookie: \([^;]*\).*/\1/p' "$work/head" | head -1)
done

step "each role finds what is theirs, and a teacher nothing"
who=tess
json 403 /office
for who in dora agnes ida olga aldo; do page /office; done
who=dora
json 200 /office
is '[.places[].path] | index("/office/credentials")' null
json 403 /office/credentials
json 403 /office/deliveries
json 403 /office/disputes
who=agnes
ask 303 GET /office/roster -H 'Accept: text/html'
page "/office/districts?to=/office/roster"
grep -q "$district" "$work/body" || fail "the district is not offered"

step "a roster is shown, and changes nothing"
who=dora
page /office/roster
mkdir "$work/roster"
cat >"$work/roster/orgs.csv" <<-CSV
	sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId
	o1,active,,A School,school,0101,d1
	o2,active,,Hill School,school,0102,d1
CSV
people() { # FIRST LAST
	echo "sourcedId,status,dateLastModified,enabledUser,username,userIds,givenName,familyName,middleName,identifier,email"
	seq "$1" "$2" | awk '{printf "u%s,active,,true,u%s,{staffUniqueId:%s},Teacher,Number%s,,,t%s@school.example\n", $1, $1, $1, $1, $1}'
	echo "k1,active,,true,k1,,Kid,Secret,,99999,kid@school.example"
}
roles() { # FIRST LAST
	echo "sourcedId,status,dateLastModified,userSourcedId,roleType,role,beginDate,endDate,orgSourcedId,userProfileSourcedId"
	seq "$1" "$2" | awk '{printf "r%s,active,,u%s,primary,teacher,,,o%s,\n", $1, $1, $1 % 2 + 1}'
	echo "rk,active,,k1,primary,student,,,o1,"
}
people 1 250 >"$work/roster/users.csv"
roles 1 250 >"$work/roster/roles.csv"
(cd "$work/roster" && python3 -c 'import zipfile
z = zipfile.ZipFile("../roster.zip", "w", zipfile.ZIP_DEFLATED)
for f in ("orgs.csv", "users.csv", "roles.csv"): z.write(f)')
post 200 /office/roster -F "district=$district" -F system=sis -F "file=@$work/roster.zip"
is .counts.new 250
is .counts.missing 0
is .skipped.not_staff 1
is '.new_schools | map(.name) | join(",")' "Hill School"
import=$(body .import) key=$(body .key)
json 200 "/office/roster?system=sis"
is '.known // 0' 0
! grep -rqa "Number17" "$dir/gateway" "$dir"/log || fail "a name lies about in the clear"

step "what is not sound is refused with a sentence"
post 422 /office/roster -F system=sis -F "file=@$work/roster/orgs.csv"
is .code roster_not_read
post 422 /office/roster -F "system=Two words" -F "file=@$work/roster.zip"
post 404 /office/roster -F "district=$other" -F system=sis -F "file=@$work/roster.zip"
head -c 3000 "$work/roster.zip" >"$work/cut.zip"
post 422 /office/roster -F system=sis -F "file=@$work/cut.zip"

step "another's preview is nobody's; one's own is done, once"
who=otto
post 409 /office/roster/apply -d "import=$import" -d "key=0$key"
post 404 /office/roster/apply -d "import=$import" -d "key=$key"
who=dora
post 200 /office/roster/apply -d "import=$import" -d "key=$key"
is .people 250
is .refused 0
post 409 /office/roster/apply -d "import=$import" -d "key=$key"
is .code roster_gone
json 200 "/office/roster?system=sis"
is .known 250

step "the next one is taken from files by themselves: who is missing is suspected, then inactive"
people 2 250 >"$work/roster/users.csv"
roles 2 250 >"$work/roster/roles.csv"
for state in 1 2; do
	ask 200 POST /office/roster -H 'Accept: text/html' -F "district=$district" -F system=sis -F "users=@$work/roster/users.csv" \
		-F "roles=@$work/roster/roles.csv" -F "orgs=@$work/roster/orgs.csv"
	sound_page preview
	grep -q 'As before' "$work/body" || fail "no counts"
	ask 303 POST /office/roster/apply -H 'Accept: text/html' -d "intention=$(fresh_id)" -d "import=$(field import)" -d "key=$(field key)"
	page "/office/roster?system=sis"
	grep -q 'Teacher Number1<' "$work/body" || fail "who is missing has no name"
done
json 200 "/office/roster?system=sis"
is .inactive 1
is '.suspected // 0' 0

step "Ed-Fi staff are one more system of the same people"
cat >"$work/staff.json" <<-JSON
	{"staffs": [{"staffUniqueId": "E-5", "firstName": "Teacher", "lastSurname": "Number5",
	  "electronicMails": [{"electronicMailAddress": "t5@school.example"}]}],
	 "staffEducationOrganizationAssignmentAssociations": [{"staffReference": {"staffUniqueId": "E-5"},
	  "educationOrganizationReference": {"educationOrganizationId": 7},
	  "staffClassificationDescriptor": "uri://ed-fi.org/StaffClassificationDescriptor#Teacher"}],
	 "schools": [{"schoolId": 7, "nameOfInstitution": "a school"}]}
JSON
post 200 "/office/roster?system=edfi" -H 'Content-Type: application/json' --data-binary "@$work/staff.json"
is .counts.known 1
is '.new_schools | length' 0

step "nobody is taken from another district"
who=otto
post 200 "/office/roster?system=sis" -F "users=@$work/roster/users.csv" -F "roles=@$work/roster/roles.csv"
is .counts.elsewhere 249
post 200 /office/roster/apply -d "import=$(body .import)" -d "key=$(body .key)"
is .elsewhere 249
is .people 0

step "a gateway killed in the middle of an import goes on with the same form"
people 10001 12000 >"$work/roster/users.csv"
roles 10001 12000 >"$work/roster/roles.csv"
post 200 "/office/roster?system=big" -F "users=@$work/roster/users.csv" -F "roles=@$work/roster/roles.csv"
is .counts.new 2000
import=$(body .import) key=$(body .key)
curl -sS -o /dev/null -X POST -H "Cookie: ${cookie[otto]}" -H 'Sec-Fetch-Site: same-origin' -H "Idempotency-Key: $(fresh_id)" \
	-d "import=$import" -d "key=$key" "$base/office/roster/apply" 2>/dev/null &
import_began() { json 200 "/office/roster?system=big" && [ "$(body '.known // 0')" -gt 0 ]; }
until_true import_began
gateway=$(cat "$dir/run/gateway.pid")
kill -9 "$gateway"
gone() { ! kill -0 "$gateway" 2>/dev/null; }
until_true gone
wait $! || true
"$source_dir/deploy/up" --dir "$dir" --bin "$bin" --set http=127.0.0.1:0 gateway
base=http://$(cat "$dir/run/gateway.http")
post 200 /office/roster/apply -d "import=$import" -d "key=$key"
is .people 2000
json 200 "/office/roster?system=big"
is .known 2000
is '.suspected // 0' 0

step "a cohort has members of its district, and no progress of few"
who=dora
post 201 /office/cohorts -d "name=First readers"
cohort=$(body .cohort)
post 200 "/office/cohorts/$cohort/members" --data-urlencode "emails=t5@school.example
t6@school.example
nobody@school.example"
is .added 2
is .not_found 1
page /office/cohorts
page "/office/cohorts/$cohort"
grep -q 'Teacher Number5' "$work/body" || fail "no member is named"
json 200 "/office/cohorts/$cohort"
member=$(body '.members[0].educator')
post 200 "/office/cohorts/$cohort/leave" -d "educator=$member"
who=otto
json 404 "/office/cohorts/$cohort"
post 404 "/office/cohorts/$cohort/members" -d "emails=t7@school.example"
post 404 "/office/cohorts/$cohort/close"
json 404 "/office/cohorts?district=$district"
who=aldo
page "/office/cohorts/$cohort"
post 403 "/office/cohorts/$cohort/close"
who=dora
post 200 "/office/cohorts/$cohort/close"

step "reports, in both languages; small numbers are hidden"
page /office/adoption
page /office/adoption -H 'Accept-Language: es'
grep -q 'lang="es"' "$work/body" || fail "not Spanish"
json 200 /office/adoption
is .completed "hidden, fewer than 10"
who=otto
json 404 "/office/adoption?district=$district"
who=agnes
page /office/adoption/all
page "/office/adoption?district=$district"
page /office/backlog
page /office/fairness
page /office/keys
page /office/deliveries
page "/office/deliveries?state=sent"
json 200 /office/disputes
is '.disputes | length' 0
license=$(of '.license_ids[0]' educator show "$ana")
posting=$(of '.lines[0].posting' ledger show "$license")
ctl ledger dispute "$posting" --because "E07: no such license" >/dev/null
json 200 "/office/disputes?state=TN"
is '.disputes[0] | "\(.posting) \(.state) \(.code) \(.days) \(.because)"' "$posting TN LIT-101 0 E07: no such license"
json 200 "/office/disputes?state=FL"
is '.disputes | length' 0
page "/office/disputes?state=TN"
grep -q "E07: no such license" "$work/body" || fail "the page does not say what the state says"
! grep -qE "Torres|4711" "$work/body" || fail "the page names the teacher"
who=olga
page /office/status
json 200 /office/status
is '[.services[] | select(.up)] | length' 5
is '[.services[].upstreams[]? | select(.going | not)] | length' 0

step "a micro-credential is checked, reviewed by another person, published and retired"
who=ida
page /office/catalogue
page /office/catalogue/LIT-101
json 200 /office/catalogue/lit-101
[ "$(body '.components | length')" -gt 20 ] || fail "no checklist"
jq '.microcredentials |= [.[] | select(.id == "lit-101" or .code == "LIT-101") | .version = 2 | .stacks = [] | .title = "Routines, once more"] |
	.stacks = [] | .renewal_policies = [] | .skill_gap_items = []' "$source_dir/deploy/sample/catalogue.json" >"$work/entry.json"
post 200 /office/catalogue/check -F "file=@$work/entry.json"
is .reviewed false
draft=$(body .draft) key=$(body .key) hash=$(body .hash) standard=$(body .standard_version)
post 409 /office/catalogue/publish -d "draft=$draft" -d "key=$key" # nobody has reviewed it
is .code REVIEW_MISSING
who=ivan
ask 200 POST /office/catalogue/check -H 'Accept: text/html' -F "file=@$work/entry.json"
sound_page check
findings=$(grep -o 'name="met:[^"]*"' "$work/body" | sed 's/name="//;s/"$/=MET/' | paste -sd'&')
post 201 /office/catalogue/review -d "draft=$(field draft)&key=$(field key)&hash=$hash&standard_version=$standard&$findings"
who=ida
post 200 /office/catalogue/check -F "file=@$work/entry.json"
is .reviewed true
is '.unmet // 0' 0
post 200 /office/catalogue/publish -d "draft=$(body .draft)" -d "key=$(body .key)" -d code=LIT-101
json 200 /office/catalogue/LIT-101
is .version 2
post 200 /office/catalogue/LIT-101/retire
page /office/catalogue/LIT-101
grep -q 'Take back the retirement' "$work/body" || fail "not retired"
post 200 /office/catalogue/LIT-101/restore

step "a revocation takes two persons"
page "/office/credentials"
ask 303 GET "/office/credentials?id=urn:uuid:$earned" -H 'Accept: text/html'
page "/office/credentials/$earned"
json 404 "/office/credentials/$(fresh_id)"
post 200 "/office/credentials/$earned/suspend" -d reason=UNDER_REVIEW
json 200 "/office/credentials/$earned"
is .state suspended
post 200 "/office/credentials/$earned/reinstate"
post 200 "/office/credentials/$earned/revocation" -d reason=ISSUED_IN_ERROR
post 409 "/office/credentials/$earned/revocation/confirm"
is .code SAME_PERSON
page "/office/credentials/$earned"
! grep -q 'revocation/confirm' "$work/body" || fail "who proposed is offered to confirm"
post 200 "/office/credentials/$earned/revocation/withdraw"
post 200 "/office/credentials/$earned/revocation" -d reason=ISSUED_IN_ERROR
who=aldo
page "/office/credentials/$earned"
post 403 "/office/credentials/$earned/revocation/confirm"
who=ivan
post 200 "/office/credentials/$earned/revocation/confirm"
json 200 "/office/credentials/$earned"
is .state revoked

step "the tables are those of the log"
until_true caught_up
ctl verify >/dev/null || fail "the tables differ from the log"
