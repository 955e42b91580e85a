/*
 * The tables of the renewal ledger.
 *
 * An entry (a credit, a reversal, an adjustment) is a row of LEDGER and stays as it was written;
 * what became of a credit is its row of POSTING. LEDGER_SLOT has the one credit that counts of a
 * micro-credential in a license's term under a policy.
 */
#ifndef CAIRN_ISSUANCE_TABLES_LEDGER_H
#define CAIRN_ISSUANCE_TABLES_LEDGER_H

#include "services/issuance/tables.h"

enum posting_state { POSTING_POSTED = 1, POSTING_ACKNOWLEDGED, POSTING_DISPUTED, POSTING_REVERSED };

struct posting {
	uint64_t version;
	uint64_t seq; /* of its entry */
	uint8_t license[ID_LEN];
	uint32_t state; /* enum posting_state */
	uint32_t is_credit;
};
_Static_assert(sizeof(struct posting) == 40, "no padding");

/* A license by its own id. */
const Issuance__LicenseNoted *license_get(const struct view *v, struct bytes license,
					  struct arena *arena);

/* ---- policies ---- */
/* The version of a policy that is in force on a day: the latest effective_from not after it, then
 * the highest version. Each of its state's policies is given once, in order of id: at is 0 at
 * first. NULL: no more. day_of gives the day in a policy's zone. */
typedef int64_t policy_day_fn(const void *ctx, const char *zone);
struct policy_walk {
	const struct view *view;
	const char *state;
	policy_day_fn *day_of;
	const void *ctx;
	struct id after; /* the policy given last */
	bool started;
};
const Issuance__RenewalPolicyNoted *policy_next(struct policy_walk *walk, struct arena *arena);
struct policy_key {
	const char *state;
	struct bytes policy;
	int64_t from; /* day */
	uint32_t version;
};
bool policy_has(const struct view *v, const struct policy_key *which);
void policy_put(struct txn *t, const Issuance__RenewalPolicyNoted *p, struct bytes raw);

/* ---- entries ---- */
struct slot {
	struct bytes license, policy;
	int64_t term_from; /* day */
	struct bytes entry;
};
/* The posting that counts; false: none. */
bool slot_get(const struct view *v, const struct slot *slot, struct id *posting_r);
bool posting_get(const struct view *v, struct bytes posting, struct posting *row_r);
/* The entry itself. */
const Issuance__Event *posting_event(const struct view *v, const struct posting *row,
				     struct arena *arena);
/* Of a credit. */
struct posting_place {
	struct id policy;
	char state[3];
};
bool posting_place(const struct view *v, struct bytes posting, struct posting_place *place_r);
/* Entries of a license, in order. */
struct ledger_line {
	uint64_t seq;
	int64_t at_us;
	const Issuance__Event *event;
};
struct scan ledger_scan(const struct view *v, struct bytes license, uint64_t after);
bool ledger_next(struct scan *scan, struct arena *arena, struct ledger_line *line_r);
/* Hundredths of an entry. */
int64_t ledger_amount(const Issuance__Event *event);
/* Sum of all entries up to and at a moment. */
int64_t ledger_balance(const struct view *v, struct bytes license, int64_t at_us,
		       struct arena *arena);
/* The credit of a credential that counts for a license, in whichever term; NULL: none. */
const Issuance__LedgerPosted *posting_of(const struct view *v, struct bytes credential,
					 struct bytes license, struct arena *arena);
/* The last credit of a credential for a license, whether it still counts or not; NULL: none. */
const Issuance__LedgerPosted *posting_last(const struct view *v, struct bytes credential,
					   struct bytes license, struct arena *arena);

/* What a state said of a credit last, and when; NULL: nothing yet. */
const Issuance__Event *posting_said(const struct view *v, struct bytes posting, struct arena *arena,
				    int64_t *at_us_r);
void posting_said_put(struct txn *t, struct bytes posting, int64_t at_us, struct bytes raw);

/* Puts the event that is being applied, written at a moment. */
struct ledger_write {
	struct bytes license, posting;
	int64_t at_us;
	struct bytes raw;
	bool is_credit;
};
void ledger_put(struct txn *t, const struct ledger_write *w);
void slot_put(struct txn *t, const struct slot *slot, struct bytes posting);
/* Its slot becomes free, unless another posting of the same decision has it already. */
void posting_reverse(struct txn *t, struct bytes posting);
void posting_set_state(struct txn *t, struct bytes posting, enum posting_state state);
struct slot slot_of(const Issuance__LedgerPosted *p);

#endif
