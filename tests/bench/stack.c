/* How many educators a second one core evaluates for a new stack: a million of them with five
 * credentials each, batch by batch through the engine as the daemon sends them. Nobody has all that
 * the stack asks for, so that signing awards (bench_reissue) is not in it. bench_stack [--quick].
 */
#include "libshared/check.h"
#include "services/issuance/issuance.h"
#include "services/issuance/tables_stack.h"
#include "tests/bench/bench.h"
#include "tests/support/stack_kit.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PER_TXN 100000
#define MAP_BYTES ((size_t)4 << 30)

static struct kit kit;

static struct id nth_id(uint64_t n)
{
	struct id id = {{0}};

	put_u64_be(id.b, n + 1);
	id.b[6] = 0x70 | (id.b[6] & 0x0f);
	id.b[8] = 0x80;
	return id;
}

static void put_credential(struct txn *t, uint64_t educator, unsigned n, const char *code)
{
	struct earned row = {.version = 1,
			     .decided_us = (stack_kit_day("2024-01-01") + 30 * n) * US_PER_DAY,
			     .entry_version = 1};
	struct id holder = nth_id(educator), credential = nth_id(educator * 8 + n);
	struct key key = {0};

	memcpy(row.entry, kit_name("entry", code).data, ID_LEN);
	key_add(&key, bytes_of_id(&holder));
	key_add(&key, bytes_of_id(&credential));
	txn_put(t, EARNED, key_bytes(&key), BYTES_OF(row));
}

static struct store *open_store(void)
{
	struct store *store;
	char db[100];

	engine_close(&kit.engine);
	snprintf(db, sizeof db, "%s/db", kit.dir);
	store = store_open(db, issuance_tables, N_TABLES, MAP_BYTES);
	ENSURE(store != NULL);
	return store;
}

/* Rows as their events would have left them: a million badges need not be signed for it. */
static void fill(size_t educators)
{
	static const char *const codes[5] = {"lit-101", "ell-301", "lit-102", "tec-201", "lit-103"};
	struct store *store = open_store();

	for (size_t from = 0; from < educators; from += PER_TXN) {
		struct txn *t = store_begin(store);

		for (size_t i = from; i < MIN(from + PER_TXN, educators); i++)
			for (unsigned n = 0; n < ARRAY_LEN(codes); n++)
				put_credential(t, i, n, codes[n]);
		ENSURE(txn_commit(&t) == 0);
	}
	store_close(&store);
	kit_reopen(&kit);
}

/* So that the tables are again what the log says. */
static void empty(void)
{
	struct store *store = open_store();
	struct txn *t = store_begin(store);

	txn_clear(t, EARNED);
	ENSURE(txn_commit(&t) == 0);
	store_close(&store);
	kit_reopen(&kit);
	kit_close(&kit);
}

int main(int argc, char **argv)
{
	size_t n = bench_is_quick(argc, argv) ? 100000 : 1000000;
	const json_t *stacks = json_object_get(stack_kit_catalogue(), "stacks");
	size_t before, most = 0;
	double from, spent;

	kit_open(&kit, &issuance_service);
	stack_kit_open(&kit);
	stack_kit_publish(&kit, json_array_get(stacks, 0));
	fill(n);
	before = bench_anonymous(getpid());
	from = bench_processor();
	while (stack_kit_sweep_some(&kit))
		most = MAX(most, bench_anonymous(getpid()));
	spent = bench_processor() - from;
	bench_line(
		"educators evaluated for a new stack by one core",
		bench_text("%.0f /s", (double)n / spent).s,
		bench_text("a million with five credentials each: %.1f s", 1e6 * spent / (double)n)
			.s,
		bench_text("reading the index; held %zu kB more",
			   (MAX(most, before) - before) / 1024)
			.s);
	empty();
	return EXIT_SUCCESS;
}
