/* Counting facets: a small table by number, whose values are read from the text of a hit at the
 * end. */
#include "services/enrollment/facets.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SLOTS 2048
#define FILLED_MAX 1200
#define VALUES_MAX 40

static const uint32_t hours[] = {5, 10, 15, 20, 30, 40};

struct slot {
	uint32_t number, count;
	struct bytes code; /* of an entry that has it, borrowed from the page */
};

struct facet_counts {
	struct slot slots[SLOTS]; /* count 0: free */
	unsigned n;
	uint32_t hours[ARRAY_LEN(hours)];
};

struct facet_counts *facet_counts_new(struct arena *arena)
{
	return arena_zalloc(arena, sizeof(struct facet_counts));
}

static void count(struct facet_counts *c, uint32_t number, struct bytes code)
{
	uint32_t at = (number ^ number >> 11) % SLOTS;

	while (c->slots[at].count != 0 && c->slots[at].number != number)
		at = (at + 1) % SLOTS;
	if (c->slots[at].count == 0) {
		if (c->n == FILLED_MAX)
			return;
		c->n++;
		c->slots[at].number = number;
		c->slots[at].code = code;
	}
	c->slots[at].count++;
}

/* An entry may name a value twice, as an alignment to two frameworks. */
static bool named_before(const struct summary_row *row, unsigned i)
{
	for (unsigned k = 0; k < i; k++)
		if (row->facets[k] == row->facets[i])
			return true;
	return false;
}

void facet_counts_add(struct facet_counts *c, const struct search_hit *hit)
{
	for (unsigned i = 0; i < hit->row.n_facets; i++) {
		enum facet facet = facet_of_number(hit->row.facets[i]);

		if ((hit->missed & ~(1u << facet)) == 0 && !named_before(&hit->row, i))
			count(c, hit->row.facets[i], hit->code);
	}
	for (size_t i = 0; i < ARRAY_LEN(hours); i++)
		if ((hit->missed & ~(1u << FACET_HOURS)) == 0 && hit->row.hours_typical <= hours[i])
			c->hours[i]++;
}

/* ---- answering ---- */

static int most_first(const void *a, const void *b)
{
	const struct slot *x = a, *y = b;

	if (x->count != y->count)
		return x->count < y->count ? 1 : -1;
	return (x->number > y->number) - (x->number < y->number);
}

static Enrollment__FacetValue *add_value(Enrollment__Facet *facet, char *value, uint32_t n,
					 struct arena *arena)
{
	Enrollment__FacetValue *v = arena_alloc(arena, sizeof *v);

	enrollment__facet_value__init(v);
	v->value = value;
	v->count = n;
	facet->values[facet->n_values++] = v;
	return v;
}

static char *value_of(const struct slot *slot, const struct search *s, struct arena *arena)
{
	struct bytes text = search_text(s->view, slot->code);
	size_t at = 0, name = strlen(facet_name(facet_of_number(slot->number))) + 1;
	struct bytes line;

	while (search_line(text, &at, &line))
		if (facet_number(line) == slot->number)
			return arena_text(arena, (struct bytes){line.data + name, line.len - name});
	return NULL;
}

static Enrollment__Facet *new_facet(enum facet f, struct arena *arena)
{
	Enrollment__Facet *facet = arena_alloc(arena, sizeof *facet);

	enrollment__facet__init(facet);
	facet->name = arena_printf(arena, "%s", facet_name(f));
	facet->values = arena_alloc(arena, VALUES_MAX * sizeof(Enrollment__FacetValue *));
	return facet;
}

static Enrollment__Facet *hours_facet(const struct facet_counts *c, const struct search *s,
				      struct arena *arena)
{
	Enrollment__Facet *facet = new_facet(FACET_HOURS, arena);

	for (size_t i = 0; i < ARRAY_LEN(hours); i++)
		if (c->hours[i] > 0)
			add_value(facet, arena_printf(arena, "%u", hours[i]), c->hours[i], arena)
				->chosen = s->hours_max == hours[i];
	return facet;
}

static Enrollment__Facet *lines_facet(const struct slot *sorted, unsigned n, enum facet f,
				      const struct search *s, struct arena *arena)
{
	Enrollment__Facet *facet = new_facet(f, arena);

	for (unsigned i = 0; i < n && facet->n_values < VALUES_MAX; i++) {
		char *value = facet_of_number(sorted[i].number) == f
				      ? value_of(&sorted[i], s, arena)
				      : NULL;

		if (value != NULL)
			add_value(facet, value, sorted[i].count, arena)->chosen =
				s->facets[f] == sorted[i].number;
	}
	return facet;
}

void facet_counts_answer(const struct facet_counts *c, const struct search *s,
			 Enrollment__SearchAnswer *answer, struct arena *arena)
{
	struct slot *sorted = arena_alloc(arena, (c->n + 1) * sizeof *sorted);
	unsigned n = 0;

	for (unsigned i = 0; i < SLOTS; i++)
		if (c->slots[i].count > 0)
			sorted[n++] = c->slots[i];
	qsort(sorted, n, sizeof *sorted, most_first);
	answer->facets = arena_alloc(arena, N_FACETS * sizeof(Enrollment__Facet *));
	for (enum facet f = FACET_TOPIC; f < FACET_HOURS; f++)
		answer->facets[answer->n_facets++] = lines_facet(sorted, n, f, s, arena);
	answer->facets[answer->n_facets++] = hours_facet(c, s, arena);
}
