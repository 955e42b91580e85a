/*
 * How a license stands, in words: what issuance's evaluation says (its JSON is that of the
 * catalogue's worked examples), for the ledger and the plan.
 */
#ifndef CAIRN_GATEWAY_EVALUATION_H
#define CAIRN_GATEWAY_EVALUATION_H

#include "services/gateway/web/request.h"

/* A page object of a LedgerAnswer and an EvaluationAnswer (NULL: no policy counts for it):
 * "license", "state", "type", term, "units_total", "units_required", "short_by", "is_met",
 * "missing" [{category, category_text, short_by}], "not_counted" [{micro_credential, reason,
 * reason_text}]. */
json_t *license_page(struct request *r, const json_t *ledger, const json_t *evaluation);

#endif
