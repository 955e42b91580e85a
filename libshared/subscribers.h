/*
 * Named subscribers as their operator asks for them: how far behind each is, how old the oldest
 * event is that it has not acknowledged, since when it cannot follow, and why.
 *
 * What survives a restart stands in the engine's status; this adds what the sessions, the peers
 * file and the streams know now.
 */
#ifndef CAIRN_SUBSCRIBERS_H
#define CAIRN_SUBSCRIBERS_H

#include "libshared/feed.h"
#include "libshared/metrics.h"

/* All borrowed. */
struct subscribers {
	struct engine *engine;
	const struct feed *feed;
	const struct peers *peers;
	struct now now;
};

/* Completes the subscribers of an engine's status; those that were never let in are added. */
void subscribers_fill(const struct subscribers *s, Cairn__RuntimeStatus *status,
		      struct arena *arena);

/* Their metrics: a series for each stream and peer, of whose names the worst counts. Peers stand in
 * the operator's file; past SUBSCRIBER_PEERS of them the rest are "others". */
#define SUBSCRIBER_PEERS 64
struct subscriber_series;
struct subscriber_series *subscriber_series_new(struct metrics *m);
void subscriber_series_destroy(struct subscriber_series **s);
/* Of a filled status. */
void subscriber_series_set(struct subscriber_series *s, const Cairn__RuntimeStatus *status,
			   int64_t now_us);

#endif
