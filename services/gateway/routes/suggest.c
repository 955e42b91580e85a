/* From answers to suggestions. */
#include "services/gateway/routes/suggest.h"

#include "libshared/base.h"

#include <stdlib.h>
#include <string.h>

#define ITSELF_WEIGHS 5
#define TOPIC_WEIGHS 2
#define STANDARDS_MAX 2

static unsigned need_of(enum confidence answer)
{
	return answer == NOT_ANSWERED ? 0 : (unsigned)(SURE - answer);
}

static unsigned shared_standards(const struct competency *a, const struct competency *b)
{
	unsigned n = 0;

	for (size_t i = 0; i < a->n_alignments; i++)
		for (size_t k = 0; k < b->n_alignments; k++)
			n += strcmp(a->alignments[i], b->alignments[k]) == 0;
	return MIN(n, (unsigned)STANDARDS_MAX);
}

/* What one statement says for a candidate; no points: nothing. */
static struct reason reason_of(const struct statement *s, const struct competency *candidate)
{
	unsigned need = need_of(s->answer), shared = shared_standards(s->about, candidate);
	struct reason reason = {.statement = s};

	if (need == 0)
		return reason;
	if (strcmp(s->about->code, candidate->code) == 0) {
		reason.why = BECAUSE_ITSELF;
		reason.points = ITSELF_WEIGHS * need;
		return reason;
	}
	/* Sharing a standard alone says little: the frameworks are broad. */
	if (strcmp(s->about->topic, candidate->topic) != 0)
		return reason;
	reason.why = BECAUSE_TOPIC | (shared > 0 ? BECAUSE_STANDARD : 0);
	reason.points = (TOPIC_WEIGHS + shared) * need;
	return reason;
}

/* Whoever is sure of it needs it no more, whatever the neighbours say. */
static bool is_sure_of(const struct statement *statements, size_t n, const struct competency *c)
{
	for (size_t i = 0; i < n; i++)
		if (statements[i].answer == SURE && strcmp(statements[i].about->code, c->code) == 0)
			return true;
	return false;
}

static void add_reason(struct suggestion *s, struct reason reason)
{
	size_t at = s->n_reasons++;

	for (; at > 0 && s->reasons[at - 1].points < reason.points; at--)
		s->reasons[at] = s->reasons[at - 1];
	s->reasons[at] = reason;
	s->points += reason.points;
}

static struct suggestion weigh(const struct statement *statements, size_t n,
			       const struct competency *candidate)
{
	struct suggestion s = {.of = candidate};

	for (size_t i = 0; i < n && i < STATEMENTS_MAX; i++) {
		struct reason reason = reason_of(&statements[i], candidate);

		if (reason.points > 0)
			add_reason(&s, reason);
	}
	return s;
}

/* Below 0: a stands before b. */
static int order_of(const struct suggestion *a, const struct suggestion *b, const char *grade_band)
{
	bool a_fits = *grade_band == '\0' || strcmp(a->of->grade_band, grade_band) == 0;
	bool b_fits = *grade_band == '\0' || strcmp(b->of->grade_band, grade_band) == 0;

	if (a_fits != b_fits)
		return a_fits ? -1 : 1;
	if (a->points != b->points)
		return a->points > b->points ? -1 : 1;
	if (a->of->hours != b->of->hours)
		return a->of->hours < b->of->hours ? -1 : 1;
	return strcmp(a->of->code, b->of->code);
}

size_t suggest(const struct statement *statements, size_t n_statements,
	       const struct competency *candidates, size_t n_candidates, const char *grade_band,
	       struct suggestion *suggested_r, size_t room)
{
	size_t n = 0;

	for (size_t i = 0; i < n_candidates; i++) {
		struct suggestion s = weigh(statements, n_statements, &candidates[i]);
		size_t at = n;

		if (s.points == 0 || candidates[i].taken ||
		    is_sure_of(statements, n_statements, &candidates[i]))
			continue;
		while (at > 0 && order_of(&s, &suggested_r[at - 1], grade_band) < 0)
			at--;
		if (at == room)
			continue;
		n = MIN(n + 1, room);
		memmove(&suggested_r[at + 1], &suggested_r[at], (n - 1 - at) * sizeof s);
		suggested_r[at] = s;
	}
	return n;
}

/* ---- what is asked ---- */

/* The next one by code of a topic that has been asked about fewer times than round. */
static bool is_next(const struct competency *all, size_t i, size_t best, const bool *asked)
{
	return !asked[i] && (best == SIZE_MAX || strcmp(all[i].code, all[best].code) < 0);
}

static unsigned times_asked(const struct competency *all, const size_t *chosen, size_t n,
			    const char *topic)
{
	unsigned times = 0;

	for (size_t i = 0; i < n; i++)
		times += strcmp(all[chosen[i]].topic, topic) == 0;
	return times;
}

size_t choose_statements(const struct competency *all, size_t n, size_t *chosen_r, size_t room)
{
	bool *asked = calloc(n + 1, sizeof *asked);
	size_t chosen = 0;
	bool found = asked != NULL;

	for (unsigned round = 0; found && chosen < room; round++) {
		found = false;
		for (;;) {
			size_t best = SIZE_MAX;

			for (size_t i = 0; i < n; i++)
				if (is_next(all, i, best, asked) &&
				    times_asked(all, chosen_r, chosen, all[i].topic) <= round)
					best = i;
			if (best == SIZE_MAX || chosen == room)
				break;
			asked[best] = true;
			chosen_r[chosen++] = best;
			found = true;
		}
	}
	free(asked);
	return chosen;
}
