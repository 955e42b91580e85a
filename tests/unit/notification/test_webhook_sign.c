/* Standard Webhooks' signatures, against values that others computed. */
#include "tests/support/suite.h"

#include "services/notification/sinks/sink_secret.h"
#include "services/notification/webhook/webhook_sign.h"

#include <stdlib.h>
#include <string.h>

static struct arena *arena;
static uint8_t secrets[2][SINK_SECRET_LEN];

static const struct webhook_content content = {
	"msg_0190f0a0-0000-7000-8000-000000000001", 1777644202, {(const uint8_t *)"{\"a\":1}", 7}};

/* By Python's hmac and hashlib, and by OpenSSL, of the secret 00 01 .. 1f. */
#define MAC "v1,+ABADCNsYf68LANHYKN/xpqvB9YPDaOKGAtwKCEycUw="
#define SIGNATURE                                                                                  \
	"v1a,+GaV8LPW0AmWeibQdLN2jMSExMxTimsvHlH231rnNJ5qo+3zkKUjPfe3uKKVShRLxbt41UwGDPr0K0ZIWf/"  \
	"WCA=="

static void setup(void)
{
	arena = arena_new(1024);
	for (unsigned i = 0; i < SINK_SECRET_LEN; i++) {
		secrets[0][i] = (uint8_t)i;
		secrets[1][i] = (uint8_t)(200 + i % 50);
	}
}

static void teardown(void)
{
	arena_destroy(&arena);
}

START_TEST(the_example_of_the_standard_is_signed_as_it_says)
{
	struct webhook_content example = {"msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330,
					  bytes_of_text("{\"test\": 2432232314}")};
	/* Of 24 bytes; zeros behind a key are the same key. */
	uint8_t secret[SINK_SECRET_LEN] = {0};

	ck_assert_int_eq(sodium_base642bin(secret, sizeof secret,
					   "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", 32, NULL, NULL, NULL,
					   sodium_base64_VARIANT_ORIGINAL),
			 0);
	ck_assert(strncmp(webhook_signatures(&example, BYTES_OF(secret), arena),
			  "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE= v1a,", 52) == 0);
}
END_TEST

START_TEST(a_secret_signs_twice)
{
	ck_assert_str_eq(webhook_signatures(&content, BYTES_OF(secrets[0]), arena),
			 MAC " " SIGNATURE);
}
END_TEST

START_TEST(while_a_secret_is_replaced_both_sign_and_the_newest_is_first)
{
	const char *both, *new, *old;

	new = webhook_signatures(&content, BYTES_OF(secrets[1]), arena);
	old = MAC " " SIGNATURE;
	memcpy(secrets[1], secrets[0], SINK_SECRET_LEN);
	for (unsigned i = 0; i < SINK_SECRET_LEN; i++)
		secrets[0][i] = (uint8_t)(200 + i % 50);
	both = webhook_signatures(&content, BYTES_OF(secrets), arena);
	ck_assert_str_eq(both, arena_printf(arena, "%s %s", new, old));
}
END_TEST

START_TEST(the_secret_and_the_public_key_have_their_texts)
{
	ck_assert_str_eq(sink_secret_text(BYTES_OF(secrets[0]), arena),
			 "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=");
	ck_assert_str_eq(sink_public_text(BYTES_OF(secrets[0]), arena),
			 "whpk_1nKYg1sbpYgVhbJFjzlAJCi7XK25DUDMmd3poBtLiR4=");
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("webhook_sign");
	TCase *tcase = tcase_create("webhook_sign");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, the_example_of_the_standard_is_signed_as_it_says);
	tcase_add_test(tcase, a_secret_signs_twice);
	tcase_add_test(tcase, while_a_secret_is_replaced_both_sign_and_the_newest_is_first);
	tcase_add_test(tcase, the_secret_and_the_public_key_have_their_texts);
	suite_add_tcase(suite, tcase);
	return suite;
}
