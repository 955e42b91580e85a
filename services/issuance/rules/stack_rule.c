/* Which stacks what was earned comes to, and since when. */
#include "services/issuance/rules/stack_rule.h"

#include "libshared/zone.h"

#include <stdlib.h>
#include <string.h>

/* A day looked at: whose members count, and which are inside the window. */
struct look {
	const struct stack *stack;
	const struct stack_record *record;
	int64_t day;
};

int64_t day_months_later(int64_t day, uint32_t months)
{
	struct civil c = civil_of_day(day);
	int month = c.month + (int)(months % 12);
	int year = c.year + (int)(months / 12);
	int64_t first = day_of_civil(year, month, 1);
	int64_t last = day_of_civil(year, month + 1, 1) - 1;

	return MIN(first + c.day - 1, last);
}

/* ---- does it hold? ---- */

/* The first of what was earned that the leaf holds with; record->n: none. */
static size_t leaf_member(const struct stack_rule *rule, const struct look *look)
{
	size_t i;

	for (i = 0; i < look->record->n; i++) {
		const struct stack_earned *e = &look->record->earned[i];

		if (e->is_stack == (rule->op == STACK_OF_STACK) && e->day <= look->day &&
		    e->day < rule->before && e->revoked > look->record->on &&
		    strcmp(e->id, rule->id) == 0 &&
		    look->day <= day_months_later(e->day, look->stack->within_months))
			break;
	}
	return i;
}

static bool leaf_holds(const struct stack_rule *rule, const struct look *look)
{
	return leaf_member(rule, look) < look->record->n;
}

static bool rule_holds(const struct stack_rule *rule, const struct look *look)
{
	size_t n = 0;

	if (rule->op != STACK_AT_LEAST)
		return leaf_holds(rule, look);
	for (size_t i = 0; i < rule->n_of && n < rule->n; i++)
		n += rule_holds(&rule->of[i], look);
	return n >= rule->n;
}

static void mark_members(const struct stack_rule *rule, const struct look *look, bool *is_member)
{
	size_t n = 0;

	if (rule->op != STACK_AT_LEAST)
		is_member[leaf_member(rule, look)] = true;
	for (size_t i = 0; i < rule->n_of && n < rule->n; i++) {
		if (!rule_holds(&rule->of[i], look))
			continue;
		mark_members(&rule->of[i], look, is_member);
		n++;
	}
}

void stack_members(const struct stack *stack, const struct stack_record *record, bool *is_member_r)
{
	struct look look = {.stack = stack, .record = record, .day = record->on};

	memset(is_member_r, 0, record->n * sizeof *is_member_r);
	if (rule_holds(&stack->rule, &look))
		mark_members(&stack->rule, &look, is_member_r);
}

static bool names(const struct stack_rule *rule, const struct stack_earned *e)
{
	if (rule->op != STACK_AT_LEAST)
		return e->is_stack == (rule->op == STACK_OF_STACK) && strcmp(e->id, rule->id) == 0;
	for (size_t i = 0; i < rule->n_of; i++)
		if (names(&rule->of[i], e))
			return true;
	return false;
}

/* A rule begins to hold only on a day on which a member comes in (or may first be awarded). */
int64_t stack_first_day(const struct stack *stack, const struct stack_record *record)
{
	struct look look = {.stack = stack, .record = record, .day = stack->not_before};
	int64_t first = STACK_NEVER;

	if (stack->not_before > 0 && stack->not_before <= record->on &&
	    rule_holds(&stack->rule, &look))
		first = stack->not_before;
	for (size_t i = 0; i < record->n; i++) {
		look.day = record->earned[i].day;
		if (look.day < first && look.day >= stack->not_before && look.day <= record->on &&
		    record->earned[i].revoked > record->on && rule_holds(&stack->rule, &look))
			first = look.day;
	}
	return first;
}

/* ---- what became of it, day by day ---- */

struct history {
	const struct stack *stack;
	struct stack_award *awards;
	size_t n;
};

static int by_number(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

static size_t days_of_change(const struct stack *stack, const struct stack_record *record,
			     struct arena *arena, int64_t **days_r)
{
	int64_t *days = arena_alloc(arena, (2 * record->n + 1) * sizeof *days);
	size_t n = 0, kept = 0;

	for (size_t i = 0; i < record->n; i++) {
		const struct stack_earned *e = &record->earned[i];

		if (!names(&stack->rule, e))
			continue;
		days[n++] = e->day;
		days[n++] = e->revoked;
	}
	days[n++] = stack->not_before;
	qsort(days, n, sizeof *days, by_number);
	for (size_t i = 0; i < n && days[i] <= record->on; i++)
		if (kept == 0 || days[kept - 1] != days[i])
			days[kept++] = days[i];
	*days_r = days;
	return kept;
}

static struct stack_award *standing(const struct history *h)
{
	struct stack_award *last = h->n > 0 ? &h->awards[h->n - 1] : NULL;

	return last != NULL && last->revoked == STACK_NEVER ? last : NULL;
}

static void end_hold(const struct history *h, int64_t day)
{
	struct stack_award *award = standing(h);

	if (award != NULL && award->suspended != STACK_NEVER &&
	    day - award->suspended >= STACK_HOLD_DAYS)
		award->revoked = award->suspended + STACK_HOLD_DAYS;
}

static void live_day(struct history *h, const struct stack_record *as_of)
{
	int64_t first = stack_first_day(h->stack, as_of);
	struct stack_award *award;

	end_hold(h, as_of->on);
	award = standing(h);
	if (award == NULL && first != STACK_NEVER)
		h->awards[h->n++] =
			(struct stack_award){h->stack->id, first, STACK_NEVER, STACK_NEVER};
	else if (award != NULL && first != STACK_NEVER)
		award->suspended = STACK_NEVER;
	else if (award != NULL && award->suspended == STACK_NEVER)
		award->suspended = as_of->on;
}

size_t stack_history(const struct stack *stack, const struct stack_record *record,
		     struct arena *arena, struct stack_award **awards_r)
{
	struct history h = {.stack = stack};
	int64_t *days;
	size_t n = days_of_change(stack, record, arena, &days);

	h.awards = arena_alloc(arena, (n + 1) * sizeof *h.awards);
	for (size_t i = 0; i < n; i++) {
		struct stack_record as_of = *record;

		as_of.on = days[i];
		live_day(&h, &as_of);
	}
	end_hold(&h, record->on);
	*awards_r = h.awards;
	return h.n;
}

/* ---- all stacks ---- */

static int by_award(const void *a, const void *b)
{
	const struct stack_award *x = a, *y = b;

	if (x->awarded != y->awarded)
		return x->awarded < y->awarded ? -1 : 1;
	return strcmp(x->stack, y->stack);
}

/* Everything found so far, of all stacks. */
struct found {
	struct arena *arena;
	struct stack_award *awards;
	struct stack_earned *earned; /* what was earned, then the awards as members */
	size_t n_awards, n_earned;
};

static void add_awards(struct found *f, const struct stack_award *awards, size_t n)
{
	struct stack_award *all;
	struct stack_earned *earned;

	if (n == 0)
		return;
	all = arena_alloc(f->arena, (f->n_awards + n) * sizeof *all);
	earned = arena_alloc(f->arena, (f->n_earned + n) * sizeof *earned);
	if (f->n_awards > 0)
		memcpy(all, f->awards, f->n_awards * sizeof *all);
	if (f->n_earned > 0)
		memcpy(earned, f->earned, f->n_earned * sizeof *earned);
	for (size_t i = 0; i < n; i++) {
		all[f->n_awards++] = awards[i];
		earned[f->n_earned++] = (struct stack_earned){awards[i].stack, true,
							      awards[i].awarded, awards[i].revoked};
	}
	f->awards = all;
	f->earned = earned;
}

size_t stack_awards(const struct stack *stacks, size_t n, const struct stack_record *record,
		    struct arena *arena, struct stack_award **awards_r)
{
	struct found f = {.arena = arena, .n_earned = record->n};
	struct stack_earned *earned =
		arena_alloc(arena, MAX(record->n, (size_t)1) * sizeof *earned);

	if (record->n > 0)
		memcpy(earned, record->earned, record->n * sizeof *earned);
	f.earned = earned;
	for (size_t i = 0; i < n; i++) {
		struct stack_record with = {f.earned, f.n_earned, record->on};
		struct stack_award *awards;
		size_t n_awards = stack_history(&stacks[i], &with, arena, &awards);

		add_awards(&f, awards, n_awards);
	}
	if (f.n_awards > 0)
		qsort(f.awards, f.n_awards, sizeof *f.awards, by_award);
	*awards_r = f.awards;
	return f.n_awards;
}
