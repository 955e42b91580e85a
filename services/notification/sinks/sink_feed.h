/*
 * What sinks ask of issuance: pages of the public stream, and to note what a state answered.
 *
 * Answers come in any order, each once, from within turn(). Tests play a feed of their own.
 */
#ifndef CAIRN_NOTIFICATION_SINK_FEED_H
#define CAIRN_NOTIFICATION_SINK_FEED_H

#include "libshared/daemon.h"
#include "proto/issuance.pb-c.h"

struct sink_feed_answer {
	uint64_t token;
	Cairn__Status status; /* STATUS_UNSPECIFIED: none came in time */
	const char *text;
	const Issuance__PublicPage *page; /* of read(), when OK; lives for the call */
};
typedef void sink_feed_fn(void *ctx, const struct sink_feed_answer *answer);

struct sink_feed {
	const struct sink_feed_ops *ops;
};

struct sink_feed_ops {
	void (*close)(struct sink_feed **f);
	void (*read)(struct sink_feed *f, const Issuance__ReadPublic *ask, uint64_t token);
	/* A command with an id of its own, so that a repeat is the same one. */
	void (*tell)(struct sink_feed *f, const Issuance__Command *command, const struct id *id,
		     uint64_t token);
	void (*turn)(struct sink_feed *f, sink_feed_fn *fn, void *ctx);
	unsigned (*items)(struct sink_feed *f, zmq_pollitem_t *items, unsigned room);
	/* In the clock of now_us. */
	int64_t (*next_us)(const struct sink_feed *f, int64_t now_us);
};

/* Issuance itself; endpoint "": its socket beside ours. NULL: logged. */
struct sink_feed *issuance_feed_open(const struct outside_setup *setup, const char *endpoint);

#endif
