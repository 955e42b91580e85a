// Signing a credential as an issuer in Node does: what Cairn's issuing is measured against.
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import * as Ed25519Multikey from '@digitalbazaar/ed25519-multikey';
import {cryptosuite} from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import * as vc from '@digitalbazaar/vc';
import {loadContext} from './loader.mjs';

// A function that signs the credential (given without a proof) once per call.
export async function issuerOf(credential) {
  const controller = credential.issuer.id;
  const key = await Ed25519Multikey.generate({controller});
  const signer = key.signer();
  signer.id = `${controller}#${key.publicKeyMultibase}`;
  const documentLoader = async url => loadContext(url);

  return async () => vc.issue({
    credential: structuredClone(credential),
    suite: new DataIntegrityProof({signer, cryptosuite}),
    documentLoader
  });
}
