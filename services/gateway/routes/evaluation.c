/* How a license stands, in words. */
#include "services/gateway/routes/evaluation.h"

#include "libshared/check.h"
#include "services/gateway/render/words.h"
#include "services/gateway/routes/teacher.h"

#include <string.h>

/* A figure of the evaluation as people write it: at most two decimals. */
static const char *figure(struct request *r, const json_t *value)
{
	if (json_is_integer(value))
		return arena_printf(r->arena, "%lld", (long long)json_integer_value(value));
	return units_text(r, (int64_t)(json_real_value(value) * 100 +
				       (json_real_value(value) < 0 ? -0.5 : 0.5)));
}

static void put_figure(struct request *r, json_t *page, const json_t *result, const char *name)
{
	json_t *value = json_object_get(result, name);

	if (!json_is_number(value))
		return;
	json_object_set(page, name, value);
	put_text(page, arena_printf(r->arena, "%s_text", name), figure(r, value));
}

static json_t *missing_of(struct request *r, const json_t *result)
{
	json_t *list = copy_of_list(result, "missing"), *row;
	size_t i;

	json_array_foreach(list, i, row)
	{
		put_text(row, "category_text", coded(r, "category", text_in(row, "category")));
		put_text(row, "short_by_text", figure(r, json_object_get(row, "short_by")));
	}
	return list;
}

static json_t *not_counted_of(struct request *r, const json_t *result)
{
	json_t *list = copy_of_list(result, "not_counted"), *row;
	size_t i;

	json_array_foreach(list, i, row)
	{
		put_text(row, "reason_text", coded(r, "notcounted", text_in(row, "reason")));
		put_day_of(r, row, "decided", "decided_text");
	}
	return list;
}

static json_t *categories_of(struct request *r, const json_t *result)
{
	json_t *list = json_array(), *value;
	const char *category;

	json_object_foreach(json_object_get(result, "by_category"), category, value)
	{
		json_array_append_new(list,
				      json_pack("{s:s, s:s, s:s}", "category", category,
						"category_text", coded(r, "category", category),
						"units_text", figure(r, value)));
	}
	return list;
}

static void put_result(struct request *r, json_t *page, const json_t *evaluation)
{
	AUTO(json_decrefp) json_t *result = json_loads(text_in(evaluation, "json"), 0, NULL);

	if (result == NULL)
		return;
	put_true(page, "is_evaluated");
	put_text(page, "unit", text_in(evaluation, "unit"));
	put_text(page, "unit_text", coded(r, "unit", text_in(evaluation, "unit")));
	put_text(page, "deadline", text_in(evaluation, "deadline"));
	put_day_of(r, page, "deadline", "deadline_text");
	put_figure(r, page, result, "units_total");
	put_figure(r, page, result, "units_required");
	put_figure(r, page, result, "short_by");
	if (json_real_value(json_object_get(result, "short_by")) > 0 ||
	    json_integer_value(json_object_get(result, "short_by")) > 0)
		put_true(page, "is_short");
	if (is_true_in(result, "requirement_met"))
		put_true(page, "is_met");
	json_object_set_new(page, "missing", missing_of(r, result));
	json_object_set_new(page, "not_counted", not_counted_of(r, result));
	if (json_array_size(json_object_get(page, "not_counted")) > 0)
		put_true(page, "has_not_counted");
	json_object_set_new(page, "categories", categories_of(r, result));
}

json_t *license_page(struct request *r, const json_t *ledger, const json_t *evaluation)
{
	json_t *page = json_pack("{s:s, s:s, s:s}", "license", text_in(ledger, "license"), "state",
				 text_in(ledger, "state"), "type", text_in(ledger, "type"));

	ENSURE(page != NULL);
	put_text(page, "issued", text_in(ledger, "issued"));
	put_day_of(r, page, "issued", "issued_text");
	put_text(page, "expires", text_in(ledger, "expires"));
	put_day_of(r, page, "expires", "expires_text");
	put_text(page, "balance_text", units_text(r, number_in(ledger, "balance")));
	if (evaluation != NULL)
		put_result(r, page, evaluation);
	return page;
}
