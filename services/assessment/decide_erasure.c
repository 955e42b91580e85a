/* The rules of erasure: what enrollment says, and what the daemon has removed. */
#include "libshared/blobs.h"
#include "services/assessment/erasure.h"
#include "services/assessment/rules.h"

void emit_forgotten(const struct view *view, struct bytes educator, struct decision *d)
{
	Assessment__EducatorForgotten forgotten = ASSESSMENT__EDUCATOR_FORGOTTEN__INIT;
	Assessment__Event ours = ASSESSMENT__EVENT__INIT;

	if (is_forgotten(view, educator))
		return;
	forgotten.educator = pb_of_bytes(educator);
	ours.body_case = ASSESSMENT__EVENT__BODY_EDUCATOR_FORGOTTEN;
	ours.educator_forgotten = &forgotten;
	emit_about(d, educator, &ours.base);
}

enum verdict decide_note_purged(const struct view *view, const Assessment__Command *cmd,
				struct decision *d)
{
	const Assessment__NotePurged *ask = cmd->note_purged;
	Assessment__FeedbackPurged purged = ASSESSMENT__FEEDBACK_PURGED__INIT;
	Assessment__Event event = ASSESSMENT__EVENT__INIT;

	purged.sha256 = arena_alloc(d->arena, (ask->n_sha256 + 1) * sizeof *purged.sha256);
	for (size_t i = 0; i < ask->n_sha256; i++)
		if (ask->sha256[i].len == SHA256_LEN &&
		    purge_wanted(view, bytes_of_pb(ask->sha256[i])))
			purged.sha256[purged.n_sha256++] = ask->sha256[i];
	if (purged.n_sha256 == 0)
		return ACCEPTED; /* noted before */
	event.body_case = ASSESSMENT__EVENT__BODY_FEEDBACK_PURGED;
	event.feedback_purged = &purged;
	emit(d, &event.base);
	return ACCEPTED;
}
