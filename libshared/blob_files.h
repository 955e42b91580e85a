/*
 * Beneath blobs.c: files in the folders of one directory, written now and made durable in one pass.
 *
 * A path is relative to the directory, "blobs/ab/..." or "drafts/ab/...", and made of hex digits
 * and checked codes only. What has been written since the last sync is found before what is on
 * disk. Nobody but blobs.c includes this.
 */
#ifndef CAIRN_BLOB_FILES_H
#define CAIRN_BLOB_FILES_H

#include "libshared/blobs.h"

#define PATH_LEN 128
#define WRITTEN_MAX 64

enum room { ROOM_BLOBS, ROOM_DRAFTS, N_ROOMS };

/* A file written since the last sync. */
struct written {
	int fd;
	char temp[PATH_LEN]; /* what becomes path when it is synced; empty: written in place */
	char path[PATH_LEN];
};

struct blobs {
	int root;
	uint64_t next_temp;
	struct written written[WRITTEN_MAX];
	size_t n_written;
	bool failed;             /* something before the next blobs_sync() was not made durable */
	bool made[N_ROOMS][256]; /* folders known to be there */
	bool touched[N_ROOMS][256]; /* folders to be synced */
	bool grown[N_ROOMS];        /* rooms that got a new folder, to be synced */
};

/* "blobs/ab/NAME" of shard 0xab; name is a file's, at most 100 bytes. */
void room_path(enum room room, uint8_t shard, const char *name, char path_r[PATH_LEN]);
/* The folder of path is there, made if needed, and the next blobs_sync() syncs it. */
int touch_folder(struct blobs *b, const char *path) MUST_CHECK;
/* Logs errno once, a full disk by its own name; -1. */
int file_failure(const char *doing, const char *path);

/* A temporary file that becomes path when it is synced, or is one part of path, written in place.
 */
int write_new(struct blobs *b, const char *path, struct bytes content) MUST_CHECK;
int write_in_place(struct blobs *b, const char *path, uint64_t offset,
		   struct bytes content) MUST_CHECK;
/* What was written to path is synced and stands under it: needed before path changes its name. */
int settle_path(struct blobs *b, const char *path) MUST_CHECK;

/* A descriptor of the caller's own, or -1: not there. */
int open_path(const struct blobs *b, const char *path);
/* At most max bytes of fd from offset; closes it. False: fd is -1, or it cannot be read. */
bool read_part(int fd, uint64_t offset, size_t max, struct arena *arena, struct bytes *content_r);

/* Each file of a folder; fn may remove it. */
typedef void file_fn(void *ctx, int folder, const char *name, int64_t written_us);
void folder_each(const struct blobs *b, const char *path, file_fn *fn, void *ctx);

#endif
