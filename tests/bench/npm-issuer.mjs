// How many badges a second Node signs with the npm libraries, of the kit's credential.
//
//   bin/sample_kit DIR && node tests/bench/npm-issuer.mjs DIR [COUNT]
//
// Compare with bin/bench_badge, which signs the same credential. Needs tests/interop's packages.
import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {issuerOf} from '../interop/issue.mjs';

const ROUNDS = 10;

const [dir, count = '20'] = process.argv.slice(2);
if(dir === undefined) {
  console.error('usage: node npm-issuer.mjs DIR [COUNT]');
  process.exit(2);
}
const {proof, ...credential} = JSON.parse(await readFile(join(dir, 'credential.json'), 'utf8'));
const issue = await issuerOf(credential);

for(let i = 0; i < 100; i++) { // let it compile
  await issue();
}
let best = Infinity;
for(let round = 0; round < ROUNDS; round++) {
  const start = process.cpuUsage();
  for(let i = 0; i < Number(count); i++) {
    await issue();
  }
  const {user, system} = process.cpuUsage(start); // not the wall's time, as in bench_badge
  best = Math.min(best, (user + system) / Number(count));
}
console.log(`npm issuer: ${best.toFixed(1)} us, ${(1e6 / best).toFixed(0)} /s, ` +
  `best of ${ROUNDS} rounds of ${count}`);
