/*
 * The checks of a credential as people read them: each passed, failed, or with a warning that it
 * could not be made. Pure: all that is asked of others is given.
 *
 * An issuer of this installation is checked against its own key list and status list. The keys of
 * anybody else stand on the net, which is not asked: their signature is not checked, and that is
 * said.
 */
#ifndef CAIRN_GATEWAY_CHECKS_H
#define CAIRN_GATEWAY_CHECKS_H

#include "libshared/arena.h"

#include <jansson.h>

/* What a credential says of itself, to know what is to be asked. Texts in the arena, "" or 0 where
 * it does not say. */
struct proof_names {
	const char *id;
	const char *did;         /* whose key signed it, by its proof or token; else its issuer */
	const char *status_list; /* address */
	uint32_t list;           /* the number at that address's end */
};
bool proof_names_read(struct bytes credential, struct arena *arena, struct proof_names *names_r);

/* Answers of issuance as JSON (libshared/json.h), borrowed; NULL: there is none. */
struct proof_input {
	struct bytes credential;  /* JSON or a compact JWS */
	const json_t *issuer;     /* IssuerAnswer of proof_names.did */
	struct bytes status_list; /* the document that it names; empty: not at hand */
	const json_t *record;     /* CredentialAnswer: it was issued here */
	const json_t *inclusion;  /* InclusionAnswer */
	const json_t *share;      /* ShareAnswer of the link that led here */
	bool is_erased;           /* of the record, only hashes are left; credential is empty */
	int64_t now_us;
};

/* {"verdict": "valid" | "not_valid" | "not_known",
 *  "checks": [{"check": "signature", "outcome": "pass" | "warn" | "fail", "detail": "..."}, ...]}
 *
 *	schema       it has the shape of a credential, and of an Open Badge
 *	issuer       the key list is its issuer's
 *	signature    made by a key of that list; nothing was changed since
 *	achievement  what it was given for is what this installation published
 *	record       the document is the one that this installation keeps
 *	status       neither revoked nor suspended
 *	expiry       in force now
 *	log          in the transparency log
 *	link         the holder's link is open
 *
 * A check that does not apply is left out. The detail is in English. */
json_t *proof_checks(const struct proof_input *input, struct arena *arena);

#endif
