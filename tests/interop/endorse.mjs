// What other people's libraries say to an endorsement: as it was signed, changed, and withdrawn.
//
//   node endorse.mjs DIR NOW     DIR as endorse_kit writes it; one line per check, exit code 1: one
//                                went wrong
//
// Two verifiers, each through the script that has it: @digitalbazaar/vc with all the tamperings of
// verify.mjs, and DCC's verifier-core in a process of its own (keys.mjs).
import {execFileSync} from 'node:child_process';
import {cpSync, readFileSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';

const [dir, now] = process.argv.slice(2);
const here = dirname(fileURLToPath(import.meta.url));
const run = (script, ...words) =>
  execFileSync(process.execPath, [join(here, script), ...words], {encoding: 'utf8'});
const byDcc = kit => JSON.parse(run('keys.mjs', kit, now, 'dcc').trim().split('\n').at(-1)).why;

let failed = 0;
function report(good, line) {
  console.log(`${good ? 'ok' : 'FAILED'}  ${line}`);
  failed += good ? 0 : 1;
}

// Its exit code says whether all went well; its lines say what.
function byDigitalbazaar(kit, ...words) {
  try {
    console.log(run('verify.mjs', kit, now, ...words).trim());
  } catch(error) {
    console.log(error.stdout.trim());
    failed++;
  }
}

const signed = join(dir, 'signed'), changed = join(dir, 'changed');
cpSync(signed, changed, {recursive: true});
const credential = JSON.parse(readFileSync(join(signed, 'credential.json'), 'utf8'));
credential.credentialSubject.endorsementComment += ' And more.';
writeFileSync(join(changed, 'credential.json'), JSON.stringify(credential));

report(credential.type.includes('EndorsementCredential'), 'it is an EndorsementCredential');
byDigitalbazaar(signed);
byDigitalbazaar(join(dir, 'withdrawn'), '--revoked');
const kits = [[signed, true], [changed, false], [join(dir, 'withdrawn'), false]];
for(const [kit, expected] of kits) {
  const why = byDcc(kit);
  report((why === null) === expected,
    `verifier-core: ${kit.split('/').at(-1)} ${why === null ? 'verifies' : `refused (${why})`}`);
}
process.exitCode = failed === 0 ? 0 : 1;
