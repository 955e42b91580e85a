/*
 * A record as bytes, and the hash chain over commits: what whoever follows a log needs of it.
 *
 * A record is a header of RECORD_HEADER bytes and its payload, verbatim. sum is the first 8 bytes
 * of BLAKE2b over the rest. A commit's chain is BLAKE2b-256 over the chain before it, its last seq
 * (u64 LE) and the bytes of all its records: forks, restores and tampering show.
 *
 *	u8 format=1 | u8 flags | u16 kind | u32 schema | u64 at_us | id[16] entity[16] cause[16]
 *	actor[16] | u64 principal | u64 sum | payload        (little-endian)
 */
#ifndef CAIRN_RECORD_H
#define CAIRN_RECORD_H

#include "libshared/arena.h"
#include "libshared/id.h"

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

/* Bytes of the record with its sum, in the arena. */
struct bytes record_pack(const struct record *r, struct arena *arena);
/* False: not a record of ours or its sum is wrong. payload borrows raw. */
bool record_unpack(struct bytes raw, uint64_t seq, struct record *r) MUST_CHECK;

/* Records of whole commits after a position, as they stand in the log. */
struct log_batch {
	uint64_t after_seq, through_seq;
	struct bytes *records; /* through_seq - after_seq of them, in the arena */
	uint64_t *commit_ends; /* last seq of each commit */
	size_t n_commits;
	size_t bytes;             /* of all records */
	uint8_t chain[CHAIN_LEN]; /* at through_seq */
};
/* The chain at seq 0 of a log born as log_id. */
void chain_of_name(struct id log_id, uint8_t chain_r[CHAIN_LEN]);
/* One commit's chain from the one before: BLAKE2b-256(before, records ..., last_seq u64 LE). */
void chain_of_commit(const uint8_t before[CHAIN_LEN], const struct bytes *records, size_t n,
		     uint64_t last_seq, uint8_t chain_r[CHAIN_LEN]);
/* The same, record by record: crypto_generichash_update() each in between. */
void chain_start(crypto_generichash_state *state, const uint8_t before[CHAIN_LEN]);
void chain_end(crypto_generichash_state *state, uint64_t last_seq, uint8_t chain_r[CHAIN_LEN]);
/* Checks one batch against the chain at its start. */
bool log_batch_follows(const struct log_batch *b, const uint8_t chain[CHAIN_LEN]);

#endif
