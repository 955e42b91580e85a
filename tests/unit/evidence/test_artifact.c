/* Tests of uploads: in parts, in order, by hash, within the policy's bounds, abandoned when left
 * alone. */
#include "tests/support/portfolio_kit.h"
#include "tests/support/suite.h"

#include "libshared/blobs.h"

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

static struct upload plan(void)
{
	return (struct upload){.requirement = "lit-101.e1",
			       .media_type = "application/pdf",
			       .content = "the plan of ten routines",
			       .captured_on = "2026-01-05"};
}

static struct bytes given_begun(void)
{
	struct upload u = plan();

	ck_assert_int_eq(when_artifact_begun(&p, &u), OK);
	return u.artifact;
}

static uint64_t received(void)
{
	return got_evidence(&p)->upload->received;
}

/* ---- the way through ---- */

START_TEST(an_upload_arrives_in_parts_and_is_kept_under_its_hash)
{
	struct bytes artifact = given_begun(), content;
	const Evidence__ArtifactStored *stored;
	const Evidence__PartStored *part;
	uint8_t hash[SHA256_LEN];

	ck_assert_uint_eq(received(), 0);
	ck_assert_str_eq(artifact_state_seen(&p, artifact), "uploading");
	ck_assert_int_eq(when_part(&p, artifact, 0, "the plan of "), OK);
	ck_assert_uint_eq(received(), 12);
	ck_assert_int_eq(when_part(&p, artifact, 12, "ten routines"), OK);
	ck_assert_uint_eq(received(), 24);
	ck_assert_int_eq(when_finished(&p, artifact), OK);
	ck_assert_str_eq(artifact_state_seen(&p, artifact), "ready");

	part = next_evidence(&p, EVIDENCE__EVENT__BODY_PART_STORED)->part_stored;
	sha256(bytes_of_text("the plan of "), hash);
	ck_assert(bytes_equal(bytes_of_pb(part->sha256), BYTES_OF(hash)));
	ck_assert_uint_eq(part->bytes, 12);
	stored = next_evidence(&p, EVIDENCE__EVENT__BODY_ARTIFACT_STORED)->artifact_stored;
	ck_assert(!stored->needs_privacy_step);
	ck_assert(blobs_read(p.kit.caps.blobs, stored->sha256.data, 0, 100, p.kit.arena, &content));
	ck_assert(bytes_equal(content, bytes_of_text("the plan of ten routines")));
}
END_TEST

static struct bytes given_begun_unannounced(void)
{
	struct upload u = plan();

	u.announced = "";
	ck_assert_int_eq(when_artifact_begun(&p, &u), OK);
	return u.artifact;
}

static const Evidence__ArtifactAnswer *artifact_seen(struct bytes artifact, struct bytes who)
{
	Evidence__GetArtifact ask = EVIDENCE__GET_ARTIFACT__INIT;
	Evidence__Query query = EVIDENCE__QUERY__INIT;

	ask.artifact = pb_of_bytes(artifact);
	query.body_case = EVIDENCE__QUERY__BODY_GET_ARTIFACT;
	query.get_artifact = &ask;
	return kit_ask(&p.kit, who, &query.base) == OK ? got_evidence(&p)->artifact : NULL;
}

START_TEST(an_upload_without_an_announced_hash_is_called_by_what_arrived)
{
	struct bytes artifact = given_begun_unannounced();
	const Evidence__ArtifactStored *stored;
	uint8_t hash[SHA256_LEN];

	ck_assert_int_eq(when_part(&p, artifact, 0, "the plan of "), OK);
	ck_assert_uint_eq(artifact_seen(artifact, ANA)->artifact->sha256.len, 0);
	kit_reopen(&p.kit);
	ck_assert_int_eq(when_part(&p, artifact, 12, "ten routines"), OK);
	ck_assert_int_eq(when_finished(&p, artifact), OK);
	sha256(bytes_of_text("the plan of ten routines"), hash);
	stored = next_evidence(&p, EVIDENCE__EVENT__BODY_ARTIFACT_STORED)->artifact_stored;
	ck_assert(bytes_equal(bytes_of_pb(stored->sha256), BYTES_OF(hash)));
	ck_assert(bytes_equal(bytes_of_pb(artifact_seen(artifact, ANA)->artifact->sha256),
			      BYTES_OF(hash)));
}
END_TEST

START_TEST(an_unannounced_upload_is_abandoned_without_a_trace_of_a_blob)
{
	struct bytes artifact = given_begun_unannounced();

	ck_assert_int_eq(when_part(&p, artifact, 0, "the plan of "), OK);
	ck_assert_int_eq(when_abandoned(&p, artifact), OK);
	ck_assert_str_eq(artifact_state_seen(&p, artifact), "");
	ck_assert_str_eq(artifact_seen(artifact, ANA)->artifact->state, "abandoned");
}
END_TEST

START_TEST(how_far_an_upload_is_can_be_asked)
{
	struct bytes artifact = given_begun();

	ck_assert_int_eq(when_part(&p, artifact, 0, "the plan of "), OK);
	ck_assert_uint_eq(artifact_seen(artifact, ANA)->artifact->received, 12);
	ck_assert_str_eq(artifact_seen(artifact, ANA)->requirement, "lit-101.e1");
	ck_assert_int_gt(artifact_seen(artifact, ANA)->abandon_us, p.kit.now_us);
	ck_assert(artifact_seen(kit_id(&p.kit), ANA) == NULL);
}
END_TEST

START_TEST(an_upload_goes_on_after_a_restart)
{
	struct bytes artifact = given_begun();

	ck_assert_int_eq(when_part(&p, artifact, 0, "the plan of "), OK);
	kit_reopen(&p.kit);
	ck_assert_uint_eq(portfolio_seen(&p)->requirements[0]->artifacts[0]->received, 12);
	ck_assert_int_eq(when_part(&p, artifact, 12, "ten routines"), OK);
	ck_assert_int_eq(when_finished(&p, artifact), OK);
}
END_TEST

START_TEST(the_same_part_command_twice_counts_once)
{
	Evidence__PutPart ask = EVIDENCE__PUT_PART__INIT;
	Evidence__Command cmd = EVIDENCE__COMMAND__INIT;
	struct bytes artifact = given_begun(), id = kit_id(&p.kit);

	ask.artifact = pb_of_bytes(artifact);
	ask.data = pb_of_bytes(bytes_of_text("the plan of "));
	cmd.body_case = EVIDENCE__COMMAND__BODY_PUT_PART;
	cmd.put_part = &ask;
	ck_assert_int_eq(kit_send_as(&p.kit, id, PORTAL, ANA, &cmd.base), OK);
	ck_assert_int_eq(kit_send_as(&p.kit, id, PORTAL, ANA, &cmd.base), OK);
	ck_assert(p.kit.got.repeated);
	ck_assert_uint_eq(received(), 12);
	ck_assert_uint_eq(count_evidence(&p, EVIDENCE__EVENT__BODY_PART_STORED), 1);
	ck_assert_int_eq(when_part(&p, artifact, 12, "ten routines"), OK);
	ck_assert_int_eq(when_finished(&p, artifact), OK);
}
END_TEST

START_TEST(a_late_part_that_is_refused_spoils_nothing)
{
	struct bytes artifact = given_begun();

	ck_assert_int_eq(when_part(&p, artifact, 0, "the plan of "), OK);
	ck_assert_int_eq(when_part(&p, artifact, 0, "SOMETHING ELSE"), REJECTED);
	ck_assert_int_eq(p.kit.got.reason, REASON(PART_OUT_OF_ORDER));
	ck_assert_str_eq(p.kit.got.text, "offset: expected 12");
	ck_assert_int_eq(when_part(&p, artifact, 20, "ahead"), REJECTED);
	ck_assert_int_eq(p.kit.got.reason, REASON(PART_OUT_OF_ORDER));
	ck_assert_int_eq(when_part(&p, artifact, 12, "ten routines"), OK);
	ck_assert_int_eq(when_finished(&p, artifact), OK);
}
END_TEST

START_TEST(nobody_can_write_into_anothers_upload)
{
	Evidence__PutPart ask = EVIDENCE__PUT_PART__INIT;
	Evidence__Command cmd = EVIDENCE__COMMAND__INIT;
	struct bytes artifact = given_begun();

	ask.artifact = pb_of_bytes(artifact);
	ask.data = pb_of_bytes(bytes_of_text("not Ana's bytes at all.."));
	cmd.put_part = &ask;
	ck_assert_int_eq(when_sent_as(&p, PORTAL, BEN, &cmd, EVIDENCE__COMMAND__BODY_PUT_PART),
			 REJECTED);
	ck_assert_int_eq(p.kit.got.reason, REASON(NOT_YOURS));
	ck_assert_int_eq(when_part(&p, artifact, 0, "the plan of ten routines"), OK);
	ck_assert_int_eq(when_finished(&p, artifact), OK);
}
END_TEST

START_TEST(begin_parts_and_finish_may_come_in_one_batch)
{
	Evidence__BeginArtifact begin = EVIDENCE__BEGIN_ARTIFACT__INIT;
	Evidence__PutPart part = EVIDENCE__PUT_PART__INIT;
	Evidence__FinishArtifact finish = EVIDENCE__FINISH_ARTIFACT__INIT;
	Evidence__Command cmds[3] = {EVIDENCE__COMMAND__INIT, EVIDENCE__COMMAND__INIT,
				     EVIDENCE__COMMAND__INIT};
	struct bytes artifact = kit_id(&p.kit), content = bytes_of_text("small");
	uint8_t hash[SHA256_LEN];

	sha256(content, hash);
	begin.artifact = part.artifact = finish.artifact = pb_of_bytes(artifact);
	begin.portfolio = pb_of_bytes(p.portfolio);
	begin.requirement = (char[]){"lit-101.e1"};
	begin.media_type = (char[]){"text/plain"};
	begin.bytes = content.len;
	begin.sha256 = pb_of_bytes(BYTES_OF(hash));
	part.data = pb_of_bytes(content);
	cmds[0].body_case = EVIDENCE__COMMAND__BODY_BEGIN_ARTIFACT;
	cmds[0].begin_artifact = &begin;
	cmds[1].body_case = EVIDENCE__COMMAND__BODY_PUT_PART;
	cmds[1].put_part = &part;
	cmds[2].body_case = EVIDENCE__COMMAND__BODY_FINISH_ARTIFACT;
	cmds[2].finish_artifact = &finish;
	for (size_t i = 0; i < ARRAY_LEN(cmds); i++)
		kit_submit(&p.kit, kit_id(&p.kit), PORTAL, ANA, &cmds[i].base);
	kit_run(&p.kit);
	ck_assert_int_eq(p.kit.got.status, OK);
	ck_assert_str_eq(artifact_state_seen(&p, artifact), "ready");
}
END_TEST

/* ---- finish ---- */

START_TEST(an_upload_with_another_hash_is_refused_and_kept_nowhere)
{
	struct upload u = plan();
	uint8_t hash[SHA256_LEN];
	uint64_t size;

	u.announced = "the plan of nine routine";
	ck_assert_int_eq(when_artifact_begun(&p, &u), OK);
	ck_assert_int_eq(when_part(&p, u.artifact, 0, u.content), OK);
	ck_assert_int_eq(when_finished(&p, u.artifact), REJECTED);
	ck_assert_int_eq(p.kit.got.reason, REASON(HASH_MISMATCH));
	sha256(bytes_of_text(u.content), hash);
	ck_assert(!blobs_has(p.kit.caps.blobs, hash, &size));
	ck_assert_str_eq(artifact_state_seen(&p, u.artifact), "uploading");
	ck_assert_int_eq(when_abandoned(&p, u.artifact), OK);
}
END_TEST

START_TEST(knowing_the_hash_of_anothers_file_does_not_give_it)
{
	struct upload u = plan();

	given_artifact(&p, "e3", "1,4,9\n2,5,8\n9,9,9\n00000\n");
	u.announced = "1,4,9\n2,5,8\n9,9,9\n00000\n"; /* of the same length as what is sent */
	ck_assert_uint_eq(strlen(u.announced), strlen(u.content));
	ck_assert_int_eq(when_artifact_begun(&p, &u), OK);
	ck_assert_int_eq(when_part(&p, u.artifact, 0, u.content), OK);
	ck_assert_int_eq(when_finished(&p, u.artifact), REJECTED);
	ck_assert_int_eq(p.kit.got.reason, REASON(HASH_MISMATCH));
}
END_TEST

START_TEST(two_artifacts_of_the_same_bytes_share_a_blob_and_one_may_go)
{
	struct bytes first = given_artifact(&p, "e2", "the same recording");
	struct bytes second = given_artifact(&p, "e2", "the same recording");
	uint8_t hash[SHA256_LEN];
	uint64_t size;

	sha256(bytes_of_text("the same recording"), hash);
	ck_assert_int_eq(when_abandoned(&p, first), OK);
	ck_assert_str_eq(artifact_state_seen(&p, first), "");
	ck_assert_str_eq(artifact_state_seen(&p, second), "needs_privacy_step");
	ck_assert(blobs_has(p.kit.caps.blobs, hash, &size));
}
END_TEST

START_TEST(an_unfinished_upload_is_not_finished)
{
	struct bytes artifact = given_begun();

	ck_assert_int_eq(when_part(&p, artifact, 0, "the plan of "), OK);
	ck_assert_int_eq(when_finished(&p, artifact), REJECTED);
	ck_assert_int_eq(p.kit.got.reason, REASON(INCOMPLETE));
}
END_TEST

START_TEST(a_finished_upload_takes_no_parts_and_is_not_finished_again)
{
	struct bytes artifact = given_artifact(&p, "e1", "whole");

	ck_assert_int_eq(when_part(&p, artifact, 5, "x"), REJECTED);
	ck_assert_int_eq(p.kit.got.reason, REASON(WRONG_STATE));
	ck_assert_int_eq(when_finished(&p, artifact), REJECTED);
	ck_assert_int_eq(p.kit.got.reason, REASON(WRONG_STATE));
}
END_TEST

/* ---- refusals ---- */

static void no_artifact(Evidence__BeginArtifact *ask)
{
	ask->artifact = pb_of_bytes(BYTES_NONE);
}

static void no_portfolio(Evidence__BeginArtifact *ask)
{
	ask->portfolio = pb_of_bytes(BYTES_NONE);
}

static void other_portfolio(Evidence__BeginArtifact *ask)
{
	ask->portfolio = pb_of_bytes(kit_id(&p.kit));
}

static void short_hash(Evidence__BeginArtifact *ask)
{
	ask->sha256.len = 31;
}

static void no_bytes(Evidence__BeginArtifact *ask)
{
	ask->bytes = 0;
}

static void bad_date(Evidence__BeginArtifact *ask)
{
	ask->captured_on = (char *)(uintptr_t) "2026-02-30";
}

static void other_requirement(Evidence__BeginArtifact *ask)
{
	ask->requirement = (char *)(uintptr_t) "lit-101.e9";
}

static void other_media(Evidence__BeginArtifact *ask)
{
	ask->media_type = (char *)(uintptr_t) "video/mp4";
}

static void too_large_for_kind(Evidence__BeginArtifact *ask)
{
	ask->bytes = 50000001;
}

static void too_large_at_all(Evidence__BeginArtifact *ask)
{
	ask->bytes = UINT64_MAX;
}

static const struct {
	void (*spoil)(Evidence__BeginArtifact *ask);
	uint32_t reason;
} bad_begins[] = {
	{no_artifact, REASON(BAD_ID)},
	{no_portfolio, REASON(BAD_ID)},
	{other_portfolio, REASON(UNKNOWN_PORTFOLIO)},
	{short_hash, REASON(BAD_HASH)},
	{no_bytes, REASON(BAD_VALUE)},
	{bad_date, REASON(BAD_VALUE)},
	{other_requirement, REASON(UNKNOWN_REQUIREMENT)},
	{other_media, REASON(MEDIA_TYPE_NOT_ALLOWED)},
	{too_large_for_kind, REASON(TOO_LARGE)},
	{too_large_at_all, REASON(TOO_LARGE)},
};

START_TEST(a_begin_that_may_not_be_is_refused_and_says_why)
{
	Evidence__BeginArtifact ask = EVIDENCE__BEGIN_ARTIFACT__INIT;
	Evidence__Command cmd = EVIDENCE__COMMAND__INIT;
	uint8_t hash[SHA256_LEN] = {1};

	ask.artifact = pb_of_bytes(kit_id(&p.kit));
	ask.portfolio = pb_of_bytes(p.portfolio);
	ask.requirement = (char *)(uintptr_t) "lit-101.e1";
	ask.media_type = (char *)(uintptr_t) "application/pdf";
	ask.bytes = 50000000;
	ask.sha256 = pb_of_bytes(BYTES_OF(hash));
	bad_begins[_i].spoil(&ask);
	cmd.begin_artifact = &ask;
	ck_assert_int_eq(when_sent(&p, &cmd, EVIDENCE__COMMAND__BODY_BEGIN_ARTIFACT), REJECTED);
	ck_assert_uint_eq(p.kit.got.reason, bad_begins[_i].reason);
	ck_assert(p.kit.got.text != NULL && p.kit.got.text[0] != '\0');
	ck_assert_uint_eq(count_evidence(&p, EVIDENCE__EVENT__BODY_ARTIFACT_BEGUN), 0);
}
END_TEST

START_TEST(an_artifact_of_the_largest_size_may_begin)
{
	Evidence__BeginArtifact ask = EVIDENCE__BEGIN_ARTIFACT__INIT;
	Evidence__Command cmd = EVIDENCE__COMMAND__INIT;
	uint8_t hash[SHA256_LEN] = {1};

	ask.artifact = pb_of_bytes(kit_id(&p.kit));
	ask.portfolio = pb_of_bytes(p.portfolio);
	ask.requirement = (char *)(uintptr_t) "lit-101.e1";
	ask.media_type = (char *)(uintptr_t) "application/pdf";
	ask.bytes = 50000000;
	ask.sha256 = pb_of_bytes(BYTES_OF(hash));
	cmd.begin_artifact = &ask;
	ck_assert_int_eq(when_sent(&p, &cmd, EVIDENCE__COMMAND__BODY_BEGIN_ARTIFACT), OK);
}
END_TEST

START_TEST(an_artifacts_id_is_used_once)
{
	struct upload u = plan();

	u.artifact = given_begun();
	ck_assert_int_eq(when_artifact_begun(&p, &u), REJECTED);
	ck_assert_int_eq(p.kit.got.reason, REASON(ID_TAKEN));
	ck_assert_int_eq(when_abandoned(&p, u.artifact), OK);
	ck_assert_int_eq(when_artifact_begun(&p, &u), REJECTED);
	ck_assert_int_eq(p.kit.got.reason, REASON(ID_TAKEN));
}
END_TEST

START_TEST(a_requirement_takes_no_more_items_than_the_entry_says)
{
	struct upload u = plan();
	struct bytes first = given_begun();

	ck_assert_int_eq(when_artifact_begun(&p, &u), REJECTED);
	ck_assert_int_eq(p.kit.got.reason, REASON(TOO_MANY_ITEMS));
	ck_assert_int_eq(when_abandoned(&p, first), OK);
	ck_assert_int_eq(when_artifact_begun(&p, &(struct upload){.requirement = "lit-101.e1",
								  .media_type = "text/plain",
								  .content = "x"}),
			 OK);
}
END_TEST

START_TEST(what_waits_for_a_privacy_step_leaves_room_for_its_redacted_copy)
{
	given_artifact(&p, "e3", "names in it");
	given_artifact(&p, "e3", "no names in it");
	ck_assert_uint_eq(portfolio_seen(&p)->requirements[2]->n_artifacts, 2);
}
END_TEST

START_TEST(a_portfolio_takes_no_more_artifacts_than_the_policy_says)
{
	struct upload u = plan();
	Enrollment__Policy policy = *kit_policy();

	portfolio_kit_close(&p);
	portfolio_kit_open_empty(&p);
	policy.artifacts_max = 2;
	hear_policy(&p, &policy);
	hear_media(&p);
	hear_calendar(&p);
	hear_profiles(&p);
	hear_entry(&p, "standard");
	hear_enrolled(&p, p.portfolio, ANA);
	given_artifact(&p, "e3", "one");
	given_artifact(&p, "e3", "two");
	ck_assert_int_eq(when_artifact_begun(&p, &u), REJECTED);
	ck_assert_int_eq(p.kit.got.reason, REASON(TOO_MANY_ITEMS));
}
END_TEST

START_TEST(a_part_must_be_of_a_known_artifact_not_empty_and_not_more_than_announced)
{
	Evidence__PutPart ask = EVIDENCE__PUT_PART__INIT;
	Evidence__Command cmd = EVIDENCE__COMMAND__INIT;
	struct bytes artifact = given_begun();
	static uint8_t large[(512 << 10) + 1];

	ck_assert_int_eq(when_part(&p, kit_id(&p.kit), 0, "x"), REJECTED);
	ck_assert_int_eq(p.kit.got.reason, REASON(UNKNOWN_ARTIFACT));
	ck_assert_int_eq(when_part(&p, BYTES_NONE, 0, "x"), REJECTED);
	ck_assert_int_eq(p.kit.got.reason, REASON(BAD_ID));
	ck_assert_int_eq(when_part(&p, artifact, 0, ""), REJECTED);
	ck_assert_int_eq(p.kit.got.reason, REASON(BAD_VALUE));
	ck_assert_int_eq(when_part(&p, artifact, 0, "the plan of ten routines and more"), REJECTED);
	ck_assert_int_eq(p.kit.got.reason, REASON(TOO_LARGE));
	ask.artifact = pb_of_bytes(artifact);
	ask.data = pb_of_bytes(BYTES_OF(large));
	cmd.put_part = &ask;
	ck_assert_int_eq(when_sent(&p, &cmd, EVIDENCE__COMMAND__BODY_PUT_PART), REJECTED);
	ck_assert_int_eq(p.kit.got.reason, REASON(PART_TOO_LARGE));
}
END_TEST

START_TEST(a_large_artifact_arrives_in_full_parts)
{
	Evidence__BeginArtifact ask = EVIDENCE__BEGIN_ARTIFACT__INIT;
	Evidence__Command cmd = EVIDENCE__COMMAND__INIT;
	static uint8_t content[(512 << 10) * 2 + 1000];
	const size_t part = 512 << 10;
	uint8_t hash[SHA256_LEN];

	for (size_t i = 0; i < sizeof content; i++)
		content[i] = (uint8_t)(i * 31 >> 3);
	sha256(BYTES_OF(content), hash);
	ask.artifact = pb_of_bytes(kit_id(&p.kit));
	ask.portfolio = pb_of_bytes(p.portfolio);
	ask.requirement = (char *)(uintptr_t) "lit-101.e1";
	ask.media_type = (char *)(uintptr_t) "application/pdf";
	ask.bytes = sizeof content;
	ask.sha256 = pb_of_bytes(BYTES_OF(hash));
	cmd.begin_artifact = &ask;
	ck_assert_int_eq(when_sent(&p, &cmd, EVIDENCE__COMMAND__BODY_BEGIN_ARTIFACT), OK);
	for (size_t at = 0; at < sizeof content; at += part) {
		Evidence__PutPart put = EVIDENCE__PUT_PART__INIT;
		Evidence__Command next = EVIDENCE__COMMAND__INIT;

		put.artifact = ask.artifact;
		put.offset = at;
		put.data =
			pb_of_bytes((struct bytes){content + at, MIN(part, sizeof content - at)});
		next.put_part = &put;
		ck_assert_int_eq(when_sent(&p, &next, EVIDENCE__COMMAND__BODY_PUT_PART), OK);
	}
	ck_assert_int_eq(when_finished(&p, bytes_of_pb(ask.artifact)), OK);
}
END_TEST

START_TEST(another_teacher_may_not_begin_in_this_portfolio_and_an_operator_may)
{
	Evidence__AbandonArtifact ask = EVIDENCE__ABANDON_ARTIFACT__INIT;
	Evidence__Command cmd = EVIDENCE__COMMAND__INIT;
	struct bytes artifact = given_begun();

	ask.artifact = pb_of_bytes(artifact);
	cmd.abandon_artifact = &ask;
	ck_assert_int_eq(
		when_sent_as(&p, PORTAL, BEN, &cmd, EVIDENCE__COMMAND__BODY_ABANDON_ARTIFACT),
		REJECTED);
	ck_assert_int_eq(p.kit.got.reason, REASON(NOT_YOURS));
	ck_assert_int_eq(when_sent_as(&p, PORTAL | ROLE_OPERATOR, BEN, &cmd,
				      EVIDENCE__COMMAND__BODY_ABANDON_ARTIFACT),
			 OK);
}
END_TEST

START_TEST(a_peer_without_a_role_is_turned_away_at_the_door)
{
	Evidence__AbandonArtifact ask = EVIDENCE__ABANDON_ARTIFACT__INIT;
	Evidence__Command cmd = EVIDENCE__COMMAND__INIT;

	ask.artifact = pb_of_bytes(given_begun());
	cmd.abandon_artifact = &ask;
	ck_assert_int_eq(when_sent_as(&p, ROLE_FOLLOW, BYTES_NONE, &cmd,
				      EVIDENCE__COMMAND__BODY_ABANDON_ARTIFACT),
			 CAIRN__STATUS__FORBIDDEN);
}
END_TEST

/* ---- left alone ---- */

START_TEST(an_upload_left_alone_for_the_policys_days_is_abandoned)
{
	struct bytes artifact = given_begun();

	kit_advance(&p.kit, 7 * US_PER_DAY - 1);
	ck_assert_str_eq(artifact_state_seen(&p, artifact), "uploading");
	kit_advance(&p.kit, 1);
	ck_assert_str_eq(artifact_state_seen(&p, artifact), "");
	ck_assert_int_eq(when_part(&p, artifact, 0, "the plan of "), REJECTED);
	ck_assert_int_eq(p.kit.got.reason, REASON(WRONG_STATE));
	ck_assert_uint_eq(count_evidence(&p, EVIDENCE__EVENT__BODY_ARTIFACT_ABANDONED), 1);
}
END_TEST

START_TEST(each_part_gives_an_upload_its_days_anew_and_the_end_stops_the_clock)
{
	struct bytes artifact = given_begun();

	kit_advance(&p.kit, 6 * US_PER_DAY);
	ck_assert_int_eq(when_part(&p, artifact, 0, "the plan of "), OK);
	kit_advance(&p.kit, 6 * US_PER_DAY);
	ck_assert_int_eq(when_part(&p, artifact, 12, "ten routines"), OK);
	ck_assert_int_eq(when_finished(&p, artifact), OK);
	kit_advance(&p.kit, 30 * US_PER_DAY);
	ck_assert_str_eq(artifact_state_seen(&p, artifact), "ready");
}
END_TEST

START_TEST(an_abandoned_artifact_is_not_abandoned_again)
{
	struct bytes artifact = given_begun();

	ck_assert_int_eq(when_abandoned(&p, artifact), OK);
	ck_assert_int_eq(when_abandoned(&p, artifact), REJECTED);
	ck_assert_int_eq(p.kit.got.reason, REASON(WRONG_STATE));
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("evidence artifacts");
	TCase *tcase = tcase_create("artifacts");

	tcase_set_timeout(tcase, 60); /* disks that sync are slow */
	tcase_add_checked_fixture(tcase, open_kit, close_kit);
	tcase_add_test(tcase, an_upload_arrives_in_parts_and_is_kept_under_its_hash);
	tcase_add_test(tcase, an_upload_without_an_announced_hash_is_called_by_what_arrived);
	tcase_add_test(tcase, an_unannounced_upload_is_abandoned_without_a_trace_of_a_blob);
	tcase_add_test(tcase, how_far_an_upload_is_can_be_asked);
	tcase_add_test(tcase, an_upload_goes_on_after_a_restart);
	tcase_add_test(tcase, the_same_part_command_twice_counts_once);
	tcase_add_test(tcase, a_late_part_that_is_refused_spoils_nothing);
	tcase_add_test(tcase, nobody_can_write_into_anothers_upload);
	tcase_add_test(tcase, begin_parts_and_finish_may_come_in_one_batch);
	tcase_add_test(tcase, an_upload_with_another_hash_is_refused_and_kept_nowhere);
	tcase_add_test(tcase, knowing_the_hash_of_anothers_file_does_not_give_it);
	tcase_add_test(tcase, two_artifacts_of_the_same_bytes_share_a_blob_and_one_may_go);
	tcase_add_test(tcase, an_unfinished_upload_is_not_finished);
	tcase_add_test(tcase, a_finished_upload_takes_no_parts_and_is_not_finished_again);
	tcase_add_loop_test(tcase, a_begin_that_may_not_be_is_refused_and_says_why, 0,
			    ARRAY_LEN(bad_begins));
	tcase_add_test(tcase, an_artifact_of_the_largest_size_may_begin);
	tcase_add_test(tcase, an_artifacts_id_is_used_once);
	tcase_add_test(tcase, a_requirement_takes_no_more_items_than_the_entry_says);
	tcase_add_test(tcase, what_waits_for_a_privacy_step_leaves_room_for_its_redacted_copy);
	tcase_add_test(tcase, a_portfolio_takes_no_more_artifacts_than_the_policy_says);
	tcase_add_test(tcase,
		       a_part_must_be_of_a_known_artifact_not_empty_and_not_more_than_announced);
	tcase_add_test(tcase, a_large_artifact_arrives_in_full_parts);
	tcase_add_test(tcase, another_teacher_may_not_begin_in_this_portfolio_and_an_operator_may);
	tcase_add_test(tcase, a_peer_without_a_role_is_turned_away_at_the_door);
	tcase_add_test(tcase, an_upload_left_alone_for_the_policys_days_is_abandoned);
	tcase_add_test(tcase, each_part_gives_an_upload_its_days_anew_and_the_end_stops_the_clock);
	tcase_add_test(tcase, an_abandoned_artifact_is_not_abandoned_again);
	suite_add_tcase(suite, tcase);
	return suite;
}
