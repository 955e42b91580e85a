/* What is a webhook's own among the settings of a sink. */
#include "services/notification/sinks/sink.h"

static bool is_given(const char *text)
{
	return text[0] != '\0';
}

const char *webhook_check(const Notification__Sink *sink, const Notification__SinkPrivate *secret,
			  struct arena *arena)
{
	(void)arena;
	if (sink->edfi != NULL)
		return "data_standard, namespace and the like are of kind edfi";
	if (secret != NULL && (is_given(secret->client_id) || is_given(secret->client_secret)))
		return "client_id, client_secret: a webhook signs, and has none";
	return NULL;
}
