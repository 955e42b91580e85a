/*
 * The JSON documents of badges: member by member as Open Badges 3.0 wants them. Only badge.c
 * calls these; each returns a new reference, with the problem set if a text is not UTF-8.
 */
#ifndef CAIRN_ISSUANCE_BADGE_JSON_H
#define CAIRN_ISSUANCE_BADGE_JSON_H

#include "services/issuance/documents/badge.h"

#include <jansson.h>

/* What a template keeps for the documents of its badges. */
struct badge_parts {
	json_t *issuer;
	json_t *achievement;
	json_t *context;
	json_t *schema;
};

json_t *badge_issuer_json(const struct badge_issuer *issuer, struct badge_problem *problem);
json_t *badge_achievement_json(const struct badge_achievement *achievement, json_t *creator,
			       struct badge_problem *problem);
json_t *badge_context_json(void);
json_t *badge_schema_json(void);

json_t *badge_status_json(const struct badge_status *status, struct badge_problem *problem);

/* Without the proof. */
json_t *badge_document_json(const struct badge *badge, const struct badge_parts *parts,
			    struct badge_problem *problem);

/* The proof without its value, and putting both into the document. */
json_t *badge_proof_json(int64_t signed_us, const char *issuer_id, const char *key);
void badge_proof_add(json_t *document, json_t *proof, const char *proof_value);

#endif
