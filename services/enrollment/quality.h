/*
 * What a version of a micro-credential meets of the quality standard that is published.
 *
 * Each component of a standard is checked by code, from the entry alone, or attested by a reviewer.
 * The same entry, standard and review give the same result at any time and in any program: the rule
 * that publishes, the query that shows it, and cairnctl before anything is sent.
 */
#ifndef CAIRN_ENROLLMENT_QUALITY_H
#define CAIRN_ENROLLMENT_QUALITY_H

#include "libshared/arena.h"
#include "proto/enrollment.pb-c.h"

struct component_result {
	const Enrollment__Standard *standard;
	const Enrollment__Component *component;
	Enrollment__Met met;
	const char *note; /* the reviewer's, or what the check found; "": nothing to say */
};

struct quality_result {
	struct component_result *components;
	size_t n;
	uint32_t n_met; /* those that do not apply are met too */
	uint32_t mandatory_unmet;
};

/* Everything lives in the arena, or is borrowed from what was given. review NULL: none is there. */
struct quality_result quality_evaluate(const Enrollment__QualityStandard *standard,
				       const Enrollment__Entry *entry,
				       const Enrollment__Review *review, struct arena *arena);

/* "5.1: Every level ... (lit-101.r1: ...); 1.2: ... (no finding)": each mandatory one that is
 * unmet. */
const char *quality_unmet_text(const struct quality_result *result, struct arena *arena);

/* Whether code can check this; and all it can, for a message. */
bool quality_check_known(const char *check);
const char *quality_checks_text(struct arena *arena);

/* NULL: the standard has no such component. */
const Enrollment__Component *quality_component(const Enrollment__QualityStandard *standard,
					       const char *code);

#endif
