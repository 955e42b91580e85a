/*
 * One run of cairnctl as a program would see it: words in, exit code and output out.
 *
 *	struct ctl_run run = ctl_run(&place, "keys", "init", "--dir", dir, NULL);
 *	ck_assert_int_eq(run.code, 0);
 */
#ifndef CAIRN_TEST_CTL_RUN_H
#define CAIRN_TEST_CTL_RUN_H

#include "tests/support/place.h"

#define CTL_RUN_TEXT 65536

struct ctl_run {
	int code;
	char out[CTL_RUN_TEXT], err[CTL_RUN_TEXT]; /* cut to fit */
};

/* Words up to NULL. main_fn is ctl_main(): a program that runs no cairnctl need not link it. */
typedef int ctl_main_fn(int argc, char **argv);
void ctl_run(struct ctl_run *run, ctl_main_fn *main_fn, const struct place *place, ...);

#endif
