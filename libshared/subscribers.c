/* Named subscribers: their backlog, their contact, what speaks against them; and their metrics. */
#include "libshared/subscribers.h"

#include "libshared/feed_public.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- status ---- */

/* Before the first dot of a subscriber's name stands its peer's. */
static void peer_name_of(const char *subscriber, char name_r[PEER_NAME_MAX + 1])
{
	size_t len = MIN(strcspn(subscriber, "."), (size_t)PEER_NAME_MAX);

	memcpy(name_r, subscriber, len);
	name_r[len] = '\0';
}

static const struct public_stream *public_named(const struct subscribers *s, const char *stream)
{
	const struct public_stream *p = engine_service(s->engine)->public_stream;

	return p != NULL && strcmp(p->stream, stream) == 0 ? p : NULL;
}

static void set_backlog(const struct subscribers *s, Cairn__SubscriberStatus *sub)
{
	const struct public_stream *p = public_named(s, sub->stream);
	uint64_t head = engine_durable_seq(s->engine);
	struct public_backlog backlog;
	struct record r;

	if (p != NULL) {
		backlog = public_backlog(s->engine, p, sub->scope, sub->acked_seq);
		sub->lag = backlog.n;
		sub->oldest_us = backlog.oldest_us;
		return;
	}
	if (sub->acked_seq >= head)
		return;
	sub->lag = head - sub->acked_seq;
	if (eventlog_get(engine_view_begin(s->engine), sub->acked_seq + 1, &r))
		sub->oldest_us = r.at_us;
	engine_view_end(s->engine);
}

static void set_contact(const struct subscribers *s, Cairn__SubscriberStatus *sub)
{
	struct feed_place place;

	sub->connected = feed_find(s->feed, sub->stream, sub->name, &place);
	if (!sub->connected)
		return;
	if (place.acked_seq > sub->acked_seq)
		sub->acked_us = s->now.wall_us;
	sub->acked_seq = place.acked_seq;
	sub->seen_us = s->now.wall_us - (s->now.mono_us - place.heard_us);
}

static void set_failing(Cairn__SubscriberStatus *sub, const char *why, int64_t since_us,
			struct arena *arena)
{
	sub->failing = arena_text(arena, bytes_of_text(why));
	sub->failing_us = since_us;
}

/* Away is whoever was here and is not; a refusal says more. */
static void judge_contact(const struct subscribers *s, Cairn__SubscriberStatus *sub,
			  struct arena *arena)
{
	char name[PEER_NAME_MAX + 1];
	const struct peer *peer;

	peer_name_of(sub->name, name);
	peer = peer_by_name(s->peers, name);
	if (peer == NULL)
		set_failing(sub, "no such peer", sub->seen_us, arena);
	else if (!sub->connected)
		set_failing(sub, "away", sub->seen_us, arena);
	if (peer != NULL)
		sub->scope = arena_text(arena, bytes_of_text(peer->scope));
}

static const char *const refusals[] = {
	[CAIRN__REFUSED_CODE__REFUSED_FORBIDDEN] = "forbidden",
	[CAIRN__REFUSED_CODE__REFUSED_TRUNCATED] = "truncated",
	[CAIRN__REFUSED_CODE__REFUSED_DIVERGED] = "diverged",
	[CAIRN__REFUSED_CODE__REFUSED_AHEAD] = "ahead",
	[CAIRN__REFUSED_CODE__REFUSED_UNSUPPORTED] = "unsupported",
	[CAIRN__REFUSED_CODE__REFUSED_BUSY] = "busy",
};

static Cairn__SubscriberStatus *find(const Cairn__RuntimeStatus *status,
				     const struct turned_away *a)
{
	for (size_t i = 0; i < status->n_subscribers; i++)
		if (strcmp(status->subscribers[i]->name, a->name) == 0 &&
		    strcmp(status->subscribers[i]->stream, a->stream) == 0)
			return status->subscribers[i];
	return NULL;
}

static Cairn__SubscriberStatus *add(Cairn__RuntimeStatus *status, const struct turned_away *a,
				    struct arena *arena)
{
	Cairn__SubscriberStatus *sub = arena_alloc(arena, sizeof *sub);

	cairn__subscriber_status__init(sub);
	sub->stream = arena_text(arena, bytes_of_text(a->stream));
	sub->name = arena_text(arena, bytes_of_text(a->name));
	sub->seen_us = a->last_us;
	status->subscribers[status->n_subscribers++] = sub;
	return sub;
}

static void make_room(Cairn__RuntimeStatus *status, struct arena *arena)
{
	size_t n = status->n_subscribers;
	Cairn__SubscriberStatus **rows = arena_alloc(arena, (n + FEED_TURNED_AWAY) * sizeof *rows);

	if (n > 0)
		memcpy(rows, status->subscribers, n * sizeof *rows);
	status->subscribers = rows;
}

void subscribers_fill(const struct subscribers *s, Cairn__RuntimeStatus *status,
		      struct arena *arena)
{
	const struct turned_away *a;

	make_room(status, arena);
	for (size_t i = 0; (a = feed_turned_away(s->feed, i)) != NULL; i++)
		if (a->name[0] != '\0' && find(status, a) == NULL)
			add(status, a, arena);
	for (size_t i = 0; i < status->n_subscribers; i++) {
		set_contact(s, status->subscribers[i]);
		judge_contact(s, status->subscribers[i], arena);
		set_backlog(s, status->subscribers[i]);
	}
	for (size_t i = 0; (a = feed_turned_away(s->feed, i)) != NULL; i++)
		if (a->name[0] != '\0' && a->code < ARRAY_LEN(refusals))
			set_failing(find(status, a), refusals[a->code], a->since_us, arena);
}

/* ---- metrics ---- */

#define N_SLOTS (SUBSCRIBER_PEERS + 1)

enum { LAG, OLDEST, CONNECTED, TURNED_AWAY, N_SERIES };

static const char *const stream_kinds[] = {"log", "public"};

struct subscriber_series {
	struct metrics *metrics;
	unsigned base;
	struct metric table[N_SERIES];
	char names[N_SLOTS][PEER_NAME_MAX + 1];
	const char *values[N_SLOTS];
	unsigned n_names;
};

struct subscriber_series *subscriber_series_new(struct metrics *m)
{
	struct subscriber_series *s = calloc(1, sizeof *s);
	struct metric_label stream = {"stream", stream_kinds, ARRAY_LEN(stream_kinds)};

	ENSURE(s != NULL);
	for (unsigned i = 0; i < N_SLOTS; i++)
		s->values[i] = s->names[i];
	s->table[LAG] = (struct metric){
		"subscriber_lag", METRIC_GAUGE, "Events not yet acknowledged.", {stream}};
	s->table[OLDEST] = (struct metric){"subscriber_oldest_seconds",
					   METRIC_GAUGE_US,
					   "Age of the oldest event not yet acknowledged.",
					   {stream}};
	s->table[CONNECTED] = (struct metric){
		"subscriber_connected", METRIC_GAUGE, "1: all of its names are.", {stream}};
	s->table[TURNED_AWAY] = (struct metric){"subscriber_turned_away",
						METRIC_GAUGE,
						"1: it asks, and may not or cannot go on.",
						{stream}};
	for (unsigned i = 0; i < N_SERIES; i++)
		s->table[i].labels[1] = (struct metric_label){"peer", s->values, N_SLOTS};
	s->metrics = m;
	s->base = metrics_add_table(m, s->table, N_SERIES);
	return s;
}

void subscriber_series_destroy(struct subscriber_series **s)
{
	free(*s);
	*s = NULL;
}

static unsigned slot_of(struct subscriber_series *s, const char *subscriber)
{
	char name[PEER_NAME_MAX + 1];

	peer_name_of(subscriber, name);
	for (unsigned i = 0; i < s->n_names; i++)
		if (strcmp(s->names[i], name) == 0)
			return i;
	if (s->n_names == SUBSCRIBER_PEERS)
		return SUBSCRIBER_PEERS;
	memcpy(s->names[s->n_names], name, sizeof name);
	return s->n_names++;
}

static bool is_turned_away(const Cairn__SubscriberStatus *sub)
{
	return sub->failing[0] != '\0' && strcmp(sub->failing, "away") != 0;
}

struct worst {
	bool used, away, turned_away;
	uint64_t lag;
	int64_t age_us;
};

static void set_worst(struct subscriber_series *s, unsigned stream, unsigned slot,
		      const struct worst *w)
{
	unsigned at = metric_at(s->metrics, s->base, stream, slot);

	metrics_set(s->metrics, s->base + LAG, at, (int64_t)w->lag);
	metrics_set(s->metrics, s->base + OLDEST, at, w->age_us);
	metrics_set(s->metrics, s->base + CONNECTED, at, !w->away);
	metrics_set(s->metrics, s->base + TURNED_AWAY, at, w->turned_away);
}

void subscriber_series_set(struct subscriber_series *s, const Cairn__RuntimeStatus *status,
			   int64_t now_us)
{
	struct worst all[ARRAY_LEN(stream_kinds)][N_SLOTS] = {0};

	s->n_names = 0;
	snprintf(s->names[SUBSCRIBER_PEERS], sizeof s->names[0], "others");
	for (unsigned i = 0; i < N_SERIES; i++)
		metrics_clear(s->metrics, s->base + i);
	for (size_t i = 0; i < status->n_subscribers; i++) {
		const Cairn__SubscriberStatus *sub = status->subscribers[i];
		struct worst *w =
			&all[strstr(sub->stream, ".public") != NULL][slot_of(s, sub->name)];

		w->used = true;
		w->away = w->away || !sub->connected;
		w->turned_away = w->turned_away || is_turned_away(sub);
		w->lag = MAX(w->lag, sub->lag);
		if (sub->oldest_us != 0)
			w->age_us = MAX(w->age_us, now_us - sub->oldest_us);
	}
	for (unsigned i = 0; i < ARRAY_LEN(stream_kinds); i++)
		for (unsigned j = 0; j < N_SLOTS; j++)
			if (all[i][j].used)
				set_worst(s, i, j, &all[i][j]);
}
