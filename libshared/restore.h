/*
 * A service's environment from a copy, and from its log's archive.
 *
 * A log that goes on from a copy gets a new name and says so in its first record (Restored):
 * followers that stand at or before it go on, those that had read further are told that they are
 * ahead, and nobody mistakes one history for the other.
 *
 *	restore_extend()    what the archive holds beyond the copy's log; dir may be new
 *	restore_cursor()    where the service stands in its neighbours' logs then
 *	restore_rename()    last
 *
 * None of it may be done to an environment that a daemon owns.
 */
#ifndef CAIRN_RESTORE_H
#define CAIRN_RESTORE_H

#include "libshared/eventlog.h"
#include "libshared/service.h"

/* Gives the log in dir the name log_id and appends Restored. before_r: where it ended. 0, or -1:
 * logged. */
int restore_rename(const struct service *service, const char *dir, struct id log_id, int64_t now_us,
		   struct position *before_r) MUST_CHECK;

/* Appends the records that the archive holds after the end of the log in dir, checking sums and
 * chain; a new environment is made. The tables are rebuilt when the daemon next opens it. n_r: how
 * many. 0, or -1: logged. */
int restore_extend(const struct service *service, const char *dir, const char *archive,
		   uint64_t *n_r) MUST_CHECK;

/* An archive has no cursors. But a record tells what caused it: the service has read an upstream
 * log at least up to the last record that caused one of its own. Moves the cursor in stream there
 * (never back), by the archive of that log. Upstream events that caused nothing are read again, and
 * cause nothing again. Where no archive of that log is there and no cursor either, it is set where
 * it stops the follower, until an operator lets it rejoin. */
struct restore_cursor {
	const char *archive, *stream;
	uint64_t after_seq; /* causes of our records after this one count */

	/* results */
	struct position at;
	bool found; /* false: it stands where it stops */
};
/* 0, or -1: logged. */
int restore_cursor(const struct service *service, const char *dir,
		   struct restore_cursor *cursor) MUST_CHECK;

#endif
