/* Compact JSON Web Signatures, taken apart. */
#include "services/issuance/documents/jws.h"

#include <sodium.h>
#include <string.h>

#define BASE64 sodium_base64_VARIANT_URLSAFE_NO_PADDING

/* The bytes before the next point, or to the end; moves on behind it. */
static struct bytes next_part(struct bytes *rest)
{
	const uint8_t *point = rest->len > 0 ? memchr(rest->data, '.', rest->len) : NULL;
	struct bytes part = {rest->data, point != NULL ? (size_t)(point - rest->data) : rest->len};

	rest->data += part.len + (point != NULL);
	rest->len -= part.len + (point != NULL);
	return part;
}

bool is_compact_jws(struct bytes text)
{
	size_t dots = 0;

	for (size_t i = 0; i < text.len; i++) {
		uint8_t c = text.data[i];
		bool known = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
			     (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';

		if (!known)
			return false;
		dots += c == '.' ? 1 : 0;
	}
	return dots == 2 && text.data[0] != '.' && text.data[text.len - 1] != '.';
}

static struct bytes decoded(struct bytes part, struct arena *arena)
{
	uint8_t *bytes = arena_alloc(arena, part.len + 1);
	size_t len = 0;

	if (sodium_base642bin(bytes, part.len, (const char *)part.data, part.len, NULL, &len, NULL,
			      BASE64) != 0)
		return BYTES_NONE;
	return (struct bytes){bytes, len};
}

static json_t *object_of(struct bytes part, struct arena *arena)
{
	struct bytes text = decoded(part, arena);
	json_t *json = json_loadb((const char *)text.data, text.len, JSON_REJECT_DUPLICATES, NULL);

	if (json_is_object(json))
		return json;
	json_decref(json);
	return NULL;
}

bool jws_read(struct bytes text, struct arena *arena, struct jws *jws_r)
{
	struct bytes rest = text, header, payload;

	*jws_r = (struct jws){0};
	if (!is_compact_jws(text))
		return false;
	header = next_part(&rest);
	payload = next_part(&rest);
	jws_r->header = object_of(header, arena);
	jws_r->payload = object_of(payload, arena);
	jws_r->signed_text = (struct bytes){text.data, header.len + 1 + payload.len};
	jws_r->signature = decoded(rest, arena);
	if (jws_r->header != NULL && jws_r->payload != NULL)
		return true;
	jws_finish(jws_r);
	return false;
}

void jws_finish(struct jws *jws)
{
	json_decref(jws->header);
	json_decref(jws->payload);
	*jws = (struct jws){0};
}

const char *jws_says(const struct jws *jws, const char *member)
{
	return json_string_value(json_object_get(jws->header, member));
}
