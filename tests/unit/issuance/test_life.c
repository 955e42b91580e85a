/* The life of a credential: every command in every state, what the public stream says of it, and
 * what holds after any interleaving. */
#include "libshared/check.h"
#include "proto/public.pb-c.h"
#include "services/issuance/issuance.h"
#include "services/issuance/life.h"
#include "services/issuance/status.h"
#include "tests/support/credential_kit.h"
#include "tests/support/issuance_kit.h"
#include "tests/support/life_kit.h"
#include "tests/support/suite.h"

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

static enum life_state state_of(struct bytes credential)
{
	return (enum life_state)life_get(kit_view(&kit), credential).state;
}

static const Issuance__CredentialAnswer *ask(struct bytes credential)
{
	return issuance_credential(&kit, credential);
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
	struct bytes credential = credential_given(&kit, ana);

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
	struct bytes credential = credential_given(&kit, ana);
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
	struct bytes credential = credential_given(&kit, ana);

	ck_assert_int_eq(propose(credential), CAIRN__STATUS__OK);
	ck_assert_int_eq(withdraw(credential), CAIRN__STATUS__OK);
	ck_assert_int_eq(confirm(credential), CAIRN__STATUS__REJECTED);
	ck_assert_int_eq(state_of(credential), LIFE_ISSUED);
}
END_TEST

START_TEST(an_operator_who_revokes_names_two_different_persons_and_a_reason_of_the_list)
{
	struct bytes credential = credential_given(&kit, ana);
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

/* ---- another one in its place ---- */

START_TEST(a_correction_takes_the_place_of_what_was_wrong)
{
	struct bytes credential = credential_given(&kit, ana), corrected;
	const Issuance__CredentialAnswer *a;

	ck_assert_int_eq(correct(credential), CAIRN__STATUS__OK);
	corrected = credential_active(&kit, ana);
	ck_assert(!bytes_equal(credential, corrected));
	ck_assert(credential_bit(&kit, credential_facts(&kit, credential)) &&
		  !credential_bit(&kit, credential_facts(&kit, corrected)));
	a = ask(credential);
	ck_assert_str_eq(a->state, "superseded");
	ck_assert(bytes_equal(bytes_of_pb(a->superseded_by), corrected));
	a = ask(corrected);
	ck_assert(bytes_equal(bytes_of_pb(a->supersedes), credential));
	ck_assert_int_eq(credential_facts(&kit, corrected)->valid_from_us,
			 credential_facts(&kit, credential)->valid_from_us);
}
END_TEST

START_TEST(a_later_pass_renews_and_what_it_renews_stays_true)
{
	struct bytes credential = credential_given(&kit, ana), renewed;

	kit_advance(&kit, 30 * US_PER_DAY);
	renewed = credential_given(&kit, ana);
	ck_assert(!bytes_equal(credential, renewed));
	ck_assert_int_eq(state_of(credential), LIFE_SUPERSEDED);
	ck_assert_int_eq(life_get(kit_view(&kit), credential).reason,
			 ISSUANCE__LIFE_REASON__RENEWAL);
	ck_assert(!credential_bit(&kit, credential_facts(&kit, credential)));
	ck_assert_int_gt(credential_facts(&kit, renewed)->valid_until_us,
			 credential_facts(&kit, credential)->valid_until_us);
}
END_TEST

START_TEST(a_pass_that_would_renew_a_suspended_one_is_held)
{
	struct bytes credential = credential_given(&kit, ana);

	ck_assert_int_eq(suspend(credential), CAIRN__STATUS__OK);
	kit_advance(&kit, 30 * US_PER_DAY);
	ck_assert(bytes_equal(credential_given(&kit, ana), credential));
	ck_assert_uint_eq(view_count(kit_view(&kit), HELD), 1);
	ck_assert_int_eq(state_of(credential), LIFE_SUSPENDED);
}
END_TEST

START_TEST(a_reversed_revocation_gives_a_new_credential_once)
{
	struct bytes credential = credential_given(&kit, ana), renewed;

	ck_assert_int_eq(revoke(credential), CAIRN__STATUS__OK);
	ck_assert_uint_eq(credential_active(&kit, ana).len, 0);
	ck_assert_int_eq(reverse(credential), CAIRN__STATUS__OK);
	renewed = credential_active(&kit, ana);
	ck_assert(renewed.len != 0 && !bytes_equal(renewed, credential));
	ck_assert(bytes_equal(bytes_of_pb(ask(credential)->superseded_by), renewed));
	ck_assert_int_eq(state_of(credential), LIFE_REVOKED);
	ck_assert_int_eq(reverse(credential), CAIRN__STATUS__REJECTED);
	ck_assert_uint_eq(kit.got.reason, ISSUANCE__REASON__ALREADY_REVERSED);
}
END_TEST

START_TEST(a_revocation_is_not_reversed_beside_one_that_was_earned_since)
{
	struct bytes credential = credential_given(&kit, ana);

	ck_assert_int_eq(revoke(credential), CAIRN__STATUS__OK);
	kit_advance(&kit, US_PER_DAY);
	(void)credential_given(&kit, ana);
	ck_assert_int_eq(reverse(credential), CAIRN__STATUS__REJECTED);
	ck_assert_uint_eq(kit.got.reason, ISSUANCE__REASON__HOLDS_ONE);
}
END_TEST

/* ---- the public stream ---- */

START_TEST(each_change_is_told_in_public_with_its_code_and_without_a_person)
{
	struct bytes credential = credential_given(&kit, ana);
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

		ck_assert_int_eq(credential_bit(&kit, all[i]), listed);
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
	suite_add_tcase(suite, tcase);
	return suite;
}
