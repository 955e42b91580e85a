/* The public catalogue: handlers against the sample in a real enrollment service, rendered by the
 * real templates. CAIRN_PAGES names a folder that keeps what was rendered, to be looked at. */
#include "services/gateway/render/layout.h"
#include "services/gateway/render/words.h"
#include "services/gateway/web/route.h"
#include "services/gateway/web/web.h"
#include "tests/support/route_service.h"
#include "tests/support/shelves.h"
#include "tests/support/suite.h"
#include "tests/support/tree.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern const struct route_list catalogue_routes, entry_routes, site_routes;

#define SLOTS 4
#define PAGE_BYTES_MAX 100000

static struct kit *shelves;
static struct web web;
static struct request request;
static json_t *answers[SLOTS];
static Cairn__Status statuses[SLOTS];
static unsigned n_asked, status;
static step_fn *next_step_of;
static const char *code, *html, *problem;
static json_t *page;

/* ---- the web, played ---- */

const char *public_url(const struct request *r)
{
	(void)r;
	return "https://cairn.example";
}

const char *public_path(struct request *r, const char *format, ...)
{
	(void)format;
	return public_url(r);
}

const char *param(const struct request *r, const char *name)
{
	(void)r, (void)name;
	return code;
}

const char *query_text(const struct request *r, const char *name)
{
	return json_string_value(json_object_get(r->query, name));
}

const char *body_text(const struct request *r, const char *name)
{
	(void)r, (void)name;
	return NULL;
}

int64_t query_number(const struct request *r, const char *name, int64_t least, int64_t most,
		     int64_t otherwise)
{
	const char *text = query_text(r, name);
	int64_t number = text == NULL ? otherwise : strtoll(text, NULL, 10);

	return number < least || number > most ? otherwise : number;
}

/* Issuance has nothing to tell here. */
unsigned ask(struct request *r, enum to to, const char *query, json_t *fields)
{
	(void)r;
	statuses[n_asked] = CAIRN__STATUS__UNAVAILABLE;
	answers[n_asked] = NULL;
	if (to == TO_ENROLLMENT)
		statuses[n_asked] = service_asked(shelves, query, fields, &answers[n_asked]);
	else
		json_decref(fields);
	return n_asked++;
}

void then(struct request *r, step_fn *next)
{
	(void)r;
	next_step_of = next;
}

json_t *answer(const struct request *r, unsigned slot)
{
	(void)r;
	return answers[slot];
}

Cairn__Status status_of(const struct request *r, unsigned slot)
{
	(void)r;
	return statuses[slot];
}

void reply_problem(struct request *r, unsigned replied, const char *about, const char *format, ...)
{
	(void)r, (void)format;
	status = replied;
	problem = about;
}

bool refused(struct request *r, unsigned slot)
{
	if (statuses[slot] == CAIRN__STATUS__OK)
		return false;
	reply_problem(r, 404, "not_found", "-");
	return true;
}

void reply_header(struct request *r, const char *name, const char *format, ...)
{
	(void)r, (void)name, (void)format;
}

void reply_cache(struct request *r, const char *cache_control)
{
	(void)r, (void)cache_control;
}

void reply_page(struct request *r, unsigned replied, const char *template, json_t *object)
{
	struct bytes bytes = page_render(r, template, object);
	const char *keep_in = getenv("CAIRN_PAGES");

	status = replied;
	page = object;
	html = arena_text(r->arena, bytes);
	ck_assert_uint_lt(bytes.len, PAGE_BYTES_MAX);
	if (keep_in != NULL) {
		FILE *file = fopen(arena_printf(r->arena, "%s/%s.%s.html", keep_in, template,
						language_code(r->language)),
				   "w");

		ck_assert_ptr_nonnull(file);
		fputs(html, file);
		fclose(file);
	}
}

/* ---- given, when ---- */

static void setup(void)
{
	const char *dir;

	request = (struct request){.web = &web, .arena = arena_new(1 << 16)};
	dir = tree_path("services/gateway/pages", request.arena);
	web = (struct web){.words = words_load(dir), .pages = pages_load(dir), .dir = "/nowhere"};
	ENSURE(web.words != NULL && web.pages != NULL);
	shelves = shelves_new();
	request.query = json_object();
}

static void forget(void)
{
	for (unsigned i = 0; i < n_asked; i++)
		json_decref(answers[i]);
	n_asked = status = 0;
	json_decref(page);
	page = NULL;
	next_step_of = NULL;
}

static void teardown(void)
{
	forget();
	json_decref(request.query);
	words_destroy(&web.words);
	pages_destroy(&web.pages);
	shelves_destroy(&shelves);
	arena_destroy(&request.arena);
}

static void given_query(const char *name, const char *value)
{
	json_object_set_new(request.query, name, json_string(value));
}

static unsigned when_get(const struct route_list *list, const char *path)
{
	forget();
	for (size_t i = 0; i < list->n; i++)
		if (strcmp(list->routes[i].path, path) == 0)
			next_step_of = list->routes[i].first;
	request.path = path;
	while (status == 0) {
		step_fn *step = next_step_of;

		ENSURE(step != NULL);
		next_step_of = NULL;
		step(&request);
	}
	return status;
}

static unsigned when_entry(const char *named)
{
	code = named;
	return when_get(&entry_routes, "/catalogue/{code}");
}

static int64_t number_at(const json_t *object, const char *name)
{
	return json_integer_value(json_object_get(object, name));
}

static const char *text_at(const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));

	return text != NULL ? text : "";
}

static void shows(const char *text)
{
	ck_assert_msg(strstr(html, text) != NULL, "the page does not show %s", text);
}

/* ---- the catalogue ---- */

START_TEST(the_catalogue_shows_a_page_of_all_with_counts_to_narrow_it_by)
{
	ck_assert_uint_eq(when_get(&catalogue_routes, "/catalogue"), 200);
	ck_assert_int_eq(number_at(page, "total"), 40);
	ck_assert_uint_eq(json_array_size(json_object_get(page, "entries")), 20);
	ck_assert_uint_eq(json_array_size(json_object_get(page, "facets")), 6);
	shows("40 micro-credentials");
	shows("Technology and AI (");
	shows("Spanish (");
	shows("rel=\"next\"");
}
END_TEST

START_TEST(words_and_facets_narrow_the_catalogue_and_stay_chosen)
{
	given_query("q", "phonemic");
	given_query("topic", "literacy");
	given_query("hours", "15");
	ck_assert_uint_eq(when_get(&catalogue_routes, "/catalogue"), 200);
	ck_assert_int_eq(number_at(page, "total"), 1);
	shows("Phonemic Awareness Routines");
	shows("value=\"phonemic\"");
	shows("<option value=\"literacy\" selected>");
	shows("<option value=\"15\" selected>");
}
END_TEST

START_TEST(a_choice_that_nothing_has_stays_chosen_and_says_so)
{
	given_query("topic", "cooking");
	ck_assert_uint_eq(when_get(&catalogue_routes, "/catalogue"), 200);
	ck_assert_int_eq(number_at(page, "total"), 0);
	shows("<option value=\"cooking\" selected>cooking (0)");
	shows("Nothing fits all of that");
}
END_TEST

START_TEST(pages_follow_one_another_to_the_end)
{
	unsigned n = 0, pages = 0;
	const char *after;

	do {
		ck_assert_uint_eq(when_get(&catalogue_routes, "/catalogue"), 200);
		n += (unsigned)json_array_size(json_object_get(page, "entries"));
		pages++;
		after = strstr(text_at(page, "next"), "after=");
		if (after != NULL) {
			char *plain = arena_printf(request.arena, "%s", after + 6), *escape;

			/* what a server decodes */
			while ((escape = strstr(plain, "%3D")) != NULL) {
				*escape = '=';
				memmove(escape + 1, escape + 3, strlen(escape + 3) + 1);
			}
			given_query("after", plain);
		}
	} while (after != NULL && pages < 10);
	ck_assert_uint_eq(n, 40);
	ck_assert_uint_eq(pages, 2);
}
END_TEST

START_TEST(the_catalogue_speaks_spanish)
{
	request.language = ES;
	ck_assert_uint_eq(when_get(&catalogue_routes, "/catalogue"), 200);
	shows("<html lang=\"es\">");
	shows("40 microcredenciales");
	shows("Lectoescritura (");
}
END_TEST

/* ---- a micro-credential ---- */

START_TEST(a_micro_credential_shows_its_rubric_and_its_hours_before_anybody_starts)
{
	ck_assert_uint_eq(when_entry("LIT-101"), 200);
	ck_assert_str_eq(text_at(page, "title"), "Phonemic Awareness Routines");
	shows("About 12 hours (8 to 16)");
	shows("Sequence of routines");
	shows("Every routine matches its stated skill");
	shows("Ten-day routine plan");
	shows("consent of their families is needed");
	shows("Sign in to start");
	ck_assert_uint_eq(when_entry("lit-101"), 200);
	request.language = ES;
	ck_assert_uint_eq(when_entry("LIT-101"), 200);
	shows("Unas 12 horas (de 8 a 16)");
}
END_TEST

START_TEST(an_unknown_micro_credential_is_not_found)
{
	ck_assert_uint_eq(when_entry("LIT-999"), 404);
	ck_assert_uint_eq(
		when_entry("x23456789012345678901234567890123456789012345678901234567890"), 404);
}
END_TEST

static const struct state {
	const char *code;
	int64_t hundredths;
	const char *text;
} states[] = {
	{"TN", 600, "Counts as 6 "}, /* so many for each */
	{"tx", 1200, "Counts as 12 "},
	{"NC", 120, "Counts as 1.2 "}, /* a tenth for an hour */
	{"KS", 2400, "Counts as 24 "}, /* doubled at the level of application */
	{"MA", 1200, "toward Subject content, of which 15 are asked for"},
};

START_TEST(it_tells_what_it_counts_for_in_a_state)
{
	const struct state *s = &states[_i];

	given_query("state", s->code);
	ck_assert_uint_eq(when_entry("LIT-101"), 200);
	ck_assert_int_eq(
		number_at(json_array_get(json_object_get(page, "counts"), 0), "units_hundredths"),
		s->hundredths);
	shows(s->text);
	shows("This is what to expect");
}
END_TEST

START_TEST(a_state_without_rules_here_is_told_so)
{
	given_query("state", "ZZ");
	ck_assert_uint_eq(when_entry("LIT-101"), 200);
	ck_assert_uint_eq(json_array_size(json_object_get(page, "counts")), 0);
	shows("No renewal rules of that state");
}
END_TEST

START_TEST(the_site_s_own_pages_are_there_in_both_languages)
{
	static const char *const paths[] = {"/", "/accessibility", "/privacy", "/stories"};

	for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
		request.language = EN;
		ck_assert_uint_eq(when_get(&site_routes, paths[i]), 200);
		shows("<h1>");
		request.language = ES;
		ck_assert_uint_eq(when_get(&site_routes, paths[i]), 200);
		shows("<html lang=\"es\">");
	}
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("gateway catalogue");
	TCase *tcase = tcase_create("catalogue");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, the_catalogue_shows_a_page_of_all_with_counts_to_narrow_it_by);
	tcase_add_test(tcase, words_and_facets_narrow_the_catalogue_and_stay_chosen);
	tcase_add_test(tcase, a_choice_that_nothing_has_stays_chosen_and_says_so);
	tcase_add_test(tcase, pages_follow_one_another_to_the_end);
	tcase_add_test(tcase, the_catalogue_speaks_spanish);
	tcase_add_test(tcase,
		       a_micro_credential_shows_its_rubric_and_its_hours_before_anybody_starts);
	tcase_add_test(tcase, an_unknown_micro_credential_is_not_found);
	tcase_add_loop_test(tcase, it_tells_what_it_counts_for_in_a_state, 0,
			    (int)ARRAY_LEN(states));
	tcase_add_test(tcase, a_state_without_rules_here_is_told_so);
	tcase_add_test(tcase, the_site_s_own_pages_are_there_in_both_languages);
	suite_add_tcase(suite, tcase);
	return suite;
}
