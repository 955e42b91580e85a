/*
 * Walking over a message by its descriptor: where its values lie in memory.
 *
 *	for (unsigned f = 0; f < m->descriptor->n_fields; f++) {
 *		const ProtobufCFieldDescriptor *field = &m->descriptor->fields[f];
 *		const void *value;
 *		size_t n = field_values(m, field, &value);
 *		for (size_t i = 0; i < n; i++, value = field_next(field, value))
 *
 * value points to a char *, a ProtobufCBinaryData, an int (enum), a ProtobufCMessage * or a number,
 * as field->type says; memcpy() takes it out.
 */
#ifndef CAIRN_FIELDS_H
#define CAIRN_FIELDS_H

#include "libshared/base.h"

#include <protobuf-c/protobuf-c.h>

/* How many values there are: of a repeated field its elements, of a oneof's member that is not set
 * and of an absent message none, else one (a number that is absent is a zero). */
size_t field_values(const ProtobufCMessage *m, const ProtobufCFieldDescriptor *field,
		    const void **value_r);
const void *field_next(const ProtobufCFieldDescriptor *field, const void *value);
/* Bytes of one value. */
size_t field_size(ProtobufCType type);
bool field_in_oneof(const ProtobufCFieldDescriptor *field);

#define FIELD_WHOLE SIZE_MAX

/* Where a walk stands: one for each message around it, on the stack; spelled out only for a fault.
 */
struct field_place {
	const struct field_place *in; /* NULL: a field of the outer message */
	const ProtobufCFieldDescriptor *field;
	size_t element; /* of a repeated field; FIELD_WHOLE: all of it */
};
/* "entry.others[2].title", cut to fit; returns its length. */
size_t field_path(const struct field_place *at, char *text_r, size_t room);

#endif
