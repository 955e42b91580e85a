/* Redis Streams: XADD, and XREAD from each reader's place. */
#include "tests/bench/stream.h"
#include "tests/bench/wire.h"

#include "libshared/clock.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- replies ---- */

/* "$5" and its bytes, "*2": the number; false: not here yet. *at moves. */
static bool number_at(const struct wire *w, size_t *at, char sign, size_t *number_r)
{
	const char *from = w->in + *at;
	const char *end = *at < w->in_len ? memchr(from, '\n', w->in_len - *at) : NULL;

	if (end == NULL)
		return false;
	if (from[0] != sign)
		fprintf(stderr, "redis: %.*s\n", (int)(end - from), from);
	ENSURE(from[0] == sign);
	*number_r = strtoul(from + 1, NULL, 10);
	*at += (size_t)(end - from) + 1;
	return true;
}

static bool bulk_at(const struct wire *w, size_t *at, struct bytes *bytes_r)
{
	size_t len;

	if (!number_at(w, at, '$', &len) || w->in_len < *at + len + 2)
		return false;
	*bytes_r = (struct bytes){(const uint8_t *)w->in + *at, len};
	*at += len + 2;
	return true;
}

/* ---- writing ---- */

static void add(struct wire *w, const struct stream_run *run)
{
	char head[200];
	char *payload = malloc(run->payload + 2);
	int len = snprintf(head, sizeof head,
			   "*5\r\n$4\r\nXADD\r\n$%zu\r\n%s\r\n$1\r\n*\r\n$1\r\nd\r\n$%zu\r\n",
			   strlen(run->name), run->name, run->payload);

	ENSURE(payload != NULL && len > 0 && len < (int)sizeof head);
	memset(payload, 'x', run->payload);
	memcpy(payload + run->payload, "\r\n", 2);
	wire_send(w, head, (size_t)len);
	wire_send(w, payload, run->payload + 2);
	free(payload);
}

/* Each answer is the id. */
static size_t take_answers(struct wire *w)
{
	size_t n = 0, at = w->in_at;
	struct bytes id;

	for (; bulk_at(w, &at, &id); n++)
		w->in_at = at;
	return n;
}

static void write_all(struct stream_run *run, struct wire *w, int64_t began_us)
{
	size_t sent = 0, acknowledged = 0;

	while (acknowledged < run->n) {
		struct pollfd item = {.fd = w->fd};

		for (size_t due = stream_due(run, sent, acknowledged, began_us); due > 0; due--) {
			stream_sent(run, sent++);
			add(w, run);
		}
		item.events = wire_wants(w);
		ENSURE(poll(&item, 1, run->rate > 0 ? 1 : 1000) >= 0 || errno == EINTR);
		wire_turn(w);
		acknowledged += take_answers(w);
	}
}

static void redis_write(struct stream_run *run, struct crew_member *m)
{
	const struct stream_server *server = run->ctx;
	SSL_CTX *context = wire_context(server->dir);
	struct wire w;

	wire_open(&w, context, server->port, NULL);
	crew_ready(m);
	write_all(run, &w, m->began_us);
	wire_close(&w);
	SSL_CTX_free(context);
}

void redis_fill(struct stream_run *run)
{
	const struct stream_server *server = run->ctx;
	SSL_CTX *context = wire_context(server->dir);
	struct wire w;

	wire_open(&w, context, server->port, NULL);
	run->sent_us = crew_share(run->n * sizeof *run->sent_us);
	write_all(run, &w, 0);
	crew_unshare(run->sent_us, run->n * sizeof *run->sent_us);
	wire_close(&w);
	SSL_CTX_free(context);
}

/* ---- reading ---- */

struct reader {
	struct wire w;
	char last[64];  /* id */
	size_t entries; /* of this answer that are still to come */
	bool asked;
};

static void ask(struct reader *r, const struct stream_run *run)
{
	char text[300];
	int len =
		snprintf(text, sizeof text,
			 "*8\r\n$5\r\nXREAD\r\n$5\r\nCOUNT\r\n$4\r\n1000\r\n$5\r\nBLOCK\r\n$1\r\n0"
			 "\r\n$7\r\nSTREAMS\r\n$%zu\r\n%s\r\n$%zu\r\n%s\r\n",
			 strlen(run->name), run->name, strlen(r->last), r->last);

	ENSURE(len > 0 && len < (int)sizeof text);
	wire_send(&r->w, text, (size_t)len);
	r->asked = true;
}

static bool take_head(struct reader *r)
{
	size_t at = r->w.in_at, one, two, n;
	struct bytes name;

	if (!number_at(&r->w, &at, '*', &one) || !number_at(&r->w, &at, '*', &two) ||
	    !bulk_at(&r->w, &at, &name) || !number_at(&r->w, &at, '*', &n))
		return false;
	r->entries = n;
	r->w.in_at = at;
	return true;
}

static bool take_entry(struct reader *r, struct bytes *value_r)
{
	size_t at = r->w.in_at, two, fields;
	struct bytes id, name;

	if (!number_at(&r->w, &at, '*', &two) || !bulk_at(&r->w, &at, &id) ||
	    !number_at(&r->w, &at, '*', &fields) || !bulk_at(&r->w, &at, &name) ||
	    !bulk_at(&r->w, &at, value_r))
		return false;
	snprintf(r->last, sizeof r->last, "%.*s", (int)id.len, (const char *)id.data);
	r->entries--;
	r->w.in_at = at;
	return true;
}

static void take_events(struct reader *r, struct stream_run *run, unsigned number)
{
	struct bytes value;

	for (;;) {
		if (r->entries == 0 && !take_head(r))
			return;
		while (r->entries > 0) {
			if (!take_entry(r, &value))
				return;
			stream_arrived(run, number, value.len);
		}
		if (run->arrived[number] < run->n)
			ask(r, run);
	}
}

static void redis_read(struct stream_run *run, struct crew_member *m, unsigned first, unsigned n)
{
	const struct stream_server *server = run->ctx;
	SSL_CTX *context = wire_context(server->dir);
	struct reader *readers = calloc(n, sizeof *readers);
	struct pollfd items[STREAM_READERS_MAX];

	ENSURE(readers != NULL);
	for (unsigned i = 0; i < n; i++) {
		wire_open(&readers[i].w, context, server->port, NULL);
		snprintf(readers[i].last, sizeof readers[i].last, "0");
	}
	crew_ready(m);
	for (unsigned i = 0; i < n; i++)
		ask(&readers[i], run);
	while (!stream_is_read(run, first, n)) {
		for (unsigned i = 0; i < n; i++)
			items[i] = (struct pollfd){readers[i].w.fd, wire_wants(&readers[i].w), 0};
		ENSURE(poll(items, n, 1000) >= 0 || errno == EINTR);
		for (unsigned i = 0; i < n; i++) {
			if (items[i].revents == 0)
				continue;
			wire_turn(&readers[i].w);
			take_events(&readers[i], run, first + i);
		}
	}
	m->ended_us = clock_mono_us();
	for (unsigned i = 0; i < n; i++)
		wire_close(&readers[i].w);
	free(readers);
	SSL_CTX_free(context);
}

const struct stream_ops redis_stream = {"Redis Streams", redis_write, redis_read};
