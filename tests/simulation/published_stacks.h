/*
 * The stacks that enrollment's log publishes, read from their JSON, each with all its versions.
 */
#ifndef CAIRN_SIMULATION_PUBLISHED_STACKS_H
#define CAIRN_SIMULATION_PUBLISHED_STACKS_H

#include "services/issuance/rules/stack_rule.h"
#include "tests/simulation/invariants_ledger.h"

#define STACKS_MAX 4
#define VERSIONS_MAX 8

struct published {
	struct id id;
	const char *code;
	struct id issuer;
	struct stack versions[VERSIONS_MAX]; /* number - 1; not_before 1: not retroactive */
	uint32_t newest;                     /* that issuance knows; 0: none */
};

struct published_stacks {
	struct published list[STACKS_MAX]; /* nested ones first */
	unsigned n;
};

void published_stacks_read(const struct history *enrollment, struct arena *arena,
			   struct published_stacks *stacks_r);
/* n: it is none of them. */
unsigned published_find(const struct published_stacks *stacks, struct bytes id);

/* Where the rule names a micro-credential or a stack; NULL: nowhere. */
const struct stack_rule *stack_leaf_of(const struct stack_rule *rule, const struct id *entry);
/* Whether a version that issuance knows names it. */
bool stack_mentions(const struct published *stack, const struct id *entry);

#endif
