/*
 * Directories and files that a command makes, copies, hashes and removes. False: told.
 */
#ifndef CAIRN_CTL_FILES_H
#define CAIRN_CTL_FILES_H

#include "services/ctl/ctl.h"

#define SHA256_TEXT_LEN 64

/* The directory and those it stands in. */
bool dirs_make(struct ctl *c, const char *path);
/* Refuses one that exists and has something in it; makes it otherwise. */
bool dir_fresh(struct ctl *c, const char *path);
/* Synced, and only under its name when whole. The directory must be there. */
bool file_write(struct ctl *c, const char *path, struct bytes content);
/* Makes to's directory; to must not exist. hash_r (may be NULL) is that of what was copied. */
bool file_copy(struct ctl *c, const char *from, const char *to, char hash_r[SHA256_TEXT_LEN + 1]);
bool file_hash(struct ctl *c, const char *path, uint64_t *bytes_r,
	       char hash_r[SHA256_TEXT_LEN + 1]);
bool dir_sync(struct ctl *c, const char *path);

/* Every file below root, in order of name; path is relative to it. No root: none. */
typedef bool file_fn(void *ctx, const char *path);
bool files_each(struct ctl *c, const char *root, file_fn *fn, void *ctx);
/* A directory that this run made, with all that is in it. */
void dir_remove(const char *path);

#endif
