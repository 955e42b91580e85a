#!/bin/sh
# certificate.sh DIR [licensed]: DIR/certificate.pdf as other people's programs see it: sound, tagged, with its language and
# a text for its figure, all fonts inside, and a QR code that leads to the address of DIR/credential.json.
# Exit code 77: not to be made here, and why.
set -eu
pdf=$1/certificate.pdf
for tool in pdfinfo pdffonts pdftoppm pdftotext zbarimg qpdf jq; do
	command -v $tool >/dev/null || { echo "SKIPPED: $tool is not installed"; exit 77; }
done
work=$(mktemp -d /tmp/cairn-certificate-XXXXXX)
trap 'rm -rf "$work"' EXIT
fail() {
	echo "FAILED: $*"
	exit 1
}

qpdf --check "$pdf" >"$work/check" 2>&1 || fail "qpdf --check: $(cat "$work/check")"
pdfinfo "$pdf" >"$work/info"
grep -q '^Tagged: *yes' "$work/info" || fail "not tagged"
grep -q "^Title: *$(jq -r .credentialSubject.achievement.name "$1/credential.json")\$" "$work/info" || fail "the title"
pdfinfo -struct-text "$pdf" >"$work/struct"
grep -q '^ *H1' "$work/struct" || fail "no H1"
grep -q '^ *Figure' "$work/struct" || fail "no Figure"
qpdf --json "$pdf" | jq -e '[.. | objects | .["/Lang"]? // empty] | any(. == "u:en-US" or . == "en-US")' >/dev/null ||
	fail "no language"
qpdf --json "$pdf" | jq -e '[.. | objects | select(.["/S"]? == "/Figure") | .["/Alt"]] | all(. != null) and length > 0' \
	>/dev/null || fail "a figure without a text"

# Name, type and encoding may have blanks: count from the end. emb sub uni object ID
pdffonts "$pdf" | awk 'NR > 2 { n++; if ($(NF - 4) != "yes") exit 1 } END { exit n == 0 }' || fail "a font is not embedded"

pdftotext -layout "$pdf" "$work/text"
order=$(grep -oE '^(Who|What|How much|When|By whom|What was assessed)$' "$work/text" | tr '\n' ' ')
[ "$order" = "Who What How much When By whom What was assessed " ] || fail "the fields stand in the order $order"

# What the license's portal asks, in its order, where one is linked; of the kit's license, all of it.
fields=$(grep -oE '^ *(State|License type|License number|Term|Units|Category)  ' "$work/text" | xargs)
[ "${2:-}" != licensed ] || [ "$fields" = "State License type License number Term Units Category" ] ||
	fail "the license's fields are $fields"
if [ "${2:-}" = licensed ]; then
	for value in TN practitioner 'ends in 7253' '2024-09-01 to 2029-08-31' '3 PDP' literacy; do
		grep -qE "^ *(State|License type|License number|Term|Units|Category)  +$value\$" "$work/text" ||
			fail "the license does not say $value"
	done
	! grep -q 000417253 "$work/text" || fail "the license's whole number is shown"
fi
case $fields in
"" | "State License type Term Units"* | "State License type License number Term Units"*) ;;
*) fail "the license's fields stand in the order $fields" ;;
esac

pdftoppm -r 150 -png "$pdf" "$work/page"
# zbarimg also fails where one of several pages has no code.
url=$(zbarimg -q --raw "$work"/page*.png 2>/dev/null || true)
did=$(jq -r .issuer.id "$1/credential.json")
host=$(echo "$did" | cut -d: -f3 | sed 's/%3A/:/')
id=$(jq -r .id "$1/credential.json")
[ "$url" = "https://$host/verify/${id#urn:uuid:}" ] || fail "the QR code leads to $url"
echo "ok  $pdf: tagged, with language, figure text and fonts, QR code to $url"
