/* What the daemon tells of itself: metrics, readiness, and its part of a status. */
#include "libshared/check.h"
#include "libshared/daemon_parts.h"
#include "libshared/log.h"
#include "libshared/snapshot.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

enum daemon_metric {
	REQUESTS,
	REQUEST_TOOK,
	BATCH_TOOK,
	BATCH_INPUTS,
	QUEUE,
	COMMANDS,
	EVENTS,
	BATCHES,
	UPSTREAM_EVENTS,
	TIMERS,
	PARKED,
	PARKED_STUCK,
	QUARANTINED,
	RERUNS,
	STORE_BYTES,
	DISK_FREE,
	DISK_SIZE,
	DISK_FULL,
	HEAD,
	UPSTREAM_LAG,
	UPSTREAM_GOING,
	FOLLOWERS,
	SENT_RECORDS,
	SENT_BYTES,
	KEYS_REFUSED,
	REQUESTS_ODD,
	READER_LAG,
	RESIDENT,
	UPTIME,
	READY,
	LAST_BACKUP,
	N_DAEMON_METRICS
};

static const char *const status_names[] = {
	[CAIRN__STATUS__STATUS_UNSPECIFIED] = "unspecified",
	[CAIRN__STATUS__OK] = "ok",
	[CAIRN__STATUS__REJECTED] = "rejected",
	[CAIRN__STATUS__INVALID] = "invalid",
	[CAIRN__STATUS__FORBIDDEN] = "forbidden",
	[CAIRN__STATUS__CONFLICT] = "conflict",
	[CAIRN__STATUS__ID_REUSED] = "id_reused",
	[CAIRN__STATUS__ID_TOO_OLD] = "id_too_old",
	[CAIRN__STATUS__EXPIRED] = "expired",
	[CAIRN__STATUS__BUSY] = "busy",
	[CAIRN__STATUS__UNAVAILABLE] = "unavailable",
	[CAIRN__STATUS__MOVED] = "moved",
};

static const char *const queue_names[] = {"commands", "followed"};
static const char *const store_names[] = {"used", "mapped"};

/* Names of all commands and queries, and the tables that need them or the followed streams. */
struct method_names {
	const char **names;
	uint32_t *kinds; /* Head.kind of each; 0: the last one, "other" */
	unsigned n;
	const char *streams[DAEMON_UPSTREAMS];
	struct metric table[N_DAEMON_METRICS];
};

static const struct metric plain[N_DAEMON_METRICS] = {
	[REQUESTS] = {"requests_total", METRIC_COUNTER, "Commands and queries by outcome.", {{0}}},
	[REQUEST_TOOK] = {"request_duration_seconds",
			  METRIC_HISTOGRAM,
			  "From arrival of a command to its reply.",
			  {{0}}},
	[BATCH_TOOK] = {"batch_duration_seconds",
			METRIC_HISTOGRAM,
			"Deciding, applying and committing a batch.",
			{{0}}},
	[BATCH_INPUTS] = {"batch_inputs_total", METRIC_COUNTER, "Inputs in all batches.", {{0}}},
	[QUEUE] = {"queue_depth",
		   METRIC_GAUGE,
		   "Commands unanswered; 1 where a followed batch waits.",
		   {{"queue", queue_names, 2}}},
	[COMMANDS] = {"commands_total", METRIC_COUNTER, "Commands decided.", {{0}}},
	[EVENTS] = {"events_total", METRIC_COUNTER, "Events written.", {{0}}},
	[BATCHES] = {"batches_total", METRIC_COUNTER, "Transactions.", {{0}}},
	[UPSTREAM_EVENTS] = {"upstream_events_total",
			     METRIC_COUNTER,
			     "Events of followed logs.",
			     {{0}}},
	[TIMERS] = {"timers_fired_total", METRIC_COUNTER, "Timers that came due.", {{0}}},
	[PARKED] = {"parked", METRIC_GAUGE, "Followed events that wait.", {{0}}},
	[PARKED_STUCK] = {"parked_stuck",
			  METRIC_GAUGE,
			  "Of those, how many are refused or have waited for ten minutes.",
			  {{0}}},
	[QUARANTINED] = {"quarantined_total",
			 METRIC_COUNTER,
			 "Inputs set aside because they stopped the process twice.",
			 {{0}}},
	[RERUNS] = {"batch_reruns_total", METRIC_COUNTER, "Inputs set aside in a batch.", {{0}}},
	[STORE_BYTES] = {"store_bytes",
			 METRIC_GAUGE,
			 "Of the environment.",
			 {{"kind", store_names, 2}}},
	[DISK_FREE] = {"disk_free_bytes", METRIC_GAUGE, "Free where the environment is.", {{0}}},
	[DISK_SIZE] = {"disk_size_bytes", METRIC_GAUGE, "Of that disk.", {{0}}},
	[DISK_FULL] = {"disk_full", METRIC_GAUGE, "1: commands are answered unavailable.", {{0}}},
	[HEAD] = {"audit_head_sequence", METRIC_GAUGE, "Last record of the log.", {{0}}},
	[UPSTREAM_LAG] = {"upstream_lag", METRIC_GAUGE, "Records not yet taken.", {{0}}},
	[UPSTREAM_GOING] = {"upstream_going", METRIC_GAUGE, "1: connected and following.", {{0}}},
	[FOLLOWERS] = {"followers", METRIC_GAUGE, "Sessions that follow this service.", {{0}}},
	[SENT_RECORDS] = {"follower_records_total",
			  METRIC_COUNTER,
			  "Records sent to followers.",
			  {{0}}},
	[SENT_BYTES] = {"follower_bytes_total", METRIC_COUNTER, "Bytes sent to followers.", {{0}}},
	[KEYS_REFUSED] = {"keys_refused_total",
			  METRIC_COUNTER,
			  "Connections refused by their key.",
			  {{0}}},
	[REQUESTS_ODD] = {"odd_messages_total",
			  METRIC_COUNTER,
			  "Messages dropped for their shape.",
			  {{0}}},
	[READER_LAG] = {"reader_lag",
			METRIC_GAUGE,
			"Transactions behind the oldest reader.",
			{{0}}},
	[RESIDENT] = {"resident_bytes", METRIC_GAUGE, "Memory of the process.", {{0}}},
	[UPTIME] = {"uptime_seconds", METRIC_GAUGE_US, "Since the start.", {{0}}},
	[READY] = {"ready", METRIC_GAUGE, "1: as /readyz says.", {{0}}},
	[LAST_BACKUP] = {"last_backup_timestamp_seconds",
			 METRIC_GAUGE,
			 "When cairnctl backup last copied it; 0: never.",
			 {{0}}},
};

/* ---- tables with names of this service ---- */

static void add_names(struct method_names *m, const ProtobufCMessageDescriptor *outer,
		      uint32_t base)
{
	for (unsigned i = 0; i < outer->n_fields; i++) {
		m->names[m->n] = outer->fields[i].name;
		m->kinds[m->n++] = base + outer->fields[i].id;
	}
}

static struct metric_label streams_label(const struct daemon *d, struct method_names *m)
{
	for (unsigned i = 0; i < d->service->n_upstreams; i++)
		m->streams[i] = d->service->upstreams[i].stream;
	return (struct metric_label){"stream", m->streams, d->service->n_upstreams};
}

static struct method_names *make_names(const struct daemon *d)
{
	const struct service *s = d->service;
	struct method_names *m = calloc(1, sizeof *m);
	unsigned room = s->command->n_fields + s->query->n_fields + 1;

	ENSURE(m != NULL);
	m->names = calloc(room, sizeof *m->names);
	m->kinds = calloc(room, sizeof *m->kinds);
	ENSURE(m->names != NULL && m->kinds != NULL);
	add_names(m, s->command, 0);
	add_names(m, s->query, QUERY_BASE);
	m->names[m->n++] = "other";
	memcpy(m->table, plain, sizeof m->table);
	m->table[REQUESTS].labels[0] = (struct metric_label){"method", m->names, m->n};
	m->table[REQUESTS].labels[1] =
		(struct metric_label){"code", status_names, ARRAY_LEN(status_names)};
	m->table[UPSTREAM_LAG].labels[0] = streams_label(d, m);
	m->table[UPSTREAM_GOING].labels[0] = streams_label(d, m);
	return m;
}

void measure_open(struct daemon *d)
{
	d->methods = make_names(d);
	d->metrics = metrics_new(d->service->name, CAIRN_VERSION);
	d->base = metrics_add_table(d->metrics, d->methods->table, N_DAEMON_METRICS);
	d->subscriber_series = subscriber_series_new(d->metrics);
	if (d->service->measure != NULL)
		d->own_base =
			metrics_add_table(d->metrics, d->service->metrics, d->service->n_metrics);
	if (d->service->outside != NULL)
		d->outside_base = metrics_add_table(d->metrics, d->service->outside->metrics,
						    d->service->outside->n_metrics);
}

void measure_close(struct daemon *d)
{
	metrics_destroy(&d->metrics);
	subscriber_series_destroy(&d->subscriber_series);
	if (d->methods == NULL)
		return;
	free(d->methods->names);
	free(d->methods->kinds);
	free(d->methods);
	d->methods = NULL;
}

/* ---- as things happen ---- */

static unsigned method_of_kind(const struct method_names *m, uint32_t kind)
{
	for (unsigned i = 0; i + 1 < m->n; i++)
		if (m->kinds[i] == kind)
			return i;
	return m->n - 1;
}

void measure_request(void *daemon, uint32_t kind, Cairn__Status status, int64_t took_us)
{
	struct daemon *d = daemon;
	unsigned method = method_of_kind(d->methods, kind);
	unsigned code = status < ARRAY_LEN(status_names) ? status : 0;
	unsigned requests = d->base + REQUESTS;

	metrics_count(d->metrics, requests, metric_at(d->metrics, requests, method, code), 1);
	if (took_us > 0)
		metrics_observe(d->metrics, d->base + REQUEST_TOOK, 0, took_us);
}

void measure_batch(struct daemon *d, unsigned n_inputs, int64_t took_us)
{
	metrics_count(d->metrics, d->base + BATCH_INPUTS, 0, n_inputs);
	metrics_observe(d->metrics, d->base + BATCH_TOOK, 0, took_us);
}

/* ---- when asked ---- */

/* Bytes resident, from /proc; 0: not known. */
static uint64_t resident_bytes(void)
{
	FILE *f = fopen("/proc/self/statm", "re");
	unsigned long size = 0, resident = 0;

	if (f == NULL)
		return 0;
	if (fscanf(f, "%lu %lu", &size, &resident) != 2)
		resident = 0;
	fclose(f);
	return (uint64_t)resident * (uint64_t)sysconf(_SC_PAGESIZE);
}

static uint64_t disk_bytes(const char *dir)
{
	struct statvfs fs;

	return statvfs(dir, &fs) == 0 ? (uint64_t)fs.f_blocks * fs.f_frsize : 0;
}

/* Whoever has copied this service leaves a file in its directory; 0: nobody has. */
static uint64_t backed_up_at(const struct daemon *d)
{
	char path[PATH_SIZE + 16];
	struct stat st;

	snprintf(path, sizeof path, "%s/" BACKED_UP, d->paths.home);
	return stat(path, &st) == 0 ? (uint64_t)st.st_mtime : 0;
}

static void set(struct daemon *d, enum daemon_metric metric, unsigned series, uint64_t value)
{
	metrics_set(d->metrics, d->base + metric, series, (int64_t)value);
}

static void measure_engine(struct daemon *d, const Cairn__RuntimeStatus *status)
{
	struct engine_stats stats = engine_stats(d->engine);

	set(d, COMMANDS, 0, stats.commands);
	set(d, EVENTS, 0, stats.events);
	set(d, BATCHES, 0, stats.batches);
	set(d, UPSTREAM_EVENTS, 0, stats.upstream_events);
	set(d, TIMERS, 0, stats.timers_fired);
	set(d, QUARANTINED, 0, stats.quarantined);
	set(d, RERUNS, 0, stats.reruns);
	set(d, PARKED, 0, status->parked);
	set(d, PARKED_STUCK, 0, d->parked_stuck);
	set(d, STORE_BYTES, 0, status->store_used_bytes);
	set(d, STORE_BYTES, 1, status->store_map_bytes);
	set(d, DISK_FREE, 0, status->disk_free_bytes);
	set(d, DISK_SIZE, 0, disk_bytes(d->paths.db));
	set(d, DISK_FULL, 0, stats.disk_full);
	set(d, LAST_BACKUP, 0, backed_up_at(d));
	set(d, HEAD, 0, status->durable_seq);
	set(d, READER_LAG, 0, d->reader_lag);
}

static uint64_t lag_of(const struct follower *f)
{
	uint64_t head = follower_head_seq(f), at = follower_position(f)->seq;

	return head > at ? head - at : 0;
}

static void measure_sockets(struct daemon *d)
{
	struct desk_counts desk = desk_counts(d->desk);
	struct feed_counts feed = feed_counts(d->feed);

	set(d, QUEUE, 0, desk.unanswered);
	set(d, QUEUE, 1, links_hold(d));
	set(d, FOLLOWERS, 0, feed.sessions);
	set(d, SENT_RECORDS, 0, feed.records);
	set(d, SENT_BYTES, 0, feed.bytes);
	set(d, KEYS_REFUSED, 0, zap_counts(d->zap).refused);
	set(d, REQUESTS_ODD, 0, desk.odd);
	for (unsigned i = 0; i < d->service->n_upstreams; i++) {
		const struct follower *f = d->links[i].follower;

		set(d, UPSTREAM_LAG, i, lag_of(f));
		set(d, UPSTREAM_GOING, i, follower_state(f) == FOLLOWER_GOING);
	}
}

static void fill_subscribers(const struct daemon *d, Cairn__RuntimeStatus *status,
			     struct arena *arena)
{
	struct subscribers s = {d->engine, d->feed, d->peers, d->now};

	subscribers_fill(&s, status, arena);
}

struct bytes measure_text(void *daemon, struct arena *arena)
{
	struct daemon *d = daemon;
	const struct outside_ops *outside = d->service->outside;
	Cairn__RuntimeStatus *status = engine_status(d->engine, arena);

	fill_subscribers(d, status, arena);
	subscriber_series_set(d->subscriber_series, status, d->now.wall_us);
	measure_engine(d, status);
	measure_sockets(d);
	set(d, READY, 0, measure_not_ready(d) == NULL);
	set(d, RESIDENT, 0, resident_bytes());
	set(d, UPTIME, 0, (uint64_t)(d->now.mono_us - d->started_us));
	if (d->service->measure != NULL) {
		d->service->measure(engine_view_begin(d->engine), d->now.wall_us, d->metrics,
				    d->own_base);
		engine_view_end(d->engine);
	}
	if (outside != NULL && outside->measure != NULL)
		outside->measure(d->outside, d->engine, d->metrics, d->outside_base);
	return metrics_text(d->metrics, arena);
}

const char *measure_not_ready(void *daemon)
{
	struct daemon *d = daemon;
	struct engine_stats stats = engine_stats(d->engine);
	const char *stopped = links_stopped(d);

	if (d->draining)
		return "draining";
	if (stats.disk_full)
		return "the disk is full";
	if (stats.fenced)
		return "fenced";
	return stopped != NULL && stopped[0] != '\0' ? stopped : NULL;
}

/* ---- status ---- */

static void add_link(const struct daemon *d, unsigned i, Cairn__UpstreamStatus *u,
		     struct arena *arena)
{
	const struct follower *f = d->links[i].follower;
	int64_t heard_us = follower_heard_us(f);
	const char *why = follower_stop_text(follower_stop(f));

	u->head_seq = follower_head_seq(f);
	u->connected = follower_state(f) == FOLLOWER_GOING;
	if (heard_us != 0)
		u->heard_us = d->now.wall_us - (d->now.mono_us - heard_us);
	if (why[0] != '\0' && u->stopped[0] == '\0')
		u->stopped = arena_text(arena, bytes_of_text(why));
}

struct bytes measure_status(void *daemon, struct arena *arena)
{
	struct daemon *d = daemon;
	Cairn__RuntimeAnswer answer_message = CAIRN__RUNTIME_ANSWER__INIT;
	Cairn__RuntimeStatus *status = engine_status(d->engine, arena);

	for (unsigned i = 0; i < status->n_upstreams; i++)
		add_link(d, i, status->upstreams[i], arena);
	fill_subscribers(d, status, arena);
	status->uptime_us = d->now.mono_us - d->started_us;
	status->resident_bytes = resident_bytes();
	answer_message.body_case = CAIRN__RUNTIME_ANSWER__BODY_STATUS;
	answer_message.status = status;
	return message_pack(&answer_message.base, arena);
}
