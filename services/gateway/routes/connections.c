/* The programs that somebody lets speak for them, and the end of it. */
#include "services/gateway/render/words.h"
#include "services/gateway/routes/access_parts.h"
#include "services/gateway/routes/oauth.h"
#include "services/gateway/signin/scopes.h"
#include "services/gateway/web/route.h"

#include <string.h>

static scope_set bits_of(const json_t *names)
{
	scope_set bits = 0;
	const json_t *name;
	size_t i;

	json_array_foreach(names, i, name) bits |= oauth_scope_of_name(json_string_value(name));
	return bits;
}

static void connections_came(struct request *r)
{
	json_t *list = json_array();
	const json_t *one;
	size_t i;

	if (refused(r, 0)) {
		json_decref(list);
		return;
	}
	json_array_foreach(json_object_get(answer(r, 0), "connections"), i, one)
	{
		json_t *row;

		if (strcmp(text_in(one, "state"), "open") != 0)
			continue;
		row = json_deep_copy(one);
		put_text_if_any(row, "since", date_text(r, number_in(one, "connected_us")));
		json_object_set_new(row, "may",
				    scope_rows(r, bits_of(json_object_get(one, "scopes"))));
		json_array_append_new(list, row);
	}
	reply_page(r, 200, "account_connections",
		   json_pack("{s:s, s:o}", "title", word(r, "oauth.connections"), "connections",
			     list));
}

static void list_connections(struct request *r)
{
	ask(r, TO_SELF, "list_connections", json_pack("{s:s}", "account", own_account(r)));
	then(r, connections_came);
}

static void ended(struct request *r)
{
	if (strcmp(reason_of(r, 0), "UNKNOWN_CONNECTION") == 0)
		reply_problem(r, 404, "not_found", "There is no such connection.");
	else if (!refused(r, 0))
		reply_done(r, 200, json_pack("{s:b}", "ended", 1), "/account/connections");
}

static void end_connection(struct request *r)
{
	struct id grant;

	if (!param_id(r, "grant", &grant))
		return;
	order(r, TO_SELF, "disconnect_client", &r->person->account,
	      json_pack("{s:s, s:s, s:s}", "grant", ID_STR(bytes_of_id(&grant)), "because", "asked",
			"by", own_account(r)));
	then(r, ended);
}

static const struct route connections[] = {
	{GET, "/account/connections", list_connections, .may = MAY_ANY_ROLE,
	 .about = "The programs that the own account has connected"},
	{POST, "/account/connections/{grant}/end", end_connection, .may = MAY_ANY_ROLE,
	 .body = BODY_FORM, .about = "End what a program may"},
};
const struct route_list connections_routes = {connections, ARRAY_LEN(connections)};
