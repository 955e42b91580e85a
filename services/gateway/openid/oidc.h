/*
 * An OpenID Connect provider as its relying party sees it: what it publishes about itself, its
 * keys, and codes that become tokens.
 *
 *	oidc_prepare()            until it is OIDC_READY: discovery and keys have come
 *	oidc_authorization_url()  where the browser goes
 *	oidc_redeem(), oidc_redeemed()
 *	id_token_check()          with oidc_keys(); TOKEN_UNKNOWN_KEY: oidc_renew_keys(), once more
 *
 * Nothing here points to a request: whoever waits looks again a little later. Only the issuer's own
 * origin, and those that the settings add, is ever spoken to or sent to.
 */
#ifndef CAIRN_GATEWAY_OIDC_H
#define CAIRN_GATEWAY_OIDC_H

#include "libshared/arena.h"
#include "services/gateway/openid/config.h"

#include <jansson.h>
#include <zmq.h>

enum oidc_state { OIDC_READY, OIDC_WAITING, OIDC_FAILED };

struct oidc;

/* config is borrowed. NULL: logged. */
struct oidc *oidc_new(const struct openid_config *config);
void oidc_destroy(struct oidc **o);

const struct openid_config *oidc_config(const struct oidc *o);
enum oidc_state oidc_prepare(struct oidc *o, int64_t mono_us);
/* A JWK set, borrowed; NULL before it is ready. */
const json_t *oidc_keys(const struct oidc *o);
/* For a key that is not known. OIDC_WAITING: they are on their way; OIDC_READY: they came after
 * since_us (monotonic); OIDC_FAILED: they were asked for too often of late, or did not come. */
enum oidc_state oidc_renew_keys(struct oidc *o, int64_t since_us, int64_t mono_us);

struct oidc_going {
	const char *redirect_uri, *state, *nonce, *challenge;
	bool again; /* the person shows anew who they are */
};
const char *oidc_authorization_url(const struct oidc *o, const struct oidc_going *going,
				   struct arena *arena);
/* Whether the iss of a response (NULL: it has none) is this provider's (RFC 9207). */
bool oidc_is_from(const struct oidc *o, const char *iss);
/* Where signing out there begins; NULL: it has no such place. */
const char *oidc_end_url(const struct oidc *o, const char *after, struct arena *arena);

/* A ticket; 0: too many are under way. */
uint64_t oidc_redeem(struct oidc *o, const char *code, const char *verifier,
		     const char *redirect_uri, int64_t mono_us);
/* OIDC_READY: the ID token, in the arena; the ticket is used up then, and when it failed. */
enum oidc_state oidc_redeemed(struct oidc *o, uint64_t ticket, struct arena *arena,
			      const char **id_token_r);

unsigned oidc_items(const struct oidc *o, zmq_pollitem_t *items, unsigned room);
int64_t oidc_next_us(const struct oidc *o); /* monotonic; INT64_MAX */
void oidc_turn(struct oidc *o, int64_t mono_us);

#endif
