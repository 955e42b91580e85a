/* A status list that fills: the issuer's next one opens, no place is given twice, and both say what
 * was revoked. */
#include "services/issuance/status.h"

#include "libshared/check.h"
#include "services/issuance/documents/didweb.h"
#include "services/issuance/documents/verify.h"
#include "services/issuance/issuance.h"
#include "services/issuance/tables.h"
#include "tests/support/issuance_kit.h"
#include "tests/support/life_kit.h"
#include "tests/support/suite.h"

#include <string.h>

#define PLACES_AT_ONCE 512

static struct kit kit;
static struct bytes olga, pavel; /* two who may decide together */
static struct service service;
static uint32_t wanted;

/* ---- a hundred thousand credentials of which nothing is kept but their places ---- */

static void give_place(const struct view *view, struct decision *d)
{
	Issuance__CredentialIssued issued = ISSUANCE__CREDENTIAL_ISSUED__INIT;
	Issuance__Event event = ISSUANCE__EVENT__INIT;

	issued.issuer = kit_issuer()->issuer;
	issued.status = status_draw(view, kit_issuer(), d);
	event.body_case = ISSUANCE__EVENT__BODY_CREDENTIAL_ISSUED;
	event.credential_issued = &issued;
	emit(d, &event.base);
}

static enum verdict decide(const struct view *view, const ProtobufCMessage *command,
			   struct decision *d)
{
	if (((const Issuance__Command *)command)->body_case != ISSUANCE__COMMAND__BODY_ISSUE_HELD)
		return issuance_decide(view, command, d);
	for (uint32_t i = 0; i < wanted; i++)
		give_place(view, d);
	return ACCEPTED;
}

static void apply(struct txn *txn, const ProtobufCMessage *event, const struct record *record)
{
	const Issuance__Event *e = (const Issuance__Event *)event;

	if (e->body_case == ISSUANCE__EVENT__BODY_CREDENTIAL_ISSUED &&
	    e->credential_issued->credential.len == 0)
		status_take(txn, bytes_of_pb(e->credential_issued->issuer),
			    e->credential_issued->status, record->at_us);
	else
		issuance_apply(txn, event, record);
}

static uint32_t taken_of(uint32_t number)
{
	struct id list = status_list_id(bytes_of_pb(kit_issuer()->issuer), number);
	struct status_list row = {0};

	(void)status_list_get(kit_view(&kit), bytes_of_id(&list), &row);
	return row.taken;
}

/* The first list, until so many of its places are taken. */
static void fill(uint32_t until)
{
	Issuance__Command command = ISSUANCE__COMMAND__INIT;
	Issuance__IssueHeld ask = ISSUANCE__ISSUE_HELD__INIT;

	command.body_case = ISSUANCE__COMMAND__BODY_ISSUE_HELD;
	command.issue_held = &ask;
	while ((wanted = MIN(until - taken_of(1), (uint32_t)PLACES_AT_ONCE)) > 0)
		ck_assert_int_eq(kit_send(&kit, BYTES_NONE, &command.base), CAIRN__STATUS__OK);
}

static void open_kit(void)
{
	service = issuance_service;
	service.decide = decide;
	service.apply = apply;
	kit_open(&kit, &service);
	issuance_given_all(&kit);
	olga = kit_id(&kit);
	pavel = kit_id(&kit);
}

static void close_kit(void)
{
	kit_close(&kit);
}

/* ---- real ones ---- */

static struct bytes issued_to(const char *name)
{
	struct bytes educator = kit_name("educator", name);
	struct active active;

	issuance_given_educator(&kit, educator);
	issuance_released(&kit, educator, true);
	ck_assert(active_get(kit_view(&kit), educator, bytes_of_pb(kit_entry()->entry), &active));
	return arena_copy(kit.arena, BYTES_OF(active.credential));
}

static uint32_t list_of(struct bytes credential)
{
	return credential_get(kit_view(&kit), credential, kit.arena)->status->list;
}

/* What a verifier finds with what is served; the list's own signature is part of the check. */
static enum verify_outcome status_found(struct bytes credential)
{
	struct verify_input input = {.now_us = kit.now_us};
	struct verification v;

	input.credential = bytes_of_text(issuance_credential(&kit, credential)->document);
	input.did_document = bytes_of_text(issuance_did_document(&kit));
	input.status_list = bytes_of_text(life_list(&kit, list_of(credential))->document);
	credential_verify(&input, &v);
	return v.checks[VERIFY_CHECKS - 1].outcome;
}

static void revoke(struct bytes credential)
{
	ck_assert_int_eq(kit_send(&kit, BYTES_NONE,
				  life_revoke(kit.arena, credential,
					      ISSUANCE__LIFE_REASON__ISSUED_IN_ERROR, olga, pavel)),
			 CAIRN__STATUS__OK);
}

static const Issuance__StatusEntry *next_place(void)
{
	const Issuance__Event *e;

	while ((e = (const Issuance__Event *)kit_next_event(&kit, NULL)) != NULL) {
		if (e->body_case == ISSUANCE__EVENT__BODY_CREDENTIAL_ISSUED)
			return e->credential_issued->status;
		if (e->body_case == ISSUANCE__EVENT__BODY_CREDENTIAL_REINSTATED)
			return e->credential_reinstated->signing->status;
	}
	return NULL;
}

/* Of all that was ever given. Returns how many. */
static unsigned assert_no_place_twice(void)
{
	static uint8_t given[3][STATUS_BITS];
	const Issuance__StatusEntry *place;
	unsigned n = 0;

	memset(given, 0, sizeof given);
	for (; (place = next_place()) != NULL; n++) {
		ck_assert_uint_le(place->list, 2);
		ck_assert_uint_lt(place->index, STATUS_BITS);
		ck_assert(!given[place->list][place->index]++);
	}
	return n;
}

START_TEST(a_full_list_is_followed_by_another_and_both_say_what_was_revoked)
{
	struct bytes first = issued_to("ana"), last, next, kept;

	fill(STATUS_FULL - 1);
	last = issued_to("ben");
	ck_assert_uint_eq(taken_of(1), STATUS_FULL);
	ck_assert_ptr_null(life_list(&kit, 2));
	next = issued_to("cleo");
	kept = issued_to("dora");
	ck_assert_uint_eq(list_of(first), 1);
	ck_assert_uint_eq(list_of(last), 1);
	ck_assert_uint_eq(list_of(next), 2);
	ck_assert_uint_eq(list_of(kept), 2);
	kit_advance(&kit, US_PER_S);
	ck_assert_int_eq(status_found(first), VERIFY_PASSED);
	ck_assert_int_eq(status_found(next), VERIFY_PASSED);

	revoke(first);
	revoke(next);
	kit_advance(&kit, STATUS_PAUSE_US + US_PER_S);
	ck_assert_int_eq(status_found(first), VERIFY_FAILED);
	ck_assert_int_eq(status_found(last), VERIFY_PASSED);
	ck_assert_int_eq(status_found(next), VERIFY_FAILED);
	ck_assert_int_eq(status_found(kept), VERIFY_PASSED);

	/* Its new place is where there is one. */
	ck_assert_int_eq(kit_send(&kit, olga, life_suspend(kit.arena, last)), CAIRN__STATUS__OK);
	ck_assert_int_eq(kit_send(&kit, olga, life_reinstate(kit.arena, last)), CAIRN__STATUS__OK);
	ck_assert_uint_eq(list_of(last), 2);
	kit_advance(&kit, STATUS_PAUSE_US + US_PER_S);
	ck_assert_int_eq(status_found(last), VERIFY_PASSED);

	ck_assert_uint_eq(assert_no_place_twice(), STATUS_FULL + 3);
	ck_assert_uint_eq(taken_of(1), STATUS_FULL);
	ck_assert_uint_eq(taken_of(2), 3);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("status");
	TCase *tcase = tcase_create("status");

	tcase_add_checked_fixture(tcase, open_kit, close_kit);
	tcase_set_timeout(tcase, 120);
	tcase_add_test(tcase, a_full_list_is_followed_by_another_and_both_say_what_was_revoked);
	suite_add_tcase(suite, tcase);
	return suite;
}
