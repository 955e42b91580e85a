/* What each service speaks: for making messages of fields and objects of answers. */
#ifndef CAIRN_GATEWAY_SPEECH_H
#define CAIRN_GATEWAY_SPEECH_H

#include "services/gateway/web/request.h"

struct speech {
	const char *name;
	const ProtobufCMessageDescriptor *command, *query, *answer;
	const ProtobufCEnumDescriptor *reason;
};
extern const struct speech speeches[N_TO];

#endif
