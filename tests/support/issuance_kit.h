/*
 * Issuance under a kit: the small catalogue told, an issuer's key, educators, released decisions.
 *
 *	kit_open(&kit, &issuance_service);
 *	issuance_given_all(&kit);
 *	issuance_given_educator(&kit, ana);
 *	issuance_released(&kit, ana, true);
 *	issued = issuance_next_issued(&kit);
 */
#ifndef CAIRN_TEST_ISSUANCE_KIT_H
#define CAIRN_TEST_ISSUANCE_KIT_H

#include "proto/issuance.pb-c.h"
#include "proto/public.pb-c.h"
#include "tests/support/kit.h"

/* ---- what neighbours say ---- */
void issuance_given_issuer(struct kit *k);
void issuance_given_entry(struct kit *k);
void issuance_given_educator(struct kit *k, struct bytes educator);
/* The same person under another name. */
void issuance_given_name(struct kit *k, struct bytes educator, char *name);
/* A license of Tennessee without a term. */
void issuance_given_license(struct kit *k, struct bytes educator);
/* One with a term, "2024-07-01". Returns its id. */
struct bytes issuance_given_term(struct kit *k, struct bytes educator, const char *state,
				 const char *from, const char *to);
/* The same license told again: another number, or another term. */
void issuance_given_license_again(struct kit *k, struct bytes educator, struct bytes license,
				  const char *from, const char *to);
void issuance_given_license_number(struct kit *k, struct bytes educator, struct bytes license,
				   char *number);
/* A state's policy: so many units for each hour, from a day on. */
struct policy_given {
	const char *state, *from, *units; /* of an hour, as JSON */
	uint32_t version;
	const char *more; /* further members: ",'...'", or "" */
	const char *code; /* NULL: the state */
};
void issuance_given_policy(struct kit *k, const struct policy_given *policy);
/* Every row of LIT-101 at its pass level. */
void issuance_released(struct kit *k, struct bytes educator, bool passed);
/* Of a decision and an enrollment that the test names; supersedes: empty, or the one whose place it
 * takes. Its review's reader and lead are READER_OF_REVIEW and LEAD_OF_REVIEW. */
#define READER_OF_REVIEW kit_name("assessor", "tess")
#define LEAD_OF_REVIEW kit_name("assessor", "lea")
struct decided {
	struct bytes educator, decision, enrollment, supersedes;
	bool passed;
};
void issuance_decided(struct kit *k, const struct decided *decided);
void issuance_founded(struct kit *k, struct bytes educator, struct bytes decision);

/* ---- commands ---- */
Cairn__Status issuance_add_key(struct kit *k);
/* Issuer, entry, key. */
void issuance_given_all(struct kit *k);

/* ---- what came of it ---- */
/* The next event of that kind among those not looked at yet; NULL: none. */
const Issuance__Event *issuance_next(struct kit *k, Issuance__Event__BodyCase kind);
const Issuance__CredentialIssued *issuance_next_issued(struct kit *k);
/* With its document. */
const Issuance__CredentialAnswer *issuance_credential(struct kit *k, struct bytes credential);
const char *issuance_did_document(struct kit *k);
/* The last row of the public stream; 0: there is none. */
uint64_t issuance_public_head(struct kit *k);
/* A row as a subscriber of that scope gets it ("": of none); NULL: it does not. */
const Cairn__CloudEvent *issuance_public_event(struct kit *k, uint64_t seq, const char *scope);

#endif
