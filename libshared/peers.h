/*
 * Who may connect, and what each may do: the peers file.
 *
 *	# name       public key (Z85, 40 characters)            roles
 *	gateway      (its 40 characters)                      roles=portal,asserts,names
 *	tncompass    (its 40 characters)                      roles=licensure scope=TN
 *
 * A name may stand on two lines with two keys while one replaces the other; then roles and scope
 * are the same on both. A line without roles names a peer that may connect and nothing else: a
 * server whose public key we need. Names are 1 to 31 of a-z, 0-9, - and _.
 *
 * The table does not change. On SIGHUP a daemon loads a new one and asks that: the roles of a peer
 * are looked up for every message, so a removed line is obeyed at once, whatever connections are
 * open.
 */
#ifndef CAIRN_PEERS_H
#define CAIRN_PEERS_H

#include "libshared/keys.h"

#define PEER_NAME_MAX 31
#define PEER_SCOPE_MAX 31

struct peer {
	char name[PEER_NAME_MAX + 1]; /* also the User-Id of its connections */
	char scope[PEER_SCOPE_MAX + 1];
	uint8_t key[KEY_LEN];
	uint32_t roles;     /* service.h */
	uint64_t principal; /* principal_of_name() */
};

struct peers;

/* NULL: logged, with the line. */
struct peers *peers_load(const char *path);
/* A table that knows nobody. */
struct peers *peers_none(void);
void peers_destroy(struct peers **p);
size_t peers_count(const struct peers *p);

/* NULL: not known. Borrowed until the table is destroyed. */
const struct peer *peer_by_name(const struct peers *p, const char *name);
const struct peer *peer_by_key(const struct peers *p, const uint8_t key[KEY_LEN]);

/* The number of a peer in records: first 8 bytes (little-endian) of BLAKE2b-256 of its name. */
uint64_t principal_of_name(const char *name);
/* "portal,asserts" to bits; false: a word that is not a role. */
bool roles_of_text(const char *text, uint32_t *roles_r) MUST_CHECK;

/* Appends a line to the file, made 0600 if needed. 0, or -1: logged. */
int peers_add(const char *path, const char *name, const struct key_text *key, const char *roles,
	      const char *scope) MUST_CHECK;

#endif
