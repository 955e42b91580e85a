/*
 * The rules of evidence, one per command, and what several of them need; decide.c has the table of
 * them. prepare.c asks the same checks before it writes a byte.
 */
#ifndef CAIRN_EVIDENCE_RULES_H
#define CAIRN_EVIDENCE_RULES_H

#include "services/evidence/evidence.h"
#include "services/evidence/portfolio.h"
#include "services/evidence/scan_text.h"
#include "services/evidence/tables.h"

typedef enum verdict rule_fn(const struct view *view, const Evidence__Command *cmd,
			     struct decision *d);

/* decide_artifact.c */
rule_fn decide_begin_artifact, decide_put_part, decide_finish_artifact, decide_abandon_artifact;
/* decide_consent.c */
rule_fn decide_record_consent, decide_withdraw_consent;
/* decide_privacy.c */
rule_fn decide_record_redaction, decide_attest_no_identifiers;
/* scanning.c */
rule_fn decide_scan;
/* decide_shared.c */
rule_fn decide_declare_shared, decide_confirm_shared;
/* decide_hold.c */
rule_fn decide_place_hold, decide_lift_hold, decide_request_purge;
/* decide_seal.c */
rule_fn decide_save_answer, decide_seal, decide_recall;
/* decide_reading.c */
rule_fn decide_open_reading, decide_note_viewed, decide_note_read, decide_note_purged;

/* The timers, each by its kind. */
typedef enum verdict timer_fn(const struct view *view, const struct timer_due *timer,
			      struct decision *d);
timer_fn decide_abandon_timer;   /* decide_artifact.c */
timer_fn decide_consent_timer;   /* decide_consent.c */
timer_fn decide_retention_timer; /* decide_retention.c */

/* The questions of another file than query.c. */
typedef Cairn__Status ask_fn(const Evidence__Query *query, struct query *q);
ask_fn ask_erasure;             /* query_erasure.c */
ask_fn ask_own, ask_answer;     /* query_own.c */
ask_fn ask_consents, ask_views; /* query_privacy.c */
ask_fn ask_duplicates;          /* query_duplicates.c */
ask_fn ask_retention;           /* query_retention.c */

/* The person behind the question is this one, or nobody is named, or an operator asks. */
bool may_ask(const struct query *q, struct bytes educator);
/* A part of a blob, from offset. */
Cairn__Status answer_bytes(struct query *q, const uint8_t *sha256, uint64_t offset, uint64_t total);

/* Emits one event: emit_event(d, entity, &event, EVIDENCE__EVENT__BODY_...). */
void emit_event(struct decision *d, struct bytes entity, Evidence__Event *event,
		Evidence__Event__BodyCase body);
/* Closes the open grants of a submission. */
void emit_grants_closed(const struct view *view, struct decision *d, struct bytes submission,
			const char *why);

/* The person behind the request is this one, or nobody is named, or an operator asks. */
bool speaks_for(const struct decision *d, struct bytes educator);
/* The portfolio, known, and of the person behind the request; else refused. */
enum verdict known_work(const struct view *view, struct decision *d, struct bytes portfolio,
			struct work *work_r);
/* The same, and work may be done in it. */
enum verdict open_work(const struct view *view, struct decision *d, struct bytes portfolio,
		       struct work *work_r);
/* An artifact of such a portfolio. */
enum verdict known_artifact(const struct view *view, struct decision *d, struct bytes artifact,
			    struct artifact *row_r, struct work *work_r);
/* The same, and it may be changed: its portfolio and its requirement are open. */
enum verdict open_artifact(const struct view *view, struct decision *d, struct bytes artifact,
			   struct artifact *row_r, struct work *work_r);

/* The artifact has students in it and may still take a privacy step. */
enum verdict need_students(struct decision *d, const struct artifact *row);

/* scanning.c: a scan of an artifact's or an answer's text. Lives in the arena. */
struct scanned {
	struct scan_found found;
	uint64_t text_bytes;
	bool whole; /* it was all of the text */
	struct bytes text;
};
/* False: its kind of file is not read here, or it is too large. */
bool scan_artifact(const struct view *view, struct decision *d, struct bytes artifact,
		   const struct scan_asked *asked, struct scanned *s_r);
/* What the portfolio's policy says of students' numbers, without a roster. */
struct scan_asked scan_asked_of(const struct view *view, const struct work *work,
				struct decision *d);
/* Kinds and counts, for an event. */
Evidence__FindingCount **counts_of(struct decision *d, const struct scan_found *found, size_t *n_r);
uint32_t counts_total(Evidence__FindingCount *const *counts, size_t n);
/* "2 email, 1 phone", in the arena. */
const char *counts_text(struct decision *d, Evidence__FindingCount *const *counts, size_t n);
void emit_scanned(struct decision *d, struct bytes artifact, const struct scanned *s, size_t names);

/* May this sender do it, in this state? Of a part: also, does it come next? */
enum verdict check_part(const struct view *view, const Evidence__PutPart *ask, struct decision *d,
			struct artifact *row_r);
enum verdict check_finish(const struct view *view, const Evidence__FinishArtifact *ask,
			  struct decision *d, struct artifact *row_r);
/* The hash of what an upload has received in whole, known from its parts. False: of a release
 * before chains. */
bool upload_hash(const struct view *view, struct bytes artifact, uint8_t hash_r[SHA256_LEN]);
enum verdict check_answer(const struct view *view, const Evidence__SaveAnswer *ask,
			  struct decision *d, uint16_t *question_r);

/* sealing.c: everything that a seal says, and the blobs that it needs. Lives in the arena. */
struct sealing {
	Evidence__SubmissionSealed sealed;
	struct bytes manifest;
	struct bytes *texts; /* of sealed.answers; none: the text is kept from an earlier attempt */
	uint8_t manifest_sha256[SHA256_LEN];
};
enum verdict sealing_build(const struct view *view, const Evidence__Seal *ask, struct decision *d,
			   struct sealing *s_r);

#endif
