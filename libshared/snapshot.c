/* Copies of several LMDB environments as they were at one moment. */
#include "libshared/snapshot.h"

#include "libshared/log.h"

#include <errno.h>
#include <fcntl.h>
#include <lmdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define COPY_BYTES ((size_t)1 << 20)
#define META_PAGES 2

/* An environment's state is its meta pages and all pages up to the last that they know. A reader
 * keeps those pages from being written again; the meta pages themselves are kept here. */
struct kept_env {
	MDB_env *env;
	MDB_txn *writers; /* holds them off while all states are fixed */
	MDB_txn *reader;
	int fd; /* of data.mdb */
	uint8_t *metas;
	size_t page_bytes, n_pages;
};

struct snapshot {
	size_t n;
	struct kept_env envs[SNAPSHOT_MAX];
};

static int fail(const char *what, const char *dir, const char *error)
{
	log_error("snapshot", "%s=%s error=\"%s\"", what, dir, error);
	return -1;
}

/* Waits for the writer's transaction in hand and keeps the next from beginning. */
static int hold_writers(struct kept_env *k, const char *dir)
{
	char path[600];
	int rc;

	k->fd = -1;
	snprintf(path, sizeof path, "%s/data.mdb", dir);
	if (access(path, F_OK) != 0)
		return fail("dir", dir, strerror(errno));
	if ((rc = mdb_env_create(&k->env)) != 0 ||
	    (rc = mdb_env_open(k->env, dir, MDB_NOTLS | MDB_NORDAHEAD, 0600)) != 0 ||
	    (rc = mdb_txn_begin(k->env, NULL, 0, &k->writers)) != 0)
		return fail("dir", dir, mdb_strerror(rc));
	k->fd = open(path, O_RDONLY | O_CLOEXEC);
	return k->fd >= 0 ? 0 : fail("dir", dir, strerror(errno));
}

static int fix_state(struct kept_env *k, const char *dir)
{
	MDB_envinfo info;
	MDB_stat stat;
	int rc;

	if ((rc = mdb_txn_begin(k->env, NULL, MDB_RDONLY, &k->reader)) != 0 ||
	    (rc = mdb_env_info(k->env, &info)) != 0 || (rc = mdb_env_stat(k->env, &stat)) != 0)
		return fail("dir", dir, mdb_strerror(rc));
	k->page_bytes = stat.ms_psize;
	k->n_pages = info.me_last_pgno + 1;
	k->metas = malloc(META_PAGES * k->page_bytes);
	ENSURE(k->metas != NULL);
	if (pread(k->fd, k->metas, META_PAGES * k->page_bytes, 0) !=
	    (ssize_t)(META_PAGES * k->page_bytes))
		return fail("dir", dir, "its first pages cannot be read");
	return 0;
}

static void release_writers(struct snapshot *s)
{
	for (size_t i = 0; i < s->n; i++) {
		if (s->envs[i].writers != NULL)
			mdb_txn_abort(s->envs[i].writers);
		s->envs[i].writers = NULL;
	}
}

struct snapshot *snapshot_take(const char *const *dirs, size_t n)
{
	struct snapshot *s = calloc(1, sizeof *s);
	int rc = 0;

	ENSURE(s != NULL && n <= SNAPSHOT_MAX);
	for (; rc == 0 && s->n < n; s->n++)
		rc = hold_writers(&s->envs[s->n], dirs[s->n]);
	for (size_t i = 0; rc == 0 && i < n; i++)
		rc = fix_state(&s->envs[i], dirs[i]);
	release_writers(s);
	if (rc != 0)
		snapshot_end(&s);
	return s;
}

void snapshot_end(struct snapshot **snapshot)
{
	struct snapshot *s = *snapshot;

	if (s == NULL)
		return;
	release_writers(s);
	for (size_t i = 0; i < s->n; i++) {
		struct kept_env *k = &s->envs[i];

		if (k->reader != NULL)
			mdb_txn_abort(k->reader);
		if (k->env != NULL)
			mdb_env_close(k->env);
		if (k->fd >= 0)
			close(k->fd);
		free(k->metas);
	}
	free(s);
	*snapshot = NULL;
}

/* ---- copying ---- */

static int write_all(int fd, const uint8_t *data, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, data, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return -1;
		data += n;
		len -= (size_t)n;
	}
	return 0;
}

/* What lies beyond the end of the file was never written: pages that were given back. */
static int copy_pages(const struct kept_env *k, int to)
{
	AUTO(free_ptr) uint8_t *part = malloc(COPY_BYTES);
	uint64_t at = META_PAGES * k->page_bytes, end = (uint64_t)k->n_pages * k->page_bytes;

	ENSURE(part != NULL);
	while (at < end) {
		ssize_t n =
			pread(k->fd, part, (size_t)MIN((uint64_t)COPY_BYTES, end - at), (off_t)at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 || (n > 0 && write_all(to, part, (size_t)n) != 0))
			return -1;
		if (n == 0)
			return ftruncate(to, (off_t)end);
		at += (uint64_t)n;
	}
	return 0;
}

int snapshot_copy(struct snapshot *s, size_t i, const char *to_dir)
{
	const struct kept_env *k = &s->envs[i];
	char path[600];
	int fd;
	bool ok;

	ENSURE(i < s->n);
	if (mkdir(to_dir, 0700) != 0 && errno != EEXIST)
		return fail("to", to_dir, strerror(errno));
	snprintf(path, sizeof path, "%s/data.mdb", to_dir);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return fail("to", path, strerror(errno));
	ok = write_all(fd, k->metas, META_PAGES * k->page_bytes) == 0 && copy_pages(k, fd) == 0 &&
	     fsync(fd) == 0;
	if (close(fd) != 0)
		ok = false;
	return ok ? 0 : fail("to", path, strerror(errno));
}
