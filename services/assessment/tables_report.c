/* The rows of what is counted. */
#include "services/assessment/tables_report.h"

#include <string.h>

struct edition edition_of(const struct submission *row)
{
	return (struct edition){bytes_of_id(&row->entry), row->entry_version};
}

static struct bytes edition_key(struct key *k, const struct edition *e)
{
	key_add(k, e->entry);
	return key_add_u32(k, e->version);
}

/* ---- matrices ---- */

static struct bytes matrix_key(struct key *k, const struct edition *e, const char *row)
{
	struct id id = id_of_name("row", row);

	edition_key(k, e);
	return key_add(k, bytes_of_id(&id));
}

void matrix_get(const struct view *v, const struct edition *e, const char *row, unsigned q,
		struct agreement_counts *counts_r)
{
	struct matrix matrix = {.q = q};
	struct key k = {0};

	ROW_GET(v, MATRIX, matrix_key(&k, e, row), &matrix);
	counts_r->q = (unsigned)matrix.q;
	memcpy(counts_r->n, matrix.n, sizeof matrix.n);
}

void matrix_put(struct txn *t, const struct edition *e, const char *row,
		const struct agreement_counts *counts)
{
	struct matrix matrix = {.q = counts->q};
	struct key k = {0};

	memcpy(matrix.n, counts->n, sizeof matrix.n);
	ROW_PUT(t, MATRIX, matrix_key(&k, e, row), &matrix);
}

/* ---- rows under review ---- */

bool row_review_get(const struct view *v, const struct edition *e, const char *row)
{
	struct key k = {0};
	struct bytes val;

	return view_get(v, ROW_REVIEW, matrix_key(&k, e, row), &val);
}

bool row_review_any(const struct view *v, const struct edition *e)
{
	struct bytes key, val;
	struct key k = {0};

	return view_last(v, ROW_REVIEW, edition_key(&k, e), &key, &val);
}

void row_review_put(struct txn *t, const struct edition *e, const char *row)
{
	struct key k = {0};

	txn_put(t, ROW_REVIEW, matrix_key(&k, e, row), BYTES_NONE);
}

void row_review_delete(struct txn *t, const struct edition *e, const char *row)
{
	struct key k = {0};

	txn_delete(t, ROW_REVIEW, matrix_key(&k, e, row));
}

/* ---- figures ---- */

static struct bytes figure_key(struct key *k, const struct edition *e, unsigned figure)
{
	edition_key(k, e);
	return key_add_u16(k, (uint16_t)figure);
}

uint64_t figure_get(const struct view *v, const struct edition *e, unsigned figure)
{
	struct tally tally = {0};
	struct key k = {0};

	ROW_GET(v, FIGURE, figure_key(&k, e, figure), &tally);
	return tally.n;
}

void figure_add(struct txn *t, const struct edition *e, unsigned figure)
{
	struct tally tally = {0};
	struct key k = {0};

	ROW_GET(txn_view(t), FIGURE, figure_key(&k, e, figure), &tally);
	tally.n++;
	ROW_PUT(t, FIGURE, key_bytes(&k), &tally);
}

void figures_waits(const struct view *v, const struct edition *e, struct waits *waits_r)
{
	struct key prefix = {0}, from = {0};
	struct bytes key, val;
	struct scan scan;

	*waits_r = (struct waits){0};
	edition_key(&prefix, e);
	figure_key(&from, e, FIGURE_WAIT);
	scan = scan_first(v, FIGURE, key_bytes(&prefix), key_bytes(&from));
	while (scan_next(&scan, &key, &val)) {
		unsigned figure = get_u16_be(key.data + prefix.len);
		struct tally tally;

		ENSURE(val.len == sizeof tally);
		memcpy(&tally, val.data, sizeof tally);
		waits_add(waits_r, figure - FIGURE_WAIT, tally.n);
	}
	scan_end(&scan);
}

/* ---- the queue ---- */

static struct bytes day_key(struct key *k, struct bytes entry, int64_t day)
{
	key_add(k, entry);
	return key_add_u32(k, (uint32_t)day);
}

bool read_day_get(const struct view *v, struct bytes entry, int64_t day, struct read_day *row_r)
{
	struct key k = {0};

	return ROW_GET(v, READ_DAY, day_key(&k, entry, day), row_r);
}

void read_day_add(struct txn *t, struct bytes entry, int64_t at_us)
{
	struct read_day row = {0};
	struct key k = {0};

	ROW_GET(txn_view(t), READ_DAY, day_key(&k, entry, at_us / US_PER_DAY), &row);
	row.done++;
	row.left = submissions_waiting(txn_view(t), entry);
	ROW_PUT(t, READ_DAY, key_bytes(&k), &row);
}

bool surge_get(const struct view *v, struct bytes entry)
{
	struct bytes val;

	return view_get(v, SURGE, entry, &val);
}

void surge_put(struct txn *t, struct bytes entry)
{
	txn_put(t, SURGE, entry, BYTES_NONE);
}

void surge_delete(struct txn *t, struct bytes entry)
{
	txn_delete(t, SURGE, entry);
}
