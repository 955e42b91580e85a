/* Letters to a mail server that is not ours: taken, refused, put off, cut off; by STARTTLS and with
 * AUTH. */
#include "services/notification/effects.h"
#include "services/notification/notification.h"
#include "services/notification/settings.h"
#include "services/notification/tables.h"

#include "libshared/clock.h"
#include "tests/support/daemon_kit.h"
#include "tests/support/notice_kit.h"
#include "tests/support/place.h"
#include "tests/support/process.h"
#include "tests/support/suite.h"

#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define WAIT_US (30 * US_PER_S)
#define START_MS 30000
#define SKIPPED 77

static struct kit kit;
static struct notification_config config;
static struct outside *outside;
static struct place place;
static struct process server;
static char url[64], ca_file[128], password_file[128];
static int64_t started_us; /* monotonic */
static int64_t skipped_us; /* of waits that the test does not sit through */
static int64_t longest_us; /* that one turn took */

/* ---- the server ---- */

static char *whole_file(const char *name)
{
	FILE *f = fopen(place_path(&place, name), "re");
	char *text = arena_text(kit.arena, BYTES_NONE), line[4096];

	while (f != NULL && fgets(line, sizeof line, f) != NULL)
		text = arena_printf(kit.arena, "%s%s", text, line);
	if (f != NULL)
		fclose(f);
	return text;
}

/* port "0": a free one. */
static void start_server(const char *kind, const char *port)
{
	const char *const argv[] = {"/usr/bin/env", "node", MAIL_DIR "/server.mjs", place.dir, kind,
				    port,           NULL};
	char *log = arena_printf(kit.arena, "%s", place_path(&place, "server.err"));

	process_start(&server, &(struct process_options){.argv = argv, .log = log});
	ck_assert_msg(process_ready(&server, START_MS), "%s", whole_file("server.err"));
	snprintf(url, sizeof url, "smtp://localhost:%s", whole_file("port"));
}

/* What the n-th letter that the server took has in that field. */
static json_t *mail_field(size_t n, const char *field)
{
	FILE *f = fopen(place_path(&place, "mails"), "re");
	json_t *mail = NULL, *value;

	ck_assert_ptr_nonnull(f);
	for (size_t i = 0; i <= n; i++) {
		json_decref(mail);
		mail = json_loadf(f, JSON_DISABLE_EOF_CHECK, NULL);
		ck_assert_msg(mail != NULL, "there is no letter %zu", n);
	}
	fclose(f);
	value = json_incref(json_object_get(mail, field));
	ck_assert_ptr_nonnull(value);
	json_decref(mail);
	return value;
}

static const char *mail_text(size_t n, const char *field)
{
	json_t *value = mail_field(n, field);
	char *text = arena_text(kit.arena, bytes_of_text(json_string_value(value)));

	json_decref(value);
	return text;
}

static int64_t mail_number(size_t n, const char *field)
{
	json_t *value = mail_field(n, field);
	int64_t number = json_is_true(value) ? 1 : json_integer_value(value);

	json_decref(value);
	return number;
}

static size_t n_mails(void)
{
	size_t n = 0;

	for (const char *c = whole_file("mails"); *c != '\0'; c++)
		n += *c == '\n';
	return n;
}

/* ---- notification, without a daemon around it ---- */

static void setup(void)
{
	place_make(&place);
	server = (struct process){.pid = 0};
	started_us = clock_mono_us();
	skipped_us = longest_us = 0;
	outside = NULL;
	notice_kit_open(&kit, &notification_service);
	snprintf(ca_file, sizeof ca_file, "%s", place_path(&place, "cert.pem"));
	snprintf(password_file, sizeof password_file, "%s", place_path(&place, "password"));
	config = (struct notification_config){
		.channel = "smtp",
		.from = "Cairn <no-reply@cairn.example>",
		.portal = "https://cairn.example/",
		.unsubscribe = "",
		.bounces = "",
		.smtp_url = url,
		.smtp_tls = true,
		.smtp_user = "",
		.smtp_password_file = "",
		.smtp_ca_file = ca_file,
		.smtp_connect_timeout_ms = 5000,
		.smtp_timeout_ms = 10000,
		.parallel = 4,
		.issuance = "",
		.sinks_parallel = 8,
		.sinks_retry = 1000,
		.sink_networks = "",
		.sink_ca_file = "",
		.sink_timeout_ms = 1000,
	};
}

static void teardown(void)
{
	notification_outside.close(&outside);
	process_kill(&server);
	kit_close(&kit);
	place_remove(&place);
}

/* With the settings as they are now. */
static void open_outside(void)
{
	struct outside_setup to = {&kit.caps, &config, place.dir, place.dir};

	outside = notification_outside.open(&to);
	ck_assert_ptr_nonnull(outside);
}

static void give(void *ctx, const struct reply *reply)
{
	(void)ctx;
	notification_outside.replied(outside, reply);
}

/* As the daemon's loop does it; waits 20 ms at most for something to happen. */
static void turn(void)
{
	zmq_pollitem_t items[OUTSIDE_ITEMS];
	unsigned n = notification_outside.items(outside, items);
	int64_t before_us;

	if (engine_idle(kit.engine) && notification_outside.next_us(outside) > kit.now_us)
		ENSURE(zmq_poll(items, (int)n, 20) >= 0);
	kit.now_us = KIT_EPOCH_US + clock_mono_us() - started_us + skipped_us;
	engine_view_end(kit.engine);
	engine_run(kit.engine, kit.now_us);
	ENSURE(!engine_poll(kit.engine, give, NULL));
	before_us = clock_mono_us();
	notification_outside.turn(outside, kit.engine, kit.now_us);
	longest_us = MAX(longest_us, clock_mono_us() - before_us);
}

static struct notice row_of(struct bytes notice)
{
	struct notice row;

	ENSURE(notice_get(kit_view(&kit), notice, &row));
	return row;
}

/* Until the attempt that begins now, or is under way, has come to something. */
static struct notice attempt(struct bytes notice)
{
	struct notice row = row_of(notice);
	int64_t until_us = clock_mono_us() + WAIT_US;
	uint32_t attempts = row.attempts + 1;

	if (row.state == NOTICE_RETRY)
		skipped_us += MAX(row.at_us - kit.now_us, INT64_C(0));
	do {
		ck_assert_msg(clock_mono_us() < until_us, "attempt %u comes to nothing", attempts);
		turn();
		row = row_of(notice);
	} while (row.attempts < attempts || row.state == NOTICE_SENDING);
	return row;
}

static struct bytes given_notice_to(const char *address)
{
	given_person(&kit, ANA, &(struct notice_person){ANA_NAME, address, "es"});
	given_enrolled(&kit, THE_ENROLLMENT, ANA);
	return the_notice(&kit, NOTIFICATION__TOPIC__ENROLLED);
}

/* ---- taken ---- */

START_TEST(a_letter_arrives_over_tls_as_it_was_meant)
{
	struct bytes notice = given_notice_to("ana@meadow.example");

	start_server("open", "0");
	open_outside();
	ck_assert_uint_eq(attempt(notice).state, NOTICE_SENT);
	ck_assert_uint_eq(n_mails(), 1);
	ck_assert_int_eq(mail_number(0, "secure"), 1);
	ck_assert_str_eq(mail_text(0, "envelope_from"), "no-reply@cairn.example");
	ck_assert_str_eq(mail_text(0, "to"), "\"" ANA_NAME "\" <ana@meadow.example>");
	ck_assert_str_eq(mail_text(0, "from"), "\"Cairn\" <no-reply@cairn.example>");
	ck_assert_str_eq(mail_text(0, "subject"), "Su inscripción en LIT-101");
	ck_assert_ptr_nonnull(
		strstr(mail_text(0, "text"), "Hola, " ANA_NAME ":\n\nSe ha inscrito en"));
	ck_assert_ptr_nonnull(strstr(mail_text(0, "text"), "Continúe en https://cairn.example/."));
	ck_assert_str_eq(mail_text(0, "message_id"),
			 arena_printf(kit.arena, "<%s@cairn.example>", ID_STR(notice)));
	ck_assert_str_eq(mail_text(0, "auto_submitted"), "auto-generated");
	ck_assert_int_eq(mail_number(0, "raw_has_8bit"), 0);
}
END_TEST

START_TEST(each_letter_comes_back_to_an_address_of_its_own)
{
	struct bytes notice = given_notice_to("ana@meadow.example");
	char hex[2 * ID_LEN + 1];

	hex_of_bytes(notice, hex);
	start_server("open", "0");
	config.bounces = "bounces@cairn.example";
	open_outside();
	ck_assert_uint_eq(attempt(notice).state, NOTICE_SENT);
	ck_assert_str_eq(mail_text(0, "envelope_from"),
			 arena_printf(kit.arena, "bounces+%s@cairn.example", hex));
	ck_assert_str_eq(mail_text(0, "from"), "\"Cairn\" <no-reply@cairn.example>");
}
END_TEST

START_TEST(an_address_for_bounces_that_cannot_be_one_is_refused)
{
	static const char *const addresses[] = {"bounces", "a+b@cairn.example",
						"a234567890123456789012345678901a@cairn.example"};
	struct outside_setup to = {&kit.caps, &config, place.dir, place.dir};

	snprintf(url, sizeof url, "smtp://localhost:1");
	for (size_t i = 0; i < ARRAY_LEN(addresses); i++) {
		config.bounces = addresses[i];
		ck_assert_ptr_null(notification_outside.open(&to));
	}
	config.bounces = "a23456789012345678901234567890a@cairn.example";
	open_outside();
}
END_TEST

static void with_password(const char *password, mode_t mode)
{
	place_write(&place, "password", password);
	ck_assert_int_eq(chmod(password_file, mode), 0);
	config.smtp_user = "teacher";
	config.smtp_password_file = password_file;
}

START_TEST(a_server_that_wants_a_password_gets_it)
{
	struct bytes notice = given_notice_to("ana@meadow.example");

	start_server("auth", "0");
	with_password("s3cret\n", 0600);
	open_outside();
	ck_assert_uint_eq(attempt(notice).state, NOTICE_SENT);
	ck_assert_str_eq(mail_text(0, "user"), "teacher");
	ck_assert_int_eq(mail_number(0, "secure"), 1);
}
END_TEST

START_TEST(many_letters_share_a_few_connections)
{
	int64_t until_us;

	given_ana(&kit);
	for (unsigned i = 0; i < 40; i++) {
		char name[12];

		snprintf(name, sizeof name, "%u", i);
		given_enrolled(&kit, kit_name("enrollment", name), ANA);
	}
	start_server("open", "0");
	open_outside();
	for (until_us = clock_mono_us() + WAIT_US; view_count(kit_view(&kit), OPEN) > 0;) {
		ck_assert_int_lt(clock_mono_us(), until_us);
		turn();
	}
	ck_assert_uint_eq(n_mails(), 40);
	ck_assert_int_le(mail_number(39, "connections"), 4);
}
END_TEST

/* ---- put off, refused ---- */

START_TEST(a_452_is_tried_again_until_it_is_taken)
{
	struct bytes notice = given_notice_to("busy-2@meadow.example");

	start_server("open", "0");
	open_outside();
	ck_assert_uint_eq(attempt(notice).state, NOTICE_RETRY);
	ck_assert_uint_eq(row_of(notice).code, 452);
	ck_assert_uint_eq(attempt(notice).state, NOTICE_RETRY);
	ck_assert_uint_eq(attempt(notice).state, NOTICE_SENT);
	ck_assert_uint_eq(row_of(notice).attempts, 3);
	ck_assert_uint_eq(n_mails(), 1);
}
END_TEST

static const struct refusal {
	const char *address;
	uint32_t code;
	const char *why;
	bool bounced;
} refusals[] = {{"nobody@meadow.example", 550, "bounced", true},
		{"blocked@meadow.example", 550, "refused", false},
		{"full@meadow.example", 552, "refused", false}};

START_TEST(a_5xx_about_the_letter_is_a_dead_letter_and_the_next_one_goes_on)
{
	struct bytes notice = given_notice_to(refusals[_i].address), next;

	start_server("open", "0");
	open_outside();
	ck_assert_uint_eq(attempt(notice).state, NOTICE_DEAD);
	ck_assert_uint_eq(row_of(notice).code, refusals[_i].code);
	ck_assert_str_eq(why_get(kit_view(&kit), notice, kit.arena), refusals[_i].why);
	ck_assert_uint_eq(view_count(kit_view(&kit), BOUNCE), refusals[_i].bounced);

	given_person(&kit, BEN, &(struct notice_person){"Ben", "ben@meadow.example", "en"});
	given_enrolled(&kit, kit_name("enrollment", "ben's"), BEN);
	next = the_notice(&kit, NOTIFICATION__TOPIC__ENROLLED);
	ck_assert_uint_eq(attempt(next).state, NOTICE_SENT);
	ck_assert_uint_eq(n_mails(), 1);
}
END_TEST

START_TEST(an_address_that_was_refused_is_not_tried_again)
{
	struct bytes notice = given_notice_to("nobody@meadow.example"), next;

	start_server("open", "0");
	open_outside();
	ck_assert_uint_eq(attempt(notice).state, NOTICE_DEAD);
	process_kill(&server);
	given_enrolled(&kit, kit_name("enrollment", "second"), ANA);
	next = the_notice(&kit, NOTIFICATION__TOPIC__ENROLLED);
	ck_assert_uint_eq(attempt(next).state, NOTICE_DEAD);
	ck_assert_uint_eq(row_of(next).code, 0);
	ck_assert_str_eq(why_get(kit_view(&kit), next, kit.arena), "bad_address");
}
END_TEST

/* It was taken, but nobody here knows: it goes again, and the mailbox can tell by its id. */
START_TEST(a_connection_that_breaks_after_the_letter_gives_two_with_one_id)
{
	struct bytes notice = given_notice_to("drop-1@meadow.example");

	start_server("open", "0");
	open_outside();
	ck_assert_uint_eq(attempt(notice).state, NOTICE_RETRY);
	ck_assert_uint_eq(attempt(notice).state, NOTICE_SENT);
	ck_assert_uint_eq(n_mails(), 2);
	ck_assert_str_eq(mail_text(0, "message_id"), mail_text(1, "message_id"));
}
END_TEST

/* ---- nothing goes where it should not ---- */

START_TEST(a_wrong_password_kills_no_letter)
{
	struct bytes notice = given_notice_to("ana@meadow.example");

	start_server("auth", "0");
	with_password("wrong\n", 0600);
	open_outside();
	ck_assert_uint_eq(attempt(notice).state, NOTICE_RETRY);
	ck_assert_uint_eq(row_of(notice).code, 535);
	ck_assert_uint_eq(n_mails(), 0);
}
END_TEST

START_TEST(a_password_file_that_everybody_may_read_is_refused)
{
	struct outside_setup to = {&kit.caps, &config, place.dir, place.dir};

	snprintf(url, sizeof url, "smtp://localhost:1");
	with_password("s3cret\n", 0604);
	ck_assert_ptr_null(notification_outside.open(&to));
	with_password("\n", 0600);
	ck_assert_ptr_null(notification_outside.open(&to));
	with_password("s3cret\n", 0640);
	open_outside();
}
END_TEST

START_TEST(without_tls_nothing_is_sent_unless_the_settings_say_so)
{
	struct bytes notice = given_notice_to("ana@meadow.example");

	start_server("plain", "0");
	open_outside();
	ck_assert_uint_eq(attempt(notice).state, NOTICE_RETRY);
	ck_assert_uint_eq(n_mails(), 0);
	notification_outside.close(&outside);
	config.smtp_tls = false;
	open_outside();
	ck_assert_uint_eq(attempt(notice).state, NOTICE_SENT);
	ck_assert_int_eq(mail_number(0, "secure"), 0);
}
END_TEST

START_TEST(a_server_with_an_unknown_certificate_gets_nothing)
{
	struct bytes notice = given_notice_to("ana@meadow.example");

	start_server("open", "0");
	config.smtp_ca_file = ""; /* the system's */
	open_outside();
	ck_assert_uint_eq(attempt(notice).state, NOTICE_RETRY);
	ck_assert_uint_eq(n_mails(), 0);
}
END_TEST

/* ---- a server that is away, or ill ---- */

START_TEST(a_server_that_is_away_is_tried_until_it_is_back)
{
	struct bytes notice = given_notice_to("ana@meadow.example");
	char port[8];

	snprintf(port, sizeof port, "%u", (unsigned)daemon_kit_free_port());
	start_server("open", port);
	process_kill(&server);
	open_outside();
	ck_assert_uint_eq(attempt(notice).state, NOTICE_RETRY);
	ck_assert_uint_eq(row_of(notice).code, 0);
	start_server("open", port);
	ck_assert_uint_eq(attempt(notice).state, NOTICE_SENT);
	ck_assert_uint_eq(n_mails(), 1);
}
END_TEST

START_TEST(a_server_that_says_nothing_is_left_after_the_time_limit_and_stops_nobody)
{
	struct bytes notice = given_notice_to("ana@meadow.example");
	int64_t before_us;

	start_server("silent", "0");
	config.smtp_timeout_ms = 700;
	open_outside();
	before_us = clock_mono_us();
	ck_assert_uint_eq(attempt(notice).state, NOTICE_RETRY);
	ck_assert_int_ge(clock_mono_us() - before_us, 600 * US_PER_MS);
	ck_assert_int_lt(longest_us, 500 * US_PER_MS);
}
END_TEST

/* libcurl waits for the answer to QUIT in its own loop; 2 s are more than it is given. */
START_TEST(a_server_that_never_answers_quit_does_not_stop_the_loop)
{
	struct bytes notice = given_notice_to("ana@meadow.example");

	start_server("rude", "0");
	config.smtp_tls = false;
	open_outside();
	ck_assert_uint_eq(attempt(notice).state, NOTICE_DEAD);
	ck_assert_uint_eq(row_of(notice).code, 550);
	ck_assert_int_lt(longest_us, 2 * US_PER_S);
}
END_TEST

START_TEST(closing_does_not_wait_for_the_server)
{
	struct bytes notice = given_notice_to("ana@meadow.example");
	int64_t before_us;

	start_server("open", "0");
	open_outside();
	ck_assert_uint_eq(attempt(notice).state, NOTICE_SENT); /* its connection is kept */
	process_signal(&server, SIGSTOP);
	before_us = clock_mono_us();
	notification_outside.close(&outside);
	ck_assert_int_lt(clock_mono_us() - before_us, US_PER_S);
	process_signal(&server, SIGCONT);
}
END_TEST

Suite *test_suite(void)
{
	Suite *s = suite_create("mail");
	TCase *t = tcase_create("mail");

	if (access(MAIL_DIR "/node_modules/smtp-server", F_OK) != 0) {
		puts("SKIPPED: the packages of tests/integration/mail are not installed");
		exit(SKIPPED);
	}
	tcase_set_timeout(t, 120);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, a_letter_arrives_over_tls_as_it_was_meant);
	tcase_add_test(t, each_letter_comes_back_to_an_address_of_its_own);
	tcase_add_test(t, an_address_for_bounces_that_cannot_be_one_is_refused);
	tcase_add_test(t, a_server_that_wants_a_password_gets_it);
	tcase_add_test(t, many_letters_share_a_few_connections);
	tcase_add_test(t, a_452_is_tried_again_until_it_is_taken);
	tcase_add_loop_test(t, a_5xx_about_the_letter_is_a_dead_letter_and_the_next_one_goes_on, 0,
			    ARRAY_LEN(refusals));
	tcase_add_test(t, an_address_that_was_refused_is_not_tried_again);
	tcase_add_test(t, a_connection_that_breaks_after_the_letter_gives_two_with_one_id);
	tcase_add_test(t, a_wrong_password_kills_no_letter);
	tcase_add_test(t, a_password_file_that_everybody_may_read_is_refused);
	tcase_add_test(t, without_tls_nothing_is_sent_unless_the_settings_say_so);
	tcase_add_test(t, a_server_with_an_unknown_certificate_gets_nothing);
	tcase_add_test(t, a_server_that_is_away_is_tried_until_it_is_back);
	tcase_add_test(t, a_server_that_says_nothing_is_left_after_the_time_limit_and_stops_nobody);
	tcase_add_test(t, a_server_that_never_answers_quit_does_not_stop_the_loop);
	tcase_add_test(t, closing_does_not_wait_for_the_server);
	suite_add_tcase(s, t);
	return s;
}
