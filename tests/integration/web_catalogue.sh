#!/bin/bash
# web_catalogue.sh SOURCE_DIR BIN_DIR: the catalogue over HTTP from real daemons: search and its counts as page and as JSON,
# paging by links, a micro-credential in a state, the language that was chosen, and what is not there.
set -euo pipefail
source_dir=$1
bin=$2
work=$(mktemp -d /tmp/cairn-webcat-XXXXXX)
dir=$work/a
. "$(dirname "$0")/lib.sh"
trap down_all EXIT

step "the sample catalogue is published"
"$source_dir/deploy/up" --dir "$dir" --bin "$bin" enrollment issuance
ctl catalogue load "$source_dir"/deploy/sample/*.json >/dev/null
"$source_dir/deploy/up" --dir "$dir" --bin "$bin" --set http=127.0.0.1:0 gateway
base=http://$(cat "$dir/run/gateway.http")

# get STATUS PATH OPTION ...: the body is in $work/body, the headers in $work/head.
get() {
	local want=$1 path=$2 got
	shift 2
	got=$(curl -sS -o "$work/body" -D "$work/head" -w '%{http_code}' "$@" "$base$path")
	[ "$got" = "$want" ] || fail "$path: $got, not $want: $(head -c 400 "$work/body")"
}
json() { get "$1" "$2" -H 'Accept: application/json' "${@:3}"; }
body() { jq -r "$1" "$work/body"; }
is() { [ "$(body "$1")" = "$2" ] || fail "$1 is $(body "$1"), not $2"; }
says() { grep -qF -- "$1" "$work/${2:-body}" || fail "does not say \"$1\": $(head -c 600 "$work/${2:-body}")"; }

step "a search answers a page or JSON by Accept, with counts"
get 200 '/catalogue?q=phonemic' -H 'Accept: text/html'
says 'Phonemic Awareness Routines'
says 'value="phonemic"'
json 200 '/catalogue?q=phonemic&topic=literacy'
is .total 1
is '.entries[0].code' LIT-101
is '.facets[] | select(.name == "topic") | .choices[] | select(.chosen) | .value' literacy
[ "$(body 'has("csrf") or has("w")')" = false ] || fail "the layout's members are in the JSON"
json 200 '/catalogue?hours=8&language=es'
[ "$(body '[.entries[].hours_typical] | max')" -le 8 ] || fail "more than 8 hours"
json 200 '/catalogue?q=zymurgy'
is .total 0
json 400 "/catalogue?q=$(seq -s+ 1 30)"

step "pages follow one another by their links"
next='/catalogue?limit=15' seen=0 pages=0
while [ -n "$next" ]; do
	json 200 "$next"
	seen=$((seen + $(body '.entries | length')))
	pages=$((pages + 1))
	next=$(body '.next // ""')
	[ -z "$next" ] || says 'rel="next"' head
done
[ "$seen $pages" = "$(body .total) 3" ] || fail "$seen in $pages pages"

step "a micro-credential tells its rubric, and what it counts for in a state"
json 200 '/catalogue/LIT-101?state=TN'
is '.counts[0].units_hundredths' 600
is '.rubric.rows | length' 3
get 200 '/catalogue/lit-101?state=MA' -H 'Accept: text/html'
says 'The rubric'
says 'Counts as 12 '
json 404 /catalogue/LIT-999
is .code not_found

step "a renewal policy that changes is what the next page tells"
python3 - "$source_dir/deploy/sample/catalogue.json" >"$work/catalogue.json" <<-'END'
	import json, sys
	catalogue = json.load(open(sys.argv[1]))
	for policy in catalogue["renewal_policies"]:
	    if policy["state"] == "TN":
	        policy["version"], policy["conversion"]["micro_credential_units"] = 2, 7
	json.dump(catalogue, sys.stdout)
END
ctl catalogue load "$work/catalogue.json" >/dev/null
json 200 '/catalogue/LIT-101?state=TN'
is '.counts[0].units_hundredths' 700

step "a language that was chosen stays chosen"
get 200 '/catalogue?lang=es' -c "$work/jar" -H 'Accept: text/html'
says '<html lang="es">'
get 200 / -b "$work/jar" -H 'Accept: text/html'
says '<html lang="es">'
get 404 /catalogue/LIT-999 -b "$work/jar" -H 'Accept: text/html'
says 'Aquí no hay nada'

step "each page is dressed from here, and small"
for path in / /catalogue /catalogue/LIT-101 /stories /accessibility /privacy; do
	get 200 "$path" -H 'Accept: text/html'
	[ "$(wc -c <"$work/body")" -lt 100000 ] || fail "$path is large"
	! grep -qE '(src|href)="(https?:)?//' <(grep -E '<(link|script|img)' "$work/body") || fail "$path fetches from elsewhere"
	! grep -qE '<script|style=' "$work/body" || fail "$path has a script or a style"
done
sheet=$(grep -o '/assets/[^"]*cairn.css' "$work/body")
get 200 "$sheet"
says immutable head

echo "all as it should be"
