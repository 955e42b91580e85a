/*
 * Mustache over JSON: variables, unescaped variables, sections, inverted sections, partials,
 * comments, set delimiters, dotted names. What is rendered is byte for byte what the npm package
 * mustache renders.
 *
 * A template is parsed once; a fault names its line. Rendering allocates nothing but its output and
 * never fails: what is missing is empty, a partial that includes itself ends at a depth.
 */
#ifndef CAIRN_GATEWAY_MUSTACHE_H
#define CAIRN_GATEWAY_MUSTACHE_H

#include "libshared/arena.h"

#include <jansson.h>

struct mustache;

/* NULL: fault_r says where and why. */
struct mustache *mustache_parse(const char *template, char fault_r[200]);
void mustache_destroy(struct mustache **m);

/* A partial by its name; NULL: there is none. */
typedef const struct mustache *partial_fn(void *ctx, const char *name);

/* Into the arena. Values are looked up in objects[n - 1] first, then in those before it: so the
 * layout's own members need not be copied into each page. */
struct bytes mustache_render(const struct mustache *m, json_t *const *objects, unsigned n,
			     partial_fn *partial, void *ctx, struct arena *arena);

#endif
