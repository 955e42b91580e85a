/* A bump allocator with a capped front for protobuf-c. */
#include "libshared/arena.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ALIGNMENT 16
#define LARGEST_BLOCK ((size_t)1 << 20)

struct block {
	struct block *older;
	size_t size, used;
	_Alignas(ALIGNMENT) uint8_t data[];
};

struct arena {
	struct block *newest;
	size_t used;
	size_t cap_left; /* of the protobuf-c allocator */
	ProtobufCAllocator allocator;
};

static size_t rounded_up(size_t bytes)
{
	return (bytes + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
}

static struct block *block_new(struct block *older, size_t size)
{
	struct block *b = malloc(sizeof *b + size);

	ENSURE(b != NULL);
	b->older = older;
	b->size = size;
	b->used = 0;
	return b;
}

/* What the arena really hands out counts: a million pieces of one byte are 16 million. */
static void *capped_alloc(void *arena, size_t bytes)
{
	struct arena *a = arena;

	if (bytes > a->cap_left || rounded_up(bytes) > a->cap_left)
		return NULL;
	a->cap_left -= rounded_up(bytes);
	return arena_alloc(a, bytes);
}

static void capped_free(void *arena, void *pointer)
{
	(void)arena;
	(void)pointer;
}

struct arena *arena_new(size_t first_bytes)
{
	struct arena *a = calloc(1, sizeof *a);

	ENSURE(a != NULL);
	a->newest = block_new(NULL, MAX(first_bytes, (size_t)256));
	a->allocator = (ProtobufCAllocator){capped_alloc, capped_free, a};
	return a;
}

void arena_destroy(struct arena **a)
{
	if (*a == NULL)
		return;
	for (struct block *b = (*a)->newest, *older; b != NULL; b = older) {
		older = b->older;
		free(b);
	}
	free(*a);
	*a = NULL;
}

void arena_reset(struct arena *a)
{
	while (a->newest->older != NULL) {
		struct block *b = a->newest;

		a->newest = b->older;
		free(b);
	}
	a->newest->used = 0;
	a->used = 0;
}

void *arena_alloc(struct arena *a, size_t bytes)
{
	size_t rounded = rounded_up(bytes);
	struct block *b = a->newest;
	void *at;

	ENSURE(rounded >= bytes);
	if (rounded > b->size - b->used) {
		size_t size = MIN(2 * b->size, LARGEST_BLOCK);

		b = a->newest = block_new(b, MAX(size, rounded));
	}
	at = b->data + b->used;
	b->used += rounded;
	a->used += rounded;
	return at;
}

void *arena_zalloc(struct arena *a, size_t bytes)
{
	return memset(arena_alloc(a, bytes), 0, bytes);
}

struct bytes arena_copy(struct arena *a, struct bytes b)
{
	uint8_t *copy = arena_alloc(a, b.len);

	if (b.len > 0)
		memcpy(copy, b.data, b.len);
	return (struct bytes){copy, b.len};
}

char *arena_text(struct arena *a, struct bytes b)
{
	char *text = arena_alloc(a, b.len + 1);

	if (b.len > 0)
		memcpy(text, b.data, b.len);
	text[b.len] = '\0';
	return text;
}

char *arena_printf(struct arena *a, const char *format, ...)
{
	va_list args, again;
	char *text;
	int len;

	va_start(args, format);
	va_copy(again, args);
	len = vsnprintf(NULL, 0, format, args);
	va_end(args);
	ENSURE(len >= 0);
	text = arena_alloc(a, (size_t)len + 1);
	vsnprintf(text, (size_t)len + 1, format, again);
	va_end(again);
	return text;
}

size_t arena_used(const struct arena *a)
{
	return a->used;
}

ProtobufCAllocator *arena_cap(struct arena *a, size_t cap)
{
	a->cap_left = cap;
	return &a->allocator;
}
