/* Signing endorsements, and reading them. */
#include "services/issuance/documents/endorsement.h"

#include "libshared/check.h"
#include "services/issuance/documents/badge_check.h"
#include "services/issuance/documents/badge_json.h"
#include "services/issuance/documents/datetime.h"
#include "services/issuance/documents/document_sign.h"
#include "services/issuance/documents/terms.h"

#include <stdio.h>
#include <string.h>

#define CONTEXTS (CONTEXT_VC | CONTEXT_OB | CONTEXT_EXT)
#define SCHEMA_URL                                                                                 \
	"https://purl.imsglobal.org/spec/ob/v3p0/schema/json/"                                     \
	"ob_v3p0_endorsementcredential_schema.json"
#define COMMENT_MAX ((size_t)5000)

static bool is_complete(const struct endorsement *e, struct badge_problem *problem)
{
	if (!text_is_given(e->name))
		return badge_refuse(problem, BADGE_MISSING, "name");
	if (!text_is_given(e->comment))
		return badge_refuse(problem, BADGE_MISSING, "comment");
	if (!text_is_given(e->subject) || !is_badge_iri(e->subject))
		return badge_refuse(problem, BADGE_IRI, "subject");
	return badge_issuer_check(&e->issuer, problem);
}

/* Without the proof, a new reference; NULL: refused. */
static json_t *document_json(const struct endorsement *e, struct badge_problem *problem)
{
	char urn[64], from[DATETIME_LEN], until[DATETIME_LEN];
	json_t *document;

	if (!is_complete(e, problem))
		return NULL;
	if (!datetime_text(e->signed_us, from) ||
	    (e->valid_until_us != 0 && !datetime_text(e->valid_until_us, until))) {
		badge_refuse(problem, BADGE_TIME, "valid_until_us");
		return NULL;
	}
	snprintf(urn, sizeof urn, "urn:uuid:%s", ID_STR(bytes_of_id(&e->id)));
	document = json_pack("{s:o, s:s, s:[s,s], s:s, s:o, s:s, s:{s:s, s:[s], s:s}, "
			     "s:[{s:s, s:s}]}",
			     "@context", badge_context_json(), "id", urn, "type",
			     "VerifiableCredential", "EndorsementCredential", "name", e->name,
			     "issuer", badge_issuer_json(&e->issuer, problem), "validFrom", from,
			     "credentialSubject", "id", e->subject, "type", "EndorsementSubject",
			     "endorsementComment", e->comment, "credentialSchema", "id", SCHEMA_URL,
			     "type", "1EdTechJsonSchemaValidator2019");
	if (document == NULL) {
		badge_refuse(problem, BADGE_UTF8, "comment");
		return NULL;
	}
	if (e->valid_until_us != 0)
		json_object_set_new(document, "validUntil", json_string(until));
	if (e->status != NULL)
		json_object_set_new(document, "credentialStatus",
				    badge_status_json(e->status, problem));
	return document;
}

bool endorsement_sign(const struct endorsement *e, const struct badge_signer *signer,
		      struct arena *a, struct badge_document *document_r,
		      struct badge_problem *problem)
{
	AUTO(json_decrefp) json_t *document = NULL;

	*problem = (struct badge_problem){0};
	document = document_json(e, problem);
	if (document == NULL)
		return false;

	struct document_signing signing = {document, CONTEXTS, e->issuer.id, e->signed_us, signer};

	return document_sign(&signing, a, document_r, problem);
}

static bool is_endorsement(const json_t *types)
{
	for (size_t i = 0; i < json_array_size(types); i++) {
		const char *type = json_string_value(json_array_get(types, i));

		if (type != NULL && strcmp(type, "EndorsementCredential") == 0)
			return true;
	}
	return false;
}

static const char *text_of(const json_t *value, struct arena *a)
{
	const char *text = json_string_value(value);
	size_t len = text != NULL ? json_string_length(value) : 0;

	if (len == 0 || len > COMMENT_MAX || strlen(text) != len || !text_is_clean(text, len))
		return "";
	return arena_text(a, (struct bytes){(const uint8_t *)text, len});
}

bool endorsement_read(struct bytes document, struct arena *a, struct endorsement_facts *facts_r)
{
	AUTO(json_decrefp)
	json_t *json =
		json_loadb((const char *)document.data, document.len, JSON_REJECT_DUPLICATES, NULL);
	const json_t *subject = json_object_get(json, "credentialSubject");

	*facts_r = (struct endorsement_facts){
		.subject = text_of(json_object_get(subject, "id"), a),
		.comment = text_of(json_object_get(subject, "endorsementComment"), a),
	};
	return is_endorsement(json_object_get(json, "type")) && facts_r->subject[0] != '\0';
}
