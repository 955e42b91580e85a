/*
 * Rules of stacks: which stacks micro-credentials that were earned come to, and since when.
 *
 * Pure: days are days since 1970-01-01. The catalogue's member "stack_evaluation" is the rule of
 * all this. A stack is awarded on the first day on which its rule holds with members that are all
 * inside the window on that day; then it stays while the rule still holds, with other members of
 * one window if need be; when it does not, the stack is suspended on that day and revoked
 * STACK_HOLD_DAYS later, unless the rule holds again first.
 *
 * Bounds, which the reader (stack_read.h) keeps: STACK_NODES_MAX parts of a rule, nested
 * STACK_DEPTH_MAX deep, STACK_EARNED_MAX days of what was earned. Whether a rule holds on a day
 * costs parts * earned; a history asks that for each day on which something changes, and after a
 * revocation for each day before it.
 */
#ifndef CAIRN_ISSUANCE_STACK_RULE_H
#define CAIRN_ISSUANCE_STACK_RULE_H

#include "libshared/arena.h"

#define STACK_NODES_MAX 256
#define STACK_DEPTH_MAX 8
#define STACK_EARNED_MAX 4096
#define STACK_HOLD_DAYS 30
#define STACK_NEVER INT64_MAX

enum stack_op { STACK_AT_LEAST, STACK_OF_MICRO_CREDENTIAL, STACK_OF_STACK };

/* all is at least as many as there are, any is at least one. */
struct stack_rule {
	enum stack_op op;
	size_t n; /* at least */
	const struct stack_rule *of;
	size_t n_of;
	const char *id;
	int64_t before; /* only what was earned before that day; STACK_NEVER: at any time */
};

struct stack {
	const char *id;
	uint32_t version;
	uint32_t within_months;
	int64_t not_before; /* no award has an earlier day; 0 where it is retroactive */
	struct stack_rule rule;
};

/* A micro-credential, or a nested stack, that counts from a day until it is revoked. */
struct stack_earned {
	const char *id;
	bool is_stack;
	int64_t day, revoked; /* STACK_NEVER: it is not */
};

struct stack_award {
	const char *stack;
	int64_t awarded;
	int64_t suspended; /* STACK_NEVER: it is not (or not any more) */
	int64_t revoked;
};

/* What was earned, as one day looks at it. */
struct stack_record {
	const struct stack_earned *earned;
	size_t n;
	int64_t on;
};

/* The first day up to the record's on which the rule holds with what is not revoked on the
 * record's; STACK_NEVER: none. */
int64_t stack_first_day(const struct stack *stack, const struct stack_record *record);

/* Where the rule holds on the record's day: marks which of what was earned it holds with, no more
 * than it takes of each part. */
void stack_members(const struct stack *stack, const struct stack_record *record, bool *is_member_r);

/* All awards of one stack up to the record's day, oldest first; only the last one may be other than
 * revoked. They live in the arena. */
size_t stack_history(const struct stack *stack, const struct stack_record *record,
		     struct arena *arena, struct stack_award **awards_r);

/* The same for all stacks of a list in which nested ones stand before what they are nested in: by
 * day of award, then id. */
size_t stack_awards(const struct stack *stacks, size_t n, const struct stack_record *record,
		    struct arena *arena, struct stack_award **awards_r);

/* The same day of the month so many months later, or the last of that month. */
int64_t day_months_later(int64_t day, uint32_t months);

#endif
