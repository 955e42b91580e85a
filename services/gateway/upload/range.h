/* Which part of a file is asked for (RFC 9110, 14): one range of bytes, or all of it. */
#ifndef CAIRN_GATEWAY_RANGE_H
#define CAIRN_GATEWAY_RANGE_H

#include "libshared/base.h"

enum ranged {
	RANGE_ALL,    /* no range, several, or one that is not understood: the whole is right too */
	RANGE_PART,   /* first and last, both within */
	RANGE_OUTSIDE /* 416 */
};

struct range {
	uint64_t first, last;
};

/* header: of Range, or NULL. */
enum ranged range_read(const char *header, uint64_t total, struct range *range_r);

#endif
