/*
 * What the pages about access share: account.c, accounts.c, audit.c.
 */
#ifndef CAIRN_GATEWAY_ACCESS_PARTS_H
#define CAIRN_GATEWAY_ACCESS_PARTS_H

#include "services/gateway/web/members.h"
#include "services/gateway/web/request.h"

/* The grants of an AccountAnswer with texts for a page: role_text, since, until, state_text. A new
 * reference; open ones only, when asked. */
json_t *grants_page(struct request *r, const json_t *account, const char *words, bool only_open);
/* The id of r's person as a text, in the arena. */
const char *own_account(struct request *r);

#endif
