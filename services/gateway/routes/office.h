/*
 * What the pages of administrators share: for which district somebody asks, and cells of counts.
 *
 * A district's administrator asks for their own district, whatever the address says; the agency and
 * those who read for it name one. An id of another district is answered as one that nobody has.
 */
#ifndef CAIRN_GATEWAY_OFFICE_H
#define CAIRN_GATEWAY_OFFICE_H

#include "services/gateway/web/route.h"

#define MAY_RUN_DISTRICT (MAY_DISTRICT | MAY_AGENCY)
#define MAY_SEE_DISTRICT (MAY_RUN_DISTRICT | MAY_AUDITOR)
#define MAY_SEE_QUALITY (MAY_ISSUER | MAY_AGENCY | MAY_AUDITOR | MAY_OPERATOR | MAY_LEAD)

/* Bound to one district: no grant lets them see more. */
bool office_is_bound(const struct request *r);
/* The district that is meant: their own, or the one of the query or form ("district"). False: there
 * is none; somebody who may see all was sent to choose one, anybody else got a 404. */
bool office_district(struct request *r, struct id *district_r);
/* Whether something of this district is theirs to see. False: answered 404. */
bool office_may_see(struct request *r, const json_t *thing);
void office_not_found(struct request *r);

/* True when the slot was refused: what a rule said is shown as it is, an id that nobody has as 404.
 * Otherwise as refused(). */
bool office_refused(struct request *r, unsigned slot);

const char *office_id_text(struct request *r, const struct id *id);
/* A page with its title (a key of words) and the district it is about, where there is one. */
json_t *office_page(struct request *r, const char *title_key, const struct id *district);
/* "1,204", or that it is hidden; of a Cell message. */
const char *office_cell(struct request *r, const json_t *cell);
bool office_cell_hidden(const json_t *cell);
/* "first=2&rest" of the page after this one, when the answer has a next. */
void office_add_next(struct request *r, json_t *page, const json_t *answer);

#endif
