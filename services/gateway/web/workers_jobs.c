/* The jobs that workers know. Each runs in a child. */
#include "services/gateway/web/workers.h"

#include "services/gateway/proof/drawing.h"

#include <sodium.h>
#include <string.h>

#define HASH_OPS 2
#define HASH_MEM ((size_t)64 << 20)

static int hash_password(struct bytes in, struct arena *arena, struct bytes *out_r)
{
	char *text = arena_zalloc(arena, crypto_pwhash_STRBYTES);

	if (crypto_pwhash_str_alg(text, (const char *)in.data, in.len, HASH_OPS, HASH_MEM,
				  crypto_pwhash_ALG_ARGON2ID13) != 0)
		return -1;
	*out_r = bytes_of_text(text);
	return 0;
}

static int verify_password(struct bytes in, struct arena *arena, struct bytes *out_r)
{
	const uint8_t *end = in.len > 0 ? memchr(in.data, 0, in.len) : NULL;
	char hash[crypto_pwhash_STRBYTES] = {0};
	uint8_t verdict = 0;
	size_t len;

	if (end == NULL || (len = (size_t)(end - in.data)) >= sizeof hash)
		return -1;
	memcpy(hash, in.data, len);
	if (crypto_pwhash_str_verify(hash, (const char *)end + 1, in.len - len - 1) == 0)
		verdict = crypto_pwhash_str_needs_rehash(hash, HASH_OPS, HASH_MEM) != 0 ? 2 : 1;
	*out_r = arena_copy(arena, BYTES_OF(verdict));
	return 0;
}

static int draw(struct bytes in, struct arena *arena, struct bytes *out_r)
{
	AUTO(json_decrefp)
	json_t *job = json_loadb((const char *)in.data, in.len, JSON_REJECT_DUPLICATES, NULL);
	struct form_problem problem = {0};

	return drawing_make(job, arena, out_r, &problem) ? 0 : -1;
}

const struct work_kind work_kinds[N_WORKS] = {
	[WORK_HASH] = {"hash", 10 * US_PER_S, hash_password},
	[WORK_VERIFY] = {"verify", 10 * US_PER_S, verify_password},
	[WORK_DRAW] = {"draw", 10 * US_PER_S, draw},
};
