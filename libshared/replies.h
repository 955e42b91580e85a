/*
 * Recorded replies: a command sent any number of times has one effect and one answer.
 *
 * A row is kept 7 days by the time inside the command's id, so pruning can never let an old retry
 * run twice. Rejections are recorded too.
 */
#ifndef CAIRN_REPLIES_H
#define CAIRN_REPLIES_H

#include "libshared/engine.h"

#define REPLY_WINDOW_US (7 * US_PER_DAY)
#define REPLY_AHEAD_US (5 * 60 * US_PER_S) /* how far a sender's clock may run ahead */

/* Hash of what makes two requests the same one. */
uint64_t request_hash(uint32_t kind, struct bytes entity, struct bytes body);

enum recorded { RECORDED_NONE, RECORDED_SAME, RECORDED_OTHER };
/* RECORDED_SAME fills reply_r (seq, status, reason, answer, text) from the row, copied to arena. */
enum recorded reply_find(const struct view *v, const struct id *id, uint64_t hash,
			 uint64_t principal, struct arena *arena, struct reply *reply_r);
void reply_put(struct txn *t, const struct id *id, uint64_t hash, uint64_t principal,
	       const struct reply *reply);
/* Drops up to max rows that are older than the window. */
void reply_prune(struct txn *t, int64_t now_us, unsigned max);

#endif
