/* RDF canonicalisation: the test suite of the W3C, and what the suite does not show. */
#include "tests/support/suite.h"

#include "services/issuance/documents/rdfc.h"
#include "tests/support/nquads_parse.h"
#include "tests/support/spec.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CASES 77
/* What the suite's hardest case that must be solved takes. */
#define SUITE_FACTOR 3

static struct arena *arena;
static struct quads quads;
static struct nquads_names names;
static struct rdfc_result result;

static void setup(void)
{
	arena = arena_new(1 << 16);
}

static void teardown(void)
{
	arena_destroy(&arena);
}

static int canonicalize_text(const char *text, struct rdfc_options options)
{
	quads_init(&quads, arena, 1);
	ck_assert(nquads_parse(text, &quads, &names));
	return rdfc_canonicalize(&quads, &options, &result);
}

static void assert_text(const char *expected)
{
	ck_assert_uint_eq(result.text.len, strlen(expected));
	ck_assert_mem_eq(result.text.data, expected, result.text.len);
}

static char *case_file(int number, const char *ending)
{
	char path[64];

	snprintf(path, sizeof path, "vectors/rdf-canon/rdfc10/test%03d-%s", number, ending);
	return spec_has(path) ? spec_read(path) : NULL;
}

/* Some cases tell the number of each blank node too. */
static void assert_numbers(const char *map)
{
	json_t *expected = json_loads(map, 0, NULL);

	ck_assert_ptr_nonnull(expected);
	ck_assert_uint_eq(json_object_size(expected), names.n);
	for (size_t b = 1; b <= names.n; b++) {
		char label[32];

		snprintf(label, sizeof label, "c14n%u", result.numbers[b]);
		ck_assert_str_eq(json_string_value(json_object_get(expected, names.names[b])),
				 label);
	}
	json_decref(expected);
}

START_TEST(a_case_of_the_w3c_suite_has_its_canonical_form)
{
	char *in, *out, *map;
	struct rdfc_options options = {
		.hash = _i + 1 == 75 ? DIGEST_SHA384 : DIGEST_SHA256,
		.work_factor = SUITE_FACTOR,
	};

	in = case_file(_i + 1, "in.nq");
	out = case_file(_i + 1, "rdfc10.nq");
	map = case_file(_i + 1, "rdfc10map.json");
	if (in != NULL && out != NULL) {
		ck_assert_int_eq(canonicalize_text(in, options), 0);
		assert_text(out);
	}
	if (map != NULL)
		assert_numbers(map);
	free(in);
	free(out);
	free(map);
}
END_TEST

START_TEST(the_w3c_suite_has_64_forms_and_one_refusal)
{
	int forms = 0, refusals = 0;

	for (int i = 1; i <= CASES; i++) {
		char *in = case_file(i, "in.nq"), *out = case_file(i, "rdfc10.nq");

		forms += in != NULL && out != NULL;
		refusals += in != NULL && out == NULL;
		free(in);
		free(out);
	}
	ck_assert_int_eq(forms, 64);
	ck_assert_int_eq(refusals, 1);
}
END_TEST

START_TEST(the_poison_clique_is_refused_whatever_the_factor)
{
	char *in;

	in = case_file(74, "in.nq");
	for (unsigned factor = 0; factor < 6; factor++)
		ck_assert_int_eq(
			canonicalize_text(in, (struct rdfc_options){.work_factor = factor}), -1);
	free(in);
}
END_TEST

#define P "<http://p.example/p>"
#define SIMPLE ((struct rdfc_options){.work_factor = 1})

START_TEST(lines_are_sorted_by_bytes_and_each_is_there_once)
{
	ck_assert_int_eq(canonicalize_text("<http://b.example/> " P " \"1\" .\n"
					   "<http://a.example/> " P " \"2\" .\n"
					   "<http://b.example/> " P " \"1\" .\n",
					   SIMPLE),
			 0);
	assert_text("<http://a.example/> " P " \"2\" .\n<http://b.example/> " P " \"1\" .\n");
	ck_assert_uint_eq(result.n_lines, 2);
}
END_TEST

START_TEST(two_lists_with_the_same_end_are_told_apart)
{
	/* The cells that hold "z" have the same first-degree hash. */
	static const char lists[] =
		"<http://a.example/> " P " _:x .\n_:x " P " \"a\" .\n_:x <http://r/> _:y .\n"
		"_:y " P " \"z\" .\n_:y <http://r/> <http://nil/> .\n"
		"<http://b.example/> " P " _:u .\n_:u " P " \"b\" .\n_:u <http://r/> _:v .\n"
		"_:v " P " \"z\" .\n_:v <http://r/> <http://nil/> .\n";

	ck_assert_int_eq(canonicalize_text(lists, (struct rdfc_options){.work_factor = 0}), -1);
	ck_assert_int_eq(canonicalize_text(lists, SIMPLE), 0);
	ck_assert_uint_eq(result.n_lines, 10);
}
END_TEST

START_TEST(equal_nodes_get_the_same_text_in_either_order)
{
	struct bytes first;

	ck_assert_int_eq(canonicalize_text("<http://a.example/> " P " _:x .\n_:x " P " \"1\" .\n"
					   "<http://a.example/> " P " _:y .\n_:y " P " \"1\" .\n",
					   SIMPLE),
			 0);
	first = result.text;
	ck_assert_uint_eq(result.n_lines, 4);
	ck_assert_int_eq(canonicalize_text("_:q " P " \"1\" .\n<http://a.example/> " P " _:q .\n"
					   "_:p " P " \"1\" .\n<http://a.example/> " P " _:p .\n",
					   SIMPLE),
			 0);
	ck_assert(bytes_equal(first, result.text));
}
END_TEST

START_TEST(more_equal_neighbours_than_can_be_ordered_are_refused)
{
	char text[2048] = "", *to = text;

	for (int parent = 0; parent < 2; parent++) {
		for (int child = 0; child < 9; child++)
			to += sprintf(to, "_:p%d " P " _:c%d%d .\n", parent, parent, child);
	}
	ck_assert_int_eq(canonicalize_text(text, (struct rdfc_options){.work_factor = 9}), -1);
}
END_TEST

START_TEST(an_order_that_utf16_would_change_is_told)
{
	/* U+1F600 stands before U+FB01 in UTF-16 and after it in code points. */
	ck_assert_int_eq(canonicalize_text("<http://a.example/> " P " \"\xf0\x9f\x98\x80\" .\n"
					   "<http://a.example/> " P " \"\xef\xac\x81\" .\n",
					   SIMPLE),
			 0);
	ck_assert(!result.same_in_utf16);
	ck_assert_int_eq(canonicalize_text("<http://a.example/> " P " \"a\xf0\x9f\x98\x80\" .\n"
					   "<http://a.example/> " P " \"b\xef\xac\x81\" .\n",
					   SIMPLE),
			 0);
	ck_assert(result.same_in_utf16);
}
END_TEST

START_TEST(an_order_that_utf16_would_change_around_one_blank_node_is_told)
{
	/* In the whole text the labels keep the lines apart; in the hash of _:x they meet. */
	ck_assert_int_eq(canonicalize_text("_:x " P " \"\xf0\x9f\x98\x80\" .\n"
					   "_:x " P " \"\xef\xac\x81\" .\n",
					   SIMPLE),
			 0);
	ck_assert(!result.same_in_utf16);
}
END_TEST

/* ---- parts ---- */

#define PART_TEXT                                                                                  \
	"<http://a.example/> " P " _:x .\n_:x " P " \"1\" .\n<http://a.example/> " P " \"m\" .\n"  \
	"<http://m.example/> " P " \"shared\" .\n"
#define OTHER_TEXT                                                                                 \
	"<http://b.example/> " P " _:k .\n_:k " P " \"2\" .\n<http://m.example/> " P               \
	" \"shared\" .\n<http://0.example/> " P " <http://a.example/> .\n"

/* The second text beside the first as a prepared part. */
static void canonicalize_beside(const char *part_text, const char *text)
{
	struct rdfc_options options = {.work_factor = 1};
	struct quads part, shifted;

	quads_init(&part, arena, 1);
	ck_assert(nquads_parse(part_text, &part, &names));
	options.part = rdfc_prepare(&part);
	quads_init(&quads, arena, 1);
	ck_assert(nquads_parse(text, &quads, &names));
	rdfc_begin_with(&shifted, arena, options.part);
	for (size_t i = 0; i < quads.n; i++) {
		struct quad quad = quads.list[i];

		quad.subject.blank += quad.subject.blank != 0 ? part.n_blanks : 0;
		quad.object.blank += quad.object.blank != 0 ? part.n_blanks : 0;
		quads_add(&shifted, quad);
	}
	shifted.n_blanks += quads.n_blanks;
	shifted.beyond_bmp = quads.beyond_bmp;
	ck_assert_int_eq(rdfc_canonicalize(&shifted, &options, &result), 0);
}

START_TEST(a_prepared_part_gives_the_text_of_the_whole)
{
	struct bytes beside;

	canonicalize_beside(PART_TEXT, OTHER_TEXT);
	beside = result.text;
	ck_assert_uint_eq(result.n_lines, 7);
	ck_assert_int_eq(canonicalize_text(PART_TEXT OTHER_TEXT, SIMPLE), 0);
	ck_assert(bytes_equal(beside, result.text));
}
END_TEST

START_TEST(blank_nodes_of_a_part_and_beside_it_may_share_a_hash)
{
	static const char one[] = "<http://a.example/> " P " _:x .\n_:x " P " \"1\" .\n";
	static const char other[] = "<http://a.example/> " P " _:y .\n_:y " P " \"1\" .\n";
	struct bytes beside;
	char both[256];

	canonicalize_beside(one, other);
	beside = result.text;
	snprintf(both, sizeof both, "%s%s", one, other);
	ck_assert_int_eq(canonicalize_text(both, SIMPLE), 0);
	ck_assert(bytes_equal(beside, result.text));
}
END_TEST

START_TEST(a_part_and_what_stands_beside_it_may_part_the_orders_together)
{
	canonicalize_beside("<http://a.example/> " P " \"\xf0\x9f\x98\x80\" .\n",
			    "<http://a.example/> " P " \"\xef\xac\x81\" .\n");
	ck_assert(!result.same_in_utf16);
	canonicalize_beside("<http://a.example/> " P " \"\xef\xac\x81\" .\n",
			    "<http://a.example/> " P " \"\xf0\x9f\x98\x80\" .\n");
	ck_assert(!result.same_in_utf16);
}
END_TEST

/* ---- the parser of the tests ---- */

static const char *const not_nquads[] = {
	"<http://a/> <http://p/> .",
	"<http://a/> <http://p/> \"x\"",
	"\"x\" <http://p/> <http://a/> .",
	"<http://a/> _:p <http://b/> .",
	"<http://a/> <http://p/> \"\\q\" .",
	"<http://a/> <http://p/> \"a\nb\" .",
	"<http://a b/> <http://p/> \"x\" .",
	"<http://a/> <http://p/> \"x\"@ .",
	"<http://a/> <http://p/> \"x\" . <http://b/>",
};

START_TEST(what_is_not_nquads_is_refused)
{
	quads_init(&quads, arena, 1);
	ck_assert(!nquads_parse(not_nquads[_i], &quads, &names));
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("rdfc");
	TCase *tcase = tcase_create("rdfc");

	tcase_add_checked_fixture(tcase, setup, teardown);
	if (spec_present()) {
		tcase_add_loop_test(tcase, a_case_of_the_w3c_suite_has_its_canonical_form, 0,
				    CASES);
		tcase_add_test(tcase, the_w3c_suite_has_64_forms_and_one_refusal);
		tcase_add_test(tcase, the_poison_clique_is_refused_whatever_the_factor);
	}
	tcase_add_test(tcase, lines_are_sorted_by_bytes_and_each_is_there_once);
	tcase_add_test(tcase, two_lists_with_the_same_end_are_told_apart);
	tcase_add_test(tcase, equal_nodes_get_the_same_text_in_either_order);
	tcase_add_test(tcase, more_equal_neighbours_than_can_be_ordered_are_refused);
	tcase_add_test(tcase, an_order_that_utf16_would_change_is_told);
	tcase_add_test(tcase, an_order_that_utf16_would_change_around_one_blank_node_is_told);
	tcase_add_test(tcase, a_prepared_part_gives_the_text_of_the_whole);
	tcase_add_test(tcase, blank_nodes_of_a_part_and_beside_it_may_share_a_hash);
	tcase_add_test(tcase, a_part_and_what_stands_beside_it_may_part_the_orders_together);
	tcase_add_loop_test(tcase, what_is_not_nquads_is_refused, 0, (int)ARRAY_LEN(not_nquads));
	suite_add_tcase(suite, tcase);
	return suite;
}
