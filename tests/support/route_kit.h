/*
 * Routes without HTTP: handlers run against a service under a kit, and what they reply is kept.
 *
 *	route_kit_open(&rk, &kit, &verify_routes);
 *	ck_assert_uint_eq(when_get(&rk, "/v/..."), 200);
 *	... rk.page, rk.text, rk.headers ...
 *	route_kit_close(&rk);
 *
 * It plays request.h, words.h and web.h: a test that links it must not need the real ones.
 */
#ifndef CAIRN_TEST_ROUTE_KIT_H
#define CAIRN_TEST_ROUTE_KIT_H

#include "services/gateway/web/route.h"
#include "services/gateway/web/web.h"

struct kit;

struct route_kit {
	struct kit *kit;
	const struct route_list *list;
	struct web web;
	struct request request;
	json_t *words; /* subject -> key -> text, English */
	bool wants_json;
	const struct person *person;
	int64_t now_us;

	/* what was replied to the last one */
	unsigned status;
	const char *type, *template;
	struct bytes body;   /* in the request's arena */
	json_t *page;        /* of reply_page() and reply_json() */
	const char *problem; /* its code */
	json_t *headers;     /* names in lower case */
};

void route_kit_open(struct route_kit *rk, struct kit *kit, const struct route_list *list);
void route_kit_close(struct route_kit *rk);

/* The status. path: with its query, not encoded. */
unsigned when_get(struct route_kit *rk, const char *path);
unsigned when_posted(struct route_kit *rk, const char *path, const char *type, struct bytes body);
/* A header of the reply; "" when it has none. */
const char *replied_header(const struct route_kit *rk, const char *name);

#endif
