/* What each service speaks. */
#include "services/gateway/web/speech.h"

#include "proto/assessment.pb-c.h"
#include "proto/enrollment.pb-c.h"
#include "proto/evidence.pb-c.h"
#include "proto/gateway.pb-c.h"
#include "proto/issuance.pb-c.h"
#include "proto/notification.pb-c.h"

#define SPEECH(name)                                                                               \
	{                                                                                          \
#name, &name##__command__descriptor, &name##__query__descriptor,                   \
			&name##__answer__descriptor, &name##__reason__descriptor                   \
	}

const struct speech speeches[N_TO] = {
	[TO_ENROLLMENT] = SPEECH(enrollment),     [TO_EVIDENCE] = SPEECH(evidence),
	[TO_ASSESSMENT] = SPEECH(assessment),     [TO_ISSUANCE] = SPEECH(issuance),
	[TO_NOTIFICATION] = SPEECH(notification), [TO_SELF] = SPEECH(gateway),
};
