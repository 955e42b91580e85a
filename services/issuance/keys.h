/*
 * Issuers' keys as the tables have them: which there are, in which state, since when and why.
 *
 * The secret halves are the signer's (signer.h).
 */
#ifndef CAIRN_ISSUANCE_KEYS_H
#define CAIRN_ISSUANCE_KEYS_H

#include "services/issuance/tables.h"

#define KEYS_MAX 256 /* of one issuer */

enum key_state { STATE_ACTIVE = 1, STATE_RETIRING, STATE_REVOKED };

struct key_row {
	uint64_t version;
	int64_t added_us, retired_us, revoked_us; /* 0: not */
	uint8_t added_by[ID_LEN], retired_by[ID_LEN], revoked_by[ID_LEN];
	uint32_t state;
	uint32_t kind; /* KeyKind */
};
_Static_assert(sizeof(struct key_row) == 88, "no padding");

struct issuer_key {
	const Issuance__KeyAdded *added;
	struct key_row row;
	const char *because; /* of its last change */
	uint16_t n;          /* its number among the issuer's, from 0 */
};

/* All of an issuer's, oldest first, in the arena; returns how many. */
unsigned issuer_keys(const struct view *v, struct bytes issuer, struct arena *arena,
		     struct issuer_key **keys_r);
/* The one of that name; false: the issuer has none. */
bool issuer_key_find(const struct view *v, struct bytes issuer, const char *name,
		     struct arena *arena, struct issuer_key *key_r);
/* The same, only its number and its row. */
bool issuer_key_row(const struct view *v, struct bytes issuer, const char *name, uint16_t *n_r,
		    struct key_row *row_r);
/* The one of that kind that signs now; NULL: none. issuer_key() of tables.h is the ED25519 one. */
const Issuance__KeyAdded *issuer_key_of(const struct view *v, struct bytes issuer,
					Issuance__KeyKind kind, struct arena *arena);
unsigned issuer_key_count(const struct view *v, struct bytes issuer);

/* A number of the issuer's that is not taken yet: the next. */
uint16_t issuer_key_next(const struct view *v, struct bytes issuer);
/* The row, and why it is as it is. A key that is active takes the place of the one before. */
void issuer_key_put(struct txn *t, struct bytes issuer, uint16_t n, const struct key_row *row,
		    const char *because);

/* ---- what a key signed ---- */

/* In tables, a key is known by the id of its name. */
struct id key_id(const char *name);
void signed_put(struct txn *t, const char *name, struct bytes credential);
void signed_drop(struct txn *t, const char *name, struct bytes credential);
uint64_t signed_count(const struct view *v, const char *name);

/* ---- signing that again ---- */

enum reissue_state { REISSUE_RUNNING = 1, REISSUE_PAUSED, REISSUE_FINISHED };

struct reissue {
	uint64_t version;
	int64_t started_us, changed_us;
	uint64_t total, done, skipped; /* total: when it was started */
	uint8_t issuer[ID_LEN], started_by[ID_LEN];
	uint8_t cursor[ID_LEN]; /* the last credential looked at; zeros: none yet */
	uint32_t state;
	uint32_t n; /* number of the key among the issuer's */
};
_Static_assert(sizeof(struct reissue) == 104, "no padding");

bool reissue_get(const struct view *v, const char *name, struct reissue *row_r);
void reissue_put(struct txn *t, const char *name, struct reissue *row);
/* One that runs, with the name of its key in the arena; false: none does. */
bool reissue_running(const struct view *v, struct arena *arena, struct reissue *row_r,
		     const char **name_r);
/* The name of the key that a row is about. */
const char *reissue_key(const struct view *v, const struct reissue *row, struct arena *arena);

#endif
