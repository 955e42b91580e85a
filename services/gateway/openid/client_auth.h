/*
 * How this installation shows a provider who it is: a secret, or a signature (RFC 7523).
 */
#ifndef CAIRN_GATEWAY_CLIENT_AUTH_H
#define CAIRN_GATEWAY_CLIENT_AUTH_H

#include "services/gateway/openid/config.h"
#include "services/gateway/openid/fetch.h"
#include "services/gateway/openid/urls.h"

struct client_auth;

/* Reads the secret or the key. config is borrowed. NULL: logged. */
struct client_auth *client_auth_open(const struct openid_config *config);
void client_auth_close(struct client_auth **a);
/* Fills user and password of a fetch, or three members of its form. Texts live in the arena. */
void client_auth_add(const struct client_auth *a, struct fetch *fetch, struct url_member members[3],
		     struct arena *arena);

#endif
