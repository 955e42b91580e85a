/* The rules of retirement: when it is, who is told, and how it is withdrawn. */
#include "libshared/calendar.h"
#include "libshared/check.h"
#include "services/enrollment/must.h"
#include "services/enrollment/retire.h"
#include "services/enrollment/rules.h"

#define TOLD_AT_ONCE 100

const char *finish_day(const struct retired_row *retired, struct decision *d)
{
	char *day = arena_alloc(d->arena, sizeof "2026-06-30");

	text_of_day(retired->finish_by_us / US_PER_DAY, day);
	return day;
}

const char *successor_words(const struct view *view, const struct retired_row *retired,
			    struct decision *d)
{
	struct bytes code;

	if (id_is_none(&retired->successor))
		return "; nothing takes its place";
	code = entry_code(view, bytes_of_id(&retired->successor));
	return arena_printf(d->arena, "; its successor is %.*s", (int)code.len,
			    (const char *)code.data);
}

static bool successor_ok(const struct view *view, const Enrollment__RetireEntry *ask,
			 struct decision *d)
{
	struct bytes successor = bytes_of_pb(ask->successor);
	struct entry_row entry;
	struct retired_row retired;

	if (successor.len == 0)
		return true;
	if (bytes_equal(successor, bytes_of_pb(ask->entry)))
		return refuse_field(d, "successor", "another entry, not the retired one itself");
	if (!entry_get(view, successor, &entry)) {
		refuse_text(d, ENROLLMENT__REASON__UNKNOWN_ENTRY,
			    "successor: publish it before the old entry is retired");
		return false;
	}
	if (!retired_get(view, successor, &retired))
		return true;
	refuse_text(d, ENROLLMENT__REASON__RETIRED, "the successor is itself retired");
	return false;
}

/* Who is enrolled has the policy's days left to finish; a retired entry takes nobody new. */
enum verdict decide_retire_entry(const struct view *view, const Enrollment__Command *cmd,
				 struct decision *d)
{
	const Enrollment__RetireEntry *ask = cmd->retire_entry;
	struct bytes id = bytes_of_pb(ask->entry);
	struct id successor;
	struct entry_row entry;
	struct retired_row retired;
	struct policy_row policy;

	if (!must_id(d, "entry", ask->entry) ||
	    (ask->successor.len > 0 && !must_id(d, "successor", ask->successor)))
		return REFUSED;
	if (!entry_get(view, id, &entry))
		return refuse_text(d, ENROLLMENT__REASON__UNKNOWN_ENTRY,
				   "entry: nothing is published under this id");
	successor = id_of_bytes(bytes_of_pb(ask->successor));
	if (retired_get(view, id, &retired))
		return id_equal(&retired.successor, &successor)
			       ? ACCEPTED
			       : refuse_text(d, ENROLLMENT__REASON__ALREADY_RETIRED,
					     "it is retired already, with another successor");
	if (!successor_ok(view, ask, d))
		return REFUSED;
	if (!policy_get(view, 0, &policy))
		return refuse_text(d, ENROLLMENT__REASON__POLICY_MISSING, "publish a policy first");

	Enrollment__EntryRetired event = ENROLLMENT__ENTRY_RETIRED__INIT;

	event.entry = ask->entry;
	event.version = entry.newest;
	event.successor = ask->successor;
	event.successor_code = arena_text(d->arena, entry_code(view, bytes_of_id(&successor)));
	event.finish_by_us = d->now_us + policy.finish_days * US_PER_DAY;
	EMIT(d, id, ENTRY_RETIRED, entry_retired, &event);
	return ACCEPTED;
}

/* ---- withdrawn ---- */

enum verdict decide_withdraw_retirement(const struct view *view, const Enrollment__Command *cmd,
					struct decision *d)
{
	struct bytes id = bytes_of_pb(cmd->withdraw_retirement->entry);
	Enrollment__RetirementWithdrawn event = ENROLLMENT__RETIREMENT_WITHDRAWN__INIT;
	struct retired_row retired;

	if (!must_id(d, "entry", cmd->withdraw_retirement->entry))
		return REFUSED;
	if (!retired_get(view, id, &retired))
		return refuse_text(d, ENROLLMENT__REASON__NOT_RETIRED,
				   "nothing that is retired has this id");
	if (d->now_us > retired.finish_by_us)
		return refuse_text(d, ENROLLMENT__REASON__FINISH_DATE_PAST,
				   "the last day to finish it was %s; publish it again under "
				   "another code",
				   finish_day(&retired, d));
	event.entry = cmd->withdraw_retirement->entry;
	event.version = retired.entry_version;
	EMIT(d, id, RETIREMENT_WITHDRAWN, retirement_withdrawn, &event);
	return ACCEPTED;
}

/* ---- who is told ---- */

void emit_finish_noticed(struct decision *d, struct bytes enrollment,
			 const struct enrollment_row *row, const struct retired_row *retired)
{
	Enrollment__FinishNoticed *noticed =
		NEW(d, Enrollment__FinishNoticed, ENROLLMENT__FINISH_NOTICED__INIT);

	noticed->enrollment = pb_of_bytes(enrollment);
	noticed->educator = pb_of_id(&row->educator);
	noticed->entry = pb_of_id(&row->entry);
	noticed->version = row->entry_version;
	noticed->finish_by_us = retired->finish_by_us;
	noticed->successor = pb_of_id(&retired->successor);
	EMIT(d, enrollment, FINISH_NOTICED, finish_noticed, noticed);
}

/* A portion of those enrolled; nobody once the day is over. */
enum verdict decide_tell_timer(const struct view *view, const struct timer_due *timer,
			       struct decision *d)
{
	struct bytes id = bytes_of_id(&timer->entity), enrollment;
	Enrollment__RetirementTold told = ENROLLMENT__RETIREMENT_TOLD__INIT;
	struct retired_row retired;
	struct enrollment_row row;
	struct scan scan;
	struct id last;
	unsigned n = 0;

	ENSURE(retired_get(view, id, &retired));
	told.entry = pb_of_bytes(id);
	scan = mark_scan(view, OF_ENTRY, id,
			 id_is_none(&retired.told_after) ? BYTES_NONE
							 : bytes_of_id(&retired.told_after));
	while (d->now_us <= retired.finish_by_us && mark_next(&scan, &enrollment)) {
		if (n++ == TOLD_AT_ONCE) {
			told.after = pb_of_id(&last);
			break;
		}
		last = id_of_bytes(enrollment);
		ENSURE(enrollment_get(view, enrollment, &row));
		emit_finish_noticed(d, bytes_of_id(&last), &row, &retired);
	}
	scan_end(&scan);
	EMIT(d, id, RETIREMENT_TOLD, retirement_told, &told);
	return ACCEPTED;
}
