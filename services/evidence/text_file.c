/* The text of a file: plain, or out of a zip of XML, by libarchive and expat. */
#include "services/evidence/text_file.h"

#include <archive.h>
#include <archive_entry.h>
#include <expat.h>
#include <string.h>

#define MEMBERS_MAX 2000               /* of a zip */
#define UNZIPPED_MAX ((size_t)4 << 20) /* of XML, in all */
#define PART ((size_t)16 << 10)
#define OOXML "application/vnd.openxmlformats-officedocument."
#define ODF "application/vnd.oasis.opendocument."

/* members: how the names of the members begin that have the text. */
static const struct format {
	const char *media_type, *members;
} formats[] = {
	{OOXML "wordprocessingml.document", "word/"},
	{OOXML "presentationml.presentation", "ppt/slides/"},
	{OOXML "spreadsheetml.sheet", "xl/sharedStrings.xml"},
	{ODF "text", "content.xml"},
	{ODF "presentation", "content.xml"},
	{ODF "spreadsheet", "content.xml"},
};

static const struct format *format_of(const char *media_type)
{
	for (size_t i = 0; i < ARRAY_LEN(formats); i++)
		if (strcmp(formats[i].media_type, media_type) == 0)
			return &formats[i];
	return NULL;
}

static bool is_plain_text(const char *media_type)
{
	return strncmp(media_type, "text/", 5) == 0;
}

bool text_file_is(const char *media_type)
{
	return is_plain_text(media_type) || format_of(media_type) != NULL;
}

/* ---- text out of XML ---- */

struct reader {
	uint8_t *text;
	size_t len;
	bool full; /* there is more than there is room for */
	XML_Parser parser;
};

static void add(struct reader *r, const char *piece, size_t len)
{
	size_t room = MIN(len, TEXT_MAX - r->len);

	memcpy(r->text + r->len, piece, room);
	r->len += room;
	r->full = r->full || room < len;
}

static void XMLCALL on_text(void *ctx, const XML_Char *text, int len)
{
	add(ctx, text, (size_t)len);
}

/* The pieces of one word may stand in several runs; a paragraph, a cell, a break and a tab end it.
 */
static void XMLCALL on_end(void *ctx, const XML_Char *name)
{
	static const char *const ends[] = {"w:p",
					   "w:br",
					   "w:tab",
					   "w:tc",
					   "a:p",
					   "a:br",
					   "si",
					   "text:p",
					   "text:h",
					   "text:tab",
					   "text:s",
					   "text:line-break",
					   "table:table-cell"};

	for (size_t i = 0; i < ARRAY_LEN(ends); i++)
		if (strcmp(ends[i], name) == 0)
			add(ctx, "\n", 1);
}

/* No entities of a document's own, so nothing grows. */
static void XMLCALL on_doctype(void *ctx, const XML_Char *name, const XML_Char *system,
			       const XML_Char *public, int has_internal)
{
	struct reader *r = ctx;

	(void)name, (void)system, (void)public, (void)has_internal;
	XML_StopParser(r->parser, XML_FALSE);
}

static void read_member(struct archive *a, struct reader *r, size_t *unzipped)
{
	char part[PART];

	r->parser = XML_ParserCreate(NULL);
	ENSURE(r->parser != NULL);
	XML_SetUserData(r->parser, r);
	XML_SetElementHandler(r->parser, NULL, on_end);
	XML_SetCharacterDataHandler(r->parser, on_text);
	XML_SetStartDoctypeDeclHandler(r->parser, on_doctype);
	while (!r->full && *unzipped < UNZIPPED_MAX) {
		la_ssize_t n = archive_read_data(a, part, sizeof part);

		if (n <= 0 || XML_Parse(r->parser, part, (int)n, XML_FALSE) != XML_STATUS_OK)
			break;
		*unzipped += (size_t)n;
	}
	r->full = r->full || *unzipped >= UNZIPPED_MAX;
	XML_ParserFree(r->parser);
}

/* ---- members of a zip ---- */

static void reader_free(struct archive **a)
{
	archive_read_free(*a);
}

static bool is_wanted(struct archive_entry *entry, const struct format *format)
{
	const char *path = archive_entry_pathname(entry);
	size_t len = path == NULL ? 0 : strlen(path);

	return len > 4 && strncmp(path, format->members, strlen(format->members)) == 0 &&
	       strcmp(path + len - 4, ".xml") == 0;
}

static void read_zip(const struct format *format, struct bytes file, struct reader *r)
{
	AUTO(reader_free) struct archive *a = archive_read_new();
	struct archive_entry *entry;
	size_t unzipped = 0;

	ENSURE(a != NULL && archive_read_support_filter_none(a) == ARCHIVE_OK);
	ENSURE(archive_read_support_format_zip(a) == ARCHIVE_OK);
	if (archive_read_open_memory(a, file.data, file.len) != ARCHIVE_OK)
		return;
	for (unsigned n = 0; n < MEMBERS_MAX && !r->full; n++) {
		if (archive_read_next_header(a, &entry) != ARCHIVE_OK)
			return;
		if (is_wanted(entry, format))
			read_member(a, r, &unzipped);
	}
}

struct bytes text_file_read(const char *media_type, struct bytes file, struct arena *arena,
			    bool *whole_r)
{
	const struct format *format = format_of(media_type);
	struct reader r = {0};

	if (is_plain_text(media_type)) {
		*whole_r = file.len <= TEXT_MAX;
		return (struct bytes){file.data, MIN(file.len, TEXT_MAX)};
	}
	*whole_r = format != NULL;
	if (format == NULL)
		return BYTES_NONE;
	r.text = arena_alloc(arena, TEXT_MAX);
	read_zip(format, file, &r);
	*whole_r = !r.full;
	return (struct bytes){r.text, r.len};
}
