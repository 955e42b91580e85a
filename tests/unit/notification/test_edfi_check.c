/* Settings of an Ed-Fi sink: what is taken, and that each wrong one is named. */
#include "services/notification/sinks/sink_rules.h"
#include "tests/support/edfi_kit.h"
#include "tests/support/suite.h"

#include <string.h>

static struct arena *arena;
static Notification__Sink *sink;
static Notification__SinkPrivate secret;

static void set_up(void)
{
	static char id[] = "key", text[] = "se:cret", name[] = "texas", contact[] = "a@b.example";

	arena = arena_new(1 << 14);
	sink = edfi_sink(arena);
	notification__sink_private__init(&secret);
	sink->name = name;
	secret.contact = contact;
	secret.client_id = id;
	secret.client_secret = text;
}

static void tear_down(void)
{
	arena_destroy(&arena);
}

enum field { URL, STATE, STANDARD, NAMESPACE, DESCRIPTORS, TYPE, SOURCE, ID, SECRET };

static void put(enum field field, const char *value)
{
	char **const at[] = {
		[URL] = &sink->url,
		[STATE] = &sink->state,
		[STANDARD] = &sink->edfi->data_standard,
		[NAMESPACE] = &sink->edfi->namespace_,
		[DESCRIPTORS] = &sink->edfi->descriptor_namespace,
		[TYPE] = &sink->edfi->credential_type,
		[SOURCE] = &sink->edfi->person_source,
		[ID] = &secret.client_id,
		[SECRET] = &secret.client_secret,
	};

	*at[field] = arena_printf(arena, "%s", value);
}

#define TEN "0123456789"
static const struct good {
	enum field field;
	const char *value;
} goods[] = {
	{URL, "https://api.sea.example.gov/tn/2026/"},
	{URL, "https://api.sea.example.gov:8443/v7.3/api"},
	{URL, "http://127.0.0.1:8080/"},
	{STATE, "TN"},
	{STANDARD, "5.2"},
	{STANDARD, "6.0"},
	{STANDARD, "6.1"},
	{NAMESPACE, "uri://sea.example.gov/cairn"},
	{DESCRIPTORS, "uri://sea.example.gov"},
	{DESCRIPTORS, ""},
	{TYPE, "Micro-credential for teachers"},
	{TYPE, TEN TEN TEN TEN TEN},
	{SOURCE, ""},
	{SOURCE, "uri://sea.example.gov/SourceSystemDescriptor#State staff id"},
};

START_TEST(what_an_api_can_have_is_taken)
{
	ck_assert_ptr_null(sink_fault(sink, &secret, arena));
	put(goods[_i].field, goods[_i].value);
	ck_assert_ptr_null(sink_fault(sink, &secret, arena));
}
END_TEST

static const struct bad {
	enum field field;
	const char *value, *named;
} bads[] = {
	{URL, "", "url:"},
	{URL, "api.sea.example.gov", "url:"},
	{URL, "ftp://api.sea.example.gov", "url:"},
	{URL, "https://key:secret@api.sea.example.gov/", "url:"},
	{URL, "https://api.sea.example.gov/?a=b", "url:"},
	{URL, "https://api.sea.example.gov/{tenant}/", "url:"},
	{URL, "https://api.sea.example.gov/a b", "url:"},
	{STATE, "", "state:"},
	{STATE, "tn", "state:"},
	{STATE, "TNX", "state:"},
	{STANDARD, "", "data_standard:"},
	{STANDARD, "4.0", "data_standard:"},
	{STANDARD, "6.10", "data_standard:"},
	{NAMESPACE, "", "namespace:"},
	{NAMESPACE, "https://sea.example.gov", "namespace:"},
	{NAMESPACE, "uri://", "namespace:"},
	{NAMESPACE, "uri://sea.example.gov/", "namespace:"},
	{NAMESPACE, "uri://sea.example.gov#x", "namespace:"},
	{NAMESPACE,
	 "uri://" TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN,
	 "namespace:"},
	{DESCRIPTORS, "sea.example.gov", "descriptor_namespace:"},
	{TYPE, "uri://x/CredentialTypeDescriptor#Y", "credential_type:"},
	{TYPE, " Badge", "credential_type:"},
	{TYPE, TEN TEN TEN TEN TEN "0", "credential_type:"},
	{SOURCE, "State", "person_source:"},
	{SOURCE, "uri://ed-fi.org/PersonDescriptor#State", "person_source:"},
	{SOURCE, "uri://ed-fi.org/SourceSystemDescriptor#", "person_source:"},
	{ID, "", "client_id"},
	{ID, "a:b", "client_id"},
	{SECRET, "", "client_secret"},
	{SECRET, "a\nb", "client_secret"},
};

START_TEST(what_it_cannot_have_is_named)
{
	const char *wrong;

	put(bads[_i].field, bads[_i].value);
	wrong = sink_fault(sink, &secret, arena);
	ck_assert_ptr_nonnull(wrong);
	ck_assert_msg(strstr(wrong, bads[_i].named) != NULL, "%s", wrong);
}
END_TEST

START_TEST(a_secret_that_stays_is_not_asked_for)
{
	ck_assert_ptr_null(sink_fault(sink, NULL, arena));
}
END_TEST

START_TEST(a_sink_without_a_profile_says_so)
{
	sink->edfi = NULL;
	ck_assert_ptr_nonnull(sink_fault(sink, &secret, arena));
}
END_TEST

Suite *test_suite(void)
{
	Suite *s = suite_create("notification edfi check");
	TCase *t = tcase_create("settings");

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_loop_test(t, what_an_api_can_have_is_taken, 0, ARRAY_LEN(goods));
	tcase_add_loop_test(t, what_it_cannot_have_is_named, 0, ARRAY_LEN(bads));
	tcase_add_test(t, a_secret_that_stays_is_not_asked_for);
	tcase_add_test(t, a_sink_without_a_profile_says_so);
	suite_add_tcase(s, t);
	return s;
}
