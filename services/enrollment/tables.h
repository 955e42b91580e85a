/*
 * The tables of enrollment: rows, keys, typed get and put.
 *
 * What the catalogue publishes is kept as the packed Event that published it, one row per version;
 * rules read small rows beside it, so that enrolling unpacks no entry. A row whose key has a part
 * number holds the struct in part 0 and bytes in the parts after it. Sealed bytes stay sealed.
 */
#ifndef CAIRN_ENROLLMENT_TABLES_H
#define CAIRN_ENROLLMENT_TABLES_H

#include "libshared/id.h"
#include "libshared/store.h"
#include "proto/enrollment.pb-c.h"

enum enrollment_table {
	DOCUMENT = SERVICE_TABLES, /* enum document_kind u16, id, version u32 -> Event, packed */
	POLICY,                    /* version u32 -> policy_row */
	ENTRY,                     /* entry, part: entry_row, prerequisites, code */
	RETIRED,                   /* entry -> retired_row */
	SEARCH,                    /* part, code: summary_row, text (search.h) */
	ORG,                       /* org, part: org_row, name */
	EDUCATOR,                  /* educator, part: educator_row, sealed Person */
	LICENSE,                   /* educator, license, part: license_row, sealed number */
	ENROLLMENT,                /* enrollment -> enrollment_row */
	PROGRESS,                  /* enrollment, code of a resource done -> mark_row */
	SUBMISSION,                /* submission -> ref_row: its enrollment */
	ERASURE,                   /* educator -> erasure_row */
	ERASING,                   /* educator -> mark_row: this service still holds the key */
	RELATION,                  /* assessor, educator -> mark_row */
	BY_HANDLE,                 /* keyed hash -> ref_row: educator */
	BY_EMAIL,                  /* keyed hash -> ref_row: educator */
	BY_LICENSE,                /* keyed hash -> ref_row: educator */
	LICENSE_OF,                /* license -> ref_row: educator */
	ACTIVE,                    /* educator, entry -> ref_row: enrollment, active or paused */
	EARNED,                    /* educator, entry -> earned_row */
	OF_EDUCATOR,               /* educator, enrollment -> mark_row */
	REVIEW,                    /* entry -> review_row */
	OF_ENTRY,                  /* entry, enrollment that is active or paused -> mark_row */
	GOAL,                      /* educator, goal -> goal_row */
	ORG_OF,                    /* parent (zeros: none), org -> mark_row */
	ROSTER,                    /* roster, keyed hash of a person -> roster_row */
	ROSTER_SUM,                /* roster -> roster_sum_row */
	COHORT,                    /* cohort, part: cohort_row, name */
	COHORT_OF,                 /* district, cohort -> mark_row */
	MEMBER,                    /* cohort, educator -> mark_row */
	TALLY,                     /* org above (zeros: none), month u32, org -> tally_row */
	ENROLLMENT_TABLES_END
};

extern const char *const enrollment_tables[];

/* ---- the catalogue ---- */

enum document_kind {
	DOC_ISSUER = 1,
	DOC_PROFILE,
	DOC_POLICY,
	DOC_CALENDAR,
	DOC_MEDIA,
	DOC_ENTRY,
	DOC_STACK,
	DOC_RENEWAL_POLICY,
	DOC_QUALITY_STANDARD,
	DOC_REVIEW /* of an entry's version, under the same id and version; the latest */
};

/* What has no id of its own in messages: the one policy, calendar, media, quality standard; and a
 * profile. */
struct id only_id(enum document_kind kind);
struct id profile_id(const char *code);

/* Newest version; 0: none. */
uint32_t document_newest(const struct view *view, enum document_kind kind, struct bytes id);
/* The packed Event; version 0: the newest. Borrowed from the page. */
bool document_get(const struct view *view, enum document_kind kind, struct bytes id,
		  uint32_t version, struct bytes *event_r);
void document_put(struct txn *txn, enum document_kind kind, struct bytes id, uint32_t version,
		  struct bytes event);
/* What document_get() gave, unpacked. */
struct arena;
const Enrollment__Event *document_read(struct bytes event, struct arena *arena);
/* The newest version of each document of a kind, in order of id. false: no more. */
struct document_scan {
	const struct view *view;
	enum document_kind kind;
	struct id at;
};
struct document_scan document_scan(const struct view *view, enum document_kind kind);
bool document_next(struct document_scan *scan, struct bytes *event_r);

#define NOTICES_MAX 8

struct notice_days { /* days before something, falling */
	uint32_t n;
	uint32_t days[NOTICES_MAX];
};

struct policy_row {
	uint64_t version;
	uint32_t policy_version;
	uint32_t lapse_days;
	uint32_t finish_days;
	uint32_t artifacts_max;
	struct notice_days lapse_notices;
	struct notice_days review_notices; /* none in an older document: see review_notices() */
};
_Static_assert(sizeof(struct policy_row) == 96, "no padding");
/* version 0: the newest; false: none published. */
bool policy_get(const struct view *view, uint32_t version, struct policy_row *row_r);
void policy_put(struct txn *txn, struct policy_row *row);
/* Before an entry's review date, by the newest policy: 90 and 30 days where it says nothing. */
struct notice_days review_notices(const struct view *view);

#define PREREQUISITES_MAX 16

struct entry_row { /* of the newest version */
	uint64_t version;
	uint64_t fee_cents;
	int64_t opens_day; /* first_published */
	uint32_t newest;
	uint32_t clock_hours;
};
_Static_assert(sizeof(struct entry_row) == 32, "no padding");
bool entry_get(const struct view *view, struct bytes entry, struct entry_row *row_r);
/* n ids in a row, and the code as text without a NUL; both borrowed. */
struct bytes entry_prerequisites(const struct view *view, struct bytes entry);
struct bytes entry_code(const struct view *view, struct bytes entry);
void entry_put(struct txn *txn, const Enrollment__Entry *entry, struct entry_row *row);

struct retired_row {
	uint64_t version;
	struct id successor;
	int64_t finish_by_us;
	struct id told_after; /* who is enrolled is told in order of enrollments */
	uint32_t entry_version;
	uint32_t reserved;
};
_Static_assert(sizeof(struct retired_row) == 56, "no padding");
bool retired_get(const struct view *view, struct bytes entry, struct retired_row *row_r);
void retired_put(struct txn *txn, struct bytes entry, struct retired_row *row);

struct review_row { /* of the newest version */
	uint64_t version;
	int64_t review_by_day; /* as the latest review moved it */
	struct id submitter;   /* who published the version, or none */
	uint32_t entry_version;
	uint32_t noticed_days; /* of the last notice; 0: none yet */
	uint32_t overdue;
	uint32_t reserved;
};
_Static_assert(sizeof(struct review_row) == 48, "no padding");
bool review_get(const struct view *view, struct bytes entry, struct review_row *row_r);
void review_put(struct txn *txn, struct bytes entry, struct review_row *row);

/* ---- people ---- */

#define STATE_TEXT 4    /* "TN", padded with NUL */
#define LANGUAGE_TEXT 8 /* "es", padded with NUL */

struct org_row {
	uint64_t version;
	struct id parent;
	uint32_t kind; /* Enrollment__OrgKind */
	char state[STATE_TEXT];
};
_Static_assert(sizeof(struct org_row) == 32, "no padding");
bool org_get(const struct view *view, struct bytes org, struct org_row *row_r);
/* Keeps ORG_OF in step. */
void org_put(struct txn *txn, struct bytes org, struct org_row *row, const char *name);
/* Text without a NUL, borrowed. */
struct bytes org_name(const struct view *view, struct bytes org);

struct educator_row {
	uint64_t version;
	struct id school, district; /* or none */
	struct id handle_hash, email_hash;
	char language[LANGUAGE_TEXT];
	uint32_t licenses;
	uint32_t erased;
};
_Static_assert(sizeof(struct educator_row) == 88, "no padding");
bool educator_get(const struct view *view, struct bytes educator, struct educator_row *row_r);
void educator_put(struct txn *txn, struct bytes educator, struct educator_row *row);
/* The sealed Person; empty once erased. Borrowed. */
struct bytes educator_person(const struct view *view, struct bytes educator);
void educator_put_person(struct txn *txn, struct bytes educator, struct bytes box);
/* Drops the person, the licenses and every way to look the educator up. */
void educator_forget(struct txn *txn, struct bytes educator, struct educator_row *row);

struct license_row {
	uint64_t version;
	struct id number_hash;
	char state[STATE_TEXT];
	uint32_t reserved;
};
_Static_assert(sizeof(struct license_row) == 32, "no padding");
bool license_get(const struct view *view, struct bytes educator, struct bytes license,
		 struct license_row *row_r);
void license_put(struct txn *txn, struct bytes educator, struct bytes license,
		 struct license_row *row, struct bytes box);
/* The educator's licenses, oldest first. */
struct scan license_scan(const struct view *view, struct bytes educator);
/* Steps to the next one's id and sealed number, both borrowed; false: no more. */
bool license_next(struct scan *scan, struct bytes *license_r, struct bytes *box_r);

enum key_holder { HOLDER_ENROLLMENT = 1 << 0, HOLDER_ISSUANCE = 1 << 1 };
#define HOLDERS_ALL (HOLDER_ENROLLMENT | HOLDER_ISSUANCE)

struct erasure_row {
	uint64_t version;
	uint32_t holders;   /* that have destroyed the key: enum key_holder */
	uint32_t completed; /* 1: all have */
};
_Static_assert(sizeof(struct erasure_row) == 16, "no padding");
bool erasure_get(const struct view *view, struct bytes educator, struct erasure_row *row_r);
/* Keeps ERASING in step. */
void erasure_put(struct txn *txn, struct bytes educator, struct erasure_row *row);

struct goal_row {
	uint64_t version;
	struct id entry, stack, license; /* one of them */
	int64_t by_day;                  /* NO_DAY: none */
	int64_t set_us;
};
_Static_assert(sizeof(struct goal_row) == 72, "no padding");
#define NO_DAY INT64_MIN
bool goal_get(const struct view *view, struct bytes educator, struct bytes goal,
	      struct goal_row *row_r);
void goal_put(struct txn *txn, struct bytes educator, struct bytes goal, struct goal_row *row);
void goal_delete(struct txn *txn, struct bytes educator, struct bytes goal);
/* The educator's goals, oldest id first. */
struct scan goal_scan(const struct view *view, struct bytes educator);
bool goal_next(struct scan *scan, struct bytes *goal_r, struct goal_row *row_r);

/* ---- enrollments ---- */

struct enrollment_row {
	uint64_t version;
	struct id educator, entry;
	struct id submission, credential; /* the latest, or none */
	int64_t enrolled_us;
	int64_t lapses_us;
	uint64_t fee_cents;
	uint32_t entry_version;
	uint32_t policy_version; /* it started under */
	uint32_t clock_hours;
	uint32_t noticed_days;     /* of the last notice before lapses_us; 0: none yet */
	uint32_t state;            /* Enrollment__State */
	uint32_t submission_state; /* Enrollment__SubmissionState */
};
_Static_assert(sizeof(struct enrollment_row) == 120, "no padding");
bool enrollment_get(const struct view *view, struct bytes enrollment, struct enrollment_row *row_r);
void enrollment_put(struct txn *txn, struct bytes enrollment, struct enrollment_row *row);
/* Active or paused: it may lapse, and there is one per educator and entry. */
bool enrollment_runs(const struct enrollment_row *row);

struct earned_row {
	uint64_t version;
	struct id credential;
	int64_t valid_until_us; /* 0: no end */
};
_Static_assert(sizeof(struct earned_row) == 32, "no padding");
bool earned_get(const struct view *view, struct bytes educator, struct bytes entry,
		struct earned_row *row_r);
void earned_put(struct txn *txn, struct bytes educator, struct bytes entry, struct earned_row *row);

/* ---- small rows ---- */

struct ref_row {
	uint64_t version;
	struct id id;
};
_Static_assert(sizeof(struct ref_row) == 24, "no padding");
/* One id (SUBMISSION, BY_*, LICENSE_OF), by one id. */
bool ref_get(const struct view *view, enum enrollment_table table, struct bytes id,
	     struct id *found_r);
void ref_put(struct txn *txn, enum enrollment_table table, struct bytes id, struct bytes target);
bool active_get(const struct view *view, struct bytes educator, struct bytes entry,
		struct id *enrollment_r);
void active_put(struct txn *txn, struct bytes educator, struct bytes entry,
		struct bytes enrollment);
void active_delete(struct txn *txn, struct bytes educator, struct bytes entry);

struct mark_row {
	uint64_t version;
};
/* Whether first and second stand in the table together (PROGRESS, RELATION, OF_EDUCATOR, MEMBER
 * ...). */
bool mark_get(const struct view *view, enum enrollment_table table, struct bytes first,
	      struct bytes second);
void mark_put(struct txn *txn, enum enrollment_table table, struct bytes first,
	      struct bytes second);
void mark_delete(struct txn *txn, enum enrollment_table table, struct bytes first,
		 struct bytes second);
/* The seconds of first, in order, after one of them or from the start (empty). */
struct scan mark_scan(const struct view *view, enum enrollment_table table, struct bytes first,
		      struct bytes after);
bool mark_next(struct scan *scan, struct bytes *second_r);

#endif
