/* Questions about renewal ledgers: the entries of a license and their balance at any moment, and
 * what they come to. */
#include "libshared/check.h"
#include "services/issuance/evaluation.h"
#include "services/issuance/ledger.h"
#include "services/issuance/query_parts.h"
#include "services/issuance/tables_ledger.h"

#include <string.h>

#define PAGE 50
#define PAGE_MAX 200
#define LICENSES_MAX 64
#define EVALUATIONS_MAX 200
#define PLANNED_MAX 50

/* A licensure system sees its own state's ledgers; portals and operators all. */
static bool may_see(const struct query *q, const char *state)
{
	return q->roles & ANY_PEER || (q->scope != NULL && strcmp(q->scope, state) == 0);
}

/* NULL: status_r says what to answer. */
static const Issuance__LicenseNoted *license_asked(struct query *q, ProtobufCBinaryData id,
						   Cairn__Status *status_r)
{
	const Issuance__LicenseNoted *license =
		is_id(bytes_of_pb(id)) ? license_get(q->view, bytes_of_pb(id), q->arena) : NULL;

	*status_r = CAIRN__STATUS__OK;
	if (license == NULL)
		*status_r = query_refuse(q, CAIRN__STATUS__INVALID,
					 "license: no such license is linked");
	else if (!may_see(q, license->state))
		*status_r = query_refuse(q, CAIRN__STATUS__FORBIDDEN,
					 "license: it is of another state");
	return *status_r == CAIRN__STATUS__OK ? license : NULL;
}

/* ---- entries ---- */

static const char *const states[] = {[POSTING_POSTED] = "posted",
				     [POSTING_ACKNOWLEDGED] = "acknowledged",
				     [POSTING_DISPUTED] = "disputed",
				     [POSTING_REVERSED] = "reversed"};

static char *copy(const struct query *q, const char *text)
{
	return arena_text(q->arena, bytes_of_text(text));
}

static void tell_what_was_said(const struct query *q, Issuance__LedgerLine *a)
{
	const Issuance__Event *event =
		posting_said(q->view, bytes_of_pb(a->posting), q->arena, &a->said_us);

	if (event == NULL)
		return;
	if (event->body_case == ISSUANCE__EVENT__BODY_LEDGER_DISPUTED)
		a->because = event->ledger_disputed->because;
	else
		a->reference = event->ledger_acknowledged->reference;
}

static void tell_credit(const struct query *q, const Issuance__LedgerPosted *p,
			Issuance__LedgerLine *a)
{
	const Issuance__AchievementNoted *achievement =
		achievement_get(q->view, bytes_of_pb(p->entry), p->version, q->arena);
	struct posting row;

	ENSURE(achievement != NULL && posting_get(q->view, bytes_of_pb(p->posting), &row));
	a->kind = copy(q, "credit");
	a->state = copy(q, states[row.state]);
	a->posting = p->posting;
	a->unit = p->unit;
	a->credential = p->credential;
	a->entry = p->entry;
	a->code = achievement->code;
	a->title = achievement->title;
	a->n_categories = achievement->n_renewal_categories;
	a->categories = achievement->renewal_categories;
	a->decided_on = p->decided_on;
	a->policy = p->policy;
	a->policy_version = p->policy_version;
	a->corrects = p->corrects;
	tell_what_was_said(q, a);
}

static void tell_reversal(const struct query *q, const Issuance__LedgerReversed *r,
			  Issuance__LedgerLine *a)
{
	a->kind = copy(q, "reversal");
	a->posting = r->posting;
	a->unit = r->unit;
	a->credential = r->credential;
	a->reverses = r->reverses;
	a->because = r->because;
}

static Issuance__LedgerLine *tell_line(const struct query *q, const struct ledger_line *line)
{
	Issuance__LedgerLine *a = arena_alloc(q->arena, sizeof *a);

	issuance__ledger_line__init(a);
	if (line->event->body_case == ISSUANCE__EVENT__BODY_LEDGER_POSTED) {
		tell_credit(q, line->event->ledger_posted, a);
	} else if (line->event->body_case == ISSUANCE__EVENT__BODY_LEDGER_REVERSED) {
		tell_reversal(q, line->event->ledger_reversed, a);
	} else {
		a->kind = copy(q, "adjustment");
		a->posting = line->event->ledger_adjusted->posting;
		a->policy = line->event->ledger_adjusted->policy;
		a->because = line->event->ledger_adjusted->because;
	}
	a->at_us = line->at_us;
	a->hundredths = ledger_amount(line->event);
	return a;
}

static void tell_lines(const struct query *q, const Issuance__GetLedger *ask, int64_t at_us,
		       Issuance__LedgerAnswer *a)
{
	uint32_t limit = ask->limit == 0 ? PAGE : MIN(ask->limit, (uint32_t)PAGE_MAX);
	struct scan scan = ledger_scan(q->view, bytes_of_pb(ask->license), ask->after);
	struct ledger_line line;
	uint64_t last = 0;

	a->lines = arena_alloc(q->arena, limit * sizeof *a->lines);
	while (ledger_next(&scan, q->arena, &line) && line.at_us <= at_us) {
		if (a->n_lines == limit) {
			a->next = last;
			break;
		}
		a->lines[a->n_lines++] = tell_line(q, &line);
		last = line.seq;
	}
	scan_end(&scan);
}

static void tell_licenses(const struct query *q, struct bytes educator, Issuance__LedgerAnswer *a)
{
	struct scan scan = scan_first(q->view, LICENSE, educator, educator);
	struct bytes key, raw;

	a->licenses = arena_alloc(q->arena, LICENSES_MAX * sizeof *a->licenses);
	while (a->n_licenses < LICENSES_MAX && scan_next(&scan, &key, &raw)) {
		const Issuance__LicenseNoted *l = event_of_row(raw, q->arena)->license_noted;
		Issuance__LicenseAnswer *license = arena_alloc(q->arena, sizeof *license);

		if (!may_see(q, l->state))
			continue;
		issuance__license_answer__init(license);
		license->license = l->license;
		license->state = l->state;
		license->type = l->type;
		a->licenses[a->n_licenses++] = license;
	}
	scan_end(&scan);
}

Cairn__Status get_ledger(const Issuance__Query *query, struct query *q)
{
	const Issuance__GetLedger *ask = query->get_ledger;
	Issuance__Answer answer_message = ISSUANCE__ANSWER__INIT;
	Issuance__LedgerAnswer a = ISSUANCE__LEDGER_ANSWER__INIT;
	int64_t at_us = ask->at_us != 0 ? ask->at_us : INT64_MAX;
	Cairn__Status status;
	const Issuance__LicenseNoted *license = license_asked(q, ask->license, &status);

	if (license == NULL)
		return status;
	a.license = license->license;
	a.educator = license->educator;
	a.state = license->state;
	a.type = license->type;
	a.issued = license->issued;
	a.expires = license->expires;
	a.balance = ledger_balance(q->view, bytes_of_pb(license->license), at_us, q->arena);
	tell_lines(q, ask, at_us, &a);
	tell_licenses(q, bytes_of_pb(license->educator), &a);
	answer_message.body_case = ISSUANCE__ANSWER__BODY_LEDGER;
	answer_message.ledger = &a;
	return query_answer(q, &answer_message.base);
}

/* ---- evaluations ---- */

/* The license is this state's, unless the question names another one. */
static bool choose_for(const struct query *q, const Issuance__Evaluate *ask,
		       struct ledger_choice *choice, struct ledger_policy *policy_r)
{
	struct ledger_clock clock = {q->caps, q->now_us};
	bool chosen;

	choice->view = q->view;
	choice->clock = &clock;
	choice->state = ask->state[0] != '\0' ? ask->state : choice->license->state;
	choice->code = ask->policy;
	choice->arena = q->arena;
	chosen = ledger_choose(choice, policy_r);
	choice->clock = NULL;
	return chosen;
}

Cairn__Status evaluate(const Issuance__Query *query, struct query *q)
{
	const Issuance__Evaluate *ask = query->evaluate;
	Issuance__Answer answer_message = ISSUANCE__ANSWER__INIT;
	struct ledger_question question = {.view = q->view, .arena = q->arena};
	struct ledger_choice choice = {0};
	struct renewal_license term;
	struct ledger_policy policy;
	Cairn__Status status;

	question.license = license_asked(q, ask->license, &status);
	if (question.license == NULL)
		return status;
	if (!ledger_term(question.license, &term))
		return query_refuse(q, CAIRN__STATUS__INVALID, "license: its term has no dates");
	if (ask->n_planned > PLANNED_MAX)
		return query_refuse(q, CAIRN__STATUS__INVALID, "planned: at most 50 at once");
	choice.license = question.license;
	if (!choose_for(q, ask, &choice, &policy))
		return query_refuse(q, CAIRN__STATUS__INVALID, choice.why);
	question.own = strcmp(choice.state, question.license->state) == 0;
	question.policy = &policy;
	question.planned = ask->planned;
	question.n_planned = ask->n_planned;
	answer_message.body_case = ISSUANCE__ANSWER__BODY_EVALUATION;
	answer_message.evaluation = evaluation_answer(&question);
	return query_answer(q, &answer_message.base);
}

Cairn__Status list_evaluations(const Issuance__Query *query, struct query *q)
{
	Issuance__Answer answer_message = ISSUANCE__ANSWER__INIT;
	Issuance__EvaluationList list = ISSUANCE__EVALUATION_LIST__INIT;
	struct bytes license = bytes_of_pb(query->list_evaluations->license), key, raw;
	Cairn__Status status;
	struct scan scan;

	if (license_asked(q, query->list_evaluations->license, &status) == NULL)
		return status;
	list.evaluations = arena_alloc(q->arena, EVALUATIONS_MAX * sizeof *list.evaluations);
	scan = scan_first(q->view, EVALUATION, license, license);
	while (list.n_evaluations < EVALUATIONS_MAX && scan_next(&scan, &key, &raw))
		list.evaluations[list.n_evaluations++] =
			event_of_row(raw, q->arena)->evaluation_recorded;
	scan_end(&scan);
	answer_message.body_case = ISSUANCE__ANSWER__BODY_EVALUATIONS;
	answer_message.evaluations = &list;
	return query_answer(q, &answer_message.base);
}
