/* Messages as JSON objects, and as lines for a person. */
#include "libshared/json.h"

#include "libshared/fields.h"
#include "libshared/id.h"

#include <inttypes.h>
#include <math.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#define HASH_LEN 32
#define BASE64 sodium_base64_VARIANT_ORIGINAL
/* 2000-01-01 and 2100-01-01: what a person takes for a time; a duration is shorter. */
#define TIME_LEAST (INT64_C(946684800) * US_PER_S)
#define TIME_MOST (INT64_C(4102444800) * US_PER_S)

/* ---- values ---- */

/* A number that is zero, no text, no bytes: what a message that was never given the field has. */
static bool is_absent(const ProtobufCFieldDescriptor *field, const void *value)
{
	static const uint8_t zeros[8];
	ProtobufCBinaryData data;
	const char *text;

	if (field->label == PROTOBUF_C_LABEL_REPEATED || field_in_oneof(field))
		return false;
	switch (field->type) {
	case PROTOBUF_C_TYPE_MESSAGE:
		return false; /* it is not NULL */
	case PROTOBUF_C_TYPE_STRING:
		memcpy(&text, value, sizeof text);
		return text == NULL || text[0] == '\0';
	case PROTOBUF_C_TYPE_BYTES:
		memcpy(&data, value, sizeof data);
		return data.len == 0;
	default:
		return memcmp(value, zeros, field_size(field->type)) == 0;
	}
}

/* Of malloc. */
static char *text_of_bytes(struct bytes b)
{
	size_t len = sodium_base64_encoded_len(b.len, BASE64); /* with the NUL */
	char *text = malloc(MAX(len, (size_t)(2 * HASH_LEN + 1)));

	ENSURE(text != NULL);
	if (b.len == ID_LEN)
		memcpy(text, ID_STR(b), ID_TEXT_LEN + 1);
	else if (b.len == HASH_LEN)
		hex_of_bytes(b, text);
	else
		sodium_bin2base64(text, len, b.data, b.len, BASE64);
	return text;
}

static double double_of(ProtobufCType type, const void *value)
{
	double number;
	float single;

	if (type == PROTOBUF_C_TYPE_FLOAT) {
		memcpy(&single, value, sizeof single);
		return (double)single;
	}
	memcpy(&number, value, sizeof number);
	return number;
}

static uint64_t unsigned_of(ProtobufCType type, const void *value)
{
	uint64_t number;
	uint32_t half;

	if (field_size(type) == sizeof half) {
		memcpy(&half, value, sizeof half);
		return half;
	}
	memcpy(&number, value, sizeof number);
	return number;
}

static int64_t signed_of(ProtobufCType type, const void *value)
{
	int64_t number;
	int32_t half;

	if (field_size(type) == sizeof half) {
		memcpy(&half, value, sizeof half);
		return half;
	}
	memcpy(&number, value, sizeof number);
	return number;
}

static const char *enum_name(const ProtobufCFieldDescriptor *field, const void *value)
{
	const ProtobufCEnumValue *known;
	int number;

	memcpy(&number, value, sizeof number);
	known = protobuf_c_enum_descriptor_get_value(field->descriptor, number);
	return known != NULL ? known->name : NULL;
}

/* ---- JSON ---- */

static json_t *json_of_text(const char *text)
{
	json_t *json = json_string(text != NULL ? text : "");

	return json != NULL ? json : json_string("(not UTF-8)");
}

static json_t *json_of_bytes(const void *value)
{
	AUTO(free_ptr) char *text = NULL;
	ProtobufCBinaryData data;

	memcpy(&data, value, sizeof data);
	text = text_of_bytes(bytes_of_pb(data));
	return json_string(text);
}

static json_t *json_of_unsigned(uint64_t number)
{
	char text[24];

	if (number <= INT64_MAX)
		return json_integer((json_int_t)number);
	snprintf(text, sizeof text, "%" PRIu64, number);
	return json_string(text);
}

static json_t *json_of_double(double number)
{
	return isfinite(number) ? json_real(number) : json_null();
}

static json_t *json_of_value(const ProtobufCFieldDescriptor *field, const void *value)
{
	const ProtobufCMessage *message;
	const char *text;

	switch (field->type) {
	case PROTOBUF_C_TYPE_STRING:
		memcpy(&text, value, sizeof text);
		return json_of_text(text);
	case PROTOBUF_C_TYPE_BYTES:
		return json_of_bytes(value);
	case PROTOBUF_C_TYPE_MESSAGE:
		memcpy(&message, value, sizeof message);
		return json_of_message(message);
	case PROTOBUF_C_TYPE_ENUM:
		text = enum_name(field, value);
		return text != NULL ? json_string(text)
				    : json_integer(signed_of(field->type, value));
	case PROTOBUF_C_TYPE_BOOL:
		return json_boolean(unsigned_of(field->type, value) != 0);
	case PROTOBUF_C_TYPE_FLOAT:
	case PROTOBUF_C_TYPE_DOUBLE:
		return json_of_double(double_of(field->type, value));
	case PROTOBUF_C_TYPE_UINT32:
	case PROTOBUF_C_TYPE_FIXED32:
	case PROTOBUF_C_TYPE_UINT64:
	case PROTOBUF_C_TYPE_FIXED64:
		return json_of_unsigned(unsigned_of(field->type, value));
	default:
		return json_integer(signed_of(field->type, value));
	}
}

static json_t *json_of_list(const ProtobufCFieldDescriptor *field, const void *value, size_t n)
{
	json_t *list = json_array();

	for (size_t i = 0; i < n; i++, value = field_next(field, value))
		ENSURE(json_array_append_new(list, json_of_value(field, value)) == 0);
	return list;
}

json_t *json_of_message(const ProtobufCMessage *message)
{
	json_t *object = json_object();

	ENSURE(object != NULL);
	for (unsigned f = 0; f < message->descriptor->n_fields; f++) {
		const ProtobufCFieldDescriptor *field = &message->descriptor->fields[f];
		const void *value;
		size_t n = field_values(message, field, &value);
		json_t *member;

		if (n == 0 || is_absent(field, value))
			continue;
		member = field->label == PROTOBUF_C_LABEL_REPEATED ? json_of_list(field, value, n)
								   : json_of_value(field, value);
		ENSURE(json_object_set_new(object, field->name, member) == 0);
	}
	return object;
}

/* ---- lines ---- */

/* A line feed goes on below, indented; no other control reaches the terminal. */
static void print_text(FILE *out, const char *text, int indent)
{
	for (; *text != '\0'; text++) {
		unsigned char c = (unsigned char)*text;

		if (c == '\n')
			fprintf(out, "\n%*s", indent, "");
		else
			putc((c < 0x20 && c != '\t') || c == 0x7f ? '?' : c, out);
	}
}

static void print_bytes(FILE *out, const void *value)
{
	AUTO(free_ptr) char *text = NULL;
	ProtobufCBinaryData data;

	memcpy(&data, value, sizeof data);
	if (data.len > HASH_LEN) {
		fprintf(out, "(%zu bytes)", data.len);
		return;
	}
	text = text_of_bytes(bytes_of_pb(data));
	fputs(text, out);
}

static bool is_unsigned(ProtobufCType type)
{
	return type == PROTOBUF_C_TYPE_UINT32 || type == PROTOBUF_C_TYPE_FIXED32 ||
	       type == PROTOBUF_C_TYPE_UINT64 || type == PROTOBUF_C_TYPE_FIXED64;
}

static void print_time_twin(FILE *out, const char *name, int64_t number)
{
	size_t len = strlen(name);
	char text[32];

	if (len < 3 || strcmp(name + len - 3, "_us") != 0 || number < TIME_LEAST ||
	    number >= TIME_MOST)
		return;
	time_text(number, text);
	fprintf(out, " (%s)", text);
}

static void print_number(FILE *out, const ProtobufCFieldDescriptor *field, const void *value)
{
	if (is_unsigned(field->type)) {
		uint64_t number = unsigned_of(field->type, value);

		fprintf(out, "%" PRIu64, number);
		print_time_twin(out, field->name, (int64_t)MIN(number, (uint64_t)INT64_MAX));
	} else {
		fprintf(out, "%" PRId64, signed_of(field->type, value));
		print_time_twin(out, field->name, signed_of(field->type, value));
	}
}

/* What fits on the field's line: all but messages. */
static void print_value(FILE *out, const ProtobufCFieldDescriptor *field, const void *value,
			int indent)
{
	const char *text;

	switch (field->type) {
	case PROTOBUF_C_TYPE_STRING:
		memcpy(&text, value, sizeof text);
		print_text(out, text != NULL ? text : "", indent + 2);
		return;
	case PROTOBUF_C_TYPE_BYTES:
		print_bytes(out, value);
		return;
	case PROTOBUF_C_TYPE_ENUM:
		text = enum_name(field, value);
		if (text != NULL)
			fputs(text, out);
		else
			fprintf(out, "%" PRId64, signed_of(field->type, value));
		return;
	case PROTOBUF_C_TYPE_BOOL:
		fputs(unsigned_of(field->type, value) != 0 ? "yes" : "no", out);
		return;
	case PROTOBUF_C_TYPE_FLOAT:
	case PROTOBUF_C_TYPE_DOUBLE:
		fprintf(out, "%g", double_of(field->type, value));
		return;
	default:
		print_number(out, field, value);
	}
}

void message_print(FILE *out, const ProtobufCMessage *message, int indent)
{
	for (unsigned f = 0; f < message->descriptor->n_fields; f++) {
		const ProtobufCFieldDescriptor *field = &message->descriptor->fields[f];
		const void *value;
		size_t n = field_values(message, field, &value);

		for (size_t i = 0; i < n; i++, value = field_next(field, value)) {
			const ProtobufCMessage *inner;

			if (is_absent(field, value))
				continue;
			fprintf(out, "%*s%s:", indent, "", field->name);
			if (field->type == PROTOBUF_C_TYPE_MESSAGE) {
				memcpy(&inner, value, sizeof inner);
				putc('\n', out);
				message_print(out, inner, indent + 2);
			} else {
				putc(' ', out);
				print_value(out, field, value, indent);
				putc('\n', out);
			}
		}
	}
}
