/* Badges: what is signed, and what is not, each reason once. */
#include "tests/support/suite.h"

#include "libshared/blobs.h"
#include "services/issuance/documents/nquads.h"
#include "services/issuance/documents/rdfc.h"
#include "tests/support/badge_kit.h"

#include <sodium.h>
#include <string.h>

/* U+1F600 and U+FB01: their lines stand in another order when sorted by UTF-16 unit. */
#define SMILE "\xf0\x9f\x98\x80"
#define LIGATURE "\xef\xac\x81"

static struct arena *arena;
static struct badge_issuer issuer;
static struct badge_achievement achievement;
static struct badge_template *template;
static struct badge badge;
static struct badge_kit_key key;
static struct badge_signer signer;
static struct badge_document document;
static struct badge_problem problem;

static void setup(void)
{
	arena = arena_new(1 << 18);
	issuer = badge_kit_issuer;
	achievement = badge_kit_achievement;
	template = badge_template_new(&issuer, &achievement, &problem);
	ck_assert_ptr_nonnull(template);
	badge = badge_kit_badge(template);
	badge_kit_key(BADGE_KIT_SEED, &key);
	signer = badge_kit_signer(&key);
}

static void teardown(void)
{
	badge_template_destroy(&template);
	arena_destroy(&arena);
}

static bool sign(void)
{
	return badge_sign(&badge, &signer, arena, &document, &problem);
}

static void assert_refused(enum badge_fault fault, const char *where)
{
	ck_assert(!sign());
	ck_assert_str_eq(problem.where, where);
	ck_assert_int_eq(problem.fault, fault);
}

static void assert_no_template(enum badge_fault fault, const char *where)
{
	ck_assert_ptr_null(badge_template_new(&issuer, &achievement, &problem));
	ck_assert_str_eq(problem.where, where);
	ck_assert_int_eq(problem.fault, fault);
}

static json_t *parsed(void)
{
	json_t *json = json_loads((const char *)document.json.data, JSON_REJECT_DUPLICATES, NULL);

	ck_assert_ptr_nonnull(json);
	return json;
}

/* ---- what is signed ---- */

START_TEST(the_same_badge_is_the_same_bytes)
{
	struct badge_document first;
	struct badge_template *other = badge_template_new(&issuer, &achievement, &problem);

	ck_assert(sign());
	first = document;
	badge.template = other;
	ck_assert(sign());
	ck_assert(bytes_equal(first.json, document.json));
	ck_assert_mem_eq(first.sha256, document.sha256, sizeof first.sha256);
	ck_assert_str_eq(first.proof_value, document.proof_value);
	badge_template_destroy(&other);
}
END_TEST

START_TEST(the_sum_is_of_the_text)
{
	uint8_t sum[32];

	ck_assert(sign());
	ck_assert_uint_eq(document.json.len, strlen((const char *)document.json.data));
	sha256(document.json, sum);
	ck_assert_mem_eq(sum, document.sha256, sizeof sum);
}
END_TEST

START_TEST(the_proof_names_the_key_and_holds_the_value)
{
	json_t *json, *proof;

	ck_assert(sign());
	json = parsed();
	proof = json_array_get(json_object_get(json, "proof"), 0);
	ck_assert_str_eq(json_string_value(json_object_get(proof, "proofValue")),
			 document.proof_value);
	ck_assert_str_eq(json_string_value(json_object_get(proof, "created")),
			 "2026-01-09T17:05:01Z");
	ck_assert_ptr_nonnull(strstr(
		json_string_value(json_object_get(proof, "verificationMethod")), key.multikey));
	json_decref(json);
}
END_TEST

/* The document as a reader has it, without any template, has the text that was signed. */
START_TEST(a_reader_comes_to_the_text_that_was_signed)
{
	struct nquads_source source = {.without = "proof", .strict = true};
	struct rdfc_options options = {.work_factor = 1};
	struct rdfc_result made, read;
	struct quads quads;

	ck_assert(sign());
	ck_assert(badge_canonical(&badge, arena, &made, &problem));
	source.document = parsed();
	quads_init(&quads, arena, 1);
	ck_assert(nquads_emit(&source, &quads, &problem));
	ck_assert_int_eq(rdfc_canonicalize(&quads, &options, &read), 0);
	ck_assert(bytes_equal(made.text, read.text));
	json_decref(source.document);
}
END_TEST

START_TEST(what_is_not_given_is_left_out)
{
	json_t *json, *subject;

	badge.valid_until_us = 0;
	badge.credits_milli = 0;
	badge.n_results = badge.n_evidence = 0;
	ck_assert(sign());
	json = parsed();
	subject = json_object_get(json, "credentialSubject");
	ck_assert_ptr_null(json_object_get(json, "validUntil"));
	ck_assert_ptr_null(json_object_get(json, "evidence"));
	ck_assert_ptr_null(json_object_get(json, "credentialStatus"));
	ck_assert_ptr_null(json_object_get(subject, "id"));
	ck_assert_ptr_null(json_object_get(subject, "creditsEarned"));
	ck_assert_ptr_null(json_object_get(subject, "result"));
	json_decref(json);
}
END_TEST

START_TEST(a_recipient_may_be_known_by_id_instead)
{
	json_t *json, *subject;

	badge.identity = (struct badge_identity){0};
	badge.subject_id = "urn:uuid:019ba3d2-7c00-7a00-8b00-000000000001";
	ck_assert(sign());
	json = parsed();
	subject = json_object_get(json, "credentialSubject");
	ck_assert_str_eq(json_string_value(json_object_get(subject, "id")), badge.subject_id);
	ck_assert_ptr_null(json_object_get(subject, "identifier"));
	json_decref(json);
}
END_TEST

START_TEST(a_result_points_to_the_row_and_level_of_the_achievement)
{
	json_t *json, *subject, *row, *result;

	ck_assert(sign());
	json = parsed();
	subject = json_object_get(json, "credentialSubject");
	row = json_array_get(
		json_object_get(json_object_get(subject, "achievement"), "resultDescription"), 1);
	result = json_array_get(json_object_get(subject, "result"), 1);
	ck_assert_str_eq(json_string_value(json_object_get(row, "id")),
			 "https://issuers.example/achievements/lit-101/1#r2");
	ck_assert_str_eq(json_string_value(json_object_get(row, "requiredLevel")),
			 "https://issuers.example/achievements/lit-101/1#r2/yes");
	ck_assert(json_equal(json_object_get(row, "id"),
			     json_object_get(result, "resultDescription")));
	ck_assert(json_equal(json_object_get(row, "requiredLevel"),
			     json_object_get(result, "achievedLevel")));
	json_decref(json);
}
END_TEST

START_TEST(a_status_entry_is_written_when_given)
{
	struct badge_status status = {"https://issuers.example/status/1#94567",
				      "https://issuers.example/status/1", "94567"};
	json_t *json;

	badge.status = &status;
	ck_assert(sign());
	json = parsed();
	ck_assert_str_eq(json_string_value(json_object_get(
				 json_object_get(json, "credentialStatus"), "statusListIndex")),
			 "94567");
	json_decref(json);
}
END_TEST

static const struct {
	int64_t milli;
	const char *text;
} credits[] = {{1500, ":1.5,"},   {12000, ":12,"},         {10, ":0.01,"},
	       {1005, ":1.005,"}, {999999000, ":999999,"}, {333, ":0.333,"}};

START_TEST(credits_are_written_with_no_more_digits_than_they_have)
{
	char expected[64];

	badge.credits_milli = credits[_i].milli;
	ck_assert(sign());
	snprintf(expected, sizeof expected, "\"creditsEarned\"%s", credits[_i].text);
	ck_assert_ptr_nonnull(strstr((const char *)document.json.data, expected));
}
END_TEST

START_TEST(an_identity_is_hashed_in_lower_case_with_its_salt)
{
	char hash[IDENTITY_HASH_LEN];

	identity_hash("a@example.com", "Kosher", hash);
	ck_assert_str_eq(hash, "sha256$"
			       "b5809d8a92f8858436d7e6b87c12ebc0ae1eac4baecc2c0b913aee2c922ef399");
	identity_hash("A@Example.COM", "Kosher", hash);
	ck_assert_str_eq(hash, "sha256$"
			       "b5809d8a92f8858436d7e6b87c12ebc0ae1eac4baecc2c0b913aee2c922ef399");
	identity_hash("a@example.com", "kosher", hash);
	ck_assert_str_ne(hash, "sha256$"
			       "b5809d8a92f8858436d7e6b87c12ebc0ae1eac4baecc2c0b913aee2c922ef399");
}
END_TEST

/* ---- what a template refuses ---- */

START_TEST(an_issuer_needs_an_address_and_a_name)
{
	issuer.id = "meadow";
	assert_no_template(BADGE_IRI, "issuer.id");
	issuer = badge_kit_issuer;
	issuer.name = "";
	assert_no_template(BADGE_MISSING, "issuer.name");
	issuer = badge_kit_issuer;
	issuer.url = "issuers.example";
	assert_no_template(BADGE_IRI, "issuer.url");
	issuer = badge_kit_issuer;
	issuer.image = "seal.png";
	assert_no_template(BADGE_IRI, "issuer.image");
}
END_TEST

START_TEST(an_achievement_needs_its_required_members)
{
	achievement.id = NULL;
	assert_no_template(BADGE_MISSING, "id");
	achievement = badge_kit_achievement;
	achievement.id = "https://a.example/x#y";
	assert_no_template(BADGE_IRI, "id");
	achievement = badge_kit_achievement;
	achievement.name = NULL;
	assert_no_template(BADGE_MISSING, "name");
	achievement = badge_kit_achievement;
	achievement.description = "";
	assert_no_template(BADGE_MISSING, "description");
	achievement = badge_kit_achievement;
	achievement.criteria = achievement.criteria_id = NULL;
	assert_no_template(BADGE_MISSING, "criteria");
	achievement = badge_kit_achievement;
	achievement.criteria_id = "criteria.html";
	assert_no_template(BADGE_IRI, "criteria_id");
	achievement = badge_kit_achievement;
	achievement.image = "a b.png";
	assert_no_template(BADGE_IRI, "image");
}
END_TEST

static const char *const languages[] = {"en", "en-US", "zh-Hant-TW", "es-419", "haw"};
static const char *const not_languages[] = {"e",      "EN",    "en-us",   "english", "en-",
					    "en-USA", "en_US", "zh-HANT", "en-US-x"};

START_TEST(a_language_has_the_form_of_the_schema)
{
	struct badge_template *t;

	achievement.language = languages[_i];
	t = badge_template_new(&issuer, &achievement, &problem);
	ck_assert_ptr_nonnull(t);
	badge_template_destroy(&t);
}
END_TEST

START_TEST(a_language_of_another_form_is_refused)
{
	achievement.language = not_languages[_i];
	assert_no_template(BADGE_WORD, "language");
}
END_TEST

START_TEST(a_word_that_the_schema_does_not_list_is_refused)
{
	struct badge_alignment alignment = badge_kit_achievement.alignments[0];

	achievement.type = "Micro-credential";
	assert_no_template(BADGE_WORD, "type");
	achievement.type = "ext:Stack";
	achievement.alignments = &alignment;
	achievement.n_alignments = 1;
	alignment.target_type = "ext:";
	assert_no_template(BADGE_WORD, "alignments[0].target_type");
	badge.identity.type = "email";
	assert_refused(BADGE_WORD, "identity.type");
}
END_TEST

START_TEST(credits_outside_what_all_print_alike_are_refused)
{
	static const int64_t wrong[] = {-1000, 9, 999999001, INT64_MAX};

	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		achievement.credits_milli = badge.credits_milli = wrong[i];
		assert_no_template(BADGE_NUMBER, "credits_milli");
		assert_refused(BADGE_NUMBER, "credits_milli");
	}
}
END_TEST

START_TEST(two_equal_alignments_in_one_place_are_refused)
{
	struct badge_alignment twins[] = {badge_kit_achievement.alignments[0],
					  badge_kit_achievement.alignments[1],
					  badge_kit_achievement.alignments[0]};
	struct badge_row row = badge_kit_achievement.rows[0];

	achievement.alignments = twins;
	achievement.n_alignments = 3;
	assert_no_template(BADGE_TWIN, "alignments[2].target_name");
	achievement = badge_kit_achievement;
	row.alignments = twins;
	row.n_alignments = 3;
	achievement.rows = &row;
	achievement.n_rows = 1;
	assert_no_template(BADGE_TWIN, "rows[0].alignments[2].target_name");
	twins[2].target_url = "not absolute";
	assert_no_template(BADGE_IRI, "rows[0].alignments[2].target_url");
	twins[2].target_url = NULL;
	assert_no_template(BADGE_MISSING, "rows[0].alignments[2].target_url");
	achievement = badge_kit_achievement;
}
END_TEST

START_TEST(rows_and_levels_need_codes_of_their_own)
{
	struct badge_level levels[] = {{"no", "No", NULL, NULL}, {"yes", "Yes", NULL, NULL}};
	struct badge_row rows[] = {{"r1", "One", "yes", levels, 2, NULL, 0},
				   {"r2", "Two", NULL, levels, 2, NULL, 0}};

	achievement.rows = rows;
	achievement.n_rows = 2;
	rows[1].code = "r1";
	assert_no_template(BADGE_TWIN, "rows[1].code");
	rows[1].code = "r 2";
	assert_no_template(BADGE_CODE, "rows[1].code");
	rows[1].code = "r/2";
	assert_no_template(BADGE_CODE, "rows[1].code");
	rows[1].code = "r2";
	rows[0].required_level = "perfect";
	assert_no_template(BADGE_LEVEL, "rows[0].required_level");
	rows[0].required_level = "yes";
	levels[0].code = "yes";
	assert_no_template(BADGE_TWIN, "rows[0].levels[1].code");
	levels[0].code = "";
	assert_no_template(BADGE_MISSING, "rows[0].levels[0].code");
	levels[0].code = "no";
	levels[1].name = NULL;
	assert_no_template(BADGE_MISSING, "rows[0].levels[1].name");
	levels[1].name = "Yes";
	rows[1].n_levels = 0;
	assert_no_template(BADGE_MISSING, "rows[1].levels");
	achievement = badge_kit_achievement;
}
END_TEST

START_TEST(catalogue_text_with_controls_or_of_no_encoding_is_refused)
{
	achievement.criteria = "Send\tthree.";
	assert_no_template(BADGE_CONTROL, "criteria.narrative");
	achievement.criteria = "Send \xff.";
	assert_no_template(BADGE_UTF8, "narrative");
}
END_TEST

START_TEST(catalogue_text_that_sorts_two_ways_is_refused)
{
	const char *const tags[] = {SMILE, LIGATURE};

	achievement.tags = tags;
	achievement.n_tags = 2;
	assert_no_template(BADGE_LINE_ORDER, "");
	achievement.n_tags = 1;
	ck_assert(sign());
}
END_TEST

/* ---- what signing refuses ---- */

START_TEST(a_badge_needs_an_id_and_a_recipient)
{
	badge.id = ID_NONE;
	assert_refused(BADGE_MISSING, "id");
	badge = badge_kit_badge(template);
	badge.identity.hash = NULL;
	assert_refused(BADGE_MISSING, "identity.hash");
	badge.subject_id = "teacher 7";
	assert_refused(BADGE_IRI, "subject_id");
	badge.subject_id = "did:key:z6Mk";
	ck_assert(sign());
	badge.identity = (struct badge_identity){NULL, "sha256$0", NULL};
	assert_refused(BADGE_MISSING, "identity.type");
}
END_TEST

START_TEST(a_badge_has_times_that_make_sense)
{
	badge.valid_from_us = -1;
	assert_refused(BADGE_TIME, "valid_from_us");
	badge = badge_kit_badge(template);
	badge.valid_until_us = badge.valid_from_us;
	assert_refused(BADGE_TIME, "valid_until_us");
	badge = badge_kit_badge(template);
	badge.valid_until_us = INT64_MAX;
	assert_refused(BADGE_TIME, "valid_until_us");
	badge = badge_kit_badge(template);
	badge.signed_us = INT64_MIN;
	assert_refused(BADGE_TIME, "signed_us");
}
END_TEST

START_TEST(a_result_names_a_row_and_level_that_there_are_once)
{
	struct badge_result results[] = {{"r1", "yes", NULL}, {"r2", "yes", NULL}};

	badge.results = results;
	badge.n_results = 2;
	ck_assert(sign());
	results[1].row = "r1";
	assert_refused(BADGE_TWIN, "results[1].row");
	results[1].row = "r9";
	assert_refused(BADGE_LEVEL, "results.row");
	results[1] = (struct badge_result){"r2", "perfect", NULL};
	assert_refused(BADGE_LEVEL, "results.level");
	results[1] = (struct badge_result){"r2", NULL, NULL};
	assert_refused(BADGE_LEVEL, "results.level");
	results[1] = (struct badge_result){NULL, "yes", NULL};
	assert_refused(BADGE_LEVEL, "results.row");
}
END_TEST

START_TEST(evidence_needs_a_name_and_may_be_alike)
{
	struct badge_evidence evidence[] = {{NULL, "Plan", "lesson_plan"},
					    {NULL, "Plan", "lesson_plan"}};

	badge.evidence = evidence;
	badge.n_evidence = 2;
	ck_assert(sign());
	evidence[1].name = NULL;
	assert_refused(BADGE_MISSING, "evidence[1].name");
}
END_TEST

START_TEST(a_status_entry_needs_all_its_members)
{
	struct badge_status status = {"https://a.example/1#2", "https://a.example/1", NULL};

	badge.status = &status;
	assert_refused(BADGE_MISSING, "status.index");
	status = (struct badge_status){"1#2", "https://a.example/1", "2"};
	assert_refused(BADGE_IRI, "status.id");
	status = (struct badge_status){"https://a.example/1#2", "", "2"};
	assert_refused(BADGE_MISSING, "status.list");
}
END_TEST

START_TEST(a_badges_own_text_with_controls_or_of_no_encoding_is_refused)
{
	struct badge_result result = {"r1", "yes", "4\v"};

	badge.name = "A\tB";
	assert_refused(BADGE_CONTROL, "name");
	badge.name = "A\xc3";
	assert_refused(BADGE_UTF8, "name");
	badge.name = NULL;
	badge.results = &result;
	badge.n_results = 1;
	assert_refused(BADGE_CONTROL, "credentialSubject.result[0].value");
}
END_TEST

START_TEST(characters_that_sort_two_ways_may_stand_where_their_lines_never_meet)
{
	struct badge_evidence evidence[] = {{NULL, SMILE, NULL}, {NULL, LIGATURE, NULL}};
	struct badge_template *smiling;

	achievement.name = SMILE;
	smiling = badge_template_new(&issuer, &achievement, &problem);
	ck_assert_ptr_nonnull(smiling);
	badge.template = smiling;
	badge.name = LIGATURE;
	ck_assert(sign()); /* of two subjects: the lines never meet */
	badge.evidence = evidence;
	badge.n_evidence = 2;
	ck_assert(sign()); /* of two blank nodes whose labels differ */
	badge_template_destroy(&smiling);
}
END_TEST

START_TEST(a_key_that_does_not_sign_is_told)
{
	signer.key = "z6MkOther";
	assert_refused(BADGE_KEY, "");
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("badge");
	TCase *tcase = tcase_create("badge");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, the_same_badge_is_the_same_bytes);
	tcase_add_test(tcase, the_sum_is_of_the_text);
	tcase_add_test(tcase, the_proof_names_the_key_and_holds_the_value);
	tcase_add_test(tcase, a_reader_comes_to_the_text_that_was_signed);
	tcase_add_test(tcase, what_is_not_given_is_left_out);
	tcase_add_test(tcase, a_recipient_may_be_known_by_id_instead);
	tcase_add_test(tcase, a_result_points_to_the_row_and_level_of_the_achievement);
	tcase_add_test(tcase, a_status_entry_is_written_when_given);
	tcase_add_loop_test(tcase, credits_are_written_with_no_more_digits_than_they_have, 0,
			    (int)ARRAY_LEN(credits));
	tcase_add_test(tcase, an_identity_is_hashed_in_lower_case_with_its_salt);
	tcase_add_test(tcase, an_issuer_needs_an_address_and_a_name);
	tcase_add_test(tcase, an_achievement_needs_its_required_members);
	tcase_add_loop_test(tcase, a_language_has_the_form_of_the_schema, 0,
			    (int)ARRAY_LEN(languages));
	tcase_add_loop_test(tcase, a_language_of_another_form_is_refused, 0,
			    (int)ARRAY_LEN(not_languages));
	tcase_add_test(tcase, a_word_that_the_schema_does_not_list_is_refused);
	tcase_add_test(tcase, credits_outside_what_all_print_alike_are_refused);
	tcase_add_test(tcase, two_equal_alignments_in_one_place_are_refused);
	tcase_add_test(tcase, rows_and_levels_need_codes_of_their_own);
	tcase_add_test(tcase, catalogue_text_with_controls_or_of_no_encoding_is_refused);
	tcase_add_test(tcase, catalogue_text_that_sorts_two_ways_is_refused);
	tcase_add_test(tcase, a_badge_needs_an_id_and_a_recipient);
	tcase_add_test(tcase, a_badge_has_times_that_make_sense);
	tcase_add_test(tcase, a_result_names_a_row_and_level_that_there_are_once);
	tcase_add_test(tcase, evidence_needs_a_name_and_may_be_alike);
	tcase_add_test(tcase, a_status_entry_needs_all_its_members);
	tcase_add_test(tcase, a_badges_own_text_with_controls_or_of_no_encoding_is_refused);
	tcase_add_test(tcase, characters_that_sort_two_ways_may_stand_where_their_lines_never_meet);
	tcase_add_test(tcase, a_key_that_does_not_sign_is_told);
	suite_add_tcase(suite, tcase);
	return suite;
}
