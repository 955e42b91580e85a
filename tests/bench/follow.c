/* Records per second followed by 1, 10 and 100 followers at once: of a real cairn-enrollment over
 * CURVE, and of the same engine and feed in the clear. Each follower checks the log's chain. */
#include "tests/bench/enroller.h"
#include "tests/bench/crew.h"
#include "tests/bench/stage.h"

#include "libshared/clock.h"
#include "libshared/feed.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define ROUNDS 3
#define EDUCATORS 5000
#define PROCESSES 2 /* of followers, when there is more than one */
#define STREAM "enrollment.0.log"

enum wire { CURVE, PLAIN, WIRES };
static const unsigned crowds[] = {1, 10, 100};
#define CROWDS ARRAY_LEN(crowds)
#define CROWD_MOST 100

struct bench {
	struct daemon_kit kit;
	struct roster roster;
	struct position late, end; /* where the last tenth begins, and the head */
	pid_t plain;               /* the server in the clear */
	double rate[WIRES][CROWDS][ROUNDS];
	struct busy spent[CROWDS]; /* of the daemon */

	/* of the run */
	enum wire wire;
	unsigned followers, processes;
	const struct position *from;
};

/* ---- a server in the clear ---- */

static const char *plain_endpoint(struct bench *b)
{
	static char endpoint[160];

	snprintf(endpoint, sizeof endpoint, "ipc://%s/plain.l", b->kit.place.dir);
	return endpoint;
}

/* No key tells who a peer is: half of the routes are taken for one, half for the other. */
static void serve_plain(struct bench *b, int ready_fd)
{
	static const struct peer peers[] = {{.name = "reader0", .roles = ROLE_FOLLOW},
					    {.name = "reader1", .roles = ROLE_FOLLOW}};
	struct net *net = net_open(1);
	struct net_socket *log = net_socket(
		net, &(struct net_want){.kind = NET_LOG, .endpoints = {plain_endpoint(b)}});
	struct stage stage;
	struct feed *feed;
	bool more = false;

	stage_open(&stage, place_path(&b->kit.place, "plain"));
	feed = feed_new(stage.engine, &stage.caps, log);
	ENSURE(log != NULL && write(ready_fd, "r", 1) == 1);
	for (;;) {
		zmq_pollitem_t item = {net_handle(log), 0, ZMQ_POLLIN, 0};
		struct net_message m;
		struct now now;

		zmq_poll(&item, 1, more ? 0 : 100);
		now = clock_now();
		for (int i = 0; i < 256 && net_receive(log, &m) == NET_GOT; i++) {
			feed_take(feed, &m, &peers[m.route.id[m.route.len - 1] % 2], &now);
			net_release(&m);
		}
		more = feed_turn(feed, &now);
	}
}

static void start_plain(struct bench *b)
{
	int ready[2];
	char byte;

	ENSURE(pipe(ready) == 0);
	b->plain = fork();
	ENSURE(b->plain >= 0);
	if (b->plain == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		serve_plain(b, ready[1]);
	}
	close(ready[1]);
	ENSURE(read(ready[0], &byte, 1) == 1);
	close(ready[0]);
}

/* ---- followers ---- */

struct reader {
	struct follower *follower;
	struct position at;
	uint64_t records;
};

static void tell_where(void *ctx, struct position *at_r)
{
	*at_r = ((struct reader *)ctx)->at;
}

static enum follower_verdict take(void *ctx, const struct position *before,
				  const struct position *after, const struct follow_batch *b)
{
	struct reader *r = ctx;

	(void)before;
	r->at = *after;
	r->records += b->n_records;
	return FOLLOWER_SAFE;
}

static void open_reader(struct bench *b, struct reader *r, struct net *net, unsigned process)
{
	char name[16];

	snprintf(name, sizeof name, "reader%u", process);
	struct curve_keys keys = daemon_kit_keys(&b->kit, name);
	struct key_text server = daemon_kit_public(&b->kit, "enrollment");
	struct follower_options options = {
		.net = net,
		.endpoint = plain_endpoint(b),
		.stream = STREAM,
		.ctx = r,
		.where = tell_where,
		.batch = take,
	};

	if (b->wire == CURVE) {
		options.endpoint = daemon_kit_endpoint(&b->kit, "enrollment", 'l');
		options.keys = &keys;
		options.server = &server;
	}
	r->at = *b->from;
	r->follower = follower_open(&options);
	ENSURE(r->follower != NULL);
}

/* One wait, and a turn of each follower that may want one. */
static void turn(struct reader *readers, unsigned n)
{
	zmq_pollitem_t items[CROWD_MOST];
	int64_t now_us;

	for (unsigned i = 0; i < n; i++)
		items[i] = (zmq_pollitem_t){net_handle(follower_socket(readers[i].follower)), 0,
					    ZMQ_POLLIN, 0};
	ENSURE(zmq_poll(items, (int)n, 10) >= 0 || errno == EINTR);
	now_us = clock_mono_us();
	for (unsigned i = 0; i < n; i++)
		if (items[i].revents != 0 || follower_next_us(readers[i].follower) <= now_us)
			follower_turn(readers[i].follower, now_us);
}

/* Until all are connected: a socket takes a message then. */
static void await_connections(struct reader *readers, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		zmq_pollitem_t item = {net_handle(follower_socket(readers[i].follower)), 0,
				       ZMQ_POLLOUT, 0};

		ENSURE(zmq_poll(&item, 1, 30000) == 1);
	}
}

static uint64_t records_of(const struct reader *readers, unsigned n)
{
	uint64_t records = 0;

	for (unsigned i = 0; i < n; i++)
		records += readers[i].records;
	return records;
}

static void follow(void *ctx, struct crew_member *m)
{
	struct bench *b = ctx;
	struct reader readers[CROWD_MOST] = {{0}};
	unsigned n = b->followers / b->processes;
	struct net *net = net_open(1);

	for (unsigned i = 0; i < n; i++)
		open_reader(b, &readers[i], net, m->number);
	await_connections(readers, n);
	crew_ready(m);
	while (records_of(readers, n) < n * (b->end.seq - b->from->seq))
		turn(readers, n);
	m->ended_us = clock_mono_us();
	for (unsigned i = 0; i < n; i++) {
		follower_leave(readers[i].follower); /* or its session would count for a while */
		follower_close(&readers[i].follower);
	}
	net_close(&net);
}

/* ---- rounds ---- */

static pid_t server_of(struct bench *b)
{
	return b->wire == CURVE ? daemon_kit_process(&b->kit, "enrollment")->pid : b->plain;
}

static void run_crowd(struct bench *b, enum wire wire, size_t crowd, size_t round)
{
	static const struct position beginning;
	struct busy before;
	double seconds;

	b->wire = wire;
	b->followers = crowds[crowd];
	b->processes = b->followers > 1 ? PROCESSES : 1;
	b->from = b->followers > 10 ? &b->late : &beginning;
	before = busy_of(server_of(b));
	seconds = crew_run(b->processes, follow, b);
	if (wire == CURVE)
		b->spent[crowd] = busy_since(&before, server_of(b));
	b->rate[wire][crowd][round] =
		(double)(b->followers * (b->end.seq - b->from->seq)) / seconds;
}

static void open_bench(struct bench *b, unsigned n_records)
{
	struct stage stage;

	daemon_kit_open(&b->kit);
	daemon_kit_peer(&b->kit, "reader0", "follow", "");
	daemon_kit_peer(&b->kit, "reader1", "follow", "");
	roster_open(&b->roster, EDUCATORS, ROSTER_AS_REGISTERED);
	stage_open(&stage, b->kit.place.dir);
	stage_load(&stage, &b->roster);
	stage_enroll(&stage, &b->roster, 0, n_records * 9 / 10);
	b->late = engine_head(stage.engine).at;
	stage_enroll(&stage, &b->roster, n_records * 9 / 10, n_records / 10);
	b->end = engine_head(stage.engine).at;
	stage_close(&stage);
	stage_copy(b->kit.place.dir, place_path(&b->kit.place, "plain"));
	daemon_kit_start(&b->kit, "enrollment", NULL);
	start_plain(b);
}

static void close_bench(struct bench *b)
{
	ENSURE(kill(b->plain, SIGKILL) == 0 && waitpid(b->plain, NULL, 0) == b->plain);
	daemon_kit_stop(&b->kit, "enrollment");
	roster_close(&b->roster);
	daemon_kit_close(&b->kit);
}

static void report(struct bench *b)
{
	for (size_t i = 0; i < CROWDS; i++) {
		double curve = bench_median(b->rate[CURVE][i], ROUNDS);
		double plain = bench_median(b->rate[PLAIN][i], ROUNDS);

		bench_line(bench_text("records to %u follower%s over CURVE", crowds[i],
				      crowds[i] > 1 ? "s" : "")
				   .s,
			   bench_text("%.0f /s", curve).s,
			   bench_text("%.2f of in the clear, %.0f /s", curve / plain, plain).s,
			   busy_text(&b->spent[i]).s);
	}
}

int main(int argc, char **argv)
{
	struct bench b = {0};

	open_bench(&b, bench_is_quick(argc, argv) ? 100000 : 200000);
	for (size_t round = 0; round < ROUNDS; round++)
		for (size_t i = 0; i < CROWDS; i++)
			for (enum wire wire = CURVE; wire <= PLAIN; wire++)
				run_crowd(&b, wire, i, round);
	report(&b);
	close_bench(&b);
	return EXIT_SUCCESS;
}
