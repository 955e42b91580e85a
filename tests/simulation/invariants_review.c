/* Each decision that was made anew has reached issuance, and an enrollment has one credential. */
#include "tests/simulation/invariants_review.h"

#include "proto/assessment.pb-c.h"
#include "proto/issuance.pb-c.h"

static const Issuance__Event *issued_at(const struct history *h, size_t i)
{
	const Issuance__Event *e = (const Issuance__Event *)h->events[i].message;

	if (e == NULL || e->body_case != ISSUANCE__EVENT__BODY_CREDENTIAL_ISSUED ||
	    e->credential_issued->n_members > 0)
		return NULL;
	return e;
}

/* Revoked, superseded or expired by the end. */
static bool is_over(const struct history *h, ProtobufCBinaryData credential)
{
	for (size_t i = 0; i < h->n; i++) {
		const Issuance__Event *e = (const Issuance__Event *)h->events[i].message;
		ProtobufCBinaryData over = {0};

		if (e != NULL && e->body_case == ISSUANCE__EVENT__BODY_CREDENTIAL_REVOKED)
			over = e->credential_revoked->credential;
		if (e != NULL && e->body_case == ISSUANCE__EVENT__BODY_CREDENTIAL_SUPERSEDED)
			over = e->credential_superseded->credential;
		if (e != NULL && e->body_case == ISSUANCE__EVENT__BODY_CREDENTIAL_EXPIRED)
			over = e->credential_expired->credential;
		if (over.len > 0 && bytes_equal(bytes_of_pb(over), bytes_of_pb(credential)))
			return true;
	}
	return false;
}

static bool is_of(const Issuance__Event *e, ProtobufCBinaryData decision)
{
	return e != NULL &&
	       bytes_equal(bytes_of_pb(e->credential_issued->decision), bytes_of_pb(decision));
}

/* No credential of that decision counts. */
static void ck_taken_back(const struct history *issuance, ProtobufCBinaryData decision)
{
	for (size_t i = 0; i < issuance->n; i++) {
		const Issuance__Event *e = issued_at(issuance, i);

		ENSURE(!is_of(e, decision) || is_over(issuance, e->credential_issued->credential));
	}
}

/* It, or another pass of the same person and micro-credential, was issued or is held. */
static bool has_earned(const struct history *issuance, const Assessment__DecisionReleased *r)
{
	for (size_t i = 0; i < issuance->n; i++) {
		const Issuance__Event *e = (const Issuance__Event *)issuance->events[i].message;

		if (issued_at(issuance, i) != NULL &&
		    bytes_equal(bytes_of_pb(e->credential_issued->educator),
				bytes_of_pb(r->educator)) &&
		    bytes_equal(bytes_of_pb(e->credential_issued->entry), bytes_of_pb(r->entry)))
			return true;
		if (e != NULL && e->body_case == ISSUANCE__EVENT__BODY_CREDENTIAL_HELD &&
		    bytes_equal(bytes_of_pb(e->credential_held->decision),
				bytes_of_pb(r->decision)))
			return true;
	}
	return false;
}

static void ck_one_of_each_enrollment(const struct history *issuance)
{
	for (size_t i = 0; i < issuance->n; i++) {
		const Issuance__Event *a = issued_at(issuance, i);

		if (a == NULL || is_over(issuance, a->credential_issued->credential))
			continue;
		for (size_t k = 0; k < i; k++) {
			const Issuance__Event *b = issued_at(issuance, k);

			ENSURE(b == NULL ||
			       !bytes_equal(bytes_of_pb(a->credential_issued->enrollment),
					    bytes_of_pb(b->credential_issued->enrollment)) ||
			       is_over(issuance, b->credential_issued->credential));
		}
	}
}

unsigned check_overturned(const struct history *assessment, const struct history *issuance)
{
	unsigned n = 0;

	ck_one_of_each_enrollment(issuance);
	for (size_t i = 0; i < assessment->n; i++) {
		const Assessment__Event *e =
			(const Assessment__Event *)assessment->events[i].message;

		if (e == NULL)
			continue;
		if (e->body_case == ASSESSMENT__EVENT__BODY_INTEGRITY_FOUNDED &&
		    e->integrity_founded->decision.len > 0)
			ck_taken_back(issuance, e->integrity_founded->decision);
		if (e->body_case != ASSESSMENT__EVENT__BODY_DECISION_RELEASED ||
		    e->decision_released->supersedes.len == 0)
			continue;
		n++;
		if (e->decision_released->passed)
			ENSURE(has_earned(issuance, e->decision_released));
		else
			ck_taken_back(issuance, e->decision_released->supersedes);
	}
	return n;
}
