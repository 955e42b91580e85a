/* Readers' feedback that nobody is told any more is removed, and drafts of readings that are no
 * longer in hand. */
#include "services/assessment/effects.h"

#include "libshared/blobs.h"
#include "libshared/log.h"
#include "services/assessment/draft.h"
#include "services/assessment/erasure.h"

#include <stdlib.h>

#define RETRY_US (60 * US_PER_S)
#define HASHES_MAX ((size_t)200)
#define WALK_US US_PER_S /* a 256th of the drafts: all of them in five minutes */

struct outside {
	struct blobs *blobs;
	struct id_maker ids;
	struct arena *arena; /* of one turn */
	bool asked;          /* a NotePurged is on its way */
	bool failed;         /* the last one was not done */
	int64_t retry_us;    /* nothing is submitted before */
	int64_t walk_us;     /* when the drafts of shard are looked through */
	uint8_t shard;
};

static struct outside *effects_open(const struct outside_setup *setup)
{
	struct outside *o = calloc(1, sizeof *o);

	ENSURE(o != NULL);
	o->blobs = setup->caps->blobs;
	o->arena = arena_new(1 << 12);
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
	return o->retry_us > 0 ? MIN(o->retry_us, o->walk_us) : o->walk_us;
}

static bool submit(struct outside *o, struct engine *e, const struct bytes hashes[], size_t n,
		   int64_t now_us)
{
	ProtobufCBinaryData list[HASHES_MAX];
	Assessment__NotePurged note = ASSESSMENT__NOTE_PURGED__INIT;
	Assessment__Command cmd = ASSESSMENT__COMMAND__INIT;
	struct id id = id_make(&o->ids, now_us);

	for (size_t i = 0; i < n; i++)
		list[i] = pb_of_bytes(hashes[i]);
	note.n_sha256 = n;
	note.sha256 = list;
	cmd.body_case = ASSESSMENT__COMMAND__BODY_NOTE_PURGED;
	cmd.note_purged = &note;
	return engine_submit_own(e, OUTSIDE_TOKEN, bytes_of_id(&id), bytes_of_id(&id), &cmd.base);
}

/* False: a file could not be removed, and nothing is said to be gone. */
static bool remove_files(struct outside *o, const struct bytes hashes[], size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (blobs_purge(o->blobs, hashes[i].data) != 0)
			return false;
	return blobs_sync(o->blobs) == 0;
}

/* ---- drafts ---- */

struct walk {
	struct outside *o;
	const struct view *view;
	int64_t now_us;
};

static void walk_draft(void *ctx, struct bytes owner, const char *code, int64_t written_us)
{
	struct walk *w = ctx;
	struct reading reading;

	(void)written_us;
	if (reading_get(w->view, owner, &reading) && reading.state == READING_IN_HAND &&
	    w->now_us < reading.until_us)
		return;
	if (draft_drop(w->o->blobs, owner, code) != 0)
		log_warn("draft_not_removed", "reading=%s", ID_STR(owner));
}

static void walk_drafts(struct outside *o, const struct view *view, int64_t now_us)
{
	struct walk walk = {o, view, now_us};

	drafts_each(o->blobs, o->shard++, walk_draft, &walk);
	o->walk_us = now_us + WALK_US;
}

/* ---- a turn ---- */

static void effects_turn(struct outside *o, struct engine *e, int64_t now_us)
{
	struct bytes hashes[HASHES_MAX];
	const struct view *view;
	size_t n;

	if (o->failed)
		o->retry_us = now_us + RETRY_US;
	o->failed = false;
	if (o->asked || now_us < o->retry_us || !engine_settled(e))
		return;
	o->retry_us = 0;
	arena_reset(o->arena);
	view = engine_view_begin(e);
	n = purge_first(view, hashes, HASHES_MAX, o->arena);
	if (now_us >= o->walk_us)
		walk_drafts(o, view, now_us);
	engine_view_end(e);
	if (n == 0)
		return;
	o->asked = remove_files(o, hashes, n) && submit(o, e, hashes, n, now_us);
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

const struct outside_ops assessment_outside = {
	.open = effects_open,
	.close = effects_close,
	.next_us = effects_next_us,
	.turn = effects_turn,
	.replied = effects_replied,
};
