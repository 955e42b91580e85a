/*
 * Endorsements under a kit of issuance: a second issuer with a key, who endorses LIT-101.
 */
#ifndef CAIRN_TEST_ENDORSE_KIT_H
#define CAIRN_TEST_ENDORSE_KIT_H

#include "tests/support/issuance_kit.h"

#define ENDORSER kit_name("issuer", "harbor-state")
#define ENDORSER_DID "did:web:cairn.example:issuers:harbor-state"

/* The catalogue of issuance_given_all(), and the endorser with its key. */
void endorse_kit_given(struct kit *k);

/* A command to sign, with all that it needs, that the test may change; it lives in the arena. */
Issuance__SignEndorsement *endorse_kit_ask(struct kit *k);
Cairn__Status endorse_kit_sign(struct kit *k, Issuance__SignEndorsement *ask);
/* Signs it; its id. */
struct bytes endorse_kit_signed(struct kit *k);
Cairn__Status endorse_kit_withdraw(struct kit *k, struct bytes endorsement);
Cairn__Status endorse_kit_import(struct kit *k, Issuance__ImportEndorsement *ask);

const Issuance__EndorsementAnswer *endorse_kit_get(struct kit *k, struct bytes endorsement);
/* All that speak for the newest LIT-101. */
const Issuance__EndorsementList *endorse_kit_all(struct kit *k);
/* The endorser's first status list, as it is a minute later: then it is signed. */
const Issuance__StatusListAnswer *endorse_kit_list(struct kit *k);
const char *endorse_kit_did_document(struct kit *k);

#endif
