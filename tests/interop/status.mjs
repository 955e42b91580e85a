// What a status list says, by @digitalbazaar's reader of such lists.
import {checkStatus} from '@digitalbazaar/vc-bitstring-status-list';

const REVOKED = 'the status list says: revocation';

// What went wrong, in a line.
export function reasonOf(error) {
  return [error?.errors ?? error?.cause?.errors ?? error].flat()
    .map(one => one?.message ?? String(one)).join('; ').replaceAll('\n', ' ');
}

// Whether a credential that must (not) count was accepted, or refused for its status alone.
export function isAsExpected(why, revoked) {
  return revoked ? why === REVOKED : why === null;
}

// For verifyCredential(). The library says whether the list is to be believed, and what it says of
// each purpose: a bit that is set is for its caller to judge.
export function statusChecker(suite, documentLoader) {
  return async options => {
    const result = await checkStatus({
      ...options, suite, documentLoader, verifyBitstringStatusListCredential: true
    });
    const set = result.verified ? result.results.filter(({status}) => status) : [];
    return set.length === 0 ? result : {
      verified: false,
      error: new Error(`the status list says: ${set[0].credentialStatus.statusPurpose}`)
    };
  };
}
