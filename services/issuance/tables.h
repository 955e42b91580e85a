/*
 * The tables of issuance. What is kept of neighbours stays packed, as our own event has it.
 */
#ifndef CAIRN_ISSUANCE_TABLES_H
#define CAIRN_ISSUANCE_TABLES_H

#include "libshared/arena.h"
#include "libshared/eventlog.h"
#include "libshared/id.h"
#include "libshared/store.h"
#include "proto/issuance.pb-c.h"

enum {
	ISSUER = SERVICE_TABLES, /* issuer -> IssuerNoted */
	ISSUER_KEY,              /* issuer, n u16 (from 0, newest last) -> KeyAdded (keys.h) */
	ACHIEVEMENT,             /* entry or stack, version u32 -> AchievementNoted, StackNoted */
	EDUCATOR,                /* educator -> EducatorNoted; without a person once erased */
	LICENSE,                 /* educator, license -> LicenseNoted */
	CREDENTIAL,              /* credential -> CredentialIssued */
	OF_EDUCATOR,             /* educator, credential -> empty */
	ACTIVE,                  /* educator, entry -> struct active */
	HELD,                    /* credential -> held since, u64 LE, and the CredentialHeld */
	OF_DECISION,             /* decision -> credential, issued or held */
	TO_FORGET,               /* educator -> empty: the key is to be destroyed */
	STATUS_LIST,             /* list -> struct status_list */
	STATUS_OF,               /* issuer, number u32 -> list */
	STATUS_TAKEN,            /* list, chunk u16 -> bits: places given to credentials */
	STATUS_REVOKED,          /* list, chunk u16 -> bits: what the list says */
	KEY_STATE,               /* issuer, n u16 -> struct key_row */
	KEY_WHY,                 /* issuer, n u16 -> why of its last change */
	ACTIVE_KEY,              /* issuer, kind u16 -> n u16 BE of the key that signs */
	LEAF,                    /* number u64 -> text: the transparency log */
	LEAF_OF,                 /* credential, number u64 -> empty */
	TREE_NODE,               /* level u16, index u64 -> hash */
	CHECKPOINT,              /* size u64 -> signed at, u64 LE, and the CheckpointSigned */
	SIGNED_BY,               /* key's id (keys.h), credential -> empty */
	SIGNED_COUNT,            /* key's id -> how many of those, u64 LE */
	REISSUE,                 /* key's id -> struct reissue (keys.h) */
	RENEWAL_POLICY,          /* state, policy, day u64, version u32 -> RenewalPolicyNoted */
	LICENSE_OF,              /* license -> educator */
	LEDGER,                  /* license, seq u64 -> at u64 LE, the entry's event */
	POSTING,                 /* posting -> struct posting */
	POSTING_SAID,            /* posting -> at, u64 LE, LedgerAcknowledged or LedgerDisputed */
	LEDGER_SLOT,             /* license, policy, term from, entry -> posting that counts */
	POSTING_OF,              /* credential, posting -> empty */
	EVALUATION,              /* license, seq u64 -> EvaluationRecorded */
	LEDGER_SWEEP,            /* policy -> educator, license: swept up to there */
	STATUS_SIGNED,           /* list -> StatusListSigned, the newest */
	LIFE,                    /* credential -> struct life; none: issued, and nothing since */
	HISTORY,                 /* credential, seq u64 -> struct life_step */
	EXTERNAL,                /* educator, external -> ExternalCredentialAdded */
	STACK,                   /* stack -> struct stack_row (tables_stack.h) */
	STACK_SWEEP,             /* stack -> empty: its sweep is not over */
	STACK_MENTION,           /* entry or stack, stack that mentions it -> empty */
	STACK_BARRED,            /* educator, stack -> the award that persons revoked */
	STACK_HELD,              /* educator, stack -> the award that may not be signed yet */
	EARNED,                  /* educator, credential that counts -> struct earned */
	PUBLIC,                  /* seq -> chain, PublicRow */
	ENDORSEMENT,             /* endorsement -> EndorsementSigned or EndorsementImported */
	ENDORSEMENT_OF,          /* id_of_version of an entry or an issuer, endorsement -> empty */
	ENDORSEMENT_GONE,        /* endorsement -> EndorsementWithdrawn */
	STACK_STALE,             /* award -> StackMembersHeld */
	UNFIT,                   /* stack or policy, version u32 -> DocumentUnfit */
	TAKEN_BACK,              /* decision -> empty: what it earned was taken back */
	COVERED,                 /* decision -> PassCovered (tables_covered.h) */
	COVERED_OF,              /* educator, entry, decision -> empty */
	SHARE,                   /* share -> CredentialShared (tables_share.h) */
	SHARE_OF,                /* educator, share -> when it was made, u64 LE */
	SHARE_GONE,              /* share -> when it was withdrawn, u64 LE */
	LICENSE_WAS,             /* license, seq u64 -> LicenseNoted of that position */
	EDUCATOR_WAS,            /* educator, seq u64 -> EducatorNoted of that position */
	FILE_LAYOUT,             /* policy, version u32 -> StateLayoutNoted (tables_statefile.h) */
	FILE_DUE,                /* policy, seq u64 -> entry of the ledger, to be looked at */
	FILE_RUN,                /* policy, number u32 -> cut at, u64 LE, and the StateFileCut */
	FILE_RUN_OF,             /* file -> policy, number u32 */
	FILE_ROW,                /* file, number u32 -> struct file_row */
	FILE_SENT,               /* posting -> struct file_sent, the last */
	FILE_TALLY,              /* file -> struct file_tally */
	FILE_ANSWER,             /* file, sha256 of an answer, part u32 -> empty */
	DISPUTED,                /* state, since u64, posting -> why */
	DISPUTED_OF,             /* posting -> state, since u64 */
	SANDBOX,                 /* one row, empty, once this is a sandbox */
	ISSUANCE_TABLES_END
};
#define N_TABLES (ISSUANCE_TABLES_END - SERVICE_TABLES)
extern const char *const issuance_tables[N_TABLES];

/* Everybody here is made up. */
bool is_sandbox(const struct view *v);
void sandbox_put(struct txn *t);

/* The credential that counts for an educator and a micro-credential. */
struct active {
	uint64_t version;
	uint8_t credential[ID_LEN];
	int64_t valid_until_us; /* 0: no end */
};
_Static_assert(sizeof(struct active) == 32, "no padding");

/* A status list of an issuer. */
struct status_list {
	uint64_t version;
	uint8_t issuer[ID_LEN];
	uint32_t number;   /* from 1 */
	uint32_t taken;    /* bits set in STATUS_TAKEN */
	uint32_t revoked;  /* bits set in STATUS_REVOKED */
	uint32_t changed;  /* 1: a bit was set since it was signed last */
	int64_t signed_us; /* 0: never */
};
_Static_assert(sizeof(struct status_list) == 48, "no padding");

/* What became of a credential. */
struct life {
	uint64_t version;
	int64_t since_us;
	uint8_t state; /* enum life_state */
	uint8_t reason;
	uint8_t proposed; /* the reason of a proposed revocation; 0: none is */
	uint8_t reserved[5];
	uint8_t proposed_by[ID_LEN];
	uint8_t superseded_by[ID_LEN]; /* or the one that a reversed revocation gave */
};
_Static_assert(sizeof(struct life) == 56, "no padding");

/* One event in the life of a credential. */
struct life_step {
	uint64_t version;
	int64_t at_us;
	uint16_t kind; /* of the event */
	uint16_t reason;
	uint32_t reserved;
	uint8_t by[ID_LEN], second[ID_LEN], other[ID_LEN];
};
_Static_assert(sizeof(struct life_step) == 72, "no padding");

/* Messages live in the arena; NULL: not known. */
const Issuance__IssuerNoted *issuer_get(const struct view *v, struct bytes issuer,
					struct arena *arena);
/* The key that signs credentials now; NULL: none yet. keys.h knows them all. */
const Issuance__KeyAdded *issuer_key(const struct view *v, struct bytes issuer,
				     struct arena *arena);
const Issuance__AchievementNoted *achievement_get(const struct view *v, struct bytes entry,
						  uint32_t version, struct arena *arena);
/* Its newest version. */
const Issuance__AchievementNoted *achievement_newest(const struct view *v, struct bytes entry,
						     struct arena *arena);
const Issuance__EducatorNoted *educator_get(const struct view *v, struct bytes educator,
					    struct arena *arena);
/* The educator's license in that state. */
const Issuance__LicenseNoted *license_in(const struct view *v, struct bytes educator,
					 const char *state, struct arena *arena);
const Issuance__CredentialIssued *credential_get(const struct view *v, struct bytes credential,
						 struct arena *arena);
bool active_get(const struct view *v, struct bytes educator, struct bytes entry,
		struct active *row_r);
const Issuance__CredentialHeld *held_get(const struct view *v, struct bytes credential,
					 struct arena *arena, int64_t *since_us_r);
/* Of the same, what its life depends on; false: not known. */
struct credential_brief {
	uint8_t educator[ID_LEN], entry[ID_LEN], issuer[ID_LEN];
	int64_t valid_until_us; /* 0: no end */
	uint32_t list, index;   /* its place; list 0: none */
	uint8_t sha256[32];     /* of its document */
};
bool credential_brief(const struct view *v, struct bytes credential, struct credential_brief *c_r);
/* Issued, and nothing since, when there is no row. */
struct life life_get(const struct view *v, struct bytes credential);
bool decision_known(const struct view *v, struct bytes decision);
/* What it earned last, issued or held; false: nothing. */
bool decision_earned(const struct view *v, struct bytes decision, struct id *credential_r);
/* Nothing is given for it any more. */
bool is_taken_back(const struct view *v, struct bytes decision);

/* What an educator brought from elsewhere. */
const Issuance__ExternalCredentialAdded *external_get(const struct view *v, struct bytes educator,
						      struct bytes external, struct arena *arena);
/* Steps through them from one after `after` (or empty: the first); a new scan for each step, so
 * that it may be left at any time. NULL: no more. */
const Issuance__ExternalCredentialAdded *external_next(const struct view *v, struct bytes educator,
						       struct bytes after, struct arena *arena);

/* Status lists: the id of one, the number of an issuer's newest (0: none), and places in it. */
struct id status_list_id(struct bytes issuer, uint32_t number);
uint32_t status_last(const struct view *v, struct bytes issuer);
bool status_list_get(const struct view *v, struct bytes list, struct status_list *row_r);
bool status_taken(const struct view *v, struct bytes list, uint32_t index);
/* All of a list's bits, STATUS_BITS of them, as the list gives them. */
void status_bits(const struct view *v, struct bytes list, uint8_t *bits_r);
const Issuance__StatusListSigned *status_signed(const struct view *v, struct bytes list,
						struct arena *arena);
bool status_revoked(const struct view *v, struct bytes list, uint32_t index);

/* raw is the packed Event of the record that is applied. */
void issuer_put(struct txn *t, struct bytes issuer, struct bytes raw);
void achievement_put(struct txn *t, struct bytes entry, uint32_t version, struct bytes raw);
void educator_put(struct txn *t, struct bytes educator, struct bytes raw);
void license_put(struct txn *t, struct bytes educator, struct bytes license, struct bytes raw);
void external_put(struct txn *t, const Issuance__ExternalCredentialAdded *e, struct bytes raw);
void credential_put(struct txn *t, const Issuance__CredentialIssued *c, int64_t now_us,
		    struct bytes raw);
/* Takes the place, and opens the list if it is not there yet. */
/* Says of the place that its credential does not count; forever. */
void status_revoke(struct txn *t, const struct credential_brief *c, int64_t now_us);
/* Lists of the issuer are due now: the key that signed them is no more. */
void status_due(struct txn *t, struct bytes issuer, int64_t now_us);
void status_put_signed(struct txn *t, const Issuance__StatusListSigned *s, struct bytes raw);
void life_put(struct txn *t, struct bytes credential, struct life *life);
void life_step_put(struct txn *t, struct bytes credential, struct life_step *step);
/* The credential no longer is the one that counts, if it was. */
void active_leave(struct txn *t, struct bytes credential, const struct credential_brief *c);
void status_take(struct txn *t, struct bytes issuer, const Issuance__StatusEntry *entry,
		 int64_t now_us);
/* What was signed last takes the place of what the credential's row has. */
void credential_resign(struct txn *t, struct bytes credential, Issuance__Signing *signing,
		       int64_t now_us);
void held_put(struct txn *t, const Issuance__CredentialHeld *held, int64_t since_us,
	      struct bytes raw);

void held_drop(struct txn *t, struct bytes credential);

/* A packed Event of ours out of a row. */
const Issuance__Event *event_of_row(struct bytes raw, struct arena *arena);

#endif
