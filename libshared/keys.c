/* Key files: read, made, kept to their owner, and forgotten. */
#include "libshared/keys.h"

#include "libshared/folder.h"
#include "libshared/log.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zmq.h>

#define SECRET_MAX 128 /* of any file read here */

bool key_of_text(const char *text, uint8_t key_r[KEY_LEN])
{
	/* zmq_z85_decode() reads characters outside the alphabet as anything: only what
	 * encodes back to the same text is a key. */
	uint8_t key[KEY_LEN];

	if (strlen(text) != KEY_TEXT_LEN)
		return false;
	for (const char *c = text; *c != '\0'; c++)
		if (*c < 0x21 || *c > 0x7e)
			return false;
	if (zmq_z85_decode(key, text) == NULL)
		return false;
	if (strcmp(text_of_key(key).s, text) != 0)
		return false;
	memcpy(key_r, key, KEY_LEN);
	return true;
}

struct key_text text_of_key(const uint8_t key[KEY_LEN])
{
	struct key_text text;

	ENSURE(zmq_z85_encode(text.s, key, KEY_LEN) != NULL);
	return text;
}

void keys_random(struct curve_keys *keys_r)
{
	ENSURE(zmq_curve_keypair(keys_r->public_key.s, keys_r->secret_key.s) == 0);
}

void keys_forget(struct curve_keys *keys)
{
	sodium_munlock(keys, sizeof *keys); /* clears first */
}

/* False: logged. What systemd hands over is not asked: it shows an access list as group rights. */
static bool is_private(int fd, const char *path)
{
	struct stat st;

	if (fstat(fd, &st) == 0 && (st.st_mode & 077) == 0)
		return true;
	log_error("key_open_to_others", "file=%s expected=\"mode 600\"", path);
	return false;
}

/* A secret of the unit's credentials, or of dir. -1: logged; -2: there is no such file. */
static int open_secret(const char *dir, const char *file)
{
	const char *credentials = getenv("CREDENTIALS_DIRECTORY");
	char path[PATH_MAX];
	int fd = -1;

	if (credentials != NULL) {
		snprintf(path, sizeof path, "%s/%s", credentials, file);
		fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd >= 0)
			return fd;
	}
	snprintf(path, sizeof path, "%s/%s", dir, file);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0 && errno == ENOENT)
		return -2;
	if (fd < 0)
		log_error("key_unreadable", "file=%s error=\"%s\"", path, strerror(errno));
	if (fd < 0 || is_private(fd, path))
		return fd;
	close(fd);
	return -1;
}

/* Bytes of the secret, or -1: logged, or -2: there is no such file. */
static ssize_t read_secret(const char *dir, const char *file, uint8_t *secret_r, size_t size)
{
	int fd = open_secret(dir, file);
	ssize_t n;

	if (fd < 0)
		return fd;
	n = read(fd, secret_r, size);
	if (n < 0)
		log_error("key_unreadable", "file=%s error=\"%s\"", file, strerror(errno));
	close(fd);
	return n < 0 ? -1 : n;
}

/* 0; 1: somebody else has made it meanwhile; -1: logged. */
static int write_secret(const char *dir, const char *file, const uint8_t *secret, size_t len)
{
	char path[PATH_MAX];
	int fd;
	bool ok;

	if (mkdir(dir, 0700) != 0 && errno != EEXIST) {
		log_error("key_directory_not_made", "dir=%s error=\"%s\"", dir, strerror(errno));
		return -1;
	}
	snprintf(path, sizeof path, "%s/%s", dir, file);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0 && errno == EEXIST)
		return 1;
	ok = fd >= 0 && write(fd, secret, len) == (ssize_t)len && fsync(fd) == 0 &&
	     folder_sync(dir) == 0;
	if (!ok)
		log_error("key_not_written", "file=%s error=\"%s\"", path, strerror(errno));
	if (!ok && fd >= 0)
		unlink(path);
	if (fd >= 0)
		close(fd);
	return ok ? 0 : -1;
}

static const char *file_of(const char *name, char file_r[NAME_MAX])
{
	snprintf(file_r, NAME_MAX, "%s.key", name);
	return file_r;
}

/* The pair whose secret key stands in text. */
static int pair_of_text(uint8_t *text, size_t len, struct curve_keys *keys_r)
{
	uint8_t secret[KEY_LEN];
	bool ok;

	while (len > 0 && (text[len - 1] == '\n' || text[len - 1] == '\r'))
		len--;
	text[len] = '\0';
	ok = key_of_text((const char *)text, secret);
	sodium_memzero(secret, sizeof secret);
	if (!ok)
		return -1;
	memcpy(keys_r->secret_key.s, text, KEY_TEXT_LEN + 1);
	return zmq_curve_public(keys_r->public_key.s, keys_r->secret_key.s);
}

int keys_load(const char *dir, const char *name, struct curve_keys *keys_r)
{
	char file[NAME_MAX];
	uint8_t text[SECRET_MAX + 1];
	ssize_t n = read_secret(dir, file_of(name, file), text, SECRET_MAX);
	int rc = -1;

	if (n == -2) {
		log_error("key_missing", "file=%s/%s", dir, file);
	} else if (n >= 0) {
		if (sodium_mlock(keys_r, sizeof *keys_r) != 0)
			log_warn("key_not_locked", "file=%s error=\"%s\"", file, strerror(errno));
		rc = pair_of_text(text, (size_t)n, keys_r);
		if (rc != 0)
			log_error("key_damaged", "file=%s/%s expected=\"40 characters of Z85\"",
				  dir, file);
	}
	sodium_memzero(text, sizeof text);
	return rc;
}

int keys_make(const char *dir, const char *name, struct key_text *public_r)
{
	char file[NAME_MAX];
	struct curve_keys keys;
	char line[KEY_TEXT_LEN + 2];
	int rc;

	keys_random(&keys);
	snprintf(line, sizeof line, "%s\n", keys.secret_key.s);
	rc = write_secret(dir, file_of(name, file), (const uint8_t *)line, strlen(line));
	sodium_memzero(line, sizeof line);
	if (rc == 1)
		rc = keys_load(dir, name, &keys);
	*public_r = keys.public_key;
	keys_forget(&keys);
	return rc;
}

int keys_noise(const char *dir, const char *file, uint8_t *noise_r, size_t len)
{
	ssize_t n = read_secret(dir, file, noise_r, len);
	int rc;

	if (n == -2) {
		randombytes_buf(noise_r, len);
		rc = write_secret(dir, file, noise_r, len);
		if (rc != 1)
			return rc;
		n = read_secret(dir, file, noise_r, len);
	}
	if (n >= 0 && (size_t)n != len)
		log_error("key_damaged", "file=%s/%s expected=\"%zu bytes\"", dir, file, len);
	return n >= 0 && (size_t)n == len ? 0 : -1;
}
