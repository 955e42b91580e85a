/*
 * The event log: records (record.h) in sequence without a gap, grouped in commits.
 */
#ifndef CAIRN_EVENTLOG_H
#define CAIRN_EVENTLOG_H

#include "libshared/record.h"
#include "libshared/store.h"

/* What the log is and where it ends. Kept in memory by the engine, stored with each commit. */
struct log_head {
	struct position at;
	uint64_t first_seq; /* oldest record still here; at.seq + 1 when there is none */
	int64_t at_us;      /* of the last record: never goes back */
};

/* Reads meta and the last commit; on a fresh environment makes log_id the log's name. */
int eventlog_open(struct store *s, struct id log_id, struct log_head *head_r) MUST_CHECK;

/* A commit being written: append records, then end it. */
struct log_commit {
	struct log_head *head; /* moved by each append; put back by the caller if the txn aborts */
	uint64_t first_seq;
	crypto_generichash_state chain;
};
void eventlog_begin(struct log_commit *c, struct log_head *head);
/* Gives r its seq, appends its bytes (record_pack) to the log and the chain. */
void eventlog_append(struct log_commit *c, struct txn *t, struct record *r, struct arena *arena);
/* Writes the commit row, when anything was appended. */
void eventlog_end(struct log_commit *c, struct txn *t);

struct commit_row {
	uint64_t first_seq, epoch;
	int64_t at_us;
	uint8_t chain[CHAIN_LEN];
};
_Static_assert(sizeof(struct commit_row) == 24 + CHAIN_LEN, "no padding");

/* At most max_bytes, but always one whole commit; nothing beyond through_seq. after_seq must be a
 * commit's end (or 0). 0, or -1: the log is damaged (logged). An empty batch has no commits. */
int eventlog_read(const struct view *v, uint64_t after_seq, uint64_t through_seq, size_t max_bytes,
		  struct arena *arena, struct log_batch *batch_r) MUST_CHECK;
/* The record, borrowed from its page; false: not here, or damaged (logged). */
bool eventlog_get(const struct view *v, uint64_t seq, struct record *r);
/* The chain at the end of the commit that ends at seq; false if none ends there (or it is
 * forgotten). Seq 0 has the chain of the name the log was born with. */
bool eventlog_chain(const struct view *v, uint64_t seq, uint8_t chain_r[CHAIN_LEN]);
/* Removes records of whole commits up to seq, at most max_records of them; moves first_seq. */
void eventlog_trim(struct log_head *head, struct txn *t, uint64_t seq, uint64_t max_records);

/* This log goes on from a copy: a new name, the old one remembered as an ancestor up to its head.
 */
void eventlog_rename(struct log_head *head, struct txn *t, struct id log_id);
/* True if the log was once called log_id and still held the position at seq. */
bool eventlog_descends(const struct view *v, struct id log_id, uint64_t seq);

#endif
