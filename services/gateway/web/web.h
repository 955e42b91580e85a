/*
 * The HTTP server as the rest of the gateway sees it: what it was given at start, and what belongs
 * to no single request.
 */
#ifndef CAIRN_GATEWAY_WEB_H
#define CAIRN_GATEWAY_WEB_H

#include "libshared/id.h"
#include "services/gateway/settings.h"

#include <zmq.h>

struct caps;
struct request;
struct server;
struct view;
struct pages;
struct words;
struct assets;
struct sessions; /* signin/sessions.h */
struct workers;  /* web/workers.h: children that hash passwords and draw */
struct drawings; /* web/drawings.h */
struct oidc;     /* signin/oidc.h */

struct web {
	const struct gateway_config *config;
	const struct caps *caps;
	const char *dir, *keys_dir; /* DIR/gateway, DIR/keys */
	char own_url[120];          /* where it really listens, for when public_url is not set */
	struct words *words;
	struct pages *pages;
	struct assets *assets;
	struct sessions *sessions;
	struct workers *workers;
	struct drawings *drawings; /* NULL until one is asked for; drawings_destroy() at the end */
	struct oidc *oidc;
	const struct view
		*view; /* of the gateway's own tables, while the loop turns; fresh each turn */
	int64_t now_us, mono_us; /* of this turn */
	struct server *server;   /* http.c */
	struct id_maker ids;
};

/* The setting public_url without a last slash. */
const char *public_url(const struct request *r);
/* A path of this server as others see it, in the arena. */
const char *public_path(struct request *r, const char *format, ...) PRINTF_LIKE(2, 3);

/*
 * Modules that want descriptors watched or turns taken (OpenID Connect's transfers, workers) are
 * rows of a table in effects.c.
 */
struct web_part {
	const char *name;
	int (*open)(struct web *web); /* 0, or -1: logged */
	void (*close)(struct web *web);
	unsigned (*items)(struct web *web, zmq_pollitem_t *items, unsigned room); /* or NULL */
	int64_t (*next_us)(const struct web *web); /* wall clock; INT64_MAX; or NULL */
	void (*turn)(struct web *web);             /* or NULL */
};

#endif
