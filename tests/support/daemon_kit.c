/* A directory with keys and peers, and daemons in it. */
#include "tests/support/daemon_kit.h"

#include "libshared/clock.h"
#include "libshared/log.h"
#include "libshared/peers.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define FIRST_PORT 10000U
#define LAST_PORT 32000U

static const struct kit_peer {
	const char *name, *roles, *scope;
} kit_peers[] = {
	{"enrollment", "follow", ""},
	{"evidence", "follow", ""},
	{"assessment", "follow", ""},
	{"issuance", "follow,names", ""},
	{"notification", "follow,names,delivers", ""},
	{"shelf", "follow", ""},
	{"copy", "follow,names", ""},
	{"gateway", "portal,asserts,names", ""},
	{"cairnctl", "portal,operator,asserts,names,follow", ""},
	{"reader", "follow", ""},
	{"teacher", "portal", ""},
	{"tncompass", "licensure", "TN"},
};

/* ---- keys and peers ---- */

static const char *keys_dir(const struct daemon_kit *k)
{
	return place_path(&k->place, "keys");
}

void daemon_kit_peer(struct daemon_kit *k, const char *name, const char *roles, const char *scope)
{
	struct key_text key;

	ENSURE(keys_make(keys_dir(k), name, &key) == 0);
	ENSURE(peers_add(place_path(&k->place, "peers"), name, &key, roles, scope) == 0);
}

void daemon_kit_revoke(struct daemon_kit *k, const char *name)
{
	const char *from = place_path(&k->place, "peers"), *to = place_path(&k->place, "peers.new");
	FILE *in = fopen(from, "re"), *out = fopen(to, "we");
	size_t len = strlen(name);
	char line[512];

	ENSURE(in != NULL && out != NULL);
	while (fgets(line, sizeof line, in) != NULL)
		if (strncmp(line, name, len) != 0 || line[len] != ' ')
			fputs(line, out);
	ENSURE(fclose(in) == 0 && fclose(out) == 0);
	ENSURE(rename(to, from) == 0);
}

struct curve_keys daemon_kit_keys(const struct daemon_kit *k, const char *name)
{
	struct curve_keys keys, copy;

	ENSURE(keys_load(keys_dir(k), name, &keys) == 0);
	copy = keys;
	keys_forget(&keys);
	return copy;
}

struct key_text daemon_kit_public(const struct daemon_kit *k, const char *name)
{
	return daemon_kit_keys(k, name).public_key;
}

const char *daemon_kit_endpoint(const struct daemon_kit *k, const char *service, char what)
{
	static char endpoints[16][160];
	static unsigned next;
	char *endpoint = endpoints[next++ % ARRAY_LEN(endpoints)];

	snprintf(endpoint, sizeof endpoints[0], "ipc://%s/run/%s.%c", k->place.dir, service, what);
	return endpoint;
}

uint16_t daemon_kit_free_port(void)
{
	struct sockaddr_in at = {.sin_family = AF_INET};

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	for (unsigned step = 0; step < LAST_PORT - FIRST_PORT; step++) {
		unsigned port = FIRST_PORT + ((unsigned)getpid() + step) % (LAST_PORT - FIRST_PORT);
		int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
		bool free;

		at.sin_port = htons((uint16_t)port);
		ENSURE(fd >= 0);
		free = bind(fd, (const struct sockaddr *)&at, sizeof at) == 0;
		close(fd);
		if (free)
			return (uint16_t)port;
	}
	ENSURE(false); /* all are taken */
	return 0;
}

/* ---- daemons ---- */

void daemon_kit_open(struct daemon_kit *k)
{
	log_start("test", LOG_ERROR);
	*k = (struct daemon_kit){.files = 0};
	place_make(&k->place);
	for (unsigned i = 0; i < ARRAY_LEN(kit_peers); i++)
		daemon_kit_peer(k, kit_peers[i].name, kit_peers[i].roles, kit_peers[i].scope);
	k->net = net_open(1);
	ENSURE(k->net != NULL);
}

static const char *err_file(const struct daemon_kit *k, const char *service)
{
	char name[64];

	snprintf(name, sizeof name, "%s.err", service);
	return place_path(&k->place, name);
}

static void print_err(const struct daemon_kit *k, const char *service)
{
	FILE *f = fopen(err_file(k, service), "re");
	char line[1024];

	while (f != NULL && fgets(line, sizeof line, f) != NULL)
		fputs(line, stderr);
	if (f != NULL)
		fclose(f);
}

void daemon_kit_close(struct daemon_kit *k)
{
	bool verbose = getenv("CAIRN_TEST_VERBOSE") != NULL;

	net_close(&k->net);
	for (unsigned i = 0; i < KIT_DAEMONS; i++) {
		process_kill(&k->daemons[i].process);
		if (verbose && k->daemons[i].name[0] != '\0')
			print_err(k, k->daemons[i].name);
	}
	place_remove(&k->place);
}

struct process *daemon_kit_process(struct daemon_kit *k, const char *service)
{
	for (unsigned i = 0; i < KIT_DAEMONS; i++)
		if (strcmp(k->daemons[i].name, service) == 0)
			return &k->daemons[i].process;
	return NULL;
}

static struct process *process_for(struct daemon_kit *k, const char *service)
{
	struct process *p = daemon_kit_process(k, service);

	for (unsigned i = 0; i < KIT_DAEMONS && p == NULL; i++)
		if (k->daemons[i].name[0] == '\0') {
			snprintf(k->daemons[i].name, sizeof k->daemons[i].name, "%s", service);
			p = &k->daemons[i].process;
		}
	ENSURE(p != NULL);
	return p;
}

struct process *daemon_kit_spawn(struct daemon_kit *k, const char *service,
				 const char *const *words)
{
	const char *bin = getenv("CAIRN_BIN_DIR");
	char path[256], dir[128], ready[32];
	const char *argv[KIT_WORDS + 4] = {path, dir, ready, NULL};
	struct process *p = process_for(k, service);

	snprintf(path, sizeof path, "%s/cairn-%s", bin != NULL ? bin : CAIRN_BUILD_BIN_DIR,
		 service);
	snprintf(dir, sizeof dir, "dir=%s", k->place.dir);
	snprintf(ready, sizeof ready, "ready_fd=%d", PROCESS_READY_FD);
	for (size_t i = 0; words != NULL && words[i] != NULL; i++) {
		ENSURE(i < KIT_WORDS);
		argv[3 + i] = words[i];
	}
	process_start(p, &(struct process_options){argv, err_file(k, service), k->files});
	return p;
}

void daemon_kit_start(struct daemon_kit *k, const char *service, const char *const *words)
{
	struct process *p = daemon_kit_spawn(k, service, words);

	if (process_ready(p, KIT_WAIT_MS))
		return;
	print_err(k, service);
	ensure_failed("the daemon is ready", __FILE__, __LINE__);
}

void daemon_kit_stop(struct daemon_kit *k, const char *service)
{
	struct process *p = daemon_kit_process(k, service);

	process_signal(p, SIGTERM);
	ENSURE(process_wait(p, KIT_WAIT_MS) == 0);
}

void daemon_kit_kill(struct daemon_kit *k, const char *service)
{
	process_kill(daemon_kit_process(k, service));
}

void daemon_kit_reload(struct daemon_kit *k, const char *service)
{
	process_signal(daemon_kit_process(k, service), SIGHUP);
}

bool daemon_kit_said(const struct daemon_kit *k, const char *service, const char *text)
{
	FILE *f = fopen(err_file(k, service), "re");
	char line[1024];
	bool said = false;

	while (f != NULL && !said && fgets(line, sizeof line, f) != NULL)
		said = strstr(line, text) != NULL;
	if (f != NULL)
		fclose(f);
	return said;
}

/* ---- asking and following ---- */

struct client *daemon_kit_client(struct daemon_kit *k, const char *service, const char *peer)
{
	struct curve_keys keys = daemon_kit_keys(k, peer);
	struct key_text server = daemon_kit_public(k, service);
	struct client *c = client_open(
		&(struct client_options){.net = k->net,
					 .endpoint = daemon_kit_endpoint(k, service, 's'),
					 .keys = &keys,
					 .server = &server});

	ENSURE(c != NULL);
	return c;
}

Cairn__Status daemon_kit_ask(struct client *c, const struct ask *ask,
			     struct client_answer *answer_r)
{
	ENSURE(client_call(c, ask, clock_mono_us() + KIT_WAIT_MS * US_PER_MS, answer_r) == 0);
	return answer_r->status;
}

struct follower *daemon_kit_follow(struct daemon_kit *k, const char *service, const char *peer,
				   struct follower_options options)
{
	struct curve_keys keys = daemon_kit_keys(k, peer);
	struct key_text server = daemon_kit_public(k, service);
	static char streams[16][64];
	static unsigned next;
	struct follower *f;

	options.net = k->net;
	options.endpoint = daemon_kit_endpoint(k, service, 'l');
	options.keys = &keys;
	options.server = &server;
	if (options.stream == NULL) {
		char *stream = streams[next++ % ARRAY_LEN(streams)];

		snprintf(stream, sizeof streams[0], "%s.0.log", service);
		options.stream = stream;
	}
	f = follower_open(&options);
	ENSURE(f != NULL);
	return f;
}

void daemon_kit_turn(struct follower *f, int ms)
{
	zmq_pollitem_t item = {net_handle(follower_socket(f)), 0, ZMQ_POLLIN, 0};
	int64_t wait_us = MIN(follower_next_us(f) - clock_mono_us(), ms * US_PER_MS);

	zmq_poll(&item, 1, (long)(MAX(wait_us, INT64_C(0)) + 999) / 1000);
	follower_turn(f, clock_mono_us());
}
