/* Tests of the manifest's bytes. Texts and hashes were made with another program's JSON and
 * SHA-256. */
#include "services/evidence/manifest.h"

#include "libshared/blobs.h"
#include "tests/support/suite.h"

#include <string.h>

static struct arena *arena;

static void open_arena(void)
{
	arena = arena_new(4096);
}

static void close_arena(void)
{
	arena_destroy(&arena);
}

static const uint8_t portfolio[16] = {1, 2, 3, 4, 5, 6, 0x70, 8, 0x80, 10, 11, 12, 13, 14, 15, 16};
static const uint8_t submission[16] = {0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x71, 0x18,
				       0x81, 0x1a, 0x1b, 0x1c, 0x1d, 0x1e, 0x1f, 0x20};

static char *text(const char *t)
{
	return arena_text(arena, bytes_of_text(t));
}

static Evidence__SubmissionSealed empty(void)
{
	Evidence__SubmissionSealed s = EVIDENCE__SUBMISSION_SEALED__INIT;

	s.portfolio = pb_of_bytes(BYTES_OF(portfolio));
	s.submission = pb_of_bytes(BYTES_OF(submission));
	s.attempt = 1;
	s.version = 1;
	s.ai_use = text("none");
	return s;
}

static void assert_manifest(const Evidence__SubmissionSealed *s, const char *code,
			    const char *expected, const char *expected_hash)
{
	struct bytes manifest = manifest_of(s, code, arena);
	uint8_t hash[SHA256_LEN];
	char hex[2 * SHA256_LEN + 1];

	ck_assert_str_eq(arena_text(arena, manifest), expected);
	sha256(manifest, hash);
	hex_of_bytes(BYTES_OF(hash), hex);
	ck_assert_str_eq(hex, expected_hash);
}

START_TEST(an_empty_submission_has_the_known_bytes)
{
	Evidence__SubmissionSealed s = empty();

	assert_manifest(&s, "X",
			"{\"ai_use\":\"none\",\"answers\":[],\"attempt\":1,\"entry\":\"X\","
			"\"format\":\"cairn.manifest/1\",\"items\":[],\"own_work\":false,"
			"\"portfolio\":\"01020304-0506-7008-800a-0b0c0d0e0f10\",\"rows\":[],"
			"\"rubric_version\":1,"
			"\"submission\":\"11121314-1516-7118-811a-1b1c1d1e1f20\"}",
			"32b355c090930d133bc7c3eeb40b9deae136cb56bf3d22dc0aa8aadf26d5d162");
}
END_TEST

static const char full[] =
	"{\"ai_use\":\"editing\",\"answers\":[{\"bytes\":412,\"question\":\"lit-101.o1\","
	"\"sha256\":\"abababababababababababababababababababababababababababababababab\","
	"\"words\":75},{\"bytes\":0,\"question\":\"q\\\"\\\\\xc3\xa9\\t\",\"sha256\":"
	"\"0000000000000000000000000000000000000000000000000000000000000000\",\"words\":0}],"
	"\"attempt\":2,\"entry\":\"LIT-101\",\"format\":\"cairn.manifest/1\",\"items\":[{\"bytes\":"
	"18446744073709551615,\"captured_on\":\"2026-05-01\",\"media_type\":\"audio/wav\","
	"\"ordinal\":1,\"privacy\":\"consent\",\"requirement\":\"lit-101.e2\",\"sha256\":"
	"\"cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd\"}],\"own_work\":true,"
	"\"portfolio\":\"01020304-0506-7008-800a-0b0c0d0e0f10\",\"rows\":[\"lit-101.r1\","
	"\"lit-101.r3\"],\"rubric_version\":7,"
	"\"submission\":\"11121314-1516-7118-811a-1b1c1d1e1f20\"}";

START_TEST(a_full_submission_has_the_known_bytes)
{
	Evidence__SubmissionSealed s = empty();
	Evidence__Item item = EVIDENCE__ITEM__INIT, *items[] = {&item};
	Evidence__AnswerItem first = EVIDENCE__ANSWER_ITEM__INIT, second = first;
	Evidence__AnswerItem *answers[] = {&first, &second};
	char *rows[] = {text("lit-101.r1"), text("lit-101.r3")};
	uint8_t ab[SHA256_LEN], cd[SHA256_LEN], zero[SHA256_LEN] = {0};

	memset(ab, 0xab, sizeof ab);
	memset(cd, 0xcd, sizeof cd);
	item.requirement = text("lit-101.e2");
	item.ordinal = 1;
	item.sha256 = pb_of_bytes(BYTES_OF(cd));
	item.bytes = UINT64_MAX;
	item.media_type = text("audio/wav");
	item.captured_on = text("2026-05-01");
	item.privacy = text("consent");
	first.question = text("lit-101.o1");
	first.sha256 = pb_of_bytes(BYTES_OF(ab));
	first.words = 75;
	first.bytes = 412;
	second.question = text("q\"\\\xc3\xa9\t");
	second.sha256 = pb_of_bytes(BYTES_OF(zero));
	s.ai_use = text("editing");
	s.own_work = true;
	s.attempt = 2;
	s.version = 7;
	s.n_items = 1;
	s.items = items;
	s.n_answers = 2;
	s.answers = answers;
	s.n_rows = 2;
	s.rows = rows;
	assert_manifest(&s, "LIT-101", full,
			"f833b9bf1105830751efa9ae35b55321e4dda3c5eaa8200dba572bdbb54744c6");
}
END_TEST

START_TEST(times_and_places_are_not_in_it)
{
	Evidence__SubmissionSealed s = empty(), t = empty();

	t.sealed_us = 1;
	t.due_us = 2;
	t.educator = t.portfolio;
	t.school = t.portfolio;
	ck_assert(bytes_equal(manifest_of(&s, "X", arena), manifest_of(&t, "X", arena)));
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("manifest");
	TCase *tcase = tcase_create("manifest");

	tcase_add_checked_fixture(tcase, open_arena, close_arena);
	tcase_add_test(tcase, an_empty_submission_has_the_known_bytes);
	tcase_add_test(tcase, a_full_submission_has_the_known_bytes);
	tcase_add_test(tcase, times_and_places_are_not_in_it);
	suite_add_tcase(suite, tcase);
	return suite;
}
