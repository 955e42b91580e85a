/* The life of a credential: every command in every state, what the lists and the public stream say
 * of it, and what holds after any interleaving. */
#include "libshared/check.h"
#include "libshared/timers.h"
#include "proto/public.pb-c.h"
#include "services/issuance/issuance.h"
#include "services/issuance/life.h"
#include "services/issuance/status.h"
#include "services/issuance/documents/status_bit.h"
#include "services/issuance/tables.h"
#include "services/issuance/documents/verify.h"
#include "tests/support/issuance_kit.h"
#include "tests/support/life_kit.h"
#include "tests/support/spec.h"
#include "tests/support/suite.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#define HISTORIES 6
#define STEPS 120

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

/* ---- what is asked ---- */

static Cairn__Status suspend(struct bytes credential)
{
	return kit_send(&kit, olga, life_suspend(kit.arena, credential));
}

static Cairn__Status reinstate(struct bytes credential)
{
	return kit_send(&kit, olga, life_reinstate(kit.arena, credential));
}

static Cairn__Status propose(struct bytes credential)
{
	return kit_send(
		&kit, olga,
		life_propose(kit.arena, credential, ISSUANCE__LIFE_REASON__INTEGRITY_FOUNDED));
}

static Cairn__Status confirm_by(struct bytes actor, struct bytes credential)
{
	return kit_send(&kit, actor, life_confirm(kit.arena, credential));
}

static Cairn__Status confirm(struct bytes credential)
{
	return confirm_by(pavel, credential);
}

static Cairn__Status withdraw(struct bytes credential)
{
	return kit_send(&kit, olga, life_withdraw(kit.arena, credential));
}

static Cairn__Status revoke_for(struct bytes credential, Issuance__LifeReason reason,
				struct bytes by, struct bytes second)
{
	return kit_send(&kit, BYTES_NONE, life_revoke(kit.arena, credential, reason, by, second));
}

static Cairn__Status revoke(struct bytes credential)
{
	return revoke_for(credential, ISSUANCE__LIFE_REASON__ISSUED_IN_ERROR, olga, pavel);
}

static Cairn__Status reverse(struct bytes credential)
{
	return kit_send(&kit, olga, life_reverse(kit.arena, credential, kit_id(&kit)));
}

static Cairn__Status correct(struct bytes credential)
{
	return kit_send(&kit, olga, life_correct(kit.arena, credential, kit_id(&kit)));
}

static void until_expired(void)
{
	kit_advance(&kit, 366 * US_PER_DAY * (int64_t)kit_entry()->valid_months / 12);
}

/* ---- what came of it ---- */

static struct bytes active_of(struct bytes educator)
{
	struct active active;

	if (!active_get(kit_view(&kit), educator, bytes_of_pb(kit_entry()->entry), &active))
		return BYTES_NONE;
	return arena_copy(kit.arena, BYTES_OF(active.credential));
}

static struct bytes given_credential(void)
{
	issuance_released(&kit, ana, true);
	return active_of(ana);
}

static enum life_state state_of(struct bytes credential)
{
	return (enum life_state)life_get(kit_view(&kit), credential).state;
}

static const Issuance__CredentialIssued *facts_of(struct bytes credential)
{
	return credential_get(kit_view(&kit), credential, kit.arena);
}

/* What the tables say of a place. */
static bool bit_of(const Issuance__CredentialIssued *c)
{
	struct id list = status_list_id(bytes_of_pb(c->issuer), c->status->list);

	return status_revoked(kit_view(&kit), bytes_of_id(&list), c->status->index);
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

	input.status_list =
		bytes_of_text(life_list(&kit, facts_of(credential)->status->list)->document);
	credential_verify(&input, v_r);
	return v_r->checks[VERIFY_CHECKS - 1].outcome;
}

/* The data of the last public event, as one without a scope gets it. */
static const Cairn__CloudEvent *last_public(void)
{
	return issuance_public_event(&kit, issuance_public_head(&kit), "");
}

/* ---- every command in every state ---- */

typedef Cairn__Status act_fn(struct bytes credential);

static void to_issued(struct bytes credential)
{
	(void)credential;
}

static void to_suspended(struct bytes credential)
{
	ck_assert_int_eq(suspend(credential), CAIRN__STATUS__OK);
}

static void to_revoked(struct bytes credential)
{
	ck_assert_int_eq(revoke(credential), CAIRN__STATUS__OK);
}

static void to_superseded(struct bytes credential)
{
	ck_assert_int_eq(correct(credential), CAIRN__STATUS__OK);
}

static void to_expired(struct bytes credential)
{
	(void)credential;
	until_expired();
}

static void (*const ways[N_LIFE_STATES])(struct bytes credential) = {
	[LIFE_ISSUED] = to_issued,   [LIFE_SUSPENDED] = to_suspended,
	[LIFE_REVOKED] = to_revoked, [LIFE_SUPERSEDED] = to_superseded,
	[LIFE_EXPIRED] = to_expired,
};

#define NO N_LIFE_STATES /* refused */

/* From DOMAIN.md 4.4, not from life.c. */
static const struct {
	act_fn *act;
	enum life_state
		to[N_LIFE_STATES]; /* from issued, suspended, revoked, superseded, expired */
} acts[] = {
	{suspend, {LIFE_SUSPENDED, NO, NO, NO, NO}},
	{reinstate, {NO, LIFE_ISSUED, NO, NO, NO}},
	{propose, {LIFE_ISSUED, LIFE_SUSPENDED, NO, NO, NO}},
	{revoke, {LIFE_REVOKED, LIFE_REVOKED, NO, NO, NO}},
	{reverse, {NO, NO, LIFE_REVOKED, NO, NO}},
	{correct, {LIFE_SUPERSEDED, NO, NO, NO, NO}},
	{confirm, {NO, NO, NO, NO, NO}},
	{withdraw, {NO, NO, NO, NO, NO}},
};

START_TEST(each_command_does_in_each_state_what_the_table_says)
{
	enum life_state from = (enum life_state)(_i % N_LIFE_STATES);
	enum life_state to = acts[_i / N_LIFE_STATES].to[from];
	act_fn *act = acts[_i / N_LIFE_STATES].act;
	struct bytes credential = given_credential();

	ways[from](credential);
	ck_assert_int_eq(state_of(credential), from);
	ck_assert_int_eq(act(credential), to == NO ? CAIRN__STATUS__REJECTED : CAIRN__STATUS__OK);
	ck_assert_int_eq(state_of(credential), to == NO ? from : to);
	if (to == NO)
		ck_assert_uint_eq(kit.got.reason,
				  from > LIFE_SUSPENDED || (act != confirm && act != withdraw)
					  ? ISSUANCE__REASON__WRONG_STATE
					  : ISSUANCE__REASON__NOT_PROPOSED);
}
END_TEST

START_TEST(nothing_is_done_with_what_was_not_issued)
{
	act_fn *act = acts[_i].act;

	ck_assert_int_eq(act(kit_id(&kit)), CAIRN__STATUS__REJECTED);
	ck_assert_uint_eq(kit.got.reason, ISSUANCE__REASON__UNKNOWN_CREDENTIAL);
	ck_assert_int_eq(act(bytes_of_text("short")), CAIRN__STATUS__REJECTED);
	ck_assert_uint_eq(kit.got.reason, ISSUANCE__REASON__BAD_ID);
}
END_TEST

/* ---- two persons ---- */

START_TEST(who_proposes_a_revocation_cannot_confirm_it)
{
	struct bytes credential = given_credential();
	const Issuance__CredentialAnswer *a;

	ck_assert_int_eq(propose(credential), CAIRN__STATUS__OK);
	a = ask(credential);
	ck_assert_int_eq(a->proposed, ISSUANCE__LIFE_REASON__INTEGRITY_FOUNDED);
	ck_assert(bytes_equal(bytes_of_pb(a->proposed_by), olga));
	ck_assert_int_eq(confirm_by(olga, credential), CAIRN__STATUS__REJECTED);
	ck_assert_uint_eq(kit.got.reason, ISSUANCE__REASON__SAME_PERSON);
	ck_assert_int_eq(confirm_by(BYTES_NONE, credential), CAIRN__STATUS__REJECTED);
	ck_assert_uint_eq(kit.got.reason, ISSUANCE__REASON__NEEDS_ACTOR);
	ck_assert_int_eq(propose(credential), CAIRN__STATUS__REJECTED);
	ck_assert_uint_eq(kit.got.reason, ISSUANCE__REASON__ALREADY_PROPOSED);
	ck_assert_int_eq(confirm(credential), CAIRN__STATUS__OK);
	ck_assert_int_eq(state_of(credential), LIFE_REVOKED);
	a = ask(credential);
	ck_assert_str_eq(a->state, "revoked");
	ck_assert_int_eq(a->reason, ISSUANCE__LIFE_REASON__INTEGRITY_FOUNDED);
	ck_assert_ptr_null(strstr(a->reason_text, "integrity"));
}
END_TEST

START_TEST(a_withdrawn_proposal_revokes_nothing)
{
	struct bytes credential = given_credential();

	ck_assert_int_eq(propose(credential), CAIRN__STATUS__OK);
	ck_assert_int_eq(withdraw(credential), CAIRN__STATUS__OK);
	ck_assert_int_eq(confirm(credential), CAIRN__STATUS__REJECTED);
	ck_assert_int_eq(state_of(credential), LIFE_ISSUED);
}
END_TEST

START_TEST(an_operator_who_revokes_names_two_different_persons_and_a_reason_of_the_list)
{
	struct bytes credential = given_credential();
	Issuance__LifeReason reason = ISSUANCE__LIFE_REASON__DUPLICATE;

	ck_assert_int_eq(revoke_for(credential, reason, olga, olga), CAIRN__STATUS__REJECTED);
	ck_assert_uint_eq(kit.got.reason, ISSUANCE__REASON__SAME_PERSON);
	ck_assert_int_eq(revoke_for(credential, reason, olga, BYTES_NONE), CAIRN__STATUS__REJECTED);
	ck_assert_uint_eq(kit.got.reason, ISSUANCE__REASON__NEEDS_ACTOR);
	ck_assert_int_eq(revoke_for(credential, ISSUANCE__LIFE_REASON__UNDER_REVIEW, olga, pavel),
			 CAIRN__STATUS__REJECTED);
	ck_assert_uint_eq(kit.got.reason, ISSUANCE__REASON__BAD_REASON);
	ck_assert_int_eq(revoke_for(credential, reason, olga, pavel), CAIRN__STATUS__OK);
}
END_TEST

/* ---- what verifiers find ---- */

START_TEST(a_list_is_signed_when_it_begins_and_says_nothing_of_a_fresh_credential)
{
	struct bytes credential = given_credential();
	struct verification v;

	kit_advance(&kit, US_PER_S);
	ck_assert_int_eq(verified_status(credential, &v), VERIFY_PASSED);
	ck_assert(v.verified);
}
END_TEST

START_TEST(suspended_and_revoked_show_in_the_list_within_a_minute)
{
	struct bytes credential = given_credential();
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
	struct bytes credential = given_credential();
	const Issuance__CredentialIssued *before = facts_of(credential), *after;
	struct verification v;

	ck_assert_int_eq(suspend(credential), CAIRN__STATUS__OK);
	kit_advance(&kit, 2 * 60 * US_PER_S);
	ck_assert_int_eq(reinstate(credential), CAIRN__STATUS__OK);
	after = facts_of(credential);
	ck_assert_uint_ne(before->status->index, after->status->index);
	ck_assert(bit_of(before) && !bit_of(after));
	kit_advance(&kit, 2 * 60 * US_PER_S);
	ck_assert_int_eq(verified_status(credential, &v), VERIFY_PASSED);
	ck_assert(v.verified);
	ck_assert_str_eq(ask(credential)->state, "issued");
}
END_TEST

START_TEST(a_list_is_signed_daily_though_nothing_changes)
{
	int64_t first_us;

	(void)given_credential();
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
	struct bytes credential = given_credential();
	struct id list = status_list_id(bytes_of_pb(kit_issuer()->issuer), 1);
	struct status_list row;
	struct verification v;
	int64_t due_us;

	kit_advance(&kit, 0);
	ck_assert(status_list_get(kit_view(&kit), bytes_of_id(&list), &row));
	ck_assert_int_eq(row.signed_us, kit.now_us);
	rotate_and_revoke_key(facts_of(credential)->key);
	ck_assert(timer_due(kit_view(&kit), bytes_of_id(&list), TIMER_STATUS, &due_us));
	ck_assert_int_gt(due_us, row.signed_us);
	kit_advance(&kit, US_PER_S);
	ck_assert_int_eq(verified_status(credential, &v), VERIFY_PASSED); /* by the new key */
}
END_TEST

START_TEST(a_list_that_was_changed_or_is_of_somebody_else_is_not_believed)
{
	struct bytes credential = given_credential();
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

/* ---- another one in its place ---- */

START_TEST(a_correction_takes_the_place_of_what_was_wrong)
{
	struct bytes credential = given_credential(), corrected;
	const Issuance__CredentialAnswer *a;

	ck_assert_int_eq(correct(credential), CAIRN__STATUS__OK);
	corrected = active_of(ana);
	ck_assert(!bytes_equal(credential, corrected));
	ck_assert(bit_of(facts_of(credential)) && !bit_of(facts_of(corrected)));
	a = ask(credential);
	ck_assert_str_eq(a->state, "superseded");
	ck_assert(bytes_equal(bytes_of_pb(a->superseded_by), corrected));
	a = ask(corrected);
	ck_assert(bytes_equal(bytes_of_pb(a->supersedes), credential));
	ck_assert_int_eq(facts_of(corrected)->valid_from_us, facts_of(credential)->valid_from_us);
}
END_TEST

START_TEST(a_later_pass_renews_and_what_it_renews_stays_true)
{
	struct bytes credential = given_credential(), renewed;

	kit_advance(&kit, 30 * US_PER_DAY);
	renewed = given_credential();
	ck_assert(!bytes_equal(credential, renewed));
	ck_assert_int_eq(state_of(credential), LIFE_SUPERSEDED);
	ck_assert_int_eq(life_get(kit_view(&kit), credential).reason,
			 ISSUANCE__LIFE_REASON__RENEWAL);
	ck_assert(!bit_of(facts_of(credential)));
	ck_assert_int_gt(facts_of(renewed)->valid_until_us, facts_of(credential)->valid_until_us);
}
END_TEST

START_TEST(a_pass_that_would_renew_a_suspended_one_is_held)
{
	struct bytes credential = given_credential();

	ck_assert_int_eq(suspend(credential), CAIRN__STATUS__OK);
	kit_advance(&kit, 30 * US_PER_DAY);
	ck_assert(bytes_equal(given_credential(), credential));
	ck_assert_uint_eq(view_count(kit_view(&kit), HELD), 1);
	ck_assert_int_eq(state_of(credential), LIFE_SUSPENDED);
}
END_TEST

START_TEST(a_reversed_revocation_gives_a_new_credential_once)
{
	struct bytes credential = given_credential(), renewed;

	ck_assert_int_eq(revoke(credential), CAIRN__STATUS__OK);
	ck_assert_uint_eq(active_of(ana).len, 0);
	ck_assert_int_eq(reverse(credential), CAIRN__STATUS__OK);
	renewed = active_of(ana);
	ck_assert(renewed.len != 0 && !bytes_equal(renewed, credential));
	ck_assert(bytes_equal(bytes_of_pb(ask(credential)->superseded_by), renewed));
	ck_assert_int_eq(state_of(credential), LIFE_REVOKED);
	ck_assert_int_eq(reverse(credential), CAIRN__STATUS__REJECTED);
	ck_assert_uint_eq(kit.got.reason, ISSUANCE__REASON__ALREADY_REVERSED);
}
END_TEST

START_TEST(a_revocation_is_not_reversed_beside_one_that_was_earned_since)
{
	struct bytes credential = given_credential();

	ck_assert_int_eq(revoke(credential), CAIRN__STATUS__OK);
	kit_advance(&kit, US_PER_DAY);
	(void)given_credential();
	ck_assert_int_eq(reverse(credential), CAIRN__STATUS__REJECTED);
	ck_assert_uint_eq(kit.got.reason, ISSUANCE__REASON__HOLDS_ONE);
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

	(void)given_credential();
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

/* ---- the public stream ---- */

START_TEST(each_change_is_told_in_public_with_its_code_and_without_a_person)
{
	struct bytes credential = given_credential();
	const Cairn__CloudEvent *event;

	ck_assert_int_eq(suspend(credential), CAIRN__STATUS__OK);
	event = last_public();
	ck_assert_str_eq(event->type, "org.cairn.credential.suspended.v1");
	ck_assert_ptr_nonnull(strstr(event->text_data, "\"status\":\"suspended\""));
	ck_assert_ptr_nonnull(strstr(event->text_data, "\"reason\":\"under_review\""));
	ck_assert_ptr_null(strstr(event->text_data, ID_STR(olga)));
	ck_assert_int_eq(reinstate(credential), CAIRN__STATUS__OK);
	ck_assert_str_eq(last_public()->type, "org.cairn.credential.reinstated.v1");
	ck_assert_int_eq(revoke(credential), CAIRN__STATUS__OK);
	ck_assert_str_eq(last_public()->type, "org.cairn.credential.revoked.v1");
	ck_assert_int_eq(reverse(credential), CAIRN__STATUS__OK);
	event = last_public();
	ck_assert_str_eq(event->type, "org.cairn.credential.issued.v1");
	ck_assert_ptr_nonnull(strstr(event->text_data, "\"supersedes\":\"urn:uuid:"));
	until_expired();
	event = last_public();
	ck_assert_str_eq(event->type, "org.cairn.credential.expired.v1");
	ck_assert_ptr_nonnull(strstr(event->text_data, "\"status\":\"expired\""));
}
END_TEST

/* ---- any interleaving ---- */

static uint64_t dice;

static uint64_t roll(uint64_t n)
{
	dice ^= dice << 13;
	dice ^= dice >> 7;
	dice ^= dice << 17;
	return dice % n;
}

/* One credential of all there are. */
static struct bytes any_credential(void)
{
	struct scan scan = scan_first(kit_view(&kit), CREDENTIAL, BYTES_NONE, BYTES_NONE);
	uint64_t n = view_count(kit_view(&kit), CREDENTIAL), at = n > 0 ? roll(n) : 0;
	struct bytes key = BYTES_NONE, val;

	for (uint64_t i = 0; n > 0 && i <= at; i++)
		ENSURE(scan_next(&scan, &key, &val));
	key = key.len > 0 ? arena_copy(kit.arena, key) : kit_id(&kit);
	scan_end(&scan);
	return key;
}

static void any_step(const struct bytes teachers[3])
{
	static const int64_t moves[] = {US_PER_S, 61 * US_PER_S, US_PER_DAY, 100 * US_PER_DAY,
					900 * US_PER_DAY};
	uint64_t die = roll(ARRAY_LEN(acts) + 5);

	if (die < ARRAY_LEN(acts))
		(void)acts[die].act(any_credential());
	else if (die < ARRAY_LEN(acts) + 3)
		issuance_released(&kit, teachers[roll(3)], roll(4) != 0);
	else
		kit_advance(&kit, moves[roll(ARRAY_LEN(moves))]);
}

/* DESIGN.md 8.4: at most one active credential of an educator, entry and period. */
static void check_one_active(const Issuance__CredentialIssued *const all[], size_t n)
{
	for (size_t i = 0; i < n; i++) {
		unsigned active = 0;

		for (size_t k = 0; k < n; k++)
			active += bytes_equal(bytes_of_pb(all[i]->educator),
					      bytes_of_pb(all[k]->educator)) &&
						  state_of(bytes_of_pb(all[k]->credential)) ==
							  LIFE_ISSUED &&
						  all[k]->valid_until_us > kit.now_us
					  ? 1
					  : 0;
		ck_assert_uint_le(active, 1);
	}
}

/* Every place differs, and its bit is that of the state. */
static void check_places(const Issuance__CredentialIssued *const all[], size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct life life = life_get(kit_view(&kit), bytes_of_pb(all[i]->credential));
		bool listed = life.state == LIFE_SUSPENDED || life.state == LIFE_REVOKED ||
			      (life.state == LIFE_SUPERSEDED &&
			       life.reason == ISSUANCE__LIFE_REASON__CORRECTION);

		ck_assert_int_eq(bit_of(all[i]), listed);
		for (size_t k = 0; k < i; k++)
			ck_assert(all[i]->status->index != all[k]->status->index ||
				  all[i]->status->list != all[k]->status->list);
	}
}

/* What is signed says the same as the tables, once its pause is over. */
static void check_signed(void)
{
	const Issuance__StatusListAnswer *list;
	struct id id = status_list_id(bytes_of_pb(kit_issuer()->issuer), 1);
	static uint8_t bits[STATUS_BITS / 8];

	kit_advance(&kit, 61 * US_PER_S);
	list = life_list(&kit, 1);
	status_bits(kit_view(&kit), bytes_of_id(&id), bits);
	ck_assert_ptr_nonnull(strstr(list->document, status_encode(bits, kit.arena)));
}

START_TEST(after_any_interleaving_one_is_active_and_the_lists_say_what_holds)
{
	const Issuance__CredentialIssued *all[STEPS];
	struct bytes teachers[3] = {ana, kit_id(&kit), kit_id(&kit)}, key, val;
	struct scan scan;
	size_t n = 0;

	dice = 88172645463325252u + (uint64_t)_i;
	issuance_given_educator(&kit, teachers[1]);
	issuance_given_educator(&kit, teachers[2]);
	for (unsigned i = 0; i < STEPS; i++)
		any_step(teachers);
	issuance_released(&kit, ana, true);
	check_signed();
	scan = scan_first(kit_view(&kit), CREDENTIAL, BYTES_NONE, BYTES_NONE);
	while (scan_next(&scan, &key, &val))
		all[n++] = event_of_row(arena_copy(kit.arena, val), kit.arena)->credential_issued;
	check_one_active(all, n);
	check_places(all, n);
}
END_TEST

Suite *test_suite(void)
{
	const TTest *const tests[] = {
		who_proposes_a_revocation_cannot_confirm_it,
		a_withdrawn_proposal_revokes_nothing,
		an_operator_who_revokes_names_two_different_persons_and_a_reason_of_the_list,
		a_list_is_signed_when_it_begins_and_says_nothing_of_a_fresh_credential,
		suspended_and_revoked_show_in_the_list_within_a_minute,
		a_reinstated_credential_has_a_place_of_which_nothing_was_said,
		a_list_is_signed_daily_though_nothing_changes,
		lists_of_an_issuer_that_is_not_known_are_refused,
		a_list_whose_key_is_revoked_is_due_again_after_the_moment_it_was_signed,
		a_list_that_was_changed_or_is_of_somebody_else_is_not_believed,
		a_correction_takes_the_place_of_what_was_wrong,
		a_later_pass_renews_and_what_it_renews_stays_true,
		a_pass_that_would_renew_a_suspended_one_is_held,
		a_reversed_revocation_gives_a_new_credential_once,
		a_revocation_is_not_reversed_beside_one_that_was_earned_since,
		each_change_is_told_in_public_with_its_code_and_without_a_person,
	};
	Suite *suite = suite_create("life");
	TCase *tcase = tcase_create("life");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_set_timeout(tcase, 120);
	tcase_add_loop_test(tcase, each_command_does_in_each_state_what_the_table_says, 0,
			    (int)ARRAY_LEN(acts) * N_LIFE_STATES);
	tcase_add_loop_test(tcase, nothing_is_done_with_what_was_not_issued, 0,
			    (int)ARRAY_LEN(acts));
	for (size_t i = 0; i < ARRAY_LEN(tests); i++)
		tcase_add_test(tcase, tests[i]);
	tcase_add_loop_test(tcase,
			    after_any_interleaving_one_is_active_and_the_lists_say_what_holds, 0,
			    HISTORIES);
	if (spec_present()) {
		tcase_add_test(tcase, a_list_has_the_shape_of_the_sample);
		tcase_add_test(tcase, the_bits_of_the_sample_are_read_and_written);
	}
	suite_add_tcase(suite, tcase);
	return suite;
}
