#!/bin/bash
# upgrade.sh SOURCE_DIR BIN_DIR: daemons of today beside one of a release before, in every combination, carry the
# journey of that release; then an installation of that release goes on under the daemons of today.
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

step "an installation of the release before goes on today"
dir=$work/run-all
ctl() { "$bin/cairnctl" --dir "$dir" "$@"; }
journey all $services
"$source_dir/deploy/up" --dir "$dir" --bin "$bin"
ctl status | grep "nothing waits for a person"
ctl verify
ctl follow public --until-caught-up | grep -q org.cairn.credential.issued.v1
ctl credential verify "$dir/credential"
id=$(jq -r .credential "$dir/journey.json")
ctl credential export "$id" --to "$work/again" >/dev/null
cmp "$dir/credential/credential.json" "$work/again/credential.json"
"$source_dir/deploy/down" --dir "$dir"
step "all as expected"
