/* A daemon as its peers see it: asked, followed, stopped, killed, told to reload. */
#include "libshared/check.h"
#include "libshared/clock.h"
#include "libshared/engine.h"
#include "libshared/seal.h"

#include "tests/support/daemon_kit.h"
#include "tests/support/shelf_service.h"
#include "tests/support/suite.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static struct daemon_kit kit;
static struct client *teacher, *operations;
static struct arena *arena;
static struct id_maker ids;

static void setup(void)
{
	daemon_kit_open(&kit);
	arena = arena_new(4096);
	daemon_kit_start(&kit, "shelf", NULL);
	teacher = daemon_kit_client(&kit, "shelf", "teacher");
	operations = daemon_kit_client(&kit, "shelf", "cairnctl");
}

static void teardown(void)
{
	client_close(&teacher);
	client_close(&operations);
	daemon_kit_close(&kit);
	arena_destroy(&arena);
}

/* ---- what is asked ---- */

static struct bytes fresh_id(void)
{
	struct id id = id_make(&ids, clock_wall_us());

	return arena_copy(arena, bytes_of_id(&id));
}

static Shelf__Command *put_command(struct bytes item, const char *text)
{
	Shelf__Command *command = arena_alloc(arena, sizeof *command);
	Shelf__Put *put = arena_alloc(arena, sizeof *put);

	*command = (Shelf__Command)SHELF__COMMAND__INIT;
	*put = (Shelf__Put)SHELF__PUT__INIT;
	put->item = pb_of_bytes(item);
	put->text = arena_text(arena, bytes_of_text(text));
	command->body_case = SHELF__COMMAND__BODY_PUT;
	command->put = put;
	return command;
}

static struct client_answer got;

static Cairn__Status put(struct bytes item, const char *text)
{
	return daemon_kit_ask(teacher, &(struct ask){.message = &put_command(item, text)->base},
			      &got);
}

static Cairn__Status get(struct client *c, struct bytes item, uint64_t min_seq)
{
	Shelf__Query query = SHELF__QUERY__INIT;
	Shelf__Get ask = SHELF__GET__INIT;

	ask.item = pb_of_bytes(item);
	query.body_case = SHELF__QUERY__BODY_GET;
	query.get = &ask;
	return daemon_kit_ask(c, &(struct ask){.message = &query.base, .min_seq = min_seq}, &got);
}

static Cairn__Status look(struct client *c, struct bytes item)
{
	Shelf__Query query = SHELF__QUERY__INIT;
	Shelf__Look ask = SHELF__LOOK__INIT;

	ask.item = pb_of_bytes(item);
	query.body_case = SHELF__QUERY__BODY_LOOK;
	query.look = &ask;
	return daemon_kit_ask(c, &(struct ask){.message = &query.base}, &got);
}

static Cairn__Status remind(struct bytes item, int64_t at_us)
{
	Shelf__Command command = SHELF__COMMAND__INIT;
	Shelf__Remind ask = SHELF__REMIND__INIT;

	ask.item = pb_of_bytes(item);
	ask.at_us = at_us;
	command.body_case = SHELF__COMMAND__BODY_REMIND;
	command.remind = &ask;
	return daemon_kit_ask(operations, &(struct ask){.message = &command.base}, &got);
}

static const Shelf__Item *item_got(void)
{
	struct message_fault fault;
	const Shelf__Answer *answer = (const Shelf__Answer *)(void *)message_unpack(
		&shelf__answer__descriptor, got.body, &EVENT_LIMITS, arena, &fault);

	ck_assert_ptr_nonnull(answer);
	return answer->item;
}

static const Cairn__RuntimeStatus *status_of(struct client *c)
{
	Cairn__RuntimeQuery query = CAIRN__RUNTIME_QUERY__INIT;
	Cairn__GetStatus ask = CAIRN__GET_STATUS__INIT;
	struct message_fault fault;

	query.body_case = CAIRN__RUNTIME_QUERY__BODY_GET_STATUS;
	query.get_status = &ask;
	ck_assert_int_eq(daemon_kit_ask(c, &(struct ask){.message = &query.base}, &got),
			 CAIRN__STATUS__OK);
	return ((const Cairn__RuntimeAnswer *)(void *)message_unpack(
			&cairn__runtime_answer__descriptor, got.body, &EVENT_LIMITS, arena, &fault))
		->status;
}

/* Asks until the item is as wanted: for what happens by itself. */
#define WAIT_FOR_ITEM(client, id, wanted)                                                          \
	do {                                                                                       \
		int64_t until_us = clock_mono_us() + KIT_WAIT_MS * US_PER_MS;                      \
		const Shelf__Item *it;                                                             \
		bool is_so;                                                                        \
		do {                                                                               \
			ck_assert(clock_mono_us() < until_us);                                     \
			is_so = get(client, id, 0) == CAIRN__STATUS__OK && (it = item_got()) &&    \
				(wanted);                                                          \
		} while (!is_so);                                                                  \
	} while (0)

/* ---- commands and queries ---- */

START_TEST(a_command_is_answered_and_a_query_sees_it)
{
	struct bytes item = fresh_id();

	ck_assert_int_eq(put(item, "chalk"), CAIRN__STATUS__OK);
	uint64_t seq = got.seq;
	ck_assert_uint_eq(seq, 1);
	ck_assert_int_eq(get(teacher, item, seq), CAIRN__STATUS__OK);
	ck_assert_str_eq(item_got()->text, "chalk");
	ck_assert_uint_ge(got.seq, seq);
}
END_TEST

START_TEST(the_same_id_twice_is_done_once_and_answered_twice)
{
	struct bytes item = fresh_id(), id = fresh_id();
	struct ask ask = {.message = &put_command(item, "chalk")->base, .id = id};

	ck_assert_int_eq(daemon_kit_ask(teacher, &ask, &got), CAIRN__STATUS__OK);
	ck_assert(!got.repeated);
	ck_assert_int_eq(daemon_kit_ask(teacher, &ask, &got), CAIRN__STATUS__OK);
	ck_assert(got.repeated);
	ck_assert_int_eq(get(teacher, item, 0), CAIRN__STATUS__OK);
	ck_assert_uint_eq(item_got()->puts, 1);
	ask.message = &put_command(item, "slate")->base;
	ck_assert_int_eq(daemon_kit_ask(teacher, &ask, &got), CAIRN__STATUS__ID_REUSED);
}
END_TEST

START_TEST(a_refusal_names_its_reason)
{
	ck_assert_int_eq(put(fresh_id(), ""), CAIRN__STATUS__REJECTED);
	ck_assert_uint_eq(got.reason, SHELF__REASON__EMPTY_TEXT);
	ck_assert_int_eq(put(bytes_of_text("short"), "x"), CAIRN__STATUS__REJECTED);
	ck_assert_str_eq(got.text, "put.item: 16 bytes are expected");
}
END_TEST

START_TEST(a_role_is_needed_for_each_command_and_query)
{
	struct client *reader = daemon_kit_client(&kit, "shelf", "reader");
	struct bytes item = fresh_id();

	ck_assert_int_eq(put(item, "chalk"), CAIRN__STATUS__OK);
	ck_assert_int_eq(get(reader, item, 0), CAIRN__STATUS__FORBIDDEN);
	ck_assert_int_eq(look(teacher, item), CAIRN__STATUS__FORBIDDEN);
	client_close(&reader);
}
END_TEST

START_TEST(only_a_peer_that_asserts_names_a_person)
{
	struct ask ask = {.message = &put_command(fresh_id(), "chalk")->base, .actor = fresh_id()};

	ck_assert_int_eq(daemon_kit_ask(teacher, &ask, &got), CAIRN__STATUS__FORBIDDEN);
	ck_assert_int_eq(daemon_kit_ask(operations, &ask, &got), CAIRN__STATUS__OK);
}
END_TEST

START_TEST(what_is_worthless_by_now_is_not_done)
{
	struct ask ask = {.message = &put_command(fresh_id(), "chalk")->base, .ttl_ms = 1};

	/* Sent to a stopped process, the request lies there for longer than it may live. */
	process_signal(daemon_kit_process(&kit, "shelf"), SIGSTOP);
	client_submit(teacher, &ask, clock_mono_us() + KIT_WAIT_MS * US_PER_MS, 0);
	usleep(5000);
	process_signal(daemon_kit_process(&kit, "shelf"), SIGCONT);
	ck_assert_int_eq(daemon_kit_ask(teacher,
					&(struct ask){.message = ask.message, .id = fresh_id()},
					&got),
			 CAIRN__STATUS__OK);
	ck_assert_uint_eq(got.seq, 1); /* the other one left no event */
}
END_TEST

START_TEST(a_query_that_leaves_a_note_is_answered_when_the_note_is_durable)
{
	struct bytes item = fresh_id();

	ck_assert_int_eq(put(item, "chalk"), CAIRN__STATUS__OK);
	WAIT_FOR_ITEM(teacher, item, it->sent);
	ck_assert_int_eq(look(operations, item), CAIRN__STATUS__OK);
	ck_assert_str_eq(item_got()->text, "chalk");
	ck_assert_uint_eq(item_got()->looks, 0); /* the state that was looked at */
	ck_assert_int_eq(get(teacher, item, 0), CAIRN__STATUS__OK);
	ck_assert_uint_eq(item_got()->looks, 1);
}
END_TEST

START_TEST(a_timer_fires_by_itself)
{
	struct bytes item = fresh_id();

	ck_assert_int_eq(put(item, "chalk"), CAIRN__STATUS__OK);
	ck_assert_int_eq(remind(item, clock_wall_us() + 50 * US_PER_MS), CAIRN__STATUS__OK);
	WAIT_FOR_ITEM(teacher, item, it->reminded == 1);
}
END_TEST

START_TEST(work_outside_is_done_and_reported)
{
	struct bytes item = fresh_id();
	char line[64] = "";

	ck_assert_int_eq(put(item, "chalk"), CAIRN__STATUS__OK);
	WAIT_FOR_ITEM(teacher, item, it->sent);
	FILE *f = fopen(place_path(&kit.place, "shelf/sent"), "re");
	ck_assert_ptr_nonnull(fgets(line, sizeof line, f));
	line[ID_TEXT_LEN] = '\0';
	ck_assert_str_eq(line, ID_STR(item));
	fclose(f);
}
END_TEST

START_TEST(the_status_tells_of_the_daemon)
{
	const Cairn__RuntimeStatus *status;

	ck_assert_int_eq(put(fresh_id(), "chalk"), CAIRN__STATUS__OK);
	status = status_of(teacher);
	ck_assert_str_eq(status->service, "shelf");
	ck_assert_uint_ge(status->head->seq, 1);
	ck_assert_uint_eq(status->durable_seq, status->head->seq);
	ck_assert_int_gt(status->uptime_us, 0);
	ck_assert_uint_gt(status->resident_bytes, 1000000);
}
END_TEST

/* ---- life and death ---- */

START_TEST(what_was_acknowledged_survives_a_kill)
{
	struct bytes items[20];

	for (size_t i = 0; i < ARRAY_LEN(items); i++) {
		items[i] = fresh_id();
		ck_assert_int_eq(put(items[i], "chalk"), CAIRN__STATUS__OK);
	}
	daemon_kit_kill(&kit, "shelf");
	daemon_kit_start(&kit, "shelf", NULL);
	for (size_t i = 0; i < ARRAY_LEN(items); i++) {
		ck_assert_int_eq(get(teacher, items[i], 0), CAIRN__STATUS__OK);
		ck_assert_uint_eq(item_got()->puts, 1);
	}
}
END_TEST

START_TEST(a_second_daemon_on_the_same_directory_does_not_start)
{
	struct process second = {0};
	char path[256], dir[128];
	const char *argv[] = {path, dir, NULL};

	snprintf(path, sizeof path, "%s", "");
	snprintf(dir, sizeof dir, "dir=%s", kit.place.dir);
	ck_assert_int_gt(readlink("/proc/self/exe", path, sizeof path - 20), 0);
	snprintf(strrchr(path, '/'), 20, "/cairn-shelf");
	process_start(&second,
		      &(struct process_options){argv, place_path(&kit.place, "second.err"), 0});
	ck_assert_int_eq(process_wait(&second, KIT_WAIT_MS), 1);
	ck_assert_int_eq(put(fresh_id(), "chalk"), CAIRN__STATUS__OK); /* the first goes on */
}
END_TEST

struct load {
	unsigned sent, ok, other;
	uint64_t highest_seq;
};

static void count_answer(void *ctx, uint64_t token, const struct client_answer *answer)
{
	struct load *load = ctx;

	(void)token;
	if (answer->status == CAIRN__STATUS__OK)
		load->ok++;
	else
		load->other++;
	load->highest_seq = MAX(load->highest_seq, answer->seq);
}

START_TEST(a_drain_answers_what_it_has_taken_and_loses_nothing_acknowledged)
{
	struct load load = {0};
	int64_t until_us = clock_mono_us() + KIT_WAIT_MS * US_PER_MS;
	int code = -1;

	for (; load.sent < 3000; load.sent++)
		client_submit(teacher,
			      &(struct ask){.message = &put_command(fresh_id(), "chalk")->base},
			      until_us, load.sent);
	while (load.ok < 500)
		client_turn(teacher, clock_mono_us(), count_answer, &load);
	process_signal(daemon_kit_process(&kit, "shelf"), SIGTERM);
	while (code < 0) {
		client_turn(teacher, clock_mono_us(), count_answer, &load);
		code = process_wait(daemon_kit_process(&kit, "shelf"), 1);
	}
	ck_assert_int_eq(code, 0);
	client_turn(teacher, clock_mono_us(), count_answer, &load);
	daemon_kit_start(&kit, "shelf", NULL);
	ck_assert_uint_ge(status_of(operations)->durable_seq, load.highest_seq);
	while (client_in_air(teacher) > 0)
		client_turn(teacher, clock_mono_us(), count_answer, &load);
	ck_assert_uint_eq(load.ok, 3000);
	ck_assert_uint_eq(load.other, 0);
}
END_TEST

START_TEST(wrong_settings_end_it_with_2)
{
	static const char *const words[][2] = {
		{"map=lots", NULL},       {"nonsense=1", NULL},
		{"log_level=loud", NULL}, {"commands_tcp=udp://x", NULL},
		{"--what", NULL},
	};

	daemon_kit_stop(&kit, "shelf");
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		ck_assert_int_eq(
			process_wait(daemon_kit_spawn(&kit, "shelf", words[i]), KIT_WAIT_MS), 2);
	ck_assert_int_eq(process_wait(daemon_kit_spawn(&kit, "shelf",
						       (const char *const[]){"--check", NULL}),
				      KIT_WAIT_MS),
			 0);
}
END_TEST

START_TEST(without_peers_or_key_it_does_not_start)
{
	daemon_kit_stop(&kit, "shelf");
	ck_assert_int_eq(rename(place_path(&kit.place, "keys/shelf.key"),
				place_path(&kit.place, "keys/away")),
			 0);
	ck_assert_int_eq(process_wait(daemon_kit_spawn(&kit, "shelf", NULL), KIT_WAIT_MS), 1);
	ck_assert(daemon_kit_said(&kit, "shelf", "event=key_missing"));
}
END_TEST

/* ---- reload ---- */

START_TEST(a_revoked_peer_is_refused_on_its_open_connection)
{
	int64_t until_us = clock_mono_us() + KIT_WAIT_MS * US_PER_MS;

	ck_assert_int_eq(put(fresh_id(), "chalk"), CAIRN__STATUS__OK);
	daemon_kit_revoke(&kit, "teacher");
	daemon_kit_reload(&kit, "shelf");
	while (put(fresh_id(), "chalk") != CAIRN__STATUS__FORBIDDEN)
		ck_assert(clock_mono_us() < until_us);
	ck_assert_uint_gt(status_of(operations)->durable_seq, 0);
}
END_TEST

START_TEST(a_wrong_peers_file_changes_nothing)
{
	int64_t until_us = clock_mono_us() + KIT_WAIT_MS * US_PER_MS;

	place_write(&kit.place, "peers", "this is not a line\n");
	daemon_kit_reload(&kit, "shelf");
	while (!daemon_kit_said(&kit, "shelf", "event=peers_wrong"))
		ck_assert(clock_mono_us() < until_us);
	ck_assert_int_eq(put(fresh_id(), "chalk"), CAIRN__STATUS__OK);
}
END_TEST

/* ---- one daemon follows another ---- */

START_TEST(a_follower_has_what_its_neighbour_has_and_its_keys)
{
	struct bytes item = fresh_id(), subject = fresh_id(), key;
	struct client *copy;
	Shelf__Command *command = put_command(item, "chalk");
	char secret[] = "a name";

	command->put->subject = pb_of_bytes(subject);
	command->put->secret = secret;
	ck_assert_int_eq(daemon_kit_ask(teacher, &(struct ask){.message = &command->base}, &got),
			 CAIRN__STATUS__OK);
	daemon_kit_start(&kit, "copy", NULL);
	copy = daemon_kit_client(&kit, "copy", "teacher");
	WAIT_FOR_ITEM(copy, item, strcmp(it->text, "chalk") == 0);
	const Cairn__RuntimeStatus *status = status_of(copy);
	ck_assert_uint_eq(status->n_upstreams, 1);
	ck_assert(status->upstreams[0]->connected);
	client_close(&copy);
	daemon_kit_stop(&kit, "copy");
	struct keyring *ring = keyring_open(place_path(&kit.place, "copy/keyring"), NULL);
	ck_assert(keyring_get(ring, subject, &key));
	keyring_close(&ring);
}
END_TEST

START_TEST(a_neighbour_that_dies_and_comes_back_is_followed_on)
{
	struct client *copy;
	struct bytes item = {0};

	daemon_kit_start(&kit, "copy", NULL);
	copy = daemon_kit_client(&kit, "copy", "teacher");
	for (int round = 0; round < 4; round++) {
		for (int i = 0; i < 25; i++) {
			item = fresh_id();
			ck_assert_int_eq(put(item, "chalk"), CAIRN__STATUS__OK);
		}
		daemon_kit_kill(&kit, round % 2 == 0 ? "shelf" : "copy");
		daemon_kit_start(&kit, round % 2 == 0 ? "shelf" : "copy", NULL);
		WAIT_FOR_ITEM(copy, item, it->puts == 1);
	}
	ck_assert_uint_eq(status_of(copy)->durable_seq, 100);
	client_close(&copy);
}
END_TEST

/* Keeps 500 commands in the air. */
static void flood(struct client *c, struct load *load)
{
	int64_t until_us = clock_mono_us() + KIT_WAIT_MS * US_PER_MS;

	while (client_in_air(c) < 500) {
		client_submit(c, &(struct ask){.message = &put_command(fresh_id(), "chalk")->base},
			      until_us, 0);
		load->sent++;
	}
	client_turn(c, clock_mono_us(), count_answer, load);
}

START_TEST(a_flood_of_commands_starves_neither_followed_logs_nor_timers)
{
	int64_t until_us = clock_mono_us() + KIT_WAIT_MS * US_PER_MS;
	struct bytes item = fresh_id();
	struct client *copy, *greedy;
	struct load load = {0};
	bool is_there = false;

	daemon_kit_start(&kit, "copy", NULL);
	copy = daemon_kit_client(&kit, "copy", "cairnctl");
	greedy = daemon_kit_client(&kit, "copy", "gateway");
	while (load.ok < 1000)
		flood(greedy, &load);
	ck_assert_int_eq(put(item, "chalk"), CAIRN__STATUS__OK); /* at shelf: copy follows it */
	while (!is_there) {
		ck_assert(clock_mono_us() < until_us);
		flood(greedy, &load);
		is_there = get(copy, item, 0) == CAIRN__STATUS__OK;
	}
	client_close(&operations);
	operations = copy;
	ck_assert_int_eq(remind(item, clock_wall_us() + US_PER_MS), CAIRN__STATUS__OK);
	for (is_there = false; !is_there;) {
		ck_assert(clock_mono_us() < until_us);
		flood(greedy, &load);
		is_there = get(copy, item, 0) == CAIRN__STATUS__OK && item_got()->reminded == 1;
	}
	ck_assert_uint_eq(load.other, 0);
	client_close(&greedy);
}
END_TEST

/* ---- what machines watch ---- */

/* The whole answer of the metrics port, "" when nobody listens. */
static const char *fetch(uint16_t port, const char *path)
{
	static char answer[262144];
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(port)};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	size_t len = 0;
	ssize_t n;

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	answer[0] = '\0';
	if (connect(fd, (const struct sockaddr *)&at, sizeof at) == 0) {
		dprintf(fd, "GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n", path);
		while ((n = recv(fd, answer + len, sizeof answer - 1 - len, 0)) > 0)
			len += (size_t)n;
		answer[len] = '\0';
	}
	close(fd);
	return answer;
}

START_TEST(metrics_and_readiness_are_told_on_loopback)
{
	uint16_t port = daemon_kit_free_port();
	char word[32];
	const char *const words[] = {word, NULL};
	const char *page;

	snprintf(word, sizeof word, "metrics_port=%u", (unsigned)port);
	daemon_kit_stop(&kit, "shelf");
	daemon_kit_start(&kit, "shelf", words);
	ck_assert_int_eq(put(fresh_id(), "chalk"), CAIRN__STATUS__OK);
	ck_assert_int_eq(put(fresh_id(), ""), CAIRN__STATUS__REJECTED);
	page = fetch(port, "/metrics");
	ck_assert_ptr_nonnull(
		strstr(page, "cairn_shelf_requests_total{method=\"put\",code=\"ok\"} 1\n"));
	ck_assert_ptr_nonnull(
		strstr(page, "cairn_shelf_requests_total{method=\"put\",code=\"rejected\"} 1\n"));
	ck_assert_ptr_nonnull(strstr(page, "# TYPE cairn_shelf_batch_duration_seconds histogram"));
	ck_assert_ptr_nonnull(strstr(page, "\ncairn_shelf_disk_full 0\n"));
	ck_assert_ptr_nonnull(strstr(fetch(port, "/readyz"), " 200 OK\r\n"));
	ck_assert_ptr_nonnull(strstr(fetch(port, "/livez"), " 200 OK\r\n"));
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("daemon");
	TCase *requests = tcase_create("requests"), *life = tcase_create("life");
	TCase *following = tcase_create("following");

	tcase_set_timeout(requests, 120);
	tcase_add_checked_fixture(requests, setup, teardown);
	tcase_add_test(requests, a_command_is_answered_and_a_query_sees_it);
	tcase_add_test(requests, the_same_id_twice_is_done_once_and_answered_twice);
	tcase_add_test(requests, a_refusal_names_its_reason);
	tcase_add_test(requests, a_role_is_needed_for_each_command_and_query);
	tcase_add_test(requests, only_a_peer_that_asserts_names_a_person);
	tcase_add_test(requests, what_is_worthless_by_now_is_not_done);
	tcase_add_test(requests, a_query_that_leaves_a_note_is_answered_when_the_note_is_durable);
	tcase_add_test(requests, a_timer_fires_by_itself);
	tcase_add_test(requests, work_outside_is_done_and_reported);
	tcase_add_test(requests, the_status_tells_of_the_daemon);
	suite_add_tcase(suite, requests);

	tcase_set_timeout(life, 120);
	tcase_add_checked_fixture(life, setup, teardown);
	tcase_add_test(life, what_was_acknowledged_survives_a_kill);
	tcase_add_test(life, a_second_daemon_on_the_same_directory_does_not_start);
	tcase_add_test(life, a_drain_answers_what_it_has_taken_and_loses_nothing_acknowledged);
	tcase_add_test(life, wrong_settings_end_it_with_2);
	tcase_add_test(life, without_peers_or_key_it_does_not_start);
	tcase_add_test(life, a_revoked_peer_is_refused_on_its_open_connection);
	tcase_add_test(life, a_wrong_peers_file_changes_nothing);
	tcase_add_test(life, metrics_and_readiness_are_told_on_loopback);
	suite_add_tcase(suite, life);

	tcase_set_timeout(following, 120);
	tcase_add_checked_fixture(following, setup, teardown);
	tcase_add_test(following, a_follower_has_what_its_neighbour_has_and_its_keys);
	tcase_add_test(following, a_neighbour_that_dies_and_comes_back_is_followed_on);
	tcase_add_test(following, a_flood_of_commands_starves_neither_followed_logs_nor_timers);
	suite_add_tcase(suite, following);

	return suite;
}
