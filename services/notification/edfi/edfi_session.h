/*
 * The way to one Ed-Fi API: where its data is and the token for it, kept in memory alone.
 *
 *	root document ──> data and oauth addresses ──> token by client credentials
 *
 * Both are read anew when the token ends: an API that moved is found again. Addresses are never
 * built. A root that was read over https does not lead to http.
 */
#ifndef CAIRN_NOTIFICATION_EDFI_SESSION_H
#define CAIRN_NOTIFICATION_EDFI_SESSION_H

#include "services/notification/edfi/edfi_answer.h"

/* Borrowed until open's function is called. */
struct edfi_access {
	const char *url; /* of the root document */
	const char *data_standard;
	const char *client_id, *client_secret;
};

/* failed: NULL when the session is open. */
typedef void edfi_open_fn(void *ctx, const struct edfi_verdict *failed);

struct edfi_session;

struct edfi_session *edfi_session_new(struct http *http);
/* No answer may be on its way. */
void edfi_session_destroy(struct edfi_session **s);

/* A token is there that will be good for a while. */
bool edfi_session_is_open(const struct edfi_session *s);
bool edfi_session_is_opening(const struct edfi_session *s);
void edfi_session_open(struct edfi_session *s, const struct edfi_access *access, edfi_open_fn *fn,
		       void *ctx);
/* Which token was used last; 0: none yet. */
unsigned edfi_session_token(const struct edfi_session *s);
/* The API did not take this one. A newer one stays. */
void edfi_session_drop(struct edfi_session *s, unsigned token);

struct edfi_post {
	const char *resource; /* of the schema ed-fi */
	const char *body;
};
/* The session is open. */
void edfi_session_post(struct edfi_session *s, const struct edfi_post *post, http_answer_fn *fn,
		       void *ctx);

#endif
