// Compares the canonical N-Quads of Cairn with those of jsonld.js and rdf-canonize, byte for byte.
//
//   node canon.mjs PROGRAM SEED COUNT
//
// PROGRAM (random_badges) prints COUNT lines of JSON: {"document", "nquads" or "fault",
// "same_in_utf16"}. A document refused here for the work it takes must be refused there; all
// others must have the same text, unless it is said that UTF-16 sorting differs.
import {spawn} from 'node:child_process';
import {createInterface} from 'node:readline';
import jsonld from 'jsonld';
import {loadContext} from './loader.mjs';

const [program, seed = '1', count = '2000'] = process.argv.slice(2);
const child = spawn(program, [seed, count], {stdio: ['ignore', 'pipe', 'inherit']});
const ended = new Promise(resolve => child.on('close', resolve));

const options = {
  algorithm: 'RDFC-1.0', format: 'application/n-quads', base: null, safe: true,
  rdfDirection: 'i18n-datatype', documentLoader: async url => loadContext(url)
};

async function canonize(document) {
  try {
    return {text: await jsonld.canonize(document, options)};
  } catch(error) {
    const event = error.details?.event;
    return {error: event === undefined ? error.message :
      `${event.code} ${JSON.stringify(event.details)}`};
  }
}

function firstDifference(ours, theirs) {
  const a = ours.split('\n'), b = theirs.split('\n');
  const at = a.findIndex((line, i) => line !== b[i]);
  return `line ${at + 1}\n  ours:   ${a[at]}\n  theirs: ${b[at]}`;
}

const counts = {equal: 0, refused: 0, sorted: 0, failed: 0, quads: 0, longest: 0};
let number = 0;
for await (const line of createInterface({input: child.stdout})) {
  const {document, nquads, fault, same_in_utf16: same} = JSON.parse(line);
  const theirs = await canonize(document);
  number++;
  if(fault !== undefined) {
    if(/deep iterations/.test(theirs.error)) {
      counts.refused++;
      continue;
    }
  } else if(theirs.text === nquads) {
    const quads = nquads.split('\n').length - 1;
    counts.equal++;
    counts.quads += quads;
    counts.longest = Math.max(counts.longest, quads);
    continue;
  } else if(!same && theirs.text !== undefined) {
    counts.sorted++;
    continue;
  }
  counts.failed++;
  if(counts.failed <= 5) {
    console.log(`FAILED  document ${number} of seed ${seed}: ` + (fault ?? theirs.error ??
      firstDifference(nquads, theirs.text)));
    console.log(JSON.stringify(document));
  }
}
const code = await ended;
console.log(`${number} documents: ${counts.equal} equal (${counts.quads} quads, at most ` +
  `${counts.longest}), ${counts.refused} refused by both, ${counts.sorted} sorted otherwise by ` +
  `UTF-16 as told`);
console.log(`${number - counts.failed} passed, ${counts.failed} failed`);
process.exitCode = code === 0 && counts.failed === 0 && number === Number(count) ? 0 : 1;
