/* An Ed-Fi sink alone with an API that is played. */
#include "tests/integration/edfi/alone.h"

#include "libshared/clock.h"
#include "tests/support/suite.h"

#include <jansson.h>
#include <string.h>

#define WAIT_US (20 * US_PER_S)

void start_api(struct alone *a, const char *settings)
{
	api_steer(&a->api, arena_printf(a->arena, "{\"reset\":true,\"set\":%s}", settings));
	a->sink->url = a->api.url;
}

const char *text_of(struct alone *a, const char *resource, size_t n, const char *member)
{
	json_t *one = api_row(&a->api, resource, n);
	const char *text = json_string_value(json_object_get(one, member));
	char *copy = arena_printf(a->arena, "%s", text != NULL ? text : "");

	json_decref(one);
	return copy;
}

/* ---- the sink ---- */

static void on_finish(void *ctx, const struct sink_finish *finish)
{
	struct outcome *o = ctx;

	ck_assert(!o->done);
	o->done = true;
	o->finish = *finish;
}

void begin(struct alone *a, const char *type, const struct award *award, struct outcome *o)
{
	struct sink_target target = {.sink = a->sink, .secret = &a->secret};
	struct sink_dispatch dispatch = {
		.target = &target,
		.event = edfi_event(a->arena, type, edfi_data(a->arena, award)),
		.now_us = ALONE_NOW_US,
		.finish = on_finish,
		.ctx = o};

	*o = (struct outcome){0};
	edfi_ops.deliver(a->kind, &dispatch);
}

void edfi_await(struct alone *a, struct outcome *o)
{
	int64_t end_us = clock_mono_us() + WAIT_US;

	while (!o->done) {
		ck_assert(clock_mono_us() < end_us);
		turn_http(a->http);
	}
}

struct sink_finish edfi_deliver(struct alone *a, const char *type, const struct award *award)
{
	struct outcome o;

	begin(a, type, award, &o);
	edfi_await(a, &o);
	return o.finish;
}

struct sink_finish introduce(struct alone *a)
{
	struct sink_target target = {.sink = a->sink, .secret = &a->secret};
	struct outcome o = {0};
	struct sink_dispatch dispatch = {
		.target = &target, .now_us = ALONE_NOW_US, .finish = on_finish, .ctx = &o};

	edfi_ops.introduce(a->kind, &dispatch);
	edfi_await(a, &o);
	return o.finish;
}

void taken(struct alone *a, const char *type, const struct award *award)
{
	struct sink_finish f = edfi_deliver(a, type, award);

	ck_assert_msg(f.delivery == NOTIFICATION__DELIVERY__TAKEN, "%s: %d %s", type,
		      (int)f.delivery, f.why);
	ck_assert_str_eq(f.why, "");
}

void ends(struct sink_finish f, Notification__Delivery delivery, const char *why)
{
	ck_assert_msg(f.delivery == delivery, "%d %s", (int)f.delivery, f.why);
	ck_assert_msg(strstr(f.why, why) != NULL, "%s", f.why);
}

/* ---- all of it ---- */

static struct http *open_http(uint64_t timeout_ms)
{
	const struct http_options options = {.networks = "127.0.0.0/8",
					     .ca_file = "",
					     .plain = true,
					     .timeout_ms = timeout_ms,
					     .parallel = 8};
	struct http *h = http_open(&options);

	ck_assert_ptr_nonnull(h);
	return h;
}

void alone_open(struct alone *a)
{
	place_make(&a->place);
	a->api = (struct api){.place = &a->place};
	api_start(&a->api, "{}");
}

void alone_close(struct alone *a)
{
	api_stop(&a->api);
	place_remove(&a->place);
}

void alone_set_up(struct alone *a)
{
	static char id[] = "0123456789abcdef", client[] = "cairn", client_secret[] = "secret";

	a->arena = arena_new(1 << 16);
	a->http = open_http(20000);
	a->api.http = open_http(20000);
	a->kind = edfi_ops.open(a->http);
	a->sink = edfi_sink(a->arena);
	a->sink->sink = (ProtobufCBinaryData){ID_LEN, (uint8_t *)id};
	notification__sink_private__init(&a->secret);
	a->secret.client_id = client;
	a->secret.client_secret = client_secret;
}

void alone_tear_down(struct alone *a)
{
	edfi_ops.close(&a->kind);
	http_close(&a->http);
	http_close(&a->api.http);
	arena_destroy(&a->arena);
}

void alone_wait_for(struct alone *a, uint64_t timeout_ms)
{
	edfi_ops.close(&a->kind);
	http_close(&a->http);
	a->http = open_http(timeout_ms);
	a->kind = edfi_ops.open(a->http);
}

void begin_anew(struct alone *a)
{
	edfi_ops.close(&a->kind);
	a->kind = edfi_ops.open(a->http);
	start_api(a, "{}");
}

void speak_5_2(struct alone *a)
{
	static char standard[] = "5.2";

	a->sink->edfi->data_standard = standard;
	start_api(a, "{\"standard\":\"5.2\"}");
}
