/*
 * behind EVENTS TURN_MS
 *
 * A licensure system that was away for a season's thirty days, while issuance's public stream grew
 * by so many events, catches up; another goes on following live. Prints how fast and at what cost,
 * and fails when the live one is slowed by more than a tenth: in events a second, or in the time
 * from a command to the event's arrival, commit included. To that time so much is added as
 * processes may take from each other that in truth are on other machines, and what noise may be.
 *
 * Both have libcairn-subscriber and sync what they keep. So that figures of a busy machine can be
 * compared, the one that catches up is stopped and continued in turns.
 */
#include "libshared/clock.h"
#include "services/subscriber/cairn_subscriber.h"
#include "tests/bench/bench.h"
#include "tests/bench/crew.h"
#include "tests/integration/season.h"
#include "tests/support/life_kit.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <math.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define LIVE_RATE 200 /* changes a second while they follow: a deadline's rush */
#define PAIRS_MAX 40
#define LIVE_MAX (LIVE_RATE * 2 * PAIRS_MAX + 1000)
#define SLOWED 1.1
#define SHARED_MS 2
#define LATE_NICE 19 /* it is on a machine of its own in truth */
#define PATIENCE_US (300 * US_PER_S)

static struct populated p;
static size_t n_events; /* of the season */

/* What the subscribers have counted; shared with them. */
static struct shared {
	struct follower_tells {
		_Atomic uint64_t seq;
		_Atomic size_t peak_bytes; /* beyond what it began with */
	} live, late;
	int64_t sent_us[LIVE_MAX], arrived_us[LIVE_MAX]; /* live changes, in order */
} * shared;

/* ---- subscribers ---- */

static int open_notebook(const char *name)
{
	char path[64];
	int fd;

	snprintf(path, sizeof path, "%s.position", name);
	fd = open(place_path(&p.daemons.place, path), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	ENSURE(fd >= 0);
	return fd;
}

/* As a licensure system does: on disk before it says so. */
static void keep(struct cairn_subscriber *s, int fd)
{
	const char *position = cairn_subscriber_position(s);

	ENSURE(pwrite(fd, position, strlen(position), 0) == (ssize_t)strlen(position));
	ENSURE(fdatasync(fd) == 0);
	cairn_subscriber_stored(s);
}

static size_t began_bytes;

static void note(struct follower_tells *tells, const struct cairn_subscriber_event *const *events,
		 size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (tells == &shared->live && events[i]->sequence > n_events)
			shared->arrived_us[events[i]->sequence - n_events - 1] = clock_mono_us();
	tells->peak_bytes = MAX(tells->peak_bytes, bench_anonymous(getpid()) - began_bytes);
	tells->seq = events[n - 1]->sequence;
}

static void follow(const char *name, struct follower_tells *tells)
{
	struct curve_keys keys = daemon_kit_keys(&p.daemons, name);
	struct key_text server = daemon_kit_public(&p.daemons, "issuance");
	struct cairn_subscriber_options options = CAIRN_SUBSCRIBER_OPTIONS;
	char fault[CAIRN_SUBSCRIBER_FAULT_MAX];
	struct cairn_subscriber *s;
	int fd = open_notebook(name);

	options.endpoint = daemon_kit_endpoint(&p.daemons, "issuance", 'l');
	options.server_key = server.s;
	options.secret_key = keys.secret_key.s;
	options.name = name;
	began_bytes = bench_anonymous(getpid());
	s = cairn_subscriber_open(&options, fault);
	ENSURE(s != NULL);
	for (;;) {
		const struct cairn_subscriber_event *const *events;
		size_t n;
		enum cairn_subscriber_got got = cairn_subscriber_next_batch(s, 1000, &events, &n);

		ENSURE(got != CAIRN_SUBSCRIBER_STOPPED);
		if (got == CAIRN_SUBSCRIBER_NOTHING)
			continue;
		note(tells, events, n);
		keep(s, fd);
	}
}

static pid_t start(const char *name, struct follower_tells *tells)
{
	pid_t pid = fork();

	ENSURE(pid >= 0);
	if (pid > 0)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (tells == &shared->late)
		setpriority(PRIO_PROCESS, 0, LATE_NICE);
	follow(name, tells);
	_exit(EXIT_FAILURE);
}

static void stop(pid_t pid)
{
	ENSURE(kill(pid, SIGKILL) == 0 && waitpid(pid, NULL, 0) == pid);
}

static pid_t issuance(void)
{
	return daemon_kit_process(&p.daemons, "issuance")->pid;
}

/* ---- live changes ---- */

static size_t n_sent;

static void heard(void *ctx, uint64_t token, const struct client_answer *answer)
{
	(void)ctx, (void)token;
	ENSURE(answer->status == CAIRN__STATUS__OK);
}

static void send_change(void)
{
	AUTO(arena_destroy) struct arena *arena = arena_new(1024);
	struct id by = id_of_name("person", "olga");
	struct bytes credential = bytes_of_id(&p.credentials[n_sent % SEASON_HOLDERS]);
	struct ask ask = {.message = n_sent / SEASON_HOLDERS % 2 == 0
					     ? life_suspend(arena, credential)
					     : life_reinstate(arena, credential),
			  .actor = bytes_of_id(&by)};

	ENSURE(n_sent < LIVE_MAX);
	shared->sent_us[n_sent++] = clock_mono_us();
	client_submit(p.client, &ask, clock_mono_us() + PATIENCE_US, n_sent);
}

static void turn(int ms)
{
	zmq_pollitem_t item = {net_handle(client_socket(p.client)), 0, ZMQ_POLLIN, 0};

	ENSURE(zmq_poll(&item, 1, ms) >= 0 || errno == EINTR);
	client_turn(p.client, clock_mono_us(), heard, NULL);
}

static void await_live(uint64_t seq)
{
	int64_t until_us = clock_mono_us() + PATIENCE_US;

	while (shared->live.seq < seq) {
		ENSURE(clock_mono_us() < until_us);
		turn(1);
	}
}

/* Median and slow end of what was sent since, and how many a second arrived. */
struct flow {
	double p50_ms, p99_ms, per_second;
};

static struct flow flow_since(size_t first)
{
	double ms[LIVE_MAX];
	struct flow flow;
	size_t n = n_sent - first;

	for (size_t i = 0; i < n; i++)
		ms[i] = (double)(shared->arrived_us[first + i] - shared->sent_us[first + i]) / 1e3;
	flow.p50_ms = bench_quantile(ms, n, 0.5);
	flow.p99_ms = bench_quantile(ms, n, 0.99);
	flow.per_second =
		(double)n * 1e6 / (double)(shared->arrived_us[n_sent - 1] - shared->sent_us[first]);
	return flow;
}

/* So many microseconds of changes at the live rate, until the last has arrived. */
static struct flow run_live(int64_t us)
{
	int64_t from_us = clock_mono_us();
	size_t first = n_sent, n = (size_t)(us * LIVE_RATE / US_PER_S);

	while (n_sent < first + n) {
		int64_t due_us = from_us + (int64_t)(n_sent - first) * US_PER_S / LIVE_RATE;

		if (clock_mono_us() >= due_us)
			send_change();
		else
			turn(1);
	}
	await_live(n_events + n_sent);
	return flow_since(first);
}

/* ---- comparing ---- */

static struct comparison {
	struct flow alone[PAIRS_MAX], beside[PAIRS_MAX];
	size_t n;
	double late_s;     /* that the late one ran */
	size_t peak_bytes; /* of issuance, without the pages of its files */
} c;

static double median_of(const struct flow *flows, size_t at)
{
	double values[PAIRS_MAX];

	for (size_t i = 0; i < c.n; i++)
		memcpy(&values[i], (const char *)&flows[i] + at, sizeof values[i]);
	return bench_median(values, c.n);
}
#define MEDIAN(flows, member) median_of(flows, offsetof(struct flow, member))

static bool is_late(void)
{
	return shared->late.seq < n_events;
}

/* Turn and turn about, until the late one has caught up. */
static void compare(int64_t turn_us)
{
	pid_t late = 0;

	while (is_late() && c.n < PAIRS_MAX) {
		double from;

		c.alone[c.n] = run_live(turn_us);
		from = bench_wall();
		if (late == 0)
			late = start("late", &shared->late);
		else
			ENSURE(kill(late, SIGCONT) == 0);
		c.beside[c.n] = run_live(turn_us);
		if (is_late())
			c.n++; /* it caught up all the time */
		c.peak_bytes = MAX(c.peak_bytes, bench_anonymous(issuance()));
		c.late_s += bench_wall() - from;
		ENSURE(kill(late, SIGSTOP) == 0);
	}
	stop(late);
}

/* By how much more than a tenth it takes longer, of each pair of turns, in the middle; and how far
 * off that may be by the noise of the machine (two standard errors of a median). */
static double slowed_ms(double *error_r)
{
	double ms[PAIRS_MAX];
	double middle, spread;

	for (size_t i = 0; i < c.n; i++)
		ms[i] = c.beside[i].p50_ms - SLOWED * c.alone[i].p50_ms;
	middle = bench_median(ms, c.n);
	spread = bench_quantile(ms, c.n, 0.75) - bench_quantile(ms, c.n, 0.25);
	*error_r = 2 * 0.93 * spread / sqrt((double)c.n);
	return middle;
}

static int report(void)
{
	double rate = MEDIAN(c.beside, per_second) / MEDIAN(c.alone, per_second), error, slowed;

	printf("caught up %.0f events/s; issuance held %zu KiB, the subscriber %zu KiB\n",
	       (double)shared->late.seq / c.late_s, c.peak_bytes >> 10,
	       (size_t)shared->late.peak_bytes >> 10);
	ENSURE(c.n > 0); /* or the season is too short to see anything */
	slowed = slowed_ms(&error);
	printf("live: p50 %.2f ms alone, %.2f ms beside it; p99 %.2f, %.2f ms; %.2f of its rate; "
	       "%zu turns\n",
	       MEDIAN(c.alone, p50_ms), MEDIAN(c.beside, p50_ms), MEDIAN(c.alone, p99_ms),
	       MEDIAN(c.beside, p99_ms), rate, c.n);
	if (slowed - error <= SHARED_MS && rate >= 1 / SLOWED)
		return EXIT_SUCCESS;
	printf("FAILED: the live one is slowed, by %.2f ms more than a tenth, give or take %.2f\n",
	       slowed, error);
	return EXIT_FAILURE;
}

int main(int argc, char **argv)
{
	double from;
	pid_t live;
	int rc;

	ENSURE(argc == 3);
	n_events = strtoul(argv[1], NULL, 10);
	setvbuf(stdout, NULL, _IOLBF, 0);
	shared = crew_share(sizeof *shared);
	from = bench_wall();
	n_events = season_open(&p, n_events);
	printf("%zu events of thirty days made in %.1f s\n", n_events, bench_wall() - from);
	daemon_kit_peer(&p.daemons, "live", "licensure", "TN");
	daemon_kit_peer(&p.daemons, "late", "licensure", "TN");
	populated_start(&p);
	from = bench_wall();
	live = start("live", &shared->live);
	await_live(n_events);
	printf("a cold subscriber alone: %.0f events/s\n",
	       (double)n_events / (bench_wall() - from));
	compare(strtol(argv[2], NULL, 10) * US_PER_MS);
	stop(live);
	rc = report();
	daemon_kit_stop(&p.daemons, "issuance");
	populated_close(&p);
	crew_unshare(shared, sizeof *shared);
	return rc;
}
