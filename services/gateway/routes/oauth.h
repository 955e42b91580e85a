/*
 * What the OAuth server's routes share: oauth.c and oauth_token.c.
 */
#ifndef CAIRN_GATEWAY_ROUTES_OAUTH_H
#define CAIRN_GATEWAY_ROUTES_OAUTH_H

#include "services/gateway/web/request.h"

/* {"error": ..., "error_description": ...} (RFC 6749, 5.2); never kept by anybody. */
void reply_oauth_error(struct request *r, unsigned status, const char *error, const char *what);
void reply_oauth(struct request *r, unsigned status, json_t *value);
/* What scopes mean, for whoever lets a client have them: [{scope, text}]. */
json_t *scope_rows(struct request *r, uint32_t scopes);

#endif
