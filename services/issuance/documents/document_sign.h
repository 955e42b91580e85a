/*
 * Signing a document that has no template: the proof of eddsa-rdfc-2022 over all of it.
 */
#ifndef CAIRN_ISSUANCE_DOCUMENT_SIGN_H
#define CAIRN_ISSUANCE_DOCUMENT_SIGN_H

#include "services/issuance/documents/badge.h"

#include <jansson.h>

struct document_signing {
	json_t *document;   /* gets its proof */
	unsigned contexts;  /* those it names: a mask of enum context */
	const char *issuer; /* the DID */
	int64_t signed_us;
	const struct badge_signer *signer;
};

/* The signed document as text, in the arena. False: the problem says why. */
bool document_sign(const struct document_signing *s, struct arena *a,
		   struct badge_document *document_r, struct badge_problem *problem) MUST_CHECK;

#endif
