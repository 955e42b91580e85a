#!/bin/bash
# exim.sh SOURCE_DIR BIN_DIR: letters from real daemons through a real mail server into a mailbox; a link of a letter, followed at
# a real gateway; and a letter that comes back, whose report is the mail server's own.
set -euo pipefail
source_dir=$1
bin=$2
here=$(cd "$(dirname "$0")" && pwd)
skip() { echo "SKIPPED: $1" && exit 77; }
[ -x /usr/sbin/exim4 ] || skip "exim4 is not installed"
[ "$(id -u)" = 0 ] || skip "only root may start exim4 as its own user"
work=$(mktemp -d /tmp/cairn-exim-XXXXXX)
mx=$(mktemp -d /tmp/cairn-mx-XXXXXX)
dir=$work/a
. "$here/../lib.sh"
mx_pid=
stop_all() {
	[ -z "$mx_pid" ] || { kill "$mx_pid" && wait "$mx_pid"; } 2>/dev/null || true
	rm -rf "$mx"
	down_all
}
trap stop_all EXIT

step "a mail server that knows ana, and the daemons that write to it"
python3 "$here/mx.py" "$mx" &
mx_pid=$!
until_true [ -s "$mx/port" ]
"$source_dir/deploy/up" --dir "$dir" --bin "$bin" --port 0 enrollment gateway
"$source_dir/deploy/up" --dir "$dir" --bin "$bin" --set channel=smtp --set "smtp_url=smtp://localhost:$(cat "$mx/port")" \
	--set "smtp_ca_file=$mx/cert.pem" --set from=no-reply@cairn.example --set bounces=bounces@cairn.example \
	--set portal=https://cairn.example --set unsubscribe=https://cairn.example/unsubscribe notification
ctl catalogue load "$source_dir"/deploy/sample/*.json >/dev/null
person() { of .educator educator add --handle "$1" --name "$2" --email "$1@meadow.example"; }
# notices EDUCATOR STATE: how many of the person's are in that state.
notices() { of '(.notices // []) | length' notice list --educator "$1" --state "$2"; }
have() { [ "$(notices "$1" "$2")" = "$3" ]; }
ana=$(person ana "Ana Muñoz")
ben=$(person ben "Ben Ruiz")

step "a letter arrives by STARTTLS, whole, and says where it comes back to"
ctl enroll --educator "$ana" --code LIT-101 >/dev/null
until_true have "$ana" sent 1
notice=$(of '.notices[0].notice' notice list --educator "$ana")
arrived() { [ "$(find "$mx/$1" -path '*/new/*' -type f 2>/dev/null | wc -l)" = "$2" ]; }
until_true arrived maildir 1
python3 - "$mx"/maildir/new/* "$notice" >"$work/link" <<'PY'
import email, email.policy, sys
letter = email.message_from_file(open(sys.argv[1]), policy=email.policy.default)
notice = sys.argv[2]
assert letter['Return-Path'] == f"<bounces+{notice.replace('-', '')}@cairn.example>", letter['Return-Path']
assert letter['Message-ID'] == f'<{notice}@cairn.example>', letter['Message-ID']
assert 'esmtps' in letter['Received'], letter['Received']
assert letter['To'] == 'Ana Muñoz <ana@meadow.example>', letter['To']
assert letter['Subject'] == 'You are enrolled in LIT-101', letter['Subject']
assert 'Hello Ana Muñoz,' in letter.get_content(), letter.get_content()
assert letter['Auto-Submitted'] == 'auto-generated'
assert letter['List-Unsubscribe-Post'] == 'List-Unsubscribe=One-Click'
print(letter['List-Unsubscribe'].strip('<>'))
PY

step "the letter's link switches its topic off: not when looked at, and not when it is somebody else's"
link=$(sed "s|https://cairn.example|http://$(cat "$dir/run/gateway.http")|" "$work/link")
web() { [ "$(curl -s -o "$work/page" -w '%{http_code}' "${@:2}")" = "$1" ] || fail "not $1: ${*:2}: $(head -c 300 "$work/page")"; }
off() { [ "$(of '.off // [] | join(" ")' preference show "$ana")" = "$1" ]; }
web 200 "$link"
grep -q '<form method="post"' "$work/page" || fail "the page has no button"
off "" || fail "a look switched something off"
web 404 -X POST -d 'List-Unsubscribe=One-Click' "${link%?????}00000"
web 404 -X POST -d 'List-Unsubscribe=One-Click' "${link%/*}/x"
web 200 -X POST -d 'List-Unsubscribe=One-Click' "$link"
web 200 -X POST -d 'List-Unsubscribe=One-Click' -H 'Accept-Language: es' "$link"
grep -q 'lang="es"' "$work/page" || fail "the page is not in Spanish"
off ENROLLED || fail "the link switched nothing off"

step "a letter that comes back marks the address, by the report of the mail server"
ctl enroll --educator "$ben" --code LIT-101 >/dev/null
until_true have "$ben" sent 1
until_true arrived bounces 1
[ "$(of '(.bounces // []) | length' notice bounces)" = 0 ] || fail "marked before the report"
exits 1 "no report of non-delivery" mail bounce --file "$work/link"
noted=$(ctl mail bounce --json <"$(find "$mx/bounces/new" -type f)")
[ "$(jq -r '.noted, .status' <<<"$noted" | xargs)" = "true 5.0.0" ] || fail "not noted: $noted"
[ "$(of '.bounces[0].educator' notice bounces)" = "$ben" ] || fail "the wrong one is marked"
[ "$(of '.bounces[0].status' notice bounces)" = 5.0.0 ] || fail "without the status"
ctl enroll --educator "$ben" --code MTH-111 >/dev/null
until_true have "$ben" dead 1
[ "$(of '.notices[] | select(.state == "dead").why' notice list --educator "$ben")" = bad_address ] || fail "another reason"

step "another address is told at enrollment, and what died of the old one arrives there"
exits 1 "another educator has it" educator change-email "$ben" --email ANA@meadow.example
exits 1 "this educator has it" educator change-email "$ben" --email ben@meadow.example
exits 1 "name@school.example" educator change-email "$ben" --email nobody
exits 0 "" educator change-email "$ben" --email ben.ruiz@meadow.example
until_true have "$ben" sent 2
until_true arrived maildir 2
[ "$(of '(.bounces // []) | length' notice bounces)" = 0 ] || fail "the mark is left"
exits 1 "has come back" notice clear-bounce "$ben"

step "no address in a log or an event, and everything verifies"
! grep -rq 'meadow.example\|Muñoz' "$dir/log" "$mx"/exim-paniclog 2>/dev/null || fail "an address is in a log"
ctl dump "$dir/notification/db" notification >"$work/events"
! grep -q 'meadow\|Muñoz' "$work/events" || fail "an address is in an event"
ctl verify enrollment notification >/dev/null || fail "the tables differ from the logs"
