/* Sealing what names a person, opening it, and finding who is named. */
#include "libshared/seal.h"

#include "libshared/fields.h"

#include <sodium.h>
#include <string.h>

#define NONCE_LEN crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
#define TAG_LEN crypto_aead_xchacha20poly1305_ietf_ABYTES

/* Two texts never share a nonce, and the same input seals the same text alike each time. */
static void make_nonce(struct decision *d, struct bytes subject, struct bytes text,
		       uint8_t nonce_r[NONCE_LEN])
{
	static const uint8_t use[] = "seal";
	crypto_generichash_state state;
	uint8_t counter[4];

	put_u32_le(counter, d->counter++);
	crypto_generichash_init(&state, d->caps->noise_key, sizeof d->caps->noise_key, NONCE_LEN);
	crypto_generichash_update(&state, use, sizeof use);
	crypto_generichash_update(&state, d->input_id.b, ID_LEN);
	crypto_generichash_update(&state, counter, sizeof counter);
	crypto_generichash_update(&state, subject.data, subject.len);
	crypto_generichash_update(&state, text.data, text.len);
	crypto_generichash_final(&state, nonce_r, NONCE_LEN);
}

Cairn__Sealed *seal(struct decision *d, struct bytes subject, struct bytes text)
{
	size_t box_len = NONCE_LEN + text.len + TAG_LEN;
	Cairn__Sealed *sealed;
	struct bytes key;
	uint8_t *box;

	if (!keyring_get(d->caps->keyring, subject, &key))
		return NULL;
	box = arena_alloc(d->arena, box_len);
	make_nonce(d, subject, text, box);
	ENSURE(crypto_aead_xchacha20poly1305_ietf_encrypt(box + NONCE_LEN, NULL, text.data,
							  text.len, NULL, 0, NULL, box,
							  key.data) == 0);
	sealed = NEW(d, Cairn__Sealed, CAIRN__SEALED__INIT);
	sealed->subject = pb_of_bytes(arena_copy(d->arena, subject));
	sealed->box = pb_of_bytes((struct bytes){box, box_len});
	return sealed;
}

bool unseal_bytes(const struct caps *caps, struct bytes subject, struct bytes box,
		  struct arena *arena, struct bytes *text_r)
{
	struct bytes key;
	uint8_t *text;

	if (box.len < NONCE_LEN + TAG_LEN || !keyring_get(caps->keyring, subject, &key))
		return false;
	text = arena_alloc(arena, box.len - NONCE_LEN - TAG_LEN);
	if (crypto_aead_xchacha20poly1305_ietf_decrypt(text, NULL, NULL, box.data + NONCE_LEN,
						       box.len - NONCE_LEN, NULL, 0, box.data,
						       key.data) != 0)
		return false;
	*text_r = (struct bytes){text, box.len - NONCE_LEN - TAG_LEN};
	return true;
}

bool unseal(const struct caps *caps, const Cairn__Sealed *sealed, struct arena *arena,
	    struct bytes *text_r)
{
	if (sealed == NULL)
		return false;
	return unseal_bytes(caps, bytes_of_pb(sealed->subject), bytes_of_pb(sealed->box), arena,
			    text_r);
}

struct id lookup_hash(const struct caps *caps, const char *kind, struct bytes text)
{
	crypto_generichash_state state;
	struct id id;

	crypto_generichash_init(&state, caps->noise_key, sizeof caps->noise_key, ID_LEN);
	crypto_generichash_update(&state, (const uint8_t *)kind, strlen(kind));
	crypto_generichash_update(&state, (const uint8_t *)":", 1);
	for (size_t i = 0; i < text.len; i++) {
		uint8_t c = text.data[i];

		c = c >= 'A' && c <= 'Z' ? (uint8_t)(c - 'A' + 'a') : c;
		crypto_generichash_update(&state, &c, 1);
	}
	crypto_generichash_final(&state, id.b, ID_LEN);
	return id;
}

/* Recursion ends: no message type contains itself (tests/checks/acyclic.c). */
void message_subjects(const ProtobufCMessage *message, subject_fn *fn, void *ctx)
{
	const ProtobufCMessageDescriptor *type = message->descriptor;

	if (type == &cairn__sealed__descriptor) {
		struct bytes subject = bytes_of_pb(((const Cairn__Sealed *)message)->subject);

		if (is_id(subject))
			fn(ctx, subject);
		return;
	}
	for (unsigned f = 0; f < type->n_fields; f++) {
		const ProtobufCFieldDescriptor *field = &type->fields[f];
		const ProtobufCMessage *inner;
		const void *value;
		size_t n;

		if (field->type != PROTOBUF_C_TYPE_MESSAGE)
			continue;
		n = field_values(message, field, &value);
		for (size_t i = 0; i < n; i++, value = field_next(field, value)) {
			memcpy(&inner, value, sizeof inner);
			message_subjects(inner, fn, ctx);
		}
	}
}
