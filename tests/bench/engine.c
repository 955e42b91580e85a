/* The engine alone against the same rows put bare: what deciding, packing, hashing and applying
 * cost. */
#include "libshared/clock.h"
#include "libshared/engine.h"
#include "tests/support/place.h"
#include "tests/support/toy_service.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROUNDS 7

static size_t n_batches = 100, batch_size = 1000;

struct command {
	struct id id, counter;
	uint8_t body[64];
	size_t len;
};

static void make_commands(struct command *commands, size_t n, int64_t now_us)
{
	struct id_maker ids = {0};

	for (size_t i = 0; i < n; i++) {
		struct command *c = &commands[i];
		Toy__Command message = TOY__COMMAND__INIT;
		Toy__Open open = TOY__OPEN__INIT;

		c->id = id_make(&ids, now_us);
		c->counter = id_make(&ids, now_us);
		open.counter = pb_of_id(&c->counter);
		message.body_case = TOY__COMMAND__BODY_OPEN;
		message.open = &open;
		c->len = toy__command__pack(&message, c->body);
	}
}

static void count_ok(void *ctx, const struct reply *reply)
{
	size_t *ok = ctx;

	*ok += reply->status == CAIRN__STATUS__OK;
}

static double engine_rate(const char *dir, const struct command *commands, size_t n)
{
	struct caps caps = {{1}, NULL, NULL, NULL, NULL};
	struct engine_options options = {.dir = dir, .caps = &caps, .fresh_log_id = commands[0].id};
	struct engine *e = engine_open(&toy_service, &options);
	int64_t start_us = clock_mono_us(), now_us = clock_wall_us();
	size_t ok = 0;

	ENSURE(e != NULL);
	for (size_t i = 0; i < n; i++) {
		Cairn__Head head = CAIRN__HEAD__INIT;
		struct request r = {.token = i,
				    .head = &head,
				    .roles = ROLE_PORTAL,
				    .principal = 1,
				    .body = {commands[i].body, commands[i].len}};

		head.wire = 1;
		head.kind = TOY__COMMAND__BODY_OPEN;
		head.id = pb_of_id(&commands[i].id);
		ENSURE(engine_submit(e, &r, now_us));
		if ((i + 1) % batch_size == 0) {
			engine_run(e, now_us);
			engine_poll(e, count_ok, &ok);
		}
	}
	start_us = clock_mono_us() - start_us;
	ENSURE(ok == n);
	engine_close(&e);
	return (double)n * 1e6 / (double)start_us;
}

/* The rows the engine has written: log, commit, dedupe, state; put again in the same batches. */
static double bare_rate(const char *from, const char *to, size_t n)
{
	static const unsigned tables[] = {TABLE_LOG, TABLE_DEDUPE, SERVICE_TABLES};
	struct store *source = store_open(from, toy_service.tables, toy_service.n_tables, 0);
	struct store *s = store_open(to, toy_service.tables, toy_service.n_tables, 0);
	struct view *v;
	struct scan scans[ARRAY_LEN(tables)];
	int64_t start_us;

	ENSURE(source != NULL && s != NULL);
	v = store_view(source);
	for (size_t t = 0; t < ARRAY_LEN(tables); t++)
		scans[t] = scan_first(v, tables[t], BYTES_NONE, BYTES_NONE);
	start_us = clock_mono_us();
	for (size_t i = 0; i < n; i += batch_size) {
		struct txn *txn = store_begin(s);
		struct bytes key, val;

		for (size_t k = 0; k < batch_size; k++)
			for (size_t t = 0; t < ARRAY_LEN(tables); t++) {
				ENSURE(scan_next(&scans[t], &key, &val));
				if (tables[t] == TABLE_LOG)
					txn_append(txn, tables[t], key, val);
				else
					txn_put(txn, tables[t], key, val);
			}
		ENSURE(txn_commit(&txn) == 0);
	}
	start_us = clock_mono_us() - start_us;
	for (size_t t = 0; t < ARRAY_LEN(tables); t++)
		scan_end(&scans[t]);
	view_end(&v);
	store_close(&source);
	store_close(&s);
	return (double)n * 1e6 / (double)start_us;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(double *values)
{
	qsort(values, ROUNDS, sizeof *values, compare);
	return values[ROUNDS / 2];
}

int main(int argc, char **argv)
{
	double engine[ROUNDS], bare[ROUNDS], ratio[ROUNDS];
	size_t n;
	struct command *commands;

	ENSURE(sodium_init() >= 0);
	if (argc > 2) {
		n_batches = strtoul(argv[1], NULL, 10);
		batch_size = strtoul(argv[2], NULL, 10);
	}
	n = n_batches * batch_size;
	commands = calloc(n, sizeof *commands);
	ENSURE(commands != NULL);
	make_commands(commands, n, clock_wall_us());
	for (int i = 0; i < ROUNDS; i++) {
		struct place place;
		char from[100], to[100];

		place_make(&place);
		snprintf(from, sizeof from, "%s", place_path(&place, "engine"));
		snprintf(to, sizeof to, "%s", place_path(&place, "bare"));
		engine[i] = engine_rate(from, commands, n);
		bare[i] = bare_rate(from, to, n);
		ratio[i] = engine[i] / bare[i];
		place_remove(&place);
	}
	printf("engine alone, batches of %zu: %.0f commands/s, the same rows bare: %.0f/s, ratio "
	       "%.2f\n",
	       batch_size, median(engine), median(bare), median(ratio));
	free(commands);
	return 0;
}
