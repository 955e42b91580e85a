#!/bin/bash
# subscribers.sh SOURCE_DIR BIN_DIR ISSUED REVOKED ROUNDS
#
# The sample subscribers in C, Python and Node follow one cairn-issuance while it issues and revokes, and notification
# takes the same events to a webhook (hook.mjs). In each round one of the four is killed, and every few rounds issuance or
# notification, at random moments. In the end each subscriber has had every event of issuance's own stream once, in
# order; the webhook too, in order for each credential, and what came again had no effect.
set -euo pipefail
source_dir=$1 bin=$2 issued=$3 revoked=$4 rounds=$5
samples=$source_dir/deploy/sample/subscribers
burst=1000

skip() {
	echo "SKIPPED: $1"
	exit 77
}
python=/usr/bin/python3 # that which Debian's packages are for
$python -c 'import zmq, google.protobuf' 2>/dev/null || skip "python3-zmq and python3-protobuf are not installed"
command -v protoc >/dev/null || skip "protoc is not installed"
command -v sqlite3 >/dev/null || skip "sqlite3 is not installed"
[ -x "$bin/sample_subscriber" ] || skip "libsqlite3-dev is not installed"
command -v npm >/dev/null || skip "npm is not installed"

sh "$source_dir/tests/integration/webhooks/run" install >/dev/null || skip "what the webhook is made of cannot be had"

work=$(mktemp -d)
names=(c python node)
declare -A pids=()
finish() {
	[ ${#pids[@]} = 0 ] || kill -9 "${pids[@]}" 2>/dev/null || true
	[ -z "${served_PID:-}" ] || kill "$served_PID" 2>/dev/null || true
	rm -rf "$work"
}
trap finish EXIT
fail() {
	echo "FAILED: $*"
	tail -n 12 "$work"/*.err
	exit 1
}
step() { echo "subscribers.sh: $*"; }

step "what the samples need"
mkdir "$work/python" "$work/node"
(cd "$source_dir" && protoc -I . --python_out="$work/python" proto/envelope.proto proto/follow.proto proto/public.proto)
cp "$samples"/node/{package.json,package-lock.json,subscriber.mjs} "$work/node"
npm ci --prefix "$work/node" --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null 2>"$work/npm.err" ||
	skip "npm packages cannot be had: $(tail -1 "$work/npm.err")"
cp "$source_dir/tests/integration/hook.mjs" "$work/node"
ln -s "$source_dir"/tests/integration/webhooks/node_modules/{cloudevents,standardwebhooks} "$work/node/node_modules"

step "daemons with room for $issued credentials"
coproc served { CAIRN_BIN_DIR=$bin "$bin/subscribed" $((issued + burst)) "${names[@]}" 2>"$work/served.err"; }
answers=${served[0]} orders=${served[1]}
read -r dir <&"$answers" && read -r endpoint <&"$answers" && read -r server_key <&"$answers" || fail "no issuance"
order() {
	local answer
	echo "$1" >&$orders
	read -r answer <&"$answers" || fail "$1"
}

start() { # NAME OPTION ...
	local name=$1 words
	shift
	words=("$endpoint" "$server_key" "$dir/keys/$name.key" "${as:-$name}" "$work/$name.db" "$@")
	case $name in
	c) "$bin/sample_subscriber" "${words[@]}" 2>>"$work/$name.err" & ;;
	python) PYTHONPATH=$work/python $python "$samples/python/subscriber.py" "${words[@]}" 2>>"$work/$name.err" & ;;
	hook) node "$work/node/hook.mjs" "$hook_port" "$work/secret" "$work/hook.db" 2>>"$work/hook.err" & ;;
	node) CAIRN_PROTO=$source_dir node "$work/node/subscriber.mjs" "${words[@]}" 2>>"$work/$name.err" & ;;
	esac
	pids[$name]=$!
}
# nap LEAST MOST: a random time in ms. Here time is the input: moments of kills.
nap() { read -rt "$(printf '0.%03d' $(($1 + RANDOM % ($2 - $1))))" <> <(:) || true; }
kill_one() {
	kill -9 "${pids[$1]}" 2>/dev/null || fail "$1 has ended by itself"
	wait "${pids[$1]}" 2>/dev/null || true
}

# part N: this round's share of N, so that after the last round all are done.
part() { echo $(($1 * round / rounds - $1 * (round - 1) / rounds)); }

step "a webhook"
hook_port=$("$source_dir/tests/support/free_port.py")
ctl() { "$bin/cairnctl" --dir "$dir" --key cairnctl "$@"; }
ctl sink add hook --kind webhook --state TN --url "http://127.0.0.1:$hook_port/cairn" --contact duty@tn.example --unasked >/dev/null
ctl sink secret hook --json | jq -r '.. | strings | select(startswith("whsec_"))' | head -1 >"$work/secret"
# hooked: how many events the webhook has, and how many came again.
hooked() { curl -sf --max-time 5 "http://127.0.0.1:$hook_port/" || echo "0 0"; }

step "they follow, and in $rounds rounds one is killed each while $issued are issued, $revoked revoked"
targets=("${names[@]}" hook)
for name in "${targets[@]}"; do start "$name"; done
kills=0 daemon_kills=0 began=$SECONDS
shaken=$revoked
for round in $(seq "$rounds"); do
	order "issue $(part "$issued")"
	order "revoke $(part "$revoked")"
	order "shake $(part "$shaken")"
	nap 0 150
	name=${targets[RANDOM % 4]}
	kill_one "$name"
	start "$name"
	kills=$((kills + 1))
	[ $((round % 4)) = 0 ] || continue
	if [ $((RANDOM % 3)) = 0 ]; then order "kill notification"; else order "kill issuance"; fi
	daemon_kills=$((daemon_kills + 1))
done
step "$kills kills of subscribers and the webhook, and $daemon_kills of daemons in $((SECONDS - began)) s; all is issued"
# More than goes into one message of old: what follows issuance must not stand still before it.
order "burst $burst"
order settle
for name in "${names[@]}"; do kill_one "$name"; done

order "stream $work/stream"
all=$(wc -l <"$work/stream")
step "they catch up, and the webhook has it all"
had=-1 moved=$SECONDS
until read -r n again < <(hooked) && [ "$n" = "$all" ]; do
	[ "$n" = $had ] || moved=$SECONDS had=$n
	[ $((SECONDS - moved)) -lt 60 ] && kill -0 "${pids[hook]}" || fail "the webhook has $n of $all"
	nap 100 200
done
kill_one hook
unset "pids[hook]"
for name in "${names[@]}"; do start "$name" --until-caught-up; done
for name in "${names[@]}"; do wait "${pids[$name]}" || fail "$name"; done
pids=()

step "each has all that issuance has, once and in order"
of() { sqlite3 "$work/$1.db" "$2"; }
for name in "${names[@]}"; do
	of "$name" "SELECT sequence, id, type, subject FROM event ORDER BY arrived" >"$work/$name.events"
	cmp "$work/stream" "$work/$name.events" || fail "$name has other events, or in another order"
	of "$name" "SELECT sequence, data FROM event ORDER BY sequence" >"$work/$name.data"
	cmp "$work/c.data" "$work/$name.data" || fail "$name was told something else"
	of "$name" "SELECT subject, status FROM credential ORDER BY subject" >"$work/$name.credentials"
	cmp "$work/c.credentials" "$work/$name.credentials" || fail "$name has other credentials"
done
of hook "SELECT sequence, id, type, subject FROM event ORDER BY sequence" >"$work/hook.events"
cmp "$work/stream" "$work/hook.events" || fail "the webhook has other events"
of hook "SELECT sequence, id, type, subject FROM event ORDER BY subject, arrived" >"$work/hook.arrived"
of hook "SELECT sequence, id, type, subject FROM event ORDER BY subject, sequence" >"$work/hook.meant"
cmp "$work/hook.meant" "$work/hook.arrived" || fail "the webhook had a later event of a credential before an earlier one"
of hook "SELECT sequence, data FROM event ORDER BY sequence" >"$work/hook.data"
cmp "$work/c.data" "$work/hook.data" || fail "the webhook was told something else"
of hook "SELECT subject, status FROM credential ORDER BY subject" >"$work/hook.credentials"
cmp "$work/c.credentials" "$work/hook.credentials" || fail "the webhook has other credentials"
step "$again events came to the webhook again, to no effect"
count() { of c "SELECT count(*) FROM event WHERE type = 'org.cairn.credential.$1.v1'"; }
[ "$(count issued) $(count revoked) $(count suspended) $(count reinstated)" = "$((issued + burst)) $revoked $shaken $shaken" ] ||
	fail "$(count issued) issued, $(count revoked) revoked, $(count suspended) suspended, $(count reinstated) reinstated"
[ "$(of c "SELECT count(*) FROM credential WHERE status = 'revoked'")" = "$revoked" ] || fail "not all are revoked"

step "whoever holds more than there is, or takes another's name, stops and says so"
stops() { # NAME WORDS
	start "$1"
	! wait "${pids[$1]}" || fail "$1 goes on"
	unset "pids[$1]"
	grep -q "$2" "$work/$1.err" || fail "$1 does not say why"
}
for name in python node; do
	of $name "UPDATE place SET seq = seq + 1000"
	stops $name REFUSED_AHEAD
done
as=somebody
stops c "forbidden.*begins with our peer name"
stops python REFUSED_FORBIDDEN

exec {orders}>&-
wait "$served_PID" || fail "issuance did not end well"
served_PID=
step "done: $(wc -l <"$work/c.events") events"
