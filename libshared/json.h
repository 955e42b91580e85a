/*
 * Messages as JSON and back, driven by their descriptors: for cairnctl, logs and the simulation's
 * traces.
 *
 * Field names stay as in the proto. bytes of 16 print as a UUID, of 32 as hex, all others as
 * base64; enum values by name (a number nobody knows as a number); int64 and uint64 as JSON
 * numbers, but a uint64 beyond int64 as a text of digits; a float that is no number as null. Absent
 * members are left out; a oneof shows its set member only, even when that is zero.
 *
 * Read back, a number may also be what it prints as; a field that ends in _us also takes an ISO
 * 8601 time; null is absent.
 */
#ifndef CAIRN_JSON_H
#define CAIRN_JSON_H

#include "libshared/arena.h"

#include <jansson.h>
#include <stdio.h>

/* A new reference. */
json_t *json_of_message(const ProtobufCMessage *message);
/* A message in the arena. NULL: text_r (at least 200 bytes) says where and why. Unknown members are
 * an error that names them. */
ProtobufCMessage *message_of_json(const ProtobufCMessageDescriptor *type, const json_t *json,
				  struct arena *arena, char *text_r);

/* Indented lines "name: value" for a person, to a file. A time of this century is followed by its
 * ISO 8601 twin, long bytes are told by their length, control characters become '?'. */
void message_print(FILE *out, const ProtobufCMessage *message, int indent);

/* "2026-05-01T14:03:22Z" (or with milliseconds) of microseconds since 1970; text_r holds 32 bytes.
 */
void time_text(int64_t at_us, char text_r[32]);
/* From that form, or with up to six decimals or an offset ("+02:00") instead of Z. */
bool time_of_text(const char *text, int64_t *at_us_r) MUST_CHECK;

#endif
