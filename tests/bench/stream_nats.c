/* NATS JetStream by its text protocol: a stream in files, and a push consumer for each reader. */
#include "tests/bench/stream.h"
#include "tests/bench/wire.h"

#include "libshared/clock.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define EVENTS_SID 2

static void say(struct wire *w, const char *text)
{
	wire_send(w, text, strlen(text));
}

static void publish(struct wire *w, const char *subject, const char *reply, struct bytes payload)
{
	char head[200];
	int len = snprintf(head, sizeof head, "PUB %s %s %zu\r\n", subject, reply, payload.len);

	ENSURE(len > 0 && len < (int)sizeof head);
	wire_send(w, head, (size_t)len);
	wire_send(w, payload.data, payload.len);
	say(w, "\r\n");
}

static void wait_for(struct wire *w, int ms)
{
	struct pollfd item = {w->fd, wire_wants(w), 0};

	ENSURE(poll(&item, 1, ms) >= 0 || errno == EINTR);
	wire_turn(w);
}

/* "MSG subject sid [reply] bytes" and its payload. False: it has not come whole. Pings are answered
 * on the way. */
struct message {
	unsigned sid;
	struct bytes payload;
};

static bool take_text(struct wire *w, struct message *m_r, bool *is_message_r)
{
	const char *from = w->in + w->in_at, *space = from;
	const char *end = w->in_len > w->in_at ? memchr(from, '\n', w->in_len - w->in_at) : NULL;
	size_t len, at;

	if (end == NULL)
		return false;
	*is_message_r = strncmp(from, "MSG ", 4) == 0;
	at = w->in_at + (size_t)(end - from) + 1;
	if (!*is_message_r) {
		if (strncmp(from, "PING", 4) == 0)
			say(w, "PONG\r\n");
		if (strncmp(from, "-ERR", 4) == 0)
			fprintf(stderr, "nats: %.*s\n", (int)(end - from), from);
		ENSURE(strncmp(from, "-ERR", 4) != 0);
		w->in_at = at;
		return true;
	}
	for (const char *c = from; c < end; c++)
		if (*c == ' ')
			space = c;
	len = strtoul(space + 1, NULL, 10);
	if (w->in_len < at + len + 2)
		return false;
	m_r->sid = (unsigned)strtoul(strchr(from + 4, ' ') + 1, NULL, 10);
	m_r->payload = (struct bytes){(const uint8_t *)w->in + at, len};
	w->in_at = at + len + 2;
	return true;
}

static bool take_message(struct wire *w, struct message *m_r)
{
	bool is_message;

	while (take_text(w, m_r, &is_message))
		if (is_message)
			return true;
	return false;
}

static void must_be_ok(struct bytes answer)
{
	bool is_error = memmem(answer.data, answer.len, "\"error\"", 7) != NULL;

	if (is_error)
		fprintf(stderr, "nats: %.*s\n", (int)answer.len, (const char *)answer.data);
	ENSURE(!is_error);
}

/* Answers come to a subject of one's own. */
static struct subject {
	char s[64];
} answers_of(const struct wire *w)
{
	struct subject subject;

	snprintf(subject.s, sizeof subject.s, "_answers.%d.%d", (int)getpid(), w->fd);
	return subject;
}

static void open_wire(struct wire *w, SSL_CTX *context, const struct stream_server *server)
{
	wire_open(w, context, server->port, "\r\n"); /* INFO */
	say(w, "CONNECT {\"verbose\":false,\"pedantic\":false,\"tls_required\":true,"
	       "\"lang\":\"c\",\"version\":\"1\"}\r\nSUB ");
	say(w, answers_of(w).s);
	say(w, " 1\r\n");
}

/* Asks the server, and waits for its answer. */
static void request(struct wire *w, const char *subject, const char *json)
{
	struct message m;

	publish(w, subject, answers_of(w).s, bytes_of_text(json));
	while (!take_message(w, &m))
		wait_for(w, 1000);
	must_be_ok(m.payload);
}

/* ---- writing ---- */

static void write_all(struct stream_run *run, struct wire *w, int64_t began_us)
{
	struct subject answers = answers_of(w);
	struct bytes payload = {memset(malloc(run->payload), 'x', run->payload), run->payload};
	size_t sent = 0, acknowledged = 0;
	struct message m;

	while (acknowledged < run->n) {
		for (size_t due = stream_due(run, sent, acknowledged, began_us); due > 0; due--) {
			stream_sent(run, sent++);
			publish(w, run->name, answers.s, payload);
		}
		wait_for(w, run->rate > 0 ? 1 : 1000);
		for (; take_message(w, &m); acknowledged++)
			must_be_ok(m.payload);
	}
	free((void *)(uintptr_t)payload.data);
}

static void nats_write(struct stream_run *run, struct crew_member *m)
{
	const struct stream_server *server = run->ctx;
	SSL_CTX *context = wire_context(server->dir);
	struct wire w;

	open_wire(&w, context, server);
	crew_ready(m);
	write_all(run, &w, m->began_us);
	wire_close(&w);
	SSL_CTX_free(context);
}

/* ---- reading ---- */

static void make_stream(struct wire *w, const char *name)
{
	char subject[100], json[300];

	snprintf(subject, sizeof subject, "$JS.API.STREAM.CREATE.%s", name);
	snprintf(json, sizeof json,
		 "{\"name\":\"%s\",\"subjects\":[\"%s\"],\"retention\":\"limits\",\"storage\":"
		 "\"file\",\"num_replicas\":1,\"discard\":\"old\",\"max_msgs\":-1,\"max_bytes\":-1,"
		 "\"max_age\":0,\"max_consumers\":-1,\"max_msg_size\":-1}",
		 name, name);
	request(w, subject, json);
}

void nats_make(struct stream_run *run)
{
	const struct stream_server *server = run->ctx;
	SSL_CTX *context = wire_context(server->dir);
	struct wire w;

	open_wire(&w, context, server);
	make_stream(&w, run->name);
	wire_close(&w);
	SSL_CTX_free(context);
}

void nats_fill(struct stream_run *run)
{
	const struct stream_server *server = run->ctx;
	SSL_CTX *context = wire_context(server->dir);
	struct wire w;

	open_wire(&w, context, server);
	make_stream(&w, run->name);
	run->sent_us = crew_share(run->n * sizeof *run->sent_us);
	write_all(run, &w, 0);
	crew_unshare(run->sent_us, run->n * sizeof *run->sent_us);
	wire_close(&w);
	SSL_CTX_free(context);
}

/* From the first event on, as fast as it goes, nothing acknowledged. */
static void consume(struct wire *w, const struct stream_run *run, unsigned number)
{
	char subject[100], json[300], text[100];

	snprintf(text, sizeof text, "SUB events.%s.%u %d\r\n", run->name, number, EVENTS_SID);
	say(w, text);
	snprintf(subject, sizeof subject, "$JS.API.CONSUMER.CREATE.%s", run->name);
	snprintf(json, sizeof json,
		 "{\"stream_name\":\"%s\",\"config\":{\"deliver_subject\":\"events.%s.%u\","
		 "\"deliver_policy\":\"all\",\"ack_policy\":\"none\",\"replay_policy\":\"instant\"}"
		 "}",
		 run->name, run->name, number);
	publish(w, subject, answers_of(w).s, bytes_of_text(json));
}

static void take_events(struct wire *w, struct stream_run *run, unsigned number)
{
	struct message m;

	while (take_message(w, &m))
		if (m.sid == EVENTS_SID)
			stream_arrived(run, number, m.payload.len);
		else
			must_be_ok(m.payload);
}

static void nats_read(struct stream_run *run, struct crew_member *m, unsigned first, unsigned n)
{
	const struct stream_server *server = run->ctx;
	SSL_CTX *context = wire_context(server->dir);
	struct wire *wires = calloc(n, sizeof *wires);
	struct pollfd items[STREAM_READERS_MAX];

	ENSURE(wires != NULL);
	for (unsigned i = 0; i < n; i++)
		open_wire(&wires[i], context, server);
	crew_ready(m);
	for (unsigned i = 0; i < n; i++)
		consume(&wires[i], run, first + i);
	while (!stream_is_read(run, first, n)) {
		for (unsigned i = 0; i < n; i++)
			items[i] = (struct pollfd){wires[i].fd, wire_wants(&wires[i]), 0};
		ENSURE(poll(items, n, 1000) >= 0 || errno == EINTR);
		for (unsigned i = 0; i < n; i++) {
			if (items[i].revents == 0)
				continue;
			wire_turn(&wires[i]);
			take_events(&wires[i], run, first + i);
		}
	}
	m->ended_us = clock_mono_us();
	for (unsigned i = 0; i < n; i++)
		wire_close(&wires[i]);
	free(wires);
	SSL_CTX_free(context);
}

const struct stream_ops nats_stream = {"NATS JetStream", nats_write, nats_read};
