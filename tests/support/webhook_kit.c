/* A webhook, and a server that answers it as the test wants. */
#include "tests/support/webhook_kit.h"

#include "libshared/clock.h"
#include "services/notification/sinks/sink_secret.h"
#include "tests/support/suite.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>

static uint8_t sink_id[ID_LEN] = {1, 2, 3};

static void on_finish(void *ctx, const struct sink_finish *finish)
{
	struct webhook_play *w = ctx;

	w->n_got++;
	w->got = *finish;
	w->got_answer = finish->answer;
	snprintf(w->got_reference, sizeof w->got_reference, "%s",
		 finish->answer.given ? finish->answer.reference : "");
	snprintf(w->got_because, sizeof w->got_because, "%s",
		 finish->answer.given ? finish->answer.because : "");
}

void webhook_kit_open(struct webhook_play *w, http_serve_fn *serve, const char *networks,
		      bool plain)
{
	struct http_options options = {networks, "", plain, 5000, 4};

	w->arena = arena_new(4096);
	http_server_start(&w->server, serve);
	w->http = http_open(&options);
	ck_assert_ptr_nonnull(w->http);
	w->kind = webhook_ops.open(w->http);
	notification__sink__init(&w->sink);
	notification__sink_private__init(&w->private);
	w->sink.sink = pb_of_bytes(BYTES_OF(sink_id));
	w->sink.url = w->url;
	w->target = (struct sink_target){.sink = &w->sink, .secret = &w->private, .n_secrets = 1};
	memset(w->target.secrets[0], 7, SINK_SECRET_LEN);
	memset(w->target.secrets[1], 8, SINK_SECRET_LEN);
	w->n_got = 0;
	w->got = (struct sink_finish){0};
}

void webhook_kit_close(struct webhook_play *w)
{
	webhook_ops.close(&w->kind);
	http_close(&w->http);
	http_server_stop(&w->server);
	arena_destroy(&w->arena);
}

Cairn__CloudEvent *event_of(struct webhook_play *w, const char *data, const char *trace)
{
	Cairn__CloudEvent *event = arena_zalloc(w->arena, sizeof *event);
	Cairn__CloudEventAttribute *a = arena_zalloc(w->arena, sizeof *a);
	Cairn__CloudEventAttributeValue *value = arena_zalloc(w->arena, sizeof *value);

	cairn__cloud_event__init(event);
	cairn__cloud_event_attribute__init(a);
	cairn__cloud_event_attribute_value__init(value);
	event->id = arena_text(w->arena, bytes_of_text(EVENT_ID));
	event->source = arena_text(w->arena, bytes_of_text("urn:cairn:issuance.0.public"));
	event->spec_version = arena_text(w->arena, bytes_of_text("1.0"));
	event->type = arena_text(w->arena, bytes_of_text("org.cairn.credential.issued.v1"));
	event->data_case = CAIRN__CLOUD_EVENT__DATA_TEXT_DATA;
	event->text_data = arena_text(w->arena, bytes_of_text(data));
	a->key = arena_text(w->arena, bytes_of_text("traceparent"));
	a->value = value;
	value->attr_case = CAIRN__CLOUD_EVENT_ATTRIBUTE_VALUE__ATTR_CE_STRING;
	value->ce_string = arena_text(w->arena, bytes_of_text(trace));
	event->attributes = arena_alloc(w->arena, sizeof(void *));
	event->attributes[0] = a;
	event->n_attributes = 1;
	return event;
}

void webhook_run(struct webhook_play *w)
{
	while (http_in_air(w->http) > 0) {
		struct pollfd in = {http_fd(w->http), POLLIN, 0};

		poll(&in, 1, 10);
		http_turn(w->http, clock_wall_us());
	}
}

struct sink_dispatch dispatch_of(struct webhook_play *w, const Cairn__CloudEvent *event)
{
	return (struct sink_dispatch){.target = &w->target,
				      .seq = 7,
				      .event = event,
				      .origin = "cairn.sea.example.gov",
				      .now_us = NOW_US,
				      .finish = on_finish,
				      .ctx = w};
}

void deliver(struct webhook_play *w, const char *path, const Cairn__CloudEvent *event)
{
	struct sink_dispatch dispatch = dispatch_of(w, event);

	snprintf(w->url, sizeof w->url, "http://127.0.0.1:%u%s", w->server.port, path);
	webhook_ops.deliver(w->kind, &dispatch);
	memset(w->url, 0, sizeof w->url);
	webhook_run(w);
	ck_assert_uint_eq(w->n_got, 1);
}

const char *came(struct webhook_play *w)
{
	ck_assert(http_server_request(&w->server, w->request));
	return w->request;
}

const char *header(struct webhook_play *w, const char *name)
{
	const char *at = strstr(w->request, arena_printf(w->arena, "\r\n%s: ", name));

	if (at == NULL)
		return NULL;
	at = strchr(at, ':') + 2;
	return arena_printf(w->arena, "%.*s", (int)strcspn(at, "\r"), at);
}
