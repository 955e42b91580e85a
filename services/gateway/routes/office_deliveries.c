/* What was sent to people, what waits, what died; begun again or given up. Whom it goes to shows as
 * an id only. */
#include "services/gateway/routes/office.h"

#include "services/gateway/proof/lookup.h"
#include "services/gateway/render/words.h"

#include <string.h>

static const char *const states[] = {"dead", "retry", "uncertain", "planned", "sent", "cancelled"};

static const char *asked_state(const struct request *r)
{
	const char *state = query_text(r, "state");

	for (size_t i = 0; i < ARRAY_LEN(states); i++)
		if (state != NULL && strcmp(state, states[i]) == 0)
			return states[i];
	return "dead";
}

static json_t *filters(struct request *r)
{
	json_t *list = json_array();

	for (size_t i = 0; i < ARRAY_LEN(states); i++)
		json_array_append_new(
			list,
			json_pack("{s:s, s:s, s:b}", "path",
				  arena_printf(r->arena, "/office/deliveries?state=%s", states[i]),
				  "text", word_of(r, "deliveries", states[i]), "is_current",
				  strcmp(states[i], asked_state(r)) == 0));
	return list;
}

static json_t *notice_of(struct request *r, const json_t *n)
{
	const char *state = json_text(n, "state");
	int64_t next = json_number(n, "next_us");

	return json_pack(
		"{s:s, s:s, s:s, s:s, s:I, s:I, s:s, s:s, s:s, s:b, s:b}", "notice",
		json_text(n, "notice"), "topic", word_of(r, "deliveries", json_text(n, "topic")),
		"state", state, "state_text", word_of(r, "deliveries", state), "attempts",
		(json_int_t)json_number(n, "attempts"), "code", (json_int_t)json_number(n, "code"),
		"why", json_text(n, "why"), "planned", moment_text(r, json_number(n, "planned_us")),
		"next", next != 0 ? moment_text(r, next) : "–", "may_redeliver",
		strcmp(state, "dead") == 0, "may_cancel",
		strcmp(state, "dead") != 0 && strcmp(state, "sent") != 0 &&
			strcmp(state, "cancelled") != 0);
}

static void notices_came(struct request *r)
{
	json_t *page, *list, *n;
	size_t i;

	if (refused(r, 0))
		return;
	page = office_page(r, "deliveries.title", NULL);
	list = json_array();
	json_array_foreach(json_object_get(answer(r, 0), "notices"), i, n)
		json_array_append_new(list, notice_of(r, n));
	json_object_set_new(page, "notices", list);
	json_object_set_new(page, "filters", filters(r));
	json_object_set_new(page, "may_send",
			    json_boolean((r->person->may & (MAY_AGENCY | MAY_OPERATOR)) != 0));
	if (*json_text(answer(r, 0), "next") != '\0')
		json_object_set_new(
			page, "next_url",
			json_string(arena_printf(r->arena, "/office/deliveries?state=%s&after=%s",
						 asked_state(r), json_text(answer(r, 0), "next"))));
	reply_page(r, 200, "office_deliveries", page);
}

static void show_deliveries(struct request *r)
{
	ask(r, TO_NOTIFICATION, "list_notices",
	    json_pack("{s:s, s:s*, s:i}", "state", asked_state(r), "after", query_text(r, "after"),
		      "limit", 50));
	then(r, notices_came);
}

static void changed(struct request *r)
{
	if (!refused(r, 0))
		reply_done(r, 200, json_pack("{s:s}", "notice", param(r, "id")),
			   "/office/deliveries");
}

static void redeliver(struct request *r)
{
	struct id id;

	if (!param_id(r, "id", &id))
		return;
	order(r, TO_NOTIFICATION, "redeliver", &id, json_pack("{s:s}", "notice", param(r, "id")));
	then(r, changed);
}

static void cancel(struct request *r)
{
	struct id id;

	if (!param_id(r, "id", &id))
		return;
	order(r, TO_NOTIFICATION, "cancel_notice", &id,
	      json_pack("{s:s, s:s}", "notice", param(r, "id"), "why", "by_administrator"));
	then(r, changed);
}

static const struct route routes[] = {
	{GET, "/office/deliveries", show_deliveries, .may = MAY_AGENCY | MAY_AUDITOR | MAY_OPERATOR,
	 .as = AS_OFFICE, .scope = "admin", .about = "Notices by state: dead, waiting, sent",
	 .takes = "state?text after?text"},
	{POST, "/office/deliveries/{id}/again", redeliver, .may = MAY_AGENCY | MAY_OPERATOR,
	 .as = AS_OFFICE, .scope = "admin", .body = BODY_FORM, .about = "Send a dead notice again"},
	{POST, "/office/deliveries/{id}/cancel", cancel, .may = MAY_AGENCY | MAY_OPERATOR,
	 .as = AS_OFFICE, .scope = "admin", .body = BODY_FORM, .about = "Give up a notice"},
};

const struct route_list office_deliveries_routes = {routes, ARRAY_LEN(routes)};
