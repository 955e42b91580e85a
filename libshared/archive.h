/*
 * Sealed segments: records of a log outside its database, the second copy.
 *
 * A segment holds whole commits and the chain at both ends; it is written to a temporary file,
 * synced and renamed, never changed after. Its name is STREAM-FIRSTSEQ-LASTSEQ.seg, numbers of 20
 * digits, so that names sort. Reading checks every sum and the chain.
 *
 *	"CAIRNSEG" | u32 format=1 | u32 0 | log_id[16] | u64 after_seq | u64 through_seq
 *	chain[32] at after_seq
 *	each commit: u64 last_seq | u32 n | n times: u32 len, record bytes
 *	chain[32] at through_seq                                        (little-endian)
 */
#ifndef CAIRN_ARCHIVE_H
#define CAIRN_ARCHIVE_H

#include "libshared/eventlog.h"

/* Where the archive of stream in dir ends; zeros when it is empty. 0, or -1: logged. */
int archive_end(const char *dir, const char *stream, struct position *end_r) MUST_CHECK;
/* Seals a batch that follows at (its chain is checked) as one segment. 0, or -1: logged. */
int archive_seal(const char *dir, const char *stream, const struct position *at,
		 const struct log_batch *batch) MUST_CHECK;
/* The whole commits after after_seq that one segment holds; an empty batch when none does. 0, or
 * -1: damaged (logged). */
int archive_read(const char *dir, const char *stream, uint64_t after_seq, struct arena *arena,
		 struct log_batch *batch_r) MUST_CHECK;
/* The log's name by the archive's first segment; false: empty. */
bool archive_log_id(const char *dir, const char *stream, struct id *log_id_r);

#endif
