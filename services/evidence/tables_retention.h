/*
 * The tables of retention: until when a portfolio's bytes, records and manifests are kept, legal
 * holds on it, and proof of what was purged.
 */
#ifndef CAIRN_EVIDENCE_TABLES_RETENTION_H
#define CAIRN_EVIDENCE_TABLES_RETENTION_H

#include "services/evidence/tables.h"

#define HOLD_REASON_MAX 31

struct retention {
	uint64_t version;
	int64_t from_us;  /* the last decision, or the end of the enrollment */
	int64_t until_us; /* 0: not reckoned yet */
	uint8_t what;     /* Evidence__Retained: what goes next */
	uint8_t asked;    /* by the teacher: now */
	uint8_t reserved[6];
};
_Static_assert(sizeof(struct retention) == 32, "no padding");

struct hold {
	uint64_t version;
	struct id portfolio, by;
	struct id lift_asked_by, lifted_by; /* or none */
	int64_t placed_us, lifted_us;
	char reason[HOLD_REASON_MAX + 1];
};
_Static_assert(sizeof(struct hold) == 120, "no padding");

bool retention_get(const struct view *view, struct bytes portfolio, struct retention *row_r);
void retention_put(struct txn *txn, struct bytes portfolio, struct retention *row);

bool hold_get(const struct view *view, struct bytes hold, struct hold *row_r);
/* Also lists it under its portfolio. */
void hold_put(struct txn *txn, struct bytes hold, struct hold *row);
/* Some hold on it is not lifted. */
bool is_held(const struct view *view, struct bytes portfolio);

/* event is the packed Event of ArtifactPurged. */
void purged_put(struct txn *txn, struct bytes artifact, struct bytes event);
const Evidence__ArtifactPurged *purged_get(const struct view *view, struct bytes artifact,
					   struct arena *arena);

#endif
