/*
 * Evidence: portfolios, artifacts in parts, answers, consent, sealed submissions, readers' grants.
 *
 *	prepare.c   bytes and text become durable files, where decide will accept them
 *	decide.c    the rules; the log gets hashes, sizes and counts
 *	apply.c     the tables
 *	query.c     a teacher's own work; what a reader with an open grant may see, in parts
 *	effects.c   files that nothing names any more are removed
 *
 * It knows an educator's id and opaque ids of schools and districts, no name. These are the
 * functions that the service's own files share.
 */
#ifndef CAIRN_EVIDENCE_H
#define CAIRN_EVIDENCE_H

#include "libshared/service.h"
#include "proto/evidence.pb-c.h"

#define PART_MAX ((size_t)512 << 10) /* of an artifact, in a command or an answer */

extern const struct service evidence_service;

enum { UP_ENROLLMENT, UP_ASSESSMENT, N_UPSTREAMS };
extern const struct upstream evidence_upstreams[N_UPSTREAMS];
/* Whether follow.c has an answer to that kind of the neighbour's events: an effect, or a stated
 * no-op. */
bool evidence_follows(unsigned upstream, uint32_t kind);

/* What an upstream event may have to wait for. */
enum { AWAIT_ENTRY = 1, AWAIT_DOCUMENT, AWAIT_PORTFOLIO, AWAIT_SUBMISSION, AWAIT_ASSESSOR };

enum {
	TIMER_ABANDON = 1, /* an upload that is left alone; the entity is the artifact */
	TIMER_CONSENT,     /* the next consent that ends; the entity is the artifact */
	TIMER_RETENTION    /* what is kept no longer; the entity is the portfolio */
};

enum verdict evidence_decide(const struct view *view, const ProtobufCMessage *command,
			     struct decision *d);
enum verdict evidence_decide_timer(const struct view *view, const struct timer_due *timer,
				   struct decision *d);
void evidence_apply(struct txn *txn, const ProtobufCMessage *event, const struct record *record);
Cairn__Status evidence_answer_query(const ProtobufCMessage *query, struct query *q);
uint32_t evidence_command_roles(uint32_t kind);
uint32_t evidence_query_roles(uint32_t kind);
uint64_t evidence_version(const struct view *view, struct bytes entity);
int evidence_prepare(const struct view *view, const ProtobufCMessage *command,
		     const struct decision *d);
int evidence_prepare_sync(const struct caps *caps);

#endif
