/* Seats of assessors: applying, training, calibrating; and the anchors that they are read against.
 */
#include "services/ctl/commands.h"

#include <string.h>

/* ---- the truth of an anchor ---- */

/* "lit-101.r1=met" */
static json_t *truth_of_text(struct ctl *c, const char *text)
{
	char *row = arena_text(c->arena, bytes_of_text(text)), *level = strchr(row, '=');

	if (level == NULL || level == row || level[1] == '\0') {
		ctl_fault(c, CTL_USAGE, "--row: CODE=LEVEL is expected, not \"%s\"", text);
		return NULL;
	}
	*level++ = '\0';
	return json_pack("{s:s, s:s}", "row", row, "level", level);
}

static int rate_anchor(struct ctl *c)
{
	struct id submission = given_id(c, "submission");
	json_t *fields = given_fields(c), *ratings = json_array();
	const char *text;

	for (size_t i = 0; (text = given_nth(c, "row", i)) != NULL; i++) {
		json_t *truth = truth_of_text(c, text);

		if (truth != NULL)
			json_array_append_new(ratings, truth);
	}
	json_object_set_new(fields, "ratings", ratings);
	if (ctl_send_fields(c, TO_ASSESSMENT, &submission, "rate_anchor", fields))
		say_done(c, TO_ASSESSMENT);
	return ctl_exit_code(c);
}

#define ASSESSOR WORD("assessor", "ASSESSOR", "the assessor's id", P_ID, MUST)
#define CODE OPTION_OF("code", "entry", "CODE", "of the micro-credential", P_ENTRY, MUST)
#define SUBMISSION WORD("submission", "SUBMISSION", "the submission's id", P_ID, MUST)
#define ASSESSMENT .to = TO_ASSESSMENT

static const struct command rows[] = {
	{"assess", "apply", "apply for a seat: to read for a micro-credential",
	 PARAMS(ASSESSOR, CODE), ASSESSMENT, .sends = "apply_for_seat", .actor = "assessor"},
	{"assess", "train", "begin an applicant's training", PARAMS(ASSESSOR, CODE), ASSESSMENT,
	 .sends = "start_training"},
	{"assess", "calibrate", "begin a calibration: next gives its anchors",
	 PARAMS(ASSESSOR, CODE), ASSESSMENT, .sends = "start_calibration", .actor = "assessor"},
	{"assess", "seat", "show an assessor's seat: state, end, calibration",
	 PARAMS(ASSESSOR, CODE), ASSESSMENT, .asks = "get_seat"},
	{"assess", "weak", "list decisions of an assessor's weak period",
	 PARAMS(ASSESSOR, CODE, OPTION("after", "SUBMISSION", "go on after this one", P_ID, MAY),
		OPTION("limit", "N", "at most so many", P_COUNT, MAY)),
	 ASSESSMENT, .asks = "list_weak"},
	{"assess", "anchor", "say what a released submission truly shows",
	 PARAMS(SUBMISSION, OPTION("by", "PERSON", "who says it: a lead", P_ID, MUST),
		OPTION("second", "PERSON", "as an operator: who says it too", P_ID, MAY),
		OWN_OPTION("row", "CODE=LEVEL", "the level of a row; every row that was open",
			   P_TEXT, AT_LEAST_ONE)),
	 .run = rate_anchor, .actor = "by"},
	{"assess", "anchors", "list the anchors of a micro-credential",
	 PARAMS(CODE,
		OPTION("version", "N", "of the micro-credential; else the newest", P_COUNT, MAY),
		OPTION("after", "SUBMISSION", "go on after this one", P_ID, MAY),
		OPTION("limit", "N", "at most so many", P_COUNT, MAY)),
	 ASSESSMENT, .asks = "list_anchors"},
	{"assess", "withdraw", "give an anchor to nobody any more",
	 PARAMS(SUBMISSION, OPTION("why", "WORD", "one word of a-z, 0-9 and _", P_TEXT, MUST)),
	 ASSESSMENT, .sends = "withdraw_anchor"},
};

const struct command_list seat_commands = {rows, ARRAY_LEN(rows)};
