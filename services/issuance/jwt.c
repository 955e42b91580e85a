/* JSON Web Tokens of credentials. */
#include "services/issuance/jwt.h"
#include "libshared/check.h"
#include "libshared/id.h"
#include "services/issuance/signer.h"

#include <jansson.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#define BASE64 sodium_base64_VARIANT_URLSAFE_NO_PADDING

static const char *base64_of(struct bytes b, struct arena *arena)
{
	size_t room = sodium_base64_encoded_len(b.len, BASE64);
	char *text = arena_alloc(arena, room);

	return sodium_bin2base64(text, room, b.data, b.len, BASE64);
}

/* Steals. */
static const char *part_of(json_t *json, struct arena *arena)
{
	char *text = json_dumps(json, JSON_COMPACT);
	const char *part;

	ENSURE(text != NULL);
	part = base64_of(bytes_of_text(text), arena);
	free(text);
	json_decref(json);
	return part;
}

static json_t *header_of(const Issuance__KeyAdded *key)
{
	return json_pack("{s:s, s:s, s:o}", "alg",
			 key->kind == ISSUANCE__KEY_KIND__RS256 ? "RS256" : "ES256", "typ", "JWT",
			 "kid", json_sprintf("%s#%s", key->did, key->key));
}

/* The id by which the subject goes, set where there is none. */
static const char *subject_of(json_t *credential, const Issuance__CredentialIssued *c)
{
	json_t *subject = json_object_get(credential, "credentialSubject");

	if (json_object_get(subject, "id") == NULL)
		json_object_set_new(subject, "id",
				    json_sprintf("urn:uuid:%s", ID_STR(bytes_of_pb(c->educator))));
	return json_string_value(json_object_get(subject, "id"));
}

static json_t *payload_of(const Issuance__KeyAdded *key, const Issuance__CredentialIssued *c,
			  struct bytes document)
{
	json_t *credential = json_loadb((const char *)document.data, document.len, 0, NULL);

	ENSURE(credential != NULL); /* our own text */
	json_object_del(credential, "proof");
	json_object_set_new(credential, "iss", json_string(key->did));
	json_object_set_new(credential, "jti",
			    json_string(json_string_value(json_object_get(credential, "id"))));
	json_object_set_new(credential, "sub", json_string(subject_of(credential, c)));
	json_object_set_new(credential, "nbf", json_integer(c->valid_from_us / US_PER_S));
	if (c->valid_until_us != 0)
		json_object_set_new(credential, "exp", json_integer(c->valid_until_us / US_PER_S));
	return credential;
}

const char *jwt_of_credential(const struct signer *signer, const Issuance__KeyAdded *key,
			      const Issuance__CredentialIssued *c, struct bytes document,
			      struct arena *arena)
{
	const char *header = part_of(header_of(key), arena);
	const char *payload = part_of(payload_of(key, c, document), arena);
	const char *signed_text = arena_printf(arena, "%s.%s", header, payload);
	uint8_t signature[JWK_SIGNATURE_MAX];
	ssize_t len = signer_sign_jws(signer, key->key, bytes_of_text(signed_text), signature);

	if (len < 0)
		return NULL;
	return arena_printf(arena, "%s.%s", signed_text,
			    base64_of((struct bytes){signature, (size_t)len}, arena));
}
