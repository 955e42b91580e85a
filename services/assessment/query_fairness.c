/* How often, and how soon, groups of earners pass; small ones are hidden. */
#include "services/assessment/query_parts.h"
#include "services/assessment/tables_fairness.h"

/* Over the cells of each dimension, which stand together. */
static void hide_small(struct cell *cells, size_t n)
{
	struct fair_count *counts[CELLS_MAX];

	for (unsigned dimension = 1; dimension < DIMENSIONS_END; dimension++) {
		size_t many = 0;

		for (size_t i = 0; i < n; i++)
			if (cells[i].group.dimension == dimension)
				counts[many++] = &cells[i].count;
		fairness_hide(counts, many);
	}
}

static Assessment__FairnessGroup *shown_group(struct query *q, const struct cell *cell)
{
	Assessment__FairnessGroup *g =
		MADE(q, Assessment__FairnessGroup, ASSESSMENT__FAIRNESS_GROUP__INIT);

	g->dimension = copy_text(q, dimension_word(cell->group.dimension));
	g->group = copy_text(q, cell->group.text);
	g->is_hidden = cell->count.is_hidden;
	g->has_gap = gap_get(q->view, &cell->group);
	if (g->is_hidden)
		return g;
	g->decided = cell->count.decided;
	g->passed = cell->count.passed;
	g->minutes_half = waits_percentile(cell->waits, 50);
	g->minutes_95 = waits_percentile(cell->waits, 95);
	return g;
}

Cairn__Status ask_fairness(const Assessment__Query *query, struct query *q)
{
	struct fairness_policy policy = fairness_policy(q->view, q->arena);
	Assessment__FairnessAnswer reply = ASSESSMENT__FAIRNESS_ANSWER__INIT;
	Assessment__Answer body = ASSESSMENT__ANSWER__INIT;
	struct cell *cells;
	size_t n = cells_load(q->view, q->now_us, q->arena, &cells);

	(void)query;
	hide_small(cells, n);
	reply.window_days = FAIR_PERIODS * FAIR_PERIOD_DAYS;
	reply.cell_min = FAIR_CELL_MIN;
	reply.test_min = FAIR_TEST_MIN;
	reply.gap_permille = policy.gap_permille;
	reply.back_reads = policy.back_reads;
	reply.groups = arena_zalloc(q->arena, (n + 1) * sizeof *reply.groups);
	for (size_t i = 0; i < n; i++)
		reply.groups[reply.n_groups++] = shown_group(q, &cells[i]);
	body.body_case = ASSESSMENT__ANSWER__BODY_FAIRNESS;
	body.fairness = &reply;
	return query_answer(q, &body.base);
}
