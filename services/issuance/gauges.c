/* What a scrape tells of issuance: what waits for a person here, or at a state. */
#include "services/issuance/gauges.h"

#include "libshared/clock.h"
#include "services/issuance/tables.h"
#include "services/issuance/tables_statefile.h"

#define LOOKED_AT 1000

enum { HELD_ONES, DISPUTES, OLDEST };

const struct metric issuance_metrics[N_ISSUANCE_METRICS] = {
	[HELD_ONES] = {"credentials_held",
		       METRIC_GAUGE,
		       "Credentials that may not be signed yet.",
		       {{0}}},
	[DISPUTES] = {"disputes",
		      METRIC_GAUGE,
		      "Credits that a state refuses and nobody has settled.",
		      {{0}}},
	[OLDEST] = {"disputes_oldest_seconds",
		    METRIC_GAUGE_US,
		    "How long the first of those has waited.",
		    {{0}}},
};

static int64_t oldest_dispute_us(const struct view *view, int64_t now_us)
{
	AUTO(arena_destroy) struct arena *arena = arena_new(4096);
	struct scan scan = dispute_scan(view, "");
	struct dispute dispute;
	int64_t oldest_us = 0;

	for (unsigned i = 0; i < LOOKED_AT && dispute_next(&scan, arena, &dispute); i++) {
		oldest_us = MAX(oldest_us, now_us - dispute.since_us);
		arena_reset(arena);
	}
	scan_end(&scan);
	return oldest_us;
}

void issuance_measure(const struct view *view, int64_t now_us, struct metrics *m, unsigned base)
{
	metrics_set(m, base + HELD_ONES, 0, (int64_t)view_count(view, HELD));
	metrics_set(m, base + DISPUTES, 0, (int64_t)view_count(view, DISPUTED));
	metrics_set(m, base + OLDEST, 0, oldest_dispute_us(view, now_us));
}
