/*
 * Inside the daemon: what daemon.c (the loop), daemon_open.c (start and end), daemon_settings.c,
 * daemon_upstream.c (followed logs), daemon_watch.c (alarms) and daemon_measure.c (metrics, status)
 * share. Nobody else includes this.
 */
#ifndef CAIRN_DAEMON_PARTS_H
#define CAIRN_DAEMON_PARTS_H

#include "libshared/clock.h"
#include "libshared/daemon.h"
#include "libshared/desk.h"
#include "libshared/feed.h"
#include "libshared/follower.h"
#include "libshared/monitor.h"
#include "libshared/notify.h"
#include "libshared/subscribers.h"
#include "libshared/zap.h"

#include <limits.h>

#define DAEMON_UPSTREAMS 8
#define PATH_SIZE 512

struct daemon_config {
	const char *dir;
	const char *commands, *log;         /* endpoints; "": from dir */
	const char *commands_tcp, *log_tcp; /* beside those; "": none */
	const char *peers, *keys;           /* "": from dir */
	const char *log_level;
	uint64_t map_bytes, inflight, metrics_port, ready_fd, threads;
	const char *upstreams[DAEMON_UPSTREAMS]; /* endpoints of followed logs; "": from dir */
};

/* Everything that follows from the settings. */
struct daemon_paths {
	char program[64];     /* cairn-NAME */
	char home[PATH_SIZE]; /* DIR/NAME */
	char db[PATH_SIZE], keyring[PATH_SIZE], archive[PATH_SIZE];
	char keys[PATH_SIZE], peers[PATH_SIZE], run[PATH_SIZE];
	char noise[64]; /* file in keys */
	char commands[PATH_SIZE], log[PATH_SIZE];
	char upstreams[DAEMON_UPSTREAMS][PATH_SIZE];
	char upstream_names[DAEMON_UPSTREAMS][PEER_NAME_MAX + 1];
};

struct daemon;

/* One followed log. */
struct link {
	struct daemon *daemon;
	unsigned upstream;
	struct follower *follower; /* NULL: not configured */
	int64_t retry_us;          /* when a stop that others may have mended is tried again */
};

struct daemon {
	const struct service *service;
	struct daemon_config config;
	struct daemon_paths paths;
	void *service_config;

	struct caps caps;
	bool caps_open;
	struct engine *engine;
	struct net *net;
	struct zap *zap;
	struct peers *peers;
	struct net_socket *commands, *log;
	struct curve_keys own;
	struct desk *desk;
	struct feed *feed;
	struct link links[DAEMON_UPSTREAMS];
	struct monitor *monitor;
	struct metrics *metrics;
	struct subscriber_series *subscriber_series;
	unsigned base, own_base, outside_base; /* of the daemon's and the service's metrics */
	struct method_names *methods;
	struct outside *outside;
	struct notify notify;
	int signal_fd;

	struct now now; /* of this turn */
	int64_t started_us;
	uint64_t upstream_bytes; /* taken in this turn */
	bool draining, feed_has_more;
	bool in_flight; /* a batch is with the durability: what found no room must wait for it */
	int64_t drain_until_us, noted_us, watched_us, asked_links_us;
	unsigned n_watched;
	uint64_t reader_lag, parked_stuck;
};

/* daemon_settings.c: 0; 1: nothing more to do, exit with 0 (help, version, check); -1: told, exit
 * with 2. */
int daemon_settings(struct daemon *d, int argc, char **argv) MUST_CHECK;

/* daemon_open.c */
int daemon_open(struct daemon *d) MUST_CHECK; /* 0, or -1: logged; daemon_close() either way */
void daemon_close(struct daemon *d);
void daemon_reload(struct daemon *d);

/* daemon_upstream.c */
int links_open(struct daemon *d) MUST_CHECK;
void links_close(struct daemon *d);
/* Takes what has come from the followed logs, within this turn's quota. */
void links_turn(struct daemon *d);
/* After a batch became durable: credit back; and what failed is followed again. */
void links_settle(struct daemon *d);
int64_t links_next_us(const struct daemon *d);
bool links_hold(const struct daemon *d);
/* Why a followed log has stopped for good; NULL: none has. */
const char *links_stopped(const struct daemon *d);

/* daemon_watch.c: looks after readers, clock, disk, parked events and absent subscribers, each
 * minute. */
void watch(struct daemon *d);

/* daemon_measure.c */
void measure_open(struct daemon *d);
void measure_close(struct daemon *d);
void measure_request(void *daemon, uint32_t kind, Cairn__Status status, int64_t took_us);
void measure_batch(struct daemon *d, unsigned n_inputs, int64_t took_us);
struct bytes measure_text(void *daemon, struct arena *arena);
const char *measure_not_ready(void *daemon);
struct bytes measure_status(void *daemon, struct arena *arena);

#endif
