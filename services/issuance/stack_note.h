/*
 * Stacks as enrollment publishes them, into what is kept of them: checked, with the rule as a list
 * of parts, so that evaluating it reads no JSON.
 */
#ifndef CAIRN_ISSUANCE_STACK_NOTE_H
#define CAIRN_ISSUANCE_STACK_NOTE_H

#include "libshared/decision.h"
#include "proto/enrollment.pb-c.h"
#include "proto/issuance.pb-c.h"
#include "services/issuance/rules/stack_rule.h"

/* NULL: it cannot be evaluated; the text names the member that is wrong. */
const Issuance__StackNoted *stack_note(const struct view *view,
				       const Enrollment__Document *document, struct decision *d,
				       const char **fault_r);

#endif
