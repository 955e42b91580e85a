/* The table of rules, and what several of them need. */
#include "services/evidence/rules.h"

static const struct rule {
	rule_fn *decide;
	uint32_t roles;
} rules[] = {
	[EVIDENCE__COMMAND__BODY_BEGIN_ARTIFACT] = {decide_begin_artifact, ROLE_PORTAL},
	[EVIDENCE__COMMAND__BODY_PUT_PART] = {decide_put_part, ROLE_PORTAL},
	[EVIDENCE__COMMAND__BODY_FINISH_ARTIFACT] = {decide_finish_artifact, ROLE_PORTAL},
	[EVIDENCE__COMMAND__BODY_ABANDON_ARTIFACT] = {decide_abandon_artifact, ROLE_PORTAL},
	[EVIDENCE__COMMAND__BODY_RECORD_CONSENT] = {decide_record_consent,
						    ROLE_PORTAL | ROLE_OPERATOR},
	[EVIDENCE__COMMAND__BODY_WITHDRAW_CONSENT] = {decide_withdraw_consent,
						      ROLE_PORTAL | ROLE_OPERATOR},
	[EVIDENCE__COMMAND__BODY_RECORD_REDACTION] = {decide_record_redaction, ROLE_PORTAL},
	[EVIDENCE__COMMAND__BODY_ATTEST_NO_IDENTIFIERS] = {decide_attest_no_identifiers,
							   ROLE_PORTAL},
	[EVIDENCE__COMMAND__BODY_SCAN] = {decide_scan, ROLE_PORTAL},
	[EVIDENCE__COMMAND__BODY_DECLARE_SHARED] = {decide_declare_shared, ROLE_PORTAL},
	[EVIDENCE__COMMAND__BODY_CONFIRM_SHARED] = {decide_confirm_shared, ROLE_PORTAL},
	[EVIDENCE__COMMAND__BODY_SAVE_ANSWER] = {decide_save_answer, ROLE_PORTAL},
	[EVIDENCE__COMMAND__BODY_SEAL] = {decide_seal, ROLE_PORTAL},
	[EVIDENCE__COMMAND__BODY_RECALL] = {decide_recall, ROLE_PORTAL},
	[EVIDENCE__COMMAND__BODY_OPEN_READING] = {decide_open_reading, ROLE_PORTAL},
	[EVIDENCE__COMMAND__BODY_NOTE_VIEWED] = {decide_note_viewed, ROLE_SELF},
	[EVIDENCE__COMMAND__BODY_PLACE_HOLD] = {decide_place_hold, ROLE_OPERATOR},
	[EVIDENCE__COMMAND__BODY_LIFT_HOLD] = {decide_lift_hold, ROLE_OPERATOR},
	[EVIDENCE__COMMAND__BODY_REQUEST_PURGE] = {decide_request_purge, ROLE_PORTAL},
	[EVIDENCE__COMMAND__BODY_NOTE_READ] = {decide_note_read, ROLE_SELF},
	[EVIDENCE__COMMAND__BODY_NOTE_PURGED] = {decide_note_purged, ROLE_SELF},
};

static timer_fn *const timers[] = {
	[TIMER_ABANDON] = decide_abandon_timer,
	[TIMER_CONSENT] = decide_consent_timer,
	[TIMER_RETENTION] = decide_retention_timer,
};

void emit_event(struct decision *d, struct bytes entity, Evidence__Event *event,
		Evidence__Event__BodyCase body)
{
	event->body_case = body;
	emit_about(d, entity, &event->base);
}

void emit_grants_closed(const struct view *view, struct decision *d, struct bytes submission,
			const char *why)
{
	struct id_scan readings = id_scan(GRANT_OF, submission);
	struct id reading;

	while (id_next(&readings, view, &reading)) {
		Evidence__GrantClosed closed = EVIDENCE__GRANT_CLOSED__INIT;
		Evidence__Event event = EVIDENCE__EVENT__INIT;
		struct grant grant;

		ENSURE(grant_get(view, bytes_of_id(&reading), &grant));
		if (!grant.open)
			continue;
		closed.reading = pb_of_id(&reading);
		closed.why = arena_text(d->arena, bytes_of_text(why));
		event.grant_closed = &closed;
		emit_event(d, submission, &event, EVIDENCE__EVENT__BODY_GRANT_CLOSED);
	}
}

bool speaks_for(const struct decision *d, struct bytes educator)
{
	return (d->roles & ROLE_OPERATOR) || id_is_none(&d->actor) ||
	       bytes_equal(bytes_of_id(&d->actor), educator);
}

enum verdict known_work(const struct view *view, struct decision *d, struct bytes portfolio,
			struct work *work_r)
{
	if (!is_id(portfolio))
		return refuse_text(d, EVIDENCE__REASON__BAD_ID, "portfolio: 16 bytes are needed");
	if (!work_load(view, portfolio, d->arena, work_r))
		return refuse_text(d, EVIDENCE__REASON__UNKNOWN_PORTFOLIO,
				   "there is no such portfolio; it opens with the enrollment");
	if (!speaks_for(d, bytes_of_id(&work_r->row.educator)))
		return refuse_text(d, EVIDENCE__REASON__NOT_YOURS,
				   "this portfolio is another teacher's");
	return ACCEPTED;
}

static enum verdict need_open(struct decision *d, const struct work *work)
{
	if (work->row.stage == STAGE_SEALED)
		return refuse_text(d, EVIDENCE__REASON__WRONG_STATE,
				   "a submission is sealed: nothing changes until it is decided "
				   "or recalled");
	if (work->row.stage >= STAGE_PASSED || work->row.standing > STANDING_PAUSED)
		return refuse_text(d, EVIDENCE__REASON__WRONG_STATE,
				   "the portfolio is closed: its state is %s",
				   portfolio_state_word(&work->row));
	return ACCEPTED;
}

enum verdict open_work(const struct view *view, struct decision *d, struct bytes portfolio,
		       struct work *work_r)
{
	if (known_work(view, d, portfolio, work_r) != ACCEPTED)
		return REFUSED;
	return need_open(d, work_r);
}

enum verdict known_artifact(const struct view *view, struct decision *d, struct bytes artifact,
			    struct artifact *row_r, struct work *work_r)
{
	struct bytes portfolio;

	if (!is_id(artifact))
		return refuse_text(d, EVIDENCE__REASON__BAD_ID, "artifact: 16 bytes are needed");
	if (!artifact_get(view, artifact, row_r))
		return refuse_text(d, EVIDENCE__REASON__UNKNOWN_ARTIFACT,
				   "there is no such artifact; begin it first");
	portfolio = arena_copy(d->arena, bytes_of_id(&row_r->portfolio));
	return known_work(view, d, portfolio, work_r);
}

enum verdict open_artifact(const struct view *view, struct decision *d, struct bytes artifact,
			   struct artifact *row_r, struct work *work_r)
{
	if (known_artifact(view, d, artifact, row_r, work_r) != ACCEPTED ||
	    need_open(d, work_r) != ACCEPTED)
		return REFUSED;
	if (!requirement_is_open(work_r, row_r->requirement))
		return refuse_text(d, EVIDENCE__REASON__REQUIREMENT_CLOSED,
				   "%s: its rows have passed; only unmet rows are open",
				   work_r->entry->requirements[row_r->requirement]->code);
	return ACCEPTED;
}

enum verdict evidence_decide(const struct view *view, const ProtobufCMessage *command,
			     struct decision *d)
{
	const Evidence__Command *cmd = (const Evidence__Command *)command;

	return rules[cmd->body_case].decide(view, cmd, d);
}

enum verdict evidence_decide_timer(const struct view *view, const struct timer_due *timer,
				   struct decision *d)
{
	ENSURE(timer->kind < ARRAY_LEN(timers) && timers[timer->kind] != NULL);
	return timers[timer->kind](view, timer, d);
}

uint32_t evidence_command_roles(uint32_t kind)
{
	return kind < ARRAY_LEN(rules) ? rules[kind].roles : 0;
}
