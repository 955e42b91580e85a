/* The real daemons: what happens at enrollment becomes letters, whoever is killed in between. */
#include "services/notification/notification.h"

#include "libshared/check.h"
#include "libshared/clock.h"
#include "proto/enrollment.pb-c.h"
#include "tests/support/daemon_kit.h"
#include "tests/support/kit.h"
#include "tests/support/suite.h"

#include <dirent.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ANA kit_name("educator", "ana")
#define N_ENROLLMENTS 60
#define N_KILLS 8

static struct daemon_kit kit;
static struct client *office, *notices;
static struct arena *arena;
static struct id_maker ids;
static struct client_answer got;

static char *text(const char *s)
{
	return arena_text(arena, bytes_of_text(s));
}

static struct bytes fresh_id(void)
{
	struct id id = id_make(&ids, clock_wall_us());

	return arena_copy(arena, bytes_of_id(&id));
}

/* ---- enrollment ---- */

static void tell(Enrollment__Command__BodyCase kind, Enrollment__Command *command)
{
	command->body_case = kind;
	ck_assert_msg(daemon_kit_ask(office, &(struct ask){.message = &command->base}, &got) ==
			      CAIRN__STATUS__OK,
		      "%u: %s", kind, got.text);
}

/* A copy that a command may point at. */
static void *copy_of(const ProtobufCMessage *m)
{
	struct message_fault fault;

	return message_unpack(m->descriptor, message_pack(m, arena), &EVENT_LIMITS, arena, &fault);
}

#define PUBLISH(KIND, Kind, kind, member, what)                                                    \
	do {                                                                                       \
		Enrollment__Publish##Kind ask_ = ENROLLMENT__PUBLISH_##KIND##__INIT;               \
		Enrollment__Command command_ = ENROLLMENT__COMMAND__INIT;                          \
		ask_.member = copy_of(&(what)->base);                                              \
		command_.publish_##kind = &ask_;                                                   \
		tell(ENROLLMENT__COMMAND__BODY_PUBLISH_##KIND, &command_);                         \
	} while (0)

static void given_catalogue(void)
{
	PUBLISH(POLICY, Policy, policy, policy, kit_policy());
	PUBLISH(CALENDAR, Calendar, calendar, calendar, kit_calendar());
	PUBLISH(MEDIA, Media, media, media, kit_media());
	PUBLISH(PROFILE, Profile, profile, profile, kit_profile("standard"));
	PUBLISH(PROFILE, Profile, profile, profile, kit_profile("double-read"));
	PUBLISH(PROFILE, Profile, profile, profile, kit_profile("launch"));
	PUBLISH(ISSUER, Issuer, issuer, issuer, kit_issuer());
	PUBLISH(ENTRY, Entry, entry, entry, kit_entry());
}

static void given_educator(struct bytes id, const char *handle)
{
	Enrollment__Person person = ENROLLMENT__PERSON__INIT;
	Enrollment__RegisterEducator ask = ENROLLMENT__REGISTER_EDUCATOR__INIT;
	Enrollment__Command command = ENROLLMENT__COMMAND__INIT;

	person.handle = text(handle);
	person.name = text("Ana Muñoz");
	person.email = arena_printf(arena, "%s@meadow.example", handle);
	ask.educator = pb_of_bytes(id);
	ask.person = &person;
	ask.language = text("es");
	command.register_educator = &ask;
	tell(ENROLLMENT__COMMAND__BODY_REGISTER_EDUCATOR, &command);
}

static void enroll(struct bytes educator)
{
	Enrollment__Enroll ask = ENROLLMENT__ENROLL__INIT;
	Enrollment__Command command = ENROLLMENT__COMMAND__INIT;

	ask.enrollment = pb_of_bytes(fresh_id());
	ask.educator = pb_of_bytes(educator);
	ask.entry = kit_entry()->entry;
	command.enroll = &ask;
	tell(ENROLLMENT__COMMAND__BODY_ENROLL, &command);
}

static void erase(struct bytes educator)
{
	Enrollment__EraseEducator ask = ENROLLMENT__ERASE_EDUCATOR__INIT;
	Enrollment__Command command = ENROLLMENT__COMMAND__INIT;

	ask.educator = pb_of_bytes(educator);
	ask.because = text("request");
	command.erase_educator = &ask;
	tell(ENROLLMENT__COMMAND__BODY_ERASE_EDUCATOR, &command);
}

/* ---- notification ---- */

static size_t n_in_state(const char *state)
{
	Notification__ListNotices ask = NOTIFICATION__LIST_NOTICES__INIT;
	Notification__Query query = NOTIFICATION__QUERY__INIT;
	struct message_fault fault;
	const Notification__Answer *answer;

	ask.state = text(state);
	ask.limit = 200;
	query.body_case = NOTIFICATION__QUERY__BODY_LIST_NOTICES;
	query.list_notices = &ask;
	ck_assert_int_eq(daemon_kit_ask(notices, &(struct ask){.message = &query.base}, &got),
			 CAIRN__STATUS__OK);
	answer = (const Notification__Answer *)(void *)message_unpack(
		&notification__answer__descriptor, got.body, &EVENT_LIMITS, arena, &fault);
	ck_assert_ptr_nonnull(answer);
	return answer->notices->n_notices;
}

static void wait_until_sent(size_t n)
{
	int64_t until_us = clock_mono_us() + KIT_WAIT_MS * US_PER_MS;

	while (n_in_state("sent") < n) {
		ck_assert_msg(clock_mono_us() < until_us, "%zu of %zu are sent", n_in_state("sent"),
			      n);
		poll(NULL, 0, 20);
	}
}

static size_t n_spooled(void)
{
	DIR *d = opendir(place_path(&kit.place, "notification/spool"));
	size_t n = 0;

	ck_assert_ptr_nonnull(d);
	for (struct dirent *e; (e = readdir(d)) != NULL;)
		n += strstr(e->d_name, ".eml") != NULL;
	closedir(d);
	return n;
}

static void print_line(void *ctx, const char *line)
{
	(void)ctx;
	fprintf(stderr, "%s\n", line);
}

/* Rebuilt tables equal the live ones, and no log line names anybody. */
static void check_what_is_left(void)
{
	char db[160], scratch[160];

	client_close(&notices);
	daemon_kit_stop(&kit, "notification");
	snprintf(db, sizeof db, "%s", place_path(&kit.place, "notification/db"));
	snprintf(scratch, sizeof scratch, "%s", place_path(&kit.place, "scratch"));
	ck_assert_int_eq(mkdir(scratch, 0700), 0);
	ck_assert_int_eq(engine_verify(&notification_service, db, NULL, scratch, print_line, NULL),
			 0);
	ck_assert(!daemon_kit_said(&kit, "notification", "Ana"));
	ck_assert(!daemon_kit_said(&kit, "notification", "meadow.example"));
}

static void setup(void)
{
	daemon_kit_open(&kit);
	arena = arena_new(1 << 16);
	daemon_kit_start(&kit, "enrollment", NULL);
	office = daemon_kit_client(&kit, "enrollment", "cairnctl");
	notices = NULL;
	given_catalogue();
}

static void teardown(void)
{
	client_close(&office);
	client_close(&notices);
	daemon_kit_close(&kit);
	arena_destroy(&arena);
}

static void start_notification(const char *const *words)
{
	daemon_kit_start(&kit, "notification", words);
	if (notices == NULL)
		notices = daemon_kit_client(&kit, "notification", "cairnctl");
}

START_TEST(an_enrollment_becomes_a_letter_in_the_spool)
{
	start_notification(NULL);
	given_educator(ANA, "ana");
	enroll(ANA);
	wait_until_sent(1);
	ck_assert_uint_eq(n_spooled(), 1);
	check_what_is_left();
}
END_TEST

START_TEST(no_letter_is_lost_or_doubled_when_the_daemon_is_killed)
{
	start_notification(NULL);
	for (unsigned i = 0; i < N_ENROLLMENTS; i++) {
		struct bytes educator = fresh_id();
		char handle[20];

		snprintf(handle, sizeof handle, "teacher-%u", i);
		given_educator(educator, handle);
		enroll(educator);
		if (i % (N_ENROLLMENTS / N_KILLS) == 3) {
			daemon_kit_kill(&kit, "notification");
			start_notification(NULL);
		}
	}
	wait_until_sent(N_ENROLLMENTS);
	ck_assert_uint_eq(n_in_state(""), N_ENROLLMENTS);
	ck_assert_uint_eq(n_spooled(), N_ENROLLMENTS);
	check_what_is_left();
}
END_TEST

START_TEST(erasure_takes_the_letters_and_the_key)
{
	int64_t until_us = clock_mono_us() + KIT_WAIT_MS * US_PER_MS;

	start_notification(NULL);
	given_educator(ANA, "ana");
	enroll(ANA);
	wait_until_sent(1);
	erase(ANA);
	while (!daemon_kit_said(&kit, "notification", "event=key_destroyed")) {
		ck_assert_int_lt(clock_mono_us(), until_us);
		poll(NULL, 0, 20);
	}
	ck_assert_uint_eq(n_spooled(), 0);
	check_what_is_left();
}
END_TEST

START_TEST(the_daemon_sends_mail_and_goes_on_answering)
{
	struct process server = {0};
	const char *const argv[] = {
		"/usr/bin/env", "node", MAIL_DIR "/server.mjs", kit.place.dir, "open", "0", NULL};
	char url[64], ca[160], port[16] = "", mails[160];
	const char *const words[] = {"channel=smtp", url, ca, "from=Cairn <no-reply@cairn.example>",
				     NULL};
	FILE *f;

	process_start(&server, &(struct process_options){
				       .argv = argv, .log = place_path(&kit.place, "server.err")});
	ck_assert(process_ready(&server, KIT_WAIT_MS));
	f = fopen(place_path(&kit.place, "port"), "re");
	ck_assert(f != NULL && fgets(port, sizeof port, f) != NULL);
	fclose(f);
	snprintf(url, sizeof url, "smtp_url=smtp://localhost:%s", port);
	snprintf(ca, sizeof ca, "smtp_ca_file=%s", place_path(&kit.place, "cert.pem"));
	start_notification(words);
	given_educator(ANA, "ana");
	enroll(ANA);
	wait_until_sent(1);
	snprintf(mails, sizeof mails, "%s", place_path(&kit.place, "mails"));
	ck_assert_int_eq(access(mails, F_OK), 0);
	process_kill(&server);
	check_what_is_left();
}
END_TEST

Suite *test_suite(void)
{
	Suite *s = suite_create("mail daemons");
	TCase *t = tcase_create("daemons");

	tcase_set_timeout(t, 120);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, an_enrollment_becomes_a_letter_in_the_spool);
	tcase_add_test(t, no_letter_is_lost_or_doubled_when_the_daemon_is_killed);
	tcase_add_test(t, erasure_takes_the_letters_and_the_key);
	if (access(MAIL_DIR "/node_modules/smtp-server", F_OK) == 0)
		tcase_add_test(t, the_daemon_sends_mail_and_goes_on_answering);
	else
		puts("SKIPPED: the packages of tests/integration/mail are not installed");
	suite_add_tcase(s, t);
	return s;
}
