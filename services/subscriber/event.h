/*
 * One record of the public stream as the event that is handed over.
 */
#ifndef CAIRN_SUBSCRIBER_EVENT_OF_RECORD_H
#define CAIRN_SUBSCRIBER_EVENT_OF_RECORD_H

#include "libshared/arena.h"
#include "libshared/id.h"
#include "services/subscriber/cairn_subscriber.h"

/* All but its position, in the arena. False: not a CloudEvent, or without what each of ours has;
 * sequence must be seq. */
bool event_of_record(struct bytes record, uint64_t seq, struct arena *arena,
		     struct cairn_subscriber_event *event_r, struct id *id_r) MUST_CHECK;

#endif
