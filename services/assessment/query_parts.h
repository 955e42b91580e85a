/*
 * The questions of assessment stand in one file per subject, query_SUBJECT.c; query.c has their
 * table, and what they share.
 */
#ifndef CAIRN_ASSESSMENT_QUERY_PARTS_H
#define CAIRN_ASSESSMENT_QUERY_PARTS_H

#include "services/assessment/assessment.h"

typedef Cairn__Status ask_fn(const Assessment__Query *query, struct query *q);

ask_fn ask_report; /* query_report.c */

/* A message in the query's arena: MADE(q, TYPE, INIT). */
void *made(struct query *q, const void *init, size_t size);
#define MADE(q, TYPE, INIT) ((TYPE *)made((q), &(const TYPE)INIT, sizeof(TYPE)))
char *copy_text(struct query *q, const char *text);
/* "profile", "sample" ...; "" for none. */
const char *second_word(unsigned why);

#endif
