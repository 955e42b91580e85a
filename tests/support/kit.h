/*
 * A service without a process or a socket: a real engine in a fresh directory, a clock the test
 * sets.
 *
 * Uses ENSURE, not ck_assert: fuzzers and the simulation use it too.
 *
 *	kit_open(&kit, &enrollment_service);
 *	ck_assert_int_eq(kit_send(&kit, OPERATOR, &command.base), CAIRN__STATUS__OK);
 *	ck_assert_int_eq(kit.got.reason, ENROLLMENT__REASON__NO_SEAT);
 *	kit_upstream(&kit, "enrollment.0.log", entity, &event.base);
 *	kit_advance(&kit, 3 * US_PER_DAY);       fires what is due, one commit each
 *	kit_close(&kit);                         after: rebuilt tables equal the live ones
 */
#ifndef CAIRN_TEST_KIT_H
#define CAIRN_TEST_KIT_H

#include "libshared/engine.h"
#include "libshared/zone.h"
#include "proto/enrollment.pb-c.h"

#define KIT_EPOCH_US (INT64_C(1767712500) * US_PER_S) /* Tuesday 2026-01-06 15:15 UTC */

struct kit {
	const struct service *service;
	struct engine *engine;
	struct caps caps;
	struct arena *arena; /* for what the test builds and reads; lives until kit_close */
	uint64_t n_ids;      /* made so far */
	int64_t now_us;
	char dir[64];
	struct reply got;           /* of the last kit_send or kit_ask, copied into the arena */
	ProtobufCMessage *answer;   /* unpacked, or NULL */
	uint64_t seen_seq;          /* kit_next_event() has shown up to here */
	struct kit_source *sources; /* the upstream logs it plays */
};

void kit_open(struct kit *k, const struct service *service);
/* Verifies (rebuild equals live, sums and chain) with ENSURE, closes, removes the directory. */
void kit_close(struct kit *k);
/* Closes and opens the engine again, as after a crash between commits. */
void kit_reopen(struct kit *k);

/* A peer with every role; actor: whom it asserts, empty for none. */
Cairn__Status kit_send(struct kit *k, struct bytes actor, const ProtobufCMessage *command);
/* The same command id again, or a chosen one. */
Cairn__Status kit_send_as(struct kit *k, struct bytes id, uint32_t roles, struct bytes actor,
			  const ProtobufCMessage *command);
Cairn__Status kit_ask(struct kit *k, struct bytes actor, const ProtobufCMessage *query);
/* Into the batch being collected, not run yet; kit_run() runs it and keeps the last reply. */
void kit_submit(struct kit *k, struct bytes id, uint32_t roles, struct bytes actor,
		const ProtobufCMessage *command);
void kit_run(struct kit *k);
/* The next record of that stream's log, as the neighbour would have written it now. */
void kit_upstream(struct kit *k, const char *stream, struct bytes entity,
		  const ProtobufCMessage *event);
/* Only written there. */
void kit_write_upstream(struct kit *k, const char *stream, struct bytes entity,
			const ProtobufCMessage *event);
/* What a follower does when it starts, or its cursor was moved: the records of that stream behind
 * the cursor once more, at most n of them. False: the cursor is at its end. */
bool kit_follow(struct kit *k, const char *stream, uint64_t n);
void kit_advance(struct kit *k, int64_t us);
/* For long runs: gives back all that the arena holds; the last reply is gone too. */
void kit_forget(struct kit *k);

struct bytes kit_id(struct kit *k);                        /* a fresh id */
struct bytes kit_name(const char *kind, const char *name); /* id_of_name, borrowed for ever */
/* The events this service has emitted since the last call, unpacked; NULL at the end. */
const ProtobufCMessage *kit_next_event(struct kit *k, struct record *record_r);
const struct view *kit_view(struct kit *k); /* ends with the next kit_ call */

/* A small catalogue for tests of any service: policy, calendar, media, profiles, issuer, and the
 * entry LIT-101 with three rows, as messages of enrollment (kit_catalogue.c). */
const Enrollment__Policy *kit_policy(void);
const Enrollment__Calendar *kit_calendar(void);
const Enrollment__Media *kit_media(void);
const Enrollment__Profile *kit_profile(const char *code); /* standard, double-read, launch */
const Enrollment__Issuer *kit_issuer(void);
const Enrollment__Entry *kit_entry(void);
/* A standard that the entry meets: 1.1 is checked, 1.2 and the advisory 2.1 are attested; and the
 * review that publishing an entry under it takes, in the arena. */
const Enrollment__QualityStandard *kit_quality_standard(void);
Enrollment__Review *kit_review_of(const Enrollment__Entry *entry, struct arena *arena);

#endif
