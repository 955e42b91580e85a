/*
 * Records of logs and public events as JSON, for follow and dump.
 */
#ifndef CAIRN_CTL_EVENTS_H
#define CAIRN_CTL_EVENTS_H

#include "services/ctl/ctl.h"

/* {"seq", "at", "at_us", "kind", "id", "entity", "cause", "actor", "principal", "event"}. A kind
 * that is not known here has its number and no event. NULL: not a record. */
json_t *json_of_record(enum ctl_service of, struct bytes raw, uint64_t seq, struct arena *arena);
/* {"seq", "event": the CloudEvent in its JSON format}. NULL: not one. */
json_t *json_of_public(struct bytes raw, uint64_t seq, struct arena *arena);
/* Number of a kind of event by its name; 0: none. */
uint32_t kind_of_name(enum ctl_service of, const char *name);

#endif
