/* Reports: adoption and awards by school, what waits, fairness. All of it is counted as it happens
 * and hidden where it is small by the services; nothing here adds up people. */
#include "services/gateway/routes/chart.h"
#include "services/gateway/routes/office.h"

#include "libshared/clock.h"
#include "libshared/zone.h"
#include "services/gateway/proof/lookup.h"
#include "services/gateway/render/words.h"

#include <inttypes.h>
#include <string.h>

#define FIRST_YEAR 2020

/* ---- adoption, and awards by school ---- */

struct adoption {
	struct id district;
	bool whole; /* all districts */
	int64_t year;
};

/* The school year that runs: July to June. */
static int64_t year_now(const struct request *r)
{
	struct civil date = civil_of_day(r->now_us / US_PER_DAY);

	return date.month >= 7 ? date.year : date.year - 1;
}

static int64_t value_of(const json_t *cell)
{
	return office_cell_hidden(cell) ? -1 : json_number(cell, "count");
}

/* Of "2026-07". */
static int month_number(const char *month)
{
	return strlen(month) == 7 ? (month[5] - '0') * 10 + month[6] - '0' : 1;
}

static json_t *months_of(struct request *r, const json_t *tallies, json_t *page)
{
	struct chart_bar bars[CHART_BARS_MAX];
	json_t *rows = json_array(), *m, *chart;
	size_t i, n = 0;

	json_array_foreach(json_object_get(tallies, "months"), i, m)
	{
		const char *month = json_text(m, "month");
		const json_t *in = json_object_get(m, "enrolled"),
			     *out = json_object_get(m, "completed");
		const char *key = arena_printf(r->arena, "layout.month_%d", month_number(month));

		json_array_append_new(rows,
				      json_pack("{s:s, s:s, s:s, s:s}", "month", month, "name",
						word(r, key), "enrolled", office_cell(r, in),
						"completed", office_cell(r, out)));
		if (n < CHART_BARS_MAX)
			bars[n++] = (struct chart_bar){month + 2, {value_of(in), value_of(out)}};
	}
	chart = chart_of(bars, n);
	if (chart != NULL)
		json_object_set_new(page, "chart", chart);
	return rows;
}

static json_t *orgs_of(struct request *r, const json_t *tallies)
{
	json_t *rows = json_array(), *o;
	size_t i;

	json_array_foreach(json_object_get(tallies, "orgs"), i, o)
	{
		const char *name = json_text(o, "name");

		json_array_append_new(
			rows,
			json_pack("{s:s, s:s, s:s}", "name",
				  *name != '\0' ? name : word(r, "adoption.nowhere"), "enrolled",
				  office_cell(r, json_object_get(o, "enrolled")), "completed",
				  office_cell(r, json_object_get(o, "completed"))));
	}
	return rows;
}

static void add_years(struct request *r, json_t *page, const struct adoption *s)
{
	const char *of =
		s->whole ? ""
			 : arena_printf(r->arena, "&district=%s", office_id_text(r, &s->district));

	json_object_set_new(page, "year", json_integer(s->year));
	json_object_set_new(
		page, "year_text",
		json_string(arena_printf(r->arena, "%" PRId64 "–%" PRId64, s->year, s->year + 1)));
	if (s->year > FIRST_YEAR)
		json_object_set_new(page, "before",
				    json_string(arena_printf(r->arena, "%s?year=%" PRId64 "%s",
							     r->path, s->year - 1, of)));
	if (s->year < year_now(r))
		json_object_set_new(page, "after",
				    json_string(arena_printf(r->arena, "%s?year=%" PRId64 "%s",
							     r->path, s->year + 1, of)));
}

static void adoption_came(struct request *r)
{
	struct adoption *s = r->own;
	const json_t *tallies;
	json_t *page, *months;

	if (office_refused(r, 0) || (!s->whole && office_refused(r, 1)))
		return;
	tallies = answer(r, 0);
	page = office_page(r, s->whole ? "adoption.title_all" : "adoption.title",
			   s->whole ? NULL : &s->district);
	add_years(r, page, s);
	months = months_of(r, tallies, page);
	json_object_set_new(page, "months", months);
	json_object_set_new(page, "orgs", orgs_of(r, tallies));
	json_object_set_new(page, "whole", json_boolean(s->whole));
	json_object_set_new(page, "enrolled",
			    json_string(office_cell(r, json_object_get(tallies, "enrolled"))));
	json_object_set_new(page, "completed",
			    json_string(office_cell(r, json_object_get(tallies, "completed"))));
	json_object_set_new(page, "in_steps", json_boolean(json_number(tallies, "step") > 1));
	if (!s->whole)
		json_object_set(page, "district_name",
				json_object_get(json_object_get(answer(r, 1), "of"), "name"));
	reply_page(r, 200, "office_adoption", page);
}

static void ask_adoption(struct request *r, struct adoption *s)
{
	const char *district = s->whole ? NULL : office_id_text(r, &s->district);

	s->year = query_number(r, "year", FIRST_YEAR, year_now(r), year_now(r));
	r->own = s;
	ask(r, TO_ENROLLMENT, "get_tallies",
	    json_pack("{s:s*, s:I}", "org", district, "year", (json_int_t)s->year));
	if (!s->whole)
		ask(r, TO_ENROLLMENT, "list_orgs",
		    json_pack("{s:s, s:i}", "parent", district, "limit", 1));
	then(r, adoption_came);
}

static void show_adoption(struct request *r)
{
	struct adoption *s = arena_zalloc(r->arena, sizeof *s);

	if (office_district(r, &s->district))
		ask_adoption(r, s);
}

static void show_whole(struct request *r)
{
	struct adoption *s = arena_zalloc(r->arena, sizeof *s);

	s->whole = true;
	ask_adoption(r, s);
}

/* ---- what waits ---- */

static const char *day_or_dash(struct request *r, int64_t at_us)
{
	return at_us != 0 ? date_text(r, at_us) : "–";
}

static json_t *outlooks_of(struct request *r, const json_t *queue)
{
	json_t *rows = json_array(), *o;
	size_t i;

	json_array_foreach(json_object_get(queue, "outlooks"), i, o)
	{
		int64_t pace = json_number(o, "pace_permille");

		json_array_append_new(
			rows,
			json_pack("{s:s, s:I, s:I, s:I, s:I, s:s, s:s, s:s, s:b}", "code",
				  json_text(o, "code"), "waiting",
				  (json_int_t)json_number(o, "waiting"), "past_target",
				  (json_int_t)json_number(o, "past_target"), "past_limit",
				  (json_int_t)json_number(o, "past_limit"), "readers",
				  (json_int_t)json_number(o, "seats"), "pace",
				  arena_printf(r->arena, "%" PRId64 ".%" PRId64, pace / 1000,
					       pace / 100 % 10),
				  "sealed_now", day_or_dash(r, json_number(o, "sealed_now_us")),
				  "sealed_now_95",
				  day_or_dash(r, json_number(o, "sealed_now_95_us")), "surge",
				  json_is_true(json_object_get(o, "surge"))));
	}
	return rows;
}

static json_t *late_of(struct request *r, const json_t *queue)
{
	json_t *rows = json_array(), *q;
	size_t i;

	json_array_foreach(json_object_get(queue, "rows"), i, q) json_array_append_new(
		rows,
		json_pack("{s:s, s:s, s:s, s:s, s:b, s:s}", "submission",
			  json_text(q, "submission"), "code", json_text(q, "code"), "due",
			  day_or_dash(r, json_number(q, "due_us")), "expected",
			  day_or_dash(r, json_number(q, "expected_us")), "no_reader",
			  json_is_true(json_object_get(q, "no_eligible_reader")), "late",
			  word(r, arena_printf(r->arena, "backlog.%s", json_text(q, "late")))));
	return rows;
}

static void backlog_came(struct request *r)
{
	json_t *page, *counts = json_array(), *c;
	size_t i;

	if (refused(r, 0)) {
		json_decref(counts);
		return;
	}
	page = office_page(r, "backlog.title", NULL);
	json_array_foreach(json_object_get(answer(r, 0), "counts"), i, c) json_array_append_new(
		counts,
		json_pack("{s:s, s:I}", "state", word_of(r, "backlog", json_text(c, "state")),
			  "count", (json_int_t)json_number(c, "count")));
	json_object_set_new(page, "counts", counts);
	json_object_set_new(page, "outlooks", outlooks_of(r, answer(r, 0)));
	json_object_set_new(page, "late", late_of(r, answer(r, 0)));
	reply_page(r, 200, "office_backlog", page);
}

static void show_backlog(struct request *r)
{
	ask(r, TO_ASSESSMENT, "get_queue", json_pack("{s:b, s:i}", "overdue", 1, "limit", 50));
	then(r, backlog_came);
}

/* ---- fairness ---- */

static const char *hours_text(struct request *r, int64_t minutes)
{
	return arena_printf(r->arena, "%" PRId64, minutes / 60);
}

static json_t *group_of(struct request *r, const json_t *g)
{
	bool hidden = json_is_true(json_object_get(g, "is_hidden"));
	const char *none = word(r, "office.hidden");
	int64_t decided = json_number(g, "decided"), passed = json_number(g, "passed");
	const char *rate =
		decided > 0 ? arena_printf(r->arena, "%" PRId64 " %%", passed * 100 / decided)
			    : "–";

	return json_pack("{s:s, s:s, s:b, s:s, s:s, s:s, s:s, s:b}", "dimension",
			 word_of(r, "fairness", json_text(g, "dimension")), "group",
			 word_of(r, "fairness", json_text(g, "group")), "is_hidden", hidden,
			 "decided", hidden ? none : arena_printf(r->arena, "%" PRId64, decided),
			 "rate", hidden ? none : rate, "hours_half",
			 hidden ? none : hours_text(r, json_number(g, "minutes_half")), "hours_95",
			 hidden ? none : hours_text(r, json_number(g, "minutes_95")), "has_gap",
			 json_is_true(json_object_get(g, "has_gap")));
}

static void fairness_came(struct request *r)
{
	json_t *page, *groups, *g;
	size_t i;

	if (refused(r, 0))
		return;
	page = office_page(r, "fairness.title", NULL);
	groups = json_array();
	json_array_foreach(json_object_get(answer(r, 0), "groups"), i, g)
		json_array_append_new(groups, group_of(r, g));
	json_object_set_new(page, "groups", groups);
	json_object_set_new(page, "window",
			    json_string(count_text(r, "fairness.window",
						   json_number(answer(r, 0), "window_days"))));
	json_object_set_new(page, "gap_percent",
			    json_integer(json_number(answer(r, 0), "gap_permille") / 10));
	reply_page(r, 200, "office_fairness", page);
}

static void show_fairness(struct request *r)
{
	ask(r, TO_ASSESSMENT, "get_fairness", json_object());
	then(r, fairness_came);
}

static const struct route routes[] = {
	{GET, "/office/adoption", show_adoption, .may = MAY_SEE_DISTRICT, .as = AS_OFFICE,
	 .scope = "admin", .about = "Enrollments and awards of a district, by month and by school",
	 .takes = "district?text year?count"},
	{GET, "/office/adoption/all", show_whole, .may = MAY_AGENCY | MAY_AUDITOR, .as = AS_OFFICE,
	 .scope = "admin", .about = "Enrollments and awards of all, by month and by district",
	 .takes = "year?count"},
	{GET, "/office/backlog", show_backlog, .may = MAY_SEE_QUALITY, .as = AS_OFFICE,
	 .scope = "admin", .about = "What waits for readers, and when it will be decided"},
	{GET, "/office/fairness", show_fairness, .may = MAY_AGENCY | MAY_AUDITOR, .as = AS_OFFICE,
	 .scope = "admin",
	 .about = "Pass rates and waiting times by region, school type, language"},
};

const struct route_list office_reports_routes = {routes, ARRAY_LEN(routes)};
