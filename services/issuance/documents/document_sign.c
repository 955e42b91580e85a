/* Signing a document that has no template. */
#include "services/issuance/documents/document_sign.h"

#include "libshared/json_text.h"
#include "services/issuance/documents/badge_json.h"
#include "services/issuance/documents/proof.h"

#define JSON_BYTES ((size_t)8 << 10)

static bool canonical_of(json_t *document, struct arena *a, struct rdfc_result *result_r,
			 struct badge_problem *problem)
{
	struct nquads_source source = {.document = document, .strict = true};

	if (!proof_canonical(&source, NULL, a, result_r, problem))
		return false;
	return result_r->same_in_utf16 || badge_refuse(problem, BADGE_LINE_ORDER, "");
}

static bool prove(const struct document_signing *s, json_t *proof, struct arena *a,
		  struct badge_document *document_r, struct badge_problem *problem)
{
	uint8_t hash[PROOF_HASH_LEN], signature[ED25519_SIGNATURE_LEN];
	struct rdfc_result text, settings;

	if (!canonical_of(s->document, a, &text, problem) ||
	    !proof_canonical_settings(proof, s->contexts, a, &settings, problem))
		return false;
	proof_hash(settings.text, text.text, hash);
	if (s->signer->sign(s->signer->ctx, s->signer->key, BYTES_OF(hash), signature) != 0)
		return badge_refuse(problem, BADGE_KEY, "");
	multibase_text(BYTES_OF(signature), document_r->proof_value);
	badge_proof_add(s->document, proof, document_r->proof_value);
	return true;
}

bool document_sign(const struct document_signing *s, struct arena *a,
		   struct badge_document *document_r, struct badge_problem *problem)
{
	AUTO(json_decrefp)
	json_t *proof = badge_proof_json(s->signed_us, s->issuer, s->signer->key);
	struct buffer text;

	if (!prove(s, proof, a, document_r, problem))
		return false;
	buffer_init(&text, a, JSON_BYTES);
	json_put(&text, s->document, NULL);
	(void)buffer_text(&text);
	document_r->json = buffer_bytes(&text);
	sha256(document_r->json, document_r->sha256);
	return true;
}
