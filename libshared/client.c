/* Requests in the air: sent, sent again, answered. */
#include "libshared/client.h"

#include "libshared/check.h"
#include "libshared/clock.h"
#include "libshared/engine.h"
#include "libshared/log.h"

#include <errno.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#define SILENCE_US (2 * US_PER_S)
#define FIRST_WAIT_US (200 * US_PER_MS)
#define LONGEST_WAIT_US (30 * US_PER_S)
#define KNOCK_US (20 * US_PER_MS) /* until the socket is connected */
#define SHUT_US (3 * US_PER_S)    /* then a new connection: a refused key gets no other */

struct asked {
	struct asked *next; /* in its bucket */
	struct id id;
	uint64_t token;
	struct bytes head, body; /* in one block after this */
	int64_t first_us, until_us;
	int64_t due_us;  /* to be sent (again) */
	int64_t wait_us; /* the next wait after BUSY and the like */
	int64_t silence_us;
	unsigned tries;
	uint8_t data[];
};

struct client {
	struct net *net;
	struct net_socket *socket;
	struct arena *arena, *kept; /* kept: the answer of client_call() */
	struct id_maker ids;
	int64_t silence_us;
	struct asked **buckets;
	size_t n_buckets, n; /* n_buckets is a power of two */
	int64_t next_us;     /* no request is due before */
	int64_t shut_us;     /* since when nothing could be sent; 0: it could */
};

struct client *client_open(const struct client_options *options)
{
	struct client *c = calloc(1, sizeof *c);

	ENSURE(c != NULL);
	c->net = options->net;
	c->socket = net_socket(options->net, &(struct net_want){.kind = NET_CLIENT,
								.endpoints = {options->endpoint},
								.keys = options->keys,
								.server = options->server});
	c->arena = arena_new((size_t)64 << 10);
	c->kept = arena_new(4096);
	c->silence_us = options->silence_us > 0 ? options->silence_us : SILENCE_US;
	c->n_buckets = 256;
	c->buckets = calloc(c->n_buckets, sizeof *c->buckets);
	ENSURE(c->buckets != NULL);
	c->next_us = INT64_MAX;
	if (c->socket == NULL)
		client_close(&c);
	return c;
}

void client_close(struct client **c)
{
	if (*c == NULL)
		return;
	for (size_t i = 0; i < (*c)->n_buckets; i++)
		for (struct asked *a = (*c)->buckets[i], *next; a != NULL; a = next) {
			next = a->next;
			free(a);
		}
	net_socket_close((*c)->net, &(*c)->socket);
	arena_destroy(&(*c)->arena);
	arena_destroy(&(*c)->kept);
	free((*c)->buckets);
	free(*c);
	*c = NULL;
}

struct net_socket *client_socket(const struct client *c)
{
	return c->socket;
}

size_t client_in_air(const struct client *c)
{
	return c->n;
}

int64_t client_next_us(const struct client *c)
{
	return c->next_us;
}

/* ---- the table of requests ---- */

static struct asked **bucket_of(struct client *c, const struct id *id)
{
	/* The last bytes of a UUIDv7 are random. */
	return &c->buckets[get_u64_be(id->b + 8) & (c->n_buckets - 1)];
}

static void grow(struct client *c)
{
	struct asked **old = c->buckets;
	size_t n_old = c->n_buckets;

	c->n_buckets = 2 * n_old;
	c->buckets = calloc(c->n_buckets, sizeof *c->buckets);
	ENSURE(c->buckets != NULL);
	for (size_t i = 0; i < n_old; i++)
		for (struct asked *a = old[i], *next; a != NULL; a = next) {
			struct asked **at = bucket_of(c, &a->id);

			next = a->next;
			a->next = *at;
			*at = a;
		}
	free(old);
}

static void keep(struct client *c, struct asked *a)
{
	struct asked **at;

	if (c->n >= c->n_buckets)
		grow(c);
	at = bucket_of(c, &a->id);
	a->next = *at;
	*at = a;
	c->n++;
}

/* Takes the request out of the table; NULL: none has that id. */
static struct asked *take_out(struct client *c, const struct id *id)
{
	for (struct asked **at = bucket_of(c, id); *at != NULL; at = &(*at)->next)
		if (id_equal(&(*at)->id, id)) {
			struct asked *a = *at;

			*at = a->next;
			c->n--;
			return a;
		}
	return NULL;
}

/* ---- sending ---- */

uint32_t kind_of_message(const ProtobufCMessage *message)
{
	const char *name = message->descriptor->short_name;

	if (strcmp(name, "Command") == 0)
		return body_kind(message);
	if (strcmp(name, "Query") == 0)
		return QUERY_BASE + body_kind(message);
	if (strcmp(name, "RuntimeCommand") == 0)
		return RUNTIME_BASE + body_kind(message);
	if (strcmp(name, "RuntimeQuery") == 0)
		return QUERY_BASE + RUNTIME_BASE + body_kind(message);
	return 0;
}

static struct asked *pack(struct client *c, const struct ask *ask)
{
	Cairn__Head head = CAIRN__HEAD__INIT;
	struct id id =
		ask->id.len == ID_LEN ? id_of_bytes(ask->id) : id_make(&c->ids, clock_wall_us());
	size_t n_head, n_body = protobuf_c_message_get_packed_size(ask->message);
	struct asked *a;

	head.wire = 1;
	head.kind = kind_of_message(ask->message);
	head.id = pb_of_bytes(bytes_of_id(&id));
	head.entity = pb_of_bytes(ask->entity);
	head.actor = pb_of_bytes(ask->actor);
	head.cause = pb_of_bytes(ask->cause);
	head.sent_us = (uint64_t)clock_wall_us();
	head.ttl_ms = ask->ttl_ms;
	head.min_seq = ask->min_seq;
	head.expect = ask->expect;
	n_head = cairn__head__get_packed_size(&head);
	a = malloc(sizeof *a + n_head + n_body);
	ENSURE(a != NULL);
	*a = (struct asked){.id = id};
	cairn__head__pack(&head, a->data);
	protobuf_c_message_pack(ask->message, a->data + n_head);
	a->head = (struct bytes){a->data, n_head};
	a->body = (struct bytes){a->data + n_head, n_body};
	return a;
}

/* Between nothing and the whole of it, so that many clients do not come back together. */
static int64_t jitter(int64_t wait_us)
{
	return (int64_t)randombytes_uniform((uint32_t)MIN(wait_us, LONGEST_WAIT_US)) + 1;
}

static void set_due(struct client *c, struct asked *a, int64_t due_us)
{
	a->due_us = MIN(due_us, a->until_us);
	c->next_us = MIN(c->next_us, a->due_us);
}

static void knock_again(struct client *c, struct asked *a, int64_t mono_us)
{
	set_due(c, a, mono_us + KNOCK_US);
	if (c->shut_us == 0)
		c->shut_us = mono_us;
	if (mono_us - c->shut_us < SHUT_US)
		return;
	c->shut_us = 0;
	if (net_reconnect(c->socket) != 0)
		log_warn("client_not_reconnected", "in_air=%zu", c->n);
}

static void send_now(struct client *c, struct asked *a, int64_t mono_us)
{
	struct bytes frames[] = {a->head, a->body};

	if (net_send(c->socket, NULL, frames, 2) != NET_SENT) {
		knock_again(c, a, mono_us);
		return;
	}
	c->shut_us = 0;
	a->tries++;
	set_due(c, a, mono_us + a->silence_us);
	a->silence_us = MIN(2 * a->silence_us, LONGEST_WAIT_US);
}

void client_submit(struct client *c, const struct ask *ask, int64_t until_us, uint64_t token)
{
	struct asked *a = pack(c, ask);
	int64_t mono_us = clock_mono_us();

	a->token = token;
	a->first_us = mono_us;
	a->until_us = until_us;
	a->wait_us = FIRST_WAIT_US;
	a->silence_us = c->silence_us;
	keep(c, a);
	send_now(c, a, mono_us);
}

/* ---- answers ---- */

static bool worth_another_try(uint32_t status)
{
	return status == CAIRN__STATUS__BUSY || status == CAIRN__STATUS__UNAVAILABLE;
}

/* Puts it back, to be sent again after what the service asked for or a longer wait each time. */
static void try_later(struct client *c, struct asked *a, const Cairn__ReplyHead *head,
		      int64_t mono_us)
{
	int64_t least_us = (int64_t)head->retry_ms * US_PER_MS;

	keep(c, a);
	set_due(c, a, mono_us + least_us + jitter(a->wait_us));
	a->wait_us = MIN(2 * a->wait_us, LONGEST_WAIT_US);
}

static void take_reply(struct client *c, const struct net_message *m, int64_t mono_us,
		       answered_fn *fn, void *ctx)
{
	struct message_fault fault;
	const Cairn__ReplyHead *head;
	struct asked *a;
	struct id id;

	arena_reset(c->arena);
	head = m->n_frames != 2 ? NULL
				: (const Cairn__ReplyHead *)(void *)message_unpack(
					  &cairn__reply_head__descriptor, m->frames[0],
					  &EVENT_LIMITS, c->arena, &fault);
	if (head == NULL || head->id.len != ID_LEN) {
		log_warn("reply_unreadable", "frames=%u", m->n_frames);
		return;
	}
	id = id_of_bytes(bytes_of_pb(head->id));
	a = take_out(c, &id);
	if (a == NULL)
		return; /* a second answer to what was sent twice */
	if (worth_another_try(head->status) && mono_us < a->until_us) {
		try_later(c, a, head, mono_us);
		return;
	}
	fn(ctx, a->token,
	   &(struct client_answer){.status = (Cairn__Status)head->status,
				   .id = id,
				   .seq = head->seq,
				   .reason = head->reason,
				   .retry_ms = head->retry_ms,
				   .repeated = head->repeated,
				   .text = head->text,
				   .body = m->frames[1],
				   .tries = a->tries,
				   .took_us = mono_us - a->first_us});
	free(a);
}

/* Requests that are due, taken out in a list. */
static struct asked *take_due(struct client *c, int64_t mono_us)
{
	struct asked *due = NULL;

	c->next_us = INT64_MAX;
	for (size_t i = 0; i < c->n_buckets; i++)
		for (struct asked **at = &c->buckets[i]; *at != NULL;) {
			struct asked *a = *at;

			if (a->due_us > mono_us) {
				c->next_us = MIN(c->next_us, a->due_us);
				at = &a->next;
				continue;
			}
			*at = a->next;
			c->n--;
			a->next = due;
			due = a;
		}
	return due;
}

static void send_due(struct client *c, int64_t mono_us, answered_fn *fn, void *ctx)
{
	struct asked *next;

	if (mono_us < c->next_us)
		return;
	for (struct asked *a = take_due(c, mono_us); a != NULL; a = next) {
		next = a->next;
		if (mono_us < a->until_us) {
			keep(c, a);
			send_now(c, a, mono_us);
			continue;
		}
		fn(ctx, a->token,
		   &(struct client_answer){.id = a->id,
					   .text = "no answer in time",
					   .tries = a->tries,
					   .took_us = mono_us - a->first_us});
		free(a);
	}
}

void client_turn(struct client *c, int64_t mono_us, answered_fn *fn, void *ctx)
{
	struct net_message m;
	enum net_got got;

	while ((got = net_receive(c->socket, &m)) != NET_NOTHING) {
		if (got == NET_ODD)
			continue;
		take_reply(c, &m, mono_us, fn, ctx);
		net_release(&m);
	}
	send_due(c, mono_us, fn, ctx);
}

/* ---- one at a time ---- */

struct waiting {
	struct client *client;
	uint64_t token;
	struct client_answer *answer;
	bool done;
};

static void keep_answer(void *ctx, uint64_t token, const struct client_answer *answer)
{
	struct waiting *w = ctx;
	struct arena *kept = w->client->kept;

	if (token != w->token)
		return; /* of a call that gave up */
	*w->answer = *answer;
	w->answer->text = arena_text(kept, bytes_of_text(answer->text));
	w->answer->body = arena_copy(kept, answer->body);
	w->done = true;
}

int client_call(struct client *c, const struct ask *ask, int64_t until_us,
		struct client_answer *answer_r)
{
	struct waiting w = {c, (uint64_t)clock_mono_us(), answer_r, false};
	zmq_pollitem_t item = {net_handle(c->socket), 0, ZMQ_POLLIN, 0};

	arena_reset(c->kept);
	client_submit(c, ask, until_us, w.token);
	while (!w.done) {
		int64_t wait_us = MIN(client_next_us(c), until_us) - clock_mono_us();

		if (zmq_poll(&item, 1, (long)MAX((wait_us + 999) / 1000, INT64_C(0))) < 0 &&
		    errno != EINTR)
			return -1;
		client_turn(c, clock_mono_us(), keep_answer, &w);
	}
	return answer_r->status != CAIRN__STATUS__STATUS_UNSPECIFIED ? 0 : -1;
}
