/* Tests of until when a certificate is good. */
#include "services/gateway/web/certificate.h"

#include "libshared/base.h"
#include "tests/support/place.h"
#include "tests/support/suite.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <time.h>

#define END_S INT64_C(1893456000) /* 2030-01-01 */

static struct place place;

static void setup(void)
{
	place_make(&place);
}

static void teardown(void)
{
	place_remove(&place);
}

static void write_certificate(const char *path)
{
	EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	X509 *x = X509_new();
	FILE *f = fopen(path, "w");

	ck_assert(key != NULL && x != NULL && f != NULL);
	ck_assert_ptr_nonnull(ASN1_TIME_set(X509_getm_notBefore(x), 0));
	ck_assert_ptr_nonnull(ASN1_TIME_set(X509_getm_notAfter(x), (time_t)END_S));
	ck_assert_int_eq(X509_set_pubkey(x, key), 1);
	ck_assert_int_gt(X509_sign(x, key, NULL), 0);
	ck_assert_int_eq(PEM_write_X509(f, x), 1);
	ck_assert_int_eq(fclose(f), 0);
	X509_free(x);
	EVP_PKEY_free(key);
}

START_TEST(the_end_of_a_certificate_is_read_from_its_file)
{
	const char *path = place_path(&place, "chain.pem");

	write_certificate(path);
	ck_assert_int_eq(certificate_end_us(path), END_S * US_PER_S);
}
END_TEST

START_TEST(where_there_is_none_there_is_no_end)
{
	const char *path = place_path(&place, "text.pem");
	FILE *f = fopen(path, "w");

	ck_assert_ptr_nonnull(f);
	fputs("-----BEGIN CERTIFICATE-----\nnone\n", f);
	ck_assert_int_eq(fclose(f), 0);
	ck_assert_int_eq(certificate_end_us(path), 0);
	ck_assert_int_eq(certificate_end_us(place_path(&place, "absent.pem")), 0);
	ck_assert_int_eq(certificate_end_us(""), 0);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("certificate");
	TCase *t = tcase_create("certificate");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, the_end_of_a_certificate_is_read_from_its_file);
	tcase_add_test(t, where_there_is_none_there_is_no_end);
	suite_add_tcase(suite, t);
	return suite;
}
