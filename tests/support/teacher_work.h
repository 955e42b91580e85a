/*
 * One enrollment of Ana's with its entry, its evidence and what was sealed of it, as the services
 * tell them, for routes under teacher_kit.h.
 */
#ifndef CAIRN_TEST_TEACHER_WORK_H
#define CAIRN_TEST_TEACHER_WORK_H

#include "tests/support/teacher_kit.h"

#define E "018f3c2a-0000-7000-8000-000000000001"
#define S "018f3c2a-0000-7000-8000-000000000002"
#define A "018f3c2a-0000-7000-8000-000000000003"
#define C "018f3c2a-0000-7000-8000-000000000004"
#define L "018f3c2a-0000-7000-8000-000000000005"
#define G "018f3c2a-0000-7000-8000-000000000006"

extern const char work_enrollment[], work_entry[], work_portfolio[], work_submission[];

/* The first three are what is answered from now on. */
void given_work(void);
/* The kit with these routes and that work. */
void given_work_of(const struct route_list *list);

#endif
