/* Stacks in decisions: what is awarded when, what it says, and to everyone once. */
#include "services/issuance/issuance.h"
#include "tests/support/stack_kit.h"
#include "tests/support/suite.h"

#include <string.h>

static struct kit kit;
static struct bytes ana;

static void open_kit(void)
{
	kit_open(&kit, &issuance_service);
	stack_kit_open(&kit);
	ana = kit_name("educator", "ana");
	stack_kit_educator(&kit, ana);
}

static void close_kit(void)
{
	kit_close(&kit);
}

static const json_t *member(const json_t *object, const char *name)
{
	return json_object_get(object, name);
}

static const char *text(const json_t *object, const char *name)
{
	return json_string_value(member(object, name));
}

static void earn(const char *code, const char *day)
{
	stack_kit_earn(&kit, ana, code, stack_kit_day(day));
}

/* ---- the catalogue's golden cases ---- */

static void earn_all(const json_t *example)
{
	const json_t *earned = member(example, "earned");

	for (size_t i = 0; i < json_array_size(earned); i++) {
		const json_t *e = json_array_get(earned, i);

		earn(text(e, "micro_credential"), text(e, "decided"));
	}
}

static const char *expected(const json_t *example)
{
	const json_t *list = member(example, "expect");
	const char *all = "";

	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *e = json_array_get(list, i);

		all = arena_printf(kit.arena, "%s%s%s issued %s", all, *all != '\0' ? ", " : "",
				   text(e, "stack"), text(e, "awarded_on"));
	}
	return all;
}

static const json_t *example(int i)
{
	return json_array_get(member(stack_kit_catalogue(), "stack_examples"), (size_t)i);
}

START_TEST(a_golden_case_is_awarded_as_it_is_earned)
{
	stack_kit_publish_all(&kit);
	stack_kit_sweep(&kit);
	earn_all(example(_i));
	ck_assert_str_eq(stack_kit_awards(&kit, ana), expected(example(_i)));
}
END_TEST

START_TEST(a_golden_case_is_awarded_when_the_stacks_are_published_later)
{
	earn_all(example(_i));
	ck_assert_str_eq(stack_kit_awards(&kit, ana), "");
	stack_kit_publish_all(&kit);
	stack_kit_sweep(&kit);
	ck_assert_str_eq(stack_kit_awards(&kit, ana), expected(example(_i)));
}
END_TEST

/* ---- what an award is ---- */

static void earn_literacy(void)
{
	earn("lit-101", "2024-02-01");
	earn("lit-102", "2024-06-01");
	earn("lit-103", "2024-11-15");
	earn("spe-314", "2025-03-20");
}

START_TEST(an_award_is_a_signed_certificate_whose_evidence_names_its_members)
{
	const Issuance__EducatorStack *award;
	const Issuance__CredentialAnswer *c;
	const json_t *evidence, *achievement;
	json_t *document;
	char urn[64];

	stack_kit_publish_all(&kit);
	earn_literacy();
	award = stack_kit_find(&kit, ana, "st-structured-literacy");
	ck_assert_uint_eq(award->n_members, 4);
	c = issuance_credential(&kit, bytes_of_pb(award->credential));
	ck_assert_str_eq(c->code, "st-structured-literacy");
	document = json_loads(c->document, 0, NULL);
	achievement = member(member(document, "credentialSubject"), "achievement");
	ck_assert_str_eq(text(achievement, "achievementType"), "Certificate");
	ck_assert_str_eq(text(achievement, "name"), "Structured Literacy Practitioner");
	ck_assert_str_eq(text(document, "validFrom"), "2025-03-20T00:00:00Z");
	evidence = member(document, "evidence");
	ck_assert_uint_eq(json_array_size(evidence), 4);
	for (size_t i = 0; i < 4; i++) {
		snprintf(urn, sizeof urn, "urn:uuid:%s",
			 ID_STR(bytes_of_pb(award->members[i]->credential)));
		ck_assert_str_eq(text(json_array_get(evidence, i), "id"), urn);
		ck_assert_str_eq(text(json_array_get(evidence, i), "genre"), "MicroCredential");
	}
	json_decref(document);
}
END_TEST

START_TEST(a_nested_stack_is_a_member)
{
	const Issuance__EducatorStack *inner, *outer;
	bool found = false;

	stack_kit_publish_all(&kit);
	earn_all(example(6));
	inner = stack_kit_find(&kit, ana, "st-inclusive-classroom");
	outer = stack_kit_find(&kit, ana, "st-teacher-leader");
	ck_assert_uint_eq(outer->n_members, 5);
	for (size_t i = 0; i < outer->n_members; i++)
		found |= bytes_equal(bytes_of_pb(outer->members[i]->credential),
				     bytes_of_pb(inner->credential));
	ck_assert(found);
}
END_TEST

START_TEST(a_stack_is_awarded_once)
{
	stack_kit_publish_all(&kit);
	earn_literacy();
	earn("lit-101", "2025-12-01");
	stack_kit_sweep(&kit);
	ck_assert_str_eq(stack_kit_awards(&kit, ana), "st-structured-literacy issued 2025-03-20");
}
END_TEST

/* It held again, later, with what was earned once more. */
START_TEST(a_stack_published_late_begins_on_the_first_day_its_rule_held)
{
	earn_literacy();
	earn("lit-101", "2025-12-01");
	stack_kit_publish_all(&kit);
	stack_kit_sweep(&kit);
	ck_assert_str_eq(stack_kit_awards(&kit, ana), "st-structured-literacy issued 2025-03-20");
}
END_TEST

START_TEST(a_new_version_awards_nobody_twice)
{
	json_t *next = json_deep_copy(json_array_get(member(stack_kit_catalogue(), "stacks"), 0));

	stack_kit_publish_all(&kit);
	earn_literacy();
	stack_kit_sweep(&kit);
	json_object_set_new(next, "version", json_integer(2));
	json_object_set_new(next, "within_months", json_integer(60));
	stack_kit_publish(&kit, next);
	ck_assert_uint_eq(stack_kit_sweep(&kit), 1);
	ck_assert_str_eq(stack_kit_awards(&kit, ana), "st-structured-literacy issued 2025-03-20");
	json_decref(next);
}
END_TEST

START_TEST(a_stack_that_is_not_retroactive_has_no_day_before_it_was_published)
{
	json_t *next = json_deep_copy(json_array_get(member(stack_kit_catalogue(), "stacks"), 0));

	earn_literacy();
	json_object_set_new(next, "retroactive", json_false());
	stack_kit_publish(&kit, next);
	stack_kit_sweep(&kit);
	ck_assert_str_eq(stack_kit_awards(&kit, ana), "st-structured-literacy issued 2026-01-06");
	json_decref(next);
}
END_TEST

START_TEST(what_completes_a_stack_is_told)
{
	const Issuance__EducatorStack *near;

	stack_kit_publish_all(&kit);
	earn("ell-301", "2025-09-01");
	earn("ell-302", "2025-10-10");
	near = stack_kit_find(&kit, ana, "st-multilingual");
	ck_assert_str_eq(near->state, "one_step_away");
	ck_assert_uint_eq(near->n_missing, 2);
	ck_assert_str_eq(near->missing[0], "ell-303");
	ck_assert_str_eq(near->missing[1], "ell-304");
	earn("ell-304", "2025-11-02");
	ck_assert_str_eq(stack_kit_find(&kit, ana, "st-multilingual")->state, "issued");
}
END_TEST

START_TEST(stacks_of_an_educator_who_is_not_known_are_refused)
{
	Issuance__Query query = ISSUANCE__QUERY__INIT;
	Issuance__ListEducatorStacks ask = ISSUANCE__LIST_EDUCATOR_STACKS__INIT;

	ask.educator = pb_of_bytes(kit_name("educator", "nobody"));
	query.body_case = ISSUANCE__QUERY__BODY_LIST_EDUCATOR_STACKS;
	query.list_educator_stacks = &ask;
	ck_assert_int_eq(kit_ask(&kit, BYTES_NONE, &query.base), CAIRN__STATUS__INVALID);
	ask.educator = pb_of_bytes(ana);
	ck_assert_int_eq(kit_ask(&kit, BYTES_NONE, &query.base), CAIRN__STATUS__OK);
}
END_TEST

/* ---- sweeps ---- */

START_TEST(a_sweep_goes_on_where_it_was)
{
	struct bytes educators[200];
	char name[32];

	for (int i = 0; i < 200; i++) {
		snprintf(name, sizeof name, "educator-%d", i);
		educators[i] = kit_name("educator", name);
		stack_kit_educator(&kit, educators[i]);
		stack_kit_earn(&kit, educators[i], "ell-301", stack_kit_day("2025-09-01"));
		stack_kit_earn(&kit, educators[i], "ell-302", stack_kit_day("2025-10-10"));
		stack_kit_earn(&kit, educators[i], "ell-304", stack_kit_day("2025-11-02"));
	}
	stack_kit_publish(&kit, json_array_get(member(stack_kit_catalogue(), "stacks"), 1));
	ck_assert(stack_kit_sweep_some(&kit));
	kit_reopen(&kit);
	ck_assert_uint_ge(stack_kit_sweep(&kit), 1);
	for (int i = 0; i < 200; i++)
		ck_assert_str_eq(stack_kit_awards(&kit, educators[i]),
				 "st-multilingual issued 2025-11-02");
}
END_TEST

/* ---- rules that cannot be ---- */

START_TEST(a_stack_nested_in_itself_is_not_taken)
{
	json_t *first =
		json_pack("{s:s, s:i, s:s, s:s, s:s, s:s, s:s, s:{s:s, s:s}, s:i, s:s}", "id",
			  "st-a", "version", 1, "title", "A", "issuer", "harbor-state", "topic",
			  "literacy", "competency", "C", "description", "D", "rule", "op", "stack",
			  "id", "st-b", "within_months", 12, "achievement_type", "Certificate");
	json_t *second = json_deep_copy(first);

	json_object_set_new(second, "id", json_string("st-b"));
	json_object_set_new(second, "rule", json_pack("{s:s, s:s}", "op", "stack", "id", "st-a"));
	stack_kit_publish(&kit, first);
	stack_kit_publish(&kit, second);
	ck_assert(issuance_next(&kit, ISSUANCE__EVENT__BODY_STACK_NOTED) != NULL);
	ck_assert(issuance_next(&kit, ISSUANCE__EVENT__BODY_STACK_NOTED) == NULL);
	json_decref(first);
	json_decref(second);
}
END_TEST

static const Issuance__UnfitList *unfit(void)
{
	Issuance__Query query = ISSUANCE__QUERY__INIT;
	Issuance__ListUnfit list = ISSUANCE__LIST_UNFIT__INIT;

	query.body_case = ISSUANCE__QUERY__BODY_LIST_UNFIT;
	query.list_unfit = &list;
	ck_assert_int_eq(kit_ask(&kit, BYTES_NONE, &query.base), CAIRN__STATUS__OK);
	return ((const Issuance__Answer *)kit.answer)->unfit;
}

START_TEST(a_stack_that_cannot_be_evaluated_is_told_until_a_version_that_can_be)
{
	json_t *stack = json_deep_copy(json_array_get(member(stack_kit_catalogue(), "stacks"), 0));

	stack_kit_publish(&kit, stack);
	json_object_set_new(stack, "version", json_integer(2));
	json_object_set_new(stack, "rule", json_pack("{s:s}", "op", "never"));
	stack_kit_publish(&kit, stack);
	ck_assert_uint_eq(view_count(kit_view(&kit), TABLE_PARKED), 0);
	ck_assert_uint_eq(unfit()->n_documents, 1);
	ck_assert_str_eq(unfit()->documents[0]->kind, "stack");
	ck_assert_uint_eq(unfit()->documents[0]->version, 2);
	ck_assert_ptr_nonnull(strstr(unfit()->documents[0]->reason, "stack.rule"));
	earn_literacy();
	ck_assert_str_eq(stack_kit_awards(&kit, ana), "st-structured-literacy issued 2025-03-20");
	json_object_set_new(
		stack, "rule",
		json_deep_copy(member(json_array_get(member(stack_kit_catalogue(), "stacks"), 0),
				      "rule")));
	json_object_set_new(stack, "version", json_integer(3));
	stack_kit_publish(&kit, stack);
	ck_assert_uint_eq(unfit()->n_documents, 0);
	json_decref(stack);
}
END_TEST

Suite *test_suite(void)
{
	const TTest *const tests[] = {
		an_award_is_a_signed_certificate_whose_evidence_names_its_members,
		a_nested_stack_is_a_member,
		a_stack_is_awarded_once,
		a_stack_published_late_begins_on_the_first_day_its_rule_held,
		a_new_version_awards_nobody_twice,
		a_stack_that_is_not_retroactive_has_no_day_before_it_was_published,
		what_completes_a_stack_is_told,
		stacks_of_an_educator_who_is_not_known_are_refused,
		a_sweep_goes_on_where_it_was,
		a_stack_nested_in_itself_is_not_taken,
		a_stack_that_cannot_be_evaluated_is_told_until_a_version_that_can_be,
	};
	Suite *suite = suite_create("stack");
	TCase *tcase = tcase_create("stack");

	tcase_add_checked_fixture(tcase, open_kit, close_kit);
	tcase_set_timeout(tcase, 60);
	tcase_add_loop_test(tcase, a_golden_case_is_awarded_as_it_is_earned, 0, 7);
	tcase_add_loop_test(tcase, a_golden_case_is_awarded_when_the_stacks_are_published_later, 0,
			    7);
	for (size_t i = 0; i < ARRAY_LEN(tests); i++)
		tcase_add_test(tcase, tests[i]);
	suite_add_tcase(suite, tcase);
	return suite;
}
