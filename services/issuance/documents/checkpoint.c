/* Checkpoints as signed notes. */
#include "services/issuance/documents/checkpoint.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ALGORITHM_ED25519 1
#define KEY_HASH_LEN 4
#define SIZE_DIGITS 19 /* what certainly fits 64 bits */
#define NOTE_MAX ((size_t)64 << 10)
#define DASH "\xe2\x80\x94 " /* an em dash and a space begin a signature line */

static const char *base64(struct bytes b, struct arena *arena)
{
	size_t room = sodium_base64_encoded_len(b.len, sodium_base64_VARIANT_ORIGINAL);
	char *text = arena_alloc(arena, room);

	return sodium_bin2base64(text, room, b.data, b.len, sodium_base64_VARIANT_ORIGINAL);
}

/* First bytes of SHA-256 over name, newline, algorithm and key. */
static void key_hash(const char *name, const uint8_t public_key[ED25519_PUBLIC_LEN],
		     struct arena *arena, uint8_t hash_r[KEY_HASH_LEN])
{
	size_t len = strlen(name) + 2 + ED25519_PUBLIC_LEN;
	uint8_t *data = arena_alloc(arena, len), hash[SHA256_LEN];

	memcpy(data, name, strlen(name));
	data[strlen(name)] = '\n';
	data[strlen(name) + 1] = ALGORITHM_ED25519;
	memcpy(data + strlen(name) + 2, public_key, ED25519_PUBLIC_LEN);
	sha256((struct bytes){data, len}, hash);
	memcpy(hash_r, hash, KEY_HASH_LEN);
}

/* ---- writing ---- */

struct bytes checkpoint_text(const struct checkpoint *c, struct arena *arena)
{
	return bytes_of_text(arena_printf(arena, "%s\n%" PRIu64 "\n%s\n", c->origin, c->size,
					  base64(BYTES_OF(c->root.bytes), arena)));
}

const char *checkpoint_note(struct bytes text, const char *origin,
			    const uint8_t public_key[ED25519_PUBLIC_LEN],
			    const uint8_t signature[ED25519_SIGNATURE_LEN], struct arena *arena)
{
	uint8_t line[KEY_HASH_LEN + ED25519_SIGNATURE_LEN];

	key_hash(origin, public_key, arena, line);
	memcpy(line + KEY_HASH_LEN, signature, ED25519_SIGNATURE_LEN);
	return arena_printf(arena, "%.*s\n" DASH "%s %s\n", (int)text.len, (const char *)text.data,
			    origin, base64(BYTES_OF(line), arena));
}

const char *checkpoint_verifier(const char *origin, const uint8_t public_key[ED25519_PUBLIC_LEN],
				struct arena *arena)
{
	uint8_t key[1 + ED25519_PUBLIC_LEN] = {ALGORITHM_ED25519}, hash[KEY_HASH_LEN];
	char hex[2 * KEY_HASH_LEN + 1];

	key_hash(origin, public_key, arena, hash);
	memcpy(key + 1, public_key, ED25519_PUBLIC_LEN);
	sodium_bin2hex(hex, sizeof hex, hash, sizeof hash);
	return arena_printf(arena, "%s+%s+%s", origin, hex, base64(BYTES_OF(key), arena));
}

/* ---- reading ---- */

static bool base64_bytes(const char *text, size_t len, uint8_t *bytes_r, size_t want)
{
	const char *end;
	size_t got;

	return sodium_base642bin(bytes_r, want, text, len, NULL, &got, &end,
				 sodium_base64_VARIANT_ORIGINAL) == 0 &&
	       got == want && end == text + len;
}

/* The name and the public key of "name+hash+key". */
static bool read_verifier(const char *verifier, struct arena *arena, const char **name_r,
			  uint8_t key_r[ED25519_PUBLIC_LEN])
{
	const char *first = strchr(verifier, '+'), *second;
	uint8_t key[1 + ED25519_PUBLIC_LEN], hash[KEY_HASH_LEN];
	char hex[2 * KEY_HASH_LEN + 1];

	second = first != NULL ? strchr(first + 1, '+') : NULL;
	if (second == NULL || second - first != 2 * KEY_HASH_LEN + 1 ||
	    !base64_bytes(second + 1, strlen(second + 1), key, sizeof key) ||
	    key[0] != ALGORITHM_ED25519)
		return false;
	*name_r = arena_printf(arena, "%.*s", (int)(first - verifier), verifier);
	memcpy(key_r, key + 1, ED25519_PUBLIC_LEN);
	key_hash(*name_r, key_r, arena, hash);
	sodium_bin2hex(hex, sizeof hex, hash, sizeof hash);
	return memcmp(hex, first + 1, sizeof hex - 1) == 0;
}

/* One of the signature lines is by that name and key. */
static bool is_signed(const char *lines, struct bytes text, const char *name,
		      const uint8_t key[ED25519_PUBLIC_LEN], struct arena *arena)
{
	uint8_t want[KEY_HASH_LEN], line[KEY_HASH_LEN + ED25519_SIGNATURE_LEN];
	const char *start = arena_printf(arena, DASH "%s ", name), *end;

	key_hash(name, key, arena, want);
	for (; (end = strchr(lines, '\n')) != NULL; lines = end + 1)
		if (strncmp(lines, start, strlen(start)) == 0 &&
		    base64_bytes(lines + strlen(start), (size_t)(end - lines) - strlen(start), line,
				 sizeof line) &&
		    memcmp(line, want, sizeof want) == 0)
			return crypto_sign_verify_detached(line + KEY_HASH_LEN, text.data, text.len,
							   key) == 0;
	return false;
}

static bool open_note(struct bytes note, const char *verifier, struct arena *arena,
		      const char **name_r, struct bytes *text_r)
{
	uint8_t key[ED25519_PUBLIC_LEN];
	const char *whole, *gap;

	if (note.len > NOTE_MAX || memchr(note.data, 0, note.len) != NULL ||
	    !read_verifier(verifier, arena, name_r, key))
		return false;
	whole = arena_text(arena, note);
	gap = strstr(whole, "\n\n");
	if (gap == NULL)
		return false;
	*text_r = (struct bytes){(const uint8_t *)whole, (size_t)(gap + 1 - whole)};
	return is_signed(gap + 2, *text_r, *name_r, key, arena);
}

bool note_open(struct bytes note, const char *verifier, struct arena *arena, struct bytes *text_r)
{
	const char *name;

	return open_note(note, verifier, arena, &name, text_r);
}

/* Three lines: origin, size without a leading zero, root. */
static bool read_text(struct bytes text, struct arena *arena, struct checkpoint *c_r)
{
	const char *origin = (const char *)text.data, *size = strchr(origin, '\n') + 1, *root;
	char *end;

	if (*size < '0' || *size > '9')
		return false;
	c_r->origin = arena_printf(arena, "%.*s", (int)(size - 1 - origin), origin);
	c_r->size = strtoull(size, &end, 10);
	if (*end != '\n' || end - size > SIZE_DIGITS || (*size == '0' && end != size + 1))
		return false;
	root = end + 1;
	end = strchr(root, '\n');
	return end != NULL && base64_bytes(root, (size_t)(end - root), c_r->root.bytes, SHA256_LEN);
}

bool checkpoint_open(struct bytes note, const char *verifier, struct arena *arena,
		     struct checkpoint *c_r)
{
	const char *name;
	struct bytes text;

	return open_note(note, verifier, arena, &name, &text) && read_text(text, arena, c_r) &&
	       strcmp(c_r->origin, name) == 0;
}
