/* Digests, which gather what may wait into one letter, and nudges, of which one leaves a week. */
#include "services/notification/mail/deliver.h"
#include "services/notification/mail/mail_times.h"
#include "services/notification/notification.h"
#include "tests/support/suite.h"
#include "tests/support/times_kit.h"

#include <string.h>

static struct kit kit;

static void open_kit(void)
{
	notice_kit_open(&kit, &notification_service);
	given_ana(&kit);
}

static void close_kit(void)
{
	kit_close(&kit);
}

static const char *why_of(struct bytes notice)
{
	return why_get(kit_view(&kit), notice, kit.arena);
}

/* Mail to Ana came back, as a report tells, and an operator knows that it comes back no more. */
static void when_cleared(void)
{
	Notification__NoteBounce bounce = NOTIFICATION__NOTE_BOUNCE__INIT;
	Notification__ClearBounce clear = NOTIFICATION__CLEAR_BOUNCE__INIT;
	Notification__RecordAttempt record = NOTIFICATION__RECORD_ATTEMPT__INIT;
	Notification__Command command = NOTIFICATION__COMMAND__INIT;
	struct bytes notice;
	static char status[] = "5.1.1", channel[] = "smtp";

	given_digest(&kit, NOTIFICATION__DIGEST__NO_DIGEST);
	notice = given_notice(&kit, "of a report");
	when_due(&kit, notice);
	record.notice = record.address = pb_of_bytes(notice);
	record.attempt = 1;
	record.outcome = NOTIFICATION__OUTCOME__DELIVERED;
	record.channel = channel;
	command.body_case = NOTIFICATION__COMMAND__BODY_RECORD_ATTEMPT;
	command.record_attempt = &record;
	ENSURE(kit_send_as(&kit, kit_id(&kit), ROLE_SELF, BYTES_NONE, &command.base) ==
	       CAIRN__STATUS__OK);
	bounce.notice = pb_of_bytes(notice);
	bounce.status = status;
	command.body_case = NOTIFICATION__COMMAND__BODY_NOTE_BOUNCE;
	command.note_bounce = &bounce;
	ENSURE(kit_send(&kit, BYTES_NONE, &command.base) == CAIRN__STATUS__OK);
	clear.educator = pb_of_bytes(ANA);
	command.body_case = NOTIFICATION__COMMAND__BODY_CLEAR_BOUNCE;
	command.clear_bounce = &clear;
	ENSURE(kit_send(&kit, BYTES_NONE, &command.base) == CAIRN__STATUS__OK);
}

static struct id digest_of(struct bytes notice)
{
	struct id digest;

	ENSURE(gathered_in(kit_view(&kit), notice, &digest));
	return digest;
}

static struct bytes borrowed(struct id id)
{
	return arena_copy(kit.arena, bytes_of_id(&id));
}

START_TEST(what_may_be_off_is_gathered_into_one_letter)
{
	struct bytes one, two, digest;

	given_digest(&kit, NOTIFICATION__DIGEST__DAILY);
	one = given_notice(&kit, "one");
	when_due(&kit, one);
	ck_assert_uint_eq(notice_row(&kit, one).state, NOTICE_HELD);
	kit_advance(&kit, US_PER_HOUR);
	two = given_notice(&kit, "two");
	when_due(&kit, two);
	digest = borrowed(digest_of(one));
	ck_assert(bytes_equal(digest, borrowed(digest_of(two))));
	ck_assert_int_eq(notice_row(&kit, digest).topic, NOTIFICATION__TOPIC__DIGEST);
	ck_assert_int_eq(notice_row(&kit, digest).at_us,
			 zone_moment(zone_find(kit.caps.zones, "America/Chicago"),
				     (struct civil){2026, 1, 7, 7, 0, 0}));
	when_due(&kit, digest);
	ck_assert_uint_eq(notice_row(&kit, digest).state, NOTICE_SENDING);
	ck_assert_uint_eq(notice_row(&kit, one).state, NOTICE_HELD);
	when_taken(&kit, digest);
	ck_assert_uint_eq(notice_row(&kit, one).state, NOTICE_SENT);
	ck_assert_uint_eq(notice_row(&kit, two).state, NOTICE_SENT);
	ck_assert_str_eq(notice_row(&kit, two).channel, "smtp");
}
END_TEST

START_TEST(what_is_mandatory_goes_at_once)
{
	struct bytes ready;

	given_digest(&kit, NOTIFICATION__DIGEST__WEEKLY);
	given_notice(&kit, "one");
	when_sealed(&kit, THE_SUBMISSION, kit_name("enrollment", "one"));
	when_released(&kit, THE_SUBMISSION, false);
	ready = the_notice(&kit, NOTIFICATION__TOPIC__DECISION_READY);
	when_due(&kit, ready);
	ck_assert_uint_eq(notice_row(&kit, ready).state, NOTICE_SENDING);
}
END_TEST

/* The submission's date is a week ahead; the weekly digest of the day before would come too late
 * for one that lapses on that day. */
START_TEST(what_names_a_day_before_the_digest_goes_by_itself)
{
	struct bytes soon;

	given_digest(&kit, NOTIFICATION__DIGEST__WEEKLY);
	given_notice(&kit, "one");
	when_lapse_noticed(&kit, kit_name("enrollment", "one"), kit.now_us + 6 * US_PER_DAY, 6);
	soon = the_notice(&kit, NOTIFICATION__TOPIC__LAPSE_COMING);
	when_due(&kit, soon);
	ck_assert_uint_eq(notice_row(&kit, soon).state, NOTICE_SENDING);
}
END_TEST

START_TEST(what_comes_while_a_digest_leaves_goes_into_the_next_one)
{
	struct bytes one, two, digest;

	given_digest(&kit, NOTIFICATION__DIGEST__DAILY);
	one = given_notice(&kit, "one");
	when_due(&kit, one);
	digest = borrowed(digest_of(one));
	when_due(&kit, digest);
	two = given_notice(&kit, "two");
	when_due(&kit, two);
	ck_assert(!bytes_equal(digest, borrowed(digest_of(two))));
	when_taken(&kit, digest);
	ck_assert_uint_eq(notice_row(&kit, two).state, NOTICE_HELD);
}
END_TEST

START_TEST(a_digest_that_is_full_makes_room_for_another)
{
	struct bytes first = BYTES_NONE, last = BYTES_NONE;

	given_digest(&kit, NOTIFICATION__DIGEST__DAILY);
	for (unsigned i = 0; i < MEMBERS_MOST + 1; i++) {
		last = given_notice(&kit, arena_printf(kit.arena, "%u", i));
		when_due(&kit, last);
		if (i == 0)
			first = last;
	}
	ck_assert(!bytes_equal(borrowed(digest_of(first)), borrowed(digest_of(last))));
}
END_TEST

START_TEST(a_digest_of_which_nothing_is_left_is_not_sent)
{
	Notification__SetPreference off = NOTIFICATION__SET_PREFERENCE__INIT;
	Notification__Command command = NOTIFICATION__COMMAND__INIT;
	struct bytes one, digest;

	given_digest(&kit, NOTIFICATION__DIGEST__DAILY);
	one = given_notice(&kit, "one");
	when_due(&kit, one);
	digest = borrowed(digest_of(one));
	off.educator = pb_of_bytes(ANA);
	off.topic = NOTIFICATION__TOPIC__ENROLLED;
	off.off = true;
	command.body_case = NOTIFICATION__COMMAND__BODY_SET_PREFERENCE;
	command.set_preference = &off;
	kit_send(&kit, ANA, &command.base);
	ck_assert_uint_eq(notice_row(&kit, one).state, NOTICE_CANCELLED);
	when_due(&kit, digest);
	ck_assert_uint_eq(notice_row(&kit, digest).state, NOTICE_CANCELLED);
	ck_assert_str_eq(why_of(digest), "empty");
}
END_TEST

START_TEST(who_wants_no_digest_any_more_gets_what_was_gathered_now)
{
	struct bytes one, digest;

	given_digest(&kit, NOTIFICATION__DIGEST__WEEKLY);
	one = given_notice(&kit, "one");
	when_due(&kit, one);
	digest = borrowed(digest_of(one));
	given_digest(&kit, NOTIFICATION__DIGEST__NO_DIGEST);
	ck_assert_int_eq(notice_row(&kit, digest).at_us, kit.now_us);
	when_due(&kit, digest);
	when_taken(&kit, digest);
	ck_assert_uint_eq(notice_row(&kit, one).state, NOTICE_SENT);
}
END_TEST

START_TEST(what_becomes_of_the_letter_becomes_of_its_notices)
{
	Notification__Redeliver again = NOTIFICATION__REDELIVER__INIT;
	Notification__Command command = NOTIFICATION__COMMAND__INIT;
	struct bytes one, digest;

	given_digest(&kit, NOTIFICATION__DIGEST__DAILY);
	one = given_notice(&kit, "one");
	when_due(&kit, one);
	digest = borrowed(digest_of(one));
	when_due(&kit, digest);
	when_recorded(&kit, digest, 1, NOTIFICATION__OUTCOME__PERMANENT, 554);
	ck_assert_uint_eq(notice_row(&kit, one).state, NOTICE_DEAD);
	ck_assert_str_eq(why_of(one), "refused");
	again.notice = pb_of_bytes(digest);
	command.body_case = NOTIFICATION__COMMAND__BODY_REDELIVER;
	command.redeliver = &again;
	kit_send(&kit, BYTES_NONE, &command.base);
	ck_assert_uint_eq(notice_row(&kit, one).state, NOTICE_HELD);
	when_due(&kit, digest);
	when_taken(&kit, digest);
	ck_assert_uint_eq(notice_row(&kit, one).state, NOTICE_SENT);
}
END_TEST

START_TEST(a_digest_that_came_back_goes_again_with_all_that_is_in_it)
{
	struct bytes one, digest;

	given_digest(&kit, NOTIFICATION__DIGEST__DAILY);
	one = given_notice(&kit, "one");
	when_due(&kit, one);
	digest = borrowed(digest_of(one));
	when_due(&kit, digest);
	when_recorded(&kit, digest, 1, NOTIFICATION__OUTCOME__BAD_ADDRESS, 0);
	ck_assert_str_eq(why_of(one), "bad_address");
	kit.seen_seq = 0;
	count_events(&kit, NOTIFICATION__EVENT__BODY_NOTICE_REDELIVERED);
	when_cleared();
	ck_assert_uint_eq(count_events(&kit, NOTIFICATION__EVENT__BODY_NOTICE_REDELIVERED), 1);
	ck_assert_uint_eq(notice_row(&kit, digest).state, NOTICE_PLANNED);
	ck_assert_uint_eq(notice_row(&kit, one).state, NOTICE_HELD);
}
END_TEST

START_TEST(erasure_leaves_nothing_of_a_digest)
{
	struct bytes one, digest;
	struct id open;

	given_digest(&kit, NOTIFICATION__DIGEST__DAILY);
	one = given_notice(&kit, "one");
	when_due(&kit, one);
	digest = borrowed(digest_of(one));
	when_erased(&kit, ANA);
	ck_assert_uint_eq(notice_row(&kit, one).state, NOTICE_CANCELLED);
	ck_assert_uint_eq(notice_row(&kit, digest).state, NOTICE_CANCELLED);
	ck_assert(!gathering_get(kit_view(&kit), ANA, &open));
	ck_assert_uint_eq(view_count(kit_view(&kit), MEMBER), 0);
	ck_assert_uint_eq(view_count(kit_view(&kit), MAIL_TIMES), 0);
}
END_TEST

START_TEST(a_digest_is_no_topic_that_is_switched)
{
	Notification__SetPreference off = NOTIFICATION__SET_PREFERENCE__INIT;
	Notification__Command command = NOTIFICATION__COMMAND__INIT;

	off.educator = pb_of_bytes(ANA);
	off.topic = NOTIFICATION__TOPIC__DIGEST;
	off.off = true;
	command.body_case = NOTIFICATION__COMMAND__BODY_SET_PREFERENCE;
	command.set_preference = &off;
	ck_assert_int_eq(kit_send(&kit, ANA, &command.base), CAIRN__STATUS__REJECTED);
	ck_assert_uint_eq(kit.got.reason, NOTIFICATION__REASON__BAD_VALUE);
}
END_TEST

/* The letter, its soft breaks taken away. */
static const char *letter_of(struct bytes notice, const char *portal)
{
	struct writing writing = {.view = kit_view(&kit),
				  .caps = &kit.caps,
				  .from = {"", "no-reply@cairn.example"},
				  .portal = portal};
	struct notice row = notice_row(&kit, notice);
	struct letter letter;
	char *text, *to;

	writing.view = kit_view(&kit);
	ENSURE(letter_write(&writing, notice, &row, kit.arena, &letter) == LETTER_READY);
	text = to = arena_text(kit.arena, letter.content);
	for (const char *from = text; *from != '\0';) {
		if (strncmp(from, "=\r\n", 3) == 0)
			from += 3;
		else
			*to++ = *from++;
	}
	*to = '\0';
	return text;
}

START_TEST(a_digest_names_each_notice_and_its_page_in_one_language)
{
	struct bytes one, two, lapse, digest;
	const char *text;

	given_person(&kit, ANA, &(struct notice_person){ANA_NAME, ANA_ADDRESS, "es"});
	given_digest(&kit, NOTIFICATION__DIGEST__WEEKLY);
	one = given_notice(&kit, "one");
	when_due(&kit, one);
	when_lapse_noticed(&kit, kit_name("enrollment", "one"), kit.now_us + 30 * US_PER_DAY, 30);
	lapse = the_notice(&kit, NOTIFICATION__TOPIC__LAPSE_COMING);
	when_due(&kit, lapse);
	when_sealed(&kit, THE_SUBMISSION, kit_name("enrollment", "one"));
	two = the_notice(&kit, NOTIFICATION__TOPIC__SUBMISSION_RECEIPT);
	when_due(&kit, two);
	digest = borrowed(digest_of(one));
	when_due(&kit, digest);
	text = letter_of(digest, "https://cairn.example/");
	ck_assert_ptr_nonnull(strstr(text, "Subject: Sus avisos de Cairn\r\n"));
	ck_assert_ptr_nonnull(strstr(text, "Content-Language: es\r\n"));
	ck_assert_ptr_nonnull(strstr(text, "- Su inscripci=C3=B3n en LIT-101\r\n"));
	ck_assert_ptr_nonnull(strstr(
		text, arena_printf(kit.arena, "\r\n  https://cairn.example/enrollments/%s\r\n",
				   ID_STR(kit_name("enrollment", "one")))));
	ck_assert_ptr_nonnull(strstr(text, "- LIT-101: hemos recibido su entrega\r\n"));
	/* planned with 30 days, and it leaves almost six days later */
	ck_assert_ptr_nonnull(strstr(text, "- LIT-101: quedan 25 d=C3=ADas\r\n"));
	ck_assert_ptr_null(strstr(letter_of(digest, NULL), "https://"));
}
END_TEST

/* ---- one nudge a week ---- */

static struct bytes given_nudge(const char *enrollment)
{
	when_lapse_noticed(&kit, kit_name("enrollment", enrollment), kit.now_us + 60 * US_PER_DAY,
			   60);
	return the_notice(&kit, NOTIFICATION__TOPIC__LAPSE_COMING);
}

/* Held in a digest, the first nudge leaves six days late; the second one counts from then, although
 * it was planned before and the process died. */
START_TEST(a_week_between_nudges_counts_from_when_they_left)
{
	struct bytes first, second, digest;
	int64_t left_us;

	given_notice(&kit, "one");
	given_digest(&kit, NOTIFICATION__DIGEST__WEEKLY);
	first = given_nudge("one");
	second = given_nudge("one");
	when_due(&kit, first);
	digest = borrowed(digest_of(first));
	when_due(&kit, digest);
	left_us = kit.now_us;
	when_taken(&kit, digest);
	given_digest(&kit, NOTIFICATION__DIGEST__NO_DIGEST);
	kit_reopen(&kit);
	ck_assert_int_lt(notice_row(&kit, second).at_us, left_us + 2 * US_PER_DAY);
	when_due(&kit, second);
	ck_assert_uint_eq(notice_row(&kit, second).state, NOTICE_PLANNED);
	ck_assert_int_eq(notice_row(&kit, second).at_us, left_us + 7 * US_PER_DAY);
	when_due(&kit, second);
	ck_assert_uint_eq(notice_row(&kit, second).state, NOTICE_SENDING);
}
END_TEST

START_TEST(another_try_of_the_same_nudge_does_not_wait_a_week)
{
	struct bytes nudge;

	given_notice(&kit, "one");
	nudge = given_nudge("one");
	when_due(&kit, nudge);
	when_recorded(&kit, nudge, 1, NOTIFICATION__OUTCOME__TEMPORARY, 452);
	when_due(&kit, nudge);
	ck_assert_uint_eq(notice_row(&kit, nudge).state, NOTICE_SENDING);
}
END_TEST

/* Whatever a person chooses and whenever the daemon dies: never two within a week. */
START_TEST(no_two_nudges_leave_within_a_week)
{
	static const Notification__Digest choices[] = {NOTIFICATION__DIGEST__NO_DIGEST,
						       NOTIFICATION__DIGEST__WEEKLY,
						       NOTIFICATION__DIGEST__DAILY};
	struct bytes nudges[6];
	int64_t left_us = 0;

	given_notice(&kit, "one");
	for (unsigned i = 0; i < ARRAY_LEN(nudges); i++)
		nudges[i] = given_nudge("one");
	for (unsigned i = 0; i < ARRAY_LEN(nudges); i++) {
		struct bytes letter = nudges[i];

		given_times(&kit, 22 * 60, 9 * 60, "", choices[(i + (unsigned)_i) % 3]);
		for (unsigned turns = 0; notice_row(&kit, letter).state == NOTICE_PLANNED;
		     turns++) {
			ck_assert_uint_lt(turns, 10);
			kit_reopen(&kit);
			when_due(&kit, letter);
			if (notice_row(&kit, letter).state == NOTICE_HELD)
				letter = borrowed(digest_of(letter));
		}
		ck_assert_uint_eq(notice_row(&kit, letter).state, NOTICE_SENDING);
		ck_assert(left_us == 0 || kit.now_us - left_us >= 7 * US_PER_DAY);
		left_us = kit.now_us;
		when_taken(&kit, letter);
	}
}
END_TEST

Suite *test_suite(void)
{
	Suite *s = suite_create("notification digest");
	TCase *t = tcase_create("digest");

	tcase_add_checked_fixture(t, open_kit, close_kit);
	tcase_add_test(t, what_may_be_off_is_gathered_into_one_letter);
	tcase_add_test(t, what_is_mandatory_goes_at_once);
	tcase_add_test(t, what_names_a_day_before_the_digest_goes_by_itself);
	tcase_add_test(t, what_comes_while_a_digest_leaves_goes_into_the_next_one);
	tcase_add_test(t, a_digest_that_is_full_makes_room_for_another);
	tcase_add_test(t, a_digest_of_which_nothing_is_left_is_not_sent);
	tcase_add_test(t, who_wants_no_digest_any_more_gets_what_was_gathered_now);
	tcase_add_test(t, what_becomes_of_the_letter_becomes_of_its_notices);
	tcase_add_test(t, a_digest_that_came_back_goes_again_with_all_that_is_in_it);
	tcase_add_test(t, erasure_leaves_nothing_of_a_digest);
	tcase_add_test(t, a_digest_is_no_topic_that_is_switched);
	tcase_add_test(t, a_digest_names_each_notice_and_its_page_in_one_language);
	tcase_add_test(t, a_week_between_nudges_counts_from_when_they_left);
	tcase_add_test(t, another_try_of_the_same_nudge_does_not_wait_a_week);
	tcase_add_loop_test(t, no_two_nudges_leave_within_a_week, 0, 3);
	suite_add_tcase(s, t);
	return s;
}
