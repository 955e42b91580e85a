/* Goals: whose they are, what they may aim at, and that they go with the person. */
#include "services/enrollment/tables.h"
#include "tests/unit/enrollment/given.h"

static struct kit kit;

static void setup(void)
{
	kit_open(&kit, &enrollment_service);
	given_catalogue(&kit);
	given_orgs(&kit);
	given_educator(&kit, ANA, "ana");
	given_educator(&kit, BEN, "ben");
}

static void teardown(void)
{
	kit_close(&kit);
}

static Cairn__Status set_goal(struct bytes goal, struct bytes entry, const char *by)
{
	Enrollment__SetGoal ask = ENROLLMENT__SET_GOAL__INIT;

	ask.goal = pb_of_bytes(goal);
	ask.educator = pb_of_bytes(ANA);
	ask.entry = pb_of_bytes(entry);
	ask.by = text_of(&kit, by);
	return SEND(&kit, PORTAL, ANA, SET_GOAL, set_goal, &ask);
}

static Cairn__Status drop_goal(struct bytes goal)
{
	Enrollment__DropGoal ask = ENROLLMENT__DROP_GOAL__INIT;

	ask.goal = pb_of_bytes(goal);
	ask.educator = pb_of_bytes(ANA);
	return SEND(&kit, PORTAL, ANA, DROP_GOAL, drop_goal, &ask);
}

static const Enrollment__GoalList *goals_of_ana(void)
{
	Enrollment__ListGoals ask = ENROLLMENT__LIST_GOALS__INIT;

	ask.educator = pb_of_bytes(ANA);
	ck_assert_int_eq(ASK(&kit, ANA, LIST_GOALS, list_goals, &ask), OK);
	return got_answer(&kit)->goals;
}

START_TEST(a_goal_names_what_it_aims_at_and_by_when)
{
	const Enrollment__GoalList *goals;

	ck_assert_int_eq(set_goal(kit_id(&kit), LIT_101, "2027-06-30"), OK);
	goals = goals_of_ana();
	ck_assert_uint_eq(goals->n_goals, 1);
	ck_assert_str_eq(goals->goals[0]->code, "LIT-101");
	ck_assert_str_eq(goals->goals[0]->by, "2027-06-30");
}
END_TEST

START_TEST(a_goal_set_again_has_another_day_and_may_have_none)
{
	struct bytes goal = kit_id(&kit);

	ck_assert_int_eq(set_goal(goal, LIT_101, "2027-06-30"), OK);
	ck_assert_int_eq(set_goal(goal, LIT_101, ""), OK);
	ck_assert_uint_eq(goals_of_ana()->n_goals, 1);
	ck_assert_str_eq(goals_of_ana()->goals[0]->by, "");
}
END_TEST

START_TEST(a_second_goal_for_the_same_thing_is_refused)
{
	ck_assert_int_eq(set_goal(kit_id(&kit), LIT_101, ""), OK);
	ck_refused(set_goal(kit_id(&kit), LIT_101, "2027-06-30"), GOAL_STANDS);
}
END_TEST

START_TEST(a_goal_aims_at_one_thing_that_is_known)
{
	Enrollment__SetGoal ask = ENROLLMENT__SET_GOAL__INIT;

	ck_refused(set_goal(kit_id(&kit), BYTES_NONE, ""), BAD_VALUE);
	ck_refused(set_goal(kit_id(&kit), LIT_102, ""), UNKNOWN_ENTRY);
	ck_refused(set_goal(kit_id(&kit), LIT_101, "in June"), BAD_VALUE);
	ask.goal = pb_of_bytes(kit_id(&kit));
	ask.educator = pb_of_bytes(ANA);
	ask.stack = pb_of_bytes(kit_id(&kit));
	ck_refused(SEND(&kit, PORTAL, ANA, SET_GOAL, set_goal, &ask), UNKNOWN_STACK);
	ask.stack = pb_of_bytes(BYTES_NONE);
	ask.license = pb_of_bytes(kit_id(&kit));
	ck_refused(SEND(&kit, PORTAL, ANA, SET_GOAL, set_goal, &ask), UNKNOWN_LICENSE);
}
END_TEST

START_TEST(goals_are_nobody_elses)
{
	Enrollment__SetGoal ask = ENROLLMENT__SET_GOAL__INIT;
	Enrollment__ListGoals list = ENROLLMENT__LIST_GOALS__INIT;
	Enrollment__Query query = ENROLLMENT__QUERY__INIT;
	struct query q = {.view = kit_view(&kit),
			  .now_us = kit.now_us,
			  .roles = PORTAL,
			  .actor = id_of_bytes(BEN),
			  .caps = &kit.caps,
			  .arena = kit.arena};

	ask.goal = pb_of_bytes(kit_id(&kit));
	ask.educator = pb_of_bytes(ANA);
	ask.entry = pb_of_bytes(LIT_101);
	ck_refused(SEND(&kit, PORTAL, BEN, SET_GOAL, set_goal, &ask), NOT_YOURS);
	list.educator = pb_of_bytes(ANA);
	query.body_case = ENROLLMENT__QUERY__BODY_LIST_GOALS;
	query.list_goals = &list;
	ck_assert_int_eq(enrollment_answer_query(&query.base, &q), CAIRN__STATUS__FORBIDDEN);
}
END_TEST

START_TEST(a_dropped_goal_is_gone_and_is_dropped_once)
{
	struct bytes goal = kit_id(&kit);

	ck_assert_int_eq(set_goal(goal, LIT_101, ""), OK);
	ck_assert_int_eq(drop_goal(goal), OK);
	ck_assert_uint_eq(goals_of_ana()->n_goals, 0);
	ck_refused(drop_goal(goal), UNKNOWN_GOAL);
}
END_TEST

START_TEST(more_goals_than_anybody_can_keep_in_view_are_refused)
{
	Enrollment__Entry *entry = an_entry(&kit);

	for (int i = 0; i < 51; i++) {
		entry->code = arena_printf(kit.arena, "LIT-%d", 500 + i);
		entry->entry =
			pb_of_bytes(kit_name("entry", arena_printf(kit.arena, "lit-%d", 500 + i)));
		ck_assert_int_eq(publish_entry(&kit, entry), OK);
		if (i < 50)
			ck_assert_int_eq(set_goal(kit_id(&kit), bytes_of_pb(entry->entry), ""), OK);
	}
	ck_refused(set_goal(kit_id(&kit), bytes_of_pb(entry->entry), ""), TOO_MANY_GOALS);
}
END_TEST

START_TEST(goals_go_with_the_person)
{
	ck_assert_int_eq(set_goal(kit_id(&kit), LIT_101, ""), OK);
	ck_assert_int_eq(erase_educator(&kit, ANA), OK);
	ck_assert_uint_eq(goals_of_ana()->n_goals, 0);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("enrollment goals");
	TCase *tc = tcase_create("goals");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, a_goal_names_what_it_aims_at_and_by_when);
	tcase_add_test(tc, a_goal_set_again_has_another_day_and_may_have_none);
	tcase_add_test(tc, a_second_goal_for_the_same_thing_is_refused);
	tcase_add_test(tc, a_goal_aims_at_one_thing_that_is_known);
	tcase_add_test(tc, goals_are_nobody_elses);
	tcase_add_test(tc, a_dropped_goal_is_gone_and_is_dropped_once);
	tcase_add_test(tc, more_goals_than_anybody_can_keep_in_view_are_refused);
	tcase_add_test(tc, goals_go_with_the_person);
	suite_add_tcase(suite, tc);
	return suite;
}
