/* What the events of notification change in its tables. */
#include "services/notification/apply_parts.h"
#include "services/notification/tables_mail.h"

#include <string.h>

/* ---- persons and texts ---- */

static void apply_preference_set(struct txn *txn, const Notification__Event *event,
				 const struct record *record)
{
	const Notification__PreferenceSet *e = event->preference_set;
	struct bytes id = bytes_of_pb(e->educator);
	struct educator educator;

	(void)record;
	if (!educator_get(txn_view(txn), id, &educator)) {
		txn_fault(txn, "preference_set: no such educator");
		return;
	}
	if (e->language[0] != '\0')
		fixed_text(educator.language, sizeof educator.language, e->language);
	educator_put(txn, id, &educator);
	if (e->topic != NOTIFICATION__TOPIC__TOPIC_UNSPECIFIED)
		switch_topic(txn, id, (uint16_t)e->topic, e->off);
}

static void apply_template_published(struct txn *txn, const Notification__Event *event,
				     const struct record *record)
{
	(void)record;
	template_put(txn, event->template_published->template_);
}

static void apply_educator_noted(struct txn *txn, const Notification__Event *event,
				 const struct record *record)
{
	const Notification__EducatorNoted *e = event->educator_noted;
	struct educator educator;

	(void)record;
	if (!educator_get(txn_view(txn), bytes_of_pb(e->educator), &educator))
		educator = (struct educator){0};
	fixed_text(educator.language, sizeof educator.language, e->language);
	educator_put(txn, bytes_of_pb(e->educator), &educator);
	if (e->person != NULL)
		person_put(txn, bytes_of_pb(e->educator), e->person);
}

/* The sealed person goes from the table at once; the key goes after the commit. */
static void apply_educator_forgotten(struct txn *txn, const Notification__Event *event,
				     const struct record *record)
{
	struct bytes id = bytes_of_pb(event->educator_forgotten->educator);
	struct educator educator = {.erased = 1};

	(void)record;
	educator_put(txn, id, &educator);
	txn_delete(txn, PERSON, id);
	txn_delete(txn, BOUNCE, id);
	txn_delete(txn, MAIL_TIMES, id);
	txn_delete(txn, NUDGED, id);
	txn_put(txn, TO_FORGET, id, BYTES_NONE);
}

static void apply_key_destroyed(struct txn *txn, const Notification__Event *event,
				const struct record *record)
{
	(void)record;
	txn_delete(txn, TO_FORGET, bytes_of_pb(event->key_destroyed->educator));
}

/* ---- kept of neighbours ---- */

static void apply_entry_noted(struct txn *txn, const Notification__Event *event,
			      const struct record *record)
{
	(void)record;
	entry_put(txn, event->entry_noted);
}

static void apply_policy_noted(struct txn *txn, const Notification__Event *event,
			       const struct record *record)
{
	(void)record;
	policy_put(txn, event->policy_noted);
}

static void apply_calendar_noted(struct txn *txn, const Notification__Event *event,
				 const struct record *record)
{
	(void)record;
	calendar_put(txn, event->calendar_noted);
}

static void apply_enrollment_noted(struct txn *txn, const Notification__Event *event,
				   const struct record *record)
{
	const Notification__EnrollmentNoted *e = event->enrollment_noted;
	struct enrollment row = {.entry_version = e->version};

	(void)record;
	id_put(row.educator, e->educator);
	id_put(row.entry, e->entry);
	enrollment_put(txn, bytes_of_pb(e->enrollment), &row);
}

static void apply_submission_noted(struct txn *txn, const Notification__Event *event,
				   const struct record *record)
{
	const Notification__SubmissionNoted *e = event->submission_noted;
	struct submission row = {0};

	(void)record;
	id_put(row.enrollment, e->enrollment);
	submission_put(txn, bytes_of_pb(e->submission), &row);
}

static void apply_license_noted(struct txn *txn, const Notification__Event *event,
				const struct record *record)
{
	const Notification__LicenseNoted *e = event->license_noted;
	struct license row = {0};

	(void)record;
	id_put(row.educator, e->educator);
	license_put(txn, bytes_of_pb(e->license), &row);
}

/* ---- notices ---- */

/* A nudge moves the day from which the next one may go out. */
static void note_nudge(struct txn *txn, const Notification__NoticePlanned *e)
{
	struct bytes id = bytes_of_pb(e->educator);
	struct educator educator;

	if (e->topic != NOTIFICATION__TOPIC__LAPSE_COMING)
		return;
	if (!educator_get(txn_view(txn), id, &educator)) {
		txn_fault(txn, "notice_planned: no such educator");
		return;
	}
	educator.nudged_us = e->at_us;
	educator_put(txn, id, &educator);
}

static void apply_notice_planned(struct txn *txn, const Notification__Event *event,
				 const struct record *record)
{
	const Notification__NoticePlanned *e = event->notice_planned;
	struct notice row = {.planned_us = record->at_us,
			     .at_us = e->at_us,
			     .since_us = e->at_us,
			     .date_us = e->date_us,
			     .entry_version = e->version,
			     .days = e->days,
			     .topic = (uint16_t)e->topic,
			     .state = NOTICE_PLANNED};

	id_put(row.educator, e->educator);
	id_put(row.about, e->about);
	id_put(row.entry, e->entry);
	notice_put(txn, bytes_of_pb(e->notice), NULL, &row);
	by_event_put(txn, bytes_of_pb(e->event), bytes_of_pb(e->educator), row.topic,
		     bytes_of_pb(e->notice));
	note_nudge(txn, e);
	if (e->topic == NOTIFICATION__TOPIC__DIGEST)
		gathering_put(txn, bytes_of_pb(e->educator), bytes_of_pb(e->notice));
}

bool notice_of(struct txn *txn, ProtobufCBinaryData id, struct notice *row_r)
{
	if (notice_get(txn_view(txn), bytes_of_pb(id), row_r))
		return true;
	txn_fault(txn, "no such notice");
	return false;
}

/* The notice leaves row before, for good or for another try. */
static void notice_moves(struct txn *txn, ProtobufCBinaryData id, const struct notice *before,
			 struct notice *row, const char *why)
{
	notice_put(txn, bytes_of_pb(id), before, row);
	why_put(txn, bytes_of_pb(id), why);
	if (row->state != NOTICE_SENDING && row->state != NOTICE_RETRY)
		members_follow(txn, bytes_of_pb(id), row, why);
}

static void apply_notice_sending(struct txn *txn, const Notification__Event *event,
				 const struct record *record)
{
	const Notification__NoticeSending *e = event->notice_sending;
	struct notice before, row;

	if (!notice_of(txn, e->notice, &before))
		return;
	row = before;
	row.state = NOTICE_SENDING;
	row.at_us = 0;
	row.attempts = e->attempt;
	row.sending_us = record->at_us;
	row.uncertain_us = e->uncertain_us;
	row.template = e->template_;
	fixed_text(row.language, sizeof row.language, e->language);
	notice_moves(txn, e->notice, &before, &row, "");
	note_leaving(txn, bytes_of_pb(e->notice), &row);
}

static void apply_notice_sent(struct txn *txn, const Notification__Event *event,
			      const struct record *record)
{
	const Notification__NoticeSent *e = event->notice_sent;
	struct notice before, row;

	(void)record;
	if (!notice_of(txn, e->notice, &before))
		return;
	row = before;
	row.state = NOTICE_SENT;
	row.uncertain_us = 0;
	row.code = 0;
	fixed_text(row.channel, sizeof row.channel, e->channel);
	notice_moves(txn, e->notice, &before, &row, "");
	note_address(txn, e);
}

static void apply_notice_retry(struct txn *txn, const Notification__Event *event,
			       const struct record *record)
{
	const Notification__NoticeRetry *e = event->notice_retry;
	struct notice before, row;

	(void)record;
	if (!notice_of(txn, e->notice, &before))
		return;
	row = before;
	row.state = NOTICE_RETRY;
	row.at_us = e->at_us;
	row.uncertain_us = 0;
	row.tries++;
	row.code = e->code;
	notice_moves(txn, e->notice, &before, &row, "");
}

static void apply_notice_dead(struct txn *txn, const Notification__Event *event,
			      const struct record *record)
{
	const Notification__NoticeDead *e = event->notice_dead;
	struct notice before, row;

	(void)record;
	if (!notice_of(txn, e->notice, &before))
		return;
	row = before;
	row.state = NOTICE_DEAD;
	row.at_us = 0;
	row.uncertain_us = 0;
	row.code = e->code;
	notice_moves(txn, e->notice, &before, &row, e->why);
}

static void apply_notice_redelivered(struct txn *txn, const Notification__Event *event,
				     const struct record *record)
{
	const Notification__NoticeRedelivered *e = event->notice_redelivered;
	struct notice before, row;

	(void)record;
	if (!notice_of(txn, e->notice, &before))
		return;
	row = before;
	row.state = NOTICE_PLANNED;
	row.at_us = e->at_us;
	row.since_us = e->at_us;
	row.tries = 0;
	notice_moves(txn, e->notice, &before, &row, "");
	member_drop(txn, bytes_of_pb(e->notice));
}

static void apply_notice_cancelled(struct txn *txn, const Notification__Event *event,
				   const struct record *record)
{
	const Notification__NoticeCancelled *e = event->notice_cancelled;
	struct notice before, row;

	(void)record;
	if (!notice_of(txn, e->notice, &before))
		return;
	row = before;
	row.state = NOTICE_CANCELLED;
	row.at_us = 0;
	row.uncertain_us = 0;
	notice_moves(txn, e->notice, &before, &row, e->why);
	member_drop(txn, bytes_of_pb(e->notice));
	gathering_end(txn, BYTES_OF(row.educator), bytes_of_pb(e->notice));
}

static apply_fn *const applies[] = {
	[NOTIFICATION__EVENT__BODY_PREFERENCE_SET] = apply_preference_set,
	[NOTIFICATION__EVENT__BODY_TEMPLATE_PUBLISHED] = apply_template_published,
	[NOTIFICATION__EVENT__BODY_NOTICE_PLANNED] = apply_notice_planned,
	[NOTIFICATION__EVENT__BODY_NOTICE_SENDING] = apply_notice_sending,
	[NOTIFICATION__EVENT__BODY_NOTICE_SENT] = apply_notice_sent,
	[NOTIFICATION__EVENT__BODY_NOTICE_RETRY] = apply_notice_retry,
	[NOTIFICATION__EVENT__BODY_NOTICE_DEAD] = apply_notice_dead,
	[NOTIFICATION__EVENT__BODY_NOTICE_REDELIVERED] = apply_notice_redelivered,
	[NOTIFICATION__EVENT__BODY_NOTICE_CANCELLED] = apply_notice_cancelled,
	[NOTIFICATION__EVENT__BODY_SINK_ADDED] = apply_sink_added,
	[NOTIFICATION__EVENT__BODY_SINK_CHANGED] = apply_sink_changed,
	[NOTIFICATION__EVENT__BODY_SINK_SECRET_ROTATED] = apply_sink_secret_rotated,
	[NOTIFICATION__EVENT__BODY_SINK_PAUSED] = apply_sink_paused,
	[NOTIFICATION__EVENT__BODY_SINK_RESUMED] = apply_sink_resumed,
	[NOTIFICATION__EVENT__BODY_SINK_REMOVED] = apply_sink_removed,
	[NOTIFICATION__EVENT__BODY_SINK_REWOUND] = apply_sink_rewound,
	[NOTIFICATION__EVENT__BODY_EVENTS_REDELIVERED] = apply_events_redelivered,
	[NOTIFICATION__EVENT__BODY_EVENT_SKIPPED] = apply_event_skipped,
	[NOTIFICATION__EVENT__BODY_SINK_ADVANCED] = apply_sink_advanced,
	[NOTIFICATION__EVENT__BODY_SINK_INTRODUCED] = apply_sink_introduced,
	[NOTIFICATION__EVENT__BODY_SINK_SECRET_SHOWN] = apply_sink_secret_shown,
	[NOTIFICATION__EVENT__BODY_SINK_OWNER_TOLD] = apply_sink_owner_told,
	[NOTIFICATION__EVENT__BODY_SINK_SECRET_RETIRED] = apply_sink_secret_retired,
	[NOTIFICATION__EVENT__BODY_EDUCATOR_NOTED] = apply_educator_noted,
	[NOTIFICATION__EVENT__BODY_ENTRY_NOTED] = apply_entry_noted,
	[NOTIFICATION__EVENT__BODY_ENROLLMENT_NOTED] = apply_enrollment_noted,
	[NOTIFICATION__EVENT__BODY_SUBMISSION_NOTED] = apply_submission_noted,
	[NOTIFICATION__EVENT__BODY_KEY_DESTROYED] = apply_key_destroyed,
	[NOTIFICATION__EVENT__BODY_EDUCATOR_FORGOTTEN] = apply_educator_forgotten,
	[NOTIFICATION__EVENT__BODY_CALENDAR_NOTED] = apply_calendar_noted,
	[NOTIFICATION__EVENT__BODY_POLICY_NOTED] = apply_policy_noted,
	[NOTIFICATION__EVENT__BODY_ADDRESS_BOUNCED] = apply_address_bounced,
	[NOTIFICATION__EVENT__BODY_ADDRESS_CLEARED] = apply_address_cleared,
	[NOTIFICATION__EVENT__BODY_LICENSE_NOTED] = apply_license_noted,
	[NOTIFICATION__EVENT__BODY_MAIL_TIMES_SET] = apply_mail_times_set,
	[NOTIFICATION__EVENT__BODY_NOTICE_HELD] = apply_notice_held,
	[NOTIFICATION__EVENT__BODY_NOTICE_GATHERED] = apply_notice_gathered,
};

void notification_apply(struct txn *txn, const ProtobufCMessage *event, const struct record *record)
{
	const Notification__Event *ours = (const Notification__Event *)event;

	if (ours->body_case < ARRAY_LEN(applies) && applies[ours->body_case] != NULL)
		applies[ours->body_case](txn, ours, record);
}
