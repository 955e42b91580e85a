/*
 * Searching the catalogue: one compact row per entry, scanned whole.
 *
 * The text of a row is the newest version's facets, one a line ("topic=literacy"), then all its
 * words, folded: lower case, accents of Latin letters dropped, everything else a space. A search is
 * a list of needles that must all occur; a word of the query matches the beginning of a word. Rows
 * are in order of code. Ten thousand entries take a few milliseconds, so there is no index to keep.
 */
#ifndef CAIRN_ENROLLMENT_SEARCH_H
#define CAIRN_ENROLLMENT_SEARCH_H

#include "services/enrollment/tables.h"

struct summary_row {
	uint64_t version;
	struct id entry;
	int64_t opens_day;
	uint32_t entry_version;
	uint32_t hours_typical;
	uint32_t retired;
	uint32_t reserved;
};
_Static_assert(sizeof(struct summary_row) == 48, "no padding");

/* The row of the entry's newest version; opens_day as in its entry_row. */
void search_put(struct txn *txn, const Enrollment__Entry *entry, int64_t opens_day);
void search_retire(struct txn *txn, struct bytes code, bool retired);

#define NEEDLES_MAX 24
#define NEEDLE_LEN 80

struct needle {
	char text[NEEDLE_LEN];
	size_t len;
};

struct search {
	struct needle needles[NEEDLES_MAX];
	unsigned n;
	uint32_t hours_max; /* 0: any */
	bool retired_too;
	int64_t today; /* what opens later is not found */
};

/* False: more words than a search may have, or a facet too long to be one. */
bool search_init(struct search *s, const Enrollment__SearchEntries *ask, int64_t today);

struct search_hit {
	struct summary_row row;
	struct bytes code; /* borrowed from the page */
};

/* Steps a scan of all rows to the next that matches. */
struct scan search_scan(const struct view *view);
bool search_next(const struct search *s, struct scan *scan, struct search_hit *hit_r);

/* What text becomes in a row: words in lower case without accents, a space before each and one
 * after the last. out holds as many bytes as text and two more; returns how many were written. */
size_t search_fold(const char *text, char *out);

#endif
