/*
 * A public event as JSON, one form for all who get it: a batch of the gateway's feed holds the same
 * bytes that a webhook posts.
 *
 * Its attributes stand in the order of the packed event; data is JSON already and stays as it is.
 */
#ifndef CAIRN_CLOUD_EVENT_H
#define CAIRN_CLOUD_EVENT_H

#include "libshared/buffer.h"
#include "proto/public.pb-c.h"

/* Appends the event, structured mode of CloudEvents 1.0: an object. It needs text_data. */
void cloud_event_put(struct buffer *b, const Cairn__CloudEvent *event);

/* An attribute that is a text, borrowed of the event; NULL: it has none. */
const char *cloud_event_attribute(const Cairn__CloudEvent *event, const char *key);

#endif
