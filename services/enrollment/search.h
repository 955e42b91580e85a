/*
 * Searching the catalogue: one compact row per entry, scanned whole.
 *
 * The text of a row is the newest version's facets, one a line ("topic=literacy"), then all its
 * words, folded: lower case, accents of Latin letters dropped, everything else a space. A search is
 * a list of words that must all occur, each as the beginning of a word, and of facets. Rows are in
 * order of code.
 *
 * Most rows are settled by their first 300 bytes: a filter of the beginnings of their words says
 * which texts need not be read, and facets are numbers there. So ten thousand entries take a
 * millisecond or two, counts of facets included, and there is no index to keep.
 */
#ifndef CAIRN_ENROLLMENT_SEARCH_H
#define CAIRN_ENROLLMENT_SEARCH_H

#include "services/enrollment/tables.h"

/* What the catalogue can be narrowed by, beside words. */
enum facet {
	FACET_TOPIC,
	FACET_GRADE,
	FACET_LANGUAGE,
	FACET_CATEGORY,
	FACET_ALIGNMENT,
	FACET_HOURS, /* a bound, not a line of the text */
	N_FACETS
};

/* "topic", as it stands in texts and answers. */
const char *facet_name(enum facet facet);

/* A line of a text as a number, its facet in the lowest three bits, letters in any case. Two of a
 * catalogue are never met alike: a billion to one for some hundreds. */
uint32_t facet_number(struct bytes line);
enum facet facet_of_number(uint32_t number);

#define ROW_FACETS 31
#define ROW_WORDS 16

struct summary_row {
	uint64_t version;
	struct id entry;
	int64_t opens_day;
	uint32_t entry_version;
	uint32_t hours_typical;
	uint32_t retired;
	uint32_t n_facets;
	uint32_t facets[ROW_FACETS]; /* of the first lines; the others are read in the text */
	uint32_t reserved;
	uint64_t words[ROW_WORDS]; /* a filter: bits of the beginnings of all words */
};
_Static_assert(sizeof(struct summary_row) == 304, "no padding");

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
	const struct view *view;
	struct needle needles[NEEDLES_MAX]; /* words */
	unsigned n;
	uint64_t words[ROW_WORDS]; /* what a row's filter has when all needles are in its text */
	uint32_t facets[N_FACETS]; /* numbers; 0: any */
	uint32_t hours_max;        /* 0: any */
	bool nearly;               /* also what misses one facet only, for counts */
	bool retired_too;
	int64_t today; /* what opens later is not found */
};

/* False: more words than a search may have, or a facet too long to be one. */
bool search_init(struct search *s, const struct view *view, const Enrollment__SearchEntries *ask,
		 int64_t today);

struct search_hit {
	struct summary_row row;
	struct bytes code; /* borrowed from the page */
	unsigned missed;   /* 1 << the facet that it misses; 0: it is found */
};

/* Steps a scan of all rows to the next that matches. */
struct scan search_scan(const struct view *view);
bool search_next(const struct search *s, struct scan *scan, struct search_hit *hit_r);

/* What text becomes in a row: words in lower case without accents, a space before each and one
 * after the last. out holds as many bytes as text and two more; returns how many were written. */
size_t search_fold(const char *text, char *out);

/* The text of an entry, borrowed from the page. */
struct bytes search_text(const struct view *view, struct bytes code);
/* The next line of the text's facets at *at; false: no more. */
bool search_line(struct bytes text, size_t *at, struct bytes *line_r);

#endif
