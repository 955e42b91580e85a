/* Compact JSON text. */
#include "libshared/json_text.h"

#include <stdio.h>

static const char short_escapes[128] = {
	['"'] = '"',  ['\\'] = '\\', ['\b'] = 'b', ['\f'] = 'f',
	['\n'] = 'n', ['\r'] = 'r',  ['\t'] = 't',
};

static void put_escape(struct buffer *b, uint8_t byte)
{
	char text[8];

	if (short_escapes[byte] != 0) {
		buffer_char(b, '\\');
		buffer_char(b, short_escapes[byte]);
		return;
	}
	snprintf(text, sizeof text, "\\u%04x", byte);
	buffer_puts(b, text);
}

void json_put_string(struct buffer *b, struct bytes text)
{
	size_t from = 0;

	buffer_char(b, '"');
	for (size_t i = 0; i < text.len; i++) {
		uint8_t byte = text.data[i];

		if (byte >= 0x20 && byte != '"' && byte != '\\')
			continue;
		buffer_put(b, text.data + from, i - from);
		put_escape(b, byte);
		from = i + 1;
	}
	if (text.len > from)
		buffer_put(b, text.data + from, text.len - from);
	buffer_char(b, '"');
}

static void put_object(struct buffer *b, json_t *json, const struct json_known *known)
{
	const char *name, *comma = "";
	json_t *value;

	buffer_char(b, '{');
	json_object_foreach(json, name, value)
	{
		buffer_puts(b, comma);
		json_put_string(b, bytes_of_text(name));
		buffer_char(b, ':');
		json_put(b, value, known);
		comma = ",";
	}
	buffer_char(b, '}');
}

static void put_array(struct buffer *b, json_t *json, const struct json_known *known)
{
	buffer_char(b, '[');
	for (size_t i = 0; i < json_array_size(json); i++) {
		if (i > 0)
			buffer_char(b, ',');
		json_put(b, json_array_get(json, i), known);
	}
	buffer_char(b, ']');
}

static void put_number(struct buffer *b, const json_t *json)
{
	char text[32];

	if (json_is_integer(json))
		snprintf(text, sizeof text, "%" JSON_INTEGER_FORMAT, json_integer_value(json));
	else
		snprintf(text, sizeof text, "%.15g", json_real_value(json));
	buffer_puts(b, text);
}

void json_put(struct buffer *b, json_t *json, const struct json_known *known)
{
	if (known != NULL && json == known->json) {
		buffer_put(b, known->text.data, known->text.len);
		return;
	}
	switch (json_typeof(json)) {
	case JSON_OBJECT:
		put_object(b, json, known);
		return;
	case JSON_ARRAY:
		put_array(b, json, known);
		return;
	case JSON_STRING:
		json_put_string(b, (struct bytes){(const uint8_t *)json_string_value(json),
						  json_string_length(json)});
		return;
	case JSON_INTEGER:
	case JSON_REAL:
		put_number(b, json);
		return;
	case JSON_TRUE:
		buffer_puts(b, "true");
		return;
	case JSON_FALSE:
		buffer_puts(b, "false");
		return;
	case JSON_NULL:
		buffer_puts(b, "null");
		return;
	}
}
