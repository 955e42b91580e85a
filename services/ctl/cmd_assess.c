/* Assessors, readings, decisions. */
#include "services/ctl/commands.h"
#include "services/ctl/upload.h"

#include "proto/assessment.pb-c.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define FEEDBACK_MAX ((size_t)20000)
#define CONFIDENCE 5 /* when none is given */

/* ---- ratings ---- */

/* "lit-101.r1=met:4" */
static json_t *rating_of_text(struct ctl *c, const char *text)
{
	char *row = arena_text(c->arena, bytes_of_text(text)), *level = strchr(row, '='), *sure,
	     *end;
	long confidence = CONFIDENCE;

	if (level == NULL || level == row || level[1] == '\0') {
		ctl_fault(c, CTL_USAGE, "--row: CODE=LEVEL[:CONFIDENCE] is expected, not \"%s\"",
			  text);
		return NULL;
	}
	*level++ = '\0';
	sure = strchr(level, ':');
	if (sure != NULL) {
		*sure++ = '\0';
		confidence = strtol(sure, &end, 10);
		if (*sure == '\0' || *end != '\0' || confidence < 1 || confidence > 5) {
			ctl_fault(c, CTL_USAGE, "--row: the confidence is 1 to 5, not \"%s\"",
				  sure);
			return NULL;
		}
	}
	return json_pack("{s:s, s:s, s:i}", "row", row, "level", level, "confidence",
			 (int)confidence);
}

static json_t *rating_of_row(json_t *ratings, const char *row, size_t len)
{
	json_t *rating;
	size_t i;

	json_array_foreach(ratings, i, rating)
	{
		const char *code = json_string_value(json_object_get(rating, "row"));

		if (strlen(code) == len && memcmp(code, row, len) == 0)
			return rating;
	}
	return NULL;
}

/* "lit-101.r1=FILE", or the text itself where no such file is. */
static void add_feedback(struct ctl *c, json_t *ratings, const char *text)
{
	const char *equals = strchr(text, '=');
	json_t *rating =
		equals == NULL ? NULL : rating_of_row(ratings, text, (size_t)(equals - text));
	struct bytes feedback;
	struct stat st;

	if (rating == NULL) {
		ctl_fault(c, CTL_USAGE,
			  "--feedback: CODE=FILE or CODE=TEXT is expected, CODE being "
			  "one of --row, not \"%.80s\"",
			  text);
		return;
	}
	feedback = bytes_of_text(equals + 1);
	if (stat(equals + 1, &st) == 0 && S_ISREG(st.st_mode) &&
	    !file_read(c, equals + 1, FEEDBACK_MAX, &feedback))
		return;
	json_object_set_new(rating, "feedback",
			    json_stringn((const char *)feedback.data, feedback.len));
	if (json_object_get(rating, "feedback") == NULL)
		ctl_fault(c, CTL_USAGE, "--feedback: is not text in UTF-8");
}

static json_t *given_ratings(struct ctl *c)
{
	json_t *ratings = json_array();
	const char *text;

	for (size_t i = 0; (text = given_nth(c, "row", i)) != NULL; i++) {
		json_t *rating = rating_of_text(c, text);

		if (rating != NULL)
			json_array_append_new(ratings, rating);
	}
	for (size_t i = 0; !ctl_failed(c) && (text = given_nth(c, "feedback", i)) != NULL; i++)
		add_feedback(c, ratings, text);
	return ratings;
}

/* "lit-101.r1=own_reflection" */
static json_t *given_differences(struct ctl *c)
{
	json_t *differences = json_array();
	const char *text;

	for (size_t i = 0; (text = given_nth(c, "differs", i)) != NULL; i++) {
		const char *equals = strchr(text, '=');

		if (equals == NULL || equals == text || equals[1] == '\0')
			ctl_fault(c, CTL_USAGE, "--differs: CODE=WORD is expected, not \"%.80s\"",
				  text);
		else
			json_array_append_new(differences,
					      json_pack("{s:s%, s:s}", "row", text,
							(int)(equals - text), "why", equals + 1));
	}
	return differences;
}

static void send_ratings(struct ctl *c, const char *member, const struct id *entity)
{
	json_t *fields = given_fields(c);

	json_object_set_new(fields, "ratings", given_ratings(c));
	if (is_given(c, "differs"))
		json_object_set_new(fields, "differences", given_differences(c));
	if (!ctl_send_fields(c, TO_ASSESSMENT, entity, member, fields))
		return;
	if (c->done.answer != NULL)
		tell_message(c, c->done.answer);
	say_done(c, TO_ASSESSMENT);
}

static int rate(struct ctl *c)
{
	struct id reading = given_id(c, "reading");

	send_ratings(c, "complete_reading", &reading);
	return ctl_exit_code(c);
}

static int adjudicate(struct ctl *c)
{
	struct id submission = given_id(c, "submission");

	send_ratings(c, "adjudicate", &submission);
	return ctl_exit_code(c);
}

/* ---- opening evidence ---- */

/* A reading that was assigned; or, for a lead, a submission that is disputed, under a new reading.
 */
static int open_reading(struct ctl *c)
{
	json_t *fields = given_fields(c);
	struct id reading = given_id(c, "reading");

	if (is_given(c, "reading") == is_given(c, "submission"))
		ctl_fault(c, CTL_USAGE, "either a reading or --submission is expected");
	if (id_is_none(&reading))
		reading = ctl_made_id(c, "reading", 0);
	json_object_set_new(fields, "reading", json_string(ID_STR(bytes_of_id(&reading))));
	if (ctl_send_fields(c, TO_EVIDENCE, &reading, "open_reading", fields)) {
		tell_id(c, "reading", &reading);
		say(c, "reading: %s\n", ID_STR(bytes_of_id(&reading)));
	}
	return ctl_exit_code(c);
}

#define READING WORD("reading", "READING", "the reading's id", P_ID, MUST)
#define SUBMISSION WORD("submission", "SUBMISSION", "the submission's id", P_ID, MUST)
#define BY OWN_OPTION("assessor", "ASSESSOR", "whose reading it is", P_ID, MAY)
#define RATINGS                                                                                    \
	OWN_OPTION("row", "CODE=LEVEL[:CONFIDENCE]",                                               \
		   "the level of a row, and how sure you are, 1 to 5 (default 5)", P_TEXT,         \
		   AT_LEAST_ONE),                                                                  \
		OWN_OPTION("feedback", "CODE=FILE|TEXT", "what the author is told about a row",    \
			   P_TEXT, ANY_NUMBER)
#define ASSESSMENT .to = TO_ASSESSMENT

static const struct command rows[] = {
	{"assessor", "add", "register an assessor",
	 PARAMS(OPTION_OF("org", "orgs", "ORG", "a school or district of conflict", P_ID,
			  ANY_NUMBER),
		OPTION("educator", "EDUCATOR", "the same person as an educator", P_ID, MAY),
		FLAG("lead", "may adjudicate and waive")),
	 ASSESSMENT, .sends = "register_assessor", .makes = "assessor"},
	{"assessor", "qualify", "let an assessor read for a micro-credential",
	 PARAMS(WORD("assessor", "ASSESSOR", "the assessor's id", P_ID, MUST),
		OPTION_OF("code", "entry", "CODE", "of the micro-credential", P_ENTRY, MUST),
		OPTION_OF("until", "until_us", "DATE", "when it ends", P_TIME, MUST)),
	 ASSESSMENT, .sends = "qualify_assessor"},
	{"assessor", "retire", "give an assessor no more readings",
	 PARAMS(WORD("assessor", "ASSESSOR", "the assessor's id", P_ID, MUST)), ASSESSMENT,
	 .sends = "retire_assessor"},
	{"assessor", "show", "show an assessor",
	 PARAMS(WORD("assessor", "ASSESSOR", "the assessor's id", P_ID, MUST)), ASSESSMENT,
	 .asks = "get_assessor", .actor = "assessor"},
	{"assess", "queue", "list submissions that are on their way to a decision",
	 PARAMS(OPTION("state", "STATE", "only these: queued, reading, adjudication ...", P_TEXT,
		       MAY),
		OPTION("after", "SUBMISSION", "go on after this one", P_ID, MAY),
		OPTION("limit", "N", "at most so many", P_COUNT, MAY),
		FLAG("overdue", "only what is late, or will be by the forecast")),
	 ASSESSMENT, .asks = "get_queue"},
	{"assess", "next", "assign the next reading to an assessor",
	 PARAMS(OPTION("assessor", "ASSESSOR", "who wants to read", P_ID, MUST)), ASSESSMENT,
	 .sends = "next_reading", .makes = "reading", .actor = "assessor"},
	{"assess", "show", "show what a reading asks: rows, levels, until when",
	 PARAMS(READING, BY), ASSESSMENT, .asks = "get_reading", .actor = "assessor"},
	{"assess", "open", "open the evidence of a reading or of a dispute",
	 PARAMS(OWN_WORD("reading", "READING", "the reading's id", P_ID, MAY),
		OPTION("submission", "SUBMISSION", "as a lead: what is disputed", P_ID, MAY),
		OWN_OPTION("assessor", "ASSESSOR", "who opens it", P_ID, MAY)),
	 .run = open_reading, .actor = "assessor"},
	{"assess", "items", "list the evidence of an open reading", PARAMS(READING, BY),
	 .to = TO_EVIDENCE, .asks = "list_items", .actor = "assessor"},
	{"assess", "fetch", "fetch an item of an open reading; it is recorded",
	 PARAMS(OWN_WORD("reading", "READING", "the reading's id", P_ID, MUST),
		OWN_WORD("item", "ITEM", "its number in the list", P_COUNT, MUST),
		OWN_OPTION("to", "FILE", "where to", P_TEXT, MUST), BY),
	 .run = fetch_item, .actor = "assessor"},
	{"assess", "rate", "complete a reading: every open row, with its level",
	 PARAMS(READING, RATINGS,
		OWN_OPTION("differs", "CODE=WORD", "why a shared row is rated otherwise", P_TEXT,
			   ANY_NUMBER),
		BY),
	 .run = rate, .actor = "assessor"},
	{"assess", "conflict", "hand back what is by somebody one is related to",
	 PARAMS(READING, BY), ASSESSMENT, .sends = "declare_conflict", .actor = "assessor"},
	{"assess", "disputed", "show both readings of a disputed submission to a lead",
	 PARAMS(SUBMISSION, BY), ASSESSMENT, .asks = "get_adjudication", .actor = "assessor"},
	{"assess", "adjudicate", "settle the rows on which two readings disagree",
	 PARAMS(SUBMISSION, OPTION("assessor", "ASSESSOR", "the lead", P_ID, MUST), RATINGS),
	 .run = adjudicate, .actor = "assessor"},
	{"assess", "release", "release a decision that waits for it", PARAMS(SUBMISSION),
	 ASSESSMENT, .sends = "release"},
	{"assess", "feedback", "show the author's feedback", PARAMS(SUBMISSION), ASSESSMENT,
	 .asks = "get_feedback"},
	{"assess", "coach", "record a coach's meeting: one more attempt",
	 PARAMS(WORD("enrollment", "ENROLLMENT", "the enrollment's id", P_ID, MUST)), ASSESSMENT,
	 .sends = "record_coaching"},
	{"assess", "waive", "let those read who read an earlier attempt",
	 PARAMS(SUBMISSION, OPTION("assessor", "ASSESSOR", "the lead who waives", P_ID, MUST)),
	 ASSESSMENT, .sends = "waive_same_reader", .actor = "assessor"},
	{"assess", "screen", "let a submission pass that a person must screen", PARAMS(SUBMISSION),
	 ASSESSMENT, .sends = "screen"},
	{"assess", "return", "give an incomplete submission back; it is no attempt",
	 PARAMS(SUBMISSION, OPTION("why", "WORD", "one word of a-z, 0-9 and _", P_TEXT, MUST)),
	 ASSESSMENT, .sends = "return_incomplete"},
};

const struct command_list assess_commands = {rows, ARRAY_LEN(rows)};
