/* CloudEvents in structured mode. */
#include "libshared/cloud_event.h"

#include "libshared/json.h"
#include "libshared/json_text.h"

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

void cloud_event_put(struct buffer *b, const Cairn__CloudEvent *event)
{
	ENSURE(event->data_case == CAIRN__CLOUD_EVENT__DATA_TEXT_DATA);
	buffer_char(b, '{');
	put_member(b, "specversion", event->spec_version);
	put_member(b, "id", event->id);
	put_member(b, "source", event->source);
	put_member(b, "type", event->type);
	for (size_t i = 0; i < event->n_attributes; i++)
		put_attribute(b, event->attributes[i]);
	buffer_puts(b, "\"data\":");
	buffer_puts(b, event->text_data);
	buffer_char(b, '}');
}

const char *cloud_event_attribute(const Cairn__CloudEvent *event, const char *key)
{
	for (size_t i = 0; i < event->n_attributes; i++) {
		const Cairn__CloudEventAttributeValue *value = event->attributes[i]->value;

		if (value != NULL && strcmp(event->attributes[i]->key, key) == 0 &&
		    value->attr_case == CAIRN__CLOUD_EVENT_ATTRIBUTE_VALUE__ATTR_CE_STRING)
			return value->ce_string;
	}
	return NULL;
}
