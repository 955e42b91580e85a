/* Rules on appeals: the earner's own request to have a decision that is not a pass read once more.
 */
#include "services/assessment/rating.h"
#include "services/assessment/review.h"
#include "services/assessment/rules.h"
#include "services/assessment/tables_due.h"

#include "libshared/blobs.h"
#include "libshared/check.h"

#include <string.h>

#define WINDOW_DAYS 30 /* of a profile that says nothing (DOMAIN.md 4.3.4) */

static const Assessment__RowResult *result_of(const Assessment__DecisionMade *made, const char *row)
{
	for (size_t i = 0; i < made->n_rows; i++)
		if (strcmp(made->rows[i]->row, row) == 0)
			return made->rows[i];
	return NULL;
}

static enum verdict check_rows(struct decision *d, const Assessment__FileAppeal *ask,
			       const Assessment__DecisionMade *made)
{
	if (ask->n_rows > RATINGS_MAX)
		return refuse_text(d, ASSESSMENT__REASON__BAD_VALUE,
				   "%zu rows, at most %d are allowed", ask->n_rows, RATINGS_MAX);
	for (size_t i = 0; i < ask->n_rows; i++) {
		const Assessment__RowResult *result = result_of(made, ask->rows[i]);

		if (result == NULL || result->met)
			return refuse_text(d, ASSESSMENT__REASON__ROW_NOT_APPEALABLE,
					   "row %zu of the appeal is none that was judged below "
					   "pass; name no row to appeal against all of them",
					   i + 1);
	}
	return ACCEPTED;
}

/* Of the earner, about a decision that is released, no pass, and new enough. */
static enum verdict may_appeal(struct decision *d, const struct matter *m,
			       const Assessment__DecisionMade *made)
{
	uint32_t days = m->profile->appeal_window_days;

	if (made->passed)
		return refuse_text(d, ASSESSMENT__REASON__NOTHING_TO_APPEAL,
				   "the decision is a pass");
	if (!may_be_reviewed(&m->row, ASSESSMENT__REVIEW_WHY__APPEAL))
		return refuse_text(d, ASSESSMENT__REASON__APPEALED_BEFORE,
				   "this decision was appealed against before");
	days = days != 0 ? days : WINDOW_DAYS;
	if (d->now_us > m->row.released_us + days * US_PER_DAY)
		return refuse_text(d, ASSESSMENT__REASON__APPEAL_TOO_LATE,
				   "the %u days to appeal in are over", days);
	return ACCEPTED;
}

static void reply_appeal(struct decision *d, int64_t due_us)
{
	Assessment__AppealReceipt receipt = ASSESSMENT__APPEAL_RECEIPT__INIT;
	Assessment__Answer reply = ASSESSMENT__ANSWER__INIT;

	receipt.due_us = due_us;
	reply.body_case = ASSESSMENT__ANSWER__BODY_APPEAL;
	reply.appeal = &receipt;
	answer(d, &reply.base);
}

static void emit_filed(const struct view *view, struct decision *d, const struct matter *m,
		       const Assessment__FileAppeal *ask)
{
	Assessment__AppealFiled filed = ASSESSMENT__APPEAL_FILED__INIT;
	Assessment__Event event = ASSESSMENT__EVENT__INIT;
	struct bytes reason = bytes_of_text(ask->reason);
	uint8_t hash[SHA256_LEN];

	sha256(reason, hash);
	filed.submission = ask->submission;
	filed.decision = decided_get(view, m->id, d->arena)->decision;
	filed.enrollment = m->received->enrollment;
	filed.educator = m->received->educator;
	filed.entry = m->received->entry;
	filed.version = m->received->version;
	filed.n_rows = ask->n_rows;
	filed.rows = ask->rows;
	filed.reason_sha256 = pb_of_bytes(BYTES_OF(hash));
	filed.reason_words = count_words(reason);
	filed.due_us = review_due_us(view, d, &m->row);
	event.body_case = ASSESSMENT__EVENT__BODY_APPEAL_FILED;
	event.appeal_filed = &filed;
	emit_about(d, m->id, &event.base);
	reply_appeal(d, filed.due_us);
}

enum verdict decide_file_appeal(const struct view *view, const Assessment__Command *cmd,
				struct decision *d)
{
	const Assessment__FileAppeal *ask = cmd->file_appeal;
	const Assessment__DecisionMade *made;
	struct submission row;
	struct matter m;

	if (known_submission(view, d, bytes_of_pb(ask->submission), &row) != ACCEPTED)
		return REFUSED;
	if (!speaks_for(d, bytes_of_id(&row.educator)))
		return refuse_text(d, ASSESSMENT__REASON__NOT_YOU,
				   "only whose work it is may appeal, signed in as such");
	if (submission_standing(&row) != STATE_RELEASED)
		return wrong_state(d, &row, "released");
	matter_load(view, d->arena, bytes_of_pb(ask->submission), &m);
	made = decided_get(view, m.id, d->arena);
	if (may_appeal(d, &m, made) != ACCEPTED || check_rows(d, ask, made) != ACCEPTED)
		return REFUSED;
	if (count_words(bytes_of_text(ask->reason)) == 0)
		return refuse_text(d, ASSESSMENT__REASON__NO_REASON_GIVEN,
				   "reason: say why the decision should be another one");
	emit_filed(view, d, &m, ask);
	emit_review_requested(view, d, m.id, ASSESSMENT__REVIEW_WHY__APPEAL);
	return ACCEPTED;
}

/* ---- what came of it ---- */

void emit_appeal_decided(const struct view *view, struct decision *d, const struct matter *m,
			 const struct review_case *c)
{
	const Assessment__AppealFiled *filed =
		appeal_get(view, bytes_of_pb(c->standing->decision), d->arena);
	Assessment__AppealOverturned overturned = ASSESSMENT__APPEAL_OVERTURNED__INIT;
	Assessment__AppealUpheld upheld = ASSESSMENT__APPEAL_UPHELD__INIT;
	Assessment__Event event = ASSESSMENT__EVENT__INIT;

	ENSURE(filed != NULL);
	overturned.rows = arena_zalloc(d->arena, (c->fresh->n_ratings + 1) * sizeof(char *));
	overturned.n_rows = review_won(c, overturned.rows);
	overturned.submission = upheld.submission = filed->submission;
	overturned.decision = upheld.decision = filed->decision;
	overturned.enrollment = upheld.enrollment = filed->enrollment;
	overturned.educator = upheld.educator = filed->educator;
	overturned.entry = upheld.entry = filed->entry;
	overturned.version = upheld.version = filed->version;
	if (overturned.n_rows > 0) {
		event.body_case = ASSESSMENT__EVENT__BODY_APPEAL_OVERTURNED;
		event.appeal_overturned = &overturned;
	} else {
		event.body_case = ASSESSMENT__EVENT__BODY_APPEAL_UPHELD;
		event.appeal_upheld = &upheld;
	}
	emit_about(d, m->id, &event.base);
}
