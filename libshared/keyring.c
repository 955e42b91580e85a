/* The keyring: subjects' keys in a flat file of fixed slots, with an index in memory. */
#include "libshared/seal.h"

#include "libshared/folder.h"
#include "libshared/log.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define KEY_LEN 32
#define SUM_LEN 8
#define PAGE_LEN 4096
#define FIRST_SLOTS 1024

enum slot_state {
	SLOT_KEY = 1,
	SLOT_DESTROYED = 2,
	SLOT_TORN = 255 /* in memory only: what is in the file has a wrong sum */
};

/* As in the file. 64 divides a sector, so that a slot is never in two. */
struct slot {
	uint8_t subject[ID_LEN];
	uint8_t key[KEY_LEN];
	uint8_t state;
	uint8_t zeros[7];
	uint8_t sum[SUM_LEN]; /* first bytes of BLAKE2b over all before */
};
_Static_assert(sizeof(struct slot) == 64, "slots have no padding");

/* The file's first slot: the text stands where a subject would. */
static const uint8_t MAGIC[ID_LEN] = "cairn keyring 1";

struct keyring {
	int fd; /* -1: in memory */
	char *path;
	bool seeded;
	uint8_t seed[32];
	struct slot *slots;
	uint32_t n_slots, n_room;
	bool locked;     /* slots are kept from swap */
	uint32_t *index; /* open addressing; slot number + 1, 0: free; at most half full */
	uint32_t n_index;
	uint8_t index_key[crypto_shorthash_KEYBYTES]; /* so that nobody can choose ids that collide
						       */
	uint64_t n_keys;
	bool dirty;  /* something is written and not synced */
	bool broken; /* a sync failed: what the file holds is not known until it is opened again */
};

/* ---- memory ---- */

static void slots_free(struct keyring *k)
{
	size_t len = (size_t)k->n_room * sizeof *k->slots;

	if (k->slots == NULL)
		return;
	if (k->locked)
		sodium_munlock(k->slots, len); /* clears too */
	else
		sodium_memzero(k->slots, len);
	free(k->slots);
	k->slots = NULL;
}

/* Not realloc(), which would leave keys behind in freed memory. */
static void slots_reserve(struct keyring *k, uint32_t n)
{
	uint32_t n_room = MAX(k->n_room, FIRST_SLOTS);
	struct slot *slots;

	if (n <= k->n_room)
		return;
	while (n_room < n)
		n_room *= 2;
	slots = aligned_alloc(PAGE_LEN, (size_t)n_room * sizeof *slots);
	ENSURE(slots != NULL);
	memset(slots, 0, (size_t)n_room * sizeof *slots);
	/* Beyond what the process may lock, keys can reach the swap: better than no service. */
	bool locked = sodium_mlock(slots, (size_t)n_room * sizeof *slots) == 0;
	if (k->slots != NULL)
		memcpy(slots, k->slots, (size_t)k->n_slots * sizeof *slots);
	slots_free(k);
	k->slots = slots;
	k->n_room = n_room;
	k->locked = locked;
}

/* Where the subject's slot number stands in the index, or where it would. */
static uint32_t *index_at(const struct keyring *k, const uint8_t subject[ID_LEN])
{
	uint8_t hash[crypto_shorthash_BYTES];
	uint64_t at;

	crypto_shorthash(hash, subject, ID_LEN, k->index_key);
	for (at = get_u64_le(hash);; at++) {
		uint32_t *entry = &k->index[at & (k->n_index - 1)];

		if (*entry == 0 || memcmp(k->slots[*entry - 1].subject, subject, ID_LEN) == 0)
			return entry;
	}
}

/* Of two sound slots of a subject, the one that says destroyed holds. A torn slot is listed under
 * the subject it seems to have, so that a later write for that subject covers it. */
static void index_slot(struct keyring *k, uint32_t number)
{
	const struct slot *s = &k->slots[number], *other;
	uint32_t *entry = index_at(k, s->subject);

	if (*entry != 0) {
		other = &k->slots[*entry - 1];
		if (s->state == SLOT_TORN ||
		    (other->state != SLOT_TORN && s->state != SLOT_DESTROYED))
			return;
	}
	*entry = number + 1;
}

static void index_reserve(struct keyring *k, uint32_t n)
{
	uint32_t n_index = MAX(k->n_index, 2 * FIRST_SLOTS);

	if (k->index != NULL && n <= k->n_index / 2)
		return;
	while (n_index / 2 < n)
		n_index *= 2;
	free(k->index);
	k->index = calloc(n_index, sizeof *k->index);
	ENSURE(k->index != NULL);
	k->n_index = n_index;
	for (uint32_t i = 0; i < k->n_slots; i++)
		index_slot(k, i);
}

static struct slot *find(const struct keyring *k, const uint8_t subject[ID_LEN])
{
	uint32_t number = *index_at(k, subject);

	return number == 0 ? NULL : &k->slots[number - 1];
}

/* ---- the file ---- */

static void slot_sum(const struct slot *s, uint8_t sum_r[SUM_LEN])
{
	uint8_t hash[crypto_generichash_BYTES_MIN];

	crypto_generichash(hash, sizeof hash, (const uint8_t *)s, offsetof(struct slot, sum), NULL,
			   0);
	memcpy(sum_r, hash, SUM_LEN);
}

static bool slot_is_sound(const struct slot *s)
{
	uint8_t sum[SUM_LEN];

	slot_sum(s, sum);
	return memcmp(sum, s->sum, SUM_LEN) == 0;
}

/* place 0 is the header, a slot's is its number + 1. */
static int write_at(struct keyring *k, uint64_t place, const struct slot *s)
{
	const uint8_t *at = (const uint8_t *)s;
	off_t offset = (off_t)(place * sizeof *s);

	if (k->broken)
		return -1;
	for (size_t left = sizeof *s; left > 0 && k->fd >= 0;) {
		ssize_t n = pwrite(k->fd, at, left, offset);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			log_error("keyring_write_failed", "path=%s error=\"%s\"", k->path,
				  n < 0 ? strerror(errno) : "nothing written");
			return -1;
		}
		at += n;
		offset += n;
		left -= (size_t)n;
	}
	k->dirty = true;
	return 0;
}

int keyring_sync(struct keyring *k)
{
	if (k->broken)
		return -1;
	if (!k->dirty)
		return 0;
	/* After a failed sync the kernel forgets what was not written: a second one proves nothing.
	 */
	if (k->fd >= 0 && fdatasync(k->fd) != 0) {
		log_error("keyring_sync_failed", "path=%s error=\"%s\"", k->path, strerror(errno));
		k->broken = true;
		return -1;
	}
	k->dirty = false;
	return 0;
}

/* The name itself must survive too. */
static int sync_name(const char *path)
{
	AUTO(free_ptr) char *copy = strdup(path);

	ENSURE(copy != NULL);
	return folder_sync(dirname(copy));
}

/* An empty file, or what a crash left of making one. */
static int make_file(struct keyring *k)
{
	struct slot header = {0};

	memcpy(header.subject, MAGIC, sizeof MAGIC);
	slot_sum(&header, header.sum);
	if (write_at(k, 0, &header) != 0 || keyring_sync(k) != 0)
		return -1;
	if (sync_name(k->path) != 0) {
		log_error("keyring_sync_failed", "path=%s error=\"%s\"", k->path, strerror(errno));
		return -1;
	}
	return 0;
}

static int read_at(const struct keyring *k, void *at, size_t len, off_t offset)
{
	uint8_t *to = at;

	while (len > 0) {
		ssize_t n = pread(k->fd, to, len, offset);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			log_error("keyring_read_failed", "path=%s error=\"%s\"", k->path,
				  n < 0 ? strerror(errno) : "shorter than it was");
			return -1;
		}
		to += n;
		offset += n;
		len -= (size_t)n;
	}
	return 0;
}

/* Slots with a wrong sum at the end were never synced: the next new ones go there. Elsewhere they
 * are left alone, without a key. */
static void judge_slots(struct keyring *k)
{
	uint32_t n_torn = 0;

	while (k->n_slots > 0 && !slot_is_sound(&k->slots[k->n_slots - 1]))
		k->n_slots--;
	for (uint32_t i = 0; i < k->n_slots; i++) {
		struct slot *s = &k->slots[i];

		if (slot_is_sound(s))
			continue;
		s->state = SLOT_TORN;
		sodium_memzero(s->key, sizeof s->key);
		n_torn++;
	}
	if (n_torn > 0)
		log_warn("keyring_torn_slots", "path=%s slots=%u", k->path, (unsigned)n_torn);
}

static void index_slots(struct keyring *k)
{
	index_reserve(k, k->n_slots);
	for (uint32_t i = 0; i < k->n_slots; i++)
		index_slot(k, i);
	for (uint32_t i = 0; i < k->n_slots; i++)
		if (k->slots[i].state == SLOT_KEY && find(k, k->slots[i].subject) == &k->slots[i])
			k->n_keys++;
}

static int read_slots(struct keyring *k, off_t size)
{
	uint64_t n = (uint64_t)size / sizeof(struct slot);
	struct slot header;

	if (n > 0 && read_at(k, &header, sizeof header, 0) != 0)
		return -1;
	if (n == 0 || (n == 1 && !slot_is_sound(&header)))
		return make_file(k);
	if (!slot_is_sound(&header) || memcmp(header.subject, MAGIC, sizeof MAGIC) != 0 ||
	    n > UINT32_MAX / 4) {
		log_error("not_a_keyring", "path=%s", k->path);
		return -1;
	}
	slots_reserve(k, (uint32_t)n);
	if (read_at(k, k->slots, (n - 1) * sizeof *k->slots, sizeof header) != 0)
		return -1;
	k->n_slots = (uint32_t)n - 1;
	judge_slots(k);
	index_slots(k);
	return 0;
}

static int open_file(struct keyring *k, const char *path)
{
	struct stat st;

	k->path = strdup(path);
	ENSURE(k->path != NULL);
	k->fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (k->fd < 0 || fstat(k->fd, &st) != 0) {
		log_error("keyring_open_failed", "path=%s error=\"%s\"", path, strerror(errno));
		return -1;
	}
	if (!S_ISREG(st.st_mode) || (st.st_mode & 077) != 0) {
		log_error("keyring_open_failed", "path=%s error=\"must be a file of mode 0600\"",
			  path);
		return -1;
	}
	if (flock(k->fd, LOCK_EX | LOCK_NB) != 0) {
		log_error("keyring_in_use", "path=%s", path);
		return -1;
	}
	return read_slots(k, st.st_size);
}

struct keyring *keyring_open(const char *path, const uint8_t seed[32])
{
	struct keyring *k = calloc(1, sizeof *k);

	ENSURE(k != NULL);
	ENSURE(sodium_init() >= 0);
	k->fd = -1;
	k->seeded = seed != NULL;
	if (seed != NULL)
		memcpy(k->seed, seed, sizeof k->seed);
	randombytes_buf(k->index_key, sizeof k->index_key);
	slots_reserve(k, FIRST_SLOTS);
	index_reserve(k, FIRST_SLOTS);
	if (path != NULL && open_file(k, path) != 0)
		keyring_close(&k);
	return k;
}

void keyring_close(struct keyring **k)
{
	if (*k == NULL)
		return;
	if ((*k)->fd >= 0)
		close((*k)->fd);
	slots_free(*k);
	free((*k)->index);
	free((*k)->path);
	sodium_memzero(*k, sizeof **k);
	free(*k);
	*k = NULL;
}

/* ---- subjects ---- */

/* Writes the subject's slot, over the one it has or as a new one. key NULL: destroyed. */
static int set_slot(struct keyring *k, const uint8_t subject[ID_LEN], const uint8_t *key)
{
	struct slot fresh = {.state = key != NULL ? SLOT_KEY : SLOT_DESTROYED}, *old;
	uint32_t number;
	int result;

	slots_reserve(k, k->n_slots + 1);
	index_reserve(k, k->n_slots + 1);
	old = find(k, subject);
	number = old != NULL ? (uint32_t)(old - k->slots) : k->n_slots;
	memcpy(fresh.subject, subject, ID_LEN);
	if (key != NULL)
		memcpy(fresh.key, key, KEY_LEN);
	slot_sum(&fresh, fresh.sum);
	result = write_at(k, (uint64_t)number + 1, &fresh);
	if (result == 0) {
		if (old != NULL)
			k->n_keys -= old->state == SLOT_KEY;
		else
			k->n_slots++;
		k->n_keys += key != NULL;
		k->slots[number] = fresh;
		*index_at(k, subject) = number + 1;
	}
	sodium_memzero(&fresh, sizeof fresh);
	return result;
}

static int check_subject(const struct keyring *k, struct bytes subject)
{
	if (is_id(subject))
		return 0;
	log_error("keyring_bad_subject", "path=%s bytes=%zu", k->path != NULL ? k->path : "memory",
		  subject.len);
	return -1;
}

int keyring_ensure(struct keyring *k, struct bytes subject)
{
	uint8_t key[KEY_LEN];
	const struct slot *s;
	int result;

	if (check_subject(k, subject) != 0)
		return -1;
	s = find(k, subject.data);
	if (s != NULL && s->state != SLOT_TORN)
		return 0;
	if (k->seeded)
		crypto_generichash(key, sizeof key, subject.data, ID_LEN, k->seed, sizeof k->seed);
	else
		randombytes_buf(key, sizeof key);
	result = set_slot(k, subject.data, key);
	sodium_memzero(key, sizeof key);
	return result;
}

int keyring_put(struct keyring *k, struct bytes subject, struct bytes key)
{
	const struct slot *s;

	if (check_subject(k, subject) != 0)
		return -1;
	if (key.len != KEY_LEN) {
		log_error("keyring_bad_key", "subject=%s bytes=%zu", ID_STR(subject), key.len);
		return -1;
	}
	s = find(k, subject.data);
	if (s != NULL && (s->state == SLOT_DESTROYED ||
			  (s->state == SLOT_KEY && memcmp(s->key, key.data, KEY_LEN) == 0)))
		return 0;
	return set_slot(k, subject.data, key.data);
}

int keyring_destroy(struct keyring *k, struct bytes subject)
{
	struct slot *s;

	if (check_subject(k, subject) != 0)
		return -1;
	s = find(k, subject.data);
	if (s == NULL || s->state != SLOT_DESTROYED) {
		if (s != NULL) { /* gone from here whatever the disk does; not yet done with */
			k->n_keys -= s->state == SLOT_KEY;
			s->state = SLOT_TORN;
			sodium_memzero(s->key, sizeof s->key);
		}
		if (set_slot(k, subject.data, NULL) != 0)
			return -1;
	}
	return keyring_sync(k);
}

bool keyring_get(const struct keyring *k, struct bytes subject, struct bytes *key_r)
{
	const struct slot *s = is_id(subject) ? find(k, subject.data) : NULL;

	if (s == NULL || s->state != SLOT_KEY)
		return false;
	*key_r = (struct bytes){s->key, KEY_LEN};
	return true;
}

void keyring_each_destroyed(const struct keyring *k, subject_fn *fn, void *ctx)
{
	for (uint32_t i = 0; i < k->n_slots; i++)
		if (k->slots[i].state == SLOT_DESTROYED)
			fn(ctx, (struct bytes){k->slots[i].subject, ID_LEN});
}

void keyring_file_each_destroyed(struct bytes file, subject_fn *fn, void *ctx)
{
	struct slot slot;

	for (size_t at = sizeof slot; at + sizeof slot <= file.len; at += sizeof slot) {
		memcpy(&slot, file.data + at, sizeof slot);
		if (slot.state == SLOT_DESTROYED && slot_is_sound(&slot))
			fn(ctx, (struct bytes){slot.subject, ID_LEN});
	}
	sodium_memzero(&slot, sizeof slot);
}

uint64_t keyring_count(const struct keyring *k)
{
	return k->n_keys;
}
