/* Tests of judging: what a completed reading must hold, second readings, adjudication, release. */
#include "services/assessment/assessment.h"
#include "services/assessment/decision.h"

#include "libshared/blobs.h"
#include "tests/support/reading_kit.h"
#include "tests/support/suite.h"

#include <string.h>

static struct kit kit;

static void close_kit(void)
{
	kit_close(&kit);
}

static void open_double(void)
{
	reading_kit_open(&kit, "double-read");
	given_reader(&kit, "ruth");
	given_reader(&kit, "sol");
	given_lead_reader(&kit, "lea");
}

static void ck_rejected(Cairn__Status status, Assessment__Reason reason)
{
	ck_assert_int_eq(status, CAIRN__STATUS__REJECTED);
	ck_assert_msg(kit.got.reason == reason, "reason %u: %s", kit.got.reason, kit.got.text);
}

static bool is_kept(const uint8_t hash[SHA256_LEN])
{
	uint64_t size;

	return blobs_has(kit.caps.blobs, hash, &size);
}

/* ---- completing ---- */

START_TEST(a_completed_reading_holds_ordinals_hashes_and_counts_of_words)
{
	const Assessment__Event *event;
	const Assessment__RowRating *low;
	uint8_t hash[SHA256_LEN];

	given_work(&kit, &(struct work){0});
	ck_assert_int_eq(when_rated(&kit, take(&kit, "ruth"), "yes almost yes"), CAIRN__STATUS__OK);
	event = next_of_kind(&kit, ASSESSMENT__EVENT__BODY_READING_COMPLETED);
	ck_assert_uint_eq(event->reading_completed->n_ratings, 3);
	ck_assert_uint_eq(event->reading_completed->ordinal, 1);
	low = event->reading_completed->ratings[1];
	ck_assert_str_eq(low->row, "lit-101.r2");
	ck_assert_uint_eq(low->ordinal, 1);
	ck_assert_uint_eq(low->feedback_words, FEEDBACK_WORDS);
	sha256(bytes_of_text(words_text(&kit, FEEDBACK_WORDS, "almost")), hash);
	ck_assert(bytes_equal(bytes_of_pb(low->feedback_sha256), BYTES_OF(hash)));
	ck_assert(is_kept(hash));
	ck_assert_uint_eq(event->reading_completed->ratings[0]->feedback_sha256.len, 0);
}
END_TEST

START_TEST(ratings_may_come_in_any_order)
{
	struct bytes reading;
	const Assessment__Command *cmd;
	Assessment__Rating *first;

	given_work(&kit, &(struct work){0});
	reading = take(&kit, "ruth");
	cmd = rated_command(&kit, reading, "yes almost yes", 4);
	first = cmd->complete_reading->ratings[0];
	cmd->complete_reading->ratings[0] = cmd->complete_reading->ratings[1];
	cmd->complete_reading->ratings[1] = first;
	ck_assert_int_eq(kit_send(&kit, BYTES_NONE, &cmd->base), CAIRN__STATUS__OK);
	ck_assert_str_eq(next_of_kind(&kit, ASSESSMENT__EVENT__BODY_READING_COMPLETED)
				 ->reading_completed->ratings[0]
				 ->row,
			 "lit-101.r1");
}
END_TEST

static void set_text(char **field, const char *text)
{
	*field = arena_text(kit.arena, bytes_of_text(text));
}

static void break_ratings(const Assessment__Command *cmd, int i)
{
	Assessment__Rating **r = cmd->complete_reading->ratings;

	if (i == 0)
		cmd->complete_reading->n_ratings = 2;
	if (i == 1)
		set_text(&r[0]->row, "lit-101.r9");
	if (i == 2)
		set_text(&r[1]->row, "lit-101.r1");
	if (i == 3)
		set_text(&r[2]->level, "splendid");
	if (i == 4)
		r[2]->confidence = 0;
	if (i == 5)
		r[2]->confidence = 6;
	if (i == 6)
		r[1]->feedback = words_text(&kit, FEEDBACK_WORDS - 1, "word");
	if (i == 7)
		set_text(&r[1]->feedback, "");
}

START_TEST(ratings_are_refused_for_each_reason)
{
	static const Assessment__Reason reasons[] = {
		ASSESSMENT__REASON__ROW_MISSING,        ASSESSMENT__REASON__ROW_NOT_OPEN,
		ASSESSMENT__REASON__ROW_TWICE,          ASSESSMENT__REASON__LEVEL_UNKNOWN,
		ASSESSMENT__REASON__CONFIDENCE_RANGE,   ASSESSMENT__REASON__CONFIDENCE_RANGE,
		ASSESSMENT__REASON__FEEDBACK_TOO_SHORT, ASSESSMENT__REASON__FEEDBACK_TOO_SHORT};
	const Assessment__Command *cmd;

	given_work(&kit, &(struct work){0});
	cmd = rated_command(&kit, take(&kit, "ruth"), "yes almost yes", 4);
	break_ratings(cmd, _i);
	forget_events(&kit);
	ck_rejected(kit_send(&kit, BYTES_NONE, &cmd->base), reasons[_i]);
	ck_assert_ptr_null(kit_next_event(&kit, NULL));
}
END_TEST

START_TEST(a_hundred_ratings_are_the_most)
{
	const Assessment__Command *cmd;
	Assessment__Rating *many[101];

	given_work(&kit, &(struct work){0});
	cmd = rated_command(&kit, take(&kit, "ruth"), "yes yes yes", 4);
	for (size_t i = 0; i < ARRAY_LEN(many); i++)
		many[i] = cmd->complete_reading->ratings[0];
	cmd->complete_reading->ratings = many;
	cmd->complete_reading->n_ratings = ARRAY_LEN(many);
	ck_rejected(kit_send(&kit, BYTES_NONE, &cmd->base), ASSESSMENT__REASON__BAD_VALUE);
}
END_TEST

START_TEST(a_row_that_is_not_open_in_this_attempt_is_not_rated)
{
	given_work(&kit, &(struct work){0});
	given_read_twice(&kit, "ruth", "sol", "yes yes almost", "yes yes almost");
	given_reader(&kit, "tess");
	given_work(&kit, &(struct work){.attempt = 2, .rows = "lit-101.r3"});
	ck_rejected(when_rated(&kit, take(&kit, "tess"), "yes yes yes"),
		    ASSESSMENT__REASON__ROW_NOT_OPEN);
}
END_TEST

START_TEST(evidence_is_opened_before_it_is_rated)
{
	struct bytes work = given_work(&kit, &(struct work){0}), reading = kit_id(&kit);

	ck_assert_int_eq(when_next(&kit, "ruth", reading), CAIRN__STATUS__OK);
	ck_rejected(when_rated(&kit, reading, "yes yes yes"), ASSESSMENT__REASON__NOT_OPENED);
	when_evidence_opened(&kit, work, reading);
	ck_assert_int_eq(when_rated(&kit, reading, "yes yes yes"), CAIRN__STATUS__OK);
}
END_TEST

START_TEST(only_the_holder_completes_a_reading_and_only_once)
{
	struct bytes reading;
	const Assessment__Command *cmd;

	given_work(&kit, &(struct work){0});
	reading = take(&kit, "ruth");
	cmd = rated_command(&kit, reading, "yes yes yes", 4);
	ck_rejected(kit_send_as(&kit, kit_id(&kit), READER_ROLES, READER("sol"), &cmd->base),
		    ASSESSMENT__REASON__NOT_YOU);
	ck_assert_int_eq(kit_send_as(&kit, kit_id(&kit), READER_ROLES, READER("ruth"), &cmd->base),
			 CAIRN__STATUS__OK);
	ck_rejected(kit_send_as(&kit, kit_id(&kit), READER_ROLES, READER("ruth"), &cmd->base),
		    ASSESSMENT__REASON__WRONG_STATE);
	ck_rejected(when_rated(&kit, kit_id(&kit), "yes yes yes"),
		    ASSESSMENT__REASON__UNKNOWN_READING);
	ck_rejected(when_rated(&kit, BYTES_NONE, "yes yes yes"), ASSESSMENT__REASON__BAD_ID);
}
END_TEST

START_TEST(a_refused_strangers_text_is_not_kept)
{
	uint8_t hash[SHA256_LEN];
	const Assessment__Command *cmd;

	given_work(&kit, &(struct work){0});
	cmd = rated_command(&kit, take(&kit, "ruth"), "yes almost yes", 4);
	cmd->complete_reading->ratings[1]->feedback = words_text(&kit, 30, "stranger");
	sha256(bytes_of_text(cmd->complete_reading->ratings[1]->feedback), hash);
	kit_send_as(&kit, kit_id(&kit), READER_ROLES, READER("sol"), &cmd->base);
	ck_assert(!is_kept(hash));
	kit_send_as(&kit, kit_id(&kit), READER_ROLES, READER("ruth"), &cmd->base);
	ck_assert(is_kept(hash));
}
END_TEST

/* Two commands and the lease's end, decided in one batch: the timer runs first. */
START_TEST(a_lease_that_ends_in_the_same_batch_wins)
{
	struct bytes work, reading;

	work = given_work(&kit, &(struct work){0});
	reading = take(&kit, "ruth");
	kit.now_us += 72 * US_PER_HOUR;
	ck_rejected(when_rated(&kit, reading, "yes yes yes"), ASSESSMENT__REASON__LEASE_OVER);
	ck_assert_str_eq(state_of_work(&kit, work), "queued");
}
END_TEST

/* A batch fires so many timers at once; a lease whose timer comes later is over all the same. */
START_TEST(a_lease_is_over_before_its_timer_has_fired)
{
	struct bytes reading;
	const Assessment__Command *cmd;
	struct decision d = {
		.caps = &kit.caps,
		.arena = kit.arena,
		.event = &assessment__event__descriptor,
		.roles = ROLE_OPERATOR,
	};

	given_work(&kit, &(struct work){0});
	reading = take(&kit, "ruth");
	cmd = rated_command(&kit, reading, "yes yes yes", 4);
	d.now_us = kit.now_us + 72 * US_PER_HOUR;
	ck_assert_int_eq(assessment_decide(kit_view(&kit), &cmd->base, &d), REFUSED);
	ck_assert_uint_eq(d.reason, ASSESSMENT__REASON__LEASE_OVER);
	d.now_us--;
	ck_assert_int_eq(assessment_decide(kit_view(&kit), &cmd->base, &d), ACCEPTED);
}
END_TEST

/* ---- what follows ---- */

static const Assessment__OutcomeReceipt *outcome(void)
{
	return ((const Assessment__Answer *)kit.answer)->outcome;
}

START_TEST(two_readings_that_agree_decide_and_release)
{
	struct bytes work = given_work(&kit, &(struct work){0});
	const Assessment__DecisionReleased *r;

	ck_assert_int_eq(when_rated(&kit, take(&kit, "ruth"), "yes yes yes"), CAIRN__STATUS__OK);
	ck_assert_str_eq(state_of_work(&kit, work), "second_read");
	ck_assert_int_eq(when_rated(&kit, take(&kit, "sol"), "yes yes yes"), CAIRN__STATUS__OK);
	ck_assert_str_eq(state_of_work(&kit, work), "released");
	kit.seen_seq = 0;
	r = next_of_kind(&kit, ASSESSMENT__EVENT__BODY_DECISION_RELEASED)->decision_released;
	ck_assert(r->passed && !r->coach_next);
	ck_assert_uint_eq(r->reads, 2);
	ck_assert_uint_eq(r->n_rows, 3);
	ck_assert_int_eq(r->decided_us, kit.now_us);
	ck_assert_int_eq(r->sealed_us, KIT_EPOCH_US);
	ck_assert_str_eq(r->profile, "double-read");
	ck_assert(bytes_equal(bytes_of_pb(r->submission), work));
	ck_assert(bytes_equal(bytes_of_pb(r->educator), EDUCATOR("ana")));
	ck_assert(bytes_equal(bytes_of_pb(r->enrollment), kit_name("enrollment", "ana")));
	ck_assert(bytes_equal(bytes_of_pb(r->entry), LIT_101));
	ck_assert_uint_eq(r->version, 1);
	ck_assert_uint_eq(r->attempt, 1);
	ck_assert_uint_eq(r->manifest_sha256.len, 32);
}
END_TEST

START_TEST(a_reader_is_told_the_same_whatever_follows)
{
	static const char *const levels[] = {"yes yes yes", "yes yes yes", "not_yet yes yes"};
	static const char *const readers[] = {"ruth", "sol", "sol"};

	given_work(&kit, &(struct work){0});
	given_work(&kit, &(struct work){.educator = "ben", .due_us = kit.now_us + 9 * US_PER_DAY});
	when_rated(&kit, take(&kit, "ruth"), levels[_i > 0]);
	if (_i > 0)
		when_rated(&kit, take(&kit, readers[_i]), levels[_i]);
	ck_assert_str_eq(outcome()->state, "completed");
	ck_assert(!outcome()->decided && !outcome()->passed);
}
END_TEST

START_TEST(a_second_reading_says_why)
{
	const Assessment__Event *event;

	given_work(&kit, &(struct work){0});
	when_rated(&kit, take(&kit, "ruth"), "yes yes yes");
	event = next_of_kind(&kit, ASSESSMENT__EVENT__BODY_SECOND_REQUESTED);
	ck_assert_int_eq(event->second_requested->why, ASSESSMENT__SECOND_WHY__PROFILE);
}
END_TEST

static struct bytes given_dispute(const char *first, const char *second)
{
	struct bytes work = given_work(&kit, &(struct work){0});

	given_read_twice(&kit, "ruth", "sol", first, second);
	return work;
}

START_TEST(a_dispute_is_settled_by_a_lead_on_the_disputed_rows)
{
	struct bytes work = given_dispute("yes almost yes", "yes yes yes");
	const Assessment__DecisionAnswer *decision;
	const Assessment__Event *event;

	event = next_of_kind(&kit, ASSESSMENT__EVENT__BODY_ADJUDICATION_REQUESTED);
	ck_assert_uint_eq(event->adjudication_requested->n_rows, 1);
	ck_assert_str_eq(event->adjudication_requested->rows[0], "lit-101.r2");
	ck_assert_str_eq(state_of_work(&kit, work), "adjudication");
	ck_assert_int_eq(when_adjudicated(&kit, work, "lea", "- yes -"), CAIRN__STATUS__OK);
	ck_assert(outcome()->passed);
	decision = decision_of_work(&kit, work);
	ck_assert_str_eq(decision->rule, "adjudicated");
	ck_assert_str_eq(decision->state, "released");
	ck_assert(decision->passed);
}
END_TEST

START_TEST(an_adjudication_is_refused_for_each_reason)
{
	struct bytes work = given_dispute("yes almost yes", "yes yes yes"), queued;

	given_lead_reader(&kit, "old");
	when_retired(&kit, "old");
	given_lead_reader(&kit, "mae");
	tell_relation(&kit, "mae", "ana");
	queued = given_work(&kit, &(struct work){.educator = "ben"});
	ck_rejected(when_adjudicated(&kit, BYTES_NONE, "lea", "- yes -"),
		    ASSESSMENT__REASON__BAD_ID);
	ck_rejected(when_adjudicated(&kit, kit_id(&kit), "lea", "- yes -"),
		    ASSESSMENT__REASON__UNKNOWN_SUBMISSION);
	ck_rejected(when_adjudicated(&kit, work, "nobody", "- yes -"),
		    ASSESSMENT__REASON__UNKNOWN_ASSESSOR);
	ck_rejected(when_adjudicated(&kit, work, "old", "- yes -"),
		    ASSESSMENT__REASON__ASSESSOR_RETIRED);
	ck_rejected(when_adjudicated(&kit, work, "ruth", "- yes -"), ASSESSMENT__REASON__NOT_LEAD);
	ck_rejected(when_adjudicated(&kit, work, "mae", "- yes -"), ASSESSMENT__REASON__CONFLICT);
	ck_rejected(when_adjudicated(&kit, queued, "lea", "- yes -"),
		    ASSESSMENT__REASON__WRONG_STATE);
	ck_rejected(when_adjudicated(&kit, work, "lea", "yes yes -"),
		    ASSESSMENT__REASON__ROW_NOT_DISPUTED);
	ck_rejected(when_adjudicated(&kit, work, "lea", "- - -"), ASSESSMENT__REASON__ROW_MISSING);
	ck_rejected(when_adjudicated(&kit, work, "lea", "- splendid -"),
		    ASSESSMENT__REASON__LEVEL_UNKNOWN);
}
END_TEST

START_TEST(a_lead_who_has_read_it_does_not_adjudicate_it)
{
	struct bytes work = given_work(&kit, &(struct work){0});

	given_read_twice(&kit, "ruth", "lea", "yes almost yes", "yes yes yes");
	ck_rejected(when_adjudicated(&kit, work, "lea", "- yes -"),
		    ASSESSMENT__REASON__READ_IT_BEFORE);
}
END_TEST

START_TEST(a_lead_who_adjudicated_may_adjudicate_the_next_attempt_but_not_read_it)
{
	struct bytes work = given_dispute("yes almost yes", "yes yes yes");

	ck_assert_int_eq(when_adjudicated(&kit, work, "lea", "- almost -"), CAIRN__STATUS__OK);
	given_reader(&kit, "tess");
	given_reader(&kit, "una");
	work = given_work(&kit, &(struct work){.attempt = 2, .rows = "lit-101.r2"});
	ck_rejected(when_next(&kit, "lea", kit_id(&kit)), ASSESSMENT__REASON__NOTHING_TO_READ);
	given_read_twice(&kit, "tess", "una", "- yes -", "- almost -");
	ck_assert_int_eq(when_adjudicated(&kit, work, "lea", "- yes -"), CAIRN__STATUS__OK);
	ck_assert_str_eq(state_of_work(&kit, work), "released");
}
END_TEST

/* ---- profiles ---- */

/* A submission whose id is (not) in the sample: new ones are sealed until one is. The others are
 * recalled. */
static struct bytes given_sampled(bool sampled)
{
	for (;;) {
		struct bytes work = given_work(&kit, &(struct work){.profile = "standard"});

		if (in_sample(kit.caps.noise_key, work, 200) == sampled)
			return work;
		when_work_recalled(&kit, work);
		kit.now_us += US_PER_MS;
	}
}

START_TEST(under_the_standard_profile_one_clear_reading_outside_the_sample_decides)
{
	struct bytes work = given_sampled(false);

	ck_assert_int_eq(when_rated(&kit, take(&kit, "ruth"), "yes yes yes"), CAIRN__STATUS__OK);
	ck_assert_str_eq(state_of_work(&kit, work), "released");
	ck_assert_str_eq(decision_of_work(&kit, work)->rule, "one_read");
	ck_assert_uint_eq(decision_of_work(&kit, work)->reads, 1);
	ck_assert_str_eq(decision_of_work(&kit, work)->second_why, "");
}
END_TEST

START_TEST(under_the_standard_profile_the_sample_is_read_twice)
{
	struct bytes work = given_sampled(true);

	ck_assert_int_eq(when_rated(&kit, take(&kit, "ruth"), "yes yes yes"), CAIRN__STATUS__OK);
	ck_assert_str_eq(state_of_work(&kit, work), "second_read");
	ck_assert_str_eq(decision_of_work(&kit, work)->second_why, "sample");
}
END_TEST

START_TEST(under_the_standard_profile_a_borderline_reading_is_read_twice)
{
	static const struct {
		const char *levels;
		uint32_t confidence;
		const char *state;
	} cases[] = {{"yes yes yes", 2, "second_read"},
		     {"yes yes yes", 3, "released"},
		     {"yes almost yes", 5, "second_read"},
		     {"yes almost almost", 5, "released"}};
	struct bytes work = given_sampled(false);

	ck_assert_int_eq(
		when_rated_with(&kit, take(&kit, "ruth"), cases[_i].levels, cases[_i].confidence),
		CAIRN__STATUS__OK);
	ck_assert_str_eq(state_of_work(&kit, work), cases[_i].state);
	if (strcmp(cases[_i].state, "second_read") == 0)
		ck_assert_str_eq(decision_of_work(&kit, work)->second_why, "borderline");
}
END_TEST

START_TEST(a_launch_profile_ends_after_so_many_decisions)
{
	Enrollment__Profile launch = *kit_profile("launch");
	char code[] = "short-launch", name[] = "a";
	struct bytes work;

	launch.code = code;
	launch.until_decided = 2;
	tell_profile(&kit, &launch);
	for (unsigned i = 0; i < 3; i++) {
		name[0] = (char)('a' + i);
		work = given_work(&kit,
				  &(struct work){.educator = name, .profile = "short-launch"});
		ck_assert_str_eq(decision_of_work(&kit, work)->profile,
				 i < 2 ? "short-launch" : "standard");
		if (i == 2)
			break;
		given_read_twice(&kit, "ruth", "sol", "yes yes yes", "yes yes yes");
		ck_assert_str_eq(decision_of_work(&kit, work)->second_why, "launch");
	}
}
END_TEST

/* The profile that new work of this version and profile starts under. */
static const char *starts_under(const char *profile, uint32_t version, unsigned n)
{
	struct bytes work = given_work(
		&kit, &(struct work){.educator = arena_printf(kit.arena, "teacher-%u", n),
				     .profile = profile,
				     .entry_version = version});

	return decision_of_work(&kit, work)->profile;
}

static void given_short_launch(uint32_t until_decided)
{
	Enrollment__Profile launch = *kit_profile("launch");
	char code[] = "short-launch";

	launch.code = code;
	launch.until_decided = until_decided;
	tell_profile(&kit, &launch);
}

/* What the older version was decided under says nothing of what is new in this one. */
START_TEST(a_launch_counts_what_was_decided_under_it_and_nothing_else)
{
	given_short_launch(1);
	for (unsigned i = 0; i < 2; i++) {
		given_work(&kit, &(struct work){.educator = i == 0 ? "a" : "b",
						.profile = "double-read"});
		given_read_twice(&kit, "ruth", "sol", "yes yes yes", "yes yes yes");
	}
	ck_assert_str_eq(starts_under("short-launch", 1, 3), "short-launch");
	given_read_twice(&kit, "ruth", "sol", "yes yes yes", "yes yes yes");
	ck_assert_str_eq(starts_under("short-launch", 1, 4), "standard");
}
END_TEST

START_TEST(a_launch_goes_on_over_versions)
{
	Enrollment__Entry next = *kit_entry();

	given_short_launch(2);
	next.version = 2;
	tell_entry(&kit, &next);
	ck_assert_str_eq(starts_under("short-launch", 1, 1), "short-launch");
	given_read_twice(&kit, "ruth", "sol", "yes yes yes", "yes yes yes");
	ck_assert_str_eq(starts_under("short-launch", 2, 2), "short-launch");
	given_read_twice(&kit, "ruth", "sol", "yes yes yes", "yes yes yes");
	ck_assert_str_eq(starts_under("short-launch", 2, 3), "standard");
}
END_TEST

/* Whatever is out when the last one is decided was sealed under the launch, and is read twice. */
START_TEST(what_was_sealed_under_a_launch_stays_under_it)
{
	struct bytes first, second;

	given_short_launch(1);
	first = given_work(&kit, &(struct work){.educator = "a", .profile = "short-launch"});
	second = given_work(&kit, &(struct work){.educator = "b", .profile = "short-launch"});
	given_read_twice(&kit, "ruth", "sol", "yes yes yes", "yes yes yes");
	given_read_twice(&kit, "ruth", "sol", "yes yes yes", "yes yes yes");
	ck_assert_str_eq(decision_of_work(&kit, first)->second_why, "launch");
	ck_assert_str_eq(decision_of_work(&kit, second)->second_why, "launch");
}
END_TEST

START_TEST(the_thirtieth_decision_is_the_last_of_a_launch)
{
	given_short_launch(30);
	for (unsigned i = 0; i < 30; i++) {
		ck_assert_str_eq(starts_under("short-launch", 1, i), "short-launch");
		given_read_twice(&kit, "ruth", "sol", "yes yes yes", "yes yes yes");
		if (i % 7 == 6) /* an assessor has a cap for each day */
			kit_advance(&kit, US_PER_DAY);
	}
	ck_assert_str_eq(starts_under("short-launch", 1, 31), "standard");
}
END_TEST

/* ---- release ---- */

static Cairn__Status release(struct bytes work)
{
	Assessment__Release ask = ASSESSMENT__RELEASE__INIT;
	Assessment__Command cmd = ASSESSMENT__COMMAND__INIT;

	ask.submission = pb_of_bytes(work);
	cmd.body_case = ASSESSMENT__COMMAND__BODY_RELEASE;
	cmd.release = &ask;
	return kit_send(&kit, BYTES_NONE, &cmd.base);
}

START_TEST(a_batch_profile_waits_for_the_release_and_keeps_the_date_of_the_decision)
{
	Enrollment__Profile profile = *kit_profile("double-read");
	char code[] = "batched", batch[] = "batch";
	const Assessment__Event *event;
	struct bytes work;
	int64_t decided_us;

	profile.code = code;
	profile.release = batch;
	tell_profile(&kit, &profile);
	work = given_work(&kit, &(struct work){.profile = "batched"});
	ck_rejected(release(work), ASSESSMENT__REASON__WRONG_STATE);
	given_read_twice(&kit, "ruth", "sol", "yes yes yes", "yes yes yes");
	decided_us = kit.now_us;
	ck_assert_str_eq(state_of_work(&kit, work), "decided");
	kit_advance(&kit, 3 * US_PER_DAY);
	ck_assert_int_eq(release(work), CAIRN__STATUS__OK);
	event = next_of_kind(&kit, ASSESSMENT__EVENT__BODY_DECISION_RELEASED);
	ck_assert_int_eq(event->decision_released->decided_us, decided_us);
	ck_assert(event->decision_released->passed);
	ck_rejected(release(work), ASSESSMENT__REASON__WRONG_STATE);
	ck_rejected(release(BYTES_NONE), ASSESSMENT__REASON__BAD_ID);
	ck_rejected(release(kit_id(&kit)), ASSESSMENT__REASON__UNKNOWN_SUBMISSION);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("assessment: reading");
	TCase *tc = tcase_create("reading");

	tcase_add_checked_fixture(tc, open_double, close_kit);
	tcase_add_test(tc, a_completed_reading_holds_ordinals_hashes_and_counts_of_words);
	tcase_add_test(tc, ratings_may_come_in_any_order);
	tcase_add_loop_test(tc, ratings_are_refused_for_each_reason, 0, 8);
	tcase_add_test(tc, a_hundred_ratings_are_the_most);
	tcase_add_test(tc, a_row_that_is_not_open_in_this_attempt_is_not_rated);
	tcase_add_test(tc, evidence_is_opened_before_it_is_rated);
	tcase_add_test(tc, only_the_holder_completes_a_reading_and_only_once);
	tcase_add_test(tc, a_refused_strangers_text_is_not_kept);
	tcase_add_test(tc, a_lease_that_ends_in_the_same_batch_wins);
	tcase_add_test(tc, a_lease_is_over_before_its_timer_has_fired);
	tcase_add_test(tc, two_readings_that_agree_decide_and_release);
	tcase_add_loop_test(tc, a_reader_is_told_the_same_whatever_follows, 0, 3);
	tcase_add_test(tc, a_second_reading_says_why);
	tcase_add_test(tc, a_dispute_is_settled_by_a_lead_on_the_disputed_rows);
	tcase_add_test(tc, an_adjudication_is_refused_for_each_reason);
	tcase_add_test(tc, a_lead_who_has_read_it_does_not_adjudicate_it);
	tcase_add_test(tc, a_lead_who_adjudicated_may_adjudicate_the_next_attempt_but_not_read_it);
	tcase_add_test(tc, under_the_standard_profile_one_clear_reading_outside_the_sample_decides);
	tcase_add_test(tc, under_the_standard_profile_the_sample_is_read_twice);
	tcase_add_loop_test(tc, under_the_standard_profile_a_borderline_reading_is_read_twice, 0,
			    4);
	tcase_add_test(tc, a_launch_profile_ends_after_so_many_decisions);
	tcase_add_test(tc, a_launch_counts_what_was_decided_under_it_and_nothing_else);
	tcase_add_test(tc, a_launch_goes_on_over_versions);
	tcase_add_test(tc, what_was_sealed_under_a_launch_stays_under_it);
	tcase_add_test(tc, the_thirtieth_decision_is_the_last_of_a_launch);
	tcase_add_test(tc,
		       a_batch_profile_waits_for_the_release_and_keeps_the_date_of_the_decision);
	suite_add_tcase(suite, tc);
	return suite;
}
