/* Issuance, asked with notification's own key. */
#include "services/notification/sinks/sink_feed.h"

#include "libshared/check.h"
#include "libshared/client.h"
#include "libshared/clock.h"
#include "libshared/log.h"
#include "libshared/peers.h"

#include <stdio.h>
#include <stdlib.h>

#define ANSWER_US (20 * US_PER_S)
#define ENDPOINT_LEN 512

struct issuance_feed {
	struct sink_feed feed;
	struct net *net;
	struct client *client;
	struct arena *arena; /* of an answer */
	sink_feed_fn *fn;    /* during a turn */
	void *ctx;
};

static void feed_close(struct sink_feed **feed)
{
	struct issuance_feed *f = (struct issuance_feed *)*feed;

	if (f == NULL)
		return;
	client_close(&f->client);
	net_close(&f->net);
	arena_destroy(&f->arena);
	free(f);
	*feed = NULL;
}

static void feed_read(struct sink_feed *feed, const Issuance__ReadPublic *ask, uint64_t token)
{
	struct issuance_feed *f = (struct issuance_feed *)feed;
	Issuance__Query query = ISSUANCE__QUERY__INIT;
	Issuance__ReadPublic read = *ask;

	query.body_case = ISSUANCE__QUERY__BODY_READ_PUBLIC;
	query.read_public = &read;
	client_submit(f->client, &(struct ask){.message = &query.base}, clock_mono_us() + ANSWER_US,
		      token);
}

static void feed_tell(struct sink_feed *feed, const Issuance__Command *command, const struct id *id,
		      uint64_t token)
{
	struct issuance_feed *f = (struct issuance_feed *)feed;

	client_submit(f->client, &(struct ask){.message = &command->base, .id = bytes_of_id(id)},
		      clock_mono_us() + ANSWER_US, token);
}

static const Issuance__PublicPage *page_of(struct issuance_feed *f, struct bytes body)
{
	struct message_fault fault;
	const Issuance__Answer *answer = (const Issuance__Answer *)message_unpack(
		&issuance__answer__descriptor, arena_copy(f->arena, body), &EVENT_LIMITS, f->arena,
		&fault);

	if (answer == NULL) {
		log_warn("answer_not_understood", "of=issuance because=\"%s\"", fault.text);
		return NULL;
	}
	return answer->body_case == ISSUANCE__ANSWER__BODY_PUBLIC_PAGE ? answer->public_page : NULL;
}

static void on_answer(void *ctx, uint64_t token, const struct client_answer *answer)
{
	struct issuance_feed *f = ctx;
	struct sink_feed_answer a = {
		.token = token, .status = answer->status, .text = answer->text};

	arena_reset(f->arena);
	if (answer->status == CAIRN__STATUS__OK && answer->body.len > 0)
		a.page = page_of(f, answer->body);
	f->fn(f->ctx, &a);
}

static void feed_turn(struct sink_feed *feed, sink_feed_fn *fn, void *ctx)
{
	struct issuance_feed *f = (struct issuance_feed *)feed;

	f->fn = fn;
	f->ctx = ctx;
	client_turn(f->client, clock_mono_us(), on_answer, f);
}

static unsigned feed_items(struct sink_feed *feed, zmq_pollitem_t *items, unsigned room)
{
	struct issuance_feed *f = (struct issuance_feed *)feed;

	if (room == 0)
		return 0;
	items[0] = (zmq_pollitem_t){net_handle(client_socket(f->client)), 0, ZMQ_POLLIN, 0};
	return 1;
}

static int64_t feed_next_us(const struct sink_feed *feed, int64_t now_us)
{
	const struct issuance_feed *f = (const struct issuance_feed *)feed;

	if (net_readable(client_socket(f->client)))
		return now_us;
	if (client_in_air(f->client) == 0)
		return INT64_MAX;
	return now_us + MAX(client_next_us(f->client) - clock_mono_us(), INT64_C(0));
}

static const struct sink_feed_ops issuance_feed_ops = {
	.close = feed_close,
	.read = feed_read,
	.tell = feed_tell,
	.turn = feed_turn,
	.items = feed_items,
	.next_us = feed_next_us,
};

static struct client *open_client(struct net *net, const struct outside_setup *setup,
				  const char *set)
{
	AUTO(peers_destroy) struct peers *peers = peers_load(setup->peers);
	const struct peer *peer = peers != NULL ? peer_by_name(peers, "issuance") : NULL;
	char endpoint[ENDPOINT_LEN];
	struct curve_keys keys;
	struct key_text server;
	struct client *client;

	if (peer == NULL) {
		log_error("service_unknown",
			  "of=issuance remedy=\"add its public key to the peers file\"");
		return NULL;
	}
	server = text_of_key(peer->key);
	snprintf(endpoint, sizeof endpoint, "ipc://%s/../run/issuance.s", setup->dir);
	if (set[0] != '\0')
		snprintf(endpoint, sizeof endpoint, "%s", set);
	if (keys_load(setup->keys_dir, "notification", &keys) != 0)
		return NULL;
	client = client_open(&(struct client_options){
		.net = net, .endpoint = endpoint, .keys = &keys, .server = &server});
	keys_forget(&keys);
	return client;
}

struct sink_feed *issuance_feed_open(const struct outside_setup *setup, const char *endpoint)
{
	struct issuance_feed *f = calloc(1, sizeof *f);
	struct sink_feed *feed = &f->feed;

	ENSURE(f != NULL);
	f->feed.ops = &issuance_feed_ops;
	f->arena = arena_new((size_t)64 << 10);
	f->net = net_open(1);
	if (f->net != NULL)
		f->client = open_client(f->net, setup, endpoint);
	if (f->client == NULL)
		feed_close(&feed);
	return feed;
}
