/* The loop: what has arrived is taken, decided in one transaction, and then answered. */
#include "libshared/daemon.h"

#include "libshared/daemon_parts.h"
#include "libshared/log.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#define IDLE_US US_PER_S       /* the longest sleep: beats, watchdog */
#define IN_FLIGHT_US US_PER_MS /* how often a durability that takes its time is asked */
#define DRAIN_US (10 * US_PER_S)
#define NOTE_US                                                                                    \
	(5 * US_PER_S) /* acknowledgements of subscribers are kept, although nothing else is */
#define LOG_MESSAGES_PER_TURN 256

/* ---- waiting ---- */

#define ITEMS_MAX (4 + DAEMON_UPSTREAMS + MONITOR_ITEMS + OUTSIDE_ITEMS)

static unsigned fill_items(struct daemon *d, zmq_pollitem_t items[ITEMS_MAX])
{
	unsigned n = 0;

	items[n++] = (zmq_pollitem_t){NULL, d->signal_fd, ZMQ_POLLIN, 0};
	items[n++] = (zmq_pollitem_t){net_handle(zap_socket(d->zap)), 0, ZMQ_POLLIN, 0};
	items[n++] = (zmq_pollitem_t){net_handle(d->log), 0, ZMQ_POLLIN, 0};
	if (!d->draining && !desk_holds(d->desk))
		items[n++] = (zmq_pollitem_t){net_handle(d->commands), 0, ZMQ_POLLIN, 0};
	for (unsigned i = 0; i < d->service->n_upstreams && !d->draining; i++) {
		const struct follower *f = d->links[i].follower;

		if (!follower_holds(f))
			items[n++] =
				(zmq_pollitem_t){net_handle(follower_socket(f)), 0, ZMQ_POLLIN, 0};
	}
	if (d->monitor != NULL)
		n += monitor_items(d->monitor, items + n);
	if (d->outside != NULL && d->service->outside->items != NULL)
		n += d->service->outside->items(d->outside, items + n);
	return n;
}

/* How long nothing needs to be done unless something arrives. */
static int64_t idle_us(const struct daemon *d)
{
	const struct outside_ops *outside = d->service->outside;
	struct now now = clock_now();
	int64_t us = IDLE_US;

	if (d->feed_has_more || (!d->in_flight && (desk_holds(d->desk) || links_hold(d))))
		return 0;
	if (!engine_idle(d->engine))
		us = IN_FLIGHT_US;
	if (!d->draining) {
		us = MIN(us, links_next_us(d) - now.mono_us);
		us = MIN(us, engine_next_timer_us(d->engine) - now.wall_us);
	}
	if (d->outside != NULL && outside->next_us != NULL)
		us = MIN(us, outside->next_us(d->outside) - now.wall_us);
	return MAX(us, INT64_C(0));
}

/* -1: logged. */
static int wait(struct daemon *d)
{
	zmq_pollitem_t items[ITEMS_MAX];
	unsigned n = fill_items(d, items);
	long ms = (long)((idle_us(d) + US_PER_MS - 1) / US_PER_MS);

	if (zmq_poll(items, (int)n, ms) >= 0 || errno == EINTR)
		return 0;
	log_error("poll_failed", "error=\"%s\"", zmq_strerror(errno));
	return -1;
}

/* ---- signals ---- */

static void begin_drain(struct daemon *d, uint32_t signal)
{
	if (d->draining)
		return;
	log_info("draining", "signal=%" PRIu32 " unanswered=%" PRIu64, signal,
		 desk_counts(d->desk).unanswered);
	notify_stopping(&d->notify);
	d->draining = true;
	d->drain_until_us = d->now.mono_us + DRAIN_US;
}

static void take_signals(struct daemon *d)
{
	struct signalfd_siginfo info;

	while (read(d->signal_fd, &info, sizeof info) == (ssize_t)sizeof info) {
		if (info.ssi_signo == SIGHUP)
			daemon_reload(d);
		else
			begin_drain(d, info.ssi_signo);
	}
}

/* ---- a turn ---- */

static void take_log_messages(struct daemon *d)
{
	struct net_message m;

	for (int i = 0; i < LOG_MESSAGES_PER_TURN; i++) {
		enum net_got got = net_receive(d->log, &m);

		if (got == NET_NOTHING)
			return;
		if (got == NET_ODD)
			continue;
		feed_take(d->feed, &m, m.user != NULL ? peer_by_name(d->peers, m.user) : NULL,
			  &d->now);
		net_release(&m);
	}
}

/* Followed logs first, so that a flood of commands cannot starve them, unless a command found no
 * room last time: then it is first. */
static void take_inputs(struct daemon *d)
{
	bool desk_first = desk_holds(d->desk);

	if (d->draining)
		return;
	if (desk_first)
		desk_take(d->desk, d->peers, &d->now);
	links_turn(d);
	if (!desk_first)
		desk_take(d->desk, d->peers, &d->now);
}

static void give_reply(void *daemon, const struct reply *reply)
{
	struct daemon *d = daemon;

	if ((reply->token & OUTSIDE_TOKEN) == 0)
		desk_reply(d->desk, reply);
	else if (d->outside != NULL && d->service->outside->replied != NULL)
		d->service->outside->replied(d->outside, reply);
}

static bool work_waits(struct daemon *d)
{
	if (!engine_idle(d->engine))
		return true;
	if (d->draining)
		return false;
	return engine_next_timer_us(d->engine) <= d->now.wall_us ||
	       d->now.mono_us - d->noted_us >= NOTE_US;
}

static void run_engine(struct daemon *d)
{
	int64_t began_us = clock_mono_us();
	unsigned n;

	if (!work_waits(d))
		return;
	d->noted_us = d->now.mono_us;
	n = engine_run(d->engine, d->now.wall_us);
	if (n > 0)
		desk_note_batch(d->desk, n, clock_mono_us() - began_us);
	d->in_flight = engine_poll(d->engine, give_reply, d);
	if (d->in_flight)
		return;
	if (n > 0)
		measure_batch(d, n, clock_mono_us() - began_us);
	if (!d->draining)
		links_settle(d);
}

static void turn(struct daemon *d)
{
	d->now = clock_now();
	take_signals(d);
	zap_turn(d->zap, d->peers);
	take_log_messages(d);
	take_inputs(d);
	run_engine(d);
	if (d->outside != NULL && !d->draining)
		d->service->outside->turn(d->outside, d->engine, d->now.wall_us);
	d->feed_has_more = feed_turn(d->feed, &d->now);
	if (d->monitor != NULL)
		monitor_turn(d->monitor, d->now.mono_us);
	notify_watchdog(&d->notify, d->now.mono_us);
	watch(d);
}

static bool drained(const struct daemon *d)
{
	return d->draining && (engine_idle(d->engine) || d->now.mono_us >= d->drain_until_us);
}

/* 0 when drained, 1 when it could not go on. */
static int loop(struct daemon *d)
{
	while (!drained(d)) {
		if (wait(d) != 0)
			return 1;
		turn(d);
	}
	log_info("drained", "seq=%" PRIu64, engine_durable_seq(d->engine));
	return 0;
}

int service_main(int argc, char **argv, const struct service *service)
{
	struct daemon d = {.service = service, .signal_fd = -1, .notify = {-1, -1, 0, 0}};
	int rc = daemon_settings(&d, argc, argv);

	if (rc != 0) {
		free(d.service_config);
		return rc > 0 ? 0 : 2;
	}
	d.now = clock_now();
	d.started_us = d.noted_us = d.now.mono_us;
	rc = daemon_open(&d) == 0 ? 0 : 1;
	if (rc == 0) {
		log_info("ready", "version=%s seq=%" PRIu64 " commands=%s", CAIRN_VERSION,
			 engine_durable_seq(d.engine), net_endpoint(d.commands, 0));
		notify_ready(&d.notify, "ready");
		rc = loop(&d);
	}
	daemon_close(&d);
	return rc;
}
