/*
 * Comprehensive learner records: all that a teacher earned, as one signed CLR 2.0 credential around
 * the signed badges, whole with their own contexts and proofs.
 *
 * The outer signature says that these badges are what the issuer holds of one person at one moment;
 * each badge is verified by itself, with its own issuer's key and status.
 */
#ifndef CAIRN_ISSUANCE_CLR_H
#define CAIRN_ISSUANCE_CLR_H

#include "services/issuance/documents/badge.h"

#define CLR_MAX_BYTES ((size_t)1 << 20) /* of the signed record, as VERIFY_MAX_BYTES */

/* A stack's credential and one of those that it was awarded for. */
struct clr_association {
	struct id parent, child;
};

struct clr {
	struct id id; /* becomes urn:uuid:... */
	const char *name;
	struct badge_issuer issuer;
	const struct bytes
		*credentials; /* signed documents of one person, oldest first; at least one */
	size_t n_credentials;
	const struct clr_association *associations;
	size_t n_associations;
	bool is_partial; /* something is left out */
	int64_t signed_us;
};

/* Whether a credential that others made can stand in a record: every member of it has a meaning. */
bool clr_holds(struct bytes credential, struct arena *a);

/* BADGE_SHAPE with where "verifiableCredential" for what is too large. */
bool clr_sign(const struct clr *record, const struct badge_signer *signer, struct arena *a,
	      struct badge_document *document_r, struct badge_problem *problem) MUST_CHECK;

#endif
