/* What a receiver says of a posting, and what it says that cannot be read. */
#include "tests/support/suite.h"

#include "services/notification/webhook/webhook_answer.h"

#include <string.h>

#define TEXT_50 "01234567890123456789012345678901234567890123456789"
#define TEXT_200 TEXT_50 TEXT_50 TEXT_50 TEXT_50
#define ENTRY "0190f0a0-0000-7000-8000-000000000001"

static struct arena *arena;

static void setup(void)
{
	arena = arena_new(1024);
}

static void teardown(void)
{
	arena_destroy(&arena);
}

static const struct {
	const char *body;
	bool given, accepted;
	const char *reference, *because, *fault; /* fault: NULL, or its beginning */
} answers[] = {
	{"{\"status\":\"accepted\"}", true, true, "", "", NULL},
	{" {\"status\":\"accepted\",\"reference\":\"R-1 \xc3\xa9\",\"more\":[1]}\n", true, true,
	 "R-1 \xc3\xa9", "", NULL},
	{"{\"status\":\"accepted\",\"reference\":null,\"reason\":\"why\"}", true, true, "", "",
	 NULL},
	{"{\"status\":\"accepted\",\"reference\":\"" TEXT_200 "\"}", true, true, TEXT_200, "",
	 NULL},
	{"{\"status\":\"refused\",\"reason\":\"the license has lapsed\",\"reference\":\"R-2\"}",
	 true, false, "R-2", "the license has lapsed", NULL},
	{"{\"status\":\"refused\"}", true, false, "", "no reason was given", NULL},
	/* Nothing is said. */
	{"", false, false, "", "", NULL},
	{"ok", false, false, "", "", NULL},
	{"\"accepted\"", false, false, "", "", NULL},
	{"[{\"status\":\"accepted\"}]", false, false, "", "", NULL},
	{"{\"received\":true}", false, false, "", "", NULL},
	{"{\"status\":\"accepted\"", false, false, "", "", NULL},
	{"{\"status\":\"accepted\",\"status\":\"refused\"}", false, false, "", "", NULL},
	/* Something is said and cannot be read. */
	{"{\"status\":\"ok\"}", false, false, "", "", "status "},
	{"{\"status\":\"ACCEPTED\"}", false, false, "", "", "status "},
	{"{\"status\":200}", false, false, "", "", "status "},
	{"{\"status\":null}", false, false, "", "", "status "},
	{"{\"status\":\"accepted\",\"reference\":7}", false, false, "", "", "reference "},
	{"{\"status\":\"accepted\",\"reference\":\"" TEXT_200 "x\"}", false, false, "", "",
	 "reference "},
	{"{\"status\":\"accepted\",\"reference\":\"a\\u0007b\"}", false, false, "", "",
	 "reference "},
	{"{\"status\":\"refused\",\"reason\":{}}", false, false, "", "", "reason "},
	{"{\"status\":\"refused\",\"reason\":\"\\u001b[31m\"}", false, false, "", "", "reason "},
};

START_TEST(an_answer_is_read)
{
	struct sink_answer a;
	const char *fault = webhook_answer_read(bytes_of_text(answers[_i].body), arena, &a);

	ck_assert_int_eq(a.given, answers[_i].given);
	ck_assert_int_eq(a.accepted, answers[_i].accepted);
	ck_assert_str_eq(a.reference, answers[_i].reference);
	ck_assert_str_eq(a.because, answers[_i].because);
	ck_assert_int_eq(fault == NULL, answers[_i].fault == NULL);
	if (fault != NULL)
		ck_assert(strncmp(fault, answers[_i].fault, strlen(answers[_i].fault)) == 0);
}
END_TEST

static const struct {
	const char *data;
	bool found;
} events[] = {
	{"{\"ledger\":{\"entryId\":\"urn:uuid:" ENTRY "\"},\"credentialId\":\"x\"}", true},
	{"{\"ledger\":{\"entryId\":\"" ENTRY "\"}}", false},
	{"{\"ledger\":{\"entryId\":\"urn:uuid:1\"}}", false},
	{"{\"ledger\":{\"entryId\":7}}", false},
	{"{\"ledger\":\"urn:uuid:" ENTRY "\"}", false},
	{"{\"credentialId\":\"urn:uuid:" ENTRY "\"}", false},
	{"7", false},
	{"", false},
};

START_TEST(an_event_of_the_ledger_tells_its_posting)
{
	Cairn__CloudEvent event = CAIRN__CLOUD_EVENT__INIT;
	struct id posting;

	ck_assert(!webhook_posting(&event, &posting));
	event.data_case = CAIRN__CLOUD_EVENT__DATA_TEXT_DATA;
	event.text_data = arena_text(arena, bytes_of_text(events[_i].data));
	ck_assert_int_eq(webhook_posting(&event, &posting), events[_i].found);
	if (events[_i].found)
		ck_assert_str_eq(ID_STR(bytes_of_id(&posting)), ENTRY);
}
END_TEST

static const struct {
	const char *body;
	bool echoes;
} echoes[] = {
	{"c0ffee", true},
	{" \r\n\tc0ffee\n", true},
	{"{\"challenge\":\"c0ffee\"}", true},
	{"{\"ok\":true,\"challenge\":\"c0ffee\"}", true},
	{"\"c0ffee\"", false},
	{"c0ffee c0ffee", false},
	{"c0ffe", false},
	{"{\"challenge\":\"\"}", false},
	{"{\"data\":{\"challenge\":\"c0ffee\"}}", false},
	{"{\"challenge\":7}", false},
	{"", false},
	{" ", false},
};

START_TEST(a_challenge_is_said_back_or_not)
{
	ck_assert_int_eq(webhook_echoes(bytes_of_text(echoes[_i].body), "c0ffee"),
			 echoes[_i].echoes);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("webhook_answer");
	TCase *tcase = tcase_create("webhook_answer");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_loop_test(tcase, an_answer_is_read, 0, (int)ARRAY_LEN(answers));
	tcase_add_loop_test(tcase, an_event_of_the_ledger_tells_its_posting, 0,
			    (int)ARRAY_LEN(events));
	tcase_add_loop_test(tcase, a_challenge_is_said_back_or_not, 0, (int)ARRAY_LEN(echoes));
	suite_add_tcase(suite, tcase);
	return suite;
}
