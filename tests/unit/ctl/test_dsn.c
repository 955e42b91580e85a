/* Reports of non-delivery, as servers write them, and what only looks like one. */
#include "services/ctl/dsn.h"
#include "tests/support/suite.h"

#include <stdlib.h>
#include <string.h>

#define NOTICE "0198f3a1-7c2e-7b10-8a55-0c1d2e3f4a5b"
#define NOTICE_HEX "0198f3a17c2e7b108a550c1d2e3f4a5b"
#define OTHER_HEX "0198f3a17c2e7b108a550c1d2e3f4aff"

/* What one report differs in; NULL: as Postfix has it. */
struct report {
	const char *to, *type, *recipient, *returned;
};

static const char postfix_type[] =
	"multipart/report; report-type=delivery-status;\r\n\tboundary=\"4B0A1.1764/mx.example\"";
static const char postfix_recipient[] =
	"Final-Recipient: rfc822; ana@meadow.example\r\nAction: failed\r\nStatus: 5.1.1\r\n"
	"Diagnostic-Code: smtp; 550 5.1.1 <ana@meadow.example>: no such\r\n    mailbox\r\n";
static const char postfix_returned[] =
	"Content-Type: message/rfc822\r\n\r\n"
	"Received: from cairn\r\nFrom: Cairn <no-reply@cairn.example>\r\n"
	"Subject: LIT-101\r\nMessage-ID: <" NOTICE "@cairn.example>\r\n\r\nHello\r\n";

static struct arena *arena;

static void open_arena(void)
{
	arena = arena_new(1 << 14);
}

static void close_arena(void)
{
	arena_destroy(&arena);
}

#define OR(given, otherwise) ((given) != NULL ? (given) : (otherwise))

static char *text_of(const struct report *r)
{
	return arena_printf(
		arena,
		"From MAILER-DAEMON Mon Nov 30 07:00:00 2026\r\n"
		"Return-Path: <>\r\nFrom: MAILER-DAEMON@mx.example (Mail Delivery System)\r\n"
		"Subject: Undelivered Mail Returned to Sender\r\nTo: %s\r\n"
		"MIME-Version: 1.0\r\nContent-Type: %s\r\n\r\n"
		"This is a MIME-encapsulated message.\r\n\r\n"
		"--4B0A1.1764/mx.example\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\n"
		"I'm sorry to have to inform you\r\n\r\n"
		"--4B0A1.1764/mx.example\r\nContent-Type: message/delivery-status\r\n\r\n"
		"Reporting-MTA: dns; mx.example\r\nArrival-Date: Mon, 30 Nov 2026\r\n\r\n%s\r\n"
		"--4B0A1.1764/mx.example\r\n%s\r\n--4B0A1.1764/mx.example--\r\n",
		OR(r->to, "no-reply@cairn.example"), OR(r->type, postfix_type),
		OR(r->recipient, postfix_recipient), OR(r->returned, postfix_returned));
}

static bool names_the_notice(const struct dsn *dsn)
{
	struct id wanted;

	return id_of_text(NOTICE, &wanted) && id_equal(&dsn->notice, &wanted);
}

static const char *read_text(const char *text, struct dsn *dsn_r)
{
	return dsn_read(bytes_of_text(text), dsn_r);
}

#define HEADERS_ONLY                                                                               \
	"Content-Type: text/rfc822-headers\r\n\r\nMESSAGE-ID:\r\n <" NOTICE "@cairn.example>\r\n"
#define NOTHING_RETURNED "Content-Type: text/plain\r\n\r\nno headers here\r\n"

static const struct good {
	struct report report;
	const char *status;
	bool failed, bounce;
} goods[] = {
	{{0}, "5.1.1", true, true},
	{{.returned = HEADERS_ONLY}, "5.1.1", true, true},
	{{.to = "<bounces+" NOTICE_HEX "@cairn.example>", .returned = NOTHING_RETURNED},
	 "5.1.1",
	 true,
	 true},
	{{.to = "a+b@c.example,\r\n bounces+" NOTICE_HEX "@cairn.example"}, "5.1.1", true, true},
	{{.type = "MULTIPART/Report; boundary=4B0A1.1764/mx.example; "
		  "Report-Type=\"Delivery-Status\""},
	 "5.1.1",
	 true,
	 true},
	{{.recipient = "Action: failed\r\nStatus: 5.0.0 (permanent failure)\r\n"},
	 "5.0.0",
	 true,
	 true},
	{{.recipient = "status:5.2.1\r\naction:FAILED (bad)\r\n"}, "5.2.1", true, true},
	{{.recipient = "Action: failed\r\nStatus: 4.4.7\r\n"}, "4.4.7", true, false},
	{{.recipient = "Action: failed\r\nStatus: 5.7.26\r\n"}, "5.7.26", true, false},
	{{.recipient = "Action: delayed\r\nStatus: 5.1.1\r\n"}, "5.1.1", false, false},
	{{.recipient = "Action: delivered\r\nStatus: 2.0.0\r\n"}, "2.0.0", false, false},
	{{.recipient = "Action: relayed\r\nStatus: 2.0.0\r\n\r\n"
		       "Action: failed\r\nStatus: 5.4.4\r\n"},
	 "5.4.4",
	 true,
	 true},
};

START_TEST(a_report_names_the_letter_and_what_became_of_it)
{
	const struct good *g = &goods[_i];
	struct dsn dsn;
	const char *fault = read_text(text_of(&g->report), &dsn);

	ck_assert_msg(fault == NULL, "%s", fault);
	ck_assert(names_the_notice(&dsn));
	ck_assert_str_eq(dsn.status, g->status);
	ck_assert_int_eq(dsn.failed, g->failed);
	ck_assert_int_eq(dsn_is_bounce(&dsn), g->bounce);
}
END_TEST

START_TEST(lines_may_end_without_a_return_and_the_end_may_be_missing)
{
	char *text = text_of(&(struct report){0}), *to = text;
	struct dsn dsn;

	for (const char *from = text; *from != '\0'; from++)
		if (*from != '\r')
			*to++ = *from;
	*to = '\0';
	*strstr(text, "\n--4B0A1.1764/mx.example--") = '\0';
	ck_assert_ptr_null(read_text(text, &dsn));
	ck_assert(names_the_notice(&dsn));
}
END_TEST

static const struct bad {
	struct report report;
	const char *because;
} bads[] = {
	{{.type = "text/plain"}, "no report of non-delivery"},
	{{.type = "multipart/report; boundary=4B0A1.1764/mx.example"}, "no report"},
	{{.type = "multipart/report; report-type=disposition-notification; boundary=b"},
	 "no report"},
	{{.type = "multipart/reports; report-type=delivery-status; boundary=b"}, "no report"},
	{{.type = "multipart/report; report-type=delivery-status"}, "boundary"},
	{{.type = "multipart/report; report-type=delivery-status; boundary=\"\""}, "boundary"},
	{{.type = "multipart/report; report-type=delivery-status; boundary="
		  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"},
	 "boundary"},
	{{.type = "multipart/report; report-type=delivery-status; boundary=other"}, "no parts"},
	{{.recipient = "Action: failed\r\n"}, "Status of a recipient"},
	{{.recipient = "Action: failed\r\nStatus: 5\r\n"}, "Status of a recipient"},
	{{.recipient = "Action: failed\r\nStatus: 9.1.1\r\n"}, "Status of a recipient"},
	{{.recipient = "Action: failed\r\nStatus: 5..11\r\n"}, "Status of a recipient"},
	{{.recipient = "Action: failed\r\nStatus: 5.1.1111111111\r\n"}, "Status of a recipient"},
	{{.returned = NOTHING_RETURNED}, "names no letter of ours"},
	{{.returned = "Content-Type: message/rfc822\r\n\r\nMessage-ID: <1@other.example>\r\n\r\n"},
	 "names no letter of ours"},
	/* in the body of what came back it is text of anybody */
	{{.returned = "Content-Type: message/rfc822\r\n\r\nSubject: x\r\n\r\nMessage-ID: <" NOTICE
		      "@cairn.example>\r\n"},
	 "names no letter of ours"},
	{{.to = "bounces+" OTHER_HEX "@cairn.example"}, "names two letters"},
};

START_TEST(what_is_no_report_of_ours_is_refused_with_the_reason)
{
	struct dsn dsn;
	const char *fault = read_text(text_of(&bads[_i].report), &dsn);

	ck_assert_ptr_nonnull(fault);
	ck_assert_msg(strstr(fault, bads[_i].because) != NULL, "%s", fault);
}
END_TEST

START_TEST(nothing_and_too_much_are_refused)
{
	static uint8_t much[DSN_BYTES_MAX + 1];
	struct dsn dsn;

	ck_assert_ptr_nonnull(dsn_read(BYTES_NONE, &dsn));
	memset(much, '\n', sizeof much);
	ck_assert_ptr_nonnull(strstr(dsn_read(BYTES_OF(much), &dsn), "longer"));
	ck_assert_ptr_nonnull(
		strstr(dsn_read((struct bytes){much, sizeof much - 1}, &dsn), "no report"));
}
END_TEST

START_TEST(a_header_or_a_body_without_end_is_refused)
{
	char *fields = arena_text(arena, BYTES_NONE),
	     *parts = arena_printf(
		     arena,
		     "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n");
	struct dsn dsn;

	for (unsigned i = 0; i < 1001; i++)
		fields = arena_printf(arena, "%sA: b\n", fields);
	ck_assert_ptr_nonnull(strstr(read_text(fields, &dsn), "more fields"));
	for (unsigned i = 0; i < 22; i++)
		parts = arena_printf(arena, "%s--b\n\nx\n", parts);
	ck_assert_ptr_nonnull(strstr(read_text(parts, &dsn), "more than 20 parts"));
}
END_TEST

Suite *test_suite(void)
{
	Suite *s = suite_create("reports of non-delivery");
	TCase *t = tcase_create("dsn");

	tcase_add_checked_fixture(t, open_arena, close_arena);
	tcase_add_loop_test(t, a_report_names_the_letter_and_what_became_of_it, 0,
			    ARRAY_LEN(goods));
	tcase_add_test(t, lines_may_end_without_a_return_and_the_end_may_be_missing);
	tcase_add_loop_test(t, what_is_no_report_of_ours_is_refused_with_the_reason, 0,
			    ARRAY_LEN(bads));
	tcase_add_test(t, nothing_and_too_much_are_refused);
	tcase_add_test(t, a_header_or_a_body_without_end_is_refused);
	suite_add_tcase(s, t);
	return s;
}
