/*
 * Backups of an installation: taken hot, put back elsewhere.
 *
 * A backup is a directory:
 *
 *	manifest.json             what it is: services, positions, every file with its SHA-256;
 *				  written last, so that half a backup is none
 *	SERVICE/db/data.mdb       the databases, all as of one moment (snapshot.h)
 *	SERVICE/blobs/... drafts/...
 *	SERVICE/keyring.sealed    keys of persons, encrypted to the operator's public key
 *	SERVICE/erased            the persons whose keys were destroyed, one id a line
 *	keys/SERVICE.noise.sealed what look-ups are hashed with, encrypted the same way
 *	keys/issuers/...          issuers' signing keys, encrypted under DIR/keys/issuance.master,
 *				  which is not in a backup
 *
 * Sealed files are libsodium's sealed boxes: the key that opens them is not on the machine that
 * makes them.
 */
#ifndef CAIRN_CTL_BACKUP_H
#define CAIRN_CTL_BACKUP_H

#include "services/ctl/ctl.h"

#include <sodium.h>

#define BACKUP_FORMAT 1
#define SEALED_MAX ((size_t)1 << 30)

/* keys backup-key, keys erased (backup_key.c) */
int make_backup_key(struct ctl *c);
int list_erased(struct ctl *c);

struct backup_key {
	uint8_t public_key[crypto_box_PUBLICKEYBYTES];
	uint8_t secret_key[crypto_box_SECRETKEYBYTES];
};
/* False: a fault. */
bool backup_public(struct ctl *c, const char *path, struct backup_key *key_r);
bool backup_secret(struct ctl *c, const char *path, struct backup_key *key_r);
/* The file from, encrypted, as to. */
bool seal_file(struct ctl *c, const char *from, const char *to, const struct backup_key *key);
/* And back, with mode 0600. */
bool open_sealed(struct ctl *c, const char *from, const char *to, const struct backup_key *key);
/* A file that holds secrets, in memory that secret_free() clears. False: a fault. */
struct secret_file {
	uint8_t *data;
	size_t len;
};
bool secret_read(struct ctl *c, const char *path, struct secret_file *f);
void secret_free(struct secret_file *f);

/* "ID\n" of every person whose key was destroyed in the keyring at path; empty when it has none. */
struct bytes erased_in(struct ctl *c, const char *path);
/* Destroys the keys of all who stand in a list like that; counts them in n. */
struct keyring;
bool erase_list(struct ctl *c, struct keyring *keyring, const char *path, unsigned *n);

#endif
