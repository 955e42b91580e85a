/* Who is asking, by cookie or by token. */
#include "services/gateway/signin/access.h"

#include "services/gateway/signin/tokens.h"
#include "services/gateway/tables.h"
#include "services/gateway/web/web.h"

#include <string.h>
#include <strings.h>

/* The prefix is obeyed by browsers: only over TLS (or to this machine), for this host, all paths.
 */
#define COOKIE "__Host-cairn"
#define NEXT_MOST 3000
#define COOKIE_RULES "Path=/; Secure; HttpOnly; SameSite=Lax"

_Static_assert(MAY_TEACHER == ROLE_BIT(GATEWAY__ROLE__TEACHER) &&
		       MAY_ASSESSOR == ROLE_BIT(GATEWAY__ROLE__ASSESSOR) &&
		       MAY_LEAD == ROLE_BIT(GATEWAY__ROLE__LEAD) &&
		       MAY_ISSUER == ROLE_BIT(GATEWAY__ROLE__ISSUER) &&
		       MAY_DISTRICT == ROLE_BIT(GATEWAY__ROLE__DISTRICT) &&
		       MAY_AGENCY == ROLE_BIT(GATEWAY__ROLE__AGENCY) &&
		       MAY_COACH == ROLE_BIT(GATEWAY__ROLE__COACH) &&
		       MAY_AUDITOR == ROLE_BIT(GATEWAY__ROLE__AUDITOR) &&
		       MAY_OPERATOR == ROLE_BIT(GATEWAY__ROLE__OPERATOR),
	       "a role's bit is the same in events and in routes");

/* ---- the cookie ---- */

/* The value of our cookie, in the arena. NULL: it is not there. */
static const char *cookie_of(struct request *r)
{
	const char *all = header(r, "Cookie");

	while (all != NULL) {
		all += strspn(all, "; ");
		if (strncmp(all, COOKIE "=", sizeof COOKIE) == 0) {
			const char *value = all + sizeof COOKIE;

			return arena_text(r->arena, (struct bytes){(const uint8_t *)value,
								   strcspn(value, "; ")});
		}
		all = strchr(all, ';');
	}
	return NULL;
}

bool access_session(struct request *r, struct session *row_r, struct session_key *key_r)
{
	const char *cookie = cookie_of(r);

	return cookie != NULL && session_find(r->web->sessions, cookie, r->now_us, row_r, key_r);
}

/* ---- the person ---- */

struct person *person_of_account(struct request *r, const struct id *account)
{
	struct person *p;
	struct account row;
	struct orgs orgs;

	if (r->web->view == NULL || !account_get(r->web->view, bytes_of_id(account), &row) ||
	    row.closed)
		return NULL;
	p = arena_zalloc(r->arena, sizeof *p);
	p->account = *account;
	memcpy(p->educator.b, row.educator, ID_LEN);
	memcpy(p->assessor.b, row.assessor, ID_LEN);
	p->may = roles_held(r->web->view, bytes_of_id(account), r->now_us, &orgs);
	p->org = orgs.administrated;
	p->coached = orgs.coached;
	if (row.language[0] != '\0' && query_text(r, "lang") == NULL)
		r->language = strcmp(row.language, "es") == 0 ? ES : EN;
	return p;
}

static struct person *person_of_session(struct request *r)
{
	struct session row;
	struct session_key key;
	struct id account;
	struct person *p;

	if (!access_session(r, &row, &key))
		return NULL;
	memcpy(account.b, row.account, ID_LEN);
	p = person_of_account(r, &account);
	if (p == NULL)
		return NULL;
	memcpy(p->name, row.name, PERSON_NAME_MAX);
	p->stepped_up = r->now_us - row.shown_us < STEP_UP_US;
	csrf_mask(row.csrf, p->csrf);
	return p;
}

const struct person *access_person(struct request *r)
{
	const char *authorization = header(r, "Authorization");

	if (authorization != NULL && strncasecmp(authorization, "Bearer ", 7) == 0)
		return person_of_bearer(r, authorization + 7 + strspn(authorization + 7, " "));
	return person_of_session(r);
}

/* ---- a page of ours ---- */

static bool origin_is_ours(const struct request *r, const char *origin)
{
	const char *ours = public_url(r);
	size_t len = strlen(ours);

	return strncmp(origin, ours, len) == 0 && origin[len] == '\0';
}

/* Browsers of the last years say where a request comes from; for older ones there is the field. */
bool access_own_page(const struct request *r)
{
	const char *site = header(r, "Sec-Fetch-Site"), *origin = header(r, "Origin");
	const char *field = body_text(r, "csrf");
	struct session_key key;
	struct session row;
	const char *cookie;

	if (site != NULL)
		return strcmp(site, "same-origin") == 0 || strcmp(site, "none") == 0;
	if (origin != NULL && strcmp(origin, "null") != 0)
		return origin_is_ours(r, origin);
	cookie = cookie_of((struct request *)(uintptr_t)r); /* only its arena grows */
	if (field == NULL)
		field = header(r, "X-CSRF-Token");
	return cookie != NULL && field != NULL &&
	       session_find(r->web->sessions, cookie, r->now_us, &row, &key) &&
	       csrf_matches(row.csrf, field);
}

bool access_foreign(const struct request *r)
{
	const char *site = header(r, "Sec-Fetch-Site"), *origin = header(r, "Origin");

	if (site != NULL)
		return strcmp(site, "same-origin") != 0 && strcmp(site, "none") != 0;
	return origin != NULL && strcmp(origin, "null") != 0 && !origin_is_ours(r, origin);
}

/* ---- signing in and out ---- */

int access_sign_in(struct request *r, const struct id *account, const char *name)
{
	const char *agent = header(r, "User-Agent");
	char text[SESSION_TEXT_LEN + 1];
	struct session_key key;
	struct session row;

	/* A cookie that somebody else may have planted before is worth nothing after. */
	if (access_session(r, &row, &key))
		session_end(r->web->sessions, &key);
	if (session_begin(r->web->sessions, account, name, agent != NULL ? agent : "", r->now_us,
			  text) != 0)
		return -1;
	reply_header(r, "Set-Cookie", COOKIE "=%s; " COOKIE_RULES, text);
	return 0;
}

void access_sign_out(struct request *r)
{
	struct session_key key;
	struct session row;

	if (access_session(r, &row, &key))
		session_end(r->web->sessions, &key);
	reply_header(r, "Set-Cookie", COOKIE "=; Max-Age=0; " COOKIE_RULES);
}

/* "//elsewhere" and "/\elsewhere" are other sites to a browser. */
static bool is_own_path(const char *path)
{
	return path[0] == '/' && path[1] != '/' && path[1] != '\\' &&
	       strpbrk(path, "\\\r\n\t") == NULL && strlen(path) < NEXT_MOST;
}

const char *next_path(struct request *r)
{
	const char *next = body_text(r, "next");

	if (next == NULL)
		next = query_text(r, "next");
	if (next == NULL)
		next = query_text(r, "to");
	return next != NULL && is_own_path(next) ? next : "/";
}
