/*
 * Content-addressed files: bytes and free text live here, their hashes in the log.
 *
 * A blob's name is its SHA-256: DIR/blobs/ab/cdef... . It is written to a temporary file, synced,
 * and renamed to its name before anything is acknowledged; the directory is synced too. What a
 * crash leaves behind unnamed is swept after 24 h. A draft (an answer being typed, an upload in
 * parts) is a file overwritten in place under DIR/drafts, named by ids. One process at a time
 * writes in DIR.
 *
 * What has been written can be read at once, and is durable when blobs_sync() says so. A blob that
 * was written before a failed sync may be missing afterwards: put it again.
 */
#ifndef CAIRN_BLOBS_H
#define CAIRN_BLOBS_H

#include "libshared/arena.h"
#include "libshared/id.h"

#define SHA256_LEN 32

struct blobs;

void sha256(struct bytes b, uint8_t hash_r[SHA256_LEN]);

/* The same of bytes that come over days: between two pieces only the chain is kept, which tells
 * nothing of them, up to the last whole block. What stands behind that block is given again, as
 * the tail before the next piece. before: how many bytes stand before the tail, whole blocks. */
#define SHA256_BLOCK ((size_t)64)
void sha256_begin(uint8_t chain_r[SHA256_LEN]);
void sha256_more(uint8_t chain[SHA256_LEN], uint64_t before, struct bytes tail, struct bytes piece);
/* The same with the last piece: the chain becomes the hash. */
void sha256_end(uint8_t chain[SHA256_LEN], uint64_t before, struct bytes tail, struct bytes piece);

/* Makes the folders if needed; sweeps leftovers. NULL: logged why. */
struct blobs *blobs_open(const char *dir);
void blobs_close(struct blobs **b);

/* Everything written since the last call is durable. 0, or -1: logged (a full disk too). */
int blobs_sync(struct blobs *b) MUST_CHECK;

/* Small text: feedback, answers, manifests. Durable after blobs_sync(). Idempotent. */
int blobs_put(struct blobs *b, struct bytes content, uint8_t hash_r[SHA256_LEN]) MUST_CHECK;
bool blobs_has(const struct blobs *b, const uint8_t hash[SHA256_LEN], uint64_t *size_r);
/* At most max bytes from offset. False: not there (purged). */
bool blobs_read(const struct blobs *b, const uint8_t hash[SHA256_LEN], uint64_t offset, size_t max,
		struct arena *arena, struct bytes *content_r);
/* 0: gone now. */
int blobs_purge(struct blobs *b, const uint8_t hash[SHA256_LEN]) MUST_CHECK;

/* Drafts, named by an owner (an id) and a short code of letters, digits, dot, dash. Any other name
 * is -1 or false. truncate: content is all there is now, and a crash leaves the old text or the new
 * one. */
int draft_write(struct blobs *b, struct bytes owner, const char *code, uint64_t offset,
		struct bytes content, bool truncate) MUST_CHECK;
bool draft_read(const struct blobs *b, struct bytes owner, const char *code, uint64_t offset,
		size_t max, struct arena *arena, struct bytes *content_r);
bool draft_hash(const struct blobs *b, struct bytes owner, const char *code,
		uint8_t hash_r[SHA256_LEN], uint64_t *size_r);
/* Becomes a blob under its hash, which is what draft_hash() said; idempotent: 0 also when the draft
 * is gone and the blob is there. */
int draft_keep(struct blobs *b, struct bytes owner, const char *code,
	       const uint8_t hash[SHA256_LEN]) MUST_CHECK;
int draft_drop(struct blobs *b, struct bytes owner, const char *code) MUST_CHECK;

/* What is there, a 256th part at a time, with when it was last written: for finding what nobody
 * names. fn may remove what it is told of. */
typedef void blob_fn(void *ctx, const uint8_t hash[SHA256_LEN], int64_t written_us);
void blobs_each(const struct blobs *b, uint8_t shard, blob_fn *fn, void *ctx);
typedef void draft_fn(void *ctx, struct bytes owner, const char *code, int64_t written_us);
void drafts_each(const struct blobs *b, uint8_t shard, draft_fn *fn, void *ctx);

#endif
