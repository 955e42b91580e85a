/* What a micro-credential counts for in a state: read from the renewal policy for people, before
 * anything is earned. The ledger (issuance) decides; this tells what to expect. */
#include "services/gateway/routes/listed.h"

#include <math.h>
#include <string.h>

/* A number of the policy in hundredths; 0: none. */
static int64_t hundredths(const json_t *object, const char *name)
{
	const json_t *value = json_object_get(object, name);

	return json_is_number(value) ? llround(json_number_value(value) * 100) : 0;
}

static int64_t units_of(const json_t *entry, const json_t *conversion)
{
	const char *level = text_in(conversion, "demo_default_level");
	int64_t units, factor;

	if (strcmp(text_in(conversion, "basis"), "fixed_per_micro_credential") == 0)
		return hundredths(conversion, "micro_credential_units");
	units = number_in(entry, "clock_hours") * hundredths(conversion, "clock_hour_units");
	factor = hundredths(json_object_get(conversion, "level_multipliers"), level);
	return factor == 0 ? units : units * factor / 100;
}

/* "At least 15 of them ..." for each of the policy's categories that the entry is of. */
static json_t *categories_of(struct request *r, const json_t *entry, const json_t *policy)
{
	const json_t *mine = json_object_get(entry, "renewal_categories");
	json_t *list = json_array(), *rule;
	size_t i;

	json_array_foreach(json_object_get(policy, "category_rules"), i, rule)
	{
		const char *category = text_in(rule, "category");
		const char *name = word_of(r, "categories", category), *text;

		if (!holds_text(mine, category))
			continue;
		if (hundredths(rule, "min_units") > 0)
			text = say(r, "entry.category_units", name,
				   units_text(r, hundredths(rule, "min_units")), NULL);
		else
			text = say(r, "entry.category_percent", name,
				   units_text(r, hundredths(rule, "min_percent")), NULL);
		json_array_append_new(list,
				      json_pack("{s:s, s:s}", "category", category, "text", text));
	}
	return list;
}

static void put_conditions(struct request *r, json_t *counts, const json_t *policy, int64_t units)
{
	const char *mode = text_in(json_object_get(policy, "approval"), "mode");
	int64_t least = hundredths(policy, "min_units_per_topic");

	if (*mode != '\0')
		put_text(counts, "approval_text", word_of(r, "approvals", mode));
	if (least > units)
		put_text(counts, "topic_text",
			 say(r, "entry.topic_least", units_text(r, least), NULL));
}

json_t *counts_for(struct request *r, const json_t *entry, const json_t *policy)
{
	const json_t *unit = json_object_get(policy, "unit");
	int64_t units = units_of(entry, json_object_get(policy, "conversion"));
	json_t *counts;

	if (units <= 0 || !json_is_object(unit))
		return NULL;
	counts = json_pack("{s:s, s:s, s:s, s:I, s:s, s:o}", "state", text_in(policy, "state"),
			   "license", text_in(policy, "license"), "unit", text_in(unit, "code"),
			   "units_hundredths", (json_int_t)units, "text",
			   say(r, "entry.counts", units_text(r, units), text_in(unit, "label"),
			       units_text(r, hundredths(policy, "required_units")),
			       units_text(r, hundredths(policy, "cycle_years")), NULL),
			   "categories", categories_of(r, entry, policy));
	ENSURE(counts != NULL);
	put_conditions(r, counts, policy, units);
	return counts;
}
