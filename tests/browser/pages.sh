#!/bin/bash
# Every page in a browser. usage: pages.sh SOURCE BIN SHOTS [LANGUAGE [noscript]]
set -euo pipefail
source_dir=$1 bin=$2 shots=$3
work=$(mktemp -d /tmp/cairn-pages-XXXXXX)
source "$source_dir/tests/browser/setting.sh"
trap down_all EXIT

[ -d "$source_dir/tests/browser/node_modules" ] || { echo "SKIPPED: the packages are not installed"; exit 77; }
earn "Ana Torres" ana "TN:Professional teacher license:TN-1000001:2021-09-01:2027-08-31" "$source_dir/deploy/sample/evidence/lit-101/plan.md"
account ana teacher -- --educator "$ana"
account reader assessor -- --assessor "${readers[0]}"
lead=$(of .assessor assessor add --lead)
account lead "assessor lead" -- --assessor "$lead"
account issuer issuer --
account district district -- --org "$district"
account coach coach -- --org "$district"
account agency agency --
account auditor auditor --
account operator operator --
settle
cd "$source_dir/tests/browser" && node pages.mjs "$work/setting.json" "$shots" "${@:4}"
