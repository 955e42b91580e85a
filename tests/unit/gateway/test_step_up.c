/*
 * A fresh proof of who it is: what cannot be undone asks for one, and it holds for some minutes.
 * The head of a request is read as it is, from headers that are set here.
 */
#include "services/gateway/signin/access.h"
#include "services/gateway/signin/tokens.h"
#include "services/gateway/tables.h"
#include "services/gateway/web/exchange.h"

#include "tests/support/place.h"
#include "tests/support/suite.h"

#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define NOW_US (INT64_C(1767712500) * US_PER_S)
#define IDLE_US (30 * 60 * US_PER_S)
#define MOST_US (12 * US_PER_HOUR)

static void done(struct request *r)
{
	(void)r;
}

static const struct route rows[] = {
	{POST, "/revoke", done, .may = MAY_ISSUER, .body = BODY_FORM, .step_up = true,
	 .scope = "credential:revoke"},
	{POST, "/withdraw", done, .may = MAY_ISSUER, .body = BODY_FORM},
};
static const struct route_list list = {rows, ARRAY_LEN(rows)};
const struct route_list *const route_lists[] = {&list};
const size_t n_route_lists = 1;

static struct place place;
static struct gateway_config config = {.public_url = "https://cairn.example"};
static struct web web = {.config = &config, .view = (const struct view *)&config};
static struct server server;
static struct id issuer;
static char cookie[SESSION_TEXT_LEN + 1];
static bool with_token;

static struct {
	const char *code; /* of the problem; NULL: none */
	json_t *page;
} got;

/* ---- what the library and the rest of the gateway would say ---- */

const char *MHD_lookup_connection_value(struct MHD_Connection *connection, enum MHD_ValueKind kind,
					const char *name)
{
	static char sent[200];

	(void)connection, (void)kind;
	if (strcmp(name, "Cookie") == 0) {
		snprintf(sent, sizeof sent, "lang=en; __Host-cairn=%s", cookie);
		return sent;
	}
	if (strcmp(name, "Authorization") == 0)
		return with_token ? "Bearer token" : NULL;
	if (strcmp(name, "Sec-Fetch-Site") == 0)
		return "same-origin";
	if (strcmp(name, "Referer") == 0)
		return "https://cairn.example/office/credentials/1?lang=es";
	if (strcmp(name, "Content-Type") == 0)
		return "application/x-www-form-urlencoded";
	return NULL;
}

int MHD_get_connection_values(struct MHD_Connection *connection, enum MHD_ValueKind kind,
			      MHD_KeyValueIterator iterator, void *of)
{
	(void)connection;
	if (kind == MHD_HEADER_KIND)
		(void)iterator(of, kind, "Host", "cairn.example");
	return 1;
}

bool account_get(const struct view *view, struct bytes account, struct account *account_r)
{
	(void)view;
	*account_r = (struct account){.closed = 0};
	return bytes_equal(account, bytes_of_id(&issuer));
}

uint32_t roles_held(const struct view *view, struct bytes account, int64_t now_us,
		    struct orgs *orgs_r)
{
	(void)view, (void)account, (void)now_us;
	*orgs_r = (struct orgs){.administrated = ID_NONE};
	return MAY_ISSUER;
}

const struct person *person_of_bearer(struct request *r, const char *text)
{
	struct person *p = person_of_account(r, &issuer);

	ck_assert_str_eq(text, "token");
	p->by_token = true;
	p->scopes = UINT32_MAX;
	return p;
}

struct exchange *exchange_of(const struct request *r)
{
	return r->exchange;
}

void exchange_go_on(struct exchange *x)
{
	(void)x;
}

const char *problem_title(struct request *r, unsigned status)
{
	(void)r, (void)status;
	return "";
}

const char *problem_text(const struct request *r, const char *code, const char *said)
{
	(void)r;
	got.code = code;
	return said;
}

void reply_page(struct request *r, unsigned status, const char *template, json_t *page)
{
	(void)r;
	ck_assert_uint_eq(status, 403);
	ck_assert_str_eq(template, "problem");
	got.page = page;
}

void reply_json(struct request *r, unsigned status, json_t *value)
{
	(void)r, (void)status;
	json_decref(value);
	ck_abort_msg("a person reads a page");
}

void reply_bytes(struct request *r, unsigned status, const char *type, struct bytes bytes)
{
	(void)r, (void)status, (void)type, (void)bytes;
	ck_abort_msg("a person reads a page");
}

void reply_redirect(struct request *r, unsigned status, const char *location)
{
	(void)r, (void)status;
	ck_abort_msg("sent to %s", location);
}

void reply_header(struct request *r, const char *name, const char *format, ...)
{
	(void)r, (void)name, (void)format;
}

/* ---- */

static void open_site(void)
{
	ENSURE(sodium_init() >= 0);
	place_make(&place);
	issuer = id_of_name("account", "issuer");
	web.sessions = sessions_open(place_path(&place, "sessions"),
				     (struct session_times){IDLE_US, MOST_US});
	ENSURE(web.sessions != NULL);
	ENSURE(session_begin(web.sessions, &issuer, "", "", NOW_US, cookie) == 0);
	with_token = false;
}

static void close_site(void)
{
	sessions_close(&web.sessions);
	place_remove(&place);
	json_decref(got.page);
	got.page = NULL;
}

/* Lets the body come, or says the problem's code. */
static const char *when_sent(const char *path, int64_t after_us)
{
	AUTO(arena_destroy) struct arena *arena = arena_new(4096);
	struct exchange x = {.server = &server};
	struct request *r = &x.request;

	json_decref(got.page);
	got.page = NULL;
	got.code = NULL;
	*r = (struct request){.web = &web,
			      .exchange = &x,
			      .method = POST,
			      .path = path,
			      .type = "",
			      .arena = arena,
			      .now_us = NOW_US + after_us};
	head_read(&x);
	json_decref(r->query);
	return got.code;
}

static void show_anew(int64_t after_us)
{
	struct session_key key;
	struct session row;

	ck_assert(session_find(web.sessions, cookie, NOW_US + after_us, &row, &key));
	session_showed(web.sessions, &key, NOW_US + after_us);
}

START_TEST(who_has_just_signed_in_may_do_what_cannot_be_undone)
{
	ck_assert_ptr_null(when_sent("/revoke", 0));
	ck_assert_ptr_null(when_sent("/revoke", STEP_UP_US - 1));
}
END_TEST

START_TEST(after_minutes_a_fresh_proof_is_asked_for_and_only_for_that)
{
	const char *again;

	ck_assert_str_eq(when_sent("/revoke", STEP_UP_US), "step_up");
	again = json_string_value(json_object_get(got.page, "sign_in_again"));
	ck_assert_msg(again != NULL, "the page leads nowhere");
	/* and back to where the form was */
	ck_assert_str_eq(again, "/sign-in/again?to=%2Foffice%2Fcredentials%2F1%3Flang%3Des");
	ck_assert_ptr_null(when_sent("/withdraw", STEP_UP_US));
}
END_TEST

START_TEST(a_fresh_proof_holds_as_long_again)
{
	show_anew(STEP_UP_US);
	ck_assert_ptr_null(when_sent("/revoke", 2 * STEP_UP_US - 1));
	ck_assert_str_eq(when_sent("/revoke", 2 * STEP_UP_US), "step_up");
}
END_TEST

START_TEST(a_proof_in_one_browser_is_none_in_another)
{
	char other[SESSION_TEXT_LEN + 1];

	ENSURE(session_begin(web.sessions, &issuer, "", "", NOW_US, other) == 0);
	show_anew(STEP_UP_US);
	memcpy(cookie, other, sizeof cookie);
	ck_assert_str_eq(when_sent("/revoke", STEP_UP_US), "step_up");
}
END_TEST

/* It was made for that by somebody who had signed in. */
START_TEST(a_token_with_the_scope_needs_none)
{
	with_token = true;
	ck_assert_ptr_null(when_sent("/revoke", STEP_UP_US));
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("step_up");
	TCase *tc = tcase_create("step_up");

	tcase_add_checked_fixture(tc, open_site, close_site);
	tcase_add_test(tc, who_has_just_signed_in_may_do_what_cannot_be_undone);
	tcase_add_test(tc, after_minutes_a_fresh_proof_is_asked_for_and_only_for_that);
	tcase_add_test(tc, a_fresh_proof_holds_as_long_again);
	tcase_add_test(tc, a_proof_in_one_browser_is_none_in_another);
	tcase_add_test(tc, a_token_with_the_scope_needs_none);
	suite_add_tcase(suite, tc);
	return suite;
}
