/* What a teacher's routes about what she has earned and plans ask, order and show. */
#include "libshared/check.h"
#include "libshared/id.h"
#include "tests/support/suite.h"
#include "tests/support/teacher_work.h"

#include <string.h>

extern const struct route_list credential_routes, ledger_routes, plan_routes, question_routes,
	privacy_routes, export_routes;

/* ---- credentials, ledger, plan ---- */

START_TEST(a_credential_has_its_links_and_the_address_that_verifies_it)
{
	given_work_of(&credential_routes);
	given_answer("get_credential",
		     "{'credential':'" C "','educator':'" ANA_ID "','code':'LIT-101',"
		     "'title':'Routines & more','state':'issued','issuer':'" G "',"
		     "'valid_from_us':1790000000000000}");
	given_answer("list_shares", "{'shares':[{'share':'" G "','state':'open','token':'tok',"
				    "'until_us':1799000000000000},{'state':'withdrawn'}]}");
	given_answer("get_history", "{'steps':[{'event':'credential_issued','at_us':1,'by':'x'}]}");
	given_answer("get_issuer", "{'issuer':{'name':'Larkspur'}}");
	ck_assert_uint_eq(when_teacher(GET, "/credentials/" C, NULL), 200);
	ck_assert_str_eq(page_text_at("shares", 0, "address"), "https://cairn.example/s/tok");
	ck_assert_str_eq(page_text_at("shares", 1, "address"), "");
	ck_assert_ptr_nonnull(strstr(page_text("linkedin"), "Routines%20%26%20more"));
	ck_assert_ptr_nonnull(strstr(page_text("linkedin"), "Larkspur"));
	ck_assert_ptr_null(json_object_get(page_at("history", 0), "by"));
	teacher_kit_close();
}
END_TEST

START_TEST(a_link_ends_after_the_days_that_were_asked_for)
{
	json_int_t until;

	given_work_of(&credential_routes);
	when_teacher(POST, "/credentials/" C "/shares", "{'days':'10','with_name':'1'}");
	until = json_integer_value(json_object_get(ordered_fields("share_credential"), "until_us"));
	ck_assert_int_eq(until, 1796000000000000 + (json_int_t)10 * 86400 * 1000000);
	when_teacher(POST, "/credentials/" C "/shares/" G "/withdraw", "{}");
	ck_assert_str_eq(ordered_text("withdraw_share", "share"), G);
	teacher_kit_close();
}
END_TEST

static const char evaluation[] =
	"{'license':'" L "','unit':'clock_hour','deadline':'2027-06-30','json':'{\\'units_total\\':"
	"112,\\'units_required\\':100,\\'by_category\\':{\\'stem\\':10},\\'requirement_met\\':"
	"false,"
	"\\'short_by\\':0,\\'missing\\':[{\\'category\\':\\'stem\\',\\'short_by\\':5}],"
	"\\'not_counted\\':[{\\'micro_credential\\':\\'lit-101\\',\\'reason\\':\\'duplicate\\'}]}'"
	"}";

static void given_license(void)
{
	given_answer("get_educator", "{'license_ids':['" L "']}");
	given_answer("get_ledger",
		     "{'license':'" L "','educator':'" ANA_ID "','state':'WA','type':'Teacher',"
		     "'expires':'2027-06-30','lines':[{'kind':'credit','state':'disputed',"
		     "'hundredths':1250,'because':'no_match','unit':'clock_hour','at_us':1,"
		     "'said_us':1814389500000000}]}");
	given_answer("evaluate", evaluation);
}

START_TEST(a_ledger_says_what_is_missing_and_what_does_not_count_and_why)
{
	teacher_kit_open(&ledger_routes);
	given_license();
	ck_assert_uint_eq(when_teacher(GET, "/ledger/" L, NULL), 200);
	ck_assert_str_eq(page_text_at("missing", 0, "category_text"), "STEM integration");
	ck_assert_str_eq(page_text_at("missing", 0, "short_by_text"), "5");
	ck_assert_ptr_nonnull(strchr(page_text_at("not_counted", 0, "reason_text"), ' '));
	ck_assert_str_eq(page_text_at("lines", 0, "units_text"), "12.5");
	ck_assert_ptr_nonnull(strchr(page_text_at("lines", 0, "state_text"), ' '));
	ck_assert_str_eq(page_text_at("lines", 0, "said_text"), "day 20999");
	ck_assert_str_eq(page_text_at("lines", 0, "because_text"), "no_match");
	ck_assert_uint_eq(when_teacher(GET, "/ledger", NULL), 200);
	ck_assert_str_eq(page_text_at("licenses", 0, "units_required_text"), "100");
	teacher_kit_close();
}
END_TEST

START_TEST(a_plan_names_goals_and_what_would_fill_a_category)
{
	json_t *missing;

	teacher_kit_open(&plan_routes);
	given_license();
	given_answer("list_goals", "{'goals':[{'goal':'" G "','entry':'" C "','code':'STM-123',"
				   "'title':'Patterns','by':'2027-06-30'}]}");
	given_answer("list_enrollments", "{}");
	given_answer("get_entry", "{'entry':{'code':'STM-123','title':'Patterns','clock_hours':10,"
				  "'renewal_categories':['stem']}}");
	given_answer("search_entries", "{'entries':[{'entry':'" C "','code':'STM-123','title':"
				       "'Patterns','hours_typical':10},{'entry':'" A "','code':"
				       "'SCI-121','title':'Puzzles'}]}");
	ck_assert_uint_eq(when_teacher(GET, "/plan", NULL), 200);
	ck_assert_str_eq(page_text_at("goals", 0, "standing"), "none");
	missing = json_array_get(json_object_get(page_at("licenses", 0), "missing"), 0);
	ck_assert_uint_eq(json_array_size(json_object_get(missing, "planned")), 1);
	ck_assert_uint_eq(json_array_size(json_object_get(missing, "fillers")), 2);
	teacher_kit_close();
}
END_TEST

START_TEST(a_goal_is_set_by_code_or_license_and_dropped)
{
	struct id stack = id_of_name("stack", "st-structured-literacy");

	teacher_kit_open(&plan_routes);
	when_teacher(POST, "/plan/goals", "{'code':'ST-Structured-Literacy','by':'2027-06-30'}");
	ck_assert_str_eq(ordered_text("set_goal", "stack"), ID_STR(bytes_of_id(&stack)));
	ck_assert_str_eq(ordered_text("set_goal", "by"), "2027-06-30");
	when_teacher(POST, "/plan/goals", "{'license':'" L "'}");
	ck_assert_str_eq(ordered_text("set_goal", "license"), L);
	when_teacher(POST, "/plan/goals/" G "/drop", "{}");
	ck_assert_str_eq(ordered_text("drop_goal", "goal"), G);
	ck_assert_str_eq(got.location, "/plan");
	teacher_kit_close();
}
END_TEST

/* ---- the questionnaire ---- */

static void given_small_catalogue(void)
{
	teacher_kit_open(&question_routes);
	given_answer("search_entries",
		     "{'entries':[{'entry':'" C "','code':'LIT-101','topic':'literacy','title':"
		     "'Routines','grade_band':'PK-2','hours_typical':12}]}");
	given_answer("list_enrollments", "{}");
	given_answer("get_entry", work_entry);
}

START_TEST(the_questionnaire_asks_about_competencies_of_the_catalogue)
{
	given_small_catalogue();
	ck_assert_uint_eq(when_teacher(GET, "/plan/questions", NULL), 200);
	ck_assert_str_eq(page_text_at("statements", 0, "competency"), "Plans routines.");
	ck_assert_str_eq(page_text_at("statements", 0, "topic_text"), "Literacy");
	teacher_kit_close();
}
END_TEST

START_TEST(answers_give_suggestions_with_reasons_and_order_nothing)
{
	json_t *reasons;

	given_small_catalogue();
	ck_assert_uint_eq(when_teacher(POST, "/plan/questions", "{'LIT-101':'1'}"), 200);
	ck_assert_str_eq(page_text_at("suggestions", 0, "code"), "LIT-101");
	reasons = json_object_get(page_at("suggestions", 0), "reasons");
	ck_assert_uint_eq(json_array_size(reasons), 1);
	ck_assert_uint_eq(json_array_size(got.orders), 0);
	ck_assert_str_eq(got.location, "");
	teacher_kit_close();
}
END_TEST

/* ---- privacy, export ---- */

START_TEST(who_looked_is_told_by_role)
{
	given_work_of(&privacy_routes);
	given_answer("list_views", "{'views':[{'role':'assessor','at_us':1,'item':1}]}");
	given_answer("get_consents", "{'consents':[{'state':'holds','scope':'assessment','basis':"
				     "'PARENT','given_by_role':'parent','recorded_us':1}]}");
	given_answer("get_retention", "{'kept':'bytes','until_us':1796000000000000}");
	ck_assert_uint_eq(when_teacher(GET, "/enrollments/" E "/privacy", NULL), 200);
	ck_assert_str_eq(page_text_at("views", 0, "role_text"), "An assessor");
	ck_assert_str_eq(page_text_at("consents", 0, "scope_text"), "Assessment");
	teacher_kit_close();
}
END_TEST

START_TEST(an_export_follows_each_enrollment_to_what_was_sealed_and_decided)
{
	teacher_kit_open(&export_routes);
	given_answer("get_educator", "{'license_ids':['" L "']}");
	given_answer("list_enrollments", "{'enrollments':[{'enrollment':'" E "','code':'LIT-101',"
					 "'entry':'" C "','version':1}]}");
	given_answer("get_portfolio", "{'submissions':['" S "']}");
	given_answer("get_submission",
		     "{'state':'decided','sealed':{'answers':[{'question':'o1'}]}}");
	given_answer("get_feedback", "{'passed':true}");
	given_answer("fetch_answer", "{'data':'QQ=='}");
	given_answer("list_credentials", "{'credentials':[{'credential':'" C "'}]}");
	given_answer("get_credential", "{'document':'{}'}");
	given_answer("get_ledger", "{'state':'TN'}");
	given_refusal("evaluate", "NO_POLICY");
	ck_assert_uint_eq(when_teacher(GET, "/export/cairn-export.json", NULL), 200);
	ck_assert_ptr_nonnull(json_object_get(json_object_get(got.page, "feedback"), S));
	ck_assert_ptr_nonnull(json_object_get(json_object_get(got.page, "answers"), S "/o1"));
	ck_assert_ptr_nonnull(json_object_get(json_object_get(got.page, "credentials"), C));
	ck_assert_ptr_null(json_object_get(got.page, "evaluations"));
	ck_assert_ptr_null(json_object_get(got.page, "truncated"));
	teacher_kit_close();
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("gateway teacher record");
	TCase *tc = tcase_create("teacher");

	tcase_add_test(tc, a_credential_has_its_links_and_the_address_that_verifies_it);
	tcase_add_test(tc, a_link_ends_after_the_days_that_were_asked_for);
	tcase_add_test(tc, a_ledger_says_what_is_missing_and_what_does_not_count_and_why);
	tcase_add_test(tc, a_plan_names_goals_and_what_would_fill_a_category);
	tcase_add_test(tc, a_goal_is_set_by_code_or_license_and_dropped);
	tcase_add_test(tc, the_questionnaire_asks_about_competencies_of_the_catalogue);
	tcase_add_test(tc, answers_give_suggestions_with_reasons_and_order_nothing);
	tcase_add_test(tc, who_looked_is_told_by_role);
	tcase_add_test(tc, an_export_follows_each_enrollment_to_what_was_sealed_and_decided);
	suite_add_tcase(suite, tc);
	return suite;
}
