/* What is a webhook's own among the settings of a sink. */
#include "services/notification/sinks/sink.h"

const char *webhook_check(const Notification__Sink *sink, const Notification__SinkPrivate *secret,
			  struct arena *arena)
{
	(void)arena;
	if (sink->edfi != NULL)
		return "data_standard, namespace and the like are of kind edfi";
	if (secret != NULL && (secret->client_id[0] != '\0' || secret->client_secret[0] != '\0'))
		return "client_id, client_secret: a webhook signs, and has none";
	return NULL;
}
