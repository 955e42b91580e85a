/* Records: who may open one, what is in it, when there is none. */
#include "services/issuance/issuance.h"
#include "services/issuance/documents/verify.h"
#include "tests/support/issuance_kit.h"
#include "tests/support/suite.h"

#include <stdlib.h>
#include <string.h>

static struct kit kit;
static struct bytes ana;

static void setup(void)
{
	kit_open(&kit, &issuance_service);
	ana = kit_id(&kit);
	issuance_given_all(&kit);
	issuance_given_educator(&kit, ana);
}

static void teardown(void)
{
	kit_close(&kit);
}

static Cairn__Status ask(struct bytes record, struct bytes educator, struct bytes issuer)
{
	Issuance__Query query = ISSUANCE__QUERY__INIT;
	Issuance__GetRecord get = ISSUANCE__GET_RECORD__INIT;

	get.record = pb_of_bytes(record);
	get.educator = pb_of_bytes(educator);
	get.issuer = pb_of_bytes(issuer);
	query.body_case = ISSUANCE__QUERY__BODY_GET_RECORD;
	query.get_record = &get;
	return kit_ask(&kit, BYTES_NONE, &query.base);
}

START_TEST(a_record_holds_what_was_earned_and_verifies)
{
	struct verify_input input = {.now_us = KIT_EPOCH_US + US_PER_DAY};
	struct verification *v = calloc(1, sizeof *v);
	const Issuance__RecordAnswer *answer;

	ENSURE(v != NULL);
	issuance_released(&kit, ana, true);
	ck_assert_int_eq(ask(kit_id(&kit), ana, BYTES_NONE), CAIRN__STATUS__OK);
	answer = ((const Issuance__Answer *)kit.answer)->record;
	ck_assert_uint_eq(answer->credentials, 1);
	ck_assert_uint_eq(answer->n_issuers, 1);
	ck_assert(bytes_equal(bytes_of_pb(answer->issuer), bytes_of_pb(kit_issuer()->issuer)));
	input.credential = bytes_of_pb(answer->document);
	input.did_document = bytes_of_text(issuance_did_document(&kit));
	credential_verify(&input, v);
	for (size_t i = 0; i < VERIFY_CHECKS; i++)
		ck_assert_msg(v->checks[i].outcome != VERIFY_FAILED, "%s: %s", v->checks[i].name,
			      v->checks[i].text);
	free(v);
}
END_TEST

/* A peer with role portal, who names somebody else as the person behind it. */
START_TEST(only_the_holder_or_names_may_open_a_record)
{
	Issuance__Query query = ISSUANCE__QUERY__INIT;
	Issuance__GetRecord get = ISSUANCE__GET_RECORD__INIT;
	struct query q = {.roles = ROLE_PORTAL, .actor = id_of_bytes(kit_id(&kit))};

	issuance_released(&kit, ana, true);
	q.view = kit_view(&kit);
	get.record = pb_of_bytes(kit_id(&kit));
	get.educator = pb_of_bytes(ana);
	query.body_case = ISSUANCE__QUERY__BODY_GET_RECORD;
	query.get_record = &get;
	ck_assert_int_eq(issuance_service.answer_query(&query.base, &q), CAIRN__STATUS__FORBIDDEN);
}
END_TEST

START_TEST(there_is_no_record_of_nothing_or_by_nobody)
{
	ck_assert_int_eq(ask(kit_id(&kit), ana, BYTES_NONE), CAIRN__STATUS__INVALID);
	issuance_released(&kit, ana, true);
	ck_assert_int_eq(ask(kit_id(&kit), ana, kit_id(&kit)), CAIRN__STATUS__INVALID);
	ck_assert_int_eq(ask(BYTES_NONE, ana, BYTES_NONE), CAIRN__STATUS__INVALID);
	ck_assert_int_eq(ask(kit_id(&kit), BYTES_NONE, BYTES_NONE), CAIRN__STATUS__INVALID);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("record");
	TCase *tcase = tcase_create("record");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, a_record_holds_what_was_earned_and_verifies);
	tcase_add_test(tcase, only_the_holder_or_names_may_open_a_record);
	tcase_add_test(tcase, there_is_no_record_of_nothing_or_by_nobody);
	suite_add_tcase(suite, tcase);
	return suite;
}
