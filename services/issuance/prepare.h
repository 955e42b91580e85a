/* What must be durable outside the database when a command's events are. */
#ifndef CAIRN_ISSUANCE_PREPARE_H
#define CAIRN_ISSUANCE_PREPARE_H

#include "libshared/service.h"

/* service.h, prepare. Durable when it returns. */
int issuance_prepare(const struct view *view, const ProtobufCMessage *command,
		     const struct decision *d);

#endif
