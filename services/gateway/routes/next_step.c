/* What a teacher does next in an enrollment. */
#include "services/gateway/routes/next_step.h"

#include <string.h>

static int64_t number(const json_t *object, const char *name)
{
	return json_integer_value(json_object_get(object, name));
}

static bool is(const json_t *object, const char *name, const char *text)
{
	const char *value = json_string_value(json_object_get(object, name));

	return value != NULL && strcmp(value, text) == 0;
}

static unsigned short_of(const json_t *list, const char *has, const char *least)
{
	unsigned missing = 0;
	size_t i;
	json_t *row;

	json_array_foreach(list, i, row)
	{
		if (json_is_true(json_object_get(row, "open")) &&
		    number(row, has) < number(row, least))
			missing++;
	}
	return missing;
}

unsigned items_missing(const json_t *portfolio)
{
	return short_of(json_object_get(portfolio, "requirements"), "items", "items_min");
}

unsigned answers_missing(const json_t *portfolio)
{
	return short_of(json_object_get(portfolio, "questions"), "words", "words_min");
}

/* While it runs: what evidence says decides, since it hears of a decision in the same moment. */
static const char *running(const json_t *enrollment, const json_t *portfolio)
{
	if (portfolio == NULL)
		return "opening";
	if (is(portfolio, "state", "voided") || is(portfolio, "state", "withdrawn"))
		return "over";
	if (is(portfolio, "state", "passed"))
		return "earned";
	if (is(portfolio, "state", "coach_first"))
		return "coach";
	if (is(portfolio, "state", "sealed"))
		return is(enrollment, "submission_state", "IN_READING") ? "reading" : "wait";
	/* What was sent in before is all still there: that alone is no reason to send it again. */
	if (is(enrollment, "submission_state", "DECIDED"))
		return "resubmit";
	return items_missing(portfolio) + answers_missing(portfolio) == 0 ? "seal" : "collect";
}

const char *next_step(const json_t *enrollment, const json_t *portfolio)
{
	static const struct {
		const char *state, *next;
	} still[] = {{"PAUSED", "resume"},
		     {"LAPSED", "resume"},
		     {"WITHDRAWN", "over"},
		     {"COMPLETED", "earned"}};

	/* Sealed work is assessed whatever becomes of the enrollment. */
	if (is(portfolio, "state", "sealed"))
		return running(enrollment, portfolio);
	for (size_t i = 0; i < sizeof still / sizeof *still; i++)
		if (is(enrollment, "state", still[i].state))
			return still[i].next;
	return running(enrollment, portfolio);
}
