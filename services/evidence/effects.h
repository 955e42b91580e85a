/*
 * Removing files, after the commit that lets go of them.
 *
 * What was abandoned, replaced or erased stands in PURGE (and, of drafts, in FORGETTING). Its files
 * are removed in a turn in which no batch is on its way: what nothing names then, nothing names
 * that could still come to stand, and who names it later writes it again first. Then a command of
 * the daemon's own, NotePurged, ends the rows by its event. A crash in between does it again.
 *
 * What a crash or a failed batch has orphaned is found by walking a 256th part of the files every
 * few minutes: drafts and blobs that nothing names and that were last written a day ago.
 */
#ifndef CAIRN_EVIDENCE_EFFECTS_H
#define CAIRN_EVIDENCE_EFFECTS_H

#include "libshared/daemon.h"

extern const struct outside_ops evidence_outside;

#endif
