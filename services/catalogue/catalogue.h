/*
 * Reading catalogue files into the commands that publish them.
 *
 *	struct catalogue c = {.arena = arena};
 *	catalogue_add(&c, "catalogue.json", text) && catalogue_add(&c, "policy.json", more) ...
 *	catalogue_order(&c);
 *	for (size_t i = 0; i < c.n; i++) ... c.commands[i] ...
 *
 * A file says what it is in its member "schema": cairn.catalogue/1, cairn.policy/1,
 * cairn.calendar/1, cairn.media/1, cairn.quality/1 or cairn.reviews/1. All of it is checked
 *(catalogue_shape.h), and that everything it names stands in it: a fault names file, place and what
 *is wrong.
 *
 * The same file gives the same bytes each time, so publishing it twice changes nothing: enrollment
 * accepts a version that stands with this content, and refuses one with other content.
 */
#ifndef CAIRN_CATALOGUE_H
#define CAIRN_CATALOGUE_H

#include "libshared/arena.h"
#include "libshared/id.h"
#include "proto/enrollment.pb-c.h"

#define CATALOGUE_FAULT_LEN 600
#define CATALOGUE_FILE_MAX ((size_t)64 << 20)

struct catalogue {
	struct arena *arena; /* of the caller; what is made lives in it */
	Enrollment__Command **commands;
	size_t n, room;
	char fault[CATALOGUE_FAULT_LEN];
};

/* False: c->fault says why, and nothing of the file is in the commands. */
bool catalogue_add(struct catalogue *c, const char *file, struct bytes text) MUST_CHECK;
/* Brings the commands of all files into the order in which they can be published: issuers,
 * profiles, policy, calendar, media, quality standard, reviews, entries (what is built upon first),
 * retirements, stacks, renewal policies. */
void catalogue_order(struct catalogue *c);

/* "entry LIT-101 version 1", in the arena. */
const char *catalogue_label(const struct catalogue *c, const Enrollment__Command *cmd);
/* What the command is about, for Head.entity. */
struct id catalogue_entity(const Enrollment__Command *cmd);

#endif
