/*
 * Messages of the follow protocol (proto/follow.proto) as bytes. One frame is one FollowMessage.
 *
 * A Batch is encoded and decoded here by hand: it is the one large message, its records are sent as
 * they stand in the log and borrowed from the frame on arrival, and what is the same for all
 * followers at one position is encoded once. All other messages go through protobuf-c and the door
 * (check.h).
 *
 * A Batch frame is   head | body | keys   in this order: head is the follower's own (session,
 * head_seq), body is shared, keys are for peers with ROLE_NAMES.
 */
#ifndef CAIRN_FOLLOW_WIRE_H
#define CAIRN_FOLLOW_WIRE_H

#include "libshared/record.h"
#include "libshared/net.h"
#include "proto/follow.pb-c.h"

#define FOLLOW_BATCH_BYTES ((size_t)256 << 10) /* of records; one larger commit goes alone */
#define FOLLOW_BEAT_US US_PER_S
#define FOLLOW_DEAD_US (10 * US_PER_S)
#define FOLLOW_RECORDS_MAX 65536 /* in one Batch */

/* What a Batch says beside its session: records and where they belong. */
struct follow_batch {
	uint64_t epoch, head_seq;
	struct log_batch log; /* as eventlog.h has it; records may be fewer when filtered */
	size_t n_records;
	const uint64_t *seqs; /* of the records, when filtered; else NULL: after_seq + 1 ... */
	size_t n_keys;
	struct subject_key *keys;
	uint32_t session; /* on arrival */
};

struct subject_key {
	struct bytes subject, key;
};

/* The shared part, in the arena. */
struct bytes follow_body(const struct follow_batch *b, struct arena *arena);
/* The keys' part, in the arena. */
struct bytes follow_keys(const struct subject_key *keys, size_t n, struct arena *arena);
/* A whole frame; keys may be empty. */
void follow_frame(zmq_msg_t *frame, uint32_t session, uint64_t head_seq, struct bytes body,
		  struct bytes keys);

bool follow_is_batch(struct bytes frame);
/* Records and keys borrow the frame, arrays live in the arena. False: not a Batch. */
bool follow_batch_of(struct bytes frame, struct arena *arena, struct follow_batch *b_r) MUST_CHECK;

/* Any other message. NULL: not one. */
Cairn__FollowMessage *follow_message_of(struct bytes frame, struct arena *arena);
struct bytes follow_message_pack(const Cairn__FollowMessage *m, struct arena *arena);

/* Positions of the wire. False: an id or chain of another length. An empty log id is "nothing
 * held". */
bool position_of_wire(const Cairn__Position *wire, struct position *at_r) MUST_CHECK;
void wire_of_position(const struct position *at, Cairn__Position *wire_r); /* borrows at */

/* The type of a packed CloudEvent, borrowed; empty when it has none. */
struct bytes cloud_event_type(struct bytes event);
/* The event with one more attribute of text, in the arena. */
struct bytes cloud_event_add(struct bytes event, const char *key, const char *value,
			     struct arena *arena);

#endif
