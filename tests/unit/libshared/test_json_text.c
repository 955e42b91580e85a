/* Compact JSON text: what jansson would write, and known parts as they are. */
#include "tests/support/suite.h"

#include "libshared/json_text.h"

#include <stdlib.h>

static struct arena *arena;

static void setup(void)
{
	arena = arena_new(1024);
}

static void teardown(void)
{
	arena_destroy(&arena);
}

static const char *text_of(json_t *json, const struct json_known *known)
{
	struct buffer b;

	buffer_init(&b, arena, 4);
	json_put(&b, json, known);
	return buffer_text(&b);
}

static const char *const texts[] = {
	"{}",
	"[]",
	"[true,false,null,0,-7,9007199254740991]",
	"{\"b\":{\"c\":[]},\"a\":\"\",\"0\":[[1],[{}]]}",
	"\"\\\" \\\\ / \\b\\f\\n\\r\\t\"",
	"\"\xc3\xa9 \xf0\x9f\x98\x80 \x7f\"",
	"[1.5,0.001,-71.0589]",
};

START_TEST(text_without_spaces_comes_back_as_it_was)
{
	json_t *json = json_loads(texts[_i], JSON_DECODE_ANY, NULL);

	ck_assert_ptr_nonnull(json);
	ck_assert_str_eq(text_of(json, NULL), texts[_i]);
	json_decref(json);
}
END_TEST

START_TEST(a_control_character_is_escaped)
{
	json_t *json = json_string("\x01\x1f");

	ck_assert_str_eq(text_of(json, NULL), "\"\\u0001\\u001f\"");
	json_decref(json);
}
END_TEST

START_TEST(a_known_value_is_written_as_its_text)
{
	json_t *json = json_loads("{\"a\":[1],\"b\":[1]}", 0, NULL);
	struct json_known known = {json_object_get(json, "b"), bytes_of_text("<b>")};

	ck_assert_str_eq(text_of(json, &known), "{\"a\":[1],\"b\":<b>}");
	json_decref(json);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("json_text");
	TCase *tcase = tcase_create("json_text");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_loop_test(tcase, text_without_spaces_comes_back_as_it_was, 0,
			    (int)ARRAY_LEN(texts));
	tcase_add_test(tcase, a_control_character_is_escaped);
	tcase_add_test(tcase, a_known_value_is_written_as_its_text);
	suite_add_tcase(suite, tcase);
	return suite;
}
