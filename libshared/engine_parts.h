/*
 * Inside the engine: what engine.c (collecting, running, answering), engine_decide.c (one input in
 * a transaction), engine_upstream.c (neighbours' records) and engine_runtime.c (operators'
 * requests) share, and what restore.c needs of rebuild.c. Nobody else includes this.
 */
#ifndef CAIRN_ENGINE_PARTS_H
#define CAIRN_ENGINE_PARTS_H

#include "libshared/engine.h"
#include "libshared/reread.h"
#include "libshared/suspects.h"
#include "libshared/timers.h"
#include "proto/runtime.pb-c.h"

#define UPSTREAMS_MAX 8
#define TIMERS_IN_BATCH 256
#define TEXT_NO_ASSERTS                                                                            \
	"head.actor: this peer may not name the person behind a request; it needs the role "       \
	"asserts"

enum input_kind { INPUT_TIMER, INPUT_UPSTREAM, INPUT_COMMAND, INPUT_RUNTIME };

struct upstream_record {
	struct record record;
	struct bytes raw;
	const ProtobufCMessage *event; /* NULL: a kind unknown here that may be skipped, or one
					  that was decided when it was read before */
	bool poisoned;                 /* faulted the batch: parked instead of decided */
};

struct input {
	enum input_kind kind;
	bool answered; /* the reply is made: at the door, or because the input is at fault */

	/* commands */
	struct reply reply;
	const ProtobufCMessage *message;
	struct id id, entity, actor;
	uint64_t hash, principal, expect;
	uint32_t roles;
	const char *scope;
	bool own; /* of the service itself: no recorded reply outside the window's rules */

	/* upstream records */
	unsigned upstream;
	struct upstream_record *records;
	size_t n_records;
	struct position after; /* the cursor once they are in */
	bool once_more;        /* they were read past before: not the cursor, but its reread */

	/* timers */
	struct timer_due timer;
};

struct batch {
	struct arena *arena;
	struct input *inputs;
	size_t n, room;
	unsigned n_commands;
	size_t bytes;
};

struct sub_note {
	char stream[64], name[64];
	uint64_t acked_seq;
	int64_t seen_us;
};

struct engine {
	const struct service *service;
	const struct caps *caps;
	const struct durability *durability; /* NULL: local */
	struct store *store;
	struct suspects *suspects;
	struct log_head head;
	uint64_t durable_seq;

	struct batch collecting, flying;
	bool in_flight;              /* flying waits for the durability */
	bool handed_over;            /* the durability has the flying batch's transaction */
	struct log_head head_before; /* of the flying batch, to be put back when it fails */
	struct log_commit commit;    /* of the batch being decided */

	struct position
		expected[UPSTREAMS_MAX]; /* cursor with what has been taken but not committed */
	struct reread rereads[UPSTREAMS_MAX]; /* what is read once more, and up to where */
	struct position reread_until[UPSTREAMS_MAX];
	const char *stalled[UPSTREAMS_MAX];
	struct id set_aside[16]; /* timers and parked records whose rule faults */
	unsigned n_set_aside;

	struct sub_note subs[64]; /* acknowledgements to be kept with the next commit */
	unsigned n_subs;

	bool prepared;         /* the batch being decided waits for prepare_sync() */
	struct input *in_hand; /* where a fault of the transaction belongs */
	struct upstream_record *record_in_hand;
	struct id parked_in_hand; /* a parked record decided again meanwhile; or none */
	struct engine_stats stats;
	int64_t refused_until_us; /* the disk was full: asked again after this */
	struct view *view;
};

/* engine.c: an input of that kind, zeroed, at the end of the batch. */
struct input *batch_add(struct batch *b, enum input_kind kind);
/* engine.c: a timer or record that is left alone: its rule faulted since the start, or it stopped
 * the process twice. */
bool is_set_aside(const struct engine *e, const struct id *id);

/* engine_decide.c */
void decision_begin(struct engine *e, struct decision *d, int64_t now_us, struct arena *arena);
/* Appends and applies what the decision emitted, then decides again what awaited what it brings. */
void decision_write(struct engine *e, struct txn *t, struct decision *d, struct id cause);
void decide_command(struct engine *e, struct txn *t, struct input *in, int64_t now_us);
void decide_timer(struct engine *e, struct txn *t, struct input *in, int64_t now_us);
struct id timer_input_id(const struct timer_due *timer);
/* Appends one event of ours and applies it. */
void write_event(struct engine *e, struct txn *t, struct record *r, struct arena *arena);
/* Applies one record as live and replay both do. */
void apply_record(const struct service *service, struct txn *t, const struct record *r,
		  struct arena *arena);

/* engine_upstream.c */
void decide_upstream(struct engine *e, struct txn *t, struct input *in, int64_t now_us);
void release_awaiting(struct engine *e, struct txn *t, const struct brought *brought,
		      int64_t now_us, struct arena *arena);
/* Decides the parked events of an entity in order, until one must wait again. */
void release_entity(struct engine *e, struct txn *t, const char *stream, const struct id *entity,
		    int64_t now_us, struct arena *arena);

/* engine_runtime.c */
bool is_runtime_command(uint32_t kind);
ProtobufCMessage *unpack_runtime(uint32_t kind, struct bytes body, struct arena *arena,
				 const char **fault_r);
void decide_runtime(struct engine *e, struct txn *t, struct input *in, int64_t now_us);
Cairn__Status answer_runtime_query(struct engine *e, uint32_t kind, struct bytes body,
				   struct arena *arena, struct reply *reply);

/* rebuild.c: replays records after_seq + 1 .. of a log (and an archive) into empty tables. */
int tables_are_current(struct store *s, const struct service *service, bool *current_r) MUST_CHECK;
int tables_rebuild(const struct service *service, const char *dir, const char *archive,
		   size_t map_bytes) MUST_CHECK;

#endif
