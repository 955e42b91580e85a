/* Which texts are whose, and which are to be removed. */
#include "services/assessment/erasure.h"

#include "services/assessment/tables_parts.h"

bool is_forgotten(const struct view *v, struct bytes educator)
{
	struct bytes val;

	return view_get(v, FORGOTTEN, educator, &val);
}

bool feedback_used(const struct view *v, struct bytes sha256)
{
	struct scan scan = scan_first(v, FEEDBACK_USE, sha256, sha256);
	struct bytes key, val;
	bool used = scan_next(&scan, &key, &val);

	scan_end(&scan);
	return used;
}

bool purge_wanted(const struct view *v, struct bytes sha256)
{
	struct bytes val;

	return view_get(v, PURGE, sha256, &val);
}

void purge_end(struct txn *t, struct bytes sha256)
{
	txn_delete(t, PURGE, sha256);
}

/* Whoever writes a text has its file written first: it is not removed any more. */
void feedback_put(struct txn *t, const struct submission *row, struct bytes sha256)
{
	struct bytes educator = bytes_of_id(&row->educator);
	struct key of = {0}, use = {0};

	if (sha256.len == 0)
		return;
	txn_put(t, FEEDBACK_OF, pair_key(&of, educator, sha256), BYTES_NONE);
	if (is_forgotten(txn_view(t), educator)) {
		if (!feedback_used(txn_view(t), sha256))
			txn_put(t, PURGE, sha256, BYTES_NONE);
		return;
	}
	txn_put(t, FEEDBACK_USE, pair_key(&use, sha256, educator), BYTES_NONE);
	txn_delete(t, PURGE, sha256);
}

void told_put(struct txn *t, const struct submission *row, struct bytes submission)
{
	struct key key = {0};

	txn_put(t, TOLD, pair_key(&key, bytes_of_id(&row->educator), submission), BYTES_NONE);
}

/* Rows of other tables are written between two steps: the key is copied, the scan begun again. */
static bool next_feedback(const struct view *v, struct bytes educator, struct key *at)
{
	struct scan scan = scan_first(v, FEEDBACK_OF, educator, key_bytes(at));
	struct bytes key, val;
	bool found = scan_next(&scan, &key, &val);

	*at = (struct key){0};
	if (found)
		key_add(at, key);
	scan_end(&scan);
	return found;
}

void educator_forget(struct txn *t, struct bytes educator)
{
	struct key at = {0};

	txn_put(t, FORGOTTEN, educator, BYTES_NONE);
	key_add(&at, educator);
	while (next_feedback(txn_view(t), educator, &at)) {
		struct bytes sha256 = {key_bytes(&at).data + ID_LEN, key_bytes(&at).len - ID_LEN};
		struct key use = {0};

		txn_delete(t, FEEDBACK_USE, pair_key(&use, sha256, educator));
		if (!feedback_used(txn_view(t), sha256))
			txn_put(t, PURGE, sha256, BYTES_NONE);
		key_add(&at, (struct bytes){(const uint8_t *)"", 1});
	}
}

size_t purge_first(const struct view *v, struct bytes hashes[], size_t n, struct arena *arena)
{
	struct scan scan = scan_first(v, PURGE, BYTES_NONE, BYTES_NONE);
	struct bytes key, val;
	size_t found = 0;

	while (found < n && scan_next(&scan, &key, &val))
		hashes[found++] = arena_copy(arena, key);
	scan_end(&scan);
	return found;
}

struct erasure_count erasure_count(const struct view *v, struct bytes educator)
{
	struct scan texts = scan_first(v, FEEDBACK_OF, educator, educator);
	struct scan told = scan_first(v, TOLD, educator, educator);
	struct erasure_count count = {0};
	struct bytes key, val;

	while (scan_next(&told, &key, &val))
		count.submissions++;
	while (scan_next(&texts, &key, &val)) {
		struct bytes sha256 = {key.data + ID_LEN, key.len - ID_LEN};

		if (feedback_used(v, sha256))
			count.shared++;
		else if (purge_wanted(v, sha256))
			count.waiting++;
		else
			count.purged++;
	}
	return count;
}
