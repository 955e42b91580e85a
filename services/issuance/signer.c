/* Issuers' signing keys: files, memory, signatures; and the badge templates. */
#include "services/issuance/signer.h"
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

#define TEMPLATES 256
#define BOX_LEN (crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES + ED25519_SEED_LEN)

struct signing_key {
	struct id issuer;
	char public[MULTIBASE_TEXT_LEN];
	uint8_t secret[crypto_sign_SECRETKEYBYTES];
};

struct template_slot {
	struct id achievement;
	uint32_t issuer_version;
	struct badge_template *template;
};

struct signer {
	char dir[300];
	uint8_t master[crypto_secretbox_KEYBYTES];
	bool seeded;
	uint8_t seed[32];
	struct signing_key *keys; /* sodium_malloc'ed: locked, wiped when freed */
	size_t n_keys, room;
	struct template_slot templates[TEMPLATES];
};

/* ---- files ---- */

/* Whole or not at all: a temporary file, synced, then renamed. */
static int write_secret_file(const char *dir, const char *path, struct bytes content)
{
	char temp[400];
	int fd, rc = -1;

	snprintf(temp, sizeof temp, "%s.new", path);
	fd = open(temp, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
	if (fd >= 0 && write(fd, content.data, content.len) == (ssize_t)content.len &&
	    fsync(fd) == 0)
		rc = rename(temp, path);
	if (fd >= 0)
		close(fd);
	if (rc != 0 || folder_sync(dir) != 0) {
		log_error("signer_write", "path=%s error=\"%s\"", path, strerror(errno));
		return -1;
	}
	return 0;
}

/* 0 read, 1 not there, -1 logged. */
static int read_secret_file(const char *path, uint8_t *content_r, size_t len)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t got;

	if (fd < 0 && errno == ENOENT)
		return 1;
	got = fd >= 0 ? read(fd, content_r, len) : -1;
	if (fd >= 0)
		close(fd);
	if (got == (ssize_t)len)
		return 0;
	log_error("signer_read", "path=%s error=\"%s\"", path,
		  got < 0 ? strerror(errno) : "too short");
	return -1;
}

static int open_master(struct signer *s, const char *keys_dir)
{
	const char *credentials = getenv("CREDENTIALS_DIRECTORY");
	char path[400];
	int rc = 1;

	if (credentials != NULL) {
		snprintf(path, sizeof path, "%s/issuance.master", credentials);
		rc = read_secret_file(path, s->master, sizeof s->master);
	}
	if (rc == 1) {
		snprintf(path, sizeof path, "%s/issuance.master", keys_dir);
		rc = read_secret_file(path, s->master, sizeof s->master);
	}
	if (rc != 1)
		return rc;
	randombytes_buf(s->master, sizeof s->master);
	return write_secret_file(keys_dir, path, BYTES_OF(s->master));
}

static void key_path(const struct signer *s, struct bytes issuer, char path_r[400])
{
	snprintf(path_r, 400, "%s/%s.key", s->dir, ID_STR(issuer));
}

/* ---- keys ---- */

static void add_key(struct signer *s, struct bytes issuer, const uint8_t seed[ED25519_SEED_LEN])
{
	struct signing_key *key;
	uint8_t public[ED25519_PUBLIC_LEN];

	if (s->n_keys == s->room) {
		size_t room = MAX(2 * s->room, (size_t)8);
		struct signing_key *keys = sodium_allocarray(room, sizeof *keys);

		ENSURE(keys != NULL);
		if (s->n_keys > 0)
			memcpy(keys, s->keys, s->n_keys * sizeof *keys);
		sodium_free(s->keys);
		s->keys = keys;
		s->room = room;
	}
	key = &s->keys[s->n_keys++];
	key->issuer = id_of_bytes(issuer);
	crypto_sign_seed_keypair(public, key->secret, seed);
	multikey_text(public, key->public);
}

static int load_key(struct signer *s, struct bytes issuer)
{
	uint8_t box[BOX_LEN], seed[ED25519_SEED_LEN];
	char path[400];
	int rc;

	key_path(s, issuer, path);
	rc = read_secret_file(path, box, sizeof box);
	if (rc != 0)
		return rc;
	if (crypto_secretbox_open_easy(seed, box + crypto_secretbox_NONCEBYTES,
				       sizeof box - crypto_secretbox_NONCEBYTES, box,
				       s->master) != 0) {
		log_error("signer_key", "path=%s error=\"not sealed under this master key\"", path);
		return -1;
	}
	add_key(s, issuer, seed);
	sodium_memzero(seed, sizeof seed);
	return 0;
}

static int make_key(struct signer *s, struct bytes issuer)
{
	uint8_t box[BOX_LEN], seed[ED25519_SEED_LEN];
	char path[400];
	int rc;

	randombytes_buf(seed, sizeof seed);
	randombytes_buf(box, crypto_secretbox_NONCEBYTES);
	crypto_secretbox_easy(box + crypto_secretbox_NONCEBYTES, seed, sizeof seed, box, s->master);
	key_path(s, issuer, path);
	rc = write_secret_file(s->dir, path, BYTES_OF(box));
	if (rc == 0)
		add_key(s, issuer, seed);
	sodium_memzero(seed, sizeof seed);
	return rc;
}

static const struct signing_key *key_of(const struct signer *s, struct bytes issuer)
{
	for (size_t i = 0; i < s->n_keys; i++)
		if (bytes_equal(bytes_of_id(&s->keys[i].issuer), issuer))
			return &s->keys[i];
	return NULL;
}

int signer_ensure(struct signer *s, struct bytes issuer)
{
	uint8_t seed[ED25519_SEED_LEN];
	int rc;

	if (key_of(s, issuer) != NULL)
		return 0;
	if (s->seeded) {
		crypto_generichash(seed, sizeof seed, issuer.data, issuer.len, s->seed,
				   sizeof s->seed);
		add_key(s, issuer, seed);
		return 0;
	}
	rc = load_key(s, issuer);
	return rc == 1 ? make_key(s, issuer) : rc;
}

bool signer_public(const struct signer *s, struct bytes issuer, char key_r[MULTIBASE_TEXT_LEN])
{
	const struct signing_key *key = key_of(s, issuer);

	if (key == NULL)
		return false;
	memcpy(key_r, key->public, MULTIBASE_TEXT_LEN);
	return true;
}

int signer_sign(void *ctx, const char *key, struct bytes message,
		uint8_t signature_r[ED25519_SIGNATURE_LEN])
{
	const struct signer *s = ctx;

	for (size_t i = 0; i < s->n_keys; i++)
		if (strcmp(s->keys[i].public, key) == 0)
			return crypto_sign_detached(signature_r, NULL, message.data, message.len,
						    s->keys[i].secret);
	return -1;
}

/* ---- opening ---- */

/* Every ISSUER.key of the folder. */
static int load_keys(struct signer *s)
{
	DIR *dir = opendir(s->dir);
	int rc = dir != NULL ? 0 : -1;

	for (const struct dirent *entry; rc == 0 && (entry = readdir(dir)) != NULL;) {
		char name[ID_TEXT_LEN + 1];
		struct id issuer;

		if (strlen(entry->d_name) != ID_TEXT_LEN + 4 ||
		    strcmp(entry->d_name + ID_TEXT_LEN, ".key") != 0)
			continue;
		memcpy(name, entry->d_name, ID_TEXT_LEN);
		name[ID_TEXT_LEN] = '\0';
		if (id_of_text(name, &issuer))
			rc = load_key(s, bytes_of_id(&issuer));
	}
	if (dir != NULL)
		closedir(dir);
	return rc;
}

struct signer *signer_open(const char *keys_dir, const uint8_t seed[32])
{
	struct signer *s = calloc(1, sizeof *s);

	ENSURE(s != NULL);
	sodium_mlock(s->master, sizeof s->master);
	snprintf(s->dir, sizeof s->dir, "%s/issuers", keys_dir);
	if (seed != NULL) {
		s->seeded = true;
		memcpy(s->seed, seed, sizeof s->seed);
		return s;
	}
	if ((mkdir(s->dir, 0700) != 0 && errno != EEXIST) || open_master(s, keys_dir) != 0 ||
	    load_keys(s) != 0) {
		log_error("signer_open", "dir=%s", s->dir);
		signer_close(&s);
		return NULL;
	}
	return s;
}

void signer_close(struct signer **signer)
{
	struct signer *s = *signer;

	if (s == NULL)
		return;
	for (size_t i = 0; i < TEMPLATES; i++)
		badge_template_destroy(&s->templates[i].template);
	sodium_free(s->keys);
	sodium_munlock(s->master, sizeof s->master);
	free(s);
	*signer = NULL;
}

/* ---- templates ---- */

static size_t slot_of(const struct id *achievement)
{
	return get_u32_le(achievement->b + 12) % TEMPLATES;
}

const struct badge_template *signer_template(const struct signer *s, const struct id *achievement,
					     uint32_t issuer_version)
{
	const struct template_slot *slot = &s->templates[slot_of(achievement)];

	return id_equal(&slot->achievement, achievement) && slot->issuer_version == issuer_version
		       ? slot->template
		       : NULL;
}

void signer_keep_template(struct signer *s, const struct id *achievement, uint32_t issuer_version,
			  struct badge_template *template)
{
	struct template_slot *slot = &s->templates[slot_of(achievement)];

	badge_template_destroy(&slot->template);
	*slot = (struct template_slot){*achievement, issuer_version, template};
}
