#!/bin/bash
# The whole journey on five daemons, as the README promises it; then other people's libraries verify the badge
# offline, and refuse five forgeries of it. Run twice in one directory: what is there is used again.
set -euo pipefail
root=$1
dir=$(mktemp -d /tmp/cairn-journey-XXXXXX)
trap 'rm -rf "$dir"' EXIT
"$root/deploy/quickstart" --once --dir "$dir"
"$root/deploy/quickstart" --once --dir "$dir" >/dev/null
jq -e '.event != null and .posted != null and .license != null' "$dir/journey.json" >/dev/null
cd "$root/tests/interop"
node verify.mjs "$dir/credential"
node forms.mjs "$dir/credential"
node record.mjs "$dir/credential" || [ $? = 77 ]
sh certificate.sh "$dir/credential" || [ $? = 77 ]
if command -v pdftotext >/dev/null; then
	pdftotext "$dir/credential/certificate.pdf" "$dir/text"
	grep -q "^Ana Torres$" "$dir/text"
fi

# What was baked comes out again, whole and verified, and a damaged picture does not.
ctl() { "$root/build/bin/cairnctl" "$@"; }
for picture in png svg; do
	ctl credential read "$dir/credential/badge.$picture" --to "$dir/read.json" | grep -q "^verified$"
	cmp <(jq -S . "$dir/read.json") <(jq -S . "$dir/credential/credential.json")
done
head -c 9000 "$dir/credential/badge.png" >"$dir/credential/cut.png"
code=0
ctl credential read "$dir/credential/cut.png" >/dev/null 2>"$dir/why" || code=$?
[ $code = 4 ] && grep -q "the PNG is cut short" "$dir/why"

# A token is checked by the keys beside it, or else by those of the installation, and says so; else not at all.
up() { "$root/deploy/up" --dir "$dir" --port 0 >/dev/null; }
down() { "$root/deploy/down" --dir "$dir" >/dev/null; }
up
trap 'down; rm -rf "$dir"' EXIT
issuer=$(jq -r .issuer.id "$dir/credential/credential.json")
ctl --dir "$dir" keys add larkspur-rsa --kind es256 >/dev/null
ctl --dir "$dir" credential export "$(jq -r .credential "$dir/journey.json")" --to "$dir/token" --jwt es256 >/dev/null
ctl credential read "$dir/token/credential.jwt" >"$dir/text"
grep -q "^verified$" "$dir/text" && grep -q "keys: $dir/token/docs" "$dir/text"
cp "$dir/token/credential.jwt" "$dir/alone.jwt"
ctl --dir "$dir" credential read "$dir/alone.jwt" >"$dir/text"
grep -q "^verified$" "$dir/text" && grep -q "keys: of the installation" "$dir/text"
code=0
ctl --dir "$dir/none" credential read "$dir/alone.jwt" >/dev/null 2>"$dir/why" || code=$?
[ $code = 4 ] && grep -q "was not checked: the keys of $issuer are neither" "$dir/why"

# The transparency log of that installation has the badge, and continues what it said before.
log() { ctl --dir "$dir" proof "$@"; }
id=$(jq -r '.id | ltrimstr("urn:uuid:")' "$dir/credential/credential.json")
verifier=$(log checkpoint --to "$dir/note" --json | jq -r .verifier)
log inclusion "$id" --verifier "$verifier" --file "$dir/credential/credential.json" | grep "is the document of leaf"
first=$(log leaves --limit 1 --json | jq -r '.leaves[0].text | fromjson | .credential | ltrimstr("urn:uuid:")')
log inclusion "$first" --verifier "$verifier" | grep "leaf 0 is in the log"
log consistency --older "$dir/note" --verifier "$verifier" | grep "continues"
code=0
log inclusion "$id" --file "$dir/credential/badge.png" >"$dir/why" 2>&1 || code=$?
[ $code = 4 ] && grep -q "no leaf of the log names this document" "$dir/why"

# Tennessee's own system reads, acknowledges and disputes what is posted there; another state's may do none of it.
license=$(jq -r .license "$dir/journey.json")
teacher=$(jq -r .educator "$dir/journey.json")
tn() { ctl --dir "$dir" --key licensure-tn "$@"; }
posting=$(tn ledger show "$license" --json | jq -r '.lines[0].posting')
line() { ctl --dir "$dir" ledger show "$license" --json | jq -r ".lines[0].$1"; }
tn ledger acknowledge "$posting" --reference TNC-1 >/dev/null
[ "$(line state) $(line reference)" = "acknowledged TNC-1" ]
tn ledger dispute "$posting" --because "documentation missing" >/dev/null
[ "$(line state) $(line because)" = "disputed documentation missing" ]
ctl --dir "$dir" peer add licensure-ky --roles licensure --scope KY >/dev/null
for pid in "$dir"/run/*.pid; do kill -HUP "$(cat "$pid")"; done
# refused WHY COMMAND ...: Kentucky's system may not.
refused() {
	local why=$1
	shift
	! ctl --dir "$dir" --key licensure-ky "$@" >"$dir/why" 2>&1 && grep -q "$why" "$dir/why"
}
until ctl --dir "$dir" --key licensure-ky follow public --until-caught-up >"$dir/ky" 2>/dev/null; do :; done
[ ! -s "$dir/ky" ]
refused "another state" ledger show "$license"
refused OUTSIDE_SCOPE ledger acknowledge "$posting"
refused OUTSIDE_SCOPE ledger dispute "$posting" --because "not ours"
refused "roles" ledger adjust "$license" --units 1 --because "no"

# A number typed wrong is mended: Tennessee is told the right one, and the ledger stays.
ctl --dir "$dir" educator correct-license "$teacher" "$license" --number TN-mended >/dev/null
number() { tn follow public --until-caught-up | jq -c '.event | select(.type == "org.cairn.ledger.posted.v1") | .data' | tail -1; }
until [[ $(number) == *TN-mended* ]]; do :; done
[ "$(line posting)" = "$posting" ]
