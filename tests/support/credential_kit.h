/*
 * Credentials under a kit, as issuance's tables have them: all are of the entry LIT-101.
 *
 *	credential = credential_given(&kit, ana);
 *	facts = credential_facts(&kit, credential);
 */
#ifndef CAIRN_TEST_CREDENTIAL_KIT_H
#define CAIRN_TEST_CREDENTIAL_KIT_H

#include "services/issuance/tables.h"
#include "tests/support/kit.h"

/* The one that counts; empty: none. */
struct bytes credential_active(struct kit *k, struct bytes educator);
/* A pass is released: the one that counts then. */
struct bytes credential_given(struct kit *k, struct bytes educator);
const Issuance__CredentialIssued *credential_facts(struct kit *k, struct bytes credential);
/* What the tables say of its place in a list. */
bool credential_bit(struct kit *k, const Issuance__CredentialIssued *c);

#endif
