/* Credentials in PNG files: a chunk put behind the header, or found among the others. */
#include "libshared/buffer.h"
#include "services/issuance/forms/bake.h"
#include "services/issuance/forms/facts.h"
#include "services/issuance/documents/verify.h"

#include <string.h>
#include <zlib.h>

#define SIGNATURE_LEN 8
#define CHUNK_FRAME 12 /* length, type and CRC */
#define IHDR_END (SIGNATURE_LEN + CHUNK_FRAME + 13)

static const uint8_t signature[SIGNATURE_LEN] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};

/* Keyword, NUL, not compressed, method 0, no language, no translated keyword. */
static const char head[] = "openbadgecredential\0\0\0\0";
#define HEAD_LEN (sizeof head)                     /* the NUL of the literal ends it */
#define KEYWORD_LEN (sizeof "openbadgecredential") /* with its NUL */

struct chunk {
	const uint8_t *type; /* four letters */
	struct bytes data;
};

/* The chunk at *at, which moves behind it. */
static bool chunk_next(struct bytes png, size_t *at, struct chunk *chunk_r,
		       struct form_problem *problem)
{
	size_t left = png.len - *at, len;
	const uint8_t *from = png.data + *at;

	if (left < CHUNK_FRAME || get_u32_be(from) > left - CHUNK_FRAME)
		return form_refuse(problem, "the PNG is cut short");
	len = get_u32_be(from);
	if (crc32(0, from + 4, (uInt)(4 + len)) != get_u32_be(from + 8 + len))
		return form_refuse(problem, "a chunk of the PNG is damaged");
	*chunk_r = (struct chunk){from + 4, {from + 8, len}};
	*at += CHUNK_FRAME + len;
	return true;
}

static bool is_of(const struct chunk *chunk, const char *type)
{
	return memcmp(chunk->type, type, 4) == 0;
}

static bool is_credential(const struct chunk *chunk)
{
	return (is_of(chunk, "iTXt") || is_of(chunk, "tEXt") || is_of(chunk, "zTXt")) &&
	       chunk->data.len >= KEYWORD_LEN && memcmp(chunk->data.data, head, KEYWORD_LEN) == 0;
}

static bool check_head(struct bytes png, struct form_problem *problem)
{
	if (png.len > BAKED_MAX_BYTES)
		return form_refuse(problem, "the PNG is larger than 16 MiB");
	if (png.len < IHDR_END || memcmp(png.data, signature, SIGNATURE_LEN) != 0 ||
	    memcmp(png.data + SIGNATURE_LEN, "\0\0\0\x0dIHDR", 8) != 0)
		return form_refuse(problem, "not a PNG file");
	return true;
}

bool png_bake(struct bytes png, struct bytes credential, struct arena *a, struct bytes *baked_r,
	      struct form_problem *problem)
{
	struct bytes text = json_ascii(credential, a);
	uint8_t number[4];
	struct buffer b;

	if (!check_head(png, problem))
		return false;
	buffer_init(&b, a, png.len + text.len + HEAD_LEN + CHUNK_FRAME);
	buffer_put(&b, png.data, IHDR_END);
	put_u32_be(number, (uint32_t)(HEAD_LEN + text.len));
	buffer_put(&b, number, sizeof number);
	buffer_puts(&b, "iTXt");
	buffer_put(&b, head, HEAD_LEN);
	buffer_put(&b, text.data, text.len);
	put_u32_be(number, (uint32_t)crc32(0, (const uint8_t *)b.at + IHDR_END + 4,
					   (uInt)(4 + HEAD_LEN + text.len)));
	buffer_put(&b, number, sizeof number);
	buffer_put(&b, png.data + IHDR_END, png.len - IHDR_END);
	*baked_r = buffer_bytes(&b);
	return true;
}

/* What follows the keyword: flags, a language and a translated keyword of any length, the text. */
static bool text_of(struct bytes data, struct bytes *text_r, struct form_problem *problem)
{
	size_t at = KEYWORD_LEN + 2;

	if (data.len < at || data.data[KEYWORD_LEN] != 0)
		return form_refuse(problem, "the credential in the PNG is compressed");
	for (int skipped = 0; skipped < 2; skipped++) {
		const uint8_t *nul = memchr(data.data + at, 0, data.len - at);

		if (nul == NULL)
			return form_refuse(problem, "the credential's chunk has no text");
		at = (size_t)(nul - data.data) + 1;
	}
	*text_r = (struct bytes){data.data + at, data.len - at};
	if (text_r->len > VERIFY_MAX_BYTES)
		return form_refuse(problem, "the credential is larger than 1 MiB");
	return true;
}

bool png_unbake(struct bytes png, struct arena *a, struct bytes *credential_r,
		struct form_problem *problem)
{
	struct bytes found = BYTES_NONE;
	struct chunk chunk = {.type = (const uint8_t *)"    "}; /* none yet */

	if (!check_head(png, problem))
		return false;
	for (size_t at = SIGNATURE_LEN; at < png.len && !is_of(&chunk, "IEND");) {
		if (!chunk_next(png, &at, &chunk, problem))
			return false;
		if (!is_credential(&chunk))
			continue;
		if (!is_of(&chunk, "iTXt") || found.data != NULL)
			return form_refuse(problem, found.data != NULL
							    ? "the PNG holds two credentials"
							    : "the credential is in no iTXt chunk");
		if (!text_of(chunk.data, &found, problem))
			return false;
	}
	if (found.data == NULL)
		return form_refuse(problem, "the PNG holds no credential");
	*credential_r = arena_copy(a, found);
	return true;
}
