/* How far two readers agree on each row of a rubric: in words, in a table and as a picture. */
#include "libshared/check.h"
#include "services/gateway/render/words.h"
#include "services/gateway/routes/reader.h"

#include <string.h>

#define PLOT_LEFT 60
#define PLOT_WIDTH 600
#define ROW_HEIGHT 40

/* In hundredths, for people; a figure that is not defined says so. */
static const char *figure_text(struct request *r, const json_t *figure)
{
	if (figure == NULL || !is_true_in(figure, "is_defined"))
		return word(r, "reading.undefined");
	return arena_printf(r->arena, "%.2f", json_number_value(json_object_get(figure, "value")));
}

static const char *interval_text(struct request *r, const json_t *figure)
{
	if (figure == NULL || !is_true_in(figure, "has_interval"))
		return "";
	return arena_printf(r->arena, "%.2f \xe2\x80\x93 %.2f",
			    json_number_value(json_object_get(figure, "low")),
			    json_number_value(json_object_get(figure, "high")));
}

static int64_t place_of(double value)
{
	value = value < 0 ? 0 : value > 1 ? 1 : value;
	return PLOT_LEFT + (int64_t)(value * PLOT_WIDTH);
}

/* A bar as long as the figure, with its interval as a line. */
static void put_bar(json_t *row, const json_t *figure, size_t i)
{
	int64_t y = 10 + (int64_t)i * ROW_HEIGHT;
	int64_t end = place_of(json_number_value(json_object_get(figure, "value")));
	json_t *bar;

	if (figure == NULL || !is_true_in(figure, "is_defined"))
		return;
	bar = json_pack("{s:I, s:I, s:I, s:I}", "y", (json_int_t)y, "middle", (json_int_t)y + 12,
			"text_y", (json_int_t)y + 17, "width", (json_int_t)(end - PLOT_LEFT));
	if (is_true_in(figure, "has_interval")) {
		put_number(bar, "low", place_of(json_number_value(json_object_get(figure, "low"))));
		put_number(bar, "high",
			   place_of(json_number_value(json_object_get(figure, "high"))));
		put_true(bar, "has_interval");
	}
	json_object_set_new(row, "bar", bar);
}

static const char *verdicts_text(struct request *r, const json_t *from)
{
	const char *text = "";
	json_t *verdict;
	size_t i;

	json_array_foreach(json_object_get(from, "verdicts"), i, verdict)
	{
		text = arena_printf(r->arena, "%s%s%s", text, *text != '\0' ? " " : "",
				    word(r, arena_printf(r->arena, "reading.verdict_%s",
							 json_string_value(verdict))));
	}
	return text;
}

static json_t *figures_of(struct request *r, const json_t *from)
{
	json_t *list = json_array(), *figure;
	size_t i;

	json_array_foreach(json_object_get(from, "figures"), i, figure)
	{
		const char *key =
			arena_printf(r->arena, "reading.figure_%s", text_in(figure, "name"));
		const char *name = word(r, key);

		json_array_append_new(
			list, json_pack("{s:s, s:s, s:s, s:s}", "name", text_in(figure, "name"),
					"name_text",
					strcmp(name, key) == 0 ? text_in(figure, "name") : name,
					"text", figure_text(r, figure), "interval_text",
					interval_text(r, figure)));
	}
	return list;
}

static json_t *row_of(struct request *r, const json_t *from, size_t i, int64_t needed)
{
	const json_t *figures = json_object_get(from, "figures");
	const json_t *exact = find_in(figures, "name", "exact"),
		     *ac1 = find_in(figures, "name", "ac1");
	json_t *row = json_pack("{s:s, s:I, s:s, s:I}", "row", text_in(from, "row"), "number",
				(json_int_t)i + 1, "name", text_in(from, "title"), "reads",
				(json_int_t)number_in(from, "reads"));

	ENSURE(row != NULL);
	if (is_true_in(from, "is_read_twice"))
		put_true(row, "is_read_twice");
	if (!is_true_in(from, "is_published")) {
		put_text(row, "verdict_text",
			 say(r, "reading.too_few", arena_printf(r->arena, "%" PRId64, needed),
			     NULL));
		return row;
	}
	put_true(row, "is_published");
	put_text(row, "verdict_text", verdicts_text(r, from));
	put_text(row, "exact_text", figure_text(r, exact));
	put_text(row, "ac1_text", figure_text(r, ac1));
	put_text(row, "interval_text", interval_text(r, ac1));
	put_bar(row, exact, i);
	json_object_set_new(row, "figures", figures_of(r, from));
	return row;
}

static void report_came(struct request *r)
{
	json_t *page, *rows = json_array(), *row;
	bool has_bars = false;
	size_t i;

	if (refused(r, 0)) {
		json_decref(rows);
		return;
	}
	json_array_foreach(json_object_get(answer(r, 0), "rows"), i, row)
	{
		json_t *one = row_of(r, row, i, number_in(answer(r, 0), "reads_needed"));

		has_bars = has_bars || json_object_get(one, "bar") != NULL;
		json_array_append_new(rows, one);
	}
	page = json_pack("{s:s, s:s, s:s, s:I, s:o}", "title",
			 say(r, "reading.report_title", text_in(answer(r, 0), "title"), NULL),
			 "code", text_in(answer(r, 0), "code"), "name",
			 text_in(answer(r, 0), "title"), "version",
			 (json_int_t)number_in(answer(r, 0), "version"), "rows", rows);
	ENSURE(page != NULL);
	put_number(page, "reads_needed", number_in(answer(r, 0), "reads_needed"));
	put_number(page, "decided", number_in(answer(r, 0), "decided"));
	if (has_bars) {
		put_true(page, "has_chart");
		put_number(page, "height", 20 + (int64_t)i * ROW_HEIGHT);
	}
	reply_page(r, 200, "report_agreement", page);
}

static void show_report(struct request *r)
{
	const char *entry = entry_of_code(r, param(r, "code"));

	if (entry == NULL) {
		reply_nothing_here(r);
		return;
	}
	ask(r, TO_ASSESSMENT, "get_report",
	    json_pack("{s:s, s:I}", "entry", entry, "version",
		      (json_int_t)query_number(r, "version", 0, 1000000, 0)));
	then(r, report_came);
}

static void choose_report(struct request *r)
{
	const char *code = query_text(r, "code");

	if (code != NULL && *code != '\0')
		reply_redirect(r, 303,
			       arena_printf(r->arena, "/reports/agreement/%s", escaped(r, code)));
	else
		reply_page(r, 200, "report_choose",
			   json_pack("{s:s}", "title", word(r, "reading.choose_title")));
}

static const struct route reports[] = {
	{GET, "/reports/agreement", choose_report, .may = MAY_ANYONE, .scope = "catalog:read",
	 .takes = "code?text", .about = "Choose a micro-credential's agreement report"},
	{GET, "/reports/agreement/{code}", show_report, .may = MAY_ANYONE, .scope = "catalog:read",
	 .takes = "version?count", .about = "How far two readers agree, per rubric row"},
};

const struct route_list reports_routes = {reports, ARRAY_LEN(reports)};
