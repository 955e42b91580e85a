/*
 * What an educator has that counts, and since when the rule of a stack holds with it: what rules
 * and questions share. Reads, and emits nothing.
 */
#ifndef CAIRN_ISSUANCE_STACK_FACTS_H
#define CAIRN_ISSUANCE_STACK_FACTS_H

#include "libshared/arena.h"
#include "libshared/id.h"
#include "libshared/store.h"
#include "proto/issuance.pb-c.h"
#include "services/issuance/rules/stack_rule.h"

/* What counts of an educator's, as members. */
struct holding {
	struct id credential, entry;
	uint32_t version;
	int64_t day;
};
struct holdings {
	struct holding *list;
	size_t n, room;
};
void holdings_read(const struct view *view, struct bytes educator, struct arena *arena,
		   struct holdings *h);
/* A row of EARNED. */
void holdings_add_row(struct holdings *h, struct bytes key, struct bytes val, struct arena *arena);

void holdings_came(struct holdings *h, const Issuance__CredentialIssued *c, struct arena *arena);
void holdings_drop(struct holdings *h, struct bytes credential);

/* A stack as it is evaluated for one educator after another. */
struct stack_rules {
	const Issuance__StackNoted *noted;
	struct stack stack;
	struct stack_earned *earned;    /* what it mentions of the holdings */
	const struct holding **members; /* the same, as holdings */
	size_t n, room;
};
struct stack_rules *stack_rules_of(const Issuance__StackNoted *noted, struct arena *arena);
/* The first day on which it held, as today looks at it; STACK_NEVER: none. */
int64_t stack_rules_day(struct stack_rules *r, const struct holdings *h, int64_t today,
			struct arena *arena);

#endif
