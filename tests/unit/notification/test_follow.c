/* What neighbours' events plan, keep, wait for and make needless. */
#include "services/notification/plan.h"
#include "services/notification/tables.h"
#include "tests/support/notice_kit.h"
#include "tests/support/suite.h"

#include "proto/assessment.pb-c.h"
#include "proto/enrollment.pb-c.h"
#include "proto/evidence.pb-c.h"
#include "proto/issuance.pb-c.h"

#include <string.h>

static struct kit kit;

static void open_kit(void)
{
	notice_kit_open(&kit, &notification_service);
}

static void close_kit(void)
{
	kit_close(&kit);
}

/* ---- each rule of the table ---- */

static void happens_enrolled(void)
{
	given_ana(&kit);
	given_enrolled(&kit, THE_ENROLLMENT, ANA);
}

static void happens_lapse_noticed(void)
{
	happens_enrolled();
	when_lapse_noticed(&kit, THE_ENROLLMENT, kit.now_us + 30 * US_PER_DAY, 30);
}

static void happens_lapsed(void)
{
	happens_enrolled();
	when_lapsed(&kit, THE_ENROLLMENT);
}

static void happens_finish_noticed(void)
{
	happens_enrolled();
	when_finish_noticed(&kit, THE_ENROLLMENT, KIT_EPOCH_US + 365 * US_PER_DAY);
}

static void happens_sealed(void)
{
	given_submitted(&kit);
}

static void happens_returned(void)
{
	given_submitted(&kit);
	when_returned(&kit, THE_SUBMISSION, THE_ENROLLMENT);
}

static void happens_released(void)
{
	given_submitted(&kit);
	when_released(&kit, THE_SUBMISSION, false);
}

static void happens_coach_next(void)
{
	given_submitted(&kit);
	when_released(&kit, THE_SUBMISSION, true);
}

static void happens_issued(void)
{
	given_submitted(&kit);
	when_issued(&kit, THE_CREDENTIAL);
}

static void happens_suspended(void)
{
	given_submitted(&kit);
	when_life_changes(&kit, ISSUANCE__EVENT__BODY_CREDENTIAL_SUSPENDED, THE_CREDENTIAL);
}

static void happens_reinstated(void)
{
	given_submitted(&kit);
	when_life_changes(&kit, ISSUANCE__EVENT__BODY_CREDENTIAL_REINSTATED, THE_CREDENTIAL);
}

static void happens_revoked(void)
{
	given_submitted(&kit);
	when_life_changes(&kit, ISSUANCE__EVENT__BODY_CREDENTIAL_REVOKED, THE_CREDENTIAL);
}

static void happens_appealed(void)
{
	given_submitted(&kit);
	when_due_process(&kit, ASSESSMENT__EVENT__BODY_APPEAL_FILED, THE_SUBMISSION);
}

static void happens_upheld(void)
{
	given_submitted(&kit);
	when_due_process(&kit, ASSESSMENT__EVENT__BODY_APPEAL_UPHELD, THE_SUBMISSION);
}

static void happens_held(void)
{
	given_submitted(&kit);
	when_due_process(&kit, ASSESSMENT__EVENT__BODY_HOLD_PLACED, THE_SUBMISSION);
}

static void happens_cleared(void)
{
	given_submitted(&kit);
	when_due_process(&kit, ASSESSMENT__EVENT__BODY_HOLD_CLEARED, THE_SUBMISSION);
}

static void happens_voided(void)
{
	given_submitted(&kit);
	when_due_process(&kit, ASSESSMENT__EVENT__BODY_INTEGRITY_FOUNDED, THE_SUBMISSION);
}

static const struct planned_case {
	void (*happens)(void);
	Notification__Topic topic;
	const char *about_kind; /* whose "the one" it is about */
	int64_t date_us;        /* from the kit's epoch */
	uint32_t days;
} planned_cases[] = {
	{happens_enrolled, NOTIFICATION__TOPIC__ENROLLED, "enrollment", 730 * US_PER_DAY, 0},
	{happens_lapse_noticed, NOTIFICATION__TOPIC__LAPSE_COMING, "enrollment", 30 * US_PER_DAY,
	 30},
	{happens_lapsed, NOTIFICATION__TOPIC__ENROLLMENT_LAPSED, "enrollment", -KIT_EPOCH_US, 0},
	{happens_finish_noticed, NOTIFICATION__TOPIC__FINISH_BY, "enrollment", 365 * US_PER_DAY, 0},
	{happens_sealed, NOTIFICATION__TOPIC__SUBMISSION_RECEIPT, "submission",
	 INT64_C(1768370399) * US_PER_S - KIT_EPOCH_US, 0},
	{happens_returned, NOTIFICATION__TOPIC__RETURNED_INCOMPLETE, "submission", -KIT_EPOCH_US,
	 0},
	{happens_released, NOTIFICATION__TOPIC__DECISION_READY, "submission", -KIT_EPOCH_US, 0},
	{happens_coach_next, NOTIFICATION__TOPIC__COACH_NEEDED, "submission", -KIT_EPOCH_US, 0},
	{happens_issued, NOTIFICATION__TOPIC__CREDENTIAL_ISSUED, "credential", 0, 0},
	{happens_suspended, NOTIFICATION__TOPIC__CREDENTIAL_SUSPENDED, "credential", -KIT_EPOCH_US,
	 0},
	{happens_reinstated, NOTIFICATION__TOPIC__CREDENTIAL_REINSTATED, "credential",
	 -KIT_EPOCH_US, 0},
	{happens_revoked, NOTIFICATION__TOPIC__CREDENTIAL_REVOKED, "credential", -KIT_EPOCH_US, 0},
	{happens_appealed, NOTIFICATION__TOPIC__APPEAL_RECEIVED, "submission", 20 * US_PER_DAY, 0},
	{happens_upheld, NOTIFICATION__TOPIC__APPEAL_UPHELD, "submission", -KIT_EPOCH_US, 0},
	{happens_held, NOTIFICATION__TOPIC__INTEGRITY_HOLD, "submission", -KIT_EPOCH_US, 0},
	{happens_cleared, NOTIFICATION__TOPIC__INTEGRITY_CLEARED, "submission", -KIT_EPOCH_US, 0},
	{happens_voided, NOTIFICATION__TOPIC__SUBMISSION_VOIDED, "submission", -KIT_EPOCH_US, 0},
};

/* How many notices of the topic were planned; the last one is given. */
static unsigned planned_of(Notification__Topic topic, const Notification__NoticePlanned **last_r)
{
	const Notification__Event *event;
	unsigned n = 0;

	while ((event = next_event(&kit, NOTIFICATION__EVENT__BODY_NOTICE_PLANNED)) != NULL) {
		if (event->notice_planned->topic != topic)
			continue;
		*last_r = event->notice_planned;
		n++;
	}
	return n;
}

START_TEST(an_event_plans_its_notice_once_and_for_its_person)
{
	const struct planned_case *c = &planned_cases[_i];
	const Notification__NoticePlanned *p = NULL;
	struct notice row;

	c->happens();
	ck_assert_uint_eq(planned_of(c->topic, &p), 1);
	ck_assert(bytes_equal(bytes_of_pb(p->educator), ANA));
	ck_assert(bytes_equal(bytes_of_pb(p->about), kit_name(c->about_kind, "the one")));
	ck_assert(bytes_equal(bytes_of_pb(p->entry), bytes_of_pb(kit_entry()->entry)));
	ck_assert_uint_eq(p->version, kit_entry()->version);
	ck_assert_int_eq(p->date_us, KIT_EPOCH_US + c->date_us);
	ck_assert_uint_eq(p->days, c->days);
	ck_assert_int_eq(p->at_us, kit.now_us);
	ck_assert(notice_get(kit_view(&kit), bytes_of_pb(p->notice), &row));
	ck_assert_uint_eq(row.state, NOTICE_PLANNED);
	ck_assert_int_eq(row.planned_us, kit.now_us);
}
END_TEST

START_TEST(a_release_without_coaching_plans_no_coach_notice)
{
	const Notification__NoticePlanned *p;

	happens_released();
	ck_assert_uint_eq(planned_of(NOTIFICATION__TOPIC__COACH_NEEDED, &p), 0);
}
END_TEST

/* A stack is told as a document of enrollment; its award may come first. */
START_TEST(the_award_of_a_stack_is_told_when_the_stack_is_known)
{
	static char code[] = "st-small", title[] = "First Steps";
	struct bytes stack = kit_name("stack", code);
	Issuance__CredentialIssued issued = ISSUANCE__CREDENTIAL_ISSUED__INIT;
	Issuance__Event award = ISSUANCE__EVENT__INIT;
	Enrollment__Document document = ENROLLMENT__DOCUMENT__INIT;
	Enrollment__StackPublished published = ENROLLMENT__STACK_PUBLISHED__INIT;
	Enrollment__Event event = ENROLLMENT__EVENT__INIT;
	const Notification__NoticePlanned *p = NULL;

	given_ana(&kit);
	issued.credential = pb_of_bytes(THE_CREDENTIAL);
	issued.educator = pb_of_bytes(ANA);
	issued.entry = pb_of_bytes(stack);
	issued.version = 1;
	award.body_case = ISSUANCE__EVENT__BODY_CREDENTIAL_ISSUED;
	award.credential_issued = &issued;
	kit_upstream(&kit, "issuance.0.log", THE_CREDENTIAL, &award.base);
	ck_assert_uint_eq(planned_of(NOTIFICATION__TOPIC__CREDENTIAL_ISSUED, &p), 0);
	document.id = pb_of_bytes(stack);
	document.code = code;
	document.version = 1;
	document.title = title;
	published.stack = &document;
	event.body_case = ENROLLMENT__EVENT__BODY_STACK_PUBLISHED;
	event.stack_published = &published;
	kit_upstream(&kit, "enrollment.0.log", stack, &event.base);
	ck_assert_uint_eq(planned_of(NOTIFICATION__TOPIC__CREDENTIAL_ISSUED, &p), 1);
	ck_assert(bytes_equal(bytes_of_pb(p->entry), stack));
}
END_TEST

/* The follower gives each event once; after a rejoin of a restored log it may be read again. */
START_TEST(the_same_event_read_again_plans_nothing)
{
	Enrollment__Enrolled enrolled = ENROLLMENT__ENROLLED__INIT;
	Enrollment__Event event = ENROLLMENT__EVENT__INIT;
	struct decision d = {.now_us = kit.now_us,
			     .caps = &kit.caps,
			     .event = &notification__event__descriptor,
			     .arena = kit.arena};
	struct record record = {0};
	const struct view *view;
	struct bytes notice;

	given_ana(&kit);
	given_enrolled(&kit, THE_ENROLLMENT, ANA);
	notice = the_notice(&kit, NOTIFICATION__TOPIC__ENROLLED);
	enrolled.enrollment = pb_of_bytes(THE_ENROLLMENT);
	enrolled.educator = pb_of_bytes(ANA);
	enrolled.entry = kit_entry()->entry;
	enrolled.version = kit_entry()->version;
	event.body_case = ENROLLMENT__EVENT__BODY_ENROLLED;
	event.enrolled = &enrolled;

	/* Under another event's id it plans; so this test can fail. */
	view = kit_view(&kit);
	record.id = id_of_bytes(kit_name("event", "another"));
	plan_event(view, UP_ENROLLMENT, &event.base, &record, &d);
	ck_assert_ptr_nonnull(d.first);

	struct scan scan = scan_first(view, BY_EVENT, BYTES_NONE, BYTES_NONE);
	struct bytes key, val;
	ck_assert(scan_next(&scan, &key, &val));
	ck_assert(bytes_equal(val, notice));
	record.id = id_of_bytes((struct bytes){key.data, ID_LEN});
	scan_end(&scan);
	d.first = NULL;
	d.last = NULL;
	plan_event(view, UP_ENROLLMENT, &event.base, &record, &d);
	ck_assert_ptr_null(d.first);
}
END_TEST

/* ---- waiting ---- */

START_TEST(an_enrollment_of_an_unknown_person_waits_until_the_person_is_told)
{
	const Notification__NoticePlanned *p;

	given_enrolled(&kit, THE_ENROLLMENT, ANA);
	when_lapsed(&kit, THE_ENROLLMENT);
	ck_assert_uint_eq(view_count(kit_view(&kit), TABLE_PARKED), 2);
	ck_assert_uint_eq(planned_of(NOTIFICATION__TOPIC__ENROLLED, &p), 0);

	given_ana(&kit);
	ck_assert_uint_eq(view_count(kit_view(&kit), TABLE_PARKED), 0);
	the_notice(&kit, NOTIFICATION__TOPIC__ENROLLED);
	the_notice(&kit, NOTIFICATION__TOPIC__ENROLLMENT_LAPSED);
}
END_TEST

START_TEST(an_enrollment_in_an_unknown_entry_waits_until_the_entry_is_told)
{
	struct kit bare;

	kit_open(&bare, &notification_service);
	given_ana(&bare);
	given_enrolled(&bare, THE_ENROLLMENT, ANA);
	ck_assert_uint_eq(view_count(kit_view(&bare), TABLE_PARKED), 1);
	given_catalogue(&bare);
	ck_assert_uint_eq(view_count(kit_view(&bare), TABLE_PARKED), 0);
	the_notice(&bare, NOTIFICATION__TOPIC__ENROLLED);
	kit_close(&bare);
}
END_TEST

START_TEST(an_outcome_is_told_after_the_receipt_whichever_log_is_read_first)
{
	given_ana(&kit);
	given_enrolled(&kit, THE_ENROLLMENT, ANA);
	when_released(&kit, THE_SUBMISSION, false);
	ck_assert_uint_eq(view_count(kit_view(&kit), TABLE_PARKED), 1);
	when_sealed(&kit, THE_SUBMISSION, THE_ENROLLMENT);
	ck_assert_uint_eq(view_count(kit_view(&kit), TABLE_PARKED), 0);
	the_notice(&kit, NOTIFICATION__TOPIC__SUBMISSION_RECEIPT);
	the_notice(&kit, NOTIFICATION__TOPIC__DECISION_READY);
}
END_TEST

START_TEST(a_submission_of_an_unknown_enrollment_waits)
{
	given_ana(&kit);
	when_sealed(&kit, THE_SUBMISSION, THE_ENROLLMENT);
	ck_assert_uint_eq(view_count(kit_view(&kit), TABLE_PARKED), 1);
	given_enrolled(&kit, THE_ENROLLMENT, ANA);
	ck_assert_uint_eq(view_count(kit_view(&kit), TABLE_PARKED), 0);
	the_notice(&kit, NOTIFICATION__TOPIC__SUBMISSION_RECEIPT);
}
END_TEST

/* ---- what is needless ---- */

static uint16_t state_of(struct bytes notice)
{
	struct notice row;

	ck_assert(notice_get(kit_view(&kit), notice, &row));
	return row.state;
}

START_TEST(a_receipt_that_has_not_left_goes_when_the_submission_is_recalled)
{
	struct bytes receipt, enrolled;

	given_ana(&kit);
	given_enrolled(&kit, THE_ENROLLMENT, ANA);
	enrolled = the_notice(&kit, NOTIFICATION__TOPIC__ENROLLED);
	when_sealed(&kit, THE_SUBMISSION, THE_ENROLLMENT);
	receipt = the_notice(&kit, NOTIFICATION__TOPIC__SUBMISSION_RECEIPT);
	when_recalled(&kit, THE_SUBMISSION, THE_ENROLLMENT);
	ck_assert_uint_eq(state_of(receipt), NOTICE_CANCELLED);
	ck_assert_uint_eq(state_of(enrolled), NOTICE_PLANNED);
}
END_TEST

START_TEST(a_receipt_that_is_being_sent_stays_when_the_submission_is_recalled)
{
	struct bytes receipt;

	given_submitted(&kit);
	receipt = the_notice(&kit, NOTIFICATION__TOPIC__SUBMISSION_RECEIPT);
	when_begun(&kit, receipt);
	when_recalled(&kit, THE_SUBMISSION, THE_ENROLLMENT);
	ck_assert_uint_eq(state_of(receipt), NOTICE_SENDING);
}
END_TEST

START_TEST(a_lapse_notice_that_has_not_left_goes_with_activity)
{
	struct bytes notice;

	happens_lapse_noticed();
	notice = the_notice(&kit, NOTIFICATION__TOPIC__LAPSE_COMING);
	when_progress(&kit, kit_name("enrollment", "the one"));
	ck_assert_uint_eq(state_of(notice), NOTICE_CANCELLED);
}
END_TEST

START_TEST(a_lapse_notice_of_another_enrollment_stays)
{
	struct bytes notice;

	happens_lapse_noticed();
	notice = the_notice(&kit, NOTIFICATION__TOPIC__LAPSE_COMING);
	given_enrolled(&kit, kit_name("enrollment", "another"), ANA);
	when_progress(&kit, kit_name("enrollment", "another"));
	ck_assert_uint_eq(state_of(notice), NOTICE_PLANNED);
}
END_TEST

/* ---- nudges ---- */

static int64_t next_nudge_at(void)
{
	struct bytes notice = the_notice(&kit, NOTIFICATION__TOPIC__LAPSE_COMING);
	struct notice row;

	ck_assert(notice_get(kit_view(&kit), notice, &row));
	return row.at_us;
}

START_TEST(nobody_is_nudged_more_than_once_a_week)
{
	int64_t start_us = kit.now_us;

	happens_lapse_noticed();
	ck_assert_int_eq(next_nudge_at(), start_us);
	given_enrolled(&kit, kit_name("enrollment", "another"), ANA);
	when_lapse_noticed(&kit, kit_name("enrollment", "another"), start_us + 30 * US_PER_DAY, 30);
	ck_assert_int_eq(next_nudge_at(), start_us + 7 * US_PER_DAY);
	given_enrolled(&kit, kit_name("enrollment", "third"), ANA);
	when_lapse_noticed(&kit, kit_name("enrollment", "third"), start_us + 30 * US_PER_DAY, 30);
	ck_assert_int_eq(next_nudge_at(), start_us + 14 * US_PER_DAY);
}
END_TEST

START_TEST(a_nudge_never_waits_past_the_day_before_its_date)
{
	int64_t start_us = kit.now_us;

	happens_lapse_noticed();
	ck_assert_int_eq(next_nudge_at(), start_us);
	given_enrolled(&kit, kit_name("enrollment", "another"), ANA);
	when_lapse_noticed(&kit, kit_name("enrollment", "another"), start_us + 5 * US_PER_DAY, 5);
	ck_assert_int_eq(next_nudge_at(), start_us + 4 * US_PER_DAY);
	given_enrolled(&kit, kit_name("enrollment", "third"), ANA);
	when_lapse_noticed(&kit, kit_name("enrollment", "third"), start_us + US_PER_HOUR, 0);
	ck_assert_int_eq(next_nudge_at(), start_us);
}
END_TEST

/* ---- erasure ---- */

START_TEST(erasure_cancels_what_is_open_and_forgets_the_sealed_person)
{
	struct bytes subject, box, planned, sending;

	given_submitted(&kit);
	planned = the_notice(&kit, NOTIFICATION__TOPIC__ENROLLED);
	sending = the_notice(&kit, NOTIFICATION__TOPIC__SUBMISSION_RECEIPT);
	when_begun(&kit, sending);
	ck_assert(person_get(kit_view(&kit), ANA, &subject, &box));

	when_erased(&kit, ANA);
	ck_assert_uint_eq(state_of(planned), NOTICE_CANCELLED);
	ck_assert_uint_eq(state_of(sending), NOTICE_CANCELLED);
	ck_assert_str_eq(why_get(kit_view(&kit), planned, kit.arena), "erased");
	ck_assert(!person_get(kit_view(&kit), ANA, &subject, &box));
	ck_assert(to_forget(kit_view(&kit), ANA));
}
END_TEST

START_TEST(nothing_is_planned_for_an_erased_person_and_nothing_waits)
{
	const Notification__NoticePlanned *p;

	given_ana(&kit);
	when_erased(&kit, ANA);
	when_erased(&kit, ANA);
	ck_assert_uint_eq(count_events(&kit, NOTIFICATION__EVENT__BODY_EDUCATOR_FORGOTTEN), 1);
	given_enrolled(&kit, THE_ENROLLMENT, ANA);
	when_issued(&kit, THE_CREDENTIAL);
	ck_assert_uint_eq(planned_of(NOTIFICATION__TOPIC__ENROLLED, &p), 0);
	ck_assert_uint_eq(view_count(kit_view(&kit), TABLE_PARKED), 0);
}
END_TEST

START_TEST(a_person_who_is_told_again_after_erasure_stays_erased)
{
	struct bytes subject, box;
	struct educator row;

	given_ana(&kit);
	when_erased(&kit, ANA);
	given_ana(&kit);
	ck_assert(educator_get(kit_view(&kit), ANA, &row));
	ck_assert_uint_eq(row.erased, 1);
	ck_assert(!person_get(kit_view(&kit), ANA, &subject, &box));
}
END_TEST

START_TEST(no_event_of_ours_holds_a_name_or_an_address)
{
	struct record record;

	happens_coach_next();
	when_issued(&kit, THE_CREDENTIAL);
	kit.seen_seq = 0;
	while (kit_next_event(&kit, &record) != NULL) {
		ck_assert_ptr_null(memmem(record.payload.data, record.payload.len, "Ana", 3));
		ck_assert_ptr_null(memmem(record.payload.data, record.payload.len, "munoz", 5));
	}
	ck_assert_uint_gt(kit.seen_seq, 5);
}
END_TEST

/* ---- all kinds ---- */

START_TEST(every_kind_of_a_neighbours_events_has_an_answer)
{
	const ProtobufCMessageDescriptor *event = notification_upstreams[_i].event;

	for (unsigned i = 0; i < event->n_fields; i++)
		ck_assert_msg(notification_follows((unsigned)_i, event->fields[i].id), "%s: %s",
			      notification_upstreams[_i].stream, event->fields[i].name);
	ck_assert(!notification_follows((unsigned)_i, 9999));
}
END_TEST

START_TEST(a_language_that_is_none_falls_back_to_english)
{
	struct educator row;

	given_person(&kit, ANA, &(struct notice_person){ANA_NAME, ANA_ADDRESS, "Español"});
	given_person(&kit, BEN, &(struct notice_person){"Ben", "ben@meadow.example", "es"});
	ck_assert(educator_get(kit_view(&kit), ANA, &row));
	ck_assert_str_eq(row.language, "en");
	ck_assert(educator_get(kit_view(&kit), BEN, &row));
	ck_assert_str_eq(row.language, "es");
}
END_TEST

START_TEST(an_empty_box_names_nobody)
{
	Enrollment__EducatorRegistered registered = ENROLLMENT__EDUCATOR_REGISTERED__INIT;
	Cairn__Sealed person = CAIRN__SEALED__INIT;
	Enrollment__Event event = ENROLLMENT__EVENT__INIT;
	struct bytes subject, box;

	person.subject = pb_of_bytes(ANA);
	registered.educator = pb_of_bytes(ANA);
	registered.person = &person;
	event.body_case = ENROLLMENT__EVENT__BODY_EDUCATOR_REGISTERED;
	event.educator_registered = &registered;
	kit_upstream(&kit, "enrollment.0.log", ANA, &event.base);
	ck_assert(person_get(kit_view(&kit), ANA, &subject, &box));
	ck_assert_uint_eq(box.len, 0);
}
END_TEST

START_TEST(a_damaged_event_is_parked_and_stops_nothing)
{
	Enrollment__EducatorRegistered registered = ENROLLMENT__EDUCATOR_REGISTERED__INIT;
	Enrollment__EntryPublished published = ENROLLMENT__ENTRY_PUBLISHED__INIT;
	Enrollment__Event event = ENROLLMENT__EVENT__INIT;

	event.body_case = ENROLLMENT__EVENT__BODY_EDUCATOR_REGISTERED;
	event.educator_registered = &registered;
	kit_upstream(&kit, "enrollment.0.log", kit_id(&kit), &event.base);
	event.body_case = ENROLLMENT__EVENT__BODY_ENTRY_PUBLISHED;
	event.entry_published = &published;
	kit_upstream(&kit, "enrollment.0.log", kit_id(&kit), &event.base);
	ck_assert_uint_eq(view_count(kit_view(&kit), TABLE_PARKED), 2);
	given_ana(&kit);
	ck_assert_uint_eq(view_count(kit_view(&kit), TABLE_PARKED), 2);
}
END_TEST

Suite *test_suite(void)
{
	Suite *s = suite_create("notification follow");
	TCase *t = tcase_create("follow");

	tcase_add_checked_fixture(t, open_kit, close_kit);
	tcase_add_loop_test(t, an_event_plans_its_notice_once_and_for_its_person, 0,
			    ARRAY_LEN(planned_cases));
	tcase_add_test(t, a_release_without_coaching_plans_no_coach_notice);
	tcase_add_test(t, the_award_of_a_stack_is_told_when_the_stack_is_known);
	tcase_add_test(t, the_same_event_read_again_plans_nothing);
	tcase_add_test(t, an_enrollment_of_an_unknown_person_waits_until_the_person_is_told);
	tcase_add_test(t, an_enrollment_in_an_unknown_entry_waits_until_the_entry_is_told);
	tcase_add_test(t, an_outcome_is_told_after_the_receipt_whichever_log_is_read_first);
	tcase_add_test(t, a_submission_of_an_unknown_enrollment_waits);
	tcase_add_test(t, a_receipt_that_has_not_left_goes_when_the_submission_is_recalled);
	tcase_add_test(t, a_receipt_that_is_being_sent_stays_when_the_submission_is_recalled);
	tcase_add_test(t, a_lapse_notice_that_has_not_left_goes_with_activity);
	tcase_add_test(t, a_lapse_notice_of_another_enrollment_stays);
	tcase_add_test(t, nobody_is_nudged_more_than_once_a_week);
	tcase_add_test(t, a_nudge_never_waits_past_the_day_before_its_date);
	tcase_add_test(t, erasure_cancels_what_is_open_and_forgets_the_sealed_person);
	tcase_add_test(t, nothing_is_planned_for_an_erased_person_and_nothing_waits);
	tcase_add_test(t, a_person_who_is_told_again_after_erasure_stays_erased);
	tcase_add_test(t, no_event_of_ours_holds_a_name_or_an_address);
	tcase_add_loop_test(t, every_kind_of_a_neighbours_events_has_an_answer, 0, N_UPSTREAMS);
	tcase_add_test(t, an_empty_box_names_nobody);
	tcase_add_test(t, a_damaged_event_is_parked_and_stops_nothing);
	tcase_add_test(t, a_language_that_is_none_falls_back_to_english);
	suite_add_tcase(s, t);
	return s;
}
