/* Status lists as credentials: the bits packed, the document, its proof. */
#include "libshared/check.h"
#include "libshared/json_text.h"
#include "services/issuance/decide_parts.h"
#include "services/issuance/documents/badge_json.h"
#include "services/issuance/documents/datetime.h"
#include "services/issuance/documents/didweb.h"
#include "services/issuance/documents/proof.h"
#include "services/issuance/signer.h"
#include "services/issuance/status.h"
#include "services/issuance/tables.h"
#include "services/issuance/documents/terms.h"

#include <sodium.h>
#include <string.h>
#include <zlib.h>

#define GZIP_WINDOW (15 + 16) /* zlib's word for: the largest window, and gzip's header */
#define GZIP_ROOM ((size_t)20 << 10)
#define MULTIBASE_BASE64URL "u"
#define BASE64URL sodium_base64_VARIANT_URLSAFE_NO_PADDING

struct listing {
	const struct view *view;
	struct decision *d;
	struct bytes list;
	struct status_list row;
	const Enrollment__Issuer *issuer;
	const char *key; /* NULL: there is none */
	char url[DIDWEB_URL_LEN];
};

const char *status_encode(const uint8_t bits[STATUS_BITS / 8], struct arena *arena)
{
	uint8_t *packed = arena_alloc(arena, GZIP_ROOM), *copy;
	z_stream z = {.next_out = packed, .avail_out = GZIP_ROOM, .avail_in = STATUS_BITS / 8};
	size_t room;
	char *text;

	copy = arena_alloc(arena, STATUS_BITS / 8);
	memcpy(copy, bits, STATUS_BITS / 8);
	z.next_in = copy; /* zlib takes no const */
	ENSURE(deflateInit2(&z, Z_BEST_COMPRESSION, Z_DEFLATED, GZIP_WINDOW, 9,
			    Z_DEFAULT_STRATEGY) == Z_OK);
	ENSURE(deflate(&z, Z_FINISH) == Z_STREAM_END);
	ENSURE(deflateEnd(&z) == Z_OK);
	room = sodium_base64_encoded_len(z.total_out, BASE64URL);
	text = arena_alloc(arena, room + 1);
	memcpy(text, MULTIBASE_BASE64URL, 1);
	sodium_bin2base64(text + 1, room, packed, z.total_out, BASE64URL);
	return text;
}

/* A new reference. */
static json_t *document_of(const struct listing *l)
{
	uint8_t *bits = arena_alloc(l->d->arena, STATUS_BITS / 8);
	char from[DATETIME_LEN];
	json_t *document;

	ENSURE(datetime_text(l->d->now_us, from));
	status_bits(l->view, l->list, bits);
	document = json_pack("{s:[s], s:s, s:[s,s], s:s, s:s, s:{s:o, s:s, s:s, s:s}}", "@context",
			     CONTEXT_VC_URL, "id", l->url, "type", "VerifiableCredential",
			     "BitstringStatusListCredential", "issuer", l->issuer->did, "validFrom",
			     from, "credentialSubject", "id", json_sprintf("%s#list", l->url),
			     "type", "BitstringStatusList", "statusPurpose", "revocation",
			     "encodedList", status_encode(bits, l->d->arena));
	ENSURE(document != NULL);
	return document;
}

/* All of it is ours and has a canonical form; only a key that is gone can fail. */
static bool prove(const struct listing *l, json_t *document)
{
	struct nquads_source source = {.document = document, .strict = true};
	json_t *proof = badge_proof_json(l->d->now_us, l->issuer->did, l->key);
	uint8_t hash[PROOF_HASH_LEN], signature[ED25519_SIGNATURE_LEN];
	struct badge_problem problem = {0};
	struct rdfc_result text, settings;
	char value[MULTIBASE_TEXT_LEN];

	ENSURE(json_object_set_new(document, "proof", proof) == 0);
	source.without = "proof";
	ENSURE(proof_canonical(&source, NULL, l->d->arena, &text, &problem));
	ENSURE(proof_canonical_settings(proof, CONTEXT_VC, l->d->arena, &settings, &problem));
	proof_hash(settings.text, text.text, hash);
	if (signer_sign(l->d->caps->signer, l->key, BYTES_OF(hash), signature) != 0)
		return false;
	multibase_text(BYTES_OF(signature), value);
	ENSURE(json_object_set_new(proof, "proofValue", json_string(value)) == 0);
	return true;
}

static void emit_signed(const struct listing *l, json_t *document)
{
	Issuance__StatusListSigned made = ISSUANCE__STATUS_LIST_SIGNED__INIT;
	struct buffer text;

	buffer_init(&text, l->d->arena, 2048);
	json_put(&text, document, NULL);
	made.list = pb_of_bytes(l->list);
	made.issuer = l->issuer->issuer;
	made.number = l->row.number;
	made.key = arena_text(l->d->arena, bytes_of_text(l->key));
	made.signed_us = l->d->now_us;
	made.revoked = l->row.revoked;
	made.document = arena_text(l->d->arena, bytes_of_text(buffer_text(&text)));
	EMIT(l->d, l->list, STATUS_LIST_SIGNED, status_list_signed, &made);
}

/* Tried again with the next pause. */
static void emit_delayed(const struct listing *l)
{
	static char reason[] = "the issuer has no key that signs; make one with cairnctl keys";
	Issuance__StatusListDelayed delayed = ISSUANCE__STATUS_LIST_DELAYED__INIT;

	delayed.list = pb_of_bytes(l->list);
	delayed.reason = reason;
	delayed.until_us = l->d->now_us + STATUS_PAUSE_US;
	EMIT(l->d, l->list, STATUS_LIST_DELAYED, status_list_delayed, &delayed);
}

enum verdict status_sign(const struct view *view, const struct timer_due *timer, struct decision *d)
{
	struct listing l = {.view = view, .d = d, .list = bytes_of_id(&timer->entity)};
	AUTO(json_decrefp) json_t *document = NULL;
	const Issuance__IssuerNoted *noted;
	const Issuance__KeyAdded *key;
	struct bytes issuer;

	ENSURE(status_list_get(view, l.list, &l.row));
	issuer = BYTES_OF(l.row.issuer);
	noted = issuer_get(view, issuer, d->arena);
	key = issuer_key(view, issuer, d->arena);
	ENSURE(noted != NULL);
	l.issuer = noted->issuer;
	l.key = key != NULL ? key->key : NULL;
	if (l.key == NULL || !didweb_status_url(l.issuer->did, l.row.number, l.url)) {
		emit_delayed(&l);
		return ACCEPTED;
	}
	document = document_of(&l);
	if (prove(&l, document))
		emit_signed(&l, document);
	else
		emit_delayed(&l);
	return ACCEPTED;
}
