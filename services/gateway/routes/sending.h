/*
 * Bytes that become an artifact of evidence while they come: parts of at most PART_BYTES, one in
 *the air at a time; the sender is held back until it is stored. Nothing is kept here but the part
 *that is being filled, so an upload goes on after a restart of anybody.
 *
 *	s = sending_new(r);            r->own; freed with the request
 *	sending_take(r, piece)         in take(): returns what it took; replies when it cannot go on
 *	sending_end(r, ended)          in done(): ended runs once all is stored and, of a whole
 *	                               artifact, finished; or a problem has been replied
 */
#ifndef CAIRN_GATEWAY_SENDING_H
#define CAIRN_GATEWAY_SENDING_H

#include "services/gateway/web/request.h"

#define PART_BYTES ((size_t)512 << 10)
#define ARTIFACT_BYTES_MAX (UINT64_C(2) << 30)

struct sending {
	struct id artifact, enrollment;
	uint64_t offset, bytes; /* stored so far, of so many */
	int64_t expires_us;     /* when it is given up, if it does not go on */
	uint8_t *part;          /* PART_BYTES, being filled */
	size_t len;
	bool in_air;
	bool is_begun;
	step_fn *ended;
	void *own; /* of the route */
};

/* What an artifact is begun with; "" where it was not said. */
struct beginning {
	const char *requirement, *type, *captured_on, *sha256;
	bool student_data;
};

/* False: too many of the same person are in hand, each with its part in memory; replied. */
bool sending_may(struct request *r);
struct sending *sending_new(struct request *r);
/* Orders BeginArtifact; begun runs after it was accepted. */
void sending_begin(struct request *r, const struct beginning *b, step_fn *begun);
/* Room for so many bytes in the part. */
size_t sending_room(const struct sending *s);
/* Copies into the part: at most sending_room(). Puts it when it is full. False: more came than was
 * announced; replied. */
bool sending_add(struct request *r, struct bytes bytes);
/* Puts what is in the part, although it is not full. */
void sending_flush(struct request *r);
size_t sending_take(struct request *r, struct bytes piece);
void sending_end(struct request *r, step_fn *ended);

#endif
