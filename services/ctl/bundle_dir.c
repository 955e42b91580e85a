/* An educator's archive as a directory: no link is followed, and nothing else may stand in it. */
#include "services/ctl/bundle.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PART_BYTES ((size_t)256 << 10)
#define DEPTH_MAX 12

static bool refuse_errno(struct bundle *b, const char *path)
{
	return bundle_refuse(b, "%.200s: %s", path, strerror(errno));
}

static bool take_parts(struct bundle *b, int fd, const char *path)
{
	AUTO(free_ptr) uint8_t *part = malloc(PART_BYTES);
	ssize_t n;

	ENSURE(part != NULL);
	while ((n = read(fd, part, PART_BYTES)) > 0)
		if (!bundle_take_part(b, (struct bytes){part, (size_t)n}))
			return false;
	return n == 0 ? bundle_take_end(b) : refuse_errno(b, path);
}

static bool take_file(struct bundle *b, int dir, const char *name, const char *path)
{
	int fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	struct stat st;
	bool ok;

	if (fd < 0)
		return refuse_errno(b, path);
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
		ok = bundle_refuse(b, "%s is no regular file", path);
	else
		ok = bundle_take_begin(b, path, (uint64_t)st.st_size) && take_parts(b, fd, path);
	close(fd);
	return ok;
}

static bool take_dir(struct bundle *b, int fd, const char *below, unsigned depth);

static bool take_one(struct bundle *b, int dir, const char *name, const char *path, unsigned depth)
{
	struct stat st;
	bool ok;
	int fd;

	if (!bundle_path_ok(path) || depth == DEPTH_MAX)
		return bundle_refuse(b, "\"%.200s\" is no path of plain names below the archive",
				     path);
	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return refuse_errno(b, path);
	if (S_ISREG(st.st_mode))
		return strcmp(path, BUNDLE_MANIFEST) == 0 || take_file(b, dir, name, path);
	if (!S_ISDIR(st.st_mode))
		return bundle_refuse(b, "%s is a link or no regular file", path);
	fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return refuse_errno(b, path);
	ok = take_dir(b, fd, path, depth + 1);
	close(fd);
	return ok;
}

static bool take_dir(struct bundle *b, int fd, const char *below, unsigned depth)
{
	int own = dup(fd);
	DIR *d = own >= 0 ? fdopendir(own) : NULL;
	const struct dirent *entry;
	bool ok = true;

	if (d == NULL) {
		if (own >= 0)
			close(own);
		return refuse_errno(b, below);
	}
	while (ok && (entry = readdir(d)) != NULL) {
		char path[2 * BUNDLE_PATH_MAX + 300];

		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		snprintf(path, sizeof path, "%s%s%s", below, below[0] != '\0' ? "/" : "",
			 entry->d_name);
		ok = take_one(b, fd, entry->d_name, path, depth);
	}
	closedir(d);
	return ok;
}

static bool take_manifest(struct bundle *b, int dir)
{
	int fd = openat(dir, BUNDLE_MANIFEST, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	struct stat st;
	uint8_t *text;
	ssize_t n;

	if (fd < 0)
		return refuse_errno(b, BUNDLE_MANIFEST);
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) ||
	    st.st_size > (off_t)BUNDLE_MANIFEST_MAX) {
		close(fd);
		return bundle_refuse(b, BUNDLE_MANIFEST " is no file of at most %zu MiB",
				     BUNDLE_MANIFEST_MAX >> 20);
	}
	text = arena_alloc(b->arena, (size_t)st.st_size + 1);
	n = read(fd, text, (size_t)st.st_size);
	close(fd);
	if (n != st.st_size)
		return bundle_refuse(b, BUNDLE_MANIFEST " changes while it is read");
	return bundle_take_manifest(b, (struct bytes){text, (size_t)n});
}

bool bundle_read_dir(struct bundle *b, const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool ok;

	if (fd < 0)
		return refuse_errno(b, path);
	ok = take_manifest(b, fd) && take_dir(b, fd, "", 0);
	close(fd);
	return ok;
}
