/* Files written to temporary names or in place, synced together, and swept when a crash left them.
 */
#include "libshared/blob_files.h"

#include "libshared/clock.h"
#include "libshared/log.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LEFTOVER_US (24 * US_PER_HOUR)

static const char *const room_names[N_ROOMS] = {"blobs", "drafts"};

void room_path(enum room room, uint8_t shard, const char *name, char path_r[PATH_LEN])
{
	snprintf(path_r, PATH_LEN, "%s/%02x/%.100s", room_names[room], shard, name);
}

static enum room room_of_path(const char *path)
{
	return strncmp(path, room_names[ROOM_BLOBS], strlen(room_names[ROOM_BLOBS])) == 0
		       ? ROOM_BLOBS
		       : ROOM_DRAFTS;
}

int file_failure(const char *doing, const char *path)
{
	const char *event = errno == ENOSPC || errno == EDQUOT ? "blobs_disk_full" : "blobs_failed";

	log_error(event, "doing=%s file=%s error=\"%s\"", doing, path, strerror(errno));
	return -1;
}

static int make_folder(int at, const char *path)
{
	return mkdirat(at, path, 0700) != 0 && errno != EEXIST ? file_failure("create", path) : 0;
}

int touch_folder(struct blobs *b, const char *path)
{
	enum room room = room_of_path(path);
	const char *digits = path + strlen(room_names[room]) + 1;
	char folder[PATH_LEN];
	uint8_t shard;

	ENSURE(bytes_of_hex((char[]){digits[0], digits[1], '\0'}, &shard, 1));
	b->touched[room][shard] = true;
	if (b->made[room][shard])
		return 0;
	room_path(room, shard, "", folder);
	if (make_folder(b->root, folder) != 0)
		return -1;
	b->made[room][shard] = true;
	b->grown[room] = true; /* also when it was there: its maker may have crashed */
	return 0;
}

/* The newest file written to path since the last sync; NULL: none. */
static const struct written *written_find(const struct blobs *b, const char *path)
{
	for (size_t i = b->n_written; i-- > 0;)
		if (strcmp(b->written[i].path, path) == 0)
			return &b->written[i];
	return NULL;
}

static int settle_one(const struct blobs *b, const struct written *w)
{
	bool is_new = w->temp[0] != '\0';
	int rc = 0;

	if (fdatasync(w->fd) != 0)
		rc = file_failure("sync", w->path);
	else if (is_new && renameat(b->root, w->temp, b->root, w->path) != 0)
		rc = file_failure("rename", w->path);
	if (rc != 0 && is_new)
		unlinkat(b->root, w->temp, 0);
	close(w->fd);
	return rc;
}

/* Files are durable and have their names; their folders are not yet synced. All writes are begun
 * before the first is waited for: the file system then commits them together, not one by one. */
static int settle(struct blobs *b)
{
	int rc = 0;

	for (size_t i = 0; i < b->n_written; i++)
		sync_file_range(b->written[i].fd, 0, 0, SYNC_FILE_RANGE_WRITE);
	for (size_t i = 0; i < b->n_written; i++)
		if (settle_one(b, &b->written[i]) != 0)
			rc = -1;
	b->n_written = 0;
	if (rc != 0)
		b->failed = true;
	return rc;
}

int settle_path(struct blobs *b, const char *path)
{
	return written_find(b, path) != NULL ? settle(b) : 0;
}

/* The next place in the list, empty. NULL: what was there could not be made durable. */
static struct written *written_next(struct blobs *b, const char *path)
{
	struct written *w;

	if (b->n_written == WRITTEN_MAX && settle(b) != 0)
		return NULL;
	w = &b->written[b->n_written];
	*w = (struct written){.fd = -1};
	snprintf(w->path, sizeof w->path, "%s", path);
	return w;
}

static int write_all(int fd, struct bytes content, uint64_t offset)
{
	for (size_t done = 0; done < content.len;) {
		ssize_t n =
			pwrite(fd, content.data + done, content.len - done, (off_t)(offset + done));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		done += (size_t)n;
	}
	return 0;
}

int write_new(struct blobs *b, const char *path, struct bytes content)
{
	struct written *w = written_next(b, path);

	if (w == NULL || touch_folder(b, path) != 0)
		return -1;
	do {
		snprintf(w->temp, sizeof w->temp, "temp/%016" PRIx64, b->next_temp++);
		w->fd = openat(b->root, w->temp, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	} while (w->fd < 0 && errno == EEXIST);
	if (w->fd < 0)
		return file_failure("create", w->temp);
	if (write_all(w->fd, content, 0) != 0) {
		file_failure("write", path);
		unlinkat(b->root, w->temp, 0);
		close(w->fd);
		return -1;
	}
	b->n_written++;
	return 0;
}

int write_in_place(struct blobs *b, const char *path, uint64_t offset, struct bytes content)
{
	const struct written *before = written_find(b, path);
	struct written *w;

	if (before != NULL && before->temp[0] != '\0' && settle(b) != 0)
		return -1;
	w = written_next(b, path);
	if (w == NULL || touch_folder(b, path) != 0)
		return -1;
	w->fd = openat(b->root, path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (w->fd < 0)
		return file_failure("create", path);
	if (write_all(w->fd, content, offset) != 0) {
		file_failure("write", path);
		close(w->fd);
		return -1;
	}
	b->n_written++;
	return 0;
}

static int sync_folder(const struct blobs *b, const char *path)
{
	int fd = openat(b->root, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int rc = fd < 0 || fsync(fd) != 0 ? file_failure("sync", path) : 0;

	if (fd >= 0)
		close(fd);
	return rc;
}

/* A folder that could not be synced is tried again by the next sync. */
static void sync_touched(struct blobs *b, enum room room, uint8_t shard)
{
	char path[PATH_LEN];

	if (!b->touched[room][shard] || !b->made[room][shard])
		return;
	room_path(room, shard, "", path);
	b->touched[room][shard] = sync_folder(b, path) != 0;
	if (b->touched[room][shard])
		b->failed = true;
}

static void sync_room(struct blobs *b, enum room room)
{
	for (unsigned shard = 0; shard < 256; shard++)
		sync_touched(b, room, (uint8_t)shard);
	if (!b->grown[room])
		return;
	b->grown[room] = sync_folder(b, room_names[room]) != 0;
	if (b->grown[room])
		b->failed = true;
}

int blobs_sync(struct blobs *b)
{
	bool failed = settle(b) != 0;

	for (unsigned room = 0; room < N_ROOMS; room++)
		sync_room(b, room);
	failed = failed || b->failed;
	b->failed = false;
	return failed ? -1 : 0;
}

int open_path(const struct blobs *b, const char *path)
{
	const struct written *w = written_find(b, path);

	if (w != NULL)
		return fcntl(w->fd, F_DUPFD_CLOEXEC, 0);
	return openat(b->root, path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
}

bool read_part(int fd, uint64_t offset, size_t max, struct arena *arena, struct bytes *content_r)
{
	struct stat st;
	size_t len = 0, done = 0;
	uint8_t *data;
	ssize_t n = 0;

	if (fd < 0)
		return false;
	if (fstat(fd, &st) == 0 && offset < (uint64_t)st.st_size)
		len = (size_t)MIN((uint64_t)max, (uint64_t)st.st_size - offset);
	data = arena_alloc(arena, len);
	while (done < len && (n = pread(fd, data + done, len - done, (off_t)(offset + done))) > 0)
		done += (size_t)n;
	if (n < 0)
		file_failure("read", "of_a_part");
	close(fd);
	*content_r = (struct bytes){data, done};
	return n >= 0;
}

void folder_each(const struct blobs *b, const char *path, file_fn *fn, void *ctx)
{
	int fd = openat(b->root, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *folder = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;
	struct stat st;

	if (folder == NULL) {
		if (errno != ENOENT)
			file_failure("list", path);
		if (fd >= 0)
			close(fd);
		return;
	}
	while ((entry = readdir(folder)) != NULL)
		if (fstatat(fd, entry->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
		    S_ISREG(st.st_mode))
			fn(ctx, fd, entry->d_name,
			   (int64_t)st.st_mtim.tv_sec * US_PER_S + st.st_mtim.tv_nsec / 1000);
	closedir(folder);
}

static void sweep_one(void *ctx, int folder, const char *name, int64_t written_us)
{
	const int64_t *before_us = ctx;

	if (written_us < *before_us && unlinkat(folder, name, 0) == 0)
		log_info("blobs_leftover_swept", "file=%s", name);
}

static int make_rooms(const struct blobs *b)
{
	if (make_folder(b->root, "temp") != 0)
		return -1;
	for (unsigned room = 0; room < N_ROOMS; room++)
		if (make_folder(b->root, room_names[room]) != 0)
			return -1;
	return sync_folder(b, ".");
}

struct blobs *blobs_open(const char *dir)
{
	struct blobs *b = calloc(1, sizeof *b);
	int64_t before_us = clock_wall_us() - LEFTOVER_US;

	ENSURE(b != NULL);
	b->root = -1;
	b->next_temp = (uint64_t)clock_wall_us();
	if (make_folder(AT_FDCWD, dir) == 0) {
		b->root = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (b->root < 0)
			file_failure("open", dir);
	}
	if (b->root < 0 || make_rooms(b) != 0) {
		blobs_close(&b);
		return NULL;
	}
	folder_each(b, "temp", sweep_one, &before_us);
	return b;
}

/* What waits for a sync is given up: nobody was told that it is kept. */
void blobs_close(struct blobs **b)
{
	if (*b == NULL)
		return;
	for (size_t i = 0; i < (*b)->n_written; i++) {
		const struct written *w = &(*b)->written[i];

		if (w->temp[0] != '\0')
			unlinkat((*b)->root, w->temp, 0);
		close(w->fd);
	}
	if ((*b)->root >= 0)
		close((*b)->root);
	free(*b);
	*b = NULL;
}
