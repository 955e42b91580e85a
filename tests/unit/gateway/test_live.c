/* What is looked at for half an hour: told when it changes, and at no cost that grows. */
#include "services/gateway/routes/routes.h"
#include "services/gateway/signin/access.h"
#include "services/gateway/web/members.h"
#include "services/gateway/web/web.h"

#include "tests/support/suite.h"

#include <stdio.h>
#include <string.h>

#define TURN_BYTES 700 /* what asking, being answered and looking who it is may take */
#define TURNS 400      /* of four seconds: nearly half an hour */

static struct web web;
static struct request r;
static struct person ana = {.may = MAY_TEACHER};
static const char *state; /* of the enrollment, as its service tells */
static json_t *told;      /* its answer */
static step_fn *step, *at_wake;
static stream_fn *stream;
static bool signed_in;
static char about[100];

/* ---- the rest of the gateway ---- */

const struct person *access_person(struct request *of)
{
	struct person *p;

	if (!signed_in)
		return NULL;
	p = arena_zalloc(of->arena, sizeof *p);
	*p = ana;
	return p;
}

enum allowed route_allows(const struct route *route, const struct person *person)
{
	(void)route, (void)person;
	return ALLOWED;
}

const char *query_text(const struct request *of, const char *name)
{
	(void)of, (void)name;
	return about;
}

const char *param(const struct request *of, const char *name)
{
	(void)of, (void)name;
	return "";
}

const char *header(const struct request *of, const char *name)
{
	(void)of, (void)name;
	return NULL;
}

unsigned ask(struct request *of, enum to to, const char *query, json_t *fields)
{
	(void)to, (void)query;
	memset(arena_alloc(of->arena, TURN_BYTES), 'x', TURN_BYTES);
	json_decref(fields);
	return 0;
}

void then(struct request *of, step_fn *next)
{
	(void)of;
	step = next;
}

void then_at(struct request *of, int64_t mono_us, step_fn *next)
{
	(void)of, (void)mono_us;
	at_wake = next;
}

json_t *answer(const struct request *of, unsigned slot)
{
	(void)of, (void)slot;
	json_decref(told);
	told = json_pack("{s:s, s:s}", "educator", ID_STR(bytes_of_id(&ana.educator)), "state",
			 state);
	return told;
}

Cairn__Status status_of(const struct request *of, unsigned slot)
{
	(void)of, (void)slot;
	return CAIRN__STATUS__OK;
}

bool refused(struct request *of, unsigned slot)
{
	(void)of, (void)slot;
	return false;
}

unsigned requests_of_person(const struct request *of)
{
	(void)of;
	return 1;
}

void reply_stream(struct request *of, unsigned status, const char *type, int64_t length,
		  stream_fn *next)
{
	(void)of;
	ck_assert_uint_eq(status, 200);
	ck_assert_str_eq(type, "text/event-stream");
	ck_assert_int_eq(length, -1);
	stream = next;
}

void stream_wake(struct request *of)
{
	(void)of;
}

void reply_cache(struct request *of, const char *cache_control)
{
	(void)of, (void)cache_control;
}

void reply_header(struct request *of, const char *name, const char *format, ...)
{
	(void)of, (void)name, (void)format;
}

void reply_problem(struct request *of, unsigned status, const char *code, const char *format, ...)
{
	(void)of, (void)format;
	ck_abort_msg("%u %s", status, code);
}

/* ---- */

static void open_stream(void)
{
	ana.educator = id_of_name("educator", "ana");
	signed_in = true;
	state = "ACTIVE";
	snprintf(about, sizeof about, "enrollment/%s",
		 ID_STR(bytes_of_id(&(struct id){.b = {1, 2, 3, 4, 5, 6, 0x70, 7, 0x80}})));
	web = (struct web){.mono_us = US_PER_S};
	r = (struct request){.web = &web, .arena = arena_new(4096), .person = &ana};
	live_routes.routes[0].first(&r);
	step(&r);
	ck_assert_ptr_nonnull(stream);
}

/* As the server ends a request. */
static void close_stream(void)
{
	if (r.forget != NULL)
		r.forget(&r);
	arena_destroy(&r.arena);
	json_decref(told);
	told = NULL;
}

static void when_seconds_pass(void)
{
	web.mono_us += 4 * US_PER_S;
	step = NULL;
	at_wake(&r);
	if (step != NULL)
		step(&r);
}

/* All that is there to be sent; NULL: the end. */
static const char *sent(void)
{
	static char text[2048];
	int64_t n = stream(&r, (uint8_t *)text, sizeof text - 1);

	if (n < 0)
		return NULL;
	text[n] = '\0';
	return text;
}

START_TEST(a_change_is_told_once)
{
	ck_assert_ptr_nonnull(strstr(sent(), "\"state\":\"ACTIVE\""));
	when_seconds_pass();
	ck_assert_str_eq(sent(), "");
	state = "PAUSED";
	when_seconds_pass();
	ck_assert_ptr_nonnull(strstr(sent(), "\"state\":\"PAUSED\""));
	when_seconds_pass();
	ck_assert_str_eq(sent(), "");
}
END_TEST

START_TEST(half_an_hour_takes_no_more_memory_than_some_seconds)
{
	size_t at_first;

	when_seconds_pass();
	at_first = arena_used(r.arena);
	for (unsigned i = 0; i < TURNS; i++) {
		state = i % 2 == 0 ? "PAUSED" : "ACTIVE";
		when_seconds_pass();
		ck_assert_ptr_nonnull(strstr(sent(), state));
	}
	ck_assert_uint_le(arena_used(r.arena), at_first + TURN_BYTES);
}
END_TEST

START_TEST(who_has_signed_out_is_told_no_more)
{
	(void)sent();
	signed_in = false;
	when_seconds_pass();
	ck_assert_ptr_nonnull(strstr(sent(), "signed_out"));
	ck_assert_ptr_null(sent());
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("live");
	TCase *tc = tcase_create("live");

	tcase_add_checked_fixture(tc, open_stream, close_stream);
	tcase_add_test(tc, a_change_is_told_once);
	tcase_add_test(tc, half_an_hour_takes_no_more_memory_than_some_seconds);
	tcase_add_test(tc, who_has_signed_out_is_told_no_more);
	suite_add_tcase(suite, tc);
	return suite;
}
