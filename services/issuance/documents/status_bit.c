/* One bit of somebody's status list. */
#include "services/issuance/documents/status_bit.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#define GZIP_WINDOW (15 + 16)
#define INDEX_DIGITS 9
#define PART 4096

static bool index_of(const char *text, size_t *index_r)
{
	size_t digits = strspn(text, "0123456789");

	if (digits == 0 || digits > INDEX_DIGITS || text[digits] != '\0')
		return false;
	*index_r = (size_t)strtoul(text, NULL, 10);
	return true;
}

/* Byte number at of what z unpacks. */
static bool byte_at(z_stream *z, size_t at, uint8_t *byte_r)
{
	uint8_t part[PART] = {0};
	size_t before = 0;
	int rc = Z_OK;

	while (rc == Z_OK) {
		size_t n;

		z->next_out = part;
		z->avail_out = sizeof part;
		rc = inflate(z, Z_NO_FLUSH);
		n = sizeof part - z->avail_out;
		if (rc != Z_OK && rc != Z_STREAM_END)
			return false;
		if (at < before + n) {
			*byte_r = part[at - before];
			return true;
		}
		before += n;
	}
	return false;
}

bool status_bit(const char *encoded, const char *index, struct arena *arena, bool *bit_r)
{
	size_t len = strlen(encoded), packed_len, at;
	uint8_t *packed = arena_alloc(arena, len + 1), byte = 0;
	z_stream z = {.next_in = packed};
	bool found;

	if (encoded[0] != 'u' || !index_of(index, &at) ||
	    sodium_base642bin(packed, len, encoded + 1, len - 1, NULL, &packed_len, NULL,
			      sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0)
		return false;
	z.avail_in = (uInt)packed_len;
	if (inflateInit2(&z, GZIP_WINDOW) != Z_OK)
		return false;
	found = byte_at(&z, at / 8, &byte);
	(void)inflateEnd(&z);
	if (found)
		*bit_r = (byte & (0x80u >> (at % 8))) != 0;
	return found;
}
