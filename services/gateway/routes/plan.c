/* Goals and the renewal plan: what is aimed at, how each license stands, what would fill it. */
#include "libshared/check.h"
#include "services/gateway/render/words.h"
#include "services/gateway/routes/evaluation.h"
#include "services/gateway/routes/teacher.h"

#include <ctype.h>
#include <string.h>

#define LICENSES_MAX 4
#define GOALS_LOOKED_AT 12
#define CATEGORIES_MAX 8
#define FILLERS 5
#define PLANNED_MAX 50

struct plan {
	json_t *goals;       /* GoalList */
	json_t *enrollments; /* EnrollmentList */
	size_t n_licenses;
	json_t *licenses; /* pages, an array */
	size_t n_looked;
	const char *categories[CATEGORIES_MAX];
	size_t n_categories;
	size_t first_planned; /* slot of the first license's evaluation with what is planned */
	bool has_planned;
};

/* ---- goals ---- */

static const char *standing_of(const json_t *enrollments, const char *code)
{
	json_t *e = find_in(json_object_get(enrollments, "enrollments"), "code", code);

	return e != NULL ? text_in(e, "state") : "none";
}

static json_t *goal_row(struct request *r, const struct plan *plan, const json_t *goal)
{
	json_t *row = json_deep_copy(goal);
	const json_t *license = find_in(plan->licenses, "license", text_in(goal, "license"));

	put_day_of(r, row, "by", "by_text");
	put_date_of(r, row, "set_us", "set_text");
	if (*text_in(goal, "entry") != '\0') {
		const char *standing = standing_of(plan->enrollments, text_in(goal, "code"));
		const json_t *e = find_in(json_object_get(plan->enrollments, "enrollments"), "code",
					  text_in(goal, "code"));

		put_true(row, "is_entry");
		put_text(row, "standing", standing);
		put_text(row, "standing_text", coded(r, "goal", standing));
		if (e != NULL)
			put_text(row, "enrollment", text_in(e, "enrollment"));
	} else if (*text_in(goal, "license") != '\0') {
		put_true(row, "is_license");
		put_text(row, "title",
			 say(r, "teacher.renew_license", text_in(license, "state"),
			     text_in(license, "type"), NULL));
	} else {
		put_true(row, "is_stack");
	}
	return row;
}

static json_t *goal_rows(struct request *r, const struct plan *plan)
{
	json_t *list = json_array(), *goal;
	size_t i;

	json_array_foreach(json_object_get(plan->goals, "goals"), i, goal)
	{
		json_array_append_new(list, goal_row(r, plan, goal));
	}
	return list;
}

/* ---- what would fill what is missing ---- */

static json_t *filler_row(struct request *r, const struct plan *plan, const json_t *e)
{
	json_t *row = json_pack("{s:s, s:s, s:s, s:I}", "entry", text_in(e, "entry"), "code",
				text_in(e, "code"), "name", text_in(e, "title"), "hours",
				(json_int_t)number_in(e, "hours_typical"));
	const char *standing = standing_of(plan->enrollments, text_in(e, "code"));

	ENSURE(row != NULL);
	if (strcmp(standing, "none") != 0)
		put_text(row, "standing_text", coded(r, "goal", standing));
	if (find_in(json_object_get(plan->goals, "goals"), "entry", text_in(e, "entry")) != NULL)
		put_true(row, "is_goal");
	return row;
}

static json_t *fillers_of(struct request *r, const struct plan *plan, const json_t *search)
{
	json_t *list = json_array(), *e;
	size_t i;

	json_array_foreach(json_object_get(search, "entries"), i, e)
	{
		if (strcmp(standing_of(plan->enrollments, text_in(e, "code")), "COMPLETED") != 0 &&
		    json_array_size(list) < FILLERS)
			json_array_append_new(list, filler_row(r, plan, e));
	}
	return list;
}

/* Which goals serve a category that a license misses: the planned part of the plan. */
static json_t *planned_for(struct request *r, const struct plan *plan, const char *category)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < plan->n_looked; i++) {
		const json_t *entry = json_object_get(answer(r, i), "entry");

		if (entry != NULL &&
		    holds_text(json_object_get(entry, "renewal_categories"), category))
			json_array_append_new(
				list, json_pack("{s:s, s:s, s:I}", "code", text_in(entry, "code"),
						"name", text_in(entry, "title"), "hours",
						(json_int_t)number_in(entry, "clock_hours")));
	}
	return list;
}

static void put_fillers(struct request *r, const struct plan *plan, json_t *license)
{
	json_t *row;
	size_t i;

	json_array_foreach(json_object_get(license, "missing"), i, row)
	{
		const char *category = text_in(row, "category");

		json_object_set_new(row, "planned", planned_for(r, plan, category));
		if (json_array_size(json_object_get(row, "planned")) > 0)
			put_true(row, "has_planned");
		for (size_t k = 0; k < plan->n_categories; k++)
			if (strcmp(plan->categories[k], category) == 0)
				json_object_set_new(
					row, "fillers",
					fillers_of(r, plan,
						   answer(r, (unsigned)(plan->n_looked + k))));
	}
	if (is_true_in(license, "is_short"))
		json_object_set_new(
			license, "fillers",
			fillers_of(r, plan,
				   answer(r, (unsigned)(plan->n_looked + plan->n_categories))));
}

static void plan_ready(struct request *r)
{
	const struct plan *plan = r->own;
	json_t *page = json_pack("{s:s}", "title", word(r, "teacher.plan")), *license;
	size_t i;

	json_array_foreach(plan->licenses, i, license)
	{
		put_fillers(r, plan, license);
		if (plan->has_planned && answer(r, (unsigned)(plan->first_planned + i)) != NULL)
			json_object_set_new(
				license, "with_plan",
				license_page(r, license,
					     answer(r, (unsigned)(plan->first_planned + i))));
	}
	json_object_set_new(page, "goals", goal_rows(r, plan));
	if (json_array_size(json_object_get(page, "goals")) > 0)
		put_true(page, "has_goals");
	json_object_set(page, "licenses", plan->licenses);
	if (plan->n_licenses > 0)
		put_true(page, "has_licenses");
	reply_page(r, 200, "plan", page);
}

/* ---- asking ---- */

static void note_category(struct plan *plan, const char *category)
{
	for (size_t i = 0; i < plan->n_categories; i++)
		if (strcmp(plan->categories[i], category) == 0)
			return;
	if (plan->n_categories < CATEGORIES_MAX)
		plan->categories[plan->n_categories++] = category;
}

/* What each license comes to once all that is aimed at is earned. */
static void ask_planned(struct request *r, struct plan *plan)
{
	json_t *planned = json_array(), *goal, *license;
	size_t i;

	json_array_foreach(json_object_get(plan->goals, "goals"), i, goal)
	{
		if (*text_in(goal, "entry") != '\0' && json_array_size(planned) < PLANNED_MAX)
			json_array_append(planned, json_object_get(goal, "entry"));
	}
	plan->has_planned = json_array_size(planned) > 0;
	plan->first_planned = plan->n_looked + plan->n_categories + 1;
	json_array_foreach(plan->licenses, i, license)
	{
		if (plan->has_planned)
			ask(r, TO_ISSUANCE, "evaluate",
			    json_pack("{s:s, s:O}", "license", text_in(license, "license"),
				      "planned", planned));
	}
	json_decref(planned);
}

static void ask_fillers(struct request *r, struct plan *plan)
{
	json_t *license, *row, *goal;
	size_t i, k;

	json_array_foreach(json_object_get(plan->goals, "goals"), i, goal)
	{
		if (*text_in(goal, "entry") != '\0' && plan->n_looked < GOALS_LOOKED_AT)
			plan->n_looked =
				1 + ask(r, TO_ENROLLMENT, "get_entry",
					json_pack("{s:s}", "entry", text_in(goal, "entry")));
	}
	json_array_foreach(plan->licenses, i, license)
	{
		json_array_foreach(json_object_get(license, "missing"), k, row)
		{
			note_category(plan, text_in(row, "category"));
		}
	}
	for (i = 0; i < plan->n_categories; i++)
		ask(r, TO_ENROLLMENT, "search_entries",
		    json_pack("{s:s, s:i}", "category", plan->categories[i], "limit", 20));
	ask(r, TO_ENROLLMENT, "search_entries", json_pack("{s:i}", "limit", 20));
	ask_planned(r, plan);
}

static void ledgers_came(struct request *r)
{
	struct plan *plan = r->own;

	plan->licenses = keep(r, json_array());
	for (unsigned i = 0; i < plan->n_licenses; i++)
		if (answer(r, 2 * i) != NULL)
			json_array_append_new(plan->licenses, license_page(r, answer(r, 2 * i),
									   answer(r, 2 * i + 1)));
	ask_fillers(r, plan);
	then(r, plan_ready);
}

static void plan_came(struct request *r)
{
	struct plan *plan = r->own;
	json_t *ids;

	if (refused(r, 0) || refused(r, 1) || refused(r, 2))
		return;
	plan->goals = keep(r, json_incref(answer(r, 0)));
	plan->enrollments = keep(r, json_incref(answer(r, 2)));
	ids = json_object_get(answer(r, 1), "license_ids");
	plan->n_licenses = MIN(json_array_size(ids), (size_t)LICENSES_MAX);
	for (size_t i = 0; i < plan->n_licenses; i++) {
		ask(r, TO_ISSUANCE, "get_ledger",
		    json_pack("{s:O, s:i}", "license", json_array_get(ids, i), "limit", 1));
		ask(r, TO_ISSUANCE, "evaluate",
		    json_pack("{s:O}", "license", json_array_get(ids, i)));
	}
	then(r, ledgers_came);
}

static void show_plan(struct request *r)
{
	struct plan *plan = arena_alloc(r->arena, sizeof *plan);

	*plan = (struct plan){0};
	r->own = plan;
	ask(r, TO_ENROLLMENT, "list_goals", json_pack("{s:s}", "educator", own_id(r)));
	ask(r, TO_ENROLLMENT, "get_educator", json_pack("{s:s}", "educator", own_id(r)));
	ask(r, TO_ENROLLMENT, "list_enrollments",
	    json_pack("{s:s, s:i}", "educator", own_id(r), "limit", 100));
	then(r, plan_came);
}

/* ---- setting and dropping ---- */

static void goal_changed(struct request *r)
{
	if (!refused(r, 0))
		reply_done(r, 200, json_pack("{s:s}", "goal", (const char *)r->own), "/plan");
}

/* A target by its id, or a micro-credential or stack by the code that people know. */
static void put_target(const struct request *r, json_t *fields)
{
	static const char *const names[] = {"entry", "stack", "license"};
	char lower[65];
	const char *code = sent(r, "code");
	size_t n = strlen(code);
	struct id id;

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (*sent(r, names[i]) != '\0')
			put_text(fields, names[i], sent(r, names[i]));
	if (n == 0 || n >= sizeof lower)
		return;
	for (size_t i = 0; i <= n; i++)
		lower[i] = (char)tolower((unsigned char)code[i]);
	id = id_of_name(strncmp(lower, "st-", 3) == 0 ? "stack" : "entry", lower);
	put_text(fields, strncmp(lower, "st-", 3) == 0 ? "stack" : "entry",
		 ID_STR(bytes_of_id(&id)));
}

static void order_goal(struct request *r, const struct id *goal)
{
	json_t *fields =
		json_pack("{s:s, s:s}", "goal", ID_STR(bytes_of_id(goal)), "educator", own_id(r));

	r->own = arena_printf(r->arena, "%s", ID_STR(bytes_of_id(goal)));
	put_target(r, fields);
	if (*sent(r, "by") != '\0')
		put_text(fields, "by", sent(r, "by"));
	order(r, TO_ENROLLMENT, "set_goal", &r->person->educator, fields);
	then(r, goal_changed);
}

static void set_goal(struct request *r)
{
	struct id goal = made_id(r, "goal");

	order_goal(r, &goal);
}

static void change_goal(struct request *r)
{
	struct id goal;

	if (param_id(r, "goal", &goal))
		order_goal(r, &goal);
}

static void drop_goal(struct request *r)
{
	struct id goal;

	if (!param_id(r, "goal", &goal))
		return;
	r->own = arena_printf(r->arena, "%s", ID_STR(bytes_of_id(&goal)));
	order(r, TO_ENROLLMENT, "drop_goal", &r->person->educator,
	      json_pack("{s:s, s:s}", "goal", (const char *)r->own, "educator", own_id(r)));
	then(r, goal_changed);
}

static const struct route plans[] = {
	{GET, "/plan", show_plan, READS(WORK),
	 .about = "Your goals, how each license stands, and what would fill what is missing"},
	{POST, "/plan/goals", set_goal, CHANGES(WORK), .changes = "/plan",
	 .takes = "entry?text stack?text license?text code?text by?text",
	 .about = "Aim at a micro-credential, a stack or a renewal, by a day or without one"},
	{POST, "/plan/goals/{goal}", change_goal, CHANGES(WORK), .changes = "/plan",
	 .takes = "entry?text stack?text license?text code?text by?text",
	 .about = "Give a goal another day"},
	{POST, "/plan/goals/{goal}/drop", drop_goal, CHANGES(WORK), .changes = "/plan",
	 .about = "Drop a goal"},
};

const struct route_list plan_routes = {plans, ARRAY_LEN(plans)};
