/* A reissue, and the sweep of a new stack, on a daemon that is killed in the middle, again and
 * again. */
#include "libshared/check.h"
#include "libshared/clock.h"
#include "libshared/engine.h"
#include "libshared/seal.h"

#include "tests/support/daemon_kit.h"
#include "tests/support/stack_kit.h"
#include "tests/support/suite.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CREDENTIALS 2500
#define KILLS 4

extern const struct service issuance_service;

static struct daemon_kit daemons;
static struct client *client;
static struct arena *arena;
static struct id credentials[CREDENTIALS], educators[CREDENTIALS];
static char stolen[100];

/* ---- what the daemon finds when it starts ---- */

static void copy_file(const char *from, const char *to)
{
	char bytes[8192];
	FILE *in = fopen(from, "re"), *out = fopen(to, "we");
	size_t len;

	ENSURE(in != NULL && out != NULL && fchmod(fileno(out), 0600) == 0);
	len = fread(bytes, 1, sizeof bytes, in);
	ENSURE(fwrite(bytes, 1, len, out) == len && fclose(out) == 0 && fclose(in) == 0);
}

/* The master key and those under it, from where the kit had them to where the daemon looks. */
static void copy_keys(const struct kit *k)
{
	const char *to = place_path(&daemons.place, "keys");
	DIR *folder = opendir(arena_printf(arena, "%s/issuers", k->dir));

	ENSURE(folder != NULL && mkdir(arena_printf(arena, "%s/issuers", to), 0700) == 0);
	copy_file(arena_printf(arena, "%s/issuance.master", k->dir),
		  arena_printf(arena, "%s/issuance.master", to));
	for (const struct dirent *e; (e = readdir(folder)) != NULL;)
		if (e->d_name[0] != '.')
			copy_file(arena_printf(arena, "%s/issuers/%s", k->dir, e->d_name),
				  arena_printf(arena, "%s/issuers/%s", to, e->d_name));
	closedir(folder);
}

/* Made beside the daemon: 2,500 credentials of one key, and then what finish does. */
static void populate(void (*finish)(struct kit *k))
{
	struct keyring *keyring;
	struct bytes key;
	struct kit k;

	ENSURE(mkdir(place_path(&daemons.place, "issuance"), 0700) == 0);
	keyring = keyring_open(place_path(&daemons.place, "issuance/keyring"), NULL);
	kit_open(&k, &issuance_service);
	issuance_given_all(&k);
	for (size_t i = 0; i < CREDENTIALS; i++) {
		struct bytes educator = kit_id(&k);

		issuance_given_educator(&k, educator);
		issuance_released(&k, educator, true);
		educators[i] = id_of_bytes(educator);
		credentials[i] = id_of_bytes(bytes_of_pb(issuance_next_issued(&k)->credential));
		ENSURE(keyring_get(k.caps.keyring, educator, &key));
		ENSURE(keyring_put(keyring, educator, key) == 0);
	}
	ENSURE(keyring_sync(keyring) == 0);
	keyring_close(&keyring);
	issuance_did_document(&k);
	snprintf(stolen, sizeof stolen, "%s",
		 ((const Issuance__Answer *)k.answer)->issuer->all_keys[0]->key);
	if (finish != NULL)
		finish(&k);
	ENSURE(store_copy(arena_printf(arena, "%s/db", k.dir),
			  place_path(&daemons.place, "issuance/db")) == 0);
	copy_keys(&k);
	kit_close(&k);
}

static void setup(void)
{
	arena = arena_new(1 << 16);
	daemon_kit_open(&daemons);
	populate(NULL);
}

static void setup_with_stack(void)
{
	arena = arena_new(1 << 16);
	daemon_kit_open(&daemons);
	populate(stack_kit_publish_small);
}

static void teardown(void)
{
	client_close(&client);
	daemon_kit_close(&daemons);
	arena_destroy(&arena);
}

/* ---- talking to it ---- */

static void start_daemon(void)
{
	client_close(&client);
	daemon_kit_start(&daemons, "issuance", NULL);
	client = daemon_kit_client(&daemons, "issuance", "cairnctl");
}

static const Issuance__Answer *asked(const ProtobufCMessage *message)
{
	struct client_answer got;
	struct message_fault fault;

	ck_assert_int_eq(daemon_kit_ask(client, &(struct ask){.message = message}, &got),
			 CAIRN__STATUS__OK);
	return got.body.len == 0 ? NULL
				 : (const Issuance__Answer *)(void *)message_unpack(
					   &issuance__answer__descriptor, got.body, &EVENT_LIMITS,
					   arena, &fault);
}

static void revoke_and_reissue(void)
{
	static char because[] = "stolen";
	Issuance__Command revoke_command = ISSUANCE__COMMAND__INIT;
	Issuance__Command start_command = ISSUANCE__COMMAND__INIT;
	Issuance__RevokeKey revoke = ISSUANCE__REVOKE_KEY__INIT;
	Issuance__StartReissue start = ISSUANCE__START_REISSUE__INIT;

	revoke.issuer = start.issuer = kit_issuer()->issuer;
	revoke.key = start.key = stolen;
	revoke.because = because;
	revoke.replace = true;
	revoke_command.body_case = ISSUANCE__COMMAND__BODY_REVOKE_KEY;
	revoke_command.revoke_key = &revoke;
	start_command.body_case = ISSUANCE__COMMAND__BODY_START_REISSUE;
	start_command.start_reissue = &start;
	asked(&revoke_command.base);
	asked(&start_command.base);
}

static const Issuance__ReissueAnswer *progress(void)
{
	Issuance__Query query = ISSUANCE__QUERY__INIT;
	Issuance__ListReissues list = ISSUANCE__LIST_REISSUES__INIT;
	const Issuance__Answer *answer;

	query.body_case = ISSUANCE__QUERY__BODY_LIST_REISSUES;
	query.list_reissues = &list;
	answer = asked(&query.base);
	ck_assert_uint_eq(answer->reissues->n_reissues, 1);
	return answer->reissues->reissues[0];
}

static void wait_until_done(uint64_t n)
{
	int64_t until_us = clock_mono_us() + KIT_WAIT_MS * US_PER_MS;

	while (progress()->done < n && strcmp(progress()->state, "running") == 0)
		ck_assert(clock_mono_us() < until_us);
}

/* ---- what stands in its log ---- */

static int compare_ids(const void *a, const void *b)
{
	return memcmp(a, b, ID_LEN);
}

/* How often each of the credentials was reissued. */
static void count_reissued(unsigned times_r[CREDENTIALS])
{
	struct store *s = store_open_reading(place_path(&daemons.place, "issuance/db"),
					     issuance_service.tables, issuance_service.n_tables);
	struct view *v = store_view(s);
	struct message_fault fault;
	struct record record;

	for (uint64_t seq = 1; eventlog_get(v, seq, &record); seq++) {
		AUTO(arena_destroy) struct arena *one = arena_new(1 << 14);
		const Issuance__Event *event;
		const struct id *at;

		if (record.kind != ISSUANCE__EVENT__BODY_CREDENTIAL_REISSUED)
			continue;
		event = (const Issuance__Event *)(void *)message_unpack(
			&issuance__event__descriptor, record.payload, &EVENT_LIMITS, one, &fault);
		ENSURE(event != NULL);
		at = bsearch(event->credential_reissued->credential.data, credentials, CREDENTIALS,
			     sizeof credentials[0], compare_ids);
		ENSURE(at != NULL);
		times_r[at - credentials]++;
	}
	view_end(&v);
	store_close(&s);
}

static void print_line(void *ctx, const char *line)
{
	(void)ctx;
	fprintf(stderr, "%s\n", line);
}

START_TEST(a_reissue_that_is_killed_goes_on_and_signs_each_credential_once)
{
	static unsigned times[CREDENTIALS];
	unsigned killed_running = 0;

	qsort(credentials, CREDENTIALS, sizeof credentials[0], compare_ids);
	start_daemon();
	revoke_and_reissue();
	for (unsigned i = 1; i <= KILLS; i++) {
		wait_until_done(i * CREDENTIALS / (KILLS + 2));
		killed_running += strcmp(progress()->state, "running") == 0;
		daemon_kit_kill(&daemons, "issuance");
		start_daemon();
	}
	ck_assert_uint_gt(killed_running, 0);
	wait_until_done(CREDENTIALS);
	ck_assert_uint_eq(progress()->done, CREDENTIALS);
	ck_assert_uint_eq(progress()->skipped, 0);
	daemon_kit_stop(&daemons, "issuance");
	ENSURE(mkdir(place_path(&daemons.place, "scratch"), 0700) == 0);
	count_reissued(times);
	for (size_t i = 0; i < CREDENTIALS; i++)
		ck_assert_uint_eq(times[i], 1);
	ck_assert_int_eq(engine_verify(&issuance_service, place_path(&daemons.place, "issuance/db"),
				       NULL, place_path(&daemons.place, "scratch"), print_line,
				       NULL),
			 0);
}
END_TEST

/* ---- the sweep of a stack ---- */

static const Issuance__StackSweep *sweep(void)
{
	Issuance__Query query = ISSUANCE__QUERY__INIT;
	Issuance__ListStacks list = ISSUANCE__LIST_STACKS__INIT;
	const Issuance__Answer *answer;

	query.body_case = ISSUANCE__QUERY__BODY_LIST_STACKS;
	query.list_stacks = &list;
	answer = asked(&query.base);
	ck_assert_uint_eq(answer->stacks->n_stacks, 1);
	return answer->stacks->stacks[0]->sweep;
}

static void wait_until_awarded(uint64_t n)
{
	int64_t until_us = clock_mono_us() + KIT_WAIT_MS * US_PER_MS;

	while (sweep()->awarded < n && strcmp(sweep()->state, "running") == 0)
		ck_assert(clock_mono_us() < until_us);
}

/* How often each of the educators was given an award. */
static void count_awards(unsigned times_r[CREDENTIALS])
{
	struct store *s = store_open_reading(place_path(&daemons.place, "issuance/db"),
					     issuance_service.tables, issuance_service.n_tables);
	struct view *v = store_view(s);
	struct message_fault fault;
	struct record record;

	for (uint64_t seq = 1; eventlog_get(v, seq, &record); seq++) {
		AUTO(arena_destroy) struct arena *one = arena_new(1 << 14);
		const Issuance__Event *event;
		const struct id *at;

		if (record.kind != ISSUANCE__EVENT__BODY_CREDENTIAL_ISSUED)
			continue;
		event = (const Issuance__Event *)(void *)message_unpack(
			&issuance__event__descriptor, record.payload, &EVENT_LIMITS, one, &fault);
		ENSURE(event != NULL);
		if (event->credential_issued->n_members == 0)
			continue;
		at = bsearch(event->credential_issued->educator.data, educators, CREDENTIALS,
			     sizeof educators[0], compare_ids);
		ENSURE(at != NULL);
		times_r[at - educators]++;
	}
	view_end(&v);
	store_close(&s);
}

START_TEST(a_sweep_that_is_killed_goes_on_and_awards_each_educator_once)
{
	static unsigned times[CREDENTIALS];
	unsigned killed_running = 0;

	qsort(educators, CREDENTIALS, sizeof educators[0], compare_ids);
	start_daemon();
	for (unsigned i = 1; i <= KILLS; i++) {
		wait_until_awarded(i * CREDENTIALS / (KILLS + 2));
		killed_running += strcmp(sweep()->state, "running") == 0;
		daemon_kit_kill(&daemons, "issuance");
		start_daemon();
	}
	ck_assert_uint_gt(killed_running, 0);
	wait_until_awarded(CREDENTIALS + 1); /* until it is over */
	ck_assert_str_eq(sweep()->state, "finished");
	ck_assert_uint_eq(sweep()->seen, CREDENTIALS);
	ck_assert_uint_eq(sweep()->awarded, CREDENTIALS);
	daemon_kit_stop(&daemons, "issuance");
	ENSURE(mkdir(place_path(&daemons.place, "scratch"), 0700) == 0);
	count_awards(times);
	for (size_t i = 0; i < CREDENTIALS; i++)
		ck_assert_uint_eq(times[i], 1);
	ck_assert_int_eq(engine_verify(&issuance_service, place_path(&daemons.place, "issuance/db"),
				       NULL, place_path(&daemons.place, "scratch"), print_line,
				       NULL),
			 0);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("reissue");
	TCase *tcase = tcase_create("reissue");
	TCase *swept = tcase_create("sweep");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_set_timeout(tcase, 200);
	tcase_add_test(tcase, a_reissue_that_is_killed_goes_on_and_signs_each_credential_once);
	suite_add_tcase(suite, tcase);
	tcase_add_checked_fixture(swept, setup_with_stack, teardown);
	tcase_set_timeout(swept, 200);
	tcase_add_test(swept, a_sweep_that_is_killed_goes_on_and_awards_each_educator_once);
	suite_add_tcase(suite, swept);
	return suite;
}
