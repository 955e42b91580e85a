/*
 * Looks for issuers' secrets where none may be.
 *
 *	find_secrets KEYS TREE ...       KEYS: a keys directory. 1: one was found, told by its file
 *	find_secrets KEYS --prove DIR    writes every form of every secret to DIR; each must be
 *found
 *
 * A secret is the master key and each key under it. It is looked for raw, in hex, in base64 of
 * either alphabet at every alignment, and in base58 by itself and as a Multikey. The file of the
 * master key itself is passed over.
 */
#include "services/issuance/documents/multibase.h"
#include "services/issuance/vault.h"

#include <fcntl.h>
#include <ftw.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define FORMS_MAX 512
#define FORM_LEN (2 * VAULT_SECRET_MAX + 8)

struct form {
	char what[24];
	size_t len;
	uint8_t bytes[FORM_LEN];
};

static struct form forms[FORMS_MAX];
static size_t n_forms, n_found, n_files;

static void add_form(const char *what, const void *bytes, size_t len)
{
	struct form *f = &forms[n_forms++];

	ENSURE(n_forms <= FORMS_MAX && len <= FORM_LEN && len > 0);
	snprintf(f->what, sizeof f->what, "%s", what);
	memcpy(f->bytes, bytes, len);
	f->len = len;
}

static void add_base64(struct bytes secret, int variant)
{
	uint8_t shifted[VAULT_SECRET_MAX + 2];
	char text[FORM_LEN];

	for (size_t shift = 0; shift < 3; shift++) {
		size_t first = (shift * 8 + 5) / 6, end = (shift + secret.len) * 8 / 6;

		memset(shifted, 0, shift);
		memcpy(shifted + shift, secret.data, secret.len);
		sodium_bin2base64(text, sizeof text, shifted, shift + secret.len, variant);
		add_form("base64", text + first, end - first);
	}
}

static void add_secret(struct bytes secret)
{
	static const uint8_t multikey[] = {0x80, 0x26};
	uint8_t prefixed[2 + ED25519_SEED_LEN];
	char text[FORM_LEN];

	add_form("raw", secret.data, secret.len);
	sodium_bin2hex(text, sizeof text, secret.data, secret.len);
	add_form("hex", text, strlen(text));
	for (char *c = text; *c != '\0'; c++)
		*c = *c >= 'a' ? (char)(*c - 'a' + 'A') : *c;
	add_form("hex", text, strlen(text));
	add_base64(secret, sodium_base64_VARIANT_ORIGINAL_NO_PADDING);
	add_base64(secret, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	if (secret.len != ED25519_SEED_LEN)
		return;
	multibase_text(secret, text);
	add_form("base58", text + 1, strlen(text) - 1);
	memcpy(prefixed, multikey, 2);
	memcpy(prefixed + 2, secret.data, ED25519_SEED_LEN);
	multibase_text(BYTES_OF(prefixed), text);
	add_form("multikey", text, strlen(text));
}

static int add_key(void *ctx, const char *name)
{
	uint8_t secret[VAULT_SECRET_MAX];
	ssize_t len;

	if (strstr(name, ".key") == NULL)
		return 0;
	len = vault_read(ctx, name, secret);
	if (len > 0)
		add_secret((struct bytes){secret, (size_t)len});
	return len > 0 ? 0 : -1;
}

static void add_master(const char *keys)
{
	uint8_t master[32];
	char path[500];
	FILE *f;

	snprintf(path, sizeof path, "%s/issuance.master", keys);
	f = fopen(path, "re");
	ENSURE(f != NULL && fread(master, sizeof master, 1, f) == 1 && fclose(f) == 0);
	add_secret(BYTES_OF(master));
}

static int look_into(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
	void *bytes;
	int fd;

	(void)ftw;
	if (flag != FTW_F || !S_ISREG(st->st_mode) || st->st_size == 0 ||
	    strcmp(path + ftw->base, "issuance.master") == 0)
		return 0;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	ENSURE(fd >= 0);
	bytes = mmap(NULL, (size_t)st->st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	ENSURE(bytes != MAP_FAILED);
	n_files++;
	for (size_t i = 0; i < n_forms; i++)
		if (memmem(bytes, (size_t)st->st_size, forms[i].bytes, forms[i].len) != NULL) {
			printf("%s: a secret, %s\n", path, forms[i].what);
			n_found++;
		}
	munmap(bytes, (size_t)st->st_size);
	close(fd);
	return 0;
}

/* Each in a file of its own, amid other bytes. */
static bool each_is_found(const char *dir)
{
	char path[500];

	for (size_t i = 0; i < n_forms; i++) {
		FILE *f;

		snprintf(path, sizeof path, "%s/%zu", dir, i);
		f = fopen(path, "we");
		ENSURE(f != NULL && fputs("amid ", f) >= 0 &&
		       fwrite(forms[i].bytes, forms[i].len, 1, f) == 1 && fputs(" text", f) >= 0 &&
		       fclose(f) == 0);
		n_found = 0;
		ENSURE(nftw(path, look_into, 8, FTW_PHYS) == 0);
		ENSURE(unlink(path) == 0);
		if (n_found == 0)
			return false;
	}
	return true;
}

int main(int argc, char **argv)
{
	struct vault *vault;

	ENSURE(sodium_init() >= 0 && argc > 2);
	vault = vault_open(argv[1]);
	ENSURE(vault != NULL);
	add_master(argv[1]);
	ENSURE(vault_each(vault, add_key, vault) == 0);
	vault_close(&vault);
	if (strcmp(argv[2], "--prove") == 0) {
		ENSURE(argc == 4);
		return each_is_found(argv[3]) ? EXIT_SUCCESS : EXIT_FAILURE;
	}
	for (int i = 2; i < argc; i++)
		ENSURE(nftw(argv[i], look_into, 16, FTW_PHYS) == 0);
	printf("%zu forms looked for in %zu files, %zu found\n", n_forms, n_files, n_found);
	return n_found == 0 && n_files > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
