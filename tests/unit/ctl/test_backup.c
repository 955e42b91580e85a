/* Backups of an installation's directories: whole, sealed, checked, and erased again. */
#include "libshared/blobs.h"
#include "libshared/engine.h"
#include "libshared/seal.h"
#include "services/ctl/daemons.h"
#include "tests/support/ctl_run.h"
#include "tests/support/suite.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static struct place place, template;
static struct ctl_run run;
static char from[100], to[100], backup[100], secret[100], public_key[100];
static struct id ana, ben;
/* Not all five: what is not there is not backed up. */
static const enum ctl_service present[] = {TO_ENROLLMENT, TO_EVIDENCE, TO_ISSUANCE};
static uint8_t blob[SHA256_LEN];
static const char content[] = "what a teacher wrote";

#define RUN(...) ctl_run(&run, ctl_main, &place, __VA_ARGS__, NULL)
#define BACK_UP() RUN("--dir", from, "backup", "--to", backup, "--to-key", public_key)
#define RESTORE() RUN("restore", "--from", backup, "--to", to, "--secret", secret)
#define RESTORE_WITH(option, value)                                                                \
	RUN("restore", "--from", backup, "--to", to, "--secret", secret, option, value)

static PRINTF_LIKE(1, 2) const char *path(const char *format, ...)
{
	static char paths[4][256];
	static unsigned n;
	char *p = paths[n++ % 4];
	va_list args;

	va_start(args, format);
	vsnprintf(p, sizeof paths[0], format, args);
	va_end(args);
	return p;
}

/* An installation in which each service has an empty log, persons' keys, and one a blob. The
 * engines are another process's: one must not open an environment twice. */
static void make_installation(void)
{
	struct caps caps = {.keyring = NULL};

	for (size_t i = 0; i < ARRAY_LEN(present); i++) {
		enum ctl_service s = present[i];

		const char *home = path("%s/%s", from, service_name(s));
		struct engine_options options = {.map_bytes = (size_t)1 << 26,
						 .caps = &caps,
						 .fresh_log_id = id_of_name("log", home)};
		struct keyring *keyring;
		struct engine *e;

		ENSURE(mkdir(home, 0700) == 0);
		options.dir = path("%s/%s/db", from, service_name(s));
		e = engine_open(service_of(s), &options);
		ENSURE(e != NULL);
		engine_close(&e);
		keyring = keyring_open(path("%s/%s/keyring", from, service_name(s)), NULL);
		ENSURE(keyring != NULL && keyring_ensure(keyring, bytes_of_id(&ana)) == 0 &&
		       keyring_ensure(keyring, bytes_of_id(&ben)) == 0 &&
		       keyring_sync(keyring) == 0);
		keyring_close(&keyring);
	}
}

static void make_blob(void)
{
	struct blobs *blobs = blobs_open(path("%s/%s", from, "evidence"));

	ENSURE(blobs != NULL && blobs_put(blobs, bytes_of_text(content), blob) == 0 &&
	       blobs_sync(blobs) == 0);
	blobs_close(&blobs);
}

/* Once, because new databases and their syncs take most of the time. */
static void setup_once(void)
{
	place_make(&template);
	ana = id_of_name("person", "ana");
	ben = id_of_name("person", "ben");
	snprintf(from, sizeof from, "%s/from", template.dir);
	ctl_run(&run, ctl_main, &template, "--dir", from, "keys", "init", NULL);
	ENSURE(run.code == 0);
	make_installation();
	make_blob();
	place_write(&template, "from/keys/enrollment.noise", "0123456789abcdef0123456789abcdef");
}

static void teardown_once(void)
{
	place_remove(&template);
}

static void setup(void)
{
	char copy[300];

	place_make(&place);
	snprintf(copy, sizeof copy, "cp -a %s/from %s/from", template.dir, place.dir);
	ck_assert_int_eq(system(copy), 0);
	snprintf(from, sizeof from, "%s/from", place.dir);
	snprintf(to, sizeof to, "%s/to", place.dir);
	snprintf(backup, sizeof backup, "%s/backup", place.dir);
	snprintf(secret, sizeof secret, "%s/operator.secret", place.dir);
	snprintf(public_key, sizeof public_key, "%s/operator.public", place.dir);
	RUN("keys", "backup-key", "--to", place_path(&place, "operator"));
	ck_assert_int_eq(run.code, 0);
}

static void teardown(void)
{
	place_remove(&place);
}

/* Whether ana (or ben) has a key in a service's keyring in that installation. */
static bool has_key(const char *dir, const char *service, const struct id *person)
{
	struct keyring *keyring = keyring_open(path("%s/%s/keyring", dir, service), NULL);
	struct bytes key;
	bool has;

	ck_assert_ptr_nonnull(keyring);
	has = keyring_get(keyring, bytes_of_id(person), &key);
	keyring_close(&keyring);
	return has;
}

static void erase(const char *dir, const char *service, const struct id *person)
{
	struct keyring *keyring = keyring_open(path("%s/%s/keyring", dir, service), NULL);

	ck_assert_ptr_nonnull(keyring);
	ck_assert_int_eq(keyring_destroy(keyring, bytes_of_id(person)), 0);
	keyring_close(&keyring);
}

static bool file_holds(const char *file, const char *text)
{
	char data[65536];
	FILE *f = fopen(file, "r");
	size_t n;

	ck_assert_msg(f != NULL, "%s", file);
	n = fread(data, 1, sizeof data, f);
	fclose(f);
	return memmem(data, n, text, strlen(text)) != NULL;
}

/* ---- taking and restoring ---- */

START_TEST(everything_comes_back)
{
	uint8_t hash[SHA256_LEN];
	struct arena *arena = arena_new(4096);
	struct blobs *blobs;
	struct bytes got;

	BACK_UP();
	ck_assert_msg(run.code == 0, "%s", run.err);
	RESTORE();
	ck_assert_msg(run.code == 0, "%s", run.err);
	for (size_t i = 0; i < ARRAY_LEN(present); i++) {
		enum ctl_service s = present[i];

		ck_assert(has_key(to, service_name(s), &ana));
		ck_assert(has_key(to, service_name(s), &ben));
	}
	blobs = blobs_open(path("%s/%s", to, "evidence"));
	sha256(bytes_of_text(content), hash);
	ck_assert(blobs_read(blobs, hash, 0, 100, arena, &got));
	ck_assert(bytes_equal(got, bytes_of_text(content)));
	blobs_close(&blobs);
	ck_assert(file_holds(path("%s/%s", to, "keys/enrollment.noise"), "0123456789abcdef"));
	arena_destroy(&arena);
}
END_TEST

START_TEST(no_key_of_a_person_is_in_a_backup_in_the_clear)
{
	struct keyring *keyring = keyring_open(path("%s/%s/keyring", from, "issuance"), NULL);
	struct bytes key;
	char clear[40] = "";

	ck_assert(keyring_get(keyring, bytes_of_id(&ana), &key));
	memcpy(clear, key.data, key.len);
	keyring_close(&keyring);
	BACK_UP();
	ck_assert_int_eq(run.code, 0);
	RUN("--dir", backup, "keys", "erased", "issuance");
	ck_assert(memmem(clear, 32, "\0", 1) != NULL ||
		  !file_holds(path("%s/%s/keyring.sealed", backup, "issuance"), clear));
	ck_assert(!file_holds(path("%s/%s", backup, "keys/enrollment.noise.sealed"),
			      "0123456789abcdef"));
	ck_assert_int_ne(access(path("%s/%s", backup, "keys/ctl.key"), F_OK), 0);
	ck_assert_int_ne(access(path("%s/%s/keyring", backup, "issuance"), F_OK), 0);
}
END_TEST

START_TEST(each_log_gets_a_new_name_and_says_so_first)
{
	BACK_UP();
	RESTORE();
	ck_assert_int_eq(run.code, 0);
	for (size_t i = 0; i < ARRAY_LEN(present); i++) {
		enum ctl_service s = present[i];

		RUN("dump", path("%s/%s/db", to, service_name(s)), service_name(s), "--log");
		ck_assert_int_eq(run.code, 0);
		ck_assert_ptr_nonnull(strstr(run.out, "\"seq\":1,"));
		ck_assert_ptr_nonnull(strstr(run.out, "\"kind\":\"restored\""));
	}
	RUN("--dir", to, "verify", "enrollment", "evidence", "issuance");
	ck_assert_msg(run.code == 0, "%s", run.out);
}
END_TEST

START_TEST(one_service_alone_can_be_restored)
{
	BACK_UP();
	RESTORE_WITH("--service", "evidence");
	ck_assert_msg(run.code == 0, "%s", run.err);
	ck_assert_int_eq(access(path("%s/%s/db/data.mdb", to, "evidence"), F_OK), 0);
	ck_assert_int_ne(access(path("%s/%s", to, "enrollment"), F_OK), 0);
	RESTORE_WITH("--service", "weather");
	ck_assert_int_eq(run.code, CTL_USAGE);
}
END_TEST

/* ---- erased persons ---- */

START_TEST(who_was_erased_before_the_backup_is_erased_everywhere_after_it)
{
	erase(from, "enrollment", &ana); /* the others have not heard of it yet */
	BACK_UP();
	RESTORE();
	ck_assert_int_eq(run.code, 0);
	for (size_t i = 0; i < ARRAY_LEN(present); i++) {
		enum ctl_service s = present[i];

		ck_assert(!has_key(to, service_name(s), &ana));
		ck_assert(has_key(to, service_name(s), &ben));
	}
}
END_TEST

START_TEST(who_was_erased_since_is_erased_by_a_newer_list)
{
	BACK_UP();
	erase(from, "enrollment", &ben);
	RUN("--dir", from, "keys", "erased");
	ck_assert_int_eq(run.code, 0);
	ck_assert_ptr_nonnull(strstr(run.out, ID_STR(bytes_of_id(&ben))));
	place_write(&place, "newest", run.out);
	RESTORE_WITH("--erased", place_path(&place, "newest"));
	ck_assert_msg(run.code == 0, "%s", run.err);
	for (size_t i = 0; i < ARRAY_LEN(present); i++) {
		enum ctl_service s = present[i];

		ck_assert(has_key(to, service_name(s), &ana));
		ck_assert(!has_key(to, service_name(s), &ben));
	}
}
END_TEST

START_TEST(a_list_of_erased_that_is_none_stops_the_restore)
{
	BACK_UP();
	place_write(&place, "newest", "ana@example.org\n");
	RESTORE_WITH("--erased", place_path(&place, "newest"));
	ck_assert_int_eq(run.code, CTL_DIFFERS);
}
END_TEST

/* ---- what must be refused ---- */

static void change_byte(const char *file, long at)
{
	FILE *f = fopen(file, "r+");
	int byte;

	ck_assert_ptr_nonnull(f);
	ck_assert_int_eq(fseek(f, at, SEEK_SET), 0);
	byte = fgetc(f);
	ck_assert_int_eq(fseek(f, at, SEEK_SET), 0);
	ck_assert_int_ne(fputc(byte ^ 1, f), EOF);
	ck_assert_int_eq(fclose(f), 0);
}

static const char *const files[] = {"enrollment/db/data.mdb", "issuance/keyring.sealed",
				    "issuance/erased", "keys/enrollment.noise.sealed"};

START_TEST(a_changed_file_is_found_before_anything_is_restored)
{
	erase(from, "issuance", &ana);
	BACK_UP();
	ck_assert_int_eq(run.code, 0);
	change_byte(path("%s/%s", backup, files[_i]), 20);
	RESTORE();
	ck_assert_int_eq(run.code, CTL_DIFFERS);
	ck_assert_ptr_nonnull(strstr(run.err, "is not what the manifest says"));
	ck_assert_int_ne(access(path("%s/%s", to, "enrollment"), F_OK), 0);
}
END_TEST

START_TEST(half_a_backup_is_none)
{
	BACK_UP();
	ck_assert_int_eq(unlink(path("%s/%s", backup, "manifest.json")), 0);
	RESTORE();
	ck_assert_int_eq(run.code, CTL_LOCAL);
}
END_TEST

START_TEST(another_secret_key_opens_nothing)
{
	BACK_UP();
	RUN("keys", "backup-key", "--to", place_path(&place, "other"));
	RUN("restore", "--from", backup, "--to", to, "--secret",
	    place_path(&place, "other.secret"));
	ck_assert_int_eq(run.code, CTL_DIFFERS);
	RUN("restore", "--from", backup, "--to", to, "--secret", public_key);
	ck_assert_int_eq(run.code, CTL_LOCAL);
	RUN("restore", "--from", backup, "--to", to);
	ck_assert_int_eq(run.code, CTL_USAGE);
}
END_TEST

START_TEST(what_is_there_is_never_written_over)
{
	BACK_UP();
	ck_assert_int_eq(run.code, 0);
	BACK_UP();
	ck_assert_int_eq(run.code, CTL_LOCAL);
	RESTORE();
	ck_assert_int_eq(run.code, 0);
	RESTORE();
	ck_assert_int_eq(run.code, CTL_LOCAL);
	RUN("keys", "backup-key", "--to", place_path(&place, "operator"));
	ck_assert_int_eq(run.code, CTL_LOCAL);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("backup");
	TCase *cases = tcase_create("directories");

	tcase_add_unchecked_fixture(cases, setup_once, teardown_once);
	tcase_add_checked_fixture(cases, setup, teardown);
	tcase_set_timeout(cases, 60);
	tcase_add_test(cases, everything_comes_back);
	tcase_add_test(cases, no_key_of_a_person_is_in_a_backup_in_the_clear);
	tcase_add_test(cases, each_log_gets_a_new_name_and_says_so_first);
	tcase_add_test(cases, one_service_alone_can_be_restored);
	tcase_add_test(cases, who_was_erased_before_the_backup_is_erased_everywhere_after_it);
	tcase_add_test(cases, who_was_erased_since_is_erased_by_a_newer_list);
	tcase_add_test(cases, a_list_of_erased_that_is_none_stops_the_restore);
	tcase_add_loop_test(cases, a_changed_file_is_found_before_anything_is_restored, 0,
			    (int)ARRAY_LEN(files));
	tcase_add_test(cases, half_a_backup_is_none);
	tcase_add_test(cases, another_secret_key_opens_nothing);
	tcase_add_test(cases, what_is_there_is_never_written_over);
	suite_add_tcase(suite, cases);
	return suite;
}
