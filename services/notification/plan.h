/*
 * Which notice an event makes: one table of rules (plan.c), event -> topic, recipient, what the
 * text may say, when.
 *
 * A notice is planned once for an (event, person, topic), not for a topic that the person has
 * switched off, and not for a person who was erased. Nudges are held back so that nobody gets more
 * than one a week.
 */
#ifndef CAIRN_NOTIFICATION_PLAN_H
#define CAIRN_NOTIFICATION_PLAN_H

#include "services/notification/notification.h"

#define NUDGE_EVERY_US (7 * US_PER_DAY)

/* Emits what the neighbour's event, of body number kind, plans. What it names is known here. */
void plan_event(const struct view *view, unsigned upstream, const ProtobufCMessage *event,
		const struct record *record, struct decision *d);

/* Whether the deadlines of that event, of a license, were planned before. */
bool deadlines_planned(const struct view *view, struct bytes event, struct bytes educator);

bool topic_is_known(Notification__Topic topic);
/* May be switched off by itself: neither mandatory nor a digest of others. */
bool topic_is_optional(Notification__Topic topic);
/* Cannot be switched off. */
bool topic_is_mandatory(Notification__Topic topic);

/* Which open notices a later event or a person's wish makes needless; an empty about or topic 0:
 * any. */
struct needless {
	struct bytes educator, about;
	uint16_t topic;
	const char *why;  /* a word */
	bool sending_too; /* also those that were begun */
};
void cancel_needless(const struct view *view, const struct needless *which, struct decision *d);

/* Emits an event of ours whose body is set already, about the entity. */
void emit_event(struct decision *d, struct bytes entity, Notification__Event *event,
		Notification__Event__BodyCase kind);

#endif
