/* Text that grows in an arena. */
#include "libshared/buffer.h"

void buffer_init(struct buffer *b, struct arena *a, size_t room)
{
	*b = (struct buffer){.arena = a, .at = arena_alloc(a, room), .room = room};
}

void buffer_grow(struct buffer *b, size_t bytes)
{
	size_t room = MAX(2 * b->room, b->len + bytes);
	char *at = arena_alloc(b->arena, room);

	memcpy(at, b->at, b->len);
	b->at = at;
	b->room = room;
}

const char *buffer_text(struct buffer *b)
{
	if (b->len == b->room)
		buffer_grow(b, 1);
	b->at[b->len] = '\0';
	return b->at;
}

struct bytes buffer_bytes(const struct buffer *b)
{
	return (struct bytes){(const uint8_t *)b->at, b->len};
}
