/* Reading catalogue files: the sample whole, and what is wrong with others by file, place and
 * field. */
#include "services/catalogue/catalogue.h"

#include "libshared/check.h"
#include "services/enrollment/enrollment.h"
#include "tests/support/kit.h"
#include "tests/support/suite.h"
#include "tests/support/tree.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static struct arena *arena;

static const char *const sample_files[] = {"catalogue.json", "policy.json",
					   "calendar.json",  "media.json",
					   "reviews.json",   "quality-standard.json"};

static void setup(void)
{
	arena = arena_new(1 << 20);
}

static void teardown(void)
{
	arena_destroy(&arena);
}

static struct bytes sample(const char *name)
{
	return tree_read(arena_printf(arena, "deploy/sample/%s", name), arena);
}

static struct catalogue given_sample(void)
{
	struct catalogue c = {.arena = arena};

	for (size_t i = 0; i < ARRAY_LEN(sample_files); i++)
		if (!catalogue_add(&c, sample_files[i], sample(sample_files[i])))
			ck_abort_msg("%s", c.fault);
	catalogue_order(&c);
	return c;
}

static unsigned count(const struct catalogue *c, Enrollment__Command__BodyCase kind)
{
	unsigned n = 0;

	for (size_t i = 0; i < c->n; i++)
		n += c->commands[i]->body_case == kind;
	return n;
}

#define COUNT(c, CASE) count(c, ENROLLMENT__COMMAND__BODY_##CASE)

/* ---- the sample ---- */

START_TEST(the_sample_gives_a_command_for_each_thing_in_it)
{
	struct catalogue c = given_sample();

	ck_assert_uint_eq(COUNT(&c, PUBLISH_ISSUER), 5);
	ck_assert_uint_eq(COUNT(&c, PUBLISH_PROFILE), 3);
	ck_assert_uint_eq(COUNT(&c, PUBLISH_POLICY), 1);
	ck_assert_uint_eq(COUNT(&c, PUBLISH_CALENDAR), 1);
	ck_assert_uint_eq(COUNT(&c, PUBLISH_MEDIA), 1);
	ck_assert_uint_eq(COUNT(&c, PUBLISH_ENTRY), 41);
	ck_assert_uint_eq(COUNT(&c, RETIRE_ENTRY), 1);
	ck_assert_uint_eq(COUNT(&c, PUBLISH_STACK), 5);
	ck_assert_uint_eq(COUNT(&c, PUBLISH_RENEWAL_POLICY), 8);
	ck_assert_uint_eq(COUNT(&c, PUBLISH_QUALITY_STANDARD), 1);
	ck_assert_uint_eq(COUNT(&c, RECORD_REVIEW), 41);
	ck_assert_uint_eq(c.n, 108);
}
END_TEST

/* Where the entry stands in the list; the test fails if it does not. */
static size_t place_of(const struct catalogue *c, const char *code)
{
	for (size_t i = 0; i < c->n; i++)
		if (c->commands[i]->body_case == ENROLLMENT__COMMAND__BODY_PUBLISH_ENTRY &&
		    strcmp(c->commands[i]->publish_entry->entry->code, code) == 0)
			return i;
	ck_abort_msg("no %s", code);
}

static const Enrollment__Entry *entry_of(const struct catalogue *c, const char *code)
{
	return c->commands[place_of(c, code)]->publish_entry->entry;
}

START_TEST(what_is_built_upon_is_published_first)
{
	struct catalogue c = given_sample();

	ck_assert_int_eq(c.commands[0]->body_case, ENROLLMENT__COMMAND__BODY_PUBLISH_ISSUER);
	ck_assert_int_eq(c.commands[c.n - 1]->body_case,
			 ENROLLMENT__COMMAND__BODY_PUBLISH_RENEWAL_POLICY);
	for (size_t i = 1; i < c.n; i++)
		if (c.commands[i]->body_case == ENROLLMENT__COMMAND__BODY_RECORD_REVIEW)
			ck_assert_uint_lt(i, place_of(&c, "LIT-101"));
	ck_assert_uint_lt(place_of(&c, "LIT-101"), place_of(&c, "LIT-102"));
	ck_assert_uint_lt(place_of(&c, "TEC-200"), place_of(&c, "TEC-202"));
}
END_TEST

START_TEST(an_entry_has_what_its_lists_say_about_it)
{
	struct catalogue c = given_sample();
	const Enrollment__Entry *e = entry_of(&c, "LIT-101");

	ck_assert_uint_eq(e->n_questions, 2);
	ck_assert_uint_eq(e->questions[1]->words_max, 200);
	ck_assert_uint_eq(e->reflection->words_min, 200);
	ck_assert_uint_eq(e->n_requirements, 3);
	ck_assert(e->requirements[1]->consent_required);
	ck_assert_uint_eq(e->rubric->n_levels, 3);
	ck_assert_uint_eq(e->rubric->pass_ordinal, 2);
	ck_assert_str_eq(e->rubric->levels[1]->label, "Almost");
	ck_assert_uint_eq(e->rubric->criteria[2]->n_requirements, 2);
	ck_assert(strncmp(e->rubric->criteria[0]->descriptions[0], "Routines repeat", 15) == 0);
	ck_assert_str_eq(e->alignments[0]->framework_title, "InTASC Model Core Teaching Standards");
	ck_assert_str_eq(e->alignments[0]->label, "How learners grow");
	ck_assert_str_eq(e->alignments[0]->url, "https://frameworks.cairn.example/intasc/InTASC-1");
	ck_assert_uint_eq(e->clock_hours, 12);
	ck_assert(bytes_equal(bytes_of_pb(e->entry), kit_name("entry", "lit-101")));
	ck_assert(bytes_equal(bytes_of_pb(e->issuer), kit_name("issuer", "larkspur-rsa")));
	ck_assert_uint_eq(entry_of(&c, "TEC-202")->version, 2);
}
END_TEST

START_TEST(shares_become_permille_and_numbers_are_those_of_the_domain)
{
	struct catalogue c = given_sample();
	const Enrollment__Policy *policy = NULL;
	const Enrollment__Profile *standard = NULL;

	for (size_t i = 0; i < c.n; i++) {
		if (c.commands[i]->body_case == ENROLLMENT__COMMAND__BODY_PUBLISH_POLICY)
			policy = c.commands[i]->publish_policy->policy;
		if (c.commands[i]->body_case == ENROLLMENT__COMMAND__BODY_PUBLISH_PROFILE &&
		    strcmp(c.commands[i]->publish_profile->profile->code, "standard") == 0)
			standard = c.commands[i]->publish_profile->profile;
	}
	ck_assert_uint_eq(standard->second_read_permille, 200);
	ck_assert_uint_eq(standard->limit_business_days, 10);
	ck_assert_uint_eq(policy->lease_hours, 72);
	ck_assert_uint_eq(policy->daily_cap, 8);
	ck_assert_uint_eq(policy->lapse_days, 730);
	ck_assert_uint_eq(policy->lapse_notice_days[0], 30);
	ck_assert_uint_eq(policy->lapse_notice_days[1], 7);
	ck_assert_uint_eq(policy->finish_days, 365);
	ck_assert_uint_eq(policy->recall_hours, 24);
	ck_assert_uint_eq(policy->kept_row_months, 12);
	ck_assert_uint_eq(policy->feedback_words_min, 25);
	ck_assert_uint_eq(policy->artifacts_max, 50);
	ck_assert_uint_eq(policy->artifact_bytes_max, 2000000000);
}
END_TEST

START_TEST(stacks_and_renewal_policies_are_the_objects_of_the_file)
{
	struct catalogue c = given_sample();
	struct bytes text = sample("catalogue.json");
	json_t *root = json_loadb((const char *)text.data, text.len, 0, NULL);
	size_t n = 0;

	for (size_t i = 0; i < c.n; i++) {
		const Enrollment__Command *cmd = c.commands[i];
		bool stack = cmd->body_case == ENROLLMENT__COMMAND__BODY_PUBLISH_STACK;
		const Enrollment__Document *d;
		json_t *kept, *file;

		if (!stack && cmd->body_case != ENROLLMENT__COMMAND__BODY_PUBLISH_RENEWAL_POLICY)
			continue;
		d = stack ? cmd->publish_stack->stack : cmd->publish_renewal_policy->policy;
		kept = json_loads(d->json, JSON_REJECT_DUPLICATES, NULL);
		file = json_object_get(root, stack ? "stacks" : "renewal_policies");
		ck_assert(json_equal(kept, json_array_get(file, stack ? n : n - 5)));
		json_decref(kept);
		n++;
	}
	ck_assert_uint_eq(n, 13);
	json_decref(root);
}
END_TEST

START_TEST(the_same_file_gives_the_same_bytes)
{
	struct catalogue one = given_sample(), two = given_sample();

	ck_assert_uint_eq(one.n, two.n);
	for (size_t i = 0; i < one.n; i++)
		ck_assert(bytes_equal(message_pack(&one.commands[i]->base, arena),
				      message_pack(&two.commands[i]->base, arena)));
}
END_TEST

START_TEST(a_command_tells_what_it_is_about)
{
	struct catalogue c = given_sample();
	const Enrollment__Command *cmd = c.commands[place_of(&c, "LIT-101")];
	struct id entity = catalogue_entity(cmd);

	ck_assert_str_eq(catalogue_label(&c, cmd), "entry LIT-101 version 1");
	ck_assert(bytes_equal(bytes_of_id(&entity), kit_name("entry", "lit-101")));
	for (size_t i = 0; i < c.n; i++) {
		entity = catalogue_entity(c.commands[i]);
		ck_assert(!id_is_none(&entity));
		ck_assert_uint_gt(strlen(catalogue_label(&c, c.commands[i])), 8);
	}
}
END_TEST

/* ---- the sample, published ---- */

/* Those of commands: a timer says that a review is overdue, and that a retirement was told. */
static unsigned events_since(struct kit *kit)
{
	const Enrollment__Event *event;
	unsigned n = 0;

	while ((event = (const Enrollment__Event *)kit_next_event(kit, NULL)) != NULL)
		n += event->body_case != ENROLLMENT__EVENT__BODY_REVIEW_OVERDUE &&
		     event->body_case != ENROLLMENT__EVENT__BODY_RETIREMENT_TOLD;
	return n;
}

START_TEST(enrollment_takes_the_sample_whole_and_a_second_time_as_nothing)
{
	struct catalogue c = given_sample();
	struct kit kit;

	kit_open(&kit, &enrollment_service);
	for (size_t i = 0; i < c.n; i++)
		if (kit_send(&kit, BYTES_NONE, &c.commands[i]->base) != CAIRN__STATUS__OK)
			ck_abort_msg("%s: %s", catalogue_label(&c, c.commands[i]), kit.got.text);
	ck_assert_uint_eq(events_since(&kit), 108);
	for (size_t i = 0; i < c.n; i++)
		ck_assert_int_eq(kit_send(&kit, BYTES_NONE, &c.commands[i]->base),
				 CAIRN__STATUS__OK);
	ck_assert_uint_eq(events_since(&kit), 0);
	kit_close(&kit);
}
END_TEST

START_TEST(other_content_under_a_published_version_is_refused)
{
	struct catalogue c = given_sample();
	struct kit kit;
	size_t at = place_of(&c, "LIT-101");

	kit_open(&kit, &enrollment_service);
	for (size_t i = 0; i <= at; i++)
		ck_assert_int_eq(kit_send(&kit, BYTES_NONE, &c.commands[i]->base),
				 CAIRN__STATUS__OK);
	c.commands[at]->publish_entry->entry->fee_cents = 100;
	ck_assert_int_eq(kit_send(&kit, BYTES_NONE, &c.commands[at]->base),
			 CAIRN__STATUS__REJECTED);
	ck_assert_int_eq((int)kit.got.reason, ENROLLMENT__REASON__VERSION_EXISTS);
	kit_close(&kit);
}
END_TEST

/* ---- what is wrong with a file ---- */

/* The text with the first from replaced by to; the test fails if there is none. */
static struct bytes replaced(struct bytes text, const char *from, const char *to)
{
	const uint8_t *at = memmem(text.data, text.len, from, strlen(from));
	size_t before, after;
	char *made;

	if (at == NULL)
		ck_abort_msg("no %s", from);
	before = (size_t)(at - text.data);
	after = text.len - before - strlen(from);
	made = arena_alloc(arena, before + strlen(to) + after + 1);
	memcpy(made, text.data, before);
	memcpy(made + before, to, strlen(to));
	memcpy(made + before + strlen(to), at + strlen(from), after);
	made[before + strlen(to) + after] = '\0';
	return (struct bytes){(const uint8_t *)made, before + strlen(to) + after};
}

static const struct wrong {
	const char *file, *from, *to, *fault;
} wrongs[] = {
	{"catalogue.json", "{", "", "catalogue.json: line 2"},
	{"catalogue.json", "\"cairn.catalogue/1\"", "\"cairn.catalogue/2\"", "schema: "},
	{"catalogue.json", "\"version\": 1,", "", "assessment_profiles[0].version: is missing"},
	{"catalogue.json", "\"independent_reads\": 1", "\"independent_reads\": \"1\"",
	 "assessment_profiles[0].independent_reads: is no whole number"},
	{"catalogue.json", "\"second_read_sample\": 0.2", "\"second_read_sample\": 1.2",
	 "assessment_profiles[0].second_read_sample: is 1.2"},
	{"catalogue.json", "\"second_read_sample\": 0.2", "\"second_read_sample\": 0.2005",
	 "three decimals"},
	{"catalogue.json", "\"then\": \"standard\"", "\"then\": \"other\"",
	 "assessment_profiles[2].then: \"other\" is not in this file"},
	{"catalogue.json", "\"until_decided\": 30,", "", "until_decided and then go together"},
	{"catalogue.json", "\"uri\": ", "\"url\": ", "frameworks[0]: unknown member \"url\""},
	{"catalogue.json", "\"code\": \"LIT-101\"", "\"code\": \"LIT-109\"",
	 "microcredentials[0].code"},
	{"catalogue.json", "\"status\": \"published\"", "\"status\": \"draft\"",
	 "microcredentials[0].status"},
	{"catalogue.json", "\"topic\": \"literacy\"", "\"topic\": \"letters\"",
	 "microcredentials[0].topic: \"letters\" is not in this file"},
	{"catalogue.json", "\"issuer\": \"larkspur-rsa\"", "\"issuer\": \"larkspur\"",
	 "microcredentials[0].issuer"},
	{"catalogue.json", "\"first_published\": \"2024-07-01\"",
	 "\"first_published\": \"2024-7-1\"", "microcredentials[0].first_published: is no date"},
	{"catalogue.json", "\"supersedes\": null", "\"supersedes\": \"lit-100\"",
	 "microcredentials[0].supersedes: \"lit-100\""},
	{"catalogue.json", "\"supersedes\": null,", "",
	 "microcredentials[0].supersedes: is missing"},
	{"catalogue.json", "\"superseded_by\": null", "\"superseded_by\": \"lit-102\"",
	 "only where status is retired"},
	{"catalogue.json", "\"prerequisites\": []", "\"prerequisites\": [\"lit-102\"]",
	 "in a circle"},
	{"catalogue.json", "\"prerequisites\": []", "\"prerequisites\": [\"lit-999\"]",
	 "microcredentials[0].prerequisites: \"lit-999\""},
	{"catalogue.json", "\"min\": 8,", "",
	 "microcredentials[0].estimated_hours.min: is missing"},
	{"catalogue.json", "\"words_min\": 100", "\"words_min\": 100.0",
	 "microcredentials[0].overview_questions[0].words_min: is no whole number"},
	{"catalogue.json", "\"consent_required\": false", "\"consent_required\": 0",
	 "microcredentials[0].evidence_required[0].consent_required: is neither"},
	{"catalogue.json", "\"pass_rule\": \"all_criteria_at_pass_level\"",
	 "\"pass_rule\": \"half\"", "pass_rule"},
	{"catalogue.json", "\"almost\": \"Routines move", "\"nearly\": \"Routines move",
	 "lit-101.r1.levels.almost is missing"},
	{"catalogue.json", "\"not_yet\": \"Routines", "\"other\": \"x\", \"not_yet\": \"Routines",
	 "one that the scale does not have"},
	{"catalogue.json", "\"code\": \"InTASC-1\"", "\"code\": \"InTASC-0\"",
	 "microcredentials[0].alignment: \"InTASC-1\" is no standard of intasc"},
	{"catalogue.json", "\"clock_hours\": 12,", "",
	 "microcredentials[0].renewal.clock_hours: is missing"},
	{"catalogue.json", "\"Phonemic Awareness Routines\"", "\"Phonemic\\tAwareness\"",
	 "microcredentials[0].title: holds a tab"},
	{"catalogue.json", "\"Phonemic Awareness Routines\"", "\"\"",
	 "microcredentials[0].title: 0 bytes"},
	{"catalogue.json", "\"id\": \"lit-102\"", "\"id\": \"lit-101\"",
	 "microcredentials[1].id: \"lit-101\" stands in the list twice"},
	{"catalogue.json", "\"title\": \"Phonemic", "\"title\": \"x\", \"title\": \"Phonemic",
	 "duplicate"},
	{"catalogue.json", "\"op\": \"all\"", "\"op\": \"most\"", "stacks[0].rule: op is all"},
	{"catalogue.json", "\"op\": \"all\"", "\"op\": \"at_least\"", "stacks[0].rule: at_least"},
	{"catalogue.json", "\"n\": 1,", "\"n\": 9,", "n is more than there are"},
	{"catalogue.json", "\"within_months\": 36,", "", "stacks[0].within_months: is missing"},
	{"catalogue.json", "\"required_units\": 60,", "",
	 "renewal_policies[0].required_units: is missing"},
	{"catalogue.json", "\"micro_credential_units\": 6", "\"micro_credential_units\": null",
	 "renewal_policies[0].conversion.micro_credential_units: is missing"},
	{"catalogue.json", "\"clock_hour_units\": 1,", "",
	 "renewal_policies[0].conversion.clock_hour_units: is missing"},
	{"catalogue.json", "\"min_units\": 20,", "", "category_rules[0]: one of min_units"},
	/* what issuance could not evaluate */
	{"catalogue.json", "\"carry_over\": false", "\"carry_over\": true",
	 "renewal_policies[0].carry_over: only false is understood"},
	{"catalogue.json", "\"counts_if\": \"decided_within_license_term\"",
	 "\"counts_if\": \"always\"", "renewal_policies[0].counts_if: only"},
	{"catalogue.json", "\"time_zone\": \"America/Chicago\"",
	 "\"time_zone\": \"America/Chicag\"",
	 "renewal_policies[0].time_zone: there is no such time zone"},
	{"calendar.json", "2026-01-19", "2026-01-32", "calendar.json: holidays[12].date"},
	{"calendar.json", "\"time_zone\": \"America/Chicago\",", "", "time_zone: is missing"},
	{"media.json", "\"bytes_max\": 50000000", "\"bytes_max\": 0",
	 "media.json: kinds[0].bytes_max: is 0"},
	{"media.json", "\"types\"", "\"kinds\"", "kinds[0]: unknown member \"kinds\""},
};

START_TEST(a_fault_names_the_file_the_place_and_what_is_wrong)
{
	const struct wrong *w = &wrongs[_i];
	struct catalogue c = {.arena = arena};

	ck_assert(!catalogue_add(&c, w->file, replaced(sample(w->file), w->from, w->to)));
	ck_assert_msg(strncmp(c.fault, w->file, strlen(w->file)) == 0, "%s", c.fault);
	ck_assert_msg(strstr(c.fault, w->fault) != NULL, "%s, not %s", c.fault, w->fault);
	ck_assert_uint_eq(c.n, 0);
}
END_TEST

START_TEST(a_policy_without_one_of_its_numbers_names_it)
{
	struct bytes text = sample("policy.json");
	json_t *root = json_loadb((const char *)text.data, text.len, 0, NULL);
	const char *name;
	json_t *value;
	void *next;
	size_t n = 0;

	json_object_foreach_safe(root, next, name, value)
	{
		json_t *less = json_deep_copy(root);
		struct catalogue c = {.arena = arena};
		char *dump;

		if (json_is_string(value)) {
			json_decref(less);
			continue;
		}
		json_object_del(less, name);
		dump = json_dumps(less, JSON_COMPACT);
		ck_assert(!catalogue_add(&c, "policy.json", bytes_of_text(dump)));
		ck_assert_str_eq(c.fault, arena_printf(arena, "policy.json: %s: is missing", name));
		free(dump);
		json_decref(less);
		n++;
	}
	ck_assert_uint_ge(n, 15);
	json_decref(root);
}
END_TEST

START_TEST(a_bad_file_leaves_what_others_gave)
{
	struct catalogue c = {.arena = arena};

	ck_assert(catalogue_add(&c, "policy.json", sample("policy.json")));
	ck_assert(!catalogue_add(&c, "x.json", bytes_of_text("{\"schema\": \"x\"}")));
	ck_assert(!catalogue_add(&c, "x.json", bytes_of_text("[]")));
	ck_assert(!catalogue_add(&c, "x.json", BYTES_NONE));
	ck_assert_uint_eq(c.n, 1);
	ck_assert(catalogue_add(&c, "media.json", sample("media.json")));
	ck_assert_str_eq(c.fault, "");
	ck_assert_uint_eq(c.n, 2);
}
END_TEST

START_TEST(a_rule_nested_without_end_is_refused)
{
	struct catalogue c = {.arena = arena};
	struct bytes text = sample("catalogue.json");
	json_t *root = json_loadb((const char *)text.data, text.len, 0, NULL);
	json_t *stack = json_array_get(json_object_get(root, "stacks"), 0);
	char *dump;

	for (int depth = 0; depth < 9; depth++)
		json_object_set_new(stack, "rule",
				    json_pack("{s:s, s:[O]}", "op", "any", "of",
					      json_object_get(stack, "rule")));
	dump = json_dumps(root, 0);
	ck_assert(!catalogue_add(&c, "deep.json", bytes_of_text(dump)));
	ck_assert_str_eq(c.fault, "deep.json: stacks[0].rule: rules are nested more than 8 deep");
	free(dump);
	json_decref(root);
}
END_TEST

static void add_sample(Suite *suite)
{
	TCase *tc = tcase_create("sample");

	tcase_set_timeout(tc, 30);
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, the_sample_gives_a_command_for_each_thing_in_it);
	tcase_add_test(tc, what_is_built_upon_is_published_first);
	tcase_add_test(tc, an_entry_has_what_its_lists_say_about_it);
	tcase_add_test(tc, shares_become_permille_and_numbers_are_those_of_the_domain);
	tcase_add_test(tc, stacks_and_renewal_policies_are_the_objects_of_the_file);
	tcase_add_test(tc, the_same_file_gives_the_same_bytes);
	tcase_add_test(tc, a_command_tells_what_it_is_about);
	tcase_add_test(tc, enrollment_takes_the_sample_whole_and_a_second_time_as_nothing);
	tcase_add_test(tc, other_content_under_a_published_version_is_refused);
	suite_add_tcase(suite, tc);
}

static void add_faults(Suite *suite)
{
	TCase *tc = tcase_create("faults");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, a_fault_names_the_file_the_place_and_what_is_wrong, 0,
			    (int)ARRAY_LEN(wrongs));
	tcase_add_test(tc, a_policy_without_one_of_its_numbers_names_it);
	tcase_add_test(tc, a_bad_file_leaves_what_others_gave);
	tcase_add_test(tc, a_rule_nested_without_end_is_refused);
	suite_add_tcase(suite, tc);
}

Suite *test_suite(void)
{
	Suite *suite = suite_create("catalogue files");

	add_sample(suite);
	add_faults(suite);
	return suite;
}
