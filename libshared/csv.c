/* Comma-separated values, row by row. */
#include "libshared/csv.h"

#include "libshared/check.h"

#include <string.h>

static bool faulted(struct csv *csv, const char *why)
{
	if (csv->fault == NULL)
		csv->fault = why;
	return false;
}

static bool at_end(const struct csv *csv)
{
	return csv->at == csv->text.len;
}

static bool at_line_end(const struct csv *csv)
{
	return at_end(csv) || csv->text.data[csv->at] == '\n' || csv->text.data[csv->at] == '\r';
}

static void skip_line_end(struct csv *csv)
{
	if (!at_end(csv) && csv->text.data[csv->at] == '\r')
		csv->at++;
	if (!at_end(csv) && csv->text.data[csv->at] == '\n')
		csv->at++;
	csv->lines++;
}

/* Up to the closing quote, which a doubled one is not. */
static bool read_quoted(struct csv *csv, char *to, size_t *len_r)
{
	size_t n = 0;

	for (csv->at++; !at_end(csv); csv->at++) {
		uint8_t c = csv->text.data[csv->at];

		if (c == '"') {
			csv->at++;
			if (at_end(csv) || csv->text.data[csv->at] != '"') {
				*len_r = n;
				return true;
			}
		}
		if (n == CSV_FIELD_MAX)
			return faulted(csv, "a field is longer than 1,024 bytes");
		csv->lines += c == '\n';
		to[n++] = (char)c;
	}
	return faulted(csv, "a quoted field does not end");
}

static bool read_plain(struct csv *csv, char *to, size_t *len_r)
{
	size_t n = 0;

	for (; !at_line_end(csv) && csv->text.data[csv->at] != ','; csv->at++) {
		if (csv->text.data[csv->at] == '"')
			return faulted(csv,
				       "a quote stands inside a field that has none around it");
		if (n == CSV_FIELD_MAX)
			return faulted(csv, "a field is longer than 1,024 bytes");
		to[n++] = (char)csv->text.data[csv->at];
	}
	*len_r = n;
	return true;
}

static bool read_field(struct csv *csv, const char **field_r)
{
	char text[CSV_FIELD_MAX];
	size_t len = 0;
	bool quoted = !at_end(csv) && csv->text.data[csv->at] == '"';

	if (!(quoted ? read_quoted(csv, text, &len) : read_plain(csv, text, &len)))
		return false;
	if (!at_line_end(csv) && csv->text.data[csv->at] != ',')
		return faulted(csv, "something follows a closing quote");
	if (!text_is_clean(text, len))
		return faulted(csv, "a field is not UTF-8 text, or has control characters");
	*field_r = arena_text(csv->arena, (struct bytes){(const uint8_t *)text, len});
	return true;
}

static bool read_row(struct csv *csv, const char **fields, size_t most, size_t *n_r)
{
	size_t n = 0;

	csv->line = csv->lines;
	for (;;) {
		if (n == most)
			return faulted(csv, "a row has more fields than there are columns");
		if (!read_field(csv, &fields[n++]))
			return false;
		if (at_line_end(csv))
			break;
		csv->at++; /* the comma */
	}
	skip_line_end(csv);
	*n_r = n;
	return true;
}

static void skip_blank_lines(struct csv *csv)
{
	while (!at_end(csv) && at_line_end(csv))
		skip_line_end(csv);
}

void csv_open(struct csv *csv, struct bytes text, struct arena *arena)
{
	*csv = (struct csv){.text = text, .arena = arena, .lines = 1};
	if (text.len >= 3 && memcmp(text.data, "\xef\xbb\xbf", 3) == 0)
		csv->at = 3;
	skip_blank_lines(csv);
	if (at_end(csv))
		faulted(csv, "the file is empty");
	else
		(void)read_row(csv, csv->names, CSV_COLUMNS_MAX, &csv->n_names);
}

bool csv_next(struct csv *csv)
{
	if (csv->fault != NULL)
		return false;
	skip_blank_lines(csv);
	return !at_end(csv) && read_row(csv, csv->fields, csv->n_names, &csv->n_fields);
}

static size_t column(const struct csv *csv, const char *name)
{
	for (size_t i = 0; i < csv->n_names; i++)
		if (strcmp(csv->names[i], name) == 0)
			return i;
	return SIZE_MAX;
}

bool csv_has(const struct csv *csv, const char *name)
{
	return column(csv, name) != SIZE_MAX;
}

const char *csv_get(const struct csv *csv, const char *name)
{
	size_t i = column(csv, name);

	return i < csv->n_fields ? csv->fields[i] : "";
}
