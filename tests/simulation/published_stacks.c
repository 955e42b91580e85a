/* Stacks out of enrollment's log. */
#include "tests/simulation/published_stacks.h"

#include "libshared/check.h"
#include "proto/enrollment.pb-c.h"
#include "services/issuance/rules/stack_read.h"

static bool is_of(const struct stack_rule *leaf, const struct id *entry)
{
	struct id id = id_of_name(leaf->op == STACK_OF_STACK ? "stack" : "entry", leaf->id);

	return id_equal(&id, entry);
}

const struct stack_rule *stack_leaf_of(const struct stack_rule *rule, const struct id *entry)
{
	const struct stack_rule *found = NULL;

	if (rule->op != STACK_AT_LEAST)
		return is_of(rule, entry) ? rule : NULL;
	for (size_t i = 0; i < rule->n_of && found == NULL; i++)
		found = stack_leaf_of(&rule->of[i], entry);
	return found;
}

bool stack_mentions(const struct published *stack, const struct id *entry)
{
	for (uint32_t i = 0; i < stack->newest; i++)
		if (stack_leaf_of(&stack->versions[i].rule, entry) != NULL)
			return true;
	return false;
}

unsigned published_find(const struct published_stacks *stacks, struct bytes id)
{
	unsigned i = 0;

	while (i < stacks->n && !bytes_equal(bytes_of_id(&stacks->list[i].id), id))
		i++;
	return i;
}

static void read_stack(struct published_stacks *stacks, struct arena *arena,
		       const Enrollment__Document *d)
{
	json_t *json = json_loads(d->json, 0, NULL);
	struct reading reading = {.arena = arena};
	unsigned s = published_find(stacks, bytes_of_pb(d->id));
	struct published *p = &stacks->list[s];
	struct stack *stack = &p->versions[d->version - 1];

	ENSURE(json != NULL && s < STACKS_MAX && d->version <= VERSIONS_MAX);
	if (s == stacks->n) {
		p->id = id_of_bytes(bytes_of_pb(d->id));
		p->code = d->code;
		p->issuer =
			id_of_name("issuer", json_string_value(json_object_get(json, "issuer")));
		stacks->n++;
	}
	stack_read(part_of(&reading, json, "stack"), 1, stack);
	ENSURE(reading.fault[0] == '\0');
	json_decref(json);
}

static bool is_nested_in(const struct published *inner, const struct published *outer)
{
	for (uint32_t i = 0; i < VERSIONS_MAX; i++)
		if (outer->versions[i].version != 0 &&
		    stack_leaf_of(&outer->versions[i].rule, &inner->id) != NULL)
			return true;
	return false;
}

/* Nested ones first. */
static void order_stacks(struct published_stacks *stacks)
{
	for (size_t i = 0; i < stacks->n; i++)
		for (size_t j = i + 1; j < stacks->n; j++)
			if (is_nested_in(&stacks->list[j], &stacks->list[i])) {
				struct published outer = stacks->list[i];

				stacks->list[i] = stacks->list[j];
				stacks->list[j] = outer;
			}
}

void published_stacks_read(const struct history *enrollment, struct arena *arena,
			   struct published_stacks *stacks_r)
{
	*stacks_r = (struct published_stacks){0};
	for (size_t i = 0; i < enrollment->n; i++) {
		const Enrollment__Event *e =
			(const Enrollment__Event *)enrollment->events[i].message;

		if (e != NULL && e->body_case == ENROLLMENT__EVENT__BODY_STACK_PUBLISHED)
			read_stack(stacks_r, arena, e->stack_published->stack);
	}
	order_stacks(stacks_r);
}
