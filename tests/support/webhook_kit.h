/*
 * A webhook alone with a server that the test plays.
 *
 *	webhook_kit_open(&w, say_something, "127.0.0.0/8", true);
 *	deliver(&w, "/path", event_of(&w, "{}", ""));
 *	ck_assert_int_eq(w.got.delivery, TAKEN);
 *	came(&w);                              the request, oldest first
 *	webhook_kit_close(&w);
 */
#ifndef CAIRN_TEST_WEBHOOK_KIT_H
#define CAIRN_TEST_WEBHOOK_KIT_H

#include "proto/public.pb-c.h"
#include "services/notification/sinks/sink.h"
#include "tests/support/http_kit.h"

#define NOW_US INT64_C(1777644202123456)
#define EVENT_ID "0190f0a0-0000-7000-8000-000000000001"
#define LATER NOTIFICATION__DELIVERY__LATER
#define TAKEN NOTIFICATION__DELIVERY__TAKEN
#define GONE NOTIFICATION__DELIVERY__GONE
#define REFUSED NOTIFICATION__DELIVERY__DELIVERY_REFUSED
#define UNSETTLED NOTIFICATION__DELIVERY__UNSETTLED

struct webhook_play {
	struct arena *arena;
	struct http_server server;
	struct http *http;
	struct sink_kind *kind;

	Notification__Sink sink;
	Notification__SinkPrivate private;
	struct sink_target target; /* of sink and private, with one secret */
	char url[200];

	unsigned n_got;
	struct sink_finish got; /* the last; its answer's texts are these */
	struct sink_answer got_answer;
	char got_reference[210], got_because[210];

	char request[HTTP_REQUEST_MAX]; /* that came() has read */
};

void webhook_kit_open(struct webhook_play *w, http_serve_fn *serve, const char *networks,
		      bool plain);
void webhook_kit_close(struct webhook_play *w);

/* With one attribute, traceparent. */
Cairn__CloudEvent *event_of(struct webhook_play *w, const char *data, const char *trace);
/* event: NULL to introduce. */
struct sink_dispatch dispatch_of(struct webhook_play *w, const Cairn__CloudEvent *event);
/* Until nothing is on its way any more. */
void webhook_run(struct webhook_play *w);
void deliver(struct webhook_play *w, const char *path, const Cairn__CloudEvent *event);

/* The oldest request that was not read yet. */
const char *came(struct webhook_play *w);
/* The value of a header of request, in the arena. */
const char *header(struct webhook_play *w, const char *name);

#endif
