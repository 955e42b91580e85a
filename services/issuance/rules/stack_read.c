/* Stacks and their rules out of JSON. */
#include "services/issuance/rules/stack_read.h"

#include <string.h>

#define OF_MAX 100
#define MONTHS_MAX 1200
#define STACKS_MAX 1000

struct nodes {
	unsigned n;
};

static void read_node(struct part at, struct stack_rule *rule, unsigned depth, struct nodes *nodes);

static void read_leaf(struct part at, struct stack_rule *rule)
{
	static const char *const names[] = {"op", "id", "earned_before", NULL};

	part_only(at, names);
	rule->id = part_text(at, "id");
	if (part_member(at, "earned_before").json != NULL)
		rule->before = part_day(at, "earned_before");
}

static void read_parts(struct part at, struct stack_rule *rule, unsigned depth, struct nodes *nodes)
{
	static const char *const names[] = {"op", "n", "of", NULL};
	struct part list = part_list(at, "of", OF_MAX);
	struct stack_rule *of = arena_zalloc(at.reading->arena, OF_MAX * sizeof *of);

	part_only(at, names);
	rule->of = of;
	rule->n_of = part_count(list);
	if (rule->n_of == 0)
		part_fault(list, "at least one part is expected");
	for (size_t i = 0; i < rule->n_of; i++)
		read_node(part_element(list, i), &of[i], depth + 1, nodes);
}

static void read_count(struct part at, const char *op, struct stack_rule *rule)
{
	bool counted = strcmp(op, "at_least") == 0;

	if (counted)
		rule->n = (size_t)part_whole(at, "n", (int64_t)rule->n_of);
	else
		rule->n = strcmp(op, "all") == 0 ? rule->n_of : 1;
	if (counted && rule->n == 0)
		part_fault(part_member(at, "n"), "at least 1 is expected");
	if (!counted && part_member(at, "n").json != NULL)
		part_fault(part_member(at, "n"), "only at_least has it");
}

static void read_node(struct part at, struct stack_rule *rule, unsigned depth, struct nodes *nodes)
{
	const char *op;

	*rule = (struct stack_rule){.op = STACK_AT_LEAST, .before = STACK_NEVER};
	if (depth > STACK_DEPTH_MAX || ++nodes->n > STACK_NODES_MAX) {
		part_fault(at, "at most %d parts, %d deep, are expected", STACK_NODES_MAX,
			   STACK_DEPTH_MAX);
		return;
	}
	op = part_text(at, "op");
	if (strcmp(op, "micro_credential") == 0 || strcmp(op, "stack") == 0) {
		rule->op = op[0] == 's' ? STACK_OF_STACK : STACK_OF_MICRO_CREDENTIAL;
		read_leaf(at, rule);
	} else if (strcmp(op, "all") == 0 || strcmp(op, "any") == 0 ||
		   strcmp(op, "at_least") == 0) {
		read_parts(at, rule, depth, nodes);
		read_count(at, op, rule);
	} else {
		part_fault(part_member(at, "op"),
			   "all, any, at_least, micro_credential or stack is expected");
	}
}

void stack_read(struct part stack, int64_t published, struct stack *s)
{
	struct nodes nodes = {0};

	*s = (struct stack){0};
	if (!json_is_object(stack.json)) {
		part_fault(stack, "an object is expected");
		return;
	}
	s->id = part_text(stack, "id");
	s->version = (uint32_t)part_whole(stack, "version", UINT32_MAX);
	s->within_months = (uint32_t)part_whole(stack, "within_months", MONTHS_MAX);
	s->not_before = part_flag_or(stack, "retroactive", true) ? 0 : published;
	read_node(part_object(stack, "rule"), &s->rule, 0, &nodes);
}

/* ---- order ---- */

static bool needs(const struct stack_rule *rule, const char *id)
{
	if (rule->op == STACK_OF_STACK)
		return strcmp(rule->id, id) == 0;
	for (size_t i = 0; i < rule->n_of; i++)
		if (needs(&rule->of[i], id))
			return true;
	return false;
}

static bool is_ready(const struct stack *s, const struct stack *stacks, const bool *is_placed,
		     size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!is_placed[i] && needs(&s->rule, stacks[i].id))
			return false;
	return true;
}

/* Any that is nested in nothing left comes next; none: they go in a circle. */
static size_t order_stacks(const struct stack *stacks, size_t n, struct stack *ordered,
			   struct arena *arena)
{
	bool *is_placed = arena_zalloc(arena, MAX(n, (size_t)1) * sizeof *is_placed);
	size_t done = 0, before;

	do {
		before = done;
		for (size_t i = 0; i < n; i++) {
			if (is_placed[i] || !is_ready(&stacks[i], stacks, is_placed, n))
				continue;
			is_placed[i] = true;
			ordered[done++] = stacks[i];
		}
	} while (done > before);
	return done;
}

size_t stacks_read(struct part list, struct stack **stacks_r)
{
	struct arena *arena = list.reading->arena;
	size_t n = part_count(list), room = MAX(n, (size_t)1);
	struct stack *stacks = arena_alloc(arena, room * sizeof *stacks);
	struct stack *ordered = arena_alloc(arena, room * sizeof *ordered);

	*stacks_r = ordered;
	if (n > STACKS_MAX) {
		part_fault(list, "at most %d are expected", STACKS_MAX);
		return 0;
	}
	for (size_t i = 0; i < n; i++)
		stack_read(part_element(list, i), 0, &stacks[i]);
	if (list.reading->fault[0] != '\0')
		return 0;
	if (order_stacks(stacks, n, ordered, arena) < n)
		part_fault(list, "stacks are nested in a circle");
	return n;
}
