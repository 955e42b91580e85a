#!/bin/bash
# upgrade.sh SOURCE_DIR BIN_DIR: daemons of today beside one of a release before, in every combination, carry the
# journey of that release; then an installation of that release goes on under the daemons of today, which learn by
# themselves what the release before read past; last, notification is the only one of the release before while a
# stack is awarded.
#
# Exit code 77: the release before is not in this clone's history.
set -euo pipefail
source_dir=$1
bin=$2
before=38a22093ac0ed8303571c63d8e54ae3d0210c50a
work=$(mktemp -d /tmp/cairn-upgrade-XXXXXX)
services="enrollment evidence assessment issuance notification"

cleanup() {
	for d in "$work"/run-*/; do
		[ -d "$d/run" ] && "$source_dir/deploy/down" --dir "$d" >/dev/null 2>&1
	done
	rm -rf "$work"
}
trap cleanup EXIT
step() { echo "upgrade.sh: $*"; }

if ! git -C "$source_dir" cat-file -e "$before^{commit}" 2>/dev/null; then
	echo "SKIPPED: the release before, $before, is not in this clone's history"
	exit 77
fi

step "building the release before"
mkdir "$work/old"
git -C "$source_dir" archive "$before" | tar x -C "$work/old"
(cmake -G Ninja -S "$work/old" -B "$work/old/build" && ninja -C "$work/old/build" product) >"$work/build.log" 2>&1 || {
	tail -n 20 "$work/build.log"
	exit 1
}
cp -r "$work/old/build/bin" "$work/old-bin"

# A cairnctl that is the release before's, but lets each service be verified by the cairnctl of its own release.
write_ctl() { # OLD ...
	local old=$* today=
	for service in $services; do
		[[ " $old " == *" $service "* ]] || today+=" $service"
	done
	cat >"$work/old/build/bin/cairnctl" <<-END
		#!/bin/bash
		if [ "\$3" != verify ]; then
			exec "$work/old-bin/cairnctl" "\$@"
		fi
		"$work/old-bin/cairnctl" "\$@" $old && { [ -z "$today" ] || exec "$bin/cairnctl" "\$@" $today; }
	END
}

# journey NAME OLD ...: the journey of the release before, with today's daemons but for those named.
journey() {
	local name=$1 service
	shift
	for service in $services; do cp "$bin/cairn-$service" "$work/old/build/bin/"; done
	for service in "$@"; do cp "$work/old-bin/cairn-$service" "$work/old/build/bin/"; done
	write_ctl "$@"
	"$work/old/deploy/quickstart" --once --dir "$work/run-$name" >"$work/$name.out" 2>&1 || {
		tail -n 20 "$work/$name.out" "$work/run-$name"/log/*.log
		exit 1
	}
}

for service in $services; do
	step "$service of the release before, the others of today"
	journey "$service" "$service"
done

ctl() { "$bin/cairnctl" --dir "$dir" "$@"; }
# until_true COMMAND ...: it comes true within a minute.
until_true() {
	local deadline=$((SECONDS + 60))
	until "$@" >"$work/answer" 2>&1; do
		[ $SECONDS -lt $deadline ] || { echo "upgrade.sh: never true: $*" >&2; cat "$work/answer" >&2; exit 1; }
		read -rt 0.1 <> <(:) || true
	done
}
of() { jq -r ".$1" "$dir/journey.json"; }

step "an installation of the release before goes on today"
dir=$work/run-all
journey all $services
"$source_dir/deploy/up" --dir "$dir" --bin "$bin" --port 0
ctl status | grep "nothing waits for a person"
ctl verify
ctl follow public --until-caught-up >"$work/public"
grep -q org.cairn.credential.issued.v1 "$work/public"
ctl credential verify "$dir/credential"
id=$(jq -r .credential "$dir/journey.json")
ctl credential export "$id" --to "$work/again" >/dev/null
cmp "$dir/credential/credential.json" "$work/again/credential.json"

step "its issuance has learned the stacks and policies that were published before it knew any"
catalogue=$work/old/deploy/sample/catalogue.json
all_stacks() { [ "$(ctl stack list --json | jq '.stacks | length')" = "$(jq '.stacks | length' "$catalogue")" ]; }
until_true all_stacks
license=$(ctl educator show "$(of educator)" --json | jq -r '.license_ids[0]')
posted() { ctl ledger show "$license" --json | jq -e --arg c "$id" '.lines | any(.credential == $c)'; }
until_true posted
reread() { [ "$(grep -c "event=reread_$1 of=enrollment.0.log" "$dir/log/issuance.log")" = 1 ]; }
until_true reread done
"$source_dir/deploy/down" --dir "$dir"
"$source_dir/deploy/up" --dir "$dir" --bin "$bin" --port 0
reread start
ctl verify
"$source_dir/deploy/down" --dir "$dir"

step "a stack is awarded while notification is of the release before: its notice waits for the upgrade"
dir=$work/run-notification
cp -r "$bin" "$work/mixed"
cp "$work/old-bin/cairn-notification" "$work/mixed/"
jq '(.microcredentials[] | select(.id == "lit-101").issuer) as $issuer
	| .stacks += [.stacks[0] + {id: "st-upgrade", title: "Of one", issuer: $issuer,
		rule: {op: "all", of: [{op: "micro_credential", id: "lit-101"}]}}] | .renewal_policies = []' "$catalogue" >"$work/catalogue.json"
"$source_dir/deploy/up" --dir "$dir" --bin "$work/mixed" --port 0
ctl catalogue load "$work/catalogue.json"
award() { ctl credential list --educator "$(of educator)" --json | jq -er --arg old "$(of credential)" \
	'.credentials[] | select(.credential != $old).credential'; }
until_true award
waits() { ctl status | grep -q "notification has 1 parked event"; }
until_true waits
"$source_dir/deploy/down" --dir "$dir"
"$source_dir/deploy/up" --dir "$dir" --bin "$bin" --port 0
told() { ctl notice list --educator "$(of educator)" --json |
	jq -e '[.notices[] | select(.topic | test("credential.issued"; "i"))] | length == 2'; }
until_true told
calm() { ctl status | grep -q "nothing waits for a person"; }
until_true calm
ctl verify
"$source_dir/deploy/down" --dir "$dir"
step "all as expected"
