/*
 * Cases: a catalogue's rules applied to one history, without an installation, so that a state can
 * check our reading of its rules.
 *
 *	struct rule_book *book = rule_book_open(json of a catalogue, &zones, text);
 *	answer = renewal_case(book, case, now_us, &reading);   {"policy", "license", "credits"}
 *	answer = stack_case(book, case, &reading);             {"earned"}
 *
 * policy is the id of one in the catalogue, of which the version counts that is in force on the
 * day of the evaluation (the member "evaluated", or now), or a whole policy. earned may say
 * "revoked_on", the day from which a credential does not count, and the case "evaluated", the day
 *up to which awards are told; without it that is the last day of the case.
 */
#ifndef CAIRN_ISSUANCE_RULE_CASE_H
#define CAIRN_ISSUANCE_RULE_CASE_H

#include "services/issuance/rules/reading.h"

struct rule_book;
struct zones;

/* Borrows both. NULL: the reading's fault says what is wrong with the catalogue. */
struct rule_book *rule_book_open(const json_t *catalogue, struct zones *zones, struct reading *r);
void rule_book_close(struct rule_book **book);

/* Whether issuance can evaluate all policies and stacks of a catalogue, and tell by which policy a
 * license counts. False: the reading's fault names the member that is wrong. */
bool rules_check(const json_t *catalogue, struct zones *zones, struct reading *r);

/* JSON in the arena of the reading. NULL: the reading's fault names the member that is wrong. */
const char *renewal_case(const struct rule_book *book, const json_t *c, int64_t now_us,
			 struct reading *r);
const char *stack_case(const struct rule_book *book, const json_t *c, struct reading *r);

#endif
