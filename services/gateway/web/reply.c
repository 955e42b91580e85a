/* Replies: headers that every one has, tags by content, and what is packed for the way. */
#include "libshared/log.h"
#include "services/gateway/render/layout.h"
#include "services/gateway/web/exchange.h"
#include "services/gateway/web/gzip.h"

#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Shorter ones are not worth packing. */
#define GZIP_LEAST 1000
#define STREAM_BLOCK ((size_t)64 << 10)

static const char *const safe_headers[][2] = {
	{"X-Content-Type-Options", "nosniff"},
	{"Referrer-Policy", "same-origin"},
	{"Cross-Origin-Opener-Policy", "same-origin"},
	{"Permissions-Policy", "camera=(self), microphone=(self), geolocation=(), payment=()"},
	{"Content-Security-Policy",
	 "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
	 "media-src 'self'; font-src 'self'; connect-src 'self'; frame-src 'self'; "
	 "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"},
};

/* ---- headers ---- */

static bool is_clean(const char *value)
{
	for (; *value != '\0'; value++)
		if ((unsigned char)*value < ' ' || *value == 127)
			return false;
	return true;
}

void reply_header(struct request *r, const char *name, const char *format, ...)
{
	struct exchange *x = exchange_of(r);
	char value[4096];
	va_list args;

	va_start(args, format);
	vsnprintf(value, sizeof value, format, args);
	va_end(args);
	ENSURE(x->n_headers < HEADERS_MAX);
	if (!is_clean(value))
		return;
	x->tagged |= strcmp(name, "ETag") == 0;
	x->headers[x->n_headers].name = name;
	x->headers[x->n_headers++].value = arena_printf(r->arena, "%s", value);
}

void reply_cache(struct request *r, const char *cache_control)
{
	exchange_of(r)->cache = cache_control;
}

static bool is_set(const struct exchange *x, const char *name)
{
	for (unsigned i = 0; i < x->n_headers; i++)
		if (strcmp(x->headers[i].name, name) == 0)
			return true;
	return false;
}

static void add_headers(struct exchange *x, const char *type)
{
	struct MHD_Response *response = x->response;
	const char *cache = x->cache;

	if (type != NULL)
		MHD_add_response_header(response, "Content-Type", type);
	if (cache == NULL)
		cache = x->request.person != NULL ? "no-store" : "no-cache";
	MHD_add_response_header(response, "Cache-Control", cache);
	MHD_add_response_header(response, "Vary",
				"Accept, Accept-Encoding, Accept-Language, Cookie");
	for (unsigned i = 0; i < ARRAY_LEN(safe_headers); i++)
		if (!is_set(x, safe_headers[i][0]))
			MHD_add_response_header(response, safe_headers[i][0], safe_headers[i][1]);
	if (strncmp(public_url(&x->request), "https:", 6) == 0)
		MHD_add_response_header(response, "Strict-Transport-Security",
					"max-age=31536000; includeSubDomains");
	for (unsigned i = 0; i < x->n_headers; i++)
		MHD_add_response_header(response, x->headers[i].name, x->headers[i].value);
}

/* ---- the end of an exchange's steps ---- */

static void finish(struct exchange *x, unsigned status, const char *type)
{
	ENSURE(x->phase != PHASE_REPLIED && x->response != NULL);
	add_headers(x, type);
	x->status = status;
	x->phase = PHASE_REPLIED;
	x->step = NULL;
}

static bool accepts_gzip(const struct request *r)
{
	const char *accept = header(r, "Accept-Encoding");

	return accept != NULL && strstr(accept, "gzip") != NULL;
}

static bool names_tag(const struct request *r, const char *tag)
{
	const char *match = header(r, "If-None-Match");

	return match != NULL && (strcmp(match, "*") == 0 || strstr(match, tag) != NULL);
}

static void reply_not_modified(struct request *r)
{
	struct exchange *x = exchange_of(r);

	x->response = MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT);
	finish(x, 304, NULL);
}

bool reply_fresh(struct request *r, const char *tag)
{
	if (precondition_read(exchange_of(r), 200, tag))
		return true;
	reply_header(r, "ETag", "\"%s\"", tag);
	if (!names_tag(r, tag))
		return false;
	reply_not_modified(r);
	return true;
}

static void tag_of_content(struct bytes bytes, char tag_r[33])
{
	uint8_t hash[16];

	crypto_generichash(hash, sizeof hash, bytes.data, bytes.len, NULL, 0);
	hex_of_bytes((struct bytes){hash, sizeof hash}, tag_r);
}

/* True: the client has it already. */
static bool is_known(struct request *r, unsigned status, struct bytes bytes)
{
	char tag[33];

	if (status != 200 || exchange_of(r)->tagged || (r->method != GET && r->method != HEAD))
		return false;
	tag_of_content(bytes, tag);
	return reply_fresh(r, tag);
}

/* Pictures and archives are packed already. */
static bool is_worth_packing(const char *type, size_t len)
{
	return len >= GZIP_LEAST &&
	       (strncmp(type, "text/", 5) == 0 || strstr(type, "json") != NULL ||
		strstr(type, "svg") != NULL || strstr(type, "javascript") != NULL);
}

void reply_bytes(struct request *r, unsigned status, const char *type, struct bytes bytes)
{
	struct exchange *x = exchange_of(r);
	struct bytes packed;

	if (status != 200 && precondition_read(x, status, ""))
		return;
	if (is_known(r, status, bytes))
		return;
	if (is_worth_packing(type, bytes.len) && !is_set(x, "Content-Encoding") &&
	    accepts_gzip(r) && gzip_pack(bytes, r->arena, &packed)) {
		reply_header(r, "Content-Encoding", "gzip");
		bytes = packed;
	}
	x->response = MHD_create_response_from_buffer(bytes.len, (void *)(uintptr_t)bytes.data,
						      MHD_RESPMEM_MUST_COPY);
	finish(x, status, type);
}

void reply_empty(struct request *r, unsigned status)
{
	struct exchange *x = exchange_of(r);

	if (precondition_read(x, status, ""))
		return;
	x->response = MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT);
	finish(x, status, NULL);
}

/* A fault of ours, or of a service that answered what it should not: one request is told so, and
 * all others go on. */
static void reply_fault(struct request *r)
{
	log_error("page_not_made", "route=%s", r->route != NULL ? r->route->path : "");
	reply_problem(r, 500, "fault", "The server made a mistake. The operator can see it.");
}

void reply_json(struct request *r, unsigned status, json_t *value)
{
	char *text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);

	if (text == NULL) {
		json_decref(value);
		reply_fault(r);
		return;
	}
	reply_bytes(r, status, "application/json", bytes_of_text(text));
	free(text);
	json_decref(value);
}

void reply_page(struct request *r, unsigned status, const char *template, json_t *page)
{
	if (page == NULL) {
		reply_fault(r);
		return;
	}
	if (r->wants_json) {
		reply_json(r, status, page);
		return;
	}
	reply_bytes(r, status, "text/html; charset=utf-8", page_render(r, template, page));
	json_decref(page);
}

void reply_redirect(struct request *r, unsigned status, const char *location)
{
	reply_header(r, "Location", "%s", location);
	reply_empty(r, status);
}

void reply_done(struct request *r, unsigned status, json_t *value, const char *path, ...)
{
	char location[4096];
	va_list args;

	va_start(args, path);
	vsnprintf(location, sizeof location, path, args);
	va_end(args);
	if (r->wants_json) {
		reply_header(r, "Location", "%s", location);
		reply_json(r, status, value);
		return;
	}
	json_decref(value);
	reply_redirect(r, 303, location);
}

/* ---- streams ---- */

static ssize_t read_stream(void *exchange, uint64_t at, char *out, size_t room)
{
	struct exchange *x = exchange;
	int64_t n = x->stream(&x->request, (uint8_t *)out, room);

	(void)at;
	if (n > 0)
		return (ssize_t)n;
	if (n < 0)
		return n == -1 ? MHD_CONTENT_READER_END_OF_STREAM
			       : MHD_CONTENT_READER_END_WITH_ERROR;
	exchange_suspend(x);
	return 0;
}

void reply_stream(struct request *r, unsigned status, const char *type, int64_t length,
		  stream_fn *next)
{
	struct exchange *x = exchange_of(r);

	x->stream = next;
	x->response =
		MHD_create_response_from_callback(length >= 0 ? (uint64_t)length : MHD_SIZE_UNKNOWN,
						  STREAM_BLOCK, read_stream, x, NULL);
	finish(x, status, type);
}

void stream_wake(struct request *r)
{
	exchange_resume(exchange_of(r));
}
