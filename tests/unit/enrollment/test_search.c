/* Searching the catalogue. */
#include "services/enrollment/search.h"
#include "tests/unit/enrollment/given.h"

static struct kit kit;

/* ---- folding ---- */

static const struct folding {
	const char *text, *folded;
} foldings[] = {
	{"", " "},
	{"Phonemic Awareness", " phonemic awareness "},
	{"  two--words ", " two words "},
	{"Conciencia fon\xc3\xa9mica, \xc2\xbfno?", " conciencia fonemica no "},
	{"\xc3\x81RBOL \xc3\x91"
	 "and\xc3\xba",
	 " arbol nandu "},
	{"Children\xe2\x80\x99s work\xe2\x80\x94twice", " children s work twice "},
	{"3 \xc3\x97 4", " 3 4 "},
	{"\xe6\x96\x87", " \xe6\x96\x87 "},
};

START_TEST(text_is_folded_to_words_in_lower_case_without_accents)
{
	char out[100];
	size_t len = search_fold(foldings[_i].text, out);

	ck_assert_uint_le(len, strlen(foldings[_i].text) + 2);
	out[len] = '\0';
	ck_assert_str_eq(out, foldings[_i].folded);
}
END_TEST

/* ---- a small catalogue ---- */

static void given(const char *code, const char *name, const char *title, const char *topic)
{
	Enrollment__Entry *entry = another_entry(&kit, code, name);

	entry->title = text_of(&kit, title);
	entry->topic = text_of(&kit, topic);
	ENSURE(publish_entry(&kit, entry) == OK);
}

static void setup(void)
{
	kit_open(&kit, &enrollment_service);
	given_documents(&kit);
	given("LIT-101", "lit-101", "Phonemic Awareness Routines", "literacy");
	given("LIT-102", "lit-102", "Ense\xc3\xb1\x61nza expl\xc3\xad\x63ita", "literacy");
	given("MTH-111", "mth-111", "Number Talks", "mathematics");
}

static void teardown(void)
{
	kit_close(&kit);
}

static const Enrollment__SearchAnswer *search(const Enrollment__SearchEntries *ask)
{
	Enrollment__SearchEntries copy = *ask;

	ck_assert_int_eq(ASK(&kit, NOBODY, SEARCH_ENTRIES, search_entries, &copy), OK);
	return got_answer(&kit)->search;
}

static unsigned found(const char *text)
{
	Enrollment__SearchEntries ask = ENROLLMENT__SEARCH_ENTRIES__INIT;

	ask.text = text_of(&kit, text);
	return search(&ask)->total;
}

START_TEST(every_word_must_begin_a_word_of_the_entry)
{
	ck_assert_uint_eq(found(""), 3);
	ck_assert_uint_eq(found("phonemic"), 3); /* a tag of the kit's entry */
	ck_assert_uint_eq(found("PHON rout"), 3);
	ck_assert_uint_eq(found("number"), 1);
	ck_assert_uint_eq(found("number phonics"), 0);
	ck_assert_uint_eq(found("umber"), 0);
	ck_assert_uint_eq(found("ensenanza explicita"), 1);
	ck_assert_uint_eq(found("ENSE\xc3\x91\x41NZA"), 1);
	ck_assert_uint_eq(found("lit-102"), 1);
	ck_assert_uint_eq(found("mth"), 1);
}
END_TEST

START_TEST(facets_narrow_the_search)
{
	Enrollment__SearchEntries ask = ENROLLMENT__SEARCH_ENTRIES__INIT;

	ask.topic = text_of(&kit, "literacy");
	ck_assert_uint_eq(search(&ask)->total, 2);
	ask.grade_band = text_of(&kit, "pk-2");
	ask.language = text_of(&kit, "es");
	ask.category = text_of(&kit, "content");
	ask.alignment = text_of(&kit, "InTASC-1");
	ask.hours_max = 12;
	ask.text = text_of(&kit, "phonemic");
	ck_assert_uint_eq(search(&ask)->total, 2);
	ask.hours_max = 11;
	ck_assert_uint_eq(search(&ask)->total, 0);
	ask.hours_max = 0;
	ask.alignment = text_of(&kit, "InTASC-10");
	ck_assert_uint_eq(search(&ask)->total, 0);
	ask.alignment = text_of(&kit, "InTASC");
	ck_assert_uint_eq(search(&ask)->total, 0);
}
END_TEST

START_TEST(a_summary_tells_what_a_list_shows)
{
	Enrollment__SearchEntries ask = ENROLLMENT__SEARCH_ENTRIES__INIT;
	const Enrollment__EntrySummary *s;

	ask.topic = text_of(&kit, "mathematics");
	s = search(&ask)->entries[0];
	ck_assert_str_eq(s->code, "MTH-111");
	ck_assert_str_eq(s->title, "Number Talks");
	ck_assert_str_eq(s->grade_band, "PK-2");
	ck_assert_uint_eq(s->version, 1);
	ck_assert_uint_eq(s->hours_typical, 12);
	ck_assert_uint_eq(s->n_languages, 2);
	ck_assert(!s->retired);
	ck_assert(bytes_equal(bytes_of_pb(s->issuer), kit_name("issuer", "larkspur-rsa")));
}
END_TEST

START_TEST(pages_are_in_order_of_code_and_tell_the_total)
{
	Enrollment__SearchEntries ask = ENROLLMENT__SEARCH_ENTRIES__INIT;
	const Enrollment__SearchAnswer *a;

	ask.limit = 2;
	a = search(&ask);
	ck_assert_uint_eq(a->n_entries, 2);
	ck_assert_uint_eq(a->total, 3);
	ck_assert_str_eq(a->entries[0]->code, "LIT-101");
	ck_assert_str_eq(a->entries[1]->code, "LIT-102");
	ask.after = a->next;
	a = search(&ask);
	ck_assert_uint_eq(a->n_entries, 1);
	ck_assert_uint_eq(a->total, 3);
	ck_assert_str_eq(a->entries[0]->code, "MTH-111");
	ck_assert_uint_eq(a->next.len, 0);
}
END_TEST

/* ---- counts ---- */

/* How many have the value, by the answer; -1: it is not named. */
static int counted(const Enrollment__SearchAnswer *a, const char *facet, const char *value)
{
	for (size_t i = 0; i < a->n_facets; i++)
		for (size_t k = 0; k < a->facets[i]->n_values; k++)
			if (strcmp(a->facets[i]->name, facet) == 0 &&
			    strcmp(a->facets[i]->values[k]->value, value) == 0)
				return (int)a->facets[i]->values[k]->count;
	return -1;
}

START_TEST(facets_are_counted_over_what_the_words_find)
{
	Enrollment__SearchEntries ask = ENROLLMENT__SEARCH_ENTRIES__INIT;
	const Enrollment__SearchAnswer *a;

	ck_assert_uint_eq(search(&ask)->n_facets, 0);
	ask.facets = true;
	a = search(&ask);
	ck_assert_int_eq(counted(a, "topic", "literacy"), 2);
	ck_assert_int_eq(counted(a, "topic", "mathematics"), 1);
	ck_assert_int_eq(counted(a, "grade", "PK-2"), 3);
	ck_assert_int_eq(counted(a, "language", "es"), 3);
	ck_assert_int_eq(counted(a, "alignment", "InTASC-1"), 3);
	ck_assert_int_eq(counted(a, "hours", "10"), -1);
	ck_assert_int_eq(counted(a, "hours", "15"), 3);
	ask.text = text_of(&kit, "number");
	a = search(&ask);
	ck_assert_int_eq(counted(a, "topic", "mathematics"), 1);
	ck_assert_int_eq(counted(a, "topic", "literacy"), -1);
	ck_assert_int_eq(counted(a, "grade", "PK-2"), 1);
}
END_TEST

START_TEST(who_looks_at_one_topic_sees_how_many_the_others_have)
{
	Enrollment__SearchEntries ask = ENROLLMENT__SEARCH_ENTRIES__INIT;
	const Enrollment__SearchAnswer *a;

	ask.facets = true;
	ask.topic = text_of(&kit, "Mathematics");
	a = search(&ask);
	ck_assert_uint_eq(a->total, 1);
	ck_assert_uint_eq(a->n_entries, 1);
	ck_assert_int_eq(counted(a, "topic", "literacy"), 2);
	ck_assert_int_eq(counted(a, "grade", "PK-2"), 1);
	ck_assert(a->facets[0]->values[1]->chosen && !a->facets[0]->values[0]->chosen);
	ask.hours_max = 10;
	a = search(&ask);
	ck_assert_uint_eq(a->total, 0);
	ck_assert_int_eq(counted(a, "hours", "15"), 1);
	ck_assert_int_eq(counted(a, "topic", "literacy"), -1);
}
END_TEST

START_TEST(words_of_any_length_are_found_by_any_beginning)
{
	static const char *const beginnings[] = {"n", "nu", "num", "numb", "numbe", "number"};

	for (size_t i = 0; i < ARRAY_LEN(beginnings); i++)
		ck_assert_uint_eq(found(beginnings[i]), 1);
	ck_assert_uint_eq(found("numbers"), 0);
	ck_assert_uint_eq(found("umb"), 0);
}
END_TEST

START_TEST(retired_entries_are_found_only_when_asked_for)
{
	Enrollment__SearchEntries ask = ENROLLMENT__SEARCH_ENTRIES__INIT;

	ck_assert_int_eq(retire_entry(&kit, LIT_101, LIT_102), OK);
	ck_assert_uint_eq(search(&ask)->total, 2);
	ask.retired_too = true;
	ck_assert_uint_eq(search(&ask)->total, 3);
	ck_assert(search(&ask)->entries[0]->retired);
}
END_TEST

START_TEST(what_opens_later_is_not_found_before_its_day)
{
	Enrollment__Entry *entry = another_entry(&kit, "LIT-103", "lit-103");

	entry->first_published = text_of(&kit, "2026-01-07");
	ck_assert_int_eq(publish_entry(&kit, entry), OK);
	ck_assert_uint_eq(found(""), 3);
	kit_advance(&kit, US_PER_DAY);
	ck_assert_uint_eq(found(""), 4);
}
END_TEST

START_TEST(only_the_newest_version_is_found)
{
	Enrollment__Entry *entry = another_entry(&kit, "MTH-111", "mth-111");

	entry->version = 2;
	entry->title = text_of(&kit, "Talking About Numbers");
	ck_assert_int_eq(publish_entry(&kit, entry), OK);
	ck_assert_uint_eq(found("number talks"), 0);
	ck_assert_uint_eq(found("talking numbers"), 1);
	ck_assert_uint_eq(found(""), 3);
}
END_TEST

START_TEST(a_search_of_too_many_words_is_invalid)
{
	Enrollment__SearchEntries ask = ENROLLMENT__SEARCH_ENTRIES__INIT;

	ask.text = text_of(&kit, "a b c d e f g h i j k l m n o p q r s t u v w x y");
	ck_assert_int_eq(ASK(&kit, NOBODY, SEARCH_ENTRIES, search_entries, &ask),
			 CAIRN__STATUS__INVALID);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("enrollment search");
	TCase *tc = tcase_create("folding");

	tcase_add_loop_test(tc, text_is_folded_to_words_in_lower_case_without_accents, 0,
			    (int)ARRAY_LEN(foldings));
	suite_add_tcase(suite, tc);
	tc = tcase_create("search");
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, every_word_must_begin_a_word_of_the_entry);
	tcase_add_test(tc, facets_narrow_the_search);
	tcase_add_test(tc, a_summary_tells_what_a_list_shows);
	tcase_add_test(tc, pages_are_in_order_of_code_and_tell_the_total);
	tcase_add_test(tc, facets_are_counted_over_what_the_words_find);
	tcase_add_test(tc, who_looks_at_one_topic_sees_how_many_the_others_have);
	tcase_add_test(tc, words_of_any_length_are_found_by_any_beginning);
	tcase_add_test(tc, retired_entries_are_found_only_when_asked_for);
	tcase_add_test(tc, what_opens_later_is_not_found_before_its_day);
	tcase_add_test(tc, only_the_newest_version_is_found);
	tcase_add_test(tc, a_search_of_too_many_words_is_invalid);
	suite_add_tcase(suite, tc);
	return suite;
}
