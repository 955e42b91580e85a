/* From signed badges to one signed record around them. */
#include "services/issuance/documents/clr.h"

#include "services/issuance/documents/badge_check.h"
#include "services/issuance/documents/badge_json.h"
#include "services/issuance/documents/datetime.h"
#include "services/issuance/documents/document_sign.h"
#include "services/issuance/documents/proof.h"
#include "services/issuance/documents/terms.h"

#include <stdio.h>
#include <string.h>

#define CONTEXTS (CONTEXT_VC | CONTEXT_CLR | CONTEXT_OB | CONTEXT_EXT)
#define SCHEMA_URL                                                                                 \
	"https://purl.imsglobal.org/spec/clr/v2p0/schema/json/clr_v2p0_clrcredential_schema.json"

/* What the badges say of their recipient: a hash of an identifier, and its salt. */
static json_t *identifier_of(const json_t *credentials)
{
	const json_t *first = json_array_get(credentials, 0);

	return json_object_get(json_object_get(first, "credentialSubject"), "identifier");
}

/* NULL: one of them is no JSON. */
static json_t *credentials_json(const struct clr *record)
{
	json_t *list = json_array();

	for (size_t i = 0; i < record->n_credentials; i++) {
		json_t *one = json_loadb((const char *)record->credentials[i].data,
					 record->credentials[i].len, JSON_REJECT_DUPLICATES, NULL);

		if (one == NULL || json_array_append_new(list, one) != 0) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}

static void add_association(json_t *list, const char *type, const struct id *source,
			    const struct id *target)
{
	json_array_append_new(
		list,
		json_pack("{s:s, s:s, s:o, s:o}", "type", "Association", "associationType", type,
			  "sourceId", json_sprintf("urn:uuid:%s", ID_STR(bytes_of_id(source))),
			  "targetId", json_sprintf("urn:uuid:%s", ID_STR(bytes_of_id(target)))));
}

/* In both directions, so that a reader of either credential finds the other. */
static json_t *associations_json(const struct clr *record)
{
	json_t *list = json_array();

	for (size_t i = 0; i < record->n_associations; i++) {
		const struct clr_association *a = &record->associations[i];

		add_association(list, "isParentOf", &a->parent, &a->child);
		add_association(list, "isChildOf", &a->child, &a->parent);
	}
	return list;
}

static json_t *subject_json(const struct clr *record, json_t *credentials)
{
	json_t *subject = json_pack("{s:[s]}", "type", "ClrSubject");
	json_t *identifier = identifier_of(credentials);

	if (identifier != NULL)
		json_object_set(subject, "identifier", identifier);
	if (record->n_associations > 0)
		json_object_set_new(subject, "association", associations_json(record));
	json_object_set_new(subject, "verifiableCredential", credentials);
	return subject;
}

/* The document without its proof, a new reference; NULL: refused. */
static json_t *document_json(const struct clr *record, struct badge_problem *problem)
{
	char urn[64], from[DATETIME_LEN];
	json_t *credentials, *issuer;

	if (record->n_credentials == 0 || !datetime_text(record->signed_us, from)) {
		badge_refuse(problem, BADGE_MISSING, "verifiableCredential");
		return NULL;
	}
	if (!badge_issuer_check(&record->issuer, problem))
		return NULL;
	credentials = credentials_json(record);
	if (credentials == NULL) {
		badge_refuse(problem, BADGE_SHAPE, "verifiableCredential");
		return NULL;
	}
	issuer = badge_issuer_json(&record->issuer, problem);
	snprintf(urn, sizeof urn, "urn:uuid:%s", ID_STR(bytes_of_id(&record->id)));
	return json_pack("{s:[s,s,s,s], s:s, s:[s,s], s:s, s:o, s:s, s:b, s:o, s:[{s:s, s:s}]}",
			 "@context", CONTEXT_VC_URL, CONTEXT_CLR_URL, CONTEXT_OB_URL,
			 CONTEXT_EXT_URL, "id", urn, "type", "VerifiableCredential",
			 "ClrCredential", "name", record->name, "issuer", issuer, "validFrom", from,
			 "partial", record->is_partial, "credentialSubject",
			 subject_json(record, credentials), "credentialSchema", "id", SCHEMA_URL,
			 "type", "1EdTechJsonSchemaValidator2019");
}

bool clr_holds(struct bytes credential, struct arena *a)
{
	AUTO(json_decrefp)
	json_t *json = json_loadb((const char *)credential.data, credential.len,
				  JSON_REJECT_DUPLICATES, NULL);
	struct nquads_source source = {.document = json, .strict = true};
	struct badge_problem problem = {0};
	struct rdfc_result result;

	return json != NULL && proof_canonical(&source, NULL, a, &result, &problem) &&
	       result.same_in_utf16;
}

bool clr_sign(const struct clr *record, const struct badge_signer *signer, struct arena *a,
	      struct badge_document *document_r, struct badge_problem *problem)
{
	AUTO(json_decrefp) json_t *document = NULL;

	*problem = (struct badge_problem){0};
	document = document_json(record, problem);
	if (document == NULL)
		return false;

	struct document_signing signing = {document, CONTEXTS, record->issuer.id, record->signed_us,
					   signer};

	if (!document_sign(&signing, a, document_r, problem))
		return false;
	return document_r->json.len <= CLR_MAX_BYTES ||
	       badge_refuse(problem, BADGE_SHAPE, "verifiableCredential");
}
