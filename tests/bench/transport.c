/* Commands per second through a daemon, and records per second to its followers: bench_transport
 * [N_COMMANDS [WINDOW]]. */
#include "libshared/check.h"
#include "libshared/clock.h"
#include "tests/support/daemon_kit.h"
#include "tests/support/shelf_service.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FOLLOWERS_MAX 10

static struct daemon_kit kit;

/* Processor time of the daemon: tells more than the clock on a busy machine. */
static double daemon_seconds(void)
{
	unsigned long user = 0, system = 0;
	char path[64];
	FILE *f;

	snprintf(path, sizeof path, "/proc/%d/stat", (int)daemon_kit_process(&kit, "copy")->pid);
	f = fopen(path, "re");
	ENSURE(f != NULL);
	ENSURE(fscanf(f, "%*d %*s %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user,
		      &system) == 2);
	fclose(f);
	return (double)(user + system) / (double)sysconf(_SC_CLK_TCK);
}

/* ---- commands ---- */

struct load {
	struct client *client;
	struct arena *arena;
	struct id_maker ids;
	size_t n, sent, done, failed;
	int64_t *took_us;
};

static void submit_one(struct load *load)
{
	static char text[] =
		"0123456789012345678901234567890123456789012345678901234567890123456789"
		"0123456789012345678901234567890123456789012345678901234567890123456789";
	struct id item = id_make(&load->ids, clock_wall_us());
	Shelf__Command command = SHELF__COMMAND__INIT;
	Shelf__Put put = SHELF__PUT__INIT;

	put.item = pb_of_id(&item);
	put.text = text;
	command.body_case = SHELF__COMMAND__BODY_PUT;
	command.put = &put;
	client_submit(load->client, &(struct ask){.message = &command.base},
		      clock_mono_us() + 60 * US_PER_S, 0);
	load->sent++;
}

static void answered(void *ctx, uint64_t token, const struct client_answer *answer)
{
	struct load *load = ctx;

	(void)token;
	if (answer->status != CAIRN__STATUS__OK)
		load->failed++;
	load->took_us[load->done++] = answer->took_us;
}

static int order_of_times(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static void run_commands(const char *endpoint, size_t n, size_t window)
{
	struct curve_keys keys = daemon_kit_keys(&kit, "teacher");
	struct key_text server = daemon_kit_public(&kit, "copy");
	struct load load = {.n = n};
	zmq_pollitem_t item = {NULL, 0, ZMQ_POLLIN, 0};
	int64_t began_us;

	load.client = client_open(&(struct client_options){
		.net = kit.net, .endpoint = endpoint, .keys = &keys, .server = &server});
	load.took_us = calloc(n, sizeof *load.took_us);
	ENSURE(load.client != NULL && load.took_us != NULL);
	item.socket = net_handle(client_socket(load.client));
	double cpu = daemon_seconds();
	began_us = clock_mono_us();
	while (load.done < n) {
		while (load.sent < n && client_in_air(load.client) < window)
			submit_one(&load);
		zmq_poll(&item, 1, 10);
		client_turn(load.client, clock_mono_us(), answered, &load);
	}
	double seconds = (double)(clock_mono_us() - began_us) / 1e6;
	qsort(load.took_us, n, sizeof *load.took_us, order_of_times);
	printf("%-4.4s window %5zu: %8.0f commands/s (daemon: %.1f us each), p50 %.1f ms, p99 %.1f "
	       "ms, "
	       "failed %zu\n",
	       endpoint, window, (double)n / seconds, (daemon_seconds() - cpu) / (double)n * 1e6,
	       (double)load.took_us[n / 2] / 1000, (double)load.took_us[n * 99 / 100] / 1000,
	       load.failed);
	client_close(&load.client);
	free(load.took_us);
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

static void run_followers(unsigned n, uint64_t head)
{
	struct reader readers[FOLLOWERS_MAX] = {{0}};
	zmq_pollitem_t items[FOLLOWERS_MAX];
	int64_t began_us = clock_mono_us();
	uint64_t total = 0;
	double cpu = daemon_seconds();

	for (unsigned i = 0; i < n; i++) {
		readers[i].follower = daemon_kit_follow(
			&kit, "copy", "reader",
			(struct follower_options){
				.ctx = &readers[i], .where = tell_where, .batch = take});
		items[i] = (zmq_pollitem_t){net_handle(follower_socket(readers[i].follower)), 0,
					    ZMQ_POLLIN, 0};
	}
	while (total < n * head) {
		zmq_poll(items, (int)n, 20);
		total = 0;
		for (unsigned i = 0; i < n; i++) {
			follower_turn(readers[i].follower, clock_mono_us());
			total += readers[i].records;
		}
	}
	printf("%2u followers: %9.0f records/s in all (daemon: %.2f us each)\n", n,
	       (double)total / ((double)(clock_mono_us() - began_us) / 1e6),
	       (daemon_seconds() - cpu) / (double)total * 1e6);
	for (unsigned i = 0; i < n; i++)
		follower_close(&readers[i].follower);
}

int main(int argc, char **argv)
{
	size_t n = argc > 1 ? strtoul(argv[1], NULL, 10) : 100000;
	size_t window = argc > 2 ? strtoul(argv[2], NULL, 10) : 1000;
	char ipc[256], tcp[64], word[80];
	const char *const words[] = {word, NULL};

	snprintf(tcp, sizeof tcp, "tcp://127.0.0.1:%u", (unsigned)daemon_kit_free_port());
	snprintf(word, sizeof word, "commands_tcp=%s", tcp);

	daemon_kit_open(&kit);
	daemon_kit_start(&kit, "copy", words);
	snprintf(ipc, sizeof ipc, "%s", daemon_kit_endpoint(&kit, "copy", 's'));
	run_commands(ipc, n, window);
	run_commands(tcp, n, window);
	run_commands(ipc, n / 20, 64);
	run_commands(ipc, n / 200, 1);
	uint64_t head = 2 * n + n / 20 + n / 200;
	run_followers(1, head);
	run_followers(10, head);
	daemon_kit_stop(&kit, "copy");
	daemon_kit_close(&kit);
	return 0;
}
