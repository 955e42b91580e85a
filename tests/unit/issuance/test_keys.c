/* Issuers' keys: which there are, in which state, and what that does to credentials. */
#include "services/issuance/keys.h"
#include "libshared/seal.h"
#include "services/issuance/issuance.h"
#include "services/issuance/documents/verify.h"
#include "tests/support/issuance_kit.h"
#include "tests/support/suite.h"

#include <string.h>

static struct kit kit;
static struct bytes ana;

static void setup(void)
{
	kit_open(&kit, &issuance_service);
	ana = kit_id(&kit);
}

static void teardown(void)
{
	kit_close(&kit);
}

/* ---- commands and what came of them ---- */

static char leaked[] = "a laptop was stolen";

static Cairn__Status rotate(Issuance__KeyKind kind, char *because)
{
	Issuance__Command command = ISSUANCE__COMMAND__INIT;
	Issuance__RotateKey ask = ISSUANCE__ROTATE_KEY__INIT;

	ask.issuer = kit_issuer()->issuer;
	ask.kind = kind;
	ask.because = because;
	command.body_case = ISSUANCE__COMMAND__BODY_ROTATE_KEY;
	command.rotate_key = &ask;
	return kit_send(&kit, kit_name("person", "olga"), &command.base);
}

static Cairn__Status revoke(const char *key, bool replace)
{
	Issuance__Command command = ISSUANCE__COMMAND__INIT;
	Issuance__RevokeKey ask = ISSUANCE__REVOKE_KEY__INIT;

	ask.issuer = kit_issuer()->issuer;
	ask.key = arena_text(kit.arena, bytes_of_text(key));
	ask.because = leaked;
	ask.replace = replace;
	command.body_case = ISSUANCE__COMMAND__BODY_REVOKE_KEY;
	command.revoke_key = &ask;
	return kit_send(&kit, kit_name("person", "olga"), &command.base);
}

static Cairn__Status add(Issuance__KeyKind kind)
{
	Issuance__Command command = ISSUANCE__COMMAND__INIT;
	Issuance__AddKey ask = ISSUANCE__ADD_KEY__INIT;

	ask.issuer = kit_issuer()->issuer;
	ask.kind = kind;
	command.body_case = ISSUANCE__COMMAND__BODY_ADD_KEY;
	command.add_key = &ask;
	return kit_send(&kit, BYTES_NONE, &command.base);
}

static const Issuance__IssuerAnswer *issuer(void)
{
	issuance_did_document(&kit);
	return ((const Issuance__Answer *)kit.answer)->issuer;
}

static const char *newest_key(void)
{
	return issuer()->all_keys[0]->key;
}

/* Whether the document verifies against the issuer's key list of now. */
static bool verifies(const char *document)
{
	struct verify_input input = {.now_us = kit.now_us};
	struct verification v;

	input.credential = bytes_of_text(document);
	input.did_document = bytes_of_text(issuance_did_document(&kit));
	credential_verify(&input, &v);
	return v.verified;
}

/* The document of a credential that is issued now. */
static const char *issued(void)
{
	struct bytes educator = kit_id(&kit);
	const Issuance__CredentialIssued *event;

	issuance_given_educator(&kit, educator);
	issuance_released(&kit, educator, true);
	event = issuance_next_issued(&kit);
	ENSURE(event != NULL);
	return issuance_credential(&kit, bytes_of_pb(event->credential))->document;
}

/* ---- tests ---- */

START_TEST(a_rotation_makes_a_key_that_signs_and_keeps_the_old_one_listed)
{
	const char *before, *after, *first;
	const Issuance__IssuerAnswer *a;

	issuance_given_all(&kit);
	first = newest_key();
	before = issued();
	kit_advance(&kit, US_PER_DAY);
	ck_assert_int_eq(rotate(ISSUANCE__KEY_KIND__ED25519, leaked), CAIRN__STATUS__OK);
	after = issued();
	a = issuer();
	ck_assert_uint_eq(a->n_all_keys, 2);
	ck_assert_str_eq(a->all_keys[0]->state, "active");
	ck_assert_str_eq(a->all_keys[1]->state, "retiring");
	ck_assert_str_eq(a->all_keys[1]->key, first);
	ck_assert_str_eq(a->all_keys[1]->because, leaked);
	ck_assert_int_gt(a->all_keys[1]->retired_us, a->all_keys[1]->added_us);
	ck_assert(bytes_equal(bytes_of_pb(a->all_keys[1]->retired_by), kit_name("person", "olga")));
	ck_assert_uint_eq(a->n_keys, 2);
	ck_assert_ptr_nonnull(strstr(after, a->all_keys[0]->key));
	ck_assert_ptr_nonnull(strstr(before, first));
	ck_assert(verifies(before));
	ck_assert(verifies(after));
}
END_TEST

START_TEST(what_a_revoked_key_signed_fails_and_what_its_successor_signs_verifies)
{
	const char *before, *first;
	const Issuance__IssuerAnswer *a;

	issuance_given_all(&kit);
	first = newest_key();
	before = issued();
	ck_assert_int_eq(revoke(first, true), CAIRN__STATUS__OK);
	a = issuer();
	ck_assert_str_eq(a->all_keys[1]->state, "revoked");
	ck_assert_str_eq(a->all_keys[1]->because, leaked);
	ck_assert_int_gt(a->all_keys[1]->revoked_us, 0);
	ck_assert_uint_eq(a->n_keys, 1);
	ck_assert_ptr_null(strstr(a->did_document, first));
	ck_assert(!verifies(before));
	ck_assert(verifies(issued()));
}
END_TEST

START_TEST(a_retiring_key_is_revoked_without_a_new_one)
{
	const char *first;

	issuance_given_all(&kit);
	first = newest_key();
	ck_assert_int_eq(rotate(ISSUANCE__KEY_KIND__ED25519, leaked), CAIRN__STATUS__OK);
	ck_assert_int_eq(revoke(first, true), CAIRN__STATUS__OK);
	ck_assert_uint_eq(issuer()->n_all_keys, 2);
	ck_assert_str_eq(issuer()->all_keys[0]->state, "active");
	ck_assert_str_eq(issuer()->all_keys[1]->state, "revoked");
}
END_TEST

START_TEST(the_key_that_signs_is_not_revoked_without_a_new_one)
{
	issuance_given_all(&kit);
	ck_assert_int_eq(revoke(newest_key(), false), CAIRN__STATUS__REJECTED);
	ck_assert_uint_eq(kit.got.reason, ISSUANCE__REASON__LAST_ACTIVE_KEY);
	ck_assert_str_eq(issuer()->all_keys[0]->state, "active");
}
END_TEST

START_TEST(a_key_is_revoked_once_and_only_if_it_is_the_issuers)
{
	const char *first;

	issuance_given_all(&kit);
	first = newest_key();
	ck_assert_int_eq(revoke("z6MkNobody", true), CAIRN__STATUS__REJECTED);
	ck_assert_uint_eq(kit.got.reason, ISSUANCE__REASON__UNKNOWN_KEY);
	ck_assert_int_eq(revoke(first, true), CAIRN__STATUS__OK);
	ck_assert_int_eq(revoke(first, true), CAIRN__STATUS__REJECTED);
	ck_assert_uint_eq(kit.got.reason, ISSUANCE__REASON__KEY_IS_REVOKED);
	ck_assert_uint_eq(issuer()->n_all_keys, 2);
}
END_TEST

START_TEST(who_changes_a_key_says_why)
{
	static char empty[] = "", bell[] = "ring \a";
	char longer[202];

	issuance_given_all(&kit);
	memset(longer, 'x', sizeof longer - 1);
	longer[sizeof longer - 1] = '\0';
	ck_assert_int_eq(rotate(ISSUANCE__KEY_KIND__ED25519, empty), CAIRN__STATUS__REJECTED);
	ck_assert_uint_eq(kit.got.reason, ISSUANCE__REASON__NO_REASON_GIVEN);
	ck_assert_int_ne(rotate(ISSUANCE__KEY_KIND__ED25519, bell), CAIRN__STATUS__OK);
	ck_assert_int_eq(rotate(ISSUANCE__KEY_KIND__ED25519, longer), CAIRN__STATUS__REJECTED);
	longer[200] = '\0';
	ck_assert_int_eq(rotate(ISSUANCE__KEY_KIND__ED25519, longer), CAIRN__STATUS__OK);
}
END_TEST

START_TEST(a_rotation_needs_a_key_to_follow)
{
	issuance_given_issuer(&kit);
	ck_assert_int_eq(rotate(ISSUANCE__KEY_KIND__ED25519, leaked), CAIRN__STATUS__REJECTED);
	ck_assert_uint_eq(kit.got.reason, ISSUANCE__REASON__NO_SIGNING_KEY);
	ck_assert_uint_eq(issuer()->n_all_keys, 0);
}
END_TEST

START_TEST(the_keys_of_one_issuer_have_an_end)
{
	issuance_given_all(&kit);
	for (unsigned i = 1; i < KEYS_MAX; i++)
		ENSURE(rotate(ISSUANCE__KEY_KIND__ED25519, leaked) == CAIRN__STATUS__OK);
	ck_assert_int_eq(rotate(ISSUANCE__KEY_KIND__ED25519, leaked), CAIRN__STATUS__REJECTED);
	ck_assert_uint_eq(kit.got.reason, ISSUANCE__REASON__TOO_MANY_KEYS);
}
END_TEST

START_TEST(keys_for_tokens_live_beside_the_one_for_credentials)
{
	const Issuance__IssuerAnswer *a;
	const char *document;

	issuance_given_all(&kit);
	document = issued();
	ck_assert_int_eq(add(ISSUANCE__KEY_KIND__RS256), CAIRN__STATUS__OK);
	ck_assert_int_eq(add(ISSUANCE__KEY_KIND__ES256), CAIRN__STATUS__OK);
	ck_assert_int_eq(add(ISSUANCE__KEY_KIND__ES256), CAIRN__STATUS__REJECTED);
	ck_assert_uint_eq(kit.got.reason, ISSUANCE__REASON__ISSUER_HAS_KEY);
	ck_assert_int_eq(rotate(ISSUANCE__KEY_KIND__ES256, leaked), CAIRN__STATUS__OK);
	a = issuer();
	ck_assert_uint_eq(a->n_all_keys, 4);
	ck_assert_str_eq(a->all_keys[3]->state, "active");
	ck_assert_str_eq(a->all_keys[1]->state, "retiring");
	ck_assert_ptr_nonnull(strstr(a->did_document, "\"JsonWebKey\""));
	ck_assert_ptr_nonnull(strstr(a->did_document, "\"kty\":\"RSA\""));
	ck_assert(verifies(document));
	ck_assert(verifies(issued()));
	ck_assert_int_eq(revoke(a->all_keys[0]->key, false), CAIRN__STATUS__OK);
}
END_TEST

static Cairn__Status ask_token(struct bytes credential, Issuance__KeyKind kind)
{
	Issuance__Query query = ISSUANCE__QUERY__INIT;
	Issuance__GetJwt get = ISSUANCE__GET_JWT__INIT;

	get.credential = pb_of_bytes(credential);
	get.kind = kind;
	query.body_case = ISSUANCE__QUERY__BODY_GET_JWT;
	query.get_jwt = &get;
	return kit_ask(&kit, BYTES_NONE, &query.base);
}

START_TEST(a_token_is_made_by_the_active_key_of_its_kind_until_the_holder_is_erased)
{
	const Issuance__CredentialIssued *c;
	struct bytes credential;

	issuance_given_all(&kit);
	issuance_given_educator(&kit, ana);
	issuance_released(&kit, ana, true);
	c = issuance_next_issued(&kit);
	credential = bytes_of_pb(c->credential);
	ck_assert_int_eq(ask_token(credential, ISSUANCE__KEY_KIND__ES256), CAIRN__STATUS__INVALID);
	ck_assert_int_eq(add(ISSUANCE__KEY_KIND__ES256), CAIRN__STATUS__OK);
	ck_assert_int_eq(ask_token(credential, ISSUANCE__KEY_KIND__ES256), CAIRN__STATUS__OK);
	ck_assert_str_eq(((const Issuance__Answer *)kit.answer)->jwt->key, newest_key());
	ck_assert_int_eq(ask_token(credential, ISSUANCE__KEY_KIND__ED25519),
			 CAIRN__STATUS__INVALID);
	ck_assert_int_eq(ask_token(ana, ISSUANCE__KEY_KIND__ES256), CAIRN__STATUS__INVALID);
	ck_assert_int_eq(keyring_destroy(kit.caps.keyring, ana), 0);
	ck_assert_int_eq(ask_token(credential, ISSUANCE__KEY_KIND__ES256), CAIRN__STATUS__INVALID);
	ck_assert_int_eq(revoke(newest_key(), false), CAIRN__STATUS__OK);
	ck_assert_int_eq(ask_token(credential, ISSUANCE__KEY_KIND__ES256), CAIRN__STATUS__INVALID);
}
END_TEST

START_TEST(keys_and_their_states_outlast_the_process)
{
	const char *before;

	issuance_given_all(&kit);
	before = issued();
	ck_assert_int_eq(rotate(ISSUANCE__KEY_KIND__ED25519, leaked), CAIRN__STATUS__OK);
	kit.service->close_caps(&kit.caps);
	ck_assert_int_eq(kit.service->open_caps(&kit.caps, kit.dir, kit.dir), 0);
	kit_reopen(&kit);
	ck_assert(verifies(before));
	ck_assert(verifies(issued()));
}
END_TEST

Suite *test_suite(void)
{
	const TTest *const tests[] = {
		a_rotation_makes_a_key_that_signs_and_keeps_the_old_one_listed,
		what_a_revoked_key_signed_fails_and_what_its_successor_signs_verifies,
		a_retiring_key_is_revoked_without_a_new_one,
		the_key_that_signs_is_not_revoked_without_a_new_one,
		a_key_is_revoked_once_and_only_if_it_is_the_issuers,
		who_changes_a_key_says_why,
		a_rotation_needs_a_key_to_follow,
		the_keys_of_one_issuer_have_an_end,
		keys_for_tokens_live_beside_the_one_for_credentials,
		a_token_is_made_by_the_active_key_of_its_kind_until_the_holder_is_erased,
		keys_and_their_states_outlast_the_process,
	};
	Suite *suite = suite_create("keys");
	TCase *tcase = tcase_create("keys");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_set_timeout(tcase, 60);
	for (size_t i = 0; i < ARRAY_LEN(tests); i++)
		tcase_add_test(tcase, tests[i]);
	suite_add_tcase(suite, tcase);
	return suite;
}
