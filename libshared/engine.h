/*
 * The engine: decide and apply over LMDB. No sockets and no clock inside, so several run in one
 * process under a test's clock and a test's network.
 *
 *	engine_submit(), engine_submit_upstream()  collect a batch
 *	engine_run(now)                            decides it and the due timers
 *	engine_poll()                              when that is durable: replies, visible events
 *
 * One batch at a time is with the durability; the next collects meanwhile. Events, tables, recorded
 * replies, cursors, timers and parked events of a batch commit in one transaction. Nothing leaves
 * before engine_durable_seq() covers it: replies are handed to the sink by engine_poll(), and
 * engine_read() gives records up to it only.
 *
 * A batch whose transaction faults is run again without the input at fault, so that only that one
 * suffers. An input that takes the process down twice is quarantined: the id in hand stands in a
 * small file that survives a crash.
 */
#ifndef CAIRN_ENGINE_H
#define CAIRN_ENGINE_H

#include "libshared/eventlog.h"
#include "libshared/service.h"
#include "proto/runtime.pb-c.h"

#define BATCH_COMMANDS 1024
#define BATCH_BYTES ((size_t)1 << 20)
/* Head.kind of a query: this + its field number. */
#define QUERY_BASE 1000
/* Head.kind of a runtime command: this + its field number (runtime.proto); of a runtime query:
 * QUERY_BASE + this + its field number. */
#define RUNTIME_BASE 900

/* Where a commit becomes durable. begin..seal: the txn holds a whole batch. seal() starts making it
 * durable and takes the txn; poll() says how that went. The default commits to LMDB at once. */
enum durable_state { DURABLE_PENDING, DURABLE_DONE, DURABLE_FAILED, DURABLE_FENCED };
struct durability {
	void *ctx;
	int (*seal)(void *ctx, struct txn **txn, uint64_t last_seq); /* 0, or -1: failed at once */
	enum durable_state (*poll)(void *ctx);
};

struct engine_options {
	const char *dir;                     /* of the environment; made if needed */
	size_t map_bytes;                    /* 0: 64 GiB of address space */
	const struct caps *caps;             /* borrowed */
	const struct durability *durability; /* NULL: local */
	struct id fresh_log_id;              /* the log's name if the environment is new */
	const char *archive_dir; /* sealed segments of trimmed records, for a rebuild, or NULL */
};

struct request {
	uint64_t token; /* the caller's, handed back with the reply */
	const Cairn__Head *head;
	struct bytes body;
	uint64_t principal;
	uint32_t roles;
	const char *scope; /* of the peer (peers.h); NULL: none */
};

struct reply {
	uint64_t token;
	Cairn__Status status;
	struct id id; /* of the request */
	uint64_t seq;
	uint32_t reason, retry_ms;
	bool repeated;
	const char *text;    /* or NULL */
	struct bytes answer; /* a packed Answer, or empty */
};
typedef void reply_fn(void *ctx, const struct reply *reply);

struct engine;

/* NULL: logged why. Rebuilds the tables first when the service's layout number has changed. */
struct engine *engine_open(const struct service *service, const struct engine_options *options);
void engine_close(struct engine **e);
const struct service *engine_service(const struct engine *e);

/* Takes a command into the batch being collected. False: the batch is full, run it first. A command
 * that is refused at the door (invalid, forbidden, too old, ...) is answered by the next
 * engine_poll(); so is everything else. Head and body are copied. */
bool engine_submit(struct engine *e, const struct request *request, int64_t now_us);
/* A command of the service's own (effects, notes of queries): principal 0, role self. command is
 * packed at once. */
bool engine_submit_own(struct engine *e, uint64_t token, struct bytes id, struct bytes entity,
		       const ProtobufCMessage *command);
/* Records of an upstream log that follow this service's cursor in it. False: the batch is full. */
enum upstream_verdict {
	UPSTREAM_TAKEN,
	UPSTREAM_FULL,
	UPSTREAM_GAP,
	UPSTREAM_BROKEN,
	UPSTREAM_STALLED
};
enum upstream_verdict engine_submit_upstream(struct engine *e, unsigned upstream,
					     const struct position *source,
					     const struct log_batch *batch);

/* Decides what has been collected and up to 256 due timers, and starts making it durable. Returns
 * how many inputs were in it; 0 also when a batch is still on its way. */
unsigned engine_run(struct engine *e, int64_t now_us);
/* Replies that may leave go to the sink. True while a batch is on its way. */
bool engine_poll(struct engine *e, reply_fn *sink, void *ctx);
bool engine_idle(const struct engine *e); /* nothing collected, nothing on its way */
/* Nothing is on its way: what a view shows is all that was decided, and only inputs that are not
 * prepared yet come next. */
bool engine_settled(const struct engine *e);
/* A batch could not be stored less than a second ago: what can wait is not submitted now. */
bool engine_pauses(const struct engine *e, int64_t now_us);
/* When engine_run() has a timer to fire; INT64_MAX: none. */
int64_t engine_next_timer_us(const struct engine *e);

/* Answers a query at once (reply->status OK and so on), from committed state. The reply lives in
 * arena. When the query leaves a note (an audited look), it is submitted as a command under
 * request->token, and *held_r is true: keep the reply and send it when the reply to that token
 * comes. */
void engine_query(struct engine *e, const struct request *request, int64_t now_us,
		  struct arena *arena, struct reply *reply_r, bool *held_r);

/* Positions. */
uint64_t engine_durable_seq(const struct engine *e);
struct log_head engine_head(const struct engine *e);
/* Where this service stands in an upstream log; false: at its beginning. When the engine is idle
 * and this is behind what was taken, a batch failed: follow again from here. */
bool engine_cursor(const struct engine *e, unsigned upstream, struct position *position_r);
/* The log that is read once more (reread.h) has lost its beginning: the cursor goes back to where
 * it stood. Only while the engine is idle; nothing, if none is. */
void engine_skip_reread(struct engine *e, unsigned upstream);

/* Reading as a follower does. */
enum follow_check { FOLLOW_OK, FOLLOW_TRUNCATED, FOLLOW_AHEAD, FOLLOW_DIVERGED };
enum follow_check engine_check_position(struct engine *e, const struct position *at);
int engine_read(struct engine *e, uint64_t after_seq, size_t max_bytes, struct arena *arena,
		struct log_batch *batch_r) MUST_CHECK;

/* Named subscribers: what they have acknowledged is kept with the next commit. */
void engine_note_subscriber(struct engine *e, const char *stream, const char *name,
			    uint64_t acked_seq, int64_t now_us);

/* Facts for metrics and status. */
struct engine_stats {
	uint64_t commands, refused, repeated, events, batches, upstream_events, timers_fired;
	uint64_t parked, quarantined, reruns;
	int64_t last_batch_us; /* how long its decide and apply took is measured by the daemon */
	bool disk_full, fenced;
};
struct engine_stats engine_stats(const struct engine *e);
/* Clears what dead processes left; how many transactions the oldest reader is behind. Each minute.
 */
uint64_t engine_check_readers(struct engine *e);
/* Fills the engine's part of a status: positions, upstream cursors, subscribers, counts, room. The
 * daemon adds what it knows of connections. Lives in the arena. */
Cairn__RuntimeStatus *engine_status(struct engine *e, struct arena *arena);
const struct view *engine_view_begin(struct engine *e); /* one at a time, for status and effects */
void engine_view_end(struct engine *e);

/* Rebuilds every table of the service from the log at dir (and archive segments for trimmed
 * records; archive may be NULL) into scratch_dir and compares state, index, timer and public tables
 * byte for byte; checks sums and chain of the whole log on the way. 0: equal; 1: differs or
 * damaged, told on report; -1: could not run. */
typedef void report_fn(void *ctx, const char *line);
int engine_verify(const struct service *service, const char *dir, const char *archive,
		  const char *scratch_dir, report_fn *report, void *ctx) MUST_CHECK;

#endif
