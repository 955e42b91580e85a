/* Tests of removing files: what was let go of goes, what anything names stays, orphans go after a
 * day. */
#include "services/evidence/effects.h"

#include "services/evidence/evidence.h"
#include "services/evidence/portfolio.h"
#include "services/evidence/tables.h"
#include "tests/support/portfolio_kit.h"
#include "tests/support/suite.h"

#include <time.h>

#define WALK_US (300 * US_PER_S)

static struct portfolio_kit p;
static struct outside *outside;

static void open_kit(void)
{
	struct outside_setup setup = {.caps = &p.kit.caps};

	portfolio_kit_open(&p, "double-read");
	setup.dir = p.kit.dir;
	outside = evidence_outside.open(&setup);
	ck_assert_ptr_nonnull(outside);
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

/* One turn of the daemon's loop: what the effects submit is run and answered. */
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

static bool has_draft(struct bytes owner, const char *code)
{
	struct bytes content;

	return draft_read(p.kit.caps.blobs, owner, code, 0, 10, p.kit.arena, &content);
}

/* ---- let go ---- */

START_TEST(an_abandoned_artifacts_bytes_are_removed_and_its_hash_stays)
{
	struct bytes artifact = given_artifact(&p, "e1", "not wanted");
	const Evidence__BlobsPurged *purged;

	turn();
	ck_assert(is_kept("not wanted"));
	ck_assert_int_eq(when_abandoned(&p, artifact), OK);
	turn();
	ck_assert(!is_kept("not wanted"));
	purged = next_evidence(&p, EVIDENCE__EVENT__BODY_BLOBS_PURGED)->blobs_purged;
	ck_assert_uint_eq(purged->n_sha256, 1);
	turn();
	ck_assert_ptr_null(next_evidence(&p, EVIDENCE__EVENT__BODY_BLOBS_PURGED));
}
END_TEST

START_TEST(what_another_artifact_names_is_not_removed)
{
	struct bytes first = given_artifact(&p, "e2", "shared");
	struct bytes second = given_artifact(&p, "e2", "shared");

	ck_assert_int_eq(when_abandoned(&p, first), OK);
	turn();
	ck_assert(is_kept("shared"));
	ck_assert_int_eq(when_abandoned(&p, second), OK);
	turn();
	ck_assert(!is_kept("shared"));
}
END_TEST

START_TEST(what_is_uploaded_again_before_the_removal_stays)
{
	struct bytes artifact = given_artifact(&p, "e1", "again");

	ck_assert_int_eq(when_abandoned(&p, artifact), OK);
	given_artifact(&p, "e1", "again");
	turn();
	ck_assert(is_kept("again"));
}
END_TEST

START_TEST(what_was_sealed_stays_when_it_is_replaced_for_the_next_attempt)
{
	struct bytes artifacts[3], submission;

	given_everything(&p, artifacts);
	submission = given_sealed(&p);
	hear_decision(&p, submission, "no yes yes", false);
	ck_assert_int_eq(when_abandoned(&p, artifacts[0]), OK);
	turn();
	ck_assert(is_kept("the plan of ten routines"));
}
END_TEST

START_TEST(a_redacted_originals_bytes_are_removed)
{
	struct bytes original = given_artifact(&p, "e2", "faces");

	ck_assert_int_eq(when_redacted(&p, original, given_artifact(&p, "e2", "no faces")), OK);
	turn();
	ck_assert(!is_kept("faces"));
	ck_assert(is_kept("no faces"));
}
END_TEST

START_TEST(an_erased_educators_files_are_removed_and_the_manifest_stays)
{
	struct bytes artifacts[3], submission;
	struct upload u = {
		.requirement = "lit-101.e2", .media_type = "audio/wav", .content = "half"};
	uint64_t size;

	given_everything(&p, artifacts);
	submission = given_sealed(&p);
	hear_decision(&p, submission, "no no no", false);
	ck_assert_int_eq(when_artifact_begun(&p, &u), OK);
	ck_assert_int_eq(when_part(&p, u.artifact, 0, "ha"), OK);
	ck_assert(has_draft(p.portfolio, "answer.0"));
	ck_assert(has_draft(u.artifact, UPLOAD_CODE));
	hear_erased(&p, ANA);
	turn();
	ck_assert(!is_kept("the plan of ten routines"));
	ck_assert(!is_kept("children saying sounds"));
	ck_assert(!is_kept(words_long(&p, 20)));
	ck_assert(!has_draft(p.portfolio, "answer.0"));
	ck_assert(!has_draft(u.artifact, UPLOAD_CODE));
	ck_assert(blobs_has(p.kit.caps.blobs,
			    submission_seen(&p, submission)->sealed->manifest_sha256.data, &size));
	ck_assert_uint_eq(
		next_evidence(&p, EVIDENCE__EVENT__BODY_BLOBS_PURGED)->blobs_purged->n_portfolios,
		1);
}
END_TEST

static const Evidence__ErasureAnswer *erasure_seen(struct bytes educator)
{
	Evidence__GetErasure ask = EVIDENCE__GET_ERASURE__INIT;
	Evidence__Query query = EVIDENCE__QUERY__INIT;

	ask.educator = pb_of_bytes(educator);
	query.body_case = EVIDENCE__QUERY__BODY_GET_ERASURE;
	query.get_erasure = &ask;
	ck_assert_int_eq(kit_ask(&p.kit, BYTES_NONE, &query.base), OK);
	return got_evidence(&p)->erasure;
}

START_TEST(how_far_an_erasure_has_come_is_told)
{
	given_everything(&p, NULL);
	given_sealed(&p);
	ck_assert_uint_eq(erasure_seen(ANA)->portfolios, 1);
	ck_assert_uint_eq(erasure_seen(ANA)->forgotten, 0);
	ck_assert_uint_eq(erasure_seen(ANA)->manifests, 1);
	hear_erased(&p, ANA);
	ck_assert_uint_eq(erasure_seen(ANA)->forgotten, 1);
	ck_assert_uint_eq(erasure_seen(ANA)->waiting, 1 + 3 + 3); /* drafts, files, answers */
	turn();
	ck_assert_uint_eq(erasure_seen(ANA)->waiting, 0);
	ck_assert_uint_eq(erasure_seen(ANA)->shared, 0);
	ck_assert_uint_eq(erasure_seen(BEN)->portfolios, 0);
}
END_TEST

/* What the kit does for Ana, for Ben. */
static void given_bens(struct bytes portfolio, const char *content)
{
	Evidence__BeginArtifact begin = EVIDENCE__BEGIN_ARTIFACT__INIT;
	Evidence__PutPart part = EVIDENCE__PUT_PART__INIT;
	Evidence__FinishArtifact finish = EVIDENCE__FINISH_ARTIFACT__INIT;
	Evidence__Command cmd = EVIDENCE__COMMAND__INIT;
	struct bytes data = bytes_of_text(content);
	uint8_t hash[SHA256_LEN];

	sha256(data, hash);
	begin.artifact = part.artifact = finish.artifact = pb_of_bytes(kit_id(&p.kit));
	begin.portfolio = pb_of_bytes(portfolio);
	begin.requirement = (char *)(uintptr_t) "lit-101.e1";
	begin.media_type = (char *)(uintptr_t) "text/plain";
	begin.bytes = data.len;
	begin.sha256 = pb_of_bytes(BYTES_OF(hash));
	part.data = pb_of_bytes(data);
	cmd.begin_artifact = &begin;
	ck_assert_int_eq(
		when_sent_as(&p, PORTAL, BEN, &cmd, EVIDENCE__COMMAND__BODY_BEGIN_ARTIFACT), OK);
	cmd.put_part = &part;
	ck_assert_int_eq(when_sent_as(&p, PORTAL, BEN, &cmd, EVIDENCE__COMMAND__BODY_PUT_PART), OK);
	cmd.finish_artifact = &finish;
	ck_assert_int_eq(
		when_sent_as(&p, PORTAL, BEN, &cmd, EVIDENCE__COMMAND__BODY_FINISH_ARTIFACT), OK);
}

START_TEST(what_two_educators_share_survives_the_erasure_of_one)
{
	struct bytes bens = kit_id(&p.kit);

	given_artifact(&p, "e1", "our plan");
	hear_enrolled(&p, bens, BEN);
	given_bens(bens, "our plan");
	hear_erased(&p, ANA);
	turn();
	ck_assert(is_kept("our plan"));
	hear_erased(&p, BEN);
	turn();
	ck_assert(!is_kept("our plan"));
}
END_TEST

/* ---- batches that fail ---- */

static int refuse_seal(void *ctx, struct txn **txn, uint64_t last_seq)
{
	(void)ctx;
	(void)last_seq;
	txn_abort(txn);
	return -1;
}

static void run_unsaved(void)
{
	static struct durability none = {.seal = refuse_seal}; /* the engine keeps it */
	struct engine_options options = {
		.caps = &p.kit.caps, .durability = &none, .map_bytes = (size_t)1 << 26};
	char dir[100];

	engine_view_end(p.kit.engine);
	engine_close(&p.kit.engine);
	snprintf(dir, sizeof dir, "%s/db", p.kit.dir);
	options.dir = dir;
	p.kit.engine = engine_open(&evidence_service, &options);
	ck_assert_ptr_nonnull(p.kit.engine);
}

/* The artifact is abandoned and its bytes are said to be purged, in one batch that is not stored:
 * she still has it. */
START_TEST(a_purge_that_is_not_stored_loses_no_bytes)
{
	struct bytes artifact = given_artifact(&p, "e1", "still hers");
	Evidence__AbandonArtifact abandon = EVIDENCE__ABANDON_ARTIFACT__INIT;
	Evidence__NotePurged purged = EVIDENCE__NOTE_PURGED__INIT;
	Evidence__Command cmd = EVIDENCE__COMMAND__INIT;
	ProtobufCBinaryData hashes[1];
	uint8_t hash[SHA256_LEN];

	sha256(bytes_of_text("still hers"), hash);
	hashes[0] = pb_of_bytes(BYTES_OF(hash));
	run_unsaved();
	abandon.artifact = pb_of_bytes(artifact);
	cmd.body_case = EVIDENCE__COMMAND__BODY_ABANDON_ARTIFACT;
	cmd.abandon_artifact = &abandon;
	kit_submit(&p.kit, kit_id(&p.kit), PORTAL, ANA, &cmd.base);
	purged.n_sha256 = 1;
	purged.sha256 = hashes;
	cmd.body_case = EVIDENCE__COMMAND__BODY_NOTE_PURGED;
	cmd.note_purged = &purged;
	kit_submit(&p.kit, kit_id(&p.kit), ROLE_SELF, BYTES_NONE, &cmd.base);
	kit_run(&p.kit);
	ck_assert_int_eq(p.kit.got.status, CAIRN__STATUS__UNAVAILABLE);
	kit_reopen(&p.kit);
	ck_assert_str_eq(artifact_state_seen(&p, artifact), "ready");
	ck_assert(is_kept("still hers"));
}
END_TEST

/* ---- orphans ---- */

/* Walks all 256 parts; the kit's clock stands years before or after the files' own. */
static void walk_all(int64_t files_aged_us)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	p.kit.now_us = (int64_t)now.tv_sec * US_PER_S + files_aged_us;
	for (unsigned i = 0; i < 256; i++) {
		turn();
		p.kit.now_us += 1;
		ck_assert_int_le(evidence_outside.next_us(outside), p.kit.now_us + WALK_US);
		p.kit.now_us += WALK_US;
	}
	turn();
}

START_TEST(orphans_of_a_day_are_removed_and_what_is_named_stays)
{
	struct bytes artifacts[3], stranger = kit_id(&p.kit), submission;
	struct upload u = {
		.requirement = "lit-101.e2", .media_type = "audio/wav", .content = "half"};
	uint8_t hash[SHA256_LEN];
	uint64_t size;

	given_everything(&p, artifacts);
	ck_assert_int_eq(when_artifact_begun(&p, &u), OK);
	ck_assert_int_eq(when_part(&p, u.artifact, 0, "half"), OK);
	ck_assert_int_eq(blobs_put(p.kit.caps.blobs, bytes_of_text("orphan"), hash), 0);
	ck_assert_int_eq(
		draft_write(p.kit.caps.blobs, stranger, UPLOAD_CODE, 0, bytes_of_text("x"), false),
		0);
	ck_assert_int_eq(
		draft_write(p.kit.caps.blobs, stranger, "answer.0", 0, bytes_of_text("x"), true),
		0);
	ck_assert_int_eq(blobs_sync(p.kit.caps.blobs), 0);
	ck_assert_int_eq(when_finished(&p, u.artifact), OK);
	given_consent(&p, u.artifact);
	submission = given_sealed(&p);
	walk_all(25 * US_PER_HOUR);
	ck_assert(!is_kept("orphan"));
	ck_assert(!has_draft(stranger, UPLOAD_CODE));
	ck_assert(!has_draft(stranger, "answer.0"));
	ck_assert(is_kept("half"));
	ck_assert(is_kept("the plan of ten routines"));
	ck_assert(is_kept(words_long(&p, 40)));
	ck_assert(has_draft(p.portfolio, "answer.0"));
	ck_assert(blobs_has(p.kit.caps.blobs,
			    submission_seen(&p, submission)->sealed->manifest_sha256.data, &size));
}
END_TEST

START_TEST(younger_orphans_are_left_and_drafts_in_use_too)
{
	struct bytes stranger = kit_id(&p.kit);
	struct upload u = {
		.requirement = "lit-101.e2", .media_type = "audio/wav", .content = "half"};
	uint8_t hash[SHA256_LEN];

	ck_assert_int_eq(when_artifact_begun(&p, &u), OK);
	ck_assert_int_eq(when_part(&p, u.artifact, 0, "ha"), OK);
	ck_assert_int_eq(blobs_put(p.kit.caps.blobs, bytes_of_text("young"), hash), 0);
	ck_assert_int_eq(
		draft_write(p.kit.caps.blobs, stranger, UPLOAD_CODE, 0, bytes_of_text("x"), false),
		0);
	ck_assert_int_eq(blobs_sync(p.kit.caps.blobs), 0);
	walk_all(-23 * US_PER_HOUR);
	ck_assert(is_kept("young"));
	ck_assert(has_draft(stranger, UPLOAD_CODE));
	ck_assert(has_draft(u.artifact, UPLOAD_CODE));
}
END_TEST

START_TEST(an_abandoned_uploads_draft_is_an_orphan)
{
	struct upload u = {
		.requirement = "lit-101.e2", .media_type = "audio/wav", .content = "half"};

	ck_assert_int_eq(when_artifact_begun(&p, &u), OK);
	ck_assert_int_eq(when_part(&p, u.artifact, 0, "ha"), OK);
	ck_assert_int_eq(when_abandoned(&p, u.artifact), OK);
	walk_all(25 * US_PER_HOUR);
	ck_assert(!has_draft(u.artifact, UPLOAD_CODE));
}
END_TEST

START_TEST(nobody_else_may_purge)
{
	Evidence__NotePurged ask = EVIDENCE__NOTE_PURGED__INIT;
	Evidence__Command cmd = EVIDENCE__COMMAND__INIT;
	uint8_t hash[SHA256_LEN];
	ProtobufCBinaryData hashes[1];

	given_artifact(&p, "e1", "hers");
	sha256(bytes_of_text("hers"), hash);
	hashes[0] = pb_of_bytes(BYTES_OF(hash));
	ask.n_sha256 = 1;
	ask.sha256 = hashes;
	cmd.note_purged = &ask;
	ck_assert_int_eq(when_sent_as(&p, PORTAL | ROLE_OPERATOR, ANA, &cmd,
				      EVIDENCE__COMMAND__BODY_NOTE_PURGED),
			 CAIRN__STATUS__FORBIDDEN);
	ck_assert_int_eq(
		when_sent_as(&p, ROLE_SELF, BYTES_NONE, &cmd, EVIDENCE__COMMAND__BODY_NOTE_PURGED),
		OK);
	ck_assert(is_kept("hers"));
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("evidence effects");
	TCase *tcase = tcase_create("effects");

	tcase_set_timeout(tcase, 60); /* disks that sync are slow */
	tcase_add_checked_fixture(tcase, open_kit, close_kit);
	tcase_add_test(tcase, an_abandoned_artifacts_bytes_are_removed_and_its_hash_stays);
	tcase_add_test(tcase, what_another_artifact_names_is_not_removed);
	tcase_add_test(tcase, what_is_uploaded_again_before_the_removal_stays);
	tcase_add_test(tcase, what_was_sealed_stays_when_it_is_replaced_for_the_next_attempt);
	tcase_add_test(tcase, a_redacted_originals_bytes_are_removed);
	tcase_add_test(tcase, an_erased_educators_files_are_removed_and_the_manifest_stays);
	tcase_add_test(tcase, how_far_an_erasure_has_come_is_told);
	tcase_add_test(tcase, what_two_educators_share_survives_the_erasure_of_one);
	tcase_add_test(tcase, a_purge_that_is_not_stored_loses_no_bytes);
	tcase_add_test(tcase, orphans_of_a_day_are_removed_and_what_is_named_stays);
	tcase_add_test(tcase, younger_orphans_are_left_and_drafts_in_use_too);
	tcase_add_test(tcase, an_abandoned_uploads_draft_is_an_orphan);
	tcase_add_test(tcase, nobody_else_may_purge);
	suite_add_tcase(suite, tcase);
	return suite;
}
