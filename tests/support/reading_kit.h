/*
 * Assessment under a kit: the small catalogue told, readers by name, sealed work, readings.
 *
 *	reading_kit_open(&kit, "double-read");             the profile of LIT-101
 *	given_reader(&kit, "ruth");
 *	work = given_work(&kit, &(struct work){.educator = "ana"});
 *	reading = take(&kit, "ruth");                      assigned and opened
 *	ck_assert_int_eq(when_rated(&kit, reading, "yes yes almost"), CAIRN__STATUS__OK);
 *
 * Levels stand for lit-101.r1, r2, r3 in this order; "-" leaves a row out. A row below pass gets
 * feedback of FEEDBACK_WORDS words.
 */
#ifndef CAIRN_TEST_READING_KIT_H
#define CAIRN_TEST_READING_KIT_H

#include "proto/assessment.pb-c.h"
#include "tests/support/kit.h"

#define FEEDBACK_WORDS 25
#define READER_ROLES (ROLE_PORTAL | ROLE_ASSERTS)

#define EDUCATOR(name) kit_name("educator", name)
#define READER(name) kit_name("assessor", name)
#define ORG(name) kit_name("org", name)
#define LIT_101 kit_name("entry", "lit-101")

/* A catalogue without LIT-101's profile, calendar, policy and entry; told by the functions below.
 */
void reading_kit_open_empty(struct kit *k);
void reading_kit_open(struct kit *k, const char *profile);
void tell_profile(struct kit *k, const Enrollment__Profile *profile);
void tell_policy(struct kit *k, const Enrollment__Policy *policy);
void tell_calendar(struct kit *k);
void tell_entry(struct kit *k, const Enrollment__Entry *entry);
void tell_relation(struct kit *k, const char *reader, const char *educator);
void tell_license(struct kit *k, const char *educator, const char *expires);
void tell_license_renewed(struct kit *k, const char *educator, const char *expires);

/* Registered and qualified for LIT-101 for a year; org (or NULL) is the org of conflict. */
void given_reader(struct kit *k, const char *name);
void given_reader_of(struct kit *k, const char *name, const char *org);
/* Who also teaches: the reader's own work is never theirs to read. */
void given_reader_who_teaches(struct kit *k, const char *name, const char *educator);
void given_lead_reader(struct kit *k, const char *name);
void given_registered(struct kit *k, const char *name, const char *org, bool lead);
void given_qualified(struct kit *k, const char *name, struct bytes entry, int64_t until_us);
Cairn__Status when_retired(struct kit *k, const char *name);

/* What a seal says; zeros are filled: a fresh submission, educator "ana", its own enrollment,
 * attempt 1, all rows open, profile of the entry, due in 5 days. */
struct work {
	const char *educator, *enrollment, *school, *district, *profile;
	uint32_t attempt, entry_version;
	struct bytes entry, submission;
	const char *rows; /* "lit-101.r3" or with spaces between; NULL: all */
	int64_t due_us;
};
struct bytes given_work(struct kit *k, const struct work *work);
void when_work_recalled(struct kit *k, struct bytes submission);
void when_evidence_opened(struct kit *k, struct bytes submission, struct bytes reading);

/* Commands, by the reader through a portal. */
Cairn__Status when_next(struct kit *k, const char *reader, struct bytes reading);
struct bytes take(struct kit *k, const char *reader); /* assigned and the evidence opened */
Cairn__Status when_rated(struct kit *k, struct bytes reading, const char *levels);
Cairn__Status when_rated_with(struct kit *k, struct bytes reading, const char *levels,
			      uint32_t confidence);
Cairn__Status when_adjudicated(struct kit *k, struct bytes submission, const char *lead,
			       const char *levels);
/* The command only, for tests that send it themselves. */
const Assessment__Command *rated_command(struct kit *k, struct bytes reading, const char *levels,
					 uint32_t confidence);
/* A text of so many words. */
char *words_text(struct kit *k, unsigned n, const char *word);

/* Two different readers, both with these levels. */
void given_read_twice(struct kit *k, const char *first, const char *second,
		      const char *levels_first, const char *levels_second);

/* Questions, as the operator. */
const char *state_of_work(struct kit *k, struct bytes submission);
const Assessment__DecisionAnswer *decision_of_work(struct kit *k, struct bytes submission);
/* As a person behind a portal. */
Cairn__Status ask_as(struct kit *k, struct bytes actor, const ProtobufCMessage *query);
const Assessment__QueueAnswer *queue_as_operator(struct kit *k, const char *state);

/* The next event of that kind; others are passed over. NULL: there is none. */
const Assessment__Event *next_of_kind(struct kit *k, Assessment__Event__BodyCase kind);
unsigned count_of_kind(struct kit *k, Assessment__Event__BodyCase kind);
void forget_events(struct kit *k);

#endif
