#!/bin/bash
# An installation with somebody of every role, for tests in a browser: writes WORK/setting.json.
# Sourced with source_dir, bin and work set.
dir=$work/a
source "$source_dir/tests/integration/lib.sh"

"$source_dir/deploy/up" --dir "$dir" --bin "$bin" --port 0
base=http://$(cat "$dir/run/gateway.http")
people={}
# account NAME ROLES -- OPTIONS: somebody who signs in as NAME.
account() {
	local name=$1 roles=() role
	for role in $2; do roles+=(--role "$role"); done
	shift 3
	people=$(jq -c --arg n "$name" --arg p "$(of .password account add --login "$name" "${roles[@]}" "$@")" \
		'.[$n] = {login: $n, password: $p}' <<<"$people")
}
# starts NAME PATH ...: where somebody's walk begins besides the first page: what a notice or another person leads to.
starts() {
	people=$(jq -c --arg n "$1" '.[$n].start = $ARGS.positional' --args "${@:2}" <<<"$people")
}
settle() { jq -n --arg base "$base" --argjson people "$people" '{base: $base, people: $people}' >"$work/setting.json"; }
