/* What a teacher is told to do next, from what the services say. */
#include "services/gateway/routes/next_step.h"

#include "tests/support/suite.h"

static const char missing[] = "\"requirements\":[{\"open\":true,\"items\":0,\"items_min\":1}]";
static const char complete[] = "\"requirements\":[{\"open\":true,\"items\":1,\"items_min\":1}],"
			       "\"questions\":[{\"open\":true,\"words\":90,\"words_min\":75}]";

static const struct next_case {
	const char *state, *submission, *portfolio, *rest, *next;
	int attempt;
} cases[] = {
	{"ACTIVE", "", NULL, "", "opening", 1},
	{"ACTIVE", "", "open", missing, "collect", 1},
	{"ACTIVE", "", "open", complete, "seal", 1},
	{"ACTIVE", "SEALED", "sealed", "", "wait", 1},
	{"ACTIVE", "IN_READING", "sealed", "", "reading", 1},
	{"ACTIVE", "RECALLED", "open", complete, "seal", 1},
	{"ACTIVE", "DECIDED", "open", missing, "resubmit", 2},
	{"ACTIVE", "DECIDED", "open", complete, "resubmit", 2},
	{"ACTIVE", "DECIDED", "coach_first", missing, "coach", 4},
	{"ACTIVE", "DECIDED", "passed", "", "earned", 1},
	{"ACTIVE", "DECIDED", "voided", "", "over", 1},
	{"PAUSED", "", "paused", missing, "resume", 1},
	{"LAPSED", "", "lapsed", missing, "resume", 1},
	{"WITHDRAWN", "", "withdrawn", missing, "over", 1},
	{"COMPLETED", "DECIDED", "passed", "", "earned", 1},
	/* sealed work is assessed whatever has become of the enrollment */
	{"LAPSED", "IN_READING", "sealed", "", "reading", 1},
};

static json_t *portfolio_of(const struct next_case *c)
{
	char text[400];

	if (c->portfolio == NULL)
		return NULL;
	snprintf(text, sizeof text, "{\"state\":\"%s\",\"attempt\":%d%s%s}", c->portfolio,
		 c->attempt, c->rest[0] != '\0' ? "," : "", c->rest);
	return json_loads(text, 0, NULL);
}

START_TEST(the_next_step_follows_from_the_states)
{
	const struct next_case *c = &cases[_i];
	json_t *enrollment =
		json_pack("{s:s, s:s}", "state", c->state, "submission_state", c->submission);
	json_t *portfolio = portfolio_of(c);

	ck_assert_str_eq(next_step(enrollment, portfolio), c->next);
	json_decref(enrollment);
	json_decref(portfolio);
}
END_TEST

START_TEST(only_what_is_open_is_missing)
{
	json_t *portfolio = json_loads("{\"requirements\":[{\"items\":0,\"items_min\":1},"
				       "{\"open\":true,\"items_min\":2,\"items\":1}],"
				       "\"questions\":[{\"open\":true,\"words_min\":75}]}",
				       0, NULL);

	ck_assert_uint_eq(items_missing(portfolio), 1);
	ck_assert_uint_eq(answers_missing(portfolio), 1);
	ck_assert_uint_eq(items_missing(NULL), 0);
	json_decref(portfolio);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("gateway next step");
	TCase *tc = tcase_create("next_step");

	tcase_add_loop_test(tc, the_next_step_follows_from_the_states, 0,
			    (int)(sizeof cases / sizeof cases[0]));
	tcase_add_test(tc, only_what_is_open_is_missing);
	suite_add_tcase(suite, tc);
	return suite;
}
