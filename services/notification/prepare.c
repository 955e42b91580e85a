/* The keys of a sink: on disk before anything is sealed under them or signed with them. */
#include "libshared/seal.h"
#include "services/notification/notification.h"
#include "services/notification/tables_sink.h"

static int ensure_secret(const struct decision *d, ProtobufCBinaryData secret)
{
	struct id slot;

	if (!is_id(bytes_of_pb(secret)))
		return 0;
	slot = sink_secret_slot(bytes_of_pb(secret));
	return keyring_ensure(d->caps->keyring, bytes_of_id(&slot));
}

static int prepare_sink(const struct view *view, const Notification__AddSink *ask,
			const struct decision *d)
{
	struct bytes sink = ask->sink != NULL ? bytes_of_pb(ask->sink->sink) : BYTES_NONE;
	struct sink_row row;
	struct id slot;

	if (!is_id(sink) || sink_get(view, sink, &row) || view_count(view, SINK) >= SINKS_MOST)
		return 0;
	slot = sink_slot(sink);
	if (keyring_ensure(d->caps->keyring, bytes_of_id(&slot)) != 0)
		return -1;
	return ensure_secret(d, ask->secret);
}

int notification_prepare(const struct view *view, const ProtobufCMessage *command,
			 const struct decision *d)
{
	const Notification__Command *cmd = (const Notification__Command *)command;
	struct sink_row row;

	if (cmd->body_case == NOTIFICATION__COMMAND__BODY_ADD_SINK)
		return prepare_sink(view, cmd->add_sink, d);
	if (cmd->body_case == NOTIFICATION__COMMAND__BODY_ROTATE_SINK_SECRET &&
	    is_id(bytes_of_pb(cmd->rotate_sink_secret->sink)) &&
	    sink_get(view, bytes_of_pb(cmd->rotate_sink_secret->sink), &row))
		return ensure_secret(d, cmd->rotate_sink_secret->secret);
	return 0;
}

int notification_prepare_sync(const struct caps *caps)
{
	return keyring_sync(caps->keyring);
}
