/* Signing again what a key signed that is no longer to be trusted. */
#include "services/issuance/issuance.h"
#include "services/issuance/keys.h"
#include "services/issuance/documents/verify.h"
#include "tests/support/issuance_kit.h"
#include "tests/support/life_kit.h"
#include "tests/support/suite.h"

#include "libshared/seal.h"

#include <string.h>

static struct kit kit;
static const char *stolen; /* the issuer's first key */

static void setup(void)
{
	kit_open(&kit, &issuance_service);
	issuance_given_all(&kit);
	issuance_did_document(&kit);
	stolen = ((const Issuance__Answer *)kit.answer)->issuer->all_keys[0]->key;
}

static void teardown(void)
{
	kit_close(&kit);
}

/* ---- commands and questions ---- */

static char *name_of(const char *key)
{
	return arena_text(kit.arena, bytes_of_text(key));
}

static Cairn__Status revoke(const char *key)
{
	static char because[] = "stolen";
	Issuance__Command command = ISSUANCE__COMMAND__INIT;
	Issuance__RevokeKey ask = ISSUANCE__REVOKE_KEY__INIT;

	ask.issuer = kit_issuer()->issuer;
	ask.key = name_of(key);
	ask.because = because;
	ask.replace = true;
	command.body_case = ISSUANCE__COMMAND__BODY_REVOKE_KEY;
	command.revoke_key = &ask;
	return kit_send(&kit, BYTES_NONE, &command.base);
}

static Cairn__Status start(const char *key)
{
	Issuance__Command command = ISSUANCE__COMMAND__INIT;
	Issuance__StartReissue ask = ISSUANCE__START_REISSUE__INIT;

	ask.issuer = kit_issuer()->issuer;
	ask.key = name_of(key);
	command.body_case = ISSUANCE__COMMAND__BODY_START_REISSUE;
	command.start_reissue = &ask;
	return kit_send(&kit, kit_name("person", "olga"), &command.base);
}

static Cairn__Status pause_or_resume(Issuance__Command__BodyCase what)
{
	Issuance__Command command = ISSUANCE__COMMAND__INIT;
	Issuance__PauseReissue pause = ISSUANCE__PAUSE_REISSUE__INIT;
	Issuance__ResumeReissue resume = ISSUANCE__RESUME_REISSUE__INIT;

	pause.issuer = resume.issuer = kit_issuer()->issuer;
	pause.key = resume.key = name_of(stolen);
	command.body_case = what;
	if (what == ISSUANCE__COMMAND__BODY_PAUSE_REISSUE)
		command.pause_reissue = &pause;
	else
		command.resume_reissue = &resume;
	return kit_send(&kit, BYTES_NONE, &command.base);
}

static const Issuance__ReissueAnswer *progress(void)
{
	Issuance__Query query = ISSUANCE__QUERY__INIT;
	Issuance__ListReissues list = ISSUANCE__LIST_REISSUES__INIT;

	query.body_case = ISSUANCE__QUERY__BODY_LIST_REISSUES;
	query.list_reissues = &list;
	ck_assert_int_eq(kit_ask(&kit, BYTES_NONE, &query.base), CAIRN__STATUS__OK);
	ck_assert_uint_eq(((const Issuance__Answer *)kit.answer)->reissues->n_reissues, 1);
	return ((const Issuance__Answer *)kit.answer)->reissues->reissues[0];
}

/* What the daemon sends itself. */
static void batch(struct bytes after)
{
	Issuance__Command command = ISSUANCE__COMMAND__INIT;
	Issuance__ReissueBatch ask = ISSUANCE__REISSUE_BATCH__INIT;

	ask.issuer = kit_issuer()->issuer;
	ask.key = name_of(stolen);
	ask.after = pb_of_bytes(after.len > 0 ? after : (struct bytes){ID_NONE.b, ID_LEN});
	command.body_case = ISSUANCE__COMMAND__BODY_REISSUE_BATCH;
	command.reissue_batch = &ask;
	ck_assert_int_eq(kit_send_as(&kit, kit_id(&kit), ROLE_SELF, BYTES_NONE, &command.base),
			 CAIRN__STATUS__OK);
}

static void batches_to_the_end(void)
{
	while (strcmp(progress()->state, "running") == 0)
		batch(bytes_of_pb(progress()->cursor));
}

static struct bytes issued(struct bytes educator)
{
	const Issuance__CredentialIssued *c;

	issuance_given_educator(&kit, educator);
	issuance_released(&kit, educator, true);
	c = issuance_next_issued(&kit);
	ENSURE(c != NULL);
	return bytes_of_pb(c->credential);
}

static bool verifies(struct bytes credential)
{
	const Issuance__CredentialAnswer *a = issuance_credential(&kit, credential);
	struct verify_input input = {.now_us = kit.now_us};
	struct verification v;

	input.credential = bytes_of_text(a->document);
	input.expected_sha256 = bytes_of_pb(a->sha256);
	input.did_document = bytes_of_text(issuance_did_document(&kit));
	credential_verify(&input, &v);
	return v.verified;
}

static unsigned n_reissued(void)
{
	const Issuance__Event *event;
	unsigned n = 0;

	while ((event = issuance_next(&kit, ISSUANCE__EVENT__BODY_CREDENTIAL_REISSUED)) != NULL)
		n++;
	return n;
}

/* ---- tests ---- */

START_TEST(every_credential_of_a_revoked_key_is_signed_again_under_its_id)
{
	struct bytes first = issued(kit_id(&kit)), second = issued(kit_id(&kit)), third;

	ck_assert_int_eq(revoke(stolen), CAIRN__STATUS__OK);
	third = issued(kit_id(&kit));
	ck_assert(!verifies(first));
	ck_assert_int_eq(start(stolen), CAIRN__STATUS__OK);
	ck_assert_str_eq(progress()->state, "running");
	ck_assert_uint_eq(progress()->total, 2);
	batches_to_the_end();
	ck_assert_str_eq(progress()->state, "finished");
	ck_assert_uint_eq(progress()->done, 2);
	ck_assert_uint_eq(n_reissued(), 2);
	ck_assert(verifies(first));
	ck_assert(verifies(second));
	ck_assert(verifies(third));
	ck_assert_uint_eq(signed_count(kit_view(&kit), stolen), 0);
}
END_TEST

START_TEST(many_are_signed_again_in_bounded_batches_each_once)
{
	static struct bytes all[300];

	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		all[i] = issued(kit_id(&kit));
	ck_assert_int_eq(revoke(stolen), CAIRN__STATUS__OK);
	ck_assert_int_eq(start(stolen), CAIRN__STATUS__OK);
	batch(BYTES_NONE);
	ck_assert_uint_lt(progress()->done, ARRAY_LEN(all));
	batch(BYTES_NONE); /* sent for a cursor that is past: nothing */
	ck_assert_uint_eq(n_reissued(), progress()->done);
	kit_reopen(&kit);
	batches_to_the_end();
	ck_assert_uint_eq(progress()->done, ARRAY_LEN(all));
	for (size_t i = 0; i < ARRAY_LEN(all); i += 37)
		ck_assert(verifies(all[i]));
}
END_TEST

START_TEST(what_pauses_does_nothing_until_it_goes_on)
{
	issued(kit_id(&kit));
	ck_assert_int_eq(revoke(stolen), CAIRN__STATUS__OK);
	ck_assert_int_eq(start(stolen), CAIRN__STATUS__OK);
	ck_assert_int_eq(pause_or_resume(ISSUANCE__COMMAND__BODY_RESUME_REISSUE),
			 CAIRN__STATUS__REJECTED);
	ck_assert_uint_eq(kit.got.reason, ISSUANCE__REASON__NO_REISSUE);
	ck_assert_int_eq(pause_or_resume(ISSUANCE__COMMAND__BODY_PAUSE_REISSUE), CAIRN__STATUS__OK);
	batch(BYTES_NONE);
	ck_assert_uint_eq(progress()->done, 0);
	ck_assert_int_eq(start(stolen), CAIRN__STATUS__REJECTED);
	ck_assert_uint_eq(kit.got.reason, ISSUANCE__REASON__REISSUE_STANDS);
	ck_assert_int_eq(pause_or_resume(ISSUANCE__COMMAND__BODY_RESUME_REISSUE),
			 CAIRN__STATUS__OK);
	batches_to_the_end();
	ck_assert_uint_eq(progress()->done, 1);
	ck_assert_int_eq(pause_or_resume(ISSUANCE__COMMAND__BODY_PAUSE_REISSUE),
			 CAIRN__STATUS__REJECTED);
}
END_TEST

START_TEST(what_the_active_or_no_key_signed_is_not_signed_again)
{
	ck_assert_int_eq(start(stolen), CAIRN__STATUS__REJECTED);
	ck_assert_uint_eq(kit.got.reason, ISSUANCE__REASON__KEY_IS_ACTIVE);
	ck_assert_int_eq(start("z6MkNobody"), CAIRN__STATUS__REJECTED);
	ck_assert_uint_eq(kit.got.reason, ISSUANCE__REASON__UNKNOWN_KEY);
	ck_assert_int_eq(revoke(stolen), CAIRN__STATUS__OK);
	ck_assert_int_eq(start(stolen), CAIRN__STATUS__OK);
	batches_to_the_end();
	ck_assert_uint_eq(progress()->total, 0);
	ck_assert_int_eq(start(stolen), CAIRN__STATUS__OK); /* once it has ended, again */
}
END_TEST

START_TEST(an_erased_educator_is_skipped_and_said_so)
{
	struct bytes gone = kit_id(&kit), there = kit_id(&kit);
	const Issuance__Event *event;

	issued(gone);
	there = issued(there);
	ck_assert_int_eq(keyring_destroy(kit.caps.keyring, gone), 0);
	ck_assert_int_eq(revoke(stolen), CAIRN__STATUS__OK);
	ck_assert_int_eq(start(stolen), CAIRN__STATUS__OK);
	batches_to_the_end();
	ck_assert_uint_eq(progress()->done, 1);
	ck_assert_uint_eq(progress()->skipped, 1);
	event = issuance_next(&kit, ISSUANCE__EVENT__BODY_REISSUE_ADVANCED);
	ck_assert_uint_eq(event->reissue_advanced->n_skipped, 1);
	ck_assert_ptr_nonnull(strstr(event->reissue_advanced->skipped[0]->reason, "erased"));
	ck_assert(verifies(there));
}
END_TEST

static void suspend(struct bytes credential)
{
	ck_assert_int_eq(
		kit_send(&kit, kit_name("person", "olga"), life_suspend(kit.arena, credential)),
		CAIRN__STATUS__OK);
}

START_TEST(what_does_not_count_any_more_is_not_signed_again)
{
	struct bytes out = issued(kit_id(&kit)), in = issued(kit_id(&kit));

	suspend(out);
	ck_assert_int_eq(revoke(stolen), CAIRN__STATUS__OK);
	ck_assert_int_eq(start(stolen), CAIRN__STATUS__OK);
	batches_to_the_end();
	ck_assert_uint_eq(progress()->done, 1);
	ck_assert_uint_eq(progress()->skipped, 1);
	ck_assert(verifies(in));
	ck_assert(!verifies(out));
}
END_TEST

Suite *test_suite(void)
{
	const TTest *const tests[] = {
		every_credential_of_a_revoked_key_is_signed_again_under_its_id,
		many_are_signed_again_in_bounded_batches_each_once,
		what_pauses_does_nothing_until_it_goes_on,
		what_the_active_or_no_key_signed_is_not_signed_again,
		an_erased_educator_is_skipped_and_said_so,
		what_does_not_count_any_more_is_not_signed_again,
	};
	Suite *suite = suite_create("reissue");
	TCase *tcase = tcase_create("reissue");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_set_timeout(tcase, 60);
	for (size_t i = 0; i < ARRAY_LEN(tests); i++)
		tcase_add_test(tcase, tests[i]);
	suite_add_tcase(suite, tcase);
	return suite;
}
