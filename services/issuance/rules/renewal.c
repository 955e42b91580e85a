/* What a license's credits come to under a policy. */
#include "services/issuance/rules/renewal.h"

#include "libshared/zone.h"

#include <stdlib.h>
#include <string.h>

#define DIRECTLY_RELATED "directly_related"
/* hours (2 decimals) * units an hour (4) * level (2) to hundredths (2) */
#define SCALE_OF_HOURS 1000000
#define SCALE_OF_EACH 100
#define WHOLE_PERCENT 10000 /* hundredths of a percent */

const char *const renewal_reasons[N_REASONS] = {
	[REASON_COUNTS] = "",
	[REASON_REVOKED] = "revoked",
	[REASON_OUTSIDE_TERM] = "outside_term",
	[REASON_DUPLICATE] = "duplicate",
	[REASON_PROVIDER_NOT_REGISTERED] = "provider_not_registered",
	[REASON_SPONSOR_NOT_APPROVED] = "sponsor_not_approved",
	[REASON_NO_PRIOR_APPROVAL] = "no_prior_approval",
	[REASON_BELOW_TOPIC_MINIMUM] = "below_topic_minimum",
	[REASON_OVER_CAP] = "over_cap",
};

struct evaluation {
	const struct renewal_case *c;
	const struct renewal_policy *policy;
	struct arena *arena;
	struct renewal_line *lines;
	struct renewal_line **groups; /* the lines in another order, while a step needs it */
	size_t n;
};

int64_t renewal_day(const struct zone *zone, int64_t at_us)
{
	struct civil c = zone_civil(zone, at_us);

	return day_of_civil(c.year, c.month, c.day);
}

/* For what is not below 0. */
static int64_t half_up(int64_t value, int64_t unit)
{
	return (value + unit / 2) / unit;
}

static int64_t percent_of(int64_t percent, int64_t of)
{
	return half_up(percent * of, WHOLE_PERCENT);
}

static bool names_have(struct renewal_names list, const char *name)
{
	for (size_t i = 0; i < list.n; i++)
		if (strcmp(list.names[i], name) == 0)
			return true;
	return false;
}

static bool has_category(const struct renewal_credit *credit, const char *category)
{
	if (strcmp(category, DIRECTLY_RELATED) == 0)
		return !credit->is_unrelated;
	return names_have(credit->categories, category);
}

bool renewal_applies(const char *when, const struct renewal_names *flags)
{
	if (strcmp(when, "always") == 0)
		return true;
	if (strncmp(when, "not_", 4) == 0)
		return !names_have(*flags, when + 4);
	return names_have(*flags, when);
}

bool renewal_rule_applies(const struct renewal_rule *rule, const struct renewal_license *license)
{
	return renewal_applies(rule->applies_when, &license->flags);
}

/* ---- order ---- */

static int by_day(const void *a, const void *b)
{
	const struct renewal_line *x = a, *y = b;
	int ids;

	if (x->credit->day != y->credit->day)
		return x->credit->day < y->credit->day ? -1 : 1;
	ids = strcmp(x->credit->micro_credential, y->credit->micro_credential);
	if (ids != 0)
		return ids;
	return x->given < y->given ? -1 : x->given > y->given;
}

/* Lines stand in one array, so their places are their order. */
static int by_place(const struct renewal_line *x, const struct renewal_line *y)
{
	return x < y ? -1 : x > y;
}

static int by_micro_credential(const void *a, const void *b)
{
	const struct renewal_line *x = *(struct renewal_line *const *)a;
	const struct renewal_line *y = *(struct renewal_line *const *)b;
	int ids = strcmp(x->credit->micro_credential, y->credit->micro_credential);

	return ids != 0 ? ids : by_place(x, y);
}

static int by_topic(const void *a, const void *b)
{
	const struct renewal_line *x = *(struct renewal_line *const *)a;
	const struct renewal_line *y = *(struct renewal_line *const *)b;
	int topics = strcmp(x->credit->topic, y->credit->topic);

	return topics != 0 ? topics : by_place(x, y);
}

/* The lines that still count, in groups; returns how many. */
static size_t group(struct evaluation *e, int (*compare)(const void *, const void *))
{
	size_t n = 0;

	for (size_t i = 0; i < e->n; i++)
		if (e->lines[i].reason == REASON_COUNTS)
			e->groups[n++] = &e->lines[i];
	qsort(e->groups, n, sizeof *e->groups, compare);
	return n;
}

/* ---- the steps, in order ---- */

static void drop_revoked(struct evaluation *e)
{
	for (size_t i = 0; i < e->n; i++)
		if (e->lines[i].credit->revoked)
			e->lines[i].reason = REASON_REVOKED;
}

static void drop_outside_term(struct evaluation *e)
{
	const struct renewal_license *license = &e->c->license;

	for (size_t i = 0; i < e->n; i++) {
		int64_t day = e->lines[i].credit->day;

		if (e->lines[i].reason == REASON_COUNTS &&
		    (day < license->issued || day > license->expires))
			e->lines[i].reason = REASON_OUTSIDE_TERM;
	}
}

static void drop_repeats(struct evaluation *e)
{
	size_t n = group(e, by_micro_credential);

	for (size_t i = 1; i < n; i++)
		if (strcmp(e->groups[i]->credit->micro_credential,
			   e->groups[i - 1]->credit->micro_credential) == 0)
			e->groups[i]->reason = REASON_DUPLICATE;
}

static enum renewal_reason approval_of(const struct renewal_policy *policy,
				       const struct renewal_credit *credit)
{
	if (policy->approval == APPROVAL_PROVIDER && !credit->has_sponsor_id)
		return REASON_PROVIDER_NOT_REGISTERED;
	if (policy->approval == APPROVAL_SPONSOR && !credit->has_sponsor_id)
		return REASON_SPONSOR_NOT_APPROVED;
	if (policy->approval == APPROVAL_PRIOR && !credit->has_prior_approval)
		return REASON_NO_PRIOR_APPROVAL;
	return REASON_COUNTS;
}

static void drop_unapproved(struct evaluation *e)
{
	for (size_t i = 0; i < e->n; i++)
		if (e->lines[i].reason == REASON_COUNTS)
			e->lines[i].reason = approval_of(e->policy, e->lines[i].credit);
}

bool renewal_has_level(const struct renewal_policy *policy, const char *level)
{
	for (size_t i = 0; i < policy->n_levels; i++)
		if (strcmp(policy->levels[i].name, level) == 0)
			return true;
	return false;
}

static int64_t factor_of(const struct renewal_policy *policy, const char *level)
{
	for (size_t i = 0; i < policy->n_levels; i++)
		if (strcmp(policy->levels[i].name, level) == 0)
			return policy->levels[i].factor;
	return HUNDREDTHS; /* no levels, or one that the reader does not let pass */
}

int64_t renewal_units(const struct renewal_policy *policy, const struct renewal_credit *credit)
{
	int64_t factor = factor_of(policy, credit->level != NULL ? credit->level : policy->level);

	if (policy->is_fixed)
		return half_up(policy->each * factor, SCALE_OF_EACH);
	return half_up(credit->hours * policy->per_hour * factor, SCALE_OF_HOURS);
}

static void convert(struct evaluation *e)
{
	for (size_t i = 0; i < e->n; i++) {
		e->lines[i].units = renewal_units(e->policy, e->lines[i].credit);
		e->lines[i].counted = e->lines[i].reason == REASON_COUNTS ? e->lines[i].units : 0;
	}
}

static void drop_line(struct renewal_line *line, enum renewal_reason reason)
{
	line->reason = reason;
	line->counted = 0;
}

/* A topic exactly at the minimum counts. */
static void drop_small_topics(struct evaluation *e)
{
	size_t n = e->policy->topic_least > 0 ? group(e, by_topic) : 0, first = 0;
	int64_t sum = 0;

	for (size_t i = 0; i < n; i++) {
		const char *topic = e->groups[i]->credit->topic;
		bool is_last = i + 1 == n || strcmp(e->groups[i + 1]->credit->topic, topic) != 0;

		sum += e->groups[i]->counted;
		if (!is_last)
			continue;
		for (; sum < e->policy->topic_least && first <= i; first++)
			drop_line(e->groups[first], REASON_BELOW_TOPIC_MINIMUM);
		first = i + 1;
		sum = 0;
	}
}

static bool is_under(const struct renewal_cap *cap, const struct renewal_credit *credit)
{
	for (size_t i = 0; i < cap->categories.n; i++)
		if (has_category(credit, cap->categories.names[i]))
			return true;
	return false;
}

/* A credit under several caps counts as far as all of them have room, and takes room of each only
 * by what counts. */
static void apply_caps(struct evaluation *e)
{
	int64_t room[RENEWAL_CAPS_MAX];

	for (size_t k = 0; k < e->policy->n_caps; k++)
		room[k] = percent_of(e->policy->caps[k].percent, e->policy->required);
	for (size_t i = 0; i < e->n; i++) {
		struct renewal_line *line = &e->lines[i];
		int64_t counted = line->counted;

		for (size_t k = 0; k < e->policy->n_caps; k++)
			if (is_under(&e->policy->caps[k], line->credit))
				counted = MIN(counted, room[k]);
		for (size_t k = 0; k < e->policy->n_caps; k++)
			if (is_under(&e->policy->caps[k], line->credit))
				room[k] -= counted;
		if (counted < line->counted)
			line->reason = REASON_OVER_CAP;
		line->counted = counted;
	}
}

/* ---- categories ---- */

static int64_t units_in(const struct evaluation *e, const char *category)
{
	int64_t sum = 0;

	for (size_t i = 0; i < e->n; i++)
		if (e->lines[i].counted > 0 && has_category(e->lines[i].credit, category))
			sum += e->lines[i].counted;
	return sum;
}

static int64_t areas_in(const struct evaluation *e, struct renewal_names areas)
{
	int64_t n = 0;

	for (size_t i = 0; i < areas.n; i++)
		n += units_in(e, areas.names[i]) > 0;
	return n;
}

static int64_t least_of(const struct renewal_rule *rule, const struct renewal_answer *a)
{
	switch (rule->kind) {
	case LEAST_PERCENT_OF_REQUIRED:
		return percent_of(rule->least, a->required);
	case LEAST_PERCENT_OF_COUNTED:
		return percent_of(rule->least, a->total);
	case LEAST_UNITS:
	case LEAST_AREAS:
		break;
	}
	return rule->least;
}

static unsigned rules_served(const struct renewal_credit *credit,
			     struct renewal_category *const split[], unsigned n)
{
	unsigned set = 0;

	for (unsigned i = 0; i < n; i++)
		if (has_category(credit, split[i]->rule->category))
			set |= 1u << i;
	return set;
}

/* Areas are counted, not given units, so they take no part in the split. */
static void split_units(const struct evaluation *e, struct renewal_answer *a)
{
	struct renewal_category *split[RENEWAL_SPLIT_MAX];
	int64_t supply[1u << RENEWAL_SPLIT_MAX] = {0};
	int64_t least[RENEWAL_SPLIT_MAX], given[RENEWAL_SPLIT_MAX];
	unsigned n = 0;

	for (size_t i = 0; i < a->n_categories; i++) {
		if (a->categories[i].rule->kind == LEAST_AREAS)
			continue;
		ENSURE(n < RENEWAL_SPLIT_MAX);
		least[n] = a->categories[i].least;
		split[n++] = &a->categories[i];
	}
	for (size_t i = 0; i < e->n; i++)
		supply[rules_served(e->lines[i].credit, split, n)] += e->lines[i].counted;
	renewal_split(least, supply, n, given);
	for (unsigned i = 0; i < n; i++)
		split[i]->got = given[i];
}

static void check_categories(const struct evaluation *e, struct renewal_answer *a)
{
	for (size_t i = 0; i < e->policy->n_rules; i++) {
		const struct renewal_rule *rule = &e->policy->rules[i];
		struct renewal_category *category = &a->categories[a->n_categories];

		if (!renewal_rule_applies(rule, &e->c->license))
			continue;
		a->n_categories++;
		category->rule = rule;
		category->least = least_of(rule, a);
		category->got = rule->kind == LEAST_AREAS ? areas_in(e, rule->areas)
							  : units_in(e, rule->category);
	}
	if (!e->policy->double_count)
		split_units(e, a);
	for (size_t i = 0; i < a->n_categories; i++)
		if (a->categories[i].got < a->categories[i].least)
			a->is_met = false;
}

static struct evaluation begin(const struct renewal_case *c, struct arena *arena)
{
	struct evaluation e = {.c = c, .policy = c->policy, .arena = arena, .n = c->n_credits};
	size_t room = MAX(e.n, (size_t)1);

	ENSURE(e.n <= RENEWAL_CREDITS_MAX && e.policy->n_rules <= RENEWAL_RULES_MAX &&
	       e.policy->n_caps <= RENEWAL_CAPS_MAX);
	e.lines = arena_zalloc(arena, room * sizeof *e.lines);
	e.groups = arena_alloc(arena, room * sizeof *e.groups);
	for (size_t i = 0; i < e.n; i++) {
		e.lines[i].credit = &c->credits[i];
		e.lines[i].given = i;
	}
	qsort(e.lines, e.n, sizeof *e.lines, by_day);
	return e;
}

void renewal_evaluate(const struct renewal_case *c, struct arena *arena,
		      struct renewal_answer *answer_r)
{
	struct evaluation e = begin(c, arena);
	struct renewal_answer a = {.policy = c->policy, .required = c->policy->required};

	drop_revoked(&e);
	drop_outside_term(&e);
	drop_repeats(&e);
	drop_unapproved(&e);
	convert(&e);
	drop_small_topics(&e);
	apply_caps(&e);
	for (size_t i = 0; i < e.n; i++)
		a.total += e.lines[i].counted;
	a.total = MAX(a.total + c->adjusted, (int64_t)0);
	a.is_met = a.total >= a.required;
	check_categories(&e, &a);
	a.lines = e.lines;
	a.n_lines = e.n;
	*answer_r = a;
}
