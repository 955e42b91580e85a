/* Requests and replies at the command socket, and the caps that keep one peer from filling it. */
#include "libshared/desk.h"

#include "libshared/check.h"
#include "libshared/log.h"
#include "proto/runtime.pb-c.h"

#include <stdlib.h>
#include <string.h>

#define PER_TURN 2048                           /* messages, of whatever kind */
#define ANSWER_BYTES_PER_TURN ((size_t)8 << 20) /* to queries, before others have their turn */
#define ACCOUNTS 16384 /* a power of two above the number of peers there may be */
#define LEAST_CAP 64
#define FULL_IN_A_ROW 3
/* For those together: half of what a client waits before it sends again. */
#define SLOW_US US_PER_S
#define BUSY_RETRY_MS 100
#define GET_STATUS (QUERY_BASE + RUNTIME_BASE + CAIRN__RUNTIME_QUERY__BODY_GET_STATUS)

static const struct limits HEAD_LIMITS = {
	.string_bytes = 256, .bytes_bytes = 64, .n_elements = 1, .unknown_fields = true};

/* A request that waits for its reply. */
struct slot {
	struct net_route route;
	struct account *account;
	uint32_t kind;
	int64_t since_us;
	uint8_t *answer; /* of a query whose note is not yet durable */
	size_t answer_len;
	uint64_t answer_seq;
	uint32_t age; /* grows with each use: an old token is not taken for a new one */
	uint32_t next_free;
	bool used;
};

struct account {
	uint64_t principal; /* 0: nobody's */
	unsigned unanswered;
};

struct desk {
	struct desk_options o;
	struct arena *arena;
	struct slot *slots;
	uint32_t n_slots, first_free;
	struct account *accounts;
	struct net_message in; /* the request in hand */
	bool holds;
	unsigned cap, full_in_a_row;
	int64_t full_us; /* how long those took */
	struct desk_counts counts;
	int64_t mono_us;
	size_t answer_bytes; /* of this turn */
};

#define NO_SLOT UINT32_MAX

struct desk *desk_new(const struct desk_options *options)
{
	struct desk *d = calloc(1, sizeof *d);

	ENSURE(d != NULL);
	d->o = *options;
	d->arena = arena_new((size_t)256 << 10);
	d->accounts = calloc(ACCOUNTS, sizeof *d->accounts);
	ENSURE(d->accounts != NULL);
	d->first_free = NO_SLOT;
	d->cap = options->inflight;
	return d;
}

void desk_destroy(struct desk **d)
{
	if (*d == NULL)
		return;
	net_release(&(*d)->in);
	for (uint32_t i = 0; i < (*d)->n_slots; i++)
		free((*d)->slots[i].answer);
	free((*d)->slots);
	free((*d)->accounts);
	arena_destroy(&(*d)->arena);
	free(*d);
	*d = NULL;
}

bool desk_holds(const struct desk *d)
{
	return d->holds;
}

struct desk_counts desk_counts(const struct desk *d)
{
	struct desk_counts counts = d->counts;

	counts.cap = d->cap;
	return counts;
}

/* ---- slots and accounts ---- */

static struct account *account_of(struct desk *d, uint64_t principal)
{
	size_t i = principal & (ACCOUNTS - 1);

	while (d->accounts[i].principal != 0 && d->accounts[i].principal != principal)
		i = (i + 1) & (ACCOUNTS - 1);
	d->accounts[i].principal = principal;
	return &d->accounts[i];
}

static void more_slots(struct desk *d)
{
	uint32_t n = MAX(2 * d->n_slots, 256U);

	d->slots = realloc(d->slots, n * sizeof *d->slots);
	ENSURE(d->slots != NULL);
	for (uint32_t i = d->n_slots; i < n; i++)
		d->slots[i] = (struct slot){.next_free = i + 1 < n ? i + 1 : NO_SLOT};
	d->first_free = d->n_slots;
	d->n_slots = n;
}

static uint64_t take_slot(struct desk *d, struct account *account, uint32_t kind)
{
	uint32_t i;
	struct slot *s;

	if (d->first_free == NO_SLOT)
		more_slots(d);
	i = d->first_free;
	s = &d->slots[i];
	d->first_free = s->next_free;
	s->used = true;
	s->age = (s->age + 1) & 0x7fffffff; /* the highest bit of a token is not ours */
	s->route = d->in.route;
	s->account = account;
	s->kind = kind;
	s->since_us = d->mono_us;
	account->unanswered++;
	d->counts.unanswered++;
	return (uint64_t)s->age << 32 | i;
}

/* NULL: no request waits under that token. */
static struct slot *slot_of(struct desk *d, uint64_t token)
{
	uint32_t i = (uint32_t)token;

	if (i >= d->n_slots || !d->slots[i].used || d->slots[i].age != token >> 32)
		return NULL;
	return &d->slots[i];
}

static void free_slot(struct desk *d, struct slot *s)
{
	free(s->answer);
	s->answer = NULL;
	s->used = false;
	s->account->unanswered--;
	d->counts.unanswered--;
	s->next_free = d->first_free;
	d->first_free = (uint32_t)(s - d->slots);
}

/* ---- replies ---- */

static void send_reply(struct desk *d, const struct net_route *to, const struct reply *reply)
{
	Cairn__ReplyHead head = CAIRN__REPLY_HEAD__INIT;
	struct bytes frames[2] = {BYTES_NONE, reply->answer};

	head.wire = 1;
	head.status = reply->status;
	if (!id_is_none(&reply->id))
		head.id = pb_of_bytes(bytes_of_id(&reply->id));
	head.seq = reply->seq;
	head.reason = reply->reason;
	head.retry_ms = reply->retry_ms;
	head.repeated = reply->repeated;
	if (reply->text != NULL)
		head.text = arena_text(d->arena, bytes_of_text(reply->text));
	frames[0] = message_pack(&head.base, d->arena);
	/* Who is gone, or does not read, asks again with the same id. */
	if (net_send(d->o.socket, to, frames, 2) != NET_SENT)
		d->counts.undelivered++;
}

void desk_reply(void *desk, const struct reply *reply)
{
	struct desk *d = desk;
	struct slot *s = slot_of(d, reply->token);
	struct reply out = *reply;

	if (s == NULL)
		return;
	if (s->answer != NULL && reply->status == CAIRN__STATUS__OK) {
		out.answer = (struct bytes){s->answer, s->answer_len};
		out.seq = s->answer_seq;
	}
	arena_reset(d->arena);
	send_reply(d, &s->route, &out);
	d->o.answered(d->o.ctx, s->kind, out.status, clock_mono_us() - s->since_us);
	free_slot(d, s);
}

/* An answer that needs no engine. */
static void answer_at_once(struct desk *d, const Cairn__Head *head, Cairn__Status status,
			   const char *text)
{
	struct reply reply = {.status = status, .text = text};

	if (head != NULL && head->id.len == ID_LEN)
		reply.id = id_of_bytes(bytes_of_pb(head->id));
	if (status == CAIRN__STATUS__BUSY)
		reply.retry_ms = BUSY_RETRY_MS;
	send_reply(d, &d->in.route, &reply);
	d->o.answered(d->o.ctx, head != NULL ? head->kind : 0, status, 0);
}

/* ---- requests ---- */

static void ask_query(struct desk *d, struct request *r, struct account *account,
		      const struct now *now)
{
	struct reply reply;
	bool held;

	r->token = take_slot(d, account, r->head->kind);
	engine_query(d->o.engine, r, now->wall_us, d->arena, &reply, &held);
	struct slot *s = slot_of(d, r->token);

	ENSURE(s != NULL);
	if (held) {
		s->answer = malloc(MAX(reply.answer.len, (size_t)1));
		ENSURE(s->answer != NULL);
		if (reply.answer.len > 0)
			memcpy(s->answer, reply.answer.data, reply.answer.len);
		s->answer_len = reply.answer.len;
		s->answer_seq = reply.seq;
		return;
	}
	if (reply.status == CAIRN__STATUS__OK && r->head->kind == GET_STATUS)
		reply.answer = d->o.status(d->o.ctx, d->arena);
	d->answer_bytes += reply.answer.len;
	send_reply(d, &s->route, &reply);
	d->o.answered(d->o.ctx, s->kind, reply.status, 0);
	free_slot(d, s);
}

/* False: the batch is full, the request stays in hand. */
static bool submit(struct desk *d, struct request *r, struct account *account,
		   const struct now *now)
{
	r->token = take_slot(d, account, r->head->kind);
	if (engine_submit(d->o.engine, r, now->wall_us))
		return true;
	struct slot *s = slot_of(d, r->token);

	ENSURE(s != NULL);
	free_slot(d, s);
	return false;
}

static bool is_expired(const Cairn__Head *head, const struct now *now)
{
	uint64_t now_us = (uint64_t)now->wall_us;

	return head->ttl_ms > 0 && head->sent_us < now_us &&
	       now_us - head->sent_us > (uint64_t)head->ttl_ms * 1000;
}

/* False: the batch is full, the request stays in hand. */
static bool take_from_peer(struct desk *d, const Cairn__Head *head, const struct peer *peer,
			   const struct now *now)
{
	struct account *account = account_of(d, peer->principal);
	struct request r = {.head = head,
			    .body = d->in.frames[1],
			    .principal = peer->principal,
			    .roles = peer->roles,
			    .scope = peer->scope};

	if (is_expired(head, now)) {
		answer_at_once(d, head, CAIRN__STATUS__EXPIRED, "its time to live was over");
		return true;
	}
	if (account->unanswered >= d->cap) {
		d->counts.busy++;
		answer_at_once(d, head, CAIRN__STATUS__BUSY, "too many unanswered; ask again");
		return true;
	}
	if (head->kind < QUERY_BASE)
		return submit(d, &r, account, now);
	ask_query(d, &r, account, now);
	return true;
}

/* False: the batch is full, the request stays in hand. */
static bool take_request(struct desk *d, const struct peers *peers, const struct now *now)
{
	struct message_fault fault = {.text = "a request is two frames, Head and body"};
	const struct peer *peer = d->in.user != NULL ? peer_by_name(peers, d->in.user) : NULL;
	const Cairn__Head *head = NULL;

	arena_reset(d->arena);
	if (d->in.n_frames == 2)
		head = (const Cairn__Head *)(void *)message_unpack(
			&cairn__head__descriptor, d->in.frames[0], &HEAD_LIMITS, d->arena, &fault);
	if (peer == NULL) {
		d->counts.unknown_peers++;
		answer_at_once(d, head, CAIRN__STATUS__FORBIDDEN, "this key is not known any more");
		return true;
	}
	if (head == NULL) {
		answer_at_once(d, NULL, CAIRN__STATUS__INVALID, fault.text);
		return true;
	}
	return take_from_peer(d, head, peer, now);
}

void desk_take(struct desk *d, const struct peers *peers, const struct now *now)
{
	d->mono_us = now->mono_us;
	d->answer_bytes = 0;
	for (unsigned i = 0; i < PER_TURN && d->answer_bytes < ANSWER_BYTES_PER_TURN; i++) {
		enum net_got got = d->holds ? NET_GOT : net_receive(d->o.socket, &d->in);

		if (got == NET_NOTHING)
			return;
		if (got == NET_ODD) {
			d->counts.odd++;
			continue;
		}
		d->holds = !take_request(d, peers, now);
		if (d->holds)
			return;
		net_release(&d->in);
	}
}

void desk_note_batch(struct desk *d, unsigned n_inputs, int64_t took_us)
{
	if (n_inputs < BATCH_COMMANDS && !d->holds) {
		d->full_in_a_row = 0;
		d->full_us = 0;
		d->cap = MIN(d->cap + d->o.inflight / 32 + 1, d->o.inflight);
		return;
	}
	d->full_us += took_us;
	if (++d->full_in_a_row < FULL_IN_A_ROW)
		return;
	if (d->full_us > SLOW_US)
		d->cap = MAX(d->cap / 2, MIN((unsigned)LEAST_CAP, d->o.inflight));
	d->full_in_a_row = 0;
	d->full_us = 0;
}
