/*
 * The commands of cairnctl on the quality of micro-credentials: checked before they are published,
 * reviewed by a person.
 */
#ifndef CAIRN_CTL_CATALOGUE_QUALITY_H
#define CAIRN_CTL_CATALOGUE_QUALITY_H

#include "services/catalogue/catalogue.h"
#include "services/ctl/ctl.h"

int run_catalogue_check(struct ctl *c);
int run_catalogue_review(struct ctl *c);

/* cmd_catalogue.c: the files that were given, checked and in order. False: a fault. */
bool read_catalogue_files(struct ctl *c, struct catalogue *catalogue);

#endif
