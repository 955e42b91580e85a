/* Which notices come by mail and when, as its page shows and sends it; and the link of a letter. */
#include "tests/support/suite.h"
#include "tests/support/teacher_kit.h"

extern const struct route_list notice_routes;

#define NOTICE "018f3c2a-0000-7000-8000-000000000001"
#define MARK "018f3c2a-0000-7000-8000-000000000002"
#define LINK "018f3c2a000070008000000000000001-018f3c2a000070008000000000000002"

static json_t *at(const char *list, size_t i)
{
	return json_array_get(json_object_get(got.page, list), i);
}

static const char *text_at(const char *list, size_t i, const char *member)
{
	const char *text = json_string_value(json_object_get(at(list, i), member));

	return text != NULL ? text : "";
}

/* Of the one command that was sent. */
static json_t *field_of(const char *command, const char *name)
{
	json_t *o = json_array_get(got.orders, 0);

	ck_assert_uint_eq(json_array_size(got.orders), 1);
	ck_assert_str_eq(json_string_value(json_object_get(o, "command")), command);
	return json_object_get(json_object_get(o, "fields"), name);
}

static const char *field(const char *command, const char *name)
{
	const char *text = json_string_value(field_of(command, name));

	return text != NULL ? text : "";
}

static int64_t field_number(const char *command, const char *name)
{
	return json_integer_value(field_of(command, name));
}

START_TEST(preferences_show_what_is_off_and_are_set_one_at_a_time)
{
	teacher_kit_open(&notice_routes);
	given_answer("get_preferences", "{'language':'es','off':['ENROLLED']}");
	ck_assert_uint_eq(when_teacher(GET, "/preferences", NULL), 200);
	ck_assert(json_is_true(json_object_get(at("topics", 0), "off")));
	ck_assert(json_is_true(json_object_get(at("topics", 1), "on")));
	when_teacher(POST, "/preferences", "{'topic':'LAPSE_COMING','off':'1'}");
	ck_assert_str_eq(field("set_preference", "topic"), "LAPSE_COMING");
	teacher_kit_close();
}
END_TEST

START_TEST(preferences_show_when_mail_comes_and_that_it_came_back)
{
	teacher_kit_open(&notice_routes);
	given_answer("get_preferences",
		     "{'language':'en','quiet_from':1320,'quiet_to':390,'digest':'WEEKLY',"
		     "'time_zone':'Asia/Kolkata','bounced_us':1796000000000000}");
	ck_assert_uint_eq(when_teacher(GET, "/preferences", NULL), 200);
	ck_assert_str_eq(page_text("quiet_from"), "22:00");
	ck_assert_str_eq(page_text("quiet_to"), "06:30");
	ck_assert_str_eq(page_text("digest"), "WEEKLY");
	ck_assert(json_is_true(json_object_get(at("digests", 2), "chosen")));
	ck_assert_str_eq(text_at("zones", 10, "value"), "Asia/Kolkata");
	ck_assert(json_is_true(json_object_get(at("zones", 10), "chosen")));
	ck_assert_ptr_nonnull(json_object_get(got.page, "bounced_text"));
	given_answer("get_preferences", "{'language':'en'}");
	ck_assert_uint_eq(when_teacher(GET, "/preferences", NULL), 200);
	ck_assert_ptr_null(json_object_get(got.page, "bounced_text"));
	ck_assert_ptr_null(json_object_get(got.page, "quiet_from"));
	ck_assert_str_eq(page_text("digest"), "NO_DIGEST");
	teacher_kit_close();
}
END_TEST

START_TEST(hours_without_mail_are_sent_as_minutes_or_not_at_all)
{
	static const char *const bad[] = {"{'quiet_from':'22:00'}",
					  "{'quiet_from':'24:00','quiet_to':'07:00'}",
					  "{'quiet_from':'22:60','quiet_to':'07:00'}",
					  "{'quiet_from':'2200','quiet_to':'07:00'}",
					  "{'quiet_from':'::::::','quiet_to':'07:00'}",
					  "{'quiet_from':'2:::0','quiet_to':'07:00'}"};

	teacher_kit_open(&notice_routes);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		ck_assert_uint_eq(when_teacher(POST, "/preferences/times", bad[i]), 422);
		ck_assert_uint_eq(json_array_size(got.orders), 0);
	}
	when_teacher(POST, "/preferences/times",
		     "{'quiet_from':'22:30','quiet_to':'07:00','digest':'DAILY'}");
	ck_assert_int_eq(field_number("set_mail_times", "quiet_from"), 22 * 60 + 30);
	ck_assert_int_eq(field_number("set_mail_times", "quiet_to"), 7 * 60);
	ck_assert_str_eq(field("set_mail_times", "digest"), "DAILY");
	ck_assert_str_eq(field("set_mail_times", "educator"), ANA_ID);
	teacher_kit_close();
}
END_TEST

START_TEST(a_letters_link_asks_first_and_then_switches_off)
{
	teacher_kit_open(&notice_routes);
	ck_assert_uint_eq(when_teacher(GET, "/unsubscribe/" LINK, NULL), 200);
	ck_assert_uint_eq(json_array_size(got.orders), 0);
	ck_assert_str_eq(page_text("link"), LINK);
	ck_assert_uint_eq(
		when_teacher(POST, "/unsubscribe/" LINK, "{'List-Unsubscribe':'One-Click'}"), 200);
	ck_assert_str_eq(field("unsubscribe", "notice"), NOTICE);
	ck_assert_str_eq(field("unsubscribe", "mark"), MARK);
	ck_assert(json_is_true(json_object_get(got.page, "done")));
	given_refusal("unsubscribe", "BAD_LINK");
	ck_assert_uint_eq(when_teacher(POST, "/unsubscribe/" LINK, "{}"), 404);
	ck_assert_uint_eq(when_teacher(POST, "/unsubscribe/x" LINK, "{}"), 404);
	ck_assert_uint_eq(when_teacher(GET, "/unsubscribe/" NOTICE "-" MARK, NULL), 404);
	teacher_kit_close();
}
END_TEST

Suite *test_suite(void)
{
	Suite *s = suite_create("notices");
	TCase *tc = tcase_create("notices");

	tcase_add_test(tc, preferences_show_what_is_off_and_are_set_one_at_a_time);
	tcase_add_test(tc, preferences_show_when_mail_comes_and_that_it_came_back);
	tcase_add_test(tc, hours_without_mail_are_sent_as_minutes_or_not_at_all);
	tcase_add_test(tc, a_letters_link_asks_first_and_then_switches_off);
	suite_add_tcase(s, tc);
	return s;
}
