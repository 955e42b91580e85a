/* Work outside, after the commit (daemon.h). */
#ifndef CAIRN_ISSUANCE_EFFECTS_H
#define CAIRN_ISSUANCE_EFFECTS_H

#include "libshared/daemon.h"

extern const struct outside_ops issuance_outside;

#endif
