/* Children that hash: the answer is right, the loop does not stand, one that dies is replaced. */
#include "services/gateway/web/workers.h"

#include "libshared/clock.h"
#include "tests/support/suite.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static struct workers *workers;
static struct arena *arena;
static struct result {
	unsigned n;
	uint64_t token;
	bool ok;
	struct bytes out;
} result;

static void open_workers(void)
{
	result = (struct result){0};
	arena = arena_new(1024);
	workers = workers_open(2);
	ENSURE(workers != NULL);
}

static void close_workers(void)
{
	workers_close(&workers);
	arena_destroy(&arena);
}

static void note(const struct work_owner *owner, bool ok, struct bytes out)
{
	struct result *r = owner->ctx;

	r->n++;
	r->token = owner->token;
	r->ok = ok;
	r->out = arena_copy(arena, out);
}

static void until(unsigned n)
{
	int64_t give_up_us = clock_mono_us() + 30 * US_PER_S;

	while (result.n < n) {
		zmq_pollitem_t items[WORKERS_MAX];
		unsigned n_items = workers_items(workers, items, WORKERS_MAX);

		ck_assert_int_lt(clock_mono_us(), give_up_us);
		zmq_poll(items, (int)n_items, 100);
		workers_turn(workers, clock_mono_us());
	}
}

static bool submit(enum work kind, struct bytes in, uint64_t token)
{
	return work_submit(workers, kind, in,
			   &(struct work_owner){.done = note, .ctx = &result, .token = token});
}

static struct bytes hash_and_password(const char *hash, const char *password)
{
	size_t h = strlen(hash), p = strlen(password);
	uint8_t *both = arena_alloc(arena, h + 1 + p);

	memcpy(both, hash, h + 1);
	memcpy(both + h + 1, password, p);
	return (struct bytes){both, h + 1 + p};
}

START_TEST(a_password_is_hashed_and_known_again)
{
	const char *hash;

	ck_assert(submit(WORK_HASH, bytes_of_text("a long password"), 7));
	until(1);
	ck_assert(result.ok);
	ck_assert_uint_eq(result.token, 7);
	hash = arena_text(arena, result.out);
	ck_assert_int_eq(strncmp(hash, "$argon2id$v=19$m=65536,t=2,p=1$", 31), 0);

	ck_assert(submit(WORK_VERIFY, hash_and_password(hash, "a long password"), 8));
	until(2);
	ck_assert(result.ok);
	ck_assert_uint_eq(result.out.data[0], 1);
	ck_assert(submit(WORK_VERIFY, hash_and_password(hash, "another password"), 9));
	until(3);
	ck_assert(result.ok);
	ck_assert_uint_eq(result.out.data[0], 0);
}
END_TEST

/* As a request does that verifies a password and hashes the new one. */
static void hash_next(const struct work_owner *owner, bool ok, struct bytes out)
{
	note(owner, ok, out);
	if (owner->token < 3)
		ENSURE(work_submit(workers, WORK_HASH, bytes_of_text("another password"),
				   &(struct work_owner){.done = hash_next,
							.ctx = owner->ctx,
							.token = owner->token + 1}));
}

START_TEST(a_result_may_submit_the_next_job)
{
	ck_assert(work_submit(workers, WORK_VERIFY, hash_and_password("$argon2id$", "x"),
			      &(struct work_owner){.done = hash_next, .ctx = &result, .token = 1}));
	until(3);
	ck_assert(result.ok);
	ck_assert_uint_eq(result.token, 3);
	ck_assert_int_eq(memcmp(result.out.data, "$argon2id$v=19$", 15), 0);
}
END_TEST

START_TEST(what_waits_is_bounded_and_all_of_it_is_answered)
{
	unsigned n = 0;

	while (submit(WORK_VERIFY, bytes_of_text("no hash"), n))
		n++;
	ck_assert_uint_ge(n, WORK_QUEUE_MAX);
	until(n);
	ck_assert(!result.ok);
	ck_assert(submit(WORK_VERIFY, bytes_of_text("no hash"), n));
	until(n + 1);
}
END_TEST

static void kill_children(void)
{
	char path[64];
	FILE *list;
	int pid;

	snprintf(path, sizeof path, "/proc/self/task/%d/children", (int)getpid());
	list = fopen(path, "r");
	ENSURE(list != NULL);
	while (fscanf(list, "%d", &pid) == 1)
		kill(pid, SIGKILL); /* it may be gone already */
	fclose(list);
}

START_TEST(a_worker_that_dies_is_replaced_and_its_job_done)
{
	ck_assert(submit(WORK_HASH, bytes_of_text("a long password"), 1));
	kill_children();
	until(1);
	ck_assert(result.ok);
}
END_TEST

START_TEST(a_job_over_which_two_workers_died_has_failed)
{
	ck_assert(submit(WORK_HASH, bytes_of_text("a long password"), 1));
	kill_children();
	workers_turn(workers, clock_mono_us());
	while (result.n == 0) {
		kill_children();
		workers_turn(workers, clock_mono_us());
	}
	ck_assert(!result.ok);
	ck_assert(submit(WORK_HASH, bytes_of_text("a long password"), 2));
	until(2);
	ck_assert(result.ok);
}
END_TEST

START_TEST(one_that_died_idle_fails_nothing)
{
	kill_children();
	ck_assert(submit(WORK_HASH, bytes_of_text("a long password"), 1));
	until(1);
	ck_assert(result.ok);
}
END_TEST

Suite *test_suite(void)
{
	Suite *s = suite_create("gateway workers");
	TCase *t = tcase_create("workers");

	tcase_set_timeout(t, 60);
	tcase_add_checked_fixture(t, open_workers, close_workers);
	tcase_add_test(t, a_password_is_hashed_and_known_again);
	tcase_add_test(t, a_result_may_submit_the_next_job);
	tcase_add_test(t, what_waits_is_bounded_and_all_of_it_is_answered);
	tcase_add_test(t, a_worker_that_dies_is_replaced_and_its_job_done);
	tcase_add_test(t, a_job_over_which_two_workers_died_has_failed);
	tcase_add_test(t, one_that_died_idle_fails_nothing);
	suite_add_tcase(s, t);
	return s;
}
