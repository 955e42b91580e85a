/*
 * Messages as JSON and back, driven by their descriptors: for cairnctl, logs and the simulation's
 * traces.
 *
 * Field names stay as in the proto. bytes of 16 print as a UUID, of 32 as hex, all others as base64;
 * enum values by name; int64 and uint64 as JSON numbers; a field that ends in _us prints as a number
 * and, for people, is followed by an ISO 8601 twin in message_print(). Absent members are left out;
 * a oneof shows its set member only.
 */
#ifndef CAIRN_JSON_H
#define CAIRN_JSON_H

#include "libshared/arena.h"

#include <jansson.h>

/* A new reference. */
json_t *json_of_message(const ProtobufCMessage *message);
/* A message in the arena. NULL: text_r (at least 200 bytes) says where and why. Unknown members are an
 * error that names them. */
ProtobufCMessage *message_of_json(const ProtobufCMessageDescriptor *type, const json_t *json,
				  struct arena *arena, char *text_r);
/* Indented lines "name: value" for a person, to a file. */
#include <stdio.h>
void message_print(FILE *out, const ProtobufCMessage *message, int indent);

/* "2026-05-01T14:03:22Z" (or with milliseconds) of microseconds since 1970; text_r holds 32 bytes. */
void time_text(int64_t at_us, char text_r[32]);
bool time_of_text(const char *text, int64_t *at_us_r) MUST_CHECK;

#endif
