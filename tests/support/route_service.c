/* Queries by their names, put to a kit. */
#include "tests/support/route_service.h"

#include "libshared/check.h"
#include "libshared/json.h"
#include "libshared/service.h"
#include "tests/support/kit.h"

#include <string.h>

static const ProtobufCFieldDescriptor *member_of(const ProtobufCMessageDescriptor *outer,
						 const char *name)
{
	const ProtobufCFieldDescriptor *field =
		protobuf_c_message_descriptor_get_field_by_name(outer, name);

	ENSURE(field != NULL);
	return field;
}

static json_t *answer_of(const ProtobufCMessage *message)
{
	AUTO(json_decrefp) json_t *whole = json_of_message(message);
	const char *kind = kind_name(message->descriptor, body_kind(message));

	return json_incref(json_object_get(whole, kind));
}

Cairn__Status service_asked(struct kit *k, const char *query, json_t *fields, json_t **answer_r)
{
	AUTO(json_decrefp) json_t *whole = json_pack("{s:o}", query, fields);
	char why[200];
	const ProtobufCMessage *message;
	Cairn__Status status;

	member_of(k->service->query, query);
	message = message_of_json(k->service->query, whole, k->arena, why);
	*answer_r = NULL;
	ENSURE(message != NULL);
	status = kit_ask(k, BYTES_NONE, message);
	if (status == CAIRN__STATUS__OK)
		*answer_r = answer_of(k->answer);
	return status;
}
