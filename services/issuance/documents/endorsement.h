/*
 * Endorsements: one body's signed word for another's achievement, or for an issuer, as an Open
 * Badges 3.0 EndorsementCredential. It verifies by itself, with the endorser's key and status list.
 */
#ifndef CAIRN_ISSUANCE_ENDORSEMENT_H
#define CAIRN_ISSUANCE_ENDORSEMENT_H

#include "services/issuance/documents/badge.h"

struct endorsement {
	struct id id;     /* becomes urn:uuid:... */
	const char *name; /* required */
	struct badge_issuer issuer;
	const char *subject; /* required: the IRI of the achievement, or the DID of the issuer */
	const char *comment; /* required */
	int64_t signed_us;
	int64_t valid_until_us;            /* 0: no end */
	const struct badge_status *status; /* NULL: no status list */
};

bool endorsement_sign(const struct endorsement *e, const struct badge_signer *signer,
		      struct arena *a, struct badge_document *document_r,
		      struct badge_problem *problem) MUST_CHECK;

/* What a signed one says of what it endorses; in the arena. False: it is no endorsement. */
struct endorsement_facts {
	const char *subject, *comment; /* comment: "" when there is none */
};
bool endorsement_read(struct bytes document, struct arena *a,
		      struct endorsement_facts *facts_r) MUST_CHECK;

#endif
