/*
 * Who is signed in: rows beside the log, in an environment of their own (DIR/gateway/sessions).
 *
 * They change with every page that is looked at and are worth nothing after a day, so they are no
 * events; that somebody signed in, or out, is one. A cookie holds 256 random bits; a row is found
 * by their BLAKE2b, so that a copy of this environment signs nobody in. A session ends 30 minutes
 * after it was last used, 12 hours after it began, and at the next sign-in from the same browser.
 *
 * Losing the environment signs everybody out, and nothing else.
 */
#ifndef CAIRN_GATEWAY_SESSIONS_H
#define CAIRN_GATEWAY_SESSIONS_H

#include "libshared/id.h"
#include "libshared/store.h"
#include "services/gateway/web/person.h"

#include <jansson.h>

#define SESSION_SECRET_LEN 32
#define SESSION_TEXT_LEN 43 /* of a secret, base64url without padding */
#define SESSION_CSRF_LEN 16
#define SESSION_AGENT_MAX 63
#define STEP_UP_US (5 * 60 * US_PER_S) /* how long signing in anew holds */

/* A row; every member but the version is the caller's to read. */
struct session {
	uint64_t version;
	int64_t began_us, seen_us;
	int64_t shown_us; /* when a password was given, or the like, last: for step-up */
	uint8_t account[ID_LEN], csrf[SESSION_CSRF_LEN];
	char agent[SESSION_AGENT_MAX + 1]; /* what the browser calls itself, cut */
	char name[PERSON_NAME_MAX + 8];    /* to show to themselves; zeros: none */
};
_Static_assert(sizeof(struct session) == 256, "no padding");

struct session_key {
	uint8_t b[32];
};

struct sessions;

struct session_times {
	int64_t idle_us, most_us;
};

/* dir is made if needed. NULL: logged. */
struct sessions *sessions_open(const char *dir, struct session_times times);
void sessions_close(struct sessions **s);

/* A new one; text_r is what the cookie holds. 0, or -1: logged. */
int session_begin(struct sessions *s, const struct id *account, const char *name, const char *agent,
		  int64_t now_us, char text_r[SESSION_TEXT_LEN + 1]) MUST_CHECK;
/* False: no such session, or it is over. Notes that it was used, at most once a minute. */
bool session_find(struct sessions *s, const char *text, int64_t now_us, struct session *row_r,
		  struct session_key *key_r);
/* Who it is showed it anew. */
void session_showed(struct sessions *s, const struct session_key *key, int64_t now_us);
/* Ends it; nothing when it is over already. */
void session_end(struct sessions *s, const struct session_key *key);
/* Ends all of an account but one (NULL: all); how many. */
unsigned sessions_end_all(struct sessions *s, const struct id *account,
			  const struct session_key *but);

/* All of an account that are not over, with "this": [{id, began_us, seen_us, agent, this}]. */
json_t *sessions_of(struct sessions *s, const struct id *account, const struct session_key *own,
		    int64_t now_us);
/* By the id that sessions_of() told. False: none of that account. */
bool session_end_named(struct sessions *s, const struct id *account, const char *id);
/* Removes what is over; at most some hundred at once. */
void sessions_sweep(struct sessions *s, int64_t now_us);

/* What a form sends back: 16 random bytes, and the session's under them, in hex. */
void csrf_mask(const uint8_t csrf[SESSION_CSRF_LEN], char text_r[65]);
bool csrf_matches(const uint8_t csrf[SESSION_CSRF_LEN], const char *text);

/*
 * Small things that are worth a while: what was begun at a provider and comes back, an
 * authorization code, a key that was sent twice. A row of a kind (a small number) under 32 bytes,
 * until a time.
 */
void brief_put(struct sessions *s, uint16_t kind, const uint8_t key[32], struct bytes value,
	       int64_t until_us);
/* Copied into the arena. False: none, or its time has come. */
struct arena;
bool brief_get(struct sessions *s, uint16_t kind, const uint8_t key[32], int64_t now_us,
	       struct arena *arena, struct bytes *value_r);
void brief_end(struct sessions *s, uint16_t kind, const uint8_t key[32]);

/* Of what anybody may have kept as often as they like: an account has at most most, and its oldest
 * goes first. */
struct brief_owner {
	struct id account; /* ID_NONE: all who have not signed in */
	uint16_t kind;
	unsigned most;
};
void brief_put_owned(struct sessions *s, const struct brief_owner *o, const uint8_t key[32],
		     struct bytes value, int64_t until_us);
/* The key of a text. */
void brief_key(const char *text, uint8_t key_r[32]);

enum brief_kind {
	BRIEF_INTENTION = 1, /* an Idempotency-Key that is no UUIDv7 -> id */
	BRIEF_TOKEN_USED,    /* API token -> when it was last used */
	BRIEF_OPENID = 10,   /* 10 to 19: OpenID Connect and OAuth */
	BRIEF_CLIENT = 11,   /* one that nobody has connected yet */
	BRIEF_CODE,          /* authorization codes, by their hash as all that follow */
	BRIEF_ACCESS,
	BRIEF_REFRESH,
	BRIEF_REGISTERED /* how many clients were registered from an address of late */
};

#endif
