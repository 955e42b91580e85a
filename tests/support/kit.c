/* A service without a process or a socket: a real engine in a fresh directory and a clock the test
 * sets. */
#include "tests/support/kit.h"
#include "libshared/check.h"
#include "libshared/seal.h"

#include <ftw.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define KIT_ROLES                                                                                  \
	(ROLE_PORTAL | ROLE_OPERATOR | ROLE_ASSERTS | ROLE_NAMES | ROLE_FOLLOW | ROLE_LICENSURE)
#define KIT_PRINCIPAL 42

struct kit_source {
	struct kit_source *next;
	char stream[64];
	struct position at;
	struct kit_record {
		struct bytes raw;
		uint8_t chain[CHAIN_LEN]; /* behind it: each is a commit */
	} * records;                      /* 1 .. at.seq */
};

/* ---- opening ---- */

static void open_engine(struct kit *k)
{
	static const struct id log_id = {
		{1, 2, 3, 4, 5, 6, 0x70, 8, 0x80, 10, 11, 12, 13, 14, 15, 16}};
	char db[100];
	struct engine_options options = {
		.dir = db,
		.map_bytes = (size_t)1 << 30,
		.caps = &k->caps,
		.fresh_log_id = log_id,
	};

	snprintf(db, sizeof db, "%s/db", k->dir);
	k->engine = engine_open(k->service, &options);
	ENSURE(k->engine != NULL);
}

/* Rules are tested here, not the disk: in memory where that is a place. */
static const char *place_of_kits(void)
{
	return access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
}

void kit_open(struct kit *k, const struct service *service)
{
	static const uint8_t seed[32] = {7};

	ENSURE(sodium_init() >= 0);
	*k = (struct kit){.service = service, .now_us = KIT_EPOCH_US, .arena = arena_new(1 << 16)};
	snprintf(k->dir, sizeof k->dir, "%s/cairn-kit-XXXXXX", place_of_kits());
	ENSURE(mkdtemp(k->dir) != NULL);
	memset(k->caps.noise_key, 9, sizeof k->caps.noise_key);
	k->caps.keyring = keyring_open(NULL, seed);
	k->caps.zones = zones_open(NULL);
	ENSURE(k->caps.keyring != NULL && k->caps.zones != NULL);
	if (service->open_caps != NULL)
		ENSURE(service->open_caps(&k->caps, k->dir, k->dir) == 0);
	open_engine(k);
}

void kit_reopen(struct kit *k)
{
	if (k->engine != NULL)
		engine_view_end(k->engine);
	engine_close(&k->engine);
	open_engine(k);
}

static void print_line(void *ctx, const char *line)
{
	(void)ctx;
	fprintf(stderr, "%s\n", line);
}

static int remove_one(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
	(void)st;
	(void)flag;
	(void)ftw;
	return remove(path);
}

void kit_close(struct kit *k)
{
	char db[100], scratch[100];

	engine_view_end(k->engine);
	engine_close(&k->engine);
	snprintf(db, sizeof db, "%s/db", k->dir);
	snprintf(scratch, sizeof scratch, "%s/verify", k->dir);
	ENSURE(mkdir(scratch, 0700) == 0);
	ENSURE(engine_verify(k->service, db, NULL, scratch, print_line, NULL) == 0);
	if (k->service->close_caps != NULL)
		k->service->close_caps(&k->caps);
	keyring_close(&k->caps.keyring);
	zones_close(&k->caps.zones);
	while (k->sources != NULL) {
		struct kit_source *s = k->sources;

		k->sources = s->next;
		free(s->records);
		free(s);
	}
	arena_destroy(&k->arena);
	ENSURE(nftw(k->dir, remove_one, 16, FTW_DEPTH | FTW_PHYS) == 0);
}

/* The same in every run, so that what hangs on an id (a sample, an order) can be run again. */
static struct id fresh_id(struct kit *k)
{
	uint8_t noise[10] = {0};

	put_u64_be(noise, ++k->n_ids);
	return id_shaped(k->now_us, noise);
}

/* ---- sending and asking ---- */

static void keep_reply(void *ctx, const struct reply *reply)
{
	struct kit *k = ctx;

	k->got = *reply;
	k->got.answer = arena_copy(k->arena, reply->answer);
	if (reply->text != NULL)
		k->got.text = arena_text(k->arena, bytes_of_text(reply->text));
}

static void unpack_answer(struct kit *k)
{
	struct message_fault fault;

	k->answer = NULL;
	if (k->got.answer.len == 0)
		return;
	k->answer =
		message_unpack(k->service->answer, k->got.answer, &EVENT_LIMITS, k->arena, &fault);
	ENSURE(k->answer != NULL);
}

void kit_run(struct kit *k)
{
	engine_view_end(k->engine);
	engine_run(k->engine, k->now_us);
	ENSURE(!engine_poll(k->engine, keep_reply, k));
	unpack_answer(k);
}

void kit_submit(struct kit *k, struct bytes id, uint32_t roles, struct bytes actor,
		const ProtobufCMessage *command)
{
	Cairn__Head head = CAIRN__HEAD__INIT;
	struct request request = {
		.head = &head,
		.body = message_pack(command, k->arena),
		.principal = KIT_PRINCIPAL,
		.roles = roles,
	};

	head.wire = 1;
	head.kind = body_kind(command);
	head.id = pb_of_bytes(id);
	head.actor = pb_of_bytes(actor);
	ENSURE(engine_submit(k->engine, &request, k->now_us));
}

Cairn__Status kit_send_as(struct kit *k, struct bytes id, uint32_t roles, struct bytes actor,
			  const ProtobufCMessage *command)
{
	kit_submit(k, id, roles, actor, command);
	kit_run(k);
	return k->got.status;
}

Cairn__Status kit_send(struct kit *k, struct bytes actor, const ProtobufCMessage *command)
{
	return kit_send_as(k, kit_id(k), KIT_ROLES, actor, command);
}

Cairn__Status kit_ask(struct kit *k, struct bytes actor, const ProtobufCMessage *query)
{
	Cairn__Head head = CAIRN__HEAD__INIT;
	struct id id = fresh_id(k);
	struct request request = {
		.head = &head,
		.body = message_pack(query, k->arena),
		.principal = KIT_PRINCIPAL,
		.roles = KIT_ROLES,
	};
	struct reply reply;
	bool held;

	engine_view_end(k->engine);
	head.wire = 1;
	head.kind = QUERY_BASE + body_kind(query);
	head.id = pb_of_id(&id);
	head.actor = pb_of_bytes(actor);
	engine_query(k->engine, &request, k->now_us, k->arena, &reply, &held);
	if (held)
		kit_run(k); /* the note of an audited look */
	keep_reply(k, &reply);
	unpack_answer(k);
	return k->got.status;
}

/* ---- neighbours and time ---- */

static struct kit_source *source_of(struct kit *k, const char *stream)
{
	struct kit_source *s;

	for (s = k->sources; s != NULL; s = s->next)
		if (strcmp(s->stream, stream) == 0)
			return s;
	s = calloc(1, sizeof *s);
	ENSURE(s != NULL);
	snprintf(s->stream, sizeof s->stream, "%s", stream);
	s->at.log_id = id_of_name("log", stream);
	s->at.epoch = 1;
	chain_of_name(s->at.log_id, s->at.chain);
	s->next = k->sources;
	k->sources = s;
	return s;
}

static unsigned upstream_of(const struct kit *k, const char *stream)
{
	for (unsigned i = 0; i < k->service->n_upstreams; i++)
		if (strcmp(k->service->upstreams[i].stream, stream) == 0)
			return i;
	ENSURE(false && "the service follows that stream");
	return 0;
}

/* n of them behind after_seq, in one batch. */
static void submit_records(struct kit *k, const struct kit_source *s, uint64_t after_seq,
			   uint64_t n)
{
	struct log_batch batch = {.after_seq = after_seq, .through_seq = after_seq + n};

	batch.records = arena_alloc(k->arena, n * sizeof *batch.records);
	batch.commit_ends = arena_alloc(k->arena, n * sizeof *batch.commit_ends);
	batch.n_commits = n;
	for (uint64_t i = 0; i < n; i++) {
		batch.records[i] = s->records[after_seq + i].raw;
		batch.commit_ends[i] = after_seq + i + 1;
		batch.bytes += batch.records[i].len;
	}
	memcpy(batch.chain, s->records[after_seq + n - 1].chain, CHAIN_LEN);
	ENSURE(engine_submit_upstream(k->engine, upstream_of(k, s->stream), &s->at, &batch) ==
	       UPSTREAM_TAKEN);
	kit_run(k);
}

void kit_write_upstream(struct kit *k, const char *stream, struct bytes entity,
			const ProtobufCMessage *event)
{
	struct kit_source *s = source_of(k, stream);
	struct record r = {
		.seq = s->at.seq + 1,
		.kind = (uint16_t)body_kind(event),
		.schema = 1,
		.at_us = k->now_us,
		.id = fresh_id(k),
		.entity = id_of_bytes(entity),
		.payload = message_pack(event, k->arena),
	};
	struct kit_record *record;

	s->records = realloc(s->records, r.seq * sizeof *s->records);
	ENSURE(s->records != NULL);
	record = &s->records[s->at.seq];
	record->raw = record_pack(&r, k->arena);
	chain_of_commit(s->at.chain, &record->raw, 1, r.seq, record->chain);
	s->at.seq = r.seq;
	memcpy(s->at.chain, record->chain, CHAIN_LEN);
}

void kit_upstream(struct kit *k, const char *stream, struct bytes entity,
		  const ProtobufCMessage *event)
{
	struct kit_source *s = source_of(k, stream);

	kit_write_upstream(k, stream, entity, event);
	submit_records(k, s, s->at.seq - 1, 1);
}

bool kit_follow(struct kit *k, const char *stream, uint64_t n)
{
	struct kit_source *s = source_of(k, stream);
	struct position at;

	at.seq = engine_cursor(k->engine, upstream_of(k, stream), &at) ? at.seq : 0;
	n = MIN(n, s->at.seq - at.seq);
	if (n > 0)
		submit_records(k, s, at.seq, n);
	return n > 0;
}

void kit_advance(struct kit *k, int64_t us)
{
	int64_t until_us = k->now_us + us, due_us;

	engine_view_end(k->engine);
	while ((due_us = engine_next_timer_us(k->engine)) <= until_us) {
		k->now_us = MAX(k->now_us, due_us);
		kit_run(k);
	}
	k->now_us = until_us;
}

void kit_forget(struct kit *k)
{
	k->got = (struct reply){0};
	k->answer = NULL;
	arena_reset(k->arena);
}

/* ---- ids and events ---- */

struct bytes kit_id(struct kit *k)
{
	struct id id = fresh_id(k);

	return arena_copy(k->arena, bytes_of_id(&id));
}

struct bytes kit_name(const char *kind, const char *name)
{
	static struct {
		struct id id;
	} names[1024];
	struct id id = id_of_name(kind, name);
	size_t i = 0;

	while (i < ARRAY_LEN(names) && !id_is_none(&names[i].id) && !id_equal(&names[i].id, &id))
		i++;
	ENSURE(i < ARRAY_LEN(names));
	names[i].id = id;
	return bytes_of_id(&names[i].id);
}

const struct view *kit_view(struct kit *k)
{
	engine_view_end(k->engine);
	return engine_view_begin(k->engine);
}

const ProtobufCMessage *kit_next_event(struct kit *k, struct record *record_r)
{
	const struct view *v = kit_view(k);
	struct message_fault fault;
	ProtobufCMessage *event;
	struct record r;

	do {
		if (k->seen_seq >= engine_durable_seq(k->engine))
			return NULL;
		ENSURE(eventlog_get(v, ++k->seen_seq, &r));
	} while (r.kind >= RUNTIME_KIND);
	r.payload = arena_copy(k->arena, r.payload);
	event = message_unpack(k->service->event, r.payload, &EVENT_LIMITS, k->arena, &fault);
	ENSURE(event != NULL);
	if (record_r != NULL)
		*record_r = r;
	return event;
}
