/* What both kinds of pictures need: JSON in ASCII, and telling files apart. */
#include "services/issuance/forms/bake.h"

#include "libshared/buffer.h"
#include "services/issuance/documents/jws.h"
#include "services/issuance/forms/facts.h"

#include <stdio.h>
#include <string.h>

/* The character that begins at text, which is UTF-8; more is not. */
static size_t character(const uint8_t *text, size_t left, uint32_t *character_r)
{
	size_t len = text[0] >= 0xf0 ? 4 : text[0] >= 0xe0 ? 3 : 2;
	uint32_t c = text[0] & (0xffU >> (len + 1));

	ENSURE(text[0] >= 0xc2 && len <= left);
	for (size_t i = 1; i < len; i++)
		c = c << 6 | (text[i] & 0x3fU);
	*character_r = c;
	return len;
}

static void put_escape(struct buffer *b, uint32_t unit)
{
	char text[8];

	buffer_put(b, text, (size_t)snprintf(text, sizeof text, "\\u%04x", unit & 0xffffU));
}

struct bytes json_ascii(struct bytes json, struct arena *a)
{
	struct buffer b;
	uint32_t c;

	buffer_init(&b, a, json.len + json.len / 8 + 16);
	for (size_t i = 0; i < json.len;) {
		if (json.data[i] == '>' && i >= 2 && memcmp(json.data + i - 2, "]]", 2) == 0) {
			put_escape(&b, '>');
			i++;
			continue;
		}
		if (json.data[i] < 0x80) {
			buffer_char(&b, (char)json.data[i++]);
			continue;
		}
		i += character(json.data + i, json.len - i, &c);
		if (c > 0xffff)
			put_escape(&b, 0xd800 + ((c - 0x10000) >> 10));
		put_escape(&b, c > 0xffff ? 0xdc00 + (c & 0x3ff) : c);
	}
	return buffer_bytes(&b);
}

static bool begins(struct bytes file, const char *text)
{
	return file.len >= strlen(text) && memcmp(file.data, text, strlen(text)) == 0;
}

static struct bytes trimmed(struct bytes text)
{
	while (text.len > 0 && strchr(" \t\r\n", text.data[0]) != NULL && text.data[0] != '\0') {
		text.data++;
		text.len--;
	}
	while (text.len > 0 && text.data[text.len - 1] != '\0' &&
	       strchr(" \t\r\n", text.data[text.len - 1]) != NULL)
		text.len--;
	return text;
}

bool form_unbake(struct bytes file, struct arena *a, struct bytes *credential_r,
		 struct form_problem *problem)
{
	struct bytes text;

	if (file.len > BAKED_MAX_BYTES)
		return form_refuse(problem, "the file is larger than 16 MiB");
	if (begins(file, "\x89PNG"))
		return png_unbake(file, a, credential_r, problem);
	text = trimmed(file);
	if (begins(text, "{") || (text.len > 0 && is_compact_jws(text))) {
		*credential_r = text;
		return true;
	}
	if (begins(text, "<") || begins(text, "\xef\xbb\xbf<"))
		return svg_unbake(text, a, credential_r, problem);
	return form_refuse(problem, "neither a PNG, an SVG, JSON nor a compact JWS");
}
