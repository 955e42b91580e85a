/*
 * The tables of sinks: what each is, where it stands in the public stream, and the events of it
 * that wait or are dead.
 *
 * Everything up to a sink's cursor was taken or stands in SINK_EVENT. Each change of a sink or of
 * its events writes the sink's row, so that its version tells whether anything changed.
 */
#ifndef CAIRN_NOTIFICATION_TABLES_SINK_H
#define CAIRN_NOTIFICATION_TABLES_SINK_H

#include "services/notification/sinks/sink.h"
#include "services/notification/tables.h"

#define SINKS_MOST 64
#define SINK_NAME_MAX 32
#define SINK_DEAD_MOST 1000  /* then it is paused: it is not one event that is wrong */
#define SINK_AGAIN_MOST 1000 /* events delivered again by one command */

/* The one timer of a sink: the overlap of two secrets ends. */
#define SINK_TIMER_SECRET 1

enum sink_state {
	SINK_NEW = 1, /* the target is to be asked whether it agrees */
	SINK_ACTIVE,
	SINK_PAUSED
};

struct sink_row {
	uint64_t version;
	uint64_t cursor, head; /* head: the stream's last event when the cursor last moved */
	uint64_t taken;        /* in all */
	int64_t added_us;
	int64_t success_us;   /* of the last event that was taken; 0: none yet */
	int64_t failing_us;   /* since when none is; 0: all is well */
	int64_t stopped_us;   /* paused since; 0: it is not */
	int64_t told_us;      /* the contact was told of the stop; 0: not (yet) */
	int64_t tell_us;      /* and is not told before; INT64_MAX: not at all any more */
	int64_t old_until_us; /* until then the secret before the newest signs too */
	uint8_t secret[ID_LEN], old_secret[ID_LEN]; /* zeros: none */
	uint32_t n_waiting, n_behind, n_dead;       /* rows of SINK_EVENT */
	uint32_t failed;                            /* tries in a row */
	uint32_t rate;                              /* a second, as agreed; 0: any */
	uint32_t rewinds;
	uint32_t tell_tries;    /* letters that did not leave */
	uint16_t state, stop;   /* stop: SinkStop */
	char why[SINK_WHY_LEN]; /* of a stop */
};
_Static_assert(sizeof(struct sink_row) == 152 + SINK_WHY_LEN, "no padding");

enum sink_event_state { SINK_EVENT_WAITING = 1, SINK_EVENT_BEHIND, SINK_EVENT_DEAD };

struct sink_event {
	uint64_t version;
	uint8_t event[ID_LEN]; /* zeros: not read yet */
	uint8_t subject[ID_LEN];
	int64_t first_us; /* when it was first tried, or listed */
	int64_t next_us;  /* waiting: not before */
	int64_t due_us;   /* waiting: as the schedule has it; next_us may be earlier */
	int64_t asked_us; /* waiting: the other side asked to wait until then; 0: it did not */
	uint32_t tries, code;
	uint16_t state, zero;
	uint32_t zeros;
	char why[SINK_WHY_LEN];
};
_Static_assert(sizeof(struct sink_event) == 88 + SINK_WHY_LEN, "no padding");

/* A stop that the contact is told of: not a person's own, and not before the target agreed. */
bool sink_owner_is_to_be_told(const struct sink_row *row);

bool sink_get(const struct view *v, struct bytes sink, struct sink_row *row_r);
void sink_put(struct txn *t, struct bytes sink, struct sink_row *row);
/* As added or last changed; lives in the arena. NULL: there is none. */
const Notification__Sink *sink_settings(const struct view *v, struct bytes sink,
					struct arena *arena);
void sink_settings_put(struct txn *t, const Notification__Sink *sink);
/* Sealed: subject and box, borrowed from the page. */
bool sink_private_get(const struct view *v, struct bytes sink, struct bytes *subject_r,
		      struct bytes *box_r);
void sink_private_put(struct txn *t, struct bytes sink, const Cairn__Sealed *sealed);
bool sink_of_name(const struct view *v, const char *name, struct id *sink_r);
/* The sink, its settings and its events. */
void sink_delete(struct txn *t, struct bytes sink, const char *name);

bool sink_event_get(const struct view *v, struct bytes sink, uint64_t seq,
		    struct sink_event *row_r);
/* Writes the row and counts it in the sink's, which the caller puts. NULL: takes it away. */
void sink_event_set(struct txn *t, struct bytes sink, struct sink_row *of, uint64_t seq,
		    struct sink_event *row);
/* Rows of SINK_EVENT of one sink, above a seq, in order. */
struct scan sink_events_after(const struct view *v, struct bytes sink, uint64_t seq);
uint64_t sink_event_seq(struct bytes key);
const char *sink_event_state_word(uint16_t state);
/* 0: no such word. */
uint16_t sink_event_state_of_word(const char *word);

/* The slots of the keyring that belong to a sink: under one its private settings are sealed, the
 * others are the signing secrets. Derived, so that no sink can name a person's slot. */
struct id sink_slot(struct bytes sink);
struct id sink_secret_slot(struct bytes secret);

#endif
