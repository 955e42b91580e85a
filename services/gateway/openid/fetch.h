/*
 * The little of HTTP that is spoken to an identity provider: libcurl's multi interface in the
 * loop of whoever owns it.
 *
 * An answer is bounded in size and time, no redirect is followed, no proxy or cookie is taken from
 * anywhere, and a connection is made only by https; by http only where the fetcher was made for a
 * provider on this machine, and then only to this machine.
 */
#ifndef CAIRN_GATEWAY_FETCH_H
#define CAIRN_GATEWAY_FETCH_H

#include "libshared/bytes.h"

#include <zmq.h>

#define FETCHES_MAX 32
#define FETCH_BODY_MAX ((size_t)256 << 10)
#define FETCH_MS 20000L

struct fetcher;

struct fetch {
	const char *url;
	const char *form;            /* posted, urlencoded; NULL: GET */
	const char *user, *password; /* Basic; NULL: neither */
	unsigned kind;               /* the owner's */
	uint64_t token;
};

/* status 0: there was no answer. body is borrowed. */
typedef void fetched_fn(void *ctx, const struct fetch *fetch, long status, struct bytes body);

struct fetcher *fetcher_new(bool this_machine, fetched_fn *fetched, void *ctx);
void fetcher_destroy(struct fetcher **f);

/* False: too many are under way. Texts are copied; in the fetch that fetched() sees they are NULL.
 */
bool fetch_begin(struct fetcher *f, const struct fetch *fetch, int64_t mono_us) MUST_CHECK;

unsigned fetcher_items(const struct fetcher *f, zmq_pollitem_t *items, unsigned room);
int64_t fetcher_next_us(const struct fetcher *f); /* monotonic; INT64_MAX */
void fetcher_turn(struct fetcher *f, int64_t mono_us);

#endif
