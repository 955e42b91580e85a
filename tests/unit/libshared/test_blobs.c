/* Tests of files named by content: durable names, drafts in parts, bad names, full disks,
 * leftovers. */
#include "libshared/blobs.h"

#include "libshared/log.h"
#include "tests/support/suite.h"

#include <fcntl.h>
#include <ftw.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* Of "hello, world"; computed with another program. */
#define HELLO_HEX "09ca7e4eaa6e8ae9c7d261167129184883644d07dfba7cbfbc4c8a2e08360d5b"
#define HELLO_PATH "blobs/09/ca7e4eaa6e8ae9c7d261167129184883644d07dfba7cbfbc4c8a2e08360d5b"

static char dir[64];
static struct blobs *blobs;
static struct arena *arena;
static const struct id owner = {{1, 2, 3, 4, 5, 6, 0x70, 8, 0x80, 10, 11, 12, 13, 14, 15, 0xfe}};

static void open_dir(void)
{
	log_start("test", LOG_NONE);
	snprintf(dir, sizeof dir, "/tmp/cairn-blobs-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(dir));
	blobs = blobs_open(dir);
	ck_assert_ptr_nonnull(blobs);
	arena = arena_new(4096);
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *walk)
{
	(void)st;
	(void)type;
	(void)walk;
	return remove(path);
}

static void close_dir(void)
{
	blobs_close(&blobs);
	arena_destroy(&arena);
	ck_assert_int_eq(nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS), 0);
}

static struct bytes text(const char *t)
{
	return bytes_of_text(t);
}

static const char *path_in_dir(const char *path)
{
	return arena_printf(arena, "%s/%s", dir, path);
}

static struct stat stat_of(const char *path)
{
	struct stat st = {0};

	ck_assert_msg(stat(path_in_dir(path), &st) == 0, "%s", path);
	return st;
}

static unsigned files_in(const char *path)
{
	AUTO(free_ptr) char *command = NULL;
	unsigned n = 0;
	FILE *out;

	ck_assert_int_gt(asprintf(&command, "find %s/%s -type f | wc -l", dir, path), 0);
	out = popen(command, "r");
	ck_assert_ptr_nonnull(out);
	ck_assert_int_eq(fscanf(out, "%u", &n), 1);
	pclose(out);
	return n;
}

static void assert_blob(const uint8_t *hash, const char *expected)
{
	struct bytes content;

	ck_assert(blobs_read(blobs, hash, 0, 1000, arena, &content));
	ck_assert_msg(bytes_equal(content, text(expected)), "%.*s", (int)content.len,
		      (const char *)content.data);
}

static void assert_draft(const char *code, const char *expected)
{
	struct bytes content;

	ck_assert(draft_read(blobs, bytes_of_id(&owner), code, 0, 1000, arena, &content));
	ck_assert_msg(bytes_equal(content, text(expected)), "%.*s", (int)content.len,
		      (const char *)content.data);
}

static int write_draft(const char *code, uint64_t offset, const char *content)
{
	return draft_write(blobs, bytes_of_id(&owner), code, offset, text(content), false);
}

static int replace_draft(const char *code, const char *content)
{
	return draft_write(blobs, bytes_of_id(&owner), code, 0, text(content), true);
}

/* ---- blobs ---- */

START_TEST(a_blob_stands_under_its_hash_and_only_its_owner_may_read_it)
{
	uint8_t hash[SHA256_LEN];
	char hex[2 * SHA256_LEN + 1];

	ck_assert_int_eq(blobs_put(blobs, text("hello, world"), hash), 0);
	hex_of_bytes((struct bytes){hash, sizeof hash}, hex);
	ck_assert_str_eq(hex, HELLO_HEX);
	assert_blob(hash, "hello, world");
	ck_assert_int_eq(blobs_sync(blobs), 0);
	assert_blob(hash, "hello, world");
	ck_assert_uint_eq(stat_of(HELLO_PATH).st_mode & 0777, 0600);
	ck_assert_uint_eq(stat_of("blobs/09").st_mode & 0777, 0700);
	ck_assert_uint_eq(stat_of("blobs").st_mode & 0777, 0700);
	ck_assert_uint_eq(files_in("temp"), 0);
}
END_TEST

START_TEST(the_same_content_is_kept_once)
{
	uint8_t first[SHA256_LEN], second[SHA256_LEN];

	ck_assert_int_eq(blobs_put(blobs, text("same"), first), 0);
	ck_assert_int_eq(blobs_put(blobs, text("same"), second), 0);
	ck_assert_int_eq(blobs_sync(blobs), 0);
	ck_assert_int_eq(blobs_put(blobs, text("same"), second), 0);
	ck_assert_int_eq(blobs_sync(blobs), 0);
	ck_assert_mem_eq(first, second, SHA256_LEN);
	ck_assert_uint_eq(files_in("blobs"), 1);
}
END_TEST

START_TEST(empty_content_is_a_blob_too)
{
	uint8_t hash[SHA256_LEN];
	uint64_t size = 1;

	ck_assert_int_eq(blobs_put(blobs, BYTES_NONE, hash), 0);
	ck_assert_int_eq(blobs_sync(blobs), 0);
	ck_assert(blobs_has(blobs, hash, &size));
	ck_assert_uint_eq(size, 0);
	assert_blob(hash, "");
}
END_TEST

START_TEST(a_blob_is_read_in_parts)
{
	uint8_t hash[SHA256_LEN];
	struct bytes part;

	ck_assert_int_eq(blobs_put(blobs, text("0123456789"), hash), 0);
	ck_assert_int_eq(blobs_sync(blobs), 0);
	ck_assert(blobs_read(blobs, hash, 0, 4, arena, &part));
	ck_assert(bytes_equal(part, text("0123")));
	ck_assert(blobs_read(blobs, hash, 8, 4, arena, &part));
	ck_assert(bytes_equal(part, text("89")));
	ck_assert(blobs_read(blobs, hash, 10, 4, arena, &part));
	ck_assert_uint_eq(part.len, 0);
	ck_assert(blobs_read(blobs, hash, UINT64_MAX, 4, arena, &part));
	ck_assert_uint_eq(part.len, 0);
}
END_TEST

START_TEST(a_purged_blob_is_not_there_and_purging_it_again_is_no_fault)
{
	uint8_t hash[SHA256_LEN];
	struct bytes content;
	uint64_t size;

	ck_assert_int_eq(blobs_put(blobs, text("gone"), hash), 0);
	ck_assert_int_eq(blobs_purge(blobs, hash), 0);
	ck_assert(!blobs_has(blobs, hash, &size));
	ck_assert(!blobs_read(blobs, hash, 0, 10, arena, &content));
	ck_assert_int_eq(blobs_purge(blobs, hash), 0);
	ck_assert_int_eq(blobs_sync(blobs), 0);
	ck_assert(!blobs_has(blobs, hash, &size));
}
END_TEST

START_TEST(a_blob_cut_short_by_a_broken_disk_is_written_again)
{
	uint8_t hash[SHA256_LEN];

	ck_assert_int_eq(blobs_put(blobs, text("hello, world"), hash), 0);
	ck_assert_int_eq(blobs_sync(blobs), 0);
	ck_assert_int_eq(truncate(path_in_dir(HELLO_PATH), 3), 0);
	ck_assert_int_eq(blobs_put(blobs, text("hello, world"), hash), 0);
	ck_assert_int_eq(blobs_sync(blobs), 0);
	assert_blob(hash, "hello, world");
}
END_TEST

START_TEST(what_was_not_synced_is_gone_after_a_crash_and_leaves_no_file)
{
	uint8_t hash[SHA256_LEN];
	uint64_t size;

	ck_assert_int_eq(blobs_put(blobs, text("not acknowledged"), hash), 0);
	blobs_close(&blobs);
	blobs = blobs_open(dir);
	ck_assert_ptr_nonnull(blobs);
	ck_assert(!blobs_has(blobs, hash, &size));
	ck_assert_uint_eq(files_in(""), 0);
}
END_TEST

START_TEST(one_batch_may_write_any_number_of_files)
{
	uint8_t hashes[300][SHA256_LEN];

	for (unsigned i = 0; i < 300; i++)
		ck_assert_int_eq(blobs_put(blobs, BYTES_OF(i), hashes[i]), 0);
	ck_assert_int_eq(blobs_sync(blobs), 0);
	ck_assert_uint_eq(files_in("blobs"), 300);
	for (unsigned i = 0; i < 300; i++) {
		struct bytes content;

		ck_assert(blobs_read(blobs, hashes[i], 0, 10, arena, &content));
		ck_assert(bytes_equal(content, BYTES_OF(i)));
	}
}
END_TEST

/* ---- drafts ---- */

START_TEST(parts_stand_at_their_offsets_in_whatever_order_they_come)
{
	ck_assert_int_eq(write_draft("upload", 6, "third"), 0);
	ck_assert_int_eq(write_draft("upload", 0, "one"), 0);
	ck_assert_int_eq(write_draft("upload", 3, "two"), 0);
	assert_draft("upload", "onetwothird");
	ck_assert_int_eq(blobs_sync(blobs), 0);
	ck_assert_int_eq(write_draft("upload", 3, "TWO"), 0);
	assert_draft("upload", "oneTWOthird");
	ck_assert_uint_eq(files_in("drafts"), 1);
	ck_assert_uint_eq(
		stat_of("drafts/fe/0102030405067008800a0b0c0d0e0ffe.upload").st_mode & 0777, 0600);
}
END_TEST

START_TEST(a_replaced_draft_holds_the_new_text_only)
{
	ck_assert_int_eq(replace_draft("answer.0", "a long first answer"), 0);
	ck_assert_int_eq(blobs_sync(blobs), 0);
	ck_assert_int_eq(replace_draft("answer.0", "short"), 0);
	assert_draft("answer.0", "short"); /* at once: the next command of the batch sees it */
	ck_assert_int_eq(replace_draft("answer.0", "shorter"), 0);
	assert_draft("answer.0", "shorter");
	ck_assert_int_eq(blobs_sync(blobs), 0);
	assert_draft("answer.0", "shorter");
	ck_assert_uint_eq(files_in("drafts"), 1);
	ck_assert_uint_eq(files_in("temp"), 0);
}
END_TEST

START_TEST(a_part_after_a_replacement_lands_in_the_new_text)
{
	ck_assert_int_eq(replace_draft("answer.0", "0000"), 0);
	ck_assert_int_eq(write_draft("answer.0", 2, "22"), 0);
	assert_draft("answer.0", "0022");
	ck_assert_int_eq(blobs_sync(blobs), 0);
	assert_draft("answer.0", "0022");
}
END_TEST

START_TEST(a_kept_draft_is_a_blob_and_keeping_it_again_is_no_fault)
{
	uint8_t hash[SHA256_LEN];
	struct bytes content;
	uint64_t size;

	ck_assert_int_eq(write_draft("upload", 0, "hello, "), 0);
	ck_assert_int_eq(write_draft("upload", 7, "world"), 0);
	ck_assert(draft_hash(blobs, bytes_of_id(&owner), "upload", hash, &size));
	ck_assert_uint_eq(size, 12);
	ck_assert_int_eq(draft_keep(blobs, bytes_of_id(&owner), "upload", hash), 0);
	assert_blob(hash, "hello, world");
	ck_assert(!draft_read(blobs, bytes_of_id(&owner), "upload", 0, 10, arena, &content));
	ck_assert_int_eq(draft_keep(blobs, bytes_of_id(&owner), "upload", hash), 0);
	ck_assert_int_eq(blobs_sync(blobs), 0);
	assert_blob(hash, "hello, world");
	ck_assert_uint_eq(files_in(""), 1);
	ck_assert_int_eq(blobs_purge(blobs, hash), 0);
	ck_assert_int_eq(draft_keep(blobs, bytes_of_id(&owner), "upload", hash), -1);
}
END_TEST

START_TEST(a_dropped_draft_is_gone)
{
	struct bytes content;
	uint8_t hash[SHA256_LEN];
	uint64_t size;

	ck_assert_int_eq(write_draft("upload", 0, "x"), 0);
	ck_assert_int_eq(draft_drop(blobs, bytes_of_id(&owner), "upload"), 0);
	ck_assert(!draft_read(blobs, bytes_of_id(&owner), "upload", 0, 10, arena, &content));
	ck_assert(!draft_hash(blobs, bytes_of_id(&owner), "upload", hash, &size));
	ck_assert_int_eq(draft_drop(blobs, bytes_of_id(&owner), "upload"), 0);
	ck_assert_int_eq(blobs_sync(blobs), 0);
}
END_TEST

START_TEST(a_large_draft_is_hashed_in_bounded_memory)
{
	/* 64 MiB of zeros but for the last byte, 1; the hash was computed with another program. */
	static const char expected[] =
		"75f9aa766c5e4c7c37e239ff62816017736205629d2996a34cce2bd405238461";
	const uint64_t size = 64 << 20;
	const uint8_t one = 1;
	char hex[2 * SHA256_LEN + 1];
	uint8_t hash[SHA256_LEN];
	uint64_t size_hashed;
	struct rusage before, after;

	ck_assert_int_eq(
		draft_write(blobs, bytes_of_id(&owner), "upload", size - 1, BYTES_OF(one), false),
		0);
	getrusage(RUSAGE_SELF, &before);
	ck_assert(draft_hash(blobs, bytes_of_id(&owner), "upload", hash, &size_hashed));
	getrusage(RUSAGE_SELF, &after);
	hex_of_bytes((struct bytes){hash, sizeof hash}, hex);
	ck_assert_str_eq(hex, expected);
	ck_assert_uint_eq(size_hashed, size);
	ck_assert_int_lt(after.ru_maxrss - before.ru_maxrss, 4096); /* KiB */
}
END_TEST

static const char *const bad_codes[] = {
	"",
	".",
	"..",
	".hidden",
	"../escape",
	"a/b",
	"a\nb",
	"a b",
	"\xc3\xa9",
	"a_b",
	"0123456789012345678901234567890123456789012345678901234567890123x"};

START_TEST(a_name_that_could_leave_the_folder_is_refused)
{
	const char *code = bad_codes[_i];
	struct bytes content;
	uint8_t hash[SHA256_LEN];
	uint64_t size;

	ck_assert_int_eq(write_draft(code, 0, "x"), -1);
	ck_assert_int_eq(replace_draft(code, "x"), -1);
	ck_assert(!draft_read(blobs, bytes_of_id(&owner), code, 0, 10, arena, &content));
	ck_assert(!draft_hash(blobs, bytes_of_id(&owner), code, hash, &size));
	ck_assert_int_eq(draft_drop(blobs, bytes_of_id(&owner), code), -1);
	ck_assert_int_eq(blobs_sync(blobs), 0);
	ck_assert_uint_eq(files_in(""), 0);
}
END_TEST

START_TEST(an_owner_that_is_no_id_is_refused)
{
	ck_assert_int_eq(draft_write(blobs, BYTES_NONE, "upload", 0, text("x"), false), -1);
	ck_assert_int_eq(draft_write(blobs, text("../../../../../a"), "a/b", 0, text("x"), true),
			 -1);
	ck_assert_int_eq(draft_write(blobs, bytes_of_id(&ID_NONE), "upload", 0, text("x"), true),
			 -1);
	ck_assert_uint_eq(files_in(""), 0);
}
END_TEST

static void count_draft(void *ctx, struct bytes of, const char *code, int64_t written_us)
{
	unsigned *n = ctx;

	ck_assert(bytes_equal(of, bytes_of_id(&owner)));
	ck_assert(strcmp(code, "upload") == 0 || strcmp(code, "answer.1") == 0);
	ck_assert_int_gt(written_us, INT64_C(1700000000) * US_PER_S);
	(*n)++;
}

START_TEST(every_draft_is_listed_with_its_owner_and_code)
{
	unsigned n = 0;

	ck_assert_int_eq(write_draft("upload", 0, "x"), 0);
	ck_assert_int_eq(replace_draft("answer.1", "x"), 0);
	ck_assert_int_eq(blobs_sync(blobs), 0);
	for (unsigned shard = 0; shard < 256; shard++)
		drafts_each(blobs, (uint8_t)shard, count_draft, &n);
	ck_assert_uint_eq(n, 2);
}
END_TEST

static void count_hello(void *ctx, const uint8_t *hash, int64_t written_us)
{
	unsigned *n = ctx;
	char hex[2 * SHA256_LEN + 1];

	hex_of_bytes((struct bytes){hash, SHA256_LEN}, hex);
	ck_assert_str_eq(hex, HELLO_HEX);
	ck_assert_int_gt(written_us, INT64_C(1700000000) * US_PER_S);
	(*n)++;
}

START_TEST(every_blob_is_listed_by_its_hash)
{
	uint8_t hash[SHA256_LEN];
	unsigned n = 0;

	ck_assert_int_eq(blobs_put(blobs, text("hello, world"), hash), 0);
	ck_assert_int_eq(blobs_sync(blobs), 0);
	for (unsigned shard = 0; shard < 256; shard++)
		blobs_each(blobs, (uint8_t)shard, count_hello, &n);
	ck_assert_uint_eq(n, 1);
}
END_TEST

/* ---- what crashes and full disks leave ---- */

static void leave_temp(const char *name, int64_t age_s)
{
	const char *path = arena_printf(arena, "%s/temp/%s", dir, name);
	int fd = open(path, O_WRONLY | O_CREAT, 0600);
	struct timespec times[2];

	ck_assert_int_ge(fd, 0);
	clock_gettime(CLOCK_REALTIME, &times[0]);
	times[0].tv_sec -= age_s;
	times[1] = times[0];
	ck_assert_int_eq(futimens(fd, times), 0);
	close(fd);
}

START_TEST(leftovers_of_a_day_are_swept_and_younger_ones_are_left)
{
	leave_temp("old", 24 * 3600 + 60);
	leave_temp("young", 24 * 3600 - 60);
	blobs_close(&blobs);
	blobs = blobs_open(dir);
	ck_assert_ptr_nonnull(blobs);
	ck_assert_uint_eq(files_in("temp"), 1);
	stat_of("temp/young");
}
END_TEST

/* A write that the system refuses half way, as a full disk does. */
START_TEST(a_write_that_fails_is_reported_and_leaves_nothing)
{
	static uint8_t large[100000];
	struct rlimit limit, small;
	uint8_t hash[SHA256_LEN];
	uint64_t size;

	signal(SIGXFSZ, SIG_IGN);
	ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &limit), 0);
	small = (struct rlimit){50000, limit.rlim_max};
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &small), 0);
	ck_assert_int_eq(blobs_put(blobs, BYTES_OF(large), hash), -1);
	ck_assert_int_eq(draft_write(blobs, bytes_of_id(&owner), "a", 0, BYTES_OF(large), true),
			 -1);
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
	ck_assert(!blobs_has(blobs, hash, &size));
	ck_assert_uint_eq(files_in(""), 0);
	ck_assert_int_eq(blobs_put(blobs, BYTES_OF(large), hash), 0);
	ck_assert_int_eq(blobs_sync(blobs), 0);
	ck_assert(blobs_has(blobs, hash, &size));
	ck_assert_uint_eq(size, sizeof large);
}
END_TEST

/* Exits with 0: a full disk was told and cleared; 77: no file system may be mounted here. */
static void fill_a_small_disk(void)
{
	static uint8_t large[1 << 20];
	struct blobs *small;
	uint8_t hash[SHA256_LEN];
	int full = 0;

	if (unshare(CLONE_NEWNS) != 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0)
		_exit(77);
	if (mount("tmpfs", dir, "tmpfs", 0, "size=2m") != 0)
		_exit(77);
	small = blobs_open(dir);
	for (uint8_t i = 0; small != NULL && i < 4 && full == 0; i++) {
		large[0] = i;
		full = blobs_put(small, BYTES_OF(large), hash);
	}
	if (small == NULL || full != -1 || blobs_sync(small) != 0)
		_exit(1);
	large[0] = 0;
	sha256(BYTES_OF(large), hash);
	if (blobs_purge(small, hash) != 0 || blobs_put(small, text("fits"), hash) != 0 ||
	    blobs_sync(small) != 0)
		_exit(2);
	_exit(0);
}

START_TEST(a_full_disk_is_reported_and_survived)
{
	pid_t child = fork();
	int status;

	ck_assert_int_ge(child, 0);
	if (child == 0)
		fill_a_small_disk();
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert(WIFEXITED(status));
	if (WEXITSTATUS(status) == 77)
		printf("a_full_disk_is_reported_and_survived: skipped, may not mount\n");
	else
		ck_assert_int_eq(WEXITSTATUS(status), 0);
}
END_TEST

START_TEST(a_directory_that_cannot_be_made_is_a_fault)
{
	ck_assert_ptr_null(blobs_open("/proc/nowhere/blobs"));
}
END_TEST

static void add_blob_tests(TCase *tcase)
{
	tcase_add_test(tcase, a_blob_stands_under_its_hash_and_only_its_owner_may_read_it);
	tcase_add_test(tcase, the_same_content_is_kept_once);
	tcase_add_test(tcase, empty_content_is_a_blob_too);
	tcase_add_test(tcase, a_blob_is_read_in_parts);
	tcase_add_test(tcase, a_purged_blob_is_not_there_and_purging_it_again_is_no_fault);
	tcase_add_test(tcase, a_blob_cut_short_by_a_broken_disk_is_written_again);
	tcase_add_test(tcase, what_was_not_synced_is_gone_after_a_crash_and_leaves_no_file);
	tcase_add_test(tcase, one_batch_may_write_any_number_of_files);
}

/* Pieces of every size up to three blocks, at every place of a block. */
START_TEST(a_hash_goes_on_from_its_chain_alone)
{
	uint8_t content[400], whole[SHA256_LEN], chain[SHA256_LEN];
	size_t piece = (size_t)_i + 1, at = 0;

	for (size_t i = 0; i < sizeof content; i++)
		content[i] = (uint8_t)(i * 7);
	sha256(BYTES_OF(content), whole);
	sha256_begin(chain);
	while (at < sizeof content) {
		size_t before = at - at % SHA256_BLOCK, n = MIN(piece, sizeof content - at);
		struct bytes tail = {content + before, at - before}, next = {content + at, n};

		if (at + n == sizeof content)
			sha256_end(chain, before, tail, next);
		else
			sha256_more(chain, before, tail, next);
		at += n;
	}
	ck_assert(bytes_equal(BYTES_OF(chain), BYTES_OF(whole)));
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("blobs");
	TCase *tcase = tcase_create("blobs");

	tcase_set_timeout(tcase, 60); /* disks that sync are slow */
	tcase_add_checked_fixture(tcase, open_dir, close_dir);
	add_blob_tests(tcase);
	tcase_add_test(tcase, parts_stand_at_their_offsets_in_whatever_order_they_come);
	tcase_add_test(tcase, a_replaced_draft_holds_the_new_text_only);
	tcase_add_test(tcase, a_part_after_a_replacement_lands_in_the_new_text);
	tcase_add_test(tcase, a_kept_draft_is_a_blob_and_keeping_it_again_is_no_fault);
	tcase_add_loop_test(tcase, a_hash_goes_on_from_its_chain_alone, 0, 192);
	tcase_add_test(tcase, a_dropped_draft_is_gone);
	tcase_add_test(tcase, a_large_draft_is_hashed_in_bounded_memory);
	tcase_add_loop_test(tcase, a_name_that_could_leave_the_folder_is_refused, 0,
			    ARRAY_LEN(bad_codes));
	tcase_add_test(tcase, an_owner_that_is_no_id_is_refused);
	tcase_add_test(tcase, every_draft_is_listed_with_its_owner_and_code);
	tcase_add_test(tcase, every_blob_is_listed_by_its_hash);
	tcase_add_test(tcase, leftovers_of_a_day_are_swept_and_younger_ones_are_left);
	tcase_add_test(tcase, a_write_that_fails_is_reported_and_leaves_nothing);
	tcase_add_test(tcase, a_full_disk_is_reported_and_survived);
	tcase_add_test(tcase, a_directory_that_cannot_be_made_is_a_fault);
	suite_add_tcase(suite, tcase);
	return suite;
}
