/*
 * Who may read what, and what is read next.
 *
 * An assessor may read a submission when qualified for its entry (and the qualification has not run
 * out), not of the educator's school or district, not the educator, not declared related, and
 * neither having read it nor (unless waived) an earlier attempt of the same enrollment. The next
 * one is the oldest due among those, over all entries the assessor is qualified for; of those due
 * at once, the one whose author has a license that ends first. Nothing else gives priority, and
 * nobody is told why a reading came when it did.
 *
 * The queue may be long: each entry's part is in order of due dates, holds what decides beside its
 * key, and is looked through up to a bound, from its head.
 */
#ifndef CAIRN_ASSESSMENT_ASSIGN_H
#define CAIRN_ASSESSMENT_ASSIGN_H

#include "services/assessment/tables.h"

#define ORGS_MAX 32 /* of one assessor */

/* An assessor with what decides conflicts. */
struct reader {
	struct id id;
	struct assessor row;
	struct id orgs[ORGS_MAX];
	unsigned n_orgs;
};
/* False: no such assessor. */
bool reader_load(const struct view *v, struct bytes assessor, struct reader *reader_r);

enum standing {
	STANDING_FREE,
	STANDING_CONFLICT,    /* school, district, own work, declared relation: never waived */
	STANDING_READ_IT,     /* has read this submission */
	STANDING_READ_EARLIER /* has read an earlier attempt, and that is not waived */
};
/* For a reading. Qualification is not asked here. */
enum standing reader_standing(const struct view *v, const struct reader *r, struct bytes submission,
			      const struct waiting *w);
/* For an adjudication: a lead may have adjudicated an earlier attempt. */
enum standing lead_standing(const struct view *v, const struct reader *r, struct bytes submission,
			    const struct waiting *w);
bool reader_conflicts(const struct view *v, const struct reader *r, const struct waiting *w);

/* What the reader takes next; false: nothing waits that they may read. */
bool choose_submission(const struct view *v, const struct reader *r, int64_t now_us,
		       struct id *submission_r);

/* Whether anyone but except (an assessor, or empty) may read the submission now; *until_us_r is
 * when the qualification of the one found ends. */
bool find_reader(const struct view *v, struct bytes submission, const struct submission *row,
		 struct bytes except, int64_t now_us, int64_t *until_us_r);
/* Whether any lead but except may adjudicate it. */
bool find_lead(const struct view *v, struct bytes submission, const struct submission *row,
	       struct bytes except);
/* Whichever of the two its state asks for; true for states that wait for nobody. */
bool someone_may(const struct view *v, struct bytes submission, const struct submission *row,
		 struct bytes except, int64_t now_us);

#endif
