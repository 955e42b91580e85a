/* Tables: sticky faults, scans, growth, the owner lock, copies. */
#include "libshared/store.h"
#include "tests/support/place.h"
#include "tests/support/suite.h"

#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ROOM = SERVICE_TABLES, OTHER };
static const char *const tables[] = {"s.room", "s.other"};
static struct place place;
static struct store *store;

static struct store *open_in(const char *dir)
{
	return store_open(dir, tables, ARRAY_LEN(tables), 1 << 20);
}

static void setup(void)
{
	place_make(&place);
	store = open_in(place_path(&place, "db"));
	ck_assert_ptr_nonnull(store);
}

static void teardown(void)
{
	store_close(&store);
	place_remove(&place);
}

static void put(const char *key, const char *val)
{
	struct txn *t = store_begin(store);

	txn_put(t, ROOM, bytes_of_text(key), bytes_of_text(val));
	ck_assert_int_eq(txn_commit(&t), 0);
}

static bool holds(const char *key, const char *val)
{
	struct view *v = store_view(store);
	struct bytes got;
	bool is_there =
		view_get(v, ROOM, bytes_of_text(key), &got) && bytes_equal(got, bytes_of_text(val));

	view_end(&v);
	return is_there;
}

START_TEST(what_is_committed_is_read_and_what_is_aborted_is_not)
{
	struct txn *t;

	put("a", "1");
	t = store_begin(store);
	txn_put(t, ROOM, bytes_of_text("b"), bytes_of_text("2"));
	txn_abort(&t);
	ck_assert(holds("a", "1"));
	ck_assert(!holds("b", "2"));
}
END_TEST

START_TEST(a_fault_sticks_and_nothing_of_the_transaction_is_written)
{
	struct txn *t = store_begin(store);

	txn_put(t, ROOM, bytes_of_text("a"), bytes_of_text("1"));
	txn_fault(t, "on purpose");
	txn_put(t, ROOM, bytes_of_text("b"), bytes_of_text("2"));
	ck_assert_int_eq(txn_fault_kind(t), FAULT_RULE);
	ck_assert_int_eq(txn_commit(&t), -1);
	ck_assert_ptr_null(t);
	ck_assert_int_eq(store_last_fault(store), FAULT_RULE);
	ck_assert(!holds("a", "1"));
	put("c", "3");
	ck_assert(holds("c", "3"));
}
END_TEST

START_TEST(a_key_that_is_too_long_is_a_fault_and_no_crash)
{
	struct txn *t = store_begin(store);
	uint8_t key[KEY_MAX + 1] = {1};

	txn_put(t, ROOM, BYTES_OF(key), BYTES_NONE);
	ck_assert_int_eq(txn_commit(&t), -1);
}
END_TEST

START_TEST(a_delete_under_an_empty_key_is_a_fault_of_the_rule)
{
	struct txn *t = store_begin(store);

	txn_delete(t, ROOM, BYTES_NONE);
	ck_assert_int_eq(txn_fault_kind(t), FAULT_RULE);
	txn_abort(&t);
}
END_TEST

START_TEST(an_append_out_of_order_is_a_fault)
{
	struct txn *t = store_begin(store);

	txn_append(t, ROOM, bytes_of_text("b"), BYTES_NONE);
	txn_append(t, ROOM, bytes_of_text("a"), BYTES_NONE);
	ck_assert_int_eq(txn_commit(&t), -1);
}
END_TEST

START_TEST(a_full_map_is_told_apart_and_grows)
{
	static uint8_t much[700000];
	struct txn *t = store_begin(store);
	struct bytes key, val;

	txn_put(t, ROOM, bytes_of_text("a"), BYTES_OF(much));
	txn_put(t, ROOM, bytes_of_text("b"), BYTES_OF(much));
	ck_assert_int_eq(txn_fault_kind(t), FAULT_MAP_FULL);
	ck_assert(!view_get(txn_view(t), ROOM, bytes_of_text("a"), &val));
	ck_assert(!view_last(txn_view(t), ROOM, BYTES_NONE, &key, &val));
	txn_abort(&t);
	ck_assert_int_eq(store_grow(store), 0);
	t = store_begin(store);
	txn_put(t, ROOM, bytes_of_text("a"), BYTES_OF(much));
	txn_put(t, ROOM, bytes_of_text("b"), BYTES_OF(much));
	ck_assert_int_eq(txn_commit(&t), 0);
}
END_TEST

#define MODEL_KEYS 500

/* The transaction's rows are those of the model, in order. */
static void check_model(struct txn *t, const uint32_t *model)
{
	struct scan scan = scan_first(txn_view(t), ROOM, BYTES_NONE, BYTES_NONE);
	struct bytes key, val;

	for (uint32_t i = 0; i < MODEL_KEYS; i++) {
		if (model[i] == 0)
			continue;
		ck_assert(scan_next(&scan, &key, &val));
		ck_assert_uint_eq(get_u32_be(key.data), i);
		ck_assert_uint_eq(get_u32_le(val.data), model[i]);
	}
	ck_assert(!scan_next(&scan, &key, &val));
}

START_TEST(a_transaction_reads_what_it_has_put_and_deleted)
{
	static uint32_t model[MODEL_KEYS]; /* 0: no such row */
	uint8_t val[400] = {0};
	struct txn *t = store_begin(store);

	for (uint32_t step = 1; step <= 20000; step++) {
		uint32_t i = (step * 2654435761U >> 7) % MODEL_KEYS;
		struct key key = {0};
		struct bytes got;

		key_add_u32(&key, i);
		ck_assert(view_get(txn_view(t), ROOM, key_bytes(&key), &got) == (model[i] != 0));
		if (model[i] != 0)
			ck_assert_uint_eq(get_u32_le(got.data), model[i]);
		model[i] = step % 3 == 0 ? 0 : step;
		put_u32_le(val, step);
		if (model[i] == 0)
			txn_delete(t, ROOM, key_bytes(&key));
		else
			txn_put(t, ROOM, key_bytes(&key), (struct bytes){val, 4 + step % 396});
		if (step % 1000 == 0)
			check_model(t, model);
		if (step % 5000 == 0) {
			ck_assert_int_eq(txn_commit(&t), 0);
			t = store_begin(store);
		}
	}
	txn_clear(t, ROOM);
	memset(model, 0, sizeof model);
	check_model(t, model);
	txn_put(t, ROOM, bytes_of_text("a"), bytes_of_text("1"));
	ck_assert_int_eq(txn_commit(&t), 0);
	ck_assert(holds("a", "1"));
}
END_TEST

static unsigned n_scanned(const char *prefix, const char *from)
{
	struct view *v = store_view(store);
	struct scan scan = scan_first(v, ROOM, bytes_of_text(prefix), bytes_of_text(from));
	struct bytes key, val, last = BYTES_NONE;
	unsigned n = 0;

	while (scan_next(&scan, &key, &val)) {
		ck_assert(n == 0 || bytes_compare(last, key) < 0);
		last = key;
		n++;
	}
	view_end(&v);
	return n;
}

START_TEST(a_scan_gives_what_starts_with_its_prefix_in_order)
{
	struct view *v;
	struct bytes key, val;

	put("ab1", "");
	put("ab2", "");
	put("ac", "");
	put("b", "");
	ck_assert_uint_eq(n_scanned("", ""), 4);
	ck_assert_uint_eq(n_scanned("ab", ""), 2);
	ck_assert_uint_eq(n_scanned("ab", "ab2"), 1);
	ck_assert_uint_eq(n_scanned("a", "ab11"), 2);
	ck_assert_uint_eq(n_scanned("x", ""), 0);
	v = store_view(store);
	ck_assert(view_last(v, ROOM, bytes_of_text("ab"), &key, &val));
	ck_assert(bytes_equal(key, bytes_of_text("ab2")));
	ck_assert(view_last(v, ROOM, BYTES_NONE, &key, &val));
	ck_assert(bytes_equal(key, bytes_of_text("b")));
	ck_assert(!view_last(v, ROOM, bytes_of_text("x"), &key, &val));
	view_end(&v);
}
END_TEST

START_TEST(the_last_row_is_found_behind_a_prefix_of_ones)
{
	static const uint8_t ones[] = {0xff, 0xff}, longer[] = {0xff, 0xff, 7};
	struct txn *t = store_begin(store);
	struct bytes key, val;
	struct view *v;

	txn_put(t, ROOM, BYTES_OF(longer), BYTES_NONE);
	ck_assert_int_eq(txn_commit(&t), 0);
	v = store_view(store);
	ck_assert(view_last(v, ROOM, BYTES_OF(ones), &key, &val));
	ck_assert(bytes_equal(key, BYTES_OF(longer)));
	view_end(&v);
}
END_TEST

struct row {
	uint64_t version, value;
};

START_TEST(a_row_carries_the_seq_of_the_event_that_wrote_it)
{
	struct txn *t = store_begin(store);
	struct row row = {.value = 5}, got;
	struct view *v;

	txn_set_seq(t, 42);
	ROW_PUT(t, OTHER, bytes_of_text("k"), &row);
	ck_assert_int_eq(txn_commit(&t), 0);
	v = store_view(store);
	ck_assert(ROW_GET(v, OTHER, bytes_of_text("k"), &got));
	ck_assert_uint_eq(got.version, 42);
	ck_assert_uint_eq(got.value, 5);
	view_end(&v);
}
END_TEST

START_TEST(a_second_process_is_refused)
{
	int status;
	pid_t child = fork();

	ck_assert_int_ge(child, 0);
	if (child == 0)
		_exit(open_in(place_path(&place, "db")) == NULL ? 0 : 1);
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}
END_TEST

START_TEST(a_hot_copy_holds_what_was_committed)
{
	struct store *copy;
	struct view *v;
	struct bytes val;

	put("a", "1");
	ck_assert_int_eq(store_copy(place_path(&place, "db"), place_path(&place, "copy")), 0);
	copy = open_in(place_path(&place, "copy"));
	ck_assert_ptr_nonnull(copy);
	v = store_view(copy);
	ck_assert(view_get(v, ROOM, bytes_of_text("a"), &val));
	view_end(&v);
	store_close(&copy);
}
END_TEST

START_TEST(a_reader_that_stays_is_seen)
{
	struct view *v = store_view(store);

	put("a", "1");
	put("b", "1");
	ck_assert_uint_ge(store_check_readers(store), 1);
	view_end(&v);
	ck_assert_uint_eq(store_check_readers(store), 0);
}
END_TEST

Suite *test_suite(void)
{
	const TTest *const tests[] = {
		what_is_committed_is_read_and_what_is_aborted_is_not,
		a_fault_sticks_and_nothing_of_the_transaction_is_written,
		a_key_that_is_too_long_is_a_fault_and_no_crash,
		a_delete_under_an_empty_key_is_a_fault_of_the_rule,
		an_append_out_of_order_is_a_fault,
		a_full_map_is_told_apart_and_grows,
		a_transaction_reads_what_it_has_put_and_deleted,
		a_scan_gives_what_starts_with_its_prefix_in_order,
		the_last_row_is_found_behind_a_prefix_of_ones,
		a_row_carries_the_seq_of_the_event_that_wrote_it,
		a_second_process_is_refused,
		a_hot_copy_holds_what_was_committed,
		a_reader_that_stays_is_seen,
	};
	Suite *suite = suite_create("store");
	TCase *tcase = tcase_create("store");

	tcase_add_checked_fixture(tcase, setup, teardown);
	for (size_t i = 0; i < ARRAY_LEN(tests); i++)
		tcase_add_test(tcase, tests[i]);
	suite_add_tcase(suite, tcase);
	return suite;
}
