/* What the routes of assessors, leads and coaches ask, order and show; and that another one's
 * reading looks like nothing. */
#include "libshared/check.h"
#include "tests/support/suite.h"
#include "tests/support/teacher_kit.h"

#include <string.h>

extern const struct route_list readings_routes, adjudications_routes, reports_routes,
	coaching_routes, seats_routes;

#define R "018f3c2a-0000-7000-8000-000000000001"
#define S "018f3c2a-0000-7000-8000-000000000002"
#define E "018f3c2a-0000-7000-8000-000000000003"
#define D "018f3c2a-0000-7000-8000-000000000004"
#define LEVELS                                                                                     \
	"'levels':[{'code':'no','label':'Not yet'},{'code':'yes','ordinal':1,'label':'Yes'}],"     \
	"'pass_ordinal':1,'feedback_words_min':3"
#define CRITERION                                                                                  \
	"{'code':'a.r1','title':'Row one','requirements':['a.e1'],'descriptions':['N','Y']}"

static const char reading[] =
	"{'reading':'" R "','state':'in_hand','code':'A','title':'T','entry':"
	"'" E "','version':1,'until_us':1796600000000000,'rows':[" CRITERION "]," LEVELS "}";
static const char items[] = "{'items':[{'item':1,'requirement':'a.e1','ordinal':1,'media_type':'"
			    "application/pdf','bytes'"
			    ":10},{'item':2,'requirement':'a.o1','answer':true,'bytes':5},{'item':"
			    "3,'requirement':'a.e1'"
			    ",'ordinal':2,'media_type':'video/mp4','restricted':true}]}";
static const char entry[] = "{'entry':{'title':'T','requirements':[{'code':'a.e1','title':'Plan'}],"
			    "'questions':[{'code':"
			    "'a.o1','prompt':'Why?'}],'rubric':{'criteria':[" CRITERION "]}}}";

static void given_reading(void)
{
	teacher_kit_open(&readings_routes);
	given_answer("get_reading", reading);
	given_answer("list_items", items);
	given_answer("get_entry", entry);
	given_answer("get_draft", "{'ratings':[{'row':'a.r1','level':'yes','feedback':'So far'}]}");
	given_answer("save_ratings", "{}");
	given_answer("complete_reading", "{'state':'completed'}");
	given_answer("declare_conflict", "{}");
}

static json_t *at(const json_t *object, const char *list, size_t i)
{
	return json_array_get(json_object_get(object, list), i);
}

static const char *text(const json_t *object, const char *member)
{
	const char *value = json_string_value(json_object_get(object, member));

	return value != NULL ? value : "";
}

static const json_t *ordered(const char *command)
{
	const json_t *order = json_array_get(got.orders, 0);

	ck_assert_uint_eq(json_array_size(got.orders), 1);
	ck_assert_str_eq(text(order, "command"), command);
	return json_object_get(order, "fields");
}

START_TEST(a_reading_shows_rows_with_their_evidence_and_what_was_typed)
{
	const json_t *row;

	given_reading();
	ck_assert_uint_eq(when_teacher(GET, "/readings/" R, NULL), 200);
	row = at(got.page, "rows", 0);
	ck_assert_str_eq(text(row, "feedback"), "So far");
	ck_assert(json_is_true(json_object_get(at(row, "levels", 1), "is_checked")));
	ck_assert(json_is_true(json_object_get(at(row, "levels", 1), "is_pass")));
	ck_assert_uint_eq(json_array_size(json_object_get(row, "judged_by")), 2);
	ck_assert(json_is_true(json_object_get(at(got.page, "items", 0), "is_pdf")));
	ck_assert_str_eq(text(at(got.page, "items", 1), "prompt"), "Why?");
	ck_assert_ptr_null(json_object_get(at(got.page, "items", 2), "is_video"));
	teacher_kit_close();
}
END_TEST

START_TEST(a_reading_that_is_not_opened_shows_no_evidence)
{
	given_reading();
	given_refusal("list_items", "");
	ck_assert_uint_eq(when_teacher(GET, "/readings/" R, NULL), 200);
	ck_assert_str_eq(got.template, "reading_start");
	ck_assert_uint_eq(when_teacher(POST, "/readings/" R, "{'level-a.r1':'yes'}"), 409);
	ck_assert_str_eq(got.problem, "NOT_OPENED");
	teacher_kit_close();
}
END_TEST

START_TEST(another_ones_reading_is_not_there)
{
	given_reading();
	given_refusal("get_reading", "");
	ck_assert_uint_eq(when_teacher(GET, "/readings/" R, NULL), 404);
	ck_assert_uint_eq(when_teacher(POST, "/readings/" R, "{'level-a.r1':'yes'}"), 404);
	ck_assert_uint_eq(when_teacher(PUT, "/readings/" R "/draft", "{}"), 404);
	ck_assert_uint_eq(when_teacher(POST, "/readings/" R "/conflict", "{}"), 404);
	ck_assert_uint_eq(json_array_size(got.orders), 0);
	teacher_kit_close();
}
END_TEST

START_TEST(fields_of_a_form_are_saved_as_far_as_they_are_typed)
{
	const json_t *rating;

	given_reading();
	ck_assert_uint_eq(
		when_teacher(PUT, "/readings/" R "/draft",
			     "{'confidence-a.r1':'7','feedback-a.r1':'a\\r\\nb','x':'y'}"),
		200);
	rating = at(ordered("save_ratings"), "ratings", 0);
	ck_assert_str_eq(text(rating, "row"), "a.r1");
	ck_assert_str_eq(text(rating, "feedback"), "a\nb");
	ck_assert_int_eq(json_integer_value(json_object_get(rating, "confidence")), 0);
	teacher_kit_close();
}
END_TEST

static const struct wrong {
	const char *body;
	unsigned status;
} wrongs[] = {
	{"{}", 422},
	{"{'level-a.r1':'yes'}", 422},
	{"{'level-a.r1':'maybe','confidence-a.r1':'3'}", 422},
	{"{'level-a.r1':'no','confidence-a.r1':'3','feedback-a.r1':'two words'}", 422},
	{"{'level-a.r1':'no','confidence-a.r1':'3','feedback-a.r1':'now three words'}", 200},
	{"{'ratings':[{'row':'a.r1','level':'yes','confidence':1}]}", 200},
};

START_TEST(a_reading_is_completed_only_when_every_row_is_ready)
{
	given_reading();
	ck_assert_uint_eq(when_teacher(POST, "/readings/" R, wrongs[_i].body), wrongs[_i].status);
	if (wrongs[_i].status == 200)
		ordered("complete_reading");
	else
		ck_assert_uint_eq(json_array_size(got.orders), 0);
	teacher_kit_close();
}
END_TEST

START_TEST(a_conflict_is_declared_by_the_reading_alone)
{
	const json_t *fields;

	given_reading();
	ck_assert_uint_eq(when_teacher(POST, "/readings/" R "/conflict", "{}"), 200);
	fields = ordered("declare_conflict");
	ck_assert_uint_eq(json_object_size(fields), 1);
	ck_assert_str_eq(text(fields, "reading"), R);
	teacher_kit_close();
}
END_TEST

START_TEST(a_lead_sees_what_both_said_and_settles_it)
{
	teacher_kit_open(&adjudications_routes);
	given_answer(
		"get_adjudication",
		"{'submission':'" S "','rows':['a.r1'],'code':'A','entry':'" E
		"','version':1," LEVELS ",'readings':[{'ordinal':1,'ratings':[{'row':'a.r1',"
		"'level':'no','confidence':2,'feedback':'Because.'}]},{'ordinal':2,'ratings':[{"
		"'row':'a.r1','level':'yes','confidence':4}]}]}");
	given_answer("get_entry", entry);
	given_answer("adjudicate", "{'state':'released','decided':true}");
	ck_assert_uint_eq(when_teacher(GET, "/adjudications/" S, NULL), 200);
	ck_assert_str_eq(text(at(at(got.page, "rows", 0), "said", 0), "level_text"), "Not yet");
	ck_assert_str_eq(text(at(at(got.page, "rows", 0), "said", 1), "level_text"), "Yes");
	ck_assert_uint_eq(when_teacher(POST, "/adjudications/" S, "{}"), 422);
	ck_assert_uint_eq(when_teacher(POST, "/adjudications/" S,
				       "{'level-a.r1':'yes','confidence-a.r1':'5'}"),
			  200);
	ordered("adjudicate");
	given_refusal("get_adjudication", "");
	ck_assert_uint_eq(when_teacher(GET, "/adjudications/" S, NULL), 404);
	teacher_kit_close();
}
END_TEST

START_TEST(a_report_says_in_words_what_too_few_readings_cannot_tell)
{
	teacher_kit_open(&reports_routes);
	given_answer(
		"get_report",
		"{'code':'A','title':'T','reads_needed':30,'rows':[{'row':'a.r1','title':'One',"
		"'reads':2},{'row':'a.r2','title':'Two','reads':40,'is_published':true,'verdicts'"
		":['healthy'],'figures':[{'name':'exact','is_defined':true,'value':0.9,"
		"'has_interval':true,'low':0.8,'high':0.95},{'name':'ac1','is_defined':false}]}]"
		"}");
	ck_assert_uint_eq(when_teacher(GET, "/reports/agreement/A", NULL), 200);
	ck_assert_ptr_null(json_object_get(at(got.page, "rows", 0), "bar"));
	ck_assert_str_ne(text(at(got.page, "rows", 0), "verdict_text"), "");
	ck_assert_str_eq(text(at(got.page, "rows", 1), "exact_text"), "0.90");
	ck_assert_int_eq(json_integer_value(json_object_get(
				 json_object_get(at(got.page, "rows", 1), "bar"), "width")),
			 540);
	teacher_kit_close();
}
END_TEST

START_TEST(a_coach_sees_those_of_their_own_district_only)
{
	teacher_kit_open(&coaching_routes);
	given_answer("list_coaching",
		     "{'rows':[{'enrollment':'" S "','educator':'" BEN_ID
		     "','attempts':3,'code':'A','school':'" E "','district':'" D "'}]}");
	given_answer("open_names", "{'person':{'name':'Ben Ruiz'}}");
	given_answer("record_coaching", "{}");
	given_org(D);
	ck_assert_uint_eq(when_teacher(GET, "/coaching", NULL), 200);
	ck_assert_str_eq(text(at(got.page, "waiting", 0), "name"), "Ben Ruiz");
	ck_assert_ptr_null(json_object_get(at(got.page, "waiting", 0), "educator"));
	ck_assert_uint_eq(when_teacher(POST, "/coaching/" S, "{}"), 200);
	ordered("record_coaching");
	given_org(R);
	ck_assert_uint_eq(when_teacher(GET, "/coaching", NULL), 200);
	ck_assert_uint_eq(json_array_size(json_object_get(got.page, "waiting")), 0);
	ck_assert_uint_eq(when_teacher(POST, "/coaching/" S, "{}"), 404);
	ck_assert_uint_eq(json_array_size(got.orders), 0);
	given_org(NULL);
	teacher_kit_close();
}
END_TEST

START_TEST(a_seat_says_what_comes_next)
{
	teacher_kit_open(&seats_routes);
	given_answer("get_entry", entry);
	given_refusal("get_seat", "UNKNOWN_ASSESSOR");
	ck_assert_uint_eq(when_teacher(GET, "/seat/A", NULL), 200);
	ck_assert(json_is_true(json_object_get(got.page, "can_apply")));
	given_answer("get_seat", "{'state':'training'}");
	ck_assert_uint_eq(when_teacher(GET, "/seat/A", NULL), 200);
	ck_assert(json_is_true(json_object_get(got.page, "can_calibrate")));
	ck_assert_ptr_null(json_object_get(got.page, "can_apply"));
	teacher_kit_close();
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("gateway reader");
	TCase *tcase = tcase_create("reader");

	tcase_add_test(tcase, a_reading_shows_rows_with_their_evidence_and_what_was_typed);
	tcase_add_test(tcase, a_reading_that_is_not_opened_shows_no_evidence);
	tcase_add_test(tcase, another_ones_reading_is_not_there);
	tcase_add_test(tcase, fields_of_a_form_are_saved_as_far_as_they_are_typed);
	tcase_add_loop_test(tcase, a_reading_is_completed_only_when_every_row_is_ready, 0,
			    (int)ARRAY_LEN(wrongs));
	tcase_add_test(tcase, a_conflict_is_declared_by_the_reading_alone);
	tcase_add_test(tcase, a_lead_sees_what_both_said_and_settles_it);
	tcase_add_test(tcase, a_report_says_in_words_what_too_few_readings_cannot_tell);
	tcase_add_test(tcase, a_coach_sees_those_of_their_own_district_only);
	tcase_add_test(tcase, a_seat_says_what_comes_next);
	suite_add_tcase(suite, tcase);
	return suite;
}
