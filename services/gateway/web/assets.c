/* Assets from memory. */
#include "services/gateway/web/assets.h"

#include "libshared/log.h"
#include "services/gateway/web/gzip.h"
#include "services/gateway/web/web.h"

#include <errno.h>
#include <fts.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define ASSETS_MAX 1000
#define ASSET_BYTES_MAX ((off_t)4 << 20)

struct asset {
	const char *name; /* "uswds/css/uswds.min.css" */
	const char *type;
	struct bytes plain, packed; /* packed: empty when it would not be shorter */
};

struct assets {
	struct arena *arena;
	struct asset list[ASSETS_MAX];
	unsigned n;
};

static const char *const types[][2] = {
	{".css", "text/css; charset=utf-8"},
	{".js", "text/javascript; charset=utf-8"},
	{".mjs", "text/javascript; charset=utf-8"},
	{".svg", "image/svg+xml"},
	{".png", "image/png"},
	{".webp", "image/webp"},
	{".ico", "image/x-icon"},
	{".woff2", "font/woff2"},
	{".txt", "text/plain; charset=utf-8"},
	{".webmanifest", "application/manifest+json"},
};

static const char *type_of(const char *name)
{
	const char *dot = strrchr(name, '.');

	for (size_t i = 0; i < ARRAY_LEN(types) && dot != NULL; i++)
		if (strcmp(dot, types[i][0]) == 0)
			return types[i][1];
	return NULL;
}

/* ---- reading ---- */

static bool read_file(struct assets *a, const char *path, off_t size, struct bytes *content_r)
{
	FILE *file = fopen(path, "rb");
	uint8_t *data = arena_alloc(a->arena, (size_t)size + 1);
	size_t n = file != NULL ? fread(data, 1, (size_t)size, file) : 0;

	if (file != NULL)
		fclose(file);
	*content_r = (struct bytes){data, n};
	return n == (size_t)size;
}

static bool add(struct assets *a, const FTSENT *entry, size_t root_len)
{
	const char *name = entry->fts_path + root_len + 1;
	struct asset asset = {.type = type_of(name)};

	if (asset.type == NULL)
		return true;
	if (a->n == ASSETS_MAX || entry->fts_statp->st_size > ASSET_BYTES_MAX ||
	    !read_file(a, entry->fts_path, entry->fts_statp->st_size, &asset.plain)) {
		log_error("asset_unreadable", "file=%s", entry->fts_path);
		return false;
	}
	asset.name = arena_printf(a->arena, "%s", name);
	if (strncmp(asset.type, "text/", 5) == 0 || strstr(asset.type, "svg") != NULL)
		if (!gzip_pack(asset.plain, a->arena, &asset.packed))
			asset.packed = BYTES_NONE;
	a->list[a->n++] = asset;
	return true;
}

static int by_name(const FTSENT **a, const FTSENT **b)
{
	return strcmp((*a)->fts_name, (*b)->fts_name);
}

static bool read_all(struct assets *a, char *root)
{
	char *roots[] = {root, NULL};
	FTS *walk = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, by_name);
	bool sound = walk != NULL;
	FTSENT *entry;

	while (sound && (entry = fts_read(walk)) != NULL) {
		if (entry->fts_info == FTS_F)
			sound = add(a, entry, strlen(root));
		else if (entry->fts_info == FTS_ERR || entry->fts_info == FTS_NS)
			sound = false;
	}
	if (walk != NULL)
		fts_close(walk);
	return sound && a->n > 0;
}

struct assets *assets_open(const char *share)
{
	struct assets *a = calloc(1, sizeof *a);
	char root[600];

	ENSURE(a != NULL);
	a->arena = arena_new((size_t)1 << 20);
	snprintf(root, sizeof root, "%s/assets", share);
	if (!read_all(a, root)) {
		log_error("assets_missing",
			  "dir=%s remedy=\"build the target product, or set share\"", root);
		assets_close(&a);
		return NULL;
	}
	return a;
}

void assets_close(struct assets **a)
{
	if (*a == NULL)
		return;
	arena_destroy(&(*a)->arena);
	free(*a);
	*a = NULL;
}

/* ---- serving ---- */

static void show_asset(struct request *r)
{
	const struct assets *a = r->web->assets;
	const char *accept = header(r, "Accept-Encoding");
	const char *name = param(r, "rest");

	for (unsigned i = 0; i < a->n; i++) {
		const struct asset *asset = &a->list[i];
		bool pack =
			asset->packed.len > 0 && accept != NULL && strstr(accept, "gzip") != NULL;

		if (strcmp(asset->name, name) != 0)
			continue;
		reply_cache(r, "public, max-age=31536000, immutable");
		reply_header(r, "Content-Encoding", pack ? "gzip" : "identity");
		reply_bytes(r, 200, asset->type, pack ? asset->packed : asset->plain);
		return;
	}
	reply_problem(r, 404, "not_found", "There is nothing at this address.");
}

static const struct route assets[] = {
	{GET, "/assets/{hash}/{rest...}", show_asset, .may = MAY_ANYONE,
	 .about = "A style sheet, script, font or picture"},
};
const struct route_list assets_routes = {assets, ARRAY_LEN(assets)};
