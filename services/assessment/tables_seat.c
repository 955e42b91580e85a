/* The rows of seats: qualifications, anchors, and what was read of them. */
#include "services/assessment/tables_seat.h"

#include "libshared/check.h"
#include "services/assessment/tables_parts.h"

#include <stdio.h>
#include <string.h>

/* ---- qualifications ---- */

bool qualification_get(const struct view *v, struct bytes assessor, struct bytes entry,
		       struct qualification *row_r)
{
	struct key k = {0};

	return ROW_GET(v, QUALIFICATION, pair_key(&k, assessor, entry), row_r);
}

void qualification_put(struct txn *t, struct bytes assessor, struct bytes entry,
		       struct qualification *row)
{
	struct key by_assessor = {0}, by_entry = {0};

	ROW_PUT(t, QUALIFICATION, pair_key(&by_assessor, assessor, entry), row);
	pair_key(&by_entry, entry, assessor);
	if (seat_stands(row->state))
		ROW_PUT(t, QUALIFIED, key_bytes(&by_entry), row);
	else
		txn_delete(t, QUALIFIED, key_bytes(&by_entry));
}

bool qualification_stands(struct bytes val, int64_t now_us, int64_t *until_us_r)
{
	struct qualification row;

	ENSURE(val.len == sizeof row);
	memcpy(&row, val.data, sizeof row);
	*until_us_r = row.until_us;
	return seat_stands(row.state) && row.until_us > now_us;
}

struct id seat_id(struct bytes assessor, struct bytes entry)
{
	char name[100];

	snprintf(name, sizeof name, "%s %s", ID_STR(assessor), ID_STR(entry));
	return id_of_name("seat", name);
}

bool seat_key_get(const struct view *v, struct bytes seat, struct seat_key *key_r)
{
	return ROW_GET(v, SEAT_ID, seat, key_r);
}

void seat_key_put(struct txn *t, struct bytes assessor, struct bytes entry)
{
	struct seat_key row = {.assessor = id_of_bytes(assessor), .entry = id_of_bytes(entry)};
	struct id id = seat_id(assessor, entry);

	ROW_PUT(t, SEAT_ID, bytes_of_id(&id), &row);
}

bool renewal_get(const struct view *v, struct bytes educator, int64_t from_day, int64_t *day_r)
{
	struct key from = {0};
	struct bytes key, val;
	struct scan scan;
	bool found;

	key_add(&from, educator);
	scan = scan_first(v, RENEWAL, educator, key_add_u32(&from, (uint32_t)from_day));
	found = scan_next(&scan, &key, &val);
	if (found)
		*day_r = get_u32_be(key.data + ID_LEN);
	scan_end(&scan);
	return found;
}

void renewal_put(struct txn *t, struct bytes educator, int64_t day)
{
	struct key k = {0};

	key_add(&k, educator);
	txn_put(t, RENEWAL, key_add_u32(&k, (uint32_t)day), BYTES_NONE);
}

bool calibration_of(const struct view *v, struct bytes assessor, struct id *entry_r,
		    struct qualification *row_r)
{
	struct scan scan = scan_first(v, QUALIFICATION, assessor, assessor);
	struct bytes key, val;
	bool found = false;

	while (!found && scan_next(&scan, &key, &val)) {
		ENSURE(val.len == sizeof *row_r && key.len == 2 * ID_LEN);
		memcpy(row_r, val.data, sizeof *row_r);
		*entry_r = id_of_bytes((struct bytes){key.data + ID_LEN, ID_LEN});
		found = row_r->calibrating;
	}
	scan_end(&scan);
	return found;
}

/* ---- completed readings ---- */

void read_at_put(struct txn *t, struct bytes assessor, struct bytes entry, int64_t at_us,
		 struct bytes submission)
{
	struct key k = {0};

	pair_key(&k, assessor, entry);
	key_add_u64(&k, (uint64_t)at_us);
	txn_put(t, READ_AT, key_add(&k, submission), BYTES_NONE);
}

void read_at_begin(struct read_scan *s, const struct view *v, const struct seat_key *seat,
		   int64_t from_us)
{
	struct key from;

	*s = (struct read_scan){0};
	pair_key(&s->prefix, bytes_of_id(&seat->assessor), bytes_of_id(&seat->entry));
	from = s->prefix;
	key_add_u64(&from, (uint64_t)from_us);
	s->scan = scan_first(v, READ_AT, key_bytes(&s->prefix), key_bytes(&from));
}

bool read_at_next(struct read_scan *s, struct bytes *submission_r, int64_t *at_us_r)
{
	struct bytes key, val;

	if (!scan_next(&s->scan, &key, &val))
		return false;
	*submission_r = submission_of_key(key, at_us_r);
	return true;
}

void read_at_end(struct read_scan *s)
{
	scan_end(&s->scan);
}

/* ---- anchors ---- */

static struct bytes anchor_key(struct key *k, const Assessment__AnchorRated *rated)
{
	key_add(k, bytes_of_pb(rated->entry));
	key_add_u32(k, rated->version);
	return key_add(k, bytes_of_pb(rated->submission));
}

static struct bytes anchor_key_of(struct key *k, struct bytes submission,
				  const struct submission *row)
{
	key_add(k, bytes_of_id(&row->entry));
	key_add_u32(k, row->entry_version);
	return key_add(k, submission);
}

const Assessment__AnchorRated *apart_get(const struct view *v, struct bytes submission,
					 struct arena *arena)
{
	return (const Assessment__AnchorRated *)stored(
		v, ANCHOR_APART, submission, &assessment__anchor_rated__descriptor, arena);
}

const Assessment__AnchorRated *anchor_get(const struct view *v, struct bytes submission,
					  const struct submission *row, struct arena *arena)
{
	struct key k = {0};

	return (const Assessment__AnchorRated *)stored(
		v, ANCHOR, anchor_key_of(&k, submission, row),
		&assessment__anchor_rated__descriptor, arena);
}

void anchor_put(struct txn *t, const Assessment__AnchorRated *rated)
{
	struct bytes submission = bytes_of_pb(rated->submission);
	struct key k = {0};

	if (rated->second.len == 0) {
		store_message(t, ANCHOR_APART, submission, &rated->base);
		return;
	}
	txn_delete(t, ANCHOR_APART, submission);
	store_message(t, ANCHOR, anchor_key(&k, rated), &rated->base);
}

/* Who holds a reading of it may finish: the truth is still known. */
void anchor_withdraw(struct txn *t, struct bytes submission, const struct submission *row)
{
	AUTO(arena_destroy) struct arena *arena = arena_new(4096);
	const Assessment__AnchorRated *rated = anchor_get(txn_view(t), submission, row, arena);
	struct key k = {0};

	if (rated == NULL) {
		txn_delete(t, ANCHOR_APART, submission);
		return;
	}
	store_message(t, ANCHOR_APART, submission, &rated->base);
	txn_delete(t, ANCHOR, anchor_key_of(&k, submission, row));
}

void anchors_begin(struct anchor_scan *s, const struct view *v, struct bytes entry,
		   uint32_t version, struct bytes after)
{
	struct key from;

	*s = (struct anchor_scan){0};
	key_add(&s->prefix, entry);
	key_add_u32(&s->prefix, version);
	from = s->prefix;
	if (after.len > 0) {
		key_add(&from, after);
		key_add(&from, (struct bytes){(const uint8_t *)"", 1}); /* the first key above it */
	}
	s->scan = scan_first(v, ANCHOR, key_bytes(&s->prefix), key_bytes(&from));
}

bool anchors_next(struct anchor_scan *s, struct arena *arena,
		  const Assessment__AnchorRated **rated_r)
{
	struct bytes key, val;

	if (!scan_next(&s->scan, &key, &val))
		return false;
	*rated_r = (const Assessment__AnchorRated *)stored_in(
		val, &assessment__anchor_rated__descriptor, arena);
	return true;
}

void anchors_end(struct anchor_scan *s)
{
	scan_end(&s->scan);
}

/* ---- what was read of them ---- */

void anchor_read_put(struct txn *t, const Assessment__AnchorCompleted *completed)
{
	struct key k = {0};

	store_message(
		t, ANCHOR_READ,
		pair_key(&k, bytes_of_pb(completed->assessor), bytes_of_pb(completed->submission)),
		&completed->base);
}

static bool is_of_attempt(const Assessment__AnchorCompleted *completed, struct bytes entry,
			  uint32_t attempt)
{
	return completed->attempt == attempt && bytes_equal(bytes_of_pb(completed->entry), entry);
}

struct readings anchors_read(const struct view *v, struct bytes assessor, struct bytes entry,
			     uint32_t attempt, struct arena *arena)
{
	struct readings readings = {arena_zalloc(arena, (ANCHORS_MAX + 1) * sizeof(void *)), 0};
	struct scan scan = scan_first(v, ANCHOR_READ, assessor, assessor);
	struct bytes key, val;

	while (readings.n < ANCHORS_MAX && scan_next(&scan, &key, &val)) {
		const Assessment__AnchorCompleted *completed =
			(const Assessment__AnchorCompleted *)stored_in(
				val, &assessment__anchor_completed__descriptor, arena);

		if (is_of_attempt(completed, entry, attempt))
			readings.of[readings.n++] = completed;
	}
	scan_end(&scan);
	return readings;
}
