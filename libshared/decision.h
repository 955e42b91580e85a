/*
 * What a rule is given and what it gives back.
 *
 * A decide function reads through a view, takes time, new ids, draws, sealing and signatures from
 * its decision, and emits events or refuses. What the capabilities return is a function of their
 * arguments and of secrets loaded at start, so the same input decides the same way twice; and it is
 * written into the event, so replay needs none of them.
 *
 * Everything here lives in the batch's arena.
 */
#ifndef CAIRN_DECISION_H
#define CAIRN_DECISION_H

#include "libshared/arena.h"
#include "libshared/eventlog.h"
#include "libshared/id.h"
#include "proto/envelope.pb-c.h"

struct keyring;
struct signer;
struct blobs;
struct zones;

/* What a service's rules and queries may use of the world. Opened at start; any may be NULL where
 * the service has no use for it. noise_key makes ids and draws: from the keys directory in a
 * daemon, from the seed in a simulation. */
struct caps {
	uint8_t noise_key[32];
	struct keyring *keyring; /* seal.h */
	struct signer *signer;   /* services/issuance */
	struct blobs *blobs;     /* services/evidence */
	struct zones *zones;     /* zone.h */
};

enum verdict {
	REFUSED,
	ACCEPTED,
	AWAITING /* upstream only: something it names is not known here yet */
};

/* In the order of brings(). */
struct brought {
	struct brought *next;
	uint16_t kind;
	struct id id;
};

struct emission {
	struct emission *next;
	struct id entity;
	uint16_t kind;
	struct bytes payload;
};

struct decision {
	int64_t now_us;     /* one for the whole batch, never below the log's last at_us */
	struct id input_id; /* of the command, the upstream record, or derived from the timer */
	struct id entity;   /* what the events are about, unless emit_about() says otherwise */
	struct id actor;    /* the person behind a portal, or none */
	uint64_t principal; /* the peer */
	uint32_t roles;     /* of the peer (service.h) */
	const char *scope;  /* what its roles are limited to, as "TN"; NULL or "": nothing */
	const struct caps *caps;
	const ProtobufCMessageDescriptor *event; /* the service's Event */
	struct arena *arena;
	void *own; /* what the service's rules keep for each other within one decision */

	/* results, set by the functions below */
	uint32_t counter;
	uint32_t reason;
	const char *text;
	struct bytes answer;
	struct emission *first, **last;
	uint16_t awaits_kind;
	struct id awaits_id;
	struct brought *brought;
};

/* The command may not happen: a Reason of the service's proto. What was emitted before is
 * forgotten. The text says, for people, what was wrong and how to mend it; it lives in the arena,
 * and names no person. */
enum verdict refuse(struct decision *d, uint32_t reason);
enum verdict refuse_text(struct decision *d, uint32_t reason, const char *format, ...)
	PRINTF_LIKE(3, 4);

/* Packed at once: the event may live on the stack. Its kind is the member of its oneof that is set;
 * none is a bug. */
void emit(struct decision *d, const ProtobufCMessage *event);
void emit_about(struct decision *d, struct bytes entity, const ProtobufCMessage *event);

/* An upstream event names (kind, id), not known here yet: it is parked, and later events of its
 * entity behind it, until another one brings(kind, id); then they are decided again, in order, in
 * the same transaction. kind is a small enum of the service. What was emitted before await() is
 * forgotten; an id that is none waits for a person. */
enum verdict await(struct decision *d, uint16_t kind, struct bytes id);
void brings(struct decision *d, uint16_t kind, struct bytes id);
/* The id of one version of something, for await() and brings(). */
struct id id_of_version(struct bytes id, uint32_t version);

/* The reply's body, an Answer of the service; at most ANSWER_MAX bytes packed, recorded with the
 * reply: never a secret, never a person's name. */
#define ANSWER_MAX 256
void answer(struct decision *d, const ProtobufCMessage *body);

/* A fresh UUIDv7 of now_us; keyed BLAKE2b of (input id, counter). Borrowed from the arena. */
struct bytes new_id(struct decision *d);
/* Evenly from 0 .. n-1. */
uint64_t draw(struct decision *d, uint64_t n);

/* The field borrows the id. */
/* Borrows the id; ID_NONE is an absent field. */
ProtobufCBinaryData pb_of_id(const struct id *id);

/* A message in the arena, for lists of messages and what is emitted later: TYPE *x = NEW(d, TYPE,
 * INIT), where INIT is protobuf-c's initializer of the type. */
#define NEW(d, TYPE, INIT) ((TYPE *)decision_keep((d), &(const TYPE)INIT, sizeof(TYPE)))
/* A copy of any object, in the arena. */
void *decision_keep(struct decision *d, const void *object, size_t size);

#endif
