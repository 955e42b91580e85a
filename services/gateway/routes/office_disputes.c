/* What states refused of the renewal ledgers, the oldest first. The teacher shows as an id only. */
#include "services/gateway/routes/office.h"

#include "libshared/clock.h"
#include "services/gateway/proof/lookup.h"
#include "services/gateway/render/words.h"
#include "services/gateway/routes/teacher.h"

#include <inttypes.h>
#include <string.h>

/* "TN"; anything else is no state, and asks for all. */
static const char *asked_state(const struct request *r)
{
	const char *state = query_text(r, "state");

	return state != NULL && strlen(state) == 2 ? state : "";
}

static json_t *dispute_of(struct request *r, const json_t *d)
{
	int64_t days = (clock_wall_us() - json_number(d, "since_us")) / US_PER_DAY;

	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:I, s:s}", "posting",
			 json_text(d, "posting"), "license", json_text(d, "license"), "state",
			 json_text(d, "state"), "type", json_text(d, "type"), "code",
			 json_text(d, "code"), "name", json_text(d, "title"), "units",
			 arena_printf(r->arena, "%s %s",
				      units_text(r, json_number(d, "hundredths")),
				      json_text(d, "unit")),
			 "because", json_text(d, "because"), "since",
			 moment_text(r, json_number(d, "since_us")), "days", (json_int_t)days,
			 "decided", date_text_of(r, json_text(d, "decided_on")));
}

static void disputes_came(struct request *r)
{
	json_t *page, *list, *d;
	const char *next;
	size_t i;

	if (refused(r, 0))
		return;
	list = json_array();
	page = office_page(r, "disputes.title", NULL);
	json_array_foreach(json_object_get(answer(r, 0), "disputes"), i, d)
		json_array_append_new(list, dispute_of(r, d));
	json_object_set_new(page, "disputes", list);
	json_object_set_new(page, "all", json_integer(json_number(answer(r, 0), "all")));
	json_object_set_new(page, "asked_state", json_string(asked_state(r)));
	next = json_text(answer(r, 0), "next");
	if (*next != '\0')
		json_object_set_new(
			page, "next_url",
			json_string(arena_printf(r->arena, "/office/disputes?state=%s&after=%s",
						 asked_state(r), next)));
	reply_page(r, 200, "office_disputes", page);
}

static void show_disputes(struct request *r)
{
	ask(r, TO_ISSUANCE, "list_disputes",
	    json_pack("{s:s, s:s*, s:i}", "state", asked_state(r), "after", query_text(r, "after"),
		      "limit", 50));
	then(r, disputes_came);
}

static const struct route routes[] = {
	{GET, "/office/disputes", show_disputes, .may = MAY_AGENCY | MAY_AUDITOR | MAY_OPERATOR,
	 .as = AS_OFFICE, .scope = "admin",
	 .about = "Credits that a state refused, the oldest first",
	 .takes = "state?text after?text"},
};

const struct route_list office_disputes_routes = {routes, ARRAY_LEN(routes)};
