/* Holding the sample against its quality standard before it is published: all of it is sound, and a
 * copy with any one mandatory check broken is not. */
#include "services/ctl/ctl.h"
#include "tests/support/ctl_run.h"
#include "tests/support/suite.h"
#include "tests/support/tree.h"

#include <jansson.h>
#include <string.h>

#define ENTRIES 41
#define COMPONENTS 29

static struct place place;
static struct arena *arena;
static struct ctl_run run;

static void setup(void)
{
	arena = arena_new(1 << 20);
	place_make(&place);
}

static void teardown(void)
{
	place_remove(&place);
	arena_destroy(&arena);
}

static json_t *sample(const char *name)
{
	struct bytes text = tree_read(arena_printf(arena, "deploy/sample/%s", name), arena);
	json_t *json = json_loadb((const char *)text.data, text.len, 0, NULL);

	ck_assert_ptr_nonnull(json);
	return json;
}

/* Writes it into the place, and gives the path. */
static const char *as_file(const char *name, json_t *json)
{
	char *text = json_dumps(json, JSON_COMPACT);

	ck_assert_ptr_nonnull(text);
	place_write(&place, name, text);
	free(text);
	json_decref(json);
	return place_path(&place, name);
}

/* What the check says of these files, as JSON. */
static json_t *check(json_t *catalogue)
{
	json_t *told;

	ctl_run(&run, ctl_main, &place, "catalogue", "check", "--json",
		as_file("catalogue.json", catalogue),
		as_file("standard.json", sample("quality-standard.json")),
		as_file("reviews.json", sample("reviews.json")), NULL);
	told = json_loads(run.out, 0, NULL);
	ck_assert_msg(told != NULL, "%s", run.err);
	return told;
}

static json_int_t number(const json_t *told, const char *member)
{
	return json_integer_value(json_object_get(told, member));
}

START_TEST(the_sample_is_sound_by_a_standard_of_13_and_29)
{
	json_t *standard = sample("quality-standard.json"), *standards, *told;
	size_t n = 0;

	standards = json_object_get(standard, "standards");
	for (size_t i = 0; i < json_array_size(standards); i++)
		n += json_array_size(json_object_get(json_array_get(standards, i), "components"));
	ck_assert_uint_eq(json_array_size(standards), 13);
	ck_assert_uint_eq(n, COMPONENTS);
	told = check(sample("catalogue.json"));
	ck_assert_int_eq(run.code, CTL_DONE);
	ck_assert_int_eq(number(told, "checked"), ENTRIES);
	ck_assert_int_eq(number(told, "sound"), ENTRIES);
	json_decref(told);
	json_decref(standard);
}
END_TEST

/* ---- each mandatory check broken ---- */

/* The first entry of the sample, LIT-101, in the catalogue. */
typedef void damage_fn(json_t *catalogue, json_t *entry);

static json_t *at(json_t *object, const char *list, size_t i)
{
	json_t *item = json_array_get(json_object_get(object, list), i);

	ck_assert_ptr_nonnull(item);
	return item;
}

static json_t *row(json_t *entry, size_t i)
{
	return at(json_object_get(entry, "rubric"), "criteria", i);
}

static void short_competency(json_t *catalogue, json_t *entry)
{
	(void)catalogue;
	json_object_set_new(entry, "competency", json_string("Teaches sounds."));
}
static void no_alignment(json_t *catalogue, json_t *entry)
{
	(void)catalogue;
	json_object_set_new(entry, "alignment", json_array());
}
static void wide_hours(json_t *catalogue, json_t *entry)
{
	(void)catalogue;
	json_object_set_new(json_object_get(entry, "estimated_hours"), "max", json_integer(25));
}
static void too_much_credit(json_t *catalogue, json_t *entry)
{
	(void)catalogue;
	json_object_set_new(json_object_get(entry, "renewal"), "clock_hours", json_integer(17));
}
static void high_fee(json_t *catalogue, json_t *entry)
{
	(void)catalogue;
	json_object_set_new(entry, "fee_cents", json_integer(60001));
}
static void one_source(json_t *catalogue, json_t *entry)
{
	json_t *evidence = json_object_get(entry, "evidence_required");

	(void)catalogue;
	json_array_remove(evidence, 2);
	json_array_remove(evidence, 1);
	for (size_t i = 0; i < 3; i++)
		json_object_set_new(row(entry, i), "evidence", json_pack("[s]", "lit-101.e1"));
}
static void level_without_words(json_t *catalogue, json_t *entry)
{
	(void)catalogue;
	json_object_set_new(json_object_get(row(entry, 1), "levels"), "almost",
			    json_string("Nearly."));
}
static void evidence_nobody_judges(json_t *catalogue, json_t *entry)
{
	(void)catalogue;
	json_object_set_new(row(entry, 2), "evidence", json_pack("[s]", "lit-101.e2"));
}
static void lowest_level_passes(json_t *catalogue, json_t *entry)
{
	json_t *scale = json_deep_copy(at(catalogue, "scales", 0));

	json_object_set_new(scale, "id", json_string("lenient"));
	json_object_set(scale, "pass_level", json_object_get(at(scale, "levels", 0), "code"));
	json_array_append_new(json_object_get(catalogue, "scales"), scale);
	json_object_set_new(json_object_get(entry, "rubric"), "scale", json_string("lenient"));
}
static void short_reflection(json_t *catalogue, json_t *entry)
{
	(void)catalogue;
	json_object_set_new(json_object_get(entry, "reflection_prompt"), "words_min",
			    json_integer(99));
}
static void address_of_one_machine(json_t *catalogue, json_t *entry)
{
	(void)catalogue;
	json_object_set_new(at(entry, "resources", 0), "url", json_string("https://localhost/1"));
}
static void video_without_transcript(json_t *catalogue, json_t *entry)
{
	(void)catalogue;
	json_object_set_new(at(entry, "resources", 1), "transcript", json_false());
}
static void language_not_served(json_t *catalogue, json_t *entry)
{
	(void)catalogue;
	json_object_set_new(at(entry, "resources", 0), "languages", json_pack("[s]", "en"));
}
static void recording_without_consent(json_t *catalogue, json_t *entry)
{
	(void)catalogue;
	json_object_set_new(at(entry, "evidence_required", 1), "consent_required", json_false());
}
static void review_far_away(json_t *catalogue, json_t *entry)
{
	(void)catalogue;
	json_object_set_new(entry, "review_by", json_string("2030-06-30"));
}

static const struct broken {
	damage_fn *damage;
	const char *component, *note;
} broken[] = {
	{short_competency, "1.1", "the competency has 15 bytes, 40 are the least"},
	{no_alignment, "1.3", "0 alignments, 1 are the least"},
	{wide_hours, "3.1", "hours_max is more than 3 times hours_min"},
	{too_much_credit, "3.2", "17 clock hours for at most 16 hours of work"},
	{high_fee, "3.3", "the fee is above 5000 cents for each typical hour"},
	{one_source, "4.1", "1 kinds of evidence, 2 are the least"},
	{level_without_words, "5.1", "lit-101.r2 says less than 10 bytes of level almost"},
	{evidence_nobody_judges, "5.2", "no row is judged by lit-101.e3"},
	{lowest_level_passes, "6.2", "the lowest level passes, or none does"},
	{short_reflection, "7.2", "a reflection of 99 words, 100 are the least"},
	{address_of_one_machine, "8.1", "lit-101.s1 is no address that anybody can open"},
	{video_without_transcript, "9.1", "lit-101.s2 has no captions or no transcript"},
	{language_not_served, "10.1", "lit-101.s1 is required, and not there in es"},
	{recording_without_consent, "11.1", "lit-101.e2 shows students without consent"},
	{review_far_away, "13.1", "review_by is more than 36 months away"},
};

/* The only component that code finds unmet; a changed version also has no review of its content. */
static const json_t *found_by_code(const json_t *entry)
{
	const json_t *unmet = json_object_get(entry, "unmet"), *found = NULL;

	for (size_t i = 0; i < json_array_size(unmet); i++) {
		const json_t *one = json_array_get(unmet, i);

		if (json_is_true(json_object_get(one, "attested")))
			continue;
		ck_assert_ptr_null(found);
		found = one;
	}
	ck_assert_ptr_nonnull(found);
	return found;
}

START_TEST(a_mandatory_check_that_is_broken_is_told_by_name_and_only_it)
{
	const struct broken *b = &broken[_i];
	json_t *catalogue = sample("catalogue.json"), *told, *entry;
	const json_t *found;

	b->damage(catalogue, at(catalogue, "microcredentials", 0));
	told = check(catalogue);
	ck_assert_int_eq(run.code, CTL_DIFFERS);
	ck_assert_int_eq(number(told, "sound"), ENTRIES - 1);
	entry = at(told, "entries", 0);
	ck_assert_str_eq(json_string_value(json_object_get(entry, "code")), "LIT-101");
	ck_assert(json_is_false(json_object_get(entry, "sound")));
	ck_assert(json_is_false(json_object_get(entry, "reviewed")));
	found = found_by_code(entry);
	ck_assert_str_eq(json_string_value(json_object_get(found, "component")), b->component);
	ck_assert_str_eq(json_string_value(json_object_get(found, "note")), b->note);
	ck_assert(json_is_true(json_object_get(found, "mandatory")));
	json_decref(told);
}
END_TEST

/* 13.2 is the one check that is not mandatory. */
START_TEST(every_mandatory_check_of_the_sample_is_broken_above)
{
	json_t *standard = sample("quality-standard.json");
	size_t i, j, n = 0;
	json_t *s, *c;

	json_array_foreach(json_object_get(standard, "standards"), i, s)
		json_array_foreach(json_object_get(s, "components"), j, c) n +=
		json_is_true(json_object_get(c, "mandatory")) &&
		json_object_get(c, "check") != NULL;
	ck_assert_uint_eq(n, ARRAY_LEN(broken));
	json_decref(standard);
}
END_TEST

START_TEST(without_a_standard_among_the_files_nothing_is_checked)
{
	ctl_run(&run, ctl_main, &place, "catalogue", "check",
		as_file("catalogue.json", sample("catalogue.json")), NULL);
	ck_assert_int_eq(run.code, CTL_USAGE);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("ctl catalogue quality");
	TCase *tc = tcase_create("check");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, the_sample_is_sound_by_a_standard_of_13_and_29);
	tcase_add_loop_test(tc, a_mandatory_check_that_is_broken_is_told_by_name_and_only_it, 0,
			    (int)ARRAY_LEN(broken));
	tcase_add_test(tc, every_mandatory_check_of_the_sample_is_broken_above);
	tcase_add_test(tc, without_a_standard_among_the_files_nothing_is_checked);
	suite_add_tcase(suite, tc);
	return suite;
}
