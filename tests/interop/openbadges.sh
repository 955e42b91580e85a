#!/bin/bash
# openbadges.sh SOURCE_DIR BIN_DIR: an Open Badges client, in node, at a gateway with all its services.
set -euo pipefail
source_dir=$1
bin=$2
command -v node >/dev/null || exit 77
work=$(mktemp -d /tmp/cairn-openbadges-XXXXXX)
dir=$work/a
. "$source_dir/tests/integration/lib.sh"
trap down_all EXIT

step "a teacher who has earned a credential"
"$source_dir/deploy/up" --dir "$dir" --bin "$bin" enrollment evidence assessment issuance notification
earn "Ana Torres" ana TN:Professional:4711:$license_term "$source_dir/deploy/sample/evidence/lit-101/plan.md"
"$source_dir/deploy/up" --dir "$dir" --bin "$bin" --set http=127.0.0.1:0 gateway
echo "correct horse battery staple" >"$work/password"
ctl account add --login ana --educator "$ana" --role teacher --password-file "$work/password" >/dev/null

base=http://$(cat "$dir/run/gateway.http")
ctl keys add larkspur-rsa --kind es256 >/dev/null
ctl keys add larkspur-rsa --kind rs256 >/dev/null
for kind in es256 rs256; do ctl credential export "$earned" --to "$work/$kind" --jwt $kind >/dev/null; done
client() { node "$source_dir/tests/interop/openbadges.mjs" "$1" ana "$(cat "$work/password")" "$2" "$work/es256/credential.json" "$work/es256/credential.jwt" "$work/rs256/credential.jwt"; }
TOKEN_FILE=$work/token client "$base" own

step "an operator ends what a program was let in for"
badges() { curl -sS -o /dev/null -w '%{http_code}' -H "Authorization: Bearer $(cat "$work/token")" "$base/ims/ob/v3p0/credentials"; }
[ "$(badges)" = 200 ] || fail "the program was not let in"
account=$(of .account account show --login ana)
grant=$(of '.connections[] | select(.state == "open") | .grant' account connections "$account")
ctl account disconnect "$grant" >/dev/null
[ "$(badges)" = 401 ] || fail "the program is still let in"
exits 1 "ended already" account disconnect "$grant"
ctl verify gateway >/dev/null || fail "the tables are not what the log says"

step "she brings it to another installation, which keeps its issuer's key list"
dir=$work/b
"$source_dir/deploy/up" --dir "$dir" --bin "$bin" enrollment evidence assessment issuance notification
away=$(of .educator educator add --handle ana --name "Ana Torres" --email ana@school.example)
mkdir -p "$dir/gateway/issuers/cairn.example/issuers/larkspur-rsa"
curl -sS "$base/issuers/larkspur-rsa/did.json" >"$dir/gateway/issuers/cairn.example/issuers/larkspur-rsa/did.json"
"$source_dir/deploy/up" --dir "$dir" --bin "$bin" --set http=127.0.0.1:0 gateway
ctl account add --login ana --educator "$away" --role teacher --password-file "$work/password" >/dev/null
until_true caught_up
client "http://$(cat "$dir/run/gateway.http")" foreign
step done
