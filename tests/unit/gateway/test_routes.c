/* Each route's row is sound by itself, and no two mean the same request. */
#include "services/gateway/signin/scopes.h"
#include "services/gateway/web/takes.h"
#include "services/gateway/web/route.h"
#include "tests/support/suite.h"
#include "tests/support/tree.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct route *every[1000];
static unsigned n_every;

static void gather(void)
{
	n_every = 0;
	for (size_t i = 0; i < n_route_lists; i++)
		for (size_t j = 0; j < route_lists[i]->n; j++) {
			ck_assert_uint_lt(n_every, ARRAY_LEN(every));
			every[n_every++] = &route_lists[i]->routes[j];
		}
	ck_assert_uint_gt(n_every, 50);
}

static bool has_body(const struct route *route)
{
	return route->method == POST || route->method == PUT || route->method == PATCH;
}

/* ---- paths ---- */

START_TEST(a_path_begins_with_a_slash_and_its_names_are_whole)
{
	for (unsigned i = 0; i < n_every; i++) {
		const char *path = every[i]->path;
		unsigned n = 0;

		ck_assert_msg(path[0] == '/', "%s", path);
		ck_assert_msg(strpbrk(path, " ?#%") == NULL, "%s", path);
		for (const char *at = strchr(path, '{'); at != NULL; at = strchr(at + 1, '{')) {
			size_t len = strspn(at + 1, "abcdefghijklmnopqrstuvwxyz_");
			const char *end = at + 1 + len;

			ck_assert_msg(len > 0, "%s", path);
			if (strncmp(end, "...}", 4) == 0)
				ck_assert_msg(end[4] == '\0', "%s: not the last", path);
			else
				ck_assert_msg(end[0] == '}', "%s", path);
			n++;
		}
		ck_assert_msg(n <= PARAMS_MAX, "%s", path);
	}
}
END_TEST

/* The path with its names left out: what differs by names alone means the same. */
static void shape_of(const char *path, char shape_r[200])
{
	size_t n = 0;

	while (*path != '\0' && n < 199) {
		shape_r[n++] = *path;
		path = *path == '{' ? strchr(path, '}') : path + 1;
	}
	shape_r[n] = '\0';
}

START_TEST(no_two_routes_are_the_same_method_and_path)
{
	for (unsigned i = 0; i < n_every; i++)
		for (unsigned j = i + 1; j < n_every; j++) {
			char one[200], other[200];

			shape_of(every[i]->path, one);
			shape_of(every[j]->path, other);
			ck_assert_msg(every[i]->method != every[j]->method ||
					      strcmp(one, other) != 0,
				      "%s and %s", every[i]->path, every[j]->path);
		}
}
END_TEST

/* An address of that route, each {name} filled. */
static void address_of(const char *path, char address_r[300])
{
	size_t n = 0;

	while (*path != '\0' && n < 290) {
		if (*path == '{') {
			address_r[n++] = 'x';
			path = strchr(path, '}') + 1;
		} else {
			address_r[n++] = *path++;
		}
	}
	address_r[n] = '\0';
}

START_TEST(each_route_is_found_by_its_address)
{
	struct arena *arena = arena_new(4096);

	for (unsigned i = 0; i < n_every; i++) {
		const char *params[PARAMS_MAX] = {NULL};
		bool other = false;
		char address[300];

		address_of(every[i]->path, address);
		ck_assert_msg(route_find(every[i]->method, address, arena, params, &other) ==
				      every[i],
			      "%s is hidden by another", every[i]->path);
	}
	arena_destroy(&arena);
}
END_TEST

/* ---- who may ---- */

START_TEST(each_route_says_who_may)
{
	for (unsigned i = 0; i < n_every; i++) {
		const struct route *r = every[i];
		uint32_t known = MAY_ANY_ROLE | MAY_ANYONE;

		ck_assert_msg(r->may != 0 && (r->may & ~known) == 0, "%s", r->path);
		ck_assert_msg(r->scope == NULL || scope_of_name(r->scope) != 0, "%s: scope %s",
			      r->path, r->scope);
	}
}
END_TEST

/* Nobody has no educator and no assessor to speak as, and an operator's key is not for everyone. */
START_TEST(as_whom_services_are_asked_fits_who_may)
{
	static const struct {
		enum as as;
		uint32_t may;
	} fits[] = {
		{AS_EDUCATOR, MAY_TEACHER},
		{AS_ASSESSOR, MAY_ASSESSOR | MAY_LEAD | MAY_COACH},
	};

	for (unsigned i = 0; i < n_every; i++)
		for (unsigned k = 0; k < ARRAY_LEN(fits); k++)
			ck_assert_msg(every[i]->as != fits[k].as ||
					      (every[i]->may & fits[k].may) != 0,
				      "%s", every[i]->path);
}
END_TEST

/* What leaves this house signed, or takes back what has, and who may do so. */
START_TEST(what_cannot_be_undone_needs_a_fresh_proof)
{
	static const char *const grave[] = {
		"/office/credentials/{id}/suspend",
		"/office/credentials/{id}/reinstate",
		"/office/credentials/{id}/revocation",
		"/office/credentials/{id}/revocation/confirm",
		"/office/credentials/{id}/issue",
		"/office/catalogue/publish",
		"/office/accounts/{account}/grants",
		"/office/accounts/{account}/reset",
		"/office/accounts/{account}/close",
	};
	unsigned n = 0;

	for (unsigned i = 0; i < n_every; i++)
		for (unsigned k = 0; k < ARRAY_LEN(grave); k++)
			if (strcmp(every[i]->path, grave[k]) == 0 && every[i]->method == POST) {
				ck_assert_msg(every[i]->step_up, "%s", grave[k]);
				n++;
			}
	ck_assert_uint_eq(n, ARRAY_LEN(grave));
}
END_TEST

/* ---- what comes ---- */

START_TEST(what_a_route_takes_is_understood)
{
	for (unsigned i = 0; i < n_every; i++) {
		const char *at = every[i]->takes != NULL ? every[i]->takes : "";
		struct taken taken;

		while (takes_next(&at, &taken))
			;
		ck_assert_msg(*at == '\0', "%s: \"%s\"", every[i]->path, at);
	}
}
END_TEST

START_TEST(only_a_change_has_a_body)
{
	for (unsigned i = 0; i < n_every; i++) {
		const struct route *r = every[i];

		ck_assert_msg(r->body == BODY_NONE || has_body(r) || r->method == DELETE, "%s",
			      r->path);
		ck_assert_msg((r->body == BODY_STREAM) == (r->take != NULL), "%s", r->path);
		ck_assert_msg((r->body == BODY_STREAM) == (r->done != NULL), "%s", r->path);
		ck_assert_msg(r->first != NULL, "%s", r->path);
	}
}
END_TEST

/* What takes a POST without a body at all would not read the form's own fields either: csrf and
 * intention. */
/* By its own route, with names that the change's path has too. */
START_TEST(what_a_change_changes_can_be_read)
{
	struct arena *arena = arena_new(4096);
	unsigned n = 0;

	for (unsigned i = 0; i < n_every; i++) {
		const struct route *r = every[i], *read;
		const char *params[PARAMS_MAX] = {NULL}, *at = r->changes;
		bool other = false;
		char address[300];

		if (at == NULL)
			continue;
		address_of(at, address);
		read = route_find(GET, address, arena, params, &other);
		ck_assert_msg(read != NULL, "%s changes %s", r->path, at);
		ck_assert_str_eq(read->path, at);
		ck_assert_msg(r->method != GET && r->body != BODY_STREAM, "%s", r->path);
		while ((at = strchr(at, '{')) != NULL) {
			const char *name =
				arena_printf(arena, "%.*s", (int)strcspn(at, "}") + 1, at);

			ck_assert_msg(strstr(r->path, name) != NULL, "%s has no %s", r->path, name);
			at++;
		}
		n++;
	}
	ck_assert_uint_ge(n, 20);
	arena_destroy(&arena);
}
END_TEST

START_TEST(what_a_browser_posts_is_read)
{
	for (unsigned i = 0; i < n_every; i++) {
		const struct route *r = every[i];

		ck_assert_msg(r->method != POST || r->body != BODY_NONE || r->no_csrf,
			      "POST %s has no body", r->path);
	}
}
END_TEST

START_TEST(each_route_is_explained)
{
	for (unsigned i = 0; i < n_every; i++)
		ck_assert_msg(every[i]->about != NULL && strlen(every[i]->about) > 5, "%s",
			      every[i]->path);
}
END_TEST

/* ---- words of takes ---- */

START_TEST(a_word_has_a_name_a_sign_and_a_kind)
{
	const char *at = "  q?text hours=count";
	struct taken taken;

	ck_assert(takes_next(&at, &taken));
	ck_assert_str_eq(taken.name, "q");
	ck_assert_str_eq(taken.kind, "text");
	ck_assert(!taken.must);
	ck_assert(takes_next(&at, &taken));
	ck_assert_str_eq(taken.name, "hours");
	ck_assert_str_eq(taken.kind, "count");
	ck_assert(taken.must);
	ck_assert(!takes_next(&at, &taken));
	ck_assert_str_eq(at, "");
}
END_TEST

static const char *const no_words[] = {"q", "?text", "q?", "q?number", "q =text", "q?textual"};

START_TEST(what_is_no_word_is_told)
{
	const char *at = no_words[_i];
	struct taken taken;

	ck_assert(!takes_next(&at, &taken));
	ck_assert_str_ne(at, "");
}
END_TEST

/* ---- what comes, against them ---- */

static const struct misfit_case {
	const char *body, *name, *kind; /* NULL: all fit; NULL: it is not taken */
} misfits[] = {
	{"{}", NULL, NULL},
	{"{'csrf':'x','intention':'y'}", NULL, NULL},
	{"{'a':'x','b':['x','y'],'n':3,'on':true}", NULL, NULL},
	{"{'a':'','b':'','n':'','on':''}", NULL, NULL},
	{"{'a':null,'b':null,'n':null,'on':null}", NULL, NULL},
	{"{'n':'0042','on':'1','b':'x','met:5.2':'yes'}", NULL, NULL},
	{"{'aa':'x'}", "aa", NULL},
	{"{'met':'x'}", "met", NULL},
	{"{'a':'x','A':'x'}", "A", NULL},
	{"{'a':['x','y']}", "a", "text"},
	{"{'a':1}", "a", "text"},
	{"{'a':{'b':'c'}}", "a", "text"},
	{"{'b':['x',1]}", "b", "texts"},
	{"{'b':{}}", "b", "texts"},
	{"{'n':-1}", "n", "count"},
	{"{'n':1.5}", "n", "count"},
	{"{'n':'-1'}", "n", "count"},
	{"{'n':'1234567890123456'}", "n", "count"},
	{"{'n':['1']}", "n", "count"},
	{"{'on':1}", "on", "yes"},
	{"{'met:1':2}", "met:1", "text"},
};

START_TEST(what_comes_is_taken_or_told_by_its_name)
{
	const struct misfit_case *c = &misfits[_i];
	char text[200];
	const char *name, *kind = NULL;
	json_t *body;

	snprintf(text, sizeof text, "%s", c->body);
	for (char *at = text; *at != '\0'; at++)
		*at = *at == '\'' ? '"' : *at;
	body = json_loads(text, 0, NULL);
	ck_assert_ptr_nonnull(body);
	name = takes_misfit("a=text b?texts n?count on?yes met:*?text", body, &kind);
	ck_assert_msg((name == NULL) == (c->name == NULL), "%s: %s", c->body, name);
	if (name != NULL) {
		ck_assert_str_eq(name, c->name);
		ck_assert_msg((kind == NULL) == (c->kind == NULL), "%s: %s", c->body, kind);
	}
	if (kind != NULL && name != NULL)
		ck_assert_str_eq(kind, c->kind);
	json_decref(body);
}
END_TEST

/* ---- forms of the pages, against the routes that they are sent to ---- */

/* What stands in the quotes behind that; "" when it is not there before end. */
static void value_behind(const char *at, const char *end, const char *what, char value_r[300])
{
	const char *found = strstr(at, what);
	size_t n = 0;

	value_r[0] = '\0';
	if (found == NULL || found >= end)
		return;
	for (found += strlen(what); *found != '"' && *found != '?' && n < 299; found++) {
		if (strncmp(found, "{{", 2) == 0) {
			value_r[n++] = 'x';
			found = strstr(found, "}}") + 1;
			found += found[1] == '}';
			continue;
		}
		value_r[n++] = *found;
	}
	value_r[n] = '\0';
}

static const struct route *route_of_form(const char *form, const char *end, struct arena *arena)
{
	const char *params[PARAMS_MAX] = {NULL};
	bool other = false;
	char address[300], method[300];

	value_behind(form, end, " method=\"", method);
	value_behind(form, end, " action=\"", address);
	if (strcmp(method, "post") != 0)
		return NULL;
	return address[0] == '/' ? route_find(POST, address, arena, params, &other) : NULL;
}

static unsigned check_forms(const char *file, const char *text, struct arena *arena)
{
	unsigned n = 0;

	for (const char *form = strstr(text, "<form"); form != NULL;
	     form = strstr(form + 1, "<form")) {
		const char *end = strstr(form, "</form>");
		const struct route *r = route_of_form(form, end, arena);

		if (r == NULL || !takes_only(r))
			continue;
		for (const char *at = strstr(form, " name=\""); at != NULL && at < end;
		     at = strstr(at + 1, " name=\"")) {
			json_t *body = json_object();
			char name[300];
			const char *kind;

			value_behind(at, end, " name=\"", name);
			json_object_set_new(body, name, json_string(""));
			ck_assert_msg(takes_misfit(r->takes, body, &kind) == NULL,
				      "%s sends %s, which %s does not take", file, name, r->path);
			json_decref(body);
			n++;
		}
	}
	return n;
}

START_TEST(what_a_page_sends_is_taken)
{
	struct arena *arena = arena_new(1 << 16);
	const char *pages = tree_path("services/gateway/pages", arena);
	struct dirent **files;
	int n = scandir(pages, &files, NULL, alphasort);
	unsigned fields = 0;

	ck_assert_int_gt(n, 50);
	for (int i = 0; i < n; i++) {
		const char *path =
			arena_printf(arena, "services/gateway/pages/%s", files[i]->d_name);

		if (strstr(path, ".html") != NULL)
			fields += check_forms(files[i]->d_name,
					      (const char *)tree_read(path, arena).data, arena);
		free(files[i]);
	}
	free(files);
	ck_assert_uint_ge(fields, 40);
	arena_destroy(&arena);
}
END_TEST

Suite *test_suite(void)
{
	Suite *s = suite_create("routes");
	TCase *rows = tcase_create("rows"), *words = tcase_create("words");

	tcase_add_checked_fixture(rows, gather, NULL);
	tcase_add_test(rows, a_path_begins_with_a_slash_and_its_names_are_whole);
	tcase_add_test(rows, no_two_routes_are_the_same_method_and_path);
	tcase_add_test(rows, each_route_is_found_by_its_address);
	tcase_add_test(rows, each_route_says_who_may);
	tcase_add_test(rows, as_whom_services_are_asked_fits_who_may);
	tcase_add_test(rows, what_cannot_be_undone_needs_a_fresh_proof);
	tcase_add_test(rows, what_a_route_takes_is_understood);
	tcase_add_test(rows, only_a_change_has_a_body);
	tcase_add_test(rows, what_a_change_changes_can_be_read);
	tcase_add_test(rows, what_a_browser_posts_is_read);
	tcase_add_test(rows, each_route_is_explained);
	suite_add_tcase(s, rows);
	tcase_add_test(words, a_word_has_a_name_a_sign_and_a_kind);
	tcase_add_loop_test(words, what_comes_is_taken_or_told_by_its_name, 0, ARRAY_LEN(misfits));
	tcase_add_test(rows, what_a_page_sends_is_taken);
	tcase_add_loop_test(words, what_is_no_word_is_told, 0, ARRAY_LEN(no_words));
	suite_add_tcase(s, words);
	return s;
}
