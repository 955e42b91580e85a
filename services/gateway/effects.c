/*
 * The gateway's outside: the HTTP server and what it stands on, in the daemon's loop.
 *
 * Each turn sees the accounts as they are committed; what a request changes in them is a command of
 * the gateway's own, and its reply comes back like that of any other service.
 */
#include "libshared/clock.h"
#include "libshared/decision.h"
#include "libshared/erasure.h"
#include "libshared/log.h"
#include "services/gateway/gateway.h"
#include "services/gateway/signin/sessions.h"
#include "services/gateway/tables.h"
#include "services/gateway/web/certificate.h"
#include "services/gateway/web/own.h"
#include "services/gateway/web/server.h"
#include "services/gateway/web/start.h"
#include "services/gateway/web/workers.h"

#include <stdio.h>
#include <stdlib.h>

#define SWEEP_US (60 * US_PER_S)

struct outside {
	struct web web;
	struct server *server;
	int64_t swept_us;
	int64_t certificate_us; /* the end of the one that is served; 0: none is */
};

/* ---- the loop ---- */

static unsigned outside_items(struct outside *o, zmq_pollitem_t items[OUTSIDE_ITEMS])
{
	unsigned n = server_items(o->server, items, OUTSIDE_ITEMS);

	n += workers_items(o->web.workers, items + n, OUTSIDE_ITEMS - n);
	for (size_t i = 0; i < n_web_parts; i++)
		if (web_parts[i]->items != NULL)
			n += web_parts[i]->items(&o->web, items + n, OUTSIDE_ITEMS - n);
	return n;
}

static int64_t outside_next_us(const struct outside *o)
{
	int64_t next_us = server_next_us(o->server), work_us = workers_next_us(o->web.workers);

	if (work_us != INT64_MAX)
		next_us = MIN(next_us, work_us - o->web.mono_us + o->web.now_us);
	for (size_t i = 0; i < n_web_parts; i++)
		if (web_parts[i]->next_us != NULL)
			next_us = MIN(next_us, web_parts[i]->next_us(&o->web));
	return next_us;
}

/* The login and the password's hash of a closed account go with its key. */
static const ProtobufCMessage *note_of(struct bytes account, struct arena *arena)
{
	Gateway__Command *command = arena_alloc(arena, sizeof *command);
	Gateway__NoteKeyDestroyed *note = arena_alloc(arena, sizeof *note);

	gateway__command__init(command);
	gateway__note_key_destroyed__init(note);
	note->account = pb_of_bytes(arena_copy(arena, account));
	command->body_case = GATEWAY__COMMAND__BODY_NOTE_KEY_DESTROYED;
	command->note_key_destroyed = note;
	return &command->base;
}

static void outside_turn(struct outside *o, struct engine *e, int64_t now_us)
{
	o->web.now_us = now_us;
	o->web.mono_us = clock_mono_us();
	o->web.view = engine_view_begin(e);
	server_turn(o->server, e);
	o->web.view = NULL;
	engine_view_end(e);
	erase_subjects(e, o->web.caps->keyring, TO_FORGET, note_of, now_us);
	if (now_us - o->swept_us >= SWEEP_US) {
		o->swept_us = now_us;
		sessions_sweep(o->web.sessions, now_us);
	}
}

static void outside_replied(struct outside *o, const struct reply *reply)
{
	server_replied(o->server,
		       &(struct own_reply){.token = reply->token,
					   .status = reply->status,
					   .id = reply->id,
					   .reason = reply->reason,
					   .retry_ms = reply->retry_ms,
					   .text = reply->text != NULL ? reply->text : "",
					   .body = reply->answer});
}

/* ---- start and end ---- */

static void outside_close(struct outside **o)
{
	if (*o == NULL)
		return;
	server_close(&(*o)->server);
	for (size_t i = n_web_parts; i > 0; i--)
		if (web_parts[i - 1]->close != NULL)
			web_parts[i - 1]->close(&(*o)->web);

	workers_close(&(*o)->web.workers);
	sessions_close(&(*o)->web.sessions);
	pages_close(&(*o)->web);
	free(*o);
	*o = NULL;
}

static int open_all(struct outside *o, const struct outside_setup *setup)
{
	const struct gateway_config *c = setup->config;
	char dir[600];

	/* First of all: children keep nothing of what comes after. */
	o->web.workers = workers_open((unsigned)c->workers);
	if (o->web.workers == NULL || pages_open(&o->web) != 0)
		return -1;
	snprintf(dir, sizeof dir, "%s/sessions", setup->dir);
	o->web.sessions = sessions_open(
		dir, (struct session_times){.idle_us = (int64_t)c->session_idle_ms * US_PER_MS,
					    .most_us = (int64_t)c->session_ms * US_PER_MS});
	if (o->web.sessions == NULL)
		return -1;
	for (size_t i = 0; i < n_web_parts; i++)
		if (web_parts[i]->open != NULL && web_parts[i]->open(&o->web) != 0)
			return -1;
	o->server = server_open(&o->web, setup->peers);
	return o->server != NULL ? 0 : -1;
}

static struct outside *outside_open(const struct outside_setup *setup)
{
	struct outside *o = calloc(1, sizeof *o);

	ENSURE(o != NULL);
	o->web = (struct web){.config = setup->config,
			      .caps = setup->caps,
			      .dir = setup->dir,
			      .keys_dir = setup->keys_dir,
			      .now_us = clock_wall_us(),
			      .mono_us = clock_mono_us()};
	o->certificate_us = certificate_end_us(o->web.config->tls_certificate_file);
	if (open_all(o, setup) != 0)
		outside_close(&o);
	return o;
}

/* ---- metrics ---- */

static const char *const hundreds[] = {"1xx", "2xx", "3xx", "4xx", "5xx"};

enum { REPLIES, GUARDED, IN_HAND, TOKENS_ENDING, CERTIFICATE_ENDS };
static const struct metric metrics_table[] = {
	[REPLIES] = {"http_replies_total",
		     METRIC_COUNTER,
		     "Replies to HTTP requests, by the hundred of their status.",
		     {{"status", hundreds, ARRAY_LEN(hundreds)}}},
	[GUARDED] = {"http_refused_total",
		     METRIC_COUNTER,
		     "Requests refused because they could be read in two ways.",
		     {{0}}},
	[IN_HAND] = {"http_requests_in_hand", METRIC_GAUGE, "Requests not answered yet.", {{0}}},
	[TOKENS_ENDING] = {"tokens_ending",
			   METRIC_GAUGE,
			   "API tokens that hold and end within two weeks.",
			   {{0}}},
	[CERTIFICATE_ENDS] = {"certificate_ends_timestamp_seconds",
			      METRIC_GAUGE,
			      "When the TLS certificate that is served ends; 0: none is.",
			      {{0}}},
};

#define ENDING_US (14 * US_PER_DAY)
#define LOOKED_AT 2000

static unsigned tokens_ending(const struct view *view, int64_t now_us)
{
	AUTO(arena_destroy) struct arena *arena = arena_new(4096);
	struct scan scan = scan_first(view, TOKEN, BYTES_NONE, BYTES_NONE);
	struct bytes key, val;
	unsigned n = 0;

	for (unsigned i = 0; i < LOOKED_AT && scan_next(&scan, &key, &val); i++) {
		struct token_state state;
		const Gateway__TokenMade *token = token_get(view, key, &state, arena);

		n += token != NULL && token_holds(token, &state, now_us) &&
		     !token_holds(token, &state, now_us + ENDING_US);
		arena_reset(arena);
	}
	scan_end(&scan);
	return n;
}

static void outside_measure(const struct outside *o, struct engine *e, struct metrics *m,
			    unsigned base)
{
	struct server_counts counts = server_counts(o->server);

	metrics_set(m, base + TOKENS_ENDING, 0, tokens_ending(engine_view_begin(e), o->web.now_us));
	engine_view_end(e);
	metrics_set(m, base + CERTIFICATE_ENDS, 0, o->certificate_us / US_PER_S);
	for (unsigned i = 0; i < ARRAY_LEN(hundreds); i++)
		metrics_set(m, base + REPLIES, metric_at(m, base + REPLIES, i, 0),
			    (int64_t)counts.replied[i + 1]);
	metrics_set(m, base + GUARDED, 0, (int64_t)counts.refused);
	metrics_set(m, base + IN_HAND, 0, (int64_t)counts.in_hand);
}

const struct outside_ops gateway_outside = {
	.open = outside_open,
	.close = outside_close,
	.items = outside_items,
	.next_us = outside_next_us,
	.turn = outside_turn,
	.replied = outside_replied,
	.metrics = metrics_table,
	.n_metrics = ARRAY_LEN(metrics_table),
	.measure = outside_measure,
};
