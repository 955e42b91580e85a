/*
 * Notices leave here: after the commit, driven from the tables alone.
 *
 *	due, or begun before a crash ──> BeginSending ──> durable ──> the channel ──> RecordAttempt
 *
 * As many letters as the setting parallel says are in hand; a crash loses what is in hand from
 * memory, never from the tables, and it is begun again under the same Message-ID. A person who was
 * erased: first letters in the spool, then the key, then the report that it is gone.
 */
#ifndef CAIRN_NOTIFICATION_EFFECTS_H
#define CAIRN_NOTIFICATION_EFFECTS_H

#include "libshared/daemon.h"

extern const struct outside_ops notification_outside;

#endif
