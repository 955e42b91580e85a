// Verifies DIR/credential.json with the libraries that others verify with, offline and in safe
// mode, and shows that each of a list of tamperings fails.
//
//   node verify.mjs DIR [NOW]
//
// The documents that a verifier fetches lie in DIR/docs/HOST/PATH. NOW (an ISO 8601 time) stands
// in for the clock. Where docs has the status list that the credential names, that one is asked, too.
// One line per check; exit code 1 if one went wrong. With --revoked, the credential must be refused,
// and for its status alone.
import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import * as Ed25519Multikey from '@digitalbazaar/ed25519-multikey';
import {cryptosuite} from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import * as vc from '@digitalbazaar/vc';
import {kitLoader} from './loader.mjs';
import {reasonOf, statusChecker} from './status.mjs';

const revoked = process.argv.includes('--revoked');
const [dir, now = new Date().toISOString()] =
  process.argv.slice(2).filter(word => word !== '--revoked');
if(dir === undefined) {
  console.error('usage: node verify.mjs DIR [NOW]');
  process.exit(2);
}
const docs = join(dir, 'docs');
const credential = JSON.parse(await readFile(join(dir, 'credential.json'), 'utf8'));

// True where the list that the credential names is among the documents.
async function hasList() {
  const url = credential.credentialStatus?.statusListCredential;
  try {
    return url !== undefined && Boolean(await kitLoader(docs)(url));
  } catch {
    return false;
  }
}
const asksStatus = await hasList();

// null if the credential verifies, else why not.
async function whyNot(document, change) {
  const suite = new DataIntegrityProof({cryptosuite});
  try {
    const result = await vc.verifyCredential({
      credential: document, suite, documentLoader: kitLoader(docs, change), now,
      ...(asksStatus ? {checkStatus: statusChecker(suite, kitLoader(docs, change))} : {})
    });
    return result.verified ? null : reasonOf(result.error ?? result.statusResult?.error);
  } catch(error) {
    return reasonOf(error);
  }
}

function replaceDeep(value, from, to) {
  return JSON.parse(JSON.stringify(value).replaceAll(from, to));
}

const otherKey = await Ed25519Multikey.generate();
const proofOf = document => [document.proof].flat()[0];
const oneSecond = time => new Date(Date.parse(time) + 1000).toISOString().replace('.000Z', 'Z');

// name, a change of the credential, a change of what is served. A change that returns false does
// not apply to this credential.
const tamperings = [
  ['the name changed', c => { c.name += '!'; }],
  ['the achievement\'s name changed', c => {
    if(c.credentialSubject.achievement === undefined) {
      return false;
    }
    c.credentialSubject.achievement.name += '!';
  }],
  ['the endorsement\'s words changed', c => {
    if(c.credentialSubject.endorsementComment === undefined) {
      return false;
    }
    c.credentialSubject.endorsementComment += ' And more.';
  }],
  ['the level of a result changed', c => {
    const [result] = [c.credentialSubject.result ?? []].flat();
    if(result === undefined) {
      return false;
    }
    result.achievedLevel += 'x';
  }],
  ['a result dropped', c => {
    if(!c.credentialSubject.result?.length) {
      return false;
    }
    c.credentialSubject.result.pop();
  }],
  ['the recipient changed', c => {
    const [identity] = [c.credentialSubject.identifier ?? []].flat();
    if(identity === undefined) {
      c.credentialSubject.id += 'x';
    } else {
      identity.identityHash = identity.identityHash.replace(/.$/, last => last === '0' ? '1' : '0');
    }
  }],
  ['validFrom changed', c => { c.validFrom = oneSecond(c.validFrom); }],
  ['validUntil dropped', c => c.validUntil === undefined ? false : delete c.validUntil],
  ['the proof\'s value changed', c => {
    const proof = proofOf(c);
    proof.proofValue = proof.proofValue.replace(/.$/, last => last === '2' ? '3' : '2');
  }],
  ['the proof\'s time changed', c => { proofOf(c).created = oneSecond(proofOf(c).created); }],
  ['the proof dropped', c => delete c.proof],
  ['an undefined term added', c => { c.colour = 'red'; }],
  ['a term added where its type is not', c => { c.credentialSubject.email = 'a@b.example'; }],
  ['the issuer changed', c => { c.issuer.id += 'x'; }],
  ['the key swapped under its id', () => {}, d => {
    for(const method of d.verificationMethod) {
      method.publicKeyMultibase = otherKey.publicKeyMultibase;
    }
    return d;
  }],
  ['the key and its id swapped', c => {
    proofOf(c).verificationMethod =
      proofOf(c).verificationMethod.replace(/#.*/, '#' + otherKey.publicKeyMultibase);
  }, d => {
    const [, old] = proofOf(credential).verificationMethod.split('#');
    return replaceDeep(d, old, otherKey.publicKeyMultibase);
  }],
  ['the key withdrawn', () => {}, d => ({...d, assertionMethod: []})]
];

let failed = 0, passed = 0;
function report(good, line) {
  console.log(`${good ? 'ok' : 'FAILED'}  ${line}`);
  good ? passed++ : failed++;
}

if(revoked) {
  const why = await whyNot(credential);
  report(asksStatus && why?.includes('the status list says: revocation'), `the revoked credential is refused (${why})`);
  delete credential.credentialStatus;
  report(await whyNot(credential) !== null, 'and not accepted when its status is cut out');
  process.exit(failed === 0 ? 0 : 1);
}
const reason = await whyNot(credential);
report(reason === null, `the credential verifies${asksStatus ? ', its status list too' : ''}${reason === null ? '' : `: ${reason}`}`);
for(const [name, change, changeServed] of tamperings) {
  const copy = structuredClone(credential);
  if(change(copy) === false) {
    continue;
  }
  const why = await whyNot(copy, changeServed);
  report(why !== null, `${name}: ${why === null ? 'VERIFIES ALL THE SAME' : `refused (${why})`}`);
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
