/* Tests of the rule on gaps at its edges, of what is hidden, and of the daily look. */
#include "services/assessment/fairness.h"
#include "services/assessment/measure.h"
#include "services/assessment/tables_fairness.h"

#include "tests/support/reading_kit.h"
#include "tests/support/suite.h"

#include <stdio.h>
#include <string.h>

/* ---- the rule ---- */

static const struct {
	struct fair_count group, others;
	bool gap;
	const char *what;
} edges[] = {
	{{1000, 600, false}, {1000, 700, false}, true, "10.0 points of thousands"},
	{{1000, 601, false}, {1000, 700, false}, false, "9.9 points"},
	{{180, 108, false}, {180, 126, false}, true, "10 points, 1.99 deviations"},
	{{170, 102, false}, {170, 119, false}, false, "10 points, 1.93 deviations"},
	{{30, 0, false}, {30, 30, false}, true, "30 on either side"},
	{{29, 0, false}, {300, 300, false}, false, "29 in the group"},
	{{300, 0, false}, {29, 29, false}, false, "29 others"},
	{{1000, 700, false}, {1000, 600, false}, false, "the group passes more often"},
	{{50, 50, false}, {50, 50, false}, false, "everybody passes"},
	{{50, 0, false}, {50, 0, false}, false, "nobody passes"},
};

START_TEST(a_gap_is_large_enough_to_matter_and_too_large_for_chance)
{
	ck_assert_msg(fairness_gap(&edges[_i].group, &edges[_i].others, 100) == edges[_i].gap, "%s",
		      edges[_i].what);
}
END_TEST

/* ---- hiding ---- */

static void hide(struct fair_count *counts, size_t n)
{
	struct fair_count *cells[16];

	for (size_t i = 0; i < n; i++)
		cells[i] = &counts[i];
	fairness_hide(cells, n);
}

START_TEST(a_small_group_is_hidden_and_with_it_the_next_smallest)
{
	struct fair_count c[] = {
		{.decided = 100}, {.decided = 9}, {.decided = 10}, {.decided = 40}};

	hide(c, 4);
	ck_assert(c[1].is_hidden);
	ck_assert(c[2].is_hidden); /* else 9 were the total less all others */
	ck_assert(!c[0].is_hidden && !c[3].is_hidden);
}
END_TEST

START_TEST(groups_of_ten_are_shown)
{
	struct fair_count c[] = {{.decided = 10}, {.decided = 11}};

	hide(c, 2);
	ck_assert(!c[0].is_hidden && !c[1].is_hidden);
}
END_TEST

START_TEST(what_is_hidden_is_several_groups_that_are_enough_together_or_everything)
{
	uint64_t state = 11;

	for (unsigned round = 0; round < 20000; round++) {
		struct fair_count c[8] = {{0}};
		size_t n = 1 + round % 8;
		uint64_t sum = 0, hidden = 0, shown = 0;

		for (size_t i = 0; i < n; i++) {
			state = state * UINT64_C(6364136223846793005) + 1442695040888963407;
			c[i].decided = (state >> 40) % 30;
		}
		hide(c, n);
		for (size_t i = 0; i < n; i++) {
			ck_assert(c[i].is_hidden || c[i].decided >= FAIR_CELL_MIN);
			shown += !c[i].is_hidden;
			hidden += c[i].is_hidden && c[i].decided > 0;
			sum += c[i].is_hidden ? c[i].decided : 0;
		}
		ck_assert(hidden == 0 || shown == 0 || (hidden > 1 && sum >= FAIR_CELL_MIN));
	}
}
END_TEST

/* ---- the daily look ---- */

static struct kit kit;

static void tell_org(const char *org, const char *region, const char *school_type)
{
	Enrollment__OrgRegistered registered = ENROLLMENT__ORG_REGISTERED__INIT;
	Enrollment__Event event = ENROLLMENT__EVENT__INIT;

	registered.org = pb_of_bytes(ORG(org));
	registered.name = words_text(&kit, 1, "Maple");
	registered.region = words_text(&kit, 1, region);
	registered.school_type = words_text(&kit, 1, school_type);
	event.body_case = ENROLLMENT__EVENT__BODY_ORG_REGISTERED;
	event.org_registered = &registered;
	kit_upstream(&kit, "enrollment.0.log", ORG(org), &event.base);
}

static void open_kit(void)
{
	Enrollment__Profile plain = *kit_profile("standard");

	reading_kit_open(&kit, "double-read");
	plain.code = words_text(&kit, 1, "plain");
	plain.second_read_permille = 0;
	plain.n_second_read_triggers = 0;
	tell_profile(&kit, &plain);
	tell_org("north-school", "north", "rural");
	tell_org("south-school", "south", "urban");
	tell_org("south-district", "south", "urban");
	given_reader(&kit, "ruth");
}

static void close_kit(void)
{
	kit_close(&kit);
}

static void decided(const char *school, unsigned n, const char *levels)
{
	char name[24];

	for (unsigned i = 0; i < n; i++) {
		kit.now_us += US_PER_DAY / 8; /* below the daily cap */
		snprintf(name, sizeof name, "%u", (unsigned)kit.seen_seq);
		given_work(&kit,
			   &(struct work){.educator = name, .profile = "plain", .school = school});
		ENSURE(when_rated(&kit, take(&kit, "ruth"), levels) == CAIRN__STATUS__OK);
	}
}

static const Assessment__FairnessAnswer *fairness(void)
{
	Assessment__GetFairness ask = ASSESSMENT__GET_FAIRNESS__INIT;
	Assessment__Query query = ASSESSMENT__QUERY__INIT;

	query.body_case = ASSESSMENT__QUERY__BODY_GET_FAIRNESS;
	query.get_fairness = &ask;
	/* Of anybody: it is public. */
	ENSURE(ask_as(&kit, BYTES_NONE, &query.base) == CAIRN__STATUS__OK);
	return ((const Assessment__Answer *)kit.answer)->fairness;
}

static const Assessment__FairnessGroup *group(const char *dimension, const char *text)
{
	const Assessment__FairnessAnswer *a = fairness();

	for (size_t i = 0; i < a->n_groups; i++)
		if (strcmp(a->groups[i]->dimension, dimension) == 0 &&
		    strcmp(a->groups[i]->group, text) == 0)
			return a->groups[i];
	return NULL;
}

START_TEST(groups_are_told_by_the_words_of_the_school_and_small_ones_are_hidden)
{
	decided("north-school", 8, "yes yes yes");
	decided("north-school", 4, "not_yet not_yet yes");
	decided("south-school", 10, "yes yes yes");
	ck_assert_uint_eq(group("region", "north")->decided, 12);
	ck_assert_uint_eq(group("region", "north")->passed, 8);
	ck_assert_uint_eq(group("school_type", "urban")->passed, 10);
	ck_assert_uint_eq(group("language", "unknown")->decided, 22);
	decided(NULL, 3, "yes yes yes");
	ck_assert(group("region", "unknown")->is_hidden);
	ck_assert(group("region", "south")->is_hidden); /* the smallest beside it */
	ck_assert_uint_eq(group("region", "south")->decided, 0);
	ck_assert(!group("region", "north")->is_hidden);
}
END_TEST

static const Assessment__Event *event_of(Assessment__Event__BodyCase kind)
{
	kit.seen_seq = 0;
	return next_of_kind(&kit, kind);
}

static void given_gap(void)
{
	decided("north-school", 30, "not_yet not_yet yes");
	decided("south-school", 30, "yes yes yes");
}

START_TEST(a_gap_is_found_within_a_day_and_not_yet_decisions_of_the_group_are_read_once_more)
{
	const Assessment__GapFound *found;
	unsigned reviews = 0;
	const Assessment__Event *e;

	given_gap();
	ck_assert_ptr_null(event_of(ASSESSMENT__EVENT__BODY_GAP_FOUND));
	kit_advance(&kit, US_PER_DAY);
	ck_assert_ptr_nonnull(event_of(ASSESSMENT__EVENT__BODY_GAP_FOUND));
	found = event_of(ASSESSMENT__EVENT__BODY_GAP_FOUND)->gap_found;
	ck_assert_str_eq(found->dimension, "region");
	ck_assert_str_eq(found->group, "north");
	ck_assert_uint_eq(found->counts->decided, 30);
	ck_assert_uint_eq(found->counts->passed, 0);
	ck_assert_uint_eq(found->counts->others_passed, 30);
	ck_assert_uint_eq(found->back_reads, kit_policy()->fairness_back_reads);
	ck_assert(group("region", "north")->has_gap);
	ck_assert(!group("region", "south")->has_gap);
	kit.seen_seq = 0;
	while ((e = next_of_kind(&kit, ASSESSMENT__EVENT__BODY_REVIEW_REQUESTED)) != NULL) {
		ck_assert_int_eq(e->review_requested->why, ASSESSMENT__REVIEW_WHY__FAIRNESS);
		reviews++;
	}
	ck_assert_uint_ge(reviews, found->back_reads);
}
END_TEST

START_TEST(a_gap_is_found_once_and_ends_when_the_group_passes_as_often)
{
	unsigned n;

	given_gap();
	kit_advance(&kit, US_PER_DAY);
	kit_advance(&kit, US_PER_DAY);
	kit.seen_seq = 0;
	n = count_of_kind(&kit, ASSESSMENT__EVENT__BODY_GAP_FOUND);
	ck_assert_uint_eq(n, 2); /* by region and by type of school */
	ck_assert_ptr_null(event_of(ASSESSMENT__EVENT__BODY_GAP_ENDED));
	given_reader(&kit, "tess"); /* the reviews of ruth's readings are not ruth's */
	decided("south-school", 60, "not_yet not_yet yes");
	decided("north-school", 30, "yes yes yes");
	kit_advance(&kit, US_PER_DAY);
	ck_assert_ptr_nonnull(event_of(ASSESSMENT__EVENT__BODY_GAP_ENDED));
	ck_assert_uint_gt(event_of(ASSESSMENT__EVENT__BODY_GAP_ENDED)->gap_ended->counts->passed,
			  0);
	ck_assert(!group("region", "north")->has_gap);
}
END_TEST

START_TEST(a_gap_ends_when_nobody_of_the_group_was_decided_for_a_year)
{
	given_gap();
	kit_advance(&kit, US_PER_DAY);
	ck_assert(group("region", "north")->has_gap);
	kit_advance(&kit, 400 * US_PER_DAY);
	ck_assert_ptr_nonnull(event_of(ASSESSMENT__EVENT__BODY_GAP_ENDED));
	ck_assert_ptr_null(group("region", "north"));
}
END_TEST

START_TEST(a_group_of_which_nothing_was_told_is_no_gap)
{
	decided(NULL, 40, "not_yet not_yet yes");
	decided("south-school", 40, "yes yes yes");
	kit_advance(&kit, US_PER_DAY);
	ck_assert_ptr_null(event_of(ASSESSMENT__EVENT__BODY_GAP_FOUND));
}
END_TEST

START_TEST(nothing_of_an_organisation_but_its_words_is_kept)
{
	const Assessment__Event *e = event_of(ASSESSMENT__EVENT__BODY_ORG_NOTED);

	ck_assert_ptr_nonnull(e);
	ck_assert_str_eq(e->org_noted->region, "north");
	forget_events(&kit);
	tell_org("plain-school", "", "");
	ck_assert_ptr_null(next_of_kind(&kit, ASSESSMENT__EVENT__BODY_ORG_NOTED));
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("assessment: fairness");
	TCase *rule = tcase_create("rule"), *look = tcase_create("look");

	tcase_add_loop_test(rule, a_gap_is_large_enough_to_matter_and_too_large_for_chance, 0,
			    ARRAY_LEN(edges));
	tcase_add_test(rule, a_small_group_is_hidden_and_with_it_the_next_smallest);
	tcase_add_test(rule, groups_of_ten_are_shown);
	tcase_add_test(rule,
		       what_is_hidden_is_several_groups_that_are_enough_together_or_everything);
	suite_add_tcase(suite, rule);
	tcase_add_checked_fixture(look, open_kit, close_kit);
	tcase_add_test(look, groups_are_told_by_the_words_of_the_school_and_small_ones_are_hidden);
	tcase_add_test(
		look,
		a_gap_is_found_within_a_day_and_not_yet_decisions_of_the_group_are_read_once_more);
	tcase_add_test(look, a_gap_is_found_once_and_ends_when_the_group_passes_as_often);
	tcase_add_test(look, a_gap_ends_when_nobody_of_the_group_was_decided_for_a_year);
	tcase_add_test(look, a_group_of_which_nothing_was_told_is_no_gap);
	tcase_add_test(look, nothing_of_an_organisation_but_its_words_is_kept);
	suite_add_tcase(suite, look);
	return suite;
}
