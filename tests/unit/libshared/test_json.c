/* Messages as JSON and back, as lines for a person, and times as text. */
#include "libshared/json.h"

#include "libshared/check.h"
#include "tests/support/sample.pb-c.h"
#include "tests/support/suite.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static struct arena *arena;
static char fault[200];

static void set_up(void)
{
	arena = arena_new(4096);
	memset(fault, 0, sizeof fault);
}

static void tear_down(void)
{
	arena_destroy(&arena);
}

static void assert_json(const ProtobufCMessage *message, const char *expected)
{
	json_t *json = json_of_message(message);
	char *text = json_dumps(json, JSON_COMPACT);

	ck_assert_str_eq(text, expected);
	free(text);
	json_decref(json);
}

static void assert_entry(const Sample__Entry *entry, const char *expected)
{
	assert_json(&entry->base, expected);
}

static Sample__Command *parse(const char *text)
{
	json_t *json = json_loads(text, JSON_ALLOW_NUL, NULL);
	ProtobufCMessage *message;

	ck_assert_msg(json != NULL, "%s", text);
	message = message_of_json(&sample__command__descriptor, json, arena, fault);
	json_decref(json);
	return (Sample__Command *)message;
}

static Sample__Entry *parse_entry(const char *text)
{
	char whole[600];
	Sample__Command *command;

	snprintf(whole, sizeof whole, "{\"publish_entry\":{\"entry\":%s}}", text);
	command = parse(whole);
	return command == NULL ? NULL : command->publish_entry->entry;
}

START_TEST(an_empty_message_is_an_empty_object)
{
	assert_json(&(Sample__Entry)SAMPLE__ENTRY__INIT.base, "{}");
	assert_json(&(Sample__Command)SAMPLE__COMMAND__INIT.base, "{}");
}
END_TEST

START_TEST(bytes_print_by_their_length)
{
	Sample__Entry entry = SAMPLE__ENTRY__INIT;
	uint8_t data[32];
	ProtobufCBinaryData parts[] = {{16, data}, {32, data}, {0, NULL}, {1, data}, {5, data}};

	for (size_t i = 0; i < sizeof data; i++)
		data[i] = (uint8_t)(0xa0 + i);
	entry.parts = parts;
	entry.n_parts = ARRAY_LEN(parts);
	assert_entry(&entry, "{\"parts\":[\"a0a1a2a3-a4a5-a6a7-a8a9-aaabacadaeaf\","
			     "\"a0a1a2a3a4a5a6a7a8a9aaabacadaeafb0b1b2b3b4b5b6b7b8b9babbbcbdbebf\","
			     "\"\",\"oA==\",\"oKGio6Q=\"]}");
}
END_TEST

START_TEST(numbers_print_exactly)
{
	Sample__Entry entry = SAMPLE__ENTRY__INIT;
	uint32_t counts[] = {0, UINT32_MAX};

	entry.counts = counts;
	entry.n_counts = 2;
	entry.due_us = INT64_MIN;
	entry.big = UINT64_MAX;
	entry.open = 1;
	entry.share = 0.1;
	entry.tenth = 0.5f;
	entry.shift = INT32_MIN;
	entry.wide = INT64_MAX;
	entry.small = -7;
	assert_entry(&entry, "{\"counts\":[0,4294967295],\"due_us\":-9223372036854775808,"
			     "\"big\":\"18446744073709551615\",\"open\":true,"
			     "\"share\":0.10000000000000001,\"tenth\":0.5,\"shift\":-2147483648,"
			     "\"wide\":9223372036854775807,\"small\":-7}");
}
END_TEST

START_TEST(what_is_no_number_prints_as_null)
{
	Sample__Entry entry = SAMPLE__ENTRY__INIT;

	entry.share = NAN;
	entry.tenth = INFINITY;
	assert_entry(&entry, "{\"share\":null,\"tenth\":null}");
}
END_TEST

START_TEST(enums_print_by_name_and_unknown_ones_by_number)
{
	Sample__Entry entry = SAMPLE__ENTRY__INIT;
	Sample__Level levels[] = {SAMPLE__LEVEL__LEVEL_UNSPECIFIED, SAMPLE__LEVEL__NOT_MET,
				  (Sample__Level)77};

	entry.level = SAMPLE__LEVEL__MET;
	entry.levels = levels;
	entry.n_levels = 3;
	assert_entry(&entry, "{\"level\":\"MET\","
			     "\"levels\":[\"LEVEL_UNSPECIFIED\",\"NOT_MET\",77]}");
}
END_TEST

START_TEST(a_oneof_prints_its_set_member_even_when_it_is_zero)
{
	Sample__Command command = SAMPLE__COMMAND__INIT;
	Sample__Rate rate = SAMPLE__RATE__INIT;

	command.body_case = SAMPLE__COMMAND__BODY_NUMBER;
	assert_json(&command.base, "{\"number\":0}");
	command.body_case = SAMPLE__COMMAND__BODY_WORD;
	command.word = "";
	assert_json(&command.base, "{\"word\":\"\"}");
	command.body_case = SAMPLE__COMMAND__BODY_RATE;
	command.rate = &rate;
	assert_json(&command.base, "{\"rate\":{}}");
}
END_TEST

START_TEST(a_text_that_is_not_utf8_does_not_stop_printing)
{
	Sample__Entry entry = SAMPLE__ENTRY__INIT;

	entry.title = "\xff";
	assert_entry(&entry, "{\"title\":\"(not UTF-8)\"}");
}
END_TEST

START_TEST(what_was_printed_reads_back_the_same)
{
	Sample__Entry entry = SAMPLE__ENTRY__INIT, second = SAMPLE__ENTRY__INIT;
	Sample__PublishEntry publish = SAMPLE__PUBLISH_ENTRY__INIT;
	Sample__Command command = SAMPLE__COMMAND__INIT;
	Cairn__Sealed holder = CAIRN__SEALED__INIT;
	Sample__Entry *others[] = {&second, &second};
	char *tags[] = {"", "Caf\xc3\xa9 \"\\\n\t"};
	uint8_t data[64];
	ProtobufCBinaryData parts[] = {{16, data}, {32, data}, {0, NULL}, {17, data}, {64, data}};
	Sample__Level levels[] = {SAMPLE__LEVEL__LEVEL_UNSPECIFIED, SAMPLE__LEVEL__NOT_MET};
	uint32_t counts[] = {1, 0, UINT32_MAX};
	ProtobufCMessage *again;
	json_t *json;

	for (size_t i = 0; i < sizeof data; i++)
		data[i] = (uint8_t)(i * 37);
	entry.title = "Title";
	entry.id = (ProtobufCBinaryData){16, data};
	entry.level = SAMPLE__LEVEL__MET;
	entry.tags = tags;
	entry.n_tags = 2;
	entry.levels = levels;
	entry.n_levels = 2;
	entry.parts = parts;
	entry.n_parts = 5;
	entry.counts = counts;
	entry.n_counts = 3;
	entry.due_us = INT64_C(1780000000123456);
	entry.big = UINT64_MAX - 1;
	entry.open = 1;
	entry.share = 1.0 / 3;
	entry.tenth = 0.1f;
	entry.shift = -5;
	entry.wide = 3;
	entry.small = INT32_MAX;
	holder.subject = (ProtobufCBinaryData){16, data};
	holder.box = (ProtobufCBinaryData){60, data};
	entry.holder = &holder;
	publish.entry = &entry;
	publish.others = others;
	publish.n_others = 2;
	command.body_case = SAMPLE__COMMAND__BODY_PUBLISH_ENTRY;
	command.publish_entry = &publish;

	json = json_of_message(&command.base);
	again = message_of_json(&sample__command__descriptor, json, arena, fault);
	json_decref(json);
	ck_assert_msg(again != NULL, "%s", fault);
	ck_assert(bytes_equal(message_pack(again, arena), message_pack(&command.base, arena)));
}
END_TEST

START_TEST(values_are_read_in_the_forms_people_write)
{
	Sample__Entry *entry =
		parse_entry("{\"due_us\":\"2026-05-01T14:03:22Z\",\"level\":1,"
			    "\"title\":null,\"big\":\"12\",\"share\":2,\"holder\":{}}");

	ck_assert_msg(entry != NULL, "%s", fault);
	ck_assert_int_eq(entry->due_us, INT64_C(1777644202) * US_PER_S);
	ck_assert_int_eq(entry->level, SAMPLE__LEVEL__MET);
	ck_assert_str_eq(entry->title, "");
	ck_assert_uint_eq(entry->big, 12);
	ck_assert(entry->share == 2.0);
	ck_assert_ptr_nonnull(entry->holder);
}
END_TEST

START_TEST(what_is_not_given_is_as_the_initializer_says)
{
	Sample__Command *command = parse("{}");

	ck_assert_ptr_nonnull(command);
	ck_assert_int_eq(command->body_case, SAMPLE__COMMAND__BODY__NOT_SET);
	ck_assert_uint_eq(message_pack(&command->base, arena).len, 0);
}
END_TEST

START_TEST(a_wrong_entry_is_refused_by_its_path)
{
	static const struct {
		const char *text, *fault;
	} cases[] = {
		{"{\"titel\":\"x\"}", ": sample.Entry has no field titel"},
		{"{\"title\":5}", ".title: a text is expected"},
		{"{\"title\":\"a\\u0000b\"}", ".title: a text without NUL is expected"},
		{"{\"id\":\"not base64!\"}", ".id: a UUID, 64 hex digits or base64 is expected"},
		{"{\"id\":\"oA=\"}", ".id: a UUID, 64 hex digits or base64 is expected"},
		{"{\"id\":[]}", ".id: a UUID, 64 hex digits or base64 is expected"},
		{"{\"level\":\"SOMEWHAT\"}", ".level: a name of sample.Level is expected"},
		{"{\"level\":3}", ".level: a name of sample.Level is expected"},
		{"{\"level\":4294967297}", ".level: a name of sample.Level is expected"},
		{"{\"level\":true}", ".level: a name of sample.Level is expected"},
		{"{\"tags\":\"x\"}", ".tags: a list is expected"},
		{"{\"tags\":[\"x\",7]}", ".tags[1]: a text is expected"},
		{"{\"tags\":[null]}", ".tags[0]: a text is expected"},
		{"{\"counts\":[1,-1]}", ".counts[1]: a number from 0 to 4294967295 is expected"},
		{"{\"counts\":[4294967296]}",
		 ".counts[0]: a number from 0 to 4294967295 is expected"},
		{"{\"small\":2147483648}",
		 ".small: a number from -2147483648 to 2147483647 is expected"},
		{"{\"small\":1.5}", ".small: a whole number is expected"},
		{"{\"small\":\"1\"}", ".small: a whole number is expected"},
		{"{\"big\":-1}", ".big: a number from 0 to 9223372036854775807 is expected"},
		{"{\"big\":\"18446744073709551616\"}", ".big: a whole number is expected"},
		{"{\"big\":\"-1\"}", ".big: a whole number is expected"},
		{"{\"due_us\":\"yesterday\"}",
		 ".due_us: a time like 2026-05-01T14:03:22Z is expected"},
		{"{\"open\":1}", ".open: true or false is expected"},
		{"{\"share\":\"1\"}", ".share: a number is expected"},
		{"{\"holder\":[]}",
		 ".holder: an object with the fields of cairn.Sealed is expected"},
		{"{\"others\":[{},{\"box\":1}]}",
		 ".others[1].box: a UUID, 64 hex digits or base64 is expected"},
	};

	ck_assert_ptr_null(parse_entry(cases[_i].text));
	ck_assert_ptr_eq(strstr(fault, "publish_entry.entry"), fault);
	ck_assert_str_eq(fault + strlen("publish_entry.entry"), cases[_i].fault);
}
END_TEST

START_TEST(two_members_of_a_oneof_are_refused)
{
	ck_assert_ptr_null(parse("{\"number\":1,\"word\":\"x\"}"));
	ck_assert_str_eq(fault, "word: only one of its kind may be given");
}
END_TEST

START_TEST(what_is_no_object_is_no_message)
{
	ck_assert_ptr_null(parse("[]"));
	ck_assert_str_eq(fault, "an object with the fields of sample.Command is expected");
}
END_TEST

START_TEST(an_unknown_member_is_named_at_most_by_its_beginning)
{
	char text[400];

	memset(text, 'n', sizeof text);
	memcpy(text, "{\"", 2);
	memcpy(text + 390, "\":1}", 5);
	ck_assert_ptr_null(parse(text));
	ck_assert_uint_lt(strlen(fault), 100);
}
END_TEST

START_TEST(a_message_prints_as_lines)
{
	Sample__Entry entry = SAMPLE__ENTRY__INIT, second = SAMPLE__ENTRY__INIT;
	Sample__PublishEntry publish = SAMPLE__PUBLISH_ENTRY__INIT;
	Cairn__Sealed holder = CAIRN__SEALED__INIT;
	Sample__Entry *others[] = {&second, &second};
	char *tags[] = {"one", "two"};
	static uint8_t data[60] = {0xa0};
	char *printed;
	size_t len;
	FILE *out = open_memstream(&printed, &len);

	entry.title = "first\nsecond \x1b[31m";
	entry.level = SAMPLE__LEVEL__MET;
	entry.tags = tags;
	entry.n_tags = 2;
	entry.due_us = INT64_C(1777644202500000);
	entry.big = UINT64_MAX;
	entry.open = 1;
	entry.share = 0.25;
	entry.small = -3;
	holder.subject = (ProtobufCBinaryData){16, data};
	holder.box = (ProtobufCBinaryData){60, data};
	entry.holder = &holder;
	second.due_us = 41;
	publish.entry = &entry;
	publish.others = others;
	publish.n_others = 2;
	message_print(out, &publish.base, 2);
	fclose(out);
	ck_assert_str_eq(printed, "  entry:\n"
				  "    title: first\n"
				  "      second ?[31m\n"
				  "    level: MET\n"
				  "    tags: one\n"
				  "    tags: two\n"
				  "    due_us: 1777644202500000 (2026-05-01T14:03:22.500Z)\n"
				  "    big: 18446744073709551615\n"
				  "    open: yes\n"
				  "    share: 0.25\n"
				  "    small: -3\n"
				  "    holder:\n"
				  "      subject: a0000000-0000-0000-0000-000000000000\n"
				  "      box: (60 bytes)\n"
				  "  others:\n"
				  "    due_us: 41\n"
				  "  others:\n"
				  "    due_us: 41\n");
	free(printed);
}
END_TEST

START_TEST(times_print_as_iso_8601)
{
	static const struct {
		int64_t at_us;
		const char *text;
	} cases[] = {
		{0, "1970-01-01T00:00:00Z"},
		{999, "1970-01-01T00:00:00Z"},
		{1000, "1970-01-01T00:00:00.001Z"},
		{-1, "1969-12-31T23:59:59.999Z"},
		{INT64_C(1777644202) * US_PER_S, "2026-05-01T14:03:22Z"},
		{INT64_C(951782399999000), "2000-02-28T23:59:59.999Z"},
		{INT64_C(951825600000000), "2000-02-29T12:00:00Z"},
		{INT64_MAX, "294247-01-10T04:00:54.775Z"},
		{INT64_MIN, "-290308-12-21T19:59:05.224Z"},
	};
	char text[32];

	time_text(cases[_i].at_us, text);
	ck_assert_str_eq(text, cases[_i].text);
}
END_TEST

START_TEST(times_print_as_glibc_prints_them)
{
	uint64_t random = 42;

	for (int i = 0; i < 20000; i++) {
		char text[32], expected[32];
		int64_t at_us, again;
		struct tm tm;
		time_t at;

		random = random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
		at = (time_t)((random >> 16) % UINT64_C(250000000000)); /* to the year 9892 */
		at_us = (int64_t)at * US_PER_S;
		ck_assert_ptr_nonnull(gmtime_r(&at, &tm));
		strftime(expected, sizeof expected, "%Y-%m-%dT%H:%M:%SZ", &tm);
		time_text(at_us, text);
		ck_assert_str_eq(text, expected);
		ck_assert(time_of_text(text, &again));
		ck_assert_int_eq(again, at_us);
	}
}
END_TEST

START_TEST(times_are_read_with_decimals_and_offsets)
{
	static const struct {
		const char *text;
		int64_t at_us;
	} cases[] = {
		{"2026-05-01T14:03:22Z", INT64_C(1777644202000000)},
		{"2026-05-01T14:03:22.5Z", INT64_C(1777644202500000)},
		{"2026-05-01T14:03:22.000001Z", INT64_C(1777644202000001)},
		{"2026-05-01T16:03:22+02:00", INT64_C(1777644202000000)},
		{"2026-05-01T06:33:22.25-07:30", INT64_C(1777644202250000)},
		{"1969-12-31T23:59:59.999999Z", -1},
		{"0000-02-29T00:00:00Z", INT64_C(-62162121600000000)},
	};
	int64_t at_us;

	ck_assert_msg(time_of_text(cases[_i].text, &at_us), "%s", cases[_i].text);
	ck_assert_int_eq(at_us, cases[_i].at_us);
}
END_TEST

START_TEST(what_is_no_time_is_refused)
{
	static const char *const bad[] = {
		"",
		"2026-05-01",
		"2026-05-01T14:03:22",
		"2026-05-01 14:03:22Z",
		"2026-05-01T14:03Z",
		"2026-05-01T14:03:22z",
		"2026-5-01T14:03:22Z",
		"2026-13-01T14:03:22Z",
		"2026-00-01T14:03:22Z",
		"2026-02-29T14:03:22Z",
		"2026-04-31T14:03:22Z",
		"2026-04-00T14:03:22Z",
		"2026-05-01T24:00:00Z",
		"2026-05-01T14:60:22Z",
		"2026-05-01T14:03:60Z",
		"2026-05-01T14:03:22.Z",
		"2026-05-01T14:03:22.1234567Z",
		"2026-05-01T14:03:22+0200",
		"2026-05-01T14:03:22+24:00",
		"2026-05-01T14:03:22Z ",
		"+2026-05-01T14:03:22Z",
	};
	int64_t at_us;

	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		ck_assert_msg(!time_of_text(bad[i], &at_us), "%s", bad[i]);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("json");
	TCase *print = tcase_create("print"), *read = tcase_create("read"),
	      *times = tcase_create("times");

	tcase_add_checked_fixture(print, set_up, tear_down);
	tcase_add_test(print, an_empty_message_is_an_empty_object);
	tcase_add_test(print, bytes_print_by_their_length);
	tcase_add_test(print, numbers_print_exactly);
	tcase_add_test(print, what_is_no_number_prints_as_null);
	tcase_add_test(print, enums_print_by_name_and_unknown_ones_by_number);
	tcase_add_test(print, a_oneof_prints_its_set_member_even_when_it_is_zero);
	tcase_add_test(print, a_text_that_is_not_utf8_does_not_stop_printing);
	tcase_add_test(print, a_message_prints_as_lines);
	tcase_add_checked_fixture(read, set_up, tear_down);
	tcase_add_test(read, what_was_printed_reads_back_the_same);
	tcase_add_test(read, values_are_read_in_the_forms_people_write);
	tcase_add_test(read, what_is_not_given_is_as_the_initializer_says);
	tcase_add_loop_test(read, a_wrong_entry_is_refused_by_its_path, 0, 26);
	tcase_add_test(read, two_members_of_a_oneof_are_refused);
	tcase_add_test(read, what_is_no_object_is_no_message);
	tcase_add_test(read, an_unknown_member_is_named_at_most_by_its_beginning);
	tcase_add_loop_test(times, times_print_as_iso_8601, 0, 9);
	tcase_add_test(times, times_print_as_glibc_prints_them);
	tcase_add_loop_test(times, times_are_read_with_decimals_and_offsets, 0, 7);
	tcase_add_test(times, what_is_no_time_is_refused);
	suite_add_tcase(suite, print);
	suite_add_tcase(suite, read);
	suite_add_tcase(suite, times);
	return suite;
}
