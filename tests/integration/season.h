/*
 * Issuance after a season of thirty days: SEASON_HOLDERS credentials, and a public stream in which
 * each was suspended and reinstated many times. All are active at the end.
 *
 * The first SEASON_OWN events are issuance's own, by its rules; rows beyond that are those told
 * again under fresh ids, so that a million take seconds: subscribers cannot tell, but the tables do
 * not follow from the log.
 */
#ifndef CAIRN_INTEGRATION_SEASON_H
#define CAIRN_INTEGRATION_SEASON_H

#include "tests/integration/populated.h"

#define SEASON_HOLDERS 500
#define SEASON_OWN 20000

/* As populated_open(). How many events there are: at least n. */
size_t season_open(struct populated *p, size_t n);
/* Where the public stream ends now; issuance may run. */
void season_end_of_stream(const struct populated *p, struct position *at_r);

#endif
