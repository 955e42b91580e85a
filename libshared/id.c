/* UUIDv7 and UUIDv8: shape, text, time, and making them. */
#include "libshared/id.h"

#include <sodium.h>
#include <string.h>

const struct id ID_NONE = {{0}};

bool is_id(struct bytes b)
{
	return b.len == ID_LEN && !bytes_all_zero(b);
}

bool is_timed_id(struct bytes b)
{
	return b.len == ID_LEN && b.data[6] >> 4 == 7 && b.data[8] >> 6 == 2;
}

int64_t id_time_us(struct bytes id)
{
	return (int64_t)(get_u64_be(id.data) >> 16) * US_PER_MS;
}

struct bytes bytes_of_id(const struct id *id)
{
	return (struct bytes){id->b, ID_LEN};
}

struct id id_of_bytes(struct bytes b)
{
	struct id id = ID_NONE;

	ENSURE(b.len == ID_LEN || b.len == 0);
	if (b.len == ID_LEN)
		memcpy(id.b, b.data, ID_LEN);
	return id;
}

bool id_equal(const struct id *a, const struct id *b)
{
	return memcmp(a->b, b->b, ID_LEN) == 0;
}

bool id_is_none(const struct id *id)
{
	return id_equal(id, &ID_NONE);
}

struct id_text id_text(struct bytes id)
{
	static const uint8_t groups[] = {4, 2, 2, 2, 6};
	struct id_text text = {"-"};
	char *at = text.s;

	if (id.len != ID_LEN)
		return text;
	for (size_t g = 0; g < ARRAY_LEN(groups); g++) {
		hex_of_bytes((struct bytes){id.data, groups[g]}, at);
		id.data += groups[g];
		at += 2 * groups[g];
		*at++ = g + 1 < ARRAY_LEN(groups) ? '-' : '\0';
	}
	return text;
}

bool id_of_text(const char *text, struct id *id_r)
{
	char hex[2 * ID_LEN + 1];
	size_t n = 0, len = strlen(text);

	if (len != ID_TEXT_LEN)
		return bytes_of_hex(text, id_r->b, ID_LEN);
	for (size_t i = 0; i < len; i++) {
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;

		if (dash != (text[i] == '-'))
			return false;
		if (!dash)
			hex[n++] = text[i];
	}
	hex[n] = '\0';
	return bytes_of_hex(hex, id_r->b, ID_LEN);
}

static void set_version(struct id *id, uint8_t version)
{
	id->b[6] = (uint8_t)((id->b[6] & 0x0f) | version << 4);
	id->b[8] = (uint8_t)((id->b[8] & 0x3f) | 0x80);
}

struct id id_of_name(const char *kind, const char *name)
{
	crypto_generichash_state state;
	struct id id;

	crypto_generichash_init(&state, NULL, 0, ID_LEN);
	crypto_generichash_update(&state, (const uint8_t *)kind, strlen(kind));
	crypto_generichash_update(&state, (const uint8_t *)":", 1);
	crypto_generichash_update(&state, (const uint8_t *)name, strlen(name));
	crypto_generichash_final(&state, id.b, ID_LEN);
	set_version(&id, 8);
	return id;
}

struct id id_shaped(int64_t now_us, const uint8_t noise[10])
{
	struct id id;

	put_u64_be(id.b, (uint64_t)(now_us / US_PER_MS) << 16);
	memcpy(id.b + 6, noise, 10);
	set_version(&id, 7);
	return id;
}

struct id id_make(struct id_maker *m, int64_t now_us)
{
	int64_t ms = now_us / US_PER_MS;
	uint8_t noise[10];

	randombytes_buf(noise, sizeof noise);
	if (ms > m->last_ms) {
		m->last_ms = ms;
		m->counter = (uint16_t)(get_u16_be(noise) & 0x07ff);
	} else if (++m->counter > 0x0fff) {
		m->last_ms++;
		m->counter = 0;
	}
	put_u16_be(noise, m->counter);
	return id_shaped(m->last_ms * US_PER_MS, noise);
}
