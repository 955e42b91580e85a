/* What an Ed-Fi API is told: each event by hand, in both standards, and what is left out. */
#include "services/notification/edfi/edfi_map.h"
#include "tests/support/edfi_kit.h"
#include "tests/support/suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CREDENTIAL "urn:uuid:6f0c7a52-6e0d-4a53-9c0e-00000000000a"
#define STATE "uri://ed-fi.org/StateAbbreviationDescriptor#TX"
#define KEY                                                                                        \
	"\"credentialIdentifier\":\"cairn-6f0c7a526e0d4a539c0e00000000000a\","                     \
	"\"stateOfIssueStateAbbreviationDescriptor\":\"" STATE "\""
#define PERSON                                                                                     \
	"\"personReference\":{\"personId\":\"1234567\",\"sourceSystemDescriptor\":"                \
	"\"uri://ed-fi.org/SourceSystemDescriptor#State\"}"

static struct arena *arena;
static Notification__Sink *sink;
static struct edfi_plan plan;

static void set_up(void)
{
	arena = arena_new(1 << 14);
	sink = edfi_sink(arena);
}

static void tear_down(void)
{
	edfi_plan_finish(&plan);
	arena_destroy(&arena);
}

static const char *tell(const char *type, const char *data)
{
	edfi_plan_finish(&plan);
	return edfi_plan(sink, edfi_event(arena, type, data), &plan);
}

static const char *tell_of(const char *type, const char *status, const char *rest)
{
	const struct award award = {.n = 10, .status = status, .rest = rest};

	return tell(type, edfi_data(arena, &award));
}

static const char *tell_of_staff(const char *staff)
{
	const struct award award = {.n = 10, .staff = staff};

	return tell("credential.issued", edfi_data(arena, &award));
}

static const char *text_in(const json_t *object, const char *member)
{
	return json_string_value(json_object_get(object, member));
}

static void is_told(unsigned i, const char *resource, const char *body)
{
	json_error_t error;
	json_t *wanted = json_loads(body, 0, &error);
	char *got;

	ck_assert_msg(wanted != NULL, "%s: %s", error.text, body);
	ck_assert_uint_lt(i, plan.n);
	ck_assert_str_eq(plan.requests[i].resource, resource);
	got = json_dumps(plan.requests[i].body, 0);
	ck_assert_msg(json_equal(plan.requests[i].body, wanted), "%s\nis not\n%s", got, body);
	free(got);
	json_decref(wanted);
}

static const char certification[] =
	"{\"certificationIdentifier\":\"wait-time-v2\",\"namespace\":\"uri://"
	"cairn.sea.example.gov\",\"certificationTitle\":\"Wait time\"}";

#define CREDENTIAL_6(status, on, rest)                                                             \
	"{" KEY ",\"namespace\":\"uri://cairn.sea.example.gov\",\"credentialTypeDescriptor\":"     \
	"\"uri://cairn.sea.example.gov/CredentialTypeDescriptor#Micro-credential\","               \
	"\"issuanceDate\":\"2026-05-01\",\"effectiveDate\":\"2026-05-01\","                        \
	"\"credentialStatusDescriptor\":\"uri://ed-fi.org/CredentialStatusDescriptor#" status      \
	"\",\"credentialStatusDate\":\"" on "\",\"certificationTitle\":\"Wait time\","             \
	"\"certificationReference\":{\"certificationIdentifier\":\"wait-time-v2\",\"namespace\":"  \
	"\"uri://cairn.sea.example.gov\"}" rest "}"

START_TEST(an_award_is_a_definition_and_an_active_credential)
{
	ck_assert_ptr_null(tell_of("credential.issued", "active",
				   ",\"validUntil\":\"2031-05-01\",\"renewal\":{\"clockHours\":6,"
				   "\"categories\":[\"pedagogy\"]}"));
	ck_assert_uint_eq(plan.n, 2);
	is_told(0, "certifications", certification);
	is_told(1, "credentials",
		CREDENTIAL_6("Active", "2026-09-01", ",\"expirationDate\":\"2031-05-01\"," PERSON));
}
END_TEST

START_TEST(a_revocation_is_a_status_and_an_event_of_its_day)
{
	ck_assert_ptr_null(
		tell_of("credential.revoked", "revoked", ",\"reason\":\"issued_in_error\""));
	ck_assert_uint_eq(plan.n, 3);
	is_told(0, "certifications", certification);
	is_told(1, "credentials", CREDENTIAL_6("Revoked", "2026-09-01", "," PERSON));
	is_told(2, "credentialEvents",
		"{\"credentialReference\":{" KEY "},\"credentialEventDate\":\"2026-09-01\","
		"\"credentialEventTypeDescriptor\":\"uri://cairn.sea.example.gov/"
		"CredentialEventTypeDescriptor#Revoked\",\"credentialEventReason\":"
		"\"issued_in_error\"}");
}
END_TEST

static const struct becoming {
	const char *type, *status, *rest, *code, *event_type;
} becomings[] = {
	{"credential.issued", "active", "", "Active", NULL},
	{"credential.suspended", "suspended", ",\"reason\":\"under_review\"", "Suspended",
	 "Suspended"},
	{"credential.reinstated", "active", "", "Active", "Reinstated"},
	{"credential.revoked", "revoked", ",\"reason\":\"duplicate\"", "Revoked", "Revoked"},
	{"credential.expired", "expired", "", "Expired", "Expired"},
	{"credential.superseded", "superseded", ",\"reason\":\"renewal\"", "Renewed", "Renewed"},
	{"credential.superseded", "superseded", ",\"reason\":\"correction\"", "Deprecated", NULL},
	{"credential.corrected", "active", "", "Active", NULL},
	{"credential.reissued", "suspended", "", "Suspended", NULL},
	{"stack.awarded", "active", "", "Active", NULL},
	{"stack.revoked", "revoked", ",\"reason\":\"stack_rule\"", "Revoked", "Revoked"},
};

START_TEST(each_change_is_the_status_and_the_event_that_ed_fi_has_for_it)
{
	const struct becoming *b = &becomings[_i];
	char wanted[100];
	const char *got;

	ck_assert_ptr_null(tell_of(b->type, b->status, b->rest));
	got = json_string_value(
		json_object_get(plan.requests[1].body, "credentialStatusDescriptor"));
	snprintf(wanted, sizeof wanted, "uri://ed-fi.org/CredentialStatusDescriptor#%s", b->code);
	ck_assert_str_eq(got, wanted);
	ck_assert_uint_eq(plan.n, b->event_type != NULL ? 3 : 2);
	if (b->event_type == NULL)
		return;
	got = json_string_value(
		json_object_get(plan.requests[2].body, "credentialEventTypeDescriptor"));
	snprintf(wanted, sizeof wanted,
		 "uri://cairn.sea.example.gov/CredentialEventTypeDescriptor#%s", b->event_type);
	ck_assert_str_eq(got, wanted);
}
END_TEST

START_TEST(data_standard_5_2_has_the_rest_in_its_extension_and_no_events)
{
	static char standard[] = "5.2";

	sink->edfi->data_standard = standard;
	ck_assert_ptr_null(
		tell_of("credential.revoked", "revoked", ",\"reason\":\"issued_in_error\""));
	ck_assert_uint_eq(plan.n, 1);
	is_told(0, "credentials",
		"{" KEY ",\"namespace\":\"uri://cairn.sea.example.gov\","
		"\"credentialTypeDescriptor\":\"uri://cairn.sea.example.gov/"
		"CredentialTypeDescriptor#Micro-credential\",\"issuanceDate\":\"2026-05-01\","
		"\"effectiveDate\":\"2026-05-01\",\"_ext\":{\"tpdm\":{\"certificationTitle\":"
		"\"Wait time\",\"credentialStatusDescriptor\":\"uri://tpdm.ed-fi.org/"
		"CredentialStatusDescriptor#Revoked\",\"credentialStatusDate\":"
		"\"2026-09-01\"," PERSON "}}}");
}
END_TEST

START_TEST(nobody_is_named_without_a_source_after_erasure_or_without_a_staff_id)
{
	static char none[] = "";
	ck_assert_ptr_null(tell_of_staff(""));
	is_told(1, "credentials", CREDENTIAL_6("Active", "2026-09-01", ""));
	sink->edfi->person_source = none;
	ck_assert_ptr_null(tell_of("credential.issued", "active", ""));
	is_told(1, "credentials", CREDENTIAL_6("Active", "2026-09-01", ""));
}
END_TEST

START_TEST(the_license_number_is_told_to_nobody)
{
	char *text;

	ck_assert_ptr_null(tell_of("credential.revoked", "revoked", ""));
	for (unsigned i = 0; i < plan.n; i++) {
		text = json_dumps(plan.requests[i].body, 0);
		ck_assert_ptr_null(strstr(text, "998877"));
		free(text);
	}
}
END_TEST

START_TEST(a_staff_id_that_is_too_long_is_refused_and_not_shortened)
{
	const char *wrong = tell_of_staff("123456789012345678901234567890123");

	ck_assert_ptr_nonnull(wrong);
	ck_assert_ptr_nonnull(strstr(wrong, "staffUniqueId"));
	ck_assert_uint_eq(plan.n, 0);
}
END_TEST

START_TEST(descriptors_of_the_state_stand_in_its_own_namespace)
{
	static char state[] = "uri://sea.example.gov", badge[] = "Badge";

	sink->edfi->descriptor_namespace = state;
	sink->edfi->credential_type = badge;
	ck_assert_ptr_null(tell_of("credential.suspended", "suspended", ""));
	ck_assert_str_eq(json_string_value(json_object_get(plan.requests[1].body,
							   "credentialTypeDescriptor")),
			 "uri://sea.example.gov/CredentialTypeDescriptor#Badge");
	ck_assert_str_eq(json_string_value(json_object_get(plan.requests[2].body,
							   "credentialEventTypeDescriptor")),
			 "uri://sea.example.gov/CredentialEventTypeDescriptor#Suspended");
	ck_assert_str_eq(json_string_value(json_object_get(plan.requests[1].body, "namespace")),
			 "uri://cairn.sea.example.gov");
}
END_TEST

START_TEST(events_of_the_ledger_have_no_place_in_ed_fi)
{
	ck_assert_ptr_null(tell("ledger.posted", "{}"));
	ck_assert_uint_eq(plan.n, 0);
	ck_assert_ptr_null(tell("ledger.reversed", "{}"));
	ck_assert_uint_eq(plan.n, 0);
}
END_TEST

#define TEN "0123456789"
static const struct cut {
	const char *text;
	size_t most, bytes;
} cuts[] = {
	{"", 64, 0},
	{"abc", 64, 3},
	{"abc", 3, 3},
	{"abc", 2, 2},
	{"\xc3\xa9\xc3\xa9", 1, 2},
	{"a\xe2\x82\xac", 1, 1},
	{"a\xe2\x82\xac", 2, 4},
	/* Beyond the first plane: two each. */
	{"a\xf0\x9f\x98\x80", 2, 1},
	{"a\xf0\x9f\x98\x80", 3, 5},
};

START_TEST(a_text_is_cut_between_characters_as_utf_16_counts_them)
{
	ck_assert_uint_eq(edfi_cut(cuts[_i].text, cuts[_i].most), cuts[_i].bytes);
}
END_TEST

static const struct title {
	const char *name, *title;
} titles[] = {
	{"  Wait time ", "Wait time"},
	{TEN TEN TEN TEN TEN TEN "0123", TEN TEN TEN TEN TEN TEN "0123"},
	{TEN TEN TEN TEN TEN TEN "01234", TEN TEN TEN TEN TEN TEN "0123"},
	{TEN TEN TEN TEN TEN TEN "012 4", TEN TEN TEN TEN TEN TEN "012"},
	{TEN TEN TEN TEN TEN TEN "012\xc3\xa9z", TEN TEN TEN TEN TEN TEN "012\xc3\xa9"},
	{TEN TEN TEN TEN TEN TEN "012\xf0\x9f\x98\x80", TEN TEN TEN TEN TEN TEN "012"},
};

START_TEST(a_title_has_at_most_64_characters_and_no_blank_around_it)
{
	char data[1000];
	const json_t *got;

	snprintf(data, sizeof data,
		 "{\"credentialId\":\"" CREDENTIAL "\",\"achievement\":{\"code\":\"x\","
		 "\"version\":1,\"name\":\"%s\"},\"decidedOn\":\"2026-05-01\",\"status\":"
		 "\"active\"}",
		 titles[_i].name);
	ck_assert_ptr_null(tell("credential.issued", data));
	got = json_object_get(plan.requests[1].body, "certificationTitle");
	ck_assert_str_eq(json_string_value(got), titles[_i].title);
	ck_assert(json_equal(got, json_object_get(plan.requests[0].body, "certificationTitle")));
}
END_TEST

/* Should it ever reach an API that is none. */
START_TEST(what_a_sandbox_tells_is_told_apart_by_its_keys)
{
	const struct award award = {.n = 10, .status = "revoked"};
	static const char key[] = "sandbox-cairn-6f0c7a526e0d4a539c0e00000000000a";
	static char sandbox[] = "sandbox";
	Cairn__CloudEvent event =
		*edfi_event(arena, "credential.revoked", edfi_data(arena, &award));
	Cairn__CloudEventAttribute mark = CAIRN__CLOUD_EVENT_ATTRIBUTE__INIT;
	Cairn__CloudEventAttribute *attributes[] = {event.attributes[0], &mark};
	const json_t *reference;

	mark.key = sandbox;
	mark.value = event.attributes[0]->value;
	event.attributes = attributes;
	event.n_attributes = 2;
	ck_assert_ptr_null(edfi_plan(sink, &event, &plan));
	ck_assert_str_eq(text_in(plan.requests[0].body, "certificationIdentifier"),
			 "sandbox-wait-time-v2");
	ck_assert_str_eq(text_in(plan.requests[1].body, "credentialIdentifier"), key);
	reference = json_object_get(plan.requests[1].body, "certificationReference");
	ck_assert_str_eq(text_in(reference, "certificationIdentifier"), "sandbox-wait-time-v2");
	reference = json_object_get(plan.requests[2].body, "credentialReference");
	ck_assert_str_eq(text_in(reference, "credentialIdentifier"), key);
	ck_assert_uint_le(strlen(key), 60);
}
END_TEST

START_TEST(a_key_fits_into_the_60_characters_of_the_older_standard)
{
	const json_t *key;

	ck_assert_ptr_null(tell_of("credential.issued", "active", ""));
	key = json_object_get(plan.requests[1].body, "credentialIdentifier");
	ck_assert_uint_le(json_string_length(key), 60);
}
END_TEST

#define A_CREDENTIAL "\"credentialId\":\"" CREDENTIAL "\","
#define AN_ACHIEVEMENT "\"achievement\":{\"code\":\"x\",\"version\":1,\"name\":\"X\"},"
static const struct unfit {
	const char *type, *data;
} unfits[] = {
	{"credential.promoted", "{}"},
	{"credential.issued", "{"},
	{"credential.issued", "[]"},
	{"credential.issued", "{}"},
	{"credential.issued", "{\"credentialId\":\"urn:uuid:1\"}"},
	{"credential.issued", "{" A_CREDENTIAL "\"decidedOn\":\"2026\"}"},
	{"credential.issued", "{" A_CREDENTIAL "\"decidedOn\":\"2026-05-01\",\"status\":"
			      "\"active\"}"},
	{"credential.issued", "{" A_CREDENTIAL AN_ACHIEVEMENT "\"decidedOn\":\"2026-05-01\"}"},
	{"credential.issued", "{" A_CREDENTIAL AN_ACHIEVEMENT "\"decidedOn\":\"2026-05-01\","
			      "\"status\":\"lost\"}"},
	{"credential.issued", "{" A_CREDENTIAL AN_ACHIEVEMENT "\"decidedOn\":\"2026-05-01\","
			      "\"status\":\"active\",\"status\":\"revoked\"}"},
	{"credential.issued", "{" A_CREDENTIAL "\"achievement\":{\"code\":\"x\",\"version\":1,"
			      "\"name\":\"  \"},\"decidedOn\":\"2026-05-01\",\"status\":"
			      "\"active\"}"},
};

START_TEST(an_event_that_says_too_little_is_refused_and_tells_nothing)
{
	ck_assert_ptr_nonnull(tell(unfits[_i].type, unfits[_i].data));
	ck_assert_uint_eq(plan.n, 0);
}
END_TEST

Suite *test_suite(void)
{
	Suite *s = suite_create("notification edfi map");
	TCase *t = tcase_create("told");

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_test(t, an_award_is_a_definition_and_an_active_credential);
	tcase_add_test(t, a_revocation_is_a_status_and_an_event_of_its_day);
	tcase_add_loop_test(t, each_change_is_the_status_and_the_event_that_ed_fi_has_for_it, 0,
			    ARRAY_LEN(becomings));
	tcase_add_test(t, data_standard_5_2_has_the_rest_in_its_extension_and_no_events);
	tcase_add_test(t, nobody_is_named_without_a_source_after_erasure_or_without_a_staff_id);
	tcase_add_test(t, the_license_number_is_told_to_nobody);
	tcase_add_test(t, a_staff_id_that_is_too_long_is_refused_and_not_shortened);
	tcase_add_test(t, descriptors_of_the_state_stand_in_its_own_namespace);
	tcase_add_test(t, events_of_the_ledger_have_no_place_in_ed_fi);
	tcase_add_loop_test(t, a_text_is_cut_between_characters_as_utf_16_counts_them, 0,
			    ARRAY_LEN(cuts));
	tcase_add_loop_test(t, a_title_has_at_most_64_characters_and_no_blank_around_it, 0,
			    ARRAY_LEN(titles));
	tcase_add_test(t, what_a_sandbox_tells_is_told_apart_by_its_keys);
	tcase_add_test(t, a_key_fits_into_the_60_characters_of_the_older_standard);
	tcase_add_loop_test(t, an_event_that_says_too_little_is_refused_and_tells_nothing, 0,
			    ARRAY_LEN(unfits));
	suite_add_tcase(s, t);
	return s;
}
