/*
 * What an eddsa-rdfc-2022 proof signs: SHA-256 of the proof's own settings, then SHA-256 of the
 * document, both as canonical N-Quads.
 */
#ifndef CAIRN_ISSUANCE_PROOF_H
#define CAIRN_ISSUANCE_PROOF_H

#include "libshared/blobs.h" /* sha256() */
#include "services/issuance/documents/nquads.h"
#include "services/issuance/documents/rdfc.h"

#define PROOF_HASH_LEN (2 * SHA256_LEN)

/* The canonical text of a document. part holds the quads of source->known, if there is one. False:
 * the problem says why. */
bool proof_canonical(const struct nquads_source *source, const struct rdfc_part *part,
		     struct arena *a, struct rdfc_result *result_r,
		     struct badge_problem *problem) MUST_CHECK;

/* The same for the settings of a proof: all of the proof object but "proofValue", under the
 * contexts of its document. */
bool proof_canonical_settings(json_t *proof, unsigned contexts, struct arena *a,
			      struct rdfc_result *result_r,
			      struct badge_problem *problem) MUST_CHECK;

void proof_hash(struct bytes settings, struct bytes document, uint8_t hash_r[PROOF_HASH_LEN]);

#endif
