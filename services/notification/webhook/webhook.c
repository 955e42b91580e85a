/* Webhooks: a public event as a CloudEvent, signed, posted to whoever asked for it. */
#include "services/notification/webhook/webhook_parts.h"

#include "libshared/clock.h"
#include "libshared/cloud_event.h"
#include "libshared/log.h"
#include "services/notification/webhook/webhook_answer.h"
#include "services/notification/webhook/webhook_sign.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ARENA_BYTES ((size_t)16 << 10)
#define HEADERS_MOST 5
#define TRACEPARENT "00-0123456789abcdef0123456789abcdef-0123456789abcdef-01" /* its shape */

/* ---- calls ---- */

struct webhook_call *webhook_call_new(struct sink_kind *k, const struct sink_dispatch *dispatch)
{
	struct webhook_call *call = calloc(1, sizeof *call);

	ENSURE(call != NULL);
	*call = (struct webhook_call){
		.kind = k,
		.next = k->calls,
		.at = &k->calls,
		.finish = dispatch->finish,
		.ctx = dispatch->ctx,
		.now_us = dispatch->now_us,
		.mono_us = clock_mono_us(),
		.sink = id_of_bytes(bytes_of_pb(dispatch->target->sink->sink))};
	if (call->next != NULL)
		call->next->at = &call->next;
	k->calls = call;
	return call;
}

static void call_free(struct webhook_call *call)
{
	*call->at = call->next;
	if (call->next != NULL)
		call->next->at = call->at;
	free(call->url);
	free(call->origin);
	sodium_memzero(call, sizeof *call);
	free(call);
}

void webhook_call_finish(struct webhook_call *call, const struct sink_finish *finish)
{
	sink_finish_fn *fn = call->finish;
	void *ctx = call->ctx;

	call_free(call);
	fn(ctx, finish);
}

/* ---- posting ---- */

/* As https://www.w3.org/TR/trace-context/ has it: hex digits and dashes in their places. */
static bool is_traceparent(const char *text)
{
	static const char shape[] = TRACEPARENT;

	for (size_t i = 0; i < sizeof shape - 1; i++)
		if (shape[i] == '-'
			    ? text[i] != '-'
			    : text[i] == '\0' || strchr("0123456789abcdef", text[i]) == NULL)
			return false;
	return text[sizeof shape - 1] == '\0';
}

/* Without previoussequence, which is of a reading and not of the event: what is tried again is the
 * same, byte for byte. */
static struct bytes body_of(const Cairn__CloudEvent *event, struct arena *arena)
{
	Cairn__CloudEvent copy = *event;
	struct buffer b;

	copy.n_attributes = 0;
	copy.attributes = arena_alloc(arena, (event->n_attributes + 1) * sizeof *copy.attributes);
	for (size_t i = 0; i < event->n_attributes; i++)
		if (strcmp(event->attributes[i]->key, "previoussequence") != 0)
			copy.attributes[copy.n_attributes++] = event->attributes[i];
	buffer_init(&b, arena, ARENA_BYTES / 4);
	cloud_event_put(&b, &copy);
	return buffer_bytes(&b);
}

void webhook_post(const struct webhook_letter *letter, http_answer_fn *fn,
		  struct webhook_call *call)
{
	struct arena *arena = call->kind->sending;
	const char *trace = cloud_event_attribute(letter->event, "traceparent");
	const char *headers[HEADERS_MOST];
	struct webhook_content content;
	struct http_request request = {.method = "POST", .url = letter->url, .headers = headers};

	arena_reset(arena);
	content.id = arena_printf(arena, "msg_%s", letter->event->id);
	content.timestamp_s = letter->now_us / US_PER_S;
	content.body = request.body = body_of(letter->event, arena);
	headers[0] = "content-type: application/cloudevents+json; charset=utf-8";
	headers[1] = arena_printf(arena, "webhook-id: %s", content.id);
	headers[2] = arena_printf(arena, "webhook-timestamp: %" PRId64, content.timestamp_s);
	headers[3] = arena_printf(arena, "webhook-signature: %s",
				  webhook_signatures(&content, letter->secrets, arena));
	request.n_headers = 4;
	if (trace != NULL && is_traceparent(trace))
		headers[request.n_headers++] = arena_printf(arena, "traceparent: %s", trace);
	http_send(call->kind->http, &request, fn, call);
}

/* ---- what became of it ---- */

/* Codes that say more than "not now". */
static const struct {
	uint32_t least, most;
	Notification__Delivery delivery;
	const char *why;
} meanings[] = {
	{300, 399, NOTIFICATION__DELIVERY__LATER,
	 ": a redirect, and none is followed; change the sink's url"},
	{401, 401, NOTIFICATION__DELIVERY__LATER,
	 ": does it check signatures with this sink's secret?"},
	{403, 403, NOTIFICATION__DELIVERY__LATER,
	 ": does it check signatures with this sink's secret?"},
	{410, 410, NOTIFICATION__DELIVERY__GONE, ": it wants no more events"},
	{0, UINT32_MAX, NOTIFICATION__DELIVERY__LATER, ""},
};

void webhook_outcome(const struct webhook_call *call, const struct http_answer *answer,
		     struct sink_finish *finish_r)
{
	size_t i = 0;

	*finish_r = (struct sink_finish){.code = answer->code};
	if (answer->fault != NULL) {
		finish_r->delivery = answer->refused ? NOTIFICATION__DELIVERY__UNSETTLED
						     : NOTIFICATION__DELIVERY__LATER;
		snprintf(finish_r->why, sizeof finish_r->why, "%s: %s",
			 answer->refused ? "not sent" : "no answer", answer->fault);
		return;
	}
	while (answer->code < meanings[i].least || answer->code > meanings[i].most)
		i++;
	finish_r->delivery = meanings[i].delivery;
	snprintf(finish_r->why, sizeof finish_r->why, "it answered %u%s", answer->code,
		 meanings[i].why);
	if (answer->retry_after_us > 0)
		finish_r->not_before_us =
			call->now_us + (clock_mono_us() - call->mono_us) + answer->retry_after_us;
}

/* An answer that cannot be read is as none: the event is taken all the same. */
static void read_answer(const struct webhook_call *call, struct bytes body,
			struct sink_answer *answer_r)
{
	const char *fault = webhook_answer_read(body, call->kind->answers, answer_r);

	answer_r->posting = call->posting;
	if (fault != NULL)
		log_warn("webhook_answer_unread", "sink=%s posting=%s because=\"%s\"",
			 ID_STR(bytes_of_id(&call->sink)), ID_STR(bytes_of_id(&call->posting)),
			 fault);
}

static void on_answer(void *ctx, const struct http_answer *answer)
{
	struct webhook_call *call = ctx;
	struct sink_finish finish = {.delivery = NOTIFICATION__DELIVERY__TAKEN,
				     .code = answer->code};

	arena_reset(call->kind->answers);
	if (answer->code < 200 || answer->code > 299)
		webhook_outcome(call, answer, &finish);
	else if (call->has_posting)
		read_answer(call, answer->cut ? BYTES_NONE : answer->body, &finish.answer);
	webhook_call_finish(call, &finish);
}

bool webhook_has_secret(const struct sink_dispatch *dispatch)
{
	struct sink_finish finish = {.delivery = NOTIFICATION__DELIVERY__UNSETTLED};

	if (dispatch->target->n_secrets > 0)
		return true;
	snprintf(finish.why, sizeof finish.why,
		 "not sent: its secret is gone from the keyring; give it another: sink rotate");
	dispatch->finish(dispatch->ctx, &finish);
	return false;
}

static void deliver(struct sink_kind *k, const struct sink_dispatch *dispatch)
{
	const struct sink_target *target = dispatch->target;
	struct webhook_call *call;
	struct webhook_letter letter = {
		target->sink->url,
		dispatch->event,
		dispatch->now_us,
		{target->secrets[0], target->n_secrets * sizeof target->secrets[0]}};

	if (!webhook_has_secret(dispatch))
		return;
	call = webhook_call_new(k, dispatch);
	call->has_posting = webhook_posting(dispatch->event, &call->posting);
	webhook_post(&letter, on_answer, call);
}

/* ---- opening ---- */

static struct sink_kind *open_kind(struct http *http)
{
	struct sink_kind *k = calloc(1, sizeof *k);

	ENSURE(k != NULL);
	*k = (struct sink_kind){http, arena_new(ARENA_BYTES), arena_new(ARENA_BYTES), NULL};
	return k;
}

static void close_kind(struct sink_kind **k)
{
	if (*k == NULL)
		return;
	while ((*k)->calls != NULL)
		call_free((*k)->calls);
	arena_destroy(&(*k)->sending);
	arena_destroy(&(*k)->answers);
	free(*k);
	*k = NULL;
}

const struct sink_ops webhook_ops = {
	.word = "webhook",
	.open = open_kind,
	.close = close_kind,
	.deliver = deliver,
	.introduce = webhook_introduce,
};
