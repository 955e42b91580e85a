/* Engines under a seeded clock: batches, late durability, crashes at commit edges, commands. */
#include "tests/simulation/world.h"

#include "libshared/check.h"
#include "libshared/seal.h"
#include "libshared/zone.h"
#include "proto/issuance.pb-c.h"
#include "services/issuance/signer.h"

#include <ftw.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define START_US (INT64_C(1767712500) * US_PER_S)
#define RESEND_US (5 * US_PER_S)
#define EVERY_ROLE (ROLE_PORTAL | ROLE_OPERATOR | ROLE_ASSERTS | ROLE_NAMES)

extern const struct service enrollment_service, evidence_service, assessment_service,
	issuance_service, notification_service;

static const struct service *const services[N_SERVICES] = {
	[ENROLLMENT] = &enrollment_service,     [EVIDENCE] = &evidence_service,
	[ASSESSMENT] = &assessment_service,     [ISSUANCE] = &issuance_service,
	[NOTIFICATION] = &notification_service,
};

/* ---- ids ---- */

struct id world_id(struct world *w)
{
	uint8_t noise[10];

	put_u64_be(noise, ++w->ids);
	put_u16_be(noise + 8, (uint16_t)chance_u64(&w->chance));
	return id_shaped(w->now_us, noise);
}

/* ---- the late durability ---- */

static int late_seal(void *ctx, struct txn **txn, uint64_t last_seq)
{
	struct late *late = ctx;

	(void)last_seq;
	late->txn = *txn;
	*txn = NULL;
	late->wait = late->healed ? 0 : (unsigned)chance_below(late->chance, 4);
	return 0;
}

static enum durable_state late_poll(void *ctx)
{
	struct late *late = ctx;

	if (late->wait > 0) {
		late->wait--;
		return DURABLE_PENDING;
	}
	if (!late->healed && chance_percent(late->chance, 3)) {
		txn_abort(&late->txn);
		return DURABLE_FAILED;
	}
	return txn_commit(&late->txn) == 0 ? DURABLE_DONE : DURABLE_FAILED;
}

/* ---- opening and crashing ---- */

static void start_engine(struct node *n)
{
	char db[140];
	struct engine_options options = {
		.dir = db,
		.map_bytes = (size_t)1 << 28,
		.caps = &n->caps,
		.durability = n->is_late ? &n->durability : NULL,
		.fresh_log_id = n->log_id,
	};

	snprintf(db, sizeof db, "%s/db", n->dir);
	n->engine = engine_open(n->service, &options);
	ENSURE(n->engine != NULL);
}

/* Keys of persons and issuers come from the seed, so that a seed replays to the same bytes. */
static void open_caps(struct world *w, unsigned i)
{
	struct node *n = &w->nodes[i];

	crypto_generichash(n->caps.noise_key, sizeof n->caps.noise_key,
			   (const uint8_t *)n->service->name, strlen(n->service->name), w->seed,
			   sizeof w->seed);
	n->caps.keyring = keyring_open(NULL, w->seed);
	n->caps.zones = zones_open(NULL);
	ENSURE(n->caps.keyring != NULL && n->caps.zones != NULL);
	if (i == ISSUANCE)
		n->caps.signer = signer_open(n->dir, w->seed);
	else if (n->service->open_caps != NULL)
		ENSURE(n->service->open_caps(&n->caps, n->dir, n->dir) == 0);
}

void world_open(struct world *w, uint64_t seed)
{
	ENSURE(sodium_init() >= 0);
	*w = (struct world){.chance = {seed}, .now_us = START_US, .arena = arena_new(1 << 18)};
	put_u64_le(w->seed, seed);
	snprintf(w->dir, sizeof w->dir, "%s/cairn-sim-XXXXXX",
		 access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	ENSURE(mkdtemp(w->dir) != NULL);
	w->calls = calloc(CALLS, sizeof *w->calls);
	ENSURE(w->calls != NULL);
	for (unsigned i = 0; i < N_SERVICES; i++) {
		struct node *n = &w->nodes[i];

		n->service = services[i];
		snprintf(n->dir, sizeof n->dir, "%s/%s", w->dir, n->service->name);
		ENSURE(mkdir(n->dir, 0700) == 0);
		n->is_late = chance_percent(&w->chance, 50);
		n->late.chance = &w->chance;
		n->durability = (struct durability){&n->late, late_seal, late_poll};
		n->log_id = world_id(w);
		open_caps(w, i);
		start_engine(n);
	}
	links_open(w);
}

static int remove_one(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
	(void)st, (void)flag, (void)ftw;
	return remove(path);
}

static void close_caps(unsigned i, struct node *n)
{
	if (i == ISSUANCE)
		signer_close(&n->caps.signer);
	else if (n->service->close_caps != NULL)
		n->service->close_caps(&n->caps);
	keyring_close(&n->caps.keyring);
	zones_close(&n->caps.zones);
}

void world_close(struct world *w)
{
	for (unsigned i = 0; i < N_SERVICES; i++) {
		txn_abort(&w->nodes[i].late.txn);
		engine_close(&w->nodes[i].engine);
		close_caps(i, &w->nodes[i]);
	}
	links_close(w);
	for (size_t i = 0; i < w->n_calls; i++)
		free(w->calls[i].body);
	free(w->calls);
	arena_destroy(&w->arena);
	ENSURE(nftw(w->dir, remove_one, 16, FTW_DEPTH | FTW_PHYS) == 0);
}

/* What was not durable is gone, and so is what was received; the process starts from its last
 * commit. */
static void crash(struct world *w, unsigned i)
{
	struct node *n = &w->nodes[i];

	txn_abort(&n->late.txn);
	engine_close(&n->engine);
	n->crashes++;
	start_engine(n);
	links_forget(w, i);
}

/* ---- commands ---- */

void world_call(struct world *w, unsigned to, struct bytes actor_id,
		const ProtobufCMessage *command, replied_fn *fn, void *actor)
{
	struct call *c = &w->calls[w->n_calls++];

	ENSURE(w->n_calls < CALLS);
	*c = (struct call){.to = to, .kind = body_kind(command), .fn = fn, .actor = actor};
	c->id = world_id(w);
	c->actor_id = id_of_bytes(actor_id);
	c->len = protobuf_c_message_get_packed_size(command);
	c->body = malloc(c->len + 1);
	ENSURE(c->body != NULL);
	protobuf_c_message_pack(command, c->body);
}

/* The batches of a reissue and of a sweep are the daemon's own; actors play that part of it. */
static uint32_t roles_of(const struct call *c)
{
	bool own = c->to == ISSUANCE && (c->kind == ISSUANCE__COMMAND__BODY_REISSUE_BATCH ||
					 c->kind == ISSUANCE__COMMAND__BODY_SWEEP_STACK);

	return own ? ROLE_SELF : EVERY_ROLE;
}

static bool submit(struct world *w, struct call *c, size_t token)
{
	Cairn__Head head = CAIRN__HEAD__INIT;
	struct request r = {.token = token,
			    .head = &head,
			    .body = {c->body, c->len},
			    .principal = 1,
			    .roles = roles_of(c)};

	head.wire = 1;
	head.kind = c->kind;
	head.id = pb_of_id(&c->id);
	if (!id_is_none(&c->actor_id))
		head.actor = pb_of_id(&c->actor_id);
	return engine_submit(w->nodes[c->to].engine, &r, w->now_us);
}

static uint64_t hash_of(struct bytes b)
{
	uint8_t hash[16];

	crypto_generichash(hash, sizeof hash, b.data, b.len, NULL, 0);
	return get_u64_le(hash);
}

static bool is_final(Cairn__Status status)
{
	return status != CAIRN__STATUS__BUSY && status != CAIRN__STATUS__UNAVAILABLE;
}

/* An answer that arrives; a later one to the same command must say the same. */
static void take_reply(void *ctx, const struct reply *reply)
{
	struct world *w = ctx;
	struct call *c = &w->calls[reply->token];

	if (!is_final(reply->status) || (!w->healed && chance_percent(&w->chance, 10)))
		return; /* lost on the way back */
	if (c->answered && reply->status != CAIRN__STATUS__ID_TOO_OLD) {
		ENSURE(reply->status == c->first.status && reply->seq == c->first.seq);
		ENSURE(reply->reason == c->first.reason &&
		       hash_of(reply->answer) == c->answer_hash);
	}
	if (c->answered)
		return;
	c->answered = true;
	c->first = *reply;
	c->answer_hash = hash_of(reply->answer);
	if (c->fn != NULL)
		c->fn(w, c->actor, reply);
}

/* Sends what is new or has waited long; sometimes what was answered already. */
static void send_calls(struct world *w)
{
	for (size_t i = w->n_calls > 400 ? w->n_calls - 400 : 0; i < w->n_calls; i++) {
		struct call *c = &w->calls[i];
		bool again = c->answered && !w->healed && chance_below(&w->chance, 500) == 0;

		if (c->answered ? !again : w->now_us < c->again_us)
			continue;
		if (!w->healed && chance_percent(&w->chance, 15)) {
			c->again_us = w->now_us + RESEND_US; /* lost on the way */
			continue;
		}
		if (submit(w, c, i))
			c->again_us = w->now_us + RESEND_US;
	}
}

const ProtobufCMessage *world_ask(struct world *w, unsigned to, struct bytes actor_id,
				  const ProtobufCMessage *query)
{
	struct node *n = &w->nodes[to];
	Cairn__Head head = CAIRN__HEAD__INIT;
	struct id id = world_id(w);
	struct request r = {.token = CALLS,
			    .head = &head,
			    .body = message_pack(query, w->arena),
			    .principal = 1,
			    .roles = EVERY_ROLE};
	struct message_fault fault;
	struct reply reply;
	bool held;

	head.wire = 1;
	head.kind = QUERY_BASE + body_kind(query);
	head.id = pb_of_id(&id);
	head.actor = pb_of_bytes(actor_id);
	engine_query(n->engine, &r, w->now_us, w->arena, &reply, &held);
	ENSURE(!held);
	if (reply.status != CAIRN__STATUS__OK)
		return NULL;
	return message_unpack(n->service->answer, reply.answer, &EVENT_LIMITS, w->arena, &fault);
}

/* ---- a step ---- */

static void run_node(struct world *w, unsigned i)
{
	struct node *n = &w->nodes[i];
	bool may_crash = !w->healed && chance_percent(&w->chance, 4);
	unsigned edge = (unsigned)chance_below(&w->chance, 3);

	if (may_crash && edge == 0) {
		crash(w, i); /* with a batch collected */
		return;
	}
	engine_run(n->engine, w->now_us);
	if (may_crash && edge == 1) {
		crash(w, i); /* committed, or on its way, and not answered */
		return;
	}
	engine_poll(n->engine, take_reply, w);
	if (may_crash)
		crash(w, i); /* answered */
}

static void move_clock(struct world *w)
{
	int64_t due_us = INT64_MAX;

	w->now_us += (int64_t)chance_below(&w->chance, 2 * US_PER_S);
	if (!chance_percent(&w->chance, 2))
		return;
	for (unsigned i = 0; i < N_SERVICES; i++)
		due_us = MIN(due_us, engine_next_timer_us(w->nodes[i].engine));
	if (due_us != INT64_MAX && due_us < w->now_us + 5 * US_PER_DAY)
		w->now_us = MAX(w->now_us, due_us);
}

void world_step(struct world *w)
{
	arena_reset(w->arena);
	move_clock(w);
	send_calls(w);
	for (int i = 0; i < 4; i++)
		link_step(w);
	run_node(w, (unsigned)chance_below(&w->chance, N_SERVICES));
}

bool world_is_quiet(struct world *w)
{
	for (size_t i = 0; i < w->n_calls; i++)
		if (!w->calls[i].answered)
			return false;
	for (unsigned i = 0; i < N_SERVICES; i++)
		if (!engine_idle(w->nodes[i].engine))
			return false;
	return links_are_quiet(w);
}

void world_settle(struct world *w)
{
	w->healed = true;
	for (unsigned i = 0; i < N_SERVICES; i++)
		w->nodes[i].late.healed = true;
	for (unsigned steps = 0; !world_is_quiet(w); steps++) {
		ENSURE(steps < 200000);
		arena_reset(w->arena);
		w->now_us += US_PER_S / 10;
		send_calls(w);
		for (int i = 0; i < N_LINKS; i++)
			link_step(w);
		for (unsigned i = 0; i < N_SERVICES; i++)
			run_node(w, i);
	}
}
