/* Signatures of texts by the least hashes of their shingles. */
#include "services/evidence/minhash.h"

#include "services/evidence/words.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#define BAND_PLACES (MINHASH_PLACES / MINHASH_BANDS)

/* ---- shingles ---- */

/* The last words of a text, as one run with spaces between. */
struct shingler {
	struct word words[SHINGLE_WORDS];
	uint64_t n; /* words so far */
	const uint8_t *key;
};

static uint64_t hash_shingle(const struct shingler *s)
{
	uint8_t text[SHINGLE_WORDS * (WORD_MAX + 1)], hash[16];
	size_t len = 0;

	for (uint64_t i = s->n - SHINGLE_WORDS; i < s->n; i++) {
		const struct word *word = &s->words[i % SHINGLE_WORDS];

		memcpy(text + len, word->folded, word->len);
		len += word->len;
		text[len++] = ' ';
	}
	crypto_generichash(hash, sizeof hash, text, len, s->key, 32);
	return get_u64_le(hash);
}

static int by_hash(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* Different ones, sorted; to be freed. A word and what parts it take two bytes at least. */
static uint64_t *shingles_of(struct bytes text, const uint8_t key[32], size_t *n_r)
{
	uint64_t *hashes = malloc((text.len / 2 + 1) * sizeof *hashes);
	struct shingler s = {.key = key};
	size_t n = 0, different = 0;
	struct word word;

	ENSURE(hashes != NULL);
	for (size_t from = 0; word_next(text, from, &word); from = word.end) {
		s.words[s.n++ % SHINGLE_WORDS] = word;
		if (s.n >= SHINGLE_WORDS)
			hashes[n++] = hash_shingle(&s);
	}
	qsort(hashes, n, sizeof *hashes, by_hash);
	for (size_t i = 0; i < n; i++)
		if (different == 0 || hashes[different - 1] != hashes[i])
			hashes[different++] = hashes[i];
	*n_r = different;
	return hashes;
}

/* ---- signatures ---- */

/* One of the permutations of all 64-bit numbers: SplitMix64's mixing of a number moved by one of
 * its steps for each place. */
static uint64_t permuted(uint64_t hash, unsigned place)
{
	uint64_t z = hash + (place + 1) * UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

void minhash_of(struct bytes text, const uint8_t key[32], struct minhash *m_r)
{
	size_t n;
	uint64_t *hashes = shingles_of(text, key, &n);

	*m_r = (struct minhash){.shingles = (uint32_t)n};
	for (unsigned place = 0; n > 0 && place < MINHASH_PLACES; place++) {
		uint64_t least = UINT64_MAX;

		for (size_t i = 0; i < n; i++)
			least = MIN(least, permuted(hashes[i], place));
		m_r->places[place] = (uint16_t)least;
	}
	free(hashes);
}

uint32_t minhash_permille(const struct minhash *a, const struct minhash *b)
{
	uint32_t alike = 0;

	if (a->shingles == 0 || b->shingles == 0)
		return 0;
	for (unsigned i = 0; i < MINHASH_PLACES; i++)
		alike += a->places[i] == b->places[i];
	return alike * 1000 / MINHASH_PLACES;
}

uint64_t minhash_band(const struct minhash *m, unsigned band)
{
	const uint16_t *at = m->places + (size_t)band * BAND_PLACES;
	uint64_t key = 0;

	for (unsigned i = 0; i < BAND_PLACES; i++)
		key = key << 16 | at[i];
	return key;
}

void minhash_put(const struct minhash *m, uint8_t bytes_r[MINHASH_BYTES])
{
	for (unsigned i = 0; i < MINHASH_PLACES; i++)
		put_u16_le(bytes_r + 2 * (size_t)i, m->places[i]);
}

bool minhash_get(struct bytes bytes, uint32_t shingles, struct minhash *m_r)
{
	if (bytes.len != MINHASH_BYTES || shingles == 0)
		return false;
	m_r->shingles = shingles;
	for (unsigned i = 0; i < MINHASH_PLACES; i++)
		m_r->places[i] = get_u16_le(bytes.data + 2 * (size_t)i);
	return true;
}
