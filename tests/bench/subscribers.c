/* The last mile against brokers: a season replayed to a cold subscriber, events a second to 1, 10
 * and 100 subscribers, and how long one takes from being sent to its arrival, sync included. Of
 * issuance's public stream over CURVE, and of NATS JetStream and Redis Streams over TLS, whose
 * events are as long.
 *
 *	bench_subscribers [--quick] [--redis PORT DIR] [--nats PORT DIR STREAMS]
 *
 * tests/bench/run starts those. Each event is on disk before it is acknowledged: Redis syncs its
 * file (appendfsync always), NATS's folder of streams (STREAMS) is made synchronous. What differs:
 * Cairn decides a command and its event follows from that, where brokers only keep what they are
 * given; it renders each event for its subscriber; and Redis's subscribers poll.
 */
#include "tests/bench/bench.h"
#include "tests/bench/stream.h"
#include "tests/integration/season.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define RATE 200 /* events a second, when each is timed */
#define ROUNDS 3
#define WINDOW 1000

enum system { CAIRN, NATS, REDIS, SYSTEMS };
static const struct stream_ops *const ops[] = {&cairn_stream, &nats_stream, &redis_stream};
static const unsigned crowds[] = {1, 10, 100};
#define CROWDS ARRAY_LEN(crowds)

static struct bench {
	struct populated p;
	struct stream_server servers[SYSTEMS]; /* port 0: none */
	const char *nats_streams;
	bool nats_syncs;
	size_t season, n; /* events replayed; events of a run */
	size_t payload, n_streams;
	double replayed[SYSTEMS][ROUNDS];
	double rate[SYSTEMS][CROWDS], p50[SYSTEMS][CROWDS], p99[SYSTEMS][CROWDS];
	struct busy spent[CROWDS]; /* of issuance */
} b;

static bool is_there(enum system system)
{
	return system == CAIRN || b.servers[system].port != 0;
}

static const char *fresh_name(void)
{
	static char names[64][16];
	char *name = names[b.n_streams % ARRAY_LEN(names)];

	snprintf(name, sizeof names[0], "bench%zu", b.n_streams++);
	return name;
}

static struct stream_run run_of(enum system system, unsigned readers)
{
	return (struct stream_run){.ctx = system == CAIRN ? (void *)&b.p : &b.servers[system],
				   .name = fresh_name(),
				   .readers = readers,
				   .payload = b.payload,
				   .window = WINDOW,
				   .n = b.n};
}

/* ---- a season replayed ---- */

static void replay(enum system system)
{
	struct stream_run run = run_of(system, 1);

	run.n = b.season;
	if (system == NATS)
		nats_fill(&run);
	else if (system == REDIS)
		redis_fill(&run);
	run.replay = true;
	for (size_t i = 0; i < ROUNDS; i++) {
		stream_run(&run, ops[system]);
		b.replayed[system][i] = run.per_second;
	}
	if (system == CAIRN)
		b.payload = (size_t)run.mean_bytes;
	else
		ENSURE(run.mean_bytes == (double)b.payload);
}

/* Each write to what is made in this folder from now on is on disk when it returns. */
static bool make_synchronous(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), flags = 0;
	bool made = fd >= 0 && ioctl(fd, FS_IOC_GETFLAGS, &flags) == 0;

	flags |= FS_SYNC_FL;
	made = made && ioctl(fd, FS_IOC_SETFLAGS, &flags) == 0;
	if (fd >= 0)
		close(fd);
	return made;
}

/* ---- live ---- */

static void run_crowd(enum system system, size_t crowd)
{
	struct stream_run run = run_of(system, crowds[crowd]);
	pid_t issuance = daemon_kit_process(&b.p.daemons, "issuance")->pid;
	struct busy before = busy_of(issuance);

	if (system == NATS)
		nats_make(&run);
	stream_run(&run, ops[system]);
	b.rate[system][crowd] = run.per_second;
	if (system == CAIRN)
		b.spent[crowd] = busy_since(&before, issuance);
	run.name = fresh_name();
	if (system == NATS)
		nats_make(&run);
	run.rate = RATE;
	run.n = 2 * SEASON_HOLDERS;
	stream_run(&run, ops[system]);
	b.p50[system][crowd] = run.p50_ms;
	b.p99[system][crowd] = run.p99_ms;
}

/* ---- the table ---- */

static void append(struct bench_text *text, const char *what)
{
	size_t len = strlen(text->s);

	snprintf(text->s + len, sizeof text->s - len, "%s%.50s", len > 0 ? "; " : "", what);
}

static const char *name_of(enum system system)
{
	return system == NATS && !b.nats_syncs ? "NATS (unsynced)" : ops[system]->name;
}

static void report_replay(void)
{
	double cairn = bench_median(b.replayed[CAIRN], ROUNDS);
	struct bench_text against = {""};

	for (enum system s = NATS; s < SYSTEMS; s++)
		if (is_there(s)) {
			double rate = bench_median(b.replayed[s], ROUNDS);

			append(&against, bench_text("%.2f of %s", cairn / rate, ops[s]->name).s);
		}
	bench_line(bench_text("%zu public events to a cold subscriber", b.season).s,
		   bench_text("%.0f /s", cairn).s, against.s,
		   bench_text("rendering, %zu bytes each", b.payload).s);
}

static void report_crowd(size_t i)
{
	struct bench_text rates = {""}, times = {""};

	for (enum system s = NATS; s < SYSTEMS; s++) {
		if (!is_there(s))
			continue;
		append(&rates,
		       bench_text("%.2f of %s", b.rate[CAIRN][i] / b.rate[s][i], name_of(s)).s);
		append(&times, bench_text("%s %.1f, %.1f", name_of(s), b.p50[s][i], b.p99[s][i]).s);
	}
	bench_line(bench_text("issued to %u subscriber%s", crowds[i], i > 0 ? "s" : "").s,
		   bench_text("%.0f /s", b.rate[CAIRN][i]).s, rates.s, busy_text(&b.spent[i]).s);
	bench_line(bench_text("  from command to arrival, p50, p99, %d/s", RATE).s,
		   bench_text("%.1f, %.1f ms", b.p50[CAIRN][i], b.p99[CAIRN][i]).s, times.s, "");
}

static void read_options(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		enum system s = strcmp(argv[i], "--nats") == 0 ? NATS : REDIS;

		if (s == NATS ? i + 3 >= argc : strcmp(argv[i], "--redis") != 0 || i + 2 >= argc)
			continue;
		b.servers[s] = (struct stream_server){(uint16_t)strtoul(argv[i + 1], NULL, 10),
						      argv[i + 2]};
		if (s == NATS)
			b.nats_streams = argv[i + 3];
	}
}

int main(int argc, char **argv)
{
	bool quick = bench_is_quick(argc, argv);

	read_options(argc, argv);
	b.n = quick ? 2000 : 4000;
	b.season = season_open(&b.p, quick ? 30000 : 100000);
	daemon_kit_peer(&b.p.daemons, "state0", "licensure", "TN");
	daemon_kit_peer(&b.p.daemons, "state1", "licensure", "TN");
	populated_start(&b.p);
	for (enum system s = CAIRN; s < SYSTEMS; s++)
		if (is_there(s))
			replay(s);
	b.nats_syncs = is_there(NATS) && make_synchronous(b.nats_streams);
	for (size_t i = 0; i < CROWDS; i++)
		for (enum system s = CAIRN; s < SYSTEMS; s++)
			if (is_there(s))
				run_crowd(s, i);
	report_replay();
	for (size_t i = 0; i < CROWDS; i++)
		report_crowd(i);
	daemon_kit_stop(&b.p.daemons, "issuance");
	populated_close(&b.p);
	return EXIT_SUCCESS;
}
