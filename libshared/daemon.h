/*
 * A daemon: an engine bound to sockets, signals, timers, readiness and metrics, in one loop.
 *
 *	int main(int argc, char **argv) { return service_main(argc, argv, &enrollment_service); }
 *
 *	cairn-enrollment dir=/var/lib/cairn           all other settings follow from dir
 *	cairn-enrollment -c FILE name=value ...       --check, --help, --version
 *
 * In dir, for a service NAME:
 *
 *	NAME/db NAME/keyring   its environment and keyring, 0700
 *	run/NAME.s run/NAME.l  sockets: commands and queries; the log (unix, CURVE as everywhere)
 *	keys/NAME.key          its CURVE key (keys.h); keys/NAME.noise is made when it is missing
 *	peers                  who may connect (peers.h), and the keys of the services it follows
 *
 * SIGTERM and SIGINT drain: what was acknowledged stays, what was not is the client's to send
 * again. SIGHUP reads the peers file anew; a wrong file is refused and the old table stays.
 *
 * Exit codes: 0 drained, 1 could not start or could not go on, 2 wrong settings.
 */
#ifndef CAIRN_DAEMON_H
#define CAIRN_DAEMON_H

#include "libshared/engine.h"
#include "libshared/metrics.h"

#include <zmq.h>

int service_main(int argc, char **argv, const struct service *service);

/*
 * A service's work outside: mail, webhooks, files. It is driven from tables after the commit and
 * reports back by commands of the service's own, with a stable id, so that each is done at least
 * once.
 *
 * All of it runs in the daemon's loop and must not block. Any member but open, close and turn may
 * be NULL.
 */
#define OUTSIDE_ITEMS 64
/* Set in every token that turn() gives to engine_submit_own(). */
#define OUTSIDE_TOKEN (UINT64_C(1) << 63)

struct outside_setup {
	const struct caps *caps;
	const void *config; /* the service's own settings (service->config_size bytes) */
	const char *dir;    /* of the service: DIR/NAME */
	const char *keys_dir;
	const char *peers; /* the file of who may connect, with the services' public keys */
};

struct outside_ops {
	struct outside *(*open)(const struct outside_setup *setup); /* NULL: logged */
	void (*close)(struct outside **o);
	/* Descriptors to wait for; how many (at most OUTSIDE_ITEMS). */
	unsigned (*items)(struct outside *o, zmq_pollitem_t items[OUTSIDE_ITEMS]);
	/* When it wants a turn (wall clock); INT64_MAX: not before something happens. */
	int64_t (*next_us)(const struct outside *o);
	/* After each commit, when a descriptor is ready, when next_us has come. May read the
	 * engine's view and submit commands of its own. */
	void (*turn)(struct outside *o, struct engine *e, int64_t now_us);
	/* The reply to one of those. */
	void (*replied)(struct outside *o, const struct reply *reply);
	/* Metrics of the service, beside the daemon's: set before each scrape. base: of the first
	 * row. */
	const struct metric *metrics;
	unsigned n_metrics;
	void (*measure)(const struct outside *o, struct engine *e, struct metrics *m,
			unsigned base);
};

#endif
