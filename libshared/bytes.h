/*
 * Borrowed bytes: a pointer and a length, passed by value, never owned.
 *
 * Also the fixed-width encodings that keys and records use: big-endian where order matters
 * (keys), little-endian in rows and record headers.
 */
#ifndef CAIRN_BYTES_H
#define CAIRN_BYTES_H

#include "libshared/base.h"

#include <protobuf-c/protobuf-c.h>

struct bytes {
	const uint8_t *data;
	size_t len;
};

#define BYTES_NONE ((struct bytes){NULL, 0})
/* The bytes of an array or a struct, whole. */
#define BYTES_OF(object) ((struct bytes){(const uint8_t *)&(object), sizeof(object)})

struct bytes bytes_of_pb(ProtobufCBinaryData data);
struct bytes bytes_of_text(const char *text); /* without the NUL */
/* The field borrows what b borrows; protobuf-c wants it non-const and does not write it. */
ProtobufCBinaryData pb_of_bytes(struct bytes b);

bool bytes_equal(struct bytes a, struct bytes b);
int bytes_compare(struct bytes a, struct bytes b); /* as memcmp, a prefix first */
bool bytes_all_zero(struct bytes b);

void put_u16_be(uint8_t *at, uint16_t value);
void put_u32_be(uint8_t *at, uint32_t value);
void put_u64_be(uint8_t *at, uint64_t value);
uint16_t get_u16_be(const uint8_t *at);
uint32_t get_u32_be(const uint8_t *at);
uint64_t get_u64_be(const uint8_t *at);
void put_u16_le(uint8_t *at, uint16_t value);
void put_u32_le(uint8_t *at, uint32_t value);
void put_u64_le(uint8_t *at, uint64_t value);
uint16_t get_u16_le(const uint8_t *at);
uint32_t get_u32_le(const uint8_t *at);
uint64_t get_u64_le(const uint8_t *at);

/* Lower-case hex; text_r holds 2 * b.len + 1 bytes. */
void hex_of_bytes(struct bytes b, char *text_r);
/* Exactly len bytes from 2 * len hex digits of either case; false if text is anything else. */
bool bytes_of_hex(const char *text, uint8_t *data_r, size_t len) MUST_CHECK;

#endif
