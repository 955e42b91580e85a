/* The tables of student privacy: keys, typed get and put. */
#include "services/evidence/tables_privacy.h"

#include <string.h>

/* ---- consents ---- */

void consent_said_put(struct txn *txn, const Evidence__ConsentRecorded *recorded,
		      struct bytes event)
{
	struct key k = {0};

	txn_put(txn, CONSENT_SAID,
		key_of_two(&k, bytes_of_pb(recorded->artifact), bytes_of_pb(recorded->consent)),
		event);
}

const Evidence__ConsentRecorded *consent_said_get(const struct view *view, struct bytes artifact,
						  struct bytes consent, struct arena *arena)
{
	struct key k = {0};
	const Evidence__Event *event =
		event_get(view, CONSENT_SAID, key_of_two(&k, artifact, consent), arena);

	return event == NULL ? NULL : event->consent_recorded;
}

size_t consents_count(const struct view *view, struct bytes artifact)
{
	struct id_scan scan = id_scan(CONSENT, artifact);
	struct id consent;
	size_t n = 0;

	while (id_next(&scan, view, &consent))
		n++;
	return n;
}

int64_t consents_next_end(const struct view *view, struct bytes artifact)
{
	struct id_scan scan = id_scan(CONSENT, artifact);
	int64_t first_us = NO_EXPIRY;
	struct consent row;
	struct id consent;

	while (id_next(&scan, view, &consent)) {
		ENSURE(consent_get(view, artifact, bytes_of_id(&consent), &row));
		if (row.end == CONSENT_HOLDS)
			first_us = MIN(first_us, row.ends_us);
	}
	return first_us;
}

void consents_delete(struct txn *txn, struct bytes artifact)
{
	struct id_scan scan = id_scan(CONSENT, artifact);
	struct id consent;

	while (id_next(&scan, txn_view(txn), &consent)) {
		struct key k = {0};
		struct bytes key = key_of_two(&k, artifact, bytes_of_id(&consent));

		txn_delete(txn, CONSENT, key);
		txn_delete(txn, CONSENT_SAID, key);
	}
}

/* ---- scans ---- */

void scanned_put(struct txn *txn, struct bytes artifact, struct bytes event)
{
	txn_put(txn, SCANNED, artifact, event);
}

const Evidence__ArtifactScanned *scanned_get(const struct view *view, struct bytes artifact,
					     struct arena *arena)
{
	const Evidence__Event *event = event_get(view, SCANNED, artifact, arena);

	return event == NULL ? NULL : event->artifact_scanned;
}

bool signature_get(const struct view *view, struct bytes artifact, struct signature *s_r)
{
	AUTO(arena_destroy) struct arena *arena = arena_new(1 << 12);
	const Evidence__ArtifactScanned *scanned = scanned_get(view, artifact, arena);

	if (scanned == NULL || scanned->signature.len != MINHASH_BYTES)
		return false;
	memcpy(s_r->bytes, scanned->signature.data, MINHASH_BYTES);
	s_r->shingles = scanned->shingles;
	return true;
}

/* ---- views ---- */

struct id artifact_of_item(const struct view *view, const struct id *submission, uint32_t item)
{
	AUTO(arena_destroy) struct arena *arena = arena_new(1 << 14);
	const Evidence__SubmissionSealed *sealed = sealed_get(view, bytes_of_id(submission), arena);

	if (sealed == NULL || item == 0 || item > sealed->n_items)
		return ID_NONE;
	return id_of_bytes(bytes_of_pb(sealed->items[item - 1]->artifact));
}

void viewing_add(struct txn *txn, struct bytes portfolio, struct viewing *row)
{
	struct key k = {0}, listed = {0};

	key_add(&k, portfolio);
	ROW_PUT(txn, VIEW, key_add_u64(&k, txn_seq(txn)), row);
	if (id_is_none(&row->artifact))
		return;
	key_add(&listed, bytes_of_id(&row->artifact));
	mark_put(txn, VIEW_OF, key_add_u64(&listed, txn_seq(txn)));
}

struct seq_scan viewings_of(unsigned table, struct bytes of, uint64_t after)
{
	struct seq_scan scan = {.table = table, .after = after};

	key_add(&scan.prefix, of);
	return scan;
}

bool seq_next(struct seq_scan *scan, const struct view *view, uint64_t *seq_r)
{
	struct key from = scan->prefix;
	struct bytes key, val;
	struct scan rows;

	if (scan->after == UINT64_MAX)
		return false;
	rows = scan_first(view, scan->table, key_bytes(&scan->prefix),
			  key_add_u64(&from, scan->after + 1));
	if (!scan_next(&rows, &key, &val))
		return false;
	scan->after = get_u64_be(key.data + key.len - sizeof(uint64_t));
	scan_end(&rows);
	*seq_r = scan->after;
	return true;
}

bool viewing_get(const struct view *view, struct bytes portfolio, uint64_t seq,
		 struct viewing *row_r)
{
	struct key k = {0};

	key_add(&k, portfolio);
	return ROW_GET(view, VIEW, key_add_u64(&k, seq), row_r);
}

static struct bytes key_of_read(struct key *k, struct bytes of, uint32_t answer,
				struct bytes person)
{
	key_add(k, of);
	key_add_u32(k, answer);
	return key_add(k, person);
}

bool read_before(const struct view *view, struct bytes of, uint32_t answer, struct bytes person)
{
	struct key k = {0};

	return mark_there(view, READ, key_of_read(&k, of, answer, person));
}

void read_put(struct txn *txn, struct bytes of, uint32_t answer, struct bytes person)
{
	struct key k = {0};

	mark_put(txn, READ, key_of_read(&k, of, answer, person));
}
