/* What persons want to hear and in which language, and the texts that operators publish. */
#include "libshared/check.h"
#include "services/notification/notification.h"
#include "services/notification/tables.h"
#include "tests/support/notice_kit.h"
#include "tests/support/suite.h"

static struct kit kit;

static void open_kit(void)
{
	notice_kit_open(&kit, &notification_service);
}

static void close_kit(void)
{
	kit_close(&kit);
}

static char *text(const char *s)
{
	return arena_text(kit.arena, bytes_of_text(s));
}

static struct notice row_of(struct bytes notice)
{
	struct notice row;

	ENSURE(notice_get(kit_view(&kit), notice, &row));
	return row;
}

static struct bytes given_notice(void)
{
	given_submitted(&kit);
	return the_notice(&kit, NOTIFICATION__TOPIC__SUBMISSION_RECEIPT);
}

/* ---- preferences ---- */

static Cairn__Status set_preference_as(uint32_t roles, struct bytes actor,
				       Notification__SetPreference *ask)
{
	Notification__Command command = NOTIFICATION__COMMAND__INIT;

	command.body_case = NOTIFICATION__COMMAND__BODY_SET_PREFERENCE;
	command.set_preference = ask;
	return kit_send_as(&kit, kit_id(&kit), roles, actor, &command.base);
}

static Cairn__Status set_preference(struct bytes educator, Notification__Topic topic, bool off,
				    const char *language)
{
	Notification__SetPreference ask = NOTIFICATION__SET_PREFERENCE__INIT;

	ask.educator = pb_of_bytes(educator);
	ask.topic = topic;
	ask.off = off;
	ask.language = text(language);
	return set_preference_as(ROLE_PORTAL, BYTES_NONE, &ask);
}

START_TEST(a_topic_that_is_switched_off_plans_nothing_until_it_is_switched_on)
{
	given_ana(&kit);
	ck_assert_int_eq(set_preference(ANA, NOTIFICATION__TOPIC__ENROLLED, true, ""),
			 CAIRN__STATUS__OK);
	given_enrolled(&kit, THE_ENROLLMENT, ANA);
	ck_assert_uint_eq(count_events(&kit, NOTIFICATION__EVENT__BODY_NOTICE_PLANNED), 0);
	ck_assert_int_eq(set_preference(ANA, NOTIFICATION__TOPIC__ENROLLED, false, ""),
			 CAIRN__STATUS__OK);
	given_enrolled(&kit, kit_name("enrollment", "another"), ANA);
	the_notice(&kit, NOTIFICATION__TOPIC__ENROLLED);
}
END_TEST

START_TEST(switching_a_topic_off_cancels_what_of_it_has_not_left)
{
	struct bytes receipt = given_notice();

	set_preference(ANA, NOTIFICATION__TOPIC__SUBMISSION_RECEIPT, true, "");
	ck_assert_uint_eq(row_of(receipt).state, NOTICE_CANCELLED);
	ck_assert_str_eq(why_get(kit_view(&kit), receipt, kit.arena), "switched_off");
	ck_assert_uint_eq(count_events(&kit, NOTIFICATION__EVENT__BODY_NOTICE_CANCELLED), 1);
}
END_TEST

START_TEST(a_language_alone_changes_no_topic)
{
	struct educator educator;

	given_ana(&kit);
	set_preference(ANA, NOTIFICATION__TOPIC__ENROLLED, true, "");
	ck_assert_int_eq(set_preference(ANA, NOTIFICATION__TOPIC__TOPIC_UNSPECIFIED, false, "es"),
			 CAIRN__STATUS__OK);
	ck_assert(educator_get(kit_view(&kit), ANA, &educator));
	ck_assert_str_eq(educator.language, "es");
	ck_assert(switched_off(kit_view(&kit), ANA, NOTIFICATION__TOPIC__ENROLLED));
}
END_TEST

static const Notification__PreferencesAnswer *preferences_of(struct bytes educator,
							     struct bytes actor)
{
	Notification__Query query = NOTIFICATION__QUERY__INIT;
	Notification__GetPreferences ask = NOTIFICATION__GET_PREFERENCES__INIT;
	struct query q = {.view = kit_view(&kit),
			  .now_us = kit.now_us,
			  .roles = ROLE_PORTAL,
			  .actor = id_of_bytes(actor),
			  .caps = &kit.caps,
			  .arena = kit.arena};
	struct message_fault fault;

	ask.educator = pb_of_bytes(educator);
	query.body_case = NOTIFICATION__QUERY__BODY_GET_PREFERENCES;
	query.get_preferences = &ask;
	if (notification_answer_query(&query.base, &q) != CAIRN__STATUS__OK)
		return NULL;
	return ((const Notification__Answer *)message_unpack(&notification__answer__descriptor,
							     q.answer, &EVENT_LIMITS, kit.arena,
							     &fault))
		->preferences;
}

START_TEST(a_person_sees_the_own_preferences_and_nobody_elses)
{
	const Notification__PreferencesAnswer *a;

	given_ana(&kit);
	set_preference(ANA, NOTIFICATION__TOPIC__ENROLLED, true, "es");
	a = preferences_of(ANA, ANA);
	ck_assert_ptr_nonnull(a);
	ck_assert_str_eq(a->language, "es");
	ck_assert_uint_eq(a->n_off, 1);
	ck_assert_int_eq(a->off[0], NOTIFICATION__TOPIC__ENROLLED);
	ck_assert_ptr_null(preferences_of(ANA, kit_name("educator", "ben")));
}
END_TEST

static const struct preference_case {
	const char *educator;
	Notification__Topic topic;
	bool off;
	const char *language;
	Notification__Reason reason;
} preference_cases[] = {
	{"nobody", NOTIFICATION__TOPIC__ENROLLED, true, "", NOTIFICATION__REASON__UNKNOWN_EDUCATOR},
	{"ana", NOTIFICATION__TOPIC__TOPIC_UNSPECIFIED, false, "", NOTIFICATION__REASON__BAD_VALUE},
	{"ana", NOTIFICATION__TOPIC__TOPIC_UNSPECIFIED, true, "es",
	 NOTIFICATION__REASON__BAD_VALUE},
	{"ana", NOTIFICATION__TOPIC__ENROLLED, false, "fr", NOTIFICATION__REASON__BAD_VALUE},
	{"ana", NOTIFICATION__TOPIC__ENROLLED, false, "EN", NOTIFICATION__REASON__BAD_VALUE},
	{"ana", NOTIFICATION__TOPIC__DECISION_READY, true, "", NOTIFICATION__REASON__MANDATORY},
	{"ana", NOTIFICATION__TOPIC__COACH_NEEDED, true, "", NOTIFICATION__REASON__MANDATORY},
	{"ana", NOTIFICATION__TOPIC__CREDENTIAL_ISSUED, true, "", NOTIFICATION__REASON__MANDATORY},
	{"ana", NOTIFICATION__TOPIC__CREDENTIAL_REVOKED, true, "", NOTIFICATION__REASON__MANDATORY},
	{"ana", NOTIFICATION__TOPIC__CREDENTIAL_SUSPENDED, true, "",
	 NOTIFICATION__REASON__MANDATORY},
	{"", NOTIFICATION__TOPIC__ENROLLED, true, "", NOTIFICATION__REASON__BAD_ID},
};

START_TEST(a_preference_that_may_not_be_is_refused_and_changes_nothing)
{
	const struct preference_case *c = &preference_cases[_i];
	struct bytes educator =
		c->educator[0] == '\0' ? BYTES_NONE : kit_name("educator", c->educator);

	given_ana(&kit);
	ck_assert_int_eq(set_preference(educator, c->topic, c->off, c->language),
			 CAIRN__STATUS__REJECTED);
	ck_assert_uint_eq(kit.got.reason, c->reason);
	ck_assert_uint_eq(count_events(&kit, NOTIFICATION__EVENT__BODY_PREFERENCE_SET), 0);
}
END_TEST

START_TEST(a_mandatory_topic_may_be_switched_on)
{
	given_ana(&kit);
	ck_assert_int_eq(set_preference(ANA, NOTIFICATION__TOPIC__DECISION_READY, false, ""),
			 CAIRN__STATUS__OK);
}
END_TEST

START_TEST(only_the_person_or_an_operator_changes_the_preferences)
{
	Notification__SetPreference ask = NOTIFICATION__SET_PREFERENCE__INIT;

	given_ana(&kit);
	ask.educator = pb_of_bytes(ANA);
	ask.topic = NOTIFICATION__TOPIC__ENROLLED;
	ask.off = true;
	ck_assert_int_eq(set_preference_as(ROLE_PORTAL | ROLE_ASSERTS, BEN, &ask),
			 CAIRN__STATUS__REJECTED);
	ck_assert_uint_eq(kit.got.reason, NOTIFICATION__REASON__NOT_YOURS);
	ck_assert_int_eq(set_preference_as(ROLE_PORTAL | ROLE_ASSERTS, ANA, &ask),
			 CAIRN__STATUS__OK);
	ck_assert_int_eq(set_preference_as(ROLE_OPERATOR | ROLE_ASSERTS, BEN, &ask),
			 CAIRN__STATUS__OK);
}
END_TEST

START_TEST(an_erased_person_has_no_preferences)
{
	given_ana(&kit);
	when_erased(&kit, ANA);
	ck_assert_int_eq(set_preference(ANA, NOTIFICATION__TOPIC__ENROLLED, true, ""),
			 CAIRN__STATUS__REJECTED);
	ck_assert_uint_eq(kit.got.reason, NOTIFICATION__REASON__UNKNOWN_EDUCATOR);
}
END_TEST

/* ---- templates ---- */

static Cairn__Status publish(Notification__Topic topic, const char *language, uint32_t version,
			     const char *subject, const char *body)
{
	Notification__Template template = NOTIFICATION__TEMPLATE__INIT;
	Notification__PublishTemplate ask = NOTIFICATION__PUBLISH_TEMPLATE__INIT;
	Notification__Command command = NOTIFICATION__COMMAND__INIT;

	template.topic = topic;
	template.language = text(language);
	template.version = version;
	template.subject = text(subject);
	template.body = text(body);
	ask.template_ = &template;
	command.body_case = NOTIFICATION__COMMAND__BODY_PUBLISH_TEMPLATE;
	command.publish_template = &ask;
	return kit_send(&kit, BYTES_NONE, &command.base);
}

static const struct template_case {
	Notification__Topic topic;
	const char *language;
	uint32_t version;
	const char *subject, *body;
	Notification__Reason reason;
} template_cases[] = {
	{NOTIFICATION__TOPIC__TOPIC_UNSPECIFIED, "en", 3, "s", "b",
	 NOTIFICATION__REASON__UNKNOWN_TOPIC},
	{NOTIFICATION__TOPIC__ENROLLED, "", 3, "s", "b", NOTIFICATION__REASON__BAD_VALUE},
	{NOTIFICATION__TOPIC__ENROLLED, "english", 3, "", "b", NOTIFICATION__REASON__BAD_VALUE},
	{NOTIFICATION__TOPIC__ENROLLED, "englishes", 3, "s", "b", NOTIFICATION__REASON__BAD_VALUE},
	{NOTIFICATION__TOPIC__ENROLLED, "en", 3, "two\nlines", "b",
	 NOTIFICATION__REASON__BAD_VALUE},
	{NOTIFICATION__TOPIC__ENROLLED, "en", 3, "s", "", NOTIFICATION__REASON__BAD_VALUE},
	{NOTIFICATION__TOPIC__ENROLLED, "en", 3, "s", "{{score}}", NOTIFICATION__REASON__BAD_VALUE},
	{NOTIFICATION__TOPIC__ENROLLED, "en", 3, "{{code", "b", NOTIFICATION__REASON__BAD_VALUE},
	{NOTIFICATION__TOPIC__ENROLLED, "en", 0, "s", "b", NOTIFICATION__REASON__VERSION_EXISTS},
	{NOTIFICATION__TOPIC__ENROLLED, "en", 1, "s", "b", NOTIFICATION__REASON__VERSION_EXISTS},
	{NOTIFICATION__TOPIC__ENROLLED, "en", 2, "s", "b", NOTIFICATION__REASON__VERSION_EXISTS},
};

START_TEST(a_text_that_may_not_be_published_is_refused)
{
	const struct template_case *c = &template_cases[_i];

	ck_assert_int_eq(publish(NOTIFICATION__TOPIC__ENROLLED, "en", 2, "{{code}}", "{{name}}"),
			 CAIRN__STATUS__OK);
	ck_assert_int_eq(publish(c->topic, c->language, c->version, c->subject, c->body),
			 CAIRN__STATUS__REJECTED);
	ck_assert_uint_eq(kit.got.reason, c->reason);
	ck_assert_ptr_nonnull(kit.got.text);
}
END_TEST

START_TEST(a_language_is_offered_once_a_text_in_it_is_published)
{
	given_ana(&kit);
	ck_assert_int_eq(
		publish(NOTIFICATION__TOPIC__CREDENTIAL_ISSUED, "fr", 1, "{{code}}", "Bravo"),
		CAIRN__STATUS__OK);
	ck_assert_int_eq(set_preference(ANA, NOTIFICATION__TOPIC__TOPIC_UNSPECIFIED, false, "fr"),
			 CAIRN__STATUS__OK);
}
END_TEST

START_TEST(the_event_of_an_attempt_says_which_text_was_used)
{
	const Notification__NoticeSending *sending;
	struct bytes first = given_notice(), second;

	when_begun(&kit, first);
	sending = next_event(&kit, NOTIFICATION__EVENT__BODY_NOTICE_SENDING)->notice_sending;
	ck_assert_uint_eq(sending->template_, 0);
	ck_assert_str_eq(sending->language, "en");

	set_preference(ANA, NOTIFICATION__TOPIC__TOPIC_UNSPECIFIED, false, "es");
	publish(NOTIFICATION__TOPIC__DECISION_READY, "es", 7, "{{code}}", "{{name}}");
	when_released(&kit, THE_SUBMISSION, false);
	second = the_notice(&kit, NOTIFICATION__TOPIC__DECISION_READY);
	when_begun(&kit, second);
	sending = next_event(&kit, NOTIFICATION__EVENT__BODY_NOTICE_SENDING)->notice_sending;
	ck_assert_uint_eq(sending->template_, 7);
	ck_assert_str_eq(sending->language, "es");
}
END_TEST

Suite *test_suite(void)
{
	Suite *s = suite_create("notification preferences");
	TCase *t = tcase_create("preferences");

	tcase_add_checked_fixture(t, open_kit, close_kit);
	tcase_add_test(t, a_topic_that_is_switched_off_plans_nothing_until_it_is_switched_on);
	tcase_add_test(t, switching_a_topic_off_cancels_what_of_it_has_not_left);
	tcase_add_test(t, a_language_alone_changes_no_topic);
	tcase_add_loop_test(t, a_preference_that_may_not_be_is_refused_and_changes_nothing, 0,
			    ARRAY_LEN(preference_cases));
	tcase_add_test(t, a_mandatory_topic_may_be_switched_on);
	tcase_add_test(t, only_the_person_or_an_operator_changes_the_preferences);
	tcase_add_test(t, an_erased_person_has_no_preferences);
	tcase_add_loop_test(t, a_text_that_may_not_be_published_is_refused, 0,
			    ARRAY_LEN(template_cases));
	tcase_add_test(t, a_language_is_offered_once_a_text_in_it_is_published);
	tcase_add_test(t, the_event_of_an_attempt_says_which_text_was_used);
	suite_add_tcase(s, t);
	return s;
}
