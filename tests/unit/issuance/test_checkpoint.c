/* Checkpoints as signed notes: a note by others, our own back, and what is no checkpoint. */
#include "tests/support/suite.h"

#include "services/issuance/documents/checkpoint.h"

#include <sodium.h>
#include <string.h>

static struct arena *arena;
static uint8_t public_key[ED25519_PUBLIC_LEN], secret_key[crypto_sign_SECRETKEYBYTES];
static const struct checkpoint sample = {"doe.example/transparency", 1204, {{1, 2, 3}}};

static void setup(void)
{
	static const uint8_t seed[crypto_sign_SEEDBYTES] = {9};

	arena = arena_new(4096);
	crypto_sign_seed_keypair(public_key, secret_key, seed);
}

static void teardown(void)
{
	arena_destroy(&arena);
}

/* Any text, signed by our key under that name. */
static const char *sign(const char *text, const char *name)
{
	uint8_t signature[ED25519_SIGNATURE_LEN];
	struct bytes b = bytes_of_text(text);

	crypto_sign_detached(signature, NULL, b.data, b.len, secret_key);
	return checkpoint_note(b, name, public_key, signature, arena);
}

static bool opens(const char *note, struct checkpoint *c_r)
{
	return checkpoint_open(bytes_of_text(note),
			       checkpoint_verifier(sample.origin, public_key, arena), arena, c_r);
}

/* The example of the Go team's package golang.org/x/mod/sumdb/note, where the format comes from. */
START_TEST(a_note_by_others_opens)
{
	static const char verifier[] =
		"PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
	static const char text[] = "If you think cryptography is the answer to your problem,\n"
				   "then you don't know what your problem is.\n";
	static const char signature[] =
		"\n— PeterNeumann "
		"x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqf"
		"qdngotpRZb6KE6RyyBwJnAM=\n";
	const char *note = arena_printf(arena, "%s%s", text, signature);
	struct bytes opened;

	ck_assert(note_open(bytes_of_text(note), verifier, arena, &opened));
	ck_assert(bytes_equal(opened, bytes_of_text(text)));
	ck_assert(!note_open(bytes_of_text(note),
			     checkpoint_verifier(sample.origin, public_key, arena), arena,
			     &opened));
	*strchr(note, 'k') = 'K';
	ck_assert(!note_open(bytes_of_text(note), verifier, arena, &opened));
}
END_TEST

START_TEST(a_checkpoint_comes_back_as_it_was)
{
	struct bytes text = checkpoint_text(&sample, arena);
	struct checkpoint c;

	ck_assert(opens(sign((const char *)text.data, sample.origin), &c));
	ck_assert_str_eq(c.origin, sample.origin);
	ck_assert_uint_eq(c.size, sample.size);
	ck_assert_mem_eq(&c.root, &sample.root, sizeof c.root);
}
END_TEST

START_TEST(what_is_no_checkpoint_is_refused_although_signed)
{
#define ROOT "AQIDAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
	static const char *const texts[] = {
		"doe.example/transparency\n12\n",
		"doe.example/transparency\n12\nAQID\n",
		"doe.example/transparency\n012\n" ROOT "\n",
		"doe.example/transparency\n-1\n" ROOT "\n",
		"doe.example/transparency\n12x\n" ROOT "\n",
		"doe.example/transparency\n99999999999999999999999\n" ROOT "\n",
		"other.example/transparency\n12\n" ROOT "\n",
		"doe.example/transparency\n",
	};
	struct checkpoint c;

	ck_assert(opens(sign("doe.example/transparency\n12\n" ROOT "\n", sample.origin), &c));
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		ck_assert_msg(!opens(sign(texts[i], sample.origin), &c), "%s", texts[i]);
	ck_assert(!opens(sign("doe.example/transparency\n12\n" ROOT "\n", "other.example"), &c));
	ck_assert(!opens("", &c));
	ck_assert(!opens("\n\n", &c));
}
END_TEST

START_TEST(every_changed_byte_and_every_cut_is_noticed)
{
	struct bytes text = checkpoint_text(&sample, arena);
	const char *note = sign((const char *)text.data, sample.origin);
	struct checkpoint c;

	for (size_t i = 0; i < strlen(note); i++) {
		char *changed = arena_text(arena, bytes_of_text(note));

		changed[i] ^= 1;
		ck_assert_msg(!opens(changed, &c), "byte %zu", i);
		changed = arena_text(arena, (struct bytes){(const uint8_t *)note, i});
		ck_assert_msg(!opens(changed, &c), "cut at %zu", i);
	}
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("checkpoint");
	TCase *notes = tcase_create("notes");

	tcase_add_checked_fixture(notes, setup, teardown);
	tcase_add_test(notes, a_note_by_others_opens);
	tcase_add_test(notes, a_checkpoint_comes_back_as_it_was);
	tcase_add_test(notes, what_is_no_checkpoint_is_refused_although_signed);
	tcase_add_test(notes, every_changed_byte_and_every_cut_is_noticed);
	suite_add_tcase(suite, notes);
	return suite;
}
