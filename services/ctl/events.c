/* Records of logs and public events as JSON. */
#include "services/ctl/events.h"

#include "libshared/check.h"
#include "libshared/eventlog.h"
#include "libshared/service.h"
#include "proto/public.pb-c.h"
#include "proto/runtime.pb-c.h"

#include <inttypes.h>

/* ---- internal logs ---- */

static const ProtobufCMessageDescriptor *type_of_kind(enum ctl_service of, uint16_t kind)
{
	return kind >= RUNTIME_KIND ? &cairn__runtime_event__descriptor : service_events(of);
}

static const char *name_of_kind(enum ctl_service of, uint16_t kind)
{
	return kind_name(type_of_kind(of, kind), kind >= RUNTIME_KIND ? kind - RUNTIME_KIND : kind);
}

uint32_t kind_of_name(enum ctl_service of, const char *name)
{
	const ProtobufCFieldDescriptor *field =
		protobuf_c_message_descriptor_get_field_by_name(service_events(of), name);

	if (field != NULL)
		return field->id;
	field = protobuf_c_message_descriptor_get_field_by_name(&cairn__runtime_event__descriptor,
								name);
	return field != NULL ? RUNTIME_KIND + field->id : 0;
}

/* The member of the Event that is set. */
static json_t *json_of_payload(enum ctl_service of, const struct record *r, struct arena *arena)
{
	struct message_fault fault;
	const ProtobufCMessage *event =
		message_unpack(type_of_kind(of, r->kind), r->payload, &EVENT_LIMITS, arena, &fault);
	json_t *outer, *inner;

	if (event == NULL)
		return json_null();
	outer = json_of_message(event);
	inner = json_object_iter_value(json_object_iter(outer));
	if (inner != NULL)
		json_incref(inner);
	json_decref(outer);
	return inner != NULL ? inner : json_null();
}

static void set_id(json_t *json, const char *name, const struct id *id)
{
	if (!id_is_none(id))
		json_object_set_new(json, name, json_string(ID_STR(bytes_of_id(id))));
}

json_t *json_of_record(enum ctl_service of, struct bytes raw, uint64_t seq, struct arena *arena)
{
	struct record r;
	const char *kind;
	char at[32];
	json_t *json;

	if (!record_unpack(raw, seq, &r))
		return NULL;
	kind = name_of_kind(of, r.kind);
	time_text(r.at_us, at);
	json = json_pack("{s:I, s:s, s:I}", "seq", (json_int_t)seq, "at", at, "at_us",
			 (json_int_t)r.at_us);
	json_object_set_new(json, "kind", kind != NULL ? json_string(kind) : json_integer(r.kind));
	set_id(json, "id", &r.id);
	set_id(json, "entity", &r.entity);
	set_id(json, "cause", &r.cause);
	set_id(json, "actor", &r.actor);
	json_object_set_new(json, "principal", json_sprintf("%016" PRIx64, r.principal));
	json_object_set_new(json, "event", json_of_payload(of, &r, arena));
	return json;
}

/* ---- the public stream ---- */

static json_t *json_of_attribute(const Cairn__CloudEventAttributeValue *value)
{
	char text[32];

	if (value == NULL)
		return json_null();
	switch (value->attr_case) {
	case CAIRN__CLOUD_EVENT_ATTRIBUTE_VALUE__ATTR_CE_BOOLEAN:
		return json_boolean(value->ce_boolean);
	case CAIRN__CLOUD_EVENT_ATTRIBUTE_VALUE__ATTR_CE_INTEGER:
		return json_integer(value->ce_integer);
	case CAIRN__CLOUD_EVENT_ATTRIBUTE_VALUE__ATTR_CE_STRING:
		return json_string(value->ce_string);
	case CAIRN__CLOUD_EVENT_ATTRIBUTE_VALUE__ATTR_CE_URI:
		return json_string(value->ce_uri);
	case CAIRN__CLOUD_EVENT_ATTRIBUTE_VALUE__ATTR_CE_URI_REF:
		return json_string(value->ce_uri_ref);
	case CAIRN__CLOUD_EVENT_ATTRIBUTE_VALUE__ATTR_CE_TIMESTAMP:
		time_text(value->ce_timestamp->seconds * US_PER_S +
				  value->ce_timestamp->nanos / 1000,
			  text);
		return json_string(text);
	default:
		return json_null();
	}
}

/* JSON when the data is that, else text. */
static json_t *json_of_data(const Cairn__CloudEvent *event)
{
	json_t *data;

	if (event->data_case != CAIRN__CLOUD_EVENT__DATA_TEXT_DATA)
		return json_null();
	data = json_loads(event->text_data, JSON_DECODE_ANY, NULL);
	return data != NULL ? data : json_string(event->text_data);
}

json_t *json_of_public(struct bytes raw, uint64_t seq, struct arena *arena)
{
	struct message_fault fault;
	const Cairn__CloudEvent *event = (const Cairn__CloudEvent *)message_unpack(
		&cairn__cloud_event__descriptor, raw, &EVENT_LIMITS, arena, &fault);
	json_t *json;

	if (event == NULL)
		return NULL;
	json = json_pack("{s:s, s:s, s:s, s:s}", "specversion", event->spec_version, "id",
			 event->id, "source", event->source, "type", event->type);
	for (size_t i = 0; i < event->n_attributes; i++)
		json_object_set_new(json, event->attributes[i]->key,
				    json_of_attribute(event->attributes[i]->value));
	json_object_set_new(json, "data", json_of_data(event));
	return json_pack("{s:I, s:o}", "seq", (json_int_t)seq, "event", json);
}
