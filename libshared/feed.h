/*
 * The log socket: followers of this service's log, and of its public stream, served from the
 * engine.
 *
 * A follower says where it stands (Follow), is answered Following or Refused, and gets Batches of
 * whole commits while it has credit; Credit gives more and acknowledges. Credit alone bounds what
 * is queued: at most one batch beyond it, per follower. Silence of 10 seconds ends a session.
 *
 *	log       NAME.0.log       ROLE_FOLLOW; filter by kinds. A record marked private is left out
 *	public    NAME.0.public    ROLE_LICENSURE or ROLE_FOLLOW; filter by types, and by what the
 *	          (or "public")    service's render() lets the peer's scope see
 *
 * Peers with ROLE_NAMES get, beside the records of the log, the keys of the subjects named in them.
 *
 * A named subscriber pins the log. Its name is the peer's own, or begins with that and a dot, so
 * that nobody acknowledges for another.
 *
 * What is encoded for one follower is kept for the next at the same position.
 */
#ifndef CAIRN_FEED_H
#define CAIRN_FEED_H

#include "libshared/clock.h"
#include "libshared/engine.h"
#include "libshared/net.h"
#include "libshared/peers.h"
#include "proto/follow.pb-c.h"

#define FEED_SESSIONS_MAX 2048
#define FEED_SESSIONS_PER_PEER 64
#define FEED_CREDIT_MAX ((int64_t)16 << 20)

struct feed;

/* All borrowed. */
struct feed *feed_new(struct engine *engine, const struct caps *caps, struct net_socket *socket);
void feed_destroy(struct feed **f);

/* A message of a follower. peer is the one of m->user in the table as it is now; NULL: nobody. */
void feed_take(struct feed *f, const struct net_message *m, const struct peer *peer,
	       const struct now *now);
/* Sends batches, beats, and drops the silent. True: there is more to send at once. */
bool feed_turn(struct feed *f, const struct now *now);
/* After a change of the peers file: who has lost the right is refused at once. */
void feed_recheck(struct feed *f, const struct peers *peers);

struct feed_counts {
	uint64_t sessions, batches, records, bytes, refused, encoded, reused;
};
struct feed_counts feed_counts(const struct feed *f);

/* Where a subscriber of this name stands, which follows stream now; false: none does. */
struct feed_place {
	uint64_t acked_seq;
	int64_t heard_us; /* on the monotonic clock */
};
bool feed_find(const struct feed *f, const char *stream, const char *name,
	       struct feed_place *place_r);

/* Subscribers that asked, and may not or cannot go on from where they stand. Kept until they may:
 * the newest FEED_TURNED_AWAY of them. */
#define FEED_TURNED_AWAY 64
struct turned_away {
	char stream[64], name[64];
	Cairn__RefusedCode code;
	int64_t since_us, last_us; /* wall clock */
};
/* Number n of them; a row without a name is free. NULL: there are no more rows. */
const struct turned_away *feed_turned_away(const struct feed *f, size_t n);

#endif
