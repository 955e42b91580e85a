/* An entry, field by field: what may not stay is refused by its name. */
#include "tests/unit/enrollment/given.h"

static struct kit kit;

static void setup(void)
{
	kit_open(&kit, &enrollment_service);
	given_documents(&kit);
}

static void teardown(void)
{
	kit_close(&kit);
}

static void no_title(Enrollment__Entry *e)
{
	e->title = text_of(&kit, "");
}
static void tab_in_text(Enrollment__Entry *e)
{
	e->description = text_of(&kit, "one\ttwo");
}
static void other_id(Enrollment__Entry *e)
{
	e->entry = pb_of_bytes(kit_name("entry", "mth-111"));
}
static void bad_code(Enrollment__Entry *e)
{
	e->code = text_of(&kit, "LIT 101");
}
static void no_language(Enrollment__Entry *e)
{
	e->n_languages = 0;
}
static void bad_language(Enrollment__Entry *e)
{
	e->languages[0] = text_of(&kit, "english");
}
static void same_tag(Enrollment__Entry *e)
{
	e->tags[1] = e->tags[0];
}
static void bad_date(Enrollment__Entry *e)
{
	e->first_published = text_of(&kit, "2026-02-30");
}
static void review_first(Enrollment__Entry *e)
{
	e->review_by = text_of(&kit, "2024-06-30");
}
static void hours_twisted(Enrollment__Entry *e)
{
	e->hours_max = e->hours_min - 1;
}
static void no_issuer(Enrollment__Entry *e)
{
	e->issuer = pb_of_bytes(kit_name("issuer", "nobody"));
}
static void no_profile(Enrollment__Entry *e)
{
	e->profile = text_of(&kit, "triple-read");
}
static void no_prerequisite(Enrollment__Entry *e)
{
	e->n_prerequisites = 1;
	e->prerequisites = arena_alloc(kit.arena, sizeof *e->prerequisites);
	e->prerequisites[0] = pb_of_bytes(kit_name("entry", "mth-999"));
}
static void itself_first(Enrollment__Entry *e)
{
	e->n_prerequisites = 1;
	e->prerequisites = &e->entry;
}
static void no_forerunner(Enrollment__Entry *e)
{
	e->supersedes = pb_of_bytes(kit_name("entry", "lit-100"));
}
static void no_reflection(Enrollment__Entry *e)
{
	e->reflection = NULL;
}
static void words_twisted(Enrollment__Entry *e)
{
	e->questions[0]->words_max = e->questions[0]->words_min - 1;
}
static void question_twice(Enrollment__Entry *e)
{
	e->questions[1]->code = e->questions[0]->code;
}
static void reflection_as_question(Enrollment__Entry *e)
{
	e->reflection->code = e->questions[1]->code;
}
static void no_requirement(Enrollment__Entry *e)
{
	e->n_requirements = 0;
}
static void strange_kind(Enrollment__Entry *e)
{
	e->requirements[0]->kind = text_of(&kit, "hologram");
}
static void items_twisted(Enrollment__Entry *e)
{
	e->requirements[1]->items_min = 3;
}
static void too_many_items(Enrollment__Entry *e)
{
	e->requirements[0]->items_max = e->requirements[0]->items_min = 49;
}
static void consent_without_students(Enrollment__Entry *e)
{
	e->requirements[1]->student_data = false;
}
static void requirement_twice(Enrollment__Entry *e)
{
	e->requirements[2]->code = e->requirements[1]->code;
}
static void no_rubric(Enrollment__Entry *e)
{
	e->rubric = NULL;
}
static void one_level(Enrollment__Entry *e)
{
	e->rubric->n_levels = 1;
}
static void levels_unordered(Enrollment__Entry *e)
{
	e->rubric->levels[1]->ordinal = 2;
}
static void pass_for_all(Enrollment__Entry *e)
{
	e->rubric->pass_ordinal = 0;
}
static void pass_for_none(Enrollment__Entry *e)
{
	e->rubric->pass_ordinal = 3;
}
static void unknown_requirement(Enrollment__Entry *e)
{
	e->rubric->criteria[0]->requirements[0] = text_of(&kit, "lit-101.e9");
}
static void description_missing(Enrollment__Entry *e)
{
	e->rubric->criteria[2]->n_descriptions = 2;
}
static void description_empty(Enrollment__Entry *e)
{
	e->rubric->criteria[2]->descriptions[1] = text_of(&kit, "");
}
static void row_twice(Enrollment__Entry *e)
{
	e->rubric->criteria[1]->code = e->rubric->criteria[0]->code;
}
static void never_judged(Enrollment__Entry *e)
{
	e->rubric->criteria[0]->requirements[0] = e->requirements[1]->code;
}
static void strange_resource(Enrollment__Entry *e)
{
	e->resources[0]->type = text_of(&kit, "lecture");
}
static void video_without_captions(Enrollment__Entry *e)
{
	e->resources[1]->captions = false;
}
static void mouse_only(Enrollment__Entry *e)
{
	e->resources[0]->type = text_of(&kit, "interactive");
}
static void plain_http(Enrollment__Entry *e)
{
	e->resources[0]->url = text_of(&kit, "http://resources.cairn.example/1");
}
static void resource_twice(Enrollment__Entry *e)
{
	e->resources[1]->code = e->resources[0]->code;
}
static void alignment_nowhere(Enrollment__Entry *e)
{
	e->alignments[0]->url = text_of(&kit, "");
}
static void alignment_twice(Enrollment__Entry *e)
{
	Enrollment__Alignment **two = arena_alloc(kit.arena, 2 * sizeof(void *));

	two[0] = two[1] = e->alignments[0];
	e->alignments = two;
	e->n_alignments = 2;
}
static void too_long_valid(Enrollment__Entry *e)
{
	e->valid_months = 601;
}
static void unsortable(Enrollment__Entry *e)
{
	e->tags[0] = text_of(&kit, "cone \xf0\x9f\x93\x90");
	e->title = text_of(&kit, "Re\xef\xac\x81ned routines");
}

static const struct spoilt {
	void (*spoil)(Enrollment__Entry *e);
	Enrollment__Reason reason;
	const char *names; /* what the sentence must name */
} spoilt[] = {
	{no_title, REASON(MISSING_FIELD), "title"},
	{tab_in_text, REASON(TEXT_NOT_SIGNABLE), "description"},
	{other_id, REASON(BAD_ID), "lit-101"},
	{bad_code, REASON(BAD_VALUE), "code"},
	{no_language, REASON(MISSING_FIELD), "languages"},
	{bad_language, REASON(BAD_VALUE), "languages"},
	{same_tag, REASON(BAD_VALUE), "tags[1]"},
	{bad_date, REASON(BAD_VALUE), "first_published"},
	{review_first, REASON(BAD_VALUE), "review_by"},
	{hours_twisted, REASON(BAD_VALUE), "hours_max"},
	{no_issuer, REASON(UNKNOWN_ISSUER), "issuer"},
	{no_profile, REASON(UNKNOWN_PROFILE), "triple-read"},
	{no_prerequisite, REASON(UNKNOWN_ENTRY), "prerequisites"},
	{itself_first, REASON(BAD_VALUE), "prerequisites"},
	{no_forerunner, REASON(UNKNOWN_ENTRY), "supersedes"},
	{no_reflection, REASON(MISSING_FIELD), "reflection"},
	{words_twisted, REASON(BAD_VALUE), "questions[0].words_max"},
	{question_twice, REASON(BAD_VALUE), "questions[1].code"},
	{reflection_as_question, REASON(BAD_VALUE), "questions[1].code"},
	{no_requirement, REASON(MISSING_FIELD), "requirements"},
	{strange_kind, REASON(UNKNOWN_KIND), "hologram"},
	{items_twisted, REASON(BAD_VALUE), "requirements[1].items_min"},
	{too_many_items, REASON(BAD_VALUE), "items_min of all requirements"},
	{consent_without_students, REASON(BAD_VALUE), "requirements[1].consent_required"},
	{requirement_twice, REASON(BAD_VALUE), "requirements[2].code"},
	{no_rubric, REASON(MISSING_FIELD), "rubric"},
	{one_level, REASON(BAD_VALUE), "rubric.levels"},
	{levels_unordered, REASON(BAD_VALUE), "levels[1].ordinal"},
	{pass_for_all, REASON(BAD_VALUE), "pass_ordinal"},
	{pass_for_none, REASON(BAD_VALUE), "pass_ordinal"},
	{unknown_requirement, REASON(BAD_VALUE), "lit-101.e9"},
	{description_missing, REASON(BAD_VALUE), "criteria[2].descriptions"},
	{description_empty, REASON(MISSING_FIELD), "criteria[2].descriptions"},
	{row_twice, REASON(BAD_VALUE), "criteria[1].code"},
	{never_judged, REASON(BAD_VALUE), "requirements[0].code"},
	{strange_resource, REASON(BAD_VALUE), "resources[0].type"},
	{video_without_captions, REASON(BAD_VALUE), "resources[1].captions"},
	{mouse_only, REASON(BAD_VALUE), "resources[0].keyboard_operable"},
	{plain_http, REASON(BAD_VALUE), "resources[0].url"},
	{resource_twice, REASON(BAD_VALUE), "resources[1].code"},
	{alignment_nowhere, REASON(MISSING_FIELD), "alignments[0].url"},
	{alignment_twice, REASON(BAD_VALUE), "alignments[1].url"},
	{too_long_valid, REASON(BAD_VALUE), "valid_months"},
	{unsortable, REASON(TEXT_NOT_SIGNABLE), "U+FFFF"},
};

START_TEST(an_entry_with_a_field_that_cannot_stay_is_refused_by_its_name)
{
	const struct spoilt *s = &spoilt[_i];
	Enrollment__Entry *entry = an_entry(&kit);

	s->spoil(entry);
	ck_assert_int_eq(publish_entry(&kit, entry), REJECTED);
	ck_assert_int_eq((int)kit.got.reason, (int)s->reason);
	ck_assert_msg(strstr(kit.got.text, s->names) != NULL, "%s names not %s", kit.got.text,
		      s->names);
}
END_TEST

START_TEST(the_entry_of_the_kit_has_nothing_to_refuse)
{
	ck_assert_int_eq(publish_entry(&kit, an_entry(&kit)), OK);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("enrollment entry");
	TCase *tc = tcase_create("entry");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, an_entry_with_a_field_that_cannot_stay_is_refused_by_its_name, 0,
			    (int)ARRAY_LEN(spoilt));
	tcase_add_test(tc, the_entry_of_the_kit_has_nothing_to_refuse);
	suite_add_tcase(suite, tc);
	return suite;
}
