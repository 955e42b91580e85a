/* Which text a credential may hold. */
#include "libshared/signable.h"

#include "tests/support/suite.h"

static const struct sample {
	const char *text;
	bool signable;
	unsigned kinds;
} samples[] = {
	{"", true, 0},
	{"Plain words, \"quoted\".\nA second line.", true, 0},
	{"Lectura fon\xc3\xa9mica", true, 0},
	{"a tab\tbetween", false, 0},
	{"a return\r\n", false, 0},
	{"a bell\x07", false, 0},
	{"a delete\x7f", false, 0},
	{"a next line\xc2\x85", false, 0},
	{"half a character \xc3", false, 0},
	{"a surrogate \xed\xa0\x80", false, 0},
	{"the last before surrogates \xed\x9f\xbf", true, 0},
	{"a private one \xee\x80\x80", true, TEXT_FROM_E000},
	{"a ligature \xef\xac\x81", true, TEXT_FROM_E000},
	{"a cone \xf0\x9f\x93\x90", true, TEXT_BEYOND_FFFF},
	{"both \xf0\x9f\x93\x90 \xef\xb8\x8f", true, TEXT_UNSORTABLE},
};

START_TEST(only_clean_text_without_tabs_may_be_signed)
{
	const struct sample *s = &samples[_i];

	ck_assert_int_eq(text_is_signable(s->text), s->signable);
}
END_TEST

START_TEST(characters_that_verifiers_sort_differently_are_told_apart)
{
	const struct sample *s = &samples[_i];

	if (s->signable)
		ck_assert_uint_eq(text_kinds(s->text), s->kinds);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("signable");
	TCase *tc = tcase_create("text");
	int n = (int)(sizeof samples / sizeof samples[0]);

	tcase_add_loop_test(tc, only_clean_text_without_tabs_may_be_signed, 0, n);
	tcase_add_loop_test(tc, characters_that_verifiers_sort_differently_are_told_apart, 0, n);
	suite_add_tcase(suite, tc);
	return suite;
}
