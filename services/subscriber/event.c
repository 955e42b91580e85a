/* A CloudEvent of the protobuf format, as plain texts. */
#include "services/subscriber/event.h"

#include "libshared/check.h"
#include "libshared/json.h"
#include "proto/public.pb-c.h"

#include <stdlib.h>
#include <string.h>

static const Cairn__CloudEventAttributeValue *attribute(const Cairn__CloudEvent *e, const char *key)
{
	for (size_t i = 0; i < e->n_attributes; i++)
		if (strcmp(e->attributes[i]->key, key) == 0)
			return e->attributes[i]->value;
	return NULL;
}

static const char *text_attribute(const Cairn__CloudEvent *e, const char *key, struct arena *arena)
{
	const Cairn__CloudEventAttributeValue *value = attribute(e, key);
	char *time;

	if (value == NULL)
		return "";
	switch (value->attr_case) {
	case CAIRN__CLOUD_EVENT_ATTRIBUTE_VALUE__ATTR_CE_STRING:
		return value->ce_string;
	case CAIRN__CLOUD_EVENT_ATTRIBUTE_VALUE__ATTR_CE_URI:
		return value->ce_uri;
	case CAIRN__CLOUD_EVENT_ATTRIBUTE_VALUE__ATTR_CE_URI_REF:
		return value->ce_uri_ref;
	case CAIRN__CLOUD_EVENT_ATTRIBUTE_VALUE__ATTR_CE_TIMESTAMP:
		time = arena_alloc(arena, 32);
		time_text(value->ce_timestamp->seconds * US_PER_S +
				  value->ce_timestamp->nanos / 1000,
			  time);
		return time;
	default:
		return "";
	}
}

/* Sequences are decimal text of fixed width, so that they sort. */
static bool count_attribute(const Cairn__CloudEvent *e, const char *key, struct arena *arena,
			    uint64_t *count_r)
{
	const char *text = text_attribute(e, key, arena);
	char *end;

	if (*text < '0' || *text > '9')
		return false;
	*count_r = strtoull(text, &end, 10);
	return *end == '\0';
}

bool event_of_record(struct bytes record, uint64_t seq, struct arena *arena,
		     struct cairn_subscriber_event *event_r, struct id *id_r)
{
	struct message_fault fault;
	const Cairn__CloudEvent *e = (const Cairn__CloudEvent *)(const void *)message_unpack(
		&cairn__cloud_event__descriptor, record, &EVENT_LIMITS, arena, &fault);
	struct cairn_subscriber_event event = {.data = "null"};

	if (e == NULL || !id_of_text(e->id, id_r) ||
	    !count_attribute(e, "sequence", arena, &event.sequence) ||
	    !count_attribute(e, "previoussequence", arena, &event.previous_sequence) ||
	    event.sequence != seq)
		return false;
	event.id = e->id;
	event.type = e->type;
	event.source = e->source;
	event.subject = text_attribute(e, "subject", arena);
	event.time = text_attribute(e, "time", arena);
	if (e->data_case == CAIRN__CLOUD_EVENT__DATA_TEXT_DATA)
		event.data = e->text_data;
	*event_r = event;
	return true;
}
