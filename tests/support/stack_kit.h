/*
 * Issuance under a kit with the stacks of the sample catalogue: issuers with keys,
 * micro-credentials, what educators earn, and what comes of it.
 *
 *	kit_open(&kit, &issuance_service);
 *	stack_kit_open(&kit);                        issuers and their keys
 *	stack_kit_publish_all(&kit);                 every stack of the catalogue
 *	stack_kit_educator(&kit, ana);
 *	stack_kit_earn(&kit, ana, "lit-101", day);
 *	award = stack_kit_find(&kit, ana, "st-structured-literacy");
 */
#ifndef CAIRN_TEST_STACK_KIT_H
#define CAIRN_TEST_STACK_KIT_H

#include "tests/support/issuance_kit.h"

#include <jansson.h>

void stack_kit_open(struct kit *k);
/* The sample catalogue; one for the program. */
const json_t *stack_kit_catalogue(void);
/* A stack as a catalogue has it. */
void stack_kit_publish(struct kit *k, const json_t *stack);
/* A stack of the one micro-credential and the one issuer of issuance_given_all(). */
void stack_kit_publish_small(struct kit *k);
#define STACK_KIT_SMALL "st-small"
void stack_kit_publish_all(struct kit *k);
void stack_kit_educator(struct kit *k, struct bytes educator);
/* A pass decided at noon of that day. The micro-credential is published first where it is new.
 * Returns the id of the credential. */
struct bytes stack_kit_earn(struct kit *k, struct bytes educator, const char *code, int64_t day);
/* What two persons may do to a credential, and what it takes to undo it. */
Cairn__Status stack_kit_revoke(struct kit *k, struct bytes credential);
/* The id of the one in its place; BYTES_NONE: refused. */
struct bytes stack_kit_reverse(struct kit *k, struct bytes credential);
struct bytes stack_kit_correct(struct kit *k, struct bytes credential);
Cairn__Status stack_kit_suspend(struct kit *k, struct bytes credential);
Cairn__Status stack_kit_reinstate(struct kit *k, struct bytes credential);
/* Batches until no stack's sweep runs; returns how many. */
unsigned stack_kit_sweep(struct kit *k);
/* One batch of a sweep that runs; false: none does. */
bool stack_kit_sweep_some(struct kit *k);

/* All that is told of an educator's stacks. */
const Issuance__EducatorStackList *stack_kit_stacks(struct kit *k, struct bytes educator);
/* Its newest award, or what else is told of the stack; NULL: nothing. */
const Issuance__EducatorStack *stack_kit_find(struct kit *k, struct bytes educator,
					      const char *code);
/* "st-x issued 2025-03-20, ..." of awards, in order of day, code and state. */
const char *stack_kit_awards(struct kit *k, struct bytes educator);

int64_t stack_kit_day(const char *text);

#endif
