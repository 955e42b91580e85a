/*
 * What fuzz_commands.c is fed: a list of things that happen to a service.
 *
 *	what u8 | kind u8 | who u8 | length u16 LE | body
 *
 * what (of 4): a command, a query, a neighbour's event, time that passes. kind: which command or
 * query; from ITEM_RUNTIME on the runtime's. who chooses roles and person, or the neighbour and the
 * entity. A body that is cut short ends the list, so two lists in a row are a list.
 */
#ifndef CAIRN_FUZZ_ITEMS_H
#define CAIRN_FUZZ_ITEMS_H

#include "libshared/bytes.h"
#include "libshared/id.h"

#include <stdio.h>

#define ITEM_RUNTIME 200
#define ITEM_SELF 3       /* in who: the daemon itself sends it */
#define ITEM_COLLECT 0x80 /* in who: does not run the batch yet */

enum item_what { ITEM_COMMAND, ITEM_QUERY, ITEM_EVENT, ITEM_TIME, N_ITEM_WHATS };

struct item {
	enum item_what what;
	uint8_t kind, who;
	struct bytes body;
};

/* Takes the first item off the list. False: there is none. */
bool fuzz_item_next(struct bytes *list, struct item *item_r);
void fuzz_item_write(FILE *out, const struct item *item);

/* Whom and what samples name: fields of the same name mean the same thing. */
struct id fuzz_item_id(const char *field);

#endif
