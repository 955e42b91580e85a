/*
 * Destroying the keys of erased educators.
 *
 * EducatorErased leaves the educator in the table ERASING. After that commit the key's slot in the
 * keyring is overwritten and synced, and a command of the daemon's own makes it an event,
 * KeyDestroyed, which clears the row. A crash in between repeats both; both are idempotent.
 */
#ifndef CAIRN_ENROLLMENT_EFFECTS_H
#define CAIRN_ENROLLMENT_EFFECTS_H

#include "libshared/daemon.h"

extern const struct outside_ops enrollment_outside;

#endif
