/* Unpacking what came from outside: under a cap, packed back to the same size, every field checked.
 */
#include "libshared/check.h"

#include "libshared/fields.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define CAP_FLOOR ((size_t)64 << 10)
#define CAP_PER_BYTE 16
#define CAP_MOST ((size_t)4 << 20)

const struct limits COMMAND_LIMITS = {
	.string_bytes = 20000, .bytes_bytes = (size_t)600 << 10, .n_elements = 1000};
const struct limits EVENT_LIMITS = {.string_bytes = (size_t)64 << 10,
				    .bytes_bytes = (size_t)1 << 20,
				    .n_elements = 10000,
				    .unknown_fields = true};

struct walk {
	const struct limits *limits;
	struct message_fault *fault;
};

/* Always false, so that a check can return it. */
PRINTF_LIKE(3, 4)
static bool fault(const struct walk *w, const struct field_place *at, const char *format, ...)
{
	/* The path must leave room for what is wrong. */
	char *text = w->fault->text;
	size_t room = sizeof w->fault->text, used = 0;
	va_list args;

	if (at != NULL) {
		used = field_path(at, text, room - 100);
		used += (size_t)snprintf(text + used, room - used, ": ");
	}
	va_start(args, format);
	vsnprintf(text + used, room - used, format, args);
	va_end(args);
	return false;
}

static bool string_ok(const char *text, const struct walk *w, const struct field_place *at)
{
	size_t len = text == NULL ? 0 : strlen(text);

	if (len > w->limits->string_bytes)
		return fault(w, at, "%zu bytes of text, at most %zu are allowed", len,
			     w->limits->string_bytes);
	if (!text_is_clean(text, len))
		return fault(w, at, "not clean text: UTF-8 without controls but line feed and tab");
	return true;
}

static bool bytes_ok(const ProtobufCBinaryData *data, const struct walk *w,
		     const struct field_place *at)
{
	if (data->len > w->limits->bytes_bytes)
		return fault(w, at, "%zu bytes, at most %zu are allowed", data->len,
			     w->limits->bytes_bytes);
	return true;
}

static bool enum_ok(int value, const struct walk *w, const struct field_place *at)
{
	const ProtobufCEnumDescriptor *type = at->field->descriptor;

	if (protobuf_c_enum_descriptor_get_value(type, value) != NULL)
		return true;
	w->fault->newer = w->limits->unknown_fields;
	return fault(w, at, "%d is no value of %s known here", value, type->name);
}

static bool message_ok(const ProtobufCMessage *m, const struct walk *w,
		       const struct field_place *in);

/* value points into the message, as fields.h says. */
static bool value_ok(const void *value, const struct walk *w, const struct field_place *at)
{
	const ProtobufCMessage *message;
	ProtobufCBinaryData data;
	const char *text;
	int number;

	switch (at->field->type) {
	case PROTOBUF_C_TYPE_STRING:
		memcpy(&text, value, sizeof text);
		return string_ok(text, w, at);
	case PROTOBUF_C_TYPE_BYTES:
		memcpy(&data, value, sizeof data);
		return bytes_ok(&data, w, at);
	case PROTOBUF_C_TYPE_ENUM:
		memcpy(&number, value, sizeof number);
		return enum_ok(number, w, at);
	case PROTOBUF_C_TYPE_MESSAGE:
		memcpy(&message, value, sizeof message);
		return message_ok(message, w, at);
	default:
		return true;
	}
}

/* False: any value will do. A number is a number; of a oneof only the member that is set counts,
 * which is asked here because a Command or an Event has dozens that are not. */
static bool wants_look(const ProtobufCMessage *m, const ProtobufCFieldDescriptor *field)
{
	uint32_t set;

	if (field_in_oneof(field)) {
		memcpy(&set, (const uint8_t *)m + field->quantifier_offset, sizeof set);
		if (set != field->id)
			return false;
	}
	return field->label == PROTOBUF_C_LABEL_REPEATED || field->type == PROTOBUF_C_TYPE_STRING ||
	       field->type == PROTOBUF_C_TYPE_BYTES || field->type == PROTOBUF_C_TYPE_ENUM ||
	       field->type == PROTOBUF_C_TYPE_MESSAGE;
}

static bool field_ok(const ProtobufCMessage *m, const struct walk *w, struct field_place *at)
{
	const void *value;
	size_t n = field_values(m, at->field, &value);

	if (n > w->limits->n_elements) {
		at->element = FIELD_WHOLE;
		return fault(w, at, "%zu elements, at most %zu are allowed", n,
			     w->limits->n_elements);
	}
	for (; at->element < n; at->element++, value = field_next(at->field, value))
		if (!value_ok(value, w, at))
			return false;
	return true;
}

static bool unknown_fault(const ProtobufCMessage *m, const struct walk *w,
			  const struct field_place *in)
{
	unsigned number = m->unknown_fields[0].tag;
	bool body = in == NULL && m->descriptor->n_fields > 0 &&
		    field_in_oneof(&m->descriptor->fields[0]);

	if (body)
		return fault(w, in, "body: no member of %s known here has number %u",
			     m->descriptor->name, number);
	return fault(w, in, "no field of %s known here has number %u", m->descriptor->name, number);
}

/* Recursion ends: no message type contains itself (tests/checks/acyclic.c). */
static bool message_ok(const ProtobufCMessage *m, const struct walk *w,
		       const struct field_place *in)
{
	const ProtobufCMessageDescriptor *type = m->descriptor;

	if (m->n_unknown_fields > 0 && !w->limits->unknown_fields)
		return unknown_fault(m, w, in);
	for (unsigned i = 0; i < type->n_fields; i++) {
		struct field_place at = {.in = in, .field = &type->fields[i]};

		if (wants_look(m, at.field) && !field_ok(m, w, &at))
			return false;
	}
	return true;
}

ProtobufCMessage *message_unpack(const ProtobufCMessageDescriptor *type, struct bytes raw,
				 const struct limits *limits, struct arena *arena,
				 struct message_fault *fault_r)
{
	struct walk w = {limits, fault_r};
	size_t cap = raw.len > CAP_MOST ? CAP_MOST : CAP_FLOOR + CAP_PER_BYTE * raw.len;
	ProtobufCMessage *m;
	size_t packed;

	fault_r->newer = false;
	m = protobuf_c_message_unpack(type, arena_cap(arena, MIN(cap, CAP_MOST)), raw.len,
				      raw.data);
	if (m == NULL) {
		fault(&w, NULL, "%zu bytes that are no %s, or unpack to more than is allowed",
		      raw.len, type->name);
		return NULL;
	}
	if (!message_ok(m, &w, NULL))
		return NULL;
	packed = protobuf_c_message_get_packed_size(m);
	if (packed != raw.len) {
		fault(&w, NULL,
		      "%zu bytes of %s pack back to %zu: a NUL in a text, a field sent twice or "
		      "a number with a needless byte",
		      raw.len, type->name, packed);
		return NULL;
	}
	return m;
}

const ProtobufCMessage *message_unpack_own(const ProtobufCMessageDescriptor *type, struct bytes raw,
					   struct arena *arena)
{
	const ProtobufCMessage *m =
		protobuf_c_message_unpack(type, arena_cap(arena, CAP_MOST), raw.len, raw.data);

	ENSURE(m != NULL);
	return m;
}

struct bytes message_pack(const ProtobufCMessage *message, struct arena *arena)
{
	size_t len = protobuf_c_message_get_packed_size(message);
	uint8_t *data = arena_alloc(arena, len);

	ENSURE(protobuf_c_message_pack(message, data) == len);
	return (struct bytes){data, len};
}
