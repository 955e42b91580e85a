# What the tests of cairnctl share. Sourced with source_dir, bin, work and dir (the installation that is meant) set.
# Six years around today, so that no test ends with its license.
license_ends=$(($(date +%Y) + 3))-08-31
license_term=$(($(date +%Y) - 3))-09-01:$license_ends
ctl() { "$bin/cairnctl" --dir "$dir" "$@"; }
of() { # FIELD COMMAND ...
	local field=$1
	shift
	ctl "$@" --json | jq -r "$field"
}
step() { echo "$(basename "$0"): $*"; }
fail() {
	echo "FAILED: $*"
	tail -n 3 "$work"/*/log/*.log 2>/dev/null || true
	exit 1
}
# exits CODE TEXT COMMAND ...: it ends with CODE and says TEXT, if there is one.
exits() {
	local code=$1 text=$2 got=0
	shift 2
	ctl "$@" >"$work/out" 2>"$work/err" || got=$?
	[ "$got" = "$code" ] || fail "exit $got, not $code: $*: $(cat "$work/err")"
	[ -z "$text" ] || grep -qe "$text" "$work/out" "$work/err" || fail "does not say \"$text\": $*: $(cat "$work/err" "$work/out")"
}
# until_true COMMAND ...: waits for the fact.
until_true() {
	local deadline=$((SECONDS + 60))
	until "$@"; do
		[ $SECONDS -lt $deadline ] || fail "never came true: $*"
		read -rt 0.05 <> <(:) || true
	done
}
# until_heard COMMAND ...: until it succeeds; its output.
until_heard() {
	local deadline=$((SECONDS + 60))
	until "$@" >"$work/answer" 2>"$work/why"; do
		[ $SECONDS -lt $deadline ] || fail "never came true: $*: $(cat "$work/why")"
		read -rt 0.05 <> <(:) || true
	done
	cat "$work/answer"
}
caught_up() { [ "$(of '[.services[].upstreams[]?.lag] | max' status)" = 0 ]; }
# A fresh UUID of version 7.
fresh_id() {
	python3 -c 'import os, time
t = int(time.time() * 1000).to_bytes(6, "big"); r = bytearray(t + os.urandom(10))
r[6] = r[6] & 15 | 0x70; r[8] = r[8] & 63 | 0x80; h = r.hex()
print("-".join((h[:8], h[8:12], h[12:16], h[16:20], h[20:])))'
}
down_all() {
	for d in "$work"/*/; do
		[ -d "$d/run" ] && "$source_dir/deploy/down" --dir "$d" >/dev/null 2>&1
	done
	rm -rf "$work"
}

# earn NAME HANDLE LICENSE PLAN: a catalogue, an issuer's key, a teacher, and LIT-101 earned by her with that lesson plan.
# Sets ana, readers, enrollment, plan, audio, submission and earned.
earn() {
	open_school
	add_readers 3
	join "$1" "$2" --license "$3"
	ana=$educator
	seal_work "$4"
	read_all "${readers[0]}" yes "Your routines are clear, $1, and brief."
	read_all "${readers[1]}" yes "Your routines are clear, $1, and brief."
	earned=$(until_heard first_credential)
}
# Sets district and school.
open_school() {
	ctl catalogue load "$source_dir"/deploy/sample/*.json >/dev/null
	until_heard ctl keys add larkspur-rsa >/dev/null
	district=$(of .org org add --kind district --name "A District" --state TN)
	school=$(of .org org add --kind school --name "A School" --state TN --parent "$district")
}
# Assessors with a seat at LIT-101. Sets readers.
add_readers() { # HOW_MANY
	local n
	readers=()
	for n in $(seq "$1"); do
		readers+=("$(of .assessor assessor add)")
		until_heard ctl assessor qualify "${readers[-1]}" --code LIT-101 --until "$(date -d '+1 year' +%F)" >/dev/null
	done
}
join() { # NAME HANDLE OPTION ...: sets educator and as
	educator=$(of .educator educator add --handle "$2" --name "$1" --email "$2@school.example" \
		--school "$school" --district "$district" "${@:3}")
	as=(--as "$educator")
}
# The educator's work for LIT-101. Sets enrollment, plan, audio and submission.
seal_work() { # PLAN
	local table q sample=$source_dir/deploy/sample/evidence/lit-101
	enrollment=$(until_heard of .enrollment enroll --educator "$educator" --code LIT-101)
	plan=$(add_evidence e1 "$1")
	audio=$(add_evidence e2 "$sample/routines.wav")
	ctl evidence consent "$audio" --scope assessment --basis parent --given-by parent --expires "$(date -d '+3 years' +%F)" "${as[@]}" >/dev/null
	table=$(add_evidence e3 "$sample/quick-check.csv")
	ctl evidence attest "$table" "${as[@]}" >/dev/null
	for q in o1 o2 f1; do
		ctl evidence answer --enrollment "$enrollment" --question "lit-101.$q" --file "$sample/$q.txt" "${as[@]}" >/dev/null
	done
	submission=$(of .submission evidence seal --enrollment "$enrollment" --own-work --ai-use none "${as[@]}")
}
# One reading of all rows. Sets reading.
read_all() { # READER LEVEL_OF_R3 FEEDBACK
	local row=r1
	[ "$2" = yes ] || row=r3
	reading=$(until_heard of .reading assess next --assessor "$1")
	until_heard ctl assess open "$reading" --assessor "$1" >/dev/null
	until_heard ctl assess rate "$reading" --assessor "$1" --row lit-101.r1=yes --row lit-101.r2=yes --row "lit-101.r3=$2" \
		--feedback "lit-101.$row=$3" >/dev/null
}
add_evidence() { until_heard of .artifact evidence add --enrollment "$enrollment" --requirement "lit-101.$1" --file "$2" "${as[@]}"; }
first_credential() { ctl credential list --educator "$ana" --json | jq -r '.credentials[0].credential' | grep .; }
# What follows a revoked signing key: the issuer's lists are signed at once, and not a minute after the last time.
sign_lists_now() {
	local key
	ctl keys rotate larkspur-rsa --because "a test" >/dev/null
	key=$(of '[.all_keys[] | select(.state == "active" and (.kind // "ED25519") == "ED25519")][0].key' keys show larkspur-rsa)
	ctl keys rotate larkspur-rsa --because "a test" >/dev/null
	ctl keys revoke larkspur-rsa "$key" --because "a test" >/dev/null
	until_true lists_are_signed
}
lists_are_signed() { [ "$(of '[.lists[] | select(.changed)] | length' credential lists --issuer larkspur-rsa)" = 0 ]; }
