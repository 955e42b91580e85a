#!/bin/bash
# sandbox.sh SOURCE_DIR BIN_DIR: every command of deploy/sandbox.md, as it stands there, by a stranger with a stopwatch.
# Blocks of "sh" run in one shell, in order, and may not fail; that of "sh terminal 1" runs beside them.
set -euo pipefail
source_dir=$1 bin=$2
page=$source_dir/deploy/sandbox.md
work=$(mktemp -d /tmp/cairn-sandbox-XXXXXX)

skip() { echo "SKIPPED: $1"; exit 77; }
/usr/bin/python3 -c 'import zmq, google.protobuf' 2>/dev/null || skip "python3-zmq and python3-protobuf are not installed"
pkg-config --exists sqlite3 || skip "libsqlite3-dev is not installed"
for tool in protoc sqlite3 node; do command -v $tool >/dev/null || skip "$tool is not installed"; done

finish() {
	local left
	left=$(jobs -p)
	[ -z "$left" ] || { kill $left 2>/dev/null || true; wait $left 2>/dev/null || true; }
	[ ! -d "$work/sandbox" ] || "$source_dir/deploy/down" --dir "$work/sandbox"
	rm -rf "$work"
}
trap finish EXIT
fail() {
	echo "FAILED: $*"
	tail -n 20 "$work/terminal1" "$work"/sandbox/*.log "$work"/sandbox/log/*.log 2>/dev/null || true
	exit 1
}

# blocks WORDS: the lines of the page's blocks of those words.
blocks() { awk -v begin="^\`\`\`$1\$" '/^```/ { on = !on && $0 ~ begin; next } on' "$page"; }
# What the page has that nobody runs would be a promise.
[ "$(grep -c '^```' "$page")" = $((2 * $(grep -c '^```sh' "$page"))) ] || fail "there are blocks that are not run"

# The clone as the stranger has it; only the installation is this test's own.
for part in deploy proto; do ln -s "$source_dir/$part" "$work/$part"; done
ln -s "$(dirname "$bin")" "$work/build"
cd "$work"
port=$("$source_dir/tests/support/free_port.py")
export CAIRN_BIN_DIR=$bin CAIRN_SANDBOX_PORT=$port CAIRN_SANDBOX_EVERY=1
: >terminal1
began=$SECONDS
blocks "sh terminal 1" >start
[ "$(wc -l <start)" = 1 ] || fail "it is not started by one line"
bash -c "exec $(cat start)" >terminal1 2>&1 &
sandbox=$!
deadline=$((SECONDS + 60))
until grep -q "Pages are on" terminal1; do
	[ $SECONDS -lt $deadline ] && kill -0 $sandbox 2>/dev/null || fail "it does not start"
	read -rt 0.1 <> <(:) || true
done
ready=$SECONDS
blocks sh >commands
bash -euo pipefail -x commands >commands.out 2>&1 || { cat commands.out; fail "a command of the page ends with $?"; }
grep -q '"sandbox": "true"' commands.out || fail "the first event does not say that it is made up"
grep -q 'urn:cairn:sandbox:' commands.out || fail "its source does not"
[ "$(grep -c '"state": "acknowledged"' commands.out)" = 2 ] || fail "the ledger does not know of both acknowledgements"
grep -q '"reference": "R-2026-0417"' commands.out || fail "the follower's reference is not there"
grep -q '"reference": "R-0000' commands.out || fail "the receiver's reference is not there"
grep -q 'mine .*webhook' commands.out || fail "the operator does not see the sink"
grep -q 'developer .*lag' commands.out && grep -q 'developer.c .*lag' commands.out || fail "the operator does not see the follower"
# The page names the types that come, and none that never does.
sqlite3 sandbox/follow/events.db 'SELECT DISTINCT type FROM event' | while read -r type; do
	grep -qF "\`$type\`" "$page" || fail "the page does not say what to do with $type"
done
for type in $(grep -o 'org\.cairn\.credential\.[a-z]*' "$page" | sort -u); do
	grep -q "\.type = \"${type##*.}\"" "$source_dir/services/issuance/apply_life.c" || fail "$type never comes"
done
echo "sandbox.sh: ready after $((ready - began)) s, $(wc -l <commands) lines of the page after $((SECONDS - began)) s"
