/*
 * A service, as the runtime sees it: its messages, its tables, its functions.
 *
 * main.c hands one of these to service_main(). Each function dispatches by a table of its own file:
 * decide.c, apply.c, query.c, follow.c.
 */
#ifndef CAIRN_SERVICE_H
#define CAIRN_SERVICE_H

#include "libshared/decision.h"

/* What a peer may do; a peer's key gives it some of these (zap.h). */
enum role {
	ROLE_PORTAL =
		1 << 0, /* commands and queries for teachers and assessors: gateway, cairnctl */
	ROLE_OPERATOR = 1 << 1,  /* catalogue, assessors, corrections, keys, runtime commands */
	ROLE_ASSERTS = 1 << 2,   /* may name the person behind a request (Head.actor) */
	ROLE_NAMES = 1 << 3,     /* may open sealed fields; gets subjects' keys with a Batch */
	ROLE_FOLLOW = 1 << 4,    /* may follow internal logs */
	ROLE_LICENSURE = 1 << 5, /* may follow the public stream, within its scope */
	ROLE_SELF = 1 << 6,      /* the daemon itself: effects and notes */
	ROLE_DELIVERS = 1 << 7   /* tells what outside systems answer: notification */
};

/* What a rule needs of the peer: any one of these roles. 0 marks a kind that does not exist. */
#define ANY_PEER (ROLE_PORTAL | ROLE_OPERATOR | ROLE_SELF)

struct timer_due {
	struct id entity;
	uint16_t kind;
	int64_t due_us;
};

/* A neighbour's log that this service follows. Its events are decided like commands and never
 * refused: an effect, a stated no-op (ACCEPTED, nothing emitted), or await(). */
struct upstream {
	const char *stream; /* "enrollment.0.log" */
	const ProtobufCMessageDescriptor *event;
	enum verdict (*decide)(const struct view *view, const ProtobufCMessage *event,
			       const struct record *record, struct decision *d);
};

/* A kind of a neighbour's events that releases before passed over. What was read past by one of
 * them is read once more for such kinds (reread.h): deciding one again must change nothing. */
struct learned {
	const char *stream;
	uint32_t since; /* 1, 2, ...: one more with each release that learns kinds of that log */
	uint32_t kind;
};

/* A question: read-only, answered from committed state, at once. */
struct query {
	const struct view *view;
	int64_t now_us;
	struct id actor;
	uint64_t principal;
	uint32_t roles;
	const char *scope; /* as in a decision */
	const struct caps *caps;
	struct arena *arena;

	/* results */
	struct bytes answer;
	const ProtobufCMessage *note; /* a Command the daemon runs for the record of this query; the
					 answer leaves only when that is durable */
	struct id note_entity;
	const char *text;
};
/* The Answer, packed into the arena. Returns CAIRN__STATUS__OK. */
Cairn__Status query_answer(struct query *q, const ProtobufCMessage *body);
Cairn__Status query_refuse(struct query *q, Cairn__Status status, const char *text);

/* The public stream of a service (issuance): rows of a table, key u64 BE seq without a gap, value
 * chain[32] and the row. render gives what this peer may see of a row, as one CloudEvent
 * (public.proto, packed into the arena), or says false: outside its scope. happened says as much
 * without opening anything, and when what the row tells came to pass. */
struct public_memo { /* what render keeps from row to row; cleared when the tables have changed */
	struct arena *arena;
	void *own;
};
struct public_ask {
	const struct view *view;
	const struct caps *caps;
	struct arena *arena;
	struct public_memo *memo; /* or NULL */
	const char *scope;        /* of the peer; NULL or "": none */
	uint64_t seq;
	struct bytes row;
};
struct public_stream {
	const char *stream; /* "issuance.0.public" */
	unsigned table;
	bool (*render)(const struct public_ask *ask, struct bytes *event_r);
	bool (*happened)(const struct public_ask *ask, int64_t *at_us_r);
};
/* Adds the next row. Its chain is BLAKE2b-256 over the chain before it (zeros before the first),
 * its seq (u64 LE) and the row. */
void public_append(struct txn *t, unsigned table, struct bytes row);

struct engine;
struct metric;
struct metrics;
struct outside; /* the service's own work outside: effects.c */

struct service {
	const char *name;
	uint32_t schema;        /* of the events it writes */
	uint32_t tables_layout; /* another number: tables are rebuilt from the log at start */
	const char *const *tables;
	unsigned n_tables;
	const ProtobufCMessageDescriptor *command, *event, *query, *answer;
	const ProtobufCEnumDescriptor *reason;

	/* Roles that may send this kind of command (field number) or query; 0: no such kind. */
	uint32_t (*command_roles)(uint32_t kind);
	uint32_t (*query_roles)(uint32_t kind);

	enum verdict (*decide)(const struct view *view, const ProtobufCMessage *command,
			       struct decision *d);
	void (*apply)(struct txn *txn, const ProtobufCMessage *event, const struct record *record);
	Cairn__Status (*answer_query)(const ProtobufCMessage *query, struct query *q);
	/* A due timer yields at least one event, whose apply clears the row. */
	enum verdict (*decide_timer)(const struct view *view, const struct timer_due *timer,
				     struct decision *d);
	const struct upstream *upstreams;
	unsigned n_upstreams;
	const struct learned *learned; /* or NULL */
	unsigned n_learned;
	const struct public_stream *public_stream; /* or NULL */

	/* The version of an entity (seq of its last event) for Head.expect; NULL: not offered. */
	uint64_t (*version)(const struct view *view, struct bytes entity);

	/* What must be durable outside LMDB when a command's events are: idempotent, may be
	 * orphaned. prepare() runs just before decide, on the same view and decision, and writes
	 * only what that state lets this sender write: a refused command must not have spoilt
	 * another's draft. It emits nothing, and is not called for a command whose reply is
	 * recorded. prepare_sync() makes all of a batch durable before its transaction commits.
	 * Either may be NULL. -1: the command (all of the batch) is answered UNAVAILABLE. */
	int (*prepare)(const struct view *view, const ProtobufCMessage *command,
		       const struct decision *d);
	int (*prepare_sync)(const struct caps *caps);

	/* Opens what the service's rules need beyond the runtime's own (blobs, signer), from its
	 * directory DIR and its keys directory; and closes it. NULL: nothing. */
	int (*open_caps)(struct caps *caps, const char *dir, const char *keys_dir);
	void (*close_caps)(struct caps *caps);

	/* What its tables come to, whenever metrics are asked for (metrics.h). NULL: nothing. */
	const struct metric *metrics;
	unsigned n_metrics;
	void (*measure)(const struct view *view, int64_t now_us, struct metrics *m, unsigned base);

	const struct setting *settings; /* the service's own, beside the daemon's (config.h) */
	unsigned n_settings;
	size_t config_size;
	const struct outside_ops *outside; /* NULL: no effects (daemon.h) */
};

/* The number of the oneof member that is set in a Command, Event, Query or Answer; 0: none. */
uint32_t body_kind(const ProtobufCMessage *message);
/* A neighbour's event, as a follower may take it: what it is about is there (the first id, or the
 * document that has it), and every other id is one or is absent. A damaged event is refused, which
 * parks it for an operator. */
bool event_is_sound(const ProtobufCMessage *event);
/* Its name in the proto, as "enroll"; NULL if there is no such number. */
const char *kind_name(const ProtobufCMessageDescriptor *outer, uint32_t kind);

#endif
