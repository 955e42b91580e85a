/* The public event feed: CloudEvents by pages, with a long poll. The same events that licensure
 * systems follow; whoever reads here keeps the cursor. */
#include "services/gateway/proof/feed.h"
#include "services/gateway/proof/lookup.h"
#include "services/gateway/web/route.h"
#include "services/gateway/web/web.h"

#include <inttypes.h>
#include <string.h>

#define LIMIT 100
#define LIMIT_MAX 500
#define WAIT_MAX_S 60
#define LOOK_US (US_PER_S / 2) /* between two looks while nobody has anything to tell */

struct reading {
	uint64_t after;
	int64_t limit, until_us; /* monotonic: when the reader gets an empty page */
	const char *type, *state;
};

static void ask_page(struct request *r);

/* What stands in the way of going on from this cursor. False: nothing. */
static bool cursor_refused(struct request *r, const json_t *page)
{
	const char *position = json_text(page, "position");
	uint64_t head = (uint64_t)json_number(page, "head");

	if (strcmp(position, "ahead") == 0)
		reply_problem(r, 409, "cursor_ahead",
			      "The feed ends at %" PRIu64 ", before your cursor: it was restored "
			      "from an older backup. Do not go on from 0 blindly: ask the operator "
			      "which events were lost, then read again from after=%" PRIu64 ".",
			      head, head);
	else if (strcmp(position, "truncated") == 0)
		reply_problem(r, 410, "cursor_truncated",
			      "Events behind your cursor are no longer kept here. Ask the operator "
			      "for the archive, then read on from where it ends.");
	else
		return false;
	return true;
}

static void reply_feed(struct request *r, const json_t *page)
{
	const struct reading *f = r->own;
	struct bytes batch = feed_batch(page, r->arena);
	uint64_t through = (uint64_t)json_number(page, "through");

	ENSURE(batch.len > 0); /* our own events */
	reply_header(r, "Cairn-Last-Sequence", "%" PRIu64, through);
	reply_header(r, "Link", "<%s?after=%" PRIu64 "&limit=%" PRId64 "%s%s>; rel=\"next\"",
		     public_path(r, "/v1/events"), through, f->limit,
		     f->type != NULL ? "&type=" : "", f->type != NULL ? f->type : "");
	reply_cache(r, "private, no-cache");
	reply_bytes(r, 200, "application/cloudevents-batch+json", batch);
}

static void page_came(struct request *r)
{
	struct reading *f = r->own;
	const json_t *page;
	uint64_t through;

	if (refused(r, 0))
		return;
	page = answer(r, 0);
	if (cursor_refused(r, page))
		return;
	through = (uint64_t)json_number(page, "through");
	if (json_array_size(json_object_get(page, "events")) > 0 ||
	    r->web->mono_us >= f->until_us) {
		reply_feed(r, page);
		return;
	}
	f->after = through; /* nothing for this reader up to there */
	if (through < (uint64_t)json_number(page, "head"))
		ask_page(r);
	else
		then_at(r, MIN(f->until_us, r->web->mono_us + LOOK_US), ask_page);
}

static void ask_page(struct request *r)
{
	const struct reading *f = r->own;
	json_t *fields = json_pack("{s:I, s:I, s:s}", "after", (json_int_t)f->after, "limit",
				   (json_int_t)f->limit, "state", f->state);

	if (f->type != NULL)
		json_object_set_new(fields, "types", json_pack("[s]", f->type));
	ask(r, TO_ISSUANCE, "read_public", fields);
	then(r, page_came);
}

/* Letters, digits, points, a last star: it goes into a header. */
static bool type_is_sound(const char *type)
{
	return strlen(type) <= 100 &&
	       strspn(type, "abcdefghijklmnopqrstuvwxyz0123456789._*") == strlen(type);
}

static void read_events(struct request *r)
{
	struct reading *f = arena_zalloc(r->arena, sizeof *f);
	const char *type = query_text(r, "type");

	if (type != NULL && !type_is_sound(type)) {
		reply_problem(r, 400, "bad_type",
			      "type: a type of events as org.cairn.credential.issued.v1, or its "
			      "beginning and a star as org.cairn.credential.*");
		return;
	}
	if (type != NULL && strncmp(type, "org.", 4) != 0 && type[0] != '\0')
		type = arena_printf(r->arena, "org.cairn.%s", type);
	f->after = (uint64_t)query_number(r, "after", 0, INT64_MAX, 0);
	f->limit = query_number(r, "limit", 1, LIMIT_MAX, LIMIT);
	f->until_us = r->web->mono_us + query_number(r, "wait", 0, WAIT_MAX_S, 0) * US_PER_S;
	f->type = type != NULL && type[0] != '\0' ? type : NULL;
	f->state = r->person->by_token ? r->person->state : "";
	r->own = f;
	ask_page(r);
}

static const struct route routes[] = {
	{GET, "/v1/events", read_events, .may = MAY_AGENCY | MAY_AUDITOR | MAY_OPERATOR,
	 .scope = "events:read",
	 .about = "Public events after a cursor, as a batch of CloudEvents; waits for the next one",
	 .takes = "after?count limit?count type?text wait?count"},
};

const struct route_list events_routes = {routes, ARRAY_LEN(routes)};
