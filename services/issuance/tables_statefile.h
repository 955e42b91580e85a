/*
 * The tables of the files for licensure systems.
 *
 * Every entry of a ledger is due under its policy until a file has looked at it. FILE_ROW is what a
 * file has; FILE_SENT is where a credit was told last, and FILE_TALLY what was answered. What a row
 * names of a license or a person is the version that was known when it was cut.
 */
#ifndef CAIRN_ISSUANCE_TABLES_STATEFILE_H
#define CAIRN_ISSUANCE_TABLES_STATEFILE_H

#include "services/issuance/tables.h"

enum file_answer { FILE_UNANSWERED, FILE_ACCEPTED, FILE_REFUSED };

struct file_row {
	uint64_t version;
	uint64_t license_at, person_at; /* positions */
	uint8_t posting[ID_LEN];
	uint32_t change; /* StateChange */
	uint32_t answer; /* enum file_answer */
	uint32_t after_term;
	uint32_t reserved;
};
_Static_assert(sizeof(struct file_row) == 56, "no padding");

struct file_sent {
	uint64_t version;
	uint8_t run[ID_LEN];
	uint32_t number;
	uint32_t change;
};
_Static_assert(sizeof(struct file_sent) == 32, "no padding");

struct file_tally {
	uint64_t version;
	uint32_t accepted, refused; /* rows; together at most the file's */
	int64_t answered_us;        /* the last time; 0: never */
};
_Static_assert(sizeof(struct file_tally) == 24, "no padding");

/* ---- versions ---- */
/* Position of the newest; 0: none. */
uint64_t license_position(const struct view *v, struct bytes license);
uint64_t educator_position(const struct view *v, struct bytes educator);
const Issuance__LicenseNoted *license_at(const struct view *v, struct bytes license, uint64_t at,
					 struct arena *arena);
const Issuance__EducatorNoted *educator_at(const struct view *v, struct bytes educator, uint64_t at,
					   struct arena *arena);
/* All of a person, who was erased. */
void educator_was_forget(struct txn *t, struct bytes educator);
void license_was(struct txn *t, struct bytes license, struct bytes raw);
void educator_was(struct txn *t, struct bytes educator, struct bytes raw);

/* ---- layouts ---- */
bool file_layout_known(const struct view *v, struct bytes policy, uint32_t version);
const Issuance__StateLayoutNoted *file_layout_get(const struct view *v, struct bytes policy,
						  uint32_t version, struct arena *arena);
/* Of the policy of that code. */
const Issuance__StateLayoutNoted *file_layout_newest(const struct view *v, const char *code,
						     struct arena *arena);
void file_layout_put(struct txn *t, const Issuance__StateLayoutNoted *layout, struct bytes raw);

/* ---- entries that are due ---- */
void file_due_put(struct txn *t, struct bytes policy, struct bytes entry);
struct file_due {
	uint64_t seq;
	struct id entry;
};
struct scan file_due_scan(const struct view *v, struct bytes policy);
bool file_due_next(struct scan *scan, struct file_due *due_r);

/* ---- files ---- */
struct file {
	int64_t cut_us;
	const Issuance__StateFileCut *cut;
};
bool file_get(const struct view *v, struct bytes run, struct arena *arena, struct file *file_r);
/* Of a policy; number 0: the newest. */
bool file_numbered(const struct view *v, struct bytes policy, uint32_t number, struct arena *arena,
		   struct file *file_r);
bool file_row_get(const struct view *v, struct bytes run, uint32_t number, struct file_row *row_r);
bool file_sent_get(const struct view *v, struct bytes posting, struct file_sent *sent_r);
struct file_tally file_tally_get(const struct view *v, struct bytes run);
bool file_answer_known(const struct view *v, const Issuance__AnswerStateFile *answer);

void file_rows_put(struct txn *t, const Issuance__StateFileRows *rows);
void file_put(struct txn *t, const Issuance__StateFileCut *cut, int64_t cut_us, struct bytes raw);
void file_due_drop(struct txn *t, struct bytes policy, uint64_t seq);
/* One row's answer, in place of what was answered before. */
void file_row_answer(struct txn *t, struct bytes run, const Issuance__StateFileReply *reply,
		     int64_t now_us);
/* A credit's answer, however it came, is its row's. */
struct said {
	bool accepted;
	int64_t at_us;
};
void file_said(struct txn *t, struct bytes posting, const struct said *said);
void file_answer_put(struct txn *t, const Issuance__StateFileAnswered *answered);

/* ---- what a state refused ---- */
struct dispute {
	struct id posting;
	char state[3];
	int64_t since_us;
	const char *because;
};
/* The next one; after: ID_NONE, or the one given before. */
struct scan dispute_scan(const struct view *v, const char *state);
bool dispute_next(struct scan *scan, struct arena *arena, struct dispute *dispute_r);
bool dispute_known(const struct view *v, struct bytes posting);
/* Since the first time, until it is dropped. */
struct disputing {
	struct bytes posting;
	const char *state, *because;
	int64_t now_us;
};
void dispute_put(struct txn *t, const struct disputing *d);
void dispute_drop(struct txn *t, struct bytes posting);

#endif
