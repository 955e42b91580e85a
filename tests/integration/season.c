/* A season of changes, and its rows told again. */
#include "tests/integration/season.h"

#include "libshared/check.h"
#include "libshared/clock.h"
#include "tests/support/life_kit.h"

#include <string.h>

#define BATCH 1000 /* changes in one commit */
#define SEASON_US (30 * US_PER_DAY)

extern const struct service issuance_service;

/* Of season_open(), for the kit's callback. */
static struct populated *filling;
static size_t n_events;

static void change(struct kit *k, size_t i)
{
	struct bytes credential = bytes_of_id(&filling->credentials[i % SEASON_HOLDERS]);

	kit_submit(k, kit_id(k), ROLE_PORTAL | ROLE_OPERATOR | ROLE_ASSERTS,
		   kit_name("person", "olga"),
		   i / SEASON_HOLDERS % 2 == 0 ? life_suspend(k->arena, credential)
					       : life_reinstate(k->arena, credential));
}

static void season(struct kit *k)
{
	size_t n = MIN(n_events, (size_t)SEASON_OWN) - SEASON_HOLDERS;

	n -= n % (2 * SEASON_HOLDERS);
	for (size_t i = 0; i < n; i++) {
		change(k, i);
		if ((i + 1) % BATCH != 0)
			continue;
		kit_run(k);
		ENSURE(k->got.status == CAIRN__STATUS__OK);
		kit_advance(k, SEASON_US * BATCH / (int64_t)n);
		kit_forget(k);
	}
}

struct told {
	struct bytes *rows;
	size_t n;
	struct arena *arena;
	struct id_maker ids;
};

static void read_rows(const struct view *v, struct told *told)
{
	unsigned table = issuance_service.public_stream->table;

	told->rows = arena_alloc(told->arena, n_events * sizeof *told->rows);
	for (;; told->n++) {
		struct key key = {0};
		struct bytes val;

		if (!view_get(v, table, key_add_u64(&key, told->n + 1), &val))
			return;
		told->rows[told->n] = arena_copy(
			told->arena, (struct bytes){val.data + CHAIN_LEN, val.len - CHAIN_LEN});
	}
}

/* The i-th row of the season is the one that many before it, under a fresh id. */
static void tell_again(struct told *told, struct txn *t, size_t i)
{
	AUTO(arena_destroy) struct arena *arena = arena_new(1024);
	struct bytes from = told->rows[SEASON_HOLDERS + i % (told->n - SEASON_HOLDERS)];
	struct id id = id_make(&told->ids, clock_wall_us());
	struct message_fault fault;
	Issuance__PublicRow *row = (Issuance__PublicRow *)(void *)message_unpack(
		&issuance__public_row__descriptor, from, &EVENT_LIMITS, arena, &fault);

	ENSURE(row != NULL);
	row->id = pb_of_id(&id);
	public_append(t, issuance_service.public_stream->table, message_pack(&row->base, arena));
}

static void lengthen(void)
{
	struct store *s = store_open(place_path(&filling->daemons.place, "issuance/db"),
				     issuance_service.tables, issuance_service.n_tables, 0);
	struct told told = {.arena = arena_new(1 << 20)};
	struct view *v = store_view(s);

	read_rows(v, &told);
	view_end(&v);
	for (size_t i = told.n; i < n_events;) {
		struct txn *t = store_begin(s);

		for (size_t n = MIN(n_events - i, (size_t)BATCH); n > 0; n--)
			tell_again(&told, t, i++);
		ENSURE(txn_commit(&t) == 0);
	}
	n_events = MAX(n_events, told.n);
	store_close(&s);
	arena_destroy(&told.arena);
}

size_t season_open(struct populated *p, size_t n)
{
	filling = p;
	n_events = n;
	populated_open(p, SEASON_HOLDERS, season);
	lengthen();
	return n_events;
}

void season_end_of_stream(const struct populated *p, struct position *at_r)
{
	struct store *s = store_open_reading(place_path(&p->daemons.place, "issuance/db"),
					     issuance_service.tables, issuance_service.n_tables);
	struct view *v = store_view(s);
	struct bytes key, val;

	ENSURE(view_last(v, issuance_service.public_stream->table, BYTES_NONE, &key, &val));
	*at_r = (struct position){.log_id = id_of_name("log", "of whatever name"),
				  .seq = get_u64_be(key.data)};
	memcpy(at_r->chain, val.data, CHAIN_LEN);
	view_end(&v);
	store_close(&s);
}
