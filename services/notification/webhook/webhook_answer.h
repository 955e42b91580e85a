/*
 * What a webhook's receiver says in the body of its answer: pure.
 *
 * To an event about an entry of the ledger it may say what became of it in its own books:
 *
 *	{"status": "accepted", "reference": "R-2026-0417"}
 *	{"status": "refused", "reason": "the license has lapsed"}
 *
 * reference is its own number of the entry; both texts are at most 200 bytes. Other members, and
 * any other body, mean nothing.
 */
#ifndef CAIRN_NOTIFICATION_WEBHOOK_ANSWER_H
#define CAIRN_NOTIFICATION_WEBHOOK_ANSWER_H

#include "services/notification/sinks/sink.h"

/* The ledger's entry that the event tells of (data.ledger.entryId). False: it tells of none. */
bool webhook_posting(const Cairn__CloudEvent *event, struct id *posting_r);

/* Reads given, accepted, reference and because, which live in the arena. Not NULL: it means to
 * answer and what is wrong with that; nothing is given then. */
const char *webhook_answer_read(struct bytes body, struct arena *arena,
				struct sink_answer *answer_r);

/* Whether the body is the challenge, as it is or as {"challenge": "..."}. */
bool webhook_echoes(struct bytes body, const char *challenge);

#endif
