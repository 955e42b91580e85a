#!/bin/bash
# openid_web.sh SOURCE_DIR BIN_DIR
#
# Sign-in at a real OpenID provider through the real gateway and its services: openid_web.mjs has the provider and the
# browser. Who is known by e-mail is let in; roles come and go with claims; the log equals the tables after it.
set -euo pipefail
source_dir=$1
bin=$2
command -v node >/dev/null || { echo "SKIPPED: node is not installed"; exit 77; }
[ -d "$source_dir/tests/interop/node_modules/oidc-provider" ] || { echo "SKIPPED: the packages are not installed"; exit 77; }
work=$(mktemp -d)
dir=$work/in
. "$source_dir/tests/integration/lib.sh"
trap 'jobs -p | xargs -r kill 2>/dev/null; down_all' EXIT

read -r port issuer_port < <("$source_dir/tests/support/free_port.py" 2)
"$source_dir/deploy/up" --bin "$bin" --dir "$dir" enrollment evidence assessment issuance notification
step "two educators, one with an account by hand"
ana=$(of .educator educator add --handle T-77 --name "Ana One" --email ana@school.example)
ben=$(of .educator educator add --handle T-78 --name "Ben Two" --email ben@school.example)
district=$(of .org org add --kind district --name "A District" --state TN)
umask 077
echo "a-secret:with-%-signs" >"$work/secret"
"$source_dir/deploy/up" --bin "$bin" --dir "$dir" --set "http=127.0.0.1:$port" --set "public_url=http://127.0.0.1:$port" \
	--set "openid_issuer=http://127.0.0.1:$issuer_port" --set openid_client=cairn --set "openid_secret_file=$work/secret" \
	--set openid_role_claim=realm.roles --set openid_district_claim=district --set "openid_orgs=4711=$district" \
	--set "openid_roles=Faculty=teacher,Head=district" --set openid_registers=yes gateway
ctl account add --login ben --educator "$ben" --role teacher >/dev/null

step "at the provider, and back"
node "$source_dir/tests/interop/openid_web.mjs" "http://127.0.0.1:$port" "$issuer_port" "$ana" "$ben" ||
	fail "$(tail -5 "$dir/log/gateway.log")"

step "what changed is in the audit, and names and tokens are nowhere"
for what in identity_linked account_opened signed_in role_granted grant_revoked sign_in_refused signed_out; do
	[ "$(ctl account access --what $what --json | jq '.entries | length')" -ge 1 ] || fail "no $what"
done
! grep -rqE "eyJ[A-Za-z0-9_-]{20}|school\.example|with-%-signs" "$dir/log" "$dir/gateway" || fail "a secret or an address lies about"
"$source_dir/deploy/down" --dir "$dir" gateway 2>/dev/null || "$source_dir/deploy/down" --dir "$dir"
ctl verify gateway >/dev/null || fail "tables and log differ"
