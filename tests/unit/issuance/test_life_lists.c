/* Status lists: what verifiers find in them, and what they find in others'. */
#include "libshared/timers.h"
#include "services/issuance/issuance.h"
#include "services/issuance/status.h"
#include "services/issuance/documents/status_bit.h"
#include "services/issuance/documents/verify.h"
#include "tests/support/credential_kit.h"
#include "tests/support/issuance_kit.h"
#include "tests/support/life_kit.h"
#include "tests/support/spec.h"
#include "tests/support/suite.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static struct kit kit;
static struct bytes ana, olga, pavel; /* a teacher, and two who may decide together */

static void setup(void)
{
	kit_open(&kit, &issuance_service);
	ana = kit_id(&kit);
	olga = kit_id(&kit);
	pavel = kit_id(&kit);
	issuance_given_all(&kit);
	issuance_given_educator(&kit, ana);
}

static void teardown(void)
{
	kit_close(&kit);
}

static Cairn__Status suspend(struct bytes credential)
{
	return kit_send(&kit, olga, life_suspend(kit.arena, credential));
}

static Cairn__Status reinstate(struct bytes credential)
{
	return kit_send(&kit, olga, life_reinstate(kit.arena, credential));
}

static Cairn__Status revoke(struct bytes credential)
{
	return kit_send(&kit, BYTES_NONE,
			life_revoke(kit.arena, credential, ISSUANCE__LIFE_REASON__ISSUED_IN_ERROR,
				    olga, pavel));
}

static const Issuance__CredentialAnswer *ask(struct bytes credential)
{
	return issuance_credential(&kit, credential);
}

/* As a verifier finds it now, with what is served. */
static enum verify_outcome verified_status(struct bytes credential, struct verification *v_r)
{
	struct verify_input input = {
		.now_us = kit.now_us,
		.credential = bytes_of_text(ask(credential)->document),
		.did_document = bytes_of_text(issuance_did_document(&kit)),
	};

	input.status_list = bytes_of_text(
		life_list(&kit, credential_facts(&kit, credential)->status->list)->document);
	credential_verify(&input, v_r);
	return v_r->checks[VERIFY_CHECKS - 1].outcome;
}

START_TEST(a_list_is_signed_when_it_begins_and_says_nothing_of_a_fresh_credential)
{
	struct bytes credential = credential_given(&kit, ana);
	struct verification v;

	kit_advance(&kit, US_PER_S);
	ck_assert_int_eq(verified_status(credential, &v), VERIFY_PASSED);
	ck_assert(v.verified);
}
END_TEST

START_TEST(suspended_and_revoked_show_in_the_list_within_a_minute)
{
	struct bytes credential = credential_given(&kit, ana);
	struct verification v;

	kit_advance(&kit, US_PER_S);
	ck_assert_int_eq(suspend(credential), CAIRN__STATUS__OK);
	ck_assert(life_list(&kit, 1)->changed);
	kit_advance(&kit, 58 * US_PER_S);
	ck_assert_int_eq(verified_status(credential, &v), VERIFY_PASSED); /* not before its time */
	kit_advance(&kit, 2 * US_PER_S);
	ck_assert_int_eq(verified_status(credential, &v), VERIFY_FAILED);
	ck_assert(!v.verified);
	ck_assert_int_eq(revoke(credential), CAIRN__STATUS__OK);
	ck_assert_uint_eq(life_list(&kit, 1)->revoked, 1);
	ck_assert(!life_list(&kit, 1)->changed); /* it says so already */
}
END_TEST

START_TEST(a_reinstated_credential_has_a_place_of_which_nothing_was_said)
{
	struct bytes credential = credential_given(&kit, ana);
	const Issuance__CredentialIssued *before = credential_facts(&kit, credential), *after;
	struct verification v;

	ck_assert_int_eq(suspend(credential), CAIRN__STATUS__OK);
	kit_advance(&kit, 2 * 60 * US_PER_S);
	ck_assert_int_eq(reinstate(credential), CAIRN__STATUS__OK);
	after = credential_facts(&kit, credential);
	ck_assert_uint_ne(before->status->index, after->status->index);
	ck_assert(credential_bit(&kit, before) && !credential_bit(&kit, after));
	kit_advance(&kit, 2 * 60 * US_PER_S);
	ck_assert_int_eq(verified_status(credential, &v), VERIFY_PASSED);
	ck_assert(v.verified);
	ck_assert_str_eq(ask(credential)->state, "issued");
}
END_TEST

START_TEST(a_list_is_signed_daily_though_nothing_changes)
{
	int64_t first_us;

	(void)credential_given(&kit, ana);
	kit_advance(&kit, US_PER_S);
	first_us = life_list(&kit, 1)->signed_us;
	kit_advance(&kit, US_PER_DAY - 2 * US_PER_S);
	ck_assert_int_eq(life_list(&kit, 1)->signed_us, first_us);
	kit_advance(&kit, 2 * US_PER_S);
	ck_assert_int_gt(life_list(&kit, 1)->signed_us, first_us);
}
END_TEST

/* An empty list would say that there is nothing to look for. */
START_TEST(lists_of_an_issuer_that_is_not_known_are_refused)
{
	Issuance__Query query = ISSUANCE__QUERY__INIT;
	Issuance__ListStatusLists ask = ISSUANCE__LIST_STATUS_LISTS__INIT;

	ask.issuer = pb_of_bytes(kit_name("issuer", "nobody"));
	query.body_case = ISSUANCE__QUERY__BODY_LIST_STATUS_LISTS;
	query.list_status_lists = &ask;
	ck_assert_int_eq(kit_ask(&kit, BYTES_NONE, &query.base), CAIRN__STATUS__INVALID);
	ask.issuer = kit_issuer()->issuer;
	ck_assert_int_eq(kit_ask(&kit, BYTES_NONE, &query.base), CAIRN__STATUS__OK);
}
END_TEST

static void rotate_and_revoke_key(const char *key)
{
	static char why[] = "it was seen elsewhere";
	Issuance__Command command = ISSUANCE__COMMAND__INIT;
	Issuance__RotateKey rotate = ISSUANCE__ROTATE_KEY__INIT;
	Issuance__RevokeKey ask = ISSUANCE__REVOKE_KEY__INIT;

	rotate.issuer = kit_issuer()->issuer;
	rotate.because = why;
	command.body_case = ISSUANCE__COMMAND__BODY_ROTATE_KEY;
	command.rotate_key = &rotate;
	ck_assert_int_eq(kit_send(&kit, olga, &command.base), CAIRN__STATUS__OK);
	ask.issuer = rotate.issuer;
	ask.key = arena_text(kit.arena, bytes_of_text(key));
	ask.because = why;
	command.body_case = ISSUANCE__COMMAND__BODY_REVOKE_KEY;
	command.revoke_key = &ask;
	ck_assert_int_eq(kit_send(&kit, olga, &command.base), CAIRN__STATUS__OK);
}

/* The same timer due at the same moment would be the same input, and its events the same ids. */
START_TEST(a_list_whose_key_is_revoked_is_due_again_after_the_moment_it_was_signed)
{
	struct bytes credential = credential_given(&kit, ana);
	struct id list = status_list_id(bytes_of_pb(kit_issuer()->issuer), 1);
	struct status_list row;
	struct verification v;
	int64_t due_us;

	kit_advance(&kit, 0);
	ck_assert(status_list_get(kit_view(&kit), bytes_of_id(&list), &row));
	ck_assert_int_eq(row.signed_us, kit.now_us);
	rotate_and_revoke_key(credential_facts(&kit, credential)->key);
	ck_assert(timer_due(kit_view(&kit), bytes_of_id(&list), TIMER_STATUS, &due_us));
	ck_assert_int_gt(due_us, row.signed_us);
	kit_advance(&kit, US_PER_S);
	ck_assert_int_eq(verified_status(credential, &v), VERIFY_PASSED); /* by the new key */
}
END_TEST

START_TEST(a_list_that_was_changed_or_is_of_somebody_else_is_not_believed)
{
	struct bytes credential = credential_given(&kit, ana);
	struct verify_input input = {.now_us = kit.now_us};
	struct verification v;
	char *list;

	kit_advance(&kit, US_PER_S);
	input.now_us = kit.now_us;
	input.credential = bytes_of_text(ask(credential)->document);
	input.did_document = bytes_of_text(issuance_did_document(&kit));
	list = arena_text(kit.arena, bytes_of_text(life_list(&kit, 1)->document));
	strstr(list, "\"validFrom\":\"2")[15] = '6';
	input.status_list = bytes_of_text(list);
	credential_verify(&input, &v);
	ck_assert_int_eq(v.checks[VERIFY_CHECKS - 1].outcome, VERIFY_FAILED);
	input.status_list = input.credential;
	credential_verify(&input, &v);
	ck_assert_int_eq(v.checks[VERIFY_CHECKS - 1].outcome, VERIFY_FAILED);
	input.status_list = BYTES_NONE;
	credential_verify(&input, &v);
	ck_assert_int_eq(v.checks[VERIFY_CHECKS - 1].outcome, VERIFY_NOT_MADE);
}
END_TEST

/* ---- others' lists ---- */

static json_t *spec_list(void)
{
	char *text = spec_read("sample/status-list.json");
	json_t *list = json_loads(text, JSON_REJECT_DUPLICATES, NULL);

	free(text);
	ck_assert_ptr_nonnull(list);
	return list;
}

/* Whether both have the same members, of the same kinds, all the way down. */
static void check_same_shape(const json_t *ours, json_t *theirs)
{
	const char *name;
	json_t *value;

	ck_assert_int_eq(json_typeof(ours), json_typeof(theirs));
	if (json_is_array(ours))
		ck_assert_uint_eq(json_array_size(ours), json_array_size(theirs));
	if (!json_is_object(ours))
		return;
	ck_assert_uint_eq(json_object_size(ours), json_object_size(theirs));
	json_object_foreach(theirs, name, value)
	{
		ck_assert_msg(json_object_get(ours, name) != NULL, "%s", name);
		check_same_shape(json_object_get(ours, name), value);
	}
}

START_TEST(a_list_has_the_shape_of_the_sample)
{
	json_t *theirs = spec_list(), *ours;

	(void)credential_given(&kit, ana);
	kit_advance(&kit, US_PER_S);
	ours = json_loads(life_list(&kit, 1)->document, JSON_REJECT_DUPLICATES, NULL);
	ck_assert_ptr_nonnull(ours);
	check_same_shape(ours, theirs);
	json_decref(ours);
	json_decref(theirs);
}
END_TEST

static bool bit_at(const char *encoded, unsigned index)
{
	bool bit;

	ck_assert(status_bit(encoded, arena_printf(kit.arena, "%u", index), kit.arena, &bit));
	return bit;
}

/* Bits 42 and 131071 are set, says another language's gzip. */
START_TEST(the_bits_of_the_sample_are_read_and_written)
{
	json_t *theirs = spec_list();
	const char *encoded = json_string_value(
		json_object_get(json_object_get(theirs, "credentialSubject"), "encodedList"));
	uint8_t bits[STATUS_BITS / 8] = {[42 / 8] = 0x20, [STATUS_BITS / 8 - 1] = 0x01};
	const char *ours = status_encode(bits, kit.arena);
	bool bit;

	for (unsigned i = 0; i < STATUS_BITS; i += i < 64 ? 1 : 4021) {
		ck_assert_int_eq(bit_at(encoded, i), i == 42);
		ck_assert_int_eq(bit_at(ours, i), i == 42);
	}
	ck_assert(bit_at(encoded, STATUS_BITS - 1) && bit_at(ours, STATUS_BITS - 1));
	ck_assert(!status_bit(encoded, "131072", kit.arena, &bit)); /* one past the last */
	ck_assert(!status_bit(encoded, "-1", kit.arena, &bit));
	ck_assert(!status_bit(encoded, "", kit.arena, &bit));
	ck_assert(!status_bit(encoded + 1, "0", kit.arena, &bit));
	json_decref(theirs);
}
END_TEST

Suite *test_suite(void)
{
	const TTest *const tests[] = {
		a_list_is_signed_when_it_begins_and_says_nothing_of_a_fresh_credential,
		suspended_and_revoked_show_in_the_list_within_a_minute,
		a_reinstated_credential_has_a_place_of_which_nothing_was_said,
		a_list_is_signed_daily_though_nothing_changes,
		lists_of_an_issuer_that_is_not_known_are_refused,
		a_list_whose_key_is_revoked_is_due_again_after_the_moment_it_was_signed,
		a_list_that_was_changed_or_is_of_somebody_else_is_not_believed,
	};
	Suite *suite = suite_create("status lists");
	TCase *tcase = tcase_create("status lists");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_set_timeout(tcase, 120);
	for (size_t i = 0; i < ARRAY_LEN(tests); i++)
		tcase_add_test(tcase, tests[i]);
	if (spec_present()) {
		tcase_add_test(tcase, a_list_has_the_shape_of_the_sample);
		tcase_add_test(tcase, the_bits_of_the_sample_are_read_and_written);
	}
	suite_add_tcase(suite, tcase);
	return suite;
}
