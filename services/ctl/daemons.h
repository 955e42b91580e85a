/*
 * The services as programs: for what reads their databases (verify, dump, backup, restore).
 */
#ifndef CAIRN_CTL_DAEMONS_H
#define CAIRN_CTL_DAEMONS_H

#include "libshared/service.h"
#include "services/ctl/ctl.h"

const struct service *service_of(enum ctl_service s);
/* Where a log ends, by its database in dir (which nobody writes now). False: a fault. */
bool position_in(struct ctl *c, enum ctl_service s, const char *dir, struct position *at_r);

#endif
