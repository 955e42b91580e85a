/* What becomes of an award whose members no longer count: a hold of 30 days instead of flapping. */
#include "libshared/check.h"
#include "proto/public.pb-c.h"
#include "services/issuance/issuance.h"
#include "services/issuance/tables.h"
#include "tests/support/stack_kit.h"
#include "tests/support/suite.h"

#include <string.h>

#define STACK "st-multilingual"

static struct kit kit;
static struct bytes ana, first, second, choice;

/* Today is 2026-01-06. */
static struct bytes earn(const char *code, const char *day)
{
	return stack_kit_earn(&kit, ana, code, stack_kit_day(day));
}

static void open_kit(void)
{
	kit_open(&kit, &issuance_service);
	stack_kit_open(&kit);
	stack_kit_publish_all(&kit);
	stack_kit_sweep(&kit);
	ana = kit_name("educator", "ana");
	stack_kit_educator(&kit, ana);
	first = earn("ell-301", "2025-09-01");
	second = earn("ell-302", "2025-10-10");
	choice = earn("ell-304", "2025-11-02");
}

static void close_kit(void)
{
	kit_close(&kit);
}

static const Issuance__EducatorStack *award(void)
{
	return stack_kit_find(&kit, ana, STACK);
}

static const char *awards(void)
{
	return stack_kit_awards(&kit, ana);
}

static bool names_member(struct bytes credential)
{
	const Issuance__EducatorStack *a = award();

	for (size_t i = 0; i < a->n_members; i++)
		if (bytes_equal(bytes_of_pb(a->members[i]->credential), credential))
			return true;
	return false;
}

static const char *document(void)
{
	return issuance_credential(&kit, bytes_of_pb(award()->credential))->document;
}

/* As one without a scope gets it: the nth from the end, from 0. */
static const Cairn__CloudEvent *public_event(uint64_t back)
{
	return issuance_public_event(&kit, issuance_public_head(&kit) - back, "");
}

START_TEST(the_public_stream_tells_of_awards_under_their_own_names)
{
	const Cairn__CloudEvent *event = public_event(0);
	json_t *data = json_loads(event->text_data, 0, NULL), *stack;

	ck_assert_str_eq(event->type, "org.cairn.stack.awarded.v1");
	stack = json_object_get(data, "stack");
	ck_assert_str_eq(json_string_value(json_object_get(stack, "code")), STACK);
	ck_assert_str_eq(json_string_value(json_object_get(stack, "awardedOn")), "2025-11-02");
	ck_assert_uint_eq(json_array_size(json_object_get(stack, "members")), 3);
	ck_assert_ptr_null(json_object_get(data, "assessment"));
	ck_assert_ptr_null(json_object_get(data, "renewal"));
	json_decref(data);
	stack_kit_revoke(&kit, choice);
	ck_assert_str_eq(public_event(1)->type, "org.cairn.credential.revoked.v1");
	ck_assert_str_eq(public_event(0)->type, "org.cairn.credential.suspended.v1");
	kit_advance(&kit, 30 * US_PER_DAY);
	event = public_event(0);
	ck_assert_str_eq(event->type, "org.cairn.stack.revoked.v1");
	ck_assert_ptr_nonnull(strstr(event->text_data, "\"reason\":\"stack_rule\""));
}
END_TEST

START_TEST(a_revoked_member_suspends_the_award_on_that_day_and_revokes_it_thirty_days_later)
{
	ck_assert_int_eq(stack_kit_revoke(&kit, choice), CAIRN__STATUS__OK);
	ck_assert_str_eq(awards(), STACK " suspended 2025-11-02");
	ck_assert_str_eq(award()->revokes_on, "2026-02-05");
	kit_advance(&kit, 29 * US_PER_DAY);
	ck_assert_str_eq(awards(), STACK " suspended 2025-11-02");
	kit_advance(&kit, US_PER_DAY);
	ck_assert_str_eq(awards(), STACK " revoked 2025-11-02");
}
END_TEST

START_TEST(an_award_whose_rule_holds_again_keeps_its_date)
{
	struct bytes other;

	stack_kit_revoke(&kit, choice);
	kit_advance(&kit, 10 * US_PER_DAY);
	other = earn("ell-303", "2026-01-16");
	ck_assert_str_eq(awards(), STACK " issued 2025-11-02");
	ck_assert_str_eq(award()->revokes_on, "");
	ck_assert(names_member(other) && !names_member(choice));
	ck_assert_ptr_nonnull(strstr(document(), ID_STR(other)));
	ck_assert_ptr_null(strstr(document(), ID_STR(choice)));
	kit_advance(&kit, 40 * US_PER_DAY);
	ck_assert_str_eq(awards(), STACK " issued 2025-11-02");
}
END_TEST

START_TEST(an_award_that_holds_with_other_members_names_them)
{
	struct bytes other = earn("ell-303", "2025-12-01");

	stack_kit_revoke(&kit, choice);
	ck_assert_str_eq(awards(), STACK " issued 2025-11-02");
	ck_assert(names_member(other) && !names_member(choice));
	ck_assert_ptr_nonnull(strstr(document(), ID_STR(other)));
}
END_TEST

/* The stack's issuer, under another name. */
static void issuer_is_called(char *name, uint32_t version)
{
	static char code[] = "state-growth-office",
		    did[] = "did:web:cairn.example:issuers:state-growth-office";
	Enrollment__Event event = ENROLLMENT__EVENT__INIT;
	Enrollment__IssuerPublished published = ENROLLMENT__ISSUER_PUBLISHED__INIT;
	Enrollment__Issuer issuer = *kit_issuer();

	issuer.code = code;
	issuer.issuer = pb_of_bytes(kit_name("issuer", code));
	issuer.version = version;
	issuer.name = name;
	issuer.did = did;
	published.issuer = &issuer;
	event.body_case = ENROLLMENT__EVENT__BODY_ISSUER_PUBLISHED;
	event.issuer_published = &published;
	kit_upstream(&kit, "enrollment.0.log", bytes_of_pb(issuer.issuer), &event.base);
}

static const Issuance__HeldList *held(void)
{
	Issuance__Query query = ISSUANCE__QUERY__INIT;
	Issuance__ListHeld list = ISSUANCE__LIST_HELD__INIT;

	query.body_case = ISSUANCE__QUERY__BODY_LIST_HELD;
	query.list_held = &list;
	ck_assert_int_eq(kit_ask(&kit, BYTES_NONE, &query.base), CAIRN__STATUS__OK);
	return ((const Issuance__Answer *)kit.answer)->held;
}

static Cairn__Status issue_held(ProtobufCBinaryData credential)
{
	Issuance__Command command = ISSUANCE__COMMAND__INIT;
	Issuance__IssueHeld ask = ISSUANCE__ISSUE_HELD__INIT;

	ask.credential = credential;
	command.body_case = ISSUANCE__COMMAND__BODY_ISSUE_HELD;
	command.issue_held = &ask;
	return kit_send(&kit, BYTES_NONE, &command.base);
}

START_TEST(an_award_that_may_not_be_signed_with_its_members_is_told_and_tried_again)
{
	static char bad[] = "Growth\tOffice", good[] = "Growth Office";
	struct bytes other = earn("ell-303", "2025-12-01");

	issuer_is_called(bad, 2);
	stack_kit_revoke(&kit, choice);
	ck_assert_str_eq(awards(), STACK " issued 2025-11-02");
	ck_assert(names_member(choice));
	ck_assert_uint_eq(held()->n_held, 1);
	ck_assert_int_eq(issue_held(held()->held[0]->credential), CAIRN__STATUS__REJECTED);
	kit_advance(&kit, 2 * US_PER_DAY);
	ck_assert_uint_eq(held()->n_held, 1);
	issuer_is_called(good, 3);
	kit_advance(&kit, US_PER_DAY);
	ck_assert(names_member(other) && !names_member(choice));
	ck_assert_uint_eq(held()->n_held, 0);
}
END_TEST

START_TEST(an_award_that_needs_no_other_signature_any_more_waits_for_none)
{
	static char bad[] = "Growth\tOffice";

	earn("ell-303", "2025-12-01");
	issuer_is_called(bad, 2);
	stack_kit_revoke(&kit, choice);
	ck_assert_uint_eq(held()->n_held, 1);
	ck_assert_int_eq(stack_kit_suspend(&kit, bytes_of_pb(held()->held[0]->credential)),
			 CAIRN__STATUS__OK);
	kit_advance(&kit, 2 * US_PER_DAY);
	ck_assert_uint_eq(held()->n_held, 0);
}
END_TEST

START_TEST(a_corrected_member_takes_the_place_of_the_wrong_one)
{
	struct bytes corrected = stack_kit_correct(&kit, second);

	ck_assert_uint_eq(corrected.len, ID_LEN);
	ck_assert_str_eq(awards(), STACK " issued 2025-11-02");
	ck_assert(names_member(corrected) && !names_member(second));
}
END_TEST

START_TEST(a_suspended_member_still_counts)
{
	ck_assert_int_eq(stack_kit_suspend(&kit, first), CAIRN__STATUS__OK);
	ck_assert_str_eq(awards(), STACK " issued 2025-11-02");
}
END_TEST

START_TEST(a_reversed_revocation_ends_the_hold)
{
	stack_kit_revoke(&kit, choice);
	ck_assert_uint_eq(stack_kit_reverse(&kit, choice).len, ID_LEN);
	ck_assert_str_eq(awards(), STACK " issued 2025-11-02");
}
END_TEST

START_TEST(what_is_earned_after_the_hold_is_another_award)
{
	stack_kit_revoke(&kit, choice);
	kit_advance(&kit, 31 * US_PER_DAY);
	earn("ell-303", "2026-02-06");
	ck_assert_str_eq(awards(), STACK " revoked 2025-11-02, " STACK " issued 2026-02-06");
}
END_TEST

START_TEST(an_award_that_persons_revoked_does_not_come_back_by_itself)
{
	struct bytes credential = arena_copy(kit.arena, bytes_of_pb(award()->credential));

	ck_assert_int_eq(stack_kit_revoke(&kit, credential), CAIRN__STATUS__OK);
	earn("ell-303", "2026-01-06");
	ck_assert_str_eq(awards(), STACK " revoked 2025-11-02");
	ck_assert_uint_eq(stack_kit_reverse(&kit, credential).len, ID_LEN);
	ck_assert_str_eq(awards(), STACK " issued 2025-11-02, " STACK " revoked 2025-11-02");
}
END_TEST

START_TEST(persons_cannot_reinstate_what_does_not_hold)
{
	struct bytes credential = arena_copy(kit.arena, bytes_of_pb(award()->credential));

	stack_kit_revoke(&kit, choice);
	ck_assert_int_eq(stack_kit_reinstate(&kit, credential), CAIRN__STATUS__REJECTED);
	ck_assert_int_eq(kit.got.reason, ISSUANCE__REASON__STACK_UNMET);
}
END_TEST

START_TEST(what_persons_suspended_stays_suspended)
{
	struct bytes credential = arena_copy(kit.arena, bytes_of_pb(award()->credential));

	ck_assert_int_eq(stack_kit_suspend(&kit, credential), CAIRN__STATUS__OK);
	stack_kit_revoke(&kit, choice);
	earn("ell-303", "2026-01-06");
	kit_advance(&kit, 60 * US_PER_DAY);
	ck_assert_str_eq(awards(), STACK " suspended 2025-11-02");
	ck_assert_int_eq(stack_kit_reinstate(&kit, credential), CAIRN__STATUS__OK);
	ck_assert_str_eq(awards(), STACK " issued 2025-11-02");
}
END_TEST

START_TEST(an_outer_stack_is_suspended_when_its_nested_one_is_revoked)
{
	earn("ldr-421", "2025-06-01");
	earn("ldr-422", "2025-06-02");
	earn("ldr-423", "2025-06-03");
	earn("ast-404", "2025-12-04");
	ck_assert_str_eq(awards(), STACK " issued 2025-11-02, st-teacher-leader issued 2025-12-04");
	stack_kit_revoke(&kit, choice);
	ck_assert_str_eq(awards(),
			 STACK " suspended 2025-11-02, st-teacher-leader issued 2025-12-04");
	kit_advance(&kit, 30 * US_PER_DAY);
	ck_assert_str_eq(awards(),
			 STACK " revoked 2025-11-02, st-teacher-leader suspended 2025-12-04");
	kit_advance(&kit, 30 * US_PER_DAY);
	ck_assert_str_eq(awards(),
			 STACK " revoked 2025-11-02, st-teacher-leader revoked 2025-12-04");
}
END_TEST

Suite *test_suite(void)
{
	const TTest *const tests[] = {
		the_public_stream_tells_of_awards_under_their_own_names,
		a_revoked_member_suspends_the_award_on_that_day_and_revokes_it_thirty_days_later,
		an_award_whose_rule_holds_again_keeps_its_date,
		an_award_that_holds_with_other_members_names_them,
		an_award_that_may_not_be_signed_with_its_members_is_told_and_tried_again,
		an_award_that_needs_no_other_signature_any_more_waits_for_none,
		a_corrected_member_takes_the_place_of_the_wrong_one,
		a_suspended_member_still_counts,
		a_reversed_revocation_ends_the_hold,
		what_is_earned_after_the_hold_is_another_award,
		an_award_that_persons_revoked_does_not_come_back_by_itself,
		persons_cannot_reinstate_what_does_not_hold,
		what_persons_suspended_stays_suspended,
		an_outer_stack_is_suspended_when_its_nested_one_is_revoked,
	};
	Suite *suite = suite_create("stack_hold");
	TCase *tcase = tcase_create("stack_hold");

	tcase_add_checked_fixture(tcase, open_kit, close_kit);
	for (size_t i = 0; i < ARRAY_LEN(tests); i++)
		tcase_add_test(tcase, tests[i]);
	suite_add_tcase(suite, tcase);
	return suite;
}
