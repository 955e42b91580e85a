/* Key lists of issuers elsewhere: those that name themselves, and those that are kept. */
#include "services/gateway/proof/key_lists.h"

#include "tests/support/suite.h"

#include <string.h>

static struct arena *arena;

static void setup(void)
{
	arena = arena_new(4096);
}

static void teardown(void)
{
	arena_destroy(&arena);
}

START_TEST(a_did_key_lists_its_own_key)
{
	struct bytes list = key_list_of(
		"/nonexistent", "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK", arena);

	ck_assert_uint_gt(list.len, 0);
	ck_assert_ptr_nonnull(strstr(
		(const char *)list.data,
		"\"publicKeyMultibase\":\"z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK\""));
}
END_TEST

START_TEST(what_names_no_place_leads_to_no_file)
{
	static const char *const dids[] = {"",
					   "did:key:",
					   "did:key:z\"}",
					   "did:key:m6Mk",
					   "did:web:",
					   "did:web:..",
					   "did:web:elsewhere.example:..:..:secret",
					   "did:web:elsewhere.example",
					   "https://elsewhere.example",
					   "did:web:elsewhere.example%2F.."};

	for (size_t i = 0; i < ARRAY_LEN(dids); i++)
		ck_assert_uint_eq(key_list_of("/etc", dids[i], arena).len, 0);
}
END_TEST

Suite *test_suite(void)
{
	Suite *s = suite_create("gateway key lists");
	TCase *t = tcase_create("lists");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, a_did_key_lists_its_own_key);
	tcase_add_test(t, what_names_no_place_leads_to_no_file);
	suite_add_tcase(s, t);
	return s;
}
