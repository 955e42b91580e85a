/* An engine of the enrollment service on a directory, and commands to it in batches. */
#include "tests/bench/stage.h"

#include "libshared/check.h"
#include "libshared/clock.h"
#include "libshared/keys.h"
#include "libshared/seal.h"
#include "libshared/zone.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

#define MAP_BYTES ((size_t)4 << 30)
#define LOAD_BATCH 1024

extern const struct service enrollment_service;

static struct bench_path {
	char s[200];
} path_of(const char *dir, const char *name)
{
	struct bench_path path;

	ENSURE(snprintf(path.s, sizeof path.s, "%s%s", dir, name) < (int)sizeof path.s);
	return path;
}

static void make_directory(const char *path)
{
	ENSURE(mkdir(path, 0700) == 0 || errno == EEXIST);
}

void stage_open(struct stage *s, const char *dir)
{
	struct bench_path db = path_of(dir, "/enrollment/db");
	struct id_maker maker = {0};

	*s = (struct stage){.arena = arena_new(1 << 20)};
	ENSURE(sodium_init() >= 0);
	make_directory(dir);
	make_directory(path_of(dir, "/enrollment").s);
	make_directory(path_of(dir, "/keys").s);
	ENSURE(keys_noise(path_of(dir, "/keys").s, "enrollment.noise", s->caps.noise_key,
			  sizeof s->caps.noise_key) == 0);
	s->caps.keyring = keyring_open(path_of(dir, "/enrollment/keyring").s, NULL);
	s->caps.zones = zones_open(NULL);
	ENSURE(s->caps.keyring != NULL && s->caps.zones != NULL);
	s->engine = engine_open(
		&enrollment_service,
		&(struct engine_options){.dir = db.s,
					 .map_bytes = MAP_BYTES,
					 .caps = &s->caps,
					 .fresh_log_id = id_make(&maker, clock_wall_us())});
	ENSURE(s->engine != NULL);
}

void stage_close(struct stage *s)
{
	engine_close(&s->engine);
	keyring_close(&s->caps.keyring);
	zones_close(&s->caps.zones);
	arena_destroy(&s->arena);
}

void stage_copy(const char *dir, const char *to_dir)
{
	make_directory(to_dir);
	make_directory(path_of(to_dir, "/enrollment").s);
	ENSURE(store_copy(path_of(dir, "/enrollment/db").s, path_of(to_dir, "/enrollment/db").s) ==
	       0);
}

/* ---- commands ---- */

static void count_ok(void *ctx, const struct reply *reply)
{
	struct stage *s = ctx;

	if (reply->status != CAIRN__STATUS__OK)
		fprintf(stderr, "stage: status %d, reason %u: %s\n", (int)reply->status,
			reply->reason, reply->text != NULL ? reply->text : "");
	ENSURE(reply->status == CAIRN__STATUS__OK);
	s->ok++;
}

static void run(struct stage *s)
{
	engine_run(s->engine, clock_wall_us());
	ENSURE(!engine_poll(s->engine, count_ok, s));
}

static void submit(struct stage *s, const struct id *id, uint32_t kind, struct bytes body)
{
	Cairn__Head head = CAIRN__HEAD__INIT;
	struct request r = {
		.head = &head, .roles = ROLE_PORTAL | ROLE_OPERATOR, .principal = 1, .body = body};

	head.wire = 1;
	head.kind = kind;
	head.id = pb_of_id(id);
	if (engine_submit(s->engine, &r, clock_wall_us()))
		return;
	run(s);
	ENSURE(engine_submit(s->engine, &r, clock_wall_us()));
}

void stage_take(struct stage *s, const struct roster_command *commands, size_t n, size_t batch)
{
	size_t before = s->ok;

	for (size_t i = 0; i < n; i++) {
		const struct roster_command *c = &commands[i];

		submit(s, &c->id, ENROLLMENT__COMMAND__BODY_ENROLL,
		       (struct bytes){c->body, c->len});
		if ((i + 1) % batch == 0 || i + 1 == n)
			run(s);
	}
	ENSURE(s->ok == before + n);
}

/* ---- loading ---- */

struct loading {
	struct stage *stage;
	struct id_maker ids;
	size_t n;
};

static void load_one(void *ctx, const Enrollment__Command *command)
{
	struct loading *l = ctx;
	struct id id = id_make(&l->ids, clock_wall_us());

	submit(l->stage, &id, body_kind(&command->base),
	       message_pack(&command->base, l->stage->arena));
	if (++l->n % LOAD_BATCH != 0)
		return;
	run(l->stage);
	arena_reset(l->stage->arena);
}

void stage_load(struct stage *s, struct roster *r)
{
	struct loading l = {.stage = s};

	roster_publish(r, load_one, &l);
	roster_register(r, load_one, &l);
	run(s);
}

void stage_enroll(struct stage *s, struct roster *r, size_t first, size_t n)
{
	struct roster_command commands[LOAD_BATCH];

	while (n > 0) {
		size_t some = MIN(n, (size_t)LOAD_BATCH);

		for (size_t i = 0; i < some; i++)
			commands[i] = roster_enroll(r, first + i);
		stage_take(s, commands, some, some);
		first += some;
		n -= some;
	}
}
