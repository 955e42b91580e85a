/*
 * Signing again what a key signed: what keys reissue and status tell of it.
 */
#ifndef CAIRN_CTL_REISSUE_H
#define CAIRN_CTL_REISSUE_H

#include "services/ctl/ctl.h"

#include "proto/issuance.pb-c.h"

int run_reissue(struct ctl *c);
/* NULL: a fault. */
const Issuance__ReissueList *ask_reissues(struct ctl *c);
/* One line. */
void say_reissue(struct ctl *c, const Issuance__ReissueAnswer *r);

#endif
