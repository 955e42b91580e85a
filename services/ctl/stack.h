/*
 * Stacks: what stack list, stack progress and status tell of them.
 */
#ifndef CAIRN_CTL_STACK_H
#define CAIRN_CTL_STACK_H

#include "services/ctl/ctl.h"

#include "proto/issuance.pb-c.h"

/* How far the evaluation of all educators is: one line. */
void say_sweep(struct ctl *c, const Issuance__StackAnswer *a);

#endif
