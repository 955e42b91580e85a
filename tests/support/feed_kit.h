/*
 * A feed over an engine with the shelf service, and followers of it, all in one process and in the
 * clear; the clocks are the test's.
 *
 *	feed_kit_open(&kit);
 *	feed_kit_put(&kit, "a text", true); feed_kit_commit(&kit);
 *	struct feed_reader r = {.kit = &kit};
 *	feed_kit_follow(&r, (struct follower_options){0});
 *	feed_kit_read(&r, 1);                      both sides turn until it has record 1
 *	follower_close(&r.follower);
 *	feed_kit_close(&kit);
 */
#ifndef CAIRN_TEST_FEED_KIT_H
#define CAIRN_TEST_FEED_KIT_H

#include "libshared/feed.h"
#include "libshared/follower.h"
#include "tests/support/place.h"
#include "tests/support/shelf_service.h"

struct feed_kit {
	struct place place;
	struct net *net;
	struct net_socket *server;
	struct engine *engine;
	struct feed *feed;
	struct caps caps;
	struct arena *arena;
	struct id_maker ids;
	struct now now;
	struct peer peer; /* who is on the other side; no name: nobody who is known */
};

void feed_kit_open(struct feed_kit *k);
void feed_kit_close(struct feed_kit *k);
/* The server process dies and starts anew. */
void feed_kit_restart(struct feed_kit *k);

/* Commands for the next commit. */
void feed_kit_submit(struct feed_kit *k, const Shelf__Put *put);
void feed_kit_put(struct feed_kit *k, const char *text, bool shown);
void feed_kit_put_secret(struct feed_kit *k, const char *person);
void feed_kit_commit(struct feed_kit *k);
/* n commits of one record each. */
void feed_kit_write(struct feed_kit *k, unsigned n);

/* A follower that keeps what it gets. */
struct feed_reader {
	struct feed_kit *kit;
	struct follower *follower;
	struct position at;
	uint64_t records, batches, largest;
	uint64_t seqs[64];
	struct subject_key keys[16];
	size_t n_keys;
	char texts[16][64]; /* of public events, and their previoussequence */
	char previous[16][24];
	unsigned n_texts;
};

/* Fills in net, endpoint and callbacks, and the stream (shelf.0.log) when there is none. */
void feed_kit_follow(struct feed_reader *r, struct follower_options o);
/* Both sides turn n times, waiting 1 ms at most each time. */
void feed_kit_turn(struct feed_reader *r, int n);
/* Both sides turn until the reader stands there. */
void feed_kit_read(struct feed_reader *r, uint64_t seq);
/* What a follower that asks so, from there, is stopped by; STOP_NONE: nothing. */
enum follower_stop feed_kit_stop(struct feed_kit *k, struct follower_options o, struct position at);

#endif
