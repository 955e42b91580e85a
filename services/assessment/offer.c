/* Which anchor an assessor is given. */
#include "services/assessment/offer.h"

#include "services/assessment/decision.h"

static bool is_free(const struct view *view, const struct reader *reader,
		    const Assessment__AnchorRated *rated)
{
	struct bytes submission = bytes_of_pb(rated->submission), person = bytes_of_id(&reader->id);
	struct submission row;
	struct waiting w;

	if (bytes_equal(bytes_of_pb(rated->by), person) ||
	    bytes_equal(bytes_of_pb(rated->second), person) ||
	    !submission_get(view, submission, &row))
		return false;
	w = waiting_of(&row);
	w.waived = 0; /* was waived so that its author need not wait; an anchor has time */
	return reader_standing(view, reader, submission, &w) == STANDING_FREE;
}

static uint64_t rank_of(const struct caps *caps, const struct reader *reader,
			const struct want *want, struct bytes submission)
{
	struct key k = {0};

	key_add(&k, bytes_of_id(&reader->id));
	key_add_u32(&k, want->attempt);
	return keyed_draw(caps->noise_key, "anchor", key_add(&k, submission));
}

struct offer offer_anchor(const struct view *view, const struct caps *caps, struct arena *arena,
			  const struct reader *reader, const struct want *want)
{
	const Assessment__AnchorRated *rated;
	uint64_t best = UINT64_MAX, rank;
	struct offer offer = {0};
	struct anchor_scan scan;

	anchors_begin(&scan, view, want->entry, want->version, BYTES_NONE);
	for (unsigned n = 0; n < ANCHORS_MAX && anchors_next(&scan, arena, &rated); n++) {
		if (!is_free(view, reader, rated))
			continue;
		offer.n++;
		rank = rank_of(caps, reader, want, bytes_of_pb(rated->submission));
		if (rank <= best) {
			best = rank;
			offer.submission = id_of_bytes(bytes_of_pb(rated->submission));
		}
	}
	anchors_end(&scan);
	return offer;
}
