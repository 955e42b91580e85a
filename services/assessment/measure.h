/*
 * What is counted when: called by apply, and by the rule that asks what a double read will make of
 * a row.
 *
 * Counted are the two readings that a decision is made of, and decisions as they are made. Not
 * counted: readings that are no part of one (a review of what is decided, a hidden anchor). A
 * decision's time is what its attempt's clock ran (clock.h).
 */
#ifndef CAIRN_ASSESSMENT_MEASURE_H
#define CAIRN_ASSESSMENT_MEASURE_H

#include "services/assessment/tables_report.h"

/* Adds both readings of a row to its counts; false: not both rated it. */
bool double_read_add(const Enrollment__Rubric *rubric, const char *row,
		     const Assessment__ReadingCompleted *first,
		     const Assessment__ReadingCompleted *second, struct agreement_counts *counts);

void measure_second_reading(struct txn *t, const struct submission *row,
			    const Assessment__ReadingCompleted *second);
/* row as it is once decided. */
void measure_decision(struct txn *t, const struct submission *row,
		      const Assessment__DecisionMade *made);

#endif
