/*
 * The assessment service: assessors, readings, decisions.
 *
 *	SubmissionSealed ──follow.c──> SubmissionReceived ──> SubmissionScreened: it waits
 *	NextReading ──assign.c──> ReadingAssigned: the oldest due, one assessor, one lease
 *	CompleteReading ──rating.c──> ReadingCompleted ──outcome.c──> SecondRequested,
 *	    AdjudicationRequested, or DecisionMade ──> DecisionReleased
 *
 * An educator is an id, known for conflicts only; an assessor is shown the reading's id and the
 * open rows, nothing of the person and nothing of another reading. What assessors write is a blob
 * beside the log (prepare.c); events carry its hash and count of words.
 *
 * These are the functions that the service's own files share.
 */
#ifndef CAIRN_ASSESSMENT_H
#define CAIRN_ASSESSMENT_H

#include "libshared/service.h"
#include "proto/assessment.pb-c.h"

extern const struct service assessment_service;

enum { UP_ENROLLMENT, UP_EVIDENCE, N_UPSTREAMS };
extern const struct upstream assessment_upstreams[N_UPSTREAMS];
extern const struct learned assessment_learned[1];

/* Whether follow.c has an answer to that kind of the neighbour's events: an effect, or a stated
 * no-op. */
bool assessment_follows(unsigned upstream, uint32_t kind);

/* What an upstream event may have to wait for. */
enum { AWAIT_ENTRY = 1, AWAIT_PROFILE, AWAIT_POLICY, AWAIT_ASSESSOR, AWAIT_SUBMISSION };

/* A reading's lease ends; it is looked whether anyone may read a submission; the end of a seat is
 * said beforehand, and comes; the daily look. */
enum { TIMER_LEASE = 1, TIMER_NO_READER, TIMER_SEAT_NOTICE = 10, TIMER_SEAT_END, TIMER_DAY = 100 };

enum verdict assessment_decide(const struct view *view, const ProtobufCMessage *command,
			       struct decision *d);
enum verdict assessment_decide_timer(const struct view *view, const struct timer_due *timer,
				     struct decision *d);
void assessment_apply(struct txn *txn, const ProtobufCMessage *event, const struct record *record);
Cairn__Status assessment_answer_query(const ProtobufCMessage *query, struct query *q);
uint32_t assessment_command_roles(uint32_t kind);
uint32_t assessment_query_roles(uint32_t kind);
uint64_t assessment_version(const struct view *view, struct bytes entity);
int assessment_prepare(const struct view *view, const ProtobufCMessage *command,
		       const struct decision *d);
int assessment_prepare_sync(const struct caps *caps);

#endif
