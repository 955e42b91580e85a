/* What a certificate says of each license, in the order in which a state's portal asks. */
#include "services/issuance/forms/certificate_fields.h"
#include "tests/support/forms_kit.h"
#include "tests/support/suite.h"

#include <string.h>

static struct arena *arena;
static struct form_facts facts;

static const struct certificate_license tennessee = {
	.state = "TN",
	.type = "practitioner",
	.number = "000417253",
	.issued = "2024-09-01",
	.expires = "2029-08-31",
	.units = "3 PDP",
	.categories = "literacy",
};

static void setup(void)
{
	struct form_problem problem = {0};

	arena = arena_new((size_t)1 << 18);
	ck_assert(form_facts_read(forms_kit_credential("Signs & Sounds", "MicroCredential", arena),
				  arena, &facts, &problem));
}

static void teardown(void)
{
	arena_destroy(&arena);
}

/* The lines from the first license to what was assessed, "Label=value" each. */
static const char *said(const struct certificate_license *licenses, size_t n)
{
	struct certificate c = {.facts = &facts, .licenses = licenses, .n_licenses = n};
	struct fields f = certificate_fields(&c, arena);
	const char *text = "";
	bool inside = false;

	for (size_t i = 0; i < f.n; i++) {
		const char *section = f.list[i].section;

		if (section != NULL)
			inside = strcmp(section, "For the license") == 0;
		if (inside)
			text = arena_printf(arena, "%s%s%s=%s\n", text, section != NULL ? "# " : "",
					    f.list[i].label, f.list[i].value);
	}
	return text;
}

START_TEST(a_license_is_told_in_the_order_of_its_portal)
{
	ck_assert_str_eq(said(&tennessee, 1), "# State=TN\n"
					      "License type=practitioner\n"
					      "License number=000417253\n"
					      "Term=2024-09-01 to 2029-08-31\n"
					      "Units=3 PDP\n"
					      "Category=literacy\n");
}
END_TEST

static const struct shown {
	uint32_t digits;
	const char *text;
} shown[] = {
	{0, "License number=000417253\n"},    {1, "License number=ends in 3\n"},
	{4, "License number=ends in 7253\n"}, {8, "License number=ends in 00417253\n"},
	{9, "License number=000417253\n"},    {100, "License number=000417253\n"},
};

START_TEST(a_number_shows_as_many_digits_as_the_policy_lets_it)
{
	struct certificate_license license = tennessee;
	const char *text;

	license.digits = shown[_i].digits;
	text = said(&license, 1);
	ck_assert_msg(strstr(text, shown[_i].text) != NULL, "%s", text);
}
END_TEST

START_TEST(each_license_has_the_units_of_its_own_state)
{
	const struct certificate_license both[] = {
		tennessee,
		{.state = "TX", .type = "standard", .expires = "2027-03-31", .units = "1.5 hour"},
	};

	ck_assert_ptr_nonnull(strstr(said(both, 2), "Category=literacy\n"
						    "# State=TX\n"
						    "License type=standard\n"
						    "Term=2027-03-31\n"
						    "Units=1.5 hour\n"));
}
END_TEST

START_TEST(what_is_not_known_of_a_license_is_left_out)
{
	const struct certificate_license unnamed = {.state = "TN", .number = "", .digits = 4};

	ck_assert_str_eq(said(&unnamed, 1), "# State=TN\n");
	ck_assert_str_eq(said(NULL, 0), "");
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("certificate fields");
	TCase *tcase = tcase_create("licenses");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, a_license_is_told_in_the_order_of_its_portal);
	tcase_add_loop_test(tcase, a_number_shows_as_many_digits_as_the_policy_lets_it, 0,
			    (int)ARRAY_LEN(shown));
	tcase_add_test(tcase, each_license_has_the_units_of_its_own_state);
	tcase_add_test(tcase, what_is_not_known_of_a_license_is_left_out);
	suite_add_tcase(suite, tcase);
	return suite;
}
