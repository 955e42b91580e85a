/*
 * The tables of assessment.
 *
 * A submission's row and its index rows move together, in submission_put() alone: WAITING while a
 * reader may take it, BY_STATE while it is open, STATE_COUNT always. What may not change is kept as
 * the event had it: the received submission, completed readings, the adjudication, the decision.
 */
#ifndef CAIRN_ASSESSMENT_TABLES_H
#define CAIRN_ASSESSMENT_TABLES_H

#include "libshared/arena.h"
#include "libshared/id.h"
#include "libshared/store.h"
#include "proto/assessment.pb-c.h"
#include "services/assessment/seat.h"

enum {
	ENTRY = SERVICE_TABLES, /* entry, version u32 -> EntryNoted */
	PROFILE,                /* id of its code, version u32 -> Profile */
	POLICY,                 /* version u32 -> Policy */
	CALENDAR,               /* version u32 -> Calendar */
	ASSESSOR,               /* assessor -> struct assessor */
	ASSESSOR_ORG,           /* assessor, u16 -> struct assessor_org */
	QUALIFICATION,          /* assessor, entry -> struct qualification */
	RELATION,               /* assessor, educator -> empty */
	SUBMISSION,             /* submission -> struct submission */
	RECEIVED,               /* submission -> SubmissionReceived */
	READING,                /* reading -> struct reading */
	COMPLETED,              /* submission, ordinal u16 -> ReadingCompleted */
	ADJUDICATED,            /* submission, review u16 -> AdjudicationCompleted */
	DECIDED,                /* submission -> DecisionMade: the one that stands */
	KEPT,                   /* enrollment, id of the row's code -> struct kept */
	JOURNEY,                /* enrollment -> struct journey */
	DECISIONS, /* entry, profile -> struct tally: of decisions made under it, of any version */
	STATE_COUNT,  /* state u16 -> struct tally */
	QUALIFIED,    /* entry, assessor -> struct qualification: of those not retired that stand */
	LEAD,         /* assessor -> empty: those not retired */
	READ_BY,      /* enrollment, assessor, submission -> struct read_by */
	WAITING,      /* entry, due u64, rank u32, submission -> struct waiting */
	BY_STATE,     /* state u16, due u64, submission -> empty */
	APPEAL,       /* decision -> AppealFiled */
	CLOCK,        /* enrollment, attempt u32 -> struct clock */
	DUE_HISTORY,  /* submission, seq u64 -> at i64 LE, the event: what explains a decision */
	DECISION_OF,  /* decision -> submission */
	MATRIX,       /* entry, version u32, id of the row's code -> struct matrix */
	FIGURE,       /* entry, version u32, figure u16 -> struct tally */
	ROW_REVIEW,   /* entry, version u32, id of the row's code -> empty: under review */
	ANCHOR,       /* entry, version u32, submission -> AnchorRated, agreed by two */
	ANCHOR_APART, /* submission -> AnchorRated, by one; or withdrawn */
	ANCHOR_READ,  /* assessor, submission -> AnchorCompleted */
	ORG,          /* org -> struct org */
	CELL,         /* period u32, dimension u16, group's text, 0, figure u16 -> struct tally */
	NOT_YET,      /* dimension u16, group's text, 0, sealed u64, submission -> empty */
	GAP,          /* dimension u16, group's text -> empty: found, not ended */
	SEAT_ID,      /* seat_id() -> struct seat_key */
	READ_AT,      /* assessor, entry, completed u64, submission -> empty */
	RENEWAL,      /* educator, day u32 -> empty: a license ends */
	WAITING_COUNT, /* entry -> struct tally: of its rows in WAITING */
	READ_DAY,      /* entry, day u32 since 1970 (UTC) -> struct read_day */
	SURGE,         /* entry -> empty: more readings were asked for */
	SHARED_ROWS,   /* submission -> SharedRowsNoted: of the co-author who sealed last */
	FORGOTTEN,     /* educator -> empty: was erased (erasure.h) */
	FEEDBACK_OF,   /* educator, SHA-256 -> empty: a reader wrote this to the person */
	FEEDBACK_USE,  /* SHA-256, educator -> empty: of those not erased */
	PURGE,         /* SHA-256 -> empty: nobody is told it any more */
	TOLD,          /* educator, submission -> empty */
	ASSESSMENT_TABLES_END
};
#define N_TABLES (ASSESSMENT_TABLES_END - SERVICE_TABLES)
extern const char *const assessment_tables[N_TABLES];

struct assessor {
	uint64_t version;
	struct id educator; /* or none */
	struct id holds;    /* the reading in hand, or none */
	int64_t day;        /* of the last assignment, in the calendar's zone */
	uint32_t today;     /* assigned on that day */
	uint8_t lead, retired;
	uint16_t zero;
};
_Static_assert(sizeof(struct assessor) == 56, "no padding");

struct assessor_org {
	uint64_t version;
	struct id org;
};
_Static_assert(sizeof(struct assessor_org) == 24, "no padding");

/* An assessor's seat for an entry. */
struct qualification {
	uint64_t version;
	int64_t until_us;     /* of the last certificate or grant; 0: there was none */
	int64_t since_us;     /* in this state */
	int64_t good_us;      /* of the last good drift seed, or of the certificate */
	int64_t weak_from_us; /* of the last weak period; 0: there was none */
	int64_t weak_until_us;
	uint32_t attempt;                /* calibrations begun */
	uint32_t entry_version, anchors; /* of the last one: whose anchors, and how many */
	uint32_t taken;           /* readings assigned under the seat, drift seeds among them */
	struct seed_window seeds; /* since the certificate */
	uint8_t state;            /* enum seat_state */
	uint8_t granted;          /* by an operator: no calibration stands behind the last one */
	uint8_t calibrating;      /* a calibration is under way; a renewal, if the seat stands */
	uint8_t failed;           /* the last calibration did not certify */
};
_Static_assert(sizeof(struct qualification) == 136, "no padding");

/* Which seat a timer is of. */
struct seat_key {
	uint64_t version;
	struct id assessor, entry;
};
_Static_assert(sizeof(struct seat_key) == 40, "no padding");

enum submission_state {
	STATE_NONE, /* no row yet */
	STATE_SCREENING,
	STATE_QUEUED,
	STATE_READING,
	STATE_SECOND_READ,
	STATE_ADJUDICATION,
	STATE_DECIDED,
	STATE_REVIEW,      /* decided, and read once more: waits for, or is in, the fresh reading */
	STATE_REVIEW_LEAD, /* a lead rates the rows on which the fresh reading differs */
	STATE_HELD,        /* integrity hold: nobody reads or releases it */
	STATE_RELEASED,
	STATE_RETURNED_INCOMPLETE,
	STATE_LEFT,
	STATE_VOIDED, /* an integrity case was founded */
	SUBMISSION_STATES
};

struct submission {
	uint64_t version;
	struct id enrollment, educator, entry;
	struct id school, district; /* of the educator when it was sealed; may be none */
	struct id profile;          /* id of its code */
	struct id reading;          /* in hand, or none */
	struct id first_reader;     /* who completed the first reading, or none */
	int64_t sealed_us, due_us, limit_us;
	int64_t decided_us; /* 0: not yet */
	uint32_t entry_version, profile_version, policy_version, attempt;
	uint16_t state;
	uint16_t readings;         /* completed ones that the first decision is of: 0 to 2 */
	uint16_t second_why;       /* Assessment__SecondWhy */
	uint8_t no_reader, waived; /* nobody eligible was told; same reader was waived */
	int64_t review_due_us;     /* of the review that is under way */
	/* Sets of 1 << ReviewWhy: of the review under way; and all that the decision was asked. */
	uint16_t review_whys, review_asked;
	uint16_t review_from;  /* the state it goes back to: STATE_DECIDED or STATE_RELEASED */
	uint16_t reviews;      /* fresh readings completed: ordinals from REVIEW_ORDINAL on */
	uint32_t rank;         /* among those due at once: the lower is taken first */
	uint16_t held_from;    /* the state that a hold goes back to */
	uint16_t flagged;      /* 0 or 1: an integrity flag was raised */
	int64_t released_us;   /* of the decision that stands; 0: not yet */
	int64_t held_us;       /* since when it is held; 0: it is not */
	struct id proposed_by; /* who says that the case is founded; none: nobody yet */
};
_Static_assert(sizeof(struct submission) == 248, "no padding");

/* The ordinal of a submission's first fresh reading, whether one or two came before. */
#define REVIEW_ORDINAL 3

enum reading_state { READING_IN_HAND = 1, READING_COMPLETED, READING_EXPIRED, READING_LEFT };

struct reading {
	uint64_t version;
	struct id submission, assessor;
	int64_t until_us;
	uint16_t ordinal; /* 1, 2; of reviews REVIEW_ORDINAL and more */
	uint16_t state;
	uint16_t opened; /* 0 or 1: the evidence was opened under this lease */
	uint16_t anchor; /* 0 or 1: of an anchor; its ordinal is 0 */
	/* Of an anchor: */
	uint32_t policy_version;
	uint32_t attempt; /* at the calibration; 0: a drift seed */
};
_Static_assert(sizeof(struct reading) == 64, "no padding");

/* A row of the rubric that was met in an earlier attempt. */
struct kept {
	uint64_t version;
	int64_t met_us;
	uint32_t ordinal, attempt, entry_version, zero;
};
_Static_assert(sizeof(struct kept) == 32, "no padding");

struct journey {
	uint64_t version;
	struct id educator;
	uint32_t attempts;
	uint32_t coach_first; /* 0 or 1 */
	uint64_t passed;      /* 0 or 1: no attempt will follow */
	struct id latest;     /* the submission received last */
};
_Static_assert(sizeof(struct journey) == 56, "no padding");

struct tally {
	uint64_t version, n;
};
_Static_assert(sizeof(struct tally) == 16, "no padding");

struct read_by {
	uint64_t version;
	uint64_t as_lead; /* 0: a reading; 1: an adjudication */
};
_Static_assert(sizeof(struct read_by) == 16, "no padding");

/* What decides who may read a submission, beside its place in the queue, so that a long queue is
 * passed over without a look at each submission. */
struct waiting {
	uint64_t version;
	struct id enrollment, educator, school, district, first_reader;
	uint64_t waived;
};
_Static_assert(sizeof(struct waiting) == 96, "no padding");

/* The catalogue's documents, packed as they came. Messages live in the arena; NULL: not known.
 * Version 0 is the newest. */
const Assessment__EntryNoted *entry_get(const struct view *v, struct bytes entry, uint32_t version,
					struct arena *arena);
bool entry_known(const struct view *v, struct bytes entry, uint32_t version);
void entry_put(struct txn *t, const Assessment__EntryNoted *entry);
struct id profile_id(const char *code);
const Enrollment__Profile *profile_get(const struct view *v, struct bytes profile, uint32_t version,
				       struct arena *arena);
void profile_put(struct txn *t, const Enrollment__Profile *profile);
/* What the version was published without has its default. */
const Enrollment__Policy *policy_get(const struct view *v, uint32_t version, struct arena *arena);
void policy_put(struct txn *t, const Enrollment__Policy *policy);
const Enrollment__Calendar *calendar_get(const struct view *v, uint32_t version,
					 struct arena *arena);
void calendar_put(struct txn *t, const Enrollment__Calendar *calendar);

bool assessor_get(const struct view *v, struct bytes assessor, struct assessor *row_r);
void assessor_put(struct txn *t, struct bytes assessor, struct assessor *row);
/* At most max of them; how many there are. */
unsigned assessor_orgs(const struct view *v, struct bytes assessor, struct id *orgs_r,
		       unsigned max);
void assessor_org_put(struct txn *t, struct bytes assessor, uint16_t at, struct bytes org);
bool qualification_get(const struct view *v, struct bytes assessor, struct bytes entry,
		       struct qualification *row_r);
void qualification_put(struct txn *t, struct bytes assessor, struct bytes entry,
		       struct qualification *row);
/* A value of QUALIFICATION or QUALIFIED: whether readings may be assigned now, and until when. */
bool qualification_stands(struct bytes val, int64_t now_us, int64_t *until_us_r);
void lead_put(struct txn *t, struct bytes assessor);
/* Out of LEAD and QUALIFIED: no look for a reader meets the assessor again. */
void assessor_leave_indexes(struct txn *t, struct bytes assessor);
bool is_related(const struct view *v, struct bytes assessor, struct bytes educator);
void relation_put(struct txn *t, struct bytes assessor, struct bytes educator);

bool submission_get(const struct view *v, struct bytes submission, struct submission *row_r);
/* Writes the row and moves its index rows from where before says (NULL: a new one). */
void submission_put(struct txn *t, struct bytes submission, const struct submission *before,
		    struct submission *row);
/* As SubmissionReceived makes it: in screening. */
struct submission submission_of_received(const Assessment__SubmissionReceived *received);
/* The state without a hold. */
uint16_t submission_stage(const struct submission *row);
bool submission_in_review(const struct submission *row);
/* The state without what is under way beside it: a review or a hold leaves a decision released. */
uint16_t submission_standing(const struct submission *row);
/* When it is due in the state that it is in. */
int64_t submission_due_us(const struct submission *row);
/* A reader may take it. */
bool submission_waits(const struct submission *row);
struct waiting waiting_of(const struct submission *row);
const char *submission_state_word(uint16_t state);   /* "queued" ...; "" for none */
uint16_t submission_state_of_word(const char *word); /* STATE_NONE: no such word */
/* Not released, returned or left: listed by BY_STATE. */
bool submission_is_open(uint16_t state);
/* Of the entry, for any reader. */
uint64_t submissions_waiting(const struct view *v, struct bytes entry);
uint64_t submissions_in_state(const struct view *v, uint16_t state);
/* Where a key of WAITING stands in the queue; the submission is borrowed from the key. */
struct queue_place {
	int64_t due_us;
	uint32_t rank;
	struct bytes submission;
};
struct queue_place place_of_key(struct bytes key);
/* The submission of a key of BY_STATE, and its due date; borrowed from the key. */
struct bytes submission_of_key(struct bytes key, int64_t *due_us_r);

const Assessment__SubmissionReceived *received_get(const struct view *v, struct bytes submission,
						   struct arena *arena);
void received_put(struct txn *t, const Assessment__SubmissionReceived *received);
bool reading_get(const struct view *v, struct bytes reading, struct reading *row_r);
void reading_put(struct txn *t, struct bytes reading, struct reading *row);
/* As struct reading has the ordinal; NULL: not completed. */
const Assessment__ReadingCompleted *completed_get(const struct view *v, struct bytes submission,
						  uint32_t ordinal, struct arena *arena);
void completed_put(struct txn *t, const Assessment__ReadingCompleted *completed);
/* review: the ordinal of the fresh reading, or 0: of the two readings. */
const Assessment__AdjudicationCompleted *adjudicated_get(const struct view *v,
							 struct bytes submission, uint32_t review,
							 struct arena *arena);
void adjudicated_put(struct txn *t, const Assessment__AdjudicationCompleted *adjudicated);
const Assessment__DecisionMade *decided_get(const struct view *v, struct bytes submission,
					    struct arena *arena);
void decided_put(struct txn *t, const Assessment__DecisionMade *made);
/* NULL: it shares no row with anybody. */
const Assessment__SharedRowsNoted *shared_rows_get(const struct view *v, struct bytes submission,
						   struct arena *arena);
void shared_rows_put(struct txn *t, const Assessment__SharedRowsNoted *noted);

bool kept_get(const struct view *v, struct bytes enrollment, const char *row, struct kept *kept_r);
void kept_put(struct txn *t, struct bytes enrollment, const char *row, struct kept *kept);
void kept_delete(struct txn *t, struct bytes enrollment, const char *row);
/* Rows that were met in this submission count for no later attempt. */
void kept_drop(struct txn *t, struct bytes submission, const struct submission *row);
bool journey_get(const struct view *v, struct bytes enrollment, struct journey *row_r);
void journey_put(struct txn *t, struct bytes enrollment, struct journey *row);
void read_by_put(struct txn *t, struct bytes enrollment, struct bytes assessor,
		 struct bytes submission, bool as_lead);
uint64_t decisions_of(const struct view *v, struct bytes entry, struct bytes profile);
void decisions_add(struct txn *t, struct bytes entry, struct bytes profile);

#endif
