/*
 * What is counted of groups of earners: by region and type of school, which are words of the
 * organisation, and by language of the submission. Of nobody more than these words.
 *
 * Counted by periods of 28 days from 1970, of which the last FAIR_PERIODS are looked at, the
 * running one among them.
 */
#ifndef CAIRN_ASSESSMENT_TABLES_FAIRNESS_H
#define CAIRN_ASSESSMENT_TABLES_FAIRNESS_H

#include "services/assessment/fairness.h"
#include "services/assessment/tables.h"
#include "services/assessment/waits.h"

#define FAIR_PERIOD_DAYS 28
#define FAIR_PERIODS 13
#define GROUP_UNKNOWN "unknown"

/* What the policy says of fairness; a version without these numbers has those of DOMAIN.md 4.3.4.
 */
struct fairness_policy {
	uint32_t gap_permille, back_reads;
};
struct fairness_policy fairness_policy(const struct view *v, struct arena *arena);

struct org {
	uint64_t version;
	char region[40], school_type[40]; /* NUL-ended; empty: not told */
};
_Static_assert(sizeof(struct org) == 88, "no padding");
bool org_get(const struct view *v, struct bytes org, struct org *row_r);
void org_put(struct txn *t, struct bytes org, const char *region, const char *school_type);

enum dimension { DIMENSION_REGION = 1, DIMENSION_SCHOOL_TYPE, DIMENSION_LANGUAGE, DIMENSIONS_END };
const char *dimension_word(unsigned dimension); /* "region" ... */

struct group {
	unsigned dimension;
	char text[40];
};
/* Of what the submission is; the school's word, or else the district's. */
struct group group_of(const struct view *v, const struct submission *row, const char *language,
		      unsigned dimension);

enum cell_figure { CELL_DECIDED = 1, CELL_PASSED, CELL_WAIT = 256 };
void cell_add(struct txn *t, int64_t at_us, const struct group *g, unsigned figure);

struct cell {
	struct group group;
	struct fair_count count; /* of first attempts */
	struct waits *waits;     /* of all decisions */
};
#define CELLS_MAX 256
/* In the order of their keys; the array and what it has live in the arena. Groups beyond CELLS_MAX
 * are not looked at. */
size_t cells_load(const struct view *v, int64_t now_us, struct arena *arena, struct cell **cells_r);
/* All others of its dimension, without those of which nothing was told. */
struct fair_count cells_others(const struct cell *cells, size_t n, const struct cell *but);

void not_yet_put(struct txn *t, const struct group *g, int64_t sealed_us, struct bytes submission);
/* A group's part of NOT_YET; there the time of sealing and the submission follow. */
struct bytes not_yet_key(struct key *k, const struct group *g);

bool gap_get(const struct view *v, const struct group *g);
void gap_put(struct txn *t, const struct group *g);
void gap_delete(struct txn *t, const struct group *g);

#endif
