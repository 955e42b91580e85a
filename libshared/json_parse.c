/* JSON objects as messages of a type. */
#include "libshared/json.h"

#include "libshared/fields.h"
#include "libshared/id.h"

#include <errno.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define HASH_LEN 32
#define FAULT_LEN 200

struct reading {
	struct arena *arena;
	char *fault;
};

/* Always false, so that a reader can return it. */
PRINTF_LIKE(3, 4)
static bool fault(const struct reading *r, const struct field_place *at, const char *format, ...)
{
	size_t used = 0;
	va_list args;

	if (at != NULL) { /* what is wrong needs room too */
		used = field_path(at, r->fault, FAULT_LEN - 100);
		used += (size_t)snprintf(r->fault + used, FAULT_LEN - used, ": ");
	}
	va_start(args, format);
	vsnprintf(r->fault + used, FAULT_LEN - used, format, args);
	va_end(args);
	return false;
}

/* ---- values: each reads one into the message ---- */

static bool read_text(const struct reading *r, const struct field_place *at, const json_t *json,
		      void *value_r)
{
	char *text;

	if (!json_is_string(json))
		return fault(r, at, "a text is expected");
	if (strlen(json_string_value(json)) != json_string_length(json))
		return fault(r, at, "a text without NUL is expected");
	text = arena_text(r->arena, bytes_of_text(json_string_value(json)));
	memcpy(value_r, &text, sizeof text);
	return true;
}

/* A UUID, 64 hex digits, or base64. */
static bool bytes_of_json_text(const struct reading *r, const char *text,
			       ProtobufCBinaryData *data_r)
{
	size_t len = strlen(text), room = MAX(len, (size_t)HASH_LEN);
	uint8_t *data = arena_alloc(r->arena, room);
	struct id id;

	*data_r = (ProtobufCBinaryData){HASH_LEN, data};
	if (len == ID_TEXT_LEN && id_of_text(text, &id)) {
		memcpy(data, id.b, ID_LEN);
		data_r->len = ID_LEN;
		return true;
	}
	if (bytes_of_hex(text, data, HASH_LEN))
		return true;
	return sodium_base642bin(data, room, text, len, NULL, &data_r->len, NULL,
				 sodium_base64_VARIANT_ORIGINAL) == 0;
}

static bool read_bytes(const struct reading *r, const struct field_place *at, const json_t *json,
		       void *value_r)
{
	ProtobufCBinaryData data;

	if (!json_is_string(json) || !bytes_of_json_text(r, json_string_value(json), &data))
		return fault(r, at, "a UUID, 64 hex digits or base64 is expected");
	memcpy(value_r, &data, sizeof data);
	return true;
}

static bool read_enum(const struct reading *r, const struct field_place *at, const json_t *json,
		      void *value_r)
{
	const ProtobufCEnumDescriptor *type = at->field->descriptor;
	const ProtobufCEnumValue *known = NULL;
	json_int_t number = json_integer_value(json);

	if (json_is_string(json))
		known = protobuf_c_enum_descriptor_get_value_by_name(type, json_string_value(json));
	else if (json_is_integer(json) && number >= INT32_MIN && number <= INT32_MAX)
		known = protobuf_c_enum_descriptor_get_value(type, (int)number);
	if (known == NULL)
		return fault(r, at, "a name of %s is expected", type->name);
	memcpy(value_r, &known->value, sizeof known->value);
	return true;
}

static bool read_bool(const struct reading *r, const struct field_place *at, const json_t *json,
		      void *value_r)
{
	protobuf_c_boolean value = json_is_true(json);

	if (!json_is_boolean(json))
		return fault(r, at, "true or false is expected");
	memcpy(value_r, &value, sizeof value);
	return true;
}

static bool read_real(const struct reading *r, const struct field_place *at, const json_t *json,
		      void *value_r)
{
	double number = json_number_value(json);
	float single = (float)number;

	if (!json_is_number(json))
		return fault(r, at, "a number is expected");
	if (at->field->type == PROTOBUF_C_TYPE_FLOAT)
		memcpy(value_r, &single, sizeof single);
	else
		memcpy(value_r, &number, sizeof number);
	return true;
}

static bool is_time(const struct field_place *at)
{
	size_t len = strlen(at->field->name);

	return len > 3 && strcmp(at->field->name + len - 3, "_us") == 0;
}

/* An integer within a range, or the time it stands for. */
static bool read_signed(const struct reading *r, const struct field_place *at, const json_t *json,
			int64_t least, int64_t most, int64_t *number_r)
{
	int64_t number = json_integer_value(json);

	if (json_is_string(json) && is_time(at)) {
		if (!time_of_text(json_string_value(json), &number))
			return fault(r, at, "a time like 2026-05-01T14:03:22Z is expected");
	} else if (!json_is_integer(json)) {
		return fault(r, at, "a whole number is expected");
	}
	if (number < least || number > most)
		return fault(r, at, "a number from %lld to %lld is expected", (long long)least,
			     (long long)most);
	*number_r = number;
	return true;
}

/* Beyond int64 JSON has no integers here: a text of digits. */
static bool read_digits(const json_t *json, uint64_t *number_r)
{
	const char *text = json_string_value(json);
	size_t len = text == NULL ? 0 : strspn(text, "0123456789");

	if (len == 0 || text[len] != '\0')
		return false;
	errno = 0;
	*number_r = strtoull(text, NULL, 10);
	return errno == 0;
}

static bool read_number(const struct reading *r, const struct field_place *at, const json_t *json,
			void *value_r)
{
	int64_t number;
	uint64_t natural;

	switch (at->field->type) {
	case PROTOBUF_C_TYPE_UINT64:
	case PROTOBUF_C_TYPE_FIXED64:
		if (read_digits(json, &natural)) {
			memcpy(value_r, &natural, sizeof natural);
			return true;
		}
		if (!read_signed(r, at, json, 0, INT64_MAX, &number))
			return false;
		memcpy(value_r, &number, sizeof number);
		return true;
	case PROTOBUF_C_TYPE_UINT32:
	case PROTOBUF_C_TYPE_FIXED32:
		if (!read_signed(r, at, json, 0, UINT32_MAX, &number))
			return false;
		memcpy(value_r, &(uint32_t){(uint32_t)number}, sizeof(uint32_t));
		return true;
	case PROTOBUF_C_TYPE_INT64:
	case PROTOBUF_C_TYPE_SINT64:
	case PROTOBUF_C_TYPE_SFIXED64:
		if (!read_signed(r, at, json, INT64_MIN, INT64_MAX, &number))
			return false;
		memcpy(value_r, &number, sizeof number);
		return true;
	default:
		if (!read_signed(r, at, json, INT32_MIN, INT32_MAX, &number))
			return false;
		memcpy(value_r, &(int32_t){(int32_t)number}, sizeof(int32_t));
		return true;
	}
}

static ProtobufCMessage *read_message(const struct reading *r, const struct field_place *at,
				      const ProtobufCMessageDescriptor *type, const json_t *json);

static bool read_value(const struct reading *r, const struct field_place *at, const json_t *json,
		       void *value_r)
{
	ProtobufCMessage *message;

	switch (at->field->type) {
	case PROTOBUF_C_TYPE_STRING:
		return read_text(r, at, json, value_r);
	case PROTOBUF_C_TYPE_BYTES:
		return read_bytes(r, at, json, value_r);
	case PROTOBUF_C_TYPE_ENUM:
		return read_enum(r, at, json, value_r);
	case PROTOBUF_C_TYPE_BOOL:
		return read_bool(r, at, json, value_r);
	case PROTOBUF_C_TYPE_FLOAT:
	case PROTOBUF_C_TYPE_DOUBLE:
		return read_real(r, at, json, value_r);
	case PROTOBUF_C_TYPE_MESSAGE:
		message = read_message(r, at, at->field->descriptor, json);
		memcpy(value_r, &message, sizeof message);
		return message != NULL;
	default:
		return read_number(r, at, json, value_r);
	}
}

/* ---- members ---- */

static bool read_list(const struct reading *r, struct field_place *at, const json_t *json,
		      ProtobufCMessage *m)
{
	uint8_t *base = (uint8_t *)m, *values;
	size_t n = json_array_size(json), size = field_size(at->field->type);

	if (!json_is_array(json)) {
		at->element = FIELD_WHOLE;
		return fault(r, at, "a list is expected");
	}
	values = arena_zalloc(r->arena, n * size);
	for (; at->element < n; at->element++)
		if (!read_value(r, at, json_array_get(json, at->element),
				values + at->element * size))
			return false;
	memcpy(base + at->field->quantifier_offset, &n, sizeof n);
	memcpy(base + at->field->offset, &values, sizeof values);
	return true;
}

static bool read_member(const struct reading *r, struct field_place *at, const json_t *json,
			ProtobufCMessage *m)
{
	uint8_t *base = (uint8_t *)m;
	uint32_t set;

	if (json_is_null(json))
		return true;
	if (at->field->label == PROTOBUF_C_LABEL_REPEATED)
		return read_list(r, at, json, m);
	if (field_in_oneof(at->field)) {
		memcpy(&set, base + at->field->quantifier_offset, sizeof set);
		if (set != 0)
			return fault(r, at, "only one of its kind may be given");
		memcpy(base + at->field->quantifier_offset, &at->field->id, sizeof set);
	}
	return read_value(r, at, json, base + at->field->offset);
}

/* Recursion ends: no message type contains itself (tests/checks/acyclic.c). */
static ProtobufCMessage *read_message(const struct reading *r, const struct field_place *at,
				      const ProtobufCMessageDescriptor *type, const json_t *json)
{
	ProtobufCMessage *m = arena_zalloc(r->arena, type->sizeof_message);
	const char *name;
	json_t *object, *member;

	if (!json_is_object(json)) {
		fault(r, at, "an object with the fields of %s is expected", type->name);
		return NULL;
	}
	memcpy(&object, &json,
	       sizeof object); /* jansson's loop wants it writable, and only reads */
	type->message_init(m);
	json_object_foreach(object, name, member)
	{
		struct field_place inner = {.in = at};

		inner.field = protobuf_c_message_descriptor_get_field_by_name(type, name);
		if (inner.field == NULL) {
			fault(r, at, "%s has no field %.40s", type->name, name);
			return NULL;
		}
		if (!read_member(r, &inner, member, m))
			return NULL;
	}
	return m;
}

ProtobufCMessage *message_of_json(const ProtobufCMessageDescriptor *type, const json_t *json,
				  struct arena *arena, char *text_r)
{
	struct reading r = {arena, text_r};

	return read_message(&r, NULL, type, json);
}
