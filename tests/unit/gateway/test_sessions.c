/* Sessions: found by their cookie until they are over, ended one by one or all. */
#include "services/gateway/signin/sessions.h"

#include "libshared/arena.h"
#include "libshared/token.h"
#include "tests/support/place.h"
#include "tests/support/suite.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#define NOW (INT64_C(1767712500) * US_PER_S)
#define IDLE_US (30 * 60 * US_PER_S)
#define MOST_US (12 * US_PER_HOUR)

static struct place place;
static struct sessions *sessions;
static struct id ana, ben;
static char text[SESSION_TEXT_LEN + 1];

static void open_sessions(void)
{
	ENSURE(sodium_init() >= 0);
	place_make(&place);
	ana = id_of_name("account", "ana");
	ben = id_of_name("account", "ben");
	sessions = sessions_open(place_path(&place, "sessions"),
				 (struct session_times){IDLE_US, MOST_US});
	ENSURE(sessions != NULL);
	ENSURE(session_begin(sessions, &ana, "Ana", "Browser/1", NOW, text) == 0);
}

static void close_sessions(void)
{
	sessions_close(&sessions);
	place_remove(&place);
}

static bool found(const char *cookie, int64_t now_us)
{
	struct session_key key;
	struct session row;

	return session_find(sessions, cookie, now_us, &row, &key);
}

START_TEST(a_session_is_found_by_its_cookie_and_no_other)
{
	struct session_key key;
	struct session row;
	char other[SESSION_TEXT_LEN + 1];

	ck_assert(session_find(sessions, text, NOW, &row, &key));
	ck_assert_mem_eq(row.account, ana.b, ID_LEN);
	ck_assert_str_eq(row.name, "Ana");
	ck_assert_str_eq(row.agent, "Browser/1");
	memcpy(other, text, sizeof other);
	other[0] = other[0] == 'A' ? 'B' : 'A';
	ck_assert(!found(other, NOW));
	ck_assert(!found("", NOW));
	ck_assert(!found("short", NOW));
}
END_TEST

START_TEST(a_session_is_over_when_it_was_not_used_for_so_long)
{
	ck_assert(found(text, NOW + IDLE_US - 1));
	ck_assert(found(text, NOW + 2 * (IDLE_US - 1)));
	ck_assert(!found(text, NOW + 2 * (IDLE_US - 1) + IDLE_US));
	/* And does not come back. */
	ck_assert(!found(text, NOW));
}
END_TEST

START_TEST(a_session_is_over_after_so_long_however_it_was_used)
{
	int64_t at_us = NOW;

	while (at_us < NOW + MOST_US) {
		ck_assert(found(text, at_us));
		at_us += IDLE_US / 2;
	}
	ck_assert(!found(text, at_us));
}
END_TEST

START_TEST(all_of_an_account_but_one_are_ended_and_nobody_elses)
{
	char second[SESSION_TEXT_LEN + 1], bens[SESSION_TEXT_LEN + 1];
	struct session_key own;
	struct session row;

	ENSURE(session_begin(sessions, &ana, "Ana", "", NOW, second) == 0);
	ENSURE(session_begin(sessions, &ben, "Ben", "", NOW, bens) == 0);
	ENSURE(session_find(sessions, text, NOW, &row, &own));
	ck_assert_uint_eq(sessions_end_all(sessions, &ana, &own), 1);
	ck_assert(found(text, NOW));
	ck_assert(!found(second, NOW));
	ck_assert(found(bens, NOW));
	ck_assert_uint_eq(sessions_end_all(sessions, &ana, NULL), 1);
	ck_assert(!found(text, NOW));
}
END_TEST

START_TEST(somebody_elses_session_cannot_be_ended_by_its_name)
{
	json_t *list = sessions_of(sessions, &ana, NULL, NOW);
	const char *name = json_string_value(json_object_get(json_array_get(list, 0), "id"));

	ck_assert_uint_eq(json_array_size(list), 1);
	ck_assert(!session_end_named(sessions, &ben, name));
	ck_assert(found(text, NOW));
	ck_assert(session_end_named(sessions, &ana, name));
	ck_assert(!found(text, NOW));
	json_decref(list);
}
END_TEST

START_TEST(sessions_outlive_a_restart_and_what_is_over_is_swept)
{
	json_t *list;

	sessions_close(&sessions);
	sessions = sessions_open(place_path(&place, "sessions"),
				 (struct session_times){IDLE_US, MOST_US});
	ENSURE(sessions != NULL);
	ck_assert(found(text, NOW));
	sessions_sweep(sessions, NOW + IDLE_US);
	list = sessions_of(sessions, &ana, NULL, NOW);
	ck_assert_uint_eq(json_array_size(list), 0);
	json_decref(list);
}
END_TEST

START_TEST(the_field_of_a_form_is_new_each_time_and_its_sessions_own)
{
	char first[65], second[65];
	uint8_t csrf[SESSION_CSRF_LEN], other[SESSION_CSRF_LEN];

	randombytes_buf(csrf, sizeof csrf);
	randombytes_buf(other, sizeof other);
	csrf_mask(csrf, first);
	csrf_mask(csrf, second);
	ck_assert_str_ne(first, second);
	ck_assert(csrf_matches(csrf, first));
	ck_assert(csrf_matches(csrf, second));
	ck_assert(!csrf_matches(other, first));
	ck_assert(!csrf_matches(csrf, ""));
	first[63] = first[63] == '0' ? '1' : '0';
	ck_assert(!csrf_matches(csrf, first));
}
END_TEST

START_TEST(something_brief_is_there_until_its_time)
{
	AUTO(arena_destroy) struct arena *arena = arena_new(1024);
	struct bytes value;
	uint8_t key[32];

	brief_key("state", key);
	brief_put(sessions, BRIEF_OPENID, key, bytes_of_text("value"), NOW + 10);
	ck_assert(brief_get(sessions, BRIEF_OPENID, key, NOW, arena, &value));
	ck_assert(bytes_equal(value, bytes_of_text("value")));
	ck_assert(!brief_get(sessions, BRIEF_CODE, key, NOW, arena, &value));
	ck_assert(!brief_get(sessions, BRIEF_OPENID, key, NOW + 10, arena, &value));
	sessions_sweep(sessions, NOW + 10);
	ck_assert(!brief_get(sessions, BRIEF_OPENID, key, NOW, arena, &value));
}
END_TEST

/* Puts "NAME" for ana, or for ben. */
static void put_owned(const struct id *account, const char *name, int64_t until_us)
{
	const struct brief_owner owner = {*account, BRIEF_INTENTION, 3};
	uint8_t key[32];

	brief_key(name, key);
	brief_put_owned(sessions, &owner, key, bytes_of_text(name), until_us);
}

static bool is_kept(const char *name)
{
	AUTO(arena_destroy) struct arena *arena = arena_new(1024);
	struct bytes value;
	uint8_t key[32];

	brief_key(name, key);
	return brief_get(sessions, BRIEF_INTENTION, key, NOW, arena, &value);
}

START_TEST(what_an_account_has_kept_is_bounded_and_its_oldest_goes_first)
{
	put_owned(&ben, "of ben", NOW + 10);
	put_owned(&ana, "first", NOW + 10);
	put_owned(&ana, "second", NOW + 10);
	put_owned(&ana, "third", NOW + 10);
	ck_assert(is_kept("first"));
	put_owned(&ana, "fourth", NOW + 10);
	ck_assert(!is_kept("first"));
	put_owned(&ana, "fifth", NOW + 10);
	ck_assert(!is_kept("second"));
	ck_assert(is_kept("third"));
	ck_assert(is_kept("fourth"));
	ck_assert(is_kept("fifth"));
	ck_assert(is_kept("of ben"));
}
END_TEST

START_TEST(what_is_over_counts_no_more)
{
	put_owned(&ana, "over", NOW + 5);
	put_owned(&ana, "stays", NOW + 20);
	sessions_sweep(sessions, NOW + 10);
	ck_assert(!is_kept("over"));
	put_owned(&ana, "another", NOW + 20);
	put_owned(&ana, "one more", NOW + 20);
	ck_assert(is_kept("stays"));
	put_owned(&ana, "stays", NOW + 30); /* anew */
	ck_assert(is_kept("stays"));
	put_owned(&ana, "the last", NOW + 20);
	ck_assert(!is_kept("another"));
}
END_TEST

/* ---- API tokens ---- */

START_TEST(a_token_is_read_back_and_nothing_like_it_is)
{
	static const char *const bad[] = {"", "cairn_live_", "cairn__01M8MRJ99DFF3RR0B079BMA28W_",
					  "bearer"};
	char token[TOKEN_TEXT_MAX];
	struct token_parts parts;
	uint8_t secret[32];

	randombytes_buf(secret, sizeof secret);
	token_text("live", &ana, secret, token);
	ck_assert_int_eq(strncmp(token, "cairn_live_", 11), 0);
	ck_assert(token_parse(token, &parts));
	ck_assert_mem_eq(parts.id.b, ana.b, ID_LEN);
	for (size_t len = 0; len < strlen(token); len++) {
		char cut[TOKEN_TEXT_MAX];

		snprintf(cut, sizeof cut, "%.*s", (int)len, token);
		ck_assert(!token_parse(cut, &parts));
	}
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		ck_assert(!token_parse(bad[i], &parts));
	token[strlen(token) - 1] = '\0';
	ck_assert(!token_parse(token, &parts));
}
END_TEST

Suite *test_suite(void)
{
	Suite *s = suite_create("gateway sessions");
	TCase *t = tcase_create("sessions");

	tcase_add_checked_fixture(t, open_sessions, close_sessions);
	tcase_add_test(t, a_session_is_found_by_its_cookie_and_no_other);
	tcase_add_test(t, a_session_is_over_when_it_was_not_used_for_so_long);
	tcase_add_test(t, a_session_is_over_after_so_long_however_it_was_used);
	tcase_add_test(t, all_of_an_account_but_one_are_ended_and_nobody_elses);
	tcase_add_test(t, somebody_elses_session_cannot_be_ended_by_its_name);
	tcase_add_test(t, sessions_outlive_a_restart_and_what_is_over_is_swept);
	tcase_add_test(t, the_field_of_a_form_is_new_each_time_and_its_sessions_own);
	tcase_add_test(t, something_brief_is_there_until_its_time);
	tcase_add_test(t, what_an_account_has_kept_is_bounded_and_its_oldest_goes_first);
	tcase_add_test(t, what_is_over_counts_no_more);
	tcase_add_test(t, a_token_is_read_back_and_nothing_like_it_is);
	suite_add_tcase(s, t);
	return s;
}
