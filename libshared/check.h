/*
 * The door: bytes from outside become a message only through here.
 *
 * message_unpack() unpacks into the arena under a cap (64 KiB + 16 times the frame, at most 4 MiB),
 * then checks every field: UTF-8 without control characters but line feed and tab, lengths, enum
 * ranges, element counts, and that there are no unknown fields, unless the caller allows them. Last
 * it refuses what does not pack back to the same size, which catches a NUL inside a string and a
 * field that was sent twice. The fault names the field.
 */
#ifndef CAIRN_CHECK_H
#define CAIRN_CHECK_H

#include "libshared/arena.h"

struct limits {
	size_t string_bytes; /* of one string */
	size_t bytes_bytes;  /* of one bytes field */
	size_t n_elements;   /* of one repeated field */
	bool unknown_fields; /* allowed (events of a newer version), else refused */
};

extern const struct limits COMMAND_LIMITS; /* 20,000 / 600 KiB / 1,000 / refused */
extern const struct limits EVENT_LIMITS; /* 64 KiB / 1 MiB / 10,000 / allowed; also a neighbour's */

struct message_fault {
	char text[200]; /* "enroll.educator: ...": what is wrong and what is expected */
	bool newer; /* only an enum value that a newer version may know, where unknown fields are
		       allowed: treat the event as of unknown kind, not as damaged */
};

/* NULL: fault_r says why. The message lives as long as the arena and is never freed. */
ProtobufCMessage *message_unpack(const ProtobufCMessageDescriptor *type, struct bytes raw,
				 const struct limits *limits, struct arena *arena,
				 struct message_fault *fault_r);
/* A row of ours, which was checked before it was written, and is not checked again. A damaged page
 * stops the process. */
const ProtobufCMessage *message_unpack_own(const ProtobufCMessageDescriptor *type, struct bytes raw,
					   struct arena *arena);
struct bytes message_pack(const ProtobufCMessage *message, struct arena *arena);

/* Valid UTF-8 without NUL and controls (C0, DEL, C1) other than \n and \t. */
bool text_is_clean(const char *text, size_t len);
/* Runs between white space that hold a letter or a digit, as a reader would count words:
 * "well-known" is one, a dash or a bullet by itself is none. */
uint32_t count_words(struct bytes text);

#endif
