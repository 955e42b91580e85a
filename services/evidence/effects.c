/* Files that nothing names any more are removed: those let go of at once, orphans after a day. */
#include "services/evidence/effects.h"

#include "libshared/log.h"
#include "services/evidence/evidence.h"
#include "services/evidence/portfolio.h"
#include "services/evidence/tables.h"

#include <stdlib.h>
#include <string.h>

#define ORPHAN_US (24 * US_PER_HOUR)
#define WALK_US (300 * US_PER_S) /* from one 256th part to the next: all of them within a day */
#define RETRY_US (60 * US_PER_S)
#define HASHES_MAX ((size_t)200)
#define PORTFOLIOS_MAX ((size_t)20)

struct outside {
	struct blobs *blobs;
	struct id_maker ids;
	struct arena *arena; /* of one turn */
	bool asked;          /* a NotePurged is on its way */
	uint8_t shard;       /* walked next */
	int64_t walk_us;
	bool failed;      /* the last one was not done */
	int64_t retry_us; /* nothing is submitted before */
};

static struct outside *effects_open(const struct outside_setup *setup)
{
	struct outside *o = calloc(1, sizeof *o);

	ENSURE(o != NULL);
	o->blobs = setup->caps->blobs;
	o->arena = arena_new(1 << 14);
	return o;
}

static void effects_close(struct outside **o)
{
	if (*o == NULL)
		return;
	arena_destroy(&(*o)->arena);
	free(*o);
	*o = NULL;
}

static int64_t effects_next_us(const struct outside *o)
{
	return o->retry_us > 0 ? MIN(o->walk_us, o->retry_us) : o->walk_us;
}

/* ---- what is to be removed now ---- */

struct removal {
	struct outside *o;
	const struct view *view;
	int64_t before_us; /* older files are old enough to be orphans */
	ProtobufCBinaryData hashes[HASHES_MAX], portfolios[PORTFOLIOS_MAX];
	size_t n_hashes, n_portfolios;
	bool failed; /* a file could not be removed: nothing is said to be gone */
};

static void remove_blob(struct removal *r, struct bytes sha256)
{
	if (!use_known(r->view, sha256) && blobs_purge(r->o->blobs, sha256.data) != 0)
		r->failed = true;
}

/* Drafts of a portfolio whose educator was erased: answers being typed, uploads never finished. */
static void remove_drafts(struct removal *r, struct bytes portfolio)
{
	struct id_scan artifacts = id_scan(ARTIFACT_OF, portfolio);
	char code[ANSWER_CODE_LEN];
	struct id artifact;
	struct work work;

	if (!work_load(r->view, portfolio, r->o->arena, &work))
		return;
	for (uint16_t i = 0; i < work.entry->n_questions; i++) {
		answer_code(i, code);
		if (draft_drop(r->o->blobs, portfolio, code) != 0)
			r->failed = true;
	}
	while (id_next(&artifacts, r->view, &artifact))
		if (draft_drop(r->o->blobs, bytes_of_id(&artifact), UPLOAD_CODE) != 0)
			r->failed = true;
}

static void remove_rows(struct removal *r)
{
	struct bytes keys[HASHES_MAX];
	size_t n = removals_first(r->view, PURGE, keys, HASHES_MAX, r->o->arena);

	for (size_t i = 0; i < n; i++) {
		remove_blob(r, keys[i]);
		r->hashes[r->n_hashes++] = pb_of_bytes(keys[i]);
	}
	n = removals_first(r->view, FORGETTING, keys, PORTFOLIOS_MAX, r->o->arena);
	for (size_t i = 0; i < n; i++) {
		remove_drafts(r, keys[i]);
		r->portfolios[r->n_portfolios++] = pb_of_bytes(keys[i]);
	}
}

/* ---- orphans ---- */

static bool is_wanted(const struct view *view, struct bytes owner, const char *code)
{
	struct portfolio portfolio;
	struct artifact artifact;

	if (strcmp(code, UPLOAD_CODE) == 0)
		return artifact_get(view, owner, &artifact) && artifact.state == ARTIFACT_UPLOADING;
	return portfolio_get(view, owner, &portfolio) && portfolio.standing != STANDING_FORGOTTEN;
}

static void walk_draft(void *ctx, struct bytes owner, const char *code, int64_t written_us)
{
	struct removal *r = ctx;

	if (written_us < r->before_us && !is_wanted(r->view, owner, code) &&
	    draft_drop(r->o->blobs, owner, code) == 0)
		log_info("orphan_removed", "draft=%s code=%s", ID_STR(owner), code);
}

static void walk_blob(void *ctx, const uint8_t *hash, int64_t written_us)
{
	struct removal *r = ctx;

	if (written_us < r->before_us)
		remove_blob(r, (struct bytes){hash, SHA256_LEN});
}

static void walk_orphans(struct removal *r, int64_t now_us)
{
	r->before_us = now_us - ORPHAN_US;
	drafts_each(r->o->blobs, r->o->shard, walk_draft, r);
	blobs_each(r->o->blobs, r->o->shard, walk_blob, r);
	r->o->shard++;
	r->o->walk_us = now_us + WALK_US;
}

/* ---- a turn ---- */

static bool submit(struct removal *r, struct engine *e, int64_t now_us)
{
	Evidence__NotePurged note = EVIDENCE__NOTE_PURGED__INIT;
	Evidence__Command cmd = EVIDENCE__COMMAND__INIT;
	struct id id = id_make(&r->o->ids, now_us);

	note.n_sha256 = r->n_hashes;
	note.sha256 = r->hashes;
	note.n_portfolios = r->n_portfolios;
	note.portfolios = r->portfolios;
	cmd.body_case = EVIDENCE__COMMAND__BODY_NOTE_PURGED;
	cmd.note_purged = &note;
	return engine_submit_own(e, OUTSIDE_TOKEN, bytes_of_id(&id), bytes_of_id(&id), &cmd.base);
}

static void effects_turn(struct outside *o, struct engine *e, int64_t now_us)
{
	struct removal r = {.o = o};

	if (o->failed)
		o->retry_us = now_us + RETRY_US;
	o->failed = false;
	if (o->asked || now_us < o->retry_us || !engine_settled(e))
		return;
	o->retry_us = 0;
	arena_reset(o->arena);
	r.view = engine_view_begin(e);
	remove_rows(&r);
	if (now_us >= o->walk_us)
		walk_orphans(&r, now_us);
	engine_view_end(e);
	if (r.failed || blobs_sync(o->blobs) != 0) {
		o->retry_us = now_us + RETRY_US;
		return;
	}
	if (r.n_hashes + r.n_portfolios == 0)
		return;
	o->asked = submit(&r, e, now_us);
	if (!o->asked)
		o->retry_us = now_us + RETRY_US;
}

/* What could not be noted is removed again. */
static void effects_replied(struct outside *o, const struct reply *reply)
{
	o->asked = false;
	o->failed = reply->status != CAIRN__STATUS__OK;
	if (o->failed)
		log_warn("purge_not_noted", "status=%d", (int)reply->status);
}

const struct outside_ops evidence_outside = {
	.open = effects_open,
	.close = effects_close,
	.next_us = effects_next_us,
	.turn = effects_turn,
	.replied = effects_replied,
};
