#!/bin/bash
# port.sh SOURCE_DIR BIN_DIR: a teacher takes all she owns along into another installation, byte for byte and still
# verifying, and is then erased in the first: no state, log, dump or backup made afterwards names her.
set -euo pipefail
source_dir=$1
bin=$2
work=$(mktemp -d /tmp/cairn-port-XXXXXX)

cleanup() {
	for d in "$work"/[ab]; do
		[ -d "$d/run" ] && "$source_dir/deploy/down" --dir "$d" >/dev/null 2>&1
	done
	rm -rf "$work"
}
trap cleanup EXIT
fail() {
	echo "FAILED: $*"
	tail -n 3 "$work"/*/log/*.log 2>/dev/null || true
	exit 1
}
dir=$work/a
ctl() { "$bin/cairnctl" --dir "$dir" "$@"; }
of() { # FIELD COMMAND ...
	local field=$1
	shift
	ctl "$@" --json | jq -r "$field"
}
exits() { # CODE TEXT COMMAND ...
	local code=$1 text=$2 got=0
	shift 2
	ctl "$@" >"$work/out" 2>"$work/err" || got=$?
	[ "$got" = "$code" ] || fail "exit $got, not $code: $*: $(cat "$work/err")"
	grep -qe "$text" "$work/out" "$work/err" || fail "does not say \"$text\": $*: $(cat "$work/err" "$work/out")"
}
until_heard() { # COMMAND ...: until it succeeds; its output
	local deadline=$((SECONDS + 60))
	until "$@" >"$work/answer" 2>"$work/why"; do
		[ $SECONDS -lt $deadline ] || fail "never came true: $*: $(cat "$work/why")"
		read -rt 0.05 <> <(:) || true
	done
	cat "$work/answer"
}
step() { echo "port.sh: $*"; }

# ---- a teacher earns a credential ----------------------------------------------------------------------
step "a teacher earns a credential"
"$source_dir/deploy/up" --dir "$work/a" --bin "$bin" &
"$source_dir/deploy/up" --dir "$work/b" --bin "$bin"
wait $!
ctl catalogue load "$source_dir"/deploy/sample/{catalogue,policy,calendar,media}.json >/dev/null
ctl keys add larkspur-rsa >/dev/null
district=$(of .org org add --kind district --name "A District" --state TN)
school=$(of .org org add --kind school --name "A School" --state TN --parent "$district")
ana=$(of .educator educator add --handle ana.quillfeather --name "Ana Quillfeather" --email ana.quillfeather@school.example \
	--school "$school" --district "$district" --license "TN:Professional:TN-QUILL-77:2021-09-01:2027-08-31")
readers=()
for n in 1 2 3; do
	readers+=("$(of .assessor assessor add)")
	until_heard ctl assessor qualify "${readers[-1]}" --code LIT-101 --until "$(date -d '+1 year' +%F)" >/dev/null
done
enrollment=$(until_heard of .enrollment enroll --educator "$ana" --code LIT-101)
sample=$source_dir/deploy/sample/evidence/lit-101
as=(--as "$ana")
add() { until_heard of .artifact evidence add --enrollment "$enrollment" --requirement "lit-101.$1" --file "$2" "${as[@]}"; }
{
	cat "$sample/plan.md"
	echo "by Ana Quillfeather"
} >"$work/plan.md"
plan=$(add e1 "$work/plan.md")
audio=$(add e2 "$sample/routines.wav")
ctl evidence consent "$audio" --scope assessment --basis parent --given-by parent --expires "$(date -d '+3 years' +%F)" "${as[@]}" >/dev/null
table=$(add e3 "$sample/quick-check.csv")
ctl evidence attest "$table" "${as[@]}" >/dev/null
for q in o1 o2 f1; do
	ctl evidence answer --enrollment "$enrollment" --question "lit-101.$q" --file "$sample/$q.txt" "${as[@]}" >/dev/null
done
submission=$(of .submission evidence seal --enrollment "$enrollment" --own-work --ai-use none "${as[@]}")
for reader in "${readers[@]:0:2}"; do
	reading=$(until_heard of .reading assess next --assessor "$reader")
	until_heard ctl assess open "$reading" --assessor "$reader" >/dev/null
	until_heard ctl assess rate "$reading" --assessor "$reader" --row lit-101.r1=yes --row lit-101.r2=yes --row lit-101.r3=yes >/dev/null
done
credential() { ctl credential list --educator "$ana" --json | jq -r '.credentials[0].credential' | grep .; }
earned=$(until_heard credential)
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
	"enrollments/$enrollment/submissions/$submission/decision.json" "credentials/$earned/credential.json"; do
	grep -qx "$name" "$work/names" || fail "the archive has no $name"
done
cmp "$work/ana/evidence/$audio" "$sample/routines.wav"
cmp "$work/ana/enrollments/$enrollment/submissions/$submission/answers/lit-101.o1.txt" "$sample/o1.txt"
[ "$(sha256sum <"$work/ana/enrollments/$enrollment/submissions/$submission/sealed-manifest.json" | cut -d' ' -f1)" = \
	"$(of .sealed.manifest_sha256 evidence show --submission "$submission" "${as[@]}")" ] || fail "not the manifest that was sealed"
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
dir=$work/a
[ "$(of .issued_here educator import "$work/ana.tar" --educator "$ana")" = 1 ] || fail "her own credential came home as a stranger"

# ---- erasure --------------------------------------------------------------------------------------------
step "erased: nothing names her, and what remains is told"
of '.remains[].what' educator erase "$ana" --because request:1 >"$work/remains" || fail "not complete"
grep -q "credentials' hash" "$work/remains" || fail "what remains is not told"
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
