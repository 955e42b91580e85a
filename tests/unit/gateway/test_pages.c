/* All templates and words as they are shipped, and what pages say with them. */
#include "proto/assessment.pb-c.h"
#include "proto/enrollment.pb-c.h"
#include "proto/evidence.pb-c.h"
#include "proto/gateway.pb-c.h"
#include "proto/issuance.pb-c.h"
#include "proto/notification.pb-c.h"
#include "services/gateway/render/layout.h"
#include "services/gateway/render/mustache.h"
#include "services/gateway/render/words.h"
#include "services/gateway/web/web.h"
#include "tests/support/suite.h"
#include "tests/support/tree.h"

#include <dirent.h>
#include <string.h>

static struct arena *arena;
static struct web web;
static struct request request;

/* The server is not linked here. */
const char *public_url(const struct request *r)
{
	(void)r;
	return "https://cairn.example";
}

static void setup(void)
{
	const char *dir;

	arena = arena_new(1 << 16);
	dir = tree_path("services/gateway/pages", arena);
	web = (struct web){.words = words_load(dir), .pages = pages_load(dir)};
	ENSURE(web.words != NULL && web.pages != NULL);
	request = (struct request){
		.web = &web, .path = "/catalogue", .arena = arena, .query = json_object()};
}

static void teardown(void)
{
	json_decref(request.query);
	words_destroy(&web.words);
	pages_destroy(&web.pages);
	arena_destroy(&arena);
}

/* ---- what is shipped ---- */

static void check_keys(json_t *some, const json_t *other, const char *language)
{
	const char *subject, *key;
	json_t *words, *text;

	json_object_foreach(some, subject, words)
	{
		json_object_foreach(words, key, text)
		{
			const json_t *twin = json_object_get(json_object_get(other, subject), key);

			ck_assert_msg(json_is_string(text), "%s.%s is no text", subject, key);
			ck_assert_msg(json_is_string(twin), "%s.%s is missing in %s", subject, key,
				      language);
		}
	}
}

START_TEST(both_languages_have_the_same_words)
{
	check_keys(words_of(web.words, EN), words_of(web.words, ES), "es");
	check_keys(words_of(web.words, ES), words_of(web.words, EN), "en");
}
END_TEST

static unsigned places_of(const char *text)
{
	unsigned places = 0;

	for (; *text != '\0'; text++)
		if (text[0] == '{' && text[1] >= '0' && text[1] <= '9' && text[2] == '}')
			places |= 1u << (text[1] - '0');
	return places;
}

START_TEST(what_is_put_into_a_text_is_put_into_its_translation)
{
	const json_t *spanish = words_of(web.words, ES);
	const char *subject, *key;
	json_t *words, *text;

	json_object_foreach(words_of(web.words, EN), subject, words)
	{
		json_object_foreach(words, key, text)
		{
			const json_t *twin =
				json_object_get(json_object_get(spanish, subject), key);

			ck_assert_msg(places_of(json_string_value(text)) ==
					      places_of(json_string_value(twin)),
				      "%s.%s has other places in Spanish", subject, key);
		}
	}
}
END_TEST

/* ctx: the template's file. */
static void check_name(void *ctx, char tag, const char *name)
{
	json_t *words = words_of(web.words, EN);

	if (tag == '>')
		ck_assert_msg(pages_find(web.pages, name) != NULL, "%s: no partial %s",
			      (const char *)ctx, name);
	if (strncmp(name, "w.", 2) != 0)
		return;
	const char *dot = strchr(name + 2, '.');

	ck_assert_msg(dot != NULL, "%s: {{%s}} names no word", (const char *)ctx, name);
	const json_t *subject = json_object_getn(words, name + 2, (size_t)(dot - name - 2));

	ck_assert_msg(json_is_string(json_object_get(subject, dot + 1)), "%s: no word %s",
		      (const char *)ctx, name + 2);
}

START_TEST(each_word_and_partial_that_a_template_names_exists)
{
	DIR *dir = opendir(tree_path("services/gateway/pages", arena));
	unsigned n = 0;

	ck_assert_ptr_nonnull(dir);
	for (struct dirent *file; (file = readdir(dir)) != NULL;) {
		size_t len = strlen(file->d_name);

		if (len < 6 || strcmp(file->d_name + len - 5, ".html") != 0)
			continue;
		n++;
		mustache_names(pages_find(web.pages,
					  arena_printf(arena, "%.*s", (int)len - 5, file->d_name)),
			       check_name, file->d_name);
	}
	closedir(dir);
	ck_assert_uint_gt(n, 4);
}
END_TEST

/* ---- what pages say ---- */

START_TEST(a_page_has_its_language_its_title_and_links_to_the_other_language)
{
	json_t *page =
		json_pack("{s:s, s:s, s:s}", "title", "A <title>", "detail", "d", "code", "c");
	char *html;

	json_object_set_new(request.query, "q", json_string("a b&c"));
	request.language = ES;
	html = arena_text(arena, page_render(&request, "problem", page));
	ck_assert_ptr_nonnull(strstr(html, "<html lang=\"es\">"));
	ck_assert_ptr_nonnull(strstr(html, "<title>A &lt;title&gt; "));
	ck_assert_ptr_nonnull(strstr(html, "?lang&#x3D;en&amp;q&#x3D;a%20b%26c"));
	ck_assert_ptr_nonnull(strstr(html, "href=\"/sign-in\""));
	ck_assert_ptr_nonnull(strstr(html, "<a href=\"/catalogue\" aria-current=\"page\">"));
	json_decref(page);
}
END_TEST

START_TEST(what_the_catalogue_says_is_marked_as_english_on_a_spanish_page_only)
{
	json_t *page = json_pack("{s:s, s:s}", "title", "Wait Time", "competency", "Wait well.");
	const char *english = arena_text(arena, page_render(&request, "entry", page));

	request.language = ES;
	const char *spanish = arena_text(arena, page_render(&request, "entry", page));

	ck_assert_ptr_nonnull(strstr(english, "<h1>Wait Time</h1>"));
	ck_assert_ptr_nonnull(strstr(spanish, "<h1 lang=\"en\">Wait Time</h1>"));
	ck_assert_ptr_nonnull(strstr(spanish, "lang=\"en\">Wait well.</p>"));
	json_decref(page);
}
END_TEST

START_TEST(who_is_signed_in_finds_what_their_roles_open_and_a_way_out)
{
	struct person ana = {.may = MAY_TEACHER | MAY_COACH, .name = "Ana", .csrf = "token"};
	json_t *page = json_pack("{s:s}", "title", "t");
	char *html;

	request.person = &ana;
	html = arena_text(arena, page_render(&request, "problem", page));
	ck_assert_ptr_nonnull(strstr(html, "Ana"));
	ck_assert_ptr_nonnull(strstr(html, "href=\"/plan\""));
	ck_assert_ptr_nonnull(strstr(html, "href=\"/coaching\""));
	ck_assert_ptr_null(strstr(html, "href=\"/office\""));
	ck_assert_ptr_nonnull(strstr(html, "name=\"csrf\" value=\"token\""));
	ck_assert_ptr_nonnull(strstr(html, "action=\"/sign-out\""));
	json_decref(page);
}
END_TEST

START_TEST(what_was_done_is_said_once_in_words_of_ours_only)
{
	json_t *page = json_pack("{s:s}", "title", "t");

	json_object_set_new(request.query, "done", json_string("saved"));
	ck_assert_ptr_nonnull(
		strstr(arena_text(arena, page_render(&request, "problem", page)), "Saved."));
	json_object_set_new(request.query, "done", json_string("<other>"));
	ck_assert_ptr_null(strstr(arena_text(arena, page_render(&request, "problem", page)),
				  "alert--success"));
	json_decref(page);
}
END_TEST

/* 2027-06-30T21:05:00Z */
#define JUNE INT64_C(1814389500000000)

START_TEST(dates_are_told_as_each_language_tells_them)
{
	ck_assert_str_eq(date_text(&request, JUNE), "June 30, 2027");
	ck_assert_str_eq(moment_text(&request, JUNE), "June 30, 2027, 9:05 PM");
	ck_assert_str_eq(date_text_of(&request, "2026-01-05"), "January 5, 2026");
	ck_assert_str_eq(date_text_of(&request, "soon"), "soon");
	request.language = ES;
	ck_assert_str_eq(date_text(&request, JUNE), "30 de junio de 2027");
	ck_assert_str_eq(moment_text(&request, JUNE), "30 de junio de 2027, 9:05 p. m.");
}
END_TEST

START_TEST(a_word_that_is_missing_is_its_key_and_a_code_itself)
{
	ck_assert_str_eq(word(&request, "layout.save"), "Save");
	ck_assert_str_eq(word(&request, "layout.none"), "layout.none");
	ck_assert_str_eq(word_of(&request, "states", "PAUSED"), "Paused");
	ck_assert_str_eq(word_of(&request, "states", "NEW_ONE"), "NEW_ONE");
}
END_TEST

START_TEST(a_problem_is_told_in_the_reader_s_language)
{
	ck_assert_str_eq(problem_title(&request, 404), "Nothing is here");
	ck_assert_str_eq(problem_title(&request, 418), "This did not work");
	ck_assert_str_eq(problem_text(&request, "WRONG_STATE", "paused, not active"),
			 "paused, not active");
	ck_assert_str_eq(problem_text(&request, "new_one", "said"), "said");
	request.language = ES;
	ck_assert_str_eq(problem_title(&request, 404), "Aqu\xc3\xad no hay nada");
	ck_assert_str_eq(problem_text(&request, "WRONG_STATE", "paused, not active"),
			 "Su estado actual no lo permite.");
}
END_TEST

/* Refusals of commands that only cairnctl and licensure systems send: no page tells them. Those of
 * sinks, of state files and of the sandbox have numbers of their own. */
static const char *const told_by_no_page[] = {
	"ANCHOR_TAKEN",   "ANCHOR_DISPUTED", "ISSUER_HAS_KEY",   "NO_SIGNING_KEY",
	"KEY_IS_REVOKED", "LAST_ACTIVE_KEY", "TOO_MANY_KEYS",    "KEY_IS_ACTIVE",
	"REISSUE_STANDS", "NO_REISSUE",      "NOTHING_ENDORSED", "OWN_ENDORSEMENT",
	"OUTSIDE_SCOPE",  "BAD_AMOUNT",      "BAD_FACTS",        "NO_BOUNCE",
};
static const struct reasons_case {
	const ProtobufCEnumDescriptor *reasons;
	int from, to; /* that no page tells */
} reasons_of[] = {
	{&enrollment__reason__descriptor, 0, 0}, {&evidence__reason__descriptor, 0, 0},
	{&assessment__reason__descriptor, 0, 0}, {&issuance__reason__descriptor, 210, 239},
	{&gateway__reason__descriptor, 0, 0},    {&notification__reason__descriptor, 30, 59},
};

static bool is_told_by_no_page(const struct reasons_case *c, const ProtobufCEnumValue *reason)
{
	for (size_t i = 0; i < ARRAY_LEN(told_by_no_page); i++)
		if (strcmp(told_by_no_page[i], reason->name) == 0)
			return true;
	return reason->value >= c->from && reason->value <= c->to;
}

/* What a service refuses reaches a page by its code; an UNKNOWN_ one is told as nothing at all. */
START_TEST(each_refusal_that_a_page_may_tell_has_words_in_both_languages)
{
	const struct reasons_case *c = &reasons_of[_i];

	request.language = ES;
	for (unsigned i = 0; i < c->reasons->n_values; i++) {
		const ProtobufCEnumValue *reason = &c->reasons->values[i];
		const char *name = reason->name;
		bool has_words = strcmp(problem_text(&request, name, "said"), "said") != 0;

		if (reason->value == 0 || strncmp(name, "UNKNOWN_", 8) == 0)
			continue;
		ck_assert_msg(has_words || is_told_by_no_page(c, reason),
			      "%s of %s: its words belong in pages/words/reasons.*.json, or, if no "
			      "route sends what it refuses, its name here",
			      name, c->reasons->package_name);
	}
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("gateway pages");
	TCase *tcase = tcase_create("pages");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, both_languages_have_the_same_words);
	tcase_add_test(tcase, what_is_put_into_a_text_is_put_into_its_translation);
	tcase_add_test(tcase, each_word_and_partial_that_a_template_names_exists);
	tcase_add_test(tcase, a_page_has_its_language_its_title_and_links_to_the_other_language);
	tcase_add_test(tcase, what_the_catalogue_says_is_marked_as_english_on_a_spanish_page_only);
	tcase_add_test(tcase, who_is_signed_in_finds_what_their_roles_open_and_a_way_out);
	tcase_add_test(tcase, what_was_done_is_said_once_in_words_of_ours_only);
	tcase_add_test(tcase, dates_are_told_as_each_language_tells_them);
	tcase_add_test(tcase, a_word_that_is_missing_is_its_key_and_a_code_itself);
	tcase_add_test(tcase, a_problem_is_told_in_the_reader_s_language);
	tcase_add_loop_test(tcase, each_refusal_that_a_page_may_tell_has_words_in_both_languages, 0,
			    ARRAY_LEN(reasons_of));
	suite_add_tcase(suite, tcase);
	return suite;
}
