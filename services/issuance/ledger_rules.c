/* What a ledger's credits are under a policy in force, and what they come to. */
#include "services/issuance/ledger.h"

#include "libshared/calendar.h"
#include "libshared/check.h"
#include "services/issuance/life.h"
#include "services/issuance/tables_ledger.h"

#include <stdlib.h>
#include <string.h>

/* ---- credits ---- */

static struct renewal_names names_of(char **names, size_t n)
{
	return (struct renewal_names){(const char *const *)names, MIN(n, RENEWAL_NAMES_MAX)};
}

bool ledger_term(const Issuance__LicenseNoted *license, struct renewal_license *term_r)
{
	*term_r = (struct renewal_license){.flags = names_of(license->flags, license->n_flags)};
	return day_of_text(license->issued, &term_r->issued) &&
	       day_of_text(license->expires, &term_r->expires);
}

static bool has_sponsor_id(const struct view *view, struct bytes issuer, const char *state,
			   struct arena *arena)
{
	const Issuance__IssuerNoted *noted = issuer_get(view, issuer, arena);

	for (size_t i = 0; noted != NULL && i < noted->issuer->n_sponsors; i++)
		if (strcmp(noted->issuer->sponsors[i]->state, state) == 0)
			return true;
	return false;
}

/* What belongs to the micro-credential. False: it is none (a stack). */
bool ledger_credit(const struct view *view, const struct ledger_policy *policy,
		   const Issuance__CredentialIssued *c, struct arena *arena,
		   struct renewal_credit *credit)
{
	const Issuance__AchievementNoted *a =
		achievement_get(view, bytes_of_pb(c->entry), c->version, arena);

	if (a == NULL || c->n_members > 0)
		return false;
	*credit = (struct renewal_credit){
		.micro_credential = a->code,
		.topic = a->topic,
		.categories = names_of(a->renewal_categories, a->n_renewal_categories),
		.hours = (int64_t)a->clock_hours * HUNDREDTHS,
		.day = renewal_day(policy->zone, c->decided_us),
		.has_sponsor_id =
			has_sponsor_id(view, bytes_of_pb(c->issuer), policy->rules->state, arena),
	};
	return true;
}

void ledger_facts(const struct renewal_policy *policy, const Issuance__CreditFacts *facts,
		  struct renewal_credit *credit)
{
	if (facts == NULL)
		return;
	credit->has_prior_approval = facts->prior_approval;
	credit->is_unrelated = facts->not_related;
	if (renewal_has_level(policy, facts->level))
		credit->level = facts->level;
}

int64_t ledger_units(const struct view *view, const struct ledger_policy *policy,
		     const Issuance__LedgerPosted *p, struct arena *arena)
{
	const Issuance__CredentialIssued *c =
		credential_get(view, bytes_of_pb(p->credential), arena);
	struct renewal_credit credit;

	ENSURE(c != NULL && ledger_credit(view, policy, c, arena, &credit));
	ledger_facts(policy->rules, p->facts, &credit);
	return renewal_units(policy->rules, &credit);
}

/* ---- what an educator has ---- */

static int by_decision(const void *a, const void *b)
{
	const Issuance__CredentialIssued *x = *(const Issuance__CredentialIssued *const *)a;
	const Issuance__CredentialIssued *y = *(const Issuance__CredentialIssued *const *)b;

	if (x->decided_us != y->decided_us)
		return x->decided_us < y->decided_us ? -1 : 1;
	return memcmp(x->credential.data, y->credential.data, ID_LEN);
}

static size_t count_credentials(const struct view *view, struct bytes educator)
{
	struct scan scan = scan_first(view, OF_EDUCATOR, educator, educator);
	struct bytes key, val;
	size_t n = 0;

	while (n < RENEWAL_CREDITS_MAX && scan_next(&scan, &key, &val))
		n++;
	scan_end(&scan);
	return n;
}

size_t ledger_credentials(const struct view *view, struct bytes educator, struct arena *arena,
			  const Issuance__CredentialIssued ***list_r)
{
	size_t most = count_credentials(view, educator), n = 0;
	const Issuance__CredentialIssued **list =
		arena_alloc(arena, MAX(most, (size_t)1) * sizeof *list);
	struct scan scan = scan_first(view, OF_EDUCATOR, educator, educator);
	struct bytes key, val;

	while (n < most && scan_next(&scan, &key, &val))
		list[n++] = credential_get(view, (struct bytes){key.data + ID_LEN, ID_LEN}, arena);
	scan_end(&scan);
	qsort(list, n, sizeof *list, by_decision);
	*list_r = list;
	return n;
}

bool ledger_is_revoked(const struct view *view, struct bytes credential, struct arena *arena)
{
	struct scan scan = scan_first(view, POSTING_OF, credential, credential);
	struct bytes key, val;
	struct life life = life_get(view, credential);
	bool revoked =
		life.state == LIFE_REVOKED ||
		(life.state == LIFE_SUPERSEDED && life.reason == ISSUANCE__LIFE_REASON__CORRECTION);

	while (!revoked && scan_next(&scan, &key, &val)) {
		struct posting row;
		const Issuance__Event *event;

		ENSURE(posting_get(view, (struct bytes){key.data + ID_LEN, ID_LEN}, &row));
		if (row.is_credit)
			continue;
		event = posting_event(view, &row, arena);
		revoked = strcmp(event->ledger_reversed->because, "revoked") == 0;
	}
	scan_end(&scan);
	return revoked;
}

/* ---- what it comes to ---- */

int64_t ledger_adjusted(const struct ledger_question *q)
{
	struct scan scan = ledger_scan(q->view, bytes_of_pb(q->license->license), 0);
	struct ledger_line line;
	int64_t sum = 0;

	while (q->own && ledger_next(&scan, q->arena, &line))
		if (line.event->body_case == ISSUANCE__EVENT__BODY_LEDGER_ADJUSTED &&
		    bytes_equal(bytes_of_pb(line.event->ledger_adjusted->policy),
				bytes_of_pb(q->policy->noted->policy)))
			sum += ledger_amount(line.event);
	scan_end(&scan);
	return sum;
}

static bool credit_of(const struct ledger_question *q, const Issuance__CredentialIssued *c,
		      struct renewal_credit *credit)
{
	const Issuance__LedgerPosted *p;

	if (!ledger_credit(q->view, q->policy, c, q->arena, credit))
		return false;
	credit->revoked = ledger_is_revoked(q->view, bytes_of_pb(c->credential), q->arena);
	p = q->own ? posting_of(q->view, bytes_of_pb(c->credential),
				bytes_of_pb(q->license->license), q->arena)
		   : NULL;
	if (p != NULL)
		ledger_facts(q->policy->rules, p->facts, credit);
	return true;
}

/* What a micro-credential would be, decided today. False: none of that id is known. */
static bool planned_credit(const struct ledger_question *q, ProtobufCBinaryData entry,
			   struct renewal_credit *credit)
{
	const Issuance__AchievementNoted *a =
		is_id(bytes_of_pb(entry))
			? achievement_newest(q->view, bytes_of_pb(entry), q->arena)
			: NULL;

	if (a == NULL)
		return false;
	*credit = (struct renewal_credit){
		.micro_credential = a->code,
		.topic = a->topic,
		.categories = names_of(a->renewal_categories, a->n_renewal_categories),
		.hours = (int64_t)a->clock_hours * HUNDREDTHS,
		.day = q->policy->today,
		.has_sponsor_id = has_sponsor_id(q->view, bytes_of_pb(a->issuer),
						 q->policy->rules->state, q->arena),
		.has_prior_approval = true, /* a plan is made to be approved */
	};
	return true;
}

void ledger_evaluate(const struct ledger_question *q, struct renewal_answer *answer_r)
{
	const Issuance__CredentialIssued **list;
	size_t n = ledger_credentials(q->view, bytes_of_pb(q->license->educator), q->arena, &list);
	struct renewal_credit *credits =
		arena_alloc(q->arena, (n + q->n_planned + 1) * sizeof *credits);
	struct renewal_case c = {
		.policy = q->policy->rules, .credits = credits, .adjusted = ledger_adjusted(q)};

	ENSURE(ledger_term(q->license, &c.license)); /* asked before */
	for (size_t i = 0; i < n; i++)
		c.n_credits += credit_of(q, list[i], &credits[c.n_credits]);
	for (size_t i = 0; i < q->n_planned && c.n_credits < RENEWAL_CREDITS_MAX; i++)
		c.n_credits += planned_credit(q, q->planned[i], &credits[c.n_credits]);
	renewal_evaluate(&c, q->arena, answer_r);
}
