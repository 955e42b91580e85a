/*
 * The review of a version of a micro-credential by the quality standard in force, and its date.
 */
#ifndef CAIRN_ENROLLMENT_REVIEW_H
#define CAIRN_ENROLLMENT_REVIEW_H

#include "libshared/decision.h"
#include "services/enrollment/tables.h"

/* The standard in force, in the arena; NULL: none is published. */
const Enrollment__QualityStandard *standard_in_force(const struct view *view, struct arena *arena);
/* One that was; it must be there. */
const Enrollment__QualityStandard *standard_of_version(const struct view *view, uint32_t version,
						       struct arena *arena);
/* The latest review of a version; NULL: none is recorded. */
const Enrollment__Review *review_of(const struct view *view, struct bytes entry, uint32_t version,
				    struct arena *arena);

/* A new version may be published: no standard is in force, or a review of this very content by
 * somebody else, with what code checks, leaves no mandatory component unmet. Else refused. */
enum verdict review_gate(const struct view *view, const Enrollment__Entry *entry, const char *hash,
			 struct decision *d);

#endif
