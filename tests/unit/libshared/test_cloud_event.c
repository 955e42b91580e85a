/* CloudEvents as JSON: what outsiders read. */
#include "tests/support/suite.h"

#include "libshared/arena.h"
#include "libshared/cloud_event.h"

static struct arena *arena;

static void setup(void)
{
	arena = arena_new(1024);
}

static void teardown(void)
{
	arena_destroy(&arena);
}

static char id[] = "0190f0a0-0000-7000-8000-000000000001", source[] = "urn:cairn:here",
	    version[] = "1.0", type[] = "org.cairn.credential.issued.v1",
	    data[] = "{\"amount\":6.00,\"name\":\"a\"}", subject_key[] = "subject",
	    subject[] = "a \"quoted\"\n\xc3\xa9", time_key[] = "time", flag_key[] = "flag",
	    empty_key[] = "empty";

static Cairn__CloudEventTimestamp time_value = {
	PROTOBUF_C_MESSAGE_INIT(&cairn__cloud_event_timestamp__descriptor), 1777644202, 123456789};
static Cairn__CloudEventAttributeValue
	text_value = {PROTOBUF_C_MESSAGE_INIT(&cairn__cloud_event_attribute_value__descriptor),
		      CAIRN__CLOUD_EVENT_ATTRIBUTE_VALUE__ATTR_CE_STRING,
		      {.ce_string = subject}},
	when_value = {PROTOBUF_C_MESSAGE_INIT(&cairn__cloud_event_attribute_value__descriptor),
		      CAIRN__CLOUD_EVENT_ATTRIBUTE_VALUE__ATTR_CE_TIMESTAMP,
		      {.ce_timestamp = &time_value}},
	flag_value = {PROTOBUF_C_MESSAGE_INIT(&cairn__cloud_event_attribute_value__descriptor),
		      CAIRN__CLOUD_EVENT_ATTRIBUTE_VALUE__ATTR_CE_BOOLEAN,
		      {.ce_boolean = 1}};

static Cairn__CloudEventAttribute
	subject_of = {PROTOBUF_C_MESSAGE_INIT(&cairn__cloud_event_attribute__descriptor),
		      subject_key, &text_value},
	time_of = {PROTOBUF_C_MESSAGE_INIT(&cairn__cloud_event_attribute__descriptor), time_key,
		   &when_value},
	flag_of = {PROTOBUF_C_MESSAGE_INIT(&cairn__cloud_event_attribute__descriptor), flag_key,
		   &flag_value},
	empty_of = {PROTOBUF_C_MESSAGE_INIT(&cairn__cloud_event_attribute__descriptor), empty_key,
		    NULL};

static Cairn__CloudEventAttribute *attributes[] = {&time_of, &subject_of, &flag_of, &empty_of};

static Cairn__CloudEvent event_with(size_t n_attributes)
{
	Cairn__CloudEvent event = CAIRN__CLOUD_EVENT__INIT;

	event.id = id;
	event.source = source;
	event.spec_version = version;
	event.type = type;
	event.attributes = attributes;
	event.n_attributes = n_attributes;
	event.data_case = CAIRN__CLOUD_EVENT__DATA_TEXT_DATA;
	event.text_data = data;
	return event;
}

START_TEST(an_event_keeps_the_order_of_its_attributes_and_the_bytes_of_its_data)
{
	Cairn__CloudEvent event = event_with(ARRAY_LEN(attributes));
	struct buffer b;

	buffer_init(&b, arena, 8);
	cloud_event_put(&b, &event);
	ck_assert_str_eq(
		buffer_text(&b),
		"{\"specversion\":\"1.0\",\"id\":\"0190f0a0-0000-7000-8000-000000000001\","
		"\"source\":\"urn:cairn:here\",\"type\":\"org.cairn.credential.issued.v1\","
		"\"time\":\"2026-05-01T14:03:22.123Z\","
		"\"subject\":\"a \\\"quoted\\\"\\n\xc3\xa9\","
		"\"data\":{\"amount\":6.00,\"name\":\"a\"}}");
}
END_TEST

START_TEST(an_attribute_is_found_when_it_is_a_text)
{
	Cairn__CloudEvent event = event_with(ARRAY_LEN(attributes));

	ck_assert_ptr_eq(cloud_event_attribute(&event, "subject"), subject);
	ck_assert_ptr_null(cloud_event_attribute(&event, "time"));
	ck_assert_ptr_null(cloud_event_attribute(&event, "empty"));
	ck_assert_ptr_null(cloud_event_attribute(&event, "sub"));
	event = event_with(1);
	ck_assert_ptr_null(cloud_event_attribute(&event, "subject"));
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("cloud_event");
	TCase *tcase = tcase_create("cloud_event");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, an_event_keeps_the_order_of_its_attributes_and_the_bytes_of_its_data);
	tcase_add_test(tcase, an_attribute_is_found_when_it_is_a_text);
	suite_add_tcase(suite, tcase);
	return suite;
}
