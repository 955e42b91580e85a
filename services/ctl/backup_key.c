/* The operator's pair of keys, and boxes sealed to it. */
#include "services/ctl/backup.h"
#include "services/ctl/files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PUBLIC_TEXT "cairn-backup-public "
#define SECRET_TEXT "cairn-backup-secret "
#define KEY_HEX (2 * crypto_box_PUBLICKEYBYTES)

/* ---- the pair ---- */

static bool write_key(struct ctl *c, const char *path, const char *what, const uint8_t *key,
		      mode_t mode)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
	char hex[KEY_HEX + 1], line[120];
	int len;
	bool ok;

	hex_of_bytes((struct bytes){key, crypto_box_PUBLICKEYBYTES}, hex);
	len = snprintf(line, sizeof line, "%s%s\n", what, hex);
	ok = fd >= 0 && write(fd, line, (size_t)len) == len && fsync(fd) == 0;
	if (!ok)
		ctl_fault(c, CTL_LOCAL, "%s: %s", path, strerror(errno));
	if (fd >= 0)
		close(fd);
	sodium_memzero(hex, sizeof hex);
	sodium_memzero(line, sizeof line);
	return ok;
}

int make_backup_key(struct ctl *c)
{
	const char *to = given(c, "to");
	const char *public_path = arena_printf(c->arena, "%s.public", to);
	const char *secret_path = arena_printf(c->arena, "%s.secret", to);
	struct backup_key key;

	ENSURE(crypto_box_keypair(key.public_key, key.secret_key) == 0);
	if (write_key(c, secret_path, SECRET_TEXT, key.secret_key, 0600) &&
	    write_key(c, public_path, PUBLIC_TEXT, key.public_key, 0644)) {
		tell_text(c, "public", public_path);
		tell_text(c, "secret", secret_path);
		say(c,
		    "%s goes to the machine that makes backups\n%s opens them: keep it elsewhere, "
		    "and twice\n",
		    public_path, secret_path);
	}
	sodium_memzero(&key, sizeof key);
	return ctl_exit_code(c);
}

static bool read_key(struct ctl *c, const char *path, const char *what, uint8_t *key_r)
{
	struct bytes text;
	char line[200];
	size_t at = strlen(what);
	bool ok;

	if (!file_read(c, path, sizeof line - 1, &text))
		return false;
	memcpy(line, text.data, text.len);
	line[text.len] = '\0';
	line[strcspn(line, "\r\n")] = '\0';
	ok = strncmp(line, what, at) == 0 && strlen(line) == at + KEY_HEX &&
	     bytes_of_hex(line + at, key_r, crypto_box_PUBLICKEYBYTES);
	sodium_memzero(line, sizeof line);
	if (!ok)
		ctl_fault(c, CTL_LOCAL,
			  "%s: one line \"%sHEX\" is expected; cairnctl keys backup-key makes it",
			  path, what);
	return ok;
}

bool backup_public(struct ctl *c, const char *path, struct backup_key *key_r)
{
	return read_key(c, path, PUBLIC_TEXT, key_r->public_key);
}

bool backup_secret(struct ctl *c, const char *path, struct backup_key *key_r)
{
	if (!read_key(c, path, SECRET_TEXT, key_r->secret_key))
		return false;
	return crypto_scalarmult_base(key_r->public_key, key_r->secret_key) == 0;
}

/* ---- sealed files ---- */

void secret_free(struct secret_file *f)
{
	if (f->data != NULL)
		sodium_memzero(f->data, f->len);
	free(f->data);
	f->data = NULL;
}

bool secret_read(struct ctl *c, const char *path, struct secret_file *f)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	ssize_t n = -1;

	*f = (struct secret_file){NULL, 0};
	if (fd >= 0 && fstat(fd, &st) == 0 && (size_t)st.st_size <= SEALED_MAX) {
		f->len = (size_t)st.st_size;
		f->data = malloc(MAX(f->len, (size_t)1));
		ENSURE(f->data != NULL);
		n = read(fd, f->data, f->len);
	}
	if (fd >= 0)
		close(fd);
	if (f->data != NULL && n == (ssize_t)f->len)
		return true;
	ctl_fault(c, CTL_LOCAL, "%s: cannot be read: %s", path, strerror(errno));
	secret_free(f);
	return false;
}

bool seal_file(struct ctl *c, const char *from, const char *to, const struct backup_key *key)
{
	struct secret_file clear;
	uint8_t *box;
	bool ok;

	if (!secret_read(c, from, &clear))
		return false;
	box = malloc(clear.len + crypto_box_SEALBYTES);
	ENSURE(box != NULL);
	ENSURE(crypto_box_seal(box, clear.data, clear.len, key->public_key) == 0);
	ok = file_write(c, to, (struct bytes){box, clear.len + crypto_box_SEALBYTES});
	secret_free(&clear);
	free(box);
	return ok;
}

bool open_sealed(struct ctl *c, const char *from, const char *to, const struct backup_key *key)
{
	struct secret_file box, clear = {NULL, 0};
	bool ok;

	if (!secret_read(c, from, &box))
		return false;
	if (box.len >= crypto_box_SEALBYTES) {
		clear.len = box.len - crypto_box_SEALBYTES;
		clear.data = malloc(MAX(clear.len, (size_t)1));
		ENSURE(clear.data != NULL);
	}
	ok = clear.data != NULL && crypto_box_seal_open(clear.data, box.data, box.len,
							key->public_key, key->secret_key) == 0;
	if (!ok)
		ctl_fault(c, CTL_DIFFERS, "%s: not sealed to this secret key, or damaged", from);
	ok = ok && file_write(c, to, (struct bytes){clear.data, clear.len});
	secret_free(&clear);
	secret_free(&box);
	return ok;
}
