/* The table of commands, and what several rules ask first. */
#include "services/assessment/rules.h"

#include <string.h>

#define READER (ROLE_PORTAL | ROLE_OPERATOR)

static const struct rule {
	rule_fn *decide;
	uint32_t roles;
} rules[] = {
	[ASSESSMENT__COMMAND__BODY_REGISTER_ASSESSOR] = {decide_register_assessor, ROLE_OPERATOR},
	[ASSESSMENT__COMMAND__BODY_QUALIFY_ASSESSOR] = {decide_qualify_assessor, ROLE_OPERATOR},
	[ASSESSMENT__COMMAND__BODY_RETIRE_ASSESSOR] = {decide_retire_assessor, ROLE_OPERATOR},
	[ASSESSMENT__COMMAND__BODY_APPLY_FOR_SEAT] = {decide_apply_for_seat, READER},
	[ASSESSMENT__COMMAND__BODY_START_TRAINING] = {decide_start_training, READER},
	[ASSESSMENT__COMMAND__BODY_START_CALIBRATION] = {decide_start_calibration, READER},
	[ASSESSMENT__COMMAND__BODY_RATE_ANCHOR] = {decide_rate_anchor, READER},
	[ASSESSMENT__COMMAND__BODY_WITHDRAW_ANCHOR] = {decide_withdraw_anchor, READER},
	[ASSESSMENT__COMMAND__BODY_SCREEN] = {decide_screen, READER},
	[ASSESSMENT__COMMAND__BODY_RETURN_INCOMPLETE] = {decide_return_incomplete, READER},
	[ASSESSMENT__COMMAND__BODY_NEXT_READING] = {decide_next_reading, READER},
	[ASSESSMENT__COMMAND__BODY_COMPLETE_READING] = {decide_complete_reading, READER},
	[ASSESSMENT__COMMAND__BODY_ADJUDICATE] = {decide_adjudicate, READER},
	[ASSESSMENT__COMMAND__BODY_RELEASE] = {decide_release, ROLE_OPERATOR},
	[ASSESSMENT__COMMAND__BODY_WAIVE_SAME_READER] = {decide_waive_same_reader, READER},
	[ASSESSMENT__COMMAND__BODY_RECORD_COACHING] = {decide_record_coaching, READER},
	[ASSESSMENT__COMMAND__BODY_REQUEST_REVIEW] = {decide_request_review, ROLE_OPERATOR},
	[ASSESSMENT__COMMAND__BODY_FILE_APPEAL] = {decide_file_appeal, READER},
	[ASSESSMENT__COMMAND__BODY_FLAG_INTEGRITY] = {decide_flag_integrity, READER},
	[ASSESSMENT__COMMAND__BODY_PLACE_HOLD] = {decide_place_hold, READER},
	[ASSESSMENT__COMMAND__BODY_CLEAR_HOLD] = {decide_clear_hold, READER},
	[ASSESSMENT__COMMAND__BODY_PROPOSE_FOUNDED] = {decide_propose_founded, READER},
	[ASSESSMENT__COMMAND__BODY_CONFIRM_FOUNDED] = {decide_confirm_founded, READER},
	[ASSESSMENT__COMMAND__BODY_WITHDRAW_FOUNDED] = {decide_withdraw_founded, READER},
	[ASSESSMENT__COMMAND__BODY_SAVE_RATINGS] = {decide_save_ratings, READER},
	[ASSESSMENT__COMMAND__BODY_DECLARE_CONFLICT] = {decide_declare_conflict, READER},
	[ASSESSMENT__COMMAND__BODY_NOTE_PURGED] = {decide_note_purged, ROLE_SELF},
};

bool speaks_for(const struct decision *d, struct bytes person)
{
	if (d->roles & ROLE_OPERATOR || id_is_none(&d->actor))
		return true;
	return bytes_equal(bytes_of_id(&d->actor), person);
}

enum verdict known_reader(const struct view *view, struct decision *d, struct bytes assessor,
			  struct reader *reader_r)
{
	if (!reader_load(view, assessor, reader_r))
		return refuse_text(d, ASSESSMENT__REASON__UNKNOWN_ASSESSOR,
				   "there is no such assessor; register the assessor first");
	if (!speaks_for(d, assessor))
		return refuse_text(d, ASSESSMENT__REASON__NOT_YOU,
				   "only this assessor may do this, signed in as such");
	if (reader_r->row.retired)
		return refuse_text(d, ASSESSMENT__REASON__ASSESSOR_RETIRED,
				   "this assessor is retired");
	return ACCEPTED;
}

enum verdict known_lead(const struct view *view, struct decision *d, struct bytes assessor,
			const struct submission *row, struct reader *reader_r)
{
	struct waiting w = waiting_of(row);

	if (known_reader(view, d, assessor, reader_r) != ACCEPTED)
		return REFUSED;
	if (!reader_r->row.lead)
		return refuse_text(d, ASSESSMENT__REASON__NOT_LEAD,
				   "only a lead reader may do this");
	if (reader_conflicts(view, reader_r, &w))
		return refuse_text(d, ASSESSMENT__REASON__CONFLICT,
				   "school, district or a declared relation stands against this; "
				   "another lead must do it");
	return ACCEPTED;
}

enum verdict known_submission(const struct view *view, struct decision *d, struct bytes submission,
			      struct submission *row_r)
{
	if (!is_id(submission))
		return refuse_text(d, ASSESSMENT__REASON__BAD_ID,
				   "submission: 16 bytes are needed");
	if (!submission_get(view, submission, row_r))
		return refuse_text(d, ASSESSMENT__REASON__UNKNOWN_SUBMISSION,
				   "no such submission has been received here");
	return ACCEPTED;
}

enum verdict wrong_state(struct decision *d, const struct submission *row, const char *wanted)
{
	return refuse_text(d, ASSESSMENT__REASON__WRONG_STATE, "the submission is %s, not %s",
			   submission_state_word(row->state), wanted);
}

bool is_word(const char *text)
{
	size_t len = strlen(text);

	return len >= 1 && len <= 64 &&
	       strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_") == len;
}

void matter_load(const struct view *view, struct arena *arena, struct bytes submission,
		 struct matter *m_r)
{
	ENSURE(submission_get(view, submission, &m_r->row));
	m_r->id = submission;
	m_r->received = received_get(view, submission, arena);
	m_r->entry = entry_get(view, bytes_of_id(&m_r->row.entry), m_r->row.entry_version, arena);
	m_r->profile =
		profile_get(view, bytes_of_id(&m_r->row.profile), m_r->row.profile_version, arena);
	m_r->policy = policy_get(view, m_r->row.policy_version, arena);
	ENSURE(m_r->received != NULL && m_r->entry != NULL && m_r->profile != NULL &&
	       m_r->policy != NULL);
}

void matter_of_reading(const struct view *view, struct arena *arena, const struct reading *reading,
		       struct matter *m_r)
{
	matter_load(view, arena, bytes_of_id(&reading->submission), m_r);
	if (reading->anchor)
		m_r->policy = policy_get(view, reading->policy_version, arena);
	ENSURE(m_r->policy != NULL);
}

/* ---- replies to an assessor ---- */

void reply_assigned(struct decision *d, ProtobufCBinaryData reading, int64_t until_us)
{
	Assessment__AssignedReceipt receipt = ASSESSMENT__ASSIGNED_RECEIPT__INIT;
	Assessment__Answer reply = ASSESSMENT__ANSWER__INIT;

	receipt.reading = reading;
	receipt.until_us = until_us;
	reply.body_case = ASSESSMENT__ANSWER__BODY_ASSIGNED;
	reply.assigned = &receipt;
	answer(d, &reply.base);
}

/* What follows is not told: of a drift seed nothing does, and that would show. */
void reply_completed(struct decision *d)
{
	Assessment__OutcomeReceipt receipt = ASSESSMENT__OUTCOME_RECEIPT__INIT;
	Assessment__Answer reply = ASSESSMENT__ANSWER__INIT;

	receipt.state = arena_text(d->arena, bytes_of_text("completed"));
	reply.body_case = ASSESSMENT__ANSWER__BODY_OUTCOME;
	reply.outcome = &receipt;
	answer(d, &reply.base);
}

/* ---- the table ---- */

enum verdict assessment_decide(const struct view *view, const ProtobufCMessage *command,
			       struct decision *d)
{
	const Assessment__Command *cmd = (const Assessment__Command *)command;

	ENSURE(cmd->body_case < ARRAY_LEN(rules) && rules[cmd->body_case].decide != NULL);
	return rules[cmd->body_case].decide(view, cmd, d);
}

uint32_t assessment_command_roles(uint32_t kind)
{
	return kind < ARRAY_LEN(rules) ? rules[kind].roles : 0;
}
