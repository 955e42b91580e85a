/* An Ed-Fi API that answers anything: each event ends once, after few requests, with words that are
 * fit to be read. HTTP is played here. */
#include "tests/fuzz/fuzz.h"

#include "libshared/check.h"
#include "services/notification/sinks/sink.h"
#include "tests/support/edfi_kit.h"

#include <string.h>

#define EVENTS 3
#define REQUESTS_MOST 100 /* of all, each once for each thing that is tried again */

struct http {
	struct bytes left; /* what the answers are made of */
	struct asked {
		http_answer_fn *fn;
		void *ctx;
	} asked[REQUESTS_MOST];
	size_t n_asked, n_answered;
};

struct played {
	struct http_answer answer; /* first: header_of() is given it */
	const char *location;
};

void http_send(struct http *h, const struct http_request *request, http_answer_fn *fn, void *ctx)
{
	ENSURE(h->n_asked < REQUESTS_MOST && request->url[0] != '\0');
	for (size_t i = 0; i < request->n_headers; i++)
		ENSURE(strpbrk(request->headers[i], "\r\n") == NULL);
	h->asked[h->n_asked++] = (struct asked){fn, ctx};
}

static const char *header_of(const struct http_answer *answer, const char *name)
{
	const struct played *p = (const struct played *)answer;

	return strcmp(name, "location") == 0 ? p->location : NULL;
}

#define OWN "uri://cairn.sea.example.gov/"
static const struct {
	uint32_t code;
	const char *body; /* NULL: the fuzzer's */
	const char *location;
} answers[] = {
	{200,
	 "{\"urls\":{\"oauth\":\"https://a.example/token\",\"dataManagementApi\":"
	 "\"https://a.example/data\"}}",
	 NULL},
	{200, "{\"access_token\":\"abc\",\"expires_in\":1800}", NULL},
	{201, "", "/1"},
	{200, NULL, NULL},
	{400, NULL, NULL},
	{401, "", NULL},
	{403, NULL, NULL},
	{409, NULL, NULL},
	{503, "", NULL},
	{0, "", NULL},
	{400, "{\"message\":\"" OWN "CredentialTypeDescriptor#Micro-credential\"}", NULL},
	{400, "{\"message\":\"" OWN "CredentialEventTypeDescriptor#Revoked\"}", NULL},
	{400, "{\"message\":\"uri://ed-fi.org/CredentialTypeDescriptor#Other\"}", NULL},
	{409, "{\"detail\":\"The referenced 'Certification' item does not exist.\"}", NULL},
};

static uint8_t next_byte(struct http *h)
{
	if (h->left.len == 0)
		return 9; /* no answer comes any more */
	h->left.len--;
	return *h->left.data++;
}

static struct bytes next_bytes(struct http *h, size_t len)
{
	struct bytes b = {h->left.data, MIN(len, h->left.len)};

	h->left.data += b.len;
	h->left.len -= b.len;
	return b;
}

static void answer_next(struct http *h)
{
	struct asked asked = h->asked[h->n_answered++];
	size_t which = next_byte(h) % ARRAY_LEN(answers);
	struct played p = {.location = answers[which].location};

	p.answer.code = answers[which].code;
	p.answer.fault = p.answer.code == 0 ? "no answer came" : NULL;
	p.answer.header = header_of;
	p.answer.body = answers[which].body != NULL ? bytes_of_text(answers[which].body)
						    : next_bytes(h, next_byte(h));
	asked.fn(asked.ctx, &p.answer);
}

static void on_finish(void *ctx, const struct sink_finish *finish)
{
	unsigned *n = ctx;

	(*n)++;
	ENSURE(text_is_clean(finish->why, strlen(finish->why)));
	ENSURE((finish->why[0] == '\0') == (finish->delivery == NOTIFICATION__DELIVERY__TAKEN));
}

static void deliver(struct sink_kind *kind, const struct sink_target *target, unsigned *n)
{
	static const char *const types[EVENTS] = {"credential.issued", "credential.revoked",
						  "credential.revoked"};
	static const struct award awards[EVENTS] = {
		{.n = 1}, {.n = 1, .status = "revoked"}, {.n = 2, .status = "revoked"}};
	AUTO(arena_destroy) struct arena *arena = arena_new(1 << 14);

	for (unsigned i = 0; i < EVENTS; i++) {
		const char *data = edfi_data(arena, &awards[i]);
		struct sink_dispatch dispatch = {.target = target,
						 .event = edfi_event(arena, types[i], data),
						 .now_us = US_PER_DAY,
						 .finish = on_finish,
						 .ctx = &n[i]};

		edfi_ops.deliver(kind, &dispatch);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char id[] = "0123456789abcdef", client[] = "cairn", text[] = "secret";
	AUTO(arena_destroy) struct arena *arena = arena_new(1 << 14);
	struct http http = {.left = {data, size}};
	Notification__SinkPrivate secret = NOTIFICATION__SINK_PRIVATE__INIT;
	struct sink_target target = {.sink = edfi_sink(arena), .secret = &secret};
	struct sink_kind *kind = edfi_ops.open(&http);
	unsigned n[EVENTS] = {0};
	Notification__Sink sink = *target.sink;

	secret.client_id = client;
	secret.client_secret = text;
	sink.sink = pb_of_bytes((struct bytes){(const uint8_t *)id, ID_LEN});
	target.sink = &sink;
	deliver(kind, &target, n);
	while (http.n_answered < http.n_asked)
		answer_next(&http);
	for (unsigned i = 0; i < EVENTS; i++)
		ENSURE(n[i] == 1);
	edfi_ops.close(&kind);
	return 0;
}
