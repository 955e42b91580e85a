/* What the events on reliability and fairness change: rows under review, gaps, the daily look. */
#include "services/assessment/apply_parts.h"

#include "libshared/timers.h"
#include "services/assessment/assessment.h"
#include "services/assessment/tables_fairness.h"
#include "services/assessment/tables_report.h"

#include <stdio.h>
#include <string.h>

void apply_row_placed_under_review(struct txn *txn, const Assessment__Event *event,
				   const struct record *record)
{
	const Assessment__RowPlacedUnderReview *p = event->row_placed_under_review;
	const struct edition e = {bytes_of_pb(p->entry), p->version};

	(void)record;
	row_review_put(txn, &e, p->row);
}

void apply_row_review_ended(struct txn *txn, const Assessment__Event *event,
			    const struct record *record)
{
	const Assessment__RowReviewEnded *ended = event->row_review_ended;
	const struct edition e = {bytes_of_pb(ended->entry), ended->version};

	(void)record;
	row_review_delete(txn, &e, ended->row);
}

/* ---- fairness ---- */

void apply_org_noted(struct txn *txn, const Assessment__Event *event, const struct record *record)
{
	const Assessment__OrgNoted *o = event->org_noted;

	(void)record;
	org_put(txn, bytes_of_pb(o->org), o->region, o->school_type);
}

static struct group group_named(const char *dimension, const char *text)
{
	struct group g = {0};

	while (g.dimension < DIMENSIONS_END && strcmp(dimension_word(g.dimension), dimension) != 0)
		g.dimension++;
	snprintf(g.text, sizeof g.text, "%s", text);
	return g;
}

void apply_gap_found(struct txn *txn, const Assessment__Event *event, const struct record *record)
{
	struct group g = group_named(event->gap_found->dimension, event->gap_found->group);

	(void)record;
	gap_put(txn, &g);
}

void apply_gap_ended(struct txn *txn, const Assessment__Event *event, const struct record *record)
{
	struct group g = group_named(event->gap_ended->dimension, event->gap_ended->group);

	(void)record;
	gap_delete(txn, &g);
}

/* ---- the queue ---- */

void apply_surge_requested(struct txn *txn, const Assessment__Event *event,
			   const struct record *record)
{
	(void)record;
	surge_put(txn, bytes_of_pb(event->surge_requested->entry));
}

void apply_surge_ended(struct txn *txn, const Assessment__Event *event, const struct record *record)
{
	(void)record;
	surge_delete(txn, bytes_of_pb(event->surge_ended->entry));
}

/* ---- the daily look ---- */

void apply_day_looked(struct txn *txn, const Assessment__Event *event, const struct record *record)
{
	const Assessment__DayLooked *looked = event->day_looked;

	(void)record;
	timer_set(txn, bytes_of_pb(looked->look), TIMER_DAY, looked->next_us);
}

/* It begins with the first policy. */
void start_daily_look(struct txn *txn, int64_t now_us)
{
	struct id look = id_of_name("look", "daily");
	int64_t due_us;

	if (!timer_due(txn_view(txn), bytes_of_id(&look), TIMER_DAY, &due_us))
		timer_set(txn, bytes_of_id(&look), TIMER_DAY, now_us + US_PER_DAY);
}
