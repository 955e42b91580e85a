/* Delivering a notice: the distance of tries, and the letter that a channel takes. */
#include "services/notification/mail/deliver.h"
#include "services/notification/notification.h"
#include "services/notification/mail/unsubscribe.h"
#include "tests/support/notice_kit.h"
#include "tests/support/suite.h"

#include "libshared/seal.h"

#include <stdio.h>
#include <string.h>

static struct kit kit;
static struct letter letter;

static void open_kit(void)
{
	notice_kit_open(&kit, &notification_service);
}

static void close_kit(void)
{
	kit_close(&kit);
}

/* The letter of a notice that is begun now. */
static enum letter_ready write_letter(struct bytes notice, const char *portal,
				      const char *unsubscribe)
{
	struct writing writing = {.caps = &kit.caps,
				  .from = {"Cairn", "no-reply@cairn.example"},
				  .portal = portal,
				  .unsubscribe = unsubscribe};
	struct notice row;

	when_begun(&kit, notice);
	writing.view = kit_view(&kit);
	ENSURE(notice_get(writing.view, notice, &row));
	return letter_write(&writing, notice, &row, kit.arena, &letter);
}

/* The letter after soft breaks are taken away. */
static const char *unbroken(void)
{
	char *text = arena_text(kit.arena, letter.content), *to = text;

	for (const char *from = text; *from != '\0';) {
		if (strncmp(from, "=\r\n", 3) == 0)
			from += 3;
		else
			*to++ = *from++;
	}
	*to = '\0';
	return text;
}

static bool has_line(const char *line)
{
	return strstr(unbroken(), arena_printf(kit.arena, "\r\n%s\r\n", line)) != NULL;
}

START_TEST(tries_are_1_2_4_minutes_apart_and_at_most_6_hours)
{
	static const int minutes[] = {1, 1, 2, 4, 8, 16, 32, 64, 128, 256, 360, 360};

	for (uint32_t tries = 0; tries < ARRAY_LEN(minutes); tries++)
		ck_assert_int_eq(retry_delay_us(tries), minutes[tries] * 60 * US_PER_S);
	ck_assert_int_eq(retry_delay_us(UINT32_MAX), 6 * US_PER_HOUR);
}
END_TEST

START_TEST(a_letter_names_its_reader_what_it_is_about_and_where_to_read_on)
{
	given_submitted(&kit);
	ck_assert_int_eq(write_letter(the_notice(&kit, NOTIFICATION__TOPIC__SUBMISSION_RECEIPT),
				      "https://cairn.example/", NULL),
			 LETTER_READY);
	ck_assert_str_eq(letter.to, ANA_ADDRESS);
	ck_assert(has_line("Hello Ana Mu=C3=B1oz,"));
	ck_assert(has_line("Subject: LIT-101: your submission has arrived"));
	ck_assert(has_line("Your receipt is at https://cairn.example/."));
	ck_assert(has_line(arena_printf(kit.arena, "Reference: %s", ID_STR(THE_SUBMISSION))));
	ck_assert(has_line("From: Cairn <no-reply@cairn.example>"));
}
END_TEST

/* The deadline is the last second of January 13 in Chicago, which is January 14 in UTC. */
START_TEST(dates_are_dates_of_the_issuers_zone)
{
	struct bytes notice;

	given_submitted(&kit);
	notice = the_notice(&kit, NOTIFICATION__TOPIC__SUBMISSION_RECEIPT);
	ck_assert_int_eq(write_letter(notice, NULL, NULL), LETTER_READY);
	ck_assert_ptr_nonnull(strstr(unbroken(), "by January 13, 2026."));
}
END_TEST

START_TEST(a_letter_is_in_the_language_of_its_reader)
{
	given_person(&kit, ANA, &(struct notice_person){ANA_NAME, ANA_ADDRESS, "es"});
	given_enrolled(&kit, THE_ENROLLMENT, ANA);
	ck_assert_int_eq(write_letter(the_notice(&kit, NOTIFICATION__TOPIC__ENROLLED), NULL, NULL),
			 LETTER_READY);
	ck_assert(has_line("Content-Language: es"));
	ck_assert(has_line("Hola, Ana Mu=C3=B1oz:"));
	ck_assert(has_line("Contin=C3=BAe en su p=C3=A1gina de Cairn."));
}
END_TEST

START_TEST(every_attempt_has_the_same_message_id)
{
	struct bytes notice;
	const char *id_line;

	given_submitted(&kit);
	notice = the_notice(&kit, NOTIFICATION__TOPIC__SUBMISSION_RECEIPT);
	id_line = arena_printf(kit.arena, "Message-ID: <%s@cairn.example>", ID_STR(notice));
	write_letter(notice, NULL, NULL);
	ck_assert(has_line(id_line));
	when_recorded(&kit, notice, 1, NOTIFICATION__OUTCOME__TEMPORARY, 452);
	kit_advance(&kit, 60 * US_PER_S);
	write_letter(notice, NULL, NULL);
	ck_assert(has_line(id_line));
}
END_TEST

START_TEST(only_notices_that_can_be_switched_off_say_where)
{
	const char *url = "https://cairn.example/unsubscribe/";
	struct bytes notice;

	given_submitted(&kit);
	notice = the_notice(&kit, NOTIFICATION__TOPIC__SUBMISSION_RECEIPT);
	write_letter(notice, NULL, url);
	ck_assert(has_line(
		arena_printf(kit.arena, "List-Unsubscribe: <%s>",
			     unsubscribe_url(&kit.caps, "https://cairn.example/unsubscribe", notice,
					     kit.arena))));
	ck_assert(has_line("List-Unsubscribe-Post: List-Unsubscribe=One-Click"));
	ck_assert(has_line("Auto-Submitted: auto-generated"));
	when_released(&kit, THE_SUBMISSION, false);
	write_letter(the_notice(&kit, NOTIFICATION__TOPIC__DECISION_READY), NULL, url);
	ck_assert_ptr_null(strstr(unbroken(), "List-Unsubscribe"));
}
END_TEST

START_TEST(without_a_key_the_person_is_erased)
{
	struct bytes notice;

	given_submitted(&kit);
	notice = the_notice(&kit, NOTIFICATION__TOPIC__SUBMISSION_RECEIPT);
	ENSURE(keyring_destroy(kit.caps.keyring, ANA) == 0);
	ck_assert_int_eq(write_letter(notice, NULL, NULL), LETTER_ERASED);
}
END_TEST

START_TEST(an_address_that_mail_cannot_go_to_is_none)
{
	static const char *const addresses[] = {"", "ana",
						"ana@meadow.example\nBcc: eve@evil.example"};

	given_person(&kit, ANA, &(struct notice_person){"Ana", addresses[_i], "en"});
	given_enrolled(&kit, THE_ENROLLMENT, ANA);
	ck_assert_int_eq(write_letter(the_notice(&kit, NOTIFICATION__TOPIC__ENROLLED), NULL, NULL),
			 LETTER_NO_ADDRESS);
}
END_TEST

START_TEST(a_person_without_a_name_is_called_by_the_handle)
{
	given_person(&kit, ANA, &(struct notice_person){"", ANA_ADDRESS, "en"});
	given_enrolled(&kit, THE_ENROLLMENT, ANA);
	write_letter(the_notice(&kit, NOTIFICATION__TOPIC__ENROLLED), NULL, NULL);
	ck_assert(has_line("Hello amunoz,"));
}
END_TEST

/* A text that is published while an attempt is on its way does not change that attempt. */
START_TEST(the_text_is_the_one_that_the_attempt_began_with)
{
	Notification__Template template = NOTIFICATION__TEMPLATE__INIT;
	Notification__PublishTemplate ask = NOTIFICATION__PUBLISH_TEMPLATE__INIT;
	Notification__Command command = NOTIFICATION__COMMAND__INIT;
	struct writing writing = {.caps = &kit.caps, .from = {"", "no-reply@cairn.example"}};
	struct bytes notice;
	struct notice row;

	given_submitted(&kit);
	notice = the_notice(&kit, NOTIFICATION__TOPIC__SUBMISSION_RECEIPT);
	when_begun(&kit, notice);
	template.topic = NOTIFICATION__TOPIC__SUBMISSION_RECEIPT;
	template.language = (char[]){"en"};
	template.version = 1;
	template.subject = (char[]){"new"};
	template.body = (char[]){"new"};
	ask.template_ = &template;
	command.body_case = NOTIFICATION__COMMAND__BODY_PUBLISH_TEMPLATE;
	command.publish_template = &ask;
	kit_send(&kit, BYTES_NONE, &command.base);
	writing.view = kit_view(&kit);
	ENSURE(notice_get(writing.view, notice, &row));
	ck_assert_int_eq(letter_write(&writing, notice, &row, kit.arena, &letter), LETTER_READY);
	ck_assert(has_line("Subject: LIT-101: your submission has arrived"));

	when_begun(&kit, notice);
	writing.view = kit_view(&kit);
	ENSURE(notice_get(writing.view, notice, &row));
	ck_assert_int_eq(letter_write(&writing, notice, &row, kit.arena, &letter), LETTER_READY);
	ck_assert(has_line("Subject: new"));
}
END_TEST

Suite *test_suite(void)
{
	Suite *s = suite_create("notification deliver");
	TCase *t = tcase_create("deliver");

	tcase_add_checked_fixture(t, open_kit, close_kit);
	tcase_add_test(t, tries_are_1_2_4_minutes_apart_and_at_most_6_hours);
	tcase_add_test(t, a_letter_names_its_reader_what_it_is_about_and_where_to_read_on);
	tcase_add_test(t, dates_are_dates_of_the_issuers_zone);
	tcase_add_test(t, a_letter_is_in_the_language_of_its_reader);
	tcase_add_test(t, every_attempt_has_the_same_message_id);
	tcase_add_test(t, only_notices_that_can_be_switched_off_say_where);
	tcase_add_test(t, without_a_key_the_person_is_erased);
	tcase_add_loop_test(t, an_address_that_mail_cannot_go_to_is_none, 0, 3);
	tcase_add_test(t, a_person_without_a_name_is_called_by_the_handle);
	tcase_add_test(t, the_text_is_the_one_that_the_attempt_began_with);
	suite_add_tcase(s, t);
	return s;
}
