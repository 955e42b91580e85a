/* The daily look: at fairness and at the queue, and that the next one comes. */
#include "services/assessment/rules.h"
#include "services/assessment/tables_fairness.h"

#include <string.h>

#define BACK_READS_MAX 500

/* ---- gaps ---- */

static Assessment__GapCounts counts_of(const struct fair_count *group,
				       const struct fair_count *others)
{
	Assessment__GapCounts counts = ASSESSMENT__GAP_COUNTS__INIT;

	counts.decided = group->decided;
	counts.passed = group->passed;
	counts.others_decided = others->decided;
	counts.others_passed = others->passed;
	return counts;
}

/* Of all not-yet decisions of the group, each as likely as any other; how many. */
static size_t draw_back_reads(const struct view *view, struct decision *d, const struct group *g,
			      uint32_t most, struct id *drawn_r)
{
	struct key prefix = {0}, from = {0};
	struct bytes key, val;
	struct scan scan;
	uint64_t seen = 0;

	not_yet_key(&prefix, g);
	not_yet_key(&from, g);
	key_add_u64(&from, (uint64_t)(d->now_us - FAIR_PERIODS * FAIR_PERIOD_DAYS * US_PER_DAY));
	scan = scan_first(view, NOT_YET, key_bytes(&prefix), key_bytes(&from));
	while (scan_next(&scan, &key, &val)) {
		uint64_t at = seen < most ? seen : draw(d, seen + 1);

		seen++;
		if (at < most)
			drawn_r[at] =
				id_of_bytes((struct bytes){key.data + key.len - ID_LEN, ID_LEN});
	}
	scan_end(&scan);
	return (size_t)MIN(seen, (uint64_t)most);
}

/* Blind: whoever reads them cannot tell them from any other work. What has been overturned since is
 * left. */
static uint32_t emit_back_reads(const struct view *view, struct decision *d, const struct group *g,
				uint32_t most)
{
	struct id *drawn = arena_alloc(d->arena, BACK_READS_MAX * sizeof *drawn);
	size_t n = draw_back_reads(view, d, g, MIN(most, (uint32_t)BACK_READS_MAX), drawn);
	uint32_t asked = 0;

	for (size_t i = 0; i < n; i++) {
		struct bytes submission = bytes_of_id(&drawn[i]);
		const Assessment__DecisionMade *made = decided_get(view, submission, d->arena);

		if (made != NULL && !made->passed)
			asked += emit_review_requested(view, d, submission,
						       ASSESSMENT__REVIEW_WHY__FAIRNESS);
	}
	return asked;
}

static void emit_found(const struct view *view, struct decision *d, const struct cell *cell,
		       const struct fair_count *others, const struct fairness_policy *policy)
{
	Assessment__GapCounts counts = counts_of(&cell->count, others);
	Assessment__GapFound found = ASSESSMENT__GAP_FOUND__INIT;
	Assessment__Event event = ASSESSMENT__EVENT__INIT;

	found.back_reads = emit_back_reads(view, d, &cell->group, policy->back_reads);
	found.dimension =
		arena_text(d->arena, bytes_of_text(dimension_word(cell->group.dimension)));
	found.group = arena_text(d->arena, bytes_of_text(cell->group.text));
	found.counts = &counts;
	found.gap_permille = policy->gap_permille;
	event.body_case = ASSESSMENT__EVENT__BODY_GAP_FOUND;
	event.gap_found = &found;
	emit(d, &event.base);
}

static void emit_ended(struct decision *d, const struct cell *cell, const struct fair_count *others,
		       const struct fairness_policy *policy)
{
	Assessment__GapCounts counts = counts_of(&cell->count, others);
	Assessment__GapEnded ended = ASSESSMENT__GAP_ENDED__INIT;
	Assessment__Event event = ASSESSMENT__EVENT__INIT;

	ended.dimension =
		arena_text(d->arena, bytes_of_text(dimension_word(cell->group.dimension)));
	ended.group = arena_text(d->arena, bytes_of_text(cell->group.text));
	ended.counts = &counts;
	ended.gap_permille = policy->gap_permille;
	event.body_case = ASSESSMENT__EVENT__BODY_GAP_ENDED;
	event.gap_ended = &ended;
	emit(d, &event.base);
}

/* A gap is found once, and again only after it has ended. */
static void look_at_fairness(const struct view *view, struct decision *d)
{
	struct fairness_policy policy = fairness_policy(view, d->arena);
	struct cell *cells;
	size_t n = cells_load(view, d->now_us, d->arena, &cells);

	for (size_t i = 0; i < n; i++) {
		struct fair_count others = cells_others(cells, n, &cells[i]);
		bool was = gap_get(view, &cells[i].group), is;

		if (strcmp(cells[i].group.text, GROUP_UNKNOWN) == 0)
			continue;
		is = fairness_gap(&cells[i].count, &others, policy.gap_permille);
		if (is && !was)
			emit_found(view, d, &cells[i], &others, &policy);
		else if (!is && was)
			emit_ended(d, &cells[i], &others, &policy);
	}
}

/* ---- the day ---- */

enum verdict decide_day(const struct view *view, const struct timer_due *timer, struct decision *d)
{
	Assessment__DayLooked looked = ASSESSMENT__DAY_LOOKED__INIT;
	Assessment__Event event = ASSESSMENT__EVENT__INIT;

	look_at_fairness(view, d);
	emit_surges(view, d);
	looked.look = pb_of_id(&timer->entity);
	looked.next_us = MAX(timer->due_us, d->now_us - US_PER_DAY) + US_PER_DAY;
	event.body_case = ASSESSMENT__EVENT__BODY_DAY_LOOKED;
	event.day_looked = &looked;
	emit_about(d, bytes_of_id(&timer->entity), &event.base);
	return ACCEPTED;
}
