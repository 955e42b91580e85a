/*
 * What must be durable before an account is opened: its key.
 */
#ifndef CAIRN_GATEWAY_PREPARE_H
#define CAIRN_GATEWAY_PREPARE_H

#include "libshared/service.h"

int gateway_prepare(const struct view *view, const ProtobufCMessage *command,
		    const struct decision *d);
int gateway_prepare_sync(const struct caps *caps);

#endif
