/* Every change of access as an entry, and accounts as a list. */
#include "tests/support/access_kit.h"
#include "tests/support/suite.h"

/* ---- the audit ---- */

START_TEST(every_event_is_an_entry_newest_first_and_in_pages)
{
	const Gateway__AccessList *list;
	uint64_t last = engine_durable_seq(kit.engine), seen = 0, before = 0;

	do {
		list = access_ask(arena_printf(kit.arena, "list_access limit=2 before=%llu",
					       (unsigned long long)before))
			       ->access;
		for (size_t i = 0; i < list->n_entries; i++, seen++)
			ck_assert_uint_eq(list->entries[i]->seq, last - seen);
		before = list->next;
	} while (before != 0);
	ck_assert_uint_eq(seen, last);
}
END_TEST

START_TEST(the_audit_is_of_one_account_or_of_one_kind_or_of_a_time)
{
	int64_t from_us = kit.now_us + US_PER_DAY;

	ck_assert_uint_eq(access_ask("list_access account=@ana")->access->n_entries, 2);
	ck_assert_uint_eq(access_ask("list_access what=role_granted")->access->n_entries, 3);
	kit_advance(&kit, US_PER_DAY);
	access_self("choose_language account=@ana language=es");
	ck_assert_uint_eq(
		access_ask(arena_printf(kit.arena, "list_access from_us=%lld", (long long)from_us))
			->access->n_entries,
		1);
	ck_assert_uint_eq(
		access_ask(arena_printf(kit.arena, "list_access until_us=%lld", (long long)from_us))
			->access->n_entries,
		6);
}
END_TEST

START_TEST(accounts_are_listed_by_role_and_page)
{
	const Gateway__AccountList *list = access_ask("list_accounts limit=2")->accounts;

	ck_assert_uint_eq(list->n_accounts, 2);
	ck_assert_uint_eq(list->next.len, ID_LEN);
	list = access_ask(arena_printf(kit.arena, "list_accounts after=%s",
				       ID_STR(bytes_of_pb(list->next))))
		       ->accounts;
	ck_assert_uint_eq(list->n_accounts, 1);
	list = access_ask("list_accounts role=TEACHER")->accounts;
	ck_assert_uint_eq(list->n_accounts, 1);
	ck_assert(bytes_equal(bytes_of_pb(list->accounts[0]->account), access_id("ana")));
}
END_TEST

Suite *test_suite(void)
{
	Suite *s = suite_create("gateway audit");
	TCase *t = tcase_create("rules");

	tcase_add_checked_fixture(t, access_kit_open, access_kit_close);
	tcase_add_test(t, every_event_is_an_entry_newest_first_and_in_pages);
	tcase_add_test(t, the_audit_is_of_one_account_or_of_one_kind_or_of_a_time);
	tcase_add_test(t, accounts_are_listed_by_role_and_page);
	suite_add_tcase(s, t);
	return s;
}
