/*
 * HTTP to licensure systems: libcurl's transfers in the daemon's loop, behind a guard.
 *
 * The guard looks at the address at the moment of connecting, after any name was looked up:
 *private, loopback, link-local, shared, multicast and mapped addresses are refused unless the
 *setting sink_networks names their network. Redirects are not followed, no proxy is asked, only
 *https (and http with the setting sink_plain) is spoken, a transfer has its time and its most
 *bytes. Names are looked up in a thread of libcurl's, so the loop does not wait for them.
 *
 *	http_send(h, &request, fn, ctx)    copies what it is given
 *	http_turn(h, now)                  whenever http_fd() is readable or http_next_us() has
 *come; calls fn, once for each request
 *
 * More requests than connections wait in the order they came, for as long as it takes: who sends
 * sees to it that they are not too many.
 */
#ifndef CAIRN_NOTIFICATION_HTTP_H
#define CAIRN_NOTIFICATION_HTTP_H

#include "libshared/arena.h"
#include "libshared/bytes.h"

#define HTTP_BODY_MAX ((size_t)64 << 10) /* of an answer that is kept; the rest is cut */

struct http_options {
	const char *networks; /* "127.0.0.0/8 ::1/128": may be reached although not public; "" */
	const char *ca_file;  /* "": the system's */
	bool plain;           /* http:// too */
	uint64_t timeout_ms;
	unsigned parallel; /* connections at once */
};

struct http_request {
	const char *method; /* "POST", "OPTIONS", "GET" */
	const char *url;
	const char *const *headers; /* "name: value", without line breaks */
	size_t n_headers;
	struct bytes body;
	const char *user, *password; /* Basic; NULL: none */
};

struct http_answer {
	uint32_t code;          /* HTTP status; 0: none came */
	const char *fault;      /* why none came, in words without addresses; NULL: one came */
	bool refused;           /* by the guard: trying again changes nothing */
	int64_t retry_after_us; /* from Retry-After, as a duration of at most a day; 0: none */
	struct bytes body;
	bool cut; /* there was more of the body */
	const char *(*header)(const struct http_answer *a, const char *name); /* NULL: absent */
};
/* What it points to lives for the call. It may send. */
typedef void http_answer_fn(void *ctx, const struct http_answer *answer);

struct http;

/* NULL: logged which setting is wrong. */
struct http *http_open(const struct http_options *options);
/* Transfers on their way are dropped without a call. */
void http_close(struct http **h);
void http_send(struct http *h, const struct http_request *request, http_answer_fn *fn, void *ctx);
int http_fd(const struct http *h); /* readable when there is something to do */
/* In the clock of http_turn()'s now; INT64_MAX: nothing is waited for. */
int64_t http_next_us(const struct http *h);
void http_turn(struct http *h, int64_t now_us);
/* Sent and not yet answered, those that wait for a connection among them. */
unsigned http_in_air(const struct http *h);

#endif
