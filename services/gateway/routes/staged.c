/* Rosters that wait to be applied, sealed. */
#include "services/gateway/routes/staged.h"

#include "libshared/clock.h"
#include "libshared/log.h"
#include "services/gateway/web/web.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define KEEP_US US_PER_DAY
#define FILE_MAX ((size_t)64 << 20)
#define NONCE crypto_secretbox_NONCEBYTES
#define MAC crypto_secretbox_MACBYTES

_Static_assert(STAGED_KEY_TEXT == 2 * crypto_secretbox_KEYBYTES, "the key as hex");

static const char *folder(struct request *r)
{
	return arena_printf(r->arena, "%s/rosters", r->web->dir);
}

static const char *path_of(struct request *r, const struct id *id)
{
	return arena_printf(r->arena, "%s/%s", folder(r), ID_STR(bytes_of_id(id)));
}

static int write_file(const char *path, const uint8_t *data, size_t len)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	bool sound = fd >= 0;

	while (sound && len > 0) {
		ssize_t n = write(fd, data, len);

		sound = n > 0 || (n < 0 && errno == EINTR);
		if (n > 0) {
			data += n;
			len -= (size_t)n;
		}
	}
	if (!sound)
		log_error("roster_not_kept", "because=\"%s\"", strerror(errno));
	if (fd >= 0)
		close(fd);
	return sound ? 0 : -1;
}

int staged_put(struct request *r, const struct id *id, const json_t *roster,
	       char key_r[STAGED_KEY_TEXT + 1])
{
	char *text = json_dumps(roster, JSON_COMPACT);
	size_t len = text == NULL ? 0 : strlen(text);
	uint8_t key[crypto_secretbox_KEYBYTES], *sealed = malloc(NONCE + MAC + len);
	int rc;

	ENSURE(text != NULL && sealed != NULL);
	if (mkdir(folder(r), 0700) != 0 && errno != EEXIST)
		log_error("roster_not_kept", "because=\"%s\"", strerror(errno));
	crypto_secretbox_keygen(key);
	randombytes_buf(sealed, NONCE);
	crypto_secretbox_easy(sealed + NONCE, (const uint8_t *)text, len, sealed, key);
	rc = write_file(path_of(r, id), sealed, NONCE + MAC + len);
	sodium_bin2hex(key_r, STAGED_KEY_TEXT + 1, key, sizeof key);
	sodium_memzero(key, sizeof key);
	sodium_memzero(text, len);
	free(text);
	free(sealed);
	return rc;
}

/* Malloc'd; NULL: it is not there. */
static uint8_t *read_file(const char *path, size_t *len_r)
{
	FILE *file = fopen(path, "re");
	uint8_t *data = NULL;
	struct stat st;

	if (file == NULL)
		return NULL;
	if (fstat(fileno(file), &st) == 0 && st.st_size > 0 && (size_t)st.st_size <= FILE_MAX)
		data = malloc((size_t)st.st_size);
	if (data != NULL) {
		*len_r = (size_t)st.st_size;
		if (fread(data, 1, *len_r, file) != *len_r) {
			free(data);
			data = NULL;
		}
	}
	fclose(file);
	return data;
}

json_t *staged_get(struct request *r, const struct id *id, const char *key)
{
	uint8_t raw[crypto_secretbox_KEYBYTES], *sealed = NULL, *text = NULL;
	size_t len = 0, key_len = 0;
	json_t *roster = NULL;

	if (key == NULL || strlen(key) != STAGED_KEY_TEXT ||
	    sodium_hex2bin(raw, sizeof raw, key, STAGED_KEY_TEXT, NULL, &key_len, NULL) != 0 ||
	    key_len != sizeof raw)
		return NULL;
	sealed = read_file(path_of(r, id), &len);
	if (sealed != NULL && len > NONCE + MAC) {
		text = malloc(len);
		ENSURE(text != NULL);
		if (crypto_secretbox_open_easy(text, sealed + NONCE, len - NONCE, sealed, raw) == 0)
			roster = json_loadb((const char *)text, len - NONCE - MAC, 0, NULL);
		sodium_memzero(text, len);
	}
	free(text);
	free(sealed);
	sodium_memzero(raw, sizeof raw);
	return roster;
}

void staged_drop(struct request *r, const struct id *id)
{
	(void)unlink(path_of(r, id));
}

void staged_sweep(struct request *r)
{
	DIR *files = opendir(folder(r));

	if (files == NULL)
		return;
	for (struct dirent *file; (file = readdir(files)) != NULL;) {
		struct id id;

		if (id_of_text(file->d_name, &id) &&
		    id_time_us(bytes_of_id(&id)) < r->now_us - KEEP_US)
			staged_drop(r, &id);
	}
	closedir(files);
}
