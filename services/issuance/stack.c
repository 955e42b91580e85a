/* Which stacks of an educator change with what they have. */
#include "services/issuance/stack.h"

#include "libshared/check.h"
#include "services/issuance/decide_parts.h"
#include "services/issuance/mint.h"
#include "services/issuance/stack_note.h"
#include "services/issuance/tables_stack.h"
#include "services/issuance/unfit.h"

#include <string.h>

enum verdict stacks_note(const struct view *view, const Enrollment__Document *document,
			 struct decision *d)
{
	const char *fault = NULL;
	const Issuance__StackNoted *noted = stack_note(view, document, d, &fault);
	struct stack_row row;

	if (noted == NULL)
		return unfit_note(view, "stack", document, fault, d);
	if (stack_row_get(view, bytes_of_pb(document->id), &row) && row.number >= document->version)
		return ACCEPTED;
	EMIT(d, bytes_of_pb(document->id), STACK_NOTED, stack_noted,
	     (Issuance__StackNoted *)decision_keep(d, noted, sizeof *noted));
	return ACCEPTED;
}

static int64_t today_of(const struct evaluation_of *e)
{
	return e->d->now_us / US_PER_DAY;
}

int64_t stack_day(const struct evaluation_of *e, struct stack_rules *r)
{
	return stack_rules_day(r, &e->has, today_of(e), e->d->arena);
}

/* Those with which the rule holds on that day, into the facts. */
void stack_put_members(const struct evaluation_of *e, const struct stack_rules *r, int64_t day,
		       Issuance__CredentialIssued *c)
{
	struct stack_record record = {r->earned, r->n, day};
	struct arena *arena = e->d->arena;
	bool *is_member = arena_alloc(arena, MAX(r->n, (size_t)1) * sizeof *is_member);

	stack_members(&r->stack, &record, is_member);
	c->n_members = 0;
	c->members = arena_alloc(arena, MAX(r->n, (size_t)1) * sizeof(Issuance__StackMember *));
	for (size_t i = 0; i < r->n; i++) {
		Issuance__StackMember *m;

		if (!is_member[i])
			continue;
		m = NEW(e->d, Issuance__StackMember, ISSUANCE__STACK_MEMBER__INIT);
		m->credential =
			pb_of_bytes(arena_copy(arena, bytes_of_id(&r->members[i]->credential)));
		m->entry = pb_of_bytes(arena_copy(arena, bytes_of_id(&r->members[i]->entry)));
		m->version = r->members[i]->version;
		c->members[c->n_members++] = m;
	}
}

/* ---- awards ---- */

static bool is_erased(const struct evaluation_of *e)
{
	const Issuance__EducatorNoted *noted = educator_get(e->view, e->educator, e->d->arena);

	return noted == NULL || noted->person == NULL;
}

static void emit_held(const Issuance__CredentialIssued *c, const char *why, struct decision *d)
{
	Issuance__CredentialHeld held = ISSUANCE__CREDENTIAL_HELD__INIT;

	held.credential = c->credential;
	held.educator = c->educator;
	held.entry = c->entry;
	held.version = c->version;
	held.reason = arena_text(d->arena, bytes_of_text(why));
	EMIT(d, bytes_of_pb(c->credential), CREDENTIAL_HELD, credential_held, &held);
}

/* What the award says. The day is a day of UTC, as those of its members. */
static Issuance__CredentialIssued facts_of(const struct evaluation_of *e,
					   const struct stack_rules *r, int64_t day,
					   struct bytes credential)
{
	const Issuance__AchievementNoted *a = r->noted->achievement;
	Issuance__CredentialIssued c = ISSUANCE__CREDENTIAL_ISSUED__INIT;

	c.credential = pb_of_bytes(credential);
	c.educator = pb_of_bytes(e->educator);
	c.entry = a->entry;
	c.version = a->version;
	c.issuer = a->issuer;
	c.valid_from_us = day * US_PER_DAY;
	c.decided_us = day * US_PER_DAY;
	stack_put_members(e, r, day, &c);
	return c;
}

/* One that is held keeps its id; nothing is said again while it still may not be signed. */
static const char *award(struct evaluation_of *e, const struct stack_rules *r, int64_t day)
{
	struct bytes stack = bytes_of_pb(r->noted->achievement->entry);
	struct id held = ID_NONE;
	bool was_held = stack_held(e->view, e->educator, stack, &held);
	Issuance__CredentialIssued c;
	const char *why;

	c = facts_of(e, r, day,
		     was_held ? arena_copy(e->d->arena, bytes_of_id(&held)) : new_id(e->d));
	mint_with_newest_key(e->view, &c, e->d);
	mint_with_fresh_status(e->view, &c, e->d);
	why = mint_document(e->view, &c, e->d);
	if (why == NULL) {
		mint_emit_alone(&c, e->d);
		holdings_came(&e->has, &c, e->d->arena);
		e->n_awarded++;
	} else if (!was_held) {
		emit_held(&c, why, e->d);
		e->n_held++;
	}
	return why;
}

/* Where no award stands. True: there is one now. */
bool stack_evaluate_none(struct evaluation_of *e, struct stack_rules *r)
{
	int64_t day = stack_day(e, r);

	if (day == STACK_NEVER || is_erased(e) ||
	    is_barred(e->view, e->educator, bytes_of_pb(r->noted->achievement->entry)))
		return false;
	return award(e, r, day) == NULL;
}

/* ---- all stacks that a change concerns ---- */

/* The stacks above what changed, and what of theirs changed in turn. */
struct affected {
	struct id *stacks, *changed;
	size_t n, n_changed, room;
};

static bool is_in(const struct id *list, size_t n, const struct id *id)
{
	for (size_t i = 0; i < n; i++)
		if (id_equal(&list[i], id))
			return true;
	return false;
}

static void add_above(struct affected *a, const struct view *view, struct bytes of)
{
	struct id stack = ID_NONE;
	bool more = mention_next(view, of, BYTES_NONE, &stack);

	for (; more; more = mention_next(view, of, bytes_of_id(&stack), &stack))
		if (a->n < a->room && !is_in(a->stacks, a->n, &stack))
			a->stacks[a->n++] = stack;
}

/* A stack of the list that mentions none of the others left; any, if they go in a circle. */
static size_t lowest(const struct affected *a, const struct view *view)
{
	for (size_t i = 0; i < a->n; i++) {
		bool is_low = true;

		for (size_t j = 0; j < a->n && is_low; j++)
			is_low = j == i || !mentions(view, bytes_of_id(&a->stacks[i]),
						     bytes_of_id(&a->stacks[j]));
		if (is_low)
			return i;
	}
	return 0;
}

static bool mentions_changed(const struct affected *a, const struct view *view,
			     const struct id *stack)
{
	for (size_t i = 0; i < a->n_changed; i++)
		if (mentions(view, bytes_of_id(stack), bytes_of_id(&a->changed[i])))
			return true;
	return false;
}

/* True: it is awarded now, which changes the stacks that mention it. */
static bool evaluate(struct evaluation_of *e, const struct id *stack)
{
	struct active active;

	if (active_get(e->view, e->educator, bytes_of_id(stack), &active)) {
		stack_evaluate_standing(
			e, credential_get(e->view, BYTES_OF(active.credential), e->d->arena));
		return false;
	}
	return stack_evaluate_none(
		e, stack_rules_of(stack_get(e->view, bytes_of_id(stack), 0, e->d->arena),
				  e->d->arena));
}

/* What mentions the changed, nested ones first. */
void stack_evaluate_above(struct evaluation_of *e, const struct id *changed)
{
	size_t room = (size_t)view_count(e->view, STACK);
	struct affected a = {.room = room, .n_changed = 1};

	if (room == 0)
		return;
	a.stacks = arena_alloc(e->d->arena, room * sizeof *a.stacks);
	a.changed = arena_alloc(e->d->arena, (room + 1) * sizeof *a.changed);
	a.changed[0] = *changed;
	add_above(&a, e->view, bytes_of_id(changed));
	for (size_t i = 0; i < a.n; i++)
		add_above(&a, e->view, bytes_of_id(&a.stacks[i]));
	while (a.n > 0) {
		size_t at = lowest(&a, e->view);
		struct id stack = a.stacks[at];

		a.stacks[at] = a.stacks[--a.n];
		if (mentions_changed(&a, e->view, &stack) && evaluate(e, &stack))
			a.changed[a.n_changed++] = stack;
	}
}

struct evaluation_of stack_evaluation(const struct view *view, struct bytes educator,
				      struct decision *d)
{
	struct evaluation_of e = {.view = view, .d = d, .educator = educator};

	holdings_read(view, educator, d->arena, &e.has);
	return e;
}

void stacks_came(const struct view *view, const Issuance__CredentialIssued *c,
		 struct bytes replaces, struct decision *d)
{
	struct evaluation_of e = stack_evaluation(view, bytes_of_pb(c->educator), d);
	struct id entry = id_of_bytes(bytes_of_pb(c->entry));

	if (replaces.len > 0)
		holdings_drop(&e.has, replaces);
	holdings_came(&e.has, c, d->arena);
	stack_evaluate_above(&e, &entry);
}

/* ---- one stack ---- */

void stack_evaluate_new(struct evaluation_of *e, struct stack_rules *r)
{
	struct id stack = id_of_bytes(bytes_of_pb(r->noted->achievement->entry));

	if (stack_evaluate_none(e, r))
		stack_evaluate_above(e, &stack);
}

const char *stack_try_held(const struct view *view, const Issuance__CredentialHeld *held,
			   struct decision *d)
{
	struct evaluation_of e = stack_evaluation(view, bytes_of_pb(held->educator), d);
	struct stack_rules *r =
		stack_rules_of(stack_get(view, bytes_of_pb(held->entry), 0, d->arena), d->arena);
	struct id stack = id_of_bytes(bytes_of_pb(held->entry));
	int64_t day = stack_day(&e, r);
	const char *why = "the rule of the stack does not hold any more";

	if (day != STACK_NEVER)
		why = is_erased(&e) ? "the educator was erased" : award(&e, r, day);
	if (why == NULL)
		stack_evaluate_above(&e, &stack);
	return why;
}
