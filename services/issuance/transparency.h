/*
 * The transparency log: a leaf for each time that a document of a credential began or ceased to
 * count, in an append-only Merkle tree (merkle.h), so that nobody, the operator included, issues or
 * revokes in secret.
 *
 * A leaf is a line of JSON that names no person and stays after an erasure:
 *
 *	{"what":"issued","credential":"urn:uuid:...","sha256":"...","at":"2026-01-15T17:05:00Z"}
 *
 * apply appends; a timer signs a checkpoint, at most once in CHECKPOINT_EVERY_US, as an event;
 *proofs are answered from the tables.
 */
#ifndef CAIRN_ISSUANCE_TRANSPARENCY_H
#define CAIRN_ISSUANCE_TRANSPARENCY_H

#include "services/issuance/issuance.h"
#include "services/issuance/documents/merkle.h"

#define CHECKPOINT_EVERY_US (60 * US_PER_S)
enum { TIMER_CHECKPOINT = 80 };

/* The id under which the log's own key and its timer are known. */
struct id transparency_id(void);

/* what: "issued", "reissued", "suspended", "revoked" ...; sha256 of the document it is about. */
void transparency_append(struct txn *t, const char *what, struct bytes credential,
			 struct bytes sha256, int64_t at_us);
void checkpoint_put(struct txn *t, const Issuance__CheckpointSigned *c,
		    const struct record *record);

/* How many leaves there are. */
uint64_t transparency_size(const struct view *v);
/* The newest checkpoint, or the first one of at least size leaves; NULL: none. */
const Issuance__CheckpointSigned *checkpoint_get(const struct view *v, uint64_t size,
						 struct arena *arena, int64_t *signed_us_r);
/* The tree's nodes for proofs and roots; borrows v. */
struct merkle_nodes transparency_nodes(const struct view *const *v);

/* The timer: emits CheckpointSigned. */
enum verdict decide_checkpoint(const struct view *view, const struct timer_due *timer,
			       struct decision *d);

#endif
