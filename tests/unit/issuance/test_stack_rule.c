/* Rules of stacks. tests/rules compares with a second evaluator on random histories. */
#include "tests/support/case_kit.h"
#include "tests/support/suite.h"

#include "libshared/calendar.h"
#include "services/issuance/rules/rule_case.h"
#include "services/issuance/rules/stack_rule.h"

#include <string.h>

static struct case_kit kit;

static void setup(void)
{
	case_kit_open(&kit);
}

static void teardown(void)
{
	case_kit_close(&kit);
}

#define ck_stacks(expected, ...) ck_assert_str_eq(case_stacks(&kit, __VA_ARGS__), expected)

START_TEST(every_stack_example_of_the_catalogue_comes_out)
{
	const json_t *examples = json_object_get(kit.catalogue, "stack_examples");
	json_t *example;
	size_t i;

	json_array_foreach(examples, i, example)
	{
		struct reading reading = {.arena = kit.arena};
		const char *text = stack_case(kit.book, example, &reading);
		json_t *answer = text != NULL ? json_loads(text, 0, NULL) : NULL;

		ck_assert_msg(answer != NULL, "%s", reading.fault);
		ck_assert_msg(json_equal(answer, json_object_get(example, "expect")), "%s: %s",
			      json_string_value(json_object_get(example, "title")), text);
		json_decref(answer);
	}
	ck_assert_uint_eq(i, 7);
}
END_TEST

/* ---- windows ---- */

static const struct {
	const char *day, *later;
	uint32_t months;
} laters[] = {
	/* rule "window": the same day of the month, or the last where there is no such day */
	{"2024-01-31", "2024-02-29", 1},  {"2023-01-31", "2023-02-28", 1},
	{"2024-02-29", "2025-02-28", 12}, {"2024-02-29", "2028-02-29", 48},
	{"2024-11-30", "2025-02-28", 3},  {"2024-12-15", "2025-01-15", 1},
	{"2024-05-05", "2024-05-05", 0},
};

START_TEST(months_later_is_the_same_day_or_the_months_last)
{
	int64_t day;
	char text[11];

	ck_assert(day_of_text(laters[_i].day, &day));
	text_of_day(day_months_later(day, laters[_i].months), text);
	ck_assert_str_eq(text, laters[_i].later);
}
END_TEST

#define LITERACY(first, last)                                                                      \
	"{'micro_credential':'lit-101','decided':'" first "'},"                                    \
	"{'micro_credential':'lit-102','decided':'2023-06-01'},"                                   \
	"{'micro_credential':'lit-103','decided':'2023-06-01'},"                                   \
	"{'micro_credential':'spe-314','decided':'" last "'}"

/* rule "window": up to and including the same day 36 months later; from a leap day the 28th. */
START_TEST(the_window_includes_its_last_day)
{
	ck_stacks("[{'stack':'st-structured-literacy','awarded_on':'2024-02-28'}]",
		  "{'earned':[" LITERACY("2021-02-28", "2024-02-28") "]}");
	ck_stacks("[]", "{'earned':[" LITERACY("2021-02-28", "2024-02-29") "]}");
	ck_stacks("[{'stack':'st-structured-literacy','awarded_on':'2023-06-01'}]",
		  "{'earned':[" LITERACY("2020-06-01", "2022-02-02") "]}");
}
END_TEST

/* rule 2: "a micro-credential earned twice may be used with either date". */
START_TEST(one_earned_twice_serves_with_either_date)
{
	ck_stacks("[{'stack':'st-structured-literacy','awarded_on':'2024-02-29'}]",
		  "{'earned':[" LITERACY(
			  "2021-02-28",
			  "2024-02-29") ","
					"{'micro_credential':'lit-101','decided':'2022-01-01'}]}");
}
END_TEST

/* rule "earned_before": decided before that day, not on it. */
START_TEST(legacy_is_accepted_before_its_day_not_on_it)
{
	static const char others[] = "{'micro_credential':'tec-201','decided':'2024-10-01'},"
				     "{'micro_credential':'tec-203','decided':'2025-01-15'},"
				     "{'micro_credential':'tec-205','decided':'2025-03-01'}";

	ck_stacks("[{'stack':'st-digital-teaching','awarded_on':'2025-03-01'}]",
		  "{'earned':[{'micro_credential':'tec-200','decided':'2023-07-31'},%s]}", others);
	ck_stacks("[]", "{'earned':[{'micro_credential':'tec-200','decided':'2023-08-01'},%s]}",
		  others);
}
END_TEST

/* ---- revocation ---- */

#define MULTILINGUAL                                                                               \
	"{'micro_credential':'ell-301','decided':'2024-09-01'},"                                   \
	"{'micro_credential':'ell-302','decided':'2025-01-10'}"

/* rule "no longer holds": suspended on the day of the revocation, revoked 30 days later. */
START_TEST(a_stack_whose_rule_no_longer_holds_is_held_for_thirty_days)
{
	static const char lost[] = MULTILINGUAL
		",{'micro_credential':'ell-303','decided':'2025-02-02','revoked_on':'2025-05-01'}";

	ck_stacks("[{'stack':'st-multilingual','awarded_on':'2025-02-02'}]",
		  "{'evaluated':'2025-04-30','earned':[%s]}", lost);
	ck_stacks("[{'stack':'st-multilingual','awarded_on':'2025-02-02',"
		  "'suspended_on':'2025-05-01'}]",
		  "{'evaluated':'2025-05-30','earned':[%s]}", lost);
	ck_stacks("[{'stack':'st-multilingual','awarded_on':'2025-02-02',"
		  "'suspended_on':'2025-05-01','revoked_on':'2025-05-31'}]",
		  "{'evaluated':'2025-05-31','earned':[%s]}", lost);
}
END_TEST

/* "unless the rule holds again first": then it keeps its award date. */
START_TEST(a_rule_that_holds_again_in_time_keeps_the_award)
{
	ck_stacks("[{'stack':'st-multilingual','awarded_on':'2025-02-02'}]",
		  "{'earned':[" MULTILINGUAL ",{'micro_credential':'ell-303',"
		  "'decided':'2025-02-02','revoked_on':'2025-05-01'},"
		  "{'micro_credential':'ell-304','decided':'2025-05-30'}]}");
	ck_stacks("[{'stack':'st-multilingual','awarded_on':'2025-02-02',"
		  "'suspended_on':'2025-05-01','revoked_on':'2025-05-31'},"
		  "{'stack':'st-multilingual','awarded_on':'2025-05-31'}]",
		  "{'earned':[" MULTILINGUAL ",{'micro_credential':'ell-303',"
		  "'decided':'2025-02-02','revoked_on':'2025-05-01'},"
		  "{'micro_credential':'ell-304','decided':'2025-05-31'}]}");
}
END_TEST

/* rule 6: "keeps its award date while the rule still holds, with other members inside one window".
 */
START_TEST(another_member_takes_the_place_of_a_revoked_one)
{
	ck_stacks("[{'stack':'st-multilingual','awarded_on':'2025-02-02'}]",
		  "{'earned':[" MULTILINGUAL ",{'micro_credential':'ell-303',"
		  "'decided':'2025-02-02','revoked_on':'2027-05-01'},"
		  "{'micro_credential':'ell-304','decided':'2025-03-03'}]}");
}
END_TEST

START_TEST(a_credential_revoked_from_the_start_never_counts)
{
	ck_stacks("[]", "{'earned':[" MULTILINGUAL ",{'micro_credential':'ell-303',"
			"'decided':'2025-02-02','status':'revoked'}]}");
}
END_TEST

/* rule 1: "a nested stack with the date it was awarded"; rule 2: revoked stacks do not count. */
START_TEST(a_nested_stack_takes_the_outer_one_with_it)
{
	ck_stacks("[{'stack':'st-multilingual','awarded_on':'2025-02-02',"
		  "'suspended_on':'2025-06-01','revoked_on':'2025-07-01'},"
		  "{'stack':'st-teacher-leader','awarded_on':'2025-02-02',"
		  "'suspended_on':'2025-07-01','revoked_on':'2025-07-31'}]",
		  "{'evaluated':'2025-12-31','earned':[" MULTILINGUAL ","
		  "{'micro_credential':'ell-303','decided':'2025-02-02',"
		  "'revoked_on':'2025-06-01'},"
		  "{'micro_credential':'ldr-421','decided':'2024-01-01'},"
		  "{'micro_credential':'ldr-422','decided':'2024-01-02'},"
		  "{'micro_credential':'ldr-423','decided':'2024-01-03'},"
		  "{'micro_credential':'ast-404','decided':'2024-01-04'}]}");
}
END_TEST

/* ---- not retroactive ---- */

START_TEST(a_stack_that_is_not_retroactive_is_awarded_from_its_publication)
{
	const struct stack_rule leaf = {
		.op = STACK_OF_MICRO_CREDENTIAL, .id = "a", .before = STACK_NEVER};
	const struct stack stack = {
		.id = "s", .within_months = 12, .not_before = 100, .rule = leaf};
	const struct stack_earned earned = {"a", false, 50, STACK_NEVER};
	struct stack_record record = {&earned, 1, 99};

	ck_assert(stack_first_day(&stack, &record) == STACK_NEVER);
	record.on = 200;
	ck_assert_int_eq(stack_first_day(&stack, &record), 100);
}
END_TEST

/* ---- faults ---- */

static const struct {
	const char *fault, *c;
} faults[] = {
	{"earned: is missing", "{}"},
	{"earned[0].decided: is missing", "{'earned':[{'micro_credential':'lit-101'}]}"},
	{"earned[0].micro_credential: the catalogue has no micro-credential 'x'",
	 "{'earned':[{'micro_credential':'x','decided':'2025-01-01'}]}"},
	{"earned[0].revoked_on: it is before decided",
	 "{'earned':[{'micro_credential':'lit-101','decided':'2025-01-01',"
	 "'revoked_on':'2024-01-01'}]}"},
	{"earned[0].revokedon: there is no such member",
	 "{'earned':[{'micro_credential':'lit-101','decided':'2025-01-01',"
	 "'revokedon':'2026-01-01'}]}"},
};

START_TEST(a_fault_names_the_member_that_is_wrong)
{
	ck_stacks(faults[_i].fault, "%s", faults[_i].c);
}
END_TEST

static const struct {
	const char *fault, *rule;
} bad_rules[] = {
	{"stacks[0].rule.op: all, any, at_least, micro_credential or stack is expected",
	 "{'op':'none'}"},
	{"stacks[0].rule.of: at least one part is expected", "{'op':'all','of':[]}"},
	{"stacks[0].rule.n: a whole number from 0 to 1 is expected",
	 "{'op':'at_least','n':2,'of':[{'op':'micro_credential','id':'lit-101'}]}"},
	{"stacks[0].rule.of[0].n: there is no such member",
	 "{'op':'all','of':[{'op':'micro_credential','id':'lit-101','n':1}]}"},
	{"stacks: stacks are nested in a circle", "{'op':'stack','id':'st-structured-literacy'}"},
};

START_TEST(a_bad_rule_names_its_place)
{
	json_t *stack = json_array_get(json_object_get(kit.catalogue, "stacks"), 0);
	char text[200];

	strncpy(text, bad_rules[_i].rule, sizeof text - 1);
	text[sizeof text - 1] = '\0';
	for (char *c = text; *c != '\0'; c++)
		*c = *c == '\'' ? '"' : *c;
	json_object_set_new(stack, "rule", json_loads(text, 0, NULL));
	ck_stacks(bad_rules[_i].fault, "{'earned':[]}");
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("stack rules");
	TCase *tc = tcase_create("stacks");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, every_stack_example_of_the_catalogue_comes_out);
	tcase_add_loop_test(tc, months_later_is_the_same_day_or_the_months_last, 0,
			    (int)ARRAY_LEN(laters));
	tcase_add_test(tc, the_window_includes_its_last_day);
	tcase_add_test(tc, one_earned_twice_serves_with_either_date);
	tcase_add_test(tc, legacy_is_accepted_before_its_day_not_on_it);
	tcase_add_test(tc, a_stack_whose_rule_no_longer_holds_is_held_for_thirty_days);
	tcase_add_test(tc, a_rule_that_holds_again_in_time_keeps_the_award);
	tcase_add_test(tc, another_member_takes_the_place_of_a_revoked_one);
	tcase_add_test(tc, a_credential_revoked_from_the_start_never_counts);
	tcase_add_test(tc, a_nested_stack_takes_the_outer_one_with_it);
	tcase_add_test(tc, a_stack_that_is_not_retroactive_is_awarded_from_its_publication);
	tcase_add_loop_test(tc, a_fault_names_the_member_that_is_wrong, 0, (int)ARRAY_LEN(faults));
	tcase_add_loop_test(tc, a_bad_rule_names_its_place, 0, (int)ARRAY_LEN(bad_rules));
	suite_add_tcase(suite, tc);
	return suite;
}
