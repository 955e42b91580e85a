/*
 * Following one log or the public stream from here: finding it, where to start, and the loop.
 */
#ifndef CAIRN_CTL_STREAM_H
#define CAIRN_CTL_STREAM_H

#include "libshared/follower.h"
#include "services/ctl/ctl.h"

#define STREAM_NAME_MAX 64
#define FILTERS_MAX 32

struct stream {
	char name[STREAM_NAME_MAX]; /* "enrollment.0.log" */
	enum ctl_service service;
	bool is_public;
};

/* From "enrollment", "enrollment.0.log", "public" or "issuance.0.public". False: a fault. */
bool stream_of_name(struct ctl *c, const char *name, struct stream *stream_r);

/* The position of the last commit that is not beyond seq. False: not to be had (no fault). */
bool stream_position(struct ctl *c, const struct stream *stream, uint64_t seq,
		     struct position *at_r);
/* What the named subscriber has acknowledged; 0: nothing, or not known. */
uint64_t stream_acknowledged(struct ctl *c, const struct stream *stream, const char *name);

struct stream_plan {
	struct stream stream;
	struct position from; /* zeros: the beginning */
	const char *name;     /* of the subscriber; NULL: ephemeral */
	uint32_t kinds[FILTERS_MAX];
	size_t n_kinds;
	const char *types[FILTERS_MAX];
	size_t n_types;
	uint64_t window_bytes; /* 0: the follower's own */
	bool until_caught_up;  /* with the head as it is when following begins */

	void *ctx;
	/* What came is the callee's now, up to after->seq; FOLLOWER_SAFE or FOLLOWER_TAKEN. When it
	 * has made a fault, the loop ends. */
	enum follower_verdict (*batch)(void *ctx, const struct position *before,
				       const struct position *after, const struct follow_batch *b);
	/* Often, and once more at the end. Returns what is safe up to; 0: nothing new. NULL: none.
	 */
	uint64_t (*turn)(void *ctx, bool at_end);
};

/* Until it is caught up, SIGINT or SIGTERM, or a fault. */
void stream_follow(struct ctl *c, const struct stream_plan *plan);

#endif
