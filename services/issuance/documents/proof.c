/* The hash that a data integrity proof signs. */
#include "services/issuance/documents/proof.h"

bool proof_canonical(const struct nquads_source *source, const struct rdfc_part *part,
		     struct arena *a, struct rdfc_result *result_r, struct badge_problem *problem)
{
	struct rdfc_options options = {DIGEST_SHA256, 1, part};
	struct quads quads;

	if (part != NULL)
		rdfc_begin_with(&quads, a, part);
	else
		quads_init(&quads, a, 1);
	if (!nquads_emit(source, &quads, problem))
		return false;
	return rdfc_canonicalize(&quads, &options, result_r) == 0 ||
	       badge_refuse(problem, BADGE_AMBIGUOUS, "");
}

bool proof_canonical_settings(json_t *proof, unsigned contexts, struct arena *a,
			      struct rdfc_result *result_r, struct badge_problem *problem)
{
	struct nquads_source source = {
		.document = proof,
		.without = "proofValue",
		.contexts = contexts,
	};

	return proof_canonical(&source, NULL, a, result_r, problem);
}

void proof_hash(struct bytes settings, struct bytes document, uint8_t hash_r[PROOF_HASH_LEN])
{
	sha256(settings, hash_r);
	sha256(document, hash_r + SHA256_LEN);
}
