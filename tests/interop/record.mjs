// Verifies DIR/record.json, a CLR 2.0 record, and each signed badge in it by itself with the libraries
// that others verify with, offline and in safe mode; and that a badge changed within is found.
//
//   node record.mjs DIR [NOW]
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

const CLR = 'https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json';
const [dir, now = new Date().toISOString()] = process.argv.slice(2);
if(dir === undefined) {
  console.error('usage: node record.mjs DIR [NOW]');
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
  const result = await vc.verifyCredential({
    credential, suite: new DataIntegrityProof({cryptosuite}), documentLoader, now,
    // What the status lists say of a badge is verify.mjs's question.
    checkStatus: async () => ({verified: true})
  });
  return result.verified ? null :
    (result.error?.errors ?? [result.error]).map(({message}) => message).join('; ');
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
  report(reason === null, `${badge.id} in it verifies${reason === null ? '' : `: ${reason}`}`);
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
