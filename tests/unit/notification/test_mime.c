/* Letters: headers, encoded words, quoted-printable, addresses. */
#include "services/notification/mail/mime.h"
#include "tests/support/suite.h"

#include <string.h>

static struct arena *arena;

static void open_arena(void)
{
	arena = arena_new(1 << 14);
}

static void close_arena(void)
{
	arena_destroy(&arena);
}

/* Tuesday 2026-01-06 15:15:00 UTC. */
#define MOMENT_US (INT64_C(1767712500) * US_PER_S)

static struct mail plain_mail(void)
{
	return (struct mail){
		.from = {"Cairn", "no-reply@cairn.example"},
		.to = {"Ana", "ana@meadow.example"},
		.subject = "LIT-101: a decision is ready",
		.body = "Hello Ana,\n\na decision is ready.\n",
		.language = "en",
		.date_us = MOMENT_US,
		.id = "0198a000-0000-7000-8000-000000000001",
	};
}

static const char *compose(const struct mail *mail)
{
	return arena_text(arena, mail_compose(mail, arena));
}

START_TEST(a_plain_letter_is_what_it_should_be_byte_for_byte)
{
	struct mail mail = plain_mail();

	ck_assert_str_eq(compose(&mail),
			 "Date: Tue, 06 Jan 2026 15:15:00 +0000\r\n"
			 "From: Cairn <no-reply@cairn.example>\r\n"
			 "To: Ana <ana@meadow.example>\r\n"
			 "Subject: LIT-101: a decision is ready\r\n"
			 "Message-ID: <0198a000-0000-7000-8000-000000000001@cairn.example>\r\n"
			 "MIME-Version: 1.0\r\n"
			 "Content-Type: text/plain; charset=utf-8\r\n"
			 "Content-Transfer-Encoding: quoted-printable\r\n"
			 "Content-Language: en\r\n"
			 "Auto-Submitted: auto-generated\r\n"
			 "\r\n"
			 "Hello Ana,\r\n\r\na decision is ready.\r\n");
}
END_TEST

START_TEST(a_subject_beyond_ascii_becomes_an_encoded_word)
{
	struct mail mail = plain_mail();

	mail.subject = "LIT-101: hay una decisión";
	ck_assert_ptr_nonnull(
		strstr(compose(&mail),
		       "\r\nSubject: =?UTF-8?B?TElULTEwMTogaGF5IHVuYSBkZWNpc2nDs24=?=\r\n"));
}
END_TEST

START_TEST(a_subject_that_looks_encoded_is_encoded)
{
	struct mail mail = plain_mail();

	mail.subject = "=?UTF-8?Q?x?=";
	ck_assert_ptr_nonnull(
		strstr(compose(&mail), "\r\nSubject: =?UTF-8?B?PT9VVEYtOD9RP3g/PQ==?=\r\n"));
}
END_TEST

START_TEST(an_unsubscribe_address_is_named_only_when_there_is_one)
{
	struct mail mail = plain_mail();

	ck_assert_ptr_null(strstr(compose(&mail), "List-Unsubscribe"));
	mail.unsubscribe = "https://cairn.example/notices";
	ck_assert_ptr_nonnull(strstr(compose(&mail),
				     "\r\nList-Unsubscribe: <https://cairn.example/notices>\r\n"));
}
END_TEST

START_TEST(nothing_in_a_header_can_begin_another)
{
	struct mail mail = plain_mail();
	const char *whole;

	mail.subject = "one\r\nBcc: eve@evil.example\n two";
	mail.to.name = "Ana\r\nBcc: eve@evil.example";
	mail.from.name = "Cairn\nX: y";
	mail.unsubscribe = "https://cairn.example/\r\nX: y";
	whole = compose(&mail);
	ck_assert_ptr_null(strstr(whole, "\nBcc:"));
	ck_assert_ptr_null(strstr(whole, "\nX:"));
	ck_assert_ptr_nonnull(strstr(whole, "\r\nSubject: one  Bcc: eve@evil.example  two\r\n"));
}
END_TEST

/* Every line that a mail server sees: at most 76 characters of header words and of body, no bare CR
 * or LF, no byte beyond ASCII. */
static void check_lines(const char *whole, size_t most)
{
	size_t column = 0;

	for (const char *c = whole; *c != '\0'; c++) {
		ck_assert_uint_lt((uint8_t)*c, 0x80);
		if (*c == '\r') {
			ck_assert_int_eq(c[1], '\n');
			ck_assert_uint_le(column, most);
			column = 0;
			c++;
			continue;
		}
		ck_assert_int_ne(*c, '\n');
		column++;
	}
	ck_assert_uint_eq(column, 0);
}

static const char *const odd_texts[] = {
	"",
	"\n",
	"no line feed at the end",
	"blanks at the end of a line   \nand tabs\t\n ",
	"=3D is not =\n",
	".\n..\nFrom here\n",
	"ñññññññññññññññññññññññññññññññññññññññññññññññññññññññññññññññññññññññññññññññññ\n",
	"a line of seventy-five characters, which is exactly what fits before a break\n"
	"a line of seventy-six characters, which is one more than fits before a break\n",
	"日本語 🙂 mixed with long long long long long long long long long long long long "
	"text\n",
};

START_TEST(no_body_makes_a_line_too_long_or_a_byte_beyond_ascii)
{
	struct mail mail = plain_mail();

	mail.body = odd_texts[_i];
	mail.subject = odd_texts[_i];
	mail.to.name = odd_texts[_i];
	check_lines(compose(&mail), 78);
}
END_TEST

static const struct address_case {
	const char *address;
	bool sound;
} address_cases[] = {
	{"ana@meadow.example", true},
	{"ana.munoz+cairn@k12.meadow.example", true},
	{"o'brien_{x}@a-b.example", true},
	{"a@b", true},
	{"", false},
	{"ana", false},
	{"@meadow.example", false},
	{"ana@", false},
	{"ana@@meadow.example", false},
	{"ana@meadow@example", false},
	{".ana@meadow.example", false},
	{"ana.@meadow.example", false},
	{"a..b@meadow.example", false},
	{"ana@meadow..example", false},
	{"ana@meadow.example.", false},
	{"ana munoz@meadow.example", false},
	{"\"ana\"@meadow.example", false},
	{"ana@meadow.example\r\nBcc: eve@evil.example", false},
	{"ana@meadow.example, eve@evil.example", false},
	{"<ana@meadow.example>", false},
	{"ana@[127.0.0.1]", false},
	{"muñoz@meadow.example", false},
	{"ana@méadow.example", false},
	{"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa@meadow.example", false},
};

START_TEST(an_address_is_taken_only_when_nothing_in_it_needs_quoting)
{
	ck_assert_msg(address_is_sound(address_cases[_i].address) == address_cases[_i].sound, "%s",
		      address_cases[_i].address);
}
END_TEST

START_TEST(a_mailbox_is_a_name_and_an_address_or_an_address)
{
	struct mailbox m;

	ck_assert(mailbox_of_text("Cairn of Meadow <no-reply@cairn.example>", arena, &m));
	ck_assert_str_eq(m.name, "Cairn of Meadow");
	ck_assert_str_eq(m.address, "no-reply@cairn.example");
	ck_assert(mailbox_of_text("no-reply@cairn.example", arena, &m));
	ck_assert_str_eq(m.name, "");
	ck_assert_str_eq(m.address, "no-reply@cairn.example");
	ck_assert(!mailbox_of_text("Cairn", arena, &m));
	ck_assert(!mailbox_of_text("", arena, &m));
	ck_assert(!mailbox_of_text("Cairn <no-reply@cairn.example", arena, &m));
	ck_assert(!mailbox_of_text("Cairn <no-reply>", arena, &m));
	ck_assert(!mailbox_of_text("Cairn <a@b.example> <c@d.example>", arena, &m));
}
END_TEST

Suite *test_suite(void)
{
	Suite *s = suite_create("notification mime");
	TCase *t = tcase_create("mime");

	tcase_add_checked_fixture(t, open_arena, close_arena);
	tcase_add_test(t, a_plain_letter_is_what_it_should_be_byte_for_byte);
	tcase_add_test(t, a_subject_beyond_ascii_becomes_an_encoded_word);
	tcase_add_test(t, a_subject_that_looks_encoded_is_encoded);
	tcase_add_test(t, an_unsubscribe_address_is_named_only_when_there_is_one);
	tcase_add_test(t, nothing_in_a_header_can_begin_another);
	tcase_add_loop_test(t, no_body_makes_a_line_too_long_or_a_byte_beyond_ascii, 0,
			    ARRAY_LEN(odd_texts));
	tcase_add_loop_test(t, an_address_is_taken_only_when_nothing_in_it_needs_quoting, 0,
			    ARRAY_LEN(address_cases));
	tcase_add_test(t, a_mailbox_is_a_name_and_an_address_or_an_address);
	suite_add_tcase(s, t);
	return s;
}
