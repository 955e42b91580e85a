/*
 * Comma-separated values as other systems export them (RFC 4180), read from memory.
 *
 *	struct csv csv;
 *
 *	csv_open(&csv, text, arena);
 *	while (csv_next(&csv))
 *		... csv_get(&csv, "givenName") ...
 *	if (csv.fault != NULL) ... csv.line says where ...
 *
 * A byte order mark, line ends of any system and blank lines are taken as they come. What no
 * exporter writes is a fault: more than CSV_COLUMNS_MAX columns, a field beyond CSV_FIELD_MAX, a
 * quote that does not end, bytes that are no text, a row with more fields than the first line.
 */
#ifndef CAIRN_CSV_H
#define CAIRN_CSV_H

#include "libshared/arena.h"

#define CSV_COLUMNS_MAX 64
#define CSV_FIELD_MAX 1024

struct csv {
	struct bytes text;
	struct arena *arena; /* names and fields live in it */
	size_t at;
	unsigned line; /* of the row just read, the first is 1 */
	unsigned lines;
	const char *names[CSV_COLUMNS_MAX], *fields[CSV_COLUMNS_MAX];
	size_t n_names, n_fields;
	const char *fault; /* a constant sentence; NULL: none */
};

/* Reads the first line, which names the columns. */
void csv_open(struct csv *csv, struct bytes text, struct arena *arena);
/* The next row. False: no more, or a fault. */
bool csv_next(struct csv *csv);
bool csv_has(const struct csv *csv, const char *name);
/* The field of that column, "" where there is none. */
const char *csv_get(const struct csv *csv, const char *name);

#endif
