#!/bin/bash
# Every page in a browser. usage: pages.sh SOURCE BIN SHOTS [LANGUAGE [noscript]]
set -euo pipefail
source_dir=$1 bin=$2 shots=$3
work=$(mktemp -d /tmp/cairn-pages-XXXXXX)
source "$source_dir/tests/browser/setting.sh"
trap down_all EXIT

[ -d "$source_dir/tests/browser/node_modules" ] || { echo "SKIPPED: the packages are not installed"; exit 77; }
sample=$source_dir/deploy/sample/evidence/lit-101
# plan_of NAME: a lesson plan that is nobody else's.
plan_of() {
	{ echo "# $1"; tac "$sample/plan.md"; } >"$work/$1.md"
	echo "$work/$1.md"
}
earn "Ana Torres" ana "TN:Professional teacher license:TN-1000001:$license_term" "$sample/plan.md"
teacher=$ana sealed=$submission
ctl credential link "$earned" --with-name --until "$(date -d '+1 year' +%F)" >/dev/null
link=/s/$(of '.shares[0].token' credential links --educator "$ana")
# Bea goes on writing; of Cal's work two readers differ; Dee's is being read.
join "Bea Silva" bea
bea=$educator
enrollment=$(until_heard of .enrollment enroll --educator "$bea" --code LIT-101)
add_evidence e1 "$(plan_of bea)" >/dev/null
writing=$enrollment
join "Cal Reed" cal
seal_work "$(plan_of cal)"
disputed=$submission
read_all "${readers[0]}" yes "Your routines are clear, and brief."
read_all "${readers[1]}" almost "$(cat "$sample/f1.txt")"
join "Dee Moss" dee
seal_work "$(plan_of dee)"
reading=$(until_heard of .reading assess next --assessor "${readers[2]}")
until_heard ctl assess open "$reading" --assessor "${readers[2]}" >/dev/null
lead=$(of .assessor assessor add --lead)
until_heard ctl assessor qualify "$lead" --code LIT-101 --until "$(date -d '+1 year' +%F)" >/dev/null
until_heard ctl assess disputed "$disputed" --assessor "$lead" >/dev/null

account ana teacher -- --educator "$teacher"
starts ana /home "/submissions/$sealed" "/submissions/$sealed/feedback"
account bea teacher -- --educator "$bea"
starts bea /home "/enrollments/$writing" "/enrollments/$writing/seal"
account reader assessor -- --assessor "${readers[2]}"
starts reader /readings "/readings/$reading" /seat/LIT-101 /reports/agreement/LIT-101
account lead "assessor lead" -- --assessor "$lead"
starts lead /readings /adjudications "/adjudications/$disputed" "/seats/weak?assessor=${readers[0]}&code=LIT-101"
account issuer issuer --
starts issuer / "/office/credentials/$earned"
account district district -- --org "$district"
account coach coach -- --org "$district"
account agency agency --
account auditor auditor --
account operator operator --
starts operator / /office/accounts "/sign-in/again?next=/account"
entry=$(of '.entry | "\(.entry)/\(.version)"' catalogue show LIT-101)
people=$(jq -c --arg link "$link" --arg achievement "/achievements/$entry" --arg credential "/v/$earned" \
	'.visitor = {start: ["/", "/verify", "/sign-in", $achievement, $credential, $link]}' <<<"$people")
settle
cd "$source_dir/tests/browser" && node pages.mjs "$work/setting.json" "$shots" "${@:4}"
