/* Rosters, cohorts and tallies: keys, typed get and put. */
#include "services/enrollment/tables_district.h"

#include "libshared/clock.h"
#include "libshared/zone.h"

#include <string.h>

#define PART_ROW 0
#define PART_NAME 1

static struct bytes pair(struct key *k, struct bytes first, struct bytes second)
{
	key_add(k, first);
	return key_add(k, second);
}

static struct bytes part(struct key *k, struct bytes id, uint16_t n)
{
	key_add(k, id);
	return key_add_u16(k, n);
}

/* ---- rosters ---- */

bool roster_get(const struct view *view, struct bytes roster, struct bytes hash,
		struct roster_row *row_r)
{
	struct key k = {0};

	return ROW_GET(view, ROSTER, pair(&k, roster, hash), row_r);
}

struct roster_sum_row roster_sum(const struct view *view, struct bytes roster)
{
	struct roster_sum_row sum = {0};

	return ROW_GET(view, ROSTER_SUM, roster, &sum) ? sum : (struct roster_sum_row){0};
}

static uint32_t *count_of(struct roster_sum_row *sum, uint32_t missed)
{
	return missed == 1 ? &sum->suspected : &sum->inactive;
}

void roster_put(struct txn *txn, struct bytes roster, struct bytes hash, struct roster_row *row)
{
	struct roster_sum_row sum = roster_sum(txn_view(txn), roster);
	struct roster_row before;
	struct key k = {0};

	if (!roster_get(txn_view(txn), roster, hash, &before))
		sum.known++;
	else if (before.missed > 0)
		(*count_of(&sum, before.missed))--;
	if (row->missed > 0)
		(*count_of(&sum, row->missed))++;
	ROW_PUT(txn, ROSTER, pair(&k, roster, hash), row);
	ROW_PUT(txn, ROSTER_SUM, roster, &sum);
}

struct scan roster_scan(const struct view *view, struct bytes roster, struct bytes after)
{
	return mark_scan(view, ROSTER, roster, after);
}

bool roster_next(struct scan *scan, struct bytes *hash_r, struct roster_row *row_r)
{
	struct bytes key, val;

	if (!scan_next(scan, &key, &val))
		return false;
	ENSURE(val.len == sizeof *row_r);
	memcpy(row_r, val.data, sizeof *row_r);
	*hash_r = (struct bytes){key.data + scan->prefix.len, key.len - scan->prefix.len};
	return true;
}

/* ---- cohorts ---- */

bool cohort_get(const struct view *view, struct bytes cohort, struct cohort_row *row_r)
{
	struct key k = {0};

	return ROW_GET(view, COHORT, part(&k, cohort, PART_ROW), row_r);
}

void cohort_put(struct txn *txn, struct bytes cohort, struct cohort_row *row)
{
	struct key k = {0};

	ROW_PUT(txn, COHORT, part(&k, cohort, PART_ROW), row);
}

void cohort_put_name(struct txn *txn, struct bytes cohort, struct bytes district, const char *name)
{
	struct key k = {0};

	txn_put(txn, COHORT, part(&k, cohort, PART_NAME), bytes_of_text(name));
	mark_put(txn, COHORT_OF, district, cohort);
}

struct bytes cohort_name(const struct view *view, struct bytes cohort)
{
	struct key k = {0};
	struct bytes val;

	return view_get(view, COHORT, part(&k, cohort, PART_NAME), &val) ? val : BYTES_NONE;
}

/* ---- tallies ---- */

uint32_t tally_month(int64_t at_us)
{
	struct civil date = civil_of_day(at_us / US_PER_DAY);

	return (uint32_t)(date.year * 12 + date.month - 1);
}

static struct bytes org_part(struct bytes org)
{
	return org.len == ID_LEN ? org : bytes_of_id(&ID_NONE);
}

static void count_one(struct txn *txn, struct bytes above, struct bytes org, uint32_t month,
		      enum tally_what what)
{
	struct tally_row row = {0};
	struct key k = {0};
	struct bytes key;

	key_add(&k, org_part(above));
	key_add_u32(&k, month);
	key = key_add(&k, org_part(org));
	if (!ROW_GET(txn_view(txn), TALLY, key, &row))
		row = (struct tally_row){0};
	row.counts[what]++;
	ROW_PUT(txn, TALLY, key, &row);
}

void tally_add(struct txn *txn, struct bytes school, struct bytes district, int64_t at_us,
	       enum tally_what what)
{
	uint32_t month = tally_month(at_us);

	count_one(txn, BYTES_NONE, district, month, what);
	if (district.len == ID_LEN && !bytes_equal(district, bytes_of_id(&ID_NONE)))
		count_one(txn, district, school, month, what);
}

struct scan tally_scan(const struct view *view, struct bytes above, uint32_t month)
{
	struct key k = {0};

	key_add(&k, org_part(above));
	return scan_first(view, TALLY, org_part(above), key_add_u32(&k, month));
}

bool tally_next(struct scan *scan, struct id *org_r, uint32_t *month_r, struct tally_row *row_r)
{
	struct bytes key, val;

	if (!scan_next(scan, &key, &val))
		return false;
	ENSURE(key.len == 2 * ID_LEN + sizeof(uint32_t) && val.len == sizeof *row_r);
	*month_r = get_u32_be(key.data + ID_LEN);
	*org_r = id_of_bytes((struct bytes){key.data + ID_LEN + sizeof(uint32_t), ID_LEN});
	memcpy(row_r, val.data, sizeof *row_r);
	return true;
}
