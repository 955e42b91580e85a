/* Which of a state's renewal policies counts for a license; and policies that were read. */
#include "services/issuance/ledger.h"

#include "libshared/check.h"
#include "libshared/zone.h"
#include "services/issuance/rules/renewal_read.h"
#include "services/issuance/signer.h"
#include "services/issuance/tables_ledger.h"

#include <string.h>

#define CHOICES_MAX 16
#define KEPT_BYTES 4096

int64_t ledger_today(const void *ctx, const char *name)
{
	const struct ledger_clock *clock = ctx;
	const struct zone *zone = zone_find(clock->caps->zones, name);

	ENSURE(zone != NULL); /* it was there when the policy was noted */
	return renewal_day(zone, clock->now_us);
}

/* ---- reading ---- */

static const struct renewal_policy *read_rules(const Issuance__RenewalPolicyNoted *noted,
					       struct arena *arena)
{
	struct renewal_policy *rules = arena_alloc(arena, sizeof *rules);
	struct reading reading = {.arena = arena};
	json_t *json = json_loads(noted->json, JSON_REJECT_DUPLICATES, NULL);

	renewal_policy_read(part_of(&reading, json, "policy"), rules);
	json_decref(json);
	ENSURE(reading.fault[0] == '\0'); /* read when it was noted */
	return rules;
}

/* A version of a policy never changes, so that remembering what was read changes no result. */
const struct renewal_policy *ledger_rules(const Issuance__RenewalPolicyNoted *noted,
					  const struct caps *caps, struct arena *arena)
{
	struct id id = id_of_bytes(bytes_of_pb(noted->policy));
	const struct renewal_policy *rules = signer_policy(caps->signer, &id, noted->version);
	struct arena *own;

	if (rules != NULL)
		return rules;
	if (!signer_has_room(caps->signer))
		return read_rules(noted, arena);
	own = arena_new(KEPT_BYTES);
	rules = read_rules(noted, own);
	signer_keep_policy(caps->signer, &id, noted->version, &(struct kept_policy){own, rules});
	return rules;
}

/* ---- choosing ---- */

struct candidates {
	struct ledger_policy list[CHOICES_MAX];
	size_t n;
};

static bool is_asked_for(const struct ledger_choice *choice,
			 const Issuance__RenewalPolicyNoted *noted)
{
	if (choice->policy.len > 0)
		return bytes_equal(bytes_of_pb(noted->policy), choice->policy);
	return choice->code == NULL || choice->code[0] == '\0' ||
	       strcmp(noted->code, choice->code) == 0;
}

static bool is_by_license(const struct ledger_choice *choice)
{
	return choice->policy.len == 0 && (choice->code == NULL || choice->code[0] == '\0');
}

/* Those in force that are asked for, and apply to the license's flags. */
static void find_candidates(const struct ledger_choice *choice, struct candidates *c)
{
	struct policy_walk walk = {choice->view,  choice->state, ledger_today,
				   choice->clock, ID_NONE,       false};
	const Issuance__RenewalPolicyNoted *noted;
	struct renewal_license term;

	ledger_term(choice->license, &term);
	c->n = 0;
	while (c->n < CHOICES_MAX && (noted = policy_next(&walk, choice->arena)) != NULL) {
		struct ledger_policy *p = &c->list[c->n];

		if (!is_asked_for(choice, noted))
			continue;
		*p = (struct ledger_policy){
			.noted = noted,
			.rules = ledger_rules(noted, choice->clock->caps, choice->arena)};
		c->n += !is_by_license(choice) ||
			renewal_applies(p->rules->applies_when, &term.flags);
	}
}

/* Those for just this type, if there are any. */
static void keep_those_of_type(const struct ledger_choice *choice, struct candidates *c)
{
	size_t n = 0;

	for (size_t i = 0; i < c->n; i++)
		if (strcmp(c->list[i].rules->title, choice->license->type) == 0)
			c->list[n++] = c->list[i];
	if (n > 0)
		c->n = n;
}

static const char *names_of_candidates(const struct candidates *c, struct arena *arena)
{
	const char *names = "";

	for (size_t i = 0; i < c->n; i++)
		names = arena_printf(arena, "%s%s%s (%s)", names, i > 0 ? ", " : "",
				     c->list[i].noted->code, c->list[i].rules->title);
	return names;
}

bool ledger_choose(struct ledger_choice *choice, struct ledger_policy *policy_r)
{
	struct candidates *c = arena_alloc(choice->arena, sizeof *c);

	find_candidates(choice, c);
	if (c->n > 1)
		keep_those_of_type(choice, c);
	choice->is_ambiguous = c->n > 1;
	if (c->n == 0)
		choice->why = arena_printf(choice->arena,
					   "no renewal policy of %s is in force for this license",
					   choice->state);
	else if (c->n > 1)
		choice->why =
			arena_printf(choice->arena,
				     "several renewal policies of %s are in force for a license of "
				     "type \"%.64s\": %s; name one",
				     choice->state, choice->license->type,
				     names_of_candidates(c, choice->arena));
	if (c->n != 1)
		return false;
	*policy_r = c->list[0];
	policy_r->zone = zone_find(choice->clock->caps->zones, policy_r->noted->time_zone);
	policy_r->today = ledger_today(choice->clock, policy_r->noted->time_zone);
	return true;
}
