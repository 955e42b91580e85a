/*
 * Whether the settings of an Ed-Fi sink can be right, before anything is sent. Pure.
 */
#ifndef CAIRN_NOTIFICATION_EDFI_CHECK_H
#define CAIRN_NOTIFICATION_EDFI_CHECK_H

#include "libshared/arena.h"
#include "proto/notification.pb-c.h"

/* As check() of sink.h; secret: NULL when it stays as it was. */
const char *edfi_check(const Notification__Sink *sink, const Notification__SinkPrivate *secret,
		       struct arena *arena);

#endif
