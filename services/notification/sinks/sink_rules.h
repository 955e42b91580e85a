/*
 * What the settings of a sink must be: pure, so that rules and cairnctl's reader agree.
 */
#ifndef CAIRN_NOTIFICATION_SINK_RULES_H
#define CAIRN_NOTIFICATION_SINK_RULES_H

#include "services/notification/sinks/sink.h"

/* What is wrong with them and how to mend it, in the arena; NULL: nothing. */
const char *sink_fault(const Notification__Sink *sink, const Notification__SinkPrivate *secret,
		       struct arena *arena);

#endif
