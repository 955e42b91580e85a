/*
 * What the service's rules share: the rules themselves, and what several of them need.
 */
#ifndef CAIRN_ASSESSMENT_RULES_H
#define CAIRN_ASSESSMENT_RULES_H

#include "services/assessment/assessment.h"
#include "services/assessment/assign.h"
#include "services/assessment/tables.h"

typedef enum verdict rule_fn(const struct view *view, const Assessment__Command *cmd,
			     struct decision *d);

/* decide_people.c */
rule_fn decide_register_assessor, decide_retire_assessor, decide_waive_same_reader,
	decide_record_coaching;
/* decide_seat.c */
rule_fn decide_qualify_assessor, decide_apply_for_seat, decide_start_training,
	decide_start_calibration;
/* decide_anchor.c */
rule_fn decide_rate_anchor, decide_withdraw_anchor;
/* decide_queue.c */
rule_fn decide_screen, decide_return_incomplete, decide_next_reading, decide_release;
/* decide_reading.c */
rule_fn decide_complete_reading, decide_adjudicate;
/* decide_draft.c */
rule_fn decide_save_ratings, decide_declare_conflict;
/* follow_people.c: a relation that is not known yet, and what ends with it. */
void emit_related(const struct view *view, struct decision *d, struct bytes assessor,
		  struct bytes educator);
/* decide_erasure.c */
rule_fn decide_note_purged;
/* Readers' feedback of an educator who was erased is let go of, once. */
void emit_forgotten(const struct view *view, struct bytes educator, struct decision *d);
/* decide_review.c */
rule_fn decide_request_review;
/* decide_appeal.c */
rule_fn decide_file_appeal;
/* decide_integrity.c */
rule_fn decide_flag_integrity, decide_place_hold, decide_clear_hold, decide_propose_founded,
	decide_confirm_founded, decide_withdraw_founded;

/* The person behind the request is this one, or nobody is named, or an operator asks. */
bool speaks_for(const struct decision *d, struct bytes person);
/* The assessor, known, not retired, and behind the request. */
enum verdict known_reader(const struct view *view, struct decision *d, struct bytes assessor,
			  struct reader *reader_r);
/* The same, and a lead without a conflict over the submission. */
enum verdict known_lead(const struct view *view, struct decision *d, struct bytes assessor,
			const struct submission *row, struct reader *reader_r);
enum verdict known_submission(const struct view *view, struct decision *d, struct bytes submission,
			      struct submission *row_r);
enum verdict wrong_state(struct decision *d, const struct submission *row, const char *wanted);
/* One word of a-z, 0-9 and _, so that nobody writes of a person in a record. */
bool is_word(const char *text);

/* A submission with the versions of everything that it started under. Lives in the arena. */
struct matter {
	struct bytes id;
	struct submission row;
	const Assessment__SubmissionReceived *received;
	const Assessment__EntryNoted *entry;
	const Enrollment__Profile *profile;
	const Enrollment__Policy *policy;
};
void matter_load(const struct view *view, struct arena *arena, struct bytes submission,
		 struct matter *m_r);
/* What a reading is of; an anchor's is under the policy that any other would be under. */
void matter_of_reading(const struct view *view, struct arena *arena, const struct reading *reading,
		       struct matter *m_r);

/* Replies to an assessor, the same whatever the reading is of. */
void reply_assigned(struct decision *d, ProtobufCBinaryData reading, int64_t until_us);
void reply_completed(struct decision *d);

/* decide_anchor.c */
void emit_anchor_withdrawn(struct decision *d, struct bytes submission, const char *why);

/* outcome.c: what follows in the same breath, as events and as the reply. */
void outcome_of_reading(const struct view *view, struct decision *d, const struct matter *m,
			const Assessment__ReadingCompleted *completed);
void outcome_of_adjudication(const struct view *view, struct decision *d, const struct matter *m,
			     const Assessment__AdjudicationCompleted *adjudicated);
struct dispute {
	size_t n;
	char **rows;
	uint32_t review; /* the ordinal of a fresh reading, or 0: of the two readings */
};
/* Of a submission that waits for a lead; in the arena. */
struct dispute dispute_of(const struct view *view, struct arena *arena, const struct matter *m);
/* last: the reading that differs. */
void request_adjudication(const struct view *view, struct decision *d, const struct matter *m,
			  const Assessment__ReadingCompleted *last, const struct dispute *dispute);
/* made: the decision, or NULL. */
void reply_outcome(struct decision *d, uint16_t state, const Assessment__DecisionMade *made);
void emit_released(const struct view *view, struct decision *d, const struct matter *m,
		   const Assessment__DecisionMade *made, int64_t decided_us);
/* why: "recalled", "passed_meanwhile". */
void emit_submission_left(struct decision *d, struct bytes submission, const char *why);

/* decide_review.c: one more blind reading of what is decided (review.h). */

/* Whether the submission is decided, and its decision was not asked this before. */
bool may_be_reviewed(const struct submission *row, Assessment__ReviewWhy why);
/* Asks for it where it may be; false: nothing was asked. At most once for a submission in one
 * decision. */
bool emit_review_requested(const struct view *view, struct decision *d, struct bytes submission,
			   Assessment__ReviewWhy why);
/* When it would be due, asked for now; one that is under way keeps its date. */
int64_t review_due_us(const struct view *view, struct decision *d, const struct submission *row);
struct review_case;
/* The review under way, after its fresh reading. Lives in the arena. */
void review_load(const struct view *view, struct arena *arena, const struct matter *m,
		 struct review_case *c_r);
/* Which rows change (review_rows()); in the arena. */
size_t review_disputed(const struct review_case *c, struct arena *arena, char ***rows_r);
void outcome_of_review(const struct view *view, struct decision *d, const struct matter *m,
		       const Assessment__ReadingCompleted *fresh);
void outcome_of_review_lead(const struct view *view, struct decision *d, const struct matter *m,
			    const Assessment__AdjudicationCompleted *lead);

/* surge.c: more readings are asked for where the forecast passes the limits. */
void emit_surges(const struct view *view, struct decision *d);

/* daily.c: the daily look, at fairness and at the queue. */
enum verdict decide_day(const struct view *view, const struct timer_due *timer, struct decision *d);

/* row_review.c: rows on which two readers agree too little, or again enough, once this double read
 * is counted. */
void emit_row_reviews(const struct view *view, struct decision *d, const struct matter *m,
		      const Assessment__ReadingCompleted *first,
		      const Assessment__ReadingCompleted *second);
/* decide_appeal.c: the review was asked by the earner, and is over. */
void emit_appeal_decided(const struct view *view, struct decision *d, const struct matter *m,
			 const struct review_case *c);

/* decide_integrity.c */

/* why: a word. A submission is flagged once. */
void emit_integrity_flagged(struct decision *d, struct bytes submission, char *why);
void emit_clock_paused(struct decision *d, struct bytes submission, const char *why);
/* Its author has sealed it again: due as the seal says. */
void emit_clock_resumed_as_sealed(struct decision *d,
				  const Assessment__SubmissionReceived *received);

/* lookout.c: watching that everything that waits can be read by somebody. */

/* When to look again whether anyone may read what comes to wait now (no_reader_us of the events).
 * except: an assessor who does not count, or empty. */
int64_t look_again_us(const struct view *view, const struct decision *d, struct bytes submission,
		      const struct submission *row, struct bytes except, uint32_t minutes);
/* Says so about everything that nobody but except may read: of one educator, or (empty) of all. For
 * when the assessor stops being one, or to be one for that educator. */
void emit_left_alone(const struct view *view, struct decision *d, struct bytes except,
		     struct bytes educator);
/* The same of one entry, whose seat ends. */
void emit_left_alone_of(const struct view *view, struct decision *d, struct bytes except,
			struct bytes entry);
void emit_no_eligible_reader(struct decision *d, struct bytes submission);
void emit_lease_expired(const struct view *view, struct decision *d, struct bytes reading_id,
			const struct reading *reading, struct bytes except);

#endif
