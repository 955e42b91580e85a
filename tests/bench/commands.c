/* Durable commands per second of cairn-enrollment over CURVE, against the same rows put bare in
 * batches of the same size, and against Redis Streams over TLS; and how long an answer takes at a
 * tenth of that load.
 *
 *	bench_commands [--quick] [--redis PORT DIR]    tests/bench/run starts such a Redis
 */
#include "tests/bench/enroller.h"
#include "tests/bench/redis.h"
#include "tests/bench/stage.h"
#include "tests/bench/trace.h"

#include <stdlib.h>
#include <string.h>

#define ROUNDS_MAX 5
#define EDUCATORS 100000
#define TRICKLE_CONNECTIONS 32
#define REQUEST_BYTES 140 /* Head and body of an Enroll: what Redis is given to keep */

enum server { CAIRN, REDIS, SERVERS };
static const size_t windows[] = {1000, 4000};
#define WINDOWS ARRAY_LEN(windows)

struct series {
	double rate[WINDOWS][ROUNDS_MAX], p50[ROUNDS_MAX], p99[ROUNDS_MAX];
};

struct bench {
	struct daemon_kit kit;
	struct roster roster;
	struct enroller enroller;
	struct redis_options redis; /* port 0: none */
	struct stage rehearsal;
	struct trace *trace;
	struct bare *bare;
	struct roster_command *commands;
	size_t rehearsed; /* of the roster's enrollments: in rehearsal and bare */
	size_t rounds, n; /* commands in a window of a round */

	struct series of[SERVERS];
	double bare_rate[ROUNDS_MAX], batch[ROUNDS_MAX];
	double apart_rate[ROUNDS_MAX]; /* of Redis, each command in a record of its own */
	struct busy spent[WINDOWS];    /* of the daemon, in the last round */
};

/* ---- rounds ---- */

static void run_load(struct bench *b, enum server server, struct load *load)
{
	if (server == CAIRN) {
		enroller_run(&b->enroller, load);
		return;
	}
	load->processes = ENROLLER_PROCESSES;
	load->client = redis_client;
	load->ctx = &b->redis;
	load_run(load);
}

static void run_window(struct bench *b, enum server server, size_t w, size_t round)
{
	struct load load = {.n = b->n, .window = windows[w]};

	b->redis.connections = 1;
	run_load(b, server, &load);
	b->of[server].rate[w][round] = load.per_second;
}

/* Cairn seals each command by itself; so does Redis when each has a connection. */
static void run_redis_apart(struct bench *b, size_t round)
{
	struct load load = {.n = b->n / 4, .window = windows[0]};

	b->redis.connections = (unsigned)windows[0] / ENROLLER_PROCESSES;
	run_load(b, REDIS, &load);
	b->apart_rate[round] = load.per_second;
}

static void run_cairn(struct bench *b, size_t w, size_t round)
{
	struct busy before = busy_of(enroller_pid(&b->enroller));
	uint64_t commits = enroller_commits(&b->enroller);

	run_window(b, CAIRN, w, round);
	b->spent[w] = busy_since(&before, enroller_pid(&b->enroller));
	if (w == 0)
		b->batch[round] = (double)b->n / (double)(enroller_commits(&b->enroller) - commits);
}

/* The next n of the roster's enrollments, into the rehearsal's trace. */
static void rehearse(struct bench *b, size_t n, size_t batch)
{
	for (size_t i = 0; i < n; i++)
		b->commands[i] = roster_enroll(&b->roster, b->rehearsed++);
	trace_clear(b->trace);
	trace_record(b->trace);
	stage_take(&b->rehearsal, b->commands, n, batch);
	trace_record(NULL);
}

/* What the daemon has put since, so that both environments are alike. */
static void catch_up(struct bench *b)
{
	while (b->rehearsed < b->enroller.next) {
		rehearse(b, MIN(b->enroller.next - b->rehearsed, b->n), 1000);
		bare_replay(b->bare, b->trace);
	}
}

/* What the daemon has just put, in batches as large as its own were. */
static void run_bare(struct bench *b, size_t round)
{
	double wall;

	rehearse(b, b->enroller.next - b->rehearsed, (size_t)(b->batch[round] + 0.5));
	wall = bench_wall();
	bare_replay(b->bare, b->trace);
	b->bare_rate[round] = (double)b->n / (bench_wall() - wall);
}

static void run_tenth(struct bench *b, enum server server, size_t round)
{
	double rate = b->of[CAIRN].rate[0][round] / 10;
	struct load load = {.n = (size_t)(rate * 1.5), .window = windows[0], .rate = rate};

	b->redis.connections = TRICKLE_CONNECTIONS;
	run_load(b, server, &load);
	b->of[server].p50[round] = load.p50_ms;
	b->of[server].p99[round] = load.p99_ms;
}

static void run_round(struct bench *b, size_t round)
{
	catch_up(b);
	run_cairn(b, 0, round);
	run_bare(b, round);
	if (b->redis.port != 0) {
		run_window(b, REDIS, 0, round);
		run_redis_apart(b, round);
	}
	run_cairn(b, 1, round);
	if (b->redis.port != 0)
		run_window(b, REDIS, 1, round);
	run_tenth(b, CAIRN, round);
	if (b->redis.port != 0)
		run_tenth(b, REDIS, round);
}

/* ---- reporting ---- */

static void report_window(struct bench *b, size_t w)
{
	double rate = bench_median(b->of[CAIRN].rate[w], b->rounds);
	struct bench_text against = bench_text("no Redis here");

	if (b->redis.port != 0) {
		double redis = bench_median(b->of[REDIS].rate[w], b->rounds);

		against = bench_text("%.2f of Redis Streams, pipelined, %.0f /s", rate / redis,
				     redis);
	}
	bench_line(bench_text("durable Enroll over CURVE, %zu in flight", windows[w]).s,
		   bench_text("%.0f /s", rate).s, against.s, busy_text(&b->spent[w]).s);
}

static void report_apart(struct bench *b)
{
	double rate = bench_median(b->of[CAIRN].rate[0], b->rounds);
	double apart = bench_median(b->apart_rate, b->rounds);

	bench_line("  Redis with a connection for each in flight", bench_text("%.0f /s", apart).s,
		   bench_text("Cairn is at %.1f", rate / apart).s,
		   "a TLS record for each command, as Cairn's CURVE");
}

static void report_tenth(struct bench *b)
{
	struct series *cairn = &b->of[CAIRN], *redis = &b->of[REDIS];
	struct bench_text against = bench_text("no Redis here");

	if (b->redis.port != 0)
		against = bench_text("Redis %.1f / %.1f ms", bench_median(redis->p50, b->rounds),
				     bench_median(redis->p99, b->rounds));
	bench_line("  answer at a tenth of that load, p50 / p99",
		   bench_text("%.1f / %.1f ms", bench_median(cairn->p50, b->rounds),
			      bench_median(cairn->p99, b->rounds))
			   .s,
		   against.s, "the disk: the batch before, and one's own");
}

static void report(struct bench *b)
{
	double rate = bench_median(b->of[CAIRN].rate[0], b->rounds);
	double bare = bench_median(b->bare_rate, b->rounds);

	report_window(b, 0);
	if (b->redis.port != 0)
		report_apart(b);
	bench_line("  the same rows put bare", bench_text("%.0f /s", bare).s,
		   bench_text("Cairn is at %.2f, in batches of %.0f", rate / bare,
			      bench_median(b->batch, b->rounds))
			   .s,
		   "the disk's sync");
	report_window(b, 1);
	report_tenth(b);
}

/* ---- opening ---- */

static void open_bench(struct bench *b)
{
	daemon_kit_open(&b->kit);
	roster_open(&b->roster, EDUCATORS, ROSTER_AS_REGISTERED);
	enroller_open(&b->enroller, &b->kit, &b->roster);
	stage_open(&b->rehearsal, b->kit.place.dir);
	stage_load(&b->rehearsal, &b->roster);
	stage_close(&b->rehearsal);
	stage_copy(b->kit.place.dir, place_path(&b->kit.place, "rehearsal"));
	stage_copy(b->kit.place.dir, place_path(&b->kit.place, "bare"));
	stage_open(&b->rehearsal, place_path(&b->kit.place, "rehearsal"));
	b->bare = bare_open(place_path(&b->kit.place, "bare/enrollment/db"));
	b->trace = trace_new();
	b->commands = calloc(b->n, sizeof *b->commands);
	ENSURE(b->commands != NULL);
	enroller_start(&b->enroller);
}

static void close_bench(struct bench *b)
{
	enroller_stop(&b->enroller);
	stage_close(&b->rehearsal);
	bare_close(&b->bare);
	trace_destroy(&b->trace);
	free(b->commands);
	roster_close(&b->roster);
	daemon_kit_close(&b->kit);
}

int main(int argc, char **argv)
{
	bool quick = bench_is_quick(argc, argv);
	struct bench b = {.rounds = quick ? 3 : 5, .n = 40000};

	for (int i = 1; i + 2 < argc; i++)
		if (strcmp(argv[i], "--redis") == 0)
			b.redis = (struct redis_options){(uint16_t)strtoul(argv[i + 1], NULL, 10),
							 argv[i + 2], REQUEST_BYTES, 1};
	open_bench(&b);
	for (size_t i = 0; i < b.rounds; i++)
		run_round(&b, i);
	report(&b);
	close_bench(&b);
	return EXIT_SUCCESS;
}
