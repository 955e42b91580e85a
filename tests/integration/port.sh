#!/bin/bash
# port.sh SOURCE_DIR BIN_DIR: a teacher takes all she owns along into another installation, byte for byte and still
# verifying, and is then erased in the first: no state, log, dump or backup made afterwards names her.
set -euo pipefail
source_dir=$1
bin=$2
work=$(mktemp -d /tmp/cairn-port-XXXXXX)

dir=$work/a
. "$(dirname "$0")/lib.sh"
trap down_all EXIT

# ---- a teacher earns a credential ----------------------------------------------------------------------
step "a teacher earns a credential"
"$source_dir/deploy/up" --dir "$work/a" --bin "$bin" --port 0 &
"$source_dir/deploy/up" --dir "$work/b" --bin "$bin" --port 0
wait $!
{
	cat "$source_dir/deploy/sample/evidence/lit-101/plan.md"
	echo "by Ana Quillfeather"
} >"$work/plan.md"
earn "Ana Quillfeather" ana.quillfeather TN:Professional:TN-QUILL-77:$license_term "$work/plan.md"
sample=$source_dir/deploy/sample/evidence/lit-101
decided() { ctl evidence show --submission "$submission" "${as[@]}" --json | jq -e '.state == "decided"'; }
until_heard decided >/dev/null

# ---- export ---------------------------------------------------------------------------------------------
step "all she owns in one archive, the same each time"
exits 0 "is whole" educator export "$ana" --to "$work/ana.tar"
exits 0 "is whole" educator export "$ana" --to "$work/again.tar"
cmp "$work/ana.tar" "$work/again.tar" || fail "the same state gives another archive"
exits 0 "is whole" educator export "$ana" --to "$work/ana" --record
exits 5 "is there already" educator export "$ana" --to "$work/ana.tar"
tar -tf "$work/ana.tar" | sort >"$work/names"
for name in person.json educator.json definitions/LIT-101/v1.json "enrollments/$enrollment/enrollment.json" "evidence/$plan" \
	"evidence/$audio" "enrollments/$enrollment/submissions/$submission/sealed-manifest.json" \
	"enrollments/$enrollment/submissions/$submission/answers/lit-101.o1.txt" \
	"enrollments/$enrollment/consents.json" "enrollments/$enrollment/submissions/$submission/decision.json" "credentials/$earned/credential.json"; do
	grep -qx "$name" "$work/names" || fail "the archive has no $name"
done
cmp "$work/ana/evidence/$audio" "$sample/routines.wav"
cmp "$work/ana/enrollments/$enrollment/submissions/$submission/answers/lit-101.o1.txt" "$sample/o1.txt"
[ "$(sha256sum <"$work/ana/enrollments/$enrollment/submissions/$submission/sealed-manifest.json" | cut -d' ' -f1)" = \
	"$(of .sealed.manifest_sha256 evidence show --submission "$submission" "${as[@]}")" ] || fail "not the manifest that was sealed"
jq -e --arg audio "$audio" '.consents[0] | .artifact == $audio and .scope == "assessment" and (.basis | ascii_downcase) == "parent" and
	.given_by_role == "parent" and (.expires | length == 10) and .state == "holds"' \
	"$work/ana/enrollments/$enrollment/consents.json" >/dev/null || fail "the consent is not told as it was given"
jq -e '.person.name == "Ana Quillfeather"' "$work/ana/person.json" >/dev/null || fail "her own name is not in it"
for reader in "${readers[@]}"; do
	! grep -rq "$reader" "$work/ana" || fail "an assessor's identity is in the archive"
done

step "checked without an installation; what was changed is refused"
check() { "$bin/cairnctl" --dir /nonexistent educator check "$@"; }
check "$work/ana.tar" >/dev/null || fail "the archive does not check"
check "$work/ana" | grep -q "^verified *record.json" || fail "the record does not verify"
cp -r "$work/ana" "$work/bad"
sed -i 's/Phonemic/Phonetic/' "$work/bad/credentials/$earned/credential.json"
! check "$work/bad" >/dev/null 2>"$work/err" || fail "a changed credential checks"
grep -q "SHA-256\|bytes" "$work/err" || fail "not told why: $(cat "$work/err")"
rm -r "$work/bad"

# ---- import ---------------------------------------------------------------------------------------------
step "another installation takes it, and gives it back byte for byte"
dir=$work/b
away=$(of .educator educator add --handle ana.q --name "Ana Quillfeather" --email ana.quillfeather@school.example)
import() { until_heard ctl educator import "$work/ana.tar" --educator "$away" --json; }
[ "$(import | jq -r .added)" = 1 ] || fail "not taken"
[ "$(import | jq -r '.known, .added' | xargs)" = "1 0" ] || fail "taken twice"
ctl credential list --educator "$away" | grep -q "Phonemic Awareness" || fail "not listed"
exits 0 "is whole" educator export "$away" --to "$work/away"
cmp "$work/away/external"/*/credential.json "$work/ana/credentials/$earned/credential.json" || fail "not the same bytes"
check "$work/away" >"$work/out" || fail "it does not verify any more"
grep -q "^verified *external/" "$work/out" || fail "it was not looked at"
exits 0 "tables equal" verify
until_true caught_up
exits 0 "nothing waits for a person" status
dir=$work/a
[ "$(of .issued_here educator import "$work/ana.tar" --educator "$ana")" = 1 ] || fail "her own credential came home as a stranger"

# ---- what was revoked -----------------------------------------------------------------------------------
step "a revoked credential travels as what it is, beside the one in its place"
people=("$(fresh_id)" "$(fresh_id)")
ctl credential revoke "$earned" --reason issued-in-error --by "${people[0]}" --second "${people[1]}" >/dev/null
renewed=$(of .renewed credential reverse "$earned" --by "${people[0]}")
sign_lists_now
exits 0 "is whole" educator export "$ana" --to "$work/told" --record
check "$work/told" >"$work/out" || fail "an archive that tells of a revocation does not check: $(cat "$work/out")"
for line in "revoked *credentials/$earned/credential.json  status" "verified *credentials/$renewed/credential.json" "verified *record.json"; do
	grep -q "^$line" "$work/out" || fail "not told: $line: $(cat "$work/out")"
done
list=$(cd "$work/told" && ls docs/*/issuers/larkspur-rsa/status/1)
jq -e --arg revoked "$earned" '[.. | strings | select(contains($revoked))] | length == 0' "$work/told/record.json" >/dev/null ||
	fail "the record names what was revoked"
jq -e --arg renewed "urn:uuid:$renewed" '[.credentialSubject.verifiableCredential[].id] == [$renewed]' "$work/told/record.json" >/dev/null ||
	fail "the record is not of what holds"

step "a list that was changed is refused, whatever the manifest says"
# forge NAME JQ-FILTER: the archive with the list changed, and the manifest made to agree.
forge() {
	cp -r "$work/told" "$work/$1"
	jq -c --slurpfile old "$work/ana/$list" "$2" "$work/told/$list" >"$work/$1/$list"
	jq --arg path "$list" --arg sha "$(sha256sum <"$work/$1/$list" | cut -d' ' -f1)" --argjson bytes "$(stat -c %s "$work/$1/$list")" \
		'(.files[] | select(.path == $path)) |= (.sha256 = $sha | .bytes = $bytes)' "$work/told/manifest.json" >"$work/$1/manifest.json"
}
refused() { # NAME
	! check "$work/$1" >"$work/out" 2>"$work/err" || fail "it checks: $1"
	grep -q "^FAILED *credentials/$earned/credential.json  status" "$work/out" || fail "not told why: $(cat "$work/out" "$work/err")"
}
cmp -s "$work/ana/$list" "$work/told/$list" && fail "the list says nothing new"
forge cleared '.credentialSubject.encodedList = $old[0].credentialSubject.encodedList'
refused cleared
forge unsigned 'del(.proof)'
refused unsigned
dir=$work/b
bea=$(of .educator educator add --handle bea.q --name "Bea Quillfeather" --email bea.q@school.example)
exits 4 "nothing was imported" educator import "$work/cleared" --educator "$bea"
exits 0 "^revoked *credentials/$earned" educator import "$work/told" --educator "$bea"
[ "$(of '.externals | length' credential list --educator "$bea")" = 1 ] || fail "not the one that counts, alone"
dir=$work/a

# ---- erasure --------------------------------------------------------------------------------------------
step "erased: nothing names her, and what remains is told"
of '.remains[].what' educator erase "$ana" --because request:1 >"$work/remains" || fail "not complete"
grep -q "credentials' hash" "$work/remains" || fail "what remains is not told"
grep -q "submissions' ratings and decisions" "$work/remains" || fail "nor what readers decided"
entries=$(of '.remains[] | select(.what | startswith("ledger entries")).count' educator erase "$ana" --because request:1)
[ "$entries" = 3 ] || fail "ledger entries are not counted: $entries"
exits 0 "what remains" educator erase "$ana" --because request:1
exits 1 "was erased" educator export "$ana" --to "$work/late.tar"
[ ! -e "$work/late.tar" ] || fail "an archive of an erased educator"
ctl keys backup-key --to "$work/operator" >/dev/null
ctl backup --to "$work/backup" --to-key "$work/operator.public" >/dev/null
mkdir "$work/dumps"
for s in enrollment evidence assessment issuance notification; do
	ctl dump "$dir/$s/db" $s >"$work/dumps/$s" 2>"$work/err" || fail "$s cannot be dumped"
done
exits 0 "tables equal" verify
"$source_dir/deploy/down" --dir "$dir" >/dev/null
for word in Quillfeather quillfeather TN-QUILL-77; do
	found=$(grep -rl -a "$word" "$work/a" "$work/backup" "$work/dumps" || true)
	[ -z "$found" ] || fail "$word is still in: $found"
done
echo "port.sh: all as expected"
