/*
 * The questions of assessment stand in one file per subject, query_SUBJECT.c; query.c has their
 * table, and what they share.
 */
#ifndef CAIRN_ASSESSMENT_QUERY_PARTS_H
#define CAIRN_ASSESSMENT_QUERY_PARTS_H

#include "services/assessment/rules.h"

typedef Cairn__Status ask_fn(const Assessment__Query *query, struct query *q);

ask_fn ask_report;                      /* query_report.c */
ask_fn ask_fairness;                    /* query_fairness.c */
ask_fn ask_seat, ask_anchors, ask_weak; /* query_seat.c */
ask_fn ask_queue;                       /* query_queue.c */
ask_fn ask_reviews;                     /* query_review.c */
ask_fn ask_explain;                     /* explain.c */
ask_fn ask_feedback;                    /* query_feedback.c */
ask_fn ask_draft, ask_coaching;         /* query_draft.c */
ask_fn ask_erasure;                     /* query_erasure.c */

#define LIMIT_DEFAULT 50
#define LIMIT_MOST 200

/* A message in the query's arena: MADE(q, TYPE, INIT). */
void *made(struct query *q, const void *init, size_t size);
#define MADE(q, TYPE, INIT) ((TYPE *)made((q), &(const TYPE)INIT, sizeof(TYPE)))
struct submission;
/* The word of its state. Nobody but an operator is told that it is being reviewed. */
const char *submission_word_for(bool is_operator, const struct submission *row);
char *copy_text(struct query *q, const char *text);
/* By one who is not retired, or by an operator. */
bool asked_by_lead(const struct query *q);
/* By its hash; "" when none was written, or when it has been purged. */
char *feedback_text(struct query *q, ProtobufCBinaryData hash);
Cairn__Status no_submission(struct query *q);
/* "profile", "sample" ...; "" for none. */
const char *second_word(unsigned why);

/* As speaks_for() of the rules. */
bool asked_by(const struct query *q, struct bytes person);

#endif
