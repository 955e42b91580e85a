#!/bin/sh
# settings_in_manual.sh is of use only if it refuses: a program with settings that its page has and has
# not, and one without a page.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
mkdir -p "$root/services/sample" "$root/bin"
cat >"$root/bin/cairn-sample" <<'END'
#!/bin/sh
cat <<'HELP'
usage: cairn-sample [name=value ...]
  listen=(required)            endpoint for commands
  map=16G                      room for the tables (64M to 1T)
  beat=1s                      between beats
  keys-dir=                    where the keys are
HELP
END
chmod +x "$root/bin/cairn-sample"
cp "$root/bin/cairn-sample" "$root/bin/cairn-nopage"
page=$root/services/sample/cairn-sample.8
{
	echo '.TH CAIRN-SAMPLE 8'
	echo '.It Cm listen Ns = Ns Ar endpoint'
	echo 'where the map= is'
	echo '.B mapped'
	printf '%s\n' '\fBkeys\-dir\fR=folder'
} >"$page"

expect() {
	if ! echo "$told" | grep -qF "$1"; then
		echo "not told: $1" >&2
		echo "$told" >&2
		exit 1
	fi
}

if told=$("$here/settings_in_manual.sh" "$root" "$root/bin/cairn-sample" "$root/bin/cairn-nopage"); then
	echo "settings_in_manual.sh let everything pass" >&2
	exit 1
fi
expect 'cairn-sample: the setting map is not in'
expect 'cairn-sample: the setting beat is not in'
expect 'cairn-nopage has no manual page'
expect '2 programs looked at, 3 faults'

printf '.B map=\n.TP\n.BR beat = time\n' >>"$page"
"$here/settings_in_manual.sh" "$root" "$root/bin/cairn-sample" >/dev/null
"$here/settings_in_manual.sh" "$root" >/dev/null # no programs yet
