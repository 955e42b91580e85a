/* Records, commits and their chain; archives of them. */
#include "libshared/archive.h"
#include "libshared/eventlog.h"
#include "tests/support/place.h"
#include "tests/support/suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct place place;
static struct store *store;
static struct arena *arena;
static struct log_head head;
static const struct id log_id = {{1, 2, 3, 4, 5, 6, 0x70, 8, 0x80, 10, 11, 12, 13, 14, 15, 16}};

static void setup(void)
{
	ENSURE(sodium_init() >= 0);
	place_make(&place);
	arena = arena_new(1 << 16);
	store = store_open(place_path(&place, "db"), NULL, 0, 1 << 24);
	ENSURE(store != NULL && eventlog_open(store, log_id, &head) == 0);
}

static void teardown(void)
{
	store_close(&store);
	arena_destroy(&arena);
	place_remove(&place);
}

/* A commit of n records. */
static void commit(unsigned n)
{
	struct txn *t = store_begin(store);
	struct log_commit c;

	eventlog_begin(&c, &head);
	for (unsigned i = 0; i < n; i++) {
		struct record r = {.kind = 7, .schema = 1, .at_us = 1000 + i, .id = log_id};

		r.payload = bytes_of_text("payload");
		eventlog_append(&c, t, &r, arena);
	}
	eventlog_end(&c, t);
	ck_assert_int_eq(txn_commit(&t), 0);
}

static struct log_batch read_after(uint64_t seq, size_t bytes)
{
	struct view *v = store_view(store);
	struct log_batch b;

	ck_assert_int_eq(eventlog_read(v, seq, head.at.seq, bytes, arena, &b), 0);
	view_end(&v);
	return b;
}

START_TEST(a_record_reads_back_as_it_was_written)
{
	struct record r = {.flags = RECORD_PRIVATE,
			   .kind = 300,
			   .schema = 9,
			   .at_us = 1234567,
			   .principal = 77};
	struct record got;
	struct bytes raw;

	r.id = r.entity = r.cause = r.actor = log_id;
	r.payload = bytes_of_text("some bytes");
	raw = record_pack(&r, arena);
	ck_assert_uint_eq(raw.len, RECORD_HEADER + 10);
	ck_assert(record_unpack(raw, 5, &got));
	ck_assert_uint_eq(got.seq, 5);
	ck_assert_uint_eq(got.flags, RECORD_PRIVATE);
	ck_assert_uint_eq(got.kind, 300);
	ck_assert_uint_eq(got.schema, 9);
	ck_assert_int_eq(got.at_us, 1234567);
	ck_assert_uint_eq(got.principal, 77);
	ck_assert(id_equal(&got.actor, &log_id));
	ck_assert(bytes_equal(got.payload, r.payload));
}
END_TEST

/* Layout and sum as eventlog.h says, put together here by hand. */
START_TEST(a_record_has_the_bytes_that_the_header_says)
{
	struct record r = {
		.flags = 1, .kind = 0x0102, .schema = 3, .at_us = 0x0405, .principal = 6};
	uint8_t expected[RECORD_HEADER + 2] = {1, 1, 0x02, 0x01, 3, 0, 0, 0, 0x05, 0x04};
	uint8_t hash[16];
	crypto_generichash_state state;
	struct bytes raw;

	expected[16] = expected[32] = expected[48] = expected[64] = 0xaa;
	r.id.b[0] = r.entity.b[0] = r.cause.b[0] = r.actor.b[0] = 0xaa;
	expected[80] = 6;
	memcpy(expected + RECORD_HEADER, "hi", 2);
	crypto_generichash_init(&state, NULL, 0, sizeof hash);
	crypto_generichash_update(&state, expected, 88);
	crypto_generichash_update(&state, (const uint8_t *)"hi", 2);
	crypto_generichash_final(&state, hash, sizeof hash);
	memcpy(expected + 88, hash, 8);
	r.payload = bytes_of_text("hi");
	raw = record_pack(&r, arena);
	ck_assert(bytes_equal(raw, BYTES_OF(expected)));
}
END_TEST

START_TEST(any_changed_byte_of_a_record_is_noticed)
{
	struct record r = {.kind = 1, .payload = bytes_of_text("abc")}, got;
	struct bytes raw = record_pack(&r, arena);
	uint8_t copy[200];

	for (size_t i = 0; i < raw.len; i++) {
		memcpy(copy, raw.data, raw.len);
		copy[i] ^= 1;
		ck_assert(!record_unpack((struct bytes){copy, raw.len}, 1, &got));
	}
	for (size_t len = 0; len < raw.len; len++)
		ck_assert(!record_unpack((struct bytes){raw.data, len}, 1, &got));
}
END_TEST

START_TEST(a_batch_holds_whole_commits_and_at_least_one)
{
	struct log_batch b;

	commit(3);
	commit(2);
	commit(4);
	b = read_after(0, 1);
	ck_assert_uint_eq(b.n_commits, 1);
	ck_assert_uint_eq(b.through_seq, 3);
	b = read_after(3, 1 << 20);
	ck_assert_uint_eq(b.n_commits, 2);
	ck_assert_uint_eq(b.through_seq, 9);
	ck_assert_uint_eq(b.commit_ends[0], 5);
	b = read_after(9, 100);
	ck_assert_uint_eq(b.n_commits, 0);
}
END_TEST

START_TEST(the_chain_holds_over_batches_and_breaks_with_any_byte)
{
	struct log_batch b;
	uint8_t chain[CHAIN_LEN], byte;
	struct bytes whole;

	commit(3);
	commit(2);
	chain_of_name(log_id, chain);
	b = read_after(0, 1 << 20);
	ck_assert(log_batch_follows(&b, chain));
	ck_assert_mem_eq(b.chain, head.at.chain, CHAIN_LEN);
	whole = b.records[4];
	byte = whole.data[RECORD_HEADER] ^ 1;
	b.records[4] = arena_copy(arena, whole);
	memcpy((uint8_t *)(uintptr_t)b.records[4].data + RECORD_HEADER, &byte, 1);
	ck_assert(!log_batch_follows(&b, chain));
	b.records[4] = whole;
	b.commit_ends[0] = 2; /* the same records, in other commits */
	ck_assert(!log_batch_follows(&b, chain));
}
END_TEST

START_TEST(a_log_goes_on_where_it_ended)
{
	struct log_head again;

	commit(3);
	commit(2);
	ck_assert_int_eq(eventlog_open(store, ID_NONE, &again), 0);
	ck_assert_mem_eq(&again.at, &head.at, sizeof head.at);
	ck_assert_int_eq(again.at_us, head.at_us);
}
END_TEST

START_TEST(trimming_keeps_the_chain_where_the_log_begins)
{
	struct txn *t;
	struct view *v;
	uint8_t chain[CHAIN_LEN], before[CHAIN_LEN];
	struct log_batch b;

	commit(3);
	memcpy(before, head.at.chain, CHAIN_LEN);
	commit(2);
	commit(1);
	t = store_begin(store);
	eventlog_trim(&head, t, 4, 100); /* within the second commit: only the first goes */
	ck_assert_int_eq(txn_commit(&t), 0);
	ck_assert_uint_eq(head.first_seq, 4);
	v = store_view(store);
	ck_assert(eventlog_chain(v, 3, chain));
	ck_assert_mem_eq(chain, before, CHAIN_LEN);
	view_end(&v);
	b = read_after(3, 1 << 20);
	ck_assert(log_batch_follows(&b, before));
	t = store_begin(store);
	eventlog_trim(&head, t, 6, 100);
	ck_assert_int_eq(txn_commit(&t), 0);
	ck_assert_uint_eq(head.first_seq, 7);
	v = store_view(store);
	ck_assert(!eventlog_chain(v, 3, chain));
	ck_assert_uint_eq(view_count(v, TABLE_LOG), 0);
	ck_assert_uint_eq(view_count(v, TABLE_COMMIT), 1);
	view_end(&v);
}
END_TEST

START_TEST(a_renamed_log_knows_what_it_was_called)
{
	struct id new_id = log_id;
	struct txn *t;
	struct view *v;

	commit(3);
	new_id.b[0] = 99;
	t = store_begin(store);
	eventlog_rename(&head, t, new_id);
	ck_assert_int_eq(txn_commit(&t), 0);
	v = store_view(store);
	ck_assert(eventlog_descends(v, log_id, 3));
	ck_assert(!eventlog_descends(v, log_id, 4));
	ck_assert(!eventlog_descends(v, new_id, 1));
	view_end(&v);
	ck_assert_uint_eq(head.at.epoch, 2);
}
END_TEST

static void seal_all(const char *dir)
{
	struct position at = {.log_id = log_id, .epoch = 1};
	struct log_batch b;

	ENSURE(mkdir(dir, 0700) == 0);
	chain_of_name(log_id, at.chain);
	while (at.seq < head.at.seq) {
		b = read_after(at.seq, 1);
		ENSURE(archive_seal(dir, "x.0.log", &at, &b) == 0);
		at.seq = b.through_seq;
		memcpy(at.chain, b.chain, CHAIN_LEN);
	}
}

START_TEST(an_archive_gives_back_what_was_sealed)
{
	const char *dir = place_path(&place, "archive");
	struct position end;
	struct log_batch b, live;

	commit(3);
	commit(2);
	seal_all(dir);
	ck_assert_int_eq(archive_end(dir, "x.0.log", &end), 0);
	ck_assert_uint_eq(end.seq, 5);
	ck_assert_mem_eq(end.chain, head.at.chain, CHAIN_LEN);
	ck_assert_int_eq(archive_read(dir, "x.0.log", 3, arena, &b), 0);
	live = read_after(3, 1 << 20);
	ck_assert_uint_eq(b.through_seq, 5);
	for (size_t i = 0; i < 2; i++)
		ck_assert(bytes_equal(b.records[i], live.records[i]));
	ck_assert_int_eq(archive_read(dir, "x.0.log", 5, arena, &b), 0);
	ck_assert_uint_eq(b.n_commits, 0);
	ck_assert_int_eq(archive_read(dir, "y.0.log", 0, arena, &b),
			 0); /* another stream: nothing of it */
	ck_assert_uint_eq(b.n_commits, 0);
}
END_TEST

START_TEST(a_batch_that_does_not_follow_is_not_sealed)
{
	const char *dir = place_path(&place, "archive");
	struct position at = {.log_id = log_id, .epoch = 1};
	struct log_batch b;

	commit(3);
	commit(2);
	ENSURE(mkdir(dir, 0700) == 0);
	chain_of_name(log_id, at.chain);
	b = read_after(3, 1 << 20);
	ck_assert_int_eq(archive_seal(dir, "x.0.log", &at, &b), -1);
	b = read_after(0, 1);
	at.chain[0] ^= 1;
	ck_assert_int_eq(archive_seal(dir, "x.0.log", &at, &b), -1);
}
END_TEST

START_TEST(a_damaged_segment_is_noticed_wherever_the_damage_is)
{
	const char *dir = place_path(&place, "archive");
	char path[300];
	struct log_batch b;
	struct stat st;

	commit(2);
	seal_all(dir);
	snprintf(path, sizeof path, "%s/x.0.log-%020d-%020d.seg", dir, 1, 2);
	ck_assert_int_eq(stat(path, &st), 0);
	for (long i = 0; i < st.st_size; i++) {
		FILE *f = fopen(path, "r+e");
		int byte;

		ck_assert_ptr_nonnull(f);
		fseek(f, i, SEEK_SET);
		byte = fgetc(f);
		fseek(f, i, SEEK_SET);
		fputc(byte ^ 0x10, f);
		fflush(f);
		if (i < 16 || i >= 32) /* the log's name is not under the chain */
			ck_assert_int_eq(archive_read(dir, "x.0.log", 0, arena, &b), -1);
		fseek(f, i, SEEK_SET);
		fputc(byte, f);
		ck_assert_int_eq(fclose(f), 0);
		arena_reset(arena);
	}
	ck_assert_int_eq(archive_read(dir, "x.0.log", 0, arena, &b), 0);
}
END_TEST

START_TEST(a_segment_cut_short_is_noticed_wherever_it_ends)
{
	const char *dir = place_path(&place, "archive");
	char path[300];
	struct log_batch b;
	struct stat st;

	commit(2);
	seal_all(dir);
	snprintf(path, sizeof path, "%s/x.0.log-%020d-%020d.seg", dir, 1, 2);
	ck_assert_int_eq(stat(path, &st), 0);
	for (off_t len = st.st_size - 1; len >= 0; len--) {
		ck_assert_int_eq(truncate(path, len), 0);
		ck_assert_int_eq(archive_read(dir, "x.0.log", 0, arena, &b), -1);
		arena_reset(arena);
	}
}
END_TEST

Suite *test_suite(void)
{
	const TTest *const tests[] = {
		a_record_reads_back_as_it_was_written,
		a_record_has_the_bytes_that_the_header_says,
		any_changed_byte_of_a_record_is_noticed,
		a_batch_holds_whole_commits_and_at_least_one,
		the_chain_holds_over_batches_and_breaks_with_any_byte,
		a_log_goes_on_where_it_ended,
		trimming_keeps_the_chain_where_the_log_begins,
		a_renamed_log_knows_what_it_was_called,
		an_archive_gives_back_what_was_sealed,
		a_batch_that_does_not_follow_is_not_sealed,
		a_damaged_segment_is_noticed_wherever_the_damage_is,
		a_segment_cut_short_is_noticed_wherever_it_ends,
	};
	Suite *suite = suite_create("eventlog");
	TCase *tcase = tcase_create("eventlog");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_set_timeout(tcase, 60);
	for (size_t i = 0; i < ARRAY_LEN(tests); i++)
		tcase_add_test(tcase, tests[i]);
	suite_add_tcase(suite, tcase);
	return suite;
}
