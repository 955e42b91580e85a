/*
 * JSON values as compact text, in the order in which their members were set.
 *
 * jansson's own dumping takes as long as signing does; this one writes what credentials hold
 * (objects, arrays, text, numbers of at most 15 digits, true and false) straight into an arena.
 */
#ifndef CAIRN_JSON_TEXT_H
#define CAIRN_JSON_TEXT_H

#include "libshared/buffer.h"

#include <jansson.h>

/* A value whose text is known already. */
struct json_known {
	const json_t *json;
	struct bytes text;
};

/* Appends the text of json to b. known (or NULL) is met by its address. */
void json_put(struct buffer *b, json_t *json, const struct json_known *known);

/* Appends text as a JSON string, quotes included. */
void json_put_string(struct buffer *b, struct bytes text);

#endif
