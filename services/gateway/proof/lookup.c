/* Finding things in answers. */
#include "services/gateway/proof/lookup.h"

#include <string.h>

const char *json_text(const json_t *object, const char *member)
{
	const char *text = json_string_value(json_object_get(object, member));

	return text != NULL ? text : "";
}

int64_t json_number(const json_t *object, const char *member)
{
	return json_integer_value(json_object_get(object, member));
}

const json_t *issuer_of_did(const json_t *list, const char *did)
{
	json_t *issuer;
	size_t i;

	json_array_foreach(json_object_get(list, "issuers"), i,
			   issuer) if (did[0] != '\0' &&
				       strcmp(json_text(json_object_get(issuer, "issuer"), "did"),
					      did) == 0) return issuer;
	return NULL;
}

const json_t *issuer_of_path(const json_t *list, const char *path, const char *code)
{
	const json_t *named = NULL;
	json_t *issuer;
	size_t i;

	json_array_foreach(json_object_get(list, "issuers"), i, issuer)
	{
		const char *served = strchr(json_text(issuer, "did_path"), '/');

		if (served != NULL && strcmp(served, path) == 0)
			return issuer;
		if (code != NULL &&
		    strcmp(json_text(json_object_get(issuer, "issuer"), "code"), code) == 0)
			named = issuer;
	}
	return named;
}

const char *issuer_page(const json_t *issuer, struct arena *arena)
{
	return arena_printf(arena, "/issuers/%s",
			    json_text(json_object_get(issuer, "issuer"), "code"));
}

bool id_at_end(const char *text, struct id *id_r)
{
	size_t len = strlen(text);

	while (len > 0 && (text[len - 1] == ' ' || text[len - 1] == '/' || text[len - 1] == '\n' ||
			   text[len - 1] == '\r'))
		len--;
	if (len >= ID_TEXT_LEN) {
		char tail[ID_TEXT_LEN + 1] = {0};

		memcpy(tail, text + len - ID_TEXT_LEN, ID_TEXT_LEN);
		return id_of_text(tail, id_r);
	}
	return false;
}
