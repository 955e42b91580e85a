/* Due process: appeals, reviews, integrity cases, and a decision explained from its events. */
#include "services/ctl/commands.h"

#include "proto/assessment.pb-c.h"

#include <inttypes.h>

/* ---- explained ---- */

#define ID_WORDS(id) ID_STR(bytes_of_pb(id))

/* "lit-101.r3 almost, not met, sure 4 of 5": as much as the step says of the row. */
static void say_row(const struct ctl *c, const Assessment__ExplainRow *r)
{
	say(c, "    %s", r->row);
	if (r->level[0] != '\0')
		say(c, " %s, %s", r->level, r->met ? "met" : "not met");
	if (r->confidence > 0)
		say(c, ", confidence %" PRIu32 " of 5", r->confidence);
	say(c, "%s\n", r->kept ? ", kept from an earlier attempt" : "");
}

static void say_persons(const struct ctl *c, const Assessment__ExplainStep *s)
{
	if (s->by.len > 0)
		say(c, " by %s", ID_WORDS(s->by));
	if (s->second.len > 0)
		say(c, " and %s", ID_WORDS(s->second));
}

static void say_decision(const struct ctl *c, const Assessment__ExplainStep *s)
{
	if (s->decision.len > 0)
		say(c, " (decision %s)", ID_WORDS(s->decision));
	if (s->supersedes.len > 0)
		say(c, " in the place of %s", ID_WORDS(s->supersedes));
	if (s->rule[0] != '\0')
		say(c, ": %s by rule %s", s->passed ? "passed" : "not yet", s->rule);
}

static void say_step(const struct ctl *c, const Assessment__ExplainStep *s)
{
	char at[32], due[32];

	time_text(s->at_us, at);
	say(c, "%s  %s", at, s->what);
	if (s->ordinal > 0)
		say(c, " %" PRIu32, s->ordinal);
	say_persons(c, s);
	if (s->why[0] != '\0')
		say(c, ", why: %s", s->why);
	if (s->sample != 0)
		say(c, " (draw %" PRIu64 ", modulo 1000 is %" PRIu64 ")", s->sample,
		    s->sample % 1000);
	if (s->permille > 0)
		say(c, ", share %" PRIu32 " of 1000", s->permille);
	say_decision(c, s);
	if (s->due_us != 0) {
		time_text(s->due_us, due);
		say(c, ", due %s", due);
	}
	say(c, "\n");
	for (size_t i = 0; i < s->n_rows; i++)
		say_row(c, s->rows[i]);
}

static void say_explained(const struct ctl *c, const Assessment__ExplainAnswer *a)
{
	say(c, "%s version %" PRIu32 ": %s\n", a->code, a->version, a->title);
	say(c,
	    "submission %s, attempt %" PRIu32 ", under profile %s version %" PRIu32
	    " and policy version %" PRIu32 "\n",
	    ID_WORDS(a->submission), a->attempt, a->profile, a->profile_version, a->policy_version);
	say(c, "state %s; the clock ran %.1f days and stood still %.1f\n\n", a->state,
	    (double)a->running_us / (double)US_PER_DAY, (double)a->paused_us / (double)US_PER_DAY);
	for (size_t i = 0; i < a->n_steps; i++)
		say_step(c, a->steps[i]);
}

static int explain(struct ctl *c)
{
	const Assessment__ExplainAnswer *a = (const Assessment__ExplainAnswer *)ctl_ask_fields(
		c, TO_ASSESSMENT, "explain", given_fields(c));

	if (a == NULL)
		return ctl_exit_code(c);
	if (c->json)
		tell_message(c, &a->base);
	else
		say_explained(c, a);
	return ctl_exit_code(c);
}

/* ---- founded, by two persons ---- */

static int found(struct ctl *c)
{
	const char *member = is_given(c, "confirm")    ? "confirm_founded"
			     : is_given(c, "withdraw") ? "withdraw_founded"
						       : "propose_founded";
	struct id submission = given_id(c, "submission");

	if (is_given(c, "confirm") && is_given(c, "withdraw"))
		return (int)ctl_fault(c, CTL_USAGE, "--confirm or --withdraw, not both");
	if (ctl_send_fields(c, TO_ASSESSMENT, &submission, member, given_fields(c)))
		say_done(c, TO_ASSESSMENT);
	return ctl_exit_code(c);
}

#define SUBMISSION WORD("submission", "SUBMISSION", "the submission's id", P_ID, MUST)
#define WHY OPTION("why", "WORD", "one word of a-z, 0-9 and _", P_TEXT, MUST)
#define BY OWN_OPTION("assessor", "ASSESSOR", "the lead who does it", P_ID, MAY)
#define ASSESSMENT .to = TO_ASSESSMENT

static const struct command rows[] = {
	{"assess", "explain", "explain a decision from its events, in order",
	 PARAMS(WORD("id", "ID", "of a submission or a decision", P_ID, MUST)), .run = explain},
	{"assess", "appeal", "appeal against a decision that was not yet a pass",
	 PARAMS(SUBMISSION,
		OPTION_OF("row", "rows", "CODE", "about this row (default: all below pass)", P_TEXT,
			  ANY_NUMBER),
		OPTION("reason", "FILE", "what the earner says", P_FILE, MUST),
		OWN_OPTION("educator", "EDUCATOR", "whose work it is", P_ID, MAY)),
	 ASSESSMENT, .sends = "file_appeal", .actor = "educator"},
	{"assess", "review", "have what is decided read once more",
	 PARAMS(SUBMISSION, OPTION("why", "WHY", "back_read, fairness or integrity", P_NAME, MUST)),
	 ASSESSMENT, .sends = "request_review"},
	{"assess", "reviews", "list reviews that are under way, oldest due first",
	 PARAMS(FLAG("overdue", "only those past their date"),
		OPTION("limit", "N", "at most so many", P_COUNT, MAY)),
	 ASSESSMENT, .asks = "get_reviews"},
	{"assess", "flag", "raise an integrity flag: it is read twice", PARAMS(SUBMISSION, WHY, BY),
	 ASSESSMENT, .sends = "flag_integrity", .actor = "assessor"},
	{"assess", "hold", "place an integrity hold: nobody reads or releases it",
	 PARAMS(SUBMISSION, WHY, BY), ASSESSMENT, .sends = "place_hold", .actor = "assessor"},
	{"assess", "clear", "end a hold: it goes back to where it was", PARAMS(SUBMISSION, BY),
	 ASSESSMENT, .sends = "clear_hold", .actor = "assessor"},
	{"assess", "found", "propose that a case is founded; another one confirms",
	 PARAMS(SUBMISSION, OWN_FLAG("confirm", "as the second person: it is voided"),
		OWN_FLAG("withdraw", "take the proposal back"), BY),
	 .run = found, .actor = "assessor"},
};

const struct command_list due_commands = {rows, ARRAY_LEN(rows)};
