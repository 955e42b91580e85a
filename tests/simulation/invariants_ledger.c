/* Renewal ledgers: recomputed from issuance's log alone, and compared with what it answers. */
#include "tests/simulation/invariants_ledger.h"

#include "libshared/check.h"
#include "proto/issuance.pb-c.h"

#include <stdlib.h>
#include <string.h>

static const Issuance__Event *event_at(const struct history *h, size_t i)
{
	return (const Issuance__Event *)h->events[i].message;
}

static bool is_kind(const Issuance__Event *e, Issuance__Event__BodyCase kind)
{
	return e != NULL && e->body_case == kind;
}

static bool same(ProtobufCBinaryData a, ProtobufCBinaryData b)
{
	return bytes_equal(bytes_of_pb(a), bytes_of_pb(b));
}

/* ---- each entry ---- */

static unsigned reversals_of(const struct history *h, const Issuance__LedgerPosted *p)
{
	unsigned n = 0;

	for (size_t i = 0; i < h->n; i++) {
		const Issuance__Event *e = event_at(h, i);

		if (!is_kind(e, ISSUANCE__EVENT__BODY_LEDGER_REVERSED) ||
		    !same(e->ledger_reversed->reverses, p->posting))
			continue;
		ENSURE(e->ledger_reversed->hundredths == -p->hundredths);
		ENSURE(same(e->ledger_reversed->license, p->license));
		n++;
	}
	return n;
}

/* One standing credit for each license, term, policy and micro-credential. */
static void check_alone(const struct history *h, size_t at, const Issuance__LedgerPosted *p)
{
	for (size_t i = 0; i < at; i++) {
		const Issuance__LedgerPosted *o;

		if (!is_kind(event_at(h, i), ISSUANCE__EVENT__BODY_LEDGER_POSTED))
			continue;
		o = event_at(h, i)->ledger_posted;
		ENSURE(!same(o->license, p->license) || !same(o->policy, p->policy) ||
		       !same(o->entry, p->entry) || strcmp(o->term_from, p->term_from) != 0 ||
		       reversals_of(h, o) == 1);
	}
}

static bool has_event(const struct history *h, Issuance__Event__BodyCase kind,
		      ProtobufCBinaryData credential)
{
	for (size_t i = 0; i < h->n; i++) {
		const Issuance__Event *e = event_at(h, i);

		if (!is_kind(e, kind))
			continue;
		if (kind == ISSUANCE__EVENT__BODY_CREDENTIAL_REVOKED
			    ? same(e->credential_revoked->credential, credential)
			    : same(e->credential_superseded->credential, credential))
			return true;
	}
	return false;
}

static void check_entries(const struct history *h, struct tally *tally)
{
	for (size_t i = 0; i < h->n; i++) {
		const Issuance__Event *e = event_at(h, i);
		unsigned reversed;

		tally->reversals += is_kind(e, ISSUANCE__EVENT__BODY_LEDGER_REVERSED);
		if (!is_kind(e, ISSUANCE__EVENT__BODY_LEDGER_POSTED))
			continue;
		tally->postings++;
		reversed = reversals_of(h, e->ledger_posted);
		ENSURE(reversed <= 1);
		if (reversed == 0)
			check_alone(h, i, e->ledger_posted);
		ENSURE(reversed == 1 || !has_event(h, ISSUANCE__EVENT__BODY_CREDENTIAL_REVOKED,
						   e->ledger_posted->credential));
	}
}

/* ---- each credential that counts ---- */

static unsigned standing(const struct history *h, ProtobufCBinaryData credential,
			 ProtobufCBinaryData license)
{
	unsigned n = 0;

	for (size_t i = 0; i < h->n; i++) {
		const Issuance__Event *e = event_at(h, i);

		n += is_kind(e, ISSUANCE__EVENT__BODY_LEDGER_POSTED) &&
		     same(e->ledger_posted->credential, credential) &&
		     same(e->ledger_posted->license, license) &&
		     reversals_of(h, e->ledger_posted) == 0;
	}
	return n;
}

static bool has_policy(const struct history *h)
{
	for (size_t i = 0; i < h->n; i++)
		if (is_kind(event_at(h, i), ISSUANCE__EVENT__BODY_RENEWAL_POLICY_NOTED))
			return true;
	return false;
}

/* All licenses here are of one state, with terms that hold every day of the simulation; one
 * micro-credential, which no decision renews. */
static void check_counted(const struct history *h, const Issuance__LicenseNoted *license)
{
	for (size_t i = 0; i < h->n; i++) {
		const Issuance__Event *e = event_at(h, i);
		const Issuance__CredentialIssued *c;
		bool counts;

		if (!is_kind(e, ISSUANCE__EVENT__BODY_CREDENTIAL_ISSUED) ||
		    !same(e->credential_issued->educator, license->educator))
			continue;
		c = e->credential_issued;
		counts = c->n_members == 0 && /* not for stacks */
			 !has_event(h, ISSUANCE__EVENT__BODY_CREDENTIAL_REVOKED, c->credential) &&
			 !has_event(h, ISSUANCE__EVENT__BODY_CREDENTIAL_SUPERSEDED, c->credential);
		ENSURE(standing(h, c->credential, license->license) == (counts ? 1 : 0));
	}
}

/* ---- balances ---- */

static int64_t amount_of(const Issuance__Event *e, ProtobufCBinaryData license)
{
	if (is_kind(e, ISSUANCE__EVENT__BODY_LEDGER_POSTED) &&
	    same(e->ledger_posted->license, license))
		return e->ledger_posted->hundredths;
	if (is_kind(e, ISSUANCE__EVENT__BODY_LEDGER_REVERSED) &&
	    same(e->ledger_reversed->license, license))
		return e->ledger_reversed->hundredths;
	return 0;
}

static int64_t balance_at(struct world *w, ProtobufCBinaryData license, int64_t at_us)
{
	Issuance__Query query = ISSUANCE__QUERY__INIT;
	Issuance__GetLedger get = ISSUANCE__GET_LEDGER__INIT;
	const Issuance__Answer *answer;

	get.license = license;
	get.at_us = at_us;
	query.body_case = ISSUANCE__QUERY__BODY_GET_LEDGER;
	query.get_ledger = &get;
	answer = (const Issuance__Answer *)world_ask(w, ISSUANCE, BYTES_NONE, &query.base);
	ENSURE(answer != NULL);
	return answer->ledger->balance;
}

static void check_balances(struct world *w, const struct history *h, ProtobufCBinaryData license)
{
	int64_t sum = 0, told = 0;

	for (size_t i = 0; i < h->n; i++) {
		int64_t at_us = h->events[i].record.at_us;

		sum += amount_of(event_at(h, i), license);
		if (sum == told || (i + 1 < h->n && h->events[i + 1].record.at_us == at_us))
			continue;
		ENSURE(balance_at(w, license, at_us) == sum);
		told = sum;
	}
	ENSURE(balance_at(w, license, 0) == sum);
}

void check_ledgers(struct world *w, const struct history *h, struct tally *tally)
{
	bool counted = has_policy(h);

	check_entries(h, tally);
	for (size_t i = 0; i < h->n; i++) {
		const Issuance__Event *e = event_at(h, i);

		if (!is_kind(e, ISSUANCE__EVENT__BODY_LICENSE_NOTED))
			continue;
		check_balances(w, h, e->license_noted->license);
		if (counted)
			check_counted(h, e->license_noted);
	}
}
