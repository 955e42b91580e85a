#!/bin/bash
# web_proof.sh SOURCE_DIR BIN_DIR: what anybody can see of a credential, over HTTP from real daemons: verification by id,
# file and link; the addresses that stand in it; its issuer; cards and files; the public feed. At the end other
# people's verifier takes the credential with the key list and the status list that were served.
set -euo pipefail
source_dir=$1
bin=$2
work=$(mktemp -d /tmp/cairn-webproof-XXXXXX)
dir=$work/a
. "$(dirname "$0")/lib.sh"
trap down_all EXIT

step "a teacher earns a credential"
"$source_dir/deploy/up" --dir "$dir" --bin "$bin" enrollment evidence assessment issuance notification
earn "Ana Torres" ana TN:Professional:4711:$license_term "$source_dir/deploy/sample/evidence/lit-101/plan.md"
"$source_dir/deploy/up" --dir "$dir" --bin "$bin" --set http=127.0.0.1:0 gateway
base=http://$(cat "$dir/run/gateway.http")
until_true lists_are_signed
until_heard ctl proof inclusion "$earned" >/dev/null

# get STATUS PATH OPTION ...: the body is in $work/body, the headers in $work/head.
get() {
	local want=$1 path=$2 got
	shift 2
	got=$(curl -sS -o "$work/body" -D "$work/head" -w '%{http_code}' "$@" "$base$path")
	[ "$got" = "$want" ] || fail "$path: $got, not $want: $(head -c 400 "$work/body")"
}
json() { get "$1" "$2" -H 'Accept: application/json' "${@:3}"; }
body() { jq -r "$1" "$work/body"; }
outcome() { body ".checks[] | select(.check == \"$1\") | .outcome"; }
says() { grep -qiF -- "$1" "$work/${2:-body}" || fail "does not say \"$1\": $(head -c 600 "$work/${2:-body}")"; }
says_not() { ! grep -qiF -- "$1" "$work/${2:-body}" || fail "says \"$1\""; }

step "anybody verifies it by its id, and learns no name"
json 200 "/v/$earned"
[ "$(body .verdict)" = valid ] || fail "$(cat "$work/body")"
[ "$(outcome signature) $(outcome status) $(outcome log) $(outcome achievement)" = "pass pass pass pass" ] || fail "$(cat "$work/body")"
says_not Torres
get 200 "/v/$earned" -H 'Accept: text/html'
says '<h1>'
says 'og:image'
says_not Torres
get 200 "/v/$earned" -H 'Accept: text/html' -H 'Accept-Language: es'
says 'lang="es"'
json 404 "/v/$(fresh_id)"
get 303 "/verify?id=urn:uuid:$earned"
says "/v/$earned" head
get 303 "/verify/$earned" # as it stands on a resume
says "/v/$earned" head
get 200 /verify -H 'Accept: text/html'
says 'type="file"'

step "its holder shares it by a link, whole and with the name, and withdraws it"
json 200 "/v/$earned"
share=$(of .share credential link "$earned" --until "$(date -d '+1 day' +%F)" --with-name)
token=$(of '.shares[0].token' credential links --educator "$ana")
json 200 "/s/$token"
[ "$(body .holder)" = "Ana Torres" ] || fail "$(cat "$work/body")"
get 200 "/s/$token/credential.json"
cp "$work/body" "$work/credential.json"
get 200 "/s/$token/badge.png"
cp "$work/body" "$work/badge.png"
get 200 "/s/$token/badge.svg"
cp "$work/body" "$work/badge.svg"
get 200 "/s/$token/certificate.pdf"
head -c 5 "$work/body" | grep -q '%PDF-' || fail "no certificate"

step "a file is verified, as JSON, in a picture, pasted, and changed"
for file in badge.png badge.svg credential.json; do
	json 200 /verify -F "file=@$work/$file"
	[ "$(body .verdict)" = valid ] || fail "$file: $(cat "$work/body")"
done
json 200 /verify -F "file=@/dev/null;filename=" -F "document=<$work/credential.json"
[ "$(body .verdict)" = valid ] || fail "pasted: $(cat "$work/body")"
jq -c '.name += "!"' "$work/credential.json" >"$work/changed.json"
json 200 /verify -H 'Content-Type: application/json' --data-binary "@$work/changed.json"
[ "$(body .verdict) $(outcome signature)" = "not_valid fail" ] || fail "changed: $(cat "$work/body")"
jq -c '.issuer.id = "did:web:elsewhere.example" | .proof[].verificationMethod = "did:web:elsewhere.example#k" | .id = "urn:uuid:'"$(fresh_id)"'"' \
	"$work/credential.json" >"$work/foreign.json"
json 200 /verify -H 'Content-Type: application/json' --data-binary "@$work/foreign.json"
[ "$(body .verdict) $(outcome signature)" = "not_known warn" ] || fail "foreign: $(cat "$work/body")"
head -c 1200000 /dev/zero >"$work/large"
json 413 /verify -H 'Content-Type: application/json' --data-binary "@$work/large"
json 422 /verify -F "file=@$source_dir/deploy/sample/evidence/lit-101/plan.md"

exits 0 "" credential unlink "$share"
json 410 "/s/$token"
json 410 "/s/$token/credential.json"
json 404 "/s/${token%?}z"

step "what stands in it is served: key list, status list, achievement, issuer, log"
mkdir -p "$work/kit/docs"
cp "$work/credential.json" "$work/kit/credential.json"
served() { # URL: fetched from here, kept where the verifier looks for it
	local place=${1#https://}
	mkdir -p "$(dirname "$work/kit/docs/$place")"
	get 200 "/${place#*/}"
	cp "$work/body" "$work/kit/docs/$place"
	says 'content-type: application/json' head
	says 'access-control-allow-origin: *' head
	says etag: head
}
served "https://cairn.example/issuers/larkspur-rsa/did.json"
list=$(jq -r .credentialStatus.statusListCredential "$work/credential.json")
served "$list"
says 'cache-control: public, max-age=60' head
tag=$(sed -n 's/^etag: *\(.*\)\r$/\1/Ip' "$work/head")
get 304 "/${list#https://*/}" -H "If-None-Match: $tag"
get 404 /issuers/nobody/did.json
get 404 /.well-known/did.json
entry=$(of .entry credential show "$earned")
get 200 "/achievements/$entry/1" -H 'Accept: application/ld+json'
[ "$(body .id)" = "$(jq -r .credentialSubject.achievement.id "$work/credential.json")" ] || fail "another achievement"
get 200 "/achievements/$entry/1" -H 'Accept: text/html'
says '<h1>'
json 200 /issuers
[ "$(body '.issuers | length')" -gt 1 ] || fail "no issuers"
json 200 /issuers/larkspur-rsa
[ "$(body '.keys[0].state')" = active ] || fail "$(cat "$work/body")"
get 200 /log/checkpoint
json 200 "/log/inclusion/$earned"

step "cards are pictures of 1200 by 630"
for card in "/v/$earned" "/achievements/$entry/1" /catalogue/LIT-101; do
	get 200 "$card/card.png"
	[ "$(od -An -tu1 -j16 -N8 "$work/body" | tr -s ' ')" = " 0 0 4 176 0 0 2 118" ] || fail "$card: no such picture"
done

step "nobody reads the feed without a token"
json 401 "/v1/events?after=0"

step "a licensure system reads the feed of its state, and goes on where it was"
account=$(of .account account add --login tncompass)
ctl account grant "$account" --role auditor >/dev/null
token_of() { of .token account token "$account" --label feed --scope events:read "$@"; }
bearer=$(token_of --state TN)
feed() { get "$1" "/v1/events?$2" -H "Authorization: Bearer $bearer"; }
feed 200 "after=0&type=credential.*"
says 'content-type: application/cloudevents-batch+json' head
says 'rel="next"' head
says etag: head
[ "$(body '.[0].data.holder.educatorLicenseId')" = 4711 ] || fail "$(cat "$work/body")"
last=$(sed -n 's/^cairn-last-sequence: *\([0-9]*\)\r$/\1/Ip' "$work/head")
feed 200 "after=$last"
[ "$(body length)" = 0 ] || fail "$(cat "$work/body")"
feed 409 "after=$((last + 100))"
says cursor_ahead
(feed 200 "after=$last&wait=30" && cp "$work/body" "$work/waited") &
waiting=$!
ctl credential suspend "$earned" --reason under-review --by "$(fresh_id)" >/dev/null
wait "$waiting"
[ "$(jq -r '.[0].type' "$work/waited")" = org.cairn.credential.suspended.v1 ] || fail "$(cat "$work/waited")"
ctl credential reinstate "$earned" --by "$(fresh_id)" >/dev/null
bearer=$(token_of --state OH)
feed 200 "after=0"
[ "$(body length)" = 0 ] || fail "another state's: $(cat "$work/body")"
bearer=$(token_of)
feed 200 "after=0"
says credentialId
says_not educatorLicenseId
ctl follow public --until-caught-up | jq -S .event >"$work/followed"
jq -S '.[]' "$work/body" | cmp - "$work/followed" || fail "not what followers get"

step "others verify it with what was served, and refuse it once it is revoked"
interop=$source_dir/tests/interop
if [ -d "$interop/node_modules" ]; then
	node "$interop/verify.mjs" "$work/kit"
else
	echo "the packages of tests/interop are not installed: not shown"
fi
olga=$(fresh_id) pavel=$(fresh_id)
ctl credential revoke "$earned" --reason duplicate --by "$olga" --second "$pavel" >/dev/null
json 200 "/v/$earned"
[ "$(body .verdict) $(outcome status)" = "not_valid fail" ] || fail "$(cat "$work/body")"
sign_lists_now
served "$list"
served "https://cairn.example/issuers/larkspur-rsa/did.json"
json 200 /verify -F "file=@$work/badge.png"
[ "$(body .verdict)" = not_valid ] || fail "$(cat "$work/body")"
[ ! -d "$interop/node_modules" ] || node "$interop/verify.mjs" --revoked "$work/kit"
step done
