/*
 * CloudEvents as JSON: of the packed events that followers get, each member as it stands there, so
 * that the data are the same bytes.
 */
#ifndef CAIRN_GATEWAY_FEED_H
#define CAIRN_GATEWAY_FEED_H

#include "libshared/arena.h"

#include <jansson.h>

/* The batch, application/cloudevents-batch+json, of a PublicPage as JSON. In the arena. Empty: an
 * event cannot be read, which is a bug of ours. */
struct bytes feed_batch(const json_t *page, struct arena *arena);

#endif
