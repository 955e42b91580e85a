/* Batches of CloudEvents. */
#include "services/gateway/proof/feed.h"

#include "libshared/check.h"
#include "libshared/cloud_event.h"

#include <sodium.h>
#include <string.h>

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
		cloud_event_put(&b, event);
	}
	buffer_char(&b, ']');
	return buffer_bytes(&b);
}
