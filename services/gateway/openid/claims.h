/*
 * What a provider's claims say about somebody, by the settings: who it is, and what they may.
 */
#ifndef CAIRN_GATEWAY_CLAIMS_H
#define CAIRN_GATEWAY_CLAIMS_H

#include "libshared/id.h"
#include "services/gateway/openid/config.h"

#include <jansson.h>

#define CLAIM_ROLES_MAX 9 /* in the order of the gateway's roles, from 1 */

/* Texts are borrowed from the claims; "" when they say nothing. */
struct vouched {
	const char *subject, *email, *staff, *name, *session;
	struct id district, school; /* ID_NONE: not told, or not known here */
	uint32_t roles;             /* bits 1 << (role - 1) */
};

struct vouched claims_read(const struct openid_config *config, const json_t *claims);
/* A claim by its name; where none has it whole, its parts lead down: "realm_access.roles". */
const json_t *claim_at(const json_t *claims, const char *name);
/* The number of a role's word, "teacher" is 1; 0: there is none. */
unsigned claim_role(const char *word, size_t len);

#endif
