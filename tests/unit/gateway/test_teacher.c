/* What a teacher's routes ask, order and show; and that another person's things look like nothing.
 */
#include "libshared/check.h"
#include "libshared/id.h"
#include "tests/support/suite.h"
#include "tests/support/teacher_kit.h"

#include <string.h>

extern const struct route_list dashboard_routes, enrollment_routes, evidence_routes, seal_routes,
	feedback_routes, credential_routes, ledger_routes, plan_routes, question_routes,
	privacy_routes, export_routes;

#define E "018f3c2a-0000-7000-8000-000000000001"
#define S "018f3c2a-0000-7000-8000-000000000002"
#define A "018f3c2a-0000-7000-8000-000000000003"
#define C "018f3c2a-0000-7000-8000-000000000004"
#define L "018f3c2a-0000-7000-8000-000000000005"
#define G "018f3c2a-0000-7000-8000-000000000006"

static const char enrollment[] = "{'enrollment':'" E "','educator':'" ANA_ID "','entry':'" C
				 "','version':1,'state':'ACTIVE',"
				 "'code':'LIT-101','title':'Routines','lapses_us':1800000000000000,"
				 "'resources_done':['lit-101.s1']}";
static const char entry[] =
	"{'entry':{'title':'Routines','code':'LIT-101','competency':'Plans routines.',"
	"'topic':'literacy','requirements':[{'code':'lit-101.e1','kind':'lesson_plan','title':"
	"'Plan','items_min':1,'items_max':2,'student_data':true}],'questions':[{'code':'lit-101.o1'"
	","
	"'prompt':'Describe.','words_min':10,'words_max':50}],'reflection':{'code':'lit-101.f1',"
	"'prompt':'Think.','words_min':20,'words_max':90},'resources':[{'code':'lit-101.s1','type':"
	"'reading','title':'Read','minutes':5},{'code':'lit-101.s2','type':'video','title':'See'}],"
	"'rubric':{'levels':[{'code':'yes','label':'Yes'},{'code':'almost','label':'Almost'}]}}}";
static const char portfolio[] =
	"{'portfolio':'" E "','educator':'" ANA_ID "','state':'open','attempt':1,'requirements':[{"
	"'code':'lit-101.e1','items':0,'items_min':1,'items_max':2,'open':true,'artifacts':[{"
	"'artifact':'" A "','state':'needs_privacy_step','bytes':1500,'media_type':'text/plain',"
	"'findings':[{'kind':'EMAIL','count':2},{'kind':'NAME','count':1}]}]}],'questions':[{'code'"
	":"
	"'lit-101.o1','words':12,'words_min':10,'words_max':50,'open':true,'text':'Text'},{'code':"
	"'lit-101.f1','words_min':20,'open':true}]}";
static const char submission[] =
	"{'state':'sealed','manifest':'e30=','sealed':{'submission':'" S "','portfolio':'" E
	"','educator':'" ANA_ID "','entry':'" C "','version':1,'attempt':1,'manifest_sha256':'ab',"
	"'sealed_us':1795999000000000,'due_us':1796600000000000,'recall_until_us':1796080000000000,"
	"'ai_use':'none','items':[],'answers':[]}}";

static void given_work(void)
{
	given_answer("get_enrollment", enrollment);
	given_answer("get_entry", entry);
	given_answer("get_portfolio", portfolio);
}

static void given(const struct route_list *list)
{
	teacher_kit_open(list);
	given_work();
}

static json_t *at(const char *list, size_t i)
{
	return json_array_get(json_object_get(got.page, list), i);
}

static const char *text_at(const char *list, size_t i, const char *member)
{
	const char *text = json_string_value(json_object_get(at(list, i), member));

	return text != NULL ? text : "";
}

static json_t *ordered(const char *command)
{
	json_t *o = json_array_get(got.orders, 0);

	ck_assert_uint_eq(json_array_size(got.orders), 1);
	ck_assert_str_eq(json_string_value(json_object_get(o, "command")), command);
	return json_object_get(o, "fields");
}

static const char *field(const char *command, const char *name)
{
	const char *text = json_string_value(json_object_get(ordered(command), name));

	return text != NULL ? text : "";
}

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
	given_answer("get_portfolio", portfolio);
	given_answer("get_ledger", "{'license':'" L "','state':'TN','expires':'2027-06-30'}");
	ck_assert_uint_eq(when_teacher(GET, "/home", NULL), 200);
	ck_assert_str_eq(text_at("enrollments", 0, "next"), "collect");
	ck_assert_ptr_nonnull(strchr(text_at("enrollments", 0, "next_text"), ' '));
	ck_assert_str_eq(text_at("licenses", 0, "expires_text"), "2027-06-30");
	ck_assert_uint_eq(json_array_size(json_object_get(got.page, "stacks")), 1);
	teacher_kit_close();
}
END_TEST

START_TEST(enrolling_by_code_orders_it_and_leads_to_the_enrollment)
{
	struct id lit = id_of_name("entry", "lit-101");

	given(&enrollment_routes);
	ck_assert_uint_eq(when_teacher(POST, "/enrollments", "{'code':'LIT-101'}"), 201);
	ck_assert_str_eq(field("enroll", "entry"), ID_STR(bytes_of_id(&lit)));
	ck_assert_str_eq(field("enroll", "educator"), ANA_ID);
	ck_assert_ptr_nonnull(strstr(got.location, "/enrollments/"));
	teacher_kit_close();
}
END_TEST

START_TEST(enrolling_in_nothing_says_what_is_missing)
{
	given(&enrollment_routes);
	ck_assert_uint_eq(when_teacher(POST, "/enrollments", "{}"), 422);
	ck_assert_uint_eq(json_array_size(got.orders), 0);
	teacher_kit_close();
}
END_TEST

START_TEST(an_enrollment_shows_resources_requirements_and_questions_with_their_state)
{
	given(&enrollment_routes);
	ck_assert_uint_eq(when_teacher(GET, "/enrollments/" E, NULL), 200);
	ck_assert(json_is_true(json_object_get(at("resources", 0), "done")));
	ck_assert_ptr_null(json_object_get(at("resources", 1), "done"));
	ck_assert_ptr_null(json_object_get(at("requirements", 0), "is_met"));
	ck_assert(json_is_true(json_object_get(at("questions", 0), "is_met")));
	ck_assert_str_eq(text_at("questions", 1, "code"), "lit-101.f1");
	ck_assert(json_is_true(json_object_get(got.page, "can_pause")));
	teacher_kit_close();
}
END_TEST

START_TEST(an_enrollment_that_evidence_has_not_heard_of_is_being_prepared)
{
	given(&enrollment_routes);
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
	given(&enrollment_routes);
	ck_assert_uint_eq(when_teacher(POST, changes[_i].path, changes[_i].body), 200);
	ck_assert_str_eq(field(changes[_i].command, "enrollment"), E);
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
	given(foreign[_i].list);
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
	given(foreign[_i].list);
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
	given(&enrollment_routes);
	ck_assert_uint_eq(when_teacher(GET, "/enrollments/x", NULL), 404);
	ck_assert_uint_eq(when_teacher(POST, "/enrollments/x/pause", "{}"), 404);
	teacher_kit_close();
}
END_TEST

/* ---- evidence ---- */

START_TEST(an_item_that_needs_a_privacy_step_shows_what_was_found_and_what_may_be_done)
{
	json_t *artifact;

	given(&evidence_routes);
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
	given(&evidence_routes);
	ck_assert_uint_eq(when_teacher(GET, "/enrollments/" E "/evidence/lit-101.e9", NULL), 404);
	teacher_kit_close();
}
END_TEST

START_TEST(consent_is_recorded_with_its_scope_and_leads_back_to_the_requirement)
{
	given(&evidence_routes);
	when_teacher(POST, "/enrollments/" E "/artifacts/" A "/consent",
		     "{'basis':'PARENT','given_by_role':'parent','requirement':'lit-101.e1'}");
	ck_assert_str_eq(field("record_consent", "scope"), "assessment");
	ck_assert_str_eq(field("record_consent", "artifact"), A);
	ck_assert_str_eq(got.location, "/enrollments/" E "/evidence/lit-101.e1");
	teacher_kit_close();
}
END_TEST

START_TEST(attesting_says_how_many_findings_were_shown)
{
	given(&evidence_routes);
	when_teacher(POST, "/enrollments/" E "/artifacts/" A "/attest", "{'shown':'3'}");
	ck_assert_int_eq(
		json_integer_value(json_object_get(ordered("attest_no_identifiers"), "shown")), 3);
	teacher_kit_close();
}
END_TEST

START_TEST(an_answer_is_saved_as_it_is)
{
	given(&evidence_routes);
	ck_assert_uint_eq(when_teacher(POST, "/enrollments/" E "/answers/lit-101.o1",
				       "{'text':'My <b>text</b>'}"),
			  200);
	ck_assert_str_eq(field("save_answer", "text"), "My <b>text</b>");
	teacher_kit_close();
}
END_TEST

/* ---- seal ---- */

START_TEST(the_seal_page_names_what_is_missing_and_offers_no_seal)
{
	given(&seal_routes);
	ck_assert_uint_eq(when_teacher(GET, "/enrollments/" E "/seal", NULL), 200);
	ck_assert_str_eq(text_at("missing", 0, "path"), "evidence/lit-101.e1");
	ck_assert_str_eq(text_at("missing", 1, "path"), "answers");
	ck_assert_int_eq(json_integer_value(json_object_get(got.page, "unprotected")), 1);
	ck_assert_ptr_null(json_object_get(got.page, "can_seal"));
	teacher_kit_close();
}
END_TEST

START_TEST(sealing_takes_both_declarations_and_leads_to_the_receipt)
{
	given(&seal_routes);
	ck_assert_uint_eq(
		when_teacher(POST, "/enrollments/" E "/seal",
			     "{'own_work':'1','ai_use':'editing','attested':'lit-101.o1'}"),
		201);
	ck_assert_str_eq(field("seal", "ai_use"), "editing");
	ck_assert(json_is_true(json_object_get(ordered("seal"), "own_work")));
	ck_assert_uint_eq(json_array_size(json_object_get(ordered("seal"), "attested")), 1);
	ck_assert_ptr_nonnull(strstr(got.location, "/submissions/"));
	teacher_kit_close();
}
END_TEST

START_TEST(a_seal_that_is_refused_says_why)
{
	given(&seal_routes);
	given_refusal("seal", "NOT_ATTESTED");
	ck_assert_uint_eq(when_teacher(POST, "/enrollments/" E "/seal", "{}"), 409);
	ck_assert_str_eq(got.problem, "NOT_ATTESTED");
	teacher_kit_close();
}
END_TEST

START_TEST(a_receipt_has_due_date_and_manifest_and_can_be_recalled_until_it_is_opened)
{
	given(&seal_routes);
	given_answer("get_submission", submission);
	ck_assert_uint_eq(when_teacher(GET, "/submissions/" S, NULL), 200);
	ck_assert_str_eq(page_text("manifest_sha256"), "ab");
	ck_assert_str_ne(page_text("due_text"), "");
	ck_assert(json_is_true(json_object_get(got.page, "can_recall")));
	ck_assert_uint_eq(when_teacher(POST, "/submissions/" S "/recall", "{}"), 200);
	ck_assert_str_eq(field("recall", "submission"), S);
	ck_assert_str_eq(got.location, "/enrollments/" E);
	teacher_kit_close();
}
END_TEST

/* ---- feedback ---- */

START_TEST(feedback_tells_each_row_by_the_words_of_the_rubric_and_what_is_open)
{
	given(&feedback_routes);
	given_answer("get_submission", submission);
	given_answer("get_feedback",
		     "{'attempt':1,'rows':[{'row':'lit-101.r1','title':'Plan','level':"
		     "'yes','met':true},{'row':'lit-101.r2','level':'almost',"
		     "'feedback':'More.','reason':'lead'}]}");
	given_answer("get_portfolio", "{'state':'open','attempt':2,'open_rows':['lit-101.r2']}");
	ck_assert_uint_eq(when_teacher(GET, "/submissions/" S "/feedback", NULL), 200);
	ck_assert_str_eq(text_at("rows", 1, "level_text"), "Almost");
	ck_assert_ptr_nonnull(strchr(text_at("rows", 1, "reason_text"), ' '));
	ck_assert(json_is_true(json_object_get(got.page, "can_resubmit")));
	teacher_kit_close();
}
END_TEST

START_TEST(after_three_attempts_a_coach_comes_first)
{
	given(&feedback_routes);
	given_answer("get_submission", submission);
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
	given(&feedback_routes);
	given_answer("get_submission", submission);
	given_refusal("get_feedback", "");
	ck_assert_uint_eq(when_teacher(GET, "/submissions/" S "/feedback", NULL), 404);
	ck_assert_str_eq(got.problem, "not_decided");
	teacher_kit_close();
}
END_TEST

START_TEST(an_appeal_names_rows_and_a_reason)
{
	given(&feedback_routes);
	given_answer("get_submission", submission);
	given_answer("file_appeal", "{'due_us':1797000000000000}");
	ck_assert_uint_eq(when_teacher(POST, "/submissions/" S "/appeal", "{'rows':'lit-101.r2'}"),
			  422);
	ck_assert_uint_eq(when_teacher(POST, "/submissions/" S "/appeal",
				       "{'rows':['lit-101.r2'],'reason':'It shows on page 2.'}"),
			  201);
	ck_assert_uint_eq(json_array_size(json_object_get(ordered("file_appeal"), "rows")), 1);
	ck_assert_str_ne(page_text("due_text"), "");
	teacher_kit_close();
}
END_TEST

/* ---- credentials, ledger, plan ---- */

START_TEST(a_credential_has_its_links_and_the_address_that_verifies_it)
{
	given(&credential_routes);
	given_answer("get_credential",
		     "{'credential':'" C "','educator':'" ANA_ID "','code':'LIT-101',"
		     "'title':'Routines & more','state':'issued','issuer':'" G "',"
		     "'valid_from_us':1790000000000000}");
	given_answer("list_shares", "{'shares':[{'share':'" G "','state':'open','token':'tok',"
				    "'until_us':1799000000000000},{'state':'withdrawn'}]}");
	given_answer("get_history", "{'steps':[{'event':'credential_issued','at_us':1,'by':'x'}]}");
	given_answer("get_issuer", "{'issuer':{'name':'Larkspur'}}");
	ck_assert_uint_eq(when_teacher(GET, "/credentials/" C, NULL), 200);
	ck_assert_str_eq(text_at("shares", 0, "address"), "https://cairn.example/s/tok");
	ck_assert_str_eq(text_at("shares", 1, "address"), "");
	ck_assert_ptr_nonnull(strstr(page_text("linkedin"), "Routines%20%26%20more"));
	ck_assert_ptr_nonnull(strstr(page_text("linkedin"), "Larkspur"));
	ck_assert_ptr_null(json_object_get(at("history", 0), "by"));
	teacher_kit_close();
}
END_TEST

START_TEST(a_link_ends_after_the_days_that_were_asked_for)
{
	json_int_t until;

	given(&credential_routes);
	when_teacher(POST, "/credentials/" C "/shares", "{'days':'10','with_name':'1'}");
	until = json_integer_value(json_object_get(ordered("share_credential"), "until_us"));
	ck_assert_int_eq(until, 1796000000000000 + (json_int_t)10 * 86400 * 1000000);
	when_teacher(POST, "/credentials/" C "/shares/" G "/withdraw", "{}");
	ck_assert_str_eq(field("withdraw_share", "share"), G);
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
		     "'hundredths':1250,'because':'no_match','unit':'clock_hour','at_us':1}]}");
	given_answer("evaluate", evaluation);
}

START_TEST(a_ledger_says_what_is_missing_and_what_does_not_count_and_why)
{
	teacher_kit_open(&ledger_routes);
	given_license();
	ck_assert_uint_eq(when_teacher(GET, "/ledger/" L, NULL), 200);
	ck_assert_str_eq(text_at("missing", 0, "category_text"), "STEM integration");
	ck_assert_str_eq(text_at("missing", 0, "short_by_text"), "5");
	ck_assert_ptr_nonnull(strchr(text_at("not_counted", 0, "reason_text"), ' '));
	ck_assert_str_eq(text_at("lines", 0, "units_text"), "12.5");
	ck_assert_ptr_nonnull(strchr(text_at("lines", 0, "state_text"), ' '));
	ck_assert_uint_eq(when_teacher(GET, "/ledger", NULL), 200);
	ck_assert_str_eq(text_at("licenses", 0, "units_required_text"), "100");
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
	ck_assert_str_eq(text_at("goals", 0, "standing"), "none");
	missing = json_array_get(json_object_get(at("licenses", 0), "missing"), 0);
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
	ck_assert_str_eq(field("set_goal", "stack"), ID_STR(bytes_of_id(&stack)));
	ck_assert_str_eq(field("set_goal", "by"), "2027-06-30");
	when_teacher(POST, "/plan/goals", "{'license':'" L "'}");
	ck_assert_str_eq(field("set_goal", "license"), L);
	when_teacher(POST, "/plan/goals/" G "/drop", "{}");
	ck_assert_str_eq(field("drop_goal", "goal"), G);
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
	given_answer("get_entry", entry);
}

START_TEST(the_questionnaire_asks_about_competencies_of_the_catalogue)
{
	given_small_catalogue();
	ck_assert_uint_eq(when_teacher(GET, "/plan/questions", NULL), 200);
	ck_assert_str_eq(text_at("statements", 0, "competency"), "Plans routines.");
	ck_assert_str_eq(text_at("statements", 0, "topic_text"), "Literacy");
	teacher_kit_close();
}
END_TEST

START_TEST(answers_give_suggestions_with_reasons_and_order_nothing)
{
	json_t *reasons;

	given_small_catalogue();
	ck_assert_uint_eq(when_teacher(POST, "/plan/questions", "{'LIT-101':'1'}"), 200);
	ck_assert_str_eq(text_at("suggestions", 0, "code"), "LIT-101");
	reasons = json_object_get(at("suggestions", 0), "reasons");
	ck_assert_uint_eq(json_array_size(reasons), 1);
	ck_assert_uint_eq(json_array_size(got.orders), 0);
	ck_assert_str_eq(got.location, "");
	teacher_kit_close();
}
END_TEST

/* ---- privacy, export ---- */

START_TEST(who_looked_is_told_by_role)
{
	given(&privacy_routes);
	given_answer("list_views", "{'views':[{'role':'assessor','at_us':1,'item':1}]}");
	given_answer("get_consents", "{'consents':[{'state':'holds','scope':'assessment','basis':"
				     "'PARENT','given_by_role':'parent','recorded_us':1}]}");
	given_answer("get_retention", "{'kept':'bytes','until_us':1796000000000000}");
	ck_assert_uint_eq(when_teacher(GET, "/enrollments/" E "/privacy", NULL), 200);
	ck_assert_str_eq(text_at("views", 0, "role_text"), "An assessor");
	ck_assert_str_eq(text_at("consents", 0, "scope_text"), "Assessment");
	teacher_kit_close();
}
END_TEST

START_TEST(preferences_show_what_is_off_and_are_set_one_at_a_time)
{
	teacher_kit_open(&privacy_routes);
	given_answer("get_preferences", "{'language':'es','off':['ENROLLED']}");
	ck_assert_uint_eq(when_teacher(GET, "/preferences", NULL), 200);
	ck_assert(json_is_true(json_object_get(at("topics", 0), "off")));
	ck_assert(json_is_true(json_object_get(at("topics", 1), "on")));
	when_teacher(POST, "/preferences", "{'topic':'LAPSE_COMING','off':'1'}");
	ck_assert_str_eq(field("set_preference", "topic"), "LAPSE_COMING");
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
	tcase_add_test(tc, a_credential_has_its_links_and_the_address_that_verifies_it);
	tcase_add_test(tc, a_link_ends_after_the_days_that_were_asked_for);
	tcase_add_test(tc, a_ledger_says_what_is_missing_and_what_does_not_count_and_why);
	tcase_add_test(tc, a_plan_names_goals_and_what_would_fill_a_category);
	tcase_add_test(tc, a_goal_is_set_by_code_or_license_and_dropped);
	tcase_add_test(tc, the_questionnaire_asks_about_competencies_of_the_catalogue);
	tcase_add_test(tc, answers_give_suggestions_with_reasons_and_order_nothing);
	tcase_add_test(tc, who_looked_is_told_by_role);
	tcase_add_test(tc, preferences_show_what_is_off_and_are_set_one_at_a_time);
	tcase_add_test(tc, an_export_follows_each_enrollment_to_what_was_sealed_and_decided);
	suite_add_tcase(suite, tc);
	return suite;
}
