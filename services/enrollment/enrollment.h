/*
 * Enrollment: the catalogue, organisations, educators, enrollments. It alone can turn an educator's
 * id into a name.
 *
 * The service for the runtime, and what its own files give it.
 */
#ifndef CAIRN_ENROLLMENT_H
#define CAIRN_ENROLLMENT_H

#include "libshared/service.h"

extern const struct service enrollment_service;

/* decide.c */
enum verdict enrollment_decide(const struct view *view, const ProtobufCMessage *command,
			       struct decision *d);
uint32_t enrollment_command_roles(uint32_t kind);
enum verdict enrollment_decide_timer(const struct view *view, const struct timer_due *timer,
				     struct decision *d);
/* apply.c */
void enrollment_apply(struct txn *txn, const ProtobufCMessage *event, const struct record *record);
/* query.c */
Cairn__Status enrollment_answer_query(const ProtobufCMessage *query, struct query *q);
uint32_t enrollment_query_roles(uint32_t kind);
/* follow.c */
#define ENROLLMENT_UPSTREAMS 3
extern const struct upstream enrollment_upstreams[ENROLLMENT_UPSTREAMS];
/* What an upstream event may wait for. */
enum enrollment_await { AWAIT_ENROLLMENT = 1, AWAIT_SUBMISSION, AWAIT_ERASURE };
/* prepare.c */
int enrollment_prepare(const struct view *view, const ProtobufCMessage *command,
		       const struct decision *d);
int enrollment_prepare_sync(const struct caps *caps);

#endif
