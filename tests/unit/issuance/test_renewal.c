/*
 * Renewal policies. What is expected was reckoned by hand from the rules named beside each test;
 * tests/rules compares with a second evaluator on random histories.
 */
#include "tests/support/case_kit.h"
#include "tests/support/suite.h"

#include "services/issuance/rules/renewal.h"
#include "services/issuance/rules/rule_case.h"

#include <stdio.h>
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

#define ck_renewal(expected, ...) ck_assert_str_eq(case_renewal(&kit, __VA_ARGS__), expected)

/* ---- the catalogue's own examples ---- */

START_TEST(every_worked_example_of_the_catalogue_comes_out)
{
	const json_t *policies = json_object_get(kit.catalogue, "renewal_policies");
	json_t *policy, *example;
	size_t i, j, n = 0;

	json_array_foreach(policies, i, policy)
	{
		json_array_foreach(json_object_get(policy, "worked_examples"), j, example)
		{
			struct reading reading = {.arena = kit.arena};
			json_t *c = json_pack("{s:O, s:O, s:O}", "policy",
					      json_object_get(policy, "id"), "license",
					      json_object_get(example, "license"), "credits",
					      json_object_get(example, "credits"));
			const char *text = renewal_case(kit.book, c, kit.now_us, &reading);
			json_t *answer = text != NULL ? json_loads(text, 0, NULL) : NULL;
			json_t *expect = json_object_get(example, "expect");

			ck_assert_msg(answer != NULL, "%s", reading.fault);
			/* 60 and 60.0 are one number, but not to json_equal() */
			json_object_set_new(answer, "units_required",
					    json_real(json_number_value(
						    json_object_get(answer, "units_required"))));
			json_object_set_new(expect, "units_required",
					    json_real(json_number_value(
						    json_object_get(expect, "units_required"))));
			ck_assert_msg(json_equal(answer, expect), "%s: %s",
				      json_string_value(json_object_get(example, "title")), text);
			json_decref(answer);
			json_decref(c);
			n++;
		}
	}
	ck_assert_uint_eq(n, 13);
}
END_TEST

/* ---- terms and days ---- */

/* renewal_evaluation.order 2: "outside the license term (both ends included)". */
START_TEST(both_ends_of_the_term_belong_to_it)
{
	ck_renewal("{'units_total':12.0,'units_required':60.0,'by_category':{},"
		   "'requirement_met':false,'short_by':48.0,'missing':[],'not_counted':["
		   "{'micro_credential':'mth-111','decided':'2020-08-31','reason':'outside_term'},"
		   "{'micro_credential':'mth-112','decided':'2026-09-01','reason':'outside_term'}"
		   "]}",
		   "{'policy':'TN','license':{'issued':'2020-09-01','expires':'2026-08-31'},"
		   "'credits':["
		   "{'micro_credential':'mth-112','decided':'2026-09-01'},"
		   "{'micro_credential':'lit-102','decided':'2026-08-31'},"
		   "{'micro_credential':'lit-101','decided':'2020-09-01'},"
		   "{'micro_credential':'mth-111','decided':'2020-08-31'}]}");
}
END_TEST

/* A term that ends on February 29 has that day, and ends before March 1 (clarification "time"). */
START_TEST(a_term_may_end_on_a_leap_day)
{
	ck_renewal("{'units_total':6.0,'units_required':60.0,'by_category':{},"
		   "'requirement_met':false,'short_by':54.0,'missing':[],'not_counted':["
		   "{'micro_credential':'lit-102','decided':'2024-03-01','reason':'outside_term'}"
		   "]}",
		   "{'policy':'TN','license':{'issued':'2018-03-01','expires':'2024-02-29'},"
		   "'credits':["
		   "{'micro_credential':'lit-101','decided':'2024-02-29T23:30:00-06:00'},"
		   "{'micro_credential':'lit-102','decided':'2024-03-01T06:00:00Z'}]}");
}
END_TEST

START_TEST(a_day_that_no_year_has_is_named)
{
	ck_renewal("license.expires: a date like 2026-06-30 is expected",
		   "{'policy':'TN','license':{'issued':'2018-03-01','expires':'2023-02-29'},"
		   "'credits':[]}");
}
END_TEST

static const struct {
	const char *policy, *last, *after, *after_day; /* around midnight where the state is */
} midnights[] = {
	/* clarification "time": the policy's time_zone. Standard time, then daylight saving. */
	{"TN", "2026-01-01T05:59:59Z", "2026-01-01T06:00:00Z", "2026-01-01"},
	{"NY", "2026-01-01T04:59:59.999999Z", "2026-01-01T05:00:00Z", "2026-01-01"},
	{"WA", "2026-01-01T07:59:59Z", "2026-01-01T08:00:00Z", "2026-01-01"},
};

START_TEST(a_day_ends_at_midnight_where_the_state_is)
{
	const char *answer = case_renewal(
		&kit,
		"{'policy':'%s','license':{'issued':'2021-01-01','expires':'2025-12-31'},"
		"'credits':[{'micro_credential':'ell-301','decided':'%s'},"
		"{'micro_credential':'eqf-411','decided':'%s'}]}",
		midnights[_i].policy, midnights[_i].last, midnights[_i].after);
	char expected[200];

	snprintf(expected, sizeof expected,
		 "'not_counted':[{'micro_credential':'eqf-411','decided':'%s',"
		 "'reason':'outside_term'}]}",
		 midnights[_i].after_day);
	ck_assert_msg(strstr(answer, expected) != NULL, "%s", answer);
}
END_TEST

START_TEST(in_summer_a_day_ends_an_hour_earlier_by_the_world_clock)
{
	ck_renewal("{'units_total':6.0,'units_required':60.0,'by_category':{},"
		   "'requirement_met':false,'short_by':54.0,'missing':[],'not_counted':["
		   "{'micro_credential':'lit-102','decided':'2026-09-01','reason':'outside_term'}"
		   "]}",
		   "{'policy':'TN','license':{'issued':'2020-09-01','expires':'2026-08-31'},"
		   "'credits':["
		   "{'micro_credential':'lit-101','decided':'2026-09-01T04:59:59Z'},"
		   "{'micro_credential':'lit-102','decided':'2026-09-01T05:00:00Z'}]}");
}
END_TEST

/* clarification "time": what counts is the day of the decision, whenever it is posted; order 2. */
START_TEST(a_credit_posted_after_the_term_counts_by_the_day_it_was_decided)
{
	ck_renewal("{'units_total':6.0,'units_required':60.0,'by_category':{},"
		   "'requirement_met':false,'short_by':54.0,'missing':[],'not_counted':[]}",
		   "{'policy':'TN','license':{'issued':'2014-09-01','expires':'2020-08-31'},"
		   "'evaluated':'2026-01-01',"
		   "'credits':[{'micro_credential':'lit-101','decided':'2020-08-31'}]}");
}
END_TEST

/* ---- which credits ---- */

/* clarification "repeats": a revoked or out-of-term credit is not the first; a later step's refusal
 * of the kept one does not bring the repeat back. */
START_TEST(a_repeat_is_measured_against_the_first_that_could_count)
{
	ck_renewal("{'units_total':1.2,'units_required':8.0,'by_category':{'content':1.2},"
		   "'requirement_met':false,'short_by':6.8,"
		   "'missing':[{'category':'content','short_by':1.8}],'not_counted':["
		   "{'micro_credential':'sci-121','decided':'2021-06-30','reason':'outside_term'},"
		   "{'micro_credential':'sci-121','decided':'2022-01-01','reason':'revoked'},"
		   "{'micro_credential':'tec-202','decided':'2022-01-02',"
		   "'reason':'no_prior_approval'},"
		   "{'micro_credential':'tec-202','decided':'2022-01-03','reason':'duplicate'}]}",
		   "{'policy':'NC','license':{'issued':'2021-07-01','expires':'2026-06-30'},"
		   "'credits':["
		   "{'micro_credential':'tec-202','decided':'2022-01-03','prior_approval':true},"
		   "{'micro_credential':'tec-202','decided':'2022-01-02'},"
		   "{'micro_credential':'sci-121','decided':'2022-02-01','prior_approval':true},"
		   "{'micro_credential':'sci-121','decided':'2022-01-01','status':'revoked',"
		   "'prior_approval':true},"
		   "{'micro_credential':'sci-121','decided':'2021-06-30',"
		   "'prior_approval':true}]}");
}
END_TEST

/* clarification "status": suspended and expired credentials still count. */
START_TEST(only_revocation_drops_a_credit)
{
	ck_renewal("{'units_total':12.0,'units_required':60.0,'by_category':{},"
		   "'requirement_met':false,'short_by':48.0,'missing':[],'not_counted':["
		   "{'micro_credential':'mth-111','decided':'2022-01-01','reason':'revoked'}]}",
		   "{'policy':'TN','license':{'issued':'2020-09-01','expires':'2026-08-31'},"
		   "'credits':["
		   "{'micro_credential':'lit-101','decided':'2022-01-01','status':'suspended'},"
		   "{'micro_credential':'lit-102','decided':'2022-01-01','status':'expired'},"
		   "{'micro_credential':'mth-111','decided':'2022-01-01','status':'revoked'}]}");
}
END_TEST

/* DOMAIN 5.5 "two licenses in two states"; clarification "approval": meridian-educators is listed
 * in New York and Washington, not in Texas. */
START_TEST(the_same_credits_come_to_other_amounts_in_another_state)
{
	static const char credits[] =
		"'license':{'issued':'2021-01-01','expires':'2026-12-31'},'credits':["
		"{'micro_credential':'ell-303','decided':'2022-01-01'},"
		"{'micro_credential':'lit-101','decided':'2022-01-02'}]}";

	ck_renewal("{'units_total':12.0,'units_required':150.0,"
		   "'by_category':{'directly_related':12.0},'requirement_met':false,"
		   "'short_by':138.0,'missing':[],'not_counted':[{'micro_credential':'ell-303',"
		   "'decided':'2022-01-01','reason':'provider_not_registered'}]}",
		   "{'policy':'TX',%s", credits);
	ck_renewal("{'units_total':20.0,'units_required':100.0,'by_category':{'equity':8.0},"
		   "'requirement_met':false,'short_by':80.0,"
		   "'missing':[{'category':'equity','short_by':7.0}],'not_counted':[]}",
		   "{'policy':'WA',%s", credits);
}
END_TEST

/* ---- flags ---- */

/* DOMAIN 5.5 "teacher under two flags (ESOL and STEM)"; clarification "applies_when": flags that a
 * policy does not name are ignored. New York asks 50 % for ESOL, Washington STEM hours. */
START_TEST(each_state_heeds_the_flags_it_names)
{
	static const char credits[] =
		"'license':{'issued':'2021-01-01','expires':'2026-12-31',"
		"'flags':['esol_or_bilingual','stem_endorsement']},'credits':["
		"{'micro_credential':'ell-301','decided':'2022-01-01'},"
		"{'micro_credential':'mth-113','decided':'2022-01-02'}]}";

	ck_renewal("{'units_total':22.0,'units_required':100.0,"
		   "'by_category':{'english_learners':10.0},'requirement_met':false,"
		   "'short_by':78.0,'missing':[{'category':'english_learners','short_by':40.0}],"
		   "'not_counted':[]}",
		   "{'policy':'NY',%s", credits);
	ck_renewal("{'units_total':22.0,'units_required':100.0,"
		   "'by_category':{'equity':0.0,'stem':12.0},'requirement_met':false,"
		   "'short_by':78.0,'missing':[{'category':'equity','short_by':15.0},"
		   "{'category':'stem','short_by':3.0}],'not_counted':[]}",
		   "{'policy':'WA',%s", credits);
}
END_TEST

/* ---- versions ---- */

/* A policy of one rule, so that a test can say what matters to it. */
#define SMALL(members)                                                                             \
	"{'id':'ZZ','state':'TX','time_zone':'America/Chicago','version':1,"                       \
	"'effective_from':'2020-01-01','unit':{'code':'hour'},'required_units':20,"                \
	"'conversion':{'basis':'clock_hours','clock_hour_units':1},"                               \
	"'approval':{'mode':'employer'}" members "}"
#define TERM "'license':{'issued':'2021-01-01','expires':'2026-12-31'}"

/* DOMAIN 5.5 "policy change in mid-term"; clarification "version": the one with the latest
 * effective_from not after the evaluation date, for the whole term. */
START_TEST(a_policy_change_in_mid_term_holds_for_the_whole_term_of_later_evaluations)
{
	json_t *policies = json_object_get(kit.catalogue, "renewal_policies");
	json_t *next = json_deep_copy(json_array_get(policies, 0));
	static const char c[] =
		"'license':{'issued':'2020-09-01','expires':'2026-08-31'},"
		"'credits':[{'micro_credential':'lit-101','decided':'2021-01-01'}]}";
	static const char before[] =
		"{'units_total':6.0,'units_required':60.0,'by_category':{},'requirement_met':false,"
		"'short_by':54.0,'missing':[],'not_counted':[]}";

	json_object_set_new(next, "version", json_integer(2));
	json_object_set_new(next, "effective_from", json_string("2025-07-01"));
	json_object_set_new(json_object_get(next, "conversion"), "micro_credential_units",
			    json_integer(7));
	json_array_append_new(policies, next);
	ck_renewal(before, "{'policy':'TN','evaluated':'2025-06-30',%s", c);
	ck_renewal("{'units_total':7.0,'units_required':60.0,'by_category':{},"
		   "'requirement_met':false,'short_by':53.0,'missing':[],'not_counted':[]}",
		   "{'policy':'TN','evaluated':'2025-07-01',%s", c);
	kit.now_us = INT64_C(1751345999) * US_PER_S; /* 2025-06-30 23:59:59 in Chicago */
	ck_renewal(before, "{'policy':'TN',%s", c);
	ck_renewal("policy: no version is in force yet of 'TN'",
		   "{'policy':'TN','evaluated':'2023-12-31',%s", c);
}
END_TEST

/* ---- units, topics, caps ---- */

/* clarification "rounding": two decimals, half up, each credit once at conversion. */
START_TEST(each_credits_units_are_rounded_half_up_once)
{
	/* 15 and 12 hours at 0.1235: 1.8525 and 1.482, so 1.85 and 1.48 */
	ck_renewal("{'units_total':3.33,'units_required':20.0,'by_category':{},"
		   "'requirement_met':false,'short_by':16.67,'missing':[],'not_counted':[]}",
		   "{'policy':" SMALL(",'conversion':{'basis':'clock_hours',"
				      "'clock_hour_units':0.1235}") "," TERM ",'credits':["
								    "{'micro_credential':'lit-102',"
								    "'decided':'2022-01-01'},"
								    "{'micro_credential':'lit-101',"
								    "'decided':'2022-01-01'}]}");
	/* 10 hours at 0.1235: 1.235 is 1.24 */
	ck_renewal("{'units_total':1.24,'units_required':20.0,'by_category':{},"
		   "'requirement_met':false,'short_by':18.76,'missing':[],'not_counted':[]}",
		   "{'policy':" SMALL(",'conversion':{'basis':'clock_hours',"
				      "'clock_hour_units':0.1235}") "," TERM ",'credits':["
								    "{'micro_credential':'mth-111',"
								    "'decided':'2022-01-01'}]}");
}
END_TEST

/* clarification "topic minimum": a topic exactly at the minimum counts. */
START_TEST(a_topic_at_its_minimum_counts_and_one_below_does_not)
{
	ck_renewal("{'units_total':16.0,'units_required':20.0,'by_category':{},"
		   "'requirement_met':false,'short_by':4.0,'missing':[],'not_counted':["
		   "{'micro_credential':'mth-113','decided':'2022-01-03',"
		   "'reason':'below_topic_minimum'}]}",
		   "{'policy':" SMALL(",'min_units_per_topic':16") "," TERM ",'credits':["
								   "{'micro_credential':'clm-331','"
								   "decided':'2022-01-01'},"
								   "{'micro_credential':'mth-113','"
								   "decided':'2022-01-03'},"
								   "{'micro_credential':'clm-332','"
								   "decided':'2022-01-02'}]}");
}
END_TEST

/* clarification "caps": in date order, in part; units_not_counted gives the rest. */
START_TEST(a_cap_counts_the_credit_that_reaches_it_in_part)
{
	ck_renewal(
		"{'units_total':10.0,'units_required':20.0,'by_category':{},"
		"'requirement_met':false,'short_by':10.0,'missing':[],'not_counted':["
		"{'micro_credential':'ldr-422','decided':'2022-01-02','reason':'over_cap',"
		"'units_not_counted':12.0},"
		"{'micro_credential':'ldr-423','decided':'2022-01-03','reason':'over_cap',"
		"'units_not_counted':15.0}]}",
		"{'policy':" SMALL(",'caps':[{'name':'lead','categories':['leadership'],"
				   "'max_percent_of_required':50}]") "," TERM ",'credits':["
								     "{'micro_credential':'ldr-421'"
								     ",'decided':'2022-01-01'},"
								     "{'micro_credential':'ldr-423'"
								     ",'decided':'2022-01-03'},"
								     "{'micro_credential':'ldr-422'"
								     ",'decided':'2022-01-02'}]}");
}
END_TEST

/* clarification "percent rules": a share of the total; directly_related unless said otherwise. */
START_TEST(a_share_of_what_counts_is_measured_against_the_total)
{
	/* 80 % of 27 is 21.6; 12 are related */
	ck_renewal("{'units_total':27.0,'units_required':20.0,"
		   "'by_category':{'directly_related':12.0},'requirement_met':false,"
		   "'short_by':0.0,'missing':[{'category':'directly_related','short_by':9.6}],"
		   "'not_counted':[]}",
		   "{'policy':" SMALL(",'category_rules':[{'category':'directly_related',"
				      "'min_percent':80,'percent_of':'counted',"
				      "'applies_when':'always'}]") "," TERM ",'credits':["
								   "{'micro_credential':'lit-101','"
								   "decided':'2022-01-01'},"
								   "{'micro_credential':'lit-102','"
								   "decided':'2022-01-01',"
								   "'directly_related':false}]}");
}
END_TEST

/* ---- splits ---- */

static bool reach[4 * 4 * 4];

/* Tries every split of what each set of rules has, unit by unit. */
static void try_splits(const int64_t supply[8], unsigned set, unsigned unit, int given[3])
{
	while (set < 8 && unit == (unsigned)supply[set]) {
		set++;
		unit = 0;
	}
	if (set == 8) {
		reach[given[0] * 16 + given[1] * 4 + given[2]] = true;
		return;
	}
	try_splits(supply, set, unit + 1, given);
	for (unsigned i = 0; i < 3; i++) {
		if ((set & 1u << i) == 0 || given[i] == 3)
			continue;
		given[i]++;
		try_splits(supply, set, unit + 1, given);
		given[i]--;
	}
}

static int rank_of(const int g[3], const int64_t least[3])
{
	int met = 0, sum = 0;

	for (unsigned i = 0; i < 3; i++) {
		if (g[i] > least[i])
			return -1;
		met += g[i] == least[i];
		sum += g[i];
	}
	return met * 1000 + sum * 64 + g[0] * 16 + g[1] * 4 + g[2];
}

static void best_split(const int64_t least[3], int64_t best_r[3])
{
	int best = -1;

	for (int code = 0; code < 64; code++) {
		int g[3] = {code / 16, code / 4 % 4, code % 4};
		int rank = reach[code] ? rank_of(g, least) : -1;

		if (rank <= best)
			continue;
		best = rank;
		for (unsigned i = 0; i < 3; i++)
			best_r[i] = g[i];
	}
}

static void check_supply(unsigned code)
{
	int64_t supply[8] = {0}, expected[3], given[3];
	int start[3] = {0};

	for (unsigned set = 1, digits = code; set < 8; set++, digits /= 3)
		supply[set] = digits % 3;
	memset(reach, 0, sizeof reach);
	try_splits(supply, 1, 0, start);
	for (int of = 0; of < 64; of++) {
		const int64_t least[3] = {of / 16, of / 4 % 4, of % 4};

		best_split(least, expected);
		renewal_split(least, supply, 3, given);
		ck_assert_msg(memcmp(expected, given, sizeof given) == 0,
			      "least %d of supply %u: %d %d %d instead of %d %d %d", of, code,
			      (int)given[0], (int)given[1], (int)given[2], (int)expected[0],
			      (int)expected[1], (int)expected[2]);
	}
}

/* clarification "splits": every split of small amounts is tried, for every least of three rules. A
 * supply's number has a digit to the base 3 for each set of rules; every 17th is enough. */
START_TEST(the_split_is_the_best_of_all_splits)
{
	for (unsigned code = 0; code < 3 * 3 * 3 * 3 * 3 * 3 * 3; code += 17)
		check_supply(code);
}
END_TEST

/* ---- faults ---- */

static const struct {
	const char *fault, *c;
} faults[] = {
	{"policy: the catalogue has no 'XX'", "{'policy':'XX'," TERM ",'credits':[]}"},
	{"policy: the id of a policy of the catalogue, or a policy, is expected",
	 "{" TERM ",'credits':[]}"},
	{"license: is missing", "{'policy':'TN','credits':[]}"},
	{"credits: is missing", "{'policy':'TN'," TERM "}"},
	{"credits: a list is expected", "{'policy':'TN'," TERM ",'credits':{}}"},
	{"license.expires: it is before issued",
	 "{'policy':'TN','license':{'issued':'2026-01-02','expires':'2026-01-01'},'credits':[]}"},
	{"credits[1].micro_credential: the catalogue has no micro-credential 'lit-999'",
	 "{'policy':'TN'," TERM ",'credits':[{'micro_credential':'lit-101','decided':"
	 "'2022-01-01'},{'micro_credential':'lit-999','decided':'2022-01-01'}]}"},
	{"credits[0].decided: a date like 2026-06-30 or a time like 2026-06-30T12:00:00Z is "
	 "expected",
	 "{'policy':'TN'," TERM ",'credits':[{'micro_credential':'lit-101','decided':'soon'}]}"},
	{"credits[0].prior_aproval: there is no such member",
	 "{'policy':'TN'," TERM ",'credits':[{'micro_credential':'lit-101',"
	 "'decided':'2022-01-01','prior_aproval':true}]}"},
	{"credits[0].status: active, suspended, expired, superseded or revoked is expected",
	 "{'policy':'TN'," TERM ",'credits':[{'micro_credential':'lit-101',"
	 "'decided':'2022-01-01','status':'gone'}]}"},
	{"credits[0].level: the policy has no such level",
	 "{'policy':'KS'," TERM ",'credits':[{'micro_credential':'lit-101',"
	 "'decided':'2022-01-01','level':'wizard'}]}"},
	{"policy.time_zone: there is no such time zone",
	 "{'policy':" SMALL(",'time_zone':'America/Nowhere'") "," TERM ",'credits':[]}"},
	{"policy.carry_over: only false is understood",
	 "{'policy':" SMALL(",'carry_over':true") "," TERM ",'credits':[]}"},
	{"policy.required_units: a number from 0 to 100000 is expected",
	 "{'policy':" SMALL(",'required_units':-1") "," TERM ",'credits':[]}"},
	{"policy.required_units: at most 2 decimals are expected",
	 "{'policy':" SMALL(",'required_units':1.125") "," TERM ",'credits':[]}"},
	{"policy.category_rules[0]: one of min_units, min_percent and min_distinct is expected",
	 "{'policy':" SMALL(
		 ",'category_rules':[{'category':'stem','applies_when':'always'}]") "," TERM
										    ",'credits':[]"
										    "}"},
	{"policy.category_rules[1].category: another rule of this category can apply with it",
	 "{'policy':" SMALL(
		 ",'double_count':false,'category_rules':["
		 "{'category':'stem','min_units':1,'applies_when':'always'},"
		 "{'category':'stem','min_units':2,'applies_when':'x'}]") "," TERM
									  ",'credits':[]}"},
};

START_TEST(a_fault_names_the_member_that_is_wrong)
{
	ck_renewal(faults[_i].fault, "%s", faults[_i].c);
}
END_TEST

START_TEST(the_same_case_gives_the_same_bytes_in_any_order)
{
	static const char term[] = "'policy':'TX','license':{'issued':'2021-03-01',"
				   "'expires':'2026-02-28'}";
	static const char a[] = "{'micro_credential':'spe-313','decided':'2022-01-01'}";
	static const char b[] = "{'micro_credential':'spe-314','decided':'2022-01-01'}";
	static const char c[] = "{'micro_credential':'tec-203','decided':'2022-01-01'}";
	static const char d[] = "{'micro_credential':'ell-301','decided':'2022-01-01'}";
	const char *once = case_renewal(&kit, "{%s,'credits':[%s,%s,%s,%s]}", term, a, b, c, d);

	ck_renewal(once, "{%s,'credits':[%s,%s,%s,%s]}", term, d, c, b, a);
	ck_renewal(once, "{'credits':[%s,%s,%s,%s],%s}", b, d, a, c, term);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("renewal");
	TCase *tc = tcase_create("policies");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, every_worked_example_of_the_catalogue_comes_out);
	tcase_add_test(tc, both_ends_of_the_term_belong_to_it);
	tcase_add_test(tc, a_term_may_end_on_a_leap_day);
	tcase_add_test(tc, a_day_that_no_year_has_is_named);
	tcase_add_loop_test(tc, a_day_ends_at_midnight_where_the_state_is, 0,
			    (int)ARRAY_LEN(midnights));
	tcase_add_test(tc, in_summer_a_day_ends_an_hour_earlier_by_the_world_clock);
	tcase_add_test(tc, a_credit_posted_after_the_term_counts_by_the_day_it_was_decided);
	tcase_add_test(tc, a_repeat_is_measured_against_the_first_that_could_count);
	tcase_add_test(tc, only_revocation_drops_a_credit);
	tcase_add_test(tc, the_same_credits_come_to_other_amounts_in_another_state);
	tcase_add_test(tc, each_state_heeds_the_flags_it_names);
	tcase_add_test(tc,
		       a_policy_change_in_mid_term_holds_for_the_whole_term_of_later_evaluations);
	tcase_add_test(tc, each_credits_units_are_rounded_half_up_once);
	tcase_add_test(tc, a_topic_at_its_minimum_counts_and_one_below_does_not);
	tcase_add_test(tc, a_cap_counts_the_credit_that_reaches_it_in_part);
	tcase_add_test(tc, a_share_of_what_counts_is_measured_against_the_total);
	tcase_add_loop_test(tc, a_fault_names_the_member_that_is_wrong, 0, (int)ARRAY_LEN(faults));
	tcase_add_test(tc, the_same_case_gives_the_same_bytes_in_any_order);
	suite_add_tcase(suite, tc);
	tc = tcase_create("splits");
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, the_split_is_the_best_of_all_splits);
	suite_add_tcase(suite, tc);
	return suite;
}
