/* Tests of the consent ledger and of the log of views: what stands in them, who may ask, and what
 * an ended consent closes. */
#include "tests/support/portfolio_kit.h"
#include "tests/support/suite.h"

#include <string.h>

#define RUTH READER("ruth")
/* The kit's day is 2026-01-06; in Chicago, the calendar's zone, it ends at 06:00 UTC. */
#define MIDNIGHT_US (INT64_C(1767765600) * US_PER_S)

static struct portfolio_kit p;
static struct bytes artifacts[3], submission;

static void open_kit(void)
{
	portfolio_kit_open(&p, "double-read");
	hear_assessor(&p, "ruth", "ridge", false);
}

static void close_kit(void)
{
	portfolio_kit_close(&p);
}

static Cairn__Status when_consents_asked(struct bytes portfolio, struct bytes artifact,
					 struct bytes actor)
{
	Evidence__GetConsents ask = EVIDENCE__GET_CONSENTS__INIT;
	Evidence__Query query = EVIDENCE__QUERY__INIT;

	ask.portfolio = pb_of_bytes(portfolio);
	ask.artifact = pb_of_bytes(artifact);
	query.body_case = EVIDENCE__QUERY__BODY_GET_CONSENTS;
	query.get_consents = &ask;
	return kit_ask(&p.kit, actor, &query.base);
}

static const Evidence__ConsentEntry *only_consent(struct bytes artifact)
{
	ck_assert_int_eq(when_consents_asked(BYTES_NONE, artifact, ANA), OK);
	ck_assert_uint_eq(got_evidence(&p)->consents->n_consents, 1);
	return got_evidence(&p)->consents->consents[0];
}

static void given_sealed_with_consent(const char *expires)
{
	artifacts[0] = given_artifact(&p, "e1", "the plan of ten routines");
	artifacts[1] = given_artifact(&p, "e2", "children saying sounds");
	artifacts[2] = given_artifact(&p, "e3", "1,2");
	ck_assert_int_eq(when_consent(&p, artifacts[1], kit_id(&p.kit), expires), OK);
	ck_assert_int_eq(when_attested(&p, artifacts[2]), OK);
	given_answers(&p);
	submission = given_sealed(&p);
}

/* ---- consents ---- */

START_TEST(the_ledger_says_scope_basis_role_and_end)
{
	struct bytes artifact = given_artifact(&p, "e2", "children");
	const Evidence__ConsentEntry *entry;

	ck_assert_int_eq(when_consent(&p, artifact, kit_id(&p.kit), "2027-06-30"), OK);
	entry = only_consent(artifact);
	ck_assert_str_eq(entry->scope, "assessment");
	ck_assert_int_eq(entry->basis, EVIDENCE__CONSENT_BASIS__PARENT);
	ck_assert_str_eq(entry->given_by_role, "parent");
	ck_assert_str_eq(entry->expires, "2027-06-30");
	ck_assert_str_eq(entry->state, "holds");
	ck_assert_int_eq(entry->recorded_us, p.kit.now_us);
	ck_assert_int_eq(entry->ended_us, 0);
}
END_TEST

START_TEST(a_withdrawn_consent_stays_in_the_ledger)
{
	struct bytes artifact = given_artifact(&p, "e2", "children");
	struct bytes consent = given_consent(&p, artifact);

	kit_advance(&p.kit, US_PER_HOUR);
	ck_assert_int_eq(when_unconsent(&p, artifact, consent), OK);
	ck_assert_str_eq(only_consent(artifact)->state, "withdrawn");
	ck_assert_int_eq(only_consent(artifact)->ended_us, p.kit.now_us);
}
END_TEST

START_TEST(the_ledger_of_a_portfolio_has_every_artifact)
{
	struct bytes first = given_artifact(&p, "e2", "first"), other;

	given_consent(&p, first);
	given_consent(&p, first);
	other = given_artifact(&p, "e3", "1,2");
	given_consent(&p, other);
	ck_assert_int_eq(when_consents_asked(p.portfolio, BYTES_NONE, ANA), OK);
	ck_assert_uint_eq(got_evidence(&p)->consents->n_consents, 3);
	ck_assert_int_eq(when_consents_asked(p.portfolio, first, ANA), CAIRN__STATUS__INVALID);
	ck_assert_int_eq(when_consents_asked(BYTES_NONE, BYTES_NONE, ANA), CAIRN__STATUS__INVALID);
	ck_assert_int_eq(when_consents_asked(kit_id(&p.kit), BYTES_NONE, ANA), REJECTED);
	ck_assert_int_eq(when_consents_asked(BYTES_NONE, kit_id(&p.kit), ANA), REJECTED);
}
END_TEST

START_TEST(one_artifact_takes_a_hundred_consents_and_no_more)
{
	struct bytes artifact = given_artifact(&p, "e2", "children");

	for (unsigned i = 0; i < 100; i++)
		given_consent(&p, artifact);
	ck_assert_int_eq(when_consent(&p, artifact, kit_id(&p.kit), ""), REJECTED);
	ck_assert_int_eq(p.kit.got.reason, REASON(TOO_MANY_CONSENTS));
}
END_TEST

START_TEST(a_consent_that_ends_closes_the_item_as_a_withdrawal_does)
{
	struct bytes reading;

	given_sealed_with_consent("2026-01-06");
	reading = given_opened(&p, submission, "ruth");
	ck_assert_int_eq(when_fetched(&p, reading, RUTH, 2, 0), OK);
	kit_advance(&p.kit, MIDNIGHT_US - 1 - p.kit.now_us);
	ck_assert_str_eq(only_consent(artifacts[1])->state, "holds");
	kit_advance(&p.kit, 1);
	ck_assert_str_eq(only_consent(artifacts[1])->state, "expired");
	ck_assert_str_eq(artifact_state_seen(&p, artifacts[1]), "restricted");
	ck_assert_int_eq(when_fetched(&p, reading, RUTH, 2, 0), CAIRN__STATUS__FORBIDDEN);
	ck_assert_str_eq(submission_seen(&p, submission)->state, "opened");
	reading = given_opened(&p, submission, "ruth");
	ck_assert_int_eq(when_fetched(&p, reading, RUTH, 1, 0), OK);
	ck_assert_int_eq(when_fetched(&p, reading, RUTH, 2, 0), CAIRN__STATUS__FORBIDDEN);
}
END_TEST

START_TEST(each_consent_ends_on_its_own_day)
{
	struct bytes artifact = given_artifact(&p, "e2", "children");

	ck_assert_int_eq(when_consent(&p, artifact, kit_id(&p.kit), "2026-01-06"), OK);
	ck_assert_int_eq(when_consent(&p, artifact, kit_id(&p.kit), "2026-01-08"), OK);
	kit_advance(&p.kit, US_PER_DAY);
	ck_assert_uint_eq(count_evidence(&p, EVIDENCE__EVENT__BODY_CONSENT_EXPIRED), 1);
	kit_advance(&p.kit, 3 * US_PER_DAY);
	ck_assert_uint_eq(count_evidence(&p, EVIDENCE__EVENT__BODY_CONSENT_EXPIRED), 1);
}
END_TEST

/* ---- views ---- */

static Cairn__Status when_views_asked(struct bytes artifact, uint64_t after, uint32_t limit,
				      struct bytes actor)
{
	Evidence__ListViews ask = EVIDENCE__LIST_VIEWS__INIT;
	Evidence__Query query = EVIDENCE__QUERY__INIT;

	if (artifact.len > 0)
		ask.artifact = pb_of_bytes(artifact);
	else
		ask.portfolio = pb_of_bytes(p.portfolio);
	ask.after = after;
	ask.limit = limit;
	query.body_case = EVIDENCE__QUERY__BODY_LIST_VIEWS;
	query.list_views = &ask;
	return kit_ask(&p.kit, actor, &query.base);
}

static const Evidence__ViewList *views_seen(struct bytes artifact)
{
	ck_assert_int_eq(when_views_asked(artifact, 0, 0, ANA), OK);
	return got_evidence(&p)->views;
}

static Cairn__Status when_own_read(struct bytes artifact, struct bytes actor, const char *reason)
{
	Evidence__FetchOwn ask = EVIDENCE__FETCH_OWN__INIT;
	Evidence__Query query = EVIDENCE__QUERY__INIT;

	ask.artifact = pb_of_bytes(artifact);
	ask.reason = arena_text(p.kit.arena, bytes_of_text(reason));
	query.body_case = EVIDENCE__QUERY__BODY_FETCH_OWN;
	query.fetch_own = &ask;
	return kit_ask(&p.kit, actor, &query.base);
}

START_TEST(every_look_is_listed_with_who_what_when_and_why)
{
	const Evidence__ViewList *list;
	struct bytes reading;

	given_sealed_with_consent("");
	reading = given_opened(&p, submission, "ruth");
	ck_assert_int_eq(when_fetched(&p, reading, RUTH, 1, 0), OK);
	ck_assert_int_eq(when_fetched(&p, reading, RUTH, 4, 0), OK);
	ck_assert_int_eq(when_own_read(artifacts[0], ANA, ""), OK);
	ck_assert_int_eq(when_own_read(artifacts[0], BEN, "legal_request"), OK);
	list = views_seen(BYTES_NONE);
	ck_assert_uint_eq(list->n_views, 4);
	ck_assert_str_eq(list->views[0]->role, "assessor");
	ck_assert(bytes_equal(bytes_of_pb(list->views[0]->by), RUTH));
	ck_assert(bytes_equal(bytes_of_pb(list->views[0]->reading), reading));
	ck_assert(bytes_equal(bytes_of_pb(list->views[0]->artifact), artifacts[0]));
	ck_assert_int_eq(list->views[0]->at_us, p.kit.now_us);
	ck_assert_uint_eq(list->views[1]->item, 4); /* an answer */
	ck_assert_uint_eq(list->views[1]->artifact.len, 0);
	ck_assert_str_eq(list->views[2]->role, "teacher");
	ck_assert(bytes_equal(bytes_of_pb(list->views[2]->by), ANA));
	ck_assert_str_eq(list->views[3]->role, "operator");
	ck_assert_str_eq(list->views[3]->reason, "legal_request");
	ck_assert_uint_eq(views_seen(artifacts[0])->n_views, 3);
	ck_assert_uint_eq(views_seen(artifacts[1])->n_views, 0);
}
END_TEST

START_TEST(views_come_in_pages)
{
	const Evidence__ViewList *list;
	uint64_t next;

	given_sealed_with_consent("");
	for (unsigned i = 0; i < 5; i++)
		ck_assert_int_eq(when_own_read(artifacts[0], ANA, ""), OK);
	ck_assert_int_eq(when_views_asked(artifacts[0], 0, 3, ANA), OK);
	list = got_evidence(&p)->views;
	ck_assert_uint_eq(list->n_views, 3);
	next = list->next;
	ck_assert_uint_eq(next, list->views[2]->seq);
	ck_assert_int_eq(when_views_asked(artifacts[0], next, 3, ANA), OK);
	ck_assert_uint_eq(got_evidence(&p)->views->n_views, 2);
	ck_assert_uint_eq(got_evidence(&p)->views->next, 0);
}
END_TEST

/* A reason that is none, a person who is not named, what nobody consents to any more. */
START_TEST(an_operator_reads_with_a_reason_under_their_own_name_and_nothing_closed)
{
	given_sealed_with_consent("2026-01-06");
	ck_assert_int_eq(when_own_read(artifacts[0], BEN, ""), CAIRN__STATUS__FORBIDDEN);
	ck_assert_int_eq(when_own_read(artifacts[0], BEN, "Because I want"),
			 CAIRN__STATUS__INVALID);
	ck_assert_int_eq(when_own_read(artifacts[0], BYTES_NONE, "audit"), CAIRN__STATUS__INVALID);
	ck_assert_int_eq(when_own_read(artifacts[1], BEN, "audit"), OK);
	kit_advance(&p.kit, US_PER_DAY);
	ck_assert_int_eq(when_own_read(artifacts[1], BEN, "audit"), CAIRN__STATUS__FORBIDDEN);
	ck_assert_int_eq(when_own_read(artifacts[1], ANA, ""), OK);
	ck_assert_uint_eq(views_seen(artifacts[1])->n_views, 2);
}
END_TEST

START_TEST(a_draft_is_shown_to_its_teacher_alone)
{
	Evidence__GetPortfolio ask = EVIDENCE__GET_PORTFOLIO__INIT;
	Evidence__Query query = EVIDENCE__QUERY__INIT;

	given_answers(&p);
	ck_assert_str_ne(portfolio_seen(&p)->questions[0]->text, "");
	ask.portfolio = pb_of_bytes(p.portfolio);
	query.body_case = EVIDENCE__QUERY__BODY_GET_PORTFOLIO;
	query.get_portfolio = &ask;
	ck_assert_int_eq(kit_ask(&p.kit, BEN, &query.base), OK); /* an operator's peer */
	ck_assert_str_eq(got_evidence(&p)->portfolio->questions[0]->text, "");
	ck_assert_uint_eq(got_evidence(&p)->portfolio->questions[0]->words, 20);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("evidence consents and views");
	TCase *tcase = tcase_create("consent");

	tcase_add_checked_fixture(tcase, open_kit, close_kit);
	tcase_add_test(tcase, the_ledger_says_scope_basis_role_and_end);
	tcase_add_test(tcase, a_withdrawn_consent_stays_in_the_ledger);
	tcase_add_test(tcase, the_ledger_of_a_portfolio_has_every_artifact);
	tcase_add_test(tcase, one_artifact_takes_a_hundred_consents_and_no_more);
	tcase_add_test(tcase, a_consent_that_ends_closes_the_item_as_a_withdrawal_does);
	tcase_add_test(tcase, each_consent_ends_on_its_own_day);
	tcase_add_test(tcase, every_look_is_listed_with_who_what_when_and_why);
	tcase_add_test(tcase, views_come_in_pages);
	tcase_add_test(tcase,
		       an_operator_reads_with_a_reason_under_their_own_name_and_nothing_closed);
	tcase_add_test(tcase, a_draft_is_shown_to_its_teacher_alone);
	suite_add_tcase(suite, tcase);
	return suite;
}
