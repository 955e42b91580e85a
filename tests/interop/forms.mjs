// Reads the credentials out of DIR/badge.png and DIR/badge.svg with other people's libraries: they
// are DIR/credential.json, and verify, the status list that they name included. With --revoked, they
// must be refused, and for their status alone.
//
//   node forms.mjs DIR [NOW] [--revoked]
import {createReadStream} from 'node:fs';
import {readFile} from 'node:fs/promises';
import {isDeepStrictEqual} from 'node:util';
import {execFileSync} from 'node:child_process';
import {join} from 'node:path';
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import {cryptosuite} from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import * as vc from '@digitalbazaar/vc';
import {DOMParser} from '@xmldom/xmldom';
import extractChunks from 'png-chunks-extract';
import pngItxt from 'png-itxt';
import {kitLoader} from './loader.mjs';
import {isAsExpected, reasonOf, statusChecker} from './status.mjs';

const revoked = process.argv.includes('--revoked');
const [dir, now = new Date().toISOString()] =
  process.argv.slice(2).filter(word => word !== '--revoked');
if(dir === undefined) {
  console.error('usage: node forms.mjs DIR [NOW] [--revoked]');
  process.exit(2);
}
const png = join(dir, 'badge.png'), svg = join(dir, 'badge.svg');
const credential = JSON.parse(await readFile(join(dir, 'credential.json'), 'utf8'));

let failed = 0;
function report(good, line) {
  console.log(`${good ? 'ok' : 'FAILED'}  ${line}`);
  failed += good ? 0 : 1;
}

async function check(name, text) {
  const read = JSON.parse(text);
  report(isDeepStrictEqual(read, credential), `${name}: is credential.json`);
  const suite = new DataIntegrityProof({cryptosuite}), documentLoader = kitLoader(join(dir, 'docs'));
  const result = await vc.verifyCredential({
    credential: read, suite, now, documentLoader, checkStatus: statusChecker(suite, documentLoader)
  });
  const why = result.verified ? null : reasonOf(result.error ?? result.statusResult?.error);
  report(isAsExpected(why, revoked), `${name}: ${why === null ? 'verifies' : `refused (${why})`}`);
}

// png-chunks-extract checks every chunk's CRC.
const chunks = extractChunks(await readFile(png));
const types = chunks.map(({name}) => name);
report(types.filter(name => name === 'iTXt').length === 1 &&
  types.indexOf('iTXt') < types.indexOf('IDAT'), 'badge.png: one iTXt, before the pixels');
const itxt = await new Promise((resolve, reject) => createReadStream(png)
  .pipe(pngItxt.get('openbadgecredential', (error, data) => error ? reject(error) : resolve(data)))
  .on('error', reject).resume());
report(/^[\x20-\x7e]*$/.test(itxt.value), 'badge.png: its text is ASCII');
await check('badge.png', itxt.value);

const OPEN_BADGES = 'https://purl.imsglobal.org/ob/v3p0';
const root = new DOMParser().parseFromString(await readFile(svg, 'utf8'), 'image/svg+xml')
  .documentElement;
report(root.firstChild.namespaceURI === OPEN_BADGES && root.firstChild.localName === 'credential',
  'badge.svg: the credential is the first child');
await check('badge.svg', root.firstChild.textContent);
await check('badge.svg by Python', execFileSync('python3', ['-c', `
import sys, xml.etree.ElementTree as tree
print(tree.parse(sys.argv[1]).getroot().find('{${OPEN_BADGES}}credential').text)`, svg],
{encoding: 'utf8', maxBuffer: 1 << 24}));
process.exitCode = failed === 0 ? 0 : 1;
