/*
 * Reviews under a reading kit: asked for, read by somebody fresh, rated by a lead.
 *
 *	work = given_decided(&kit, "yes yes almost");      read twice, released
 *	given_reviewed(&kit, work, ASSESSMENT__REVIEW_WHY__BACK_READ);
 *	when_rated(&kit, take(&kit, "tess"), "yes yes yes");
 */
#ifndef CAIRN_TEST_REVIEW_KIT_H
#define CAIRN_TEST_REVIEW_KIT_H

#include "tests/support/reading_kit.h"

/* Readers ruth, sol (who read it), tess, una; leads lea, mae, who read nothing. */
void review_kit_open(struct kit *k);
/* Ana's work, read by ruth and sol with the same levels. */
struct bytes given_decided(struct kit *k, const char *levels);
Cairn__Status when_review_requested(struct kit *k, struct bytes submission,
				    Assessment__ReviewWhy why);
/* The event's due date. */
int64_t given_review(struct kit *k, struct bytes submission, Assessment__ReviewWhy why);
/* By the earner, about rows ("lit-101.r3"; NULL: all) of ana's work. */
Cairn__Status when_appealed(struct kit *k, struct bytes submission, const char *row);
Cairn__Status when_appealed_by(struct kit *k, struct bytes submission, const char *educator,
			       const char *reason);

/* Of an integrity case: a command of the kind, by a person through a portal, or (NULL) by an
 * operator who names nobody. */
Cairn__Status when_case(struct kit *k, Assessment__Command__BodyCase kind, struct bytes submission,
			const char *reader);
/* By lea. */
void given_held(struct kit *k, struct bytes submission);
/* Proposed by lea, confirmed by mae. */
void given_founded(struct kit *k, struct bytes submission);

#endif
