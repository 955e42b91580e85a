/* A district's roster: who came from which system, who is missing; and the form for the next one.
 */
#include "services/gateway/routes/office.h"
#include "services/gateway/routes/office_roster.h"

#include "services/gateway/proof/lookup.h"
#include "services/gateway/render/words.h"

#include <string.h>

#define UPLOAD_MAX (((size_t)16 << 20) + ((size_t)64 << 10)) /* with what a form puts around it */
#define NAMES_SHOWN 20

struct shown_roster {
	struct id district;
	const char *system;
	json_t *rows; /* those missing */
};

static void add_done(struct request *r, json_t *page)
{
	int64_t done = query_number(r, "done", 0, 1000000, -1);

	if (done < 0)
		return;
	json_object_set_new(
		page, "done",
		json_string(say(r, "roster.done", query_text(r, "done"),
				query_text(r, "missing") != NULL ? query_text(r, "missing") : "0",
				query_text(r, "refused") != NULL ? query_text(r, "refused") : "0",
				(const char *)NULL)));
}

/* Each name shown is opened by an event of its own; so few at once. */
static void names_came(struct request *r)
{
	static const char *const counts[] = {"known", "suspected", "inactive"};
	struct shown_roster *s = r->own;
	json_t *page = office_page(r, "roster.title", &s->district), *row;
	size_t i;

	json_array_foreach(json_object_get(s->rows, "rows"), i, row)
	{
		const json_t *person = json_object_get(answer(r, (unsigned)i), "person");

		if (i >= NAMES_SHOWN)
			break;
		json_object_set_new(row, "name", json_string(json_text(person, "name")));
		json_object_set_new(
			row, "state_text",
			json_string(word(r, json_number(row, "missed") > 1 ? "roster.inactive"
									   : "roster.suspected")));
	}
	json_object_set_new(page, "system", json_string(s->system));
	for (size_t n = 0; n < ARRAY_LEN(counts); n++) /* zero is not in the answer */
		json_object_set_new(page, counts[n], json_integer(json_number(s->rows, counts[n])));
	json_object_set(page, "missing", json_object_get(s->rows, "rows"));
	add_done(r, page);
	office_add_next(r, page, s->rows);
	reply_page(r, 200, "office_roster", page);
}

static void rows_came(struct request *r)
{
	struct shown_roster *s = r->own;
	json_t *row;
	size_t i;

	if (office_refused(r, 0))
		return;
	s->rows = keep(r, json_incref(answer(r, 0)));
	json_array_foreach(json_object_get(s->rows, "rows"), i, row)
	{
		if (i >= NAMES_SHOWN)
			break;
		ask(r, TO_ENROLLMENT, "open_names",
		    json_pack("{s:O, s:s}", "educator", json_object_get(row, "educator"), "purpose",
			      "roster"));
	}
	then(r, names_came);
}

static void show_roster(struct request *r)
{
	struct shown_roster *s = arena_zalloc(r->arena, sizeof *s);
	const char *system = query_text(r, "system");

	if (!office_district(r, &s->district))
		return;
	s->system = system != NULL ? system : "sis";
	r->own = s;
	ask(r, TO_ENROLLMENT, "list_roster",
	    json_pack("{s:s, s:s, s:i, s:s*, s:i}", "district", office_id_text(r, &s->district),
		      "system", s->system, "missed_least", 1, "after", query_text(r, "after"),
		      "limit", NAMES_SHOWN));
	then(r, rows_came);
}

static const struct route routes[] = {
	{GET, "/office/roster", show_roster, .may = MAY_SEE_DISTRICT, .as = AS_OFFICE,
	 .scope = "roster:write", .about = "A district's roster, and who is missing from it",
	 .takes = "district?text system?text after?text done?count missing?count refused?count"},
	{POST, "/office/roster", preview_roster, .may = MAY_RUN_DISTRICT, .as = AS_OFFICE,
	 .scope = "roster:write", .body = BODY_RAW, .body_max = UPLOAD_MAX,
	 .about = "What a roster (OneRoster 1.2 CSV, Ed-Fi JSON) would change; changes nothing",
	 .takes = "district?text system?text"},
	{POST, "/office/roster/apply", apply_roster, .may = MAY_RUN_DISTRICT, .as = AS_OFFICE,
	 .scope = "roster:write", .body = BODY_FORM, .about = "Do what a preview showed",
	 .takes = "district?text import=text key=text"},
};

const struct route_list office_people_routes = {routes, ARRAY_LEN(routes)};
