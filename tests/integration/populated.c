/* A daemon over tables that a kit filled. */
#include "tests/integration/populated.h"

#include "libshared/check.h"
#include "libshared/engine.h"
#include "libshared/seal.h"

#include <check.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

extern const struct service issuance_service;

/* ---- what the daemon finds when it starts ---- */

static void copy_file(const char *from, const char *to)
{
	char bytes[8192];
	FILE *in = fopen(from, "re"), *out = fopen(to, "we");
	size_t len;

	ENSURE(in != NULL && out != NULL && fchmod(fileno(out), 0600) == 0);
	len = fread(bytes, 1, sizeof bytes, in);
	ENSURE(fwrite(bytes, 1, len, out) == len && fclose(out) == 0 && fclose(in) == 0);
}

/* The master key and those under it, from where the kit had them to where the daemon looks. */
static void copy_keys(struct populated *p, const struct kit *k)
{
	const char *to = place_path(&p->daemons.place, "keys");
	DIR *folder = opendir(arena_printf(p->arena, "%s/issuers", k->dir));

	ENSURE(folder != NULL && mkdir(arena_printf(p->arena, "%s/issuers", to), 0700) == 0);
	copy_file(arena_printf(p->arena, "%s/issuance.master", k->dir),
		  arena_printf(p->arena, "%s/issuance.master", to));
	for (const struct dirent *e; (e = readdir(folder)) != NULL;)
		if (e->d_name[0] != '.')
			copy_file(arena_printf(p->arena, "%s/issuers/%s", k->dir, e->d_name),
				  arena_printf(p->arena, "%s/issuers/%s", to, e->d_name));
	closedir(folder);
}

static void earn(struct populated *p, struct kit *k, struct keyring *keyring, size_t i)
{
	struct bytes educator = kit_id(k), key;
	struct id license;

	issuance_given_educator(k, educator);
	license = id_of_bytes(issuance_given_term(k, educator, "TN", "2020-01-01", "2039-12-31"));
	if (memcmp(license.b, p->last_license.b, ID_LEN) > 0)
		p->last_license = license;
	issuance_released(k, educator, true);
	p->educators[i] = id_of_bytes(educator);
	p->credentials[i] = id_of_bytes(bytes_of_pb(issuance_next_issued(k)->credential));
	ENSURE(keyring_get(k->caps.keyring, educator, &key));
	ENSURE(keyring_put(keyring, educator, key) == 0);
}

static int by_id(const void *a, const void *b)
{
	return memcmp(a, b, ID_LEN);
}

static const char *db_path(struct populated *p)
{
	return arena_printf(p->arena, "%s/db", place_path(&p->daemons.place, "issuance"));
}

static void populate(struct populated *p, void (*finish)(struct kit *k))
{
	struct keyring *keyring;
	struct kit k;

	ENSURE(mkdir(place_path(&p->daemons.place, "issuance"), 0700) == 0);
	keyring = keyring_open(place_path(&p->daemons.place, "issuance/keyring"), NULL);
	kit_open(&k, &issuance_service);
	issuance_given_all(&k);
	for (size_t i = 0; i < p->n; i++)
		earn(p, &k, keyring, i);
	ENSURE(keyring_sync(keyring) == 0);
	keyring_close(&keyring);
	issuance_did_document(&k);
	snprintf(p->key, sizeof p->key, "%s",
		 ((const Issuance__Answer *)k.answer)->issuer->all_keys[0]->key);
	if (finish != NULL)
		finish(&k);
	ENSURE(store_copy(arena_printf(p->arena, "%s/db", k.dir), db_path(p)) == 0);
	ENSURE(store_copy(arena_printf(p->arena, "%s/db", k.dir),
			  place_path(&p->daemons.place, "before")) == 0);
	copy_keys(p, &k);
	kit_close(&k);
	qsort(p->credentials, p->n, sizeof p->credentials[0], by_id);
	qsort(p->educators, p->n, sizeof p->educators[0], by_id);
}

void populated_open(struct populated *p, size_t n, void (*finish)(struct kit *k))
{
	ENSURE(n <= CREDENTIALS);
	*p = (struct populated){.n = n, .arena = arena_new(1 << 16)};
	daemon_kit_open(&p->daemons);
	populate(p, finish);
}

void populated_close(struct populated *p)
{
	client_close(&p->client);
	daemon_kit_close(&p->daemons);
	arena_destroy(&p->arena);
}

void populated_reset(struct populated *p)
{
	const char *db = db_path(p);

	client_close(&p->client);
	ENSURE(rename(db, place_path(&p->daemons.place, "issuance/done")) == 0);
	ENSURE(store_copy(place_path(&p->daemons.place, "before"), db) == 0);
}

/* ---- talking to it ---- */

void populated_start(struct populated *p)
{
	client_close(&p->client);
	daemon_kit_start(&p->daemons, "issuance", NULL);
	p->client = daemon_kit_client(&p->daemons, "issuance", "cairnctl");
}

const Issuance__Answer *populated_ask(struct populated *p, const ProtobufCMessage *message)
{
	struct client_answer got;
	struct message_fault fault;

	ck_assert_int_eq(daemon_kit_ask(p->client, &(struct ask){.message = message}, &got),
			 CAIRN__STATUS__OK);
	return got.body.len == 0 ? NULL
				 : (const Issuance__Answer *)(void *)message_unpack(
					   &issuance__answer__descriptor, got.body, &EVENT_LIMITS,
					   p->arena, &fault);
}

/* ---- what stands in its log ---- */

void populated_each(struct populated *p, Issuance__Event__BodyCase kind, event_fn *fn, void *ctx)
{
	struct store *s =
		store_open_reading(db_path(p), issuance_service.tables, issuance_service.n_tables);
	struct view *v = store_view(s);
	struct message_fault fault;
	struct record record;

	for (uint64_t seq = 1; eventlog_get(v, seq, &record); seq++) {
		AUTO(arena_destroy) struct arena *one = NULL;
		const ProtobufCMessage *event;

		if (record.kind != (uint32_t)kind)
			continue;
		one = arena_new(1 << 14);
		event = message_unpack(&issuance__event__descriptor, record.payload, &EVENT_LIMITS,
				       one, &fault);
		ENSURE(event != NULL);
		fn(ctx, (const Issuance__Event *)(const void *)event);
	}
	view_end(&v);
	store_close(&s);
}

uint64_t populated_seq(struct populated *p)
{
	struct store *s =
		store_open_reading(db_path(p), issuance_service.tables, issuance_service.n_tables);
	struct view *v = store_view(s);
	uint64_t seq = view_count(v, TABLE_LOG);

	view_end(&v);
	store_close(&s);
	return seq;
}

static void print_line(void *ctx, const char *line)
{
	(void)ctx;
	fprintf(stderr, "%s\n", line);
}

void populated_end(struct populated *p)
{
	const char *scratch = place_path(&p->daemons.place, "scratch");

	daemon_kit_stop(&p->daemons, "issuance");
	ENSURE(mkdir(scratch, 0700) == 0 || access(scratch, W_OK) == 0);
	ENSURE(engine_verify(&issuance_service, db_path(p), NULL, scratch, print_line, NULL) == 0);
}
