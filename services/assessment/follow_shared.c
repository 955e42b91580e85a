/* What evidence says of other submissions: found alike, or shared by co-authors. */
#include "services/assessment/shared.h"

#include "proto/evidence.pb-c.h"

/* A flag, which may have it read twice, and no verdict. Which other one it is like stays there. */
enum verdict follow_duplicate(const struct view *view, const ProtobufCMessage *upstream,
			      struct decision *d)
{
	struct bytes submission =
		bytes_of_pb(((const Evidence__Event *)upstream)->duplicate_found->submission);
	struct submission row;

	if (!submission_get(view, submission, &row))
		return await(d, AWAIT_SUBMISSION, submission);
	if (!row.flagged)
		emit_integrity_flagged(d, submission,
				       arena_text(d->arena, bytes_of_text("duplicate_evidence")));
	return ACCEPTED;
}

/* What its readers are told when they differ. */
enum verdict follow_shared_rows(const struct view *view, const ProtobufCMessage *upstream,
				struct decision *d)
{
	const Evidence__SharedRowsFound *found =
		((const Evidence__Event *)upstream)->shared_rows_found;
	Assessment__SharedRowsNoted noted = ASSESSMENT__SHARED_ROWS_NOTED__INIT;
	Assessment__Event event = ASSESSMENT__EVENT__INIT;
	struct submission row;

	if (!submission_get(view, bytes_of_pb(found->submission), &row))
		return await(d, AWAIT_SUBMISSION, bytes_of_pb(found->submission));
	noted.submission = found->submission;
	noted.other = found->other;
	noted.n_rows = found->n_rows;
	noted.rows = found->rows;
	event.body_case = ASSESSMENT__EVENT__BODY_SHARED_ROWS_NOTED;
	event.shared_rows_noted = &noted;
	emit_about(d, bytes_of_pb(found->submission), &event.base);
	return ACCEPTED;
}
