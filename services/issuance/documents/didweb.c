/* did:web ids, and the documents behind them. */
#include "services/issuance/documents/didweb.h"

#include "libshared/json_text.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PREFIX "did:web:"
#define FILE_NAME "/did.json"
#define BARE_PATH "/.well-known/did.json"
#define HOST_MAX 255

static bool is_host_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
}

static bool is_part_char(char c)
{
	return is_host_char(c) || (c >= 'A' && c <= 'Z') || c == '_' || c == '~';
}

/* The end of a host name that starts at; NULL if none does. */
static const char *host_end(const char *at)
{
	const char *end = at;

	while (is_host_char(*end))
		end++;
	if (end == at || end - at > HOST_MAX || *at == '.' || *at == '-' || end[-1] == '.')
		return NULL;
	return end;
}

/* The end of a port number from 1 to 65535. */
static const char *port_end(const char *at)
{
	const char *end = at;
	long port = 0;

	for (; *end >= '0' && *end <= '9' && end - at < 5; end++)
		port = 10 * port + (*end - '0');
	return port > 0 && port <= 65535 && *at != '0' ? end : NULL;
}

/* The end of one part of a path. */
static const char *part_end(const char *at)
{
	const char *end = at;

	while (is_part_char(*end))
		end++;
	if (end == at || (*at == '.' && (end == at + 1 || (end == at + 2 && at[1] == '.'))))
		return NULL;
	return end;
}

/* Parts that each follow a mark, to the end of text: copied with another mark before each. */
static bool parts_copy(const char *text, char mark, char other_mark, char *to, size_t room)
{
	while (*text != '\0') {
		const char *end = *text == mark ? part_end(text + 1) : NULL;

		if (end == NULL || (size_t)(end - text) >= room)
			return false;
		*to = other_mark;
		memcpy(to + 1, text + 1, (size_t)(end - text) - 1);
		to += end - text;
		room -= (size_t)(end - text);
		text = end;
	}
	*to = '\0';
	return true;
}

bool didweb_place(const char *did, struct didweb_place *place_r)
{
	struct didweb_place place = {0};
	const char *host = did + strlen(PREFIX), *end;
	size_t len;

	if (strncmp(did, PREFIX, strlen(PREFIX)) != 0 || (end = host_end(host)) == NULL)
		return false;
	len = (size_t)(end - host);
	memcpy(place.host, host, len);
	if (strncmp(end, "%3A", 3) == 0) {
		const char *port = end + 3;

		end = port_end(port);
		if (end == NULL)
			return false;
		snprintf(place.host + len, sizeof place.host - len, ":%.*s", (int)(end - port),
			 port);
	}
	if (!parts_copy(end, ':', '/', place.path, sizeof place.path - strlen(BARE_PATH)))
		return false;
	len = strlen(place.path);
	snprintf(place.path + len, sizeof place.path - len, "%s", len == 0 ? BARE_PATH : FILE_NAME);
	*place_r = place;
	return true;
}

/* Whatever is wrong with host or path shows when the id is read back. */
bool didweb_id(const char *host, const char *path, char id_r[DIDWEB_ID_LEN])
{
	const char *colon = strchr(host, ':');
	int name_len = (int)(colon != NULL ? (size_t)(colon - host) : strlen(host));
	size_t parts_len = strlen(path), file_len = strlen(FILE_NAME);
	struct didweb_place back;
	char id[DIDWEB_ID_LEN];
	int len;

	if (parts_len < file_len || parts_len > DIDWEB_PATH_LEN || strlen(host) > DIDWEB_HOST_LEN)
		return false;
	parts_len = strcmp(path, BARE_PATH) == 0 ? 0 : parts_len - file_len;
	len = snprintf(id, sizeof id, PREFIX "%.*s%s%s%.*s", name_len, host,
		       colon != NULL ? "%3A" : "", colon != NULL ? colon + 1 : "", (int)parts_len,
		       path);
	for (char *c = id + len - (int)parts_len; *c != '\0'; c++)
		*c = *c == '/' ? ':' : *c;
	if (!didweb_place(id, &back) || strcmp(back.host, host) != 0 ||
	    strcmp(back.path, path) != 0)
		return false;
	memcpy(id_r, id, sizeof id);
	return true;
}

bool didweb_status_url(const char *did, uint32_t n, char url_r[DIDWEB_URL_LEN])
{
	struct didweb_place place;
	size_t len;

	if (!didweb_place(did, &place))
		return false;
	len = strlen(place.path) - strlen(FILE_NAME);
	snprintf(url_r, DIDWEB_URL_LEN, "https://%s%.*s/status/%" PRIu32, place.host,
		 strcmp(place.path, BARE_PATH) == 0 ? 0 : (int)len, place.path, n);
	return true;
}

static json_t *method_of(const char *did, const struct didweb_key *key, json_t *id)
{
	json_t *jwk;

	if (key->jwk == NULL || key->jwk[0] == '\0')
		return json_pack("{s:O,s:s,s:s,s:s}", "id", id, "type", "Multikey", "controller",
				 did, "publicKeyMultibase", key->name);
	jwk = json_loads(key->jwk, JSON_REJECT_DUPLICATES, NULL);
	ENSURE(jwk != NULL); /* our own text */
	return json_pack("{s:O,s:s,s:s,s:o}", "id", id, "type", "JsonWebKey", "controller", did,
			 "publicKeyJwk", jwk);
}

struct bytes didweb_document(const char *did, const struct didweb_key *keys, size_t n_keys,
			     struct arena *a)
{
	json_t *methods = json_array(), *assertions = json_array();
	AUTO(json_decrefp) json_t *document = NULL;
	struct buffer text;

	for (size_t i = 0; i < n_keys; i++) {
		json_t *id = json_sprintf("%s#%s", did, keys[i].name);

		json_array_append_new(methods, method_of(did, &keys[i], id));
		json_array_append_new(assertions, id);
	}
	document = json_pack("{s:[s,s],s:s,s:o,s:o}", "@context", "https://www.w3.org/ns/did/v1",
			     "https://w3id.org/security/multikey/v1", "id", did,
			     "verificationMethod", methods, "assertionMethod", assertions);
	ENSURE(document != NULL);
	buffer_init(&text, a, 1024);
	json_put(&text, document, NULL);
	(void)buffer_text(&text);
	return buffer_bytes(&text);
}
