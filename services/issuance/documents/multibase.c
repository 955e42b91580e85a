/* base58btc, five digits at a time, and the two kinds of Multikey in use here. */
#include "services/issuance/documents/multibase.h"

#include <string.h>

#define LIMBS ((MULTIBASE_MAX_BYTES + 3) / 4)
#define FIVE_DIGITS 656356768u /* 58 to the power of 5 */

static const char alphabet[] = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

static const uint8_t ed25519_public[2] = {0xed, 0x01}, ed25519_secret[2] = {0x80, 0x26};

/* The bytes as a number of 32-bit limbs, most significant first. */
static void limbs_of_bytes(struct bytes b, uint32_t limbs_r[LIMBS])
{
	memset(limbs_r, 0, LIMBS * sizeof *limbs_r);
	for (size_t i = 0; i < b.len; i++) {
		size_t from_end = b.len - 1 - i;

		limbs_r[LIMBS - 1 - from_end / 4] |= (uint32_t)b.data[i] << (8 * (from_end % 4));
	}
}

/* Divides by 58^5 in place; the remainder. */
static uint32_t divide(uint32_t limbs[LIMBS], size_t first)
{
	uint64_t rest = 0;

	for (size_t i = first; i < LIMBS; i++) {
		uint64_t value = rest << 32 | limbs[i];

		limbs[i] = (uint32_t)(value / FIVE_DIGITS);
		rest = value % FIVE_DIGITS;
	}
	return (uint32_t)rest;
}

void multibase_text(struct bytes b, char text_r[MULTIBASE_TEXT_LEN])
{
	char digits[MULTIBASE_TEXT_LEN];
	size_t at = sizeof digits, first = 0, zeros = 0;
	uint32_t limbs[LIMBS];

	ENSURE(b.len <= MULTIBASE_MAX_BYTES);
	limbs_of_bytes(b, limbs);
	while (zeros < b.len && b.data[zeros] == 0)
		zeros++;
	while (first < LIMBS) {
		uint32_t rest;

		if (limbs[first] == 0) {
			first++;
			continue;
		}
		rest = divide(limbs, first);
		for (int i = 0; i < 5; i++, rest /= 58)
			digits[--at] = alphabet[rest % 58];
	}
	while (at < sizeof digits && digits[at] == '1')
		at++;
	*text_r++ = 'z';
	memset(text_r, '1', zeros);
	memcpy(text_r + zeros, digits + at, sizeof digits - at);
	text_r[zeros + sizeof digits - at] = '\0';
}

/* number = number * 58 + digit, len bytes; false when that does not fit. */
static bool append_digit(uint8_t *number, size_t len, unsigned digit)
{
	unsigned carry = digit;

	for (size_t i = len; i > 0; i--) {
		carry += number[i - 1] * 58u;
		number[i - 1] = (uint8_t)carry;
		carry >>= 8;
	}
	return carry == 0;
}

bool multibase_bytes(const char *text, uint8_t *data_r, size_t len)
{
	uint8_t number[MULTIBASE_MAX_BYTES] = {0};
	size_t ones = 0, zeros = 0;

	ENSURE(len <= sizeof number);
	if (*text++ != 'z')
		return false;
	while (text[ones] == '1')
		ones++;
	for (const char *c = text; *c != '\0'; c++) {
		const char *found = strchr(alphabet, *c);

		if (found == NULL || !append_digit(number, len, (unsigned)(found - alphabet)))
			return false;
	}
	while (zeros < len && number[zeros] == 0)
		zeros++;
	if (ones != zeros) /* every leading zero byte is one leading '1' */
		return false;
	memcpy(data_r, number, len);
	return true;
}

void multikey_text(const uint8_t key[ED25519_PUBLIC_LEN], char text_r[MULTIBASE_TEXT_LEN])
{
	uint8_t prefixed[sizeof ed25519_public + ED25519_PUBLIC_LEN];

	memcpy(prefixed, ed25519_public, sizeof ed25519_public);
	memcpy(prefixed + sizeof ed25519_public, key, ED25519_PUBLIC_LEN);
	multibase_text(BYTES_OF(prefixed), text_r);
}

static bool multikey_of_kind(const char *text, const uint8_t kind[2], uint8_t key_r[32])
{
	uint8_t prefixed[2 + 32];

	if (!multibase_bytes(text, prefixed, sizeof prefixed) || memcmp(prefixed, kind, 2) != 0)
		return false;
	memcpy(key_r, prefixed + 2, 32);
	return true;
}

bool multikey_public(const char *text, uint8_t key_r[ED25519_PUBLIC_LEN])
{
	return multikey_of_kind(text, ed25519_public, key_r);
}

bool multikey_seed(const char *text, uint8_t seed_r[ED25519_SEED_LEN])
{
	return multikey_of_kind(text, ed25519_secret, seed_r);
}
