#!/bin/sh
# ctl_manual_refuses.sh CHECK PAGE: the check refuses a page that lacks an option or a command, or has one too
# many.
set -eu
check=$1
page=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

"$check" "$page" >/dev/null
refused() { # WHAT
	if "$check" "$work/page" >"$work/out"; then
		echo "not refused: $1"
		exit 1
	fi
}
sed '/^\.It Fl -student-data/,+1d' "$page" >"$work/page"
refused "an option that is missing"
sed 's/^\.It Cm evidence seal.*/.It Cm evidence sealed/' "$page" >"$work/page"
refused "a command that is missing"
sed 's/^\.It Fl -own-work/&\n.It Fl -not-an-option/' "$page" >"$work/page"
refused "an option that is none"
echo "three pages refused"
