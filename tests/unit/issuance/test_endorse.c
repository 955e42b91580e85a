/* Endorsements: what may be signed, that it verifies by itself, brought from outside, withdrawn. */
#include "libshared/check.h"
#include "services/issuance/documents/didweb.h"
#include "services/issuance/documents/endorsement.h"
#include "services/issuance/documents/verify.h"
#include "services/issuance/issuance.h"
#include "tests/support/badge_kit.h"
#include "tests/support/endorse_kit.h"
#include "tests/support/suite.h"

#include <string.h>

#define OK CAIRN__STATUS__OK
#define ck_refused(status, name)                                                                   \
	do {                                                                                       \
		ck_assert_int_eq((status), CAIRN__STATUS__REJECTED);                               \
		ck_assert_int_eq((int)kit.got.reason, ISSUANCE__REASON__##name);                   \
	} while (0)

static struct kit kit;

static void setup(void)
{
	kit_open(&kit, &issuance_service);
	endorse_kit_given(&kit);
}

static void teardown(void)
{
	kit_close(&kit);
}

/* By the endorser's key list and, where asked, its status list. */
static struct verification verified(const char *document, bool with_list)
{
	struct verify_input input = {
		.credential = bytes_of_text(document),
		.did_document = bytes_of_text(endorse_kit_did_document(&kit)),
		.now_us = kit.now_us + 120 * US_PER_S,
	};
	struct verification v;

	if (with_list)
		input.status_list = bytes_of_text(endorse_kit_list(&kit)->document);
	credential_verify(&input, &v);
	return v;
}

/* ---- signed here ---- */

START_TEST(an_endorsement_verifies_by_itself_with_the_endorsers_key_and_list)
{
	const Issuance__EndorsementAnswer *a = endorse_kit_get(&kit, endorse_kit_signed(&kit));

	ck_assert_str_eq(a->state, "active");
	ck_assert_str_eq(a->endorsement->issuer_did, ENDORSER_DID);
	ck_assert_ptr_nonnull(strstr(a->endorsement->document, "EndorsementCredential"));
	ck_assert(verified(a->endorsement->document, true).verified);
}
END_TEST

START_TEST(one_that_was_changed_does_not_verify)
{
	const Issuance__EndorsementAnswer *a = endorse_kit_get(&kit, endorse_kit_signed(&kit));
	char *document = arena_text(kit.arena, bytes_of_text(a->endorsement->document));
	char *credit = strstr(document, "a credit");

	ck_assert_ptr_nonnull(credit);
	*credit = 'A';
	ck_assert(!verified(document, false).verified);
}
END_TEST

START_TEST(one_that_was_withdrawn_is_refused_by_its_status_list)
{
	struct bytes id = endorse_kit_signed(&kit);
	const char *document = endorse_kit_get(&kit, id)->endorsement->document;
	struct verification v;

	ck_assert(verified(document, true).verified);
	ck_assert_int_eq(endorse_kit_withdraw(&kit, id), OK);
	ck_assert_str_eq(endorse_kit_get(&kit, id)->state, "withdrawn");
	ck_assert_str_eq(endorse_kit_get(&kit, id)->because, "its rubric changed");
	v = verified(document, true);
	ck_assert(!v.verified);
	ck_assert(v.revoked);
	ck_assert_int_eq(endorse_kit_withdraw(&kit, id), OK);
}
END_TEST

START_TEST(an_endorsement_names_the_version_that_badges_name)
{
	const Issuance__EndorsementAnswer *a = endorse_kit_get(&kit, endorse_kit_signed(&kit));
	struct bytes educator = kit_id(&kit);
	const char *document;

	issuance_given_educator(&kit, educator);
	issuance_released(&kit, educator, true);
	document = issuance_credential(&kit, bytes_of_pb(issuance_next_issued(&kit)->credential))
			   ->document;
	ck_assert_uint_eq(a->endorsement->version, 1);
	ck_assert_ptr_nonnull(strstr(document, a->endorsement->subject));
}
END_TEST

START_TEST(an_issuer_can_be_endorsed)
{
	Issuance__SignEndorsement *ask = endorse_kit_ask(&kit);

	ask->entry = (ProtobufCBinaryData){0};
	ask->endorsed_issuer = kit_issuer()->issuer;
	ck_assert_int_eq(endorse_kit_sign(&kit, ask), OK);
	ck_assert_str_eq(endorse_kit_get(&kit, bytes_of_pb(ask->endorsement))->endorsement->subject,
			 kit_issuer()->did);
}
END_TEST

static void of_nothing(Issuance__SignEndorsement *ask)
{
	ask->entry = (ProtobufCBinaryData){0};
}
static void of_both(Issuance__SignEndorsement *ask)
{
	ask->endorsed_issuer = kit_issuer()->issuer;
}
static void of_their_own(Issuance__SignEndorsement *ask)
{
	ask->issuer = kit_issuer()->issuer;
}
static void of_no_version(Issuance__SignEndorsement *ask)
{
	ask->version = 9;
}
static void by_nobody(Issuance__SignEndorsement *ask)
{
	ask->issuer = pb_of_bytes(kit_name("issuer", "nobody"));
}
static void without_words(Issuance__SignEndorsement *ask)
{
	ask->comment = arena_text(kit.arena, BYTES_NONE);
}
static void with_a_tab(Issuance__SignEndorsement *ask)
{
	ask->comment = arena_text(kit.arena, bytes_of_text("one\ttwo"));
}
static void that_is_over(Issuance__SignEndorsement *ask)
{
	ask->valid_until_us = kit.now_us;
}
static void without_an_id(Issuance__SignEndorsement *ask)
{
	ask->endorsement = (ProtobufCBinaryData){0};
}

static const struct bad_ask {
	void (*damage)(Issuance__SignEndorsement *ask);
	Issuance__Reason reason;
} bad_asks[] = {
	{of_nothing, ISSUANCE__REASON__NOTHING_ENDORSED},
	{of_both, ISSUANCE__REASON__NOTHING_ENDORSED},
	{of_their_own, ISSUANCE__REASON__OWN_ENDORSEMENT},
	{of_no_version, ISSUANCE__REASON__UNKNOWN_VERSION},
	{by_nobody, ISSUANCE__REASON__UNKNOWN_ISSUER},
	{without_words, ISSUANCE__REASON__NOT_SIGNABLE},
	{with_a_tab, ISSUANCE__REASON__NOT_SIGNABLE},
	{that_is_over, ISSUANCE__REASON__NOT_SIGNABLE},
	{without_an_id, ISSUANCE__REASON__BAD_ID},
};

START_TEST(what_may_not_be_signed_is_refused)
{
	Issuance__SignEndorsement *ask = endorse_kit_ask(&kit);

	bad_asks[_i].damage(ask);
	ck_assert_int_eq(endorse_kit_sign(&kit, ask), CAIRN__STATUS__REJECTED);
	ck_assert_int_eq((int)kit.got.reason, (int)bad_asks[_i].reason);
	ck_assert_uint_eq(endorse_kit_all(&kit)->n_endorsements, 0);
}
END_TEST

START_TEST(the_same_id_is_signed_once)
{
	Issuance__SignEndorsement *ask = endorse_kit_ask(&kit);

	ck_assert_int_eq(endorse_kit_sign(&kit, ask), OK);
	ck_refused(endorse_kit_sign(&kit, ask), ID_TAKEN);
}
END_TEST

START_TEST(what_is_not_there_cannot_be_withdrawn)
{
	ck_refused(endorse_kit_withdraw(&kit, kit_id(&kit)), UNKNOWN_ENDORSEMENT);
}
END_TEST

/* ---- from outside ---- */

/* Signed by a body that this installation does not know, for the subject. */
static Issuance__ImportEndorsement *from_outside(const char *subject)
{
	Issuance__ImportEndorsement *ask = arena_alloc(kit.arena, sizeof *ask);
	struct badge_kit_key key;
	struct badge_signer signer;
	struct badge_document document;
	struct badge_problem problem;
	struct endorsement e = {
		.id = id_of_name("test", "outside"),
		.name = "Endorsement",
		.issuer = badge_kit_issuer,
		.subject = subject,
		.comment = "Our council recognises it.",
		.signed_us = KIT_EPOCH_US - US_PER_DAY,
	};

	badge_kit_key(BADGE_KIT_SEED, &key);
	signer = badge_kit_signer(&key);
	if (!endorsement_sign(&e, &signer, kit.arena, &document, &problem))
		ck_abort_msg("%s", problem.where);

	const struct didweb_key keys[] = {{key.multikey, NULL}};

	issuance__import_endorsement__init(ask);
	ask->entry = kit_entry()->entry;
	ask->document = pb_of_bytes(document.json);
	ask->key_list = pb_of_bytes(arena_copy(
		kit.arena, didweb_document(BADGE_KIT_DID, keys, ARRAY_LEN(keys), kit.arena)));
	return ask;
}

static const char *lit_101_subject(void)
{
	struct id id = id_of_version(bytes_of_pb(kit_entry()->entry), 1);

	return arena_printf(kit.arena, "urn:uuid:%s", ID_STR(bytes_of_id(&id)));
}

START_TEST(an_outside_bodys_endorsement_that_verifies_is_kept_and_shown)
{
	const Issuance__EndorsementList *all;

	ck_assert_int_eq(endorse_kit_import(&kit, from_outside(lit_101_subject())), OK);
	ck_assert_int_eq(endorse_kit_import(&kit, from_outside(lit_101_subject())), OK);
	endorse_kit_signed(&kit);
	all = endorse_kit_all(&kit);
	ck_assert_uint_eq(all->n_endorsements, 2);
	for (size_t i = 0; i < 2; i++) {
		const Issuance__Endorsement *e = all->endorsements[i]->endorsement;

		ck_assert_str_eq(all->endorsements[i]->state, "active");
		ck_assert_str_eq(e->document, "");
		if (e->issuer.len == 0)
			ck_assert_str_eq(e->comment, "Our council recognises it.");
	}
}
END_TEST

START_TEST(an_outside_endorsement_that_was_changed_is_refused)
{
	Issuance__ImportEndorsement *ask = from_outside(lit_101_subject());
	char *at = memmem(ask->document.data, ask->document.len, "recognises", 10);

	ck_assert_ptr_nonnull(at);
	*at = 'R';
	ck_refused(endorse_kit_import(&kit, ask), NOT_VERIFIED);
	ck_assert_ptr_nonnull(strstr(kit.got.text, "signature"));
}
END_TEST

START_TEST(an_outside_endorsement_of_something_else_is_refused)
{
	ck_refused(endorse_kit_import(&kit, from_outside("urn:uuid:5f3d1f0a-6c0e-4d0b-9a53-"
							 "2f7f3b0c9e11")),
		   NOT_VERIFIED);
	ck_assert_ptr_nonnull(strstr(kit.got.text, "it endorses urn:uuid:5f3d1f0a"));
}
END_TEST

/* It would bring its own keys along for an issuer whose keys are here. */
START_TEST(an_endorsement_of_an_issuer_of_ours_does_not_come_from_outside)
{
	Issuance__ImportEndorsement *ask = from_outside(lit_101_subject());
	const char *document =
		endorse_kit_get(&kit, endorse_kit_signed(&kit))->endorsement->document;

	ask->document = pb_of_bytes(bytes_of_text(document));
	ck_refused(endorse_kit_import(&kit, ask), ISSUED_HERE);
}
END_TEST

START_TEST(a_badge_is_no_endorsement)
{
	Issuance__ImportEndorsement *ask = from_outside(lit_101_subject());
	char *at;

	while ((at = memmem(ask->document.data, ask->document.len, "EndorsementCredential", 21)) !=
	       NULL)
		memcpy(at, "AchievementCredentia_", 21);
	ck_refused(endorse_kit_import(&kit, ask), NOT_VERIFIED);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("issuance endorse");
	TCase *tc = tcase_create("endorse");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, an_endorsement_verifies_by_itself_with_the_endorsers_key_and_list);
	tcase_add_test(tc, one_that_was_changed_does_not_verify);
	tcase_add_test(tc, one_that_was_withdrawn_is_refused_by_its_status_list);
	tcase_add_test(tc, an_endorsement_names_the_version_that_badges_name);
	tcase_add_test(tc, an_issuer_can_be_endorsed);
	tcase_add_loop_test(tc, what_may_not_be_signed_is_refused, 0, (int)ARRAY_LEN(bad_asks));
	tcase_add_test(tc, the_same_id_is_signed_once);
	tcase_add_test(tc, what_is_not_there_cannot_be_withdrawn);
	tcase_add_test(tc, an_outside_bodys_endorsement_that_verifies_is_kept_and_shown);
	tcase_add_test(tc, an_outside_endorsement_that_was_changed_is_refused);
	tcase_add_test(tc, an_outside_endorsement_of_something_else_is_refused);
	tcase_add_test(tc, an_endorsement_of_an_issuer_of_ours_does_not_come_from_outside);
	tcase_add_test(tc, a_badge_is_no_endorsement);
	suite_add_tcase(suite, tc);
	return suite;
}
