/*
 * Erasing a person: what each holder of keys does once the erasure is durable in its log.
 *
 * A service that holds a person's key keeps a table of subjects whose key is to be destroyed. After
 * the commit the key is overwritten and the service tells itself so by a command; its event ends
 * the row. A crash in between does it again.
 */
#ifndef CAIRN_ERASURE_H
#define CAIRN_ERASURE_H

#include "libshared/engine.h"

struct keyring;

/* The service's NoteKeyDestroyed{subject}, in the arena. */
typedef const ProtobufCMessage *erasure_note_fn(struct bytes subject, struct arena *arena);

/* Destroys the key of each subject in table (key: subject) and submits the note of it. Called after
 * commits; does nothing when the table is empty or the engine pauses. */
void erase_subjects(struct engine *e, struct keyring *keyring, unsigned table,
		    erasure_note_fn *note, int64_t now_us);

#endif
