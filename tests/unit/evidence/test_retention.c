/* Tests of retention: until when bytes, records of consents and manifests are kept, on month's ends
 * and leap days too; legal holds; the teacher's wish; proof of what was purged. */
#include "services/evidence/effects.h"
#include "services/evidence/evidence.h"
#include "services/evidence/retention.h"
#include "tests/support/portfolio_kit.h"
#include "tests/support/suite.h"

#include "libshared/blobs.h"

#include <string.h>

#define KIM kit_name("operator", "kim")
#define LEE kit_name("operator", "lee")
#define YEARS(n) ((n)*366 * US_PER_DAY)

static struct portfolio_kit p;
static struct outside *outside;
static struct bytes artifacts[3], submission;

static void open_kit(void)
{
	struct outside_setup setup = {.caps = &p.kit.caps};

	portfolio_kit_open(&p, "double-read");
	setup.dir = p.kit.dir;
	outside = evidence_outside.open(&setup);
}

static void close_kit(void)
{
	evidence_outside.close(&outside);
	portfolio_kit_close(&p);
}

static void pass_reply(void *ctx, const struct reply *reply)
{
	(void)ctx;
	evidence_outside.replied(outside, reply);
}

static void turn(void)
{
	engine_view_end(p.kit.engine);
	evidence_outside.turn(outside, p.kit.engine, p.kit.now_us);
	engine_run(p.kit.engine, p.kit.now_us);
	ck_assert(!engine_poll(p.kit.engine, pass_reply, NULL));
}

static bool is_kept(const char *content)
{
	uint8_t hash[SHA256_LEN];
	uint64_t size;

	sha256(bytes_of_text(content), hash);
	return blobs_has(p.kit.caps.blobs, hash, &size);
}

static void given_passed(void)
{
	given_everything(&p, artifacts);
	submission = given_sealed(&p);
	hear_decision(&p, submission, "yes yes yes", false);
	kit_advance(&p.kit, 1);
	forget_evidence(&p);
}

static const Evidence__RetentionAnswer *retention_seen(void)
{
	Evidence__GetRetention ask = EVIDENCE__GET_RETENTION__INIT;
	Evidence__Query query = EVIDENCE__QUERY__INIT;

	ask.portfolio = pb_of_bytes(p.portfolio);
	query.body_case = EVIDENCE__QUERY__BODY_GET_RETENTION;
	query.get_retention = &ask;
	ck_assert_int_eq(kit_ask(&p.kit, ANA, &query.base), OK);
	return got_evidence(&p)->retention;
}

static void advance_to(int64_t at_us)
{
	kit_advance(&p.kit, at_us - p.kit.now_us);
}

/* ---- months ---- */

static const struct {
	const char *zone;
	struct civil from;
	uint32_t months;
	struct civil to;
} months[] = {
	{"UTC", {2026, 1, 6, 15, 15, 0}, 24, {2028, 1, 6, 15, 15, 0}},
	{"UTC", {2028, 2, 29, 1, 0, 0}, 24, {2030, 2, 28, 1, 0, 0}},
	{"UTC", {2026, 2, 28, 1, 0, 0}, 24, {2028, 2, 28, 1, 0, 0}},
	{"UTC", {2026, 12, 31, 23, 59, 59}, 2, {2027, 2, 28, 23, 59, 59}},
	{"UTC", {2027, 12, 31, 0, 0, 0}, 2, {2028, 2, 29, 0, 0, 0}},
	{"UTC", {2026, 11, 30, 0, 0, 0}, 1, {2026, 12, 30, 0, 0, 0}},
	{"UTC", {2026, 12, 15, 0, 0, 0}, 1, {2027, 1, 15, 0, 0, 0}},
	{"UTC", {2024, 2, 29, 0, 0, 0}, 120, {2034, 2, 28, 0, 0, 0}},
	{"America/Chicago",
	 {2026, 1, 31, 22, 0, 0},
	 6,
	 {2026, 7, 31, 22, 0, 0}}, /* another offset */
};

START_TEST(months_end_on_the_same_day_or_the_last_one)
{
	const struct zone *zone = zone_find(p.kit.caps.zones, months[_i].zone);

	ck_assert_int_eq(
		months_later_us(zone, zone_moment(zone, months[_i].from), months[_i].months),
		zone_moment(zone, months[_i].to));
}
END_TEST

START_TEST(a_policy_of_before_has_the_usual_numbers)
{
	Enrollment__Policy policy = ENROLLMENT__POLICY__INIT;
	struct retention_rule rule = retention_rule_of(&policy);

	ck_assert_uint_eq(rule.bytes_months, 24);
	ck_assert_uint_eq(rule.consent_years, 3);
	ck_assert_uint_eq(rule.manifest_years, 10);
}
END_TEST

/* ---- what goes when ---- */

/* The kit's decision is on 2026-01-06 at 15:15 UTC. */
#define BYTES_UNTIL_US (INT64_C(1830784500) * US_PER_S) /* 2028-01-06 15:15 UTC */

START_TEST(bytes_go_two_years_after_the_decision_and_their_hashes_stay)
{
	const Evidence__ArtifactPurged *purged;

	given_passed();
	ck_assert_str_eq(retention_seen()->kept, "bytes");
	ck_assert_int_eq(retention_seen()->until_us / US_PER_S, BYTES_UNTIL_US / US_PER_S);
	advance_to(BYTES_UNTIL_US - US_PER_S);
	turn();
	ck_assert(is_kept("the plan of ten routines"));
	advance_to(BYTES_UNTIL_US + US_PER_S);
	ck_assert_uint_eq(retention_seen()->n_purged, 3);
	ck_assert_str_eq(retention_seen()->kept, "consents");
	purged = retention_seen()->purged[0];
	ck_assert_str_eq(purged->rule, "retention_over");
	ck_assert_uint_eq(purged->sha256.len, SHA256_LEN);
	ck_assert_uint_eq(purged->bytes, strlen("the plan of ten routines"));
	ck_assert(is_kept("the plan of ten routines")); /* not before the event is durable */
	turn();
	ck_assert(!is_kept("the plan of ten routines"));
	ck_assert_str_eq(portfolio_seen(&p)->questions[0]->text, "");
	ck_assert_uint_eq(submission_seen(&p, submission)->sealed->n_items, 3);
}
END_TEST

START_TEST(what_is_purged_is_read_by_nobody)
{
	Evidence__FetchOwn own = EVIDENCE__FETCH_OWN__INIT;
	Evidence__FetchAnswer answer = EVIDENCE__FETCH_ANSWER__INIT;
	Evidence__Query query = EVIDENCE__QUERY__INIT;
	struct bytes reading;

	given_passed();
	advance_to(BYTES_UNTIL_US + US_PER_S);
	own.artifact = pb_of_bytes(artifacts[0]);
	query.body_case = EVIDENCE__QUERY__BODY_FETCH_OWN;
	query.fetch_own = &own;
	ck_assert_int_eq(kit_ask(&p.kit, ANA, &query.base), REJECTED); /* the file is still there */
	answer.submission = pb_of_bytes(submission);
	answer.question = submission_seen(&p, submission)->sealed->answers[0]->question;
	query.body_case = EVIDENCE__QUERY__BODY_FETCH_ANSWER;
	query.fetch_answer = &answer;
	ck_assert_int_eq(kit_ask(&p.kit, ANA, &query.base), REJECTED);
	hear_assessor(&p, "ruth", "ridge", false);
	reading = given_opened(&p, submission, "ruth"); /* a review, years later */
	ck_assert_int_eq(when_fetched(&p, reading, READER("ruth"), 1, 0), CAIRN__STATUS__FORBIDDEN);
	ck_assert_int_eq(when_fetched(&p, reading, READER("ruth"), 4, 0), REJECTED);
}
END_TEST

START_TEST(consents_go_three_years_after_the_bytes_and_manifests_ten_after_the_decision)
{
	given_passed();
	advance_to(BYTES_UNTIL_US + US_PER_S);
	kit_advance(&p.kit, YEARS(3) - 10 * US_PER_DAY);
	ck_assert_uint_eq(count_evidence(&p, EVIDENCE__EVENT__BODY_CONSENTS_PURGED), 0);
	kit_advance(&p.kit, 10 * US_PER_DAY);
	ck_assert_uint_eq(count_evidence(&p, EVIDENCE__EVENT__BODY_CONSENTS_PURGED), 1);
	ck_assert_str_eq(retention_seen()->kept, "manifests");
	kit_advance(&p.kit, YEARS(5));
	ck_assert_str_eq(retention_seen()->kept, "hashes");
	ck_assert_uint_eq(retention_seen()->n_purged, 3); /* the proof stays */
}
END_TEST

START_TEST(many_artifacts_are_purged_in_small_steps_that_all_end)
{
	for (unsigned i = 0; i < 45; i++)
		given_artifact(&p, "e3", arena_printf(p.kit.arena, "%u", i));
	hear_withdrawn(&p);
	kit_advance(&p.kit, YEARS(3));
	ck_assert_uint_eq(retention_seen()->n_purged, 45);
	for (unsigned i = 0; i < 2; i++)
		turn();
	ck_assert(!is_kept("44"));
}
END_TEST

START_TEST(work_that_goes_on_is_not_over)
{
	given_everything(&p, artifacts);
	submission = given_sealed(&p);
	hear_decision(&p, submission, "no yes yes", false);
	kit_advance(&p.kit, YEARS(3));
	ck_assert_str_eq(retention_seen()->kept, "bytes");
	ck_assert_uint_eq(count_evidence(&p, EVIDENCE__EVENT__BODY_ARTIFACT_PURGED), 0);
}
END_TEST

START_TEST(bytes_that_another_educator_shows_stay_until_the_last)
{
	struct bytes first = p.portfolio;

	given_passed();
	p.portfolio = kit_id(&p.kit);
	hear_enrolled(&p, p.portfolio, ANA);
	given_artifact(&p, "e1", "the plan of ten routines");
	p.portfolio = first;
	advance_to(BYTES_UNTIL_US + US_PER_S);
	ck_assert_uint_eq(retention_seen()->n_purged, 3);
	turn();
	ck_assert(is_kept("the plan of ten routines"));
	ck_assert(!is_kept("children saying sounds"));
}
END_TEST

START_TEST(a_crash_after_the_purge_removes_the_bytes_at_the_next_start)
{
	struct outside_setup setup = {.caps = &p.kit.caps, .dir = p.kit.dir};

	given_passed();
	advance_to(BYTES_UNTIL_US + US_PER_S);
	evidence_outside.close(&outside);
	kit_reopen(&p.kit);
	outside = evidence_outside.open(&setup);
	ck_assert(is_kept("the plan of ten routines"));
	turn();
	ck_assert(!is_kept("the plan of ten routines"));
}
END_TEST

/* ---- holds ---- */

static struct bytes hold;

static Cairn__Status when_held(struct bytes portfolio, const char *reason, struct bytes actor)
{
	Evidence__PlaceHold ask = EVIDENCE__PLACE_HOLD__INIT;
	Evidence__Command cmd = EVIDENCE__COMMAND__INIT;

	ask.hold = pb_of_bytes(hold);
	ask.portfolio = pb_of_bytes(portfolio);
	ask.reason = arena_text(p.kit.arena, bytes_of_text(reason));
	cmd.place_hold = &ask;
	return when_sent_as(&p, OPERATOR, actor, &cmd, EVIDENCE__COMMAND__BODY_PLACE_HOLD);
}

static Cairn__Status when_lifted(struct bytes of, struct bytes actor)
{
	Evidence__LiftHold ask = EVIDENCE__LIFT_HOLD__INIT;
	Evidence__Command cmd = EVIDENCE__COMMAND__INIT;

	ask.hold = pb_of_bytes(of);
	cmd.lift_hold = &ask;
	return when_sent_as(&p, OPERATOR, actor, &cmd, EVIDENCE__COMMAND__BODY_LIFT_HOLD);
}

static Cairn__Status when_purge_asked(struct bytes actor)
{
	Evidence__RequestPurge ask = EVIDENCE__REQUEST_PURGE__INIT;
	Evidence__Command cmd = EVIDENCE__COMMAND__INIT;

	ask.portfolio = pb_of_bytes(p.portfolio);
	cmd.request_purge = &ask;
	return when_sent_as(&p, PORTAL, actor, &cmd, EVIDENCE__COMMAND__BODY_REQUEST_PURGE);
}

static void given_held(void)
{
	hold = kit_id(&p.kit);
	ck_assert_int_eq(when_held(p.portfolio, "litigation", KIM), OK);
}

START_TEST(what_is_held_is_not_purged_until_two_persons_lift_it)
{
	given_passed();
	given_held();
	kit_advance(&p.kit, YEARS(4));
	turn();
	ck_assert(is_kept("the plan of ten routines"));
	ck_assert(retention_seen()->held);
	ck_assert_int_eq(when_lifted(hold, KIM), OK);
	kit_advance(&p.kit, 1);
	ck_assert(retention_seen()->held);
	ck_assert_int_eq(when_lifted(hold, KIM), REJECTED);
	ck_assert_int_eq(p.kit.got.reason, REASON(SECOND_PERSON));
	ck_assert_int_eq(when_lifted(hold, LEE), OK);
	kit_advance(&p.kit, 1);
	turn();
	ck_assert(!is_kept("the plan of ten routines"));
	ck_assert(!retention_seen()->held);
	ck_assert(bytes_equal(bytes_of_pb(retention_seen()->holds[0]->lifted_by), LEE));
	ck_assert_int_eq(when_lifted(hold, KIM), REJECTED);
	ck_assert_int_eq(p.kit.got.reason, REASON(WRONG_STATE));
}
END_TEST

START_TEST(every_hold_must_be_lifted)
{
	struct bytes first;

	given_passed();
	given_held();
	first = hold;
	given_held();
	ck_assert_int_eq(when_lifted(first, KIM), OK);
	ck_assert_int_eq(when_lifted(first, LEE), OK);
	kit_advance(&p.kit, YEARS(4));
	ck_assert_uint_eq(count_evidence(&p, EVIDENCE__EVENT__BODY_ARTIFACT_PURGED), 0);
}
END_TEST

START_TEST(what_is_abandoned_while_it_is_held_goes_when_it_is_lifted)
{
	given_artifact(&p, "e1", "held");
	given_held();
	ck_assert_int_eq(
		when_abandoned(
			&p,
			bytes_of_pb(portfolio_seen(&p)->requirements[0]->artifacts[0]->artifact)),
		OK);
	turn();
	ck_assert(is_kept("held"));
	ck_assert_int_eq(when_lifted(hold, KIM), OK);
	ck_assert_int_eq(when_lifted(hold, LEE), OK);
	turn();
	ck_assert(!is_kept("held"));
}
END_TEST

START_TEST(an_erasure_waits_for_the_hold)
{
	Evidence__GetErasure ask = EVIDENCE__GET_ERASURE__INIT;
	Evidence__Query query = EVIDENCE__QUERY__INIT;

	given_passed();
	given_held();
	hear_erased(&p, ANA);
	turn();
	ck_assert(is_kept("the plan of ten routines"));
	ask.educator = pb_of_bytes(ANA);
	query.body_case = EVIDENCE__QUERY__BODY_GET_ERASURE;
	query.get_erasure = &ask;
	ck_assert_int_eq(kit_ask(&p.kit, BYTES_NONE, &query.base), OK);
	ck_assert_uint_eq(got_evidence(&p)->erasure->waiting, 1);
	ck_assert_int_eq(when_lifted(hold, KIM), OK);
	ck_assert_int_eq(when_lifted(hold, LEE), OK);
	turn();
	ck_assert(!is_kept("the plan of ten routines"));
	ck_assert_int_eq(kit_ask(&p.kit, BYTES_NONE, &query.base), OK);
	ck_assert_uint_eq(got_evidence(&p)->erasure->waiting, 0);
}
END_TEST

START_TEST(a_hold_that_says_too_little_is_refused)
{
	given_held();
	ck_assert_int_eq(when_held(p.portfolio, "again", KIM), REJECTED);
	ck_assert_int_eq(p.kit.got.reason, REASON(ID_TAKEN));
	hold = kit_id(&p.kit);
	ck_assert_int_eq(when_held(p.portfolio, "The case of Ana", KIM), REJECTED);
	ck_assert_int_eq(p.kit.got.reason, REASON(BAD_VALUE));
	ck_assert_int_eq(when_held(p.portfolio, "litigation", BYTES_NONE), REJECTED);
	ck_assert_int_eq(p.kit.got.reason, REASON(PERSON_NEEDED));
	ck_assert_int_eq(when_held(kit_id(&p.kit), "litigation", KIM), REJECTED);
	ck_assert_int_eq(p.kit.got.reason, REASON(UNKNOWN_PORTFOLIO));
	ck_assert_int_eq(when_lifted(kit_id(&p.kit), KIM), REJECTED);
	ck_assert_int_eq(p.kit.got.reason, REASON(UNKNOWN_HOLD));
	hold = BYTES_NONE;
	ck_assert_int_eq(when_held(p.portfolio, "litigation", KIM), REJECTED);
	ck_assert_int_eq(p.kit.got.reason, REASON(BAD_ID));
}
END_TEST

/* ---- the teacher's wish ---- */

START_TEST(a_teacher_has_the_bytes_removed_sooner)
{
	given_passed();
	ck_assert_int_eq(when_purge_asked(BEN), REJECTED);
	ck_assert_int_eq(p.kit.got.reason, REASON(NOT_YOURS));
	ck_assert_int_eq(when_purge_asked(ANA), OK);
	kit_advance(&p.kit, 1);
	turn();
	ck_assert(!is_kept("the plan of ten routines"));
	ck_assert_str_eq(retention_seen()->purged[0]->rule, "teacher_request");
	ck_assert_int_eq(when_purge_asked(ANA), REJECTED);
	ck_assert_int_eq(p.kit.got.reason, REASON(WRONG_STATE));
}
END_TEST

START_TEST(a_teachers_wish_waits_for_readers_decisions_and_holds)
{
	given_everything(&p, artifacts);
	ck_assert_int_eq(when_purge_asked(ANA), REJECTED);
	ck_assert_int_eq(p.kit.got.reason, REASON(WRONG_STATE));
	submission = given_sealed(&p);
	ck_assert_int_eq(when_purge_asked(ANA), REJECTED);
	hear_decision(&p, submission, "yes yes yes", false);
	hear_assessor(&p, "ruth", "ridge", false);
	given_opened(&p, submission, "ruth"); /* a back-read */
	ck_assert_int_eq(when_purge_asked(ANA), REJECTED);
	ck_assert_int_eq(p.kit.got.reason, REASON(BEING_READ));
	kit_advance(&p.kit, 4 * US_PER_DAY);
	given_held();
	ck_assert_int_eq(when_purge_asked(ANA), REJECTED);
	ck_assert_int_eq(p.kit.got.reason, REASON(HELD));
}
END_TEST

static void add_hold_tests(TCase *tcase)
{
	tcase_add_test(tcase, what_is_held_is_not_purged_until_two_persons_lift_it);
	tcase_add_test(tcase, every_hold_must_be_lifted);
	tcase_add_test(tcase, what_is_abandoned_while_it_is_held_goes_when_it_is_lifted);
	tcase_add_test(tcase, an_erasure_waits_for_the_hold);
	tcase_add_test(tcase, a_hold_that_says_too_little_is_refused);
	tcase_add_test(tcase, a_teacher_has_the_bytes_removed_sooner);
	tcase_add_test(tcase, a_teachers_wish_waits_for_readers_decisions_and_holds);
}

Suite *test_suite(void)
{
	Suite *suite = suite_create("evidence retention");
	TCase *tcase = tcase_create("retention");

	tcase_add_checked_fixture(tcase, open_kit, close_kit);
	tcase_add_loop_test(tcase, months_end_on_the_same_day_or_the_last_one, 0,
			    ARRAY_LEN(months));
	tcase_add_test(tcase, a_policy_of_before_has_the_usual_numbers);
	tcase_add_test(tcase, bytes_go_two_years_after_the_decision_and_their_hashes_stay);
	tcase_add_test(tcase, what_is_purged_is_read_by_nobody);
	tcase_add_test(
		tcase,
		consents_go_three_years_after_the_bytes_and_manifests_ten_after_the_decision);
	tcase_add_test(tcase, many_artifacts_are_purged_in_small_steps_that_all_end);
	tcase_add_test(tcase, work_that_goes_on_is_not_over);
	tcase_add_test(tcase, bytes_that_another_educator_shows_stay_until_the_last);
	tcase_add_test(tcase, a_crash_after_the_purge_removes_the_bytes_at_the_next_start);
	add_hold_tests(tcase);
	suite_add_tcase(suite, tcase);
	return suite;
}
