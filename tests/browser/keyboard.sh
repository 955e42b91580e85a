#!/bin/bash
# A teacher's and an assessor's work with a keyboard only. usage: keyboard.sh SOURCE BIN SHOTS
set -euo pipefail
source_dir=$1 bin=$2 shots=$3
work=$(mktemp -d /tmp/cairn-keyboard-XXXXXX)
source "$source_dir/tests/browser/setting.sh"
trap down_all EXIT

[ -d "$source_dir/tests/browser/node_modules" ] || { echo "SKIPPED: the packages are not installed"; exit 77; }
open_school
add_readers 1
join "Ana Torres" ana
account ana teacher -- --educator "$educator"
account reader assessor -- --assessor "${readers[0]}"
settle
cd "$source_dir/tests/browser" && node keyboard.mjs "$work/setting.json" "$shots" "$source_dir/deploy/sample/evidence/lit-101"
