/* Tests of text out of files: plain, zips of XML as real ones are laid out, and damaged ones. */
#include "services/evidence/text_file.h"
#include "tests/support/suite.h"

#include <archive.h>
#include <archive_entry.h>
#include <stdlib.h>
#include <string.h>

#define OOXML "application/vnd.openxmlformats-officedocument."
#define ODF "application/vnd.oasis.opendocument."
#define ZIP_MAX ((size_t)1 << 20)

static struct arena *arena;

static void open_arena(void)
{
	arena = arena_new(1 << 20);
}

static void close_arena(void)
{
	arena_destroy(&arena);
}

static struct bytes given_zip(const char *path, struct bytes content)
{
	uint8_t *zip = arena_alloc(arena, ZIP_MAX);
	struct archive *a = archive_write_new();
	struct archive_entry *entry = archive_entry_new();
	size_t len = 0;

	ENSURE(archive_write_set_format_zip(a) == ARCHIVE_OK);
	ENSURE(archive_write_open_memory(a, zip, ZIP_MAX, &len) == ARCHIVE_OK);
	archive_entry_set_pathname(entry, path);
	archive_entry_set_size(entry, (la_int64_t)content.len);
	archive_entry_set_filetype(entry, AE_IFREG);
	archive_entry_set_perm(entry, 0600);
	ENSURE(archive_write_header(a, entry) == ARCHIVE_OK);
	ENSURE(archive_write_data(a, content.data, content.len) == (la_ssize_t)content.len);
	archive_entry_free(entry);
	ENSURE(archive_write_close(a) == ARCHIVE_OK && archive_write_free(a) == ARCHIVE_OK);
	return (struct bytes){zip, len};
}

static const struct {
	const char *media_type, *path, *xml, *text;
} files[] = {
	{OOXML "wordprocessingml.document", "word/document.xml",
	 "<?xml version=\"1.0\" encoding=\"UTF-8\"?><w:document xmlns:w=\"u\"><w:body><w:p><w:r>"
	 "<w:t>Mar</w:t></w:r><w:r><w:t>\xc3\xad"
	 "a &amp; I</w:t></w:r></w:p><w:p><w:r><w:t>two"
	 "</w:t></w:r></w:p></w:body></w:document>",
	 "Mar\xc3\xad"
	 "a & I\ntwo\n"},
	{OOXML "presentationml.presentation", "ppt/slides/slide1.xml",
	 "<p:sld xmlns:p=\"u\" xmlns:a=\"v\"><a:p><a:r><a:t>one</a:t></a:r></a:p></p:sld>",
	 "one\n"},
	{OOXML "spreadsheetml.sheet", "xl/sharedStrings.xml",
	 "<sst><si><t>one</t></si><si><t>two</t></si></sst>", "one\ntwo\n"},
	{ODF "text", "content.xml",
	 "<office:document-content xmlns:office=\"u\" xmlns:text=\"v\"><text:h>A</text:h>"
	 "<text:p>b<text:span>c</text:span></text:p></office:document-content>",
	 "A\nbc\n"},
	{ODF "text", "meta.xml", "<a>not the text</a>", ""},
	{ODF "text", "content.xml", "<a>before<b>", "before"},
	{ODF "text", "content.xml", "<!DOCTYPE a [<!ENTITY x \"xxxxxxxxxx\">]><a>&x;&x;</a>", ""},
	{"application/pdf", "content.xml", "<a>x</a>", ""},
};

START_TEST(the_text_of_a_zip_of_xml_is_read_and_nothing_else)
{
	struct bytes zip = given_zip(files[_i].path, bytes_of_text(files[_i].xml));
	bool whole;
	struct bytes text = text_file_read(files[_i].media_type, zip, arena, &whole);

	ck_assert_msg(bytes_equal(text, bytes_of_text(files[_i].text)), "\"%.*s\"", (int)text.len,
		      (const char *)text.data);
}
END_TEST

START_TEST(plain_text_is_read_up_to_the_bound)
{
	uint8_t *file = arena_zalloc(arena, TEXT_MAX + 1);
	bool whole;

	ck_assert_uint_eq(
		text_file_read("text/csv", (struct bytes){file, TEXT_MAX}, arena, &whole).len,
		TEXT_MAX);
	ck_assert(whole);
	ck_assert_uint_eq(
		text_file_read("text/csv", (struct bytes){file, TEXT_MAX + 1}, arena, &whole).len,
		TEXT_MAX);
	ck_assert(!whole);
}
END_TEST

/* A zip of a few kilobytes that would grow to hundreds of megabytes ends at the bound. */
START_TEST(a_zip_that_grows_is_read_up_to_the_bound)
{
	size_t len = (size_t)64 << 20;
	char *xml = malloc(len);
	struct bytes text;
	bool whole;

	ENSURE(xml != NULL);
	memset(xml, ' ', len);
	memcpy(xml, "<a>", 3);
	text = text_file_read(ODF "text",
			      given_zip("content.xml", (struct bytes){(uint8_t *)xml, len}), arena,
			      &whole);
	ck_assert_uint_eq(text.len, TEXT_MAX);
	ck_assert(!whole);
	free(xml);
}
END_TEST

START_TEST(a_damaged_zip_gives_what_comes_before_the_damage_and_no_crash)
{
	struct bytes zip = given_zip("content.xml", bytes_of_text("<a>some text here</a>"));
	bool whole;

	for (size_t len = 0; len < zip.len; len++)
		ck_assert_uint_le(
			text_file_read(ODF "text", (struct bytes){zip.data, len}, arena, &whole)
				.len,
			15);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("evidence text of files");
	TCase *tcase = tcase_create("text");

	tcase_add_checked_fixture(tcase, open_arena, close_arena);
	tcase_add_loop_test(tcase, the_text_of_a_zip_of_xml_is_read_and_nothing_else, 0,
			    ARRAY_LEN(files));
	tcase_add_test(tcase, plain_text_is_read_up_to_the_bound);
	tcase_add_test(tcase, a_zip_that_grows_is_read_up_to_the_bound);
	tcase_add_test(tcase, a_damaged_zip_gives_what_comes_before_the_damage_and_no_crash);
	suite_add_tcase(suite, tcase);
	return suite;
}
