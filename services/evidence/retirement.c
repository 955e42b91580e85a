/* The last day to seal work for a micro-credential that is retired. */
#include "services/evidence/retirement.h"

#include "libshared/calendar.h"
#include "proto/enrollment.pb-c.h"
#include "services/evidence/follow.h"

#define OF_ENROLLMENT(event) ((const Enrollment__Event *)(event))

static void emit_noted(struct decision *d, Evidence__RetirementNoted *noted)
{
	Evidence__Event ours = EVIDENCE__EVENT__INIT;

	ours.retirement_noted = noted;
	emit_event(d, bytes_of_pb(noted->entry), &ours, EVIDENCE__EVENT__BODY_RETIREMENT_NOTED);
}

enum verdict on_entry_retired(const struct view *view, const ProtobufCMessage *event,
			      struct decision *d)
{
	const Enrollment__EntryRetired *e = OF_ENROLLMENT(event)->entry_retired;
	Evidence__RetirementNoted noted = EVIDENCE__RETIREMENT_NOTED__INIT;

	(void)view;
	if (!is_id(bytes_of_pb(e->entry)))
		return refuse(d, EVIDENCE__REASON__BAD_ID);
	noted.entry = e->entry;
	noted.finish_by_us = e->finish_by_us;
	noted.successor_code = e->successor_code;
	emit_noted(d, &noted);
	return ACCEPTED;
}

enum verdict on_retirement_withdrawn(const struct view *view, const ProtobufCMessage *event,
				     struct decision *d)
{
	Evidence__RetirementNoted noted = EVIDENCE__RETIREMENT_NOTED__INIT;

	(void)view;
	noted.entry = OF_ENROLLMENT(event)->retirement_withdrawn->entry;
	if (!is_id(bytes_of_pb(noted.entry)))
		return refuse(d, EVIDENCE__REASON__BAD_ID);
	emit_noted(d, &noted);
	return ACCEPTED;
}

enum verdict check_not_over(const struct view *view, struct bytes entry, struct decision *d)
{
	const Evidence__Event *event = event_get(view, RETIRED, entry, d->arena);
	const Evidence__RetirementNoted *noted = event == NULL ? NULL : event->retirement_noted;
	char day[sizeof "2027-06-30"];

	if (noted == NULL || noted->finish_by_us == 0 || d->now_us <= noted->finish_by_us)
		return ACCEPTED;
	text_of_day(noted->finish_by_us / US_PER_DAY, day);
	return refuse_text(d, EVIDENCE__REASON__FINISH_DATE_PAST,
			   "this micro-credential is retired, and the last day to finish it was "
			   "%s; %s%s",
			   day,
			   *noted->successor_code == '\0' ? "nothing takes its place"
							  : "its successor is ",
			   noted->successor_code);
}
