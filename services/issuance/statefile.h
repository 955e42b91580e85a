/*
 * Files for licensure systems: which rows the next one has, and their text.
 *
 *	statefile_open()    the policy's layout and what the whole file says of itself
 *	statefile_choose()  the rows: what changed since the files before it
 *	statefile_write()   the text of one row
 *
 * A credit that the state does not have is added. One that takes the place of another that it has
 * (what was said of it was corrected) changes that; where the layout's keys differ, the old one is
 * deleted and the new one added. One that was reversed is deleted. What was never sent and is
 * reversed by now is dropped. A state has what was sent to it and neither refused nor deleted.
 *
 * A row that cannot be written (no code for the micro-credential, a number that does not fit) is
 * held: it stays due, and is told with its reason.
 *
 * The text is made of the layout's version, the rows and what was known when the file was cut, all
 * of which stay; so it is the same at any later time, but for persons who were erased since.
 */
#ifndef CAIRN_ISSUANCE_STATEFILE_H
#define CAIRN_ISSUANCE_STATEFILE_H

#include "libshared/buffer.h"
#include "services/issuance/ledger.h"
#include "services/issuance/rules/state_layout.h"
#include "services/issuance/tables_statefile.h"

#define STATE_FILE_ROWS 1000        /* in one event */
#define STATE_FILE_ROWS_MAX 25000   /* of one file: a commit of about a megabyte */
#define STATE_FILE_DROPPED_MAX 9000 /* at once */

/* A layout with what a file says of itself. */
struct statefile {
	const struct view *view;
	const struct caps *caps;
	const Issuance__StateLayoutNoted *noted;
	struct state_layout layout;
	const struct zone *zone;
	const Issuance__StateFileCut *cut; /* number, period, cut_on, values; totals when known */
	struct arena *arena;
};

/* Reads the layout. The zone is there: it was when the layout was noted. */
void statefile_open(struct statefile *f, const struct view *view, const struct caps *caps,
		    const Issuance__StateLayoutNoted *noted, struct arena *arena);
/* The newest layout of a policy that is in force; NULL: none. */
const Issuance__StateLayoutNoted *statefile_layout(const struct view *view, const char *policy,
						   int64_t now_us, const struct caps *caps,
						   struct arena *arena);
/* The last day of "2026-07"; false: it is none. */
bool statefile_period(const char *period, int64_t *day_r);
/* The name of a value that the layout asks for and that is not given; NULL: all are there. */
const char *statefile_missing(const struct statefile *f);

struct statefile_rows {
	struct buffer text; /* of the rows */
	Issuance__StateFileRow *rows;
	size_t n;
	uint64_t dropped[STATE_FILE_DROPPED_MAX];
	size_t n_dropped;
	uint64_t through;
	uint32_t added, changed, deleted, held;
	int64_t hundredths;
	Issuance__HeldRow *held_rows; /* the first of them */
	size_t n_held_rows;
};
#define STATE_FILE_HELD_SHOWN 100
struct statefile_rows *statefile_choose(const struct statefile *f, int64_t last_day);

/* Appends the line of a row. NULL, or why it cannot be written; nothing is appended then. */
const char *statefile_write(const struct statefile *f, const Issuance__StateFileRow *row,
			    uint32_t number, struct buffer *to);
extern const char statefile_erased[]; /* the reason, where the person was erased */
/* By what the system tells the row's record apart; NULL: the person was erased. */
const char *statefile_keys(const struct statefile *f, const Issuance__StateFileRow *row);
/* What stands before the first row, and behind the last. NULL, or which value does not fit. */
const char *statefile_head(const struct statefile *f, struct buffer *to);
const char *statefile_tail(const struct statefile *f, struct buffer *to);

#endif
