/* What the answers of an Ed-Fi API mean, and what of its words is kept. */
#include "services/notification/edfi/edfi_answer.h"
#include "tests/support/suite.h"

#include <string.h>

static const char *location;

static const char *header_of(const struct http_answer *answer, const char *name)
{
	(void)answer;
	return strcmp(name, "location") == 0 ? location : NULL;
}

static struct edfi_verdict judge(uint32_t code, const char *body)
{
	const struct edfi_asked asked = {"credentials", "uri://x.example", "ana"};
	const struct http_answer answer = {
		.code = code, .body = bytes_of_text(body), .header = header_of};
	struct edfi_verdict v;

	edfi_judge(&asked, &answer, &v);
	return v;
}

#define TAKEN NOTIFICATION__DELIVERY__TAKEN
#define LATER NOTIFICATION__DELIVERY__LATER
#define UNSETTLED NOTIFICATION__DELIVERY__UNSETTLED
#define REFUSED NOTIFICATION__DELIVERY__DELIVERY_REFUSED

static const struct by_code {
	uint32_t code;
	Notification__Delivery delivery;
} by_code[] = {
	{100, UNSETTLED}, {202, UNSETTLED}, {204, UNSETTLED}, {301, UNSETTLED}, {304, UNSETTLED},
	{400, REFUSED},   {401, UNSETTLED}, {403, UNSETTLED}, {404, UNSETTLED}, {405, UNSETTLED},
	{408, LATER},     {409, REFUSED},   {412, REFUSED},   {413, REFUSED},   {415, REFUSED},
	{422, REFUSED},   {425, LATER},     {429, LATER},     {499, REFUSED},   {500, LATER},
	{502, LATER},     {503, LATER},     {504, LATER},     {599, LATER},
};

START_TEST(each_code_says_whether_to_go_on_to_wait_or_to_ask_a_person)
{
	struct edfi_verdict v = judge(by_code[_i].code, "{}");

	ck_assert_int_eq(v.delivery, by_code[_i].delivery);
	ck_assert_uint_eq(v.code, by_code[_i].code);
	ck_assert_uint_gt(strlen(v.why), 0);
}
END_TEST

START_TEST(a_record_is_taken_when_the_api_says_where_it_is_or_nothing_at_all)
{
	location = "/data/v3/ed-fi/credentials/1";
	ck_assert_int_eq(judge(200, "").delivery, TAKEN);
	ck_assert_int_eq(judge(201, "{}").delivery, TAKEN);
	ck_assert_str_eq(judge(201, "").why, "");
	location = NULL;
	ck_assert_int_eq(judge(200, "").delivery, TAKEN);
	ck_assert_int_eq(judge(200, "<html>").delivery, UNSETTLED);
}
END_TEST

#define PROBLEM(detail, rest) "{\"detail\":\"" detail "\",\"status\":400" rest "}"
static const struct words {
	const char *body, *text;
} words[] = {
	{"", "it gives no reason"},
	{"<html>", "it gives no reason"},
	{"7", "it gives no reason"},
	{"{}", "it gives no reason"},
	{"{\"detail\":7,\"errors\":[7],\"validationErrors\":[],\"message\":{}}",
	 "it gives no reason"},
	{PROBLEM("The referenced 'Person' item does not exist.", ""),
	 "The referenced 'Person' item does not exist."},
	{PROBLEM("See 'validationErrors'.",
		 ",\"validationErrors\":{\"$.certificationTitle\":[\"CertificationTitle must be "
		 "at most 64 characters in length.\"]}"),
	 "certificationTitle: CertificationTitle must be at most 64 characters in length."},
	{PROBLEM("See 'errors'.", ",\"errors\":[\"A non-empty request body is required.\"]"),
	 "A non-empty request body is required."},
	{"{\"message\":\"Unable to resolve value 'uri://ed-fi.org/XDescriptor#A' to an existing "
	 "'XDescriptor' resource.\"}",
	 "Unable to resolve value 'uri://ed-fi.org/XDescriptor#A' to an existing 'XDescriptor' "
	 "resource."},
	{"{\"message\":\"the caller's key\"}", "the caller's key"},
	/* What could name somebody. */
	{"{\"message\":\"No person 'Maria' or \\\"Maria Ruiz\\\" here\"}",
	 "No person '...' or '...' here"},
	{"{\"message\":\"Staff 1234567, 123 (TX-998877) <m.ruiz@k12.example>.\"}",
	 "Staff ..., 123 (...) ..."},
	{"{\"message\":\"ANA and banana and b\"}", "... and ... and b"},
	{"{\"message\":\"'uri://x/ana' uri://x/Descriptor#1234 'open\"}",
	 "'...' uri://x/Descriptor#1234 '...'"},
	/* Nothing that moves a cursor. */
	{"{\"message\":\"a\\u001b[31mred\\u0007\\r\\nb\\u007f\"}", "a [31mred   b "},
	{"{\"message\":\"a\\u0085b\"}", "it gives no reason"},
	{PROBLEM("x", ",\"validationErrors\":{\"$.a\\u001b<b> c\":[\"no\"]}"), "a??b??c: no"},
};

START_TEST(the_words_of_an_api_are_kept_without_what_could_name_somebody)
{
	char text[SINK_WHY_LEN];

	edfi_words(bytes_of_text(words[_i].body), "ana", text);
	ck_assert_str_eq(text, words[_i].text);
}
END_TEST

START_TEST(words_without_end_are_cut_at_a_character)
{
	char body[4000] = "{\"message\":\"", text[SINK_WHY_LEN];

	for (int i = 0; i < 500; i++)
		strcat(body, i % 7 == 0 ? "a " : "\xc3\xa9");
	strcat(body, "\"}");
	edfi_words(bytes_of_text(body), NULL, text);
	ck_assert_uint_ge(strlen(text), SINK_WHY_LEN - 3);
	ck_assert_uint_lt(strlen(text), SINK_WHY_LEN);
	ck_assert_str_ne(text, "it gives no reason");
	ck_assert_uint_lt(strlen(judge(400, body).why), SINK_WHY_LEN);
}
END_TEST

START_TEST(what_is_forbidden_says_what_to_allow)
{
	struct edfi_verdict v = judge(403, "{\"type\":\"urn:ed-fi:api:security:authorization:"
					   "namespace:access-denied:namespace-mismatch\"}");

	ck_assert_ptr_nonnull(strstr(v.why, "uri://x.example"));
	v = judge(403,
		  "{\"type\":\"urn:ed-fi:api:security:authorization:access-denied:resource\"}");
	ck_assert_ptr_nonnull(strstr(v.why, "claim set"));
	ck_assert_ptr_nonnull(strstr(v.why, "credentials"));
	v = judge(403, "{\"detail\":\"No relationships have been established.\"}");
	ck_assert_ptr_nonnull(strstr(v.why, "No relationships"));
}
END_TEST

START_TEST(a_missing_descriptor_is_known_by_its_uri_in_any_case)
{
	struct http_answer answer = {.code = 400, .header = header_of};
	static const char uri[] = "uri://ed-fi.org/XDescriptor#A b";

	answer.body = bytes_of_text("XDescriptor value 'uri://ed-fi.org/xdescriptor#a b' does not");
	ck_assert(edfi_misses_descriptor(&answer, uri));
	answer.code = 500;
	ck_assert(!edfi_misses_descriptor(&answer, uri));
	answer.code = 409;
	ck_assert(edfi_misses_descriptor(&answer, uri));
	answer.body = bytes_of_text("uri://ed-fi.org/XDescriptor#A");
	ck_assert(!edfi_misses_descriptor(&answer, uri));
	answer.body = BYTES_NONE;
	ck_assert(!edfi_misses_descriptor(&answer, uri));
}
END_TEST

Suite *test_suite(void)
{
	Suite *s = suite_create("notification edfi answer");
	TCase *t = tcase_create("answers");

	tcase_add_loop_test(t, each_code_says_whether_to_go_on_to_wait_or_to_ask_a_person, 0,
			    ARRAY_LEN(by_code));
	tcase_add_test(t, a_record_is_taken_when_the_api_says_where_it_is_or_nothing_at_all);
	tcase_add_loop_test(t, the_words_of_an_api_are_kept_without_what_could_name_somebody, 0,
			    ARRAY_LEN(words));
	tcase_add_test(t, words_without_end_are_cut_at_a_character);
	tcase_add_test(t, what_is_forbidden_says_what_to_allow);
	tcase_add_test(t, a_missing_descriptor_is_known_by_its_uri_in_any_case);
	suite_add_tcase(s, t);
	return s;
}
