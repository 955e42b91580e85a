/* From a released decision to an Ed-Fi API, by the real daemons and an operator's commands: all
 * that is issued arrives and ends as it is, whoever is killed; one record that is refused holds up
 * no other; a sink that may not write says so. */
#include "services/notification/sinks/http.h"

#include "libshared/clock.h"
#include "tests/integration/edfi/api.h"
#include "tests/integration/mile.h"
#include "tests/support/suite.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CREDENTIALS 400 /* places: of ten teachers */
#define TEACHERS 10
#define WAIT_US (60 * US_PER_S)

static struct mile m;
static struct api api;
static struct http *http;
static struct arena *arena;
static const char *const settings[] = {"sink_plain=yes", "sink_networks=127.0.0.0/8", NULL};

/* ---- an operator ---- */

/* What cairnctl answers as JSON; the caller's own. NULL: it failed. */
static json_t *ctl(const char *words)
{
	char *line = arena_printf(arena, "'%s' --dir '%s' --key cairnctl %s --json 2>>'%s/ctl.err'",
				  CAIRNCTL, m.daemons.place.dir, words, m.daemons.place.dir);
	FILE *out = popen(line, "r");
	json_t *said;

	ck_assert_ptr_nonnull(out);
	said = json_loadf(out, 0, NULL);
	return pclose(out) == 0 ? said : NULL;
}

static const char *last_error(void)
{
	FILE *f = fopen(place_path(&m.daemons.place, "ctl.err"), "re");
	char line[1000] = "";

	ck_assert_ptr_nonnull(f);
	while (fgets(line, sizeof line, f) != NULL)
		;
	fclose(f);
	return arena_printf(arena, "%s", line);
}

static void must(const char *words)
{
	json_t *said = ctl(words);

	ck_assert_msg(said != NULL, "%s (%s)", last_error(), words);
	json_decref(said);
}

static const char *shown(const char *member)
{
	json_t *said = ctl("sink show tn");
	const char *text = json_string_value(json_object_get(said, member));
	char *copy = arena_printf(arena, "%s", text != NULL ? text : "");

	json_decref(said);
	return copy;
}

static json_int_t shown_number(const char *member)
{
	json_t *said = ctl("sink show tn");
	json_int_t n = json_integer_value(json_object_get(said, member));

	json_decref(said);
	return n;
}

static void add_sink(void)
{
	place_write(&m.daemons.place, "secret", "secret\n");
	must(arena_printf(arena,
			  "sink add tn --kind edfi --state TN --url %s --data-standard 6.1 "
			  "--namespace uri://cairn.sea.example.gov "
			  "--person-source uri://ed-fi.org/SourceSystemDescriptor#State "
			  "--client-id cairn --client-secret-file '%s/secret' "
			  "--contact ops@sea.example.gov",
			  api.url, m.daemons.place.dir));
	ck_assert_str_eq(shown("state"), "active");
}

static void kill_notification(void)
{
	daemon_kit_kill(&m.daemons, "notification");
	daemon_kit_start(&m.daemons, "notification", settings);
}

/* ---- waiting ---- */

static void await_count(const char *resource, unsigned n)
{
	int64_t until_us = clock_mono_us() + WAIT_US;

	while (api_count(&api, resource) < n)
		ck_assert_msg(clock_mono_us() < until_us, "%u of %u %s", api_count(&api, resource),
			      n, resource);
}

static void await_shown(const char *member, const char *text)
{
	int64_t until_us = clock_mono_us() + WAIT_US;

	while (strcmp(shown(member), text) != 0)
		ck_assert_msg(clock_mono_us() < until_us, "%s: %s", member, shown(member));
}

static unsigned with_status(const char *code)
{
	char *wanted = arena_printf(arena, "uri://ed-fi.org/CredentialStatusDescriptor#%s", code);
	unsigned n = 0;

	for (unsigned i = api_count(&api, "credentials"); i > 0; i--) {
		json_t *row = api_row(&api, "credentials", i - 1);
		const char *status =
			json_string_value(json_object_get(row, "credentialStatusDescriptor"));

		n += strcmp(status, wanted) == 0;
		json_decref(row);
	}
	return n;
}

/* ---- the place ---- */

static void set_up(void)
{
	const struct http_options options = {.networks = "127.0.0.0/8",
					     .ca_file = "",
					     .plain = true,
					     .timeout_ms = 10000,
					     .parallel = 4};

	arena = arena_new(1 << 16);
	http = http_open(&options);
	mile_open(&m, CREDENTIALS);
	mile_start(&m);
	daemon_kit_stop(&m.daemons, "notification");
	daemon_kit_start(&m.daemons, "notification", settings);
	api = (struct api){.place = &m.daemons.place, .http = http};
}

static void tear_down(void)
{
	api_stop(&api);
	mile_close(&m);
	http_close(&http);
	arena_destroy(&arena);
}

/* All teachers but the last unknown ones. */
static void start_api(unsigned unknown)
{
	char *people = arena_printf(arena, "\"none\"");

	for (unsigned i = 0; i < TEACHERS - unknown; i++)
		people = arena_printf(arena, "%s,\"%07u\"", people, i);
	api_start(&api, arena_printf(arena, "{\"token_s\":3,\"people\":[%s]}", people));
}

/* ---- what must hold ---- */

START_TEST(what_is_issued_and_revoked_arrives_whoever_is_killed)
{
	int64_t revoked_us;

	start_api(0);
	add_sink();
	mile_release(&m, 100);
	kill_notification();
	api_steer(&api, "{\"script\":[{\"path\":\"/credentials\",\"status\":503,\"times\":3}],"
			"\"forget_tokens\":true}");
	mile_release(&m, 100);
	mile_revoke(&m, 20);
	revoked_us = clock_mono_us();
	for (int i = 0; i < 10; i++)
		mile_shake(&m);
	kill_notification();
	mile_kill(&m, "issuance");
	await_count("credentials", 200);
	await_count("credentialEvents", 40);
	ck_assert_int_lt(clock_mono_us() - revoked_us, WAIT_US);
	await_shown("state", "active");
	ck_assert_int_eq(shown_number("dead"), 0);
	ck_assert_uint_eq(api_count(&api, "credentials"), 200);
	ck_assert_uint_eq(api_count(&api, "credentialEvents"), 40);
	ck_assert_uint_eq(with_status("Revoked"), 20);
	ck_assert_uint_eq(with_status("Active"), 180);
}
END_TEST

/* Here time is the input: moments of kills. */
static void nap(int most_ms)
{
	poll(NULL, 0, rand() % most_ms);
}

/* The long run. */
START_TEST(whoever_is_killed_at_any_moment_all_of_it_arrives_once)
{
	const unsigned rounds = 40, issued = 8, revoked = 2;

	srand((unsigned)getpid());
	start_api(0);
	add_sink();
	for (unsigned i = 0; i < rounds; i++) {
		mile_release(&m, issued);
		mile_revoke(&m, revoked);
		mile_shake(&m);
		nap(1000);
		if (i % 5 == 4)
			mile_kill(&m, "issuance");
		else
			kill_notification();
	}
	await_count("credentials", rounds * issued);
	await_count("credentialEvents", rounds * (revoked + 2));
	ck_assert_uint_eq(api_count(&api, "credentials"), rounds * issued);
	ck_assert_uint_eq(api_count(&api, "credentialEvents"), rounds * (revoked + 2));
	ck_assert_uint_eq(with_status("Revoked"), rounds * revoked);
	ck_assert_uint_eq(with_status("Active"), rounds * (issued - revoked));
	await_shown("state", "active");
	ck_assert_int_eq(shown_number("dead"), 0);
}
END_TEST

/* Each dead event, once what is wrong with all of them was mended. */
static void redeliver_dead(unsigned n, const char *why)
{
	json_t *said = ctl("sink events tn --state dead"), *event;
	size_t i;

	ck_assert_uint_eq(json_array_size(json_object_get(said, "events")), n);
	json_array_foreach(json_object_get(said, "events"), i, event)
	{
		ck_assert_str_eq(json_string_value(json_object_get(event, "why")), why);
		must(arena_printf(arena, "sink redeliver tn --event %s",
				  json_string_value(json_object_get(event, "event"))));
	}
	json_decref(said);
}

START_TEST(one_teacher_the_api_does_not_know_holds_up_no_other)
{
	start_api(1);
	add_sink();
	mile_release(&m, 50);
	mile_revoke(&m, 50);
	await_count("credentialEvents", 45);
	ck_assert_uint_eq(with_status("Revoked"), 45);
	ck_assert_str_eq(shown("state"), "active");
	api_steer(&api, "{\"set\":{\"people\":[\"0000009\"]}}");
	redeliver_dead(5, "credentials: The referenced 'Person' item does not exist.");
	await_count("credentialEvents", 50);
	ck_assert_uint_eq(api_count(&api, "credentials"), 50);
	ck_assert_uint_eq(with_status("Revoked"), 50);
}
END_TEST

START_TEST(a_namespace_that_is_taken_away_pauses_the_sink_and_says_why)
{
	start_api(0);
	add_sink();
	mile_release(&m, 10);
	await_count("credentials", 10);
	api_steer(&api, "{\"set\":{\"prefixes\":[\"uri://somebody.else\"]}}");
	mile_release(&m, 10);
	await_shown("state", "not_accepted");
	ck_assert_str_eq(shown("why"), "the API key may not write the namespace uri://"
				       "cairn.sea.example.gov: its vendor needs this prefix");
	api_steer(&api, "{\"set\":{\"prefixes\":[\"uri://cairn.sea.example.gov\"]}}");
	must("sink resume tn");
	await_count("credentials", 20);
	await_shown("state", "active");
}
END_TEST

Suite *test_suite(void)
{
	Suite *s = suite_create("Ed-Fi daemons");
	TCase *t = tcase_create("daemons");

	tcase_set_timeout(t, 600);
	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_test(t, what_is_issued_and_revoked_arrives_whoever_is_killed);
	if (getenv("CAIRN_LONG") != NULL)
		tcase_add_test(t, whoever_is_killed_at_any_moment_all_of_it_arrives_once);
	tcase_add_test(t, one_teacher_the_api_does_not_know_holds_up_no_other);
	tcase_add_test(t, a_namespace_that_is_taken_away_pauses_the_sink_and_says_why);
	suite_add_tcase(s, t);
	return s;
}
