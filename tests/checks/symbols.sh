#!/bin/sh
# symbols.sh SOURCE_DIR BUILD_DIR
#
# Rules must give the same for the same input: no clock, no random bytes, no environment, no files or
# sockets, no memory that outlives the batch. This looks at what the compiled rules of each service use:
#
#   decide*.o, follow*.o   scopes all, decide
#   apply*.o               all, apply: so neither seals, signs nor makes ids
#   query*.o               all, query
#   what those reach       all, helper, apply, and decide or query, as what reached it has them
#
# of symbols.allowed. Symbols of the service's own files are allowed, and those files are looked at in
# turn, but apply uses nothing of the files that judge. One line for each symbol that is not allowed; exit
# 1 if there is one.
set -eu

source_dir=$1
build_dir=$2
allowed=$(dirname "$0")/symbols.allowed
list=$(mktemp)
trap 'rm -f "$list"' EXIT

for service in enrollment evidence assessment issuance notification gateway; do
	objects=$build_dir/CMakeFiles/$service.dir/services/$service
	for file in "$source_dir/services/$service"/*.c "$source_dir/services/$service"/*/*.c; do
		name=${file#"$source_dir/services/$service/"}
		name=${name%.c}
		if [ ! -e "$file" ] || [ "$name" = main ]; then
			continue
		fi
		if [ ! -e "$objects/$name.c.o" ]; then
			case $name in
			decide* | follow* | apply* | query*)
				echo "$service/$name.o is not built" >&2
				exit 1
				;;
			esac
			continue
		fi
		nm -P "$objects/$name.c.o" |
			awk -v object="$service/$name" '{ print object, $1, $2 }' >>"$list"
	done
done

awk '
FILENAME == ARGV[1] {
	if ($1 == "capability")
		capability[$2] = 1
	else if ($1 !~ /^#/ && NF == 2)
		pattern[$1] = pattern[$1] (pattern[$1] == "" ? "" : "|") $2
	next
}
{
	split($1, part, "/")
	object = $1; service = part[1]; symbol = $2
	objects[object] = service
	if ($3 == "U" || $3 == "w" || $3 == "v")
		uses[object] = uses[object] " " symbol
	else if ($3 ~ /^[A-Z]$/)
		owner[service, symbol] = object
}

function is_in(symbol, scope) {
	return pattern[scope] != "" && symbol ~ ("^(" pattern[scope] ")$")
}

function may_use(symbol, role, helper) {
	if (is_in(symbol, "all") || is_in(symbol, role))
		return 1
	return helper && (is_in(symbol, "helper") || is_in(symbol, "apply"))
}

function role_of(object,    part) {
	split(object, part, "/")
	if (part[2] ~ /^(decide|follow)/)
		return "decide"
	if (part[2] ~ /^(apply|query)/)
		return substr(part[2], 1, 5)
	return ""
}

function report(object, symbol, role, from) {
	printf "%s.o uses %s, which is not allowed in %s%s\n", object, symbol, role,
	       from == "" ? "" : " (reached from " from ".o)"
	n_bad++
}

# from: the file that reached this one, or none for a file of rules. Those are looked at for their own
# sake, more strictly than what they reach.
function look_at(object, role, from,    list, n, i, symbol, other) {
	if ((object, role) in seen || object in capability)
		return
	seen[object, role] = 1
	n_looked++
	n = split(uses[object], list, " ")
	for (i = 1; i <= n; i++) {
		symbol = list[i]
		other = owner[objects[object], symbol]
		if (other == "") {
			if (!may_use(symbol, role, from != ""))
				report(object, symbol, role, from)
		} else if (role_of(other) == "") {
			look_at(other, role, object)
		} else if (role == "apply" && role_of(other) != "apply") {
			report(object, symbol, role, from)
		}
	}
}

END {
	for (object in objects)
		if (role_of(object) != "")
			look_at(object, role_of(object), "")
	printf "%d files looked at, %d symbols not allowed\n", n_looked, n_bad
	exit n_bad > 0
}
' "$allowed" "$list"
