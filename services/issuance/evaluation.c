/* An evaluation of a license as it is told and recorded. */
#include "services/issuance/evaluation.h"

#include "libshared/calendar.h"
#include "libshared/check.h"

Issuance__EvaluationAnswer *evaluation_answer(const struct ledger_question *q)
{
	Issuance__EvaluationAnswer *a = arena_alloc(q->arena, sizeof *a);
	struct renewal_answer answer;
	char today[11];

	issuance__evaluation_answer__init(a);
	ledger_evaluate(q, &answer);
	text_of_day(q->policy->today, today);
	a->license = q->license->license;
	a->policy = q->policy->noted->policy;
	a->policy_version = q->policy->noted->version;
	a->state = q->policy->noted->state;
	a->unit = arena_text(q->arena, bytes_of_text(q->policy->rules->unit));
	a->evaluated_on = arena_text(q->arena, bytes_of_text(today));
	a->deadline = q->license->expires;
	a->json = arena_text(q->arena, bytes_of_text(renewal_text(&answer, q->arena)));
	a->adjusted = ledger_adjusted(q);
	return a;
}
