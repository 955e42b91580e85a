#!/bin/bash
# access.sh SOURCE_DIR BIN_DIR
#
# Real daemons and a gateway. Who may what is what tests/golden/access.txt says, for each route and each role. Then the
# door: an unknown login and a wrong password are the same, and whoever tries too often waits; what is taken away is
# obeyed at once; what happened is in the audit, and the log equals the tables.
set -euo pipefail
source_dir=$1
bin=$2
work=$(mktemp -d)
dir=$work/in
gateway=
. "$source_dir/tests/integration/lib.sh"
finish() {
	[ -z "$gateway" ] || kill "$gateway" 2>/dev/null || true
	down_all
}
trap finish EXIT

port=$("$source_dir/tests/support/free_port.py")
url=http://127.0.0.1:$port
start_gateway() {
	rm -f "$work/ready"
	mkfifo "$work/ready"
	"$bin/cairn-gateway" "dir=$dir" "http=127.0.0.1:$port" "public_url=$url" ready_fd=3 </dev/null >>"$dir/log/gateway.log" 2>&1 3>"$work/ready" &
	gateway=$!
	read -r _ <"$work/ready" || fail "the gateway did not start: $(tail -3 "$dir/log/gateway.log")"
}
# ask METHOD PATH [DATA] [CURL OPTIONS ...]: the status; the body is in $work/body, the head in $work/head.
ask() {
	local method=$1 path=$2 data=${3:-}
	shift 2
	[ $# -eq 0 ] || shift
	curl -sS -o "$work/body" -D "$work/head" -w '%{http_code}' -X "$method" -H 'Accept: application/json' -H 'Sec-Fetch-Site: same-origin' ${data:+-d "$data"} "$@" "$url$path"
}
cookie() { sed -n 's/^[Ss]et-[Cc]ookie: \(__Host-cairn=[^;]*\).*/\1/p' "$work/head" | tail -1; }

"$source_dir/deploy/up" --bin "$bin" --dir "$dir" enrollment evidence assessment issuance notification
start_gateway

step "an account for each role"
educator=$(of .educator educator add --handle ana --name "Ana One" --email ana@school.example)
assessor=$(of .assessor assessor add)
lead=$(of .assessor assessor add)
district=$(of .org org add --kind district --name "A District" --state TN)
echo '{}' >"$work/people"
person() { # ROLE OPTION ...
	local role=$1
	shift
	ctl account add --login "$role" --role "$role" "$@" --json >"$work/one"
	jq --arg role "$role" --slurpfile one "$work/one" \
		'.[$role] = {login: $role, password: $one[0].password, account: $one[0].account}' "$work/people" >"$work/more"
	mv "$work/more" "$work/people"
}
person teacher --educator "$educator"
person assessor --assessor "$assessor"
person lead --assessor "$lead"
person issuer
person district --org "$district"
person agency
person coach
person auditor
person operator
account_of() { jq -r ".$1.account" "$work/people"; }
password_of() { jq -r ".$1.password" "$work/people"; }
token=$(of .token account token "$(account_of operator)" --label matrix $(for s in catalog:read enrollment:write evidence:write assessment:review credential:read credential:issue credential:revoke events:read webhooks:manage roster:write admin; do echo "--scope $s"; done))
jq --arg token "$token" '.operator.token = $token' "$work/people" >"$work/more"
mv "$work/more" "$work/people"

step "every route as everybody"
python3 "$source_dir/tests/integration/access.py" "$url" "$source_dir/tests/golden/access.txt" "$work/people" || fail "the matrix"

step "who signs in gets a cookie that scripts and other sites do not"
[ "$(ask POST /sign-in "login=teacher&password=$(password_of teacher)")" = 200 ] || fail "no sign-in: $(cat "$work/body")"
grep -qi '^set-cookie: __Host-cairn=[A-Za-z0-9_-]\{43\}; Path=/; Secure; HttpOnly; SameSite=Lax' "$work/head" || fail "the cookie: $(cat "$work/head")"
mine=$(cookie)
[ "$(ask GET /account "" -H "Cookie: $mine")" = 200 ] || fail "not signed in"
[ "$(jq -r .account "$work/body")" = "$(account_of teacher)" ] || fail "somebody else's account"
[ "$(ask GET /account "" -H 'Cookie: __Host-cairn=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA')" = 401 ] || fail "any cookie does"

step "another site's page can change nothing"
for headers in "Sec-Fetch-Site: cross-site" "Sec-Fetch-Site: same-site" "Origin: https://evil.example"; do
	status=$(curl -sS -o "$work/body" -w '%{http_code}' -X POST -H 'Accept: application/json' -H "$headers" -H "Cookie: $mine" -d language=es "$url/account/language")
	[ "$status" = 403 ] || fail "$headers: $status"
done
[ "$(ask POST /account/language language=es -H "Cookie: $mine")" = 200 ] || fail "an own page cannot: $(cat "$work/body")"

# As a browser sends it that says nothing of where it comes from.
old_browser() { curl -sS -o "$work/body" -w '%{http_code}' -X POST -H 'Accept: application/json' -H "Cookie: $mine" "$@" "$url/account/language"; }
curl -sS -H 'Accept: text/html' -H "Cookie: $mine" "$url/account" >"$work/html"
field=$(grep -o 'name="csrf" value="[0-9a-f]*"' "$work/html" | head -1 | cut -d'"' -f4)
[ "$(old_browser -d language=en)" = 403 ] || fail "an old browser needs no field: $(cat "$work/body")"
[ "$(old_browser -d language=en -d "csrf=$(tr 0-9a-f 1-9a-f0 <<<"$field")")" = 403 ] || fail "any field does"
[ "$(old_browser -d language=en -d "csrf=$field")" = 200 ] || fail "the page's own field does not: $(cat "$work/body")"
[ "$(old_browser -F language=en -F "csrf=$field")" = 200 ] || fail "nor in parts: $(cat "$work/body")"

step "what is another person's is as unknown as what is nobody's"
ctl catalogue load "$source_dir"/deploy/sample/*.json >/dev/null
enrollment=$(until_heard of .enrollment enroll --educator "$educator" --code LIT-101 --as "$educator")
ben=$(of .educator educator add --handle ben --name "Ben Two" --email ben@school.example)
bens=$(of .password account add --login ben --role teacher --educator "$ben")
[ "$(ask POST /sign-in "login=ben&password=$bens")" = 200 ] || fail "ben cannot sign in"
ben=$(cookie)
nobodys=01900000-0000-7000-8000-00000000000a
[ "$(ask GET "/enrollments/$enrollment" "" -H "Cookie: $mine")" = 200 ] || fail "the own one: $(cat "$work/body")"
same=0
while read -r method path _; do
	for id in "$enrollment" "$nobodys"; do
		at=$(sed "s/{enrollment}/$id/; s/{[a-z]*}/$nobodys/g" <<<"$path")
		data=
		[ "$method" = GET ] || data=csrf=
		echo "$(ask "$method" "$at" "$data" -H "Cookie: $ben") $(jq -cS 'del(.trace, .instance)' "$work/body" | sed "s/$id/ID/g")" >"$work/of.$id"
	done
	cmp -s "$work/of.$enrollment" "$work/of.$nobodys" || fail "$method $path tells them apart: $(cat "$work/of.$enrollment" "$work/of.$nobodys")"
	same=$((same + 1))
done < <(grep '{enrollment}' "$source_dir/tests/golden/access.txt")
[ "$same" -ge 10 ] || fail "only $same routes of an enrollment"

step "a role that sees every district runs none"
[ "$(ask POST /sign-in "login=district&password=$(password_of district)")" = 200 ] || fail "$(cat "$work/body")"
districts=$(cookie)
other=$(of .org org add --kind district --name "Another District" --state TN)
ctl account grant "$(account_of district)" --role auditor >/dev/null
[ "$(ask POST /office/cohorts "district=$other&name=x" -H "Cookie: $districts")" = 404 ] || fail "another district's: $(cat "$work/body")"
[ "$(ask POST /office/cohorts "district=$district&name=x" -H "Cookie: $districts")" = 201 ] || fail "the own: $(cat "$work/body")"

step "what no page of ours sends harms nobody"
spare=$(of .account account add --login spare --role coach)
PYTHONDONTWRITEBYTECODE=1 python3 "$source_dir/tests/integration/odd.py" "$url" "$source_dir/tests/golden/access.txt" "$work/people" "enrollment=$enrollment" "account=$spare" code=LIT-101 || fail "odd requests"
kill -0 "$gateway" || fail "the gateway is gone"

step "whoever signs in as a person can be seen by that person"
[ "$(ask POST /sign-in "login=agency&password=$(password_of agency)" -A "$(printf 'odd\xff\xfe')")" = 200 ] || fail "$(cat "$work/body")"
agencys=$(cookie)
[ "$(ask GET /account "" -H "Cookie: $agencys")" = 200 ] || fail "$(cat "$work/body")"
jq -e '[.sessions[] | select(.this)] | length == 1' "$work/body" >/dev/null || fail "a browser hides by its name: $(cat "$work/body")"

step "an unknown login and a wrong password are answered alike"
for try in "login=nobody&password=wrong-password" "login=coach&password=wrong-password"; do
	[ "$(ask POST /sign-in "$try")" = 401 ] || fail "$try: $(cat "$work/body")"
	jq 'del(.trace)' "$work/body" >"$work/answer.${try%%&*}"
	! grep -qi '^set-cookie' "$work/head" || fail "a cookie for nobody"
done
cmp "$work/answer.login=nobody" "$work/answer.login=coach" || fail "they differ"

step "whoever tries too often waits, with the right password too"
for _ in 1 2 3 4; do ask POST /sign-in "login=coach&password=wrong-password" >/dev/null; done
[ "$(ask POST /sign-in "login=coach&password=$(password_of coach)")" = 429 ] || fail "not locked: $(cat "$work/body")"
grep -qi '^retry-after: [0-9]' "$work/head" || fail "for how long?"
[ "$(ctl account access --what locked_out --json | jq '.entries | length')" -ge 1 ] || fail "no event of it"
[ "$(ask POST /sign-in "login=auditor&password=$(password_of auditor)")" = 200 ] || fail "others are locked too"
auditors=$(cookie)

step "a password chosen by a link, once"
[ "$(ask POST /sign-in "login=operator&password=$(password_of operator)")" = 200 ] || fail "no sign-in"
operators=$(cookie)
[ "$(ask POST "/office/accounts/$(account_of coach)/reset" x= -H "Cookie: $operators")" = 201 ] || fail "no link: $(cat "$work/body")"
link=$(jq -r .link "$work/body")
[ "$(ask POST "${link#"$url"}" 'password=three words together&again=three words together')" = 200 ] || fail "$(cat "$work/body")"
[ "$(ask POST "${link#"$url"}" 'password=three words together&again=three words together')" = 410 ] || fail "twice: $(cat "$work/body")"
[ "$(ask POST /sign-in 'login=coach&password=three words together')" = 200 ] || fail "the new one does not: $(cat "$work/body")"

step "the own password, with the one before; tokens of one's own"
auditor=$(password_of auditor)
[ "$(ask POST /account/password "username=auditor&current=wrong-password&password=words of another kind&again=words of another kind" -H "Cookie: $auditors")" = 422 ] || fail "without the one before: $(cat "$work/body")"
[ "$(ask POST /account/password "username=auditor&current=$auditor&password=words of another kind&again=words of another kind" -H "Cookie: $auditors")" = 200 ] || fail "$(cat "$work/body")"
[ "$(ask POST /sign-in "login=auditor&password=$auditor")" = 401 ] || fail "the old one works"
[ "$(ask POST /sign-in "login=auditor&password=words of another kind")" = 200 ] || fail "the new one does not"
[ "$(ask POST /account/tokens "label=look&scopes=admin&days=7" -H "Cookie: $auditors")" = 201 ] || fail "no token: $(cat "$work/body")"
look=$(jq -r .secret "$work/body")
[ "$(ask GET /office/audit "" -H "Authorization: Bearer $look")" = 200 ] || fail "the token does not: $(cat "$work/body")"
[ "$(ask GET /account "" -H "Authorization: Bearer $look")" = 403 ] || fail "the token may more than its scope"
[ "$(ask POST "/account/tokens/$(ask GET /account/tokens "" -H "Cookie: $auditors" >/dev/null; jq -r '.tokens[0].token' "$work/body")/revoke" "" -H "Cookie: $auditors")" = 200 ] || fail "$(cat "$work/body")"
[ "$(ask GET /office/audit "" -H "Authorization: Bearer $look")" = 401 ] || fail "a revoked token works"
for page in /sign-in "/sign-in/again" /account /account/tokens /office/accounts "/office/accounts/$(account_of coach)" /office/audit; do
	curl -sS -H "Cookie: $operators" -H 'Accept: text/html' -H 'Accept-Language: es' "$url$page" >"$work/html"
	[ "$page" = /sign-in ] || [ "$(grep -c '<h1' "$work/html")" = 1 ] || fail "$page: $(head -c 300 "$work/html")"
	[ "$(stat -c %s "$work/html")" -lt 102400 ] || fail "$page is too large"
done

step "a role that is taken away is obeyed at once, and nobody takes the own"
grant=$(ctl account show --account "$(account_of teacher)" --json | jq -r '.grants[0].grant')
[ "$(ask POST "/office/accounts/$(account_of teacher)/grants/$grant/revoke" 'because=left' -H "Cookie: $operators")" = 200 ] || fail "$(cat "$work/body")"
[ "$(ask GET /account "" -H "Cookie: $mine")" = 403 ] || fail "still let in"
own=$(ctl account show --account "$(account_of operator)" --json | jq -r '.grants[0].grant')
[ "$(ask POST "/office/accounts/$(account_of operator)/grants/$own/revoke" 'because=x' -H "Cookie: $operators")" = 409 ] || fail "the own role: $(cat "$work/body")"

step "no address is got rid of by a header before the proxy's"
for n in $(seq 19); do ask POST /sign-in "login=none$n&password=x" -H "X-Forwarded-For: 192.0.2.$n" -H 'X-Forwarded-For: 203.0.113.7' >/dev/null; done
ask POST /sign-in "login=none20&password=x" -H "X-Forwarded-For: 2001:db8:1:1::1" -H 'X-Forwarded-For: 203.0.113.7' >/dev/null
[ "$(ask POST /sign-in "login=none21&password=x" -H "X-Forwarded-For: 192.0.2.200" -H 'X-Forwarded-For: 203.0.113.7')" = 429 ] || fail "the address is not shut: $(cat "$work/body")"
for n in $(seq 20); do ask POST /sign-in "login=six$n&password=x" -H "X-Forwarded-For: 2001:db8:1:2::$n" >/dev/null; done
[ "$(ask POST /sign-in "login=six21&password=x" -H "X-Forwarded-For: 2001:db8:1:2:aaaa::1")" = 429 ] || fail "who has a network has as many tries as addresses: $(cat "$work/body")"

step "a closed account's key is destroyed, and nobody signs in there"
ctl account close "$(account_of issuer)" --because left >/dev/null
gone() { [ "$(ctl account access --what key_destroyed --json | jq -r '.entries[0].account')" = "$(account_of issuer)" ]; }
until_true gone
[ "$(ask POST /sign-in "login=issuer&password=$(password_of issuer)")" = 401 ] || fail "$(cat "$work/body")"

step "signed out is out"
[ "$(ask POST /sign-out "" -H "Cookie: $operators")" = 200 ] || fail "$(cat "$work/body")"
[ "$(ask GET /office/accounts "" -H "Cookie: $operators")" = 401 ] || fail "still in"

step "the audit has it all, as page, JSON and table"
[ "$(ask GET '/office/audit?what=grant_revoked' "" -H "Cookie: $auditors")" = 200 ] || fail "$(cat "$work/body")"
[ "$(jq -r '.entries[0].account' "$work/body")" = "$(account_of teacher)" ] || fail "not in it"
curl -sS -H "Cookie: $auditors" "$url/office/audit?format=csv" >"$work/csv"
grep -q ',"role_granted",' "$work/csv" || fail "no table: $(head -3 "$work/csv")"
curl -sS -H "Cookie: $auditors" -H 'Accept: text/html' "$url/office/audit" >"$work/html"
grep -q '<h1>' "$work/html" || fail "no page"

step "sessions outlive the gateway, and the log equals the tables"
kill "$gateway"
wait "$gateway" || true
start_gateway
[ "$(ask GET /office/audit "" -H "Cookie: $auditors")" = 200 ] || fail "signed out by a restart: $(cat "$work/body")"
kill "$gateway"
wait "$gateway" || true
gateway=
ctl verify gateway >/dev/null || fail "tables and log differ"
for secret in "three words together" "$(password_of auditor)" "$token" "${auditors#*=}"; do
	! grep -rqF -- "$secret" "$dir/log" "$dir/gateway" || fail "a secret lies about"
done
