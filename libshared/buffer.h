/*
 * Text that grows in an arena.
 *
 * What was written before it grew stays in the arena until that is reset, so begin with a good
 * guess of the final size.
 */
#ifndef CAIRN_BUFFER_H
#define CAIRN_BUFFER_H

#include "libshared/arena.h"

#include <string.h>

struct buffer {
	struct arena *arena;
	char *at; /* not NUL-terminated: see buffer_text() */
	size_t len, room;
};

void buffer_init(struct buffer *b, struct arena *a, size_t room);
void buffer_grow(struct buffer *b, size_t bytes); /* room for that many more */

/* The NUL-terminated text; more may be put behind it later. */
const char *buffer_text(struct buffer *b);
struct bytes buffer_bytes(const struct buffer *b);

static inline void buffer_put(struct buffer *b, const void *data, size_t len)
{
	if (len > b->room - b->len)
		buffer_grow(b, len);
	memcpy(b->at + b->len, data, len);
	b->len += len;
}

static inline void buffer_char(struct buffer *b, char c)
{
	buffer_put(b, &c, 1);
}

static inline void buffer_puts(struct buffer *b, const char *text)
{
	buffer_put(b, text, strlen(text));
}

#endif
