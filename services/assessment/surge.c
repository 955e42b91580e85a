/* Asking for more readings in time: when the forecast passes the limits. */
#include "services/assessment/outlook.h"
#include "services/assessment/rules.h"

static void emit_requested(struct decision *d, struct bytes entry, const struct outlook *o)
{
	Assessment__SurgeRequested request = ASSESSMENT__SURGE_REQUESTED__INIT;
	Assessment__Event event = ASSESSMENT__EVENT__INIT;

	request.entry = pb_of_bytes(entry);
	request.waiting = o->waiting;
	request.late = o->late;
	request.readings_a_day = o->needed_a_day;
	request.by_us = o->needed_by_us;
	request.seats = o->supply.seats;
	request.pace_permille = (uint64_t)(o->pace.a_day * 1000);
	event.body_case = ASSESSMENT__EVENT__BODY_SURGE_REQUESTED;
	event.surge_requested = &request;
	emit_about(d, entry, &event.base);
}

static void emit_ended(struct decision *d, struct bytes entry, const struct outlook *o)
{
	Assessment__SurgeEnded ended = ASSESSMENT__SURGE_ENDED__INIT;
	Assessment__Event event = ASSESSMENT__EVENT__INIT;

	ended.entry = pb_of_bytes(entry);
	ended.waiting = o->waiting;
	ended.late = o->late;
	event.body_case = ASSESSMENT__EVENT__BODY_SURGE_ENDED;
	event.surge_ended = &ended;
	emit_about(d, entry, &event.base);
}

/* A version of the policy without the number has 5 %. */
static uint32_t late_permille(const struct view *view, struct arena *arena)
{
	const Enrollment__Policy *policy = policy_get(view, 0, arena);

	return policy != NULL && policy->surge_late_permille > 0 ? policy->surge_late_permille : 50;
}

void emit_surges(const struct view *view, struct decision *d)
{
	uint32_t permille = late_permille(view, d->arena);
	struct scan scan = scan_first(view, WAITING_COUNT, BYTES_NONE, BYTES_NONE);
	struct bytes key, val;

	while (scan_next(&scan, &key, &val)) {
		struct bytes entry = arena_copy(d->arena, key);
		bool was = surge_get(view, entry), is;
		struct outlook o;

		if (!was && submissions_waiting(view, entry) == 0)
			continue;
		outlook_all(view, d->arena, entry, d->now_us, &o);
		is = outlook_wants_surge(&o, permille);
		if (is && !was)
			emit_requested(d, entry, &o);
		else if (!is && was)
			emit_ended(d, entry, &o);
	}
	scan_end(&scan);
}
