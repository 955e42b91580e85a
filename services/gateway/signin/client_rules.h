/*
 * What a client may say of itself when it registers (RFC 7591), and what of that holds when it
 * sends somebody here. Pure: nothing is kept and nobody asked.
 */
#ifndef CAIRN_GATEWAY_CLIENT_RULES_H
#define CAIRN_GATEWAY_CLIENT_RULES_H

#include "libshared/arena.h"
#include "proto/gateway.pb-c.h"
#include "services/gateway/web/person.h"

#include <jansson.h>

#define CLIENT_URL_MAX 500
#define CLIENT_REDIRECTS_MAX 5
#define CLIENT_NAME_MAX 100

/* Fills all but client, secret and registered_us; texts in the arena. NULL: sound; else what is
 * wrong, and *code_r is the word of RFC 7591 for it.
 *
 * All addresses have one host and are https; http only to the machine of whoever looks at the
 * page. A client shows itself by client_secret_basic, and in no other way. */
const char *client_read(const json_t *sent, struct arena *arena, Gateway__Client *client_r,
			const char **code_r);

bool client_may_redirect(const Gateway__Client *client, const char *redirect);
/* "https://wallet.example:8443" of a URL that client_read() found sound, in the arena. */
const char *origin_of_url(const char *url, struct arena *arena);
/* Words between spaces to bits. False: one is unknown or not the client's, or there is none that a
 * route asks for. */
bool scopes_asked(const Gateway__Client *client, const char *text, scope_set *scopes_r);
/* The bits as words between spaces, in the arena. */
const char *scopes_text(scope_set scopes, struct arena *arena);

#endif
