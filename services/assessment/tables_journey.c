/* The rows that outlast a submission: what an enrollment has met and who has read it, and how many
 * decisions an entry has. */
#include "services/assessment/tables.h"

/* A row's code is text of any length; its key is not. */
static struct bytes kept_key(struct key *k, struct bytes enrollment, const char *row)
{
	struct id id = id_of_name("row", row);

	key_add(k, enrollment);
	return key_add(k, bytes_of_id(&id));
}

bool kept_get(const struct view *v, struct bytes enrollment, const char *row, struct kept *kept_r)
{
	struct key k = {0};

	return ROW_GET(v, KEPT, kept_key(&k, enrollment, row), kept_r);
}

void kept_put(struct txn *t, struct bytes enrollment, const char *row, struct kept *kept)
{
	struct key k = {0};

	ROW_PUT(t, KEPT, kept_key(&k, enrollment, row), kept);
}

void kept_delete(struct txn *t, struct bytes enrollment, const char *row)
{
	struct key k = {0};

	txn_delete(t, KEPT, kept_key(&k, enrollment, row));
}

void kept_drop(struct txn *t, struct bytes submission, const struct submission *row)
{
	AUTO(arena_destroy) struct arena *arena = arena_new(4096);
	const Assessment__DecisionMade *made = decided_get(txn_view(t), submission, arena);
	struct bytes enrollment = bytes_of_id(&row->enrollment);

	for (size_t i = 0; made != NULL && i < made->n_rows; i++) {
		struct kept kept;

		if (kept_get(txn_view(t), enrollment, made->rows[i]->row, &kept) &&
		    kept.attempt == row->attempt)
			kept_delete(t, enrollment, made->rows[i]->row);
	}
}

bool journey_get(const struct view *v, struct bytes enrollment, struct journey *row_r)
{
	return ROW_GET(v, JOURNEY, enrollment, row_r);
}

void journey_put(struct txn *t, struct bytes enrollment, struct journey *row)
{
	ROW_PUT(t, JOURNEY, enrollment, row);
}

void read_by_put(struct txn *t, struct bytes enrollment, struct bytes assessor,
		 struct bytes submission, bool as_lead)
{
	struct read_by row = {.as_lead = as_lead};
	struct key k = {0};

	key_add(&k, enrollment);
	key_add(&k, assessor);
	ROW_PUT(t, READ_BY, key_add(&k, submission), &row);
}

uint64_t decisions_of(const struct view *v, struct bytes entry, struct bytes profile)
{
	struct tally tally = {0};
	struct key k = {0};

	key_add(&k, entry);
	ROW_GET(v, DECISIONS, key_add(&k, profile), &tally);
	return tally.n;
}

void decisions_add(struct txn *t, struct bytes entry, struct bytes profile)
{
	struct tally tally = {0};
	struct key k = {0};

	key_add(&k, entry);
	ROW_GET(txn_view(t), DECISIONS, key_add(&k, profile), &tally);
	tally.n++;
	ROW_PUT(t, DECISIONS, key_bytes(&k), &tally);
}
