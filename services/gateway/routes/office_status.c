/* How the services fare: their position, who they follow and how far behind, room left. */
#include "services/gateway/routes/office.h"

#include "services/gateway/proof/lookup.h"
#include "services/gateway/render/words.h"

#include <inttypes.h>

static const char *const names[] = {
	[TO_ENROLLMENT] = "enrollment",     [TO_EVIDENCE] = "evidence",
	[TO_ASSESSMENT] = "assessment",     [TO_ISSUANCE] = "issuance",
	[TO_NOTIFICATION] = "notification",
};

static const char *mebibytes(struct request *r, int64_t bytes)
{
	return arena_printf(r->arena, "%" PRId64 " MiB", bytes >> 20);
}

static json_t *upstreams_of(struct request *r, const json_t *status)
{
	json_t *rows = json_array(), *u;
	size_t i;

	json_array_foreach(json_object_get(status, "upstreams"), i, u)
	{
		const char *stopped = json_text(u, "stopped");
		int64_t behind =
			json_number(u, "head_seq") - json_number(json_object_get(u, "at"), "seq");
		bool going = json_is_true(json_object_get(u, "connected")) && *stopped == '\0';

		json_array_append_new(
			rows,
			json_pack("{s:s, s:I, s:s, s:b, s:I}", "stream", json_text(u, "stream"),
				  "behind", (json_int_t)(behind > 0 ? behind : 0), "state",
				  *stopped != '\0'
					  ? stopped
					  : word(r, going ? "status.going" : "status.disconnected"),
				  "going", going, "parked", (json_int_t)json_number(u, "parked")));
	}
	return rows;
}

static json_t *service_of(struct request *r, unsigned slot)
{
	const json_t *s = answer(r, slot);
	json_t *one = json_pack("{s:s, s:b}", "name", names[slot], "up", s != NULL);

	if (s == NULL)
		return one;
	json_object_set_new(one, "version", json_string(json_text(s, "version")));
	json_object_set_new(one, "seq",
			    json_integer(json_number(json_object_get(s, "head"), "seq")));
	json_object_set_new(one, "events", json_integer(json_number(s, "events")));
	json_object_set_new(one, "refused", json_integer(json_number(s, "refused")));
	json_object_set_new(one, "parked", json_integer(json_number(s, "parked")));
	json_object_set_new(one, "store",
			    json_string(mebibytes(r, json_number(s, "store_used_bytes"))));
	json_object_set_new(one, "disk",
			    json_string(mebibytes(r, json_number(s, "disk_free_bytes"))));
	json_object_set_new(one, "memory",
			    json_string(mebibytes(r, json_number(s, "resident_bytes"))));
	json_object_set_new(one, "upstreams", upstreams_of(r, s));
	return one;
}

static void status_came(struct request *r)
{
	json_t *page = office_page(r, "status.title", NULL), *list = json_array();

	for (unsigned slot = 0; slot < ARRAY_LEN(names); slot++)
		json_array_append_new(list, service_of(r, slot));
	json_object_set_new(page, "services", list);
	json_object_set_new(page, "at", json_string(moment_text(r, r->now_us)));
	reply_page(r, 200, "office_status", page);
}

static void show_status(struct request *r)
{
	for (enum to to = TO_ENROLLMENT; to <= TO_NOTIFICATION; to++)
		ask(r, to, "get_status", json_object());
	then(r, status_came);
}

static const struct route routes[] = {
	{GET, "/office/status", show_status, .may = MAY_OPERATOR | MAY_AGENCY, .as = AS_OFFICE,
	 .scope = "admin", .about = "How the services fare"},
};

const struct route_list office_status_routes = {routes, ARRAY_LEN(routes)};
