/*
 * An evaluation of a license as it is told and recorded: the same input gives the same bytes.
 */
#ifndef CAIRN_ISSUANCE_EVALUATION_H
#define CAIRN_ISSUANCE_EVALUATION_H

#include "services/issuance/ledger.h"

/* In the arena of the question. */
Issuance__EvaluationAnswer *evaluation_answer(const struct ledger_question *q);

#endif
