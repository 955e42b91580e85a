/* What becomes of an award whose members change: it keeps standing, is on hold, or ends. */
#include "services/issuance/decide_parts.h"
#include "services/issuance/life.h"
#include "services/issuance/mint.h"
#include "services/issuance/stack.h"
#include "services/issuance/tables_stack.h"

/* Of an award that could not be signed when its members changed; then daily. */
#define FIRST_RETRY_US (INT64_C(3600) * US_PER_S)

/* ---- an award that stands ---- */

static void emit_suspended(const struct evaluation_of *e, const Issuance__CredentialIssued *c,
			   int64_t until_us)
{
	Issuance__CredentialSuspended suspended = ISSUANCE__CREDENTIAL_SUSPENDED__INIT;

	suspended.credential = c->credential;
	suspended.educator = c->educator;
	suspended.entry = c->entry;
	suspended.version = c->version;
	suspended.reason = ISSUANCE__LIFE_REASON__STACK_RULE;
	suspended.public_id = pb_of_bytes(new_id(e->d));
	suspended.until_us = until_us;
	EMIT(e->d, bytes_of_pb(c->credential), CREDENTIAL_SUSPENDED, credential_suspended,
	     &suspended);
}

/* Signs it again, naming the members it has now. NULL, or why it cannot be. */
static const char *sign_again(const struct evaluation_of *e, struct stack_rules *r,
			      Issuance__CredentialIssued *c)
{
	stack_put_members(e, r, stack_day(e, r), c);
	mint_with_newest_key(e->view, c, e->d);
	return mint_document(e->view, c, e->d);
}

/* While nothing can be signed, it stays suspended; the end of the hold tries again. */
static bool reinstate(const struct evaluation_of *e, struct stack_rules *r,
		      const Issuance__CredentialIssued *award)
{
	Issuance__CredentialReinstated back = ISSUANCE__CREDENTIAL_REINSTATED__INIT;
	Issuance__CredentialIssued c = *award;

	mint_with_fresh_status(e->view, &c, e->d);
	if (sign_again(e, r, &c) != NULL)
		return false;
	back.credential = c.credential;
	back.educator = c.educator;
	back.entry = c.entry;
	back.version = c.version;
	back.public_id = pb_of_bytes(new_id(e->d));
	back.signing = mint_signing(&c, e->d);
	EMIT(e->d, bytes_of_pb(c.credential), CREDENTIAL_REINSTATED, credential_reinstated, &back);
	return true;
}

static bool has_all(const struct evaluation_of *e, const Issuance__CredentialIssued *c)
{
	for (size_t i = 0; i < c->n_members; i++) {
		struct bytes member = bytes_of_pb(c->members[i]->credential);
		bool found = false;

		for (size_t j = 0; j < e->has.n && !found; j++)
			found = bytes_equal(bytes_of_id(&e->has.list[j].credential), member);
		if (!found)
			return false;
	}
	return true;
}

/* Members that are no more give way to others. NULL: it names those it has; else why it cannot be
 * signed, and still names the old ones. */
static const char *rename_members(const struct evaluation_of *e, struct stack_rules *r,
				  const Issuance__CredentialIssued *award)
{
	Issuance__CredentialReissued again = ISSUANCE__CREDENTIAL_REISSUED__INIT;
	Issuance__CredentialIssued c = *award;
	const char *why;

	if (has_all(e, award))
		return NULL;
	why = sign_again(e, r, &c);
	if (why != NULL)
		return why;
	again.credential = c.credential;
	again.educator = c.educator;
	again.replaces = award->key;
	again.signing = mint_signing(&c, e->d);
	EMIT(e->d, bytes_of_pb(c.credential), CREDENTIAL_REISSUED, credential_reissued, &again);
	return NULL;
}

void stack_hold_members(const struct view *view, const Issuance__CredentialIssued *award,
			const char *why, int64_t retry_us, struct decision *d)
{
	const Issuance__StackMembersHeld *before =
		stack_stale(view, bytes_of_pb(award->credential), d->arena);
	Issuance__StackMembersHeld held = ISSUANCE__STACK_MEMBERS_HELD__INIT;

	held.credential = award->credential;
	held.educator = award->educator;
	held.entry = award->entry;
	held.version = award->version;
	held.reason = arena_text(d->arena, bytes_of_text(why));
	held.retry_us = retry_us;
	held.since_us = before != NULL ? before->since_us : d->now_us;
	EMIT(d, bytes_of_pb(award->credential), STACK_MEMBERS_HELD, stack_members_held, &held);
}

/* What is told once is not told again before it is tried again. */
static void rename_or_hold(const struct evaluation_of *e, struct stack_rules *r,
			   const Issuance__CredentialIssued *award)
{
	const char *why = rename_members(e, r, award);

	if (why != NULL &&
	    stack_stale(e->view, bytes_of_pb(award->credential), e->d->arena) == NULL)
		stack_hold_members(e->view, award, why, e->d->now_us + FIRST_RETRY_US, e->d);
}

static void emit_settled(const Issuance__CredentialIssued *award, struct decision *d)
{
	Issuance__StackMembersSettled settled = ISSUANCE__STACK_MEMBERS_SETTLED__INIT;

	settled.credential = award->credential;
	settled.educator = award->educator;
	EMIT(d, bytes_of_pb(award->credential), STACK_MEMBERS_SETTLED, stack_members_settled,
	     &settled);
}

const char *stack_try_members(const struct view *view, struct bytes award, struct decision *d)
{
	const Issuance__CredentialIssued *c = credential_get(view, award, d->arena);
	struct evaluation_of e = stack_evaluation(view, bytes_of_pb(c->educator), d);
	struct stack_rules *r = stack_rules_of(
		stack_get(view, bytes_of_pb(c->entry), c->version, d->arena), d->arena);

	if (life_get(view, award).state == LIFE_ISSUED && stack_day(&e, r) != STACK_NEVER &&
	    !has_all(&e, c))
		return rename_members(&e, r, c);
	emit_settled(c, d);
	return NULL;
}

static int64_t hold_ends_us(const struct evaluation_of *e)
{
	return (e->d->now_us / US_PER_DAY + STACK_HOLD_DAYS) * US_PER_DAY;
}

/* Under the version that it was awarded for. */
void stack_evaluate_standing(const struct evaluation_of *e, const Issuance__CredentialIssued *c)
{
	struct life life = life_get(e->view, bytes_of_pb(c->credential));
	struct stack_rules *r = stack_rules_of(
		stack_get(e->view, bytes_of_pb(c->entry), c->version, e->d->arena), e->d->arena);
	bool holds = stack_day(e, r) != STACK_NEVER;

	if (life.state == LIFE_ISSUED && holds)
		rename_or_hold(e, r, c);
	else if (life.state == LIFE_ISSUED)
		emit_suspended(e, c, hold_ends_us(e));
	else if (holds && life.reason == ISSUANCE__LIFE_REASON__STACK_RULE)
		(void)reinstate(e, r, c);
}

void stacks_went(const struct view *view, const Issuance__CredentialIssued *c, struct decision *d)
{
	struct evaluation_of e = stack_evaluation(view, bytes_of_pb(c->educator), d);
	struct id entry = id_of_bytes(bytes_of_pb(c->entry));

	holdings_drop(&e.has, bytes_of_pb(c->credential));
	stack_evaluate_above(&e, &entry);
}

bool stack_ready(const struct view *view, Issuance__CredentialIssued *award, struct decision *d)
{
	struct evaluation_of e;
	struct stack_rules *r;
	int64_t day;

	if (award->n_members == 0)
		return true;
	e = stack_evaluation(view, bytes_of_pb(award->educator), d);
	r = stack_rules_of(stack_get(view, bytes_of_pb(award->entry), award->version, d->arena),
			   d->arena);
	day = stack_day(&e, r);
	if (day == STACK_NEVER) {
		refuse_text(d, ISSUANCE__REASON__STACK_UNMET,
			    "credential: the rule of the stack does not hold");
		return false;
	}
	if (!has_all(&e, award))
		stack_put_members(&e, r, day, award);
	return true;
}

static void emit_revoked(const struct evaluation_of *e, const Issuance__CredentialIssued *c)
{
	Issuance__CredentialRevoked revoked = ISSUANCE__CREDENTIAL_REVOKED__INIT;

	revoked.credential = c->credential;
	revoked.educator = c->educator;
	revoked.entry = c->entry;
	revoked.version = c->version;
	revoked.reason = ISSUANCE__LIFE_REASON__STACK_RULE;
	revoked.public_id = pb_of_bytes(new_id(e->d));
	EMIT(e->d, bytes_of_pb(c->credential), CREDENTIAL_REVOKED, credential_revoked, &revoked);
}

/* The newest version may hold where the award's own does not. */
void stack_hold_ends(const struct view *view, const Issuance__CredentialIssued *award,
		     struct decision *d)
{
	struct bytes stack_id = bytes_of_pb(award->entry);
	struct evaluation_of e = stack_evaluation(view, bytes_of_pb(award->educator), d);
	struct stack_rules *r =
		stack_rules_of(stack_get(view, stack_id, award->version, d->arena), d->arena);
	struct id stack = id_of_bytes(stack_id);

	if (stack_day(&e, r) != STACK_NEVER) {
		if (!reinstate(&e, r, award))
			emit_suspended(&e, award, d->now_us + US_PER_DAY);
		return;
	}
	emit_revoked(&e, award);
	holdings_drop(&e.has, bytes_of_pb(award->credential));
	(void)stack_evaluate_none(&e,
				  stack_rules_of(stack_get(view, stack_id, 0, d->arena), d->arena));
	stack_evaluate_above(&e, &stack);
}
