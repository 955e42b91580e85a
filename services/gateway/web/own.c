/* From requests to the gateway's own engine. */
#include "services/gateway/web/own.h"

#include "libshared/log.h"
#include "libshared/zone.h"
#include "services/gateway/gateway.h"

/* The same number in two headers, of which requests see one only. NOLINTNEXTLINE */
_Static_assert(OWN_TOKEN == OUTSIDE_TOKEN, "one bit says that it is ours");

bool own_submit(struct engine *e, uint64_t token, struct bytes id, struct bytes entity,
		const ProtobufCMessage *command)
{
	return engine_submit_own(e, token, id, entity, command);
}

struct own_answer own_query(const struct own_question *question, const ProtobufCMessage *query)
{
	struct query q = {.view = question->view,
			  .now_us = question->now_us,
			  .actor = question->actor,
			  .roles = ROLE_SELF | ROLE_OPERATOR,
			  .caps = question->caps,
			  .arena = question->arena};
	struct own_answer a = {.status = gateway_answer_query(query, &q)};

	a.text = q.text != NULL ? q.text : "";
	a.body = a.status == CAIRN__STATUS__OK ? q.answer : BYTES_NONE;
	return a;
}

const struct zone *own_zone(const struct caps *caps, const char *name)
{
	const struct zone *zone = zone_find(caps->zones, name);

	if (zone == NULL)
		log_error("zone_unknown", "time_zone=%s", name);
	return zone;
}
