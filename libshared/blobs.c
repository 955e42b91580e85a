/* Blobs named by their SHA-256, and drafts named by ids. */
#include "libshared/blobs.h"

#include "libshared/blob_files.h"
#include "libshared/bytes.h"
#include "libshared/log.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CODE_MAX 64
#define HASH_CHUNK ((size_t)256 << 10)

/* ---- names ---- */

static void blob_path(const uint8_t hash[SHA256_LEN], char path_r[PATH_LEN])
{
	char hex[2 * SHA256_LEN + 1];

	hex_of_bytes((struct bytes){hash, SHA256_LEN}, hex);
	room_path(ROOM_BLOBS, hash[0], hex + 2, path_r);
}

static bool is_code(const char *code)
{
	size_t len = strlen(code);

	if (len == 0 || len > CODE_MAX || code[0] == '.')
		return false;
	for (const char *c = code; *c != '\0'; c++)
		if (!((*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') ||
		      (*c >= '0' && *c <= '9') || *c == '.' || *c == '-'))
			return false;
	return true;
}

/* The last byte of an id spreads evenly; its first ones are the time. */
static bool draft_path(struct bytes owner, const char *code, char path_r[PATH_LEN])
{
	char name[2 * ID_LEN + 1 + CODE_MAX + 1];

	if (!is_id(owner) || !is_code(code)) {
		log_error("draft_name_refused", "expected=\"an id and letters, digits, . or -\"");
		return false;
	}
	hex_of_bytes(owner, name);
	snprintf(name + 2 * ID_LEN, sizeof name - 2 * ID_LEN, ".%s", code);
	room_path(ROOM_DRAFTS, owner.data[ID_LEN - 1], name, path_r);
	return true;
}

/* ---- hashes ---- */

void sha256(struct bytes b, uint8_t hash_r[SHA256_LEN])
{
	ENSURE(EVP_Digest(b.data, b.len, hash_r, NULL, EVP_sha256(), NULL) == 1);
}

/* libsodium's state is a plain struct, and can be taken up again; OpenSSL's is opaque. */
static void take_up(crypto_hash_sha256_state *state, const uint8_t *chain, uint64_t before)
{
	*state = (crypto_hash_sha256_state){.count = before << 3};
	for (size_t i = 0; i < ARRAY_LEN(state->state); i++)
		state->state[i] = get_u32_be(chain + 4 * i);
}

void sha256_begin(uint8_t chain_r[SHA256_LEN])
{
	crypto_hash_sha256_state state;

	crypto_hash_sha256_init(&state);
	for (size_t i = 0; i < ARRAY_LEN(state.state); i++)
		put_u32_be(chain_r + 4 * i, state.state[i]);
}

static void add(crypto_hash_sha256_state *state, struct bytes b)
{
	if (b.len > 0)
		crypto_hash_sha256_update(state, b.data, b.len);
}

void sha256_more(uint8_t chain[SHA256_LEN], uint64_t before, struct bytes tail, struct bytes piece)
{
	crypto_hash_sha256_state state;

	take_up(&state, chain, before);
	add(&state, tail);
	add(&state, piece);
	for (size_t i = 0; i < ARRAY_LEN(state.state); i++)
		put_u32_be(chain + 4 * i, state.state[i]);
}

void sha256_end(uint8_t chain[SHA256_LEN], uint64_t before, struct bytes tail, struct bytes piece)
{
	crypto_hash_sha256_state state;

	take_up(&state, chain, before);
	add(&state, tail);
	add(&state, piece);
	crypto_hash_sha256_final(&state, chain);
}

static void free_digest(EVP_MD_CTX **digest)
{
	EVP_MD_CTX_free(*digest);
}

/* The whole file, in chunks: memory stays bounded whatever its size. */
static bool hash_file(int fd, uint8_t hash_r[SHA256_LEN], uint64_t *size_r)
{
	AUTO(free_digest) EVP_MD_CTX *digest = EVP_MD_CTX_new();
	AUTO(free_ptr) uint8_t *chunk = malloc(HASH_CHUNK);
	uint64_t size = 0;
	ssize_t n;

	ENSURE(digest != NULL && chunk != NULL);
	ENSURE(EVP_DigestInit_ex(digest, EVP_sha256(), NULL) == 1);
	while ((n = pread(fd, chunk, HASH_CHUNK, (off_t)size)) > 0) {
		ENSURE(EVP_DigestUpdate(digest, chunk, (size_t)n) == 1);
		size += (uint64_t)n;
	}
	if (n < 0)
		return false;
	ENSURE(EVP_DigestFinal_ex(digest, hash_r, NULL) == 1);
	*size_r = size;
	return true;
}

/* ---- blobs ---- */

bool blobs_has(const struct blobs *b, const uint8_t hash[SHA256_LEN], uint64_t *size_r)
{
	char path[PATH_LEN];
	struct stat st;
	bool found;
	int fd;

	blob_path(hash, path);
	fd = open_path(b, path);
	if (fd < 0)
		return false;
	found = fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
	close(fd);
	if (found)
		*size_r = (uint64_t)st.st_size;
	return found;
}

int blobs_put(struct blobs *b, struct bytes content, uint8_t hash_r[SHA256_LEN])
{
	char path[PATH_LEN];
	uint64_t size;

	sha256(content, hash_r);
	blob_path(hash_r, path);
	if (!blobs_has(b, hash_r, &size) || size != content.len)
		return write_new(b, path, content);
	return touch_folder(b, path); /* its name may still wait for a sync that failed */
}

bool blobs_read(const struct blobs *b, const uint8_t hash[SHA256_LEN], uint64_t offset, size_t max,
		struct arena *arena, struct bytes *content_r)
{
	char path[PATH_LEN];

	blob_path(hash, path);
	return read_part(open_path(b, path), offset, max, arena, content_r);
}

static int remove_path(struct blobs *b, const char *path)
{
	if (settle_path(b, path) != 0)
		return -1;
	if (unlinkat(b->root, path, 0) != 0 && errno != ENOENT)
		return file_failure("remove", path);
	return touch_folder(b, path);
}

int blobs_purge(struct blobs *b, const uint8_t hash[SHA256_LEN])
{
	char path[PATH_LEN];

	blob_path(hash, path);
	return remove_path(b, path);
}

/* ---- drafts ---- */

int draft_write(struct blobs *b, struct bytes owner, const char *code, uint64_t offset,
		struct bytes content, bool truncate)
{
	char path[PATH_LEN];

	ENSURE(!truncate || offset == 0);
	if (!draft_path(owner, code, path))
		return -1;
	return truncate ? write_new(b, path, content) : write_in_place(b, path, offset, content);
}

bool draft_read(const struct blobs *b, struct bytes owner, const char *code, uint64_t offset,
		size_t max, struct arena *arena, struct bytes *content_r)
{
	char path[PATH_LEN];

	return draft_path(owner, code, path) &&
	       read_part(open_path(b, path), offset, max, arena, content_r);
}

bool draft_hash(const struct blobs *b, struct bytes owner, const char *code,
		uint8_t hash_r[SHA256_LEN], uint64_t *size_r)
{
	char path[PATH_LEN];
	bool hashed;
	int fd;

	if (!draft_path(owner, code, path))
		return false;
	fd = open_path(b, path);
	if (fd < 0)
		return false;
	hashed = hash_file(fd, hash_r, size_r);
	if (!hashed)
		file_failure("read", path);
	close(fd);
	return hashed;
}

/* Its bytes are on disk before they have the name that promises them. As a blob it is new, however
 * long ago it was uploaded: whoever looks for orphans goes by its age. */
static int rename_synced(struct blobs *b, int fd, const char *from, const char *to)
{
	if (touch_folder(b, from) != 0 || touch_folder(b, to) != 0)
		return -1;
	if (futimens(fd, NULL) != 0 || fdatasync(fd) != 0)
		return file_failure("sync", from);
	return renameat(b->root, from, b->root, to) == 0 ? 0 : file_failure("rename", to);
}

int draft_keep(struct blobs *b, struct bytes owner, const char *code,
	       const uint8_t hash[SHA256_LEN])
{
	char from[PATH_LEN], to[PATH_LEN];
	uint64_t size;
	int fd, rc;

	if (!draft_path(owner, code, from) || settle_path(b, from) != 0)
		return -1;
	blob_path(hash, to);
	fd = openat(b->root, from, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0 && errno == ENOENT && blobs_has(b, hash, &size))
		return touch_folder(b, to);
	if (fd < 0)
		return file_failure("keep", from);
	rc = rename_synced(b, fd, from, to);
	close(fd);
	return rc;
}

int draft_drop(struct blobs *b, struct bytes owner, const char *code)
{
	char path[PATH_LEN];

	return draft_path(owner, code, path) ? remove_path(b, path) : -1;
}

/* ---- what is there ---- */

struct walk {
	uint8_t shard;
	blob_fn *on_blob;
	draft_fn *on_draft;
	void *ctx;
};

static void walk_blob(void *ctx, int folder, const char *name, int64_t written_us)
{
	const struct walk *walk = ctx;
	uint8_t hash[SHA256_LEN];

	(void)folder;
	hash[0] = walk->shard;
	if (bytes_of_hex(name, hash + 1, SHA256_LEN - 1))
		walk->on_blob(walk->ctx, hash, written_us);
}

void blobs_each(const struct blobs *b, uint8_t shard, blob_fn *fn, void *ctx)
{
	struct walk walk = {.shard = shard, .on_blob = fn, .ctx = ctx};
	char path[PATH_LEN];

	room_path(ROOM_BLOBS, shard, "", path);
	folder_each(b, path, walk_blob, &walk);
}

static void walk_draft(void *ctx, int folder, const char *name, int64_t written_us)
{
	const struct walk *walk = ctx;
	char hex[2 * ID_LEN + 1] = "";
	struct id owner;

	(void)folder;
	if (strlen(name) <= 2 * ID_LEN || name[2 * ID_LEN] != '.')
		return;
	memcpy(hex, name, 2 * ID_LEN);
	if (bytes_of_hex(hex, owner.b, ID_LEN))
		walk->on_draft(walk->ctx, bytes_of_id(&owner), name + 2 * ID_LEN + 1, written_us);
}

void drafts_each(const struct blobs *b, uint8_t shard, draft_fn *fn, void *ctx)
{
	struct walk walk = {.shard = shard, .on_draft = fn, .ctx = ctx};
	char path[PATH_LEN];

	room_path(ROOM_DRAFTS, shard, "", path);
	folder_each(b, path, walk_draft, &walk);
}
