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

# The transparency log of that installation has the badge, and continues what it said before.
up() { "$root/deploy/up" --dir "$dir" >/dev/null; }
down() { "$root/deploy/down" --dir "$dir" >/dev/null; }
up
trap 'down; rm -rf "$dir"' EXIT
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
