/*
 * A subscriber's position as text: where a batch begins that is partly stored, and up to which
 * event of it. Only ends of batches have a chain that the server can check; the id of the last
 * event proves the rest, unless other types of events are wanted now than were then: it may
 * be of a type that does not come any more.
 */
#ifndef CAIRN_SUBSCRIBER_POSITION_TEXT_H
#define CAIRN_SUBSCRIBER_POSITION_TEXT_H

#include "libshared/record.h"
#include "services/subscriber/cairn_subscriber.h"

struct place {
	struct position at; /* end of a batch */
	uint64_t done_seq;  /* >= at.seq: the last event stored; equal: none beyond at */
	struct id done;     /* its id; ID_NONE when equal */
	uint64_t wanted;    /* types_mark() of what was asked for up to there */
};

/* Tells sets of types from each other, in whatever order; 0: none were named, all come. */
uint64_t types_mark(const char *const *types, size_t n);

void text_of_place(const struct place *place, char text_r[CAIRN_SUBSCRIBER_POSITION_MAX]);
/* False: not such a text, or not whole. NULL and "" are the beginning. */
bool place_of_text(const char *text, struct place *place_r) MUST_CHECK;

#endif
