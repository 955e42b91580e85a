/* Followers over a network that loses, repeats, delays and reorders. */
#include "tests/simulation/world.h"

#include "libshared/check.h"
#include "libshared/seal.h"

#include <string.h>

/* FORMATS: who follows whom. */
static const struct {
	unsigned to, from;
} follows[N_LINKS] = {
	{EVIDENCE, ENROLLMENT},     {EVIDENCE, ASSESSMENT},   {ASSESSMENT, ENROLLMENT},
	{ASSESSMENT, EVIDENCE},     {ISSUANCE, ENROLLMENT},   {ISSUANCE, ASSESSMENT},
	{ENROLLMENT, EVIDENCE},     {ENROLLMENT, ASSESSMENT}, {ENROLLMENT, ISSUANCE},
	{NOTIFICATION, ENROLLMENT}, {NOTIFICATION, EVIDENCE}, {NOTIFICATION, ASSESSMENT},
	{NOTIFICATION, ISSUANCE},
};

static unsigned upstream_number(const struct service *to, const struct service *from)
{
	for (unsigned i = 0; i < to->n_upstreams; i++)
		if (strncmp(to->upstreams[i].stream, from->name, strlen(from->name)) == 0)
			return i;
	ensure_failed("one service follows the other", __FILE__, __LINE__);
}

void links_open(struct world *w)
{
	for (unsigned i = 0; i < N_LINKS; i++) {
		struct link *l = &w->links[i];

		l->to = follows[i].to;
		l->from = follows[i].from;
		l->upstream = upstream_number(w->nodes[l->to].service, w->nodes[l->from].service);
	}
}

static void drop(struct message *m)
{
	arena_destroy(&m->arena);
	*m = (struct message){0};
}

void links_close(struct world *w)
{
	for (unsigned i = 0; i < N_LINKS; i++)
		for (unsigned k = 0; k < LINK_MESSAGES; k++)
			drop(&w->links[i].messages[k]);
}

/* Back to what is committed; messages on their way are of an older session and are dropped. */
static void ask_anew(struct world *w, struct link *l)
{
	struct position at;

	engine_cursor(w->nodes[l->to].engine, l->upstream, &at);
	l->next_seq = at.seq;
	for (unsigned k = 0; k < LINK_MESSAGES; k++)
		drop(&l->messages[k]);
}

void links_forget(struct world *w, unsigned service)
{
	for (unsigned i = 0; i < N_LINKS; i++)
		if (w->links[i].to == service || w->links[i].from == service)
			ask_anew(w, &w->links[i]);
}

/* ---- reading and delivering ---- */

static void read_some(struct world *w, struct link *l)
{
	struct engine *from = w->nodes[l->from].engine;
	struct message *m = NULL;
	size_t bytes = 1 + chance_below(&w->chance, 20000);

	for (unsigned k = 0; k < LINK_MESSAGES && m == NULL; k++)
		if (l->messages[k].arena == NULL)
			m = &l->messages[k];
	if (m == NULL || l->next_seq >= engine_durable_seq(from))
		return;
	m->arena = arena_new(4096);
	ENSURE(engine_read(from, l->next_seq, bytes, m->arena, &m->batch) == 0);
	m->source = engine_head(from).at;
	m->at_us = w->now_us + (w->healed ? 0 : (int64_t)chance_below(&w->chance, 3 * US_PER_S));
	l->next_seq = m->batch.through_seq;
}

struct keys {
	const struct keyring *from;
	struct keyring *to;
};

static void hand_over(void *ctx, struct bytes subject)
{
	struct keys *keys = ctx;
	struct bytes key;

	if (keyring_get(keys->from, subject, &key))
		ENSURE(keyring_put(keys->to, subject, key) == 0);
}

/* To peers with role names a batch comes with the keys of the subjects in it. */
static void deliver_keys(struct world *w, struct link *l, const struct message *m)
{
	struct node *from = &w->nodes[l->from];
	struct keys keys = {from->caps.keyring, w->nodes[l->to].caps.keyring};
	struct message_fault fault;

	if (l->to != ISSUANCE && l->to != NOTIFICATION)
		return;
	for (uint64_t seq = m->batch.after_seq; seq < m->batch.through_seq; seq++) {
		struct record r;
		ProtobufCMessage *event;

		ENSURE(record_unpack(m->batch.records[seq - m->batch.after_seq], seq + 1, &r));
		if (r.kind >= RUNTIME_KIND)
			continue;
		event = message_unpack(from->service->event, r.payload, &EVENT_LIMITS, m->arena,
				       &fault);
		ENSURE(event != NULL);
		message_subjects(event, hand_over, &keys);
	}
}

static void deliver(struct world *w, struct link *l, struct message *m)
{
	enum upstream_verdict verdict;

	deliver_keys(w, l, m);
	verdict =
		engine_submit_upstream(w->nodes[l->to].engine, l->upstream, &m->source, &m->batch);
	ENSURE(verdict != UPSTREAM_BROKEN && verdict != UPSTREAM_STALLED);
	if (verdict == UPSTREAM_FULL)
		return;
	if (verdict == UPSTREAM_GAP && engine_idle(w->nodes[l->to].engine))
		ask_anew(w, l);
	else if (w->healed || !chance_percent(&w->chance, 5)) /* else it comes once more */
		drop(m);
}

static void deliver_some(struct world *w, struct link *l)
{
	struct message *m = &l->messages[chance_below(&w->chance, LINK_MESSAGES)];

	if (m->arena == NULL || m->at_us > w->now_us)
		return;
	if (!w->healed && chance_percent(&w->chance, 5))
		drop(m); /* lost */
	else
		deliver(w, l, m);
}

/* A follower that hears nothing for long, or whose batch failed, asks anew. */
static void notice_loss(struct world *w, struct link *l)
{
	struct position at;

	if (!engine_idle(w->nodes[l->to].engine))
		return;
	for (unsigned k = 0; k < LINK_MESSAGES; k++)
		if (l->messages[k].arena != NULL)
			return;
	engine_cursor(w->nodes[l->to].engine, l->upstream, &at);
	if (at.seq != l->next_seq)
		ask_anew(w, l);
}

void link_step(struct world *w)
{
	struct link *l = &w->links[chance_below(&w->chance, N_LINKS)];

	if (chance_percent(&w->chance, 50))
		read_some(w, l);
	for (int i = 0; i < LINK_MESSAGES; i++)
		deliver_some(w, l);
	notice_loss(w, l);
}

bool link_caught_up(struct world *w, const struct link *l)
{
	struct position at;

	engine_cursor(w->nodes[l->to].engine, l->upstream, &at);
	return at.seq == engine_durable_seq(w->nodes[l->from].engine);
}

bool links_are_quiet(struct world *w)
{
	for (unsigned i = 0; i < N_LINKS; i++)
		if (!link_caught_up(w, &w->links[i]))
			return false;
	return true;
}
