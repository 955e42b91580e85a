/*
 * The tables of student privacy: what each consent says, and who looked at what.
 */
#ifndef CAIRN_EVIDENCE_TABLES_PRIVACY_H
#define CAIRN_EVIDENCE_TABLES_PRIVACY_H

#include "services/evidence/minhash.h"
#include "services/evidence/tables.h"

/* ---- consents ---- */

#define CONSENTS_MAX ((size_t)100) /* of one artifact */

/* event is the packed Event, as the record has it. */
void consent_said_put(struct txn *txn, const Evidence__ConsentRecorded *recorded,
		      struct bytes event);
const Evidence__ConsentRecorded *consent_said_get(const struct view *view, struct bytes artifact,
						  struct bytes consent, struct arena *arena);
size_t consents_count(const struct view *view, struct bytes artifact);
/* The first end of a consent that still holds, or NO_EXPIRY. */
int64_t consents_next_end(const struct view *view, struct bytes artifact);

/* Those of an artifact, with what they say. */
void consents_delete(struct txn *txn, struct bytes artifact);

/* ---- scans ---- */

void scanned_put(struct txn *txn, struct bytes artifact, struct bytes event);
/* NULL: its text was not looked through. */
const Evidence__ArtifactScanned *scanned_get(const struct view *view, struct bytes artifact,
					     struct arena *arena);

/* That of its text, without the event around it. False: it has none. */
struct signature {
	uint8_t bytes[MINHASH_BYTES];
	uint32_t shingles;
};
bool signature_get(const struct view *view, struct bytes artifact, struct signature *s_r);

/* ---- views ---- */

enum viewer { VIEWER_ASSESSOR = 1, VIEWER_TEACHER, VIEWER_OPERATOR };

#define REASON_MAX 31

/* One look at an artifact, or at an answer: then there is no artifact. */
struct viewing {
	uint64_t version;
	int64_t at_us;
	struct id artifact, submission, reading, by;
	uint32_t item;  /* of the submission, answers after the items; 0: outside any submission */
	uint8_t viewer; /* enum viewer */
	uint8_t reserved[3];
	char reason[REASON_MAX + 1]; /* an operator's */
};
_Static_assert(sizeof(struct viewing) == 120, "no padding");

/* What an item of a submission is; ID_NONE: an answer. */
struct id artifact_of_item(const struct view *view, const struct id *submission, uint32_t item);
/* Under the seq of the event that is applied. */
void viewing_add(struct txn *txn, struct bytes portfolio, struct viewing *row);
/* The seqs at which a portfolio or an artifact was looked at, above after. */
struct seq_scan {
	unsigned table;
	struct key prefix;
	uint64_t after;
};
struct seq_scan viewings_of(unsigned table, struct bytes of, uint64_t after);
bool seq_next(struct seq_scan *scan, const struct view *view, uint64_t *seq_r);
bool viewing_get(const struct view *view, struct bytes portfolio, uint64_t seq,
		 struct viewing *row_r);

/* This person has looked at it outside a reading. answer 0: at an artifact. */
bool read_before(const struct view *view, struct bytes of, uint32_t answer, struct bytes person);
void read_put(struct txn *txn, struct bytes of, uint32_t answer, struct bytes person);

#endif
