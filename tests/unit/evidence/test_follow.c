/* Tests of what the neighbours' events mean here: every kind has an answer, order between logs,
 * endings. */
#include "services/evidence/evidence.h"
#include "services/evidence/tables.h"
#include "tests/support/portfolio_kit.h"
#include "tests/support/suite.h"

#include <string.h>

static struct portfolio_kit p;

static void open_kit(void)
{
	portfolio_kit_open(&p, "double-read");
}

static void close_kit(void)
{
	portfolio_kit_close(&p);
}

static bool is_known(void)
{
	struct portfolio row;

	return portfolio_get(kit_view(&p.kit), p.portfolio, &row);
}

static uint64_t parked(void)
{
	return view_count(kit_view(&p.kit), TABLE_PARKED);
}

START_TEST(every_kind_of_a_neighbours_event_has_an_answer)
{
	const ProtobufCMessageDescriptor *events[N_UPSTREAMS] = {
		[UP_ENROLLMENT] = &enrollment__event__descriptor,
		[UP_ASSESSMENT] = &assessment__event__descriptor,
	};

	for (unsigned up = 0; up < N_UPSTREAMS; up++)
		for (unsigned i = 0; i < events[up]->n_fields; i++)
			ck_assert_msg(evidence_follows(up, events[up]->fields[i].id), "%s.%s",
				      events[up]->package_name, events[up]->fields[i].name);
}
END_TEST

START_TEST(every_command_query_and_event_of_the_contract_is_there)
{
	const ProtobufCMessageDescriptor *commands = &evidence__command__descriptor;
	const ProtobufCMessageDescriptor *queries = &evidence__query__descriptor;

	for (unsigned i = 0; i < commands->n_fields; i++)
		ck_assert_msg(evidence_command_roles(commands->fields[i].id) != 0, "%s",
			      commands->fields[i].name);
	for (unsigned i = 0; i < queries->n_fields; i++)
		ck_assert_msg(evidence_query_roles(queries->fields[i].id) != 0, "%s",
			      queries->fields[i].name);
	ck_assert_uint_eq(evidence_command_roles(0), 0);
	ck_assert_uint_eq(evidence_command_roles(100000), 0);
	ck_assert_uint_eq(evidence_query_roles(100000), 0);
}
END_TEST

/* ---- opening ---- */

START_TEST(an_enrollment_opens_a_portfolio_under_the_versions_of_that_day)
{
	Enrollment__Policy newer = *kit_policy();
	const Evidence__PortfolioOpened *opened;

	opened = next_evidence(&p, EVIDENCE__EVENT__BODY_PORTFOLIO_OPENED)->portfolio_opened;
	ck_assert(bytes_equal(bytes_of_pb(opened->portfolio), p.portfolio));
	ck_assert(bytes_equal(bytes_of_pb(opened->educator), ANA));
	ck_assert_uint_eq(opened->policy_version, 1);
	ck_assert_uint_eq(opened->media_version, 1);
	ck_assert_str_eq(portfolio_seen(&p)->state, "open");
	/* A later policy is for later portfolios: hers still has a day to recall. */
	newer.version = 2;
	newer.recall_hours = 1;
	hear_policy(&p, &newer);
	given_everything(&p, NULL);
	given_sealed(&p);
	ck_assert_int_eq(got_evidence(&p)->receipt->recall_until_us,
			 p.kit.now_us + 24 * US_PER_HOUR);
}
END_TEST

START_TEST(an_enrollment_told_twice_opens_one_portfolio)
{
	given_artifact(&p, "e1", "plan");
	hear_enrolled(&p, p.portfolio, ANA);
	ck_assert_uint_eq(count_evidence(&p, EVIDENCE__EVENT__BODY_PORTFOLIO_OPENED), 1);
	ck_assert_uint_eq(portfolio_seen(&p)->requirements[0]->n_artifacts, 1);
}
END_TEST

START_TEST(an_enrollment_waits_for_its_entry_policy_and_media)
{
	portfolio_kit_close(&p);
	portfolio_kit_open_empty(&p);
	hear_enrolled(&p, p.portfolio, ANA);
	hear_paused(&p);
	ck_assert(!is_known());
	ck_assert_uint_eq(parked(), 2);
	hear_media(&p);
	hear_entry(&p, "standard");
	ck_assert(!is_known());
	hear_policy(&p, kit_policy());
	ck_assert(is_known());
	ck_assert_uint_eq(parked(), 0);
	/* What came behind it was decided behind it. */
	ck_assert_str_eq(portfolio_seen(&p)->state, "paused");
}
END_TEST

START_TEST(a_reading_of_a_submission_not_known_here_waits_for_it)
{
	struct bytes submission = kit_id(&p.kit), reading;

	reading = given_assigned(&p, submission, "ruth");
	ck_assert_uint_eq(parked(), 1);
	given_everything(&p, NULL);
	ck_assert_int_eq(when_submitted(&p, submission), OK);
	ck_assert_uint_eq(parked(), 0);
	ck_assert_int_eq(when_opened(&p, reading, READER("ruth")), OK);
}
END_TEST

START_TEST(a_damaged_event_is_parked_and_stops_nothing)
{
	Enrollment__Enrolled enrolled = ENROLLMENT__ENROLLED__INIT;
	Enrollment__PolicyPublished published = ENROLLMENT__POLICY_PUBLISHED__INIT;
	Enrollment__Event event = ENROLLMENT__EVENT__INIT;
	Assessment__AssessorRegistered registered = ASSESSMENT__ASSESSOR_REGISTERED__INIT;
	Assessment__Event other = ASSESSMENT__EVENT__INIT;
	ProtobufCBinaryData orgs[1] = {pb_of_bytes(bytes_of_text("short"))};

	enrolled.enrollment = pb_of_bytes(bytes_of_text("not an id"));
	event.body_case = ENROLLMENT__EVENT__BODY_ENROLLED;
	event.enrolled = &enrolled;
	kit_upstream(&p.kit, "enrollment.0.log", kit_id(&p.kit), &event.base);
	enrolled.enrollment = pb_of_bytes(kit_id(&p.kit));
	enrolled.school = pb_of_bytes(bytes_of_text("not an id"));
	kit_upstream(&p.kit, "enrollment.0.log", kit_id(&p.kit), &event.base);
	event.body_case = ENROLLMENT__EVENT__BODY_POLICY_PUBLISHED;
	event.policy_published = &published;
	kit_upstream(&p.kit, "enrollment.0.log", kit_id(&p.kit), &event.base);
	registered.assessor = pb_of_bytes(READER("ruth"));
	registered.n_orgs = 1;
	registered.orgs = orgs;
	other.body_case = ASSESSMENT__EVENT__BODY_ASSESSOR_REGISTERED;
	other.assessor_registered = &registered;
	kit_upstream(&p.kit, "assessment.0.log", READER("ruth"), &other.base);
	ck_assert_uint_eq(parked(), 4);
	given_artifact(&p, "e1", "plan");
}
END_TEST

/* ---- endings ---- */

START_TEST(what_is_sealed_is_assessed_although_the_enrollment_ends)
{
	struct bytes submission, reading;

	given_everything(&p, NULL);
	submission = given_sealed(&p);
	hear_withdrawn(&p);
	reading = given_opened(&p, submission, "ruth");
	ck_assert_int_eq(when_fetched(&p, reading, READER("ruth"), 1, 0), OK);
	hear_decision(&p, submission, "yes no yes", false);
	ck_assert_str_eq(portfolio_seen(&p)->state, "withdrawn");
	ck_assert_int_eq(when_submitted(&p, kit_id(&p.kit)), REJECTED);
	ck_assert_int_eq(p.kit.got.reason, REASON(WRONG_STATE));
}
END_TEST

START_TEST(a_lapsed_enrollment_that_is_resumed_goes_on_where_it_was)
{
	struct bytes submission, e1;

	given_everything(&p, NULL);
	submission = given_sealed(&p);
	hear_lapsed(&p);
	hear_decision(&p, submission, "no yes yes", false);
	ck_assert_str_eq(portfolio_seen(&p)->state, "lapsed");
	e1 = bytes_of_pb(portfolio_seen(&p)->requirements[0]->artifacts[0]->artifact);
	ck_assert_int_eq(when_abandoned(&p, e1), REJECTED);
	hear_resumed(&p, "elm-school");
	ck_assert_str_eq(portfolio_seen(&p)->state, "open");
	ck_assert_uint_eq(portfolio_seen(&p)->attempt, 2);
	ck_assert_int_eq(when_abandoned(&p, e1), OK);
}
END_TEST

START_TEST(a_withdrawn_enrollment_is_not_resumed)
{
	hear_withdrawn(&p);
	hear_resumed(&p, "elm-school");
	ck_assert_str_eq(portfolio_seen(&p)->state, "withdrawn");
	hear_paused(&p);
	ck_assert_str_eq(portfolio_seen(&p)->state, "withdrawn");
}
END_TEST

START_TEST(a_completed_enrollment_closes_the_portfolio_whichever_log_tells_first)
{
	struct bytes submission;

	given_everything(&p, NULL);
	submission = given_sealed(&p);
	hear_completed(&p);
	ck_assert_str_eq(portfolio_seen(&p)->state, "passed");
	hear_decision(&p, submission, "yes yes yes", false);
	ck_assert_str_eq(portfolio_seen(&p)->state, "passed");
	ck_assert_str_eq(submission_seen(&p, submission)->state, "decided");
	ck_assert_uint_eq(count_evidence(&p, EVIDENCE__EVENT__BODY_PORTFOLIO_CLOSED), 1);
}
END_TEST

START_TEST(uploads_go_on_while_an_enrollment_is_paused)
{
	hear_paused(&p);
	given_artifact(&p, "e1", "plan");
	ck_assert_int_eq(when_answered(&p, "lit-101.o1", "text"), OK);
}
END_TEST

START_TEST(a_decision_of_another_submission_changes_nothing)
{
	struct bytes first, second;

	given_everything(&p, NULL);
	first = given_sealed(&p);
	ck_assert_int_eq(when_taken_back(&p, first), OK);
	second = given_sealed(&p);
	hear_decision(&p, first, "no no no", false);
	hear_returned(&p, first);
	ck_assert_str_eq(portfolio_seen(&p)->state, "sealed");
	ck_assert(bytes_equal(bytes_of_pb(portfolio_seen(&p)->submission), second));
}
END_TEST

START_TEST(a_coach_meeting_that_nobody_waits_for_changes_nothing)
{
	forget_evidence(&p);
	hear_coached(&p);
	ck_assert_ptr_null(kit_next_event(&p.kit, NULL));
}
END_TEST

/* ---- erasure ---- */

START_TEST(an_erased_educators_readers_are_cut_off_and_nothing_opens_again)
{
	struct bytes submission, reading, later;

	given_everything(&p, NULL);
	submission = given_sealed(&p);
	reading = given_opened(&p, submission, "ruth");
	hear_erased(&p, ANA);
	ck_assert_int_eq(when_fetched(&p, reading, READER("ruth"), 1, 0), CAIRN__STATUS__FORBIDDEN);
	later = given_assigned(&p, submission, "omar");
	ck_assert_int_eq(when_opened(&p, later, READER("omar")), REJECTED);
	hear_decision(&p, submission, "no no no", false);
	hear_resumed(&p, "elm-school");
	hear_lapsed(&p);
	ck_assert_str_eq(portfolio_seen(&p)->state, "erased");
	ck_assert_int_eq(when_answered(&p, "lit-101.o1", "x"), REJECTED);
	ck_assert_str_eq(portfolio_seen(&p)->questions[0]->text, "");
}
END_TEST

START_TEST(an_erased_educator_without_a_portfolio_is_nothing_here)
{
	forget_evidence(&p);
	hear_erased(&p, BEN);
	ck_assert_ptr_null(kit_next_event(&p.kit, NULL));
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("evidence follows");
	TCase *tcase = tcase_create("follows");

	tcase_set_timeout(tcase, 60); /* disks that sync are slow */
	tcase_add_checked_fixture(tcase, open_kit, close_kit);
	tcase_add_test(tcase, every_kind_of_a_neighbours_event_has_an_answer);
	tcase_add_test(tcase, every_command_query_and_event_of_the_contract_is_there);
	tcase_add_test(tcase, an_enrollment_opens_a_portfolio_under_the_versions_of_that_day);
	tcase_add_test(tcase, an_enrollment_told_twice_opens_one_portfolio);
	tcase_add_test(tcase, an_enrollment_waits_for_its_entry_policy_and_media);
	tcase_add_test(tcase, a_reading_of_a_submission_not_known_here_waits_for_it);
	tcase_add_test(tcase, a_damaged_event_is_parked_and_stops_nothing);
	tcase_add_test(tcase, what_is_sealed_is_assessed_although_the_enrollment_ends);
	tcase_add_test(tcase, a_lapsed_enrollment_that_is_resumed_goes_on_where_it_was);
	tcase_add_test(tcase, a_withdrawn_enrollment_is_not_resumed);
	tcase_add_test(tcase,
		       a_completed_enrollment_closes_the_portfolio_whichever_log_tells_first);
	tcase_add_test(tcase, uploads_go_on_while_an_enrollment_is_paused);
	tcase_add_test(tcase, a_decision_of_another_submission_changes_nothing);
	tcase_add_test(tcase, a_coach_meeting_that_nobody_waits_for_changes_nothing);
	tcase_add_test(tcase, an_erased_educators_readers_are_cut_off_and_nothing_opens_again);
	tcase_add_test(tcase, an_erased_educator_without_a_portfolio_is_nothing_here);
	suite_add_tcase(suite, tcase);
	return suite;
}
