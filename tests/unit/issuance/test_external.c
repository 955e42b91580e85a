/* Tests of credentials that an educator brings along: taken byte for byte when they verify, and
 * only then. One installation issues, another one takes. */
#include "libshared/check.h"
#include "libshared/seal.h"
#include "services/issuance/issuance.h"
#include "services/issuance/tables.h"
#include "tests/support/issuance_kit.h"
#include "tests/support/life_kit.h"
#include "tests/support/suite.h"

#include <string.h>

#define OK CAIRN__STATUS__OK
#define REJECTED CAIRN__STATUS__REJECTED
#define REASON(name) ISSUANCE__REASON__##name

static struct kit home, away;
static struct bytes ana, ben; /* the same person, as each of them knows her */
static const struct bytes nobody = {NULL, 0};
static struct bytes document, key_list, status_list;

static void setup(void)
{
	const Issuance__CredentialIssued *issued;

	kit_open(&home, &issuance_service);
	kit_open(&away, &issuance_service);
	ana = kit_id(&home);
	ben = kit_id(&away);
	issuance_given_all(&home);
	issuance_given_educator(&home, ana);
	issuance_released(&home, ana, true);
	issued = issuance_next_issued(&home);
	document = bytes_of_text(
		issuance_credential(&home, bytes_of_pb(issued->credential))->document);
	key_list = bytes_of_text(issuance_did_document(&home));
	status_list = BYTES_NONE;
	issuance_given_educator(&away, ben);
}

static void teardown(void)
{
	kit_close(&home);
	kit_close(&away);
}

static Cairn__Status when_added_by(struct kit *k, struct bytes actor, struct bytes educator,
				   struct bytes text)
{
	Issuance__AddExternal add = ISSUANCE__ADD_EXTERNAL__INIT;
	Issuance__Command command = ISSUANCE__COMMAND__INIT;

	add.educator = pb_of_bytes(educator);
	add.document = pb_of_bytes(text);
	add.key_list = pb_of_bytes(key_list);
	add.status_list = pb_of_bytes(status_list);
	command.body_case = ISSUANCE__COMMAND__BODY_ADD_EXTERNAL;
	command.add_external = &add;
	return kit_send_as(k, kit_id(k), ROLE_PORTAL | ROLE_ASSERTS, actor, &command.base);
}

static Cairn__Status when_added(struct kit *k, struct bytes educator, struct bytes text)
{
	return when_added_by(k, nobody, educator, text);
}

static const Issuance__ExternalReceipt *receipt(const struct kit *k)
{
	return ((const Issuance__Answer *)k->answer)->external_receipt;
}

static const Issuance__ExternalAnswer *external_seen(struct kit *k, struct bytes educator,
						     struct bytes external)
{
	Issuance__GetExternal ask = ISSUANCE__GET_EXTERNAL__INIT;
	Issuance__Query query = ISSUANCE__QUERY__INIT;

	ask.educator = pb_of_bytes(educator);
	ask.external = pb_of_bytes(external);
	query.body_case = ISSUANCE__QUERY__BODY_GET_EXTERNAL;
	query.get_external = &ask;
	ck_assert_int_eq(kit_ask(k, nobody, &query.base), OK);
	return ((const Issuance__Answer *)k->answer)->external;
}

static size_t n_listed(struct kit *k, struct bytes educator)
{
	Issuance__ListExternals ask = ISSUANCE__LIST_EXTERNALS__INIT;
	Issuance__Query query = ISSUANCE__QUERY__INIT;

	ask.educator = pb_of_bytes(educator);
	query.body_case = ISSUANCE__QUERY__BODY_LIST_EXTERNALS;
	query.list_externals = &ask;
	ck_assert_int_eq(kit_ask(k, nobody, &query.base), OK);
	return ((const Issuance__Answer *)k->answer)->externals->n_externals;
}

/* The document with the first `from` in it made `to`, of the same length. */
static struct bytes changed(const char *from, const char *to)
{
	char *copy = arena_text(home.arena, document);
	char *at = strstr(copy, from);

	ck_assert_ptr_nonnull(at);
	memcpy(at, to, strlen(to));
	return bytes_of_text(copy);
}

START_TEST(a_credential_that_verifies_is_kept_byte_for_byte)
{
	const Issuance__ExternalAnswer *e;
	struct bytes id;

	ck_assert_int_eq(when_added(&away, ben, document), OK);
	ck_assert(!receipt(&away)->known);
	id = bytes_of_pb(receipt(&away)->external);
	e = external_seen(&away, ben, id);
	ck_assert(bytes_equal(bytes_of_pb(e->document), document));
	ck_assert(bytes_equal(bytes_of_pb(e->key_list), key_list));
	ck_assert_str_eq(e->issuer, "did:web:cairn.example:issuers:larkspur-rsa");
	ck_assert_str_ne(e->achievement_name, "");
	ck_assert_str_eq(e->verified, "signature, by the key list it came with");
	ck_assert_int_ne(e->valid_from_us, 0);
	ck_assert_uint_eq(n_listed(&away, ben), 1);
}
END_TEST

/* With a key list and a status list in it, which are bytes and no ids. */
START_TEST(followers_take_the_event_of_what_was_brought)
{
	const Issuance__Event *event;

	kit_advance(&home, US_PER_S);
	status_list = bytes_of_text(life_list(&home, 1)->document);
	ck_assert_int_eq(when_added(&away, ben, document), OK);
	event = issuance_next(&away, ISSUANCE__EVENT__BODY_EXTERNAL_CREDENTIAL_ADDED);
	ck_assert_ptr_nonnull(event);
	ck_assert(event_is_sound(&event->base));
}
END_TEST

START_TEST(brought_along_twice_it_is_there_once)
{
	ck_assert_int_eq(when_added(&away, ben, document), OK);
	ck_assert_int_eq(when_added(&away, ben, document), OK);
	ck_assert(receipt(&away)->known);
	ck_assert(!receipt(&away)->issued_here);
	ck_assert_uint_eq(n_listed(&away, ben), 1);
}
END_TEST

START_TEST(what_does_not_verify_is_refused)
{
	const struct bytes cases[] = {
		changed("Phonemic", "Phonetic"),
		changed("\"proofValue\":\"z", "\"proofValue\":\"y"),
		bytes_of_text("{}"),
		bytes_of_text("not JSON"),
		BYTES_NONE,
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		ck_assert_msg(when_added(&away, ben, cases[i]) == REJECTED, "case %zu", i);
		ck_assert_int_eq(away.got.reason, REASON(NOT_VERIFIED));
	}
	key_list = bytes_of_text("{\"id\":\"did:web:cairn.example:issuers:larkspur-rsa\"}");
	ck_assert_int_eq(when_added(&away, ben, document), REJECTED);
	ck_assert_int_eq(away.got.reason, REASON(NOT_VERIFIED));
	ck_assert_uint_eq(n_listed(&away, ben), 0);
}
END_TEST

START_TEST(an_issuer_of_ours_is_not_believed_from_outside)
{
	ck_assert_int_eq(when_added(&home, ana, document), OK);
	ck_assert(receipt(&home)->issued_here);
	ck_assert_int_eq(when_added(&home, ana, changed("Phonemic", "Phonetic")), REJECTED);
	ck_assert_int_eq(home.got.reason, REASON(ISSUED_HERE));
	ck_assert_uint_eq(n_listed(&home, ana), 0);
}
END_TEST

START_TEST(it_is_brought_by_its_holder_who_is_known_here)
{
	ck_assert_int_eq(when_added(&away, kit_id(&away), document), REJECTED);
	ck_assert_int_eq(away.got.reason, REASON(NO_EDUCATOR));
	ck_assert_int_eq(when_added(&away, bytes_of_text("short"), document), REJECTED);
	ck_assert_int_eq(away.got.reason, REASON(BAD_ID));
	ck_assert_int_eq(when_added_by(&away, kit_id(&away), ben, document), REJECTED);
	ck_assert_int_eq(away.got.reason, REASON(NOT_THEIRS));
	ck_assert_int_eq(when_added_by(&away, ben, ben, document), OK);
}
END_TEST

START_TEST(after_an_erasure_only_the_hash_is_left)
{
	Enrollment__EducatorErased erased = ENROLLMENT__EDUCATOR_ERASED__INIT;
	Enrollment__Event event = ENROLLMENT__EVENT__INIT;
	const Issuance__ExternalAnswer *e;
	struct bytes id;

	ck_assert_int_eq(when_added(&away, ben, document), OK);
	id = bytes_of_pb(receipt(&away)->external);
	erased.educator = pb_of_bytes(ben);
	event.body_case = ENROLLMENT__EVENT__BODY_EDUCATOR_ERASED;
	event.educator_erased = &erased;
	kit_upstream(&away, "enrollment.0.log", ben, &event.base);
	ck_assert_int_eq(when_added(&away, ben, changed("Phonemic", "Phonetic")), REJECTED);
	ck_assert_int_eq(away.got.reason, REASON(NO_EDUCATOR));
	ck_assert_int_eq(keyring_destroy(away.caps.keyring, ben), 0);
	e = external_seen(&away, ben, id);
	ck_assert(e->erased);
	ck_assert_uint_eq(e->document.len, 0);
	ck_assert_uint_eq(e->sha256.len, 32);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("issuance external");
	TCase *tcase = tcase_create("external");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, a_credential_that_verifies_is_kept_byte_for_byte);
	tcase_add_test(tcase, followers_take_the_event_of_what_was_brought);
	tcase_add_test(tcase, brought_along_twice_it_is_there_once);
	tcase_add_test(tcase, what_does_not_verify_is_refused);
	tcase_add_test(tcase, an_issuer_of_ours_is_not_believed_from_outside);
	tcase_add_test(tcase, it_is_brought_by_its_holder_who_is_known_here);
	tcase_add_test(tcase, after_an_erasure_only_the_hash_is_left);
	suite_add_tcase(suite, tcase);
	return suite;
}
