/* Public events about a credential, as an Ed-Fi sink is given them. */
#include "tests/support/edfi_kit.h"

#include <string.h>

static char *text(struct arena *arena, const char *from)
{
	return arena_text(arena, bytes_of_text(from));
}

static Cairn__CloudEventAttributeValue *moment(struct arena *arena)
{
	Cairn__CloudEventTimestamp *time = arena_alloc(arena, sizeof *time);
	Cairn__CloudEventAttributeValue *value = arena_alloc(arena, sizeof *value);

	cairn__cloud_event_timestamp__init(time);
	time->seconds = EDFI_DAY_END_S;
	cairn__cloud_event_attribute_value__init(value);
	value->attr_case = CAIRN__CLOUD_EVENT_ATTRIBUTE_VALUE__ATTR_CE_TIMESTAMP;
	value->ce_timestamp = time;
	return value;
}

const Cairn__CloudEvent *edfi_event(struct arena *arena, const char *type, const char *data)
{
	Cairn__CloudEvent *event = arena_alloc(arena, sizeof *event);
	Cairn__CloudEventAttribute *attribute = arena_alloc(arena, sizeof *attribute);

	cairn__cloud_event_attribute__init(attribute);
	attribute->key = text(arena, "time");
	attribute->value = moment(arena);
	cairn__cloud_event__init(event);
	event->type = arena_printf(arena, "org.cairn.%s.v1", type);
	event->attributes = arena_alloc(arena, sizeof(Cairn__CloudEventAttribute *));
	event->attributes[0] = attribute;
	event->n_attributes = 1;
	event->data_case = CAIRN__CLOUD_EVENT__DATA_TEXT_DATA;
	event->text_data = text(arena, data);
	return event;
}

const char *edfi_data(struct arena *arena, const struct award *award)
{
	const char *staff = award->staff != NULL ? award->staff : "1234567";
	const char *holder = arena_printf(
		arena,
		"\"holder\":{\"system\":\"TX\",\"staffUniqueId\":\"%s\",\"educatorLicenseId\":"
		"\"TX-998877\",\"licenseType\":\"standard\"},",
		staff);

	return arena_printf(
		arena,
		"{\"credentialId\":\"urn:uuid:6f0c7a52-6e0d-4a53-9c0e-%012x\",\"achievement\":"
		"{\"id\":\"urn:uuid:0198a000-0000-8000-8000-000000000002\",\"code\":\"%s\","
		"\"version\":2,\"name\":\"Wait time\"},%s\"issuer\":{\"id\":\"did:web:x\","
		"\"name\":\"X\"},\"decidedOn\":\"2026-05-01\",\"issuedOn\":\"2026-05-02\","
		"\"status\":\"%s\"%s}",
		award->n, award->code != NULL ? award->code : "wait-time",
		staff[0] != '\0' ? holder : "", award->status != NULL ? award->status : "active",
		award->rest != NULL ? award->rest : "");
}

Notification__Sink *edfi_sink(struct arena *arena)
{
	Notification__Sink *sink = arena_alloc(arena, sizeof *sink);
	Notification__EdfiProfile *profile = arena_alloc(arena, sizeof *profile);

	notification__edfi_profile__init(profile);
	profile->data_standard = text(arena, "6.1");
	profile->namespace_ = text(arena, "uri://cairn.sea.example.gov");
	profile->person_source = text(arena, "uri://ed-fi.org/SourceSystemDescriptor#State");
	notification__sink__init(sink);
	sink->url = text(arena, "https://api.sea.example.gov/");
	sink->state = text(arena, "TX");
	sink->kind = NOTIFICATION__SINK_KIND__EDFI;
	sink->edfi = profile;
	return sink;
}
