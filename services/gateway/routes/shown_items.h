/*
 * Evidence as a reader sees it: what it answers and which of several it is, never a file's name.
 */
#ifndef CAIRN_GATEWAY_SHOWN_ITEMS_H
#define CAIRN_GATEWAY_SHOWN_ITEMS_H

#include "services/gateway/routes/teacher.h"

/* Of an ItemList of a reading, with the entry that it is evidence for. A new reference. */
json_t *shown_items(struct request *r, const char *reading, const json_t *items,
		    const json_t *entry);
/* Adds to each row "judged_by": those of its criterion's requirements. */
void add_judged_by(const json_t *criteria, json_t *rows, const json_t *shown);

#endif
