/*
 * Ids: 16 bytes, UUIDv7 (RFC 9562), sortable by time, made at the edge.
 *
 * A struct id owns its bytes; a struct bytes of length 16 borrows them. What people name in
 * their own words (an entry "lit-101", an issuer, a policy) gets a stable id from its name,
 * shaped as UUIDv8, so that every table has keys of one shape.
 */
#ifndef CAIRN_ID_H
#define CAIRN_ID_H

#include "libshared/bytes.h"

#define ID_LEN 16
#define ID_TEXT_LEN 36

struct id {
	uint8_t b[ID_LEN];
};

struct id_text {
	char s[ID_TEXT_LEN + 1];
};

extern const struct id ID_NONE;

/* 16 bytes, not all zero. */
bool is_id(struct bytes b);
/* A UUIDv7 by its version and variant bits. */
bool is_timed_id(struct bytes b);
/* The moment in a UUIDv7, in microseconds (its resolution is a millisecond). */
int64_t id_time_us(struct bytes id);

struct bytes bytes_of_id(const struct id *id);
/* b must be is_id() or empty; empty gives ID_NONE. */
struct id id_of_bytes(struct bytes b);
bool id_equal(const struct id *a, const struct id *b);
bool id_is_none(const struct id *id);

struct id_text id_text(struct bytes id);
#define ID_STR(bytes) (id_text(bytes).s)
/* From 36 characters with dashes, or 32 hex digits. */
bool id_of_text(const char *text, struct id *id_r) MUST_CHECK;

/* Stable id of a name: BLAKE2b of "kind:name", shaped as UUIDv8. */
struct id id_of_name(const char *kind, const char *name);

/* UUIDv7 of now_us whose other 74 bits come from noise (10 bytes). */
struct id id_shaped(int64_t now_us, const uint8_t noise[10]);

/* Random UUIDv7s, monotone within the process: only at the edge, never in a rule. */
struct id_maker {
	int64_t last_ms;
	uint16_t counter;
};
struct id id_make(struct id_maker *m, int64_t now_us);

#endif
