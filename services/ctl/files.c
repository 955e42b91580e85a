/* Directories and files: made, written whole or not at all, copied, hashed, walked. */
#include "services/ctl/files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <libgen.h>
#include <limits.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define COPY_BYTES ((size_t)256 << 10)

static bool fault(struct ctl *c, const char *path)
{
	ctl_fault(c, CTL_LOCAL, "%s: %s", path, strerror(errno));
	return false;
}

/* ---- directories ---- */

bool dirs_make(struct ctl *c, const char *path)
{
	char *copy = arena_text(c->arena, bytes_of_text(path));

	for (char *at = copy + 1; *at != '\0'; at++) {
		if (*at != '/')
			continue;
		*at = '\0';
		if (mkdir(copy, 0700) != 0 && errno != EEXIST)
			return fault(c, copy);
		*at = '/';
	}
	return mkdir(copy, 0700) == 0 || errno == EEXIST || fault(c, copy);
}

static bool is_empty(const char *path)
{
	DIR *d = opendir(path);
	unsigned n = 0;

	if (d == NULL)
		return false;
	while (readdir(d) != NULL)
		n++;
	closedir(d);
	return n == 2; /* . and .. */
}

bool dir_fresh(struct ctl *c, const char *path)
{
	if (!dirs_make(c, path))
		return false;
	if (is_empty(path))
		return true;
	ctl_fault(c, CTL_LOCAL, "%s: is not empty; a new directory is expected", path);
	return false;
}

bool dir_sync(struct ctl *c, const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool ok = fd >= 0 && fsync(fd) == 0;

	if (!ok)
		fault(c, path);
	if (fd >= 0)
		close(fd);
	return ok;
}

static int remove_one(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
	(void)st;
	(void)flag;
	(void)ftw;
	return remove(path);
}

void dir_remove(const char *path)
{
	if (nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS) != 0 && errno != ENOENT)
		fprintf(stderr, "cairnctl: %s is left behind: %s\n", path, strerror(errno));
}

/* ---- files ---- */

static bool write_all(int fd, struct bytes content)
{
	while (content.len > 0) {
		ssize_t n = write(fd, content.data, content.len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		content.data += n;
		content.len -= (size_t)n;
	}
	return true;
}

bool file_write(struct ctl *c, const char *path, struct bytes content)
{
	const char *temp = arena_printf(c->arena, "%s.new", path);
	int fd = open(temp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	bool ok = fd >= 0 && write_all(fd, content) && fsync(fd) == 0;

	if (fd >= 0 && close(fd) != 0)
		ok = false;
	ok = ok && rename(temp, path) == 0;
	return ok || fault(c, path);
}

static void hash_text(EVP_MD_CTX *md, char hash_r[SHA256_TEXT_LEN + 1])
{
	uint8_t hash[SHA256_TEXT_LEN / 2];

	ENSURE(EVP_DigestFinal_ex(md, hash, NULL) == 1);
	hex_of_bytes(BYTES_OF(hash), hash_r);
}

/* Reads all of it through the hash, and to out unless that is -1. */
static bool pass(int in, int out, EVP_MD_CTX *md, uint64_t *bytes_r)
{
	AUTO(free_ptr) uint8_t *part = malloc(COPY_BYTES);
	ssize_t n;

	ENSURE(part != NULL && EVP_DigestInit_ex(md, EVP_sha256(), NULL) == 1);
	*bytes_r = 0;
	while ((n = read(in, part, COPY_BYTES)) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 || (out >= 0 && !write_all(out, (struct bytes){part, (size_t)n})))
			return false;
		ENSURE(EVP_DigestUpdate(md, part, (size_t)n) == 1);
		*bytes_r += (uint64_t)n;
	}
	return true;
}

bool file_hash(struct ctl *c, const char *path, uint64_t *bytes_r, char hash_r[SHA256_TEXT_LEN + 1])
{
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	bool ok;

	ENSURE(md != NULL);
	ok = (fd >= 0 && pass(fd, -1, md, bytes_r)) || fault(c, path);
	if (ok)
		hash_text(md, hash_r);
	if (fd >= 0)
		close(fd);
	EVP_MD_CTX_free(md);
	return ok;
}

bool file_copy(struct ctl *c, const char *from, const char *to, char hash_r[SHA256_TEXT_LEN + 1])
{
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	int in = open(from, O_RDONLY | O_CLOEXEC), out = -1;
	uint64_t bytes;
	bool ok;

	ENSURE(md != NULL);
	ok = (in >= 0 || fault(c, from)) &&
	     dirs_make(c, dirname(arena_text(c->arena, bytes_of_text(to))));
	if (ok)
		out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	ok = ok && ((out >= 0 && pass(in, out, md, &bytes) && fsync(out) == 0) || fault(c, to));
	if (ok && hash_r != NULL)
		hash_text(md, hash_r);
	if (in >= 0)
		close(in);
	if (out >= 0 && close(out) != 0)
		ok = fault(c, to);
	EVP_MD_CTX_free(md);
	return ok;
}

/* ---- walking ---- */

static int no_dots(const struct dirent *entry)
{
	return strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
}

static bool walk(struct ctl *c, const char *root, const char *below, file_fn *fn, void *ctx)
{
	const char *slash = below[0] != '\0' ? "/" : "";
	char dir[PATH_MAX], path[PATH_MAX], whole[2 * PATH_MAX];
	struct dirent **entries = NULL;
	int n, len = snprintf(dir, sizeof dir, "%s%s%s", root, slash, below);
	bool ok;

	n = len < (int)sizeof dir ? scandir(dir, &entries, no_dots, alphasort) : -1;
	ok = n >= 0 || errno == ENOENT || fault(c, dir);
	for (int i = 0; i < n; i++) {
		struct stat st;

		len = snprintf(path, sizeof path, "%s%s%s", below, slash, entries[i]->d_name);
		snprintf(whole, sizeof whole, "%s/%s", root, path);
		/* What was there a moment ago may have been purged since. */
		if (ok && len < (int)sizeof path && lstat(whole, &st) == 0) {
			if (S_ISDIR(st.st_mode))
				ok = walk(c, root, path, fn, ctx);
			else if (S_ISREG(st.st_mode))
				ok = fn(ctx, path);
		}
		free(entries[i]);
	}
	free(entries);
	return ok;
}

bool files_each(struct ctl *c, const char *root, file_fn *fn, void *ctx)
{
	return walk(c, root, "", fn, ctx);
}
