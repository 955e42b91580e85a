/* What the door lets in, what it refuses, and that the refusal names the field. */
#include "libshared/check.h"

#include "proto/envelope.pb-c.h"
#include "proto/follow.pb-c.h"
#include "tests/support/sample.pb-c.h"
#include "tests/support/suite.h"

#include <stdlib.h>
#include <string.h>

static struct arena *arena;
static struct message_fault fault;

static void make_arena(void)
{
	arena = arena_new(4096);
}

static void destroy_arena(void)
{
	arena_destroy(&arena);
}

static Sample__Command *unpack(struct bytes raw, const struct limits *limits)
{
	memset(&fault, 0, sizeof fault);
	return (Sample__Command *)message_unpack(&sample__command__descriptor, raw, limits, arena,
						 &fault);
}

/* Packs a publish_entry around the entry and unpacks it as a command. */
static Sample__Command *unpack_entry(Sample__Entry *entry)
{
	Sample__PublishEntry publish = SAMPLE__PUBLISH_ENTRY__INIT;
	Sample__Command command = SAMPLE__COMMAND__INIT;

	publish.entry = entry;
	command.body_case = SAMPLE__COMMAND__BODY_PUBLISH_ENTRY;
	command.publish_entry = &publish;
	return unpack(message_pack(&command.base, arena), &COMMAND_LIMITS);
}

static char *text_of(size_t len)
{
	char *text = arena_alloc(arena, len + 1);

	memset(text, 'x', len);
	text[len] = '\0';
	return text;
}

START_TEST(a_good_message_comes_through_whole)
{
	Sample__Entry entry = SAMPLE__ENTRY__INIT;
	char *tags[] = {"reading", "grade 5"};
	Sample__Level levels[] = {SAMPLE__LEVEL__MET, SAMPLE__LEVEL__NOT_MET};
	uint32_t counts[] = {0, 7, UINT32_MAX};
	Sample__Command *got;

	entry.title = "Caf\xc3\xa9\tnotes\nline two";
	entry.tags = tags;
	entry.n_tags = 2;
	entry.levels = levels;
	entry.n_levels = 2;
	entry.counts = counts;
	entry.n_counts = 3;
	entry.due_us = -1;
	entry.share = 0.25;
	got = unpack_entry(&entry);

	ck_assert_msg(got != NULL, "%s", fault.text);
	ck_assert_str_eq(got->publish_entry->entry->title, entry.title);
	ck_assert_str_eq(got->publish_entry->entry->tags[1], "grade 5");
	ck_assert_int_eq(got->publish_entry->entry->levels[1], SAMPLE__LEVEL__NOT_MET);
	ck_assert_uint_eq(got->publish_entry->entry->counts[2], UINT32_MAX);
	ck_assert_int_eq(got->publish_entry->entry->due_us, -1);
}
END_TEST

START_TEST(nothing_at_all_is_an_empty_message)
{
	ck_assert_ptr_nonnull(unpack(BYTES_NONE, &COMMAND_LIMITS));
}
END_TEST

START_TEST(a_text_too_long_is_refused_by_its_path)
{
	Sample__Entry entry = SAMPLE__ENTRY__INIT;

	entry.title = text_of(20000);
	ck_assert_ptr_nonnull(unpack_entry(&entry));
	entry.title = text_of(20001);
	ck_assert_ptr_null(unpack_entry(&entry));
	ck_assert_str_eq(fault.text, "publish_entry.entry.title: 20001 bytes of text, at most "
				     "20000 are allowed");
}
END_TEST

START_TEST(text_that_is_not_clean_is_refused_by_its_path_and_element)
{
	static char *const dirty[] = {"\x01", "a\rb", "\x7f",        "\xc2\x85",
				      "\xff", "\xc3", "\xed\xa0\x80"};
	Sample__Entry entry = SAMPLE__ENTRY__INIT;
	char *tags[] = {"good", NULL};

	tags[1] = dirty[_i];
	entry.tags = tags;
	entry.n_tags = 2;
	ck_assert_ptr_null(unpack_entry(&entry));
	ck_assert_str_eq(fault.text, "publish_entry.entry.tags[1]: not clean text: UTF-8 without "
				     "controls but line feed and tab");
}
END_TEST

START_TEST(an_element_of_a_list_of_messages_is_named_by_its_place)
{
	Sample__Entry good = SAMPLE__ENTRY__INIT, bad = SAMPLE__ENTRY__INIT;
	Sample__Entry *others[] = {&good, &good, &bad};
	Sample__PublishEntry publish = SAMPLE__PUBLISH_ENTRY__INIT;
	Sample__Command command = SAMPLE__COMMAND__INIT;

	bad.title = "\x02";
	publish.others = others;
	publish.n_others = 3;
	command.body_case = SAMPLE__COMMAND__BODY_PUBLISH_ENTRY;
	command.publish_entry = &publish;
	ck_assert_ptr_null(unpack(message_pack(&command.base, arena), &COMMAND_LIMITS));
	ck_assert_ptr_nonnull(strstr(fault.text, "publish_entry.others[2].title: "));
}
END_TEST

START_TEST(bytes_too_long_are_refused)
{
	Sample__Entry entry = SAMPLE__ENTRY__INIT;
	static uint8_t blob[(600 << 10) + 1];

	entry.id = (ProtobufCBinaryData){sizeof blob - 1, blob};
	ck_assert_msg(unpack_entry(&entry) != NULL, "%s", fault.text);
	entry.id.len++;
	ck_assert_ptr_null(unpack_entry(&entry));
	ck_assert_str_eq(fault.text, "publish_entry.entry.id: 614401 bytes, at most 614400 are "
				     "allowed");
}
END_TEST

START_TEST(bytes_in_a_list_are_bounded_one_by_one)
{
	Sample__Entry entry = SAMPLE__ENTRY__INIT;
	static uint8_t blob[(600 << 10) + 1];
	ProtobufCBinaryData parts[] = {{4, blob}, {sizeof blob, blob}};

	entry.parts = parts;
	entry.n_parts = 2;
	ck_assert_ptr_null(unpack_entry(&entry));
	ck_assert_ptr_nonnull(strstr(fault.text, "publish_entry.entry.parts[1]: "));
}
END_TEST

START_TEST(too_many_elements_are_refused_even_of_numbers)
{
	Sample__Entry entry = SAMPLE__ENTRY__INIT;
	static uint32_t counts[1001];

	entry.counts = counts;
	entry.n_counts = 1000;
	ck_assert_ptr_nonnull(unpack_entry(&entry));
	entry.n_counts = 1001;
	ck_assert_ptr_null(unpack_entry(&entry));
	ck_assert_str_eq(fault.text, "publish_entry.entry.counts: 1001 elements, at most "
				     "1000 are allowed");
}
END_TEST

START_TEST(an_enum_value_nobody_knows_is_refused)
{
	Sample__Entry entry = SAMPLE__ENTRY__INIT;
	Sample__Level levels[] = {SAMPLE__LEVEL__MET, (Sample__Level)77};

	entry.level = (Sample__Level)-3;
	ck_assert_ptr_null(unpack_entry(&entry));
	ck_assert_str_eq(fault.text,
			 "publish_entry.entry.level: -3 is no value of sample.Level known here");
	ck_assert(!fault.newer);
	entry.level = SAMPLE__LEVEL__MET;
	entry.levels = levels;
	entry.n_levels = 2;
	ck_assert_ptr_null(unpack_entry(&entry));
	ck_assert_ptr_nonnull(strstr(fault.text, "publish_entry.entry.levels[1]: 77 "));
}
END_TEST

START_TEST(an_enum_value_in_an_event_may_be_of_a_newer_version)
{
	static const uint8_t raw[] = {0x30, 77}; /* level */

	ck_assert_ptr_null(unpack(BYTES_OF(raw), &EVENT_LIMITS));
	ck_assert(fault.newer);
	ck_assert_str_eq(fault.text, "level: 77 is no value of sample.Level known here");
}
END_TEST

START_TEST(an_unknown_body_member_is_refused_in_a_command_and_says_so)
{
	static const uint8_t raw[] = {0xba, 0x04, 2, 8, 1}; /* member 71 */

	ck_assert_ptr_null(unpack(BYTES_OF(raw), &COMMAND_LIMITS));
	ck_assert_str_eq(fault.text, "body: no member of sample.Command known here has number 71");
}
END_TEST

START_TEST(an_unknown_field_is_refused_in_a_command_and_allowed_in_an_event)
{
	static const uint8_t raw[] = {0x12, 4, 8, 5, 0x78, 1}; /* rate {row 5, field 15} */

	ck_assert_ptr_null(unpack(BYTES_OF(raw), &COMMAND_LIMITS));
	ck_assert_str_eq(fault.text, "rate: no field of sample.Rate known here has number 15");
	ck_assert_ptr_nonnull(unpack(BYTES_OF(raw), &EVENT_LIMITS));
}
END_TEST

START_TEST(what_does_not_pack_back_to_the_same_size_is_refused)
{
	static const uint8_t nul_in_text[] = {0x22, 3, 'a', 0, 'b'};
	static const uint8_t sent_twice[] = {0x18, 1, 0x18, 2};
	static const uint8_t needless_byte[] = {0x18, 0x81, 0};
	static const uint8_t two_members[] = {0x18, 1, 0x22, 1, 'a'};
	static const struct bytes raws[] = {
		{nul_in_text, 5}, {sent_twice, 4}, {needless_byte, 3}, {two_members, 5}};

	ck_assert_ptr_null(unpack(raws[_i], &COMMAND_LIMITS));
	ck_assert_ptr_nonnull(strstr(fault.text, "of sample.Command pack back to"));
	ck_assert_ptr_null(unpack(raws[_i], &EVENT_LIMITS));
}
END_TEST

START_TEST(what_is_no_message_is_refused)
{
	static const uint8_t cut[] = {0x0a, 200, 1, 'x'};

	ck_assert_ptr_null(unpack(BYTES_OF(cut), &COMMAND_LIMITS));
	ck_assert_str_eq(fault.text, "4 bytes that are no sample.Command, or unpack to more than "
				     "is allowed");
}
END_TEST

START_TEST(a_mebibyte_of_unknown_numbers_takes_no_more_than_the_cap)
{
	size_t len = (size_t)1 << 20, before;
	uint8_t *raw = malloc(len);

	for (size_t i = 0; i < len; i += 2) {
		raw[i] = 0x78;
		raw[i + 1] = 1;
	}
	before = arena_used(arena);
	ck_assert_ptr_null(unpack((struct bytes){raw, len}, &EVENT_LIMITS));
	ck_assert_uint_le(arena_used(arena) - before, (size_t)4 << 20);
	free(raw);
}
END_TEST

START_TEST(a_long_path_is_cut_before_what_is_wrong)
{
	static const ProtobufCFieldDescriptor *title;
	ProtobufCFieldDescriptor field;
	ProtobufCMessageDescriptor type = sample__command__descriptor;
	char name[300];
	static const uint8_t raw[] = {0x22, 1, 1};

	memset(name, 'n', sizeof name - 1);
	name[sizeof name - 1] = '\0';
	title = protobuf_c_message_descriptor_get_field(&type, 4);
	ck_assert_ptr_nonnull(title);
	field = *title;
	field.name = name;
	type.fields = &field;
	type.n_fields = 1;
	type.field_ranges = (const ProtobufCIntRange[]){{4, 0}, {0, 1}};
	type.n_field_ranges = 1;
	type.message_init = NULL;
	ck_assert_ptr_null(message_unpack(&type, BYTES_OF(raw), &COMMAND_LIMITS, arena, &fault));
	ck_assert_ptr_nonnull(strstr(fault.text, "nnn: not clean text: UTF-8 without controls"));
}
END_TEST

START_TEST(a_packed_message_is_what_protobuf_packs)
{
	Cairn__Beat beat = CAIRN__BEAT__INIT;
	static const uint8_t expected[] = {8, 3, 16, 0xac, 2};
	struct bytes got;

	beat.session = 3;
	beat.seq = 300;
	got = message_pack(&beat.base, arena);
	ck_assert(bytes_equal(got, BYTES_OF(expected)));
	ck_assert_uint_eq(message_pack(&(Cairn__Beat)CAIRN__BEAT__INIT.base, arena).len, 0);
}
END_TEST

START_TEST(clean_text_is_told_from_unclean_at_any_offset)
{
	static const struct {
		const char *text;
		bool clean;
	} cases[] = {
		{"", true},
		{"\n\t ~", true},
		{"\xc2\xa0", true},
		{"\xf0\x9f\x98\x80", true}, /* an emoji */
		{"\xf4\x8f\xbf\xbf", true}, /* U+10FFFF */
		{"\xef\xbf\xbd", true},
		{"\x1f", false},
		{"\x7f", false},
		{"\xc2\x9f", false},             /* C1 */
		{"\x80", false},                 /* no lead */
		{"\xc0\xaf", false},             /* overlong */
		{"\xe0\x9f\xbf", false},         /* overlong */
		{"\xf0\x8f\xbf\xbf", false},     /* overlong */
		{"\xed\xbf\xbf", false},         /* surrogate */
		{"\xf4\x90\x80\x80", false},     /* beyond Unicode */
		{"\xf8\x88\x80\x80\x80", false}, /* five bytes */
		{"\xe2\x82", false},             /* cut */
		{"\xe2\x82z", false},
	};
	char text[40];

	for (size_t before = 0; before < 20; before++) {
		size_t len = strlen(cases[_i].text);

		memset(text, 'a', sizeof text);
		memcpy(text + before, cases[_i].text, len);
		ck_assert_int_eq(text_is_clean(text, before + len), cases[_i].clean);
		ck_assert_int_eq(text_is_clean(text, before + len + 9), cases[_i].clean);
	}
}
END_TEST

START_TEST(every_single_byte_is_clean_only_from_space_to_tilde_or_as_line_feed_and_tab)
{
	char text[17];

	for (size_t at = 0; at < sizeof text; at++) {
		for (int c = 0; c < 256; c++) {
			bool clean = (c >= 0x20 && c < 0x7f) || c == '\n' || c == '\t';

			memset(text, 'a', sizeof text);
			text[at] = (char)c;
			ck_assert_int_eq(text_is_clean(text, sizeof text), clean);
		}
	}
}
END_TEST

START_TEST(words_are_counted_as_a_reader_does)
{
	static const struct {
		const char *text;
		uint32_t n;
	} cases[] = {
		{"", 0},
		{"   \n\t ", 0},
		{"one", 1},
		{"  two words\n", 2},
		{"a well-known thing, isn't it?", 5},
		{"before \xe2\x80\x94 after", 2},              /* a dash by itself */
		{"\xe2\x80\xa2 first \xe2\x80\xa2 second", 2}, /* bullets */
		{"two\xc2\xa0words", 2},                       /* a space that does not break */
		{"\xc3\xa9l\xc3\xa8ve 42", 2},
		{"- * ...", 0},
		{"\"quoted\" (words) 3.5%", 3},
		{"\xf0\x9f\x98\x80 smile", 1},
		{"\xff word \xfe", 1},
	};

	ck_assert_uint_eq(count_words(bytes_of_text(cases[_i].text)), cases[_i].n);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("check");
	TCase *door = tcase_create("door"), *text = tcase_create("text");

	tcase_add_checked_fixture(door, make_arena, destroy_arena);
	tcase_add_test(door, a_good_message_comes_through_whole);
	tcase_add_test(door, nothing_at_all_is_an_empty_message);
	tcase_add_test(door, a_text_too_long_is_refused_by_its_path);
	tcase_add_loop_test(door, text_that_is_not_clean_is_refused_by_its_path_and_element, 0, 7);
	tcase_add_test(door, an_element_of_a_list_of_messages_is_named_by_its_place);
	tcase_add_test(door, bytes_too_long_are_refused);
	tcase_add_test(door, bytes_in_a_list_are_bounded_one_by_one);
	tcase_add_test(door, too_many_elements_are_refused_even_of_numbers);
	tcase_add_test(door, an_enum_value_nobody_knows_is_refused);
	tcase_add_test(door, an_enum_value_in_an_event_may_be_of_a_newer_version);
	tcase_add_test(door, an_unknown_body_member_is_refused_in_a_command_and_says_so);
	tcase_add_test(door, an_unknown_field_is_refused_in_a_command_and_allowed_in_an_event);
	tcase_add_loop_test(door, what_does_not_pack_back_to_the_same_size_is_refused, 0, 4);
	tcase_add_test(door, what_is_no_message_is_refused);
	tcase_add_test(door, a_mebibyte_of_unknown_numbers_takes_no_more_than_the_cap);
	tcase_add_test(door, a_long_path_is_cut_before_what_is_wrong);
	tcase_add_test(door, a_packed_message_is_what_protobuf_packs);
	tcase_add_loop_test(text, clean_text_is_told_from_unclean_at_any_offset, 0, 18);
	tcase_add_test(text,
		       every_single_byte_is_clean_only_from_space_to_tilde_or_as_line_feed_and_tab);
	tcase_add_loop_test(text, words_are_counted_as_a_reader_does, 0, 13);
	suite_add_tcase(suite, door);
	suite_add_tcase(suite, text);
	return suite;
}
