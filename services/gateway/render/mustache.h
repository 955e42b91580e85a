/*
 * Mustache over JSON: variables, unescaped variables, sections, inverted sections, partials,
 * comments, set delimiters, dotted names. What is rendered is byte for byte what the npm package
 * mustache 4.2.0 renders (tests/interop/mustache.mjs), its habits with blank space around tags that
 * stand alone on their line included.
 *
 * A template is parsed once; a fault names its line. Rendering never fails: what is missing is
 * empty. A partial within partials ends at a depth, and a rendering as a whole after a number of
 * steps that no page comes near. Memory is the arena's; only a partial that is indented by its
 * line costs more than its output: its text, indented, is parsed anew.
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
 * layout's own members need not be copied into each page. partial may be NULL: there are none. */
struct bytes mustache_render(const struct mustache *m, json_t *const *objects, unsigned n,
			     partial_fn *partial, void *ctx, struct arena *arena);

/* Calls visit for each name that the template looks up (tag '&' for variables, '#', '^') and each
 * partial it includes ('>'), in order: for tests that look whether they exist. */
typedef void mustache_name_fn(void *ctx, char tag, const char *name);
void mustache_names(const struct mustache *m, mustache_name_fn *visit, void *ctx);

#endif
