/* Destroying the keys of erased educators, after the commit that erased them. */
#include "services/enrollment/effects.h"

#include "libshared/log.h"
#include "libshared/seal.h"
#include "services/enrollment/tables.h"

#include <stdlib.h>

#define RETRY_US US_PER_S

struct outside {
	struct keyring *keyring;
	bool asked;      /* a note is on its way */
	int64_t next_us; /* after a failure; INT64_MAX: nothing failed */
};

static struct outside *effects_open(const struct outside_setup *setup)
{
	struct outside *o = calloc(1, sizeof *o);

	ENSURE(o != NULL);
	o->keyring = setup->caps->keyring;
	o->next_us = INT64_MAX;
	return o;
}

static void effects_close(struct outside **o)
{
	free(*o);
	*o = NULL;
}

static int64_t effects_next_us(const struct outside *o)
{
	return o->next_us;
}

/* That the key is gone becomes an event here, and ERASING forgets the educator. */
static bool note_destroyed(struct engine *e, const struct id *educator, int64_t now_us)
{
	Enrollment__NoteKeyDestroyed note = ENROLLMENT__NOTE_KEY_DESTROYED__INIT;
	Enrollment__Command cmd = ENROLLMENT__COMMAND__INIT;
	/* Another id at each try; the rule says nothing twice. */
	struct id id = id_shaped(now_us, educator->b + 6);

	note.educator = pb_of_id(educator);
	cmd.body_case = ENROLLMENT__COMMAND__BODY_NOTE_KEY_DESTROYED;
	cmd.note_key_destroyed = &note;
	return engine_submit_own(e, OUTSIDE_TOKEN, bytes_of_id(&id), bytes_of_id(educator),
				 &cmd.base);
}

/* One at a time: an erasure is rare, and each destruction is a synced write. */
static void effects_turn(struct outside *o, struct engine *e, int64_t now_us)
{
	struct id educator;
	bool any;

	if (o->asked)
		return;
	any = erasing_first(engine_view_begin(e), &educator);
	engine_view_end(e);
	o->next_us = INT64_MAX;
	if (!any)
		return;
	if (keyring_destroy(o->keyring, bytes_of_id(&educator)) != 0) {
		log_error("key_not_destroyed", "educator=%s retry_s=1",
			  ID_STR(bytes_of_id(&educator)));
		o->next_us = now_us + RETRY_US;
		return;
	}
	o->asked = note_destroyed(e, &educator, now_us);
	if (!o->asked)
		o->next_us = now_us + RETRY_US;
}

/* What was not noted is found in ERASING again, at the next turn. */
static void effects_replied(struct outside *o, const struct reply *reply)
{
	o->asked = false;
	if (reply->status != CAIRN__STATUS__OK)
		log_warn("key_end_not_noted", "status=%d", (int)reply->status);
}

const struct outside_ops enrollment_outside = {
	.open = effects_open,
	.close = effects_close,
	.next_us = effects_next_us,
	.turn = effects_turn,
	.replied = effects_replied,
};
