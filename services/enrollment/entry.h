/*
 * What must hold of a version of a micro-credential before it is published.
 *
 * A published version never changes, so everything in it is checked here, once, field by field:
 * that what is required is there, that texts can be signed, that what it names is known, that the
 * rubric fits the requirements, that numbers and dates make sense.
 */
#ifndef CAIRN_ENROLLMENT_ENTRY_H
#define CAIRN_ENROLLMENT_ENTRY_H

#include "libshared/decision.h"
#include "proto/enrollment.pb-c.h"

/* ACCEPTED, or REFUSED with a reason and a sentence that names the field. */
enum verdict entry_check(const struct view *view, const Enrollment__Entry *entry,
			 struct decision *d);

/* SHA-256 of the packed entry in hex; hash_r holds ENTRY_HASH_TEXT bytes. */
#define ENTRY_HASH_TEXT 65
void entry_hash(const Enrollment__Entry *entry, struct arena *arena, char *hash_r);

#endif
