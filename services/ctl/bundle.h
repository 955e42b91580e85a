/*
 * An educator's archive: files, and a manifest that lists each of them with kind, size and SHA-256.
 * It is a directory, or a plain tar (ustar) with the manifest as its first entry.
 *
 * Archives come from anywhere, so a reader believes nothing: only what the manifest lists may be
 * there, once, as a regular file below the archive, of the size and the hash that it tells; nothing
 * is unpacked, and nothing is compressed. What is looked into (credentials, key lists) is kept in
 * memory within bounds; all else only passes through the hash.
 */
#ifndef CAIRN_CTL_BUNDLE_H
#define CAIRN_CTL_BUNDLE_H

#include "libshared/arena.h"

#include <jansson.h>

#define BUNDLE_FORMAT 1
#define BUNDLE_TYPE "cairn-educator-archive"
#define BUNDLE_MANIFEST "manifest.json"
#define BUNDLE_PATH_MAX 200
#define BUNDLE_FILES_MAX 100000
#define BUNDLE_MANIFEST_MAX ((size_t)16 << 20)
#define BUNDLE_KEPT_MAX ((size_t)64 << 20) /* of all files that are kept in memory */
#define BUNDLE_HASH_LEN 64                 /* hex digits */
#define BUNDLE_FAULT_LEN 600

struct bundle_file {
	const char *path, *kind, *sha256; /* as the manifest has them */
	uint64_t bytes;
	bool seen;
	struct bytes content; /* of the kinds that are kept */
};

struct bundle {
	struct arena *arena;
	const char *educator;             /* a UUID */
	char sha256[BUNDLE_HASH_LEN + 1]; /* of the manifest */
	struct bundle_file *files;        /* in the order of their paths */
	size_t n_files;
	char fault[BUNDLE_FAULT_LEN]; /* why it was refused */

	struct bundle_intake *intake; /* while it is read */
};

/* All of it, to the end. False: b_r->fault says why. */
bool bundle_read(struct bundle *b_r, const char *path, struct arena *arena);
/* The same of a tar in memory. */
bool bundle_read_memory(struct bundle *b_r, struct bytes tar, struct arena *arena);
/* NULL: the manifest lists no such file. */
const struct bundle_file *bundle_find(const struct bundle *b, const char *path);

/* A relative path of plain names, below the archive for certain. */
bool bundle_path_ok(const char *path);

/* The directory's files, in the manifest's order, as a tar that is the same whenever and by
 * whomever it is written. False: fault_r (BUNDLE_FAULT_LEN bytes). */
bool bundle_write_tar(const char *dir, const json_t *manifest, const char *to, char *fault_r);

/* ---- taking in, for the two readers: bundle_tar.c, bundle_dir.c ---- */

/* False: told in b->fault. A file is begun, comes in parts, and ends. */
bool bundle_take_manifest(struct bundle *b, struct bytes text);
bool bundle_take_begin(struct bundle *b, const char *path, uint64_t bytes);
bool bundle_take_part(struct bundle *b, struct bytes part);
bool bundle_take_end(struct bundle *b);
bool bundle_refuse(struct bundle *b, const char *format, ...) PRINTF_LIKE(2, 3); /* false */

bool bundle_read_tar(struct bundle *b, const char *path);
bool bundle_read_tar_memory(struct bundle *b, struct bytes tar);
bool bundle_read_dir(struct bundle *b, const char *path);

#endif
