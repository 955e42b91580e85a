/* Everything in a database as JSON lines. */
#include "services/ctl/commands.h"
#include "services/ctl/daemons.h"
#include "services/ctl/events.h"

#include "libshared/store.h"

#include <stdlib.h>
#include <string.h>

struct dumping {
	struct ctl *ctl;
	enum ctl_service service;
	const struct view *view;
	struct arena *arena;
};

/* ---- the log ---- */

static void dump_log(struct dumping *d)
{
	struct scan scan = scan_first(d->view, TABLE_LOG, BYTES_NONE, BYTES_NONE);
	struct bytes key, raw;

	while (scan_next(&scan, &key, &raw) && !ctl_failed(d->ctl)) {
		uint64_t seq = key.len == 8 ? get_u64_be(key.data) : 0;
		json_t *json;

		arena_reset(d->arena);
		json = json_of_record(d->service, raw, seq, d->arena);
		if (json == NULL)
			ctl_fault(d->ctl, CTL_DIFFERS, "record %llu is damaged",
				  (unsigned long long)seq);
		else
			say_json_line(d->ctl,
				      json_pack("{s:s, s:o}", "table", "log", "record", json));
	}
	if (ctl_failed(d->ctl))
		scan_end(&scan);
}

/* ---- rows ---- */

static json_t *hex_value(struct dumping *d, struct bytes b)
{
	char *text = arena_alloc(d->arena, 2 * b.len + 1);

	hex_of_bytes(b, text);
	return json_string(text);
}

/* A row's fixed part begins with the seq of the event that touched it last. */
static void dump_table(struct dumping *d, unsigned table, const char *name)
{
	struct scan scan = scan_first(d->view, table, BYTES_NONE, BYTES_NONE);
	struct bytes key, val;

	while (scan_next(&scan, &key, &val) && !ctl_failed(d->ctl)) {
		arena_reset(d->arena);
		say_json_line(d->ctl, json_pack("{s:s, s:o, s:o}", "table", name, "key",
						hex_value(d, key), "value", hex_value(d, val)));
	}
	if (ctl_failed(d->ctl))
		scan_end(&scan);
}

static void dump_tables(struct dumping *d)
{
	static const char *const runtime[SERVICE_TABLES] = {
		[TABLE_META] = "meta",
		[TABLE_COMMIT] = "commit",
		[TABLE_DEDUPE] = "dedupe",
		[TABLE_TIMER] = "timer",
		[TABLE_TIMER_OF] = "timer_of",
		[TABLE_CURSOR] = "cursor",
		[TABLE_SUB] = "sub",
		[TABLE_PARKED] = "parked",
		[TABLE_PARKED_OF] = "parked_of",
	};
	const struct service *service = service_of(d->service);

	for (unsigned i = 0; i < service->n_tables; i++)
		dump_table(d, SERVICE_TABLES + i, service->tables[i]);
	for (unsigned i = 0; i < SERVICE_TABLES; i++)
		if (runtime[i] != NULL)
			dump_table(d, i, runtime[i]);
}

static int dump(struct ctl *c)
{
	AUTO(arena_destroy) struct arena *arena = arena_new((size_t)64 << 10);
	enum ctl_service s = service_of_name(given(c, "service"));
	struct dumping d = {.ctl = c, .service = s, .arena = arena};
	const struct service *service;
	struct store *store;
	struct view *view;

	if (s == N_SERVICES)
		return (int)ctl_fault(c, CTL_USAGE, "there is no service %s", given(c, "service"));
	service = service_of(s);
	store = store_open_reading(given(c, "dir"), service->tables, service->n_tables);
	if (store == NULL)
		return (int)ctl_fault(c, CTL_LOCAL, "%s: no database of %s can be read (see above)",
				      given(c, "dir"), service->name);
	view = store_view(store);
	d.view = view;
	if (!is_given(c, "tables"))
		dump_log(&d);
	if (!is_given(c, "log"))
		dump_tables(&d);
	view_end(&view);
	store_close(&store);
	return ctl_exit_code(c);
}

static const struct command rows[] = {
	{"dump", NULL, "print a database's log and tables as JSON lines",
	 PARAMS(OWN_WORD("dir", "DB_DIR", "as DIR/enrollment/db", P_TEXT, MUST),
		OWN_WORD("service", "SERVICE", "whose it is", P_TEXT, MUST),
		OWN_FLAG("log", "only the log"), OWN_FLAG("tables", "only the tables")),
	 .run = dump},
};

const struct command_list dump_commands = {rows, ARRAY_LEN(rows)};
