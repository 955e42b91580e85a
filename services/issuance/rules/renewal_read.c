/* A renewal policy, a license and credits out of JSON. */
#include "services/issuance/rules/renewal_read.h"

#include "libshared/calendar.h"
#include "libshared/json.h"
#include "libshared/zone.h"

#include <string.h>

#define UNITS_MAX 10000
#define REQUIRED_MAX 100000
#define FACTOR_MAX 100

/* ---- policy ---- */

static void read_levels(struct part conversion, struct renewal_policy *p)
{
	struct part levels = part_member(conversion, "level_multipliers");
	struct renewal_level *list;
	const char *name;
	json_t *value;
	size_t n = 0;

	if (levels.json == NULL)
		return;
	if (!json_is_object(levels.json) || json_object_size(levels.json) > RENEWAL_NAMES_MAX) {
		part_fault(levels, "an object of at most %d levels is expected", RENEWAL_NAMES_MAX);
		return;
	}
	list = arena_alloc(levels.reading->arena, RENEWAL_NAMES_MAX * sizeof *list);
	json_object_foreach((json_t *)(uintptr_t)levels.json, name, value)
	{
		list[n].name = arena_text(levels.reading->arena, bytes_of_text(name));
		list[n++].factor = part_decimal(levels, name, 2, FACTOR_MAX);
	}
	p->levels = list;
	p->n_levels = n;
	p->level = part_text(conversion, "demo_default_level");
}

static void read_conversion(struct part policy, struct renewal_policy *p)
{
	struct part conversion = part_object(policy, "conversion");
	const char *basis = part_text(conversion, "basis");

	p->is_fixed = strcmp(basis, "fixed_per_micro_credential") == 0;
	if (p->is_fixed)
		p->each = part_decimal(conversion, "micro_credential_units", 2, UNITS_MAX);
	else if (strcmp(basis, "clock_hours") == 0)
		p->per_hour = part_decimal(conversion, "clock_hour_units", 4, FACTOR_MAX);
	else
		part_fault(part_member(conversion, "basis"),
			   "fixed_per_micro_credential or clock_hours is expected");
	read_levels(conversion, p);
	if (p->n_levels > 0 && !renewal_has_level(p, p->level))
		part_fault(part_member(conversion, "demo_default_level"),
			   "it is none of level_multipliers");
}

static void read_percent(struct part at, struct renewal_rule *rule)
{
	const char *of = part_text(at, "percent_of");

	rule->least = part_decimal(at, "min_percent", 2, 100);
	rule->kind = LEAST_PERCENT_OF_REQUIRED;
	if (strcmp(of, "counted") == 0)
		rule->kind = LEAST_PERCENT_OF_COUNTED;
	else if (strcmp(of, "required") != 0)
		part_fault(part_member(at, "percent_of"), "required or counted is expected");
}

static void read_rule(struct part at, struct renewal_rule *rule)
{
	bool units = part_member(at, "min_units").json != NULL;
	bool percent = part_member(at, "min_percent").json != NULL;
	bool distinct = part_member(at, "min_distinct").json != NULL;

	*rule = (struct renewal_rule){.category = part_text(at, "category"),
				      .applies_when = part_text(at, "applies_when")};
	if (units + percent + distinct != 1) {
		part_fault(at, "one of min_units, min_percent and min_distinct is expected");
	} else if (units) {
		rule->kind = LEAST_UNITS;
		rule->least = part_decimal(at, "min_units", 2, UNITS_MAX);
	} else if (percent) {
		read_percent(at, rule);
	} else {
		rule->kind = LEAST_AREAS;
		rule->least = part_whole(at, "min_distinct", RENEWAL_NAMES_MAX);
		rule->areas.names = part_texts(at, "of", RENEWAL_NAMES_MAX, &rule->areas.n);
	}
}

static bool is_negation(const char *a, const char *b)
{
	return strncmp(a, "not_", 4) == 0 && strcmp(a + 4, b) == 0;
}

/* Whether a license may have both: then a split could not tell what each was given. */
static bool may_meet(const struct renewal_rule *a, const struct renewal_rule *b)
{
	return strcmp(a->category, b->category) == 0 &&
	       !is_negation(a->applies_when, b->applies_when) &&
	       !is_negation(b->applies_when, a->applies_when);
}

static void check_rules(struct part list, const struct renewal_policy *p)
{
	size_t n_split = 0;

	for (size_t i = 0; i < p->n_rules; i++) {
		n_split += p->rules[i].kind != LEAST_AREAS;
		for (size_t j = 0; j < i; j++)
			if (may_meet(&p->rules[i], &p->rules[j]) &&
			    (!p->double_count || p->rules[i].kind == LEAST_AREAS ||
			     p->rules[j].kind == LEAST_AREAS))
				part_fault(part_member(part_element(list, i), "category"),
					   "another rule of this category can apply with it");
	}
	if (!p->double_count && n_split > RENEWAL_SPLIT_MAX)
		part_fault(list, "at most %d rules are expected where double_count is false",
			   RENEWAL_SPLIT_MAX);
}

static void read_rules(struct part policy, struct renewal_policy *p)
{
	struct part list = part_list(policy, "category_rules", RENEWAL_RULES_MAX);
	struct renewal_rule *rules =
		arena_zalloc(policy.reading->arena, RENEWAL_RULES_MAX * sizeof *rules);

	p->n_rules = part_count(list);
	for (size_t i = 0; i < p->n_rules; i++)
		read_rule(part_element(list, i), &rules[i]);
	p->rules = rules;
	check_rules(list, p);
}

static void read_caps(struct part policy, struct renewal_policy *p)
{
	struct part list = part_list(policy, "caps", RENEWAL_CAPS_MAX);
	struct renewal_cap *caps =
		arena_zalloc(policy.reading->arena, RENEWAL_CAPS_MAX * sizeof *caps);

	p->n_caps = part_count(list);
	for (size_t i = 0; i < p->n_caps; i++) {
		struct part at = part_element(list, i);

		caps[i].name = part_text(at, "name");
		caps[i].percent = part_decimal(at, "max_percent_of_required", 2, 100);
		caps[i].categories.names =
			part_texts(at, "categories", RENEWAL_NAMES_MAX, &caps[i].categories.n);
	}
	p->caps = caps;
}

static enum renewal_approval read_approval(struct part policy)
{
	const char *mode = part_text(part_object(policy, "approval"), "mode");

	if (strcmp(mode, "approved_provider") == 0)
		return APPROVAL_PROVIDER;
	if (strcmp(mode, "approved_sponsor") == 0)
		return APPROVAL_SPONSOR;
	return strcmp(mode, "prior_approval") == 0 ? APPROVAL_PRIOR : APPROVAL_ELSEWHERE;
}

static void read_name(struct part policy, struct renewal_policy *p)
{
	p->id = part_text(policy, "id");
	p->state = part_text(policy, "state");
	p->zone = part_text(policy, "time_zone");
	p->version = (uint32_t)part_whole(policy, "version", UINT32_MAX);
	p->effective_from = part_day(policy, "effective_from");
	p->title = part_text_or(policy, "license", "");
	p->applies_when = part_text_or(policy, "applies_when", "always");
	p->unit = part_text(part_object(policy, "unit"), "code");
}

void renewal_policy_read(struct part policy, struct renewal_policy *p)
{
	*p = (struct renewal_policy){0};
	if (!json_is_object(policy.json)) {
		part_fault(policy, "an object is expected");
		return;
	}
	read_name(policy, p);
	p->required = part_decimal(policy, "required_units", 2, REQUIRED_MAX);
	p->double_count = part_flag_or(policy, "double_count", true);
	if (part_member(policy, "min_units_per_topic").json != NULL)
		p->topic_least = part_decimal(policy, "min_units_per_topic", 2, UNITS_MAX);
	p->approval = read_approval(policy);
	read_conversion(policy, p);
	read_rules(policy, p);
	read_caps(policy, p);
	if (part_flag_or(policy, "carry_over", false))
		part_fault(part_member(policy, "carry_over"), "only false is understood");
	if (strcmp(part_text_or(policy, "counts_if", "decided_within_license_term"),
		   "decided_within_license_term") != 0)
		part_fault(part_member(policy, "counts_if"),
			   "only decided_within_license_term is understood");
}

const struct zone *renewal_policy_zone(struct part policy, struct zones *zones,
				       const struct renewal_policy *read)
{
	const struct zone *zone = NULL;

	if (policy.reading->fault[0] != '\0')
		return NULL;
	zone = zone_find(zones, read->zone);
	if (zone == NULL)
		part_fault(part_member(policy, "time_zone"), "there is no such time zone");
	if (strlen(read->state) == 2)
		return zone;
	part_fault(part_member(policy, "state"), "two letters are expected");
	return NULL;
}

/* ---- license and credit ---- */

void renewal_license_read(struct part license, struct renewal_license *l)
{
	static const char *const names[] = {"issued", "expires", "flags", "state",
					    "type",   "number",  NULL};

	*l = (struct renewal_license){0};
	part_only(license, names);
	l->issued = part_day(license, "issued");
	l->expires = part_day(license, "expires");
	l->flags.names = part_texts(license, "flags", RENEWAL_NAMES_MAX, &l->flags.n);
	if (l->expires < l->issued)
		part_fault(part_member(license, "expires"), "it is before issued");
}

static int64_t read_decided(struct part credit, const struct zone *zone)
{
	const char *text = part_text(credit, "decided");
	int64_t day = 0, at_us;

	if (day_of_text(text, &day))
		return day;
	if (time_of_text(text, &at_us))
		return renewal_day(zone, at_us);
	part_fault(part_member(credit, "decided"),
		   "a date like 2026-06-30 or a time like 2026-06-30T12:00:00Z is expected");
	return 0;
}

static bool read_revoked(struct part credit)
{
	static const char *const known[] = {"active",  "issued",     "suspended", "expired",
					    "renewed", "superseded", NULL};
	const char *status = part_text_or(credit, "status", "active");

	for (size_t i = 0; known[i] != NULL; i++)
		if (strcmp(status, known[i]) == 0)
			return false;
	if (strcmp(status, "revoked") != 0)
		part_fault(part_member(credit, "status"),
			   "active, suspended, expired, superseded or revoked is expected");
	return true;
}

void renewal_credit_read(struct part credit, const struct renewal_policy *policy,
			 const struct zone *zone, struct renewal_credit *c)
{
	static const char *const names[] = {
		"micro_credential", "decided",          "status", "level",
		"prior_approval",   "directly_related", NULL};

	*c = (struct renewal_credit){0};
	part_only(credit, names);
	c->micro_credential = part_text(credit, "micro_credential");
	c->day = read_decided(credit, zone);
	c->revoked = read_revoked(credit);
	c->level = part_text_or(credit, "level", NULL);
	c->has_prior_approval = part_flag_or(credit, "prior_approval", false);
	c->is_unrelated = !part_flag_or(credit, "directly_related", true);
	if (c->level != NULL && policy->n_levels > 0 && !renewal_has_level(policy, c->level))
		part_fault(part_member(credit, "level"), "the policy has no such level");
}
