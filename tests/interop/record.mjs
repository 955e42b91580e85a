// Verifies DIR/record.json, a CLR 2.0 record, and each signed badge in it by itself with the libraries
// that others verify with, offline and in safe mode, the status lists that badges name included; and
// that a badge changed within is found. With --revoked, each badge must be refused, and for its status
// alone; the record itself still says what was true when it was signed.
//
//   node record.mjs DIR [NOW] [--revoked]
//
// No package has the context of CLR, so it is read from CAIRN_SPEC_DIR (default ../shared/spec beside the
// source tree). Exit code 77: it is not there.
import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import {cryptosuite} from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import * as vc from '@digitalbazaar/vc';
import {kitLoader} from './loader.mjs';
import {isAsExpected, reasonOf, statusChecker} from './status.mjs';

const CLR = 'https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json';
const revoked = process.argv.includes('--revoked');
const [dir, now = new Date().toISOString()] =
  process.argv.slice(2).filter(word => word !== '--revoked');
if(dir === undefined) {
  console.error('usage: node record.mjs DIR [NOW] [--revoked]');
  process.exit(2);
}
const spec = process.env.CAIRN_SPEC_DIR ?? fileURLToPath(new URL('../../../shared/spec', import.meta.url));
const context = await readFile(join(spec, 'contexts/clr-v2p0-context-2.0.1.json'), 'utf8')
  .catch(() => null);
if(context === null) {
  console.log(`SKIPPED: no CLR context in ${spec}`);
  process.exit(77);
}
const record = JSON.parse(await readFile(join(dir, 'record.json'), 'utf8'));
const fromKit = kitLoader(join(dir, 'docs'));

async function documentLoader(url) {
  return url === CLR ?
    {contextUrl: null, documentUrl: url, document: JSON.parse(context), tag: 'static'} :
    fromKit(url);
}

// null if the credential verifies, else why not.
async function whyNot(credential) {
  const suite = new DataIntegrityProof({cryptosuite});
  const result = await vc.verifyCredential({
    credential, suite, documentLoader, now, checkStatus: statusChecker(suite, documentLoader)
  });
  return result.verified ? null : reasonOf(result.error ?? result.statusResult?.error);
}

let failed = 0;
function report(good, line) {
  console.log(`${good ? 'ok' : 'FAILED'}  ${line}`);
  failed += good ? 0 : 1;
}

const badges = record.credentialSubject.verifiableCredential;
const why = await whyNot(record);
report(why === null, `the record of ${badges.length} verifies${why === null ? '' : `: ${why}`}`);
report(record.type.includes('ClrCredential'), 'it is a ClrCredential');
for(const badge of badges) {
  const reason = await whyNot(badge);
  report(isAsExpected(reason, revoked),
    `${badge.id} in it: ${reason === null ? 'verifies' : `refused (${reason})`}`);
}
for(const [name, change] of [
  ['the name of a badge within changed', badge => { badge.name += '!'; }],
  ['the proof of a badge within changed', badge => {
    badge.proof[0].proofValue = badge.proof[0].proofValue.replace(/.$/, last => last === '2' ? '3' : '2');
  }],
  ['the proof of a badge within dropped', badge => { delete badge.proof; }]
]) {
  const copy = structuredClone(record);
  change(copy.credentialSubject.verifiableCredential[0]);
  const reason = await whyNot(copy);
  report(reason !== null, `${name}: ${reason === null ? 'VERIFIES ALL THE SAME' : 'refused'}`);
}
process.exitCode = failed === 0 ? 0 : 1;
