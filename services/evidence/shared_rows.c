/* Rows of a submission that cite only what its author shares with a co-author. */
#include "services/evidence/duplicates.h"

#include "services/evidence/tables_duplicates.h"

#include <string.h>

/* Every item of that requirement is shared with the other portfolio; false also where it has none,
 * or is a question: an answer is one's own. */
static bool requirement_is_shared(const struct view *view, const Evidence__SubmissionSealed *sealed,
				  const char *requirement, struct bytes other)
{
	size_t n = 0;

	for (size_t i = 0; i < sealed->n_items; i++) {
		if (strcmp(sealed->items[i]->requirement, requirement) != 0)
			continue;
		if (!is_shared(view, bytes_of_pb(sealed->portfolio), other,
			       bytes_of_pb(sealed->items[i]->sha256)))
			return false;
		n++;
	}
	return n > 0;
}

static bool row_is_shared(const struct view *view, const Evidence__SubmissionSealed *sealed,
			  const Evidence__RowOfEntry *row, struct bytes other)
{
	for (size_t i = 0; i < row->n_requirements; i++)
		if (!requirement_is_shared(view, sealed, row->requirements[i], other))
			return false;
	return row->n_requirements > 0;
}

static bool is_open_row(const Evidence__SubmissionSealed *sealed, const char *row)
{
	for (size_t i = 0; i < sealed->n_rows; i++)
		if (strcmp(sealed->rows[i], row) == 0)
			return true;
	return false;
}

static void emit_rows(const struct view *view, struct decision *d,
		      const Evidence__SubmissionSealed *sealed, const struct id *coauthor)
{
	const Evidence__EntryNoted *entry =
		entry_get(view, bytes_of_pb(sealed->entry), sealed->version, d->arena);
	Evidence__SharedRowsFound found = EVIDENCE__SHARED_ROWS_FOUND__INIT;
	Evidence__Event event = EVIDENCE__EVENT__INIT;
	struct portfolio other;

	if (!portfolio_get(view, bytes_of_id(coauthor), &other) || id_is_none(&other.submission) ||
	    other.entry_version != sealed->version ||
	    !bytes_equal(BYTES_OF(other.entry), bytes_of_pb(sealed->entry)))
		return; /* nothing of the same rubric to differ from */
	found.rows = arena_alloc(d->arena, (entry->n_rows + 1) * sizeof *found.rows);
	for (size_t i = 0; i < entry->n_rows; i++)
		if (is_open_row(sealed, entry->rows[i]->code) &&
		    row_is_shared(view, sealed, entry->rows[i], bytes_of_id(coauthor)))
			found.rows[found.n_rows++] = entry->rows[i]->code;
	if (found.n_rows == 0)
		return;
	found.submission = sealed->submission;
	found.other = pb_of_id(&other.submission);
	event.shared_rows_found = &found;
	emit_event(d, bytes_of_pb(sealed->submission), &event,
		   EVIDENCE__EVENT__BODY_SHARED_ROWS_FOUND);
}

void emit_shared_rows(const struct view *view, struct decision *d,
		      const Evidence__SubmissionSealed *sealed)
{
	struct coauthors coauthors = coauthors_of(bytes_of_pb(sealed->portfolio));
	struct id coauthor;

	while (coauthor_next(&coauthors, view, &coauthor))
		emit_rows(view, d, sealed, &coauthor);
}
