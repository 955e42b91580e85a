/* The rows of what is counted of groups. */
#include "services/assessment/tables_fairness.h"

#include "libshared/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PERIOD_US (FAIR_PERIOD_DAYS * US_PER_DAY)

static uint32_t period_of(int64_t at_us)
{
	return (uint32_t)(at_us / PERIOD_US);
}

struct fairness_policy fairness_policy(const struct view *v, struct arena *arena)
{
	const Enrollment__Policy *p = policy_get(v, 0, arena);
	struct fairness_policy policy = {.gap_permille = 100, .back_reads = 20};

	if (p != NULL && p->fairness_gap_permille > 0)
		policy.gap_permille = p->fairness_gap_permille;
	if (p != NULL && p->fairness_back_reads > 0)
		policy.back_reads = p->fairness_back_reads;
	return policy;
}

/* ---- organisations ---- */

bool org_get(const struct view *v, struct bytes org, struct org *row_r)
{
	return ROW_GET(v, ORG, org, row_r);
}

void org_put(struct txn *t, struct bytes org, const char *region, const char *school_type)
{
	struct org row = {0};

	snprintf(row.region, sizeof row.region, "%s", region);
	snprintf(row.school_type, sizeof row.school_type, "%s", school_type);
	ROW_PUT(t, ORG, org, &row);
}

/* ---- groups ---- */

const char *dimension_word(unsigned dimension)
{
	static const char *const words[DIMENSIONS_END] = {"", "region", "school_type", "language"};

	return dimension < DIMENSIONS_END ? words[dimension] : "";
}

static const char *told_by(const struct org *org, unsigned dimension)
{
	return dimension == DIMENSION_REGION ? org->region : org->school_type;
}

struct group group_of(const struct view *v, const struct submission *row, const char *language,
		      unsigned dimension)
{
	struct org school = {0}, district = {0};
	struct group g = {.dimension = dimension};
	const char *text = language;

	if (dimension != DIMENSION_LANGUAGE) {
		org_get(v, bytes_of_id(&row->school), &school);
		org_get(v, bytes_of_id(&row->district), &district);
		text = told_by(&school, dimension);
		if (text[0] == '\0')
			text = told_by(&district, dimension);
	}
	snprintf(g.text, sizeof g.text, "%s", text[0] != '\0' ? text : GROUP_UNKNOWN);
	return g;
}

static struct bytes add_group(struct key *k, const struct group *g)
{
	key_add_u16(k, (uint16_t)g->dimension);
	return key_add(k, (struct bytes){(const uint8_t *)g->text, strlen(g->text) + 1});
}

/* ---- cells ---- */

void cell_add(struct txn *t, int64_t at_us, const struct group *g, unsigned figure)
{
	struct tally tally = {0};
	struct key k = {0};

	key_add_u32(&k, period_of(at_us));
	add_group(&k, g);
	key_add_u16(&k, (uint16_t)figure);
	ROW_GET(txn_view(t), CELL, key_bytes(&k), &tally);
	tally.n++;
	ROW_PUT(t, CELL, key_bytes(&k), &tally);
}

/* As add_group() wrote it. */
static struct group group_of_bytes(struct bytes key)
{
	struct group g = {.dimension = get_u16_be(key.data)};

	snprintf(g.text, sizeof g.text, "%s", (const char *)key.data + 2);
	return g;
}

static bool same_group(const struct group *a, const struct group *b)
{
	return a->dimension == b->dimension && strcmp(a->text, b->text) == 0;
}

/* NULL: there are too many. */
static struct cell *cell_of(struct cell *cells, size_t *n, const struct group *g,
			    struct arena *arena)
{
	for (size_t i = 0; i < *n; i++)
		if (same_group(&cells[i].group, g))
			return &cells[i];
	if (*n == CELLS_MAX)
		return NULL;
	cells[*n].group = *g;
	cells[*n].waits = arena_zalloc(arena, sizeof *cells[*n].waits);
	return &cells[(*n)++];
}

static void add_figure(struct cell *cell, unsigned figure, uint64_t n)
{
	if (figure == CELL_DECIDED)
		cell->count.decided += n;
	else if (figure == CELL_PASSED)
		cell->count.passed += n;
	else
		waits_add(cell->waits, figure - CELL_WAIT, n);
}

/* A group with a gap is looked at although nobody of it was decided lately. */
static void add_gaps(const struct view *v, struct cell *cells, size_t *n, struct arena *arena)
{
	struct scan scan = scan_first(v, GAP, BYTES_NONE, BYTES_NONE);
	struct bytes key, val;

	while (scan_next(&scan, &key, &val)) {
		struct group g = group_of_bytes(key);

		cell_of(cells, n, &g, arena);
	}
	scan_end(&scan);
}

static int order_of_cells(const void *a, const void *b)
{
	const struct cell *x = a, *y = b;

	if (x->group.dimension != y->group.dimension)
		return x->group.dimension < y->group.dimension ? -1 : 1;
	return strcmp(x->group.text, y->group.text);
}

size_t cells_load(const struct view *v, int64_t now_us, struct arena *arena, struct cell **cells_r)
{
	struct cell *cells = arena_zalloc(arena, CELLS_MAX * sizeof *cells);
	struct bytes key, val;
	struct key from = {0};
	struct scan scan;
	size_t n = 0;

	key_add_u32(&from, period_of(now_us) - MIN(period_of(now_us), FAIR_PERIODS - 1U));
	scan = scan_first(v, CELL, BYTES_NONE, key_bytes(&from));
	while (scan_next(&scan, &key, &val)) {
		struct group g = group_of_bytes((struct bytes){key.data + 4, key.len - 4});
		struct cell *cell = cell_of(cells, &n, &g, arena);
		struct tally tally;

		ENSURE(val.len == sizeof tally);
		memcpy(&tally, val.data, sizeof tally);
		if (cell != NULL)
			add_figure(cell, get_u16_be(key.data + key.len - 2), tally.n);
	}
	scan_end(&scan);
	add_gaps(v, cells, &n, arena);
	qsort(cells, n, sizeof *cells, order_of_cells);
	*cells_r = cells;
	return n;
}

struct fair_count cells_others(const struct cell *cells, size_t n, const struct cell *but)
{
	struct fair_count others = {0};

	for (size_t i = 0; i < n; i++) {
		const struct cell *cell = &cells[i];

		if (cell == but || cell->group.dimension != but->group.dimension ||
		    strcmp(cell->group.text, GROUP_UNKNOWN) == 0)
			continue;
		others.decided += cell->count.decided;
		others.passed += cell->count.passed;
	}
	return others;
}

/* ---- decisions that were not yet ---- */

void not_yet_put(struct txn *t, const struct group *g, int64_t sealed_us, struct bytes submission)
{
	struct key k = {0};

	add_group(&k, g);
	key_add_u64(&k, (uint64_t)sealed_us);
	txn_put(t, NOT_YET, key_add(&k, submission), BYTES_NONE);
}

struct bytes not_yet_key(struct key *k, const struct group *g)
{
	return add_group(k, g);
}

/* ---- gaps ---- */

bool gap_get(const struct view *v, const struct group *g)
{
	struct key k = {0};
	struct bytes val;

	return view_get(v, GAP, add_group(&k, g), &val);
}

void gap_put(struct txn *t, const struct group *g)
{
	struct key k = {0};

	txn_put(t, GAP, add_group(&k, g), BYTES_NONE);
}

void gap_delete(struct txn *t, const struct group *g)
{
	struct key k = {0};

	txn_delete(t, GAP, add_group(&k, g));
}
