/*
 * Copies of several environments as they were at one moment.
 *
 * Services follow each other, so copies that are taken one after another do not fit together: a
 * follower may have read what its upstream's copy does not hold. Here all writers are stopped
 * together for the few milliseconds it takes to fix each environment's state; the copying itself
 * hinders nobody.
 *
 *	struct snapshot *s = snapshot_take(dirs, n);
 *	for (i ...) snapshot_copy(s, i, to[i]) ...
 *	snapshot_end(&s);
 *
 * While a snapshot stands, its environments keep old pages: end it soon.
 */
#ifndef CAIRN_SNAPSHOT_H
#define CAIRN_SNAPSHOT_H

#include "libshared/base.h"

#define SNAPSHOT_MAX 16

struct snapshot;

/* Of live environments in dirs, owned by other processes. NULL: logged why. */
struct snapshot *snapshot_take(const char *const *dirs, size_t n);
/* Writes number i as to_dir/data.mdb; to_dir is made if needed and must not have one. 0, or -1:
 * logged. */
int snapshot_copy(struct snapshot *s, size_t i, const char *to_dir) MUST_CHECK;
void snapshot_end(struct snapshot **s);

/* In a service's directory: its time is when its last copy was whole. */
#define BACKED_UP "backed-up"

#endif
