/*
 * The last mile, as status and subscribers judge it.
 */
#ifndef CAIRN_CTL_SUBSCRIBERS_H
#define CAIRN_CTL_SUBSCRIBERS_H

#include "proto/notification.pb-c.h"
#include "proto/runtime.pb-c.h"

#include <stdbool.h>

/* It asks, and may not or cannot go on; who is merely away comes back. */
bool subscriber_is_turned_away(const Cairn__SubscriberStatus *s);
/* By itself, and not because a person paused it. */
bool sink_has_stopped(const Notification__SinkAnswer *a);

#endif
