// How many badges a second Node signs with the npm libraries, of the kit's credential: the median,
// by the processor's time.
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
const times = [];
for(let round = 0; round < ROUNDS; round++) {
  const start = process.cpuUsage();
  for(let i = 0; i < Number(count); i++) {
    await issue();
  }
  const {user, system} = process.cpuUsage(start); // not the wall's time, as in bench_badge
  times.push((user + system) / Number(count));
}
const median = times.sort((a, b) => a - b)[ROUNDS / 2];
console.log((1e6 / median).toFixed(1));
