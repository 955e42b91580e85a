/* Batches of CloudEvents. */
#include "services/gateway/proof/feed.h"

#include "libshared/check.h"
#include "libshared/json.h"
#include "proto/public.pb-c.h"
#include "services/issuance/documents/json_text.h"

#include <sodium.h>
#include <string.h>

static void put_member(struct buffer *b, const char *name, const char *text)
{
	json_put_string(b, bytes_of_text(name));
	buffer_char(b, ':');
	json_put_string(b, bytes_of_text(text));
	buffer_char(b, ',');
}

static void put_attribute(struct buffer *b, const Cairn__CloudEventAttribute *a)
{
	const Cairn__CloudEventAttributeValue *value = a->value;
	char text[32];

	if (value == NULL)
		return;
	if (value->attr_case == CAIRN__CLOUD_EVENT_ATTRIBUTE_VALUE__ATTR_CE_STRING) {
		put_member(b, a->key, value->ce_string);
	} else if (value->attr_case == CAIRN__CLOUD_EVENT_ATTRIBUTE_VALUE__ATTR_CE_TIMESTAMP) {
		time_text(value->ce_timestamp->seconds * US_PER_S +
				  value->ce_timestamp->nanos / 1000,
			  text);
		put_member(b, a->key, text);
	}
}

static void put_event(struct buffer *b, const Cairn__CloudEvent *event)
{
	buffer_char(b, '{');
	put_member(b, "specversion", event->spec_version);
	put_member(b, "id", event->id);
	put_member(b, "source", event->source);
	put_member(b, "type", event->type);
	for (size_t i = 0; i < event->n_attributes; i++)
		put_attribute(b, event->attributes[i]);
	buffer_puts(b, "\"data\":");
	buffer_puts(b, event->text_data); /* JSON already, and to stay as it is */
	buffer_char(b, '}');
}

static const Cairn__CloudEvent *event_of(const json_t *item, struct arena *arena)
{
	const char *text = json_string_value(json_object_get(item, "event"));
	size_t room = text != NULL ? strlen(text) : 0, len;
	uint8_t *raw = arena_alloc(arena, room + 1);
	struct message_fault fault;
	const Cairn__CloudEvent *event;

	if (text == NULL || sodium_base642bin(raw, room, text, room, NULL, &len, NULL,
					      sodium_base64_VARIANT_ORIGINAL) != 0)
		return NULL;
	event = (const Cairn__CloudEvent *)message_unpack(&cairn__cloud_event__descriptor,
							  (struct bytes){raw, len}, &EVENT_LIMITS,
							  arena, &fault);
	return event != NULL && event->data_case == CAIRN__CLOUD_EVENT__DATA_TEXT_DATA ? event
										       : NULL;
}

struct bytes feed_batch(const json_t *page, struct arena *arena)
{
	const json_t *events = json_object_get(page, "events");
	struct buffer b;
	json_t *item;
	size_t i;

	buffer_init(&b, arena, (size_t)16 << 10);
	buffer_char(&b, '[');
	json_array_foreach(events, i, item)
	{
		const Cairn__CloudEvent *event = event_of(item, arena);

		if (event == NULL)
			return BYTES_NONE;
		if (i > 0)
			buffer_char(&b, ',');
		put_event(&b, event);
	}
	buffer_char(&b, ']');
	return buffer_bytes(&b);
}
