/* The link in a letter switches its topic off, and nothing that must be told. */
#include "services/notification/notification.h"
#include "services/notification/plan.h"
#include "services/notification/tables_mail.h"
#include "services/notification/mail/unsubscribe.h"
#include "tests/support/notice_kit.h"
#include "tests/support/suite.h"

#include <string.h>

static struct kit kit;

static void open_kit(void)
{
	notice_kit_open(&kit, &notification_service);
}

static void close_kit(void)
{
	kit_close(&kit);
}

/* What stands behind the last slash of the letter's link. */
static char *token_of(struct bytes notice)
{
	return unsubscribe_url(&kit.caps, "", notice, kit.arena) + 1;
}

/* As the gateway passes on what it was sent. */
static Cairn__Status follow_link(const char *token)
{
	Notification__Unsubscribe ask = NOTIFICATION__UNSUBSCRIBE__INIT;
	Notification__Command command = NOTIFICATION__COMMAND__INIT;
	char hex[2 * ID_LEN + 1] = "";
	struct id notice, mark;

	memcpy(hex, token, 2 * ID_LEN);
	ENSURE(id_of_text(hex, &notice));
	memcpy(hex, token + 2 * ID_LEN + 1, 2 * ID_LEN);
	ENSURE(id_of_text(hex, &mark));
	ask.notice = pb_of_id(&notice);
	ask.mark = pb_of_id(&mark);
	command.body_case = NOTIFICATION__COMMAND__BODY_UNSUBSCRIBE;
	command.unsubscribe = &ask;
	return kit_send_as(&kit, kit_id(&kit), ROLE_PORTAL, BYTES_NONE, &command.base);
}

static bool is_off(Notification__Topic topic)
{
	return switched_off(kit_view(&kit), ANA, (uint16_t)topic);
}

START_TEST(the_link_of_a_letter_switches_its_topic_off)
{
	char *token;

	given_submitted(&kit);
	token = token_of(the_notice(&kit, NOTIFICATION__TOPIC__SUBMISSION_RECEIPT));
	ck_assert_int_eq(follow_link(token), CAIRN__STATUS__OK);
	ck_assert(is_off(NOTIFICATION__TOPIC__SUBMISSION_RECEIPT));
	ck_assert(!is_off(NOTIFICATION__TOPIC__ENROLLED));
	ck_assert_int_eq(follow_link(token), CAIRN__STATUS__OK);
	kit.seen_seq = 0;
	ck_assert_uint_eq(count_events(&kit, NOTIFICATION__EVENT__BODY_PREFERENCE_SET), 1);
}
END_TEST

START_TEST(a_digests_link_switches_all_off_that_may_be)
{
	Notification__SetMailTimes times = NOTIFICATION__SET_MAIL_TIMES__INIT;
	Notification__Command command = NOTIFICATION__COMMAND__INIT;
	const ProtobufCEnumDescriptor *topics = &notification__topic__descriptor;
	struct bytes notice;
	struct id digest;

	given_ana(&kit);
	times.educator = pb_of_bytes(ANA);
	times.digest = NOTIFICATION__DIGEST__DAILY;
	command.body_case = NOTIFICATION__COMMAND__BODY_SET_MAIL_TIMES;
	command.set_mail_times = &times;
	ENSURE(kit_send(&kit, ANA, &command.base) == CAIRN__STATUS__OK);
	given_enrolled(&kit, THE_ENROLLMENT, ANA);
	notice = the_notice(&kit, NOTIFICATION__TOPIC__ENROLLED);
	when_begun(&kit, notice);
	ENSURE(gathered_in(kit_view(&kit), notice, &digest));
	ck_assert_int_eq(follow_link(token_of(bytes_of_id(&digest))), CAIRN__STATUS__OK);
	for (unsigned i = 0; i < topics->n_values; i++) {
		Notification__Topic topic = (Notification__Topic)topics->values[i].value;

		ck_assert_int_eq(is_off(topic), topic_is_optional(topic));
	}
	ck_assert(is_off(NOTIFICATION__TOPIC__ENROLLED));
}
END_TEST

START_TEST(what_must_be_told_stays_on)
{
	given_submitted(&kit);
	when_released(&kit, THE_SUBMISSION, false);
	ck_assert_int_eq(
		follow_link(token_of(the_notice(&kit, NOTIFICATION__TOPIC__DECISION_READY))),
		CAIRN__STATUS__REJECTED);
	ck_assert_uint_eq(kit.got.reason, NOTIFICATION__REASON__MANDATORY);
	ck_assert(!is_off(NOTIFICATION__TOPIC__DECISION_READY));
}
END_TEST

/* One digit is another one: of the notice's id, or of the mark. */
static const size_t digits[] = {0, 31, 33, 64};

START_TEST(a_link_that_is_not_ours_does_nothing)
{
	struct bytes notice;
	char *token;

	given_submitted(&kit);
	notice = the_notice(&kit, NOTIFICATION__TOPIC__SUBMISSION_RECEIPT);
	token = token_of(notice);
	token[digits[_i]] = token[digits[_i]] == '0' ? '1' : '0';
	ck_assert_int_eq(follow_link(token), CAIRN__STATUS__REJECTED);
	ck_assert_uint_eq(kit.got.reason, NOTIFICATION__REASON__BAD_LINK);
	ck_assert(!is_off(NOTIFICATION__TOPIC__SUBMISSION_RECEIPT));
	ck_assert_int_eq(follow_link(token_of(kit_name("notice", "none"))),
			 CAIRN__STATUS__REJECTED);
	ck_assert_uint_eq(kit.got.reason, NOTIFICATION__REASON__BAD_LINK);
}
END_TEST

START_TEST(a_link_of_an_erased_person_does_nothing)
{
	char *token;

	given_submitted(&kit);
	token = token_of(the_notice(&kit, NOTIFICATION__TOPIC__SUBMISSION_RECEIPT));
	when_erased(&kit, ANA);
	ck_assert_int_eq(follow_link(token), CAIRN__STATUS__REJECTED);
	ck_assert_uint_eq(kit.got.reason, NOTIFICATION__REASON__UNKNOWN_EDUCATOR);
}
END_TEST

Suite *test_suite(void)
{
	Suite *s = suite_create("notification unsubscribe");
	TCase *t = tcase_create("unsubscribe");

	tcase_add_checked_fixture(t, open_kit, close_kit);
	tcase_add_test(t, the_link_of_a_letter_switches_its_topic_off);
	tcase_add_test(t, a_digests_link_switches_all_off_that_may_be);
	tcase_add_test(t, what_must_be_told_stays_on);
	tcase_add_loop_test(t, a_link_that_is_not_ours_does_nothing, 0, ARRAY_LEN(digits));
	tcase_add_test(t, a_link_of_an_erased_person_does_nothing);
	suite_add_tcase(s, t);
	return s;
}
