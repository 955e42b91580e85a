/* Key files and the peers file. */
#include "libshared/keys.h"
#include "libshared/log.h"
#include "libshared/peers.h"
#include "libshared/service.h"

#include "tests/support/place.h"
#include "tests/support/suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static struct place place;

static void setup(void)
{
	log_start("test", LOG_NONE);
	place_make(&place);
	unsetenv("CREDENTIALS_DIRECTORY");
}

static void teardown(void)
{
	place_remove(&place);
}

/* The pair of RFC 26's example, as libzmq's manual gives it to encode and decode by. */
static const char SECRET[] = "JTKVSB%%)wK0E.X)V>+}o?pNmC{O&4W4b!Ni{Lh6";
static const char PUBLIC[] = "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7";

START_TEST(a_secret_key_file_gives_both_keys)
{
	struct curve_keys keys;
	char text[64];

	snprintf(text, sizeof text, "%s\n", SECRET);
	place_write(&place, "a.key", text);
	ck_assert_int_eq(keys_load(place.dir, "a", &keys), 0);
	ck_assert_str_eq(keys.secret_key.s, SECRET);
	ck_assert_str_eq(keys.public_key.s, PUBLIC);
	keys_forget(&keys);
	ck_assert_str_eq(keys.secret_key.s, "");
}
END_TEST

START_TEST(making_a_key_twice_keeps_the_first)
{
	struct key_text first, second;
	struct curve_keys keys;
	struct stat st;

	ck_assert_int_eq(keys_make(place_path(&place, "keys"), "b", &first), 0);
	ck_assert_int_eq(keys_make(place_path(&place, "keys"), "b", &second), 0);
	ck_assert_str_eq(first.s, second.s);
	ck_assert_int_eq(keys_load(place_path(&place, "keys"), "b", &keys), 0);
	ck_assert_str_eq(keys.public_key.s, first.s);
	ck_assert_int_eq(stat(place_path(&place, "keys/b.key"), &st), 0);
	ck_assert_uint_eq(st.st_mode & 0777, 0600);
}
END_TEST

START_TEST(a_key_that_others_may_read_is_refused)
{
	struct curve_keys keys;

	place_write(&place, "a.key", SECRET);
	ck_assert_int_eq(chmod(place_path(&place, "a.key"), 0640), 0);
	ck_assert_int_eq(keys_load(place.dir, "a", &keys), -1);
}
END_TEST

static const char *const damaged[] = {
	"",
	"\n",
	"JTKVSB%%)wK0E.X)V>+}o?pNmC{O&4W4b!Ni{Lh",   /* a character short */
	"JTKVSB%%)wK0E.X)V>+}o?pNmC{O&4W4b!Ni{Lh66", /* one more */
	"JTKVSB%%)wK0E.X)V>+}o?pNmC{O&4W4b!Ni{Lh~",  /* not of the alphabet */
	"#####%%)wK0E.X)V>+}o?pNmC{O&4W4b!Ni{Lh6J",  /* a group above 2^32 - 1 */
};

START_TEST(a_damaged_key_is_refused)
{
	struct curve_keys keys;

	place_write(&place, "a.key", damaged[_i]);
	ck_assert_int_eq(keys_load(place.dir, "a", &keys), -1);
}
END_TEST

START_TEST(credentials_of_the_unit_come_first)
{
	struct curve_keys keys;
	struct key_text other;

	ck_assert_int_eq(keys_make(place_path(&place, "keys"), "a", &other), 0);
	ck_assert_int_eq(mkdir(place_path(&place, "cred"), 0700), 0);
	place_write(&place, "cred/a.key", SECRET);
	setenv("CREDENTIALS_DIRECTORY", place_path(&place, "cred"), 1);
	ck_assert_int_eq(keys_load(place_path(&place, "keys"), "a", &keys), 0);
	ck_assert_str_eq(keys.public_key.s, PUBLIC);
	ck_assert_int_eq(keys_make(place_path(&place, "keys"), "c", &other), 0);
	ck_assert_int_eq(keys_load(place_path(&place, "keys"), "c", &keys), 0);
	ck_assert_str_eq(keys.public_key.s, other.s);
}
END_TEST

START_TEST(noise_is_made_once_and_then_stays)
{
	uint8_t a[32], b[32], half[16];

	ck_assert_int_eq(keys_noise(place.dir, "x.noise", a, sizeof a), 0);
	ck_assert_int_eq(keys_noise(place.dir, "x.noise", b, sizeof b), 0);
	ck_assert_mem_eq(a, b, sizeof a);
	place_write(&place, "y.noise", "short");
	ck_assert_int_eq(keys_noise(place.dir, "y.noise", half, sizeof half), -1);
}
END_TEST

/* ---- peers ---- */

static const char OTHER[] = "Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID";

static struct peers *peers_of(const char *text)
{
	place_write(&place, "peers", text);
	return peers_load(place_path(&place, "peers"));
}

START_TEST(a_peer_is_found_by_name_and_by_key)
{
	char text[400];
	uint8_t key[KEY_LEN];

	snprintf(text, sizeof text,
		 "# who\n\ngateway %s roles=portal,asserts # the edge\n"
		 "  tn\t%s roles=licensure scope=TN\n",
		 PUBLIC, OTHER);
	struct peers *p = peers_of(text);

	ck_assert_ptr_nonnull(p);
	ck_assert_uint_eq(peers_count(p), 2);
	const struct peer *gateway = peer_by_name(p, "gateway");
	ck_assert_uint_eq(gateway->roles, ROLE_PORTAL | ROLE_ASSERTS);
	ck_assert_str_eq(gateway->scope, "");
	ck_assert(key_of_text(OTHER, key));
	const struct peer *tn = peer_by_key(p, key);
	ck_assert_str_eq(tn->name, "tn");
	ck_assert_str_eq(tn->scope, "TN");
	ck_assert_ptr_null(peer_by_name(p, "gatewa"));
	key[0] ^= 1;
	ck_assert_ptr_null(peer_by_key(p, key));
	peers_destroy(&p);
	peers_destroy(&p);
}
END_TEST

START_TEST(a_principal_is_the_front_of_blake2b_of_the_name)
{
	/* Python: hashlib.blake2b(b"gateway", digest_size=32), first 8 bytes, little-endian. */
	ck_assert_uint_eq(principal_of_name("gateway"), UINT64_C(0x81ab905ba24eb949));
}
END_TEST

START_TEST(one_name_may_have_two_keys_while_they_change)
{
	char text[400];

	snprintf(text, sizeof text, "a %s roles=follow\na %s roles=follow\n", PUBLIC, OTHER);
	struct peers *p = peers_of(text);
	ck_assert_ptr_nonnull(p);
	peers_destroy(&p);
	snprintf(text, sizeof text, "a %s roles=follow\na %s roles=portal\n", PUBLIC, OTHER);
	ck_assert_ptr_null(peers_of(text));
}
END_TEST

static const char *const wrong_lines[] = {
	"gateway\n",
	"gateway key\n",
	"Gateway rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7\n",
	"a-name-that-is-far-too-long-for-a-peer rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7\n",
	"gateway rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7 roles=root\n",
	"gateway rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7 roles=self\n",
	"gateway rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7 role=portal\n",
	"gateway rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7 scope=\n",
	"gateway rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7 scope=T/N\n",
	"a rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7\nb rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7\n",
};

START_TEST(a_wrong_line_refuses_the_whole_file)
{
	ck_assert_ptr_null(peers_of(wrong_lines[_i]));
}
END_TEST

START_TEST(a_line_that_was_added_is_read_back)
{
	struct key_text key;

	snprintf(key.s, sizeof key.s, "%s", PUBLIC);
	ck_assert_int_eq(peers_add(place_path(&place, "peers"), "a", &key, "follow,names", ""), 0);
	snprintf(key.s, sizeof key.s, "%s", OTHER);
	ck_assert_int_eq(peers_add(place_path(&place, "peers"), "b", &key, "licensure", "KY"), 0);
	struct peers *p = peers_load(place_path(&place, "peers"));
	ck_assert_uint_eq(peer_by_name(p, "a")->roles, ROLE_FOLLOW | ROLE_NAMES);
	ck_assert_str_eq(peer_by_name(p, "b")->scope, "KY");
	peers_destroy(&p);
}
END_TEST

START_TEST(an_empty_file_knows_nobody_and_a_missing_one_is_a_fault)
{
	struct peers *p = peers_of("# nobody yet\n");

	ck_assert_ptr_nonnull(p);
	ck_assert_ptr_null(peer_by_name(p, "a"));
	peers_destroy(&p);
	ck_assert_ptr_null(peers_load(place_path(&place, "none")));
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("keys");
	TCase *keys = tcase_create("keys"), *peers = tcase_create("peers");

	tcase_add_checked_fixture(keys, setup, teardown);
	tcase_add_test(keys, a_secret_key_file_gives_both_keys);
	tcase_add_test(keys, making_a_key_twice_keeps_the_first);
	tcase_add_test(keys, a_key_that_others_may_read_is_refused);
	tcase_add_loop_test(keys, a_damaged_key_is_refused, 0, (int)ARRAY_LEN(damaged));
	tcase_add_test(keys, credentials_of_the_unit_come_first);
	tcase_add_test(keys, noise_is_made_once_and_then_stays);
	suite_add_tcase(suite, keys);

	tcase_add_checked_fixture(peers, setup, teardown);
	tcase_add_test(peers, a_peer_is_found_by_name_and_by_key);
	tcase_add_test(peers, a_principal_is_the_front_of_blake2b_of_the_name);
	tcase_add_test(peers, one_name_may_have_two_keys_while_they_change);
	tcase_add_loop_test(peers, a_wrong_line_refuses_the_whole_file, 0,
			    (int)ARRAY_LEN(wrong_lines));
	tcase_add_test(peers, a_line_that_was_added_is_read_back);
	tcase_add_test(peers, an_empty_file_knows_nobody_and_a_missing_one_is_a_fault);
	suite_add_tcase(suite, peers);
	return suite;
}
