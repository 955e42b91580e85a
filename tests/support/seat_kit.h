/*
 * Seats under a kit: anchors with true ratings, and the way to a certificate.
 *
 *	seat_kit_open(&kit);
 *	given_anchors(&kit, 10, "yes almost yes");      truly so, all of them
 *	given_in_training(&kit, "tess");
 *	when_calibrated(&kit, "tess", "yes almost yes");
 *	ck_assert_str_eq(seat_of_reader(&kit, "tess")->state, "certified");
 */
#ifndef CAIRN_TEST_SEAT_KIT_H
#define CAIRN_TEST_SEAT_KIT_H

#include "tests/support/reading_kit.h"

#define FIRST_READER "amy" /* of every anchor, and */
#define SECOND_READER "ann"

/* As reading_kit_open() with the profile double-read, and no cap of readings a day. */
void seat_kit_open(struct kit *k);

/* From now on so many permille of readings are seeds, judged over a window of so many. */
void tell_seeds(struct kit *k, uint32_t permille, uint32_t window);

/* A released submission of an educator of that name, passed by both readers. */
struct bytes given_passed(struct kit *k, const char *educator);
/* Its truth, by an operator who names two. */
Cairn__Status when_anchor_rated(struct kit *k, struct bytes submission, const char *levels);
/* Or by leads: second NULL, one of them. */
Cairn__Status when_lead_rates(struct kit *k, struct bytes submission, const char *lead,
			      const char *levels);
Cairn__Status when_anchor_withdrawn(struct kit *k, struct bytes submission, const char *why);
/* n of them, of educators of their own. */
void given_anchors(struct kit *k, unsigned n, const char *levels);

Cairn__Status when_applied(struct kit *k, const char *reader);
Cairn__Status when_trained(struct kit *k, const char *reader);
Cairn__Status when_calibration_starts(struct kit *k, const char *reader);
/* Registered, applied, in training. */
void given_in_training(struct kit *k, const char *reader);
/* The next reading, whatever it is of, opened. is_anchor_r: or NULL. */
struct bytes take_any(struct kit *k, const char *reader, bool *is_anchor_r);
/* Starts, and reads every anchor of it with the same levels. */
void when_calibrated(struct kit *k, const char *reader, const char *levels);

/* As an operator sees it. */
const Assessment__SeatAnswer *seat_of_reader(struct kit *k, const char *reader);

#endif
