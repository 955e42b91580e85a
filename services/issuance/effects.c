/* Work after the commit: destroying the keys of erased persons, the batches of a reissue, and those
 * of the sweep of a new stack. */
#include "services/issuance/effects.h"
#include "libshared/clock.h"
#include "libshared/erasure.h"
#include "services/issuance/keys.h"
#include "services/issuance/tables_stack.h"

#include <stdlib.h>

#define BATCH_TOKEN (OUTSIDE_TOKEN | 1) /* of a reissue or a sweep */
/* After a batch that could not be stored. */
#define PAUSE_US (US_PER_S)

struct outside {
	struct keyring *keyring;
	struct id_maker ids;
	bool batch_sent;  /* its reply is awaited */
	int64_t next_us;  /* of the next turn that is wanted */
	int64_t pause_us; /* no batch before */
};

static struct outside *open_outside(const struct outside_setup *setup)
{
	struct outside *o = calloc(1, sizeof *o);

	ENSURE(o != NULL);
	o->keyring = setup->caps->keyring;
	o->next_us = 0; /* what a crash cut short goes on */
	return o;
}

static void close_outside(struct outside **o)
{
	free(*o);
	*o = NULL;
}

static const ProtobufCMessage *note_of(struct bytes subject, struct arena *arena)
{
	Issuance__Command *command = arena_alloc(arena, sizeof *command);
	Issuance__NoteKeyDestroyed *note = arena_alloc(arena, sizeof *note);

	issuance__command__init(command);
	issuance__note_key_destroyed__init(note);
	note->educator = pb_of_bytes(arena_copy(arena, subject));
	command->body_case = ISSUANCE__COMMAND__BODY_NOTE_KEY_DESTROYED;
	command->note_key_destroyed = note;
	return &command->base;
}

/* ---- reissues ---- */

/* The next batch of a reissue that runs; NULL: none does. */
static const Issuance__Command *batch_of(const struct view *v, struct arena *arena)
{
	Issuance__Command *command = arena_alloc(arena, sizeof *command);
	Issuance__ReissueBatch *batch = arena_alloc(arena, sizeof *batch);
	struct reissue row;
	const char *name;

	if (!reissue_running(v, arena, &row, &name))
		return NULL;
	issuance__command__init(command);
	issuance__reissue_batch__init(batch);
	batch->issuer = pb_of_bytes(arena_copy(arena, BYTES_OF(row.issuer)));
	batch->key = arena_text(arena, bytes_of_text(name));
	batch->after = pb_of_bytes(arena_copy(arena, BYTES_OF(row.cursor)));
	command->body_case = ISSUANCE__COMMAND__BODY_REISSUE_BATCH;
	command->reissue_batch = batch;
	return command;
}

/* ---- sweeps ---- */

/* The next batch of a stack that is new; NULL: none is. */
static const Issuance__Command *sweep_of(const struct view *v, struct arena *arena)
{
	Issuance__Command *command = arena_alloc(arena, sizeof *command);
	Issuance__SweepStack *sweep = arena_alloc(arena, sizeof *sweep);
	struct stack_row row;

	if (!stack_sweeping(v, &row))
		return NULL;
	issuance__command__init(command);
	issuance__sweep_stack__init(sweep);
	sweep->stack = pb_of_bytes(arena_copy(arena, BYTES_OF(row.stack)));
	sweep->version = row.number;
	sweep->after = pb_of_bytes(arena_copy(arena, BYTES_OF(row.cursor)));
	command->body_case = ISSUANCE__COMMAND__BODY_SWEEP_STACK;
	command->sweep_stack = sweep;
	return command;
}

/* ---- both ---- */

static struct bytes entity_of(const Issuance__Command *command)
{
	return command->body_case == ISSUANCE__COMMAND__BODY_SWEEP_STACK
		       ? bytes_of_pb(command->sweep_stack->stack)
		       : bytes_of_pb(command->reissue_batch->issuer);
}

/* One batch at a time, so that what others ask stands between two of them; a reissue goes first. */
static void send_batch(struct outside *o, struct engine *e, int64_t now_us)
{
	AUTO(arena_destroy) struct arena *arena = arena_new(4096);
	const struct view *v = engine_view_begin(e);
	const Issuance__Command *command = batch_of(v, arena);
	struct id id = id_make(&o->ids, now_us);

	if (command == NULL)
		command = sweep_of(v, arena);
	engine_view_end(e);
	if (command != NULL)
		o->batch_sent = engine_submit_own(e, BATCH_TOKEN, bytes_of_id(&id),
						  entity_of(command), &command->base);
	if (command != NULL && !o->batch_sent)
		o->next_us = now_us; /* the engine is full: when it has run */
}

static void replied(struct outside *o, const struct reply *reply)
{
	if (reply->token != BATCH_TOKEN)
		return;
	o->batch_sent = false;
	o->next_us = 0;
	o->pause_us = reply->status == CAIRN__STATUS__OK ? 0 : clock_wall_us() + PAUSE_US;
}

static int64_t next_us(const struct outside *o)
{
	return MAX(o->next_us, o->pause_us);
}

static void turn(struct outside *o, struct engine *e, int64_t now_us)
{
	o->next_us = INT64_MAX;
	erase_subjects(e, o->keyring, TO_FORGET, note_of, now_us);
	if (engine_pauses(e, now_us) || now_us < o->pause_us)
		o->next_us = MAX(o->pause_us, now_us + PAUSE_US);
	else if (!o->batch_sent)
		send_batch(o, e, now_us);
}

const struct outside_ops issuance_outside = {
	.open = open_outside,
	.close = close_outside,
	.next_us = next_us,
	.turn = turn,
	.replied = replied,
};
