/*
 * The tables of stacks: what is published, what mentions what, and what each educator has that
 * counts.
 */
#ifndef CAIRN_ISSUANCE_TABLES_STACK_H
#define CAIRN_ISSUANCE_TABLES_STACK_H

#include "services/issuance/tables.h"

/* A credential that counts: it was not revoked, nor did a corrected one take its place. */
struct earned {
	uint64_t version;
	uint8_t entry[ID_LEN]; /* or a stack */
	int64_t decided_us;    /* when it was earned */
	uint32_t entry_version;
	uint32_t reserved;
};
_Static_assert(sizeof(struct earned) == 40, "no padding");

enum sweep_state { SWEEP_RUNNING = 1, SWEEP_FINISHED };

/* Awards of a stack, and how far its newest version was evaluated for all educators. */
struct stack_row {
	uint64_t version;
	uint64_t awards;                /* ever */
	uint64_t seen, awarded, held;   /* by the sweep */
	int64_t started_us, changed_us; /* of the sweep */
	uint8_t stack[ID_LEN];
	uint8_t cursor[ID_LEN]; /* the last educator looked at; zeros: none yet */
	uint32_t number;        /* the newest version */
	uint32_t state;         /* enum sweep_state */
};
_Static_assert(sizeof(struct stack_row) == 96, "no padding");

/* NULL: not known. version 0: the newest. In the arena. */
const Issuance__StackNoted *stack_get(const struct view *v, struct bytes stack, uint32_t version,
				      struct arena *arena);
bool stack_row_get(const struct view *v, struct bytes stack, struct stack_row *row_r);
/* Whether credentials of it are awards. */
bool is_stack(const struct view *v, struct bytes entry);
void stack_row_put(struct txn *t, struct stack_row *row);
/* One whose sweep is not over; false: none. */
bool stack_sweeping(const struct view *v, struct stack_row *row_r);
void stack_put(struct txn *t, const Issuance__StackNoted *noted, int64_t now_us, struct bytes raw);

/* A stack that mentions of, behind after (BYTES_NONE: the first one). False: no more. */
bool mention_next(const struct view *v, struct bytes of, struct bytes after, struct id *stack_r);
bool mentions(const struct view *v, struct bytes stack, struct bytes of);

/* An award also counts for its stack. */
void earned_put(struct txn *t, const Issuance__CredentialIssued *c);
void earned_drop(struct txn *t, struct bytes educator, struct bytes credential);

/* The award of a stack that persons revoked: another one does not take its place by itself. */
bool is_barred(const struct view *v, struct bytes educator, struct bytes stack);
void barred_put(struct txn *t, struct bytes educator, struct bytes stack, struct bytes credential);
/* The credential of an award that may not be signed yet. */
bool stack_held(const struct view *v, struct bytes educator, struct bytes stack,
		struct id *credential_r);
void stack_held_put(struct txn *t, const Issuance__CredentialHeld *held);

/* An award that names members which are no more, and may not be signed yet. NULL: it is none. */
const Issuance__StackMembersHeld *stack_stale(const struct view *v, struct bytes award,
					      struct arena *arena);
void stack_stale_put(struct txn *t, const Issuance__StackMembersHeld *held, struct bytes raw);
void stack_stale_end(struct txn *t, struct bytes award);

#endif
