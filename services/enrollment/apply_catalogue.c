/* What each event of the catalogue changes in the tables. */
#include "libshared/calendar.h"
#include "libshared/timers.h"
#include "services/enrollment/apply_parts.h"
#include "services/enrollment/lapse.h"
#include "services/enrollment/search.h"

void apply_issuer_published(struct txn *txn, const Enrollment__Event *event,
			    const struct record *record)
{
	const Enrollment__Issuer *issuer = event->issuer_published->issuer;

	document_put(txn, DOC_ISSUER, bytes_of_pb(issuer->issuer), issuer->version,
		     record->payload);
}

void apply_profile_published(struct txn *txn, const Enrollment__Event *event,
			     const struct record *record)
{
	const Enrollment__Profile *profile = event->profile_published->profile;
	struct id id = profile_id(profile->code);

	document_put(txn, DOC_PROFILE, bytes_of_id(&id), profile->version, record->payload);
}

static struct notice_days notices_of(const uint32_t *days, size_t n)
{
	struct notice_days notices = {.n = (uint32_t)MIN(n, (size_t)NOTICES_MAX)};

	for (uint32_t i = 0; i < notices.n; i++)
		notices.days[i] = days[i];
	return notices;
}

void apply_policy_published(struct txn *txn, const Enrollment__Event *event,
			    const struct record *record)
{
	const Enrollment__Policy *policy = event->policy_published->policy;
	struct id id = only_id(DOC_POLICY);
	struct policy_row row = {
		.policy_version = policy->version,
		.lapse_days = policy->lapse_days,
		.finish_days = policy->finish_days,
		.artifacts_max = policy->artifacts_max,
		.lapse_notices = notices_of(policy->lapse_notice_days, policy->n_lapse_notice_days),
		.review_notices =
			notices_of(policy->review_notice_days, policy->n_review_notice_days),
	};

	policy_put(txn, &row);
	document_put(txn, DOC_POLICY, bytes_of_id(&id), policy->version, record->payload);
}

void apply_calendar_published(struct txn *txn, const Enrollment__Event *event,
			      const struct record *record)
{
	struct id id = only_id(DOC_CALENDAR);

	document_put(txn, DOC_CALENDAR, bytes_of_id(&id),
		     event->calendar_published->calendar->version, record->payload);
}

void apply_media_published(struct txn *txn, const Enrollment__Event *event,
			   const struct record *record)
{
	struct id id = only_id(DOC_MEDIA);

	document_put(txn, DOC_MEDIA, bytes_of_id(&id), event->media_published->media->version,
		     record->payload);
}

/* Writes the row, and sets the timer for the next notice or the day itself. */
static void review_put_with_timer(struct txn *txn, struct bytes entry, struct review_row *row)
{
	struct notice_days notices = review_notices(txn_view(txn));
	struct retired_row retired;

	review_put(txn, entry, row);
	if (row->overdue || retired_get(txn_view(txn), entry, &retired))
		timer_clear(txn, entry, TIMER_REVIEW);
	else
		timer_set(txn, entry, TIMER_REVIEW,
			  notice_next_due(&notices, review_end_us(row->review_by_day),
					  row->noticed_days));
}

void apply_entry_published(struct txn *txn, const Enrollment__Event *event,
			   const struct record *record)
{
	const Enrollment__Entry *entry = event->entry_published->entry;
	struct entry_row row = {
		.fee_cents = entry->fee_cents,
		.newest = entry->version,
		.clock_hours = entry->clock_hours,
	};

	struct review_row review = {
		.submitter = record->actor,
		.entry_version = entry->version,
	};

	if (!day_of_text(entry->first_published, &row.opens_day) ||
	    !day_of_text(entry->review_by, &review.review_by_day)) {
		txn_fault(txn, "an entry whose first_published or review_by is no date");
		return;
	}
	review_put_with_timer(txn, bytes_of_pb(entry->entry), &review);
	entry_put(txn, entry, &row);
	search_put(txn, entry, row.opens_day);
	document_put(txn, DOC_ENTRY, bytes_of_pb(entry->entry), entry->version, record->payload);
}

void apply_entry_retired(struct txn *txn, const Enrollment__Event *event,
			 const struct record *record)
{
	const Enrollment__EntryRetired *e = event->entry_retired;
	struct retired_row row = {
		.successor = id_of_bytes(bytes_of_pb(e->successor)),
		.finish_by_us = e->finish_by_us,
		.entry_version = e->version,
	};

	search_retire(txn, entry_code(txn_view(txn), bytes_of_pb(e->entry)), true);
	retired_put(txn, bytes_of_pb(e->entry), &row);
	timer_clear(txn, bytes_of_pb(e->entry), TIMER_REVIEW);
	timer_set(txn, bytes_of_pb(e->entry), TIMER_TELL, record->at_us);
}

/* The review of a retired entry waits. */
void apply_retirement_withdrawn(struct txn *txn, const Enrollment__Event *event,
				const struct record *record)
{
	struct bytes id = bytes_of_pb(event->retirement_withdrawn->entry);
	struct review_row review;

	(void)record;
	search_retire(txn, entry_code(txn_view(txn), id), false);
	txn_delete(txn, RETIRED, id);
	timer_clear(txn, id, TIMER_TELL);
	if (review_get(txn_view(txn), id, &review))
		review_put_with_timer(txn, id, &review);
}

void apply_retirement_told(struct txn *txn, const Enrollment__Event *event,
			   const struct record *record)
{
	const Enrollment__RetirementTold *e = event->retirement_told;
	struct bytes id = bytes_of_pb(e->entry);
	struct retired_row row;

	if (e->after.len == 0) {
		timer_clear(txn, id, TIMER_TELL);
		return;
	}
	if (!retired_get(txn_view(txn), id, &row)) {
		txn_fault(txn, "a retirement told of an entry that is not retired");
		return;
	}
	row.told_after = id_of_bytes(bytes_of_pb(e->after));
	retired_put(txn, id, &row);
	timer_set(txn, id, TIMER_TELL, record->at_us);
}

void apply_quality_standard_published(struct txn *txn, const Enrollment__Event *event,
				      const struct record *record)
{
	struct id id = only_id(DOC_QUALITY_STANDARD);

	document_put(txn, DOC_QUALITY_STANDARD, bytes_of_id(&id),
		     event->quality_standard_published->standard->version, record->payload);
}

/* The row of an entry's review that an event names; false: faulted. */
static bool review_row(struct txn *txn, struct bytes entry, struct review_row *row_r)
{
	if (review_get(txn_view(txn), entry, row_r))
		return true;
	txn_fault(txn, "a review date of an entry that is not published");
	return false;
}

void apply_review_recorded(struct txn *txn, const Enrollment__Event *event,
			   const struct record *record)
{
	const Enrollment__ReviewRecorded *e = event->review_recorded;
	struct bytes id = bytes_of_pb(e->review->entry);
	struct review_row row;

	document_put(txn, DOC_REVIEW, id, e->review->version, record->payload);
	if (*e->review_by == '\0' || !review_row(txn, id, &row))
		return;
	row.overdue = 0;
	row.noticed_days = 0;
	if (!day_of_text(e->review_by, &row.review_by_day))
		txn_fault(txn, "a review that moves to no date");
	else
		review_put_with_timer(txn, id, &row);
}

void apply_review_noticed(struct txn *txn, const Enrollment__Event *event,
			  const struct record *record)
{
	const Enrollment__ReviewNoticed *e = event->review_noticed;
	struct review_row row;

	(void)record;
	if (!review_row(txn, bytes_of_pb(e->entry), &row))
		return;
	row.noticed_days = e->days_left;
	review_put_with_timer(txn, bytes_of_pb(e->entry), &row);
}

void apply_review_overdue(struct txn *txn, const Enrollment__Event *event,
			  const struct record *record)
{
	struct bytes id = bytes_of_pb(event->review_overdue->entry);
	struct review_row row;

	(void)record;
	if (!review_row(txn, id, &row))
		return;
	row.overdue = 1;
	review_put_with_timer(txn, id, &row);
}

void apply_stack_published(struct txn *txn, const Enrollment__Event *event,
			   const struct record *record)
{
	const Enrollment__Document *stack = event->stack_published->stack;

	document_put(txn, DOC_STACK, bytes_of_pb(stack->id), stack->version, record->payload);
}

void apply_renewal_policy_published(struct txn *txn, const Enrollment__Event *event,
				    const struct record *record)
{
	const Enrollment__Document *policy = event->renewal_policy_published->policy;

	document_put(txn, DOC_RENEWAL_POLICY, bytes_of_pb(policy->id), policy->version,
		     record->payload);
}
