/*
 * Removing files, after the commit that lets go of them.
 *
 * What was abandoned, replaced or erased stands in PURGE (and, of drafts, in FORGETTING). A command
 * of the daemon's own, NotePurged, removes the files in prepare and ends the rows by its event:
 * there the state is the one that later commands see, so nothing is removed that somebody names
 * again.
 *
 * What a crash or a failed batch has orphaned is found by walking a 256th part of the files every
 * few minutes: drafts and blobs that nothing names and that were last written a day ago.
 */
#ifndef CAIRN_EVIDENCE_EFFECTS_H
#define CAIRN_EVIDENCE_EFFECTS_H

#include "libshared/daemon.h"

extern const struct outside_ops evidence_outside;

#endif
