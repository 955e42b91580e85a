/*
 * What may be asked; query.c has the table of it.
 */
#ifndef CAIRN_NOTIFICATION_QUERY_PARTS_H
#define CAIRN_NOTIFICATION_QUERY_PARTS_H

#include "services/notification/notification.h"
#include "services/notification/tables.h"

typedef Cairn__Status ask_fn(const Notification__Query *query, struct query *q);

/* query_mail.c */
ask_fn ask_bounces;
/* 0: no mail to the person came back. */
int64_t bounced_us(const struct query *q, struct bytes educator);

void add_times(const struct query *q, struct bytes educator, Notification__PreferencesAnswer *a);

/* How many a list has at most. */
uint32_t limit_of(uint32_t asked);
/* Adds the first key above that of the id; nothing for no id. */
void key_after(struct key *k, struct bytes id);

/* query_sink.c */
ask_fn ask_sink, ask_sinks, ask_sink_events, ask_sink_secret;

#endif
