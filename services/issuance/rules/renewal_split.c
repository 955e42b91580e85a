/*
 * The best split of units between rules.
 *
 * What a set of rules can be given together is at most what the credits have that serve one of
 * them. Those bounds are submodular, so (Edmonds) gifts that keep them can be split from the
 * credits, giving rules one after the other as much as the bounds allow is never a dead end, and
 * every full gift has the same sum. So: for each set of rules to be met, give them their least,
 * then the others in order.
 */
#include "services/issuance/rules/renewal.h"

#include <string.h>

#define SETS (1u << RENEWAL_SPLIT_MAX)

struct gift {
	int64_t given[RENEWAL_SPLIT_MAX];
	int64_t sum;
	unsigned n_met;
};

struct split {
	const int64_t *least;
	unsigned n, sets;
	int64_t room[SETS]; /* what each set of rules can be given in all */
};

static void find_room(struct split *s, const int64_t supply[])
{
	int64_t within[SETS]; /* of credits that serve no rule outside the set */
	unsigned all = s->sets - 1;

	memcpy(within, supply, s->sets * sizeof *within);
	within[0] = 0;
	for (unsigned i = 0; i < s->n; i++)
		for (unsigned set = 0; set < s->sets; set++)
			if (set & 1u << i)
				within[set] += within[set & ~(1u << i)];
	for (unsigned set = 0; set < s->sets; set++)
		s->room[set] = within[all] - within[all & ~set];
}

static int64_t most_for(const int64_t room[], const struct split *s, unsigned rule)
{
	int64_t most = s->least[rule];

	for (unsigned set = 0; set < s->sets; set++)
		if (set & 1u << rule)
			most = MIN(most, room[set]);
	return most;
}

static void give(struct gift *g, int64_t room[], const struct split *s, unsigned rule)
{
	int64_t units = most_for(room, s, rule);

	g->given[rule] = units;
	g->sum += units;
	g->n_met += units == s->least[rule];
	for (unsigned set = 0; set < s->sets; set++)
		if (set & 1u << rule)
			room[set] -= units;
}

/* False: the rules of met cannot all be met. */
static bool try_set(const struct split *s, unsigned met, struct gift *g)
{
	int64_t room[SETS];

	*g = (struct gift){0};
	memcpy(room, s->room, s->sets * sizeof *room);
	for (unsigned i = 0; i < s->n; i++) {
		if ((met & 1u << i) == 0)
			continue;
		if (most_for(room, s, i) < s->least[i])
			return false;
		give(g, room, s, i);
	}
	for (unsigned i = 0; i < s->n; i++)
		if ((met & 1u << i) == 0)
			give(g, room, s, i);
	return true;
}

static bool is_better(const struct gift *a, const struct gift *b, unsigned n)
{
	if (a->n_met != b->n_met)
		return a->n_met > b->n_met;
	if (a->sum != b->sum)
		return a->sum > b->sum;
	for (unsigned i = 0; i < n; i++)
		if (a->given[i] != b->given[i])
			return a->given[i] > b->given[i];
	return false;
}

void renewal_split(const int64_t least[], const int64_t supply[], unsigned n, int64_t given_r[])
{
	struct split s = {.least = least, .n = n, .sets = 1u << n};
	struct gift best, g;

	ENSURE(n <= RENEWAL_SPLIT_MAX);
	find_room(&s, supply);
	ENSURE(try_set(&s, 0, &best));
	for (unsigned met = 1; met < s.sets; met++)
		if (try_set(&s, met, &g) && is_better(&g, &best, n))
			best = g;
	memcpy(given_r, best.given, n * sizeof *given_r);
}
