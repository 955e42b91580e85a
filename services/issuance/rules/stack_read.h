/*
 * Reading stacks as the catalogue writes them into what stack_rule.h evaluates, within its bounds.
 *
 * What is read lives in the arena. Faults stick to the reading (reading.h).
 */
#ifndef CAIRN_ISSUANCE_STACK_READ_H
#define CAIRN_ISSUANCE_STACK_READ_H

#include "services/issuance/rules/reading.h"
#include "services/issuance/rules/stack_rule.h"

/* One stack. published: the day from which one that is not retroactive may be awarded. */
void stack_read(struct part stack, int64_t published, struct stack *stack_r);

/* All stacks of a list, those that others are nested in first; a circle is a fault. Returns how
 * many. */
size_t stacks_read(struct part list, struct stack **stacks_r);

#endif
