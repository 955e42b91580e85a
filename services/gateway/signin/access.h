/*
 * Who is asking: from the session's cookie or the bearer token of a request, with what was granted
 * to them (read anew for every request).
 */
#ifndef CAIRN_GATEWAY_ACCESS_H
#define CAIRN_GATEWAY_ACCESS_H

#include "services/gateway/signin/sessions.h"
#include "services/gateway/web/request.h"

/* In the request's arena; NULL: nobody, or a session or token that is over. */
const struct person *access_person(struct request *r);
/* Whether an unsafe request comes from a page of ours: Sec-Fetch-Site or Origin, else the form's
 * own field. Asked only of those who come with a cookie. */
bool access_own_page(const struct request *r);

/* Whether a page of another site sends this, by what the browser says of it: for forms before
 * anybody has signed in. */
bool access_foreign(const struct request *r);

/* A new session for the account: sets the cookie, ends the one that was there. name is kept in the
 * session only. */
int access_sign_in(struct request *r, const struct id *account, const char *name);
void access_sign_out(struct request *r);

/* The person of an account as it is now, not by a token, not stepped up; in the arena. NULL: there
 * is none, or it is closed. */
struct person *person_of_account(struct request *r, const struct id *account);
/* The session of the request's cookie. False: none. */
bool access_session(struct request *r, struct session *row_r, struct session_key *key_r);
/* Where somebody goes after signing in: a path of ours, or the front page, which shows them what is
 * theirs. */
const char *next_path(struct request *r);

#endif
