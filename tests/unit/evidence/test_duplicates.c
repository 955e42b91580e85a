/* Tests of duplicates and shared artifacts: what raises a flag at the seal, what does not, who sees
 * it. */
#include "tests/support/portfolio_kit.h"
#include "tests/support/suite.h"

#include "libshared/blobs.h"

#include <stdio.h>
#include <string.h>

static struct portfolio_kit p;
static struct bytes anas, bens; /* portfolios */

static void open_kit(void)
{
	portfolio_kit_open(&p, "double-read");
	anas = p.portfolio;
	bens = kit_id(&p.kit);
	hear_enrolled(&p, bens, BEN);
}

static void close_kit(void)
{
	portfolio_kit_close(&p);
}

/* 100 different words: from, so that texts of two numbers have nothing in common. */
static const char *essay(unsigned from)
{
	char *text = arena_alloc(p.kit.arena, 2000);
	size_t len = 0;

	for (unsigned i = 0; i < 100; i++)
		len += (size_t)snprintf(text + len, 2000 - len, "w%u ", from + i);
	return text;
}

/* Another portfolio, by its teacher. */
struct author {
	struct bytes portfolio, person;
};

static Cairn__Status say(const struct author *a, Evidence__Command *cmd,
			 Evidence__Command__BodyCase body)
{
	return when_sent_as(&p, PORTAL, a->person, cmd, body);
}

static struct bytes uploaded(const struct author *a, const char *requirement, const char *type,
			     const char *content)
{
	Evidence__BeginArtifact begin = EVIDENCE__BEGIN_ARTIFACT__INIT;
	Evidence__PutPart part = EVIDENCE__PUT_PART__INIT;
	Evidence__FinishArtifact finish = EVIDENCE__FINISH_ARTIFACT__INIT;
	Evidence__Command cmd = EVIDENCE__COMMAND__INIT;
	struct bytes id = kit_id(&p.kit);
	uint8_t hash[32];

	sha256(bytes_of_text(content), hash);
	begin.artifact = part.artifact = finish.artifact = pb_of_bytes(id);
	begin.portfolio = pb_of_bytes(a->portfolio);
	begin.requirement = arena_text(p.kit.arena, bytes_of_text(requirement));
	begin.media_type = arena_text(p.kit.arena, bytes_of_text(type));
	begin.bytes = strlen(content);
	begin.sha256 = pb_of_bytes(BYTES_OF(hash));
	cmd.begin_artifact = &begin;
	ck_assert_int_eq(say(a, &cmd, EVIDENCE__COMMAND__BODY_BEGIN_ARTIFACT), OK);
	part.data = pb_of_bytes(bytes_of_text(content));
	cmd.put_part = &part;
	ck_assert_int_eq(say(a, &cmd, EVIDENCE__COMMAND__BODY_PUT_PART), OK);
	cmd.finish_artifact = &finish;
	ck_assert_int_eq(say(a, &cmd, EVIDENCE__COMMAND__BODY_FINISH_ARTIFACT), OK);
	return id;
}

static void consented(const struct author *a, struct bytes artifact)
{
	Evidence__RecordConsent ask = EVIDENCE__RECORD_CONSENT__INIT;
	Evidence__Command cmd = EVIDENCE__COMMAND__INIT;

	ask.artifact = pb_of_bytes(artifact);
	ask.consent = pb_of_bytes(kit_id(&p.kit));
	ask.scope = arena_text(p.kit.arena, bytes_of_text("assessment"));
	ask.basis = EVIDENCE__CONSENT_BASIS__PARENT;
	ask.given_by_role = arena_text(p.kit.arena, bytes_of_text("parent"));
	cmd.record_consent = &ask;
	ck_assert_int_eq(say(a, &cmd, EVIDENCE__COMMAND__BODY_RECORD_CONSENT), OK);
}

static void answered(const struct author *a, const char *question, const char *text)
{
	Evidence__SaveAnswer ask = EVIDENCE__SAVE_ANSWER__INIT;
	Evidence__Command cmd = EVIDENCE__COMMAND__INIT;

	ask.portfolio = pb_of_bytes(a->portfolio);
	ask.question = arena_text(p.kit.arena, bytes_of_text(question));
	ask.text = arena_text(p.kit.arena, bytes_of_text(text));
	cmd.save_answer = &ask;
	ck_assert_int_eq(say(a, &cmd, EVIDENCE__COMMAND__BODY_SAVE_ANSWER), OK);
}

/* The plan, the recording and the answers are what is said; the rest is the author's own. */
static struct bytes sealed_by(const struct author *a, const char *plan, const char *recording)
{
	Evidence__Seal ask = EVIDENCE__SEAL__INIT;
	Evidence__Command cmd = EVIDENCE__COMMAND__INIT;
	struct bytes submission = kit_id(&p.kit);

	if (plan != NULL)
		uploaded(a, "lit-101.e1", "text/plain", plan);
	consented(a, uploaded(a, "lit-101.e2", "audio/wav", recording));
	consented(a, uploaded(a, "lit-101.e3", "text/csv",
			      arena_printf(p.kit.arena, "own,%s", ID_STR(a->person))));
	answered(a, "lit-101.o1", "Six children of the first grade.");
	answered(a, "lit-101.o2", "Blending and segmenting, as the class needs both.");
	answered(a, "lit-101.f1", "It went well and I would do it again next year.");
	ask.submission = pb_of_bytes(submission);
	ask.portfolio = pb_of_bytes(a->portfolio);
	ask.own_work = true;
	ask.ai_use = arena_text(p.kit.arena, bytes_of_text("none"));
	cmd.seal = &ask;
	ck_assert_int_eq(say(a, &cmd, EVIDENCE__COMMAND__BODY_SEAL), OK);
	return submission;
}

#define OF_ANA (&(struct author){anas, ANA})
#define OF_BEN (&(struct author){bens, BEN})

static const Evidence__DuplicateFound *found(void)
{
	const Evidence__Event *event = next_evidence(&p, EVIDENCE__EVENT__BODY_DUPLICATE_FOUND);

	return event == NULL ? NULL : event->duplicate_found;
}

START_TEST(the_same_bytes_of_another_educator_raise_a_flag)
{
	struct bytes first = sealed_by(OF_ANA, essay(0), "the same sound");
	struct bytes second = sealed_by(OF_BEN, essay(1000), "the same sound");
	const Evidence__DuplicateFound *f = found();

	ck_assert_ptr_nonnull(f);
	ck_assert(bytes_equal(bytes_of_pb(f->submission), second));
	ck_assert(bytes_equal(bytes_of_pb(f->other), first));
	ck_assert_int_eq(f->kind, EVIDENCE__DUPLICATE_KIND__SAME_BYTES);
	ck_assert_uint_eq(f->permille, 1000);
	ck_assert_uint_eq(f->item, 2);
	ck_assert_uint_eq(f->other_item, 2);
	ck_assert_ptr_null(found());
}
END_TEST

START_TEST(a_text_much_alike_raises_a_flag_with_its_share)
{
	const char *plan = essay(0), *edited;
	const Evidence__DuplicateFound *f;

	edited = arena_printf(p.kit.arena, "My plan: %s", plan);
	sealed_by(OF_ANA, plan, "ana's sound");
	sealed_by(OF_BEN, edited, "ben's sound");
	f = found();
	ck_assert_ptr_nonnull(f);
	ck_assert_int_eq(f->kind, EVIDENCE__DUPLICATE_KIND__SIMILAR_TEXT);
	ck_assert_uint_ge(f->permille, 850);
	ck_assert_uint_lt(f->permille, 1000);
	ck_assert_uint_eq(f->item, 1);
}
END_TEST

/* Answers of both are the same few words. */
START_TEST(unlike_work_and_short_answers_that_are_the_same_raise_none)
{
	sealed_by(OF_ANA, essay(0), "ana's sound");
	sealed_by(OF_BEN, essay(1000), "ben's sound");
	ck_assert_ptr_null(found());
}
END_TEST

START_TEST(ones_own_earlier_work_is_no_duplicate)
{
	struct bytes again = kit_id(&p.kit);

	hear_enrolled(&p, again, ANA);
	sealed_by(OF_ANA, essay(0), "ana's sound");
	sealed_by(&(struct author){again, ANA}, essay(0), "ana's sound");
	ck_assert_ptr_null(found());
}
END_TEST

START_TEST(what_was_recalled_or_forgotten_is_not_compared)
{
	struct bytes first = sealed_by(OF_ANA, essay(0), "the same sound");

	ck_assert_int_eq(when_taken_back(&p, first), OK);
	sealed_by(OF_BEN, essay(0), "the same sound");
	ck_assert_ptr_null(found());
}
END_TEST

/* ---- shared artifacts ---- */

static struct bytes declaration;

static Cairn__Status when_declared(struct bytes artifact, struct bytes with)
{
	Evidence__DeclareShared ask = EVIDENCE__DECLARE_SHARED__INIT;
	Evidence__Command cmd = EVIDENCE__COMMAND__INIT;
	ProtobufCBinaryData list[] = {pb_of_bytes(with)};

	ask.declaration = pb_of_bytes(declaration);
	ask.artifact = pb_of_bytes(artifact);
	ask.n_with = with.len > 0;
	ask.with = list;
	cmd.declare_shared = &ask;
	return say(OF_ANA, &cmd, EVIDENCE__COMMAND__BODY_DECLARE_SHARED);
}

static Cairn__Status when_confirmed(const struct author *a, struct bytes of)
{
	Evidence__ConfirmShared ask = EVIDENCE__CONFIRM_SHARED__INIT;
	Evidence__Command cmd = EVIDENCE__COMMAND__INIT;

	ask.declaration = pb_of_bytes(of);
	ask.portfolio = pb_of_bytes(a->portfolio);
	cmd.confirm_shared = &ask;
	return say(a, &cmd, EVIDENCE__COMMAND__BODY_CONFIRM_SHARED);
}

START_TEST(what_both_authors_declare_raises_no_flag)
{
	struct bytes plan = uploaded(OF_ANA, "lit-101.e1", "text/plain", essay(0));

	declaration = kit_id(&p.kit);
	ck_assert_int_eq(when_declared(plan, bens), OK);
	ck_assert_int_eq(when_confirmed(OF_BEN, declaration), OK);
	sealed_by(OF_ANA, NULL, "ana's sound");
	sealed_by(OF_BEN, essay(0), "ben's sound");
	ck_assert_ptr_null(found());
}
END_TEST

START_TEST(what_only_one_author_declares_raises_the_flag)
{
	struct bytes plan = uploaded(OF_ANA, "lit-101.e1", "text/plain", essay(0));

	declaration = kit_id(&p.kit);
	ck_assert_int_eq(when_declared(plan, bens), OK);
	sealed_by(OF_ANA, NULL, "ana's sound");
	sealed_by(OF_BEN, essay(0), "ben's sound");
	ck_assert_ptr_nonnull(found());
}
END_TEST

START_TEST(a_declaration_is_for_others_and_confirmed_by_them_once)
{
	struct bytes plan = uploaded(OF_ANA, "lit-101.e1", "text/plain", essay(0));

	declaration = kit_id(&p.kit);
	ck_assert_int_eq(when_declared(plan, BYTES_NONE), REJECTED);
	ck_assert_int_eq(p.kit.got.reason, REASON(BAD_VALUE));
	ck_assert_int_eq(when_declared(plan, anas), REJECTED);
	ck_assert_int_eq(p.kit.got.reason, REASON(BAD_VALUE));
	ck_assert_int_eq(when_declared(plan, kit_id(&p.kit)), REJECTED);
	ck_assert_int_eq(p.kit.got.reason, REASON(UNKNOWN_PORTFOLIO));
	ck_assert_int_eq(when_declared(plan, bens), OK);
	ck_assert_int_eq(when_declared(plan, bens), REJECTED);
	ck_assert_int_eq(p.kit.got.reason, REASON(ID_TAKEN));
	ck_assert_int_eq(when_confirmed(OF_ANA, declaration), REJECTED);
	ck_assert_int_eq(p.kit.got.reason, REASON(NOT_DECLARED));
	ck_assert_int_eq(when_confirmed(&(struct author){bens, ANA}, declaration), REJECTED);
	ck_assert_int_eq(p.kit.got.reason, REASON(NOT_YOURS));
	ck_assert_int_eq(when_confirmed(OF_BEN, kit_id(&p.kit)), REJECTED);
	ck_assert_int_eq(p.kit.got.reason, REASON(NOT_DECLARED));
	ck_assert_int_eq(when_confirmed(OF_BEN, declaration), OK);
	ck_assert_int_eq(when_confirmed(OF_BEN, declaration), REJECTED);
	ck_assert_int_eq(p.kit.got.reason, REASON(WRONG_STATE));
}
END_TEST

START_TEST(rows_that_cite_only_what_is_shared_are_told_with_the_seal_of_the_second)
{
	struct bytes plan = uploaded(OF_ANA, "lit-101.e1", "text/plain", essay(0)), first, second;
	const Evidence__SharedRowsFound *rows;

	declaration = kit_id(&p.kit);
	ck_assert_int_eq(when_declared(plan, bens), OK);
	ck_assert_int_eq(when_confirmed(OF_BEN, declaration), OK);
	first = sealed_by(OF_ANA, NULL, "ana's sound");
	ck_assert_uint_eq(count_evidence(&p, EVIDENCE__EVENT__BODY_SHARED_ROWS_FOUND), 0);
	second = sealed_by(OF_BEN, essay(0), "ben's sound");
	rows = next_evidence(&p, EVIDENCE__EVENT__BODY_SHARED_ROWS_FOUND)->shared_rows_found;
	ck_assert(bytes_equal(bytes_of_pb(rows->submission), second));
	ck_assert(bytes_equal(bytes_of_pb(rows->other), first));
	ck_assert_uint_eq(rows->n_rows, 1);
}
END_TEST

/* ---- who sees it ---- */

static Cairn__Status when_asked(struct bytes submission, struct bytes actor)
{
	Evidence__ListDuplicates ask = EVIDENCE__LIST_DUPLICATES__INIT;
	Evidence__Query query = EVIDENCE__QUERY__INIT;

	ask.submission = pb_of_bytes(submission);
	query.body_case = EVIDENCE__QUERY__BODY_LIST_DUPLICATES;
	query.list_duplicates = &ask;
	return kit_ask(&p.kit, actor, &query.base);
}

START_TEST(operators_and_leads_see_the_pair_from_either_side_and_readers_do_not)
{
	struct bytes first = sealed_by(OF_ANA, essay(0), "the same sound");
	struct bytes second = sealed_by(OF_BEN, essay(1000), "the same sound");

	hear_assessor(&p, "lena", "ridge", true);
	hear_assessor(&p, "ruth", "ridge", false);
	ck_assert_int_eq(when_asked(first, BYTES_NONE), OK);
	ck_assert_uint_eq(got_evidence(&p)->duplicates->n_duplicates, 1);
	ck_assert_int_eq(when_asked(second, READER("lena")), OK);
	ck_assert_uint_eq(got_evidence(&p)->duplicates->n_duplicates, 1);
	ck_assert_int_eq(when_asked(second, READER("ruth")), CAIRN__STATUS__FORBIDDEN);
	ck_assert_int_eq(when_asked(kit_id(&p.kit), BYTES_NONE), REJECTED);
	ck_assert_int_eq(when_asked(BYTES_NONE, BYTES_NONE), CAIRN__STATUS__INVALID);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("evidence duplicates");
	TCase *tcase = tcase_create("duplicates");

	tcase_add_checked_fixture(tcase, open_kit, close_kit);
	tcase_add_test(tcase, the_same_bytes_of_another_educator_raise_a_flag);
	tcase_add_test(tcase, a_text_much_alike_raises_a_flag_with_its_share);
	tcase_add_test(tcase, unlike_work_and_short_answers_that_are_the_same_raise_none);
	tcase_add_test(tcase, ones_own_earlier_work_is_no_duplicate);
	tcase_add_test(tcase, what_was_recalled_or_forgotten_is_not_compared);
	tcase_add_test(tcase, what_both_authors_declare_raises_no_flag);
	tcase_add_test(tcase, what_only_one_author_declares_raises_the_flag);
	tcase_add_test(tcase, a_declaration_is_for_others_and_confirmed_by_them_once);
	tcase_add_test(tcase,
		       rows_that_cite_only_what_is_shared_are_told_with_the_seal_of_the_second);
	tcase_add_test(tcase, operators_and_leads_see_the_pair_from_either_side_and_readers_do_not);
	suite_add_tcase(suite, tcase);
	return suite;
}
