/* Keys and signatures as text. */
#include "tests/support/suite.h"

#include "services/issuance/documents/multibase.h"
#include "tests/support/spec.h"

#include <jansson.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *hex, *text;
} pairs[] = {
	/* The examples of the base58 draft and of the multibase specification. */
	{"48656c6c6f20576f726c6421", "z2NEpo7TZRRrLZSi2U"},
	{"0000287fb4cd", "z11233QC4"},
	{"54686520717569636b2062726f776e20666f78206a756d7073206f76657220746865206c617a7920646f672e",
	 "zUSm3fpXnKG5EUBx2ndxBDMPVciP5hGey2Jh4NDv6gmeo1LkMeiKrLJUUBk6Z"},
	{"", "z"},
	{"00", "z1"},
	{"ff", "z5Q"},
	{"000000000000", "z111111"},
};

START_TEST(bytes_are_written_and_read_back)
{
	uint8_t data[MULTIBASE_MAX_BYTES], back[MULTIBASE_MAX_BYTES];
	size_t len = strlen(pairs[_i].hex) / 2;
	char text[MULTIBASE_TEXT_LEN];

	ck_assert(bytes_of_hex(pairs[_i].hex, data, len));
	multibase_text((struct bytes){data, len}, text);
	ck_assert_str_eq(text, pairs[_i].text);
	ck_assert(multibase_bytes(text, back, len));
	ck_assert_mem_eq(back, data, len);
}
END_TEST

START_TEST(every_length_comes_back)
{
	uint8_t data[MULTIBASE_MAX_BYTES], back[MULTIBASE_MAX_BYTES];
	char text[MULTIBASE_TEXT_LEN];

	for (size_t len = 0; len <= MULTIBASE_MAX_BYTES; len++) {
		for (unsigned fill = 0; fill < 256; fill += 51) {
			memset(data, (int)fill, len);
			if (len > 3)
				data[len / 2] = (uint8_t)len;
			multibase_text((struct bytes){data, len}, text);
			ck_assert(multibase_bytes(text, back, len));
			ck_assert_mem_eq(back, data, len);
			ck_assert(len == 0 || !multibase_bytes(text, back, len - 1));
			ck_assert(len == MULTIBASE_MAX_BYTES ||
				  !multibase_bytes(text, back, len + 1));
		}
	}
}
END_TEST

static const char *const wrong[] = {
	"",
	"2NEpo7TZRRrLZSi2U",
	"u2NEpo7TZRRrLZSi2U",
	"z2NEpo7TZRRrLZS",
	"z12NEpo7TZRRrLZSi2U",
	"z2NEpo7TZRRrLZSi2U ",
	"z0NEpo7TZRRrLZSi2U",
	"zINEpo7TZRRrLZSi2U",
	"zlNEpo7TZRRrLZSi2U",
};

START_TEST(a_text_that_is_not_those_bytes_is_refused)
{
	uint8_t data[12];

	ck_assert(!multibase_bytes(wrong[_i], data, sizeof data));
}
END_TEST

START_TEST(a_key_of_another_kind_is_no_public_key)
{
	uint8_t key[32] = {7};
	char text[MULTIBASE_TEXT_LEN];

	multikey_text(key, text);
	ck_assert_mem_eq(text, "z6Mk", 4);
	ck_assert(multikey_public(text, key));
	ck_assert(!multikey_seed(text, key));
	ck_assert(!multikey_public("z3u2en7t5LR2WtQH5PfFqMqwVHBeXouLzo6haApm8XHqvjxq", key));
	ck_assert(multikey_seed("z3u2en7t5LR2WtQH5PfFqMqwVHBeXouLzo6haApm8XHqvjxq", key));
}
END_TEST

START_TEST(the_did_key_vectors_have_the_multikeys_of_their_seeds)
{
	json_t *vectors, *vector;
	const char *did;
	char *text;
	int n = 0;

	text = spec_read("vectors/did-key/ed25519-x25519.json");
	vectors = json_loads(text, 0, NULL);
	ck_assert_ptr_nonnull(vectors);
	json_object_foreach(vectors, did, vector)
	{
		const char *hex = json_string_value(json_object_get(vector, "seed"));
		uint8_t seed[32], public[32], secret[64];
		char multikey[MULTIBASE_TEXT_LEN];

		ck_assert(hex != NULL && bytes_of_hex(hex, seed, sizeof seed));
		ck_assert_int_eq(crypto_sign_seed_keypair(public, secret, seed), 0);
		multikey_text(public, multikey);
		ck_assert_mem_eq(did, "did:key:", 8);
		ck_assert_str_eq(did + 8, multikey);
		n++;
	}
	ck_assert_int_gt(n, 0);
	json_decref(vectors);
	free(text);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("multibase");
	TCase *tcase = tcase_create("multibase");

	tcase_add_loop_test(tcase, bytes_are_written_and_read_back, 0, (int)ARRAY_LEN(pairs));
	tcase_add_test(tcase, every_length_comes_back);
	tcase_add_loop_test(tcase, a_text_that_is_not_those_bytes_is_refused, 0,
			    (int)ARRAY_LEN(wrong));
	tcase_add_test(tcase, a_key_of_another_kind_is_no_public_key);
	if (spec_present())
		tcase_add_test(tcase, the_did_key_vectors_have_the_multikeys_of_their_seeds);
	suite_add_tcase(suite, tcase);
	return suite;
}
