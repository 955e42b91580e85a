/* Files of secrets, encrypted under one master key. */
#include "services/issuance/vault.h"
#include "libshared/folder.h"
#include "libshared/log.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BOX_EXTRA (crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES)
#define PATH_LEN 500

struct vault {
	char dir[300];
	uint8_t master[crypto_secretbox_KEYBYTES];
};

/* ---- files ---- */

static int write_whole(const char *dir, const char *path, struct bytes content)
{
	char temp[PATH_LEN + 8];
	int fd, rc = -1;

	snprintf(temp, sizeof temp, "%s.new", path);
	unlink(temp); /* of a crash, with another mode perhaps */
	fd = open(temp, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
	if (fd >= 0 && write(fd, content.data, content.len) == (ssize_t)content.len &&
	    fsync(fd) == 0)
		rc = rename(temp, path);
	if (fd >= 0)
		close(fd);
	if (rc != 0 || folder_sync(dir) != 0) {
		log_error("secret_write", "path=%s error=\"%s\"", path, strerror(errno));
		return -1;
	}
	return 0;
}

/* False: logged. */
static bool is_private(int fd, const char *path)
{
	struct stat st;

	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && (st.st_mode & 077) == 0 &&
	    st.st_uid == geteuid())
		return true;
	log_error("secret_open_to_others",
		  "path=%s mode=%o owner=%u error=\"must be a file of mode 0600 that belongs to "
		  "uid %u\"",
		  path, st.st_mode & 07777u, (unsigned)st.st_uid, (unsigned)geteuid());
	return false;
}

/* Bytes read; -2: not there; -1: logged. */
static ssize_t read_whole(const char *path, bool from_supervisor, uint8_t *content_r, size_t room)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | (from_supervisor ? 0 : O_NOFOLLOW));
	ssize_t got;

	if (fd < 0 && errno == ENOENT)
		return -2;
	if (fd < 0) {
		log_error("secret_read", "path=%s error=\"%s\"", path, strerror(errno));
		return -1;
	}
	if (!from_supervisor && !is_private(fd, path)) {
		close(fd);
		return -1;
	}
	got = read(fd, content_r, room);
	if (got < 0)
		log_error("secret_read", "path=%s error=\"%s\"", path, strerror(errno));
	close(fd);
	return got;
}

/* ---- the master key ---- */

static int open_master(struct vault *v, const char *keys_dir)
{
	const char *credentials = getenv("CREDENTIALS_DIRECTORY");
	char path[PATH_LEN];
	ssize_t got = -2;

	if (credentials != NULL) {
		snprintf(path, sizeof path, "%s/issuance.master", credentials);
		got = read_whole(path, true, v->master, sizeof v->master);
	}
	if (got == -2) {
		snprintf(path, sizeof path, "%s/issuance.master", keys_dir);
		got = read_whole(path, false, v->master, sizeof v->master);
	}
	if (got == sizeof v->master)
		return 0;
	if (got >= 0)
		log_error("secret_read", "path=%s error=\"too short\"", path);
	if (got != -2)
		return -1;
	randombytes_buf(v->master, sizeof v->master);
	return write_whole(keys_dir, path, BYTES_OF(v->master));
}

struct vault *vault_open(const char *keys_dir)
{
	struct vault *v = sodium_malloc(sizeof *v); /* locked; wiped when freed */

	ENSURE(v != NULL);
	snprintf(v->dir, sizeof v->dir, "%s/issuers", keys_dir);
	if ((mkdir(v->dir, 0700) != 0 && errno != EEXIST) || open_master(v, keys_dir) != 0) {
		log_error("vault_open", "dir=%s", v->dir);
		vault_close(&v);
	}
	return v;
}

void vault_close(struct vault **v)
{
	sodium_free(*v);
	*v = NULL;
}

/* ---- secrets ---- */

static void path_of(const struct vault *v, const char *name, char path_r[PATH_LEN])
{
	snprintf(path_r, PATH_LEN, "%s/%s", v->dir, name);
}

int vault_write(const struct vault *v, const char *name, struct bytes secret)
{
	uint8_t box[VAULT_SECRET_MAX + BOX_EXTRA];
	char path[PATH_LEN];

	ENSURE(secret.len <= VAULT_SECRET_MAX);
	path_of(v, name, path);
	randombytes_buf(box, crypto_secretbox_NONCEBYTES);
	crypto_secretbox_easy(box + crypto_secretbox_NONCEBYTES, secret.data, secret.len, box,
			      v->master);
	return write_whole(v->dir, path, (struct bytes){box, secret.len + BOX_EXTRA});
}

ssize_t vault_read(const struct vault *v, const char *name, uint8_t secret_r[VAULT_SECRET_MAX])
{
	uint8_t box[VAULT_SECRET_MAX + BOX_EXTRA];
	char path[PATH_LEN];
	ssize_t got;

	path_of(v, name, path);
	got = read_whole(path, false, box, sizeof box);
	if (got == -2)
		log_error("secret_read", "path=%s error=\"%s\"", path, strerror(ENOENT));
	if (got < 0)
		return -1;
	if (got < (ssize_t)BOX_EXTRA ||
	    crypto_secretbox_open_easy(secret_r, box + crypto_secretbox_NONCEBYTES,
				       (size_t)got - crypto_secretbox_NONCEBYTES, box,
				       v->master) != 0) {
		log_error("secret_read",
			  "path=%s error=\"not sealed under this master key\" "
			  "remedy=\"bring the issuance.master that was kept apart\"",
			  path);
		return -1;
	}
	return got - (ssize_t)BOX_EXTRA;
}

bool vault_has(const struct vault *v, const char *name)
{
	char path[PATH_LEN];

	path_of(v, name, path);
	return access(path, F_OK) == 0;
}

int vault_each(const struct vault *v, vault_name_fn *fn, void *ctx)
{
	DIR *dir = opendir(v->dir);
	int rc = 0;

	if (dir == NULL) {
		log_error("vault_read", "dir=%s error=\"%s\"", v->dir, strerror(errno));
		return -1;
	}
	for (const struct dirent *entry; rc == 0 && (entry = readdir(dir)) != NULL;)
		rc = fn(ctx, entry->d_name);
	closedir(dir);
	return rc;
}
