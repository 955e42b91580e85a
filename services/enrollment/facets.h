/*
 * Counts of facets over the hits of a search: for each value, how many would be found with it, all
 * else being the same. A hit that misses one facet only (search.nearly) counts for that facet's
 * values alone: so who looks at one topic sees how many the others have.
 */
#ifndef CAIRN_ENROLLMENT_FACETS_H
#define CAIRN_ENROLLMENT_FACETS_H

#include "libshared/arena.h"
#include "services/enrollment/search.h"

struct facet_counts;

/* In the arena. Values beyond what it holds (about a thousand) are not counted. */
struct facet_counts *facet_counts_new(struct arena *arena);
void facet_counts_add(struct facet_counts *c, const struct search_hit *hit);
/* Fills in the answer's facets; within the view of the search. */
void facet_counts_answer(const struct facet_counts *c, const struct search *s,
			 Enrollment__SearchAnswer *answer, struct arena *arena);

#endif
