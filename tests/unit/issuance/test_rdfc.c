/* RDF canonicalisation: the test suite of the W3C, and what the suite does not show. */
#include "tests/support/suite.h"

#include "services/issuance/rdfc.h"
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

	if (!spec_present())
		return;
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

Suite *test_suite(void)
{
	Suite *suite = suite_create("rdfc");
	TCase *tcase = tcase_create("rdfc");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_loop_test(tcase, a_case_of_the_w3c_suite_has_its_canonical_form, 0, CASES);
	suite_add_tcase(suite, tcase);
	return suite;
}
