/* What a licensure system answers: taken whole, or not at all. */
#include "services/issuance/rules/state_answers.h"
#include "tests/support/suite.h"

#include <string.h>

static const struct answer_field in_columns[] = {
	{"file", ANSWER_RUN, 0, 0},      {"record", ANSWER_RECORD, 0, 0},
	{"result", ANSWER_RESULT, 0, 0}, {"code", ANSWER_CODE, 0, 0},
	{"text", ANSWER_TEXT, 0, 0},     {"reference", ANSWER_REFERENCE, 0, 0}};
static const struct answer_field in_places[] = {{"record", ANSWER_RECORD, 1, 8},
						{"result", ANSWER_RESULT, 9, 9},
						{"code", ANSWER_CODE, 10, 13},
						{"text", ANSWER_TEXT, 14, 300}};
static const struct answer_layout csv = {false, in_columns, ARRAY_LEN(in_columns), 0, "OK",
					 "NO",  14};
static const struct answer_layout fixed = {true, in_places, ARRAY_LEN(in_places), 1, "A", "R", 14};

static struct arena *arena;
static struct state_answers got;

static void setup(void)
{
	arena = arena_new(4096);
}

static void teardown(void)
{
	arena_destroy(&arena);
}

static bool read_text(const struct answer_layout *layout, const char *text)
{
	return state_answers_read(layout, bytes_of_text(text), arena, &got);
}

START_TEST(answers_come_in_order_of_their_records_with_code_and_text)
{
	ck_assert(read_text(&csv, "\xef\xbb\xbf"
				  "record,file,result,text,code\r\n"
				  "2,1,NO,\"no such, license\",E07\r\n"
				  "1,1,OK,,\r\n"
				  "1,2,NO,,\r\n"));
	ck_assert_uint_eq(got.n, 3);
	ck_assert(got.list[0].accepted);
	ck_assert_str_eq(got.list[1].because, "E07: no such, license");
	ck_assert_str_eq(got.list[2].because, "refused without a reason");
	ck_assert_uint_eq(got.list[2].run, 2);
}
END_TEST

START_TEST(a_fixed_width_is_read_by_its_positions)
{
	ck_assert(read_text(&fixed, "HEAD of 2026\r\n"
				    "00000002RE07 no such component   \r\n"
				    "\r\n"
				    "00000001A"));
	ck_assert_uint_eq(got.n, 2);
	ck_assert(got.list[0].accepted);
	ck_assert_str_eq(got.list[1].because, "E07: no such component");
}
END_TEST

START_TEST(an_answer_given_twice_alike_counts_once)
{
	ck_assert(read_text(&csv, "file,record,result\n1,7,OK\n1,7,OK\n"));
	ck_assert_uint_eq(got.n, 1);
	ck_assert_uint_eq(got.n_repeated, 1);
}
END_TEST

/* The longest reason keeps whole characters. */
START_TEST(a_long_reason_is_cut_between_characters)
{
	char text[1100] = "file,record,result,text\n1,1,NO,";

	for (size_t i = 0; i < 199; i++)
		strcat(text, "x");
	strcat(text, "\xc3\xb1\xc3\xb1\n");
	ck_assert(read_text(&csv, text));
	ck_assert_uint_eq(strlen(got.list[0].because), 199);
}
END_TEST

static const struct {
	const struct answer_layout *layout;
	const char *text, *fault;
} wrong[] = {
	{&csv, "", "the file is empty"},
	{&csv, "file,record,result\n", "it answers nothing"},
	{&csv, "file,result\n1,OK\n", "there is no column record"},
	{&csv, "file,record,result\n1,1,perhaps\n", "line 2: OK or NO is expected"},
	{&csv, "file,record,result\n1,one,OK\n", "line 2: it does not say of which record"},
	{&csv, "file,record,result\n1,0,OK\n", "line 2: it does not say of which record"},
	{&csv, "file,record,result\n,1,OK\n", "line 2: it does not say of which record"},
	{&csv, "file,record,result\n1,4294967296,OK\n", "line 2: it does not say of which record"},
	{&csv, "file,record,result\n1,-1,OK\n", "line 2: it does not say of which record"},
	{&csv, "file,record,result\n1,1,OK\n1,2,OK\n1,1,NO\n", "lines 2 and 4 contradict"},
	{&csv, "file,record,result\n1,1,OK,more\n", "more fields than there are columns"},
	{&csv, "file,record,result\n1,1,\"OK\n", "does not end"},
	{&csv, "file,record,result\n1,1,\xff\n", "not UTF-8"},
	{&fixed, "H\n00000001?", "line 2: A or R is expected"},
	{&fixed, "H\n        A", "line 2: it does not say of which record"},
	{&fixed, "H\n00000001R\xc3\xb1", "line 2: it has other characters"},
	{&fixed, "00000001A", "it answers nothing"},
};

START_TEST(what_cannot_be_read_is_a_fault_that_names_the_line)
{
	ck_assert(!read_text(wrong[_i].layout, wrong[_i].text));
	ck_assert_msg(strstr(got.fault, wrong[_i].fault) != NULL, "%s", got.fault);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("state answers");
	TCase *cases = tcase_create("reading");

	tcase_add_checked_fixture(cases, setup, teardown);
	tcase_add_test(cases, answers_come_in_order_of_their_records_with_code_and_text);
	tcase_add_test(cases, a_fixed_width_is_read_by_its_positions);
	tcase_add_test(cases, an_answer_given_twice_alike_counts_once);
	tcase_add_test(cases, a_long_reason_is_cut_between_characters);
	tcase_add_loop_test(cases, what_cannot_be_read_is_a_fault_that_names_the_line, 0,
			    (int)ARRAY_LEN(wrong));
	suite_add_tcase(suite, cases);
	return suite;
}
