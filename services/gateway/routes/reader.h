/*
 * What the pages of assessors and lead readers share.
 */
#ifndef CAIRN_GATEWAY_READER_H
#define CAIRN_GATEWAY_READER_H

#include "services/gateway/routes/rating_form.h"
#include "services/gateway/routes/shown_items.h"

#define READING_OF "assessment:review"
#define MAY_READ (MAY_ASSESSOR | MAY_LEAD)
#define ASSESSES .may = MAY_READ, .as = AS_ASSESSOR, .scope = READING_OF
#define RATES ASSESSES, .body = BODY_FORM
#define LEADS .may = MAY_LEAD, .as = AS_ASSESSOR, .scope = READING_OF

/* The id of the assessor who asks, as text. */
const char *own_assessor(struct request *r);
/* The id of a micro-credential by its code, in any case; NULL: no code. */
const char *entry_of_code(struct request *r, const char *code);

#endif
