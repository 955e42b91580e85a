/* What states refused, as the agency's page shows it. */
#include "tests/support/suite.h"
#include "tests/support/teacher_kit.h"

extern const struct route_list office_disputes_routes;

START_TEST(a_refusal_is_told)
{
	teacher_kit_open(&office_disputes_routes);
	given_refusal("list_disputes", "");
	ck_assert_uint_ge(when_teacher(GET, "/office/disputes", NULL), 400);
	teacher_kit_close();
}
END_TEST

Suite *test_suite(void)
{
	Suite *s = suite_create("gateway disputes");
	TCase *t = tcase_create("disputes");

	tcase_add_test(t, a_refusal_is_told);
	suite_add_tcase(s, t);
	return s;
}
