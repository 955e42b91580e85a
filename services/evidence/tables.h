/*
 * The tables of evidence: rows, keys, typed get and put.
 *
 * What an event says whole and what is only read again (an entry, what was sealed) is kept as that
 * packed Event. An artifact's row says where it stands; where it is shown is its place: the ITEM
 * row of its portfolio, requirement and place, which a redacted copy inherits.
 */
#ifndef CAIRN_EVIDENCE_TABLES_H
#define CAIRN_EVIDENCE_TABLES_H

#include "libshared/arena.h"
#include "libshared/blobs.h"
#include "libshared/store.h"
#include "proto/evidence.pb-c.h"

enum {
	ENTRY = SERVICE_TABLES, /* entry, version u32 -> Event of EntryNoted */
	DOCUMENT,               /* document, version u32 -> Event of PolicyNoted ... ProfileNoted */
	PORTFOLIO,              /* portfolio -> struct portfolio */
	REOPENING,              /* portfolio -> Event of PortfolioReopened, the last one */
	ARTIFACT,               /* artifact -> struct artifact */
	BEGUN,                  /* artifact -> Event of ArtifactBegun */
	ITEM,                   /* portfolio, requirement u16, place -> struct item */
	CONSENT,                /* artifact, consent -> struct consent */
	SUBMISSION,             /* submission -> struct submission */
	SEALED,                 /* submission -> Event of SubmissionSealed */
	ANSWER,                 /* submission, number u16 -> struct answer_row */
	GRANT,                  /* reading -> struct grant */
	GRANT_OF,               /* submission, reading -> struct mark */
	SEEN,                   /* reading, item u32 -> struct seen */
	ASSESSOR,               /* assessor -> Event of AssessorNoted */
	RELATION,               /* assessor, educator -> struct mark */
	PORTFOLIO_OF,           /* educator, portfolio -> struct mark */
	ARTIFACT_OF,            /* portfolio, artifact -> struct mark */
	SUBMISSION_OF,          /* portfolio, submission -> struct mark */
	USE,        /* SHA-256, artifact or submission -> struct mark: it names the blob */
	PURGE,      /* SHA-256 -> struct mark: nothing names the blob any more */
	FORGETTING, /* portfolio -> struct mark: its drafts are to be dropped */
	/* tables_privacy.h */
	SCANNED,      /* artifact -> Event of ArtifactScanned, the one that found most */
	CONSENT_SAID, /* artifact, consent -> Event of ConsentRecorded */
	VIEW,         /* portfolio, seq u64 -> struct viewing */
	VIEW_OF,      /* artifact, seq u64 -> struct mark */
	READ,         /* artifact or submission, answer u32, person -> struct mark */
	RETIRED,      /* entry -> Event of RetirementNoted */
	/* tables_duplicates.h; item u16, as in struct place */
	PLACE_OF,  /* SHA-256, submission, item -> struct mark: sealed bytes */
	PRINT,     /* submission, item -> struct print */
	BAND,      /* band u16, places u64, submission, item -> struct mark */
	DUPLICATE, /* submission, other -> Event of DuplicateFound */
	DECLARED,  /* declaration -> Event of SharedDeclared */
	CONFIRMED, /* declaration, portfolio -> struct mark */
	SHARED,    /* portfolio, other portfolio, SHA-256 -> struct mark */
	/* tables_retention.h */
	RETENTION, /* portfolio -> struct retention */
	HOLD,      /* hold -> struct hold */
	HOLD_OF,   /* portfolio, hold -> struct mark */
	PURGED,    /* artifact -> Event of ArtifactPurged */
	CHAIN,     /* artifact -> struct chain: while it is uploaded */
	EVIDENCE_TABLES_END
};
#define N_TABLES (EVIDENCE_TABLES_END - SERVICE_TABLES)
extern const char *const evidence_tables[N_TABLES];

enum stage {
	STAGE_OPEN = 1, /* evidence is collected */
	STAGE_SEALED,   /* a submission is out */
	STAGE_PASSED,
	STAGE_VOIDED /* an integrity case was founded */
};

/* What enrollment says of it; FORGOTTEN: the educator was erased. */
enum standing {
	STANDING_ACTIVE = 1,
	STANDING_PAUSED,
	STANDING_WITHDRAWN,
	STANDING_LAPSED,
	STANDING_FORGOTTEN
};

struct portfolio {
	uint64_t version;
	struct id educator, entry, school, district;
	struct id submission; /* the last one sealed and not recalled, or none */
	struct id decided;    /* the one whose decision opened this attempt, or none */
	uint32_t entry_version, policy_version, media_version;
	uint32_t attempt; /* of the next seal, or of the one that is out */
	uint8_t stage;    /* enum stage */
	uint8_t standing; /* enum standing */
	uint8_t coach_first;
	uint8_t taken_back; /* 1: it had passed, and a review took that back */
	uint8_t reserved[4];
};
_Static_assert(sizeof(struct portfolio) == 128, "no padding");

enum artifact_state {
	ARTIFACT_UPLOADING = 1,
	ARTIFACT_NEEDS_PRIVACY, /* whole, but students may be recognised in it */
	ARTIFACT_READY,
	ARTIFACT_RESTRICTED, /* consent was withdrawn: closed to readers for good */
	ARTIFACT_REPLACED,   /* a redacted copy has its place */
	ARTIFACT_ABANDONED,
	ARTIFACT_FORGOTTEN, /* its educator was erased */
	ARTIFACT_PURGED     /* its time was over, or its teacher wished it */
};

/* How an artifact with students passes the seal; bits. */
enum { PRIVACY_ATTESTED = 1, PRIVACY_CONSENT = 2, PRIVACY_REDACTED = 4 };

struct artifact {
	uint64_t version;
	struct id portfolio, place;
	uint8_t sha256[SHA256_LEN];
	uint64_t bytes, received; /* received <= bytes */
	int64_t abandon_us;
	uint16_t requirement; /* index in the entry */
	uint8_t state;        /* enum artifact_state */
	uint8_t privacy;      /* PRIVACY_* */
	uint8_t student_data;
	uint8_t consent_required;
	uint8_t sealed; /* ever in a manifest: its bytes stay */
	uint8_t reserved;
};
_Static_assert(sizeof(struct artifact) == 104, "no padding");

/* SHA-256 of what has been received, up to its last whole block; of the whole: its hash. */
struct chain {
	uint64_t version;
	uint8_t sha256[SHA256_LEN];
};
_Static_assert(sizeof(struct chain) == 40, "no padding");

struct item {
	uint64_t version;
	struct id artifact;
};
_Static_assert(sizeof(struct item) == 24, "no padding");

#define NO_EXPIRY INT64_MAX

enum consent_end { CONSENT_HOLDS, CONSENT_WITHDRAWN, CONSENT_EXPIRED };

struct consent {
	uint64_t version;
	int64_t last_day; /* on which it holds, or NO_EXPIRY */
	int64_t ends_us;  /* the end of that day, or NO_EXPIRY */
	int64_t recorded_us, ended_us;
	uint64_t end; /* enum consent_end */
};
_Static_assert(sizeof(struct consent) == 48, "no padding");

enum submission_state {
	SUBMISSION_SEALED = 1,
	SUBMISSION_OPENED, /* by a reader: no recall */
	SUBMISSION_RECALLED,
	SUBMISSION_RETURNED, /* incomplete */
	SUBMISSION_DECIDED
};

struct submission {
	uint64_t version;
	struct id portfolio;
	int64_t recall_until_us;
	uint8_t state;        /* enum submission_state */
	uint8_t adjudication; /* a lead may read it */
	uint8_t reserved[6];
};
_Static_assert(sizeof(struct submission) == 40, "no padding");

struct answer_row {
	uint64_t version;
	uint8_t sha256[SHA256_LEN];
};
_Static_assert(sizeof(struct answer_row) == 40, "no padding");

struct grant {
	uint64_t version;
	struct id submission, assessor;
	int64_t until_us;
	uint8_t open;
	uint8_t opened; /* the assessor has opened the evidence */
	uint8_t adjudication;
	uint8_t reserved[5];
};
_Static_assert(sizeof(struct grant) == 56, "no padding");

struct seen {
	uint64_t version;
	uint64_t views;
};
_Static_assert(sizeof(struct seen) == 16, "no padding");

struct mark {
	uint64_t version;
};
_Static_assert(sizeof(struct mark) == 8, "no padding");

/* What several files of tables need. */
struct bytes key_of_two(struct key *k, struct bytes first, struct bytes second);
void mark_put(struct txn *txn, unsigned table, struct bytes key);
bool mark_there(const struct view *view, unsigned table, struct bytes key);
/* An event of ours, as apply was given it; NULL: there is none. */
const Evidence__Event *event_get(const struct view *view, unsigned table, struct bytes key,
				 struct arena *arena);

/* ---- kept of neighbours ---- */

/* The one policy, media and calendar, and a profile, as DOCUMENT and await() name them. */
struct id policy_id(void);
struct id media_id(void);
struct id calendar_id(void);
struct id profile_id(const char *code);

/* event is the packed Event, as the record has it. */
void entry_put(struct txn *txn, const Evidence__EntryNoted *noted, struct bytes event);
void document_put(struct txn *txn, struct id document, uint32_t version, struct bytes event);

/* From when on texts are duplicates: of a thousand runs of five words, in texts that have so many.
 * What an older policy does not say is 700 and 30. */
struct duplicate_rule {
	uint32_t permille, shingles_min;
};
struct duplicate_rule duplicate_rule_of(const Enrollment__Policy *policy);

/* Messages live in the arena. version 0: the newest. NULL: not known here. */
const Evidence__EntryNoted *entry_get(const struct view *view, struct bytes entry, uint32_t version,
				      struct arena *arena);
bool entry_known(const struct view *view, struct bytes entry, uint32_t version);
const Enrollment__Policy *policy_get(const struct view *view, uint32_t version,
				     struct arena *arena);
const Enrollment__Media *media_get(const struct view *view, uint32_t version, struct arena *arena);
const Enrollment__Calendar *calendar_get(const struct view *view, uint32_t version,
					 struct arena *arena);
const Enrollment__Profile *profile_get(const struct view *view, const char *code, uint32_t version,
				       struct arena *arena);
/* 0: none. */
uint32_t document_newest(const struct view *view, struct id document);

const Evidence__AssessorNoted *assessor_get(const struct view *view, struct bytes assessor,
					    struct arena *arena);
void assessor_put(struct txn *txn, struct bytes assessor, struct bytes event);
bool relation_known(const struct view *view, struct bytes assessor, struct bytes educator);
void relation_put(struct txn *txn, struct bytes assessor, struct bytes educator);

/* ---- portfolios ---- */

bool portfolio_get(const struct view *view, struct bytes portfolio, struct portfolio *row_r);
/* Also lists it under its educator. */
void portfolio_put(struct txn *txn, struct bytes portfolio, struct portfolio *row);
/* NULL: everything is open, as in a first attempt. */
const Evidence__PortfolioReopened *reopening_get(const struct view *view, struct bytes portfolio,
						 struct arena *arena);
void reopening_put(struct txn *txn, struct bytes portfolio, struct bytes event);

/* The ids that end the keys of a table under a prefix. Nothing is held between two calls, so rows
 * may be written meanwhile. */
struct id_scan {
	unsigned table;
	struct key prefix;
	struct id at; /* the last one found, or none */
};
struct id_scan id_scan(unsigned table, struct bytes of);
bool id_next(struct id_scan *scan, const struct view *view, struct id *id_r);

/* ---- artifacts ---- */

bool artifact_get(const struct view *view, struct bytes artifact, struct artifact *row_r);
void artifact_put(struct txn *txn, struct bytes artifact, struct artifact *row);
/* Lists it under its portfolio, and keeps what was begun. */
void artifact_list(struct txn *txn, const Evidence__ArtifactBegun *begun, struct bytes event);
const Evidence__ArtifactBegun *begun_get(const struct view *view, struct bytes artifact,
					 struct arena *arena);

bool chain_get(const struct view *view, struct bytes artifact, struct chain *row_r);
void chain_put(struct txn *txn, struct bytes artifact, struct chain *row);
void chain_delete(struct txn *txn, struct bytes artifact);
/* What stands in a place of the portfolio, and nothing any more. */
void item_put(struct txn *txn, const struct artifact *row, struct bytes artifact);
void item_delete(struct txn *txn, const struct artifact *row);
/* The artifacts of a requirement in the order of their places. */
struct id_scan items_of(struct bytes portfolio, uint16_t requirement);
bool item_next(struct id_scan *items, const struct view *view, struct id *artifact_r,
	       struct artifact *row_r);

bool consent_get(const struct view *view, struct bytes artifact, struct bytes consent,
		 struct consent *row_r);
void consent_put(struct txn *txn, struct bytes artifact, struct bytes consent, struct consent *row);
/* Some consent was given, none of them has ended, none is over on that day. */
bool consent_holds(const struct view *view, struct bytes artifact, int64_t day);

/* owner (an artifact or a submission) names the blob. When the last one lets go, it is to be
 * purged. */
void use_put(struct txn *txn, struct bytes sha256, struct bytes owner);
void use_drop(struct txn *txn, struct bytes sha256, struct bytes owner);
void purge_delete(struct txn *txn, struct bytes sha256);
bool purge_wanted(const struct view *view, struct bytes sha256);
/* This owner names the blob. */
bool use_there(const struct view *view, struct bytes sha256, struct bytes owner);
/* Some artifact or submission names the blob. */
bool use_known(const struct view *view, struct bytes sha256);
void forgetting_put(struct txn *txn, struct bytes portfolio);
void forgetting_delete(struct txn *txn, struct bytes portfolio);
bool forgetting_wanted(const struct view *view, struct bytes portfolio);
/* The first of what is to be removed: whole keys of PURGE or FORGETTING, copied, at most n. */
size_t removals_first(const struct view *view, unsigned table, struct bytes *keys_r, size_t n,
		      struct arena *arena);

/* ---- submissions and readers ---- */

bool submission_get(const struct view *view, struct bytes submission, struct submission *row_r);
void submission_put(struct txn *txn, struct bytes submission, struct submission *row);
/* Lists it under its portfolio, and keeps what was sealed. */
void submission_list(struct txn *txn, const Evidence__SubmissionSealed *sealed, struct bytes event);
const Evidence__SubmissionSealed *sealed_get(const struct view *view, struct bytes submission,
					     struct arena *arena);

/* The blobs of its answers, by number from 0. */
void answer_put(struct txn *txn, struct bytes submission, uint16_t number, struct bytes sha256);
bool answer_get(const struct view *view, struct bytes submission, uint16_t number,
		struct answer_row *row_r);

bool grant_get(const struct view *view, struct bytes reading, struct grant *row_r);
/* Also lists it under its submission. */
void grant_put(struct txn *txn, struct bytes reading, struct grant *row);
bool seen_before(const struct view *view, struct bytes reading, uint32_t item);
void seen_add(struct txn *txn, struct bytes reading, uint32_t item);

/* Words for answers; "" for none. */
const char *artifact_state_word(uint8_t state);
const char *submission_state_word(uint8_t state);
const char *privacy_word(uint8_t privacy);

#endif
