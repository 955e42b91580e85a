#!/bin/bash
# keys.sh SOURCE_DIR BIN_DIR: the life of an issuer's keys by cairnctl on real daemons; and no secret of theirs in a
# log, a table, a dump or a backup.
set -euo pipefail
source_dir=$1
bin=$2
work=$(mktemp -d /tmp/cairn-keys-XXXXXX)
dir=$work/a
trap '"$source_dir/deploy/down" --dir "$dir" >/dev/null 2>&1 || true; rm -rf "$work"' EXIT
fail() {
	echo "FAILED: $*"
	exit 1
}
ctl() { "$bin/cairnctl" --dir "$dir" "$@"; }
keys() { ctl keys show larkspur-rsa --json; }
key_of() { keys | jq -r "[.all_keys[] | select(.state == \"$1\" and (.kind // \"ED25519\") == \"ED25519\")][0].key"; }

"$source_dir/deploy/up" --dir "$dir" --bin "$bin" --port 0
ctl catalogue load "$source_dir"/deploy/sample/*.json >/dev/null
until ctl keys add larkspur-rsa >/dev/null 2>&1; do # issuance has not heard of the issuer yet
	[ $SECONDS -lt 60 ] || fail "no key was made"
	read -rt 0.05 <> <(:) || true
done
ctl keys add larkspur-rsa --kind rs256 >/dev/null
ctl keys add larkspur-rsa --kind es256 >/dev/null
first=$(key_of active)
ctl keys rotate larkspur-rsa --because "it is a year old" >/dev/null
[ "$(key_of retiring)" = "$first" ] || fail "the first key does not retire"
second=$(key_of active)
keys | jq -e --arg key "$first" '.did_document | contains($key)' >/dev/null || fail "a retiring key is not listed"
ctl keys revoke larkspur-rsa "$second" --because "a laptop was stolen" >/dev/null 2>&1 && fail "none would sign"
ctl keys revoke larkspur-rsa "$second" --because "a laptop was stolen" --replace >/dev/null
[ "$(key_of revoked)" = "$second" ] || fail "the second key is not revoked"
keys | jq -e --arg key "$second" '.did_document | contains($key) | not' >/dev/null || fail "a revoked key is listed"
ctl keys reissue "$second" >/dev/null
until [ "$(ctl keys reissue --status --json | jq -r '.reissues[0].state')" = finished ]; do
	[ $SECONDS -lt 60 ] || fail "the reissue does not end"
	read -rt 0.05 <> <(:) || true
done

ctl keys backup-key --to "$work/operator" >/dev/null
ctl backup --to "$work/backup" --to-key "$work/operator.public" >/dev/null
"$source_dir/deploy/down" --dir "$dir" >/dev/null
mkdir "$work/dump" "$work/proof"
"$bin/cairnctl" dump "$dir/issuance/db" issuance >"$work/dump/issuance"
[ -s "$work/dump/issuance" ] || fail "the dump is empty"
"$bin/find_secrets" "$dir/keys" --prove "$work/proof" >/dev/null || fail "a planted secret is not found"
"$bin/find_secrets" "$dir/keys" "$dir" "$work/backup" "$work/dump" || fail "a secret lies about"

# A key that others may read keeps the daemon from starting, and it says why.
chmod 640 "$dir"/keys/issuers/*.ed25519.key
"$bin/cairn-issuance" dir="$dir" 2>"$work/err" && fail "it starts with a key that others may read"
grep -q secret_open_to_others "$work/err" || fail "it does not say why: $(cat "$work/err")"
