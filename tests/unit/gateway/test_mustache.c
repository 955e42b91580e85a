/* Templates: what the interop test does not see. Every feature beside npm's is
 * tests/interop/mustache.mjs's.
 */
#include "services/gateway/render/mustache.h"

#include "tests/support/suite.h"

#include <string.h>

static struct arena *arena;

static void setup(void)
{
	arena = arena_new(4096);
}

static void teardown(void)
{
	arena_destroy(&arena);
}

static const char *rendered(const char *template, json_t *const *objects, unsigned n,
			    partial_fn *partial, void *ctx)
{
	char fault[200] = "";
	AUTO(mustache_destroy) struct mustache *m = mustache_parse(template, fault);

	ck_assert_msg(m != NULL, "%s", fault);
	return arena_text(arena, mustache_render(m, objects, n, partial, ctx, arena));
}

START_TEST(values_are_escaped_unless_the_template_says_otherwise)
{
	json_t *page = json_pack("{s:s}", "name", "<b a='1'>&\"/`=");

	ck_assert_str_eq(rendered("{{name}}", &page, 1, NULL, NULL),
			 "&lt;b a&#x3D;&#39;1&#39;&gt;&amp;&quot;&#x2F;&#x60;&#x3D;");
	ck_assert_str_eq(rendered("{{{name}}}", &page, 1, NULL, NULL), "<b a='1'>&\"/`=");
	json_decref(page);
}
END_TEST

START_TEST(a_page_s_own_members_hide_those_of_the_layout)
{
	json_t *objects[2] = {json_pack("{s:s, s:{s:s}}", "title", "layout", "w", "x", "word"),
			      json_pack("{s:s, s:[{}]}", "title", "page", "rows")};

	ck_assert_str_eq(
		rendered("{{title}} {{w.x}} {{#rows}}{{w.x}}{{/rows}}", objects, 2, NULL, NULL),
		"page word word");
	json_decref(objects[0]);
	json_decref(objects[1]);
}
END_TEST

static const struct faulty {
	const char *template, *fault;
} faults[] = {
	{"a\nb {{name", "line 2: unclosed tag"},
	{"{{#rows}}\n\n", "line 3: unclosed section rows"},
	{"\n{{/rows}}", "line 2: closes no section: rows"},
	{"{{#a}}{{/b}}", "line 1: unclosed section a"},
	{"{{=x=}}", "line 1: delimiters that are none: x"},
};

START_TEST(a_faulty_template_is_refused_with_its_line)
{
	char fault[200] = "";
	struct mustache *m = mustache_parse(faults[_i].template, fault);

	ck_assert_ptr_null(m);
	ck_assert_str_eq(fault, faults[_i].fault);
}
END_TEST

static const struct mustache *itself(void *ctx, const char *name)
{
	return strcmp(name, "me") == 0 ? *(struct mustache **)ctx : NULL;
}

START_TEST(a_partial_that_includes_itself_ends_at_a_depth)
{
	char fault[200] = "";
	AUTO(mustache_destroy) struct mustache *m = mustache_parse("x{{>me}}{{>me}}", fault);
	json_t *page = json_object();
	struct bytes text = mustache_render(m, &page, 1, itself, &m, arena);

	ck_assert_uint_gt(text.len, 12);
	ck_assert_uint_lt(text.len, 10000);
	json_decref(page);
}
END_TEST

START_TEST(sections_that_multiply_end_after_a_number_of_steps)
{
	json_t *list = json_pack("[i,i,i,i,i,i,i,i,i,i]", 1, 1, 1, 1, 1, 1, 1, 1, 1, 1);
	json_t *page = json_pack("{s:o}", "a", list);
	char template[400] = "";

	for (unsigned i = 0; i < 24; i++)
		strcat(template, "{{#a}}");
	for (unsigned i = 0; i < 24; i++)
		strcat(template, "{{/a}}");
	ck_assert_str_eq(rendered(template, &page, 1, NULL, NULL), "");
	json_decref(page);
}
END_TEST

static void count_name(void *ctx, char tag, const char *name)
{
	char *names = ctx;

	snprintf(names + strlen(names), 200 - strlen(names), "%c%s ", tag, name);
}

START_TEST(the_names_of_a_template_can_be_listed)
{
	char fault[200] = "", names[200] = "";
	AUTO(mustache_destroy)
	struct mustache *m =
		mustache_parse("{{a.b}}{{#c}}{{>d}}{{/c}}{{^e}}{{{f}}}{{/e}}{{!g}}", fault);

	mustache_names(m, count_name, names);
	ck_assert_str_eq(names, "&a.b #c >d ^e &f ");
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("gateway mustache");
	TCase *tcase = tcase_create("mustache");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, values_are_escaped_unless_the_template_says_otherwise);
	tcase_add_test(tcase, a_page_s_own_members_hide_those_of_the_layout);
	tcase_add_loop_test(tcase, a_faulty_template_is_refused_with_its_line, 0,
			    (int)ARRAY_LEN(faults));
	tcase_add_test(tcase, a_partial_that_includes_itself_ends_at_a_depth);
	tcase_add_test(tcase, sections_that_multiply_end_after_a_number_of_steps);
	tcase_add_test(tcase, the_names_of_a_template_can_be_listed);
	suite_add_tcase(suite, tcase);
	return suite;
}
