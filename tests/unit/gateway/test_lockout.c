/* The door: shut for whoever tries too often, and opened again. */
#include "services/gateway/lockout.h"
#include "services/gateway/tables.h"

#include "tests/support/access_kit.h"
#include "tests/support/suite.h"

/* ---- the door ---- */

static int64_t shut_for(const char *login)
{
	struct id door = login_hash(&kit.caps, login);
	int64_t until_us = door_locked_until(kit_view(&kit), bytes_of_id(&door));

	return until_us > kit.now_us ? until_us - kit.now_us : 0;
}

static void refused_at(const char *login, unsigned times)
{
	for (unsigned i = 0; i < times; i++)
		access_self(arena_printf(
			kit.arena,
			"note_refused login=%s means=PASSWORD why=WRONG address=10.0.0.%u", login,
			i));
}

START_TEST(a_door_is_shut_twice_as_long_with_each_refusal)
{
	refused_at("ana", LOCK_LOGIN_FREE);
	ck_assert_int_eq(shut_for("ana"), 0);
	refused_at("ANA", 1);
	ck_assert_int_eq(shut_for("ana"), LOCK_FIRST_US);
	refused_at("ana", 1);
	ck_assert_int_eq(shut_for("ana"), 2 * LOCK_FIRST_US);
	refused_at("ana", 20);
	ck_assert_int_eq(shut_for("ana"), LOCK_MOST_US);
	/* Nobody's login is no different. */
	refused_at("nobody", LOCK_LOGIN_FREE + 1);
	ck_assert_int_eq(shut_for("nobody"), LOCK_FIRST_US);
	ck_assert_int_eq(shut_for("root"), 0);
}
END_TEST

START_TEST(who_has_a_network_is_one_address)
{
	struct id one = address_hash(&kit.caps, "2001:db8:1:2::1");
	struct id same = address_hash(&kit.caps, "2001:db8:1:2:ffff::9");
	struct id other = address_hash(&kit.caps, "2001:db8:1:3::1");
	struct id four = address_hash(&kit.caps, "192.0.2.7");
	struct id next = address_hash(&kit.caps, "192.0.2.8");

	ck_assert(id_equal(&one, &same));
	ck_assert(!id_equal(&one, &other));
	ck_assert(!id_equal(&four, &next));
}
END_TEST

START_TEST(an_address_is_shut_later_than_a_login)
{
	struct id door = address_hash(&kit.caps, "192.0.2.7");

	for (unsigned i = 0; i <= LOCK_ADDRESS_FREE; i++) {
		ck_assert_int_eq(door_locked_until(kit_view(&kit), bytes_of_id(&door)), 0);
		access_self(arena_printf(kit.arena,
					 "note_refused login=user%u means=PASSWORD why=WRONG "
					 "address=192.0.2.7",
					 i));
	}
	ck_assert_int_eq(door_locked_until(kit_view(&kit), bytes_of_id(&door)) - kit.now_us,
			 LOCK_FIRST_US);
}
END_TEST

START_TEST(coming_in_or_a_day_of_rest_opens_the_door)
{
	refused_at("ana", LOCK_LOGIN_FREE);
	access_self("note_sign_in account=@ana means=PASSWORD address=10.0.0.1");
	refused_at("ana", LOCK_LOGIN_FREE);
	ck_assert_int_eq(shut_for("ana"), 0);
	kit_advance(&kit, LOCK_FORGET_US + 1);
	refused_at("ana", 1);
	ck_assert_int_eq(shut_for("ana"), 0);
	refused_at("ana", LOCK_LOGIN_FREE + 3);
	ck_assert_int_gt(shut_for("ana"), 0);
	access_given("set_password account=@ana password=" HASHED);
	ck_assert_int_eq(shut_for("ana"), 0);
}
END_TEST

Suite *test_suite(void)
{
	Suite *s = suite_create("gateway lockout");
	TCase *t = tcase_create("rules");

	tcase_add_checked_fixture(t, access_kit_open, access_kit_close);
	tcase_add_test(t, a_door_is_shut_twice_as_long_with_each_refusal);
	tcase_add_test(t, an_address_is_shut_later_than_a_login);
	tcase_add_test(t, who_has_a_network_is_one_address);
	tcase_add_test(t, coming_in_or_a_day_of_rest_opens_the_door);
	suite_add_tcase(s, t);
	return s;
}
