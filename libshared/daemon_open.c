/* Starting: everything opened in order, each socket's door proved shut to strangers. And ending. */
#include "libshared/daemon_parts.h"
#include "libshared/log.h"
#include "libshared/seal.h"
#include "libshared/zone.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

#define LINGER_MS 1000 /* for replies that were queued when the drain ended */

static int make_directory(const char *path, mode_t mode)
{
	if (mkdir(path, mode) == 0 || errno == EEXIST)
		return 0;
	log_error("directory_not_made", "dir=%s error=\"%s\"", path, strerror(errno));
	return -1;
}

/* Before any thread is made: libzmq's would take the signals otherwise. */
static int open_signals(struct daemon *d)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	signal(SIGPIPE, SIG_IGN);
	if (sigprocmask(SIG_BLOCK, &set, NULL) == 0)
		d->signal_fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
	if (d->signal_fd < 0)
		log_error("signals_not_opened", "error=\"%s\"", strerror(errno));
	return d->signal_fd < 0 ? -1 : 0;
}

/* What rules and queries may use: secrets are read, and made where they are missing. */
static int open_caps(struct daemon *d)
{
	const struct service *s = d->service;

	if (keys_load(d->paths.keys, s->name, &d->own) != 0 ||
	    keys_noise(d->paths.keys, d->paths.noise, d->caps.noise_key,
		       sizeof d->caps.noise_key) != 0)
		return -1;
	d->caps.keyring = keyring_open(d->paths.keyring, NULL);
	d->caps.zones = zones_open(NULL);
	if (d->caps.keyring == NULL || d->caps.zones == NULL)
		return -1;
	if (s->open_caps != NULL && s->open_caps(&d->caps, d->paths.home, d->paths.keys) != 0)
		return -1;
	d->caps_open = true;
	return 0;
}

static int open_engine(struct daemon *d)
{
	struct id_maker maker = {0};
	struct engine_options options = {
		.dir = d->paths.db,
		.map_bytes = d->config.map_bytes,
		.caps = &d->caps,
		.fresh_log_id = id_make(&maker, d->now.wall_us),
		.archive_dir = d->paths.archive,
	};

	d->engine = engine_open(d->service, &options);
	return d->engine != NULL ? 0 : -1;
}

static const char *endpoint_or_none(const char *endpoint)
{
	return endpoint[0] != '\0' ? endpoint : NULL;
}

static int prove_shut(struct daemon *d, const struct net_socket *s)
{
	for (unsigned i = 0; net_endpoint(s, i)[0] != '\0'; i++)
		if (zap_self_test(d->zap, d->peers, s, i, &d->own.public_key) != 0)
			return -1;
	return 0;
}

static int open_sockets(struct daemon *d)
{
	struct net_want commands = {
		.kind = NET_COMMANDS,
		.endpoints = {d->paths.commands, endpoint_or_none(d->config.commands_tcp)},
		.keys = &d->own};
	struct net_want log = {.kind = NET_LOG,
			       .endpoints = {d->paths.log, endpoint_or_none(d->config.log_tcp)},
			       .keys = &d->own};

	d->net = net_open((int)d->config.threads);
	if (d->net == NULL)
		return -1;
	d->zap = zap_open(d->net);
	if (d->zap == NULL)
		return -1;
	d->commands = net_socket(d->net, &commands);
	d->log = d->commands != NULL ? net_socket(d->net, &log) : NULL;
	if (d->log == NULL || prove_shut(d, d->commands) != 0 || prove_shut(d, d->log) != 0)
		return -1;
	return links_open(d);
}

static int open_monitor(struct daemon *d)
{
	struct monitor_pages pages = {d, measure_text, measure_not_ready};

	measure_open(d);
	if (d->config.metrics_port == 0)
		return 0;
	d->monitor = monitor_open((uint16_t)d->config.metrics_port, &pages);
	return d->monitor != NULL ? 0 : -1;
}

static int open_outside(struct daemon *d)
{
	struct outside_setup setup = {&d->caps, d->service_config, d->paths.home, d->paths.keys,
				      d->paths.peers};

	if (d->service->outside == NULL)
		return 0;
	d->outside = d->service->outside->open(&setup);
	return d->outside != NULL ? 0 : -1;
}

int daemon_open(struct daemon *d)
{
	notify_open(&d->notify, d->config.ready_fd > 0 ? (int)d->config.ready_fd : -1);
	if (sodium_init() < 0 || open_signals(d) != 0 || make_directory(d->paths.home, 0700) != 0 ||
	    make_directory(d->paths.run, 0755) != 0)
		return -1;
	d->peers = peers_load(d->paths.peers);
	if (d->peers == NULL || open_caps(d) != 0 || open_engine(d) != 0)
		return -1;
	/* The environment is ours alone now: a second daemon of this name has stopped above. */
	if (open_sockets(d) != 0)
		return -1;
	keys_forget(&d->own);
	d->desk = desk_new(&(struct desk_options){.engine = d->engine,
						  .socket = d->commands,
						  .inflight = (unsigned)d->config.inflight,
						  .ctx = d,
						  .answered = measure_request,
						  .status = measure_status});
	d->feed = feed_new(d->engine, &d->caps, d->log);
	return open_monitor(d) == 0 ? open_outside(d) : -1;
}

void daemon_close(struct daemon *d)
{
	if (d->outside != NULL)
		d->service->outside->close(&d->outside);
	monitor_close(&d->monitor);
	desk_destroy(&d->desk);
	feed_destroy(&d->feed);
	links_close(d);
	if (d->commands != NULL)
		net_linger(d->commands, LINGER_MS);
	zap_close(&d->zap);
	net_close(&d->net);
	engine_close(&d->engine);
	if (d->caps_open && d->service->close_caps != NULL)
		d->service->close_caps(&d->caps);
	keyring_close(&d->caps.keyring);
	zones_close(&d->caps.zones);
	peers_destroy(&d->peers);
	measure_close(d);
	notify_close(&d->notify);
	if (d->signal_fd >= 0)
		close(d->signal_fd);
	sodium_memzero(&d->caps, sizeof d->caps);
	keys_forget(&d->own);
	free(d->service_config);
}

void daemon_reload(struct daemon *d)
{
	struct peers *fresh;

	notify_reloading(&d->notify, d->now.mono_us);
	fresh = peers_load(d->paths.peers);
	if (fresh != NULL) {
		peers_destroy(&d->peers);
		d->peers = fresh;
		feed_recheck(d->feed, d->peers);
		log_info("peers_reloaded", "peers=%zu", peers_count(d->peers));
	}
	notify_ready(&d->notify, "peers reloaded");
}
