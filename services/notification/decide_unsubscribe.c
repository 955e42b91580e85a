/* A letter's own link switches its topic off, whoever holds the letter. */
#include "services/notification/decide_parts.h"
#include "services/notification/plan.h"
#include "services/notification/mail/unsubscribe.h"

/* Every topic that may be off, and is not. */
static void switch_all_off(const struct view *view, struct bytes educator, struct decision *d)
{
	const ProtobufCEnumDescriptor *topics = &notification__topic__descriptor;

	for (unsigned i = 0; i < topics->n_values; i++) {
		Notification__Topic topic = (Notification__Topic)topics->values[i].value;

		if (topic_is_optional(topic) && !switched_off(view, educator, (uint16_t)topic))
			switch_off(view, educator, topic, d);
	}
}

/* The same link twice does nothing the second time, and is no error: mail programs repeat it. */
enum verdict decide_unsubscribe(const struct view *view, const Notification__Command *cmd,
				struct decision *d)
{
	struct bytes notice = bytes_of_pb(cmd->unsubscribe->notice);
	struct educator educator;
	struct notice row;

	if (!is_id(notice))
		return refuse_text(d, NOTIFICATION__REASON__BAD_ID,
				   "notice: expected an id of 16 bytes");
	if (!unsubscribe_is_ours(d->caps, notice, bytes_of_pb(cmd->unsubscribe->mark)) ||
	    !notice_get(view, notice, &row))
		return refuse_text(d, NOTIFICATION__REASON__BAD_LINK,
				   "the link is not from a letter of ours");
	if (!educator_get(view, BYTES_OF(row.educator), &educator) || educator.erased)
		return refuse_text(d, NOTIFICATION__REASON__UNKNOWN_EDUCATOR,
				   "the person was erased: no letters come any more");
	if (row.topic == NOTIFICATION__TOPIC__DIGEST)
		switch_all_off(view, BYTES_OF(row.educator), d);
	else if (!topic_is_optional((Notification__Topic)row.topic))
		return refuse_text(d, NOTIFICATION__REASON__MANDATORY,
				   "such notices cannot be switched off");
	else if (!switched_off(view, BYTES_OF(row.educator), row.topic))
		switch_off(view, BYTES_OF(row.educator), (Notification__Topic)row.topic, d);
	return ACCEPTED;
}
