/*
 * What the gateway serves: tables of routes, one for each subject (routes/SUBJECT.c).
 *
 *	static const struct route catalogue[] = {
 *		{GET, "/catalogue", show_catalogue, .may = MAY_ANYONE, .scope = "catalog:read",
 *		 .about = "Search the catalogue", .takes = "q?text topic?text hours_max?count"},
 *		{GET, "/catalogue/{code}", show_entry, .may = MAY_ANYONE, .scope = "catalog:read",
 *		 .about = "A micro-credential with its rubric"},
 *	};
 *	const struct route_list catalogue_routes = {catalogue, ARRAY_LEN(catalogue)};
 *
 * A route's row says all that is settled before its first step: who may, what the body may be, as
 * whom services are asked. The OpenAPI document, the authorization matrix and its test are made
 * from the same rows. Somebody who may not gets 401 when nobody is signed in (a browser is sent to
 * sign in), else 403; where even the existence is not theirs to know, 404.
 */
#ifndef CAIRN_GATEWAY_ROUTE_H
#define CAIRN_GATEWAY_ROUTE_H

#include "services/gateway/web/request.h"

/* What may come as a body. */
enum body_kind {
	BODY_NONE,
	BODY_FORM,  /* urlencoded, multipart without files, or JSON: r->body */
	BODY_RAW,   /* whole, in r->raw: up to body_max */
	BODY_STREAM /* piece by piece to take(): uploads */
};

/* As whom services are asked. An office route speaks with the operator's key; the person is named
 * all the same. */
enum as { AS_NOBODY, AS_EDUCATOR, AS_ASSESSOR, AS_OFFICE };

/* A piece of a streamed body. Returns how many bytes it took: fewer than all holds the sender back
 * until stream_wake(). After it has replied the rest is dropped. */
typedef size_t take_fn(struct request *r, struct bytes piece);

struct route {
	enum method method;
	const char *path; /* "/catalogue/{code}"; a last "{rest...}" takes what is left */
	step_fn *first;
	uint32_t may; /* enum may: any of them; MAY_ANYONE: also nobody */
	enum as as;
	const char *scope; /* an API token needs it; NULL: no token may */
	const char *about; /* a sentence for OpenAPI and the matrix */
	const char
		*takes; /* "q?text hours?count name=text": ? may, = must; for OpenAPI and checked */
	const char *changes; /* the address of what it changes, by whose ETag If-Match is taken:
			      * "/readings/{reading}" with names of its own path; NULL: none */
	enum body_kind body;
	size_t body_max; /* 0: 64 KiB */
	take_fn *take;   /* BODY_STREAM; first then runs once at the head and may reply or say no
			  * more,   and done runs when the whole body was taken */
	step_fn *done;
	bool step_up; /* only shortly after signing in anew */
	bool no_csrf; /* not sent by a browser with a cookie: OAuth token endpoint and the like */
	bool hides;   /* 404 instead of 403 and 401 */
};

struct route_list {
	const struct route *routes;
	size_t n;
};

extern const struct route_list *const route_lists[];
extern const size_t n_route_lists;

/* The route of method and path; its {names} in params_r, decoded, in the arena. NULL: none.
 * other_method_r tells that the path is known by another method (405). */
const struct route *route_find(enum method method, const char *path, struct arena *arena,
			       const char *params_r[PARAMS_MAX], bool *other_method_r);

/* Whether a body may have nothing but what the route takes. Not where a protocol of others says
 * itself what is left aside (OAuth, Open Badges: whatever is not known). */
bool takes_only(const struct route *route);

/* Whether somebody may. */
enum allowed { ALLOWED, SIGN_IN_FIRST, NOT_ALLOWED, STEP_UP_FIRST };
enum allowed route_allows(const struct route *route, const struct person *person);

#endif
