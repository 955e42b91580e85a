/* The actors of a simulation: how they talk, and whose turn it is. */
#include "tests/simulation/actors_parts.h"

#include "tests/support/kit.h"

#define AGAIN_US (10 * US_PER_S)

char *actor_text(struct world *w, const char *text)
{
	return arena_text(w->arena, bytes_of_text(text));
}

Enrollment__Entry actor_entry(struct world *w, unsigned n)
{
	Enrollment__Entry entry = *kit_entry();
	const char *name = arena_printf(w->arena, "lit-%u", 101 + n);

	entry.entry = pb_of_bytes(kit_name("entry", name));
	entry.code = arena_printf(w->arena, "LIT-%u", 101 + n);
	return entry;
}

void actor_hear(struct world *w, void *who, const struct reply *reply)
{
	struct actor *a = who;

	a->waiting = false;
	a->last = reply->status;
	if (reply->status != CAIRN__STATUS__OK)
		a->rest_us = w->now_us + (int64_t)chance_below(&w->chance, AGAIN_US);
}

void actor_say(struct world *w, struct actor *a, unsigned to, const struct id *as,
	       const ProtobufCMessage *command, replied_fn *fn)
{
	a->waiting = true;
	world_call(w, to, as != NULL ? bytes_of_id(as) : BYTES_NONE, command,
		   fn != NULL ? fn : actor_hear, a);
}

void cast_open(struct world *w, struct cast *c)
{
	*c = (struct cast){0};
	c->keeper.id = world_id(w);
	c->registrar.id = world_id(w);
	for (unsigned i = 0; i < TEACHERS; i++)
		c->teachers[i].id = world_id(w);
	for (unsigned i = 0; i < ASSESSORS; i++)
		c->assessors[i].id = world_id(w);
	for (unsigned i = 0; i < SCHOOLS; i++)
		c->orgs[i] = world_id(w);
}

static bool is_free(const struct world *w, const struct actor *a)
{
	return !a->waiting && w->now_us >= a->rest_us;
}

void cast_step(struct world *w, struct cast *c)
{
	struct actor *others[] = {&c->keeper, &c->clerk,     &c->registrar, &c->publisher,
				  &c->dean,   &c->custodian, &c->auditor};
	unsigned n = (unsigned)chance_below(&w->chance, TEACHERS + ASSESSORS + ARRAY_LEN(others));
	struct actor *a = n < TEACHERS               ? &c->teachers[n]
			  : n < TEACHERS + ASSESSORS ? &c->assessors[n - TEACHERS]
						     : others[n - TEACHERS - ASSESSORS];

	if (!cast_is_ready(c)) {
		if (is_free(w, &c->operator))
			operator_step(w, c);
	} else if (!is_free(w, a)) {
		return;
	} else if (n < TEACHERS) {
		teacher_step(w, a);
	} else if (n < TEACHERS + ASSESSORS - 1) {
		assessor_step(w, a);
	} else if (n < TEACHERS + ASSESSORS) {
		lead_step(w, a);
	} else if (a == &c->keeper) {
		keeper_step(w, a);
	} else if (a == &c->clerk) {
		clerk_step(w, c);
	} else if (a == &c->registrar) {
		registrar_step(w, c);
	} else if (a == &c->dean) {
		dean_step(w, c);
	} else if (a == &c->custodian) {
		custodian_step(w, c);
	} else if (a == &c->auditor) {
		auditor_step(w, c);
	} else {
		publisher_step(w, c);
	}
}
