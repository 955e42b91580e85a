/* The texts of notices: which one is used, and what the braces become. */
#include "services/notification/mail/builtin.h"
#include "services/notification/notification.h"
#include "services/notification/plan.h"
#include "services/notification/mail/templates.h"
#include "tests/support/notice_kit.h"
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

/* A digest is about several, a license or a credit about none of the catalogue. */
static void check_placeholders(const struct builtin_text *text)
{
	bool digest = text->topic == NOTIFICATION__TOPIC__DIGEST;
	bool code = !digest && text->topic != NOTIFICATION__TOPIC__LICENSE_DEADLINE &&
		    text->topic != NOTIFICATION__TOPIC__CREDIT_DISPUTED;

	ck_assert_ptr_null(template_fault(text->subject, arena));
	ck_assert_ptr_null(template_fault(text->body, arena));
	ck_assert_int_eq(strstr(text->subject, "{{code}}") != NULL, code);
	ck_assert_ptr_nonnull(strstr(text->body, "{{name}}"));
	ck_assert_ptr_nonnull(strstr(text->body, digest ? "{{notices}}" : "{{reference}}"));
	ck_assert_ptr_nonnull(strstr(text->body, "{{portal}}"));
}

START_TEST(every_topic_has_a_sound_text_in_both_languages)
{
	static const char *const languages[] = {"en", "es"};
	const ProtobufCEnumDescriptor *topics = &notification__topic__descriptor;

	for (unsigned t = 0; t < topics->n_values; t++)
		for (size_t i = 0; i < ARRAY_LEN(languages); i++) {
			uint16_t topic = (uint16_t)topics->values[t].value;
			const struct builtin_text *text = builtin_find(topic, languages[i]);

			if (topic == NOTIFICATION__TOPIC__TOPIC_UNSPECIFIED)
				continue;
			ck_assert_msg(text != NULL, "topic %d in %s", topic, languages[i]);
			check_placeholders(text);
		}
	ck_assert_ptr_null(builtin_find(NOTIFICATION__TOPIC__ENROLLED, "fr"));
}
END_TEST

START_TEST(a_text_of_any_topic_makes_its_language_available)
{
	Notification__Template template = NOTIFICATION__TEMPLATE__INIT;
	Notification__PublishTemplate ask = NOTIFICATION__PUBLISH_TEMPLATE__INIT;
	Notification__Command command = NOTIFICATION__COMMAND__INIT;
	static char fr[] = "fr", words[] = "{{name}}";
	struct kit kit;

	kit_open(&kit, &notification_service);
	ck_assert(!language_is_offered(kit_view(&kit), "fr"));
	template.topic = NOTIFICATION__TOPIC__SUBMISSION_VOIDED; /* the number of which is high */
	template.language = fr;
	template.version = 1;
	template.subject = template.body = words;
	ask.template_ = &template;
	command.body_case = NOTIFICATION__COMMAND__BODY_PUBLISH_TEMPLATE;
	command.publish_template = &ask;
	ck_assert_int_eq(kit_send(&kit, BYTES_NONE, &command.base), CAIRN__STATUS__OK);
	ck_assert(language_is_offered(kit_view(&kit), "fr"));
	kit_close(&kit);
}
END_TEST

/* Words that would tell an outcome. */
START_TEST(no_text_about_a_decision_tells_the_decision)
{
	static const char *const words[] = {"pass",  "fail",   "met",   "level",
					    "aprob", "reprob", "cumpl", "rechaz"};
	static const uint16_t topics[] = {NOTIFICATION__TOPIC__DECISION_READY,
					  NOTIFICATION__TOPIC__COACH_NEEDED};
	static const char *const languages[] = {"en", "es"};

	for (size_t t = 0; t < ARRAY_LEN(topics); t++)
		for (size_t l = 0; l < ARRAY_LEN(languages); l++)
			for (size_t w = 0; w < ARRAY_LEN(words); w++) {
				const struct builtin_text *text =
					builtin_find(topics[t], languages[l]);

				ck_assert_ptr_null(strstr(text->subject, words[w]));
				ck_assert_ptr_null(strstr(text->body, words[w]));
			}
}
END_TEST

START_TEST(braces_become_their_values)
{
	struct template_values values = {.code = "LIT-101",
					 .title = "Títle",
					 .date = "May 1, 2026",
					 .days = "7",
					 .reference = "r",
					 .name = "Ana",
					 .portal = "p"};

	ck_assert_str_eq(template_render("", &values, arena), "");
	ck_assert_str_eq(template_render("no braces }} here", &values, arena), "no braces }} here");
	ck_assert_str_eq(
		template_render("{{code}}{{title}}, {{date}}: {{days}} {{reference}} {{name}} "
				"{{portal}}.",
				&values, arena),
		"LIT-101Títle, May 1, 2026: 7 r Ana p.");
	values.date = NULL;
	ck_assert_str_eq(template_render("by {{date}}.", &values, arena), "by .");
}
END_TEST

/* A title with braces in it is text, not a placeholder. */
START_TEST(a_value_with_braces_is_not_read_again)
{
	struct template_values values = {.code = "{{name}}", .name = "Ana"};

	ck_assert_str_eq(template_render("{{code}} {{name}}", &values, arena), "{{name}} Ana");
}
END_TEST

START_TEST(dates_are_written_as_the_language_does)
{
	ck_assert_str_eq(template_date("en", 2026, 6, 30, arena), "June 30, 2026");
	ck_assert_str_eq(template_date("es", 2026, 6, 3, arena), "3 de junio de 2026");
	ck_assert_str_eq(template_date("fr", 2026, 6, 3, arena), "2026-06-03");
}
END_TEST

START_TEST(a_language_is_a_short_word_of_small_letters)
{
	static const char *const sound[] = {"en", "es", "pt-br", "zh-hant"};
	static const char *const unsound[] = {"",    "e",   "EN",        "en_US",
					      "-en", "en-", "portugues", "e\nn"};

	for (size_t i = 0; i < ARRAY_LEN(sound); i++)
		ck_assert(language_is_sound(sound[i]));
	for (size_t i = 0; i < ARRAY_LEN(unsound); i++)
		ck_assert(!language_is_sound(unsound[i]));
}
END_TEST

static void publish(struct kit *k, const char *language, uint32_t version, const char *subject)
{
	Notification__Template template = NOTIFICATION__TEMPLATE__INIT;
	Notification__PublishTemplate ask = NOTIFICATION__PUBLISH_TEMPLATE__INIT;
	Notification__Command command = NOTIFICATION__COMMAND__INIT;

	template.topic = NOTIFICATION__TOPIC__ENROLLED;
	template.language = arena_text(k->arena, bytes_of_text(language));
	template.version = version;
	template.subject = arena_text(k->arena, bytes_of_text(subject));
	template.body = template.subject;
	ask.template_ = &template;
	command.body_case = NOTIFICATION__COMMAND__BODY_PUBLISH_TEMPLATE;
	command.publish_template = &ask;
	ENSURE(kit_send(k, BYTES_NONE, &command.base) == CAIRN__STATUS__OK);
}

static const char *subject_now(struct kit *k, const char *language)
{
	return template_now(kit_view(k), NOTIFICATION__TOPIC__ENROLLED, language, k->arena).subject;
}

START_TEST(the_newest_published_text_of_the_language_is_used_else_the_built_in_one)
{
	struct template_text text;
	struct kit kit;

	kit_open(&kit, &notification_service);
	ck_assert_str_eq(subject_now(&kit, "es"), "Su inscripción en {{code}}");
	ck_assert_str_eq(subject_now(&kit, "fr"), "You are enrolled in {{code}}");
	publish(&kit, "es", 1, "uno");
	publish(&kit, "es", 3, "tres");
	publish(&kit, "fr", 1, "un");
	ck_assert_str_eq(subject_now(&kit, "es"), "tres");
	ck_assert_str_eq(subject_now(&kit, "fr"), "un");
	ck_assert_str_eq(subject_now(&kit, "en"), "You are enrolled in {{code}}");
	ck_assert(template_of(kit_view(&kit), NOTIFICATION__TOPIC__ENROLLED, "es", 1, kit.arena,
			      &text));
	ck_assert_str_eq(text.subject, "uno");
	ck_assert(!template_of(kit_view(&kit), NOTIFICATION__TOPIC__ENROLLED, "es", 2, kit.arena,
			       &text));
	kit_close(&kit);
}
END_TEST

Suite *test_suite(void)
{
	Suite *s = suite_create("notification templates");
	TCase *t = tcase_create("templates");

	tcase_add_checked_fixture(t, open_arena, close_arena);
	tcase_add_test(t, every_topic_has_a_sound_text_in_both_languages);
	tcase_add_test(t, a_text_of_any_topic_makes_its_language_available);
	tcase_add_test(t, no_text_about_a_decision_tells_the_decision);
	tcase_add_test(t, braces_become_their_values);
	tcase_add_test(t, a_value_with_braces_is_not_read_again);
	tcase_add_test(t, dates_are_written_as_the_language_does);
	tcase_add_test(t, a_language_is_a_short_word_of_small_letters);
	tcase_add_test(t, the_newest_published_text_of_the_language_is_used_else_the_built_in_one);
	suite_add_tcase(s, t);
	return s;
}
