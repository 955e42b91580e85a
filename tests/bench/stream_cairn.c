/* Issuance's public stream: commands to it, and followers of it. */
#include "tests/bench/stream.h"
#include "tests/integration/season.h"

#include "libshared/clock.h"
#include "tests/support/life_kit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

/* ---- writing ---- */

struct writing {
	struct stream_run *run;
	struct client *client;
	size_t sent, acknowledged;
};

static void heard(void *ctx, uint64_t token, const struct client_answer *answer)
{
	struct writing *w = ctx;

	(void)token;
	ENSURE(answer->status == CAIRN__STATUS__OK);
	w->acknowledged++;
}

static void send_change(struct writing *w)
{
	AUTO(arena_destroy) struct arena *arena = arena_new(1024);
	const struct populated *p = w->run->ctx;
	struct id by = id_of_name("person", "olga");
	struct bytes credential = bytes_of_id(&p->credentials[w->sent % SEASON_HOLDERS]);
	struct ask ask = {.message = w->sent / SEASON_HOLDERS % 2 == 0
					     ? life_suspend(arena, credential)
					     : life_reinstate(arena, credential),
			  .actor = bytes_of_id(&by)};

	stream_sent(w->run, w->sent++);
	client_submit(w->client, &ask, clock_mono_us() + 60 * US_PER_S, 0);
}

static struct client *connect_client(const struct populated *p, struct net *net)
{
	struct curve_keys keys = daemon_kit_keys(&p->daemons, "cairnctl");
	struct key_text server = daemon_kit_public(&p->daemons, "issuance");
	struct client *c = client_open(&(struct client_options){
		.net = net,
		.endpoint = daemon_kit_endpoint(&p->daemons, "issuance", 's'),
		.keys = &keys,
		.server = &server});
	zmq_pollitem_t item = {net_handle(client_socket(c)), 0, ZMQ_POLLOUT, 0};

	ENSURE(c != NULL && zmq_poll(&item, 1, 30000) == 1);
	return c;
}

static void cairn_write(struct stream_run *run, struct crew_member *m)
{
	struct net *net = net_open(1);
	struct writing w = {.run = run, .client = connect_client(run->ctx, net)};

	ENSURE(run->n % (2 * SEASON_HOLDERS) == 0); /* all are active afterwards */
	crew_ready(m);
	while (w.acknowledged < run->n) {
		zmq_pollitem_t item = {net_handle(client_socket(w.client)), 0, ZMQ_POLLIN, 0};
		size_t due = stream_due(run, w.sent, w.acknowledged, m->began_us);

		for (; due > 0; due--)
			send_change(&w);
		ENSURE(zmq_poll(&item, 1, run->rate > 0 ? 1 : 20) >= 0 || errno == EINTR);
		client_turn(w.client, clock_mono_us(), heard, &w);
	}
	client_close(&w.client);
	net_close(&net);
}

/* ---- reading ---- */

struct reader {
	struct stream_run *run;
	unsigned number;
	struct follower *follower;
	struct position at;
};

static void tell_where(void *ctx, struct position *at_r)
{
	*at_r = ((struct reader *)ctx)->at;
}

static enum follower_verdict take(void *ctx, const struct position *before,
				  const struct position *after, const struct follow_batch *b)
{
	struct reader *r = ctx;

	(void)before;
	r->at = *after;
	for (size_t i = 0; i < b->n_records; i++)
		stream_arrived(r->run, r->number, b->log.records[i].len);
	return FOLLOWER_SAFE;
}

static void open_reader(struct reader *r, struct net *net, const char *peer)
{
	const struct populated *p = r->run->ctx;
	struct curve_keys keys = daemon_kit_keys(&p->daemons, peer);
	struct key_text server = daemon_kit_public(&p->daemons, "issuance");

	if (!r->run->replay)
		season_end_of_stream(p, &r->at);
	r->follower = follower_open(&(struct follower_options){
		.net = net,
		.endpoint = daemon_kit_endpoint(&p->daemons, "issuance", 'l'),
		.stream = "issuance.0.public",
		.keys = &keys,
		.server = &server,
		.ctx = r,
		.where = tell_where,
		.batch = take});
	ENSURE(r->follower != NULL);
}

static void turn(struct reader *readers, unsigned n)
{
	zmq_pollitem_t items[STREAM_READERS_MAX];
	int64_t now_us;

	for (unsigned i = 0; i < n; i++)
		items[i] = (zmq_pollitem_t){net_handle(follower_socket(readers[i].follower)), 0,
					    ZMQ_POLLIN, 0};
	ENSURE(zmq_poll(items, (int)n, 10) >= 0 || errno == EINTR);
	now_us = clock_mono_us();
	for (unsigned i = 0; i < n; i++)
		if (items[i].revents != 0 || follower_next_us(readers[i].follower) <= now_us)
			follower_turn(readers[i].follower, now_us);
}

static bool all_go(const struct reader *readers, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		if (follower_state(readers[i].follower) != FOLLOWER_GOING)
			return false;
	return true;
}

static void cairn_read(struct stream_run *run, struct crew_member *m, unsigned first, unsigned n)
{
	struct reader *readers = calloc(n, sizeof *readers);
	struct net *net = net_open(1);
	char peer[16];

	ENSURE(readers != NULL && net != NULL);
	snprintf(peer, sizeof peer, "state%u", m->number);
	for (unsigned i = 0; i < n; i++) {
		readers[i] = (struct reader){.run = run, .number = first + i};
		open_reader(&readers[i], net, peer);
	}
	/* One that replays begins when it is asked to. */
	while (!run->replay && !all_go(readers, n))
		turn(readers, n);
	crew_ready(m);
	while (!stream_is_read(run, first, n))
		turn(readers, n);
	m->ended_us = clock_mono_us();
	for (unsigned i = 0; i < n; i++) {
		follower_leave(readers[i].follower);
		follower_close(&readers[i].follower);
	}
	free(readers);
	net_close(&net);
}

const struct stream_ops cairn_stream = {"Cairn", cairn_write, cairn_read};
