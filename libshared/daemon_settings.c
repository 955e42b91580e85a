/* The daemon's settings, and the places that follow from them. */
#include "libshared/config.h"
#include "libshared/daemon_parts.h"
#include "libshared/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define AT(field) offsetof(struct daemon_config, field)

static const struct setting daemon_settings_table[] = {
	{"dir", SET_TEXT, AT(dir), NULL, NULL, NULL, "where everything is kept"},
	{"commands", SET_TEXT, AT(commands), "", NULL, NULL,
	 "endpoint of commands and queries; empty: ipc://DIR/run/NAME.s"},
	{"commands_tcp", SET_TEXT, AT(commands_tcp), "", NULL, NULL,
	 "one more, as tcp://HOST:PORT"},
	{"log", SET_TEXT, AT(log), "", NULL, NULL,
	 "endpoint of the log; empty: ipc://DIR/run/NAME.l"},
	{"log_tcp", SET_TEXT, AT(log_tcp), "", NULL, NULL, "one more, as tcp://HOST:PORT"},
	{"peers", SET_TEXT, AT(peers), "", NULL, NULL, "who may connect; empty: DIR/peers"},
	{"keys", SET_TEXT, AT(keys), "", NULL, NULL, "directory of keys; empty: DIR/keys"},
	{"map", SET_BYTES, AT(map_bytes), "64G", "16M", "16T", "address space for the tables"},
	{"inflight", SET_COUNT, AT(inflight), "1024", "1", "65536", "unanswered commands per peer"},
	{"threads", SET_COUNT, AT(threads), "1", "1", "8",
	 "of network input and output; 2 above 20 followers"},
	{"metrics_port", SET_COUNT, AT(metrics_port), "0", "0", "65535",
	 "of /metrics, /livez, /readyz on loopback; 0: none"},
	{"log_level", SET_TEXT, AT(log_level), "info", NULL, NULL, "debug, info, warn or error"},
	{"ready_fd", SET_COUNT, AT(ready_fd), "0", "0", "65535",
	 "descriptor that is told when the daemon is ready; 0: none"},
};

/* The settings of followed logs have the names of their services: follow_enrollment=ENDPOINT. */
struct upstream_settings {
	struct setting rows[DAEMON_UPSTREAMS];
	char names[DAEMON_UPSTREAMS][64];
};

/* The service whose log it is: "enrollment" of "enrollment.0.log". */
static void name_of_stream(const char *stream, char name_r[PEER_NAME_MAX + 1])
{
	snprintf(name_r, PEER_NAME_MAX + 1, "%.*s", (int)strcspn(stream, "."), stream);
}

static void name_upstreams(struct daemon *d, struct upstream_settings *s)
{
	for (unsigned i = 0; i < d->service->n_upstreams; i++) {
		name_of_stream(d->service->upstreams[i].stream, d->paths.upstream_names[i]);
		snprintf(s->names[i], sizeof s->names[i], "follow_%s", d->paths.upstream_names[i]);
		s->rows[i] =
			(struct setting){s->names[i],
					 SET_TEXT,
					 AT(upstreams) + i * sizeof(const char *),
					 "",
					 NULL,
					 NULL,
					 "endpoint of that log; empty: ipc://DIR/run/SERVICE.l"};
	}
}

/* Writes what was set, or else head and tail. */
static int choose(char to[PATH_SIZE], const char *set, const char *head, const char *tail)
{
	int len = set[0] != '\0' ? snprintf(to, PATH_SIZE, "%s", set)
				 : snprintf(to, PATH_SIZE, "%s%s", head, tail);

	return len < PATH_SIZE ? 0 : -1;
}

/* An endpoint that was set, or the unix socket DIR/run/NAMESUFFIX. */
static int choose_endpoint(char to[PATH_SIZE], const char *set, const char *dir, const char *tail)
{
	int len = set[0] != '\0' ? snprintf(to, PATH_SIZE, "%s", set)
				 : snprintf(to, PATH_SIZE, "ipc://%s/run/%s", dir, tail);

	return len < PATH_SIZE ? 0 : -1;
}

static int derive_home(struct daemon *d)
{
	struct daemon_paths *p = &d->paths;
	char home[PATH_SIZE], tail[80];

	snprintf(tail, sizeof tail, "/%s", d->service->name);
	if (choose(home, "", d->config.dir, tail) != 0)
		return -1;
	memcpy(p->home, home, sizeof p->home);
	return choose(p->db, "", home, "/db") | choose(p->keyring, "", home, "/keyring") |
	       choose(p->archive, "", home, "/archive");
}

static int derive_endpoints(struct daemon *d)
{
	const struct daemon_config *c = &d->config;
	char tail[80];
	int rc;

	snprintf(tail, sizeof tail, "%s.s", d->service->name);
	rc = choose_endpoint(d->paths.commands, c->commands, c->dir, tail);
	snprintf(tail, sizeof tail, "%s.l", d->service->name);
	rc |= choose_endpoint(d->paths.log, c->log, c->dir, tail);
	for (unsigned i = 0; i < d->service->n_upstreams; i++) {
		snprintf(tail, sizeof tail, "%s.l", d->paths.upstream_names[i]);
		rc |= choose_endpoint(d->paths.upstreams[i], c->upstreams[i], c->dir, tail);
	}
	return rc;
}

/* 0, or -1: dir is too long. */
static int derive(struct daemon *d)
{
	const struct daemon_config *c = &d->config;
	struct daemon_paths *p = &d->paths;

	snprintf(p->noise, sizeof p->noise, "%s.noise", d->service->name);
	return derive_home(d) | choose(p->run, "", c->dir, "/run") |
	       choose(p->keys, c->keys, c->dir, "/keys") |
	       choose(p->peers, c->peers, c->dir, "/peers") | derive_endpoints(d);
}

static bool check_endpoints(const struct daemon *d, char fault_r[300])
{
	const char *const endpoints[] = {d->paths.commands, d->paths.log, d->config.commands_tcp,
					 d->config.log_tcp};
	char fault[200] = "";

	for (unsigned i = 0; i < ARRAY_LEN(endpoints); i++)
		if (endpoints[i][0] != '\0' && !net_endpoint_check(endpoints[i], fault))
			return snprintf(fault_r, 300, "%.80s: %s", endpoints[i], fault) < 0;
	for (unsigned i = 0; i < d->service->n_upstreams; i++)
		if (!net_endpoint_check(d->paths.upstreams[i], fault))
			return snprintf(fault_r, 300, "%.80s: %s", d->paths.upstreams[i], fault) <
			       0;
	return true;
}

static bool set_level(const char *program, const char *name)
{
	static const char *const names[] = {"debug", "info", "warn", "error"};

	for (unsigned i = 0; i < ARRAY_LEN(names); i++)
		if (strcmp(name, names[i]) == 0) {
			log_start(program, (enum log_level)i);
			return true;
		}
	return false;
}

static void print_help(const struct daemon *d, const struct setting_table *tables, unsigned n)
{
	printf("%s dir=DIR [name=value ...] [-c FILE] [--check] [--help] [--version]\n\n"
	       "  -c FILE    settings under [%s]\n"
	       "  --check    says whether the settings are right, and exits\n\n",
	       d->paths.program, d->paths.program);
	config_help(tables, n);
}

/* The words of the command line that are no settings. */
struct words {
	char **settings;
	unsigned n_settings;
	const char *file;
	bool help, version, check, wrong;
};

static void read_words(struct words *w, int argc, char **argv)
{
	w->settings = calloc((size_t)MAX(argc, 1), sizeof *w->settings);
	ENSURE(w->settings != NULL);
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
			w->help = true;
		else if (strcmp(argv[i], "--version") == 0)
			w->version = true;
		else if (strcmp(argv[i], "--check") == 0 || strcmp(argv[i], "-n") == 0)
			w->check = true;
		else if (strcmp(argv[i], "-c") == 0 && i + 1 < argc)
			w->file = argv[++i];
		else if (argv[i][0] == '-')
			w->wrong = true;
		else
			w->settings[w->n_settings++] = argv[i];
	}
}

static int load(struct daemon *d, const struct setting_table *tables, unsigned n,
		const struct words *w)
{
	char fault[300] = "";

	if (w->wrong)
		snprintf(fault, sizeof fault, "unknown option; see --help");
	else if (config_load(tables, n, d->paths.program, w->file, w->settings, w->n_settings,
			     fault) == 0) {
		if (!set_level(d->service->name, d->config.log_level))
			snprintf(fault, sizeof fault, "log_level is debug, info, warn or error");
		else if (derive(d) != 0)
			snprintf(fault, sizeof fault, "dir is too long");
		else if (check_endpoints(d, fault))
			return 0;
	}
	fprintf(stderr, "%s: %s\n", d->paths.program, fault);
	return -1;
}

int daemon_settings(struct daemon *d, int argc, char **argv)
{
	struct upstream_settings upstreams;
	struct words words = {0};
	int rc = 1;

	ENSURE(d->service->n_upstreams <= DAEMON_UPSTREAMS);
	snprintf(d->paths.program, sizeof d->paths.program, "cairn-%s", d->service->name);
	d->service_config = calloc(1, MAX(d->service->config_size, (size_t)1));
	ENSURE(d->service_config != NULL);
	name_upstreams(d, &upstreams);
	const struct setting_table tables[] = {
		{daemon_settings_table, ARRAY_LEN(daemon_settings_table), &d->config},
		{upstreams.rows, d->service->n_upstreams, &d->config},
		{d->service->settings, d->service->n_settings, d->service_config},
	};

	read_words(&words, argc, argv);
	if (words.help)
		print_help(d, tables, ARRAY_LEN(tables));
	else if (words.version)
		printf("%s %s\n", d->paths.program, CAIRN_VERSION);
	else
		rc = load(d, tables, ARRAY_LEN(tables), &words);
	if (rc == 0 && words.check) {
		printf("%s: settings are right\n", d->paths.program);
		rc = 1;
	}
	free(words.settings);
	return rc;
}
