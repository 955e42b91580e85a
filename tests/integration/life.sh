#!/bin/bash
# life.sh SOURCE_DIR BIN_DIR: what an operator does with a credential, its keys, its ledger, its stacks and the log of it
# all, by cairnctl against real daemons: each command once as it should be, and once as it should not.
set -euo pipefail
source_dir=$1
bin=$2
work=$(mktemp -d /tmp/cairn-life-XXXXXX)
dir=$work/a
. "$(dirname "$0")/lib.sh"
trap down_all EXIT

step "a teacher earns a credential"
"$source_dir/deploy/up" --dir "$dir" --bin "$bin" --port 0
earn "Ana Torres" ana TN:Professional:4711:$license_term "$source_dir/deploy/sample/evidence/lit-101/plan.md"
license=$(of '.license_ids[0]' educator show "$ana")
olga=$(fresh_id) pavel=$(fresh_id) nobody=$(fresh_id)
state() { of .state credential show "$1"; }
is() { [ "$(state "$1")" = "$2" ] || fail "$1 is $(state "$1"), not $2"; }

step "credential suspend, reinstate"
exits 1 "reason: under_review, earner_request or legal_order" credential suspend "$earned" --reason issued-in-error
exits 0 "" credential suspend "$earned" --reason under-review --by "$olga"
is "$earned" suspended
exits 1 "cannot be suspended" credential suspend "$earned" --reason under-review
exits 0 "" credential reinstate "$earned" --by "$olga"
is "$earned" issued
exits 1 "cannot be reinstated" credential reinstate "$earned"
exits 1 "no such credential" credential reinstate "$nobody"

step "credential propose, confirm, withdraw, revoke"
exits 2 "by" credential propose "$earned" --reason duplicate
exits 1 "no revocation of it is proposed" credential confirm "$earned" --by "$pavel"
exits 1 "no revocation of it is proposed" credential withdraw "$earned"
exits 0 "" credential propose "$earned" --reason duplicate --by "$olga"
exits 1 "waits for a second person" credential propose "$earned" --reason duplicate --by "$pavel"
exits 1 "who proposed it cannot confirm it" credential confirm "$earned" --by "$olga"
exits 0 "" credential withdraw "$earned" --by "$pavel"
is "$earned" issued
ctl credential propose "$earned" --reason duplicate --by "$olga" >/dev/null
exits 0 "" credential confirm "$earned" --by "$pavel"
is "$earned" revoked
exits 1 "cannot be revoked" credential revoke "$earned" --reason duplicate --by "$olga" --second "$pavel"

step "credential reverse, correct"
renewed=$(of .renewed credential reverse "$earned" --by "$olga")
is "$renewed" issued
exits 1 "reversed before" credential reverse "$earned"
exits 1 "not known of this entry" credential correct "$renewed" --version 99
corrected=$(of .corrected credential correct "$renewed" --by "$olga")
is "$renewed" superseded
is "$corrected" issued
exits 1 "cannot be corrected" credential correct "$renewed"

step "credential history, lists, share, held, issue, list"
history=$(of '[.steps[].event] | join(" ")' credential history "$earned")
[ "$history" = "credential_issued credential_suspended credential_reinstated revocation_proposed proposal_withdrawn revocation_proposed credential_revoked revocation_reversed" ] || fail "its history is: $history"
of '.steps[] | select(.event == "credential_revoked") | .by, .second' credential history "$earned" | cmp - <(printf '%s\n' "$olga" "$pavel") ||
	fail "not told who decided it"
exits 1 "no such credential" credential history "$nobody"
[ "$(of '.lists | length' credential lists --issuer larkspur-rsa)" = 1 ] || fail "not one list"
exits 1 "issuer: not known" credential lists --issuer no-such-issuer
exits 0 "linkedin.com" credential share "$corrected"
exits 1 "no such credential" credential share "$nobody"
exits 1 "begins with https" credential share "$corrected" --verify-url ftp://example.org
exits 0 "" credential held
exits 1 "no such credential is held" credential issue "$corrected"

step "ledger"
balance() { of .balance ledger show "$license"; }
before=$(balance)
[ "$before" -gt 250 ] || fail "the balance is $before"
exits 1 "no such license" ledger show "$nobody"
posting=$(of '[.lines[] | select(.kind == "credit")][-1].posting' ledger show "$license")
exits 0 "" ledger evaluate --license "$license"
exits 2 "either --license" ledger evaluate
exits 0 "" ledger preview "$license" --state TX
exits 1 "no renewal policy of ZZ" ledger preview "$license" --state ZZ
exits 0 "" ledger record "$license"
exits 1 "license" ledger record "$nobody"
[ "$(of '.evaluations | length' ledger recorded "$license")" = 1 ] || fail "not one evaluation is kept"
exits 1 "license" ledger recorded "$nobody"
exits 0 "" ledger adjust "$license" --units=-2.5 --because "counted twice"
[ "$(balance)" = $((before - 250)) ] || fail "the balance is $(balance)"
exits 2 "two decimals" ledger adjust "$license" --units=1.234 --because "too fine"
exits 0 "" ledger acknowledge "$posting" --reference TN-1
exits 1 "posting" ledger acknowledge "$nobody"
exits 0 "" ledger dispute "$posting" --because "not on our list"
exits 1 "posting" ledger dispute "$nobody" --because "not on our list"
exits 0 "" ledger correct "$posting" --prior-approval
exits 1 "posting" ledger correct "$nobody" --prior-approval

step "stack"
until_true sh -c "'$bin/cairnctl' --dir '$dir' stack progress | grep -q finished"
exits 0 "Structured Literacy" stack list
exits 0 "all of" stack show ST-Structured-Literacy
exits 1 "no such stack" stack show st-none
exits 0 "finished" stack progress
exits 0 "" educator stacks "$ana"
exits 2 "UUID\|expected" educator stacks ana
exits 1 "educator: not known" educator stacks "$nobody"

step "proof"
until_true sh -c "'$bin/cairnctl' --dir '$dir' proof checkpoint --to '$work/older' >/dev/null 2>&1"
verifier=$(of .verifier proof checkpoint)
exits 4 "not signed by" proof checkpoint --verifier "${verifier%?}A"
exits 0 "is in the log\|awaits" proof inclusion "$earned"
exits 1 "credential" proof inclusion "$nobody"
exits 4 "no leaf" proof inclusion "$earned" --file "$work/older"
exits 0 "continues" proof consistency --older "$work/older" --verifier "$verifier"
echo "no note" >"$work/none"
exits 4 "no checkpoint" proof consistency --older "$work/none" --verifier "$verifier"
[ "$(of '.leaves | length' proof leaves --limit 2)" = 2 ] || fail "not two leaves"
exits 2 "number\|count\|expected" proof leaves --limit many

step "keys"
exits 0 "larkspur-rsa" keys list
exits 1 "HAS_KEY" keys add larkspur-rsa
exits 1 "issuer" keys add no-such-issuer
exits 1 "issuer" keys show no-such-issuer
exits 2 "because" keys rotate larkspur-rsa
exits 1 "key" keys revoke larkspur-rsa zNoKey --because "a test"
exits 2 "KEY is expected" keys reissue
exits 1 "no issuer has a key of that name" keys reissue zNoKey
exits 0 "no reissue" keys reissue --status
exits 0 "" keys erased
exits 0 "tables equal" verify
echo "life.sh: all as expected"
