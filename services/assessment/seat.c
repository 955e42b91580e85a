/* How an assessor earns a seat and keeps it: states, scores, thresholds. */
#include "services/assessment/seat.h"

#include <string.h>

const char *seat_state_word(unsigned state)
{
	static const char *const words[SEAT_STATES] = {
		[SEAT_NONE] = "",
		[SEAT_APPLIED] = "applied",
		[SEAT_TRAINING] = "training",
		[SEAT_CALIBRATING] = "calibrating",
		[SEAT_CERTIFIED] = "certified",
		[SEAT_WATCH] = "watch",
		[SEAT_SUSPENDED] = "suspended",
		[SEAT_EXPIRED] = "expired",
	};

	return state < SEAT_STATES ? words[state] : "";
}

bool seat_stands(unsigned state)
{
	return state == SEAT_CERTIFIED || state == SEAT_WATCH;
}

bool seat_may_calibrate(unsigned state)
{
	return state == SEAT_TRAINING || state == SEAT_CALIBRATING || state == SEAT_CERTIFIED ||
	       state == SEAT_SUSPENDED || state == SEAT_EXPIRED;
}

/* ---- scores ---- */

struct score score_of(uint32_t pass_ordinal, Assessment__RowRating *const *ratings,
		      const uint32_t *truth, size_t n)
{
	struct score score = {.rows = (uint32_t)n};

	for (size_t i = 0; i < n; i++) {
		uint32_t said = ratings[i]->ordinal, is = truth[i];

		if ((said >= pass_ordinal) == (is >= pass_ordinal))
			score.agreed++;
		if ((said > is ? said - is : is - said) >= 2)
			score.far++;
	}
	return score;
}

struct score score_of_completed(const Assessment__AnchorCompleted *completed)
{
	return (struct score){(uint32_t)completed->n_ratings, completed->agreed, completed->far};
}

static struct score score_add(struct score a, struct score b)
{
	return (struct score){a.rows + b.rows, a.agreed + b.agreed, a.far + b.far};
}

bool score_reaches(struct score score, uint32_t percent)
{
	return score.rows > 0 && (uint64_t)score.agreed * 100 >= (uint64_t)score.rows * percent;
}

/* ---- drift seeds ---- */

void window_add(struct seed_window *w, struct score score)
{
	if (w->n == SEEDS_MAX) {
		memmove(w->rows, w->rows + 1, SEEDS_MAX - 1);
		memmove(w->agreed, w->agreed + 1, SEEDS_MAX - 1);
		w->n--;
	}
	w->rows[w->n] = (uint8_t)MIN(score.rows, UINT8_MAX);
	w->agreed[w->n] = (uint8_t)MIN(score.agreed, UINT8_MAX);
	w->n++;
}

struct score window_sum(const struct seed_window *w, uint32_t size)
{
	struct score sum = {0};

	for (uint32_t i = w->n - MIN(w->n, size); i < w->n; i++)
		sum = score_add(sum, (struct score){w->rows[i], w->agreed[i], 0});
	return sum;
}

enum seat_state state_after_seed(enum seat_state state, const struct seed_window *w,
				 const struct drift_rules *rules)
{
	struct score sum = window_sum(w, rules->window);

	if (w->n < rules->needed)
		return state;
	if (!score_reaches(sum, rules->suspend_below_percent))
		return SEAT_SUSPENDED;
	return score_reaches(sum, rules->watch_below_percent) ? SEAT_CERTIFIED : SEAT_WATCH;
}

/* ---- calibrations ---- */

bool calibration_passes(struct score all, uint32_t percent)
{
	return all.far == 0 && score_reaches(all, percent);
}

static void count_row(const Enrollment__Rubric *rubric, const char *row,
		      const Assessment__AnchorCompleted *completed, Assessment__RowMisses *misses)
{
	for (size_t i = 0; i < completed->n_ratings; i++) {
		struct score score;

		if (strcmp(completed->ratings[i]->row, row) != 0)
			continue;
		score = score_of(rubric->pass_ordinal, &completed->ratings[i], &completed->truth[i],
				 1);
		misses->read += score.rows;
		misses->missed += score.rows - score.agreed;
		misses->far += score.far;
	}
}

void calibration_result(const Enrollment__Rubric *rubric,
			const Assessment__AnchorCompleted *const *read, size_t n,
			struct arena *arena, Assessment__CalibrationFailed *result_r)
{
	struct score all = {0};

	result_r->misses = arena_zalloc(arena, (rubric->n_criteria + 1) * sizeof(void *));
	for (size_t r = 0; r < rubric->n_criteria; r++) {
		Assessment__RowMisses *misses = arena_alloc(arena, sizeof *misses);

		assessment__row_misses__init(misses);
		misses->row = rubric->criteria[r]->code;
		for (size_t i = 0; i < n; i++)
			count_row(rubric, misses->row, read[i], misses);
		if (misses->missed + misses->far > 0)
			result_r->misses[result_r->n_misses++] = misses;
	}
	for (size_t i = 0; i < n; i++)
		all = score_add(all, score_of_completed(read[i]));
	result_r->anchors = (uint32_t)n;
	result_r->rows = all.rows;
	result_r->agreed = all.agreed;
	result_r->far = all.far;
}
