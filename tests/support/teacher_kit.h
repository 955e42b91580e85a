/*
 * A teacher's routes with answers that the test writes down: no service, no HTTP.
 *
 *	teacher_kit_open(&enrollment_routes);
 *	given_answer("get_enrollment", "{'educator':'...'}");     single quotes for double ones
 *	ck_assert_uint_eq(when_teacher(GET, "/enrollments/...", NULL), 200);
 *	... got.page, got.problem, got.orders ...
 *	teacher_kit_close();
 *
 * It plays request.h, words.h (English, from the real file) and web.h.
 */
#ifndef CAIRN_TEST_TEACHER_KIT_H
#define CAIRN_TEST_TEACHER_KIT_H

#include "services/gateway/web/route.h"

#define ANA_ID "018f3c2a-0000-7000-8000-00000000a0a0"
#define BEN_ID "018f3c2a-0000-7000-8000-00000000b0b0"

struct teacher_got {
	unsigned status;
	const char *template;
	json_t *page;     /* of a page, or the value of reply_done() and reply_json() */
	char problem[64]; /* its code */
	char location[300];
	json_t *orders; /* [{command, entity, fields}] */
	json_t *asked;  /* names of queries, in order */
};
extern struct teacher_got got;

void teacher_kit_open(const struct route_list *list);
void teacher_kit_close(void);
/* What is answered to each query or command of that name from now on. */
void given_answer(const char *name, const char *json);
/* It is refused: by a reason, as a rule does, or FORBIDDEN for "". */
void given_refusal(const char *name, const char *reason);
/* The person's roles are within this organisation; NULL: the whole agency, as at first. */
void given_org(const char *org);
/* The status. body: JSON with single quotes, or NULL. */
unsigned when_teacher(enum method method, const char *path, const char *body);
const char *page_text(const char *member);
/* Of a list of the page. */
json_t *page_at(const char *list, size_t i);
const char *page_text_at(const char *list, size_t i, const char *member);
/* Of the one command that was ordered, which is that one. */
json_t *ordered_fields(const char *command);
const char *ordered_text(const char *command, const char *name);

#endif
