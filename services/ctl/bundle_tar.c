/* An educator's archive as one plain tar, by libarchive: read with suspicion, written so that the
 * same files give the same bytes. */
#include "services/ctl/bundle.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PART_BYTES ((size_t)256 << 10)

/* ---- reading ---- */

static void reader_free(struct archive **a)
{
	archive_read_free(*a);
}

/* Uncompressed tar and nothing else, so that what is read is never more than what is there. */
static struct archive *reader_new(void)
{
	struct archive *a = archive_read_new();

	ENSURE(a != NULL);
	ENSURE(archive_read_support_filter_none(a) == ARCHIVE_OK);
	ENSURE(archive_read_support_format_tar(a) == ARCHIVE_OK);
	return a;
}

static bool damaged(struct bundle *b, struct archive *a)
{
	const char *why = archive_error_string(a);

	return bundle_refuse(b, "it is no plain tar: %s", why != NULL ? why : "it is damaged");
}

/* Long names, sparse files and the like need other kinds of tar, so those are refused with them. */
static bool check_entry(struct bundle *b, struct archive *a, struct archive_entry *entry)
{
	const char *path = archive_entry_pathname(entry);

	if (archive_format(a) != ARCHIVE_FORMAT_TAR_USTAR)
		return bundle_refuse(b, "it is no plain tar: ustar is expected, not %s",
				     archive_format_name(a) != NULL ? archive_format_name(a)
								    : "another kind");
	if (path == NULL || !bundle_path_ok(path))
		return bundle_refuse(b, "\"%.200s\" is no path of plain names below the archive",
				     path != NULL ? path : "");
	if (archive_entry_filetype(entry) != AE_IFREG || archive_entry_hardlink(entry) != NULL ||
	    archive_entry_symlink(entry) != NULL)
		return bundle_refuse(b, "%s is a link or no regular file", path);
	if (archive_entry_sparse_count(entry) > 0)
		return bundle_refuse(b, "%s has holes: it is no plain tar", path);
	if (!archive_entry_size_is_set(entry) || archive_entry_size(entry) < 0)
		return bundle_refuse(b, "%s has no size", path);
	return true;
}

static bool take_manifest(struct bundle *b, struct archive *a, struct archive_entry *entry)
{
	size_t size = (size_t)archive_entry_size(entry), got = 0;
	uint8_t *text;

	if (archive_entry_size(entry) > (int64_t)BUNDLE_MANIFEST_MAX)
		return bundle_refuse(b, "its manifest is more than %zu MiB",
				     BUNDLE_MANIFEST_MAX >> 20);
	text = arena_alloc(b->arena, size + 1);
	while (got < size) {
		la_ssize_t n = archive_read_data(a, text + got, size - got);

		if (n <= 0)
			return damaged(b, a);
		got += (size_t)n;
	}
	return bundle_take_manifest(b, (struct bytes){text, size});
}

static bool take_file(struct bundle *b, struct archive *a, struct archive_entry *entry)
{
	AUTO(free_ptr) uint8_t *part = malloc(PART_BYTES);
	la_ssize_t n;

	ENSURE(part != NULL);
	if (!bundle_take_begin(b, archive_entry_pathname(entry),
			       (uint64_t)archive_entry_size(entry)))
		return false;
	while ((n = archive_read_data(a, part, PART_BYTES)) > 0)
		if (!bundle_take_part(b, (struct bytes){part, (size_t)n}))
			return false;
	return n == 0 ? bundle_take_end(b) : damaged(b, a);
}

static bool take_entries(struct bundle *b, struct archive *a)
{
	struct archive_entry *entry;
	int rc;

	while ((rc = archive_read_next_header(a, &entry)) == ARCHIVE_OK) {
		bool is_manifest;

		if (!check_entry(b, a, entry))
			return false;
		is_manifest = strcmp(archive_entry_pathname(entry), BUNDLE_MANIFEST) == 0;
		if (!(is_manifest ? take_manifest : take_file)(b, a, entry))
			return false;
	}
	return rc == ARCHIVE_EOF || damaged(b, a);
}

bool bundle_read_tar(struct bundle *b, const char *path)
{
	AUTO(reader_free) struct archive *a = reader_new();

	if (archive_read_open_filename(a, path, PART_BYTES) != ARCHIVE_OK)
		return bundle_refuse(b, "%s", archive_error_string(a));
	return take_entries(b, a);
}

bool bundle_read_tar_memory(struct bundle *b, struct bytes tar)
{
	AUTO(reader_free) struct archive *a = reader_new();

	if (archive_read_open_memory(a, tar.data, tar.len) != ARCHIVE_OK)
		return damaged(b, a);
	return take_entries(b, a);
}

/* ---- writing ---- */

struct tar {
	struct archive *a;
	const char *dir;
	char *fault;
};

static bool fault_of(const struct tar *t, const char *path, const char *why)
{
	snprintf(t->fault, BUNDLE_FAULT_LEN, "%.300s: %.200s", path, why);
	return false;
}

/* Whose and when it was says nothing of the educator, and would make equal archives differ. */
static bool put_header(const struct tar *t, const char *path, int64_t bytes)
{
	struct archive_entry *entry = archive_entry_new();
	bool ok;

	ENSURE(entry != NULL);
	archive_entry_set_pathname(entry, path);
	archive_entry_set_filetype(entry, AE_IFREG);
	archive_entry_set_perm(entry, 0644);
	archive_entry_set_size(entry, bytes);
	archive_entry_set_mtime(entry, 0, 0);
	ok = archive_write_header(t->a, entry) == ARCHIVE_OK;
	archive_entry_free(entry);
	return ok || fault_of(t, path, archive_error_string(t->a));
}

static bool put_content(const struct tar *t, const char *path, int fd)
{
	AUTO(free_ptr) uint8_t *part = malloc(PART_BYTES);
	ssize_t n;

	ENSURE(part != NULL);
	while ((n = read(fd, part, PART_BYTES)) > 0)
		if (archive_write_data(t->a, part, (size_t)n) != n)
			return fault_of(t, path, archive_error_string(t->a));
	return n == 0 || fault_of(t, path, strerror(errno));
}

static bool put_file(const struct tar *t, const char *path)
{
	char whole[PATH_MAX];
	struct stat st;
	bool ok;
	int fd;

	snprintf(whole, sizeof whole, "%s/%s", t->dir, path);
	fd = open(whole, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0 || fstat(fd, &st) != 0) {
		fault_of(t, whole, strerror(errno));
		if (fd >= 0)
			close(fd);
		return false;
	}
	ok = put_header(t, path, st.st_size) && put_content(t, path, fd);
	close(fd);
	return ok;
}

static bool put_files(const struct tar *t, const json_t *files)
{
	if (!put_file(t, BUNDLE_MANIFEST))
		return false;
	for (size_t i = 0; i < json_array_size(files); i++)
		if (!put_file(t,
			      json_string_value(json_object_get(json_array_get(files, i), "path"))))
			return false;
	return true;
}

bool bundle_write_tar(const char *dir, const json_t *manifest, const char *to, char *fault_r)
{
	struct tar t = {.a = archive_write_new(), .dir = dir, .fault = fault_r};
	int fd = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	bool ok = fd >= 0 || fault_of(&t, to, strerror(errno));

	ENSURE(t.a != NULL && archive_write_set_format_ustar(t.a) == ARCHIVE_OK);
	ENSURE(archive_write_add_filter_none(t.a) == ARCHIVE_OK);
	if (ok && archive_write_open_fd(t.a, fd) != ARCHIVE_OK)
		ok = fault_of(&t, to, archive_error_string(t.a));
	ok = ok && put_files(&t, json_object_get(manifest, "files"));
	if (archive_write_close(t.a) != ARCHIVE_OK && ok)
		ok = fault_of(&t, to, archive_error_string(t.a));
	archive_write_free(t.a);
	if (ok && fsync(fd) != 0)
		ok = fault_of(&t, to, strerror(errno));
	if (fd >= 0)
		close(fd);
	if (!ok && fd >= 0)
		unlink(to);
	return ok;
}
