/* What operators and the daemon itself may ask of a notice, through all its states. */
#include "services/notification/mail/deliver.h"
#include "services/notification/notification.h"
#include "services/notification/tables.h"
#include "tests/support/notice_kit.h"
#include "tests/support/suite.h"

#include <string.h>

#define US_PER_MINUTE (60 * US_PER_S)

static struct kit kit;

static void open_kit(void)
{
	notice_kit_open(&kit, &notification_service);
}

static void close_kit(void)
{
	kit_close(&kit);
}

static char *text(const char *s)
{
	return arena_text(kit.arena, bytes_of_text(s));
}

static struct notice row_of(struct bytes notice)
{
	struct notice row;

	ENSURE(notice_get(kit_view(&kit), notice, &row));
	return row;
}

static struct bytes given_notice(void)
{
	given_submitted(&kit);
	return the_notice(&kit, NOTIFICATION__TOPIC__SUBMISSION_RECEIPT);
}

static struct bytes given_dead_notice(void)
{
	struct bytes notice = given_notice();

	when_begun(&kit, notice);
	when_recorded(&kit, notice, 1, NOTIFICATION__OUTCOME__PERMANENT, 550);
	return notice;
}

/* ---- attempts ---- */

START_TEST(a_notice_is_planned_sending_sent)
{
	struct bytes notice = given_notice();

	when_begun(&kit, notice);
	ck_assert_int_eq(kit.got.status, CAIRN__STATUS__OK);
	ck_assert_uint_eq(row_of(notice).state, NOTICE_SENDING);
	ck_assert_uint_eq(row_of(notice).attempts, 1);
	ck_assert_int_eq(row_of(notice).sending_us, kit.now_us);
	when_recorded(&kit, notice, 1, NOTIFICATION__OUTCOME__DELIVERED, 250);
	ck_assert_int_eq(kit.got.status, CAIRN__STATUS__OK);
	ck_assert_uint_eq(row_of(notice).state, NOTICE_SENT);
	ck_assert_str_eq(row_of(notice).channel, "smtp");
}
END_TEST

/* 1, 2, 4 ... minutes, at most 6 hours, while less than 25 days have passed. */
START_TEST(a_notice_is_tried_again_at_growing_distance_for_25_days)
{
	static const int minutes[] = {1, 2, 4, 8, 16, 32, 64, 128, 256, 360, 360};
	struct bytes notice = given_notice();
	int64_t planned_us = kit.now_us;
	uint32_t attempt = 1;

	for (; row_of(notice).state != NOTICE_DEAD; attempt++) {
		when_begun(&kit, notice);
		ck_assert_int_eq(kit.got.status, CAIRN__STATUS__OK);
		when_recorded(&kit, notice, attempt, NOTIFICATION__OUTCOME__TEMPORARY, 452);
		ck_assert_int_eq(kit.got.status, CAIRN__STATUS__OK);
		if (attempt <= ARRAY_LEN(minutes))
			ck_assert_int_eq(row_of(notice).at_us - kit.now_us,
					 minutes[attempt - 1] * US_PER_MINUTE);
		if (row_of(notice).state != NOTICE_DEAD)
			kit_advance(&kit, row_of(notice).at_us - kit.now_us);
		ck_assert_int_le(kit.now_us, planned_us + 25 * US_PER_DAY);
	}
	/* 511 minutes until the ninth try, then one each 6 hours while they fit into 36,000
	 * minutes. */
	ck_assert_uint_eq(attempt - 1, 9 + (36000 - 511) / 360 + 1);
	ck_assert_uint_eq(row_of(notice).code, 452);
	ck_assert_str_eq(why_get(kit_view(&kit), notice, kit.arena), "given_up");
}
END_TEST

static const struct outcome_case {
	Notification__Outcome outcome;
	uint16_t state;
	uint32_t code;
	const char *why;
} outcome_cases[] = {
	{NOTIFICATION__OUTCOME__DELIVERED, NOTICE_SENT, 0, ""},
	{NOTIFICATION__OUTCOME__TEMPORARY, NOTICE_RETRY, 550, ""},
	{NOTIFICATION__OUTCOME__PERMANENT, NOTICE_DEAD, 550, "refused"},
	{NOTIFICATION__OUTCOME__NO_ADDRESS, NOTICE_DEAD, 0, "no_address"},
	{NOTIFICATION__OUTCOME__ERASED, NOTICE_CANCELLED, 0, "erased"},
};

START_TEST(what_became_of_an_attempt_decides_the_state)
{
	const struct outcome_case *c = &outcome_cases[_i];
	struct bytes notice = given_notice();

	when_begun(&kit, notice);
	when_recorded(&kit, notice, 1, c->outcome, 550);
	ck_assert_int_eq(kit.got.status, CAIRN__STATUS__OK);
	ck_assert_uint_eq(row_of(notice).state, c->state);
	ck_assert_uint_eq(row_of(notice).code, c->code);
	ck_assert_str_eq(why_get(kit_view(&kit), notice, kit.arena), c->why);
}
END_TEST

START_TEST(what_was_begun_before_a_crash_is_begun_again)
{
	struct bytes notice = given_notice();

	when_begun(&kit, notice);
	kit_reopen(&kit);
	ck_assert_uint_eq(row_of(notice).state, NOTICE_SENDING);
	when_begun(&kit, notice);
	ck_assert_int_eq(kit.got.status, CAIRN__STATUS__OK);
	ck_assert_uint_eq(row_of(notice).attempts, 2);

	when_recorded(&kit, notice, 1, NOTIFICATION__OUTCOME__DELIVERED, 250);
	ck_assert_uint_eq(kit.got.reason, NOTIFICATION__REASON__WRONG_STATE);
	when_recorded(&kit, notice, 2, NOTIFICATION__OUTCOME__DELIVERED, 250);
	ck_assert_uint_eq(row_of(notice).state, NOTICE_SENT);
}
END_TEST

START_TEST(what_crashes_the_daemon_for_25_days_is_given_up)
{
	struct bytes notice = given_notice();

	when_begun(&kit, notice);
	kit_advance(&kit, 25 * US_PER_DAY + 1);
	when_begun(&kit, notice);
	ck_assert_uint_eq(row_of(notice).state, NOTICE_DEAD);
}
END_TEST

static void to_planned(struct bytes notice)
{
	(void)notice;
}

static void to_retry(struct bytes notice)
{
	when_begun(&kit, notice);
	when_recorded(&kit, notice, 1, NOTIFICATION__OUTCOME__TEMPORARY, 452);
}

static void to_sent(struct bytes notice)
{
	when_begun(&kit, notice);
	when_recorded(&kit, notice, 1, NOTIFICATION__OUTCOME__DELIVERED, 250);
}

static void to_dead(struct bytes notice)
{
	when_begun(&kit, notice);
	when_recorded(&kit, notice, 1, NOTIFICATION__OUTCOME__PERMANENT, 550);
}

static Cairn__Status redeliver(struct bytes notice)
{
	Notification__Redeliver ask = NOTIFICATION__REDELIVER__INIT;
	Notification__Command command = NOTIFICATION__COMMAND__INIT;

	ask.notice = pb_of_bytes(notice);
	command.body_case = NOTIFICATION__COMMAND__BODY_REDELIVER;
	command.redeliver = &ask;
	return kit_send(&kit, BYTES_NONE, &command.base);
}

static Cairn__Status cancel(struct bytes notice, const char *why)
{
	Notification__CancelNotice ask = NOTIFICATION__CANCEL_NOTICE__INIT;
	Notification__Command command = NOTIFICATION__COMMAND__INIT;

	ask.notice = pb_of_bytes(notice);
	ask.why = text(why);
	command.body_case = NOTIFICATION__COMMAND__BODY_CANCEL_NOTICE;
	command.cancel_notice = &ask;
	return kit_send(&kit, BYTES_NONE, &command.base);
}

static Cairn__Status redeliver_it(struct bytes notice)
{
	return redeliver(notice);
}

static Cairn__Status cancel_it(struct bytes notice)
{
	return cancel(notice, "mistake");
}

static Cairn__Status begin_it(struct bytes notice)
{
	when_begun(&kit, notice);
	return kit.got.status;
}

static Cairn__Status record_it(struct bytes notice)
{
	when_recorded(&kit, notice, 1, NOTIFICATION__OUTCOME__DELIVERED, 250);
	return kit.got.status;
}

/* Every state but the one it is meant for. */
static const struct state_case {
	void (*to_state)(struct bytes notice);
	Cairn__Status (*act)(struct bytes notice);
} state_cases[] = {
	{to_planned, redeliver_it}, {to_planned, record_it}, {to_retry, redeliver_it},
	{to_retry, record_it},      {to_retry, begin_it}, /* before its time */
	{to_sent, redeliver_it},    {to_sent, cancel_it},    {to_sent, begin_it},
	{to_sent, record_it},       {to_dead, cancel_it},    {to_dead, begin_it},
	{to_dead, record_it},
};

START_TEST(what_a_state_does_not_allow_is_refused_and_changes_nothing)
{
	struct bytes notice = given_notice();
	struct notice before, after;

	state_cases[_i].to_state(notice);
	before = row_of(notice);
	ck_assert_int_eq(state_cases[_i].act(notice), CAIRN__STATUS__REJECTED);
	ck_assert_uint_eq(kit.got.reason, NOTIFICATION__REASON__WRONG_STATE);
	after = row_of(notice);
	ck_assert_mem_eq(&before, &after, sizeof before);
}
END_TEST

START_TEST(an_unknown_notice_is_refused)
{
	Cairn__Status (*const acts[])(struct bytes) = {redeliver_it, cancel_it, begin_it,
						       record_it};

	for (size_t i = 0; i < ARRAY_LEN(acts); i++) {
		ck_assert_int_eq(acts[i](kit_name("notice", "none")), CAIRN__STATUS__REJECTED);
		ck_assert_uint_eq(kit.got.reason, NOTIFICATION__REASON__UNKNOWN_NOTICE);
		ck_assert_int_eq(acts[i](BYTES_NONE), CAIRN__STATUS__REJECTED);
		ck_assert_uint_eq(kit.got.reason, NOTIFICATION__REASON__BAD_ID);
	}
}
END_TEST

START_TEST(a_nudge_is_not_begun_before_its_time)
{
	struct bytes second;

	given_ana(&kit);
	given_enrolled(&kit, THE_ENROLLMENT, ANA);
	when_lapse_noticed(&kit, THE_ENROLLMENT, kit.now_us + 30 * US_PER_DAY, 30);
	when_lapse_noticed(&kit, THE_ENROLLMENT, kit.now_us + 30 * US_PER_DAY, 30);
	the_notice(&kit, NOTIFICATION__TOPIC__LAPSE_COMING);
	second = the_notice(&kit, NOTIFICATION__TOPIC__LAPSE_COMING);
	ck_assert_int_eq(begin_it(second), CAIRN__STATUS__REJECTED);
	kit_advance(&kit, 7 * US_PER_DAY);
	ck_assert_int_eq(begin_it(second), CAIRN__STATUS__OK);
}
END_TEST

/* ---- operators ---- */

START_TEST(a_dead_notice_is_redelivered_with_all_its_tries)
{
	struct bytes notice = given_dead_notice();

	kit_advance(&kit, 40 * US_PER_DAY);
	ck_assert_int_eq(redeliver(notice), CAIRN__STATUS__OK);
	ck_assert_uint_eq(row_of(notice).state, NOTICE_PLANNED);
	when_begun(&kit, notice);
	ck_assert_uint_eq(row_of(notice).attempts, 2);
	when_recorded(&kit, notice, 2, NOTIFICATION__OUTCOME__TEMPORARY, 0);
	ck_assert_uint_eq(row_of(notice).state, NOTICE_RETRY);
	ck_assert_int_eq(row_of(notice).at_us - kit.now_us, US_PER_MINUTE);
	ck_assert_str_eq(why_get(kit_view(&kit), notice, kit.arena), "");
}
END_TEST

START_TEST(a_dead_notice_of_an_erased_person_stays_dead)
{
	struct bytes notice = given_dead_notice();

	when_erased(&kit, ANA);
	ck_assert_int_eq(redeliver(notice), CAIRN__STATUS__REJECTED);
	ck_assert_uint_eq(kit.got.reason, NOTIFICATION__REASON__UNKNOWN_EDUCATOR);
}
END_TEST

START_TEST(a_notice_that_waits_is_cancelled_for_a_reason_of_one_word)
{
	struct bytes notice = given_notice();

	ck_assert_int_eq(cancel(notice, "Ana asked for it"), CAIRN__STATUS__REJECTED);
	ck_assert_uint_eq(kit.got.reason, NOTIFICATION__REASON__BAD_VALUE);
	ck_assert_int_eq(cancel(notice, ""), CAIRN__STATUS__REJECTED);
	ck_assert_int_eq(cancel(notice, "sent_by_hand"), CAIRN__STATUS__OK);
	ck_assert_uint_eq(row_of(notice).state, NOTICE_CANCELLED);
	ck_assert_str_eq(why_get(kit_view(&kit), notice, kit.arena), "sent_by_hand");
}
END_TEST

START_TEST(the_same_command_twice_has_one_effect)
{
	struct bytes notice = given_notice(), id = kit_id(&kit);
	Notification__CancelNotice ask = NOTIFICATION__CANCEL_NOTICE__INIT;
	Notification__Command command = NOTIFICATION__COMMAND__INIT;

	ask.notice = pb_of_bytes(notice);
	ask.why = text("mistake");
	command.body_case = NOTIFICATION__COMMAND__BODY_CANCEL_NOTICE;
	command.cancel_notice = &ask;
	for (int i = 0; i < 2; i++) {
		ck_assert_int_eq(kit_send_as(&kit, id, ROLE_OPERATOR, BYTES_NONE, &command.base),
				 CAIRN__STATUS__OK);
		ck_assert_int_eq(kit.got.repeated, i == 1);
	}
	ck_assert_uint_eq(count_events(&kit, NOTIFICATION__EVENT__BODY_NOTICE_CANCELLED), 1);
}
END_TEST

static Cairn__Status note_key_destroyed(struct bytes educator)
{
	Notification__NoteKeyDestroyed note = NOTIFICATION__NOTE_KEY_DESTROYED__INIT;
	Notification__Command command = NOTIFICATION__COMMAND__INIT;

	note.educator = pb_of_bytes(educator);
	command.body_case = NOTIFICATION__COMMAND__BODY_NOTE_KEY_DESTROYED;
	command.note_key_destroyed = &note;
	return kit_send_as(&kit, kit_id(&kit), ROLE_SELF, BYTES_NONE, &command.base);
}

START_TEST(a_key_is_reported_destroyed_once_and_only_after_erasure)
{
	given_ana(&kit);
	ck_assert_int_eq(note_key_destroyed(ANA), CAIRN__STATUS__REJECTED);
	ck_assert_int_eq(note_key_destroyed(BYTES_NONE), CAIRN__STATUS__REJECTED);
	ck_assert_uint_eq(kit.got.reason, NOTIFICATION__REASON__BAD_ID);
	when_erased(&kit, ANA);
	ck_assert_int_eq(note_key_destroyed(ANA), CAIRN__STATUS__OK);
	ck_assert(!to_forget(kit_view(&kit), ANA));
	ck_assert_int_eq(note_key_destroyed(ANA), CAIRN__STATUS__REJECTED);
	ck_assert_uint_eq(count_events(&kit, NOTIFICATION__EVENT__BODY_KEY_DESTROYED), 1);
}
END_TEST

START_TEST(a_peer_may_not_give_the_daemons_own_commands)
{
	static const uint32_t own[] = {NOTIFICATION__COMMAND__BODY_BEGIN_SENDING,
				       NOTIFICATION__COMMAND__BODY_RECORD_ATTEMPT,
				       NOTIFICATION__COMMAND__BODY_NOTE_KEY_DESTROYED};

	for (size_t i = 0; i < ARRAY_LEN(own); i++)
		ck_assert_uint_eq(notification_command_roles(own[i]), ROLE_SELF);
	ck_assert_uint_eq(notification_command_roles(NOTIFICATION__COMMAND__BODY_REDELIVER),
			  ROLE_OPERATOR);
	ck_assert_uint_eq(notification_command_roles(0), 0);
	ck_assert_uint_eq(notification_command_roles(9999), 0);
}
END_TEST

Suite *test_suite(void)
{
	Suite *s = suite_create("notification decide");
	TCase *t = tcase_create("decide");

	tcase_add_checked_fixture(t, open_kit, close_kit);
	tcase_add_test(t, a_notice_is_planned_sending_sent);
	tcase_add_test(t, a_notice_is_tried_again_at_growing_distance_for_25_days);
	tcase_add_loop_test(t, what_became_of_an_attempt_decides_the_state, 0,
			    ARRAY_LEN(outcome_cases));
	tcase_add_test(t, what_was_begun_before_a_crash_is_begun_again);
	tcase_add_test(t, what_crashes_the_daemon_for_25_days_is_given_up);
	tcase_add_loop_test(t, what_a_state_does_not_allow_is_refused_and_changes_nothing, 0,
			    ARRAY_LEN(state_cases));
	tcase_add_test(t, an_unknown_notice_is_refused);
	tcase_add_test(t, a_nudge_is_not_begun_before_its_time);
	tcase_add_test(t, a_dead_notice_is_redelivered_with_all_its_tries);
	tcase_add_test(t, a_dead_notice_of_an_erased_person_stays_dead);
	tcase_add_test(t, a_notice_that_waits_is_cancelled_for_a_reason_of_one_word);
	tcase_add_test(t, the_same_command_twice_has_one_effect);
	tcase_add_test(t, a_key_is_reported_destroyed_once_and_only_after_erasure);
	tcase_add_test(t, a_peer_may_not_give_the_daemons_own_commands);
	suite_add_tcase(s, t);
	return s;
}
