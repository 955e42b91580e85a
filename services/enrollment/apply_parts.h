/*
 * The changes of the catalogue, one per event (apply_catalogue.c); apply.c has the table of all.
 */
#ifndef CAIRN_ENROLLMENT_APPLY_PARTS_H
#define CAIRN_ENROLLMENT_APPLY_PARTS_H

#include "libshared/eventlog.h"
#include "services/enrollment/enrollment.h"
#include "services/enrollment/tables.h"

typedef void apply_fn(struct txn *txn, const Enrollment__Event *event, const struct record *record);

apply_fn apply_issuer_published, apply_profile_published, apply_policy_published,
	apply_calendar_published, apply_media_published, apply_entry_published, apply_entry_retired,
	apply_retirement_withdrawn, apply_retirement_told, apply_quality_standard_published,
	apply_review_recorded, apply_review_noticed, apply_review_overdue, apply_stack_published,
	apply_renewal_policy_published;

/* apply_district.c */
apply_fn apply_roster_seen, apply_roster_missed, apply_cohort_opened, apply_cohort_closed,
	apply_cohort_joined, apply_cohort_left;
/* apply_goal.c */
apply_fn apply_goal_set, apply_goal_dropped;

#endif
