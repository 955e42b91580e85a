/*
 * Memory that is given back all at once.
 *
 * One arena lives as long as a batch (or a request): messages are unpacked into it, events are
 * packed into it, nothing in it is freed by itself. arena_reset() keeps the first block, so that
 * a steady load allocates nothing.
 *
 * A capped part of an arena bounds what one message from outside may take: arena_unpack()
 * (check.h) opens it with arena_cap(), and allocation past the cap returns NULL to protobuf-c,
 * which then refuses the message.
 */
#ifndef CAIRN_ARENA_H
#define CAIRN_ARENA_H

#include "libshared/bytes.h"

struct arena;

struct arena *arena_new(size_t first_bytes);
void arena_destroy(struct arena **a);
void arena_reset(struct arena *a);

/* Aligned for any object, not cleared. Never NULL: no memory stops the process. */
void *arena_alloc(struct arena *a, size_t bytes);
void *arena_zalloc(struct arena *a, size_t bytes);
struct bytes arena_copy(struct arena *a, struct bytes b);
char *arena_text(struct arena *a, struct bytes b); /* copy with a NUL */
char *arena_printf(struct arena *a, const char *format, ...) PRINTF_LIKE(2, 3);

/* Bytes handed out since the last reset. */
size_t arena_used(const struct arena *a);

/* protobuf-c's allocator over the arena. Its free does nothing. From here on the allocator
 * gives at most cap bytes in all, then NULL; a later arena_cap() starts anew. */
ProtobufCAllocator *arena_cap(struct arena *a, size_t cap);

#endif
