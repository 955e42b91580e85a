/* Tests of the scan for identifiers: a table of what is found and what is not, in English and
 * Spanish; where; and that its time grows with the text only. */
#include "services/evidence/scan_text.h"
#include "tests/support/suite.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

static char *names[] = {(char *)(uintptr_t) "María López", (char *)(uintptr_t) "Will Ngo",
			(char *)(uintptr_t) "Zoë van der Berg"};
static char *id_shapes[] = {(char *)(uintptr_t) "S9999999", (char *)(uintptr_t) "AA-9999"};

static const struct scan_asked asked = {
	.id_shapes = id_shapes,
	.n_id_shapes = ARRAY_LEN(id_shapes),
	.names = names,
	.n_names = ARRAY_LEN(names),
};

static const struct {
	const char *text;
	enum finding_kind kind; /* 0: nothing is found */
	const char *what;       /* the stretch that is found */
} cases[] = {
	/* e-mail */
	{"Write to ana.lopez@school.example today.", FOUND_EMAIL, "ana.lopez@school.example"},
	{"escríbele a josé.núñez@escuela.edu.mx, por favor", FOUND_EMAIL,
	 "josé.núñez@escuela.edu.mx"},
	{"\xe2\x80\x9c"
	 "kid+1@mail.k12.tn.us\xe2\x80\x9d",
	 FOUND_EMAIL, "kid+1@mail.k12.tn.us"},
	{"(x@y.org)", FOUND_EMAIL, "x@y.org"},
	{"meet @ noon, 5 @ 3.50", 0, NULL},
	{"a@b is no address, nor is @handle", 0, NULL},
	{"12@.com", 0, NULL},
	/* telephone */
	{"Call (615) 555-0143 after three", FOUND_PHONE, "(615) 555-0143"},
	{"615-555-0143", FOUND_PHONE, "615-555-0143"},
	{"615.555.0143.", FOUND_PHONE, "615.555.0143"},
	{"her number is 6155550143!", FOUND_PHONE, "6155550143"},
	{"+1 615 555 0143", FOUND_PHONE, "+1 615 555 0143"},
	{"1-615-555-0143", FOUND_PHONE, "1-615-555-0143"},
	{"llame al +52 55 1234 5678 hoy", FOUND_PHONE, "+52 55 1234 5678"},
	{"tel. 555-0143", FOUND_PHONE, "555-0143"},
	{"teléfono: 555-0143", FOUND_PHONE, "555-0143"},
	{"pages 555-0143", 0, NULL},
	{"the years 2023-2024 and 1998-1999", 0, NULL},
	{"a score of 115-555-0143", 0, NULL},
	{"lexile 615-155-0143", 0, NULL},
	{"3.6155550143 is a number", 0, NULL},
	{"ISBN 978-0-325-00596-0", 0, NULL},
	/* social security */
	{"SSN 123-45-6789", FOUND_SSN, "123-45-6789"},
	{"123 45 6789", FOUND_SSN, "123 45 6789"},
	{"seguro social: 123456789", FOUND_SSN, "123456789"},
	{"part 123456789", 0, NULL},
	{"000-12-3456 666-12-3456 912-12-3456 123-00-4567 123-45-0000", 0, NULL},
	{"123-45 6789", 0, NULL},
	{"0123-45-6789", 0, NULL},
	/* student numbers */
	{"work of S1234567.", FOUND_STUDENT_ID, "S1234567"},
	{"group AB-1234", FOUND_STUDENT_ID, "AB-1234"},
	{"Student ID: 00482913", FOUND_STUDENT_ID, "00482913"},
	{"student number 48291", FOUND_STUDENT_ID, "48291"},
	{"matrícula 48291-x", FOUND_STUDENT_ID, "48291"},
	{"Matrícula del alumno: A48291", FOUND_STUDENT_ID, "A48291"},
	{"XS1234567 S12345678", 0, NULL},
	{"25 students in 1998", 0, NULL},
	{"each student read 1200 words", 0, NULL},
	/* dates of birth */
	{"born 5/3/2014", FOUND_BIRTH_DATE, "5/3/2014"},
	{"DOB: 2014-05-03", FOUND_BIRTH_DATE, "2014-05-03"},
	{"Date of birth May 3, 2014", FOUND_BIRTH_DATE, "May 3, 2014"},
	{"her birthday is 3 May 2014", FOUND_BIRTH_DATE, "3 May 2014"},
	{"nació el 3 de mayo de 2014", FOUND_BIRTH_DATE, "3 de mayo de 2014"},
	{"fecha de nacimiento: 03/05/2014", FOUND_BIRTH_DATE, "03/05/2014"},
	{"On 5/3/2014 we began", 0, NULL},
	{"the idea was born in May", 0, NULL},
	{"El 3 de mayo empezamos", 0, NULL},
	/* addresses */
	{"lives at 123 Main Street now", FOUND_ADDRESS, "123 Main Street"},
	{"4501 N Gallatin Pike Rd, Apt 4", FOUND_ADDRESS, "4501 N Gallatin Pike Rd"},
	{"12 5th Ave.", FOUND_ADDRESS, "12 5th Ave"},
	{"P.O. Box 12", FOUND_ADDRESS, "Box 12"},
	{"vive en Calle 5 de Mayo #12", FOUND_ADDRESS, "Calle 5 de Mayo #12"},
	{"Avenida Juárez No. 123", FOUND_ADDRESS, "Avenida Juárez No. 123"},
	{"12 students on the street", 0, NULL},
	{"in 20 minutes they found their Way", 0, NULL},
	{"cruzó la calle a las 5", 0, NULL},
	{"step 3 Place the letters", 0, NULL},
	/* names of the roster */
	{"today María read", FOUND_NAME, "María"},
	{"MARÍA LÓPEZ read", FOUND_NAME, "MARÍA LÓPEZ"},
	{"Maria\xcc\x81 leyó", FOUND_NAME, "Maria\xcc\x81"},
	{"Mari\xcc\x81"
	 "a leyó",
	 FOUND_NAME,
	 "Mari\xcc\x81"
	 "a"},
	{"\xc2\xbf"
	 "Lopez?",
	 FOUND_NAME, "Lopez"},
	{"then Zoe raised her hand", FOUND_NAME, "Zoe"},
	{"they will go on", 0, NULL},
	{"a van and der tisch", 0, NULL},
	{"Marian and Lopezes", 0, NULL},
	/* what is no UTF-8 separates, and nothing reads beyond the end */
	{"\xff\xfe"
	 "ana@school.example\xc3",
	 FOUND_EMAIL, "ana@school.example"},
	{"\xe2\x80", 0, NULL},
	{"", 0, NULL},
	{"615-555-014", 0, NULL},
	{"The plan of ten routines: I read aloud, they echo. Leemos juntos 15 minutos.", 0, NULL},
};

START_TEST(each_case_is_found_where_it_stands_or_not_at_all)
{
	struct bytes text = bytes_of_text(cases[_i].text);
	struct scan_found found;

	scan_text(text, &asked, &found);
	if (cases[_i].kind == 0) {
		ck_assert_msg(found.total == 0, "\"%s\": %s", cases[_i].text,
			      finding_word(found.first[0].kind));
		return;
	}
	ck_assert_msg(found.total == 1 && found.first[0].kind == cases[_i].kind, "\"%s\": %u %s",
		      cases[_i].text, found.total,
		      found.total > 0 ? finding_word(found.first[0].kind) : "");
	ck_assert_msg(found.first[0].len == strlen(cases[_i].what) &&
			      memcmp(text.data + found.first[0].at, cases[_i].what,
				     found.first[0].len) == 0,
		      "\"%s\": %u bytes at %u", cases[_i].text, found.first[0].len,
		      found.first[0].at);
}
END_TEST

START_TEST(without_a_roster_and_shapes_neither_names_nor_bare_ids_are_found)
{
	struct scan_found found;

	scan_text(bytes_of_text("María López has S1234567"), &(struct scan_asked){0}, &found);
	ck_assert_uint_eq(found.total, 0);
}
END_TEST

START_TEST(findings_are_counted_by_kind_and_the_first_are_kept_in_order)
{
	char text[4000] = "";
	struct scan_found found;

	for (unsigned i = 0; i < 30; i++)
		strcat(text, i % 3 == 0 ? "a@b.org; " : "615-555-0143; ");
	scan_text(bytes_of_text(text), &asked, &found);
	ck_assert_uint_eq(found.total, 30);
	ck_assert_uint_eq(found.counts[FOUND_EMAIL], 10);
	ck_assert_uint_eq(found.counts[FOUND_PHONE], 20);
	ck_assert_uint_eq(found.n, FINDINGS_FIRST);
	for (size_t i = 1; i < found.n; i++)
		ck_assert_uint_gt(found.first[i].at, found.first[i - 1].at);
}
END_TEST

/* What makes a backtracking matcher slow: long runs of what a shape may begin or go on with. */
static const char *const slow[] = {"a",
				   ".",
				   "a.",
				   "1",
				   "1-",
				   "+1 ",
				   "(",
				   "5 May ",
				   "born 5 ",
				   "Calle ",
				   "Calle A ",
				   "12 Main ",
				   "\xe2\x80\x9c ",
				   "\xc3",
				   "María ",
				   "student id ",
				   "a@",
				   "a@a.",
				   " ",
				   "1 "};

static clock_t time_of(const char *piece, size_t bytes)
{
	size_t len = strlen(piece);
	uint8_t *text = malloc(bytes);
	struct scan_found found;
	clock_t start;

	ENSURE(text != NULL);
	for (size_t i = 0; i < bytes; i++)
		text[i] = (uint8_t)piece[i % len];
	start = clock();
	scan_text((struct bytes){text, bytes}, &asked, &found);
	start = clock() - start;
	free(text);
	return start;
}

/* Quadratic time would be 64 times as much for 8 times the text: minutes, not parts of a second. */
START_TEST(no_text_is_slow)
{
	clock_t took = time_of(slow[_i], (size_t)1 << 20);

	ck_assert_msg(took < 2 * CLOCKS_PER_SEC, "\"%s\": %ld", slow[_i], (long)took);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("evidence scan of text");
	TCase *tcase = tcase_create("scan");

	tcase_add_loop_test(tcase, each_case_is_found_where_it_stands_or_not_at_all, 0,
			    ARRAY_LEN(cases));
	tcase_add_test(tcase, without_a_roster_and_shapes_neither_names_nor_bare_ids_are_found);
	tcase_add_test(tcase, findings_are_counted_by_kind_and_the_first_are_kept_in_order);
	tcase_add_loop_test(tcase, no_text_is_slow, 0, ARRAY_LEN(slow));
	suite_add_tcase(suite, tcase);
	return suite;
}
