/*
 * The event log: records in sequence without a gap, grouped in commits that carry a hash chain.
 *
 * A record is stored as a header of RECORD_HEADER bytes and its payload, verbatim. sum is the
 * first 8 bytes of BLAKE2b over the rest. A commit's chain is BLAKE2b-256 over the chain before
 * it, its last seq (u64 LE) and the bytes of all its records: forks, restores and tampering show.
 *
 *	u8 format=1 | u8 flags | u16 kind | u32 schema | u64 at_us | id[16] entity[16] cause[16]
 *	actor[16] | u64 principal | u64 sum | payload        (little-endian)
 */
#ifndef CAIRN_EVENTLOG_H
#define CAIRN_EVENTLOG_H

#include "libshared/arena.h"
#include "libshared/id.h"
#include "libshared/store.h"

#include <sodium.h>

#define RECORD_HEADER 96
#define RECORD_FORMAT 1
#define CHAIN_LEN 32

#define RECORD_MUST_UNDERSTAND 1 /* an older reader stops rather than skip it */
#define RECORD_PRIVATE 2         /* never leaves the service */

/* Kinds below this number are the service's own; from here on the runtime's (runtime.proto). */
#define RUNTIME_KIND 60000

struct record {
	uint64_t seq;
	uint8_t flags;
	uint16_t kind; /* field number in the service's Event.body */
	uint32_t schema;
	int64_t at_us;
	struct id id, entity, cause, actor;
	uint64_t principal;
	struct bytes payload; /* the packed Event */
};

struct position {
	struct id log_id;
	uint64_t epoch;
	uint64_t seq;
	uint8_t chain[CHAIN_LEN];
};

/* What the log is and where it ends. Kept in memory by the engine, stored with each commit. */
struct log_head {
	struct position at;
	uint64_t first_seq; /* oldest record still here; at.seq + 1 when there is none */
	int64_t at_us;      /* of the last record: never goes back */
};

/* Bytes of the record with its sum, in the arena. */
struct bytes record_pack(const struct record *r, struct arena *arena);
/* False: not a record of ours or its sum is wrong. payload borrows raw. */
bool record_unpack(struct bytes raw, uint64_t seq, struct record *r) MUST_CHECK;

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

/* Records of whole commits after a position, as they stand in the log. */
struct log_batch {
	uint64_t after_seq, through_seq;
	struct bytes *records; /* through_seq - after_seq of them, in the arena */
	uint64_t *commit_ends; /* last seq of each commit */
	size_t n_commits;
	size_t bytes;             /* of all records */
	uint8_t chain[CHAIN_LEN]; /* at through_seq */
};
/* At most max_bytes, but always one whole commit; nothing beyond through_seq. after_seq must be a
 * commit's end (or 0). 0, or -1: the log is damaged (logged). An empty batch has no commits. */
int eventlog_read(const struct view *v, uint64_t after_seq, uint64_t through_seq, size_t max_bytes,
		  struct arena *arena, struct log_batch *batch_r) MUST_CHECK;
/* The record, borrowed from its page; false: not here, or damaged (logged). */
bool eventlog_get(const struct view *v, uint64_t seq, struct record *r);
/* The chain at the end of the commit that ends at seq; false if none ends there (or it is
 * forgotten). Seq 0 has the chain of the name the log was born with. */
bool eventlog_chain(const struct view *v, uint64_t seq, uint8_t chain_r[CHAIN_LEN]);
/* The chain at seq 0 of a log born as log_id. */
void chain_of_name(struct id log_id, uint8_t chain_r[CHAIN_LEN]);
/* One commit's chain from the one before: BLAKE2b-256(before, records ..., last_seq u64 LE). */
void chain_of_commit(const uint8_t before[CHAIN_LEN], const struct bytes *records, size_t n,
		     uint64_t last_seq, uint8_t chain_r[CHAIN_LEN]);
/* Checks one batch against the chain at its start. */
bool log_batch_follows(const struct log_batch *b, const uint8_t chain[CHAIN_LEN]);

/* Removes records of whole commits up to seq, at most max_records of them; moves first_seq. */
void eventlog_trim(struct log_head *head, struct txn *t, uint64_t seq, uint64_t max_records);

/* This log goes on from a copy: a new name, the old one remembered as an ancestor up to its head.
 */
void eventlog_rename(struct log_head *head, struct txn *t, struct id log_id);
/* True if the log was once called log_id and still held the position at seq. */
bool eventlog_descends(const struct view *v, struct id log_id, uint64_t seq);

#endif
