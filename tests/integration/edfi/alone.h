/*
 * An Ed-Fi sink alone with an API that is played.
 *
 *	alone_open(&a);                once: the API runs
 *	alone_set_up(&a);              each test: a sink
 *	start_api(&a, "{}");           the API as it was at the start, with these settings
 *	taken(&a, "credential.issued", &(struct award){.n = 1});
 *	alone_tear_down(&a);
 *	alone_close(&a);
 */
#ifndef CAIRN_INTEGRATION_EDFI_ALONE_H
#define CAIRN_INTEGRATION_EDFI_ALONE_H

#include "services/notification/sinks/sink.h"
#include "tests/integration/edfi/api.h"
#include "tests/support/edfi_kit.h"

#define ALONE_NOW_US INT64_C(1788307200000000)
#define UNSETTLED NOTIFICATION__DELIVERY__UNSETTLED
#define LATER NOTIFICATION__DELIVERY__LATER
#define REFUSED NOTIFICATION__DELIVERY__DELIVERY_REFUSED

struct alone {
	struct arena *arena;
	struct place place;
	struct api api;
	struct http *http; /* the sink's */
	struct sink_kind *kind;
	Notification__Sink *sink;
	Notification__SinkPrivate secret;
};

void alone_open(struct alone *a);
void alone_close(struct alone *a);
void alone_set_up(struct alone *a);
void alone_tear_down(struct alone *a);
/* Another connection of the sink: it waits so long for an answer. */
void alone_wait_for(struct alone *a, uint64_t timeout_ms);

/* One serves all tests, as it was at the start and with these settings. */
void start_api(struct alone *a, const char *settings);
/* As after a start of both. */
void begin_anew(struct alone *a);
void speak_5_2(struct alone *a);
/* A member of the n-th row, in the arena. */
const char *text_of(struct alone *a, const char *resource, size_t n, const char *member);

/* An event on its way, and what became of it. */
struct outcome {
	bool done;
	struct sink_finish finish;
};
void begin(struct alone *a, const char *type, const struct award *award, struct outcome *o);
void edfi_await(struct alone *a, struct outcome *o);
struct sink_finish edfi_deliver(struct alone *a, const char *type, const struct award *award);
struct sink_finish introduce(struct alone *a);

/* What must be so. */
void taken(struct alone *a, const char *type, const struct award *award);
void ends(struct sink_finish f, Notification__Delivery delivery, const char *why);

#endif
