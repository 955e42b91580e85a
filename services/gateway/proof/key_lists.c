/* Key lists that are at hand. */
#include "services/gateway/proof/key_lists.h"

#include "services/issuance/documents/didweb.h"
#include "services/issuance/documents/external.h"

#include <stdio.h>
#include <string.h>

static struct bytes kept_list(const char *dir, const char *did, struct arena *arena)
{
	struct didweb_place place;
	struct bytes list = BYTES_NONE;
	uint8_t *text;
	FILE *file;

	if (!didweb_place(did, &place))
		return list;
	file = fopen(arena_printf(arena, "%s/%s%s", dir, place.host, place.path), "re");
	if (file == NULL)
		return list;
	text = arena_alloc(arena, EXTERNAL_KEY_LIST_MAX + 1);
	list = (struct bytes){text, fread(text, 1, EXTERNAL_KEY_LIST_MAX + 1, file)};
	fclose(file);
	return list.len <= EXTERNAL_KEY_LIST_MAX ? list : BYTES_NONE;
}

struct bytes key_list_of(const char *dir, const char *did, struct arena *arena)
{
	static const char method[] = "did:key:";
	const char *key = did + sizeof method - 1;
	struct didweb_key own = {.jwk = NULL};

	if (strncmp(did, method, sizeof method - 1) != 0)
		return kept_list(dir, did, arena);
	/* Base58 in multibase: nothing that could end the text that it is put into. */
	if (key[0] != 'z' || strlen(key) > 200 ||
	    strspn(key, "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz") !=
		    strlen(key))
		return BYTES_NONE;
	own.name = key;
	return didweb_document(did, &own, 1, arena);
}
