/* What a teacher's routes about her work ask, order and show; and that another person's things look
 * like nothing. */
#include "libshared/check.h"
#include "libshared/id.h"
#include "tests/support/suite.h"
#include "tests/support/teacher_work.h"

#include <string.h>

extern const struct route_list dashboard_routes, enrollment_routes, evidence_routes, seal_routes,
	feedback_routes, credential_routes, ledger_routes, privacy_routes;

/* ---- enrollments ---- */

START_TEST(home_says_for_each_enrollment_what_is_next)
{
	teacher_kit_open(&dashboard_routes);
	given_answer("list_enrollments",
		     "{'enrollments':[{'enrollment':'" E "','state':'ACTIVE','code':'LIT-101',"
		     "'title':'Routines'}]}");
	given_answer("list_credentials", "{}");
	given_answer("list_educator_stacks",
		     "{'stacks':[{'title':'Reading','state':'one_step_away','missing':['LIT-102']},"
		     "{'title':'Other','state':'issued'}]}");
	given_answer("get_educator", "{'license_ids':['" L "']}");
	given_answer("get_portfolio", work_portfolio);
	given_answer("get_ledger", "{'license':'" L "','state':'TN','expires':'2027-06-30'}");
	ck_assert_uint_eq(when_teacher(GET, "/home", NULL), 200);
	ck_assert_str_eq(page_text_at("enrollments", 0, "next"), "collect");
	ck_assert_ptr_nonnull(strchr(page_text_at("enrollments", 0, "next_text"), ' '));
	ck_assert_str_eq(page_text_at("licenses", 0, "expires_text"), "2027-06-30");
	ck_assert_uint_eq(json_array_size(json_object_get(got.page, "stacks")), 1);
	teacher_kit_close();
}
END_TEST

START_TEST(enrolling_by_code_orders_it_and_leads_to_the_enrollment)
{
	struct id lit = id_of_name("entry", "lit-101");

	given_work_of(&enrollment_routes);
	ck_assert_uint_eq(when_teacher(POST, "/enrollments", "{'code':'LIT-101'}"), 201);
	ck_assert_str_eq(ordered_text("enroll", "entry"), ID_STR(bytes_of_id(&lit)));
	ck_assert_str_eq(ordered_text("enroll", "educator"), ANA_ID);
	ck_assert_ptr_nonnull(strstr(got.location, "/enrollments/"));
	teacher_kit_close();
}
END_TEST

START_TEST(enrolling_in_nothing_says_what_is_missing)
{
	given_work_of(&enrollment_routes);
	ck_assert_uint_eq(when_teacher(POST, "/enrollments", "{}"), 422);
	ck_assert_uint_eq(json_array_size(got.orders), 0);
	teacher_kit_close();
}
END_TEST

START_TEST(an_enrollment_shows_resources_requirements_and_questions_with_their_state)
{
	given_work_of(&enrollment_routes);
	ck_assert_uint_eq(when_teacher(GET, "/enrollments/" E, NULL), 200);
	ck_assert(json_is_true(json_object_get(page_at("resources", 0), "done")));
	ck_assert_ptr_null(json_object_get(page_at("resources", 1), "done"));
	ck_assert_ptr_null(json_object_get(page_at("requirements", 0), "is_met"));
	ck_assert(json_is_true(json_object_get(page_at("questions", 0), "is_met")));
	ck_assert_str_eq(page_text_at("questions", 1, "code"), "lit-101.f1");
	ck_assert(json_is_true(json_object_get(got.page, "can_pause")));
	teacher_kit_close();
}
END_TEST

START_TEST(an_enrollment_that_evidence_has_not_heard_of_is_being_prepared)
{
	given_work_of(&enrollment_routes);
	given_refusal("get_portfolio", "UNKNOWN_PORTFOLIO");
	ck_assert_uint_eq(when_teacher(GET, "/enrollments/" E, NULL), 200);
	ck_assert_str_eq(page_text("next"), "opening");
	teacher_kit_close();
}
END_TEST

static const struct change_case {
	const char *path, *body, *command;
} changes[] = {
	{"/enrollments/" E "/pause", "{}", "pause"},
	{"/enrollments/" E "/resume", "{}", "resume"},
	{"/enrollments/" E "/withdraw", "{}", "withdraw"},
	{"/enrollments/" E "/progress", "{'resource':'lit-101.s2','done':'1'}", "note_progress"},
};

START_TEST(a_change_is_one_command_about_the_enrollment)
{
	given_work_of(&enrollment_routes);
	ck_assert_uint_eq(when_teacher(POST, changes[_i].path, changes[_i].body), 200);
	ck_assert_str_eq(ordered_text(changes[_i].command, "enrollment"), E);
	ck_assert_str_eq(got.location, "/enrollments/" E);
	teacher_kit_close();
}
END_TEST

/* ---- other people's ---- */

static const struct foreign_case {
	const struct route_list *list;
	enum method method;
	const char *path, *body, *query;
} foreign[] = {
	{&enrollment_routes, GET, "/enrollments/" E, NULL, "get_enrollment"},
	{&enrollment_routes, GET, "/enrollments/" E "/withdraw", NULL, "get_enrollment"},
	{&enrollment_routes, POST, "/enrollments/" E "/pause", "{}", "pause"},
	{&evidence_routes, GET, "/enrollments/" E "/evidence/lit-101.e1", NULL, "get_enrollment"},
	{&evidence_routes, GET, "/enrollments/" E "/answers", NULL, "get_enrollment"},
	{&evidence_routes, POST, "/enrollments/" E "/answers/lit-101.o1", "{'text':'x'}",
	 "save_answer"},
	{&evidence_routes, POST, "/enrollments/" E "/artifacts/" A "/attest", "{}",
	 "attest_no_identifiers"},
	{&seal_routes, GET, "/enrollments/" E "/seal", NULL, "get_enrollment"},
	{&seal_routes, GET, "/submissions/" S, NULL, "get_submission"},
	{&seal_routes, POST, "/submissions/" S "/recall", "{}", "get_submission"},
	{&feedback_routes, GET, "/submissions/" S "/feedback", NULL, "get_submission"},
	{&feedback_routes, POST, "/submissions/" S "/appeal", "{'reason':'It is.'}",
	 "get_submission"},
	{&credential_routes, GET, "/credentials/" C, NULL, "get_credential"},
	{&credential_routes, POST, "/credentials/" C "/shares", "{}", "share_credential"},
	{&ledger_routes, GET, "/ledger/" L, NULL, "get_ledger"},
	{&privacy_routes, GET, "/enrollments/" E "/privacy", NULL, "get_enrollment"},
};

START_TEST(what_a_service_keeps_from_others_looks_like_nothing)
{
	given_work_of(foreign[_i].list);
	given_refusal(foreign[_i].query, foreign[_i].method == GET ? "" : "NOT_YOURS");
	ck_assert_uint_eq(when_teacher(foreign[_i].method, foreign[_i].path, foreign[_i].body),
			  404);
	if (strncmp(foreign[_i].query, "get_", 4) == 0) {
		given_refusal(foreign[_i].query, "INVALID"); /* as what was never there */
		ck_assert_uint_eq(
			when_teacher(foreign[_i].method, foreign[_i].path, foreign[_i].body), 404);
	}
	teacher_kit_close();
}
END_TEST

/* Some things any portal may ask: what tells whose they are is looked at here. */
START_TEST(what_a_service_tells_of_others_is_held_back)
{
	given_work_of(foreign[_i].list);
	given_answer("get_enrollment", "{'enrollment':'" E "','educator':'" BEN_ID "'}");
	given_answer("get_submission", "{'state':'sealed','sealed':{'educator':'" BEN_ID "'}}");
	given_answer("get_credential", "{'credential':'" C "','educator':'" BEN_ID "'}");
	given_answer("get_ledger", "{'license':'" L "','educator':'" BEN_ID "'}");
	if (foreign[_i].method == GET || strncmp(foreign[_i].query, "get_", 4) == 0) {
		ck_assert_uint_eq(
			when_teacher(foreign[_i].method, foreign[_i].path, foreign[_i].body), 404);
		ck_assert_uint_eq(json_array_size(got.orders), 0);
	}
	teacher_kit_close();
}
END_TEST

START_TEST(what_is_no_id_is_nothing)
{
	given_work_of(&enrollment_routes);
	ck_assert_uint_eq(when_teacher(GET, "/enrollments/x", NULL), 404);
	ck_assert_uint_eq(when_teacher(POST, "/enrollments/x/pause", "{}"), 404);
	teacher_kit_close();
}
END_TEST

/* ---- evidence ---- */

START_TEST(an_item_that_needs_a_privacy_step_shows_what_was_found_and_what_may_be_done)
{
	json_t *artifact;

	given_work_of(&evidence_routes);
	ck_assert_uint_eq(when_teacher(GET, "/enrollments/" E "/evidence/lit-101.e1", NULL), 200);
	artifact = json_array_get(
		json_object_get(json_object_get(got.page, "requirement"), "artifacts"), 0);
	ck_assert_int_eq(json_integer_value(json_object_get(artifact, "shown")), 3);
	ck_assert(json_is_true(json_object_get(artifact, "can_attest")));
	ck_assert(json_is_true(json_object_get(artifact, "can_consent")));
	ck_assert(json_is_true(json_object_get(got.page, "can_add")));
	teacher_kit_close();
}
END_TEST

START_TEST(a_requirement_that_the_entry_does_not_have_is_nothing)
{
	given_work_of(&evidence_routes);
	ck_assert_uint_eq(when_teacher(GET, "/enrollments/" E "/evidence/lit-101.e9", NULL), 404);
	teacher_kit_close();
}
END_TEST

START_TEST(consent_is_recorded_with_its_scope_and_leads_back_to_the_requirement)
{
	given_work_of(&evidence_routes);
	when_teacher(POST, "/enrollments/" E "/artifacts/" A "/consent",
		     "{'basis':'PARENT','given_by_role':'parent','requirement':'lit-101.e1'}");
	ck_assert_str_eq(ordered_text("record_consent", "scope"), "assessment");
	ck_assert_str_eq(ordered_text("record_consent", "artifact"), A);
	ck_assert_str_eq(got.location, "/enrollments/" E "/evidence/lit-101.e1");
	teacher_kit_close();
}
END_TEST

START_TEST(attesting_says_how_many_findings_were_shown)
{
	given_work_of(&evidence_routes);
	when_teacher(POST, "/enrollments/" E "/artifacts/" A "/attest", "{'shown':'3'}");
	ck_assert_int_eq(json_integer_value(
				 json_object_get(ordered_fields("attest_no_identifiers"), "shown")),
			 3);
	teacher_kit_close();
}
END_TEST

START_TEST(an_answer_is_saved_as_it_is)
{
	given_work_of(&evidence_routes);
	ck_assert_uint_eq(when_teacher(POST, "/enrollments/" E "/answers/lit-101.o1",
				       "{'text':'My <b>text</b>'}"),
			  200);
	ck_assert_str_eq(ordered_text("save_answer", "text"), "My <b>text</b>");
	teacher_kit_close();
}
END_TEST

/* ---- seal ---- */

START_TEST(the_seal_page_names_what_is_missing_and_offers_no_seal)
{
	given_work_of(&seal_routes);
	ck_assert_uint_eq(when_teacher(GET, "/enrollments/" E "/seal", NULL), 200);
	ck_assert_str_eq(page_text_at("missing", 0, "path"), "evidence/lit-101.e1");
	ck_assert_str_eq(page_text_at("missing", 1, "path"), "answers");
	ck_assert_int_eq(json_integer_value(json_object_get(got.page, "unprotected")), 1);
	ck_assert_ptr_null(json_object_get(got.page, "can_seal"));
	teacher_kit_close();
}
END_TEST

START_TEST(sealing_takes_both_declarations_and_leads_to_the_receipt)
{
	given_work_of(&seal_routes);
	ck_assert_uint_eq(
		when_teacher(POST, "/enrollments/" E "/seal",
			     "{'own_work':'1','ai_use':'editing','attested':'lit-101.o1'}"),
		201);
	ck_assert_str_eq(ordered_text("seal", "ai_use"), "editing");
	ck_assert(json_is_true(json_object_get(ordered_fields("seal"), "own_work")));
	ck_assert_uint_eq(json_array_size(json_object_get(ordered_fields("seal"), "attested")), 1);
	ck_assert_ptr_nonnull(strstr(got.location, "/submissions/"));
	teacher_kit_close();
}
END_TEST

START_TEST(a_seal_that_is_refused_says_why)
{
	given_work_of(&seal_routes);
	given_refusal("seal", "NOT_ATTESTED");
	ck_assert_uint_eq(when_teacher(POST, "/enrollments/" E "/seal", "{}"), 409);
	ck_assert_str_eq(got.problem, "NOT_ATTESTED");
	teacher_kit_close();
}
END_TEST

START_TEST(a_receipt_has_due_date_and_manifest_and_can_be_recalled_until_it_is_opened)
{
	given_work_of(&seal_routes);
	given_answer("get_submission", work_submission);
	ck_assert_uint_eq(when_teacher(GET, "/submissions/" S, NULL), 200);
	ck_assert_str_eq(page_text("manifest_sha256"), "ab");
	ck_assert_str_ne(page_text("due_text"), "");
	ck_assert(json_is_true(json_object_get(got.page, "can_recall")));
	ck_assert_uint_eq(when_teacher(POST, "/submissions/" S "/recall", "{}"), 200);
	ck_assert_str_eq(ordered_text("recall", "submission"), S);
	ck_assert_str_eq(got.location, "/enrollments/" E);
	teacher_kit_close();
}
END_TEST

/* ---- feedback ---- */

START_TEST(feedback_tells_each_row_by_the_words_of_the_rubric_and_what_is_open)
{
	given_work_of(&feedback_routes);
	given_answer("get_submission", work_submission);
	given_answer("get_feedback",
		     "{'attempt':1,'rows':[{'row':'lit-101.r1','title':'Plan','level':"
		     "'yes','met':true},{'row':'lit-101.r2','level':'almost',"
		     "'feedback':'More.','reason':'lead'}]}");
	given_answer("get_portfolio", "{'state':'open','attempt':2,'open_rows':['lit-101.r2']}");
	ck_assert_uint_eq(when_teacher(GET, "/submissions/" S "/feedback", NULL), 200);
	ck_assert_str_eq(page_text_at("rows", 1, "level_text"), "Almost");
	ck_assert_ptr_nonnull(strchr(page_text_at("rows", 1, "reason_text"), ' '));
	ck_assert(json_is_true(json_object_get(got.page, "can_resubmit")));
	teacher_kit_close();
}
END_TEST

START_TEST(after_three_attempts_a_coach_comes_first)
{
	given_work_of(&feedback_routes);
	given_answer("get_submission", work_submission);
	given_answer("get_feedback", "{'attempt':3,'rows':[]}");
	given_answer("get_portfolio", "{'state':'coach_first','attempt':4}");
	when_teacher(GET, "/submissions/" S "/feedback", NULL);
	ck_assert(json_is_true(json_object_get(got.page, "coach_first")));
	ck_assert_ptr_null(json_object_get(got.page, "can_resubmit"));
	teacher_kit_close();
}
END_TEST

START_TEST(before_the_decision_there_is_no_feedback)
{
	given_work_of(&feedback_routes);
	given_answer("get_submission", work_submission);
	given_refusal("get_feedback", "");
	ck_assert_uint_eq(when_teacher(GET, "/submissions/" S "/feedback", NULL), 404);
	ck_assert_str_eq(got.problem, "not_decided");
	teacher_kit_close();
}
END_TEST

START_TEST(an_appeal_names_rows_and_a_reason)
{
	given_work_of(&feedback_routes);
	given_answer("get_submission", work_submission);
	given_answer("file_appeal", "{'due_us':1797000000000000}");
	ck_assert_uint_eq(when_teacher(POST, "/submissions/" S "/appeal", "{'rows':'lit-101.r2'}"),
			  422);
	ck_assert_uint_eq(when_teacher(POST, "/submissions/" S "/appeal",
				       "{'rows':['lit-101.r2'],'reason':'It shows on page 2.'}"),
			  201);
	ck_assert_uint_eq(json_array_size(json_object_get(ordered_fields("file_appeal"), "rows")),
			  1);
	ck_assert_str_ne(page_text("due_text"), "");
	teacher_kit_close();
}
END_TEST

#define N(list) (int)(sizeof(list) / sizeof(list)[0])

Suite *test_suite(void)
{
	Suite *suite = suite_create("gateway teacher");
	TCase *tc = tcase_create("teacher");

	tcase_add_test(tc, home_says_for_each_enrollment_what_is_next);
	tcase_add_test(tc, enrolling_by_code_orders_it_and_leads_to_the_enrollment);
	tcase_add_test(tc, enrolling_in_nothing_says_what_is_missing);
	tcase_add_test(tc,
		       an_enrollment_shows_resources_requirements_and_questions_with_their_state);
	tcase_add_test(tc, an_enrollment_that_evidence_has_not_heard_of_is_being_prepared);
	tcase_add_loop_test(tc, a_change_is_one_command_about_the_enrollment, 0, N(changes));
	tcase_add_loop_test(tc, what_a_service_keeps_from_others_looks_like_nothing, 0, N(foreign));
	tcase_add_loop_test(tc, what_a_service_tells_of_others_is_held_back, 0, N(foreign));
	tcase_add_test(tc, what_is_no_id_is_nothing);
	tcase_add_test(tc,
		       an_item_that_needs_a_privacy_step_shows_what_was_found_and_what_may_be_done);
	tcase_add_test(tc, a_requirement_that_the_entry_does_not_have_is_nothing);
	tcase_add_test(tc, consent_is_recorded_with_its_scope_and_leads_back_to_the_requirement);
	tcase_add_test(tc, attesting_says_how_many_findings_were_shown);
	tcase_add_test(tc, an_answer_is_saved_as_it_is);
	tcase_add_test(tc, the_seal_page_names_what_is_missing_and_offers_no_seal);
	tcase_add_test(tc, sealing_takes_both_declarations_and_leads_to_the_receipt);
	tcase_add_test(tc, a_seal_that_is_refused_says_why);
	tcase_add_test(tc,
		       a_receipt_has_due_date_and_manifest_and_can_be_recalled_until_it_is_opened);
	tcase_add_test(tc, feedback_tells_each_row_by_the_words_of_the_rubric_and_what_is_open);
	tcase_add_test(tc, after_three_attempts_a_coach_comes_first);
	tcase_add_test(tc, before_the_decision_there_is_no_feedback);
	tcase_add_test(tc, an_appeal_names_rows_and_a_reason);
	suite_add_tcase(suite, tc);
	return suite;
}
