/* Templates, and signing a badge. */
#include "services/issuance/documents/badge.h"

#include "libshared/json_text.h"
#include "services/issuance/documents/badge_check.h"
#include "services/issuance/documents/badge_json.h"
#include "services/issuance/documents/proof.h"
#include "services/issuance/documents/terms.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEMPLATE_BYTES ((size_t)192 << 10)
#define JSON_BYTES ((size_t)16 << 10)
#define CONTEXTS (CONTEXT_VC | CONTEXT_OB | CONTEXT_EXT)

struct badge_template {
	struct arena *arena;
	struct badge_parts parts;
	const struct rdfc_part *quads; /* of the achievement */
	struct json_known text;        /* of the achievement */
};

/* ---- templates ---- */

static bool template_write(struct badge_template *t, struct badge_problem *problem)
{
	struct nquads_source source = {
		.document = t->parts.achievement,
		.contexts = CONTEXTS,
		.strict = true,
	};
	struct nquads_source issuer = source;
	struct quads *quads = arena_alloc(t->arena, sizeof *quads);
	struct buffer text;

	quads_init(quads, t->arena, 1);
	if (!nquads_emit(&source, quads, problem))
		return false;
	issuer.document = t->parts.issuer;
	if (!nquads_emit(&issuer, quads, problem))
		return false;
	t->quads = rdfc_prepare(quads);
	if (!rdfc_part_same_in_utf16(t->quads))
		return badge_refuse(problem, BADGE_LINE_ORDER, "");
	buffer_init(&text, t->arena, JSON_BYTES);
	json_put(&text, t->parts.achievement, NULL);
	t->text = (struct json_known){t->parts.achievement, buffer_bytes(&text)};
	return true;
}

struct badge_template *badge_template_new(const struct badge_issuer *issuer,
					  const struct badge_achievement *achievement,
					  struct badge_problem *problem)
{
	struct badge_template *t;

	*problem = (struct badge_problem){0};
	if (!badge_issuer_check(issuer, problem) || !badge_achievement_check(achievement, problem))
		return NULL;
	t = calloc(1, sizeof *t);
	ENSURE(t != NULL);
	t->arena = arena_new(TEMPLATE_BYTES);
	t->parts.issuer = badge_issuer_json(issuer, problem);
	t->parts.achievement = badge_achievement_json(achievement, t->parts.issuer, problem);
	t->parts.context = badge_context_json();
	t->parts.schema = badge_schema_json();
	if (problem->fault != BADGE_SOUND || !template_write(t, problem))
		badge_template_destroy(&t);
	return t;
}

void badge_template_destroy(struct badge_template **t)
{
	if (*t == NULL)
		return;
	json_decref((*t)->parts.issuer);
	json_decref((*t)->parts.achievement);
	json_decref((*t)->parts.context);
	json_decref((*t)->parts.schema);
	arena_destroy(&(*t)->arena);
	free(*t);
	*t = NULL;
}

struct bytes badge_template_achievement(const struct badge_template *t)
{
	return t->text.text;
}

/* ---- badges ---- */

/* The document without its proof, a new reference; NULL if the record is not sound. */
static json_t *document_of(const struct badge *b, struct badge_problem *problem)
{
	json_t *document;

	if (!badge_check(b, problem))
		return NULL;
	document = badge_document_json(b, &b->template->parts, problem);
	if (problem->fault != BADGE_SOUND) {
		json_decref(document);
		return NULL;
	}
	return document;
}

static bool canonical_of(const struct badge *b, json_t *document, struct arena *a,
			 struct rdfc_result *result_r, struct badge_problem *problem)
{
	struct nquads_source source = {
		.document = document,
		.strict = true,
		.known = b->template->parts.achievement,
	};

	if (!proof_canonical(&source, b->template->quads, a, result_r, problem))
		return false;
	return result_r->same_in_utf16 || badge_refuse(problem, BADGE_LINE_ORDER, "");
}

bool badge_canonical(const struct badge *b, struct arena *a, struct rdfc_result *result_r,
		     struct badge_problem *problem)
{
	AUTO(json_decrefp) json_t *document = NULL;

	*problem = (struct badge_problem){0};
	document = document_of(b, problem);
	return document != NULL && canonical_of(b, document, a, result_r, problem);
}

/* Signs document and settings as they stand. */
static bool sign(const struct badge_signer *signer, struct bytes document, struct bytes settings,
		 char proof_value_r[MULTIBASE_TEXT_LEN])
{
	uint8_t hash[PROOF_HASH_LEN], signature[ED25519_SIGNATURE_LEN];

	proof_hash(settings, document, hash);
	if (signer->sign(signer->ctx, signer->key, BYTES_OF(hash), signature) != 0)
		return false;
	multibase_text(BYTES_OF(signature), proof_value_r);
	return true;
}

static void write_document(const struct badge_template *t, json_t *document, struct arena *a,
			   struct badge_document *document_r)
{
	struct buffer text;

	buffer_init(&text, a, t->text.text.len + JSON_BYTES);
	json_put(&text, document, &t->text);
	(void)buffer_text(&text);
	document_r->json = buffer_bytes(&text);
	sha256(document_r->json, document_r->sha256);
}

bool badge_sign(const struct badge *b, const struct badge_signer *signer, struct arena *a,
		struct badge_document *document_r, struct badge_problem *problem)
{
	const struct badge_parts *parts = &b->template->parts;
	const char *issuer = json_string_value(json_object_get(parts->issuer, "id"));
	AUTO(json_decrefp) json_t *document = NULL, *proof = NULL;
	struct rdfc_result text, settings;

	*problem = (struct badge_problem){0};
	document = document_of(b, problem);
	if (document == NULL || !canonical_of(b, document, a, &text, problem))
		return false;
	proof = badge_proof_json(b->signed_us, issuer, signer->key);
	if (!proof_canonical_settings(proof, CONTEXTS, a, &settings, problem))
		return false;
	if (!sign(signer, text.text, settings.text, document_r->proof_value))
		return badge_refuse(problem, BADGE_KEY, "");
	badge_proof_add(document, proof, document_r->proof_value);
	write_document(b->template, document, a, document_r);
	return true;
}

void identity_hash(const char *identifier, const char *salt, char hash_r[IDENTITY_HASH_LEN])
{
	AUTO(digest_destroy) struct digest *digest = digest_new(DIGEST_SHA256);
	char hex[DIGEST_HEX_LEN];

	digest_begin(digest);
	for (const char *c = identifier; *c != '\0'; c++) {
		char lower = *c >= 'A' && *c <= 'Z' ? (char)(*c + 'a' - 'A') : *c;

		digest_put(digest, &lower, 1);
	}
	digest_put(digest, salt, strlen(salt));
	digest_end_hex(digest, hex);
	snprintf(hash_r, IDENTITY_HASH_LEN, "sha256$%.*s", 2 * SHA256_LEN, hex);
}
