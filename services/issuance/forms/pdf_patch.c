/* An incremental update of a PDF that cairo wrote. */
#include "services/issuance/forms/pdf_patch.h"

#include "libshared/buffer.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ENTRY_LEN 20 /* of a cross-reference table */
#define CATALOG "<< /Type /Catalog"
#define FIGURE "<< /Type /StructElem\n   /S /Figure"

struct pdf {
	struct bytes file;
	size_t table;         /* offset of "xref" */
	size_t entries;       /* offset of its first entry */
	size_t n;             /* objects, numbered from 0 */
	struct bytes trailer; /* what stands between << and >> */
};

/* An object that gets another member. */
struct change {
	const char *begins; /* how its dictionary does, which only one object's may */
	const char *member;
	size_t number;
	struct bytes object; /* from its number to endobj */
	size_t at;           /* where its new version stands */
};

static bool refuse_layout(struct form_problem *problem)
{
	return form_refuse(problem, "this version of cairo writes PDF files in another layout");
}

/* ---- reading ---- */

/* The decimal at an offset; SIZE_MAX: there is none. */
static size_t number_at(struct bytes file, size_t at, size_t *end_r)
{
	size_t value = 0, from = at;

	for (; at < file.len && file.data[at] >= '0' && file.data[at] <= '9' && at - from < 10;
	     at++)
		value = 10 * value + (size_t)(file.data[at] - '0');
	*end_r = at;
	return at > from ? value : SIZE_MAX;
}

static bool stands_at(struct bytes file, size_t at, const char *text)
{
	size_t len = strlen(text);

	return at <= file.len && len <= file.len - at && memcmp(file.data + at, text, len) == 0;
}

/* From an offset to the end of text, which comes behind it. None: it does not. */
static struct bytes up_to(struct bytes file, size_t at, const char *text)
{
	const uint8_t *found;

	if (at >= file.len)
		return BYTES_NONE;
	found = memmem(file.data + at, file.len - at, text, strlen(text));
	if (found == NULL)
		return BYTES_NONE;
	return (struct bytes){file.data + at, (size_t)(found - file.data) - at + strlen(text)};
}

static bool read_trailer(struct pdf *pdf)
{
	static const char begin[] = "trailer\n<<", end[] = ">>\nstartxref";
	size_t at = pdf->entries + ENTRY_LEN * pdf->n;
	struct bytes all = up_to(pdf->file, at, end);

	if (!stands_at(pdf->file, at, begin) || all.len == 0)
		return false;
	pdf->trailer = (struct bytes){all.data + sizeof begin - 1,
				      all.len - (sizeof begin - 1) - (sizeof end - 1)};
	return true;
}

static bool read_table(struct pdf *pdf)
{
	static const char start[] = "startxref\n";
	size_t tail = pdf->file.len > 64 ? pdf->file.len - 64 : 0, end;
	struct bytes before = up_to(pdf->file, tail, start);

	if (before.len == 0)
		return false;
	pdf->table = number_at(pdf->file, tail + before.len, &end);
	if (pdf->table >= pdf->file.len || !stands_at(pdf->file, pdf->table, "xref\n0 "))
		return false;
	pdf->n = number_at(pdf->file, pdf->table + 7, &end);
	pdf->entries = end + 1;
	return pdf->n <= (pdf->file.len - pdf->table) / ENTRY_LEN && read_trailer(pdf);
}

static bool find_object(const struct pdf *pdf, struct change *change)
{
	for (size_t i = 1; i < pdf->n; i++) {
		size_t end, at = number_at(pdf->file, pdf->entries + ENTRY_LEN * i, &end);
		struct bytes head = up_to(pdf->file, at, " 0 obj\n");

		if (head.len == 0 || !stands_at(pdf->file, at + head.len, change->begins))
			continue;
		change->number = i;
		change->object = up_to(pdf->file, at, "endobj\n");
		return change->object.len > 0;
	}
	return false;
}

/* ---- writing ---- */

static void put_changed(struct buffer *b, struct change *change)
{
	const uint8_t *dictionary = memmem(change->object.data, change->object.len, "<<", 2);
	size_t head = (size_t)(dictionary - change->object.data) + 2;

	change->at = b->len;
	buffer_put(b, change->object.data, head);
	buffer_puts(b, change->member);
	buffer_put(b, change->object.data + head, change->object.len - head);
}

static void put_entry(struct buffer *b, const struct change *change, struct arena *a)
{
	buffer_puts(b, arena_printf(a, "%zu 1\n%010zu 00000 n \n", change->number, change->at));
}

static struct bytes write_update(const struct pdf *pdf, struct change *changes, size_t n,
				 struct arena *a)
{
	struct buffer b;
	size_t table;

	buffer_init(&b, a, pdf->file.len + 4096);
	buffer_put(&b, pdf->file.data, pdf->file.len);
	for (size_t i = 0; i < n; i++)
		put_changed(&b, &changes[i]);
	table = b.len;
	buffer_puts(&b, "xref\n");
	for (size_t i = 0; i < n; i++)
		put_entry(&b, &changes[i], a);
	buffer_puts(&b, "trailer\n<<");
	buffer_put(&b, pdf->trailer.data, pdf->trailer.len);
	buffer_puts(&b, arena_printf(a, "   /Prev %zu\n>>\nstartxref\n%zu\n%%%%EOF\n", pdf->table,
				     table));
	return buffer_bytes(&b);
}

/* A PDF string. */
static const char *quoted(const char *text, struct arena *a)
{
	char *out = arena_alloc(a, 2 * strlen(text) + 3), *at = out;

	*at++ = '(';
	for (; *text != '\0'; text++) {
		if (strchr("()\\", *text) != NULL)
			*at++ = '\\';
		*at++ = *text;
	}
	*at++ = ')';
	*at = '\0';
	return out;
}

bool pdf_patch(struct bytes file, const char *lang, const char *alt, struct arena *a,
	       struct bytes *patched_r, struct form_problem *problem)
{
	struct pdf pdf = {.file = file};
	/* cairo writes the catalog last, and a table lists objects by number. */
	struct change changes[] = {
		{.begins = FIGURE, .member = arena_printf(a, " /Alt %s", quoted(alt, a))},
		{.begins = CATALOG,
		 .member =
			 arena_printf(a, " /Lang %s /ViewerPreferences << /DisplayDocTitle true >>",
				      quoted(lang, a))},
	};

	if (!read_table(&pdf))
		return refuse_layout(problem);
	for (size_t i = 0; i < ARRAY_LEN(changes); i++)
		if (!find_object(&pdf, &changes[i]))
			return refuse_layout(problem);
	*patched_r = write_update(&pdf, changes, ARRAY_LEN(changes), a);
	return true;
}
