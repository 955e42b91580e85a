/*
 * Removing readers' feedback after the commit that lets go of it (erasure.h).
 *
 * Its file is removed in a turn in which no batch is on its way: who writes the same text later
 * writes its file again first. Then NotePurged, a command of the daemon's own, ends the rows by its
 * event. A crash in between does it again.
 */
#ifndef CAIRN_ASSESSMENT_EFFECTS_H
#define CAIRN_ASSESSMENT_EFFECTS_H

#include "libshared/daemon.h"

extern const struct outside_ops assessment_outside;

#endif
