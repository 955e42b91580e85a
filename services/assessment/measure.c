/* Counting double reads and decisions as they come. */
#include "services/assessment/measure.h"

#include "services/assessment/decision.h"
#include "services/assessment/tables_due.h"
#include "services/assessment/tables_fairness.h"

#include <string.h>

/* The place of a level in its scale, from the lowest; q when it is none. */
static unsigned place_of(const Enrollment__Rubric *rubric, uint32_t ordinal)
{
	unsigned place = 0;

	while (place < rubric->n_levels && rubric->levels[place]->ordinal != ordinal)
		place++;
	return place;
}

static bool place_in(const Enrollment__Rubric *rubric, const char *row,
		     const Assessment__ReadingCompleted *reading, unsigned *place_r)
{
	for (size_t i = 0; i < reading->n_ratings; i++)
		if (strcmp(reading->ratings[i]->row, row) == 0) {
			*place_r = place_of(rubric, reading->ratings[i]->ordinal);
			return *place_r < MIN(rubric->n_levels, (size_t)AGREEMENT_LEVELS_MAX);
		}
	return false;
}

bool double_read_add(const Enrollment__Rubric *rubric, const char *row,
		     const Assessment__ReadingCompleted *first,
		     const Assessment__ReadingCompleted *second, struct agreement_counts *counts)
{
	unsigned k, l;

	if (!place_in(rubric, row, first, &k) || !place_in(rubric, row, second, &l))
		return false;
	counts->n[k][l]++;
	return true;
}

void measure_second_reading(struct txn *t, const struct submission *row,
			    const Assessment__ReadingCompleted *second)
{
	AUTO(arena_destroy) struct arena *arena = arena_new(1 << 14);
	struct edition e = edition_of(row);
	const Assessment__EntryNoted *entry = entry_get(txn_view(t), e.entry, e.version, arena);
	const Assessment__ReadingCompleted *first =
		completed_get(txn_view(t), bytes_of_pb(second->submission), 1, arena);

	if (entry == NULL || first == NULL) {
		txn_fault(t, "a second reading without a first, or of no known entry");
		return;
	}
	for (size_t i = 0; i < second->n_ratings; i++) {
		const char *code = second->ratings[i]->row;
		struct agreement_counts counts;

		matrix_get(txn_view(t), &e, code, (unsigned)entry->rubric->n_levels, &counts);
		if (double_read_add(entry->rubric, code, first, second, &counts))
			matrix_put(t, &e, code, &counts);
	}
}

/* How long it took, apart from how long it stood still. */
static unsigned wait_of(const struct view *view, const struct submission *row)
{
	struct clock clock = clock_get(view, row);

	return wait_bin(clock_running_us(&clock, row->decided_us));
}

static void measure_group(struct txn *t, const struct submission *row,
			  const Assessment__DecisionMade *made, const struct group *g)
{
	if (row->attempt == 1)
		cell_add(t, row->decided_us, g, CELL_DECIDED);
	if (row->attempt == 1 && made->passed)
		cell_add(t, row->decided_us, g, CELL_PASSED);
	cell_add(t, row->decided_us, g, CELL_WAIT + wait_of(txn_view(t), row));
	if (!made->passed)
		not_yet_put(t, g, row->sealed_us, bytes_of_pb(made->submission));
}

static void measure_groups(struct txn *t, const struct submission *row,
			   const Assessment__DecisionMade *made)
{
	AUTO(arena_destroy) struct arena *arena = arena_new(4096);
	const Assessment__SubmissionReceived *received =
		received_get(txn_view(t), bytes_of_pb(made->submission), arena);

	for (unsigned dimension = 1; received != NULL && dimension < DIMENSIONS_END; dimension++) {
		struct group g = group_of(txn_view(t), row, received->language, dimension);

		measure_group(t, row, made, &g);
	}
}

void measure_decision(struct txn *t, const struct submission *row,
		      const Assessment__DecisionMade *made)
{
	struct edition e = edition_of(row);

	figure_add(t, &e, FIGURE_DECIDED);
	if (made->passed)
		figure_add(t, &e, FIGURE_PASSED);
	if (row->attempt == 1)
		figure_add(t, &e, FIGURE_FIRST);
	if (row->attempt == 1 && made->passed)
		figure_add(t, &e, FIGURE_FIRST_PASSED);
	if (made->reads > 1)
		figure_add(t, &e, FIGURE_READ_TWICE + row->second_why);
	figure_add(t, &e, FIGURE_WAIT + wait_of(txn_view(t), row));
	measure_groups(t, row, made);
}
