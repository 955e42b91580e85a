/* What an educator has, and whether the rule of a stack holds with it. */
#include "services/issuance/stack_facts.h"

#include "libshared/check.h"
#include "services/issuance/tables_stack.h"

#include <string.h>

#define HOLDINGS 16 /* room at first */

/* ---- what an educator has ---- */

static void holdings_add(struct holdings *h, const struct holding *one, struct arena *arena)
{
	if (h->n == h->room) {
		size_t room = MAX(2 * h->room, (size_t)HOLDINGS);
		struct holding *list = arena_alloc(arena, room * sizeof *list);

		if (h->n > 0)
			memcpy(list, h->list, h->n * sizeof *list);
		h->list = list;
		h->room = room;
	}
	h->list[h->n++] = *one;
}

void holdings_add_row(struct holdings *h, struct bytes key, struct bytes val, struct arena *arena)
{
	struct earned row;

	ENSURE(val.len == sizeof row && key.len == (size_t)2 * ID_LEN);
	memcpy(&row, val.data, sizeof row);
	holdings_add(h,
		     &(struct holding){
			     .credential = id_of_bytes((struct bytes){key.data + ID_LEN, ID_LEN}),
			     .entry = id_of_bytes(BYTES_OF(row.entry)),
			     .version = row.entry_version,
			     .day = row.decided_us / US_PER_DAY,
		     },
		     arena);
}

void holdings_read(const struct view *view, struct bytes educator, struct arena *arena,
		   struct holdings *h)
{
	struct scan scan = scan_first(view, EARNED, educator, educator);
	struct bytes key, val;

	h->n = 0;
	while (scan_next(&scan, &key, &val))
		holdings_add_row(h, key, val, arena);
}

void holdings_came(struct holdings *h, const Issuance__CredentialIssued *c, struct arena *arena)
{
	holdings_add(h,
		     &(struct holding){
			     .credential = id_of_bytes(bytes_of_pb(c->credential)),
			     .entry = id_of_bytes(bytes_of_pb(c->entry)),
			     .version = c->version,
			     .day = c->decided_us / US_PER_DAY,
		     },
		     arena);
}

void holdings_drop(struct holdings *h, struct bytes credential)
{
	for (size_t i = 0; i < h->n; i++)
		if (bytes_equal(bytes_of_id(&h->list[i].credential), credential))
			h->list[i--] = h->list[--h->n];
}

/* ---- a rule and what an educator has ---- */

/* Returns the place behind the part at i. */
static size_t unfold(const Issuance__StackNoted *noted, size_t i, struct arena *arena,
		     struct stack_rule *rule)
{
	const Issuance__StackPart *p = noted->parts[i++];
	struct stack_rule *of;

	*rule = (struct stack_rule){
		.op = STACK_AT_LEAST,
		.n = p->at_least,
		.n_of = p->of,
		.before = p->before != 0 ? p->before : STACK_NEVER,
	};
	if (p->at_least == 0) {
		rule->op = p->stack ? STACK_OF_STACK : STACK_OF_MICRO_CREDENTIAL;
		rule->id = p->code;
		return i;
	}
	of = arena_alloc(arena, p->of * sizeof *of);
	for (size_t j = 0; j < p->of; j++)
		i = unfold(noted, i, arena, &of[j]);
	rule->of = of;
	return i;
}

static void stack_of_noted(const Issuance__StackNoted *noted, struct arena *arena,
			   struct stack *stack_r)
{
	*stack_r = (struct stack){
		.id = noted->achievement->code,
		.version = noted->achievement->version,
		.within_months = noted->within_months,
		.not_before = noted->not_before,
	};
	unfold(noted, 0, arena, &stack_r->rule);
}

struct stack_rules *stack_rules_of(const Issuance__StackNoted *noted, struct arena *arena)
{
	struct stack_rules *r = arena_zalloc(arena, sizeof *r);

	r->noted = noted;
	stack_of_noted(noted, arena, &r->stack);
	return r;
}

static const Issuance__StackPart *part_naming(const Issuance__StackNoted *noted,
					      const struct id *entry)
{
	for (size_t i = 0; i < noted->n_parts; i++)
		if (noted->parts[i]->at_least == 0 &&
		    memcmp(noted->parts[i]->entry.data, entry->b, ID_LEN) == 0)
			return noted->parts[i];
	return NULL;
}

static void rules_fill(struct stack_rules *r, const struct holdings *h, struct arena *arena)
{
	if (h->n > r->room) {
		r->room = h->room;
		r->earned = arena_alloc(arena, r->room * sizeof *r->earned);
		r->members = arena_alloc(arena, r->room * sizeof *r->members);
	}
	r->n = 0;
	for (size_t i = 0; i < h->n && r->n < STACK_EARNED_MAX; i++) {
		const Issuance__StackPart *part = part_naming(r->noted, &h->list[i].entry);

		if (part == NULL)
			continue;
		r->members[r->n] = &h->list[i];
		r->earned[r->n++] =
			(struct stack_earned){part->code, part->stack, h->list[i].day, STACK_NEVER};
	}
}

int64_t stack_rules_day(struct stack_rules *r, const struct holdings *h, int64_t today,
			struct arena *arena)
{
	struct stack_record record;

	rules_fill(r, h, arena);
	record = (struct stack_record){r->earned, r->n, today};
	return r->n > 0 ? stack_first_day(&r->stack, &record) : STACK_NEVER;
}
