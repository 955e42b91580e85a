/* Rules on anchors: what a released submission truly shows, by two people's word. */
#include "services/assessment/anchors.h"
#include "services/assessment/rating.h"

#include <string.h>

/* ---- who ---- */

/* Two people by an operator's word; or the lead who says it, whom another must join. */
static enum verdict known_raters(const struct view *view, struct decision *d,
				 const Assessment__RateAnchor *ask, const struct submission *row)
{
	struct bytes by = bytes_of_pb(ask->by), second = bytes_of_pb(ask->second);
	struct reader lead;

	if (!is_id(by))
		return refuse_text(d, ASSESSMENT__REASON__BAD_ID, "by: 16 bytes are needed");
	if (second.len == 0)
		return known_lead(view, d, by, row, &lead);
	if (!is_id(second))
		return refuse_text(d, ASSESSMENT__REASON__BAD_ID,
				   "second: 16 bytes, or nothing, are needed");
	if (!(d->roles & ROLE_OPERATOR))
		return refuse_text(d, ASSESSMENT__REASON__NOT_YOU,
				   "only an operator names two people; a lead speaks for oneself");
	if (bytes_equal(by, second))
		return refuse_text(d, ASSESSMENT__REASON__SAME_PERSON,
				   "by and second are one person; two must agree");
	return ACCEPTED;
}

/* ---- which submission ---- */

/* Its author has passed: no attempt will follow that whoever reads the anchor could not read. */
static enum verdict may_be_anchor(const struct view *view, struct decision *d,
				  const struct matter *m)
{
	struct journey journey;

	if (submission_standing(&m->row) != STATE_RELEASED)
		return wrong_state(d, &m->row, "released");
	if (!journey_get(view, bytes_of_id(&m->row.enrollment), &journey) || !journey.passed)
		return refuse_text(d, ASSESSMENT__REASON__WRONG_STATE,
				   "its author has not passed yet: who reads it now could not "
				   "read the next attempt");
	if (anchor_get(view, m->id, &m->row, d->arena) != NULL)
		return refuse_text(d, ASSESSMENT__REASON__ANCHOR_TAKEN,
				   "two people have agreed on it; withdraw the anchor first");
	return ACCEPTED;
}

/* ---- what ---- */

/* As ratings without words: the same rows, each once, levels of the scale. */
static enum verdict truth_given(struct decision *d, const struct matter *m,
				const Assessment__RateAnchor *ask, Assessment__RowRating ***rated_r)
{
	const struct rating_rules rules = {
		.rubric = m->entry->rubric,
		.rows = m->received->rows,
		.n_rows = m->received->n_rows,
		.not_among = ASSESSMENT__REASON__ROW_NOT_OPEN,
	};
	Assessment__Rating **ratings =
		arena_alloc(d->arena, (MIN(ask->n_ratings, RATINGS_MAX) + 1) * sizeof *ratings);

	for (size_t i = 0; i < MIN(ask->n_ratings, RATINGS_MAX); i++) {
		ratings[i] = NEW(d, Assessment__Rating, ASSESSMENT__RATING__INIT);
		ratings[i]->row = ask->ratings[i]->row;
		ratings[i]->level = ask->ratings[i]->level;
		ratings[i]->confidence = 5;
	}
	return rate_rows(d, &rules, ask->n_ratings, ratings, rated_r);
}

static void put_truth(struct decision *d, Assessment__RowRating *const *rated, size_t n,
		      Assessment__AnchorRated *anchor)
{
	anchor->ratings = arena_alloc(d->arena, (n + 1) * sizeof *anchor->ratings);
	for (size_t i = 0; i < n; i++) {
		Assessment__TrueOrdinal *truth =
			NEW(d, Assessment__TrueOrdinal, ASSESSMENT__TRUE_ORDINAL__INIT);

		truth->row = rated[i]->row;
		truth->ordinal = rated[i]->ordinal;
		anchor->ratings[anchor->n_ratings++] = truth;
	}
}

/* ---- the second word ---- */

/* Rows in which two leads differ, as "lit-101.r1 lit-101.r2"; "": none. */
static const char *differing(struct decision *d, const Assessment__AnchorRated *a,
			     const Assessment__AnchorRated *b)
{
	char *rows = arena_text(d->arena, bytes_of_text(""));

	for (size_t i = 0; i < a->n_ratings; i++)
		if (a->ratings[i]->ordinal != b->ratings[i]->ordinal)
			rows = arena_printf(d->arena, "%s%s%s", rows, rows[0] != '\0' ? " " : "",
					    a->ratings[i]->row);
	return rows;
}

/* Another lead's word stands: this one joins it, or nothing is written. */
static enum verdict join(const struct view *view, struct decision *d,
			 Assessment__AnchorRated *anchor)
{
	const Assessment__AnchorRated *first =
		apart_get(view, bytes_of_pb(anchor->submission), d->arena);
	const char *rows;

	if (first == NULL || first->second.len > 0 ||
	    bytes_equal(bytes_of_pb(first->by), bytes_of_pb(anchor->by)))
		return ACCEPTED;
	rows = differing(d, first, anchor);
	if (rows[0] != '\0')
		return refuse_text(d, ASSESSMENT__REASON__ANCHOR_DISPUTED,
				   "another lead has rated differently: %s; talk it over, and "
				   "whoever changes their mind sends it again",
				   rows);
	anchor->second = anchor->by;
	anchor->by = first->by;
	return ACCEPTED;
}

enum verdict decide_rate_anchor(const struct view *view, const Assessment__Command *cmd,
				struct decision *d)
{
	Assessment__AnchorRated anchor = ASSESSMENT__ANCHOR_RATED__INIT;
	Assessment__Event event = ASSESSMENT__EVENT__INIT;
	const Assessment__RateAnchor *ask = cmd->rate_anchor;
	struct bytes submission = bytes_of_pb(ask->submission);
	Assessment__RowRating **rated;
	struct matter m;

	if (known_submission(view, d, submission, &m.row) != ACCEPTED ||
	    known_raters(view, d, ask, &m.row) != ACCEPTED)
		return REFUSED;
	matter_load(view, d->arena, submission, &m);
	if (may_be_anchor(view, d, &m) != ACCEPTED || truth_given(d, &m, ask, &rated) != ACCEPTED)
		return REFUSED;
	anchor.submission = ask->submission;
	anchor.entry = pb_of_id(&m.row.entry);
	anchor.version = m.row.entry_version;
	anchor.by = ask->by;
	anchor.second = ask->second;
	put_truth(d, rated, m.received->n_rows, &anchor);
	if (ask->second.len == 0 && join(view, d, &anchor) != ACCEPTED)
		return REFUSED;
	event.body_case = ASSESSMENT__EVENT__BODY_ANCHOR_RATED;
	event.anchor_rated = &anchor;
	emit_about(d, submission, &event.base);
	return ACCEPTED;
}

/* ---- withdrawing ---- */

void emit_anchor_withdrawn(struct decision *d, struct bytes submission, const char *why)
{
	Assessment__AnchorWithdrawn withdrawn = ASSESSMENT__ANCHOR_WITHDRAWN__INIT;
	Assessment__Event event = ASSESSMENT__EVENT__INIT;

	withdrawn.submission = pb_of_bytes(submission);
	withdrawn.why = arena_text(d->arena, bytes_of_text(why));
	event.body_case = ASSESSMENT__EVENT__BODY_ANCHOR_WITHDRAWN;
	event.anchor_withdrawn = &withdrawn;
	emit_about(d, submission, &event.base);
}

/* Given to nobody any more: it has become known, or was rated wrongly. What was read of it stays.
 */
enum verdict decide_withdraw_anchor(const struct view *view, const Assessment__Command *cmd,
				    struct decision *d)
{
	const Assessment__WithdrawAnchor *ask = cmd->withdraw_anchor;
	struct bytes submission = bytes_of_pb(ask->submission);
	const Assessment__AnchorRated *apart;
	struct submission row;
	struct reader lead;

	if (!is_word(ask->why))
		return refuse_text(d, ASSESSMENT__REASON__BAD_VALUE,
				   "why: a word of a-z, 0-9 and _ is needed, as known_outside");
	if (known_submission(view, d, submission, &row) != ACCEPTED)
		return REFUSED;
	if (!(d->roles & ROLE_OPERATOR) &&
	    known_lead(view, d, bytes_of_id(&d->actor), &row, &lead) != ACCEPTED)
		return REFUSED;
	apart = apart_get(view, submission, d->arena);
	if (anchor_get(view, submission, &row, d->arena) == NULL &&
	    (apart == NULL || apart->second.len > 0))
		return refuse_text(d, ASSESSMENT__REASON__UNKNOWN_ANCHOR,
				   "this submission is no anchor");
	emit_anchor_withdrawn(d, submission, ask->why);
	return ACCEPTED;
}
