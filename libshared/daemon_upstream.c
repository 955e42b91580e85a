/* The logs this daemon follows: batches into the engine, credit back, and what to do when one
 * stops. */
#include "libshared/daemon_parts.h"
#include "libshared/log.h"
#include "libshared/seal.h"

#include <inttypes.h>
#include <string.h>

/* Of one turn: leaves the other half of a batch to commands. */
#define QUOTA_BYTES (BATCH_BYTES / 2)
/* How often a follower that others may have let in again, or moved, is looked at. */
#define MENDED_US (10 * US_PER_S)
#define LOOK_US US_PER_S

static void tell_where(void *ctx, struct position *at_r)
{
	const struct link *l = ctx;

	*at_r = (struct position){.seq = 0};
	engine_cursor(l->daemon->engine, l->upstream, at_r);
}

/* Keys that came with a batch are on disk before its records are decided. */
static int keep_keys(struct daemon *d, const struct follow_batch *b)
{
	struct keyring *k = d->caps.keyring;

	if (b->n_keys == 0 || k == NULL)
		return 0;
	for (size_t i = 0; i < b->n_keys; i++)
		if (keyring_put(k, b->keys[i].subject, b->keys[i].key) != 0)
			return -1;
	return keyring_sync(k);
}

static enum follower_verdict take_batch(void *ctx, const struct position *before,
					const struct position *after, const struct follow_batch *b)
{
	static const enum follower_verdict verdicts[] = {
		[UPSTREAM_TAKEN] = FOLLOWER_TAKEN,     [UPSTREAM_FULL] = FOLLOWER_FULL,
		[UPSTREAM_GAP] = FOLLOWER_GAP,         [UPSTREAM_BROKEN] = FOLLOWER_BROKEN,
		[UPSTREAM_STALLED] = FOLLOWER_STALLED,
	};
	struct link *l = ctx;
	struct daemon *d = l->daemon;
	enum upstream_verdict verdict;

	(void)before;
	if (d->upstream_bytes > 0 && d->upstream_bytes + b->log.bytes > QUOTA_BYTES)
		return FOLLOWER_FULL;
	if (b->seqs != NULL)
		return FOLLOWER_BROKEN; /* we ask for all: records may not be missing */
	if (keep_keys(d, b) != 0)
		return FOLLOWER_GAP; /* logged; not at once again */
	verdict = engine_submit_upstream(d->engine, l->upstream, after, &b->log);
	if (verdict == UPSTREAM_TAKEN)
		d->upstream_bytes += b->log.bytes;
	return verdicts[verdict];
}

static int open_link(struct daemon *d, unsigned i)
{
	const char *name = d->paths.upstream_names[i];
	const struct peer *peer = peer_by_name(d->peers, name);
	struct link *l = &d->links[i];

	if (peer == NULL) {
		log_error("upstream_unknown", "of=%s file=%s remedy=\"add its public key\"", name,
			  d->paths.peers);
		return -1;
	}
	struct key_text server = text_of_key(peer->key);

	*l = (struct link){.daemon = d, .upstream = i};
	l->follower = follower_open(&(struct follower_options){
		.net = d->net,
		.endpoint = d->paths.upstreams[i],
		.stream = d->service->upstreams[i].stream,
		.name = d->service->name,
		.keys = &d->own,
		.server = &server,
		.ctx = l,
		.where = tell_where,
		.batch = take_batch,
	});
	return l->follower != NULL ? 0 : -1;
}

int links_open(struct daemon *d)
{
	for (unsigned i = 0; i < d->service->n_upstreams; i++)
		if (open_link(d, i) != 0)
			return -1;
	return 0;
}

void links_close(struct daemon *d)
{
	for (unsigned i = 0; i < d->service->n_upstreams; i++) {
		if (d->links[i].follower != NULL)
			follower_leave(d->links[i].follower);
		follower_close(&d->links[i].follower);
	}
}

/* A stop that an operator of the other side mends there. */
static bool may_be_mended(enum follower_stop stop)
{
	return stop == STOP_FORBIDDEN || stop == STOP_UNKNOWN || stop == STOP_UNSUPPORTED ||
	       stop == STOP_MOVED || stop == STOP_FENCED;
}

static bool same_position(const struct position *a, const struct position *b)
{
	return id_equal(&a->log_id, &b->log_id) && a->seq == b->seq &&
	       memcmp(a->chain, b->chain, CHAIN_LEN) == 0;
}

/*
 * Goes on when the other may let us in again, or an operator has moved our cursor (Rejoin): it is
 * not where the follower was when it stopped, even if it was moved before the refusal came.
 */
static void look_at_stopped(struct daemon *d, struct link *l)
{
	struct position at;

	if (follower_state(l->follower) != FOLLOWER_STOPPED) {
		l->retry_us = 0;
		return;
	}
	if (l->retry_us == 0)
		l->retry_us = d->now.mono_us + MENDED_US;
	if (follower_stop(l->follower) == STOP_TRUNCATED && engine_idle(d->engine))
		engine_skip_reread(d->engine, l->upstream);
	tell_where(l, &at);
	if (same_position(&at, follower_position(l->follower)) &&
	    (!may_be_mended(follower_stop(l->follower)) || d->now.mono_us < l->retry_us))
		return;
	l->retry_us = 0;
	follower_restart(l->follower);
}

void links_turn(struct daemon *d)
{
	bool look = d->now.mono_us - d->asked_links_us >= LOOK_US;

	d->upstream_bytes = 0;
	if (look)
		d->asked_links_us = d->now.mono_us;
	for (unsigned i = 0; i < d->service->n_upstreams; i++) {
		follower_turn(d->links[i].follower, d->now.mono_us);
		if (look)
			look_at_stopped(d, &d->links[i]);
	}
}

void links_settle(struct daemon *d)
{
	bool idle = engine_idle(d->engine);

	for (unsigned i = 0; i < d->service->n_upstreams; i++) {
		struct follower *f = d->links[i].follower;
		struct position at;

		tell_where(&d->links[i], &at);
		follower_durable(f, at.seq);
		if (idle && follower_state(f) == FOLLOWER_GOING && !follower_holds(f) &&
		    at.seq < follower_position(f)->seq)
			follower_lost(f, d->now.mono_us);
	}
}

int64_t links_next_us(const struct daemon *d)
{
	int64_t next_us = INT64_MAX;

	for (unsigned i = 0; i < d->service->n_upstreams; i++)
		next_us = MIN(next_us, follower_next_us(d->links[i].follower));
	return next_us;
}

bool links_hold(const struct daemon *d)
{
	for (unsigned i = 0; i < d->service->n_upstreams; i++)
		if (follower_holds(d->links[i].follower))
			return true;
	return false;
}

const char *links_stopped(const struct daemon *d)
{
	for (unsigned i = 0; i < d->service->n_upstreams; i++)
		if (follower_state(d->links[i].follower) == FOLLOWER_STOPPED)
			return follower_stop_text(follower_stop(d->links[i].follower));
	return NULL;
}
