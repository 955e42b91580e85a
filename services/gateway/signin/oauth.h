/*
 * What the OAuth server keeps beside the log: clients that nobody has connected yet, authorization
 * codes, access and refresh tokens. Each of the last three is found by its BLAKE2b hash and is
 * never kept itself; each belongs to a connection (tables.h), and is worth nothing once that has
 * ended.
 *
 * A code and a refresh token are for one use. Kept on as spent, one that comes again is known for
 * what it is: somebody has a copy, and the connection ends.
 */
#ifndef CAIRN_GATEWAY_OAUTH_H
#define CAIRN_GATEWAY_OAUTH_H

#include "proto/gateway.pb-c.h"
#include "services/gateway/signin/sessions.h"
#include "services/gateway/web/request.h"

#define ACCESS_S 3600
#define OAUTH_ACCESS_PREFIX "cairn_oauth_"

/* What a code or token is for. spent: 0 or 1. */
struct oauth_right {
	struct id grant, account, client;
	uint32_t scopes, spent;
	int64_t until_us;
	char challenge[48];   /* of codes; filled with zeros */
	uint8_t redirect[32]; /* of codes: the hash of where it was sent */
};
_Static_assert(sizeof(struct oauth_right) == 144, "no padding");

/* The client of that id as a text; NULL: none. In the arena. */
const Gateway__Client *oauth_client(struct request *r, const char *id);
/* Keeps one that was registered just now. False: too many were, from there or altogether. */
bool oauth_client_keep(struct request *r, const Gateway__Client *client);
/* The client that the request's Basic authorization shows; NULL: none. */
const Gateway__Client *oauth_client_shown(struct request *r);

/* Makes a code or token of that kind (BRIEF_CODE ...): its text, in the arena. */
const char *oauth_make(struct request *r, uint16_t kind, const struct oauth_right *right);
/* False: no such one of that client, or its connection has ended. A spent one is found. */
bool oauth_find(struct request *r, uint16_t kind, const struct id *client, const char *text,
		struct oauth_right *right_r);
void oauth_spend(struct request *r, uint16_t kind, const char *text, struct oauth_right *right);
void oauth_forget(struct request *r, uint16_t kind, const char *text);

/* Whom an access token speaks for; NULL: none. */
const struct person *oauth_person(struct request *r, const char *text);

#endif
