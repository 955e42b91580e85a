/* Where the values of a message's fields lie. */
#include "libshared/fields.h"

#include <stdio.h>
#include <string.h>

size_t field_size(ProtobufCType type)
{
	switch (type) {
	case PROTOBUF_C_TYPE_STRING:
		return sizeof(char *);
	case PROTOBUF_C_TYPE_BYTES:
		return sizeof(ProtobufCBinaryData);
	case PROTOBUF_C_TYPE_MESSAGE:
		return sizeof(ProtobufCMessage *);
	case PROTOBUF_C_TYPE_BOOL:
		return sizeof(protobuf_c_boolean);
	case PROTOBUF_C_TYPE_INT64:
	case PROTOBUF_C_TYPE_SINT64:
	case PROTOBUF_C_TYPE_SFIXED64:
	case PROTOBUF_C_TYPE_UINT64:
	case PROTOBUF_C_TYPE_FIXED64:
	case PROTOBUF_C_TYPE_DOUBLE:
		return 8;
	default: /* enums and numbers of 32 bits */
		return 4;
	}
}

bool field_in_oneof(const ProtobufCFieldDescriptor *field)
{
	return (field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0;
}

size_t field_values(const ProtobufCMessage *m, const ProtobufCFieldDescriptor *field,
		    const void **value_r)
{
	const uint8_t *base = (const uint8_t *)m;
	const void *message;
	uint32_t set;
	size_t n;

	*value_r = base + field->offset;
	if (field->label == PROTOBUF_C_LABEL_REPEATED) {
		memcpy(&n, base + field->quantifier_offset, sizeof n);
		memcpy(value_r, base + field->offset, sizeof *value_r);
		return n;
	}
	if (field_in_oneof(field)) {
		memcpy(&set, base + field->quantifier_offset, sizeof set);
		if (set != field->id)
			return 0;
	}
	if (field->type == PROTOBUF_C_TYPE_MESSAGE) {
		memcpy(&message, *value_r, sizeof message);
		return message != NULL;
	}
	return 1;
}

const void *field_next(const ProtobufCFieldDescriptor *field, const void *value)
{
	return (const uint8_t *)value + field_size(field->type);
}

size_t field_path(const struct field_place *at, char *text_r, size_t room)
{
	size_t used = at->in != NULL ? field_path(at->in, text_r, room) : 0;
	int more;

	if (used + 1 >= room)
		return used;
	more = snprintf(text_r + used, room - used, "%s%s", used > 0 ? "." : "", at->field->name);
	used = MIN(used + (size_t)more, room - 1);
	if (at->field->label == PROTOBUF_C_LABEL_REPEATED && at->element != FIELD_WHOLE) {
		more = snprintf(text_r + used, room - used, "[%zu]", at->element);
		used = MIN(used + (size_t)more, room - 1);
	}
	return used;
}
