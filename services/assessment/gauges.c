/* What a scrape tells of assessment: submissions on their way, and those past their date. */
#include "services/assessment/gauges.h"

#include "services/assessment/tables.h"

#define LOOKED_AT 10000 /* in each state: behind so many nobody counts on */

enum { OPEN_ONES, OVERDUE, OLDEST };

static const char *const open_states[] = {
	"screening",      "queued",  "reading", "second_read",
	"adjudication",   "decided", "review",  "review_adjudication",
	"integrity_hold",
};
_Static_assert(ARRAY_LEN(open_states) == STATE_RELEASED - STATE_SCREENING, "all open states");

const struct metric assessment_metrics[N_ASSESSMENT_METRICS] = {
	[OPEN_ONES] = {"submissions_open",
		       METRIC_GAUGE,
		       "Submissions on their way to a decision.",
		       {{"state", open_states, ARRAY_LEN(open_states)}}},
	[OVERDUE] = {"overdue", METRIC_GAUGE, "Of those, past the date that was promised.", {{0}}},
	[OLDEST] = {"overdue_oldest_seconds",
		    METRIC_GAUGE_US,
		    "How long ago the first of those was due.",
		    {{0}}},
};

struct lateness {
	uint64_t n;
	int64_t oldest_us;
};

/* Rows of a state stand in the order of their date. */
static void count_late(const struct view *view, uint16_t state, int64_t now_us, struct lateness *l)
{
	struct key key = {0};
	struct scan scan = scan_first(view, BY_STATE, key_add_u16(&key, state), BYTES_NONE);
	struct bytes row, val;

	for (unsigned i = 0; i < LOOKED_AT && scan_next(&scan, &row, &val); i++) {
		int64_t due_us;

		(void)submission_of_key(row, &due_us);
		if (due_us >= now_us)
			break;
		l->n++;
		l->oldest_us = MAX(l->oldest_us, now_us - due_us);
	}
	scan_end(&scan);
}

void assessment_measure(const struct view *view, int64_t now_us, struct metrics *m, unsigned base)
{
	struct lateness l = {0};

	for (uint16_t state = STATE_SCREENING; state < STATE_RELEASED; state++) {
		unsigned i = state - STATE_SCREENING;

		metrics_set(m, base + OPEN_ONES, metric_at(m, base + OPEN_ONES, i, 0),
			    (int64_t)submissions_in_state(view, state));
		if (state != STATE_HELD) /* its clock stands still */
			count_late(view, state, now_us, &l);
	}
	metrics_set(m, base + OVERDUE, 0, (int64_t)l.n);
	metrics_set(m, base + OLDEST, 0, l.oldest_us);
}
