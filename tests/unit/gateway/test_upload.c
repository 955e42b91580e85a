/* Tests of what headers and forms of uploads say: metadata, checksums, ranges, parts. */
#include "services/gateway/upload/form.h"
#include "services/gateway/upload/range.h"
#include "services/gateway/upload/tus.h"
#include "tests/support/suite.h"

#include <stdio.h>
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

/* ---- metadata ---- */

START_TEST(metadata_says_where_an_upload_belongs)
{
	struct tus_metadata m;

	ck_assert_ptr_null(tus_metadata_read(
		"enrollment MDE5MA==, requirement bGl0LTEwMS5lMQ== ,filename Sm9obi5wZGY=,filetype "
		"YXBwbGljYXRpb24vcGRm,student_data",
		arena, &m));
	ck_assert_str_eq(m.enrollment, "0190");
	ck_assert_str_eq(m.requirement, "lit-101.e1");
	ck_assert_str_eq(m.type, "application/pdf");
	ck_assert_str_eq(m.student_data, "");
	ck_assert_ptr_null(tus_metadata_read(NULL, arena, &m));
	ck_assert_str_eq(m.enrollment, "");
}
END_TEST

static const char *const bad_metadata[] = {
	"enrollment MDE5MA",                       /* not padded */
	"enrollment MDE5MA==,enrollment MDE5MA==", /* twice */
	"filetype !!!!",
	"filetype YQo=", /* a line feed */
	"filetype AAAA", /* NUL */
	",",
	"filetype //79", /* no UTF-8 */
	"a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q",
};

START_TEST(bad_metadata_is_refused)
{
	struct tus_metadata m;

	ck_assert_ptr_nonnull(tus_metadata_read(bad_metadata[_i], arena, &m));
}
END_TEST

START_TEST(long_metadata_is_refused)
{
	char long_value[1000] = "filetype ", longest[TUS_METADATA_MAX + 2];
	struct tus_metadata m;

	memset(long_value + 9, 'A', 800);
	ck_assert_ptr_nonnull(tus_metadata_read(long_value, arena, &m));
	memset(longest, 'a', sizeof longest - 1);
	longest[sizeof longest - 1] = '\0';
	ck_assert_ptr_nonnull(tus_metadata_read(longest, arena, &m));
}
END_TEST

/* ---- numbers and checksums ---- */

START_TEST(a_number_has_digits_only_and_a_bound)
{
	static const char *const bad[] = {
		"", "-1", "+4", " 4", "4 ", "0x10", "9007199254740993", "99999999999999999999"};
	uint64_t number;

	ck_assert(tus_number("0", &number) && number == 0);
	ck_assert(tus_number("524288000", &number) && number == 524288000);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		ck_assert_msg(!tus_number(bad[i], &number), "%s", bad[i]);
	ck_assert(!tus_number(NULL, &number));
}
END_TEST

START_TEST(a_checksum_holds_for_its_content_only)
{
	struct tus_checksum sum;

	ck_assert_int_eq(tus_checksum_read("sha1 qZk+NkcGgWq6PiVxeFDCbJzQ2J0=", &sum),
			 TUS_SUM_SOUND);
	ck_assert(tus_checksum_holds(&sum, bytes_of_text("abc")));
	ck_assert(!tus_checksum_holds(&sum, bytes_of_text("abd")));
	ck_assert_int_eq(
		tus_checksum_read("sha256 ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=", &sum),
		TUS_SUM_SOUND);
	ck_assert(tus_checksum_holds(&sum, bytes_of_text("abc")));
	ck_assert_int_eq(tus_checksum_read("md5 kAFQmDzST7DWlj99KOF/cg==", &sum), TUS_SUM_UNKNOWN);
	ck_assert_int_eq(tus_checksum_read("sha1 abc", &sum), TUS_SUM_BAD);
	ck_assert_int_eq(tus_checksum_read("sha256 qZk+NkcGgWq6PiVxeFDCbJzQ2J0=", &sum),
			 TUS_SUM_BAD);
}
END_TEST

/* ---- ranges ---- */

static const struct ranged_case {
	const char *header;
	enum ranged ranged;
	uint64_t first, last;
} ranged_cases[] = {
	{"bytes=0-", RANGE_PART, 0, 99},
	{"bytes=5-9", RANGE_PART, 5, 9},
	{"bytes=90-1000", RANGE_PART, 90, 99},
	{"bytes=-10", RANGE_PART, 90, 99},
	{"bytes=-1000", RANGE_PART, 0, 99},
	{"bytes=100-", RANGE_OUTSIDE, 0, 0},
	{"bytes=-0", RANGE_OUTSIDE, 0, 0},
	{"bytes=9-5", RANGE_ALL, 0, 0},
	{"bytes=0-1,5-6", RANGE_ALL, 0, 0},
	{"lines=0-1", RANGE_ALL, 0, 0},
	{"bytes=", RANGE_ALL, 0, 0},
	{"bytes=a-b", RANGE_ALL, 0, 0},
	{"bytes=-", RANGE_ALL, 0, 0},
	{"bytes=99999999999999999999-", RANGE_ALL, 0, 0},
	{NULL, RANGE_ALL, 0, 0},
};

START_TEST(a_range_is_one_part_or_the_whole_or_outside)
{
	const struct ranged_case *c = &ranged_cases[_i];
	struct range range;

	ck_assert_int_eq(range_read(c->header, 100, &range), c->ranged);
	if (c->ranged == RANGE_PART) {
		ck_assert_uint_eq(range.first, c->first);
		ck_assert_uint_eq(range.last, c->last);
	}
}
END_TEST

/* ---- forms ---- */

#define HEAD(rest) "Content-Disposition: form-data; name=" rest "\r\n"

static const char body[] = "--x--y\r\n" HEAD(
	"\"csrf\"") "\r\nabc\r\n"
		    "--x--y\r\n" HEAD(
			    "\"file\"; filename=\"J\xc3\xb3se.pdf\"") "Content-Type: "
								      "application/pdf; a=b\r\n\r\n"
								      "one\r\n--x--\r\r\n--"
								      "x\r\n\r\nend\r\n--x--y--"
								      "\r\n";
static const char content[] = "one\r\n--x--\r\r\n--x\r\n\r\nend";

struct heard {
	char text[600];
	uint64_t announced;
};

static void hear(struct heard *h, const struct form *f, enum form_said what, struct bytes part)
{
	size_t len = strlen(h->text), room = sizeof h->text - len;
	const char *of = (const char *)part.data;

	if (what == FORM_FIELD)
		snprintf(h->text + len, room, "[%s=%.*s]", f->name, (int)part.len, of);
	else if (what == FORM_FILE)
		snprintf(h->text + len, room, "<%s %s %d:", f->name, f->type, f->named);
	else if (what == FORM_BYTES)
		snprintf(h->text + len, room, "%.*s", (int)part.len, of);
	else if (what != FORM_MORE)
		snprintf(h->text + len, room, "%s",
			 what == FORM_FILE_END ? ">"
			 : what == FORM_END    ? "."
					       : "BAD");
	if (what == FORM_FILE)
		h->announced = form_file_bytes(f, sizeof body - 1);
}

static struct heard when_read(const char *text, size_t piece)
{
	struct bytes all = bytes_of_text(text), part;
	struct heard h = {"", 0};
	struct form f;

	ck_assert(form_begin(&f, "multipart/form-data; boundary=\"x--y\""));
	for (size_t at = 0; at < all.len; at += piece) {
		struct bytes in = {all.data + at, MIN(piece, all.len - at)};

		while (in.len > 0 && f.state != FORM_FAILED)
			hear(&h, &f, form_next(&f, &in, &part), part);
	}
	return h;
}

START_TEST(a_form_is_read_however_it_is_cut)
{
	struct heard h = when_read(body, (size_t)_i + 1);
	char expected[600];

	snprintf(expected, sizeof expected, "[csrf=abc]<file application/pdf 1:%s>.", content);
	ck_assert_str_eq(h.text, expected);
}
END_TEST

START_TEST(a_last_file_has_as_many_bytes_as_the_body_leaves_it)
{
	struct heard h = when_read(body, 100000);

	ck_assert_uint_eq(h.announced, sizeof content - 1);
}
END_TEST

START_TEST(a_file_that_nobody_chose_has_no_name)
{
	struct heard h = when_read(
		"--x--y\r\n" HEAD("\"file\"; filename=\"\"") "Content-Type: "
							     "application/"
							     "octet-stream\r\n\r\n\r\n--x--y--\r\n",
		7);

	ck_assert_str_eq(h.text, "<file application/octet-stream 0:>.");
}
END_TEST

static const char *const bad_forms[] = {
	"no boundary at all",
	"\r\n--x--y\r\n",                      /* something before the first */
	"--x--yno line\r\n\r\n",               /* behind the boundary */
	"--x--y\r\nContent-Type: a/b\r\n\r\n", /* no name */
	"--x--y\r\nContent-Disposition: attachment; name=\"a\"\r\n\r\n",
};

START_TEST(what_is_no_form_is_refused)
{
	ck_assert_ptr_nonnull(strstr(when_read(bad_forms[_i], 3).text, "BAD"));
}
END_TEST

START_TEST(a_long_head_or_value_is_refused)
{
	char text[3 * FORM_VALUE_MAX];
	int n = snprintf(text, sizeof text, "--x--y\r\n" HEAD("\"a\"") "\r\n");

	memset(text + n, 'v', FORM_VALUE_MAX + 1);
	text[n + (int)FORM_VALUE_MAX + 1] = '\0';
	ck_assert_ptr_nonnull(strstr(when_read(text, 1000).text, "BAD"));
	memset(text + 8, 'h', FORM_HEAD_MAX + 1);
	ck_assert_ptr_nonnull(strstr(when_read(text, 1000).text, "BAD"));
}
END_TEST

START_TEST(a_form_needs_a_boundary)
{
	struct form f;

	ck_assert(!form_begin(&f, "multipart/form-data"));
	ck_assert(!form_begin(&f, "multipart/mixed; boundary=a"));
	ck_assert(!form_begin(&f, "multipart/form-data; boundary="));
	ck_assert(!form_begin(&f, NULL));
	ck_assert(form_begin(&f, "multipart/form-data; boundary=----WebKitFormBoundaryAbC123"));
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("upload");
	TCase *tcase = tcase_create("upload");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, metadata_says_where_an_upload_belongs);
	tcase_add_loop_test(tcase, bad_metadata_is_refused, 0, ARRAY_LEN(bad_metadata));
	tcase_add_test(tcase, long_metadata_is_refused);
	tcase_add_test(tcase, a_number_has_digits_only_and_a_bound);
	tcase_add_test(tcase, a_checksum_holds_for_its_content_only);
	tcase_add_loop_test(tcase, a_range_is_one_part_or_the_whole_or_outside, 0,
			    ARRAY_LEN(ranged_cases));
	tcase_add_loop_test(tcase, a_form_is_read_however_it_is_cut, 0, 80);
	tcase_add_test(tcase, a_last_file_has_as_many_bytes_as_the_body_leaves_it);
	tcase_add_test(tcase, a_file_that_nobody_chose_has_no_name);
	tcase_add_loop_test(tcase, what_is_no_form_is_refused, 0, ARRAY_LEN(bad_forms));
	tcase_add_test(tcase, a_long_head_or_value_is_refused);
	tcase_add_test(tcase, a_form_needs_a_boundary);
	suite_add_tcase(suite, tcase);
	return suite;
}
