/*
 * Signing in at the OpenID provider, as requests see it: what was begun and comes back, and who it
 * is here.
 */
#ifndef CAIRN_GATEWAY_SIGNIN_OPENID_H
#define CAIRN_GATEWAY_SIGNIN_OPENID_H

#include "services/gateway/openid/claims.h"
#include "services/gateway/openid/oidc.h"
#include "services/gateway/web/request.h"
#include "services/gateway/web/web.h"

extern const struct web_part openid_part;

/* What was begun: lives in a row until it comes back, at most ten minutes. */
struct begun {
	const char *nonce, *verifier, *next;
	bool again; /* somebody signed in shows anew who they are */
	struct id account;
};
/* Keeps it, bound to this browser by a cookie; the state that goes to the provider. */
const char *begun_keep(struct request *r, const struct begun *begun);
/* Of the state that came back to the same browser; used up. False: none, or too late. */
bool begun_take(struct request *r, const char *state, struct begun *begun_r);

/* The account of a subject of the provider; ID_NONE: none yet. */
struct id account_of_subject(struct request *r, const char *subject);
/* Notes which account a session at the provider is of, for its word that it has ended. */
void openid_session_keep(struct request *r, const char *session, const struct id *account);
/* ID_NONE: not known. */
struct id account_of_openid_session(struct request *r, const char *session);
/* False: a logout token of that id came before. */
bool openid_first_time(struct request *r, const char *token_id);

/* Waits for keys: the step runs again a little later. */
#define OPENID_LOOK_US (US_PER_S / 50)

#endif
