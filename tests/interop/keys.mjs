// What other people's libraries say to a credential through the life of its issuer's key: signed by
// the key that signs, by one that retires, by one that was revoked, and signed again; and when its
// status list says that it does not count.
//
//   node keys.mjs DIR NOW              all of DIR (keys_kit.c), one line per check; exit code 1: one
//                                      went wrong
//   node keys.mjs KIT NOW dcc          one kit, by DCC's verifier-core: it remembers the key lists it
//                                      has seen for as long as its process lives
//
// NOW stands in for the clock. Nothing comes from the net: fetch() serves contexts and the kit.
import {execFileSync} from 'node:child_process';
import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import {cryptosuite} from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import * as vc from '@digitalbazaar/vc';
import {importJWK, jwtVerify} from 'jose';
import {kitLoader, placeOfDid} from './loader.mjs';
import {isAsExpected, reasonOf, statusChecker} from './status.mjs';

const [dir, now, mode] = process.argv.slice(2);
const read = async (...path) => JSON.parse(await readFile(join(...path), 'utf8'));

// ---- @digitalbazaar/vc ----

async function digitalbazaar(kit) {
  const suite = new DataIntegrityProof({cryptosuite});
  const documentLoader = kitLoader(join(kit, 'docs'));
  const result = await vc.verifyCredential({
    credential: await read(kit, 'credential.json'), suite,
    documentLoader, now, checkStatus: statusChecker(suite, documentLoader)
  });
  return result.verified ? null : reasonOf(result.error ?? result.statusResult?.error);
}

// ---- DCC verifier-core ----

function standInForClock() {
  const RealDate = Date, at = RealDate.parse(now);
  globalThis.Date = class extends RealDate {
    constructor(...args) {
      super(...(args.length === 0 ? [at] : args));
    }

    static now() {
      return at;
    }
  };
}

function standInForNet(kit) {
  const load = kitLoader(join(kit, 'docs'));
  globalThis.fetch = async request => {
    const url = typeof request === 'string' ? request : request.url ?? String(request);
    try {
      const {document} = await load(url);
      return new Response(JSON.stringify(document),
        {status: 200, headers: {'content-type': 'application/json'}});
    } catch {
      return new Response('not here', {status: 404});
    }
  };
}

async function dcc(kit) {
  standInForClock();
  standInForNet(kit);
  const {verifyCredential} = await import('@digitalcredentials/verifier-core');
  const result = await verifyCredential({
    credential: await read(kit, 'credential.json'), knownDIDRegistries: []
  });
  const signature = result.log?.find(({id}) => id === 'valid_signature');
  const status = result.log?.find(({id}) => id === 'revocation_status');
  const refusal = status?.valid ? null : reasonOf(status?.error ?? 'its status list says revoked');
  console.log(JSON.stringify({
    why: signature?.valid ? refusal :
      reasonOf(result.errors?.[0] ?? signature?.error ?? result),
    log: result.log?.map(({id, valid}) => `${id}: ${valid}`)
  }));
}

// In a process of its own.
function byDcc(kit) {
  const output = execFileSync(process.execPath,
    [fileURLToPath(import.meta.url), kit, now, 'dcc'], {encoding: 'utf8', stdio: 'pipe'});
  return JSON.parse(output.trim().split('\n').at(-1)).why;
}

// ---- jose ----

// A token says where its status is; the list is a credential as any other.
async function statusOf(kit, credential) {
  const suite = new DataIntegrityProof({cryptosuite}), documentLoader = kitLoader(join(kit, 'docs'));
  const result = await statusChecker(suite, documentLoader)({credential});
  return result.verified ? null : reasonOf(result.error);
}

async function byJose(kit, kind) {
  const token = await readFile(join(kit, `${kind.toLowerCase()}.jwt`), 'utf8');
  const credential = await read(kit, 'credential.json');
  const keyOf = async ({kid}) => {
    const [did] = kid.split('#');
    const list = await read(kit, 'docs', ...placeOfDid(did));
    const method = list.verificationMethod.find(({id}) => id === kid);
    if(!list.assertionMethod.includes(kid) || method.type !== 'JsonWebKey') {
      throw new Error(`not for assertions: ${kid}`);
    }
    return importJWK(method.publicKeyJwk, kind);
  };
  const options = {algorithms: [kind], currentDate: new Date(now), issuer: credential.issuer.id};
  try {
    const {payload, protectedHeader} = await jwtVerify(token, keyOf, options);
    if(payload.jti !== credential.id || payload.sub !== payload.credentialSubject.id ||
      payload.nbf !== Date.parse(credential.validFrom) / 1000 ||
      payload.exp !== Date.parse(credential.validUntil) / 1000 ||
      payload.credentialSubject.achievement.name !== credential.credentialSubject.achievement.name ||
      payload.proof !== undefined || payload.vc !== undefined) {
      return 'the claims are not the credential\'s';
    }
    if(Object.keys(protectedHeader).sort().join() !== 'alg,kid,typ') {
      return 'more in the header than may be';
    }
    const why = await statusOf(kit, payload);
    if(why !== null) {
      return why;
    }
  } catch(error) {
    return reasonOf(error);
  }
  const [header, payload, signature] = token.split('.');
  const forged = JSON.parse(Buffer.from(payload, 'base64url'));
  forged.sub += 'x';
  const changed = [header, Buffer.from(JSON.stringify(forged)).toString('base64url'), signature];
  return jwtVerify(changed.join('.'), keyOf, options).then(() => 'a forged one verifies', () => null);
}

// ---- all ----

let failed = 0;
function report(good, line) {
  console.log(`${good ? 'ok' : 'FAILED'}  ${line}`);
  failed += good ? 0 : 1;
}

if(mode === 'dcc') {
  await dcc(dir);
} else {
  for(const [name, accepted] of
    [['fresh', true], ['retiring', true], ['revoked', false], ['reissued', true],
      ['suspended', false], ['reinstated', true], ['withdrawn', false],
      ['stack', true], ['stack_on_hold', false]]) {
    for(const [who, verify] of [['@digitalbazaar/vc', digitalbazaar], ['verifier-core', byDcc]]) {
      const why = await verify(join(dir, name));
      report((why === null) === accepted,
        `${name}, ${who}: ${why === null ? 'verifies' : `refused (${why})`}`);
    }
  }
  for(const [name, kind, revoked] of
    [['fresh', 'RS256', false], ['fresh', 'ES256', false], ['reinstated', 'ES256', false],
      ['withdrawn', 'ES256', true]]) {
    const why = await byJose(join(dir, name), kind);
    report(isAsExpected(why, revoked),
      `${name}, ${kind}, jose: ${why === null ? 'verifies, and a forged one does not' : `refused (${why})`}`);
  }
  process.exitCode = failed === 0 ? 0 : 1;
}
