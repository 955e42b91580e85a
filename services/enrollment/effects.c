/* Destroying the keys of erased educators, after the commit that erased them. */
#include "services/enrollment/effects.h"

#include "libshared/erasure.h"
#include "services/enrollment/tables.h"

#include <stdlib.h>

struct outside {
	struct keyring *keyring;
};

static struct outside *effects_open(const struct outside_setup *setup)
{
	struct outside *o = calloc(1, sizeof *o);

	ENSURE(o != NULL);
	o->keyring = setup->caps->keyring;
	return o;
}

static void effects_close(struct outside **o)
{
	free(*o);
	*o = NULL;
}

/* That the key is gone becomes an event here, and ERASING forgets the educator. */
static const ProtobufCMessage *note_of(struct bytes educator, struct arena *arena)
{
	Enrollment__Command *cmd = arena_alloc(arena, sizeof *cmd);
	Enrollment__NoteKeyDestroyed *note = arena_alloc(arena, sizeof *note);

	enrollment__command__init(cmd);
	enrollment__note_key_destroyed__init(note);
	note->educator = pb_of_bytes(arena_copy(arena, educator));
	cmd->body_case = ENROLLMENT__COMMAND__BODY_NOTE_KEY_DESTROYED;
	cmd->note_key_destroyed = note;
	return &cmd->base;
}

static void effects_turn(struct outside *o, struct engine *e, int64_t now_us)
{
	erase_subjects(e, o->keyring, ERASING, note_of, now_us);
}

const struct outside_ops enrollment_outside = {
	.open = effects_open, .close = effects_close, .turn = effects_turn};
