#!/bin/sh
# settings_in_manual.sh SOURCE_DIR PROGRAM...
#
# Each setting that --help lists ("  name=default   what it is") stands in the program's manual page,
# services/NAME/cairn-NAME.8 (cairnctl: services/ctl/cairnctl.1), as a word in a line that starts with a
# macro, or in bold.
set -eu

source_dir=$1
shift
n_missing=0
for program in "$@"; do
	name=$(basename "$program")
	case $name in
	cairnctl) page=$source_dir/services/ctl/cairnctl.1 ;;
	*) page=$source_dir/services/${name#cairn-}/$name.8 ;;
	esac
	if [ ! -e "$page" ]; then
		echo "$name has no manual page $page"
		n_missing=$((n_missing + 1))
		continue
	fi
	if [ ! -x "$program" ]; then
		echo "$name is not built"
		n_missing=$((n_missing + 1))
		continue
	fi
	if ! help=$("$program" --help); then
		echo "$name --help fails"
		n_missing=$((n_missing + 1))
		continue
	fi
	settings=$(printf '%s\n' "$help" | sed -n 's/^  \([a-z][a-z0-9_-]*\)=.*/\1/p')
	if [ -z "$settings" ] && [ "$name" != cairnctl ]; then
		echo "$name --help lists no settings"
		n_missing=$((n_missing + 1))
	fi
	for setting in $settings; do
		# A page may write a hyphen as \-.
		if ! sed 's/\\-/-/g' "$page" |
			grep -qE "^\.[A-Z][A-Za-z]* (.*[ \"])?$setting([ =\"].*)?\$|\\\\fB$setting(=|\\\\f)"; then
			echo "$name: the setting $setting is not in $page"
			n_missing=$((n_missing + 1))
		fi
	done
done
echo "$# programs looked at, $n_missing faults"
[ "$n_missing" -eq 0 ]
