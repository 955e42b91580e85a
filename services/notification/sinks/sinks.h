/*
 * Sinks at work: the public events of each go out in order, and what became of them comes back as
 * reports, one for each sink and turn.
 *
 *	issuance ──page──> items in hand (sink_run.h) ──> the kind (sink.h) ──> RecordDeliveries
 *
 * Issuance is not asked before there is a sink.
 */
#ifndef CAIRN_NOTIFICATION_SINKS_H
#define CAIRN_NOTIFICATION_SINKS_H

#include "services/notification/settings.h"
#include "services/notification/sinks/sink_feed.h"
#include "services/notification/sinks/sink_run.h"

struct sinks;

/* What tests put in the place of the world; NULL: issuance, and HTTP. */
struct sinks_world {
	struct sink_feed *(*open_feed)(const struct outside_setup *setup, const char *endpoint);
	const struct sink_ops *const *kinds; /* by SinkKind; NULL: it cannot be delivered to */
	size_t n_kinds;
};
extern const struct sinks_world sinks_outside;

/* NULL: logged which setting is wrong. What the setup points to is borrowed
 * until they are closed. */
struct sinks *sinks_open(const struct outside_setup *setup, const struct sinks_world *world);
void sinks_close(struct sinks **s);
void sinks_turn(struct sinks *s, struct engine *e, int64_t now_us);
/* False: the reply is to another's command. */
bool sinks_replied(struct sinks *s, const struct reply *reply);
unsigned sinks_items(struct sinks *s, zmq_pollitem_t *items, unsigned room);
int64_t sinks_next_us(const struct sinks *s);

/* How many tries of sinks of that kind came to that, since the start. */
uint64_t sinks_delivered(const struct sinks *s, Notification__SinkKind kind,
			 Notification__Delivery delivery);
/* The last event of the public stream; 0: not known yet, or there is no sink. */
uint64_t sinks_head(const struct sinks *s);

#endif
