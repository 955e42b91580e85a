/*
 * The address of a person, as rules may speak of it: its mark.
 *
 * The mark is a hash of the address under the person's own key. It tells whether two addresses are
 * the same one, to nobody but the holder of the key, and to nobody once the key is destroyed.
 */
#ifndef CAIRN_NOTIFICATION_ADDRESS_H
#define CAIRN_NOTIFICATION_ADDRESS_H

#include "libshared/decision.h"

/* False: the person has no key any more. */
bool address_mark(const struct caps *caps, struct bytes educator, const char *address,
		  struct id *mark_r);
/* Of the address in a sealed Person of that educator. False: it cannot be opened. */
bool address_mark_of(const struct caps *caps, struct bytes educator, const Cairn__Sealed *person,
		     struct arena *arena, struct id *mark_r);

#endif
