/* Work outside, after the commit: destroying the keys of erased persons. */
#include "services/issuance/effects.h"
#include "libshared/erasure.h"
#include "services/issuance/tables.h"

#include <stdlib.h>

struct outside {
	struct keyring *keyring;
};

static struct outside *open_outside(const struct outside_setup *setup)
{
	struct outside *o = calloc(1, sizeof *o);

	ENSURE(o != NULL);
	o->keyring = setup->caps->keyring;
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

static void turn(struct outside *o, struct engine *e, int64_t now_us)
{
	erase_subjects(e, o->keyring, TO_FORGET, note_of, now_us);
}

const struct outside_ops issuance_outside = {
	.open = open_outside, .close = close_outside, .turn = turn};
