/* Keys of subjects in a file: what survives, what is gone for good, and what a crash may leave. */
#include "libshared/seal.h"

#include "tests/support/suite.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define SLOT 64

/* The ends of each part of a slot: subject, key, state, zeros, sum. */
static const unsigned torn_at[] = {0, 15, 16, 47, 48, 49, 55, 56, 63};

static char dir[40], path[64];
static struct keyring *keyring;
static bool syncs_fail;
static unsigned n_syncs;

/* In place of the C library's. */
int fdatasync(int fd)
{
	n_syncs++;
	if (syncs_fail) {
		errno = EIO;
		return -1;
	}
	return (int)syscall(SYS_fdatasync, fd);
}

static struct id subject_of(uint64_t number)
{
	struct id id = {{0}};

	put_u64_be(id.b + 8, number);
	id.b[0] = 1;
	return id;
}

static void reopen(void)
{
	keyring_close(&keyring);
	keyring = keyring_open(path, NULL);
	ck_assert_ptr_nonnull(keyring);
}

static void set_up(void)
{
	snprintf(dir, sizeof dir, "/tmp/cairn-keyring-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(dir));
	snprintf(path, sizeof path, "%s/keyring", dir);
	reopen();
}

static void tear_down(void)
{
	keyring_close(&keyring);
	unlink(path);
	ck_assert_int_eq(rmdir(dir), 0);
}

static void ensure(uint64_t number)
{
	struct id id = subject_of(number);

	ck_assert_int_eq(keyring_ensure(keyring, bytes_of_id(&id)), 0);
}

static void destroy(uint64_t number)
{
	struct id id = subject_of(number);

	ck_assert_int_eq(keyring_destroy(keyring, bytes_of_id(&id)), 0);
}

static bool has_key(uint64_t number)
{
	struct id id = subject_of(number);
	struct bytes key;

	return keyring_get(keyring, bytes_of_id(&id), &key);
}

struct key32 {
	uint8_t b[32];
};

static struct key32 key_of(uint64_t number)
{
	struct id id = subject_of(number);
	struct key32 copy;
	struct bytes key;

	ck_assert(keyring_get(keyring, bytes_of_id(&id), &key));
	ck_assert_uint_eq(key.len, sizeof copy.b);
	memcpy(copy.b, key.data, sizeof copy.b);
	return copy;
}

static long file_size(void)
{
	struct stat st;

	ck_assert_int_eq(stat(path, &st), 0);
	return (long)st.st_size;
}

static bool file_holds(struct key32 key)
{
	static uint8_t content[1 << 16];
	FILE *file = fopen(path, "rb");
	size_t len;

	ck_assert_ptr_nonnull(file);
	len = fread(content, 1, sizeof content, file);
	fclose(file);
	return memmem(content, len, key.b, sizeof key.b) != NULL;
}

/* Changes one byte of a slot while nobody has the file open. */
static void tear_slot(unsigned number, unsigned at)
{
	off_t offset = (off_t)(number + 1) * SLOT + at;
	uint8_t byte;
	int fd;

	keyring_close(&keyring);
	fd = open(path, O_RDWR);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(pread(fd, &byte, 1, offset), 1);
	byte ^= 0x55;
	ck_assert_int_eq(pwrite(fd, &byte, 1, offset), 1);
	close(fd);
	reopen();
}

START_TEST(a_key_is_made_once_and_survives)
{
	struct key32 key;

	ck_assert(!has_key(1));
	ensure(1);
	key = key_of(1);
	ensure(1);
	ck_assert_mem_eq(key_of(1).b, key.b, sizeof key.b);
	ck_assert_int_eq(keyring_sync(keyring), 0);
	reopen();
	ck_assert_mem_eq(key_of(1).b, key.b, sizeof key.b);
	ck_assert_uint_eq(keyring_count(keyring), 1);
}
END_TEST

START_TEST(each_subject_has_its_own_random_key)
{
	struct keyring *other = keyring_open(NULL, NULL);
	struct id id = subject_of(1);
	struct bytes key;

	ensure(1);
	ensure(2);
	ck_assert_mem_ne(key_of(1).b, key_of(2).b, 32);
	ck_assert_int_eq(keyring_ensure(other, bytes_of_id(&id)), 0);
	ck_assert(keyring_get(other, bytes_of_id(&id), &key));
	ck_assert_mem_ne(key.data, key_of(1).b, 32);
	keyring_close(&other);
	ck_assert_ptr_null(other);
	keyring_close(&other);
}
END_TEST

START_TEST(the_file_is_for_its_owner_only)
{
	struct stat st;

	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert_int_eq(st.st_mode & 07777, 0600);
	ck_assert_int_eq(st.st_size, SLOT);
	ensure(1);
	ck_assert_int_eq(file_size(), 2 * SLOT);
}
END_TEST

START_TEST(a_destroyed_key_is_nowhere)
{
	struct key32 key;

	ensure(1);
	ensure(2);
	key = key_of(1);
	ck_assert(file_holds(key));
	destroy(1);
	ck_assert(!has_key(1));
	ck_assert(!file_holds(key));
	ck_assert(has_key(2));
	ck_assert_uint_eq(keyring_count(keyring), 1);
	reopen();
	ck_assert(!has_key(1));
	ck_assert(has_key(2));
	ck_assert_uint_eq(keyring_count(keyring), 1);
}
END_TEST

START_TEST(a_destroyed_subject_gets_no_new_key)
{
	struct id id = subject_of(1);
	static const uint8_t key[32] = {7};

	ensure(1);
	destroy(1);
	for (int round = 0; round < 2; round++) {
		ensure(1);
		ck_assert_int_eq(keyring_put(keyring, bytes_of_id(&id), BYTES_OF(key)), 0);
		ck_assert(!has_key(1));
		reopen();
	}
}
END_TEST

START_TEST(a_subject_never_seen_can_be_destroyed_and_stays_so)
{
	destroy(5);
	destroy(5);
	ck_assert_int_eq(file_size(), 2 * SLOT);
	reopen();
	ensure(5);
	ck_assert(!has_key(5));
}
END_TEST

static void note_subject(void *ctx, struct bytes subject)
{
	uint64_t *sum = ctx;

	ck_assert_uint_eq(subject.len, ID_LEN);
	*sum = *sum * 100 + get_u64_be(subject.data + 8);
}

START_TEST(the_destroyed_are_listed)
{
	uint64_t list = 0;

	for (uint64_t i = 1; i <= 5; i++)
		ensure(i);
	destroy(4);
	destroy(2);
	destroy(9);
	reopen();
	keyring_each_destroyed(keyring, note_subject, &list);
	ck_assert_uint_eq(list, 20409);
	ck_assert_uint_eq(keyring_count(keyring), 3);
}
END_TEST

START_TEST(destroying_syncs_and_syncing_nothing_does_nothing)
{
	n_syncs = 0;
	ensure(1);
	ensure(2);
	ck_assert_uint_eq(n_syncs, 0);
	ck_assert_int_eq(keyring_sync(keyring), 0);
	ck_assert_int_eq(keyring_sync(keyring), 0);
	ck_assert_uint_eq(n_syncs, 1);
	destroy(1);
	ck_assert_uint_eq(n_syncs, 2);
}
END_TEST

START_TEST(a_key_handed_over_replaces_what_was_there)
{
	struct id id = subject_of(1);
	static const uint8_t first[32] = {1}, second[32] = {2};

	ck_assert_int_eq(keyring_put(keyring, bytes_of_id(&id), BYTES_OF(first)), 0);
	ck_assert_mem_eq(key_of(1).b, first, 32);
	ck_assert_int_eq(keyring_put(keyring, bytes_of_id(&id), BYTES_OF(second)), 0);
	ck_assert_mem_eq(key_of(1).b, second, 32);
	ck_assert_int_eq(file_size(), 2 * SLOT);
	ck_assert_uint_eq(keyring_count(keyring), 1);
	reopen();
	ck_assert_mem_eq(key_of(1).b, second, 32);
}
END_TEST

START_TEST(the_same_key_handed_over_again_writes_nothing)
{
	struct id id = subject_of(1);
	static const uint8_t key[32] = {1};

	ck_assert_int_eq(keyring_put(keyring, bytes_of_id(&id), BYTES_OF(key)), 0);
	ck_assert_int_eq(keyring_sync(keyring), 0);
	n_syncs = 0;
	ck_assert_int_eq(keyring_put(keyring, bytes_of_id(&id), BYTES_OF(key)), 0);
	ck_assert_int_eq(keyring_sync(keyring), 0);
	ck_assert_uint_eq(n_syncs, 0);
}
END_TEST

START_TEST(what_is_no_subject_or_no_key_is_refused)
{
	struct id id = subject_of(1);
	static const uint8_t key[33] = {1};
	struct bytes got;

	ck_assert_int_eq(keyring_ensure(keyring, BYTES_NONE), -1);
	ck_assert_int_eq(keyring_ensure(keyring, bytes_of_id(&ID_NONE)), -1);
	ck_assert_int_eq(keyring_destroy(keyring, (struct bytes){id.b, 15}), -1);
	ck_assert_int_eq(keyring_put(keyring, bytes_of_id(&id), BYTES_OF(key)), -1);
	ck_assert_int_eq(keyring_put(keyring, BYTES_NONE, (struct bytes){key, 32}), -1);
	ck_assert(!keyring_get(keyring, BYTES_NONE, &got));
	ck_assert(!keyring_get(keyring, bytes_of_id(&ID_NONE), &got));
	ck_assert_int_eq(file_size(), SLOT);
}
END_TEST

/* By Python: hashlib.blake2b(subject, digest_size=32, key=bytes([3]) * 32). */
START_TEST(a_seeded_keyring_derives_its_keys)
{
	static const uint8_t seed[32] = {3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3,
					 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3};
	struct keyring *seeded = keyring_open(NULL, seed);
	struct id id = subject_of(1);
	struct bytes key;
	char hex[65];

	ck_assert_int_eq(keyring_ensure(seeded, bytes_of_id(&id)), 0);
	ck_assert_int_eq(keyring_sync(seeded), 0);
	ck_assert(keyring_get(seeded, bytes_of_id(&id), &key));
	hex_of_bytes(key, hex);
	ck_assert_str_eq(hex, "a2a0fbcf805fcb09628268c78b8be33cfe82c3d6506ed26103e7f7ab0660faa0");
	ck_assert_int_eq(keyring_destroy(seeded, bytes_of_id(&id)), 0);
	ck_assert(!keyring_get(seeded, bytes_of_id(&id), &key));
	keyring_close(&seeded);
}
END_TEST

START_TEST(a_torn_last_slot_is_rewritten)
{
	struct key32 first;

	ensure(1);
	ensure(2);
	first = key_of(1);
	tear_slot(1, torn_at[_i]);
	ck_assert(!has_key(2));
	ck_assert_uint_eq(keyring_count(keyring), 1);
	ck_assert_mem_eq(key_of(1).b, first.b, 32);
	ensure(3);
	ck_assert_int_eq(file_size(), 3 * SLOT);
	reopen();
	ck_assert(has_key(1) && !has_key(2) && has_key(3));
}
END_TEST

START_TEST(a_file_cut_anywhere_keeps_its_whole_slots)
{
	struct key32 first;

	ensure(1);
	ensure(2);
	first = key_of(1);
	for (int len = 3 * SLOT - 1; len >= 0; len--) {
		keyring_close(&keyring);
		ck_assert_int_eq(truncate(path, len), 0);
		reopen();
		ck_assert(!has_key(2));
		ck_assert_int_eq(has_key(1), len >= 2 * SLOT);
		if (len >= 2 * SLOT)
			ck_assert_mem_eq(key_of(1).b, first.b, 32);
		if (len < SLOT) /* the header was made anew */
			ck_assert_int_eq(file_size(), SLOT);
	}
	ensure(7);
	reopen();
	ck_assert(has_key(7));
}
END_TEST

START_TEST(a_torn_slot_in_the_middle_costs_only_its_own_key)
{
	ensure(1);
	ensure(2);
	ensure(3);
	tear_slot(1, torn_at[_i]);
	ck_assert(has_key(1) && !has_key(2) && has_key(3));
	ck_assert_uint_eq(keyring_count(keyring), 2);
	ensure(2);
	ck_assert(has_key(2));
	reopen();
	ck_assert(has_key(1) && has_key(2) && has_key(3));
	ck_assert_uint_eq(keyring_count(keyring), 3);
	/* In place where the slot still tells its subject. */
	ck_assert_int_eq(file_size(), (torn_at[_i] < ID_LEN ? 5 : 4) * SLOT);
}
END_TEST

START_TEST(destroying_covers_what_a_torn_slot_still_holds)
{
	struct key32 key;

	ensure(1);
	ensure(2);
	key = key_of(1);
	tear_slot(0, 60);
	ck_assert(file_holds(key));
	destroy(1);
	ck_assert(!file_holds(key));
	reopen();
	ensure(1);
	ck_assert(!has_key(1) && has_key(2));
}
END_TEST

START_TEST(a_file_that_others_may_read_is_refused)
{
	keyring_close(&keyring);
	ck_assert_int_eq(chmod(path, 0640), 0);
	ck_assert_ptr_null(keyring_open(path, NULL));
	ck_assert_int_eq(chmod(path, 0600), 0);
	reopen();
}
END_TEST

START_TEST(a_file_in_use_is_refused)
{
	ck_assert_ptr_null(keyring_open(path, NULL));
	reopen();
}
END_TEST

START_TEST(what_is_no_keyring_is_refused_and_left_alone)
{
	char content[3 * SLOT], found[3 * SLOT];
	int fd;

	keyring_close(&keyring);
	memset(content, 'x', sizeof content);
	fd = open(path, O_RDWR);
	ck_assert_int_eq(pwrite(fd, content, sizeof content, 0), sizeof content);
	ck_assert_ptr_null(keyring_open(path, NULL));
	ck_assert_int_eq(pread(fd, found, sizeof found, 0), sizeof found);
	ck_assert_mem_eq(found, content, sizeof content);
	close(fd);
}
END_TEST

START_TEST(a_link_or_a_folder_is_no_keyring)
{
	char link[80];

	snprintf(link, sizeof link, "%s/link", dir);
	keyring_close(&keyring);
	ck_assert_int_eq(symlink(path, link), 0);
	ck_assert_ptr_null(keyring_open(link, NULL));
	ck_assert_int_eq(unlink(link), 0);
	ck_assert_ptr_null(keyring_open(dir, NULL));
	ck_assert_ptr_null(keyring_open("/nowhere/keyring", NULL));
}
END_TEST

START_TEST(a_disk_that_is_full_gives_no_key_until_there_is_room)
{
	struct rlimit limit = {2 * SLOT + 10, RLIM_INFINITY};
	struct id id = subject_of(2);

	signal(SIGXFSZ, SIG_IGN);
	ensure(1);
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
	ck_assert_int_eq(keyring_ensure(keyring, bytes_of_id(&id)), -1);
	ck_assert(!has_key(2));
	limit.rlim_cur = RLIM_INFINITY;
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
	ensure(2);
	ck_assert_int_eq(keyring_sync(keyring), 0);
	reopen();
	ck_assert(has_key(1) && has_key(2));
}
END_TEST

START_TEST(after_a_failed_sync_nothing_is_promised_until_it_is_opened_again)
{
	struct id id = subject_of(2);

	ensure(1);
	syncs_fail = true;
	ck_assert_int_eq(keyring_sync(keyring), -1);
	syncs_fail = false;
	ck_assert_int_eq(keyring_sync(keyring), -1);
	ck_assert_int_eq(keyring_ensure(keyring, bytes_of_id(&id)), -1);
	ck_assert_int_eq(keyring_destroy(keyring, bytes_of_id(&id)), -1);
	reopen();
	ensure(2);
	ck_assert_int_eq(keyring_sync(keyring), 0);
}
END_TEST

START_TEST(a_key_is_not_used_while_its_destruction_is_unsure)
{
	struct id id = subject_of(1);

	ensure(1);
	syncs_fail = true;
	ck_assert_int_eq(keyring_destroy(keyring, bytes_of_id(&id)), -1);
	ck_assert(!has_key(1));
	syncs_fail = false;
	reopen();
	destroy(1);
	ck_assert(!has_key(1));
}
END_TEST

START_TEST(many_subjects_are_found_again)
{
	const uint64_t n = 20000;
	struct key32 some;

	for (uint64_t i = 1; i <= n; i++)
		ensure(i);
	some = key_of(12345);
	for (uint64_t i = 1; i <= n; i += 1000)
		destroy(i);
	reopen();
	ck_assert_uint_eq(keyring_count(keyring), n - n / 1000);
	for (uint64_t i = 1; i <= n; i++)
		ck_assert_int_eq(has_key(i), i % 1000 != 1);
	ck_assert(!has_key(n + 1));
	ck_assert_mem_eq(key_of(12345).b, some.b, 32);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("keyring");
	TCase *tcase = tcase_create("keyring");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, a_key_is_made_once_and_survives);
	tcase_add_test(tcase, each_subject_has_its_own_random_key);
	tcase_add_test(tcase, the_file_is_for_its_owner_only);
	tcase_add_test(tcase, a_destroyed_key_is_nowhere);
	tcase_add_test(tcase, a_destroyed_subject_gets_no_new_key);
	tcase_add_test(tcase, a_subject_never_seen_can_be_destroyed_and_stays_so);
	tcase_add_test(tcase, the_destroyed_are_listed);
	tcase_add_test(tcase, destroying_syncs_and_syncing_nothing_does_nothing);
	tcase_add_test(tcase, a_key_handed_over_replaces_what_was_there);
	tcase_add_test(tcase, the_same_key_handed_over_again_writes_nothing);
	tcase_add_test(tcase, what_is_no_subject_or_no_key_is_refused);
	tcase_add_test(tcase, a_seeded_keyring_derives_its_keys);
	tcase_add_loop_test(tcase, a_torn_last_slot_is_rewritten, 0, ARRAY_LEN(torn_at));
	tcase_add_test(tcase, a_file_cut_anywhere_keeps_its_whole_slots);
	tcase_add_loop_test(tcase, a_torn_slot_in_the_middle_costs_only_its_own_key, 0,
			    ARRAY_LEN(torn_at));
	tcase_add_test(tcase, destroying_covers_what_a_torn_slot_still_holds);
	tcase_add_test(tcase, a_file_that_others_may_read_is_refused);
	tcase_add_test(tcase, a_file_in_use_is_refused);
	tcase_add_test(tcase, what_is_no_keyring_is_refused_and_left_alone);
	tcase_add_test(tcase, a_link_or_a_folder_is_no_keyring);
	tcase_add_test(tcase, a_disk_that_is_full_gives_no_key_until_there_is_room);
	tcase_add_test(tcase, after_a_failed_sync_nothing_is_promised_until_it_is_opened_again);
	tcase_add_test(tcase, a_key_is_not_used_while_its_destruction_is_unsure);
	tcase_add_test(tcase, many_subjects_are_found_again);
	suite_add_tcase(suite, tcase);
	return suite;
}
