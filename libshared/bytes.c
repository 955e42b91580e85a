/* Borrowed bytes, and fixed-width integers in them. */
#include "libshared/bytes.h"

#include <string.h>

struct bytes bytes_of_pb(ProtobufCBinaryData data)
{
	return (struct bytes){data.data, data.len};
}

struct bytes bytes_of_text(const char *text)
{
	return (struct bytes){(const uint8_t *)text, strlen(text)};
}

ProtobufCBinaryData pb_of_bytes(struct bytes b)
{
	ProtobufCBinaryData data = {.len = b.len};

	memcpy(&data.data, &b.data, sizeof data.data);
	return data;
}

bool bytes_equal(struct bytes a, struct bytes b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

int bytes_compare(struct bytes a, struct bytes b)
{
	size_t common = MIN(a.len, b.len);
	int order = common == 0 ? 0 : memcmp(a.data, b.data, common);

	return order != 0 ? order : (a.len > b.len) - (a.len < b.len);
}

bool bytes_all_zero(struct bytes b)
{
	for (size_t i = 0; i < b.len; i++)
		if (b.data[i] != 0)
			return false;
	return true;
}

static void put_be(uint8_t *at, uint64_t value, size_t width)
{
	for (size_t i = width; i > 0; i--, value >>= 8)
		at[i - 1] = (uint8_t)value;
}

static uint64_t get_be(const uint8_t *at, size_t width)
{
	uint64_t value = 0;

	for (size_t i = 0; i < width; i++)
		value = value << 8 | at[i];
	return value;
}

static void put_le(uint8_t *at, uint64_t value, size_t width)
{
	for (size_t i = 0; i < width; i++, value >>= 8)
		at[i] = (uint8_t)value;
}

static uint64_t get_le(const uint8_t *at, size_t width)
{
	uint64_t value = 0;

	for (size_t i = width; i > 0; i--)
		value = value << 8 | at[i - 1];
	return value;
}

void put_u16_be(uint8_t *at, uint16_t value)
{
	put_be(at, value, sizeof value);
}

void put_u32_be(uint8_t *at, uint32_t value)
{
	put_be(at, value, sizeof value);
}

void put_u64_be(uint8_t *at, uint64_t value)
{
	put_be(at, value, sizeof value);
}

uint16_t get_u16_be(const uint8_t *at)
{
	return (uint16_t)get_be(at, sizeof(uint16_t));
}

uint32_t get_u32_be(const uint8_t *at)
{
	return (uint32_t)get_be(at, sizeof(uint32_t));
}

uint64_t get_u64_be(const uint8_t *at)
{
	return get_be(at, sizeof(uint64_t));
}

void put_u16_le(uint8_t *at, uint16_t value)
{
	put_le(at, value, sizeof value);
}

void put_u32_le(uint8_t *at, uint32_t value)
{
	put_le(at, value, sizeof value);
}

void put_u64_le(uint8_t *at, uint64_t value)
{
	put_le(at, value, sizeof value);
}

uint16_t get_u16_le(const uint8_t *at)
{
	return (uint16_t)get_le(at, sizeof(uint16_t));
}

uint32_t get_u32_le(const uint8_t *at)
{
	return (uint32_t)get_le(at, sizeof(uint32_t));
}

uint64_t get_u64_le(const uint8_t *at)
{
	return get_le(at, sizeof(uint64_t));
}

void hex_of_bytes(struct bytes b, char *text_r)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < b.len; i++) {
		text_r[2 * i] = digits[b.data[i] >> 4];
		text_r[2 * i + 1] = digits[b.data[i] & 15];
	}
	text_r[2 * b.len] = '\0';
}

static int digit_of_hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

bool bytes_of_hex(const char *text, uint8_t *data_r, size_t len)
{
	if (strlen(text) != 2 * len)
		return false;
	for (size_t i = 0; i < len; i++) {
		int high = digit_of_hex(text[2 * i]), low = digit_of_hex(text[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		data_r[i] = (uint8_t)(high << 4 | low);
	}
	return true;
}
