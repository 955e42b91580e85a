/*
 * Which anchor an assessor is given: one that they may read as any other work. No conflict, and
 * neither it nor another attempt of its author read before. Reads, and emits nothing.
 */
#ifndef CAIRN_ASSESSMENT_OFFER_H
#define CAIRN_ASSESSMENT_OFFER_H

#include "libshared/decision.h"
#include "services/assessment/assign.h"
#include "services/assessment/tables_seat.h"

/* What an anchor is wanted for. */
struct want {
	struct bytes entry;
	uint32_t version; /* of the entry */
	uint32_t attempt; /* at the calibration; 0: a drift seed */
};
struct offer {
	uint32_t n;           /* anchors that the reader may be given */
	struct id submission; /* the one drawn of them by a keyed hash; none, if there is none */
};
struct offer offer_anchor(const struct view *view, const struct caps *caps, struct arena *arena,
			  const struct reader *reader, const struct want *want);

#endif
