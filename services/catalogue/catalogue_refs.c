/* What a catalogue file names must stand in it, and its parts must fit each other. */
#include "services/catalogue/catalogue_parts.h"

#include <math.h>
#include <string.h>
#include <strings.h>

#define RULE_DEPTH_MAX 8
#define DOCUMENT_MAX 20000 /* what a text of a command may hold (check.h) */

/* A name at list[i].member; null or absent names nothing. */
static bool is_known(struct loading *l, const json_t *index, const char *name, const char *place)
{
	if (name == NULL || json_object_get(index, name) != NULL)
		return true;
	return loading_fault(l, "%s: \"%s\" is not in this file", place, name);
}

static const char *place_of(struct loading *l, const char *list, size_t i, const char *member)
{
	return arena_printf(l->c->arena, "%s[%zu].%s", list, i, member);
}

static bool all_known(struct loading *l, const json_t *index, const json_t *names,
		      const char *place)
{
	for (size_t i = 0; i < json_array_size(names); i++)
		if (!is_known(l, index, json_string_value(json_array_get(names, i)), place))
			return false;
	return true;
}

static bool scale_ok(struct loading *l, size_t i, const json_t *scale)
{
	const json_t *levels = json_member(scale, "levels");
	bool pass = false;

	for (size_t j = 0; j < json_array_size(levels); j++) {
		const json_t *level = json_array_get(levels, j);

		if (json_integer_value(json_member(level, "ordinal")) != (json_int_t)j)
			return loading_fault(l,
					     "scales[%zu].levels[%zu].ordinal: levels stand in "
					     "order, from 0",
					     i, j);
		pass |= strcmp(member_text(level, "code"), member_text(scale, "pass_level")) == 0;
	}
	return pass || loading_fault(l, "scales[%zu].pass_level: no level has this code", i);
}

static bool profile_ok(struct loading *l, size_t i, const json_t *profile)
{
	const char *then = member_text(profile, "then");
	double permille = 1000 * json_number_value(json_member(profile, "second_read_sample"));
	bool until = json_member(profile, "until_decided") != NULL;

	if (fabs(permille - round(permille)) > 1e-6)
		return loading_fault(
			l,
			"assessment_profiles[%zu].second_read_sample: a share of at most "
			"three decimals",
			i);
	if ((then != NULL) != until)
		return loading_fault(
			l, "assessment_profiles[%zu]: until_decided and then go together", i);
	return is_known(l, l->profiles, then, place_of(l, "assessment_profiles", i, "then"));
}

/* A description for each level of the scale, and no other. */
static bool criterion_ok(struct loading *l, const char *place, const json_t *criterion,
			 const json_t *scale)
{
	const json_t *given = json_member(criterion, "levels");
	const json_t *levels = json_member(scale, "levels");

	for (size_t i = 0; i < json_array_size(levels); i++) {
		const char *code = member_text(json_array_get(levels, i), "code");

		if (json_member(given, code) == NULL)
			return loading_fault(l, "%s: %s.levels.%s is missing", place,
					     member_text(criterion, "id"), code);
	}
	return json_object_size(given) == json_array_size(levels) ||
	       loading_fault(l, "%s: %s.levels has one that the scale does not have", place,
			     member_text(criterion, "id"));
}

static bool rubric_ok(struct loading *l, size_t i, const json_t *rubric)
{
	const char *place = place_of(l, "microcredentials", i, "rubric");
	const json_t *criteria = json_member(rubric, "criteria");
	const char *scale = member_text(rubric, "scale");

	if (!is_known(l, l->scales, scale, place))
		return false;
	if (strcmp(member_text(rubric, "pass_rule"), "all_criteria_at_pass_level") != 0)
		return loading_fault(l, "%s.pass_rule: all_criteria_at_pass_level is the only one",
				     place);
	for (size_t j = 0; j < json_array_size(criteria); j++)
		if (!criterion_ok(l, place, json_array_get(criteria, j),
				  json_member(l->scales, scale)))
			return false;
	return true;
}

static bool has_standard(const json_t *framework, const char *code)
{
	const json_t *list = json_member(framework, "standards");

	for (size_t i = 0; i < json_array_size(list); i++)
		if (strcmp(member_text(json_array_get(list, i), "code"), code) == 0)
			return true;
	return false;
}

static bool alignment_ok(struct loading *l, size_t i, const json_t *list)
{
	const char *place = place_of(l, "microcredentials", i, "alignment");

	for (size_t j = 0; j < json_array_size(list); j++) {
		const json_t *a = json_array_get(list, j);
		const char *framework = member_text(a, "framework"), *code = member_text(a, "code");

		if (!is_known(l, l->frameworks, framework, place))
			return false;
		if (!has_standard(json_member(l->frameworks, framework), code))
			return loading_fault(l, "%s: \"%s\" is no standard of %s", place, code,
					     framework);
	}
	return true;
}

static bool status_ok(struct loading *l, size_t i, const json_t *entry)
{
	const char *status = member_text(entry, "status");
	bool retired = strcmp(status, "retired") == 0;

	if (strcasecmp(member_text(entry, "id"), member_text(entry, "code")) != 0)
		return loading_fault(l, "microcredentials[%zu].code: the id in capitals", i);
	if (!retired && strcmp(status, "published") != 0)
		return loading_fault(l, "microcredentials[%zu].status: published or retired", i);
	if (!retired && member_text(entry, "superseded_by") != NULL)
		return loading_fault(l,
				     "microcredentials[%zu].superseded_by: only where status is "
				     "retired",
				     i);
	return true;
}

static bool entry_ok(struct loading *l, size_t i, const json_t *entry)
{
	static const char list[] = "microcredentials";
	const json_t *renewal = json_member(entry, "renewal");

	return status_ok(l, i, entry) &&
	       is_known(l, l->topics, member_text(entry, "topic"), place_of(l, list, i, "topic")) &&
	       is_known(l, l->issuers, member_text(entry, "issuer"),
			place_of(l, list, i, "issuer")) &&
	       is_known(l, l->profiles, member_text(entry, "assessment_profile"),
			place_of(l, list, i, "assessment_profile")) &&
	       is_known(l, l->entries, member_text(entry, "supersedes"),
			place_of(l, list, i, "supersedes")) &&
	       is_known(l, l->entries, member_text(entry, "superseded_by"),
			place_of(l, list, i, "superseded_by")) &&
	       all_known(l, l->entries, json_member(entry, "prerequisites"),
			 place_of(l, list, i, "prerequisites")) &&
	       all_known(l, l->stacks, json_member(entry, "stacks"),
			 place_of(l, list, i, "stacks")) &&
	       all_known(l, l->categories, json_member(renewal, "categories"),
			 place_of(l, list, i, "renewal.categories")) &&
	       rubric_ok(l, i, json_member(entry, "rubric")) &&
	       alignment_ok(l, i, json_member(entry, "alignment"));
}

/* ---- the rule of a stack ---- */

static bool leaf_ok(struct loading *l, const char *place, const json_t *rule)
{
	bool stack = strcmp(member_text(rule, "op"), "stack") == 0;
	const char *id = member_text(rule, "id");

	if (id == NULL)
		return loading_fault(l, "%s: id is missing", place);
	if (json_member(rule, "of") != NULL || json_member(rule, "n") != NULL)
		return loading_fault(l, "%s: of and n do not go with %s", place,
				     member_text(rule, "op"));
	return is_known(l, stack ? l->stacks : l->entries, id, place);
}

/* Recursion ends at RULE_DEPTH_MAX. */
static bool rule_ok(struct loading *l, const char *place, const json_t *rule, unsigned depth)
{
	const char *op = member_text(rule, "op");
	const json_t *of = json_member(rule, "of");
	bool counted = strcmp(op, "at_least") == 0;

	if (depth > RULE_DEPTH_MAX)
		return loading_fault(l, "%s: rules are nested more than %d deep", place,
				     RULE_DEPTH_MAX);
	if (strcmp(op, "micro_credential") == 0 || strcmp(op, "stack") == 0)
		return leaf_ok(l, place, rule);
	if (!counted && strcmp(op, "all") != 0 && strcmp(op, "any") != 0)
		return loading_fault(l, "%s: op is all, any, at_least, micro_credential or stack",
				     place);
	if (of == NULL || json_member(rule, "id") != NULL ||
	    (json_member(rule, "n") != NULL) != counted)
		return loading_fault(l, "%s: %s goes with of%s", place, op,
				     counted ? " and n" : " alone");
	if (json_integer_value(json_member(rule, "n")) > (json_int_t)json_array_size(of))
		return loading_fault(l, "%s: n is more than there are", place);
	for (size_t i = 0; i < json_array_size(of); i++)
		if (!rule_ok(l, place, json_array_get(of, i), depth + 1))
			return false;
	return true;
}

static bool fits_a_command(struct loading *l, const char *place, const json_t *document)
{
	size_t len = json_dumpb(document, NULL, 0, JSON_COMPACT | JSON_REAL_PRECISION(15));

	return len <= DOCUMENT_MAX ||
	       loading_fault(l, "%s: %zu bytes of JSON; at most %d are allowed", place, len,
			     DOCUMENT_MAX);
}

static bool stack_ok(struct loading *l, size_t i, const json_t *stack)
{
	return is_known(l, l->issuers, member_text(stack, "issuer"),
			place_of(l, "stacks", i, "issuer")) &&
	       is_known(l, l->topics, member_text(stack, "topic"),
			place_of(l, "stacks", i, "topic")) &&
	       rule_ok(l, place_of(l, "stacks", i, "rule"), json_member(stack, "rule"), 0) &&
	       fits_a_command(l, place_of(l, "stacks", i, "id"), stack);
}

/* ---- renewal policies ---- */

/* One limit for each rule, or it would silently never be met or always. */
static bool renewal_policy_ok(struct loading *l, size_t i, const json_t *policy)
{
	const json_t *conversion = json_member(policy, "conversion");
	const json_t *rules = json_member(policy, "category_rules");
	const char *basis = member_text(conversion, "basis");

	for (size_t j = 0; j < json_array_size(rules); j++) {
		const json_t *rule = json_array_get(rules, j);
		int limits = (json_member(rule, "min_units") != NULL) +
			     (json_member(rule, "min_percent") != NULL) +
			     (json_member(rule, "min_distinct") != NULL);

		if (limits != 1)
			return loading_fault(l,
					     "renewal_policies[%zu].category_rules[%zu]: one of "
					     "min_units, min_percent, min_distinct",
					     i, j);
	}
	if (strcmp(basis, "fixed_per_micro_credential") == 0 &&
	    !json_is_number(json_member(conversion, "micro_credential_units")))
		return loading_fault(l,
				     "renewal_policies[%zu].conversion.micro_credential_units: is "
				     "missing, and the basis needs it",
				     i);
	return fits_a_command(l, place_of(l, "renewal_policies", i, "id"), policy);
}

/* ---- all of it ---- */

typedef bool item_ok_fn(struct loading *l, size_t i, const json_t *item);

static bool all_ok(struct loading *l, const char *list, item_ok_fn *ok)
{
	const json_t *items = json_member(l->root, list);

	for (size_t i = 0; i < json_array_size(items); i++)
		if (!ok(l, i, json_array_get(items, i)))
			return false;
	return true;
}

static bool gap_item_ok(struct loading *l, size_t i, const json_t *item)
{
	return all_known(l, l->entries, json_member(item, "suggests"),
			 place_of(l, "skill_gap_items", i, "suggests"));
}

bool catalogue_refs_ok(struct loading *l)
{
	return all_ok(l, "scales", scale_ok) && all_ok(l, "assessment_profiles", profile_ok) &&
	       all_ok(l, "microcredentials", entry_ok) && all_ok(l, "stacks", stack_ok) &&
	       all_ok(l, "renewal_policies", renewal_policy_ok) &&
	       all_ok(l, "skill_gap_items", gap_item_ok);
}
