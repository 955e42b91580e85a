/* Drafts of readings as files. */
#include "services/assessment/draft.h"

#include "libshared/blobs.h"
#include "libshared/check.h"

const Assessment__SaveRatings *draft_of(const struct blobs *b, struct bytes reading,
					struct arena *arena)
{
	struct message_fault fault;
	struct bytes packed;

	if (!draft_read(b, reading, DRAFT_CODE, 0, DRAFT_MAX, arena, &packed))
		return NULL;
	return (const Assessment__SaveRatings *)message_unpack(
		&assessment__save_ratings__descriptor, packed, &COMMAND_LIMITS, arena, &fault);
}
