/* The transparency log of issuance: what gets a leaf, when checkpoints are signed, what is proved.
 */
#include "services/issuance/documents/checkpoint.h"
#include "services/issuance/issuance.h"
#include "services/issuance/tables.h"
#include "services/issuance/transparency.h"
#include "tests/support/issuance_kit.h"
#include "tests/support/life_kit.h"
#include "tests/support/suite.h"

#include <string.h>

static struct kit kit;

static void setup(void)
{
	kit_open(&kit, &issuance_service);
	issuance_given_all(&kit);
}

static void teardown(void)
{
	kit_close(&kit); /* and compares the rebuilt tables, this log's too */
}

static const Issuance__CredentialIssued *issued(void)
{
	struct bytes educator = kit_id(&kit);
	const Issuance__CredentialIssued *c;

	issuance_given_educator(&kit, educator);
	issuance_released(&kit, educator, true);
	c = issuance_next_issued(&kit);
	ENSURE(c != NULL);
	return c;
}

static void revoke(struct bytes credential)
{
	ck_assert_int_eq(
		kit_send(&kit, BYTES_NONE,
			 life_revoke(kit.arena, credential, ISSUANCE__LIFE_REASON__ISSUED_IN_ERROR,
				     kit_name("person", "olga"), kit_name("person", "pavel"))),
		CAIRN__STATUS__OK);
}

static unsigned n_checkpoints(void)
{
	unsigned n = 0;

	while (issuance_next(&kit, ISSUANCE__EVENT__BODY_CHECKPOINT_SIGNED) != NULL)
		n++;
	return n;
}

/* The answer to a question, which must be one. */
static const Issuance__Answer *ask(Issuance__Query *query)
{
	ck_assert_int_eq(kit_ask(&kit, BYTES_NONE, &query->base), CAIRN__STATUS__OK);
	return (const Issuance__Answer *)kit.answer;
}

static const Issuance__InclusionAnswer *inclusion_of(struct bytes credential)
{
	Issuance__Query query = ISSUANCE__QUERY__INIT;
	Issuance__GetInclusion get = ISSUANCE__GET_INCLUSION__INIT;

	get.credential = pb_of_bytes(credential);
	query.body_case = ISSUANCE__QUERY__BODY_GET_INCLUSION;
	query.get_inclusion = &get;
	return ask(&query)->inclusion;
}

static struct merkle_proof proof_of(const ProtobufCBinaryData *hashes, size_t n)
{
	struct merkle_hash *list = arena_zalloc(kit.arena, (n + 1) * sizeof *list);

	for (size_t i = 0; i < n; i++)
		memcpy(&list[i], hashes[i].data, sizeof *list);
	return (struct merkle_proof){list, n};
}

static struct checkpoint checkpoint_of(const Issuance__CheckpointAnswer *a)
{
	struct checkpoint c;

	ck_assert(checkpoint_open(bytes_of_text(a->note), a->verifier, kit.arena, &c));
	ck_assert_uint_eq(c.size, a->size);
	return c;
}

static bool holds(const Issuance__Leaf *leaf, const struct checkpoint *at)
{
	struct merkle_hash hash = merkle_leaf(bytes_of_text(leaf->text));

	return merkle_inclusion_holds(&hash, leaf->index, at->size,
				      proof_of(leaf->proof, leaf->n_proof), &at->root);
}

/* ---- tests ---- */

START_TEST(every_change_of_what_counts_is_a_leaf_that_is_proved)
{
	const Issuance__CredentialIssued *c = issued();
	const Issuance__InclusionAnswer *a;
	struct checkpoint at;

	issued();
	revoke(bytes_of_pb(c->credential));
	issued();
	kit_advance(&kit, US_PER_HOUR);
	a = inclusion_of(bytes_of_pb(c->credential));
	at = checkpoint_of(a->checkpoint);
	ck_assert_uint_eq(at.size, 4);
	ck_assert_uint_eq(a->n_leaves, 2);
	ck_assert_uint_eq(a->leaves[0]->index, 0);
	ck_assert_uint_eq(a->leaves[1]->index, 2);
	ck_assert_ptr_nonnull(strstr(a->leaves[0]->text, "\"what\":\"issued\""));
	ck_assert_ptr_nonnull(strstr(a->leaves[1]->text, "\"what\":\"revoked\""));
	ck_assert(holds(a->leaves[0], &at));
	ck_assert(holds(a->leaves[1], &at));
	a->leaves[1]->text[9] ^= 1;
	ck_assert(!holds(a->leaves[1], &at));
}
END_TEST

START_TEST(checkpoints_are_signed_at_most_once_a_minute_and_only_when_something_changed)
{
	issued();
	kit_advance(&kit, US_PER_S);
	ck_assert_uint_eq(n_checkpoints(), 1);
	for (int second = 0; second < 120; second++) {
		issued();
		kit_advance(&kit, US_PER_S);
	}
	ck_assert_uint_le(n_checkpoints(), 3);
	kit_advance(&kit, CHECKPOINT_EVERY_US);
	n_checkpoints();
	kit_advance(&kit, US_PER_DAY);
	ck_assert_uint_eq(n_checkpoints(), 0);
	ck_assert_uint_eq(transparency_size(kit_view(&kit)), 121);
}
END_TEST

START_TEST(a_later_checkpoint_continues_an_earlier_one)
{
	Issuance__Query query = ISSUANCE__QUERY__INIT;
	Issuance__GetCheckpoint get = ISSUANCE__GET_CHECKPOINT__INIT;
	Issuance__GetConsistency from = ISSUANCE__GET_CONSISTENCY__INIT;
	const Issuance__ConsistencyAnswer *a;
	struct checkpoint older, newer;

	query.body_case = ISSUANCE__QUERY__BODY_GET_CHECKPOINT;
	query.get_checkpoint = &get;
	for (int i = 0; i < 3; i++)
		issued();
	kit_advance(&kit, US_PER_HOUR);
	older = checkpoint_of(ask(&query)->checkpoint);
	for (int i = 0; i < 6; i++)
		issued();
	kit_advance(&kit, US_PER_HOUR);
	from.from = older.size;
	query.body_case = ISSUANCE__QUERY__BODY_GET_CONSISTENCY;
	query.get_consistency = &from;
	a = ask(&query)->consistency;
	newer = checkpoint_of(a->checkpoint);
	ck_assert_uint_eq(newer.size, 9);
	ck_assert_str_eq(newer.origin, older.origin);
	ck_assert(merkle_consistency_holds(older.size, &older.root, newer.size, &newer.root,
					   proof_of(a->proof, a->n_proof)));
	from.from = 10;
	ck_assert_int_eq(kit_ask(&kit, BYTES_NONE, &query.base), CAIRN__STATUS__INVALID);
}
END_TEST

START_TEST(what_the_log_never_heard_of_is_told)
{
	Issuance__Query query = ISSUANCE__QUERY__INIT;
	Issuance__GetInclusion get = ISSUANCE__GET_INCLUSION__INIT;

	get.credential = pb_of_bytes(kit_id(&kit));
	query.body_case = ISSUANCE__QUERY__BODY_GET_INCLUSION;
	query.get_inclusion = &get;
	ck_assert_int_eq(kit_ask(&kit, BYTES_NONE, &query.base), CAIRN__STATUS__INVALID);
	issued();
	kit_advance(&kit, US_PER_S);
	ck_assert_int_eq(kit_ask(&kit, BYTES_NONE, &query.base), CAIRN__STATUS__INVALID);
	get.credential = pb_of_bytes((struct bytes){(const uint8_t *)"short", 5});
	ck_assert_int_eq(kit_ask(&kit, BYTES_NONE, &query.base), CAIRN__STATUS__INVALID);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("transparency");
	TCase *log = tcase_create("log");

	tcase_add_checked_fixture(log, setup, teardown);
	tcase_set_timeout(log, 60);
	tcase_add_test(log, every_change_of_what_counts_is_a_leaf_that_is_proved);
	tcase_add_test(
		log, checkpoints_are_signed_at_most_once_a_minute_and_only_when_something_changed);
	tcase_add_test(log, a_later_checkpoint_continues_an_earlier_one);
	tcase_add_test(log, what_the_log_never_heard_of_is_told);
	suite_add_tcase(suite, log);
	return suite;
}
