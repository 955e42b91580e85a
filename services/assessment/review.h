/*
 * What a review comes to: one more fresh, blind reading of work that is decided already.
 *
 * It is asked for by an appeal, a back-read of a weak period, a fairness gap or an integrity case;
 * several whys at one time share one reading. It waits in the queue like any other, goes to
 * somebody who has judged nothing of the enrollment, and is not to be told from a first one.
 *
 *	fresh reading ──review_rows()──> none: the decision is upheld
 *	    some, and only the earner asked ──> overturned: review_decide()
 *	    some, and somebody else asked too ──> a lead rates those rows ──> review_decide()
 *
 * An appeal never worsens a result: only appealed rows below pass count, and only when they come to
 * pass. What nobody appealed against changes by a lead's word alone. Pure functions, as in
 * decision.h: the decision that supersedes another can be made again from the events it came of.
 */
#ifndef CAIRN_ASSESSMENT_REVIEW_H
#define CAIRN_ASSESSMENT_REVIEW_H

#include "libshared/arena.h"
#include "proto/assessment.pb-c.h"

/* A set of whys. */
#define REVIEW_BIT(why) (1U << (why))

/* All that the outcome depends on. */
struct review_case {
	const Enrollment__Rubric *rubric;
	const Assessment__DecisionMade *standing;
	const Assessment__ReadingCompleted *fresh;
	const Assessment__AdjudicationCompleted *lead; /* or NULL: no lead has rated yet */
	uint32_t whys;
	char *const *appealed; /* rows; none: all of them */
	size_t n_appealed;
	uint32_t attempt;
	int64_t decided_us;
};

/* Whether a difference needs a lead: somebody but the earner asked. */
bool review_needs_lead(uint32_t whys);
/* The rows whose result the fresh reading, or the lead where there is one, changes. Texts are the
 * fresh reading's; rows_r has room for all its ratings. Returns how many. */
size_t review_rows(const struct review_case *c, char **rows_r);
/* Of these, the appealed ones that come to pass. */
size_t review_won(const struct review_case *c, char **rows_r);
/* Fills passed, rows, reads, rule, supersedes, reader and lead of the decision that takes the
 * standing one's place. Lives in the arena. */
void review_decide(const struct review_case *c, struct arena *arena,
		   Assessment__DecisionMade *made);
/* "appeal", "back_read" ...; "" for none. */
const char *review_word(uint32_t why);

#endif
