#!/bin/bash
# A whole journey in browsers. usage: journey.sh SOURCE BIN SHOTS
set -euo pipefail
source_dir=$1 bin=$2 shots=$3
work=$(mktemp -d /tmp/cairn-browser-XXXXXX)
source "$source_dir/tests/browser/setting.sh"
trap down_all EXIT

[ -d "$source_dir/tests/browser/node_modules" ] || { echo "SKIPPED: the packages are not installed"; exit 77; }
open_school
add_readers 2
join "Ana Torres" ana --license "TN:Professional teacher license:TN-1000001:$license_term"
account ana teacher -- --educator "$educator"
account reader1 assessor -- --assessor "${readers[0]}"
account reader2 assessor -- --assessor "${readers[1]}"
lead=$(of .assessor assessor add --lead)
until_heard ctl assessor qualify "$lead" --code LIT-101 --until "$(date -d '+1 year' +%F)" >/dev/null
account lead "assessor lead" -- --assessor "$lead"
settle
cd "$source_dir/tests/browser" && node journey.mjs "$work/setting.json" "$shots" "$source_dir/deploy/sample/evidence/lit-101"
