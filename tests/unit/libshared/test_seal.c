/* Sealed texts: what opens them, what never does, and who is named in a message. */
#include "libshared/seal.h"

#include "libshared/check.h"
#include "tests/support/sample.pb-c.h"
#include "tests/support/suite.h"

#include <stdlib.h>
#include <string.h>

static const struct id ana = {{1, 2, 3}}, ben = {{4, 5, 6}};
static const uint8_t seed[32] = {9};
static struct caps caps;
static struct decision d;

static void set_up(void)
{
	memset(caps.noise_key, 5, sizeof caps.noise_key);
	caps.keyring = keyring_open(NULL, seed);
	ck_assert_int_eq(keyring_ensure(caps.keyring, bytes_of_id(&ana)), 0);
	ck_assert_int_eq(keyring_ensure(caps.keyring, bytes_of_id(&ben)), 0);
	d = (struct decision){.caps = &caps, .arena = arena_new(4096)};
	memset(d.input_id.b, 7, ID_LEN);
}

static void tear_down(void)
{
	arena_destroy(&d.arena);
	keyring_close(&caps.keyring);
}

static Cairn__Sealed *seal_for(const struct id *subject, const char *text)
{
	Cairn__Sealed *sealed = seal(&d, bytes_of_id(subject), bytes_of_text(text));

	ck_assert_ptr_nonnull(sealed);
	return sealed;
}

START_TEST(what_is_sealed_opens)
{
	const char *texts[] = {"", "Ana Mar\xc3\xadn", "ana@example.org"};
	Cairn__Sealed *sealed = seal_for(&ana, texts[_i]);
	struct bytes text;

	ck_assert(bytes_equal(bytes_of_pb(sealed->subject), bytes_of_id(&ana)));
	ck_assert_uint_eq(sealed->box.len, 24 + strlen(texts[_i]) + 16);
	ck_assert(unseal(&caps, sealed, d.arena, &text));
	ck_assert(bytes_equal(text, bytes_of_text(texts[_i])));
	ck_assert(unseal_bytes(&caps, bytes_of_pb(sealed->subject), bytes_of_pb(sealed->box),
			       d.arena, &text));
}
END_TEST

START_TEST(a_subject_without_a_key_is_not_sealed_for)
{
	struct id stranger = {{8}};

	ck_assert_ptr_null(seal(&d, bytes_of_id(&stranger), bytes_of_text("x")));
	ck_assert_ptr_null(seal(&d, BYTES_NONE, bytes_of_text("x")));
}
END_TEST

START_TEST(an_erased_subject_s_texts_are_gone)
{
	Cairn__Sealed *sealed = seal_for(&ana, "Ana");
	struct bytes text;

	ck_assert_int_eq(keyring_destroy(caps.keyring, bytes_of_id(&ana)), 0);
	ck_assert(!unseal(&caps, sealed, d.arena, &text));
	ck_assert_ptr_null(seal(&d, bytes_of_id(&ana), bytes_of_text("Ana")));
}
END_TEST

START_TEST(a_box_under_another_name_does_not_open)
{
	Cairn__Sealed *sealed = seal_for(&ana, "Ana");
	struct bytes text;

	sealed->subject = pb_of_id(&ben);
	ck_assert(!unseal(&caps, sealed, d.arena, &text));
}
END_TEST

START_TEST(a_changed_or_cut_box_does_not_open)
{
	Cairn__Sealed *sealed = seal_for(&ana, "Ana");
	size_t len = sealed->box.len;
	struct bytes text;

	for (size_t i = 0; i < len; i++) {
		sealed->box.data[i] ^= 1;
		ck_assert(!unseal(&caps, sealed, d.arena, &text));
		sealed->box.data[i] ^= 1;
		sealed->box.len = i;
		ck_assert(!unseal(&caps, sealed, d.arena, &text));
		sealed->box.len = len;
	}
	ck_assert(unseal(&caps, sealed, d.arena, &text));
}
END_TEST

START_TEST(nothing_sealed_opens_to_nothing)
{
	struct bytes text;

	ck_assert(!unseal(&caps, NULL, d.arena, &text));
	ck_assert(!unseal(&caps, &(Cairn__Sealed)CAIRN__SEALED__INIT, d.arena, &text));
}
END_TEST

START_TEST(the_same_input_seals_alike_again)
{
	Cairn__Sealed *first = seal_for(&ana, "Ana"), *second = seal_for(&ana, "Ana"), *again;

	ck_assert(!bytes_equal(bytes_of_pb(first->box), bytes_of_pb(second->box)));
	d.counter = 0;
	again = seal_for(&ana, "Ana");
	ck_assert(bytes_equal(bytes_of_pb(first->box), bytes_of_pb(again->box)));
}
END_TEST

START_TEST(another_text_or_subject_or_input_has_another_nonce)
{
	Cairn__Sealed *first = seal_for(&ana, "Ana"), *other;

	d.counter = 0;
	other = seal_for(&ana, "Anb");
	ck_assert_mem_ne(first->box.data, other->box.data, 24);
	d.counter = 0;
	other = seal_for(&ben, "Ana");
	ck_assert_mem_ne(first->box.data, other->box.data, 24);
	d.counter = 0;
	d.input_id.b[0] ^= 1;
	other = seal_for(&ana, "Ana");
	ck_assert_mem_ne(first->box.data, other->box.data, 24);
}
END_TEST

/* By Python: hashlib.blake2b(b"email:ana@example.org", digest_size=16, key=bytes([5]) * 32). */
START_TEST(a_look_up_does_not_heed_case)
{
	struct id hash = lookup_hash(&caps, "email", bytes_of_text("Ana@Example.ORG"));
	struct id other = lookup_hash(&caps, "handle", bytes_of_text("ana@example.org"));
	char hex[33];

	hex_of_bytes(bytes_of_id(&hash), hex);
	ck_assert_str_eq(hex, "95871ea3fd1887153fbd142cf1922b16");
	ck_assert(!id_equal(&hash, &other));
	caps.noise_key[0] ^= 1;
	other = lookup_hash(&caps, "email", bytes_of_text("ana@example.org"));
	ck_assert(!id_equal(&hash, &other));
}
END_TEST

static void note_subject(void *ctx, struct bytes subject)
{
	char **at = ctx;

	*at += snprintf(*at, 20, "%d ", subject.data[0]);
}

START_TEST(subjects_are_found_wherever_they_are_sealed)
{
	Sample__Entry entry = SAMPLE__ENTRY__INIT, second = SAMPLE__ENTRY__INIT;
	Sample__PublishEntry publish = SAMPLE__PUBLISH_ENTRY__INIT;
	Sample__Command command = SAMPLE__COMMAND__INIT;
	Cairn__Sealed nobody = CAIRN__SEALED__INIT;
	Cairn__Sealed *sealed[] = {seal_for(&ben, "b"), &nobody, seal_for(&ana, "c")};
	Sample__Entry *others[] = {&second};
	char found[100] = "", *at = found;

	entry.holder = seal_for(&ana, "a");
	second.others = sealed;
	second.n_others = 3;
	publish.entry = &entry;
	publish.others = others;
	publish.n_others = 1;
	command.body_case = SAMPLE__COMMAND__BODY_PUBLISH_ENTRY;
	command.publish_entry = &publish;
	message_subjects(&command.base, note_subject, &at);
	ck_assert_str_eq(found, "1 4 1 ");
	at = found;
	found[0] = '\0';
	message_subjects(&entry.holder->base, note_subject, &at);
	ck_assert_str_eq(found, "1 ");
}
END_TEST

START_TEST(a_message_of_another_member_names_nobody)
{
	Sample__Command command = SAMPLE__COMMAND__INIT;
	char found[100] = "", *at = found;

	command.body_case = SAMPLE__COMMAND__BODY_NUMBER;
	command.number = 77; /* where a pointer would be */
	message_subjects(&command.base, note_subject, &at);
	ck_assert_str_eq(found, "");
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("seal");
	TCase *tcase = tcase_create("seal");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_loop_test(tcase, what_is_sealed_opens, 0, 3);
	tcase_add_test(tcase, a_subject_without_a_key_is_not_sealed_for);
	tcase_add_test(tcase, an_erased_subject_s_texts_are_gone);
	tcase_add_test(tcase, a_box_under_another_name_does_not_open);
	tcase_add_test(tcase, a_changed_or_cut_box_does_not_open);
	tcase_add_test(tcase, nothing_sealed_opens_to_nothing);
	tcase_add_test(tcase, the_same_input_seals_alike_again);
	tcase_add_test(tcase, another_text_or_subject_or_input_has_another_nonce);
	tcase_add_test(tcase, a_look_up_does_not_heed_case);
	tcase_add_test(tcase, subjects_are_found_wherever_they_are_sealed);
	tcase_add_test(tcase, a_message_of_another_member_names_nobody);
	suite_add_tcase(suite, tcase);
	return suite;
}
