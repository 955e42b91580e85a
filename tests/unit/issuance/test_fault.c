/* The checks of single texts. */
#include "tests/support/suite.h"

#include "services/issuance/documents/fault.h"

#include <string.h>

static const struct {
	const char *text;
	enum badge_fault fault;
} texts[] = {
	{"", BADGE_SOUND},
	{"Plain words, \"quoted\".", BADGE_SOUND},
	{"two\nlines", BADGE_SOUND},
	{"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80", BADGE_SOUND},
	{"\xed\x9f\xbf\xee\x80\x80\xf4\x8f\xbf\xbf", BADGE_SOUND},
	{"\xc2\xa0no-break space", BADGE_SOUND},
	{"tab\t", BADGE_CONTROL},
	{"return\r\n", BADGE_CONTROL},
	{"bell\a", BADGE_CONTROL},
	{"delete\x7f", BADGE_CONTROL},
	{"\xc2\x80", BADGE_CONTROL},
	{"\xc2\x9f", BADGE_CONTROL},
	{"\x80", BADGE_UTF8},
	{"cut short \xc3", BADGE_UTF8},
	{"cut short \xe2\x82", BADGE_UTF8},
	{"cut short \xf0\x9f\x98", BADGE_UTF8},
	{"overlong \xc0\xaf", BADGE_UTF8},
	{"overlong \xe0\x9f\xbf", BADGE_UTF8},
	{"overlong \xf0\x8f\xbf\xbf", BADGE_UTF8},
	{"surrogate \xed\xa0\x80", BADGE_UTF8},
	{"beyond \xf4\x90\x80\x80", BADGE_UTF8},
	{"\xff", BADGE_UTF8},
	{"control\t and not UTF-8 \xff", BADGE_UTF8},
};

START_TEST(a_text_is_judged_by_its_characters)
{
	ck_assert_int_eq(badge_text_fault(texts[_i].text), texts[_i].fault);
}
END_TEST

static const char *const iris[] = {"https://a.example/x?y=z#f", "urn:uuid:1", "did:web:a%3A1:b",
				   "x+y-z.0:!"};
static const char *const not_iris[] = {
	"",      "a",     "/a",         ":a",   "1a:b",   "https:", "a b:c",
	"a:b c", "a:<b>", "a:\"",       "a:{",  "a:}",    "a:|",    "a:\\",
	"a:^",   "a:`",   "a:\xc3\xa9", "a:\n", "a:\x7f", "_:b0",   "#a",
};

START_TEST(an_absolute_iri_of_plain_characters_is_taken)
{
	ck_assert(is_badge_iri(iris[_i]));
}
END_TEST

START_TEST(any_other_address_is_not)
{
	ck_assert(!is_badge_iri(not_iris[_i]));
}
END_TEST

START_TEST(every_fault_has_a_sentence_of_its_own)
{
	for (enum badge_fault f = BADGE_SOUND; f < BADGE_FAULTS; f++) {
		ck_assert_ptr_nonnull(badge_fault_sentence(f));
		for (enum badge_fault g = BADGE_SOUND; g < f; g++)
			ck_assert_str_ne(badge_fault_sentence(f), badge_fault_sentence(g));
	}
}
END_TEST

START_TEST(the_first_problem_is_kept)
{
	struct badge_problem problem = {0};

	ck_assert(!badge_refuse(&problem, BADGE_IRI, "here"));
	ck_assert(!badge_refuse(&problem, BADGE_TERM, "there"));
	ck_assert_int_eq(problem.fault, BADGE_IRI);
	ck_assert_str_eq(problem.where, "here");
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("fault");
	TCase *tcase = tcase_create("fault");

	tcase_add_loop_test(tcase, a_text_is_judged_by_its_characters, 0, (int)ARRAY_LEN(texts));
	tcase_add_loop_test(tcase, an_absolute_iri_of_plain_characters_is_taken, 0,
			    (int)ARRAY_LEN(iris));
	tcase_add_loop_test(tcase, any_other_address_is_not, 0, (int)ARRAY_LEN(not_iris));
	tcase_add_test(tcase, every_fault_has_a_sentence_of_its_own);
	tcase_add_test(tcase, the_first_problem_is_kept);
	suite_add_tcase(suite, tcase);
	return suite;
}
