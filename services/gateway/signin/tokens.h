/*
 * API tokens (libshared/token.h) as who they speak for.
 */
#ifndef CAIRN_GATEWAY_TOKENS_H
#define CAIRN_GATEWAY_TOKENS_H

#include "libshared/token.h"
#include "services/gateway/web/request.h"

/* The person whom a bearer's token speaks for, with its scopes; NULL: none. Notes its use. */
const struct person *person_of_bearer(struct request *r, const char *text);
/* When a token was last used; 0: never, or not of late. */
int64_t token_used_us(struct request *r, const struct id *id);

#endif
