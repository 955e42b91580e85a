/*
 * A disk that forgets: preloaded into a daemon, it keeps what every write has overwritten until the
 * file is synced. After a SIGKILL the test puts back what was not synced (forgetful_undo.c), as a
 * power loss would.
 *
 * The journal is the file named by CAIRN_FORGET: for each write the path, offset, file's length
 * before and the bytes overwritten; for each sync the path. A write through a descriptor opened
 * with O_DSYNC or O_SYNC is durable when it returns and is journalled as synced at once, for its
 * own range only.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "tests/support/forgetful.h"

#define FD_MAX 4096

static struct {
	char path[FORGET_PATH];
	int synchronous;
} files[FD_MAX];
static int journal = -1;
static char *below; /* only files under this directory count */

static void start(void)
{
	const char *path = getenv("CAIRN_FORGET");

	if (journal >= 0 || path == NULL)
		return;
	below = getenv("CAIRN_FORGET_BELOW");
	journal = (int)syscall(SYS_openat, AT_FDCWD, path,
			       O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0600);
}

static int is_ours(int fd)
{
	return journal >= 0 && fd >= 0 && fd < FD_MAX && files[fd].path[0] != '\0';
}

static void put(const struct forget_entry *e, const void *bytes)
{
	struct iovec parts[] = {{(void *)(uintptr_t)e, sizeof *e},
				{(void *)(uintptr_t)bytes, e->len}};

	/* One append: whole in the page cache, which a SIGKILL does not touch. */
	if (syscall(SYS_writev, journal, parts, e->len > 0 ? 2 : 1) < 0)
		abort();
}

/* What the range holds now, before it is overwritten. */
static void remember(int fd, uint64_t offset, size_t len)
{
	struct forget_entry e = {.kind = FORGET_WRITE, .offset = offset};
	struct stat st;
	char *before;
	ssize_t got;

	if (files[fd].synchronous || fstat(fd, &st) != 0)
		return;
	memcpy(e.path, files[fd].path, sizeof e.path);
	e.size_before = (uint64_t)st.st_size;
	e.written = len;
	before = malloc(len + 1);
	got = syscall(SYS_pread64, fd, before, len, offset);
	e.len = got > 0 ? (uint64_t)got : 0;
	put(&e, before);
	free(before);
}

static void forget_nothing_of(int fd)
{
	struct forget_entry e = {.kind = FORGET_SYNC};

	memcpy(e.path, files[fd].path, sizeof e.path);
	put(&e, NULL);
}

static int note_open(int fd, int dirfd, const char *path, int flags)
{
	char link[64], real[FORGET_PATH] = "";
	ssize_t len;

	(void)dirfd, (void)path;
	start();
	if (fd < 0 || fd >= FD_MAX)
		return fd;
	files[fd].path[0] = '\0';
	snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
	len = readlink(link, real, sizeof real - 1);
	if (len > 0 && below != NULL && strncmp(real, below, strlen(below)) == 0 &&
	    strstr(real, "/run/") == NULL) {
		memcpy(files[fd].path, real, sizeof real);
		files[fd].synchronous = (flags & O_DSYNC) == O_DSYNC || (flags & O_SYNC) == O_SYNC;
	}
	return fd;
}

int open(const char *path, int flags, ...)
{
	va_list args;
	mode_t mode;

	va_start(args, flags);
	mode = va_arg(args, mode_t);
	va_end(args);
	return note_open((int)syscall(SYS_openat, AT_FDCWD, path, flags, mode), AT_FDCWD, path,
			 flags);
}

int open64(const char *path, int flags, ...) __attribute__((alias("open")));

int openat(int dirfd, const char *path, int flags, ...)
{
	va_list args;
	mode_t mode;

	va_start(args, flags);
	mode = va_arg(args, mode_t);
	va_end(args);
	return note_open((int)syscall(SYS_openat, dirfd, path, flags, mode), dirfd, path, flags);
}

int close(int fd)
{
	if (fd >= 0 && fd < FD_MAX)
		files[fd].path[0] = '\0';
	return (int)syscall(SYS_close, fd);
}

ssize_t pwrite(int fd, const void *data, size_t len, off_t offset)
{
	if (is_ours(fd))
		remember(fd, (uint64_t)offset, len);
	return syscall(SYS_pwrite64, fd, data, len, offset);
}

ssize_t pwrite64(int fd, const void *data, size_t len, off_t offset)
	__attribute__((alias("pwrite")));

ssize_t pwritev(int fd, const struct iovec *parts, int n, off_t offset)
{
	size_t len = 0;

	for (int i = 0; i < n; i++)
		len += parts[i].iov_len;
	if (is_ours(fd))
		remember(fd, (uint64_t)offset, len);
	return syscall(SYS_pwritev, fd, parts, n, offset, 0);
}

ssize_t pwritev64(int fd, const struct iovec *parts, int n, off_t offset)
	__attribute__((alias("pwritev")));

static uint64_t place_of(int fd)
{
	struct stat st;

	if (fcntl(fd, F_GETFL) & O_APPEND)
		return fstat(fd, &st) == 0 ? (uint64_t)st.st_size : 0;
	return (uint64_t)lseek(fd, 0, SEEK_CUR);
}

ssize_t write(int fd, const void *data, size_t len)
{
	if (is_ours(fd))
		remember(fd, place_of(fd), len);
	return syscall(SYS_write, fd, data, len);
}

int fdatasync(int fd)
{
	int rc = (int)syscall(SYS_fdatasync, fd);

	if (rc == 0 && is_ours(fd))
		forget_nothing_of(fd);
	return rc;
}

int fsync(int fd)
{
	int rc = (int)syscall(SYS_fsync, fd);

	if (rc == 0 && is_ours(fd))
		forget_nothing_of(fd);
	return rc;
}
