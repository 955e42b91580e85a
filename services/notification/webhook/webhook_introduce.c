/* Asking a target whether it wants to hear from us: CloudEvents' handshake for HTTP webhooks, and
 * for those who do not know it an event whose challenge they say back. */
#include "services/notification/webhook/webhook_parts.h"

#include "services/notification/webhook/webhook_answer.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define NO_HOST "cairn"
#define ORIGIN_MAX 255
#define S_PER_MIN 60
#define SOURCE "urn:cairn:notification"
#define CHALLENGE_TYPE "org.cairn.webhook.challenge.v1"

static char *copy_of(const char *text)
{
	char *copy = strdup(text);

	ENSURE(copy != NULL);
	return copy;
}

static void finish_with(struct webhook_call *call, Notification__Delivery delivery, uint32_t code,
			const char *why)
{
	struct sink_finish finish = {.delivery = delivery, .code = code};

	snprintf(finish.why, sizeof finish.why, "%s", why);
	webhook_call_finish(call, &finish);
}

/* ---- the challenge ---- */

static void on_echo(void *ctx, const struct http_answer *answer)
{
	struct webhook_call *call = ctx;
	struct sink_finish finish;

	if (answer->code >= 200 && answer->code <= 299 &&
	    webhook_echoes(answer->body, call->challenge)) {
		finish_with(call, NOTIFICATION__DELIVERY__TAKEN, 0, "");
		return;
	}
	webhook_outcome(call, answer, &finish);
	if (answer->fault == NULL) {
		finish.delivery = NOTIFICATION__DELIVERY__DELIVERY_REFUSED;
		snprintf(finish.why, sizeof finish.why,
			 "it knows no handshake by OPTIONS, and to the test event it answered %u "
			 "without the challenge",
			 answer->code);
	}
	webhook_call_finish(call, &finish);
}

struct challenge {
	Cairn__CloudEvent event;
	Cairn__CloudEventAttribute attributes[3], *list[3];
	Cairn__CloudEventAttributeValue values[3];
	Cairn__CloudEventTimestamp time;
};

static void set_text(struct challenge *c, unsigned i, const char *key, const char *text,
		     struct arena *arena)
{
	cairn__cloud_event_attribute__init(&c->attributes[i]);
	cairn__cloud_event_attribute_value__init(&c->values[i]);
	c->list[i] = &c->attributes[i];
	c->attributes[i].key = arena_text(arena, bytes_of_text(key));
	c->attributes[i].value = &c->values[i];
	c->values[i].attr_case = CAIRN__CLOUD_EVENT_ATTRIBUTE_VALUE__ATTR_CE_STRING;
	c->values[i].ce_string = arena_text(arena, bytes_of_text(text));
}

static void challenge_init(struct challenge *c, const struct webhook_call *call,
			   struct arena *arena)
{
	struct id_maker ids = {0};
	struct id id = id_make(&ids, call->now_us);

	cairn__cloud_event__init(&c->event);
	cairn__cloud_event_timestamp__init(&c->time);
	c->time.seconds = call->now_us / US_PER_S;
	c->time.nanos = (int32_t)(call->now_us % US_PER_S * 1000);
	set_text(c, 0, "time", "", arena);
	c->values[0].attr_case = CAIRN__CLOUD_EVENT_ATTRIBUTE_VALUE__ATTR_CE_TIMESTAMP;
	c->values[0].ce_timestamp = &c->time;
	set_text(c, 1, "subject",
		 arena_printf(arena, "urn:uuid:%s", ID_STR(bytes_of_id(&call->sink))), arena);
	set_text(c, 2, "datacontenttype", "application/json", arena);
	c->event.id = arena_text(arena, bytes_of_text(ID_STR(bytes_of_id(&id))));
	c->event.source = arena_text(arena, bytes_of_text(SOURCE));
	c->event.spec_version = arena_text(arena, bytes_of_text("1.0"));
	c->event.type = arena_text(arena, bytes_of_text(CHALLENGE_TYPE));
	c->event.attributes = c->list;
	c->event.n_attributes = ARRAY_LEN(c->list);
	c->event.data_case = CAIRN__CLOUD_EVENT__DATA_TEXT_DATA;
	c->event.text_data = arena_printf(arena, "{\"challenge\":\"%s\"}", call->challenge);
}

static void send_challenge(struct webhook_call *call)
{
	uint8_t random[WEBHOOK_CHALLENGE_LEN / 2];
	struct challenge c;
	struct webhook_letter letter = {
		call->url, &c.event, call->now_us, {call->secrets[0], call->secrets_len}};

	randombytes_buf(random, sizeof random);
	hex_of_bytes(BYTES_OF(random), call->challenge);
	challenge_init(&c, call, call->kind->answers);
	webhook_post(&letter, on_echo, call);
}

/* ---- the handshake ---- */

/* A minute's rate as one a second. False: it cannot be read, or is below one a second. */
static bool rate_of(const char *text, uint32_t *rate_r)
{
	size_t n = strspn(text, "0123456789");

	*rate_r = 0;
	if (strcmp(text, "*") == 0)
		return true;
	if (n < 1 || n > 9 || text[n] != '\0')
		return false;
	*rate_r = (uint32_t)strtoul(text, NULL, 10) / S_PER_MIN;
	return *rate_r > 0;
}

static void read_permission(struct webhook_call *call, const struct http_answer *answer,
			    const char *origin)
{
	const char *rate_text = answer->header(answer, "WebHook-Allowed-Rate");
	uint32_t rate = 0;

	if (strcmp(origin, "*") != 0 && strcasecmp(origin, call->origin) != 0)
		finish_with(call, NOTIFICATION__DELIVERY__DELIVERY_REFUSED, answer->code,
			    "its WebHook-Allowed-Origin is not ours, which is in "
			    "WebHook-Request-Origin");
	else if (rate_text != NULL && !rate_of(rate_text, &rate))
		finish_with(call, NOTIFICATION__DELIVERY__DELIVERY_REFUSED, answer->code,
			    "its WebHook-Allowed-Rate is neither * nor a number of requests a "
			    "minute, at least 60");
	else
		finish_with(call, NOTIFICATION__DELIVERY__TAKEN, rate, "");
}

/* Who does not know the handshake answers anything: 404, 405, 501, 400, or 200 without a word. What
 * may change by itself is no answer. */
static bool is_no_answer(const struct http_answer *a)
{
	return a->fault != NULL || (a->code >= 300 && a->code <= 399) || a->code == 410 ||
	       a->code == 429 || (a->code >= 500 && a->code != 501);
}

static void on_options(void *ctx, const struct http_answer *answer)
{
	struct webhook_call *call = ctx;
	const char *origin = answer->header(answer, "WebHook-Allowed-Origin");
	struct sink_finish finish;

	arena_reset(call->kind->answers);
	if (is_no_answer(answer)) {
		webhook_outcome(call, answer, &finish);
		webhook_call_finish(call, &finish);
	} else if (answer->code <= 299 && origin != NULL) {
		read_permission(call, answer, origin);
	} else {
		send_challenge(call);
	}
}

/* A host, with its port at most. */
static const char *origin_of(const struct sink_dispatch *dispatch)
{
	const char *host = dispatch->origin;
	size_t len = host != NULL ? strlen(host) : 0;

	if (len < 1 || len > ORIGIN_MAX)
		return NO_HOST;
	for (const char *at = host; *at != '\0'; at++)
		if (*at <= ' ' || *at > '~')
			return NO_HOST;
	return host;
}

void webhook_introduce(struct sink_kind *k, const struct sink_dispatch *dispatch)
{
	const struct sink_target *target = dispatch->target;
	struct webhook_call *call;
	const char *headers[2];
	struct http_request request = {
		.method = "OPTIONS", .url = target->sink->url, .headers = headers, .n_headers = 1};

	if (!webhook_has_secret(dispatch))
		return;
	call = webhook_call_new(k, dispatch);
	call->url = copy_of(target->sink->url);
	call->origin = copy_of(origin_of(dispatch));
	memcpy(call->secrets, target->secrets, sizeof call->secrets);
	call->secrets_len = target->n_secrets * sizeof target->secrets[0];
	arena_reset(k->sending);
	headers[0] = arena_printf(k->sending, "WebHook-Request-Origin: %s", call->origin);
	if (target->sink->rate > 0)
		headers[request.n_headers++] =
			arena_printf(k->sending, "WebHook-Request-Rate: %" PRIu64,
				     (uint64_t)target->sink->rate * S_PER_MIN);
	http_send(k->http, &request, on_options, call);
}
