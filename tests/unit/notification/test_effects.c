/* Letters in hand: from due to recorded, through crashes, faults and erasure. */
#include "services/notification/effects.h"
#include "services/notification/notification.h"
#include "services/notification/settings.h"
#include "services/notification/tables.h"
#include "tests/support/notice_kit.h"
#include "tests/support/suite.h"

#include "libshared/seal.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct kit kit;
static struct notification_config config;
static struct outside *outside;
static Cairn__Status instead; /* of OK, once: what the engine could not take */

static void open_outside(void)
{
	struct outside_setup setup = {&kit.caps, &config, kit.dir, kit.dir};

	outside = notification_outside.open(&setup);
	ENSURE(outside != NULL);
}

static void open_all(void)
{
	config = (struct notification_config){.channel = "spool",
					      .from = "Cairn <no-reply@cairn.example>",
					      .portal = "",
					      .unsubscribe = "",
					      .bounces = "",
					      .parallel = 4,
					      .issuance = "",
					      .sinks_parallel = 8,
					      .sinks_retry = 1000,
					      .sink_networks = "",
					      .sink_ca_file = "",
					      .sink_timeout_ms = 1000};
	instead = CAIRN__STATUS__STATUS_UNSPECIFIED;
	notice_kit_open(&kit, &notification_service);
	open_outside();
}

static void close_all(void)
{
	notification_outside.close(&outside);
	kit_close(&kit);
}

static void give(void *ctx, const struct reply *reply)
{
	struct reply changed = *reply;

	(void)ctx;
	if (instead != CAIRN__STATUS__STATUS_UNSPECIFIED) {
		changed.status = instead;
		instead = CAIRN__STATUS__STATUS_UNSPECIFIED;
	}
	notification_outside.replied(outside, &changed);
}

/* As the daemon's loop does it: what was submitted is decided, then the world outside has its turn.
 */
static void turn(void)
{
	engine_view_end(kit.engine);
	engine_run(kit.engine, kit.now_us);
	ENSURE(!engine_poll(kit.engine, give, NULL));
	notification_outside.turn(outside, kit.engine, kit.now_us);
}

/* Until nothing is left to do at this moment. */
static void turns(void)
{
	unsigned n = 0;

	do {
		turn();
		ENSURE(++n < 1000);
	} while (!engine_idle(kit.engine) || notification_outside.next_us(outside) <= kit.now_us);
}

/* The process dies: what was in memory is gone, the tables are as of the last commit. */
static void crash(void)
{
	notification_outside.close(&outside);
	kit_reopen(&kit);
	open_outside();
}

static struct notice row_of(struct bytes notice)
{
	struct notice row;

	ENSURE(notice_get(kit_view(&kit), notice, &row));
	return row;
}

static char *path_of(struct bytes notice, const char *ending)
{
	return arena_printf(kit.arena, "%s/spool/%s%s", kit.dir, ID_STR(notice), ending);
}

static bool is_spooled(struct bytes notice)
{
	return access(path_of(notice, ".eml"), F_OK) == 0;
}

static unsigned n_files(void)
{
	DIR *d = opendir(arena_printf(kit.arena, "%s/spool", kit.dir));
	unsigned n = 0;

	ENSURE(d != NULL);
	for (struct dirent *e; (e = readdir(d)) != NULL;)
		n += e->d_name[0] != '.';
	closedir(d);
	return n;
}

static struct bytes given_receipt(void)
{
	given_submitted(&kit);
	return the_notice(&kit, NOTIFICATION__TOPIC__SUBMISSION_RECEIPT);
}

START_TEST(a_due_notice_becomes_one_file_and_is_sent)
{
	struct bytes notice = given_receipt();
	struct stat st;

	turns();
	ck_assert_uint_eq(row_of(notice).state, NOTICE_SENT);
	ck_assert_str_eq(row_of(notice).channel, "spool");
	ck_assert_uint_eq(row_of(notice).attempts, 1);
	ck_assert_uint_eq(n_files(), 2); /* enrolled, and the receipt */
	ck_assert_int_eq(stat(path_of(notice, ".eml"), &st), 0);
	ck_assert_uint_eq(st.st_mode & 0777, 0600);
	ck_assert_int_gt(st.st_size, 400);
}
END_TEST

START_TEST(more_notices_than_may_be_in_hand_all_leave)
{
	given_ana(&kit);
	for (unsigned i = 0; i < 11; i++) {
		char name[12];

		snprintf(name, sizeof name, "%u", i);
		given_enrolled(&kit, kit_name("enrollment", name), ANA);
	}
	turns();
	ck_assert_uint_eq(n_files(), 11);
	ck_assert_uint_eq(view_count(kit_view(&kit), OPEN), 0);
	ck_assert_uint_eq(view_count(kit_view(&kit), DUE), 0);
}
END_TEST

START_TEST(a_notice_that_is_not_due_waits_and_says_until_when)
{
	struct bytes second;

	given_ana(&kit);
	given_enrolled(&kit, THE_ENROLLMENT, ANA);
	when_lapse_noticed(&kit, THE_ENROLLMENT, kit.now_us + 30 * US_PER_DAY, 30);
	when_lapse_noticed(&kit, THE_ENROLLMENT, kit.now_us + 30 * US_PER_DAY, 30);
	the_notice(&kit, NOTIFICATION__TOPIC__LAPSE_COMING);
	second = the_notice(&kit, NOTIFICATION__TOPIC__LAPSE_COMING);
	turns();
	ck_assert(!is_spooled(second));
	ck_assert_int_eq(notification_outside.next_us(outside), kit.now_us + 7 * US_PER_DAY);
	kit_advance(&kit, 7 * US_PER_DAY);
	turns();
	ck_assert(is_spooled(second));
}
END_TEST

static void given_mail_times(uint32_t quiet_from, uint32_t quiet_to, Notification__Digest digest)
{
	Notification__SetMailTimes ask = NOTIFICATION__SET_MAIL_TIMES__INIT;
	Notification__Command command = NOTIFICATION__COMMAND__INIT;

	ask.educator = pb_of_bytes(ANA);
	ask.quiet_from = quiet_from;
	ask.quiet_to = quiet_to;
	ask.digest = digest;
	command.body_case = NOTIFICATION__COMMAND__BODY_SET_MAIL_TIMES;
	command.set_mail_times = &ask;
	ENSURE(kit_send(&kit, ANA, &command.base) == CAIRN__STATUS__OK);
}

/* The process dies after the n-th turn of the day on which it goes. */
START_TEST(a_digest_is_one_file_through_a_crash_at_any_turn)
{
	given_ana(&kit);
	given_mail_times(0, 0, NOTIFICATION__DIGEST__DAILY);
	for (unsigned i = 0; i < 5; i++) {
		char name[12];

		snprintf(name, sizeof name, "%u", i);
		given_enrolled(&kit, kit_name("enrollment", name), ANA);
	}
	turns();
	ck_assert_uint_eq(n_files(), 0);
	ck_assert_uint_eq(view_count(kit_view(&kit), MEMBER), 5);
	ck_assert_int_lt(notification_outside.next_us(outside), kit.now_us + US_PER_DAY);
	kit_advance(&kit, US_PER_DAY);
	for (int i = 0; i < _i; i++)
		turn();
	crash();
	turns();
	ck_assert_uint_eq(n_files(), 1);
	ck_assert_uint_eq(view_count(kit_view(&kit), OPEN), 0);
}
END_TEST

/* 15:15 in UTC is a quarter past nine there. */
START_TEST(no_file_is_written_in_quiet_hours)
{
	struct bytes notice;

	given_ana(&kit);
	given_mail_times(9 * 60, 10 * 60, NOTIFICATION__DIGEST__NO_DIGEST);
	given_enrolled(&kit, THE_ENROLLMENT, ANA);
	notice = the_notice(&kit, NOTIFICATION__TOPIC__ENROLLED);
	turns();
	ck_assert(!is_spooled(notice));
	ck_assert_int_eq(notification_outside.next_us(outside), kit.now_us + 45 * 60 * US_PER_S);
	crash();
	turns();
	ck_assert(!is_spooled(notice));
	kit_advance(&kit, 45 * 60 * US_PER_S);
	turns();
	ck_assert(is_spooled(notice));
}
END_TEST

/* The crash stands after the n-th turn: begun and not posted, posted and not recorded, and so on.
 */
START_TEST(a_crash_at_any_turn_leaves_one_file_and_a_sent_notice)
{
	struct bytes notice = given_receipt();

	for (int i = 0; i < _i; i++)
		turn();
	crash();
	turns();
	ck_assert_uint_eq(row_of(notice).state, NOTICE_SENT);
	ck_assert(is_spooled(notice));
	ck_assert_uint_eq(n_files(), 2);
	ck_assert_uint_le(row_of(notice).attempts, 2);
}
END_TEST

START_TEST(what_a_crash_left_half_written_is_swept)
{
	struct bytes notice = given_receipt();
	int fd = open(path_of(notice, ".eml.tmp"), O_WRONLY | O_CREAT, 0600);

	ck_assert_int_ge(fd, 0);
	close(fd);
	crash();
	ck_assert_uint_eq(n_files(), 0);
}
END_TEST

START_TEST(a_spool_that_cannot_be_written_is_tried_again_later)
{
	struct bytes notice = given_receipt();

	/* No file can be written where a folder stands. */
	ck_assert_int_eq(mkdir(path_of(notice, ".eml.tmp"), 0700), 0);
	turns();
	ck_assert_uint_eq(row_of(notice).state, NOTICE_RETRY);
	ck_assert_int_eq(notification_outside.next_us(outside), kit.now_us + 60 * US_PER_S);
	ck_assert_int_eq(rmdir(path_of(notice, ".eml.tmp")), 0);
	kit_advance(&kit, 60 * US_PER_S);
	turns();
	ck_assert_uint_eq(row_of(notice).state, NOTICE_SENT);
	ck_assert_uint_eq(row_of(notice).attempts, 2);
}
END_TEST

START_TEST(a_person_without_a_key_is_cancelled_silently)
{
	struct bytes notice = given_receipt();

	ENSURE(keyring_destroy(kit.caps.keyring, ANA) == 0);
	turns();
	ck_assert_uint_eq(row_of(notice).state, NOTICE_CANCELLED);
	ck_assert_str_eq(why_get(kit_view(&kit), notice, kit.arena), "erased");
	ck_assert_uint_eq(n_files(), 0);
}
END_TEST

START_TEST(a_person_without_an_address_is_a_dead_letter)
{
	struct bytes notice;

	given_person(&kit, ANA, &(struct notice_person){"Ana", "", "en"});
	given_enrolled(&kit, THE_ENROLLMENT, ANA);
	notice = the_notice(&kit, NOTIFICATION__TOPIC__ENROLLED);
	turns();
	ck_assert_uint_eq(row_of(notice).state, NOTICE_DEAD);
	ck_assert_str_eq(why_get(kit_view(&kit), notice, kit.arena), "no_address");
}
END_TEST

START_TEST(erasure_removes_the_letters_then_the_key_and_says_so)
{
	struct bytes notice = given_receipt(), key;

	turns();
	ck_assert(is_spooled(notice));
	ck_assert(keyring_get(kit.caps.keyring, ANA, &key));
	when_erased(&kit, ANA);
	ck_assert_uint_eq(count_events(&kit, NOTIFICATION__EVENT__BODY_KEY_DESTROYED), 0);
	turns();
	ck_assert_uint_eq(n_files(), 0);
	ck_assert(!keyring_get(kit.caps.keyring, ANA, &key));
	ck_assert_uint_eq(count_events(&kit, NOTIFICATION__EVENT__BODY_KEY_DESTROYED), 1);
	ck_assert(!to_forget(kit_view(&kit), ANA));
}
END_TEST

START_TEST(an_erasure_that_a_crash_interrupts_is_finished_after_it)
{
	struct bytes key;

	given_receipt();
	when_erased(&kit, ANA);
	notification_outside.turn(outside, kit.engine, kit.now_us);
	ck_assert(!keyring_get(kit.caps.keyring, ANA, &key));
	crash();
	ck_assert(to_forget(kit_view(&kit), ANA));
	turns();
	ck_assert_uint_eq(count_events(&kit, NOTIFICATION__EVENT__BODY_KEY_DESTROYED), 1);
}
END_TEST

/* Begun is durable, but the letter was not yet written when the person was erased. */
START_TEST(what_is_cancelled_after_it_was_begun_does_not_leave)
{
	struct bytes notice = given_receipt();

	turn();
	engine_view_end(kit.engine);
	engine_run(kit.engine, kit.now_us);
	ENSURE(!engine_poll(kit.engine, give, NULL));
	ck_assert_uint_eq(row_of(notice).state, NOTICE_SENDING);
	when_erased(&kit, ANA);
	turns();
	ck_assert_uint_eq(row_of(notice).state, NOTICE_CANCELLED);
	ck_assert_uint_eq(n_files(), 0);
}
END_TEST

START_TEST(what_the_engine_cannot_take_now_is_asked_again_after_a_second)
{
	struct bytes notice = given_receipt();

	turn();
	instead = CAIRN__STATUS__UNAVAILABLE; /* of the first BeginSending */
	turns();
	ck_assert_int_eq(notification_outside.next_us(outside), kit.now_us + US_PER_S);
	kit_advance(&kit, US_PER_S);
	turns();
	ck_assert_uint_eq(row_of(notice).state, NOTICE_SENT);
	ck_assert_uint_eq(view_count(kit_view(&kit), OPEN), 0);
}
END_TEST

START_TEST(settings_that_cannot_work_are_said_at_start)
{
	static const struct {
		const char *channel, *from, *url, *user, *password;
		bool tls;
	} wrong[] = {
		{"pigeon", "a@b.example", "", "", "", true},
		{"spool", "Cairn", "", "", "", true},
		{"smtp", "a@b.example", "", "", "", true},
		{"smtp", "a@b.example", "http://localhost", "", "", true},
		{"smtp", "a@b.example", "smtp://user:secret@localhost", "", "", true},
		{"smtp", "a@b.example", "smtp://localhost", "user", "", true},
		{"smtp", "a@b.example", "smtp://localhost", "", "/dev/null", true},
		{"smtp", "a@b.example", "smtp://localhost", "user", "/nowhere", true},
		{"smtp", "a@b.example", "smtp://localhost", "user", "/dev/null", false},
	};
	struct notification_config bad = config;
	struct outside_setup setup = {&kit.caps, &bad, kit.dir, kit.dir};

	bad.channel = wrong[_i].channel;
	bad.from = wrong[_i].from;
	bad.smtp_url = wrong[_i].url;
	bad.smtp_user = wrong[_i].user;
	bad.smtp_password_file = wrong[_i].password;
	bad.smtp_tls = wrong[_i].tls;
	ck_assert_ptr_null(notification_outside.open(&setup));
}
END_TEST

START_TEST(networks_of_sinks_that_are_none_are_said_at_start)
{
	struct notification_config bad = config;
	struct outside_setup setup = {&kit.caps, &bad, kit.dir, kit.dir};

	bad.sink_networks = "10.0.0.0/33";
	ck_assert_ptr_null(notification_outside.open(&setup));
}
END_TEST

Suite *test_suite(void)
{
	Suite *s = suite_create("notification effects");
	TCase *t = tcase_create("effects");

	tcase_add_checked_fixture(t, open_all, close_all);
	tcase_add_test(t, a_due_notice_becomes_one_file_and_is_sent);
	tcase_add_test(t, more_notices_than_may_be_in_hand_all_leave);
	tcase_add_test(t, a_notice_that_is_not_due_waits_and_says_until_when);
	tcase_add_loop_test(t, a_digest_is_one_file_through_a_crash_at_any_turn, 0, 5);
	tcase_add_test(t, no_file_is_written_in_quiet_hours);
	tcase_add_loop_test(t, a_crash_at_any_turn_leaves_one_file_and_a_sent_notice, 0, 6);
	tcase_add_test(t, what_a_crash_left_half_written_is_swept);
	tcase_add_test(t, a_spool_that_cannot_be_written_is_tried_again_later);
	tcase_add_test(t, a_person_without_a_key_is_cancelled_silently);
	tcase_add_test(t, a_person_without_an_address_is_a_dead_letter);
	tcase_add_test(t, erasure_removes_the_letters_then_the_key_and_says_so);
	tcase_add_test(t, an_erasure_that_a_crash_interrupts_is_finished_after_it);
	tcase_add_test(t, what_is_cancelled_after_it_was_begun_does_not_leave);
	tcase_add_test(t, what_the_engine_cannot_take_now_is_asked_again_after_a_second);
	tcase_add_loop_test(t, settings_that_cannot_work_are_said_at_start, 0, 9);
	tcase_add_test(t, networks_of_sinks_that_are_none_are_said_at_start);
	suite_add_tcase(s, t);
	return s;
}
