/* The signer's files: kept encrypted, read again, refused when others may read them. */
#include "services/issuance/signer.h"
#include "services/issuance/vault.h"
#include "tests/support/place.h"
#include "tests/support/suite.h"

#include <dirent.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct place place;
static struct id issuer, slot;

static void setup(void)
{
	place_make(&place);
	ENSURE(sodium_init() >= 0);
	memset(issuer.b, 1, sizeof issuer.b);
	memset(slot.b, 2, sizeof slot.b);
}

static void teardown(void)
{
	place_remove(&place);
}

static struct signer *opened(void)
{
	struct signer *s = signer_open(place.dir, NULL);

	ENSURE(s != NULL);
	return s;
}

/* The path of the issuer's only file; the transparency log has one beside it. */
static const char *key_file(void)
{
	static char path[600];
	char folder[400];
	DIR *dir;

	snprintf(folder, sizeof folder, "%s/issuers", place.dir);
	dir = opendir(folder);
	ENSURE(dir != NULL);
	for (const struct dirent *e; (e = readdir(dir)) != NULL;)
		if (strncmp(e->d_name, ID_STR(bytes_of_id(&issuer)), ID_TEXT_LEN) == 0)
			snprintf(path, sizeof path, "%s/%s", folder, e->d_name);
	closedir(dir);
	return path;
}

START_TEST(a_key_of_each_kind_is_read_again_and_signs)
{
	static const struct bytes message = {(const uint8_t *)"message", 7};
	enum signer_kind kind = (enum signer_kind)_i;
	uint8_t signature[JWK_SIGNATURE_MAX];
	struct public_key made, read;
	struct signer *s = opened();

	ck_assert_int_eq(signer_ensure(s, bytes_of_id(&issuer), kind, bytes_of_id(&slot)), 0);
	ck_assert(signer_public(s, bytes_of_id(&issuer), bytes_of_id(&slot), &made));
	signer_close(&s);
	s = opened();
	ck_assert_int_eq(signer_ensure(s, bytes_of_id(&issuer), kind, bytes_of_id(&slot)), 0);
	ck_assert(signer_public(s, bytes_of_id(&issuer), bytes_of_id(&slot), &read));
	ck_assert_str_eq(made.name, read.name);
	ck_assert_str_eq(made.jwk, read.jwk);
	if (kind == SIGNER_ED25519)
		ck_assert_int_eq(signer_sign(s, read.name, message, signature), 0);
	else
		ck_assert_int_eq(signer_sign_jws(s, read.name, message, signature),
				 kind == SIGNER_RS256 ? 256 : 64);
	ck_assert_int_eq(signer_sign(s, "z6MkNobody", message, signature), -1);
	ck_assert_int_eq(signer_sign_jws(s, "es256-nobody", message, signature), -1);
	signer_close(&s);
}
END_TEST

/* As the version before wrote it: ISSUER.key, the seed in a box under the master key. */
START_TEST(a_key_of_the_old_layout_signs_still)
{
	struct public_key key;
	char before[700], after[700];
	struct signer *s = opened();

	ck_assert_int_eq(signer_ensure(s, bytes_of_id(&issuer), SIGNER_ED25519, bytes_of_id(&slot)),
			 0);
	ck_assert(signer_public(s, bytes_of_id(&issuer), bytes_of_id(&slot), &key));
	signer_close(&s);
	snprintf(before, sizeof before, "%s", key_file());
	snprintf(after, sizeof after, "%s/issuers/%s.key", place.dir, ID_STR(bytes_of_id(&issuer)));
	ck_assert_int_eq(rename(before, after), 0);
	s = opened();
	ck_assert_int_eq(signer_sign(s, key.name, BYTES_NONE, (uint8_t[ED25519_SIGNATURE_LEN]){0}),
			 0);
	signer_close(&s);
}
END_TEST

START_TEST(files_that_others_may_read_are_refused)
{
	struct signer *s = opened();
	char master[400];

	ck_assert_int_eq(signer_ensure(s, bytes_of_id(&issuer), SIGNER_ED25519, bytes_of_id(&slot)),
			 0);
	signer_close(&s);
	ck_assert_int_eq(chmod(key_file(), 0640), 0);
	ck_assert_ptr_null(signer_open(place.dir, NULL));
	ck_assert_int_eq(chmod(key_file(), 0600), 0);
	snprintf(master, sizeof master, "%s/issuance.master", place.dir);
	ck_assert_int_eq(chmod(master, 0604), 0);
	ck_assert_ptr_null(signer_open(place.dir, NULL));
	ck_assert_int_eq(chmod(master, 0600), 0);
	s = opened();
	signer_close(&s);
}
END_TEST

START_TEST(a_file_of_another_owner_is_refused)
{
	struct signer *s;

	if (geteuid() != 0)
		return; /* only root can make one */
	s = opened();
	ck_assert_int_eq(signer_ensure(s, bytes_of_id(&issuer), SIGNER_ED25519, bytes_of_id(&slot)),
			 0);
	signer_close(&s);
	ck_assert_int_eq(chown(key_file(), 65534, (gid_t)-1), 0);
	ck_assert_ptr_null(signer_open(place.dir, NULL));
}
END_TEST

START_TEST(a_key_sealed_under_another_master_is_refused)
{
	struct signer *s = opened();
	char master[400];

	ck_assert_int_eq(signer_ensure(s, bytes_of_id(&issuer), SIGNER_ED25519, bytes_of_id(&slot)),
			 0);
	signer_close(&s);
	snprintf(master, sizeof master, "%s/issuance.master", place.dir);
	ck_assert_int_eq(unlink(master), 0);
	ck_assert_ptr_null(signer_open(place.dir, NULL));
}
END_TEST

START_TEST(a_master_key_of_the_credentials_directory_is_used_and_none_is_made)
{
	uint8_t master[32];
	char path[600];
	FILE *f;
	struct signer *s;

	randombytes_buf(master, sizeof master);
	snprintf(path, sizeof path, "%s/credentials", place.dir);
	ENSURE(mkdir(path, 0700) == 0 && setenv("CREDENTIALS_DIRECTORY", path, 1) == 0);
	snprintf(path, sizeof path, "%s/credentials/issuance.master", place.dir);
	f = fopen(path, "w");
	ENSURE(f != NULL && fwrite(master, sizeof master, 1, f) == 1 && fclose(f) == 0);
	s = opened();
	signer_close(&s);
	unsetenv("CREDENTIALS_DIRECTORY");
	snprintf(path, sizeof path, "%s/issuance.master", place.dir);
	ck_assert_int_eq(access(path, F_OK), -1);
}
END_TEST

Suite *test_suite(void)
{
	const TTest *const tests[] = {
		a_key_of_the_old_layout_signs_still,
		files_that_others_may_read_are_refused,
		a_file_of_another_owner_is_refused,
		a_key_sealed_under_another_master_is_refused,
		a_master_key_of_the_credentials_directory_is_used_and_none_is_made,
	};
	Suite *suite = suite_create("signer");
	TCase *tcase = tcase_create("signer");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_loop_test(tcase, a_key_of_each_kind_is_read_again_and_signs, 0, SIGNER_KINDS);
	for (size_t i = 0; i < ARRAY_LEN(tests); i++)
		tcase_add_test(tcase, tests[i]);
	suite_add_tcase(suite, tcase);
	return suite;
}
