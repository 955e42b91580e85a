/* Kinds by the oneof, answers of queries, and the chain of the public stream. */
#include "libshared/service.h"

#include "libshared/check.h"
#include "tests/support/sample.pb-c.h"
#include "tests/support/suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define TABLE_PUBLIC SERVICE_TABLES

/* By Python: hashlib.blake2b(before + seq.to_bytes(8, "little") + row, digest_size=32). */
#define CHAIN_1 "14de4a3d545457ceb91bcbac6bee51f80781756d36381023d181950221e414fe"
#define CHAIN_2 "9a1fc6c69c34412e70bf08c872113b1c8da4ae142f2fbc87720cf3b61cc09f50"
#define CHAIN_3 "69709097176bb87deba45c73c59a2c19692b9fc7a53af2c2491f9d3f56f7da8c"

static const char *const tables[] = {"public"};
static char dir[64];
static struct store *store;

static void open_store(void)
{
	snprintf(dir, sizeof dir, "/tmp/cairn-service-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(dir));
	store = store_open(dir, tables, ARRAY_LEN(tables), (size_t)16 << 20);
	ck_assert_ptr_nonnull(store);
}

static void close_store(void)
{
	char command[96];

	store_close(&store);
	snprintf(command, sizeof command, "rm -r %s", dir);
	ck_assert_int_eq(system(command), 0);
}

static void append(const char *row)
{
	struct txn *t = store_begin(store);

	public_append(t, TABLE_PUBLIC, bytes_of_text(row));
	ck_assert_int_eq(txn_commit(&t), 0);
}

/* What stands at seq, as hex of its chain, a space and its row. */
static void assert_row(uint64_t seq, const char *chain, const char *row)
{
	struct view *v = store_view(store);
	char hex[2 * CHAIN_LEN + 1];
	struct bytes value;
	uint8_t key[8];

	put_u64_be(key, seq);
	ck_assert(view_get(v, TABLE_PUBLIC, BYTES_OF(key), &value));
	ck_assert_uint_ge(value.len, CHAIN_LEN);
	hex_of_bytes((struct bytes){value.data, CHAIN_LEN}, hex);
	ck_assert_str_eq(hex, chain);
	value.data += CHAIN_LEN;
	value.len -= CHAIN_LEN;
	ck_assert(bytes_equal(value, bytes_of_text(row)));
	view_end(&v);
}

START_TEST(public_rows_are_numbered_from_one_and_chained)
{
	append("first");
	append("");
	append("third");
	assert_row(1, CHAIN_1, "first");
	assert_row(2, CHAIN_2, "");
	assert_row(3, CHAIN_3, "third");
}
END_TEST

START_TEST(rows_of_one_transaction_follow_each_other)
{
	struct txn *t = store_begin(store);

	public_append(t, TABLE_PUBLIC, bytes_of_text("first"));
	public_append(t, TABLE_PUBLIC, bytes_of_text(""));
	ck_assert_int_eq(txn_commit(&t), 0);
	assert_row(2, CHAIN_2, "");
}
END_TEST

START_TEST(a_damaged_public_stream_faults_the_transaction)
{
	struct txn *t = store_begin(store);

	txn_put(t, TABLE_PUBLIC, bytes_of_text("short"), BYTES_NONE);
	public_append(t, TABLE_PUBLIC, bytes_of_text("row"));
	ck_assert_int_ne(txn_fault_kind(t), FAULT_NONE);
	txn_abort(&t);
}
END_TEST

START_TEST(the_kind_of_a_message_is_its_set_member)
{
	Sample__Command command = SAMPLE__COMMAND__INIT;

	ck_assert_uint_eq(body_kind(&command.base), 0);
	command.body_case = SAMPLE__COMMAND__BODY_LEVEL;
	ck_assert_uint_eq(body_kind(&command.base), 6);
	ck_assert_uint_eq(body_kind(&(Sample__Rate)SAMPLE__RATE__INIT.base), 0);
}
END_TEST

START_TEST(a_kind_has_the_name_of_the_member)
{
	ck_assert_str_eq(kind_name(&sample__command__descriptor, 1), "publish_entry");
	ck_assert_ptr_null(kind_name(&sample__command__descriptor, 0));
	ck_assert_ptr_null(kind_name(&sample__command__descriptor, 7));
	ck_assert_ptr_null(kind_name(&sample__rate__descriptor, 1));
}
END_TEST

START_TEST(a_query_is_answered_or_refused)
{
	AUTO(arena_destroy) struct arena *arena = arena_new(1024);
	struct query q = {.arena = arena};
	Sample__Rate rate = SAMPLE__RATE__INIT;
	static const uint8_t expected[] = {8, 5};

	rate.row = 5;
	ck_assert_int_eq(query_answer(&q, &rate.base), CAIRN__STATUS__OK);
	ck_assert(bytes_equal(q.answer, BYTES_OF(expected)));
	ck_assert_int_eq(query_refuse(&q, CAIRN__STATUS__FORBIDDEN, "not yours"),
			 CAIRN__STATUS__FORBIDDEN);
	ck_assert_str_eq(q.text, "not yours");
	ck_assert_uint_eq(q.answer.len, 0);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("service");
	TCase *stream = tcase_create("public_stream"), *kinds = tcase_create("kinds");

	tcase_add_checked_fixture(stream, open_store, close_store);
	tcase_add_test(stream, public_rows_are_numbered_from_one_and_chained);
	tcase_add_test(stream, rows_of_one_transaction_follow_each_other);
	tcase_add_test(stream, a_damaged_public_stream_faults_the_transaction);
	tcase_add_test(kinds, the_kind_of_a_message_is_its_set_member);
	tcase_add_test(kinds, a_kind_has_the_name_of_the_member);
	tcase_add_test(kinds, a_query_is_answered_or_refused);
	suite_add_tcase(suite, stream);
	suite_add_tcase(suite, kinds);
	return suite;
}
