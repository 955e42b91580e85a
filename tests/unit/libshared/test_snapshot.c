/* Copies of several environments: of one moment, while their owners write on. */
#include "libshared/snapshot.h"
#include "libshared/store.h"
#include "tests/support/place.h"
#include "tests/support/suite.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { COUNT = SERVICE_TABLES };
static const char *const tables[] = {"count"};

static struct place place;

static void setup(void)
{
	place_make(&place);
}

static void teardown(void)
{
	place_remove(&place);
}

static void put_number(struct store *s, uint64_t number)
{
	struct txn *t = store_begin(s);
	char padding[3000];
	struct key key = {0};

	memset(padding, (int)number, sizeof padding);
	key_add_u64(&key, number % 50); /* pages are freed and used again */
	txn_put(t, COUNT, key_bytes(&key), BYTES_OF(padding));
	txn_put(t, COUNT, bytes_of_text("last"), BYTES_OF(number));
	ck_assert_int_eq(txn_commit(&t), 0);
}

static uint64_t number_in(const char *dir)
{
	struct store *s = store_open_reading(dir, tables, 1);
	struct view *v;
	struct bytes val;
	uint64_t number = 0;

	ck_assert_ptr_nonnull(s);
	v = store_view(s);
	if (view_get(v, COUNT, bytes_of_text("last"), &val))
		memcpy(&number, val.data, sizeof number);
	view_end(&v);
	store_close(&s);
	return number;
}

/* Writes 1 to the first environment, then to the second, then 2 to the first ... */
static _Noreturn void write_for_ever(int ready)
{
	struct store *a = store_open(place_path(&place, "a"), tables, 1, (size_t)1 << 26);
	struct store *b = store_open(place_path(&place, "b"), tables, 1, (size_t)1 << 26);

	for (uint64_t number = 1;; number++) {
		put_number(a, number);
		put_number(b, number);
		if (number == 20 && write(ready, "r", 1) != 1)
			_exit(1);
	}
}

START_TEST(copies_of_two_that_are_written_in_turn_fit_together)
{
	const char *dirs[] = {place_path(&place, "b"), place_path(&place, "a")};
	int ready[2];
	char byte;
	pid_t writer;

	ck_assert_int_eq(pipe(ready), 0);
	writer = fork();
	if (writer == 0)
		write_for_ever(ready[1]);
	ck_assert_int_eq(read(ready[0], &byte, 1), 1);
	for (int i = 0; i < 8; i++) {
		struct snapshot *s = snapshot_take(dirs, 2);
		char to_a[100], to_b[100];
		uint64_t in_a, in_b;

		ck_assert_ptr_nonnull(s);
		snprintf(to_a, sizeof to_a, "%s/copy-a%d", place.dir, i);
		snprintf(to_b, sizeof to_b, "%s/copy-b%d", place.dir, i);
		ck_assert_int_eq(snapshot_copy(s, 0, to_b), 0);
		ck_assert_int_eq(snapshot_copy(s, 1, to_a), 0);
		snapshot_end(&s);
		ck_assert_ptr_null(s);
		in_a = number_in(to_a);
		in_b = number_in(to_b);
		ck_assert_uint_ge(in_b, 20);
		ck_assert(in_a == in_b || in_a == in_b + 1);
	}
	kill(writer, SIGKILL);
	ck_assert_int_eq(waitpid(writer, NULL, 0), writer);
}
END_TEST

/* One process must not open an environment twice, so the owner is another one. It writes 1 to 100,
 * and once it is told, 101 to 400. */
static _Noreturn void write_twice(int say, int hear)
{
	struct store *s = store_open(place_path(&place, "a"), tables, 1, (size_t)1 << 26);
	char byte;

	for (uint64_t number = 1; number <= 100; number++)
		put_number(s, number);
	if (write(say, "1", 1) != 1 || read(hear, &byte, 1) != 1)
		_exit(1);
	for (uint64_t number = 101; number <= 400; number++)
		put_number(s, number);
	_exit(write(say, "2", 1) != 1);
}

/* 51 to 99 stand under 1 to 49, 100 under 0. */
static void check_rows(const char *dir)
{
	struct store *copy = store_open_reading(dir, tables, 1);
	struct view *v = store_view(copy);
	struct scan scan = scan_first(v, COUNT, BYTES_NONE, BYTES_NONE);
	struct bytes key, val;
	unsigned n = 0;

	while (scan_next(&scan, &key, &val)) {
		if (key.len != 8)
			continue;
		n++;
		ck_assert_uint_eq(val.data[0],
				  get_u64_be(key.data) == 0 ? 100 : 50 + get_u64_be(key.data));
	}
	ck_assert_uint_eq(n, 50);
	view_end(&v);
	store_close(&copy);
}

START_TEST(copy_is_whole_although_its_owner_writes_over_what_it_frees)
{
	const char *dirs[] = {place_path(&place, "a")}, *to = place_path(&place, "copy");
	struct snapshot *snapshot;
	int heard[2], told[2];
	char byte;
	pid_t owner;

	ck_assert_int_eq(pipe(heard), 0);
	ck_assert_int_eq(pipe(told), 0);
	owner = fork();
	if (owner == 0)
		write_twice(heard[1], told[0]);
	ck_assert_int_eq(read(heard[0], &byte, 1), 1);
	snapshot = snapshot_take(dirs, 1);
	ck_assert_ptr_nonnull(snapshot);
	ck_assert_int_eq(write(told[1], "g", 1), 1);
	ck_assert_int_eq(read(heard[0], &byte, 1), 1);
	ck_assert_int_eq(waitpid(owner, NULL, 0), owner);
	ck_assert_int_eq(snapshot_copy(snapshot, 0, to), 0);
	snapshot_end(&snapshot);
	check_rows(to);
	ck_assert_uint_eq(number_in(to), 100);
}
END_TEST

START_TEST(snapshot_of_what_is_not_there_is_a_fault)
{
	const char *dirs[] = {place_path(&place, "none")};

	ck_assert_ptr_null(snapshot_take(dirs, 1));
}
END_TEST

START_TEST(copy_over_another_is_a_fault)
{
	const char *dirs[] = {place_path(&place, "a")};
	struct store *s = store_open(dirs[0], tables, 1, (size_t)1 << 26);
	struct snapshot *snapshot;

	put_number(s, 1);
	store_close(&s);
	snapshot = snapshot_take(dirs, 1);
	ck_assert_int_eq(snapshot_copy(snapshot, 0, place_path(&place, "copy")), 0);
	ck_assert_int_eq(snapshot_copy(snapshot, 0, place_path(&place, "copy")), -1);
	snapshot_end(&snapshot);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("snapshot");
	TCase *cases = tcase_create("copies");

	tcase_add_checked_fixture(cases, setup, teardown);
	tcase_set_timeout(cases, 60);
	tcase_add_test(cases, copies_of_two_that_are_written_in_turn_fit_together);
	tcase_add_test(cases, copy_is_whole_although_its_owner_writes_over_what_it_frees);
	tcase_add_test(cases, snapshot_of_what_is_not_there_is_a_fault);
	tcase_add_test(cases, copy_over_another_is_a_fault);
	suite_add_tcase(suite, cases);
	return suite;
}
