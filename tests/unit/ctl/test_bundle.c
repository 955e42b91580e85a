/* Tests of reading an educator's archive: the good one, and what strangers make of it. The tars are
 * built here, block by block. */
#include "services/ctl/bundle.h"

#include "libshared/blobs.h"
#include "tests/support/place.h"
#include "tests/support/suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BLOCK 512
#define EDUCATOR "01a227de-9f5e-7dcf-a1e5-1925b80c1476"

static struct arena *arena;
static uint8_t tar[64 * BLOCK];
static size_t tar_len;
static struct bundle b;

static void empty_tar(void)
{
	arena_reset(arena);
	memset(tar, 0, sizeof tar);
	tar_len = 0;
}

static void setup(void)
{
	arena = arena_new((size_t)64 << 10);
	empty_tar();
}

static void teardown(void)
{
	arena_destroy(&arena);
}

/* ---- tars ---- */

static void put_entry(const char *name, char type, const char *size, const char *content)
{
	uint8_t *block = tar + tar_len;
	char *header = (char *)block;
	unsigned sum = 0;

	ENSURE(tar_len + BLOCK + strlen(content) + 3 * (size_t)BLOCK < sizeof tar);
	strncpy(header, name, 100);
	memcpy(header + 100, "0000644", 8);
	memcpy(header + 124, size, 12);
	header[156] = type;
	if (type == '2' || type == '1')
		memcpy(header + 157, "/etc/passwd", 12);
	memcpy(header + 257, "ustar\00000", 8);
	memset(header + 148, ' ', 8);
	for (size_t i = 0; i < BLOCK; i++)
		sum += block[i];
	snprintf(header + 148, 8, "%06o", sum);
	tar_len += BLOCK;
	memcpy(tar + tar_len, content, strlen(content));
	tar_len += (strlen(content) + BLOCK - 1) / BLOCK * BLOCK;
}

static void put_file(const char *name, const char *content)
{
	char size[13];

	snprintf(size, sizeof size, "%011zo", strlen(content));
	put_entry(name, '0', size, content);
}

static const char *line_of(const char *path, const char *kind, const char *content)
{
	uint8_t hash[SHA256_LEN];
	char hex[2 * SHA256_LEN + 1];

	sha256(bytes_of_text(content), hash);
	hex_of_bytes(BYTES_OF(hash), hex);
	return arena_printf(arena,
			    "{\"path\":\"%s\",\"kind\":\"%s\",\"bytes\":%zu,\"sha256\":\"%s\"}",
			    path, kind, strlen(content), hex);
}

static const char *manifest_of(const char *lines)
{
	return arena_printf(arena,
			    "{\"format\":1,\"type\":\"" BUNDLE_TYPE "\",\"educator\":\"" EDUCATOR
			    "\",\"files\":[%s]}",
			    lines);
}

static const char *good_manifest(void)
{
	return manifest_of(arena_printf(arena, "%s,%s",
					line_of("credentials/c.json", "credential", "{}"),
					line_of("evidence/a", "evidence", "abc")));
}

static bool when_read(void)
{
	return bundle_read_memory(&b, (struct bytes){tar, tar_len + 2 * (size_t)BLOCK}, arena);
}

static void assert_refused(const char *why)
{
	ck_assert(!when_read());
	ck_assert_msg(strstr(b.fault, why) != NULL, "\"%s\" does not say \"%s\"", b.fault, why);
}

/* ---- tests ---- */

START_TEST(a_good_archive_is_read_and_its_credentials_kept)
{
	put_file("manifest.json", good_manifest());
	put_file("evidence/a", "abc");
	put_file("credentials/c.json", "{}");
	ck_assert_msg(when_read(), "%s", b.fault);
	ck_assert_str_eq(b.educator, EDUCATOR);
	ck_assert_uint_eq(b.n_files, 2);
	ck_assert(bytes_equal(bundle_find(&b, "credentials/c.json")->content, bytes_of_text("{}")));
	ck_assert_uint_eq(bundle_find(&b, "evidence/a")->content.len, 0);
	ck_assert_ptr_null(bundle_find(&b, "evidence/b"));
}
END_TEST

START_TEST(what_differs_from_the_manifest_is_refused)
{
	static const struct {
		const char *name, *content, *why;
	} cases[] = {
		{"evidence/a", "abd", "its SHA-256 is"},
		{"evidence/a", "abcd", "has 4 bytes, and 3 by the manifest"},
		{"evidence/b", "abc", "the manifest does not list it"},
		{"credentials/c.json", "{}", "is there twice"},
		{"manifest.json", "{}", "is there twice"},
		{"../evil", "abc", "no path of plain names"},
		{"/etc/evil", "abc", "no path of plain names"},
		{"evidence/../evil", "abc", "no path of plain names"},
		{"evidence//a", "abc", "no path of plain names"},
		{".ssh/authorized_keys", "abc", "no path of plain names"},
		{"evidence\\a", "abc", "no path of plain names"},
		{NULL, NULL, "evidence/a is missing"},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		empty_tar();
		put_file("manifest.json", good_manifest());
		put_file("credentials/c.json", "{}");
		if (cases[i].name != NULL)
			put_file(cases[i].name, cases[i].content);
		assert_refused(cases[i].why);
	}
}
END_TEST

START_TEST(entries_that_are_no_plain_files_are_refused)
{
	static const struct {
		char type;
		const char *size, *why;
	} cases[] = {
		{'1', "00000000000", "is a link or no regular file"},
		{'2', "00000000000", "is a link or no regular file"},
		{'3', "00000000000", "is a link or no regular file"},
		{'5', "00000000000", "is a link or no regular file"},
		{'6', "00000000000", "is a link or no regular file"},
		{'0', "77777777777", "8589934591 bytes, and 3 by the manifest"},
		{'L', "00000000003", "no plain tar"},
		{'x', "00000000003", "no plain tar"},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		empty_tar();
		put_file("manifest.json", good_manifest());
		put_file("credentials/c.json", "{}");
		put_entry("evidence/a", cases[i].type, cases[i].size, "abc");
		ck_assert_msg(!when_read(), "type %c was read", cases[i].type);
		ck_assert_msg(strstr(b.fault, cases[i].why) != NULL ||
				      strstr(b.fault, "no plain tar") != NULL,
			      "type %c: %s", cases[i].type, b.fault);
	}
}
END_TEST

START_TEST(an_archive_that_ends_early_is_refused)
{
	put_file("manifest.json", good_manifest());
	put_file("credentials/c.json", "{}");
	put_file("evidence/a", "abc");
	for (size_t len = 0; len < tar_len; len += 256) {
		ck_assert(!bundle_read_memory(&b, (struct bytes){tar, len}, arena));
		ck_assert_str_ne(b.fault, "");
	}
}
END_TEST

START_TEST(a_manifest_that_is_none_is_refused)
{
	static const char x[] = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
	const struct {
		const char *text, *why;
	} cases[] = {
		{"", "no JSON"},
		{"[", "no JSON"},
		{"{}", "is missing"},
		{"{\"format\":1,\"format\":1}", "no JSON"},
		{"{\"format\":2,\"type\":\"x\",\"educator\":\"x\",\"files\":[]}", "format"},
		{"{\"format\":1,\"type\":\"x\",\"educator\":\"x\",\"files\":[]}", BUNDLE_TYPE},
		{"{\"format\":1,\"type\":\"" BUNDLE_TYPE "\",\"educator\":\"x\",\"files\":[]}",
		 "educator is no id"},
		{manifest_of(line_of("../evil", "evidence", "abc")), "no path of plain names"},
		{manifest_of(line_of("manifest.json", "evidence", "abc")),
		 "no path of plain names"},
		{manifest_of(arena_printf(arena, "%s,%s", line_of("a", "evidence", "abc"),
					  line_of("a", "evidence", "abc"))),
		 "twice, or out of order"},
		{manifest_of(arena_printf(
			 arena, "{\"path\":\"a\",\"kind\":\"e\",\"bytes\":-1,\"sha256\":\"%s\"}",
			 x)),
		 "bytes"},
		{manifest_of(arena_printf(
			 arena, "{\"path\":\"a\",\"kind\":\"e\",\"bytes\":1,\"sha256\":\"%.63sg\"}",
			 x)),
		 "no 64 hex digits"},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		memset(tar, 0, sizeof tar);
		tar_len = 0;
		put_file("manifest.json", cases[i].text);
		assert_refused(cases[i].why);
	}
}
END_TEST

START_TEST(compressed_archives_are_no_tars)
{
	static const uint8_t gzip[] = {0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3,
				       3,    0,    0, 0, 0, 0, 0, 0, 0, 0};

	ck_assert(!bundle_read_memory(&b, BYTES_OF(gzip), arena));
	ck_assert_str_ne(b.fault, "");
}
END_TEST

START_TEST(a_directory_with_a_link_in_it_is_refused)
{
	struct place place;
	char path[300];
	FILE *f;

	place_make(&place);
	snprintf(path, sizeof path, "%s/manifest.json", place.dir);
	f = fopen(path, "w");
	ck_assert_ptr_nonnull(f);
	fputs(manifest_of(line_of("a", "evidence", "abc")), f);
	ck_assert_int_eq(fclose(f), 0);
	ck_assert(!bundle_read(&b, place.dir, arena));
	ck_assert_str_eq(b.fault, "a is missing");
	snprintf(path, sizeof path, "%s/a", place.dir);
	ck_assert_int_eq(symlink("/etc/passwd", path), 0);
	ck_assert(!bundle_read(&b, place.dir, arena));
	ck_assert_str_eq(b.fault, "a is a link or no regular file");
	ck_assert_int_eq(unlink(path), 0);
	f = fopen(path, "w");
	ck_assert_ptr_nonnull(f);
	fputs("abc", f);
	ck_assert_int_eq(fclose(f), 0);
	ck_assert_msg(bundle_read(&b, place.dir, arena), "%s", b.fault);
	place_remove(&place);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("ctl bundle");
	TCase *tcase = tcase_create("bundle");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, a_good_archive_is_read_and_its_credentials_kept);
	tcase_add_test(tcase, what_differs_from_the_manifest_is_refused);
	tcase_add_test(tcase, entries_that_are_no_plain_files_are_refused);
	tcase_add_test(tcase, an_archive_that_ends_early_is_refused);
	tcase_add_test(tcase, a_manifest_that_is_none_is_refused);
	tcase_add_test(tcase, compressed_archives_are_no_tars);
	tcase_add_test(tcase, a_directory_with_a_link_in_it_is_refused);
	suite_add_tcase(suite, tcase);
	return suite;
}
