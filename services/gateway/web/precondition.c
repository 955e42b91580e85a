/*
 * If-Match on a change (RFC 9110, 13.1.1). What a route's row says that it changes is read first,
 * by its own route and as JSON; the change runs when the tag of that is among those that were sent.
 *
 * No change with If-Match of the same thing comes in between: while one is in hand the next is told
 * to come again. A change without it does, since whoever sends that wants it whatever stands there.
 */
#include "services/gateway/web/exchange.h"

#include <stdio.h>
#include <string.h>

/* "/readings/{reading}" with this request's names put in. */
static const char *place_changed(struct request *r)
{
	const char *at = r->route->changes, *made = "", *open;

	while ((open = strchr(at, '{')) != NULL) {
		const char *end = strchr(open, '}');
		const char *name = arena_text(r->arena, (struct bytes){(const uint8_t *)open + 1,
								       (size_t)(end - open - 1)});

		made = arena_printf(r->arena, "%s%.*s%s", made, (int)(open - at), at,
				    param(r, name));
		at = end + 1;
	}
	return arena_printf(r->arena, "%s%s", made, at);
}

static bool is_same_person(const struct person *a, const struct person *b)
{
	return a != NULL && b != NULL && id_equal(&a->account, &b->account);
}

/* What is one's own is another's at the same address: /plan. */
static bool is_in_hand(const struct exchange *x, const char *place)
{
	for (const struct exchange *y = x->server->exchanges; y != NULL; y = y->next)
		if (y != x && y->phase == PHASE_STEPS && y->guarded_place != NULL &&
		    strcmp(y->guarded_place, place) == 0 &&
		    (strchr(x->request.route->changes, '{') != NULL ||
		     is_same_person(x->request.person, y->request.person)))
			return true;
	return false;
}

static void go_on(struct request *r)
{
	struct exchange *x = exchange_of(r);

	if (r->forget != NULL)
		r->forget(r);
	r->own = NULL;
	r->forget = NULL;
	r->route = x->guarded;
	r->method = r->route->method;
	r->wants_json = x->guarded_wants_json;
	memcpy(x->params, x->guarded_params, sizeof x->params);
	x->n_headers = x->guarded_headers;
	x->tagged = false;
	x->cache = NULL;
	x->n_orders = 0;
	x->guarded = NULL;
	if (x->guarded_fits)
		r->route->first(r);
	else
		reply_problem(r, 412, "changed_meanwhile",
			      "It was changed since it was read. Read it again first.");
}

static bool names(const char *match, const char *tag)
{
	char quoted[200];

	snprintf(quoted, sizeof quoted, "\"%s\"", tag);
	return match[0] == '*' || strstr(match, quoted) != NULL;
}

bool precondition_read(struct exchange *x, unsigned status, const char *tag)
{
	if (x->guarded == NULL)
		return false;
	if (status >= 400) {
		x->guarded = NULL; /* it cannot be read: that is the answer */
		return false;
	}
	x->guarded_fits = status == 200 && names(header(&x->request, "If-Match"), tag);
	x->step = go_on;
	return true;
}

static void begin_reading(struct exchange *x, const struct route *read,
			  const char *params[PARAMS_MAX])
{
	struct request *r = &x->request;

	x->guarded = r->route;
	x->guarded_wants_json = r->wants_json;
	x->guarded_headers = x->n_headers;
	memcpy(x->guarded_params, x->params, sizeof x->params);
	memcpy(x->params, params, sizeof x->params);
	r->route = read;
	r->method = GET;
	r->wants_json = true;
	x->step = read->first;
}

void precondition_begin(struct exchange *x)
{
	struct request *r = &x->request;
	const char *params[PARAMS_MAX] = {NULL};
	const struct route *read;
	bool other = false;

	if (r->method == GET || r->method == HEAD || header(r, "If-Match") == NULL)
		return;
	if (r->route->changes == NULL) {
		reply_problem(r, 412, "no_version",
			      "This address takes no If-Match: /openapi.json lists those that do.");
		return;
	}
	x->guarded_place = place_changed(r);
	if (is_in_hand(x, x->guarded_place)) {
		x->guarded_place = NULL;
		reply_header(r, "Retry-After", "1");
		reply_problem(r, 503, "busy", "It is being changed just now.");
		return;
	}
	read = route_find(GET, x->guarded_place, r->arena, params, &other);
	ENSURE(read != NULL); /* a test of the tables sees to it */
	if (route_allows(read, r->person) != ALLOWED)
		reply_problem(r, 403, "not_allowed", "You may not read what this would change.");
	else
		begin_reading(x, read, params);
}
