#!/bin/bash
# web_upload.sh SOURCE_DIR BIN_DIR NPM_DIR [MEGABYTES]: evidence over HTTP. A file that is broken off twice, once with the
# gateway killed and once with evidence killed beneath it, goes on with tus-js-client to an identical hash in bounded
# memory; a form without scripts; what is refused; bytes by ranges to their owner and to nobody else; live status.
set -euo pipefail
source_dir=$1
bin=$2
modules=$3
megabytes=${4:-20}
work=$(mktemp -d /tmp/cairn-webupload-XXXXXX)
dir=$work/a
. "$(dirname "$0")/lib.sh"
trap down_all EXIT
sample=$source_dir/deploy/sample/evidence/lit-101

step "two teachers with accounts"
"$source_dir/deploy/up" --dir "$dir" --bin "$bin" --port "$("$source_dir/tests/support/free_port.py")"
open_school
join "Ben Ruiz" ben
ben=$educator
join "Ana Torres" ana
ana=$educator
enrollment=$(until_heard of .enrollment enroll --educator "$ana" --code LIT-101)
until_heard ctl evidence show "$enrollment" "${as[@]}" >/dev/null
address=$(cat "$dir/run/gateway.http")
base=http://$address
echo "correct horse battery staple" >"$work/password"
for name in ana ben; do
	ctl account add --login "$name" --educator "${!name}" --role teacher --password-file "$work/password" >/dev/null
done

# ask STATUS METHOD PATH OPTION ...: as $who; the body is in $work/body, the headers in $work/head.
ask() {
	local want=$1 method=$2 path=$3 got
	shift 3
	got=$(curl -sS -o "$work/body" -D "$work/head" -w '%{http_code}' -X "$method" -H "Cookie: ${cookie[$who]}" \
		-H 'Sec-Fetch-Site: same-origin' -H "Accept: ${accept:-application/json}" "$@" "$base$path")
	[ "$got" = "$want" ] || fail "$method $path: $got, not $want: $(head -c 600 "$work/body")"
}
tus() { ask "$@" -H 'Tus-Resumable: 1.0.0'; }
head_of() { tr -d '\r' <"$work/head" | sed -n "s/^$1: //Ip" | tail -1; }
has() { [ "$(head_of "$1")" = "$2" ] || fail "$1 is $(head_of "$1"), not $2"; }
b64() { printf %s "$1" | base64 -w0; }
metadata() { echo "Upload-Metadata: enrollment $(b64 "$enrollment"),requirement $(b64 "lit-101.$1"),filetype $(b64 "$2")"; }
restart() { # SERVICE: killed, as a power cut would
	kill -9 "$(cat "$dir/run/$1.pid")"
	until_true gone "$(cat "$dir/run/$1.pid")"
	"$source_dir/deploy/up" --dir "$dir" --bin "$bin" --port "${address##*:}" "$1"
}
gone() { ! kill -0 "$1" 2>/dev/null; }
peak_kb() { sed -n 's/VmHWM:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$(cat "$dir/run/gateway.pid")/status"; }
offset_is() { tus 200 HEAD "$1" --head && [ "$(head_of Upload-Offset)" = "$2" ]; }
past() { tus 200 HEAD "$1" --head && [ "$(head_of Upload-Offset)" -gt "$2" ]; }

declare -A cookie
sign_in() {
	who=$1
	cookie[$who]=none=1
	ask 200 POST /sign-in -d "login=$who" --data-urlencode "password=$(cat "$work/password")"
	cookie[$who]=$(sed -n 's/^[Ss]et-[Cc]ookie: \([^;]*\).*/\1/p' "$work/head" | head -1)
}
shown_to_reader() {
	[ "$(curl -sS -o "$work/body" -D "$work/head" -w '%{http_code}' -H "Cookie: ${cookie[$who]}" "$base/readings/$reading/items/1")" = 200 ]
}
sign_in ben
sign_in ana
who=ana

step "$megabytes MB broken off by the client"
file=$work/routines.wav
head -c "$((megabytes * 1000000 + 12345))" /dev/urandom >"$file"
bytes=$(stat -c %s "$file")
send() { node "$(dirname "$0")/tus_send.mjs" "$modules" "$base" "${cookie[ana]}" "$file" "$enrollment" lit-101.e2 audio/wav "$@"; }
upload=$(send $((bytes / 4)))
path=${upload#"$base"}
path=/uploads/${path##*/uploads/}
tus 200 HEAD "$path" --head
[ "$(head_of Upload-Offset)" -gt 0 ] && [ "$(head_of Upload-Offset)" -lt "$bytes" ] || fail "offset $(head_of Upload-Offset)"
has Upload-Length "$bytes"
has Cache-Control no-store
[ -n "$(head_of Upload-Expires)" ] || fail "no Upload-Expires"

step "and again, with the gateway and then evidence killed beneath it"
send 0 "$base$path" >"$work/sent" 2>&1 &
sender=$!
until_true past "$path" $((bytes / 3))
peak=$(peak_kb)
restart gateway
until_true past "$path" $((bytes / 2))
restart evidence
wait $sender || fail "$(cat "$work/sent")"
until_true offset_is "$path" "$bytes"
artifact=${path#/uploads/}
ask 200 GET "/artifacts/$artifact"
cmp "$work/body" "$file" || fail "other bytes came back"
[ "$(peak_kb)" -gt "$peak" ] && peak=$(peak_kb)
echo "the gateway took at most $peak kB"
# A sanitizer keeps what was given back, to find who still uses it: its memory says nothing of ours.
grep -q __asan_init "$bin/cairn-gateway" || [ "$peak" -lt 65536 ] || fail "more than 64 MB"
of '.requirements[].artifacts[]? | .sha256' evidence show "$enrollment" "${as[@]}" >"$work/hashes"
grep -q "$(sha256sum "$file" | cut -d' ' -f1)" "$work/hashes" || fail "another hash: $(cat "$work/hashes")"

step "bytes by ranges, as what a browser only shows"
ask 206 GET "/enrollments/$enrollment/artifacts/$artifact" -H 'Range: bytes=524280-524299'
has Content-Range "bytes 524280-524299/$bytes"
cmp "$work/body" <(tail -c +524281 "$file" | head -c 20) || fail "another range"
ask 206 GET "/artifacts/$artifact" -H 'Range: bytes=-5'
cmp "$work/body" <(tail -c 5 "$file") || fail "another end"
ask 416 GET "/artifacts/$artifact" -H "Range: bytes=$bytes-"
has Content-Range "bytes */$bytes"
ask 200 HEAD "/artifacts/$artifact" --head
has Content-Length "$bytes"
has Content-Type audio/wav
has Content-Disposition inline
has X-Content-Type-Options nosniff
has Cache-Control no-store
head_of Content-Security-Policy | grep -q "^sandbox; default-src 'none'" || fail "no sandbox"

step "another teacher's is like none at all"
who=ben
ask 404 GET "/artifacts/$artifact"
tus 404 HEAD "$path" --head
tus 404 DELETE "$path"
tus 404 PATCH "$path" -H 'Upload-Offset: 0' -H 'Content-Type: application/offset+octet-stream' --data-binary x
tus 404 POST /uploads -H 'Upload-Length: 5' -H "$(metadata e1 text/plain)"
ask 404 GET "/live?about=enrollment/$enrollment"
who=nobody cookie[nobody]=none=1
tus 401 POST /uploads -H 'Upload-Length: 5' -H "$(metadata e1 text/plain)"
who=ana

step "what tus says of headers"
ask 204 OPTIONS /uploads
has Tus-Version 1.0.0
has Tus-Checksum-Algorithm sha1,sha256
ask 412 POST /uploads -H 'Upload-Length: 5' -H "$(metadata e1 text/markdown)"
tus 400 POST /uploads -H "$(metadata e1 text/markdown)"
tus 413 POST /uploads -H 'Upload-Length: 99999999999' -H "$(metadata e1 text/markdown)"
tus 415 POST /uploads -H 'Upload-Length: 5' -H "$(metadata e1 video/mp4)"
tus 400 POST /uploads -H 'Upload-Length: 5' -H 'Upload-Metadata: enrollment !!!'
tus 201 POST /uploads -H 'Upload-Length: 11' -H "$(metadata e1 application/pdf)"
second=/uploads/$(head_of Location | sed 's|.*/uploads/||')
patch() { tus "$1" PATCH "$second" -H "Upload-Offset: $2" -H 'Content-Type: application/offset+octet-stream' "${@:3}"; }
tus 415 PATCH "$second" -H 'Upload-Offset: 0' -H 'Content-Type: text/plain' --data-binary x
patch 409 3 --data-binary abc
patch 460 0 --data-binary 'hello ' -H "Upload-Checksum: sha1 $(b64 aaaaaaaaaaaaaaaaaaaa)"
tus 200 HEAD "$second" --head
has Upload-Offset 0
patch 204 0 --data-binary 'hello ' -H "Upload-Checksum: sha1 $(printf 'hello ' | openssl sha1 -binary | base64)"
has Upload-Offset 6
patch 413 6 --data-binary 'more than five'
tus 200 HEAD "$second" --head
has Upload-Offset 6
tus 204 DELETE "$second"
tus 410 HEAD "$second" --head
patch 410 6 --data-binary world
tus 404 HEAD "/uploads/$(fresh_id)" --head
tus 201 POST /uploads -H 'Upload-Length: 5' -H "$(metadata e1 application/pdf)" \
	-H 'Content-Type: application/offset+octet-stream' --data-binary hello
has Upload-Offset 5
third=/uploads/$(head_of Location | sed 's|.*/uploads/||')
ask 200 GET "/artifacts/${third#/uploads/}"
has Content-Type application/pdf
[ "$(cat "$work/body")" = hello ] || fail "another content"
tus 204 DELETE "$third"

step "a form without scripts"
form=/enrollments/$enrollment/evidence
printf '1,4,9\n2,5,8\n' >"$work/table.csv"
accept=text/html ask 303 POST "$form/lit-101.e3" -F csrf=x -F captured_on=2026-01-05 -F "file=@$work/table.csv;type=text/csv"
has Location "$form/lit-101.e3?done=added"
table=$(of '.requirements[] | select(.code == "lit-101.e3") | .artifacts[0].artifact' evidence show "$enrollment" "${as[@]}")
ask 200 GET "/artifacts/$table"
has Content-Type 'text/plain; charset=utf-8'
cmp "$work/body" "$work/table.csv" || fail "another table"
ask 422 POST "$form/lit-101.e1" -F csrf=x
ask 422 POST "$form/lit-101.e1" -F "file=@$work/table.csv;type=application/pdf" -F after=x
ask 415 POST "$form/lit-101.e1" -F "file=@$work/table.csv;type=text/x-python"
ask 415 POST "$form/lit-101.e1" -d file=x
head -c 3000000 /dev/urandom >"$work/plan.pdf"
ask 201 POST "$form/lit-101.e1" -F "file=@$work/plan.pdf;type=application/pdf"
plan=$(jq -r .artifact "$work/body")
ask 200 GET "/artifacts/$plan"
cmp "$work/body" "$work/plan.pdf" || fail "another plan"

step "a draft is saved while it is written"
ask 200 PUT "/enrollments/$enrollment/answers/lit-101.o1" -H 'Content-Type: application/json' -d '{"text":"I saw three children"}'
jq -e '.saved_text | startswith("Saved ")' "$work/body" >/dev/null || fail "$(cat "$work/body")"

step "live status tells what changes, and ends with the session"
curl -sSN -H "Cookie: ${cookie[ana]}" "$base/live?about=enrollment/$enrollment" >"$work/live" &
watcher=$!
until_true grep -q '"state":"ACTIVE"' "$work/live"
ctl enrollment pause "$enrollment" "${as[@]}" >/dev/null
until_true grep -q '"state":"PAUSED"' "$work/live"
last=$(sed -n 's/^id: //p' "$work/live" | tail -1)
accept=text/html ask 303 POST /sign-out
until_true grep -q signed_out "$work/live"
wait $watcher
[ -n "$last" ] || fail "events have no id"
step "a reader sees the items of the reading that is theirs, and only that"
as=(--as "$ben") educator=$ben
seal_work "$sample/plan.md"
add_readers 2
reading=$(until_heard of .reading assess next --assessor "${readers[0]}")
for n in 0 1; do
	ctl account add --login "reader$n" --assessor "${readers[$n]}" --role assessor --password-file "$work/password" >/dev/null
	sign_in "reader$n"
done
who=reader0
ask 404 GET "/readings/$reading/items/1"
until_heard ctl assess open "$reading" --assessor "${readers[0]}" >/dev/null
until_true shown_to_reader
cmp "$work/body" "$sample/plan.md" || fail "another plan"
has Content-Type 'text/plain; charset=utf-8'
ask 206 GET "/readings/$reading/items/2" -H 'Range: bytes=100-199'
cmp "$work/body" <(tail -c +101 "$sample/routines.wav" | head -c 100) || fail "another sound"
head_of Content-Disposition | grep -q filename && fail "a file's name is told"
ask 200 GET "/readings/$reading/items/4"
cmp "$work/body" "$sample/o1.txt" || fail "another answer"
ask 404 GET "/readings/$reading/items/99"
who=reader1
ask 404 GET "/readings/$reading/items/1"
who=ben
sign_in ben
ask 404 GET "/readings/$reading/items/1"
echo "web_upload.sh: all is well"
