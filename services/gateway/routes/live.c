/*
 * What becomes of one's work, while one looks: server-sent events. The services are asked every few
 * seconds, and what they say is sent when it has changed; its id is a hash of it, so that somebody
 * who comes back is not told the same again.
 */
#include "services/gateway/signin/access.h"
#include "services/gateway/routes/routes.h"
#include "services/gateway/web/members.h"
#include "services/gateway/web/web.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define POLL_US (4 * US_PER_S)
#define COMMENT_US (15 * US_PER_S)
#define STREAMS_MAX 6u                /* of one person */
#define LASTS_US (30 * 60 * US_PER_S) /* then the browser comes anew */
#define EVENT_ID_LEN 16
#define TURN_BYTES 4096

/* What may be looked at, and which members say how it stands. */
static const struct subject {
	const char *name;
	enum to to;
	const char *query, *field;
	const char *members[6];
} subjects[] = {
	{"enrollment",
	 TO_ENROLLMENT,
	 "get_enrollment",
	 "enrollment",
	 {"state", "submission_state", "submission", "credential"}},
	{"submission", TO_EVIDENCE, "get_submission", "submission", {"state"}},
	{"reading", TO_EVIDENCE, "list_items", "reading", {"until_us"}},
};

struct live {
	const struct subject *subject;
	struct id about;
	char text[1024]; /* to be sent */
	size_t len, given;
	char last[EVENT_ID_LEN + 1]; /* what was sent last */
	int64_t ends_us, comment_us; /* monotonic */
	bool is_over;
	/* What a turn asks and is told goes with it: r->arena is one of these. */
	struct arena *request_arena, *turn_arena;
};

static int64_t next(struct request *r, uint8_t *out, size_t room)
{
	struct live *l = r->own;
	size_t n = MIN(room, l->len - l->given);

	memcpy(out, l->text + l->given, n);
	l->given += n;
	if (n == 0 && l->is_over)
		return -1;
	return (int64_t)n;
}

/* Sent once what stands before it has been. */
static void say(struct request *r, const char *text)
{
	struct live *l = r->own;

	if (l->given == l->len)
		l->given = l->len = 0;
	if (strlen(text) < sizeof l->text - l->len) {
		memcpy(l->text + l->len, text, strlen(text));
		l->len += strlen(text);
	}
	l->comment_us = r->web->mono_us + COMMENT_US;
	stream_wake(r);
}

static void id_of_status(const char *status, char id_r[EVENT_ID_LEN + 1])
{
	uint8_t hash[crypto_generichash_BYTES];

	crypto_generichash(hash, sizeof hash, (const uint8_t *)status, strlen(status), NULL, 0);
	hex_of_bytes((struct bytes){hash, EVENT_ID_LEN / 2}, id_r);
}

static json_t *status_in(const struct live *l, const json_t *came)
{
	json_t *status = json_pack("{s:s}", "about", l->subject->name);

	for (unsigned i = 0; i < ARRAY_LEN(l->subject->members); i++)
		if (l->subject->members[i] != NULL)
			json_object_set(status, l->subject->members[i],
					json_object_get(came, l->subject->members[i]));
	return status;
}

static void tell(struct request *r, const json_t *came)
{
	struct live *l = r->own;
	json_t *status = status_in(l, came);
	char *text = json_dumps(status, JSON_COMPACT | JSON_SORT_KEYS);
	char id[EVENT_ID_LEN + 1], event[900];

	ENSURE(text != NULL);
	id_of_status(text, id);
	if (strcmp(id, l->last) != 0) {
		snprintf(event, sizeof event, "id: %s\nevent: status\ndata: %.800s\n\n", id, text);
		say(r, event);
		memcpy(l->last, id, sizeof id);
	}
	free(text);
	json_decref(status);
}

/* ---- turns ---- */

static void ask_status(struct request *r);

static void over(struct request *r, const char *why)
{
	struct live *l = r->own;
	char event[100];

	l->is_over = true;
	snprintf(event, sizeof event, "event: end\ndata: {\"why\":\"%s\"}\n\n", why);
	say(r, event);
}

/* The session may have ended meanwhile, and what it allowed with it. */
static bool is_still_allowed(struct request *r)
{
	r->person = access_person(r);
	return r->person != NULL && route_allows(r->route, r->person) == ALLOWED;
}

static void status_came(struct request *r)
{
	struct live *l = r->own;
	Cairn__Status status = status_of(r, 0);

	if (status == CAIRN__STATUS__OK)
		tell(r, answer(r, 0));
	else if (status == CAIRN__STATUS__REJECTED || status == CAIRN__STATUS__FORBIDDEN ||
		 status == CAIRN__STATUS__INVALID) {
		over(r, "gone");
		return;
	}
	if (r->web->mono_us >= l->comment_us)
		say(r, ":\n\n");
	then_at(r, r->web->mono_us + POLL_US, ask_status);
}

static void ask_status(struct request *r)
{
	struct live *l = r->own;

	arena_reset(l->turn_arena);
	r->arena = l->turn_arena;
	if (!is_still_allowed(r)) {
		over(r, "signed_out");
		return;
	}
	if (r->web->mono_us >= l->ends_us) {
		over(r, "again");
		return;
	}
	ask(r, l->subject->to, l->subject->query,
	    json_pack("{s:s}", l->subject->field, ID_STR(bytes_of_id(&l->about))));
	then(r, status_came);
}

/* ---- the beginning ---- */

static void end_turns(struct request *r)
{
	struct live *l = r->own;

	r->arena = l->request_arena;
	arena_destroy(&l->turn_arena);
}

static void first_came(struct request *r)
{
	struct live *l = r->own;
	const char *last = header(r, "Last-Event-ID");
	const char *educator;

	if (refused(r, 0))
		return;
	/* Enrollment tells any portal; the work is its owner's. */
	educator = text_in(answer(r, 0), "educator");
	if (educator[0] != '\0' &&
	    strcmp(educator, ID_STR(bytes_of_id(&r->person->educator))) != 0) {
		reply_problem(r, 404, "not_found", "There is nothing at this address.");
		return;
	}
	if (last != NULL && strlen(last) == EVENT_ID_LEN)
		snprintf(l->last, sizeof l->last, "%s", last);
	l->ends_us = r->web->mono_us + LASTS_US;
	l->request_arena = r->arena;
	l->turn_arena = arena_new(TURN_BYTES);
	r->forget = end_turns;
	reply_cache(r, "no-store");
	reply_header(r, "X-Accel-Buffering", "no"); /* a proxy passes each event on */
	reply_stream(r, 200, "text/event-stream", -1, next);
	say(r, "retry: 5000\n\n");
	tell(r, answer(r, 0));
	then_at(r, r->web->mono_us + POLL_US, ask_status);
}

static void begin(struct request *r, const char *name, const char *id)
{
	struct live *l = arena_zalloc(r->arena, sizeof *l);

	r->own = l;
	for (size_t i = 0; i < ARRAY_LEN(subjects); i++)
		if (strcmp(subjects[i].name, name) == 0)
			l->subject = &subjects[i];
	if (l->subject == NULL || !id_of_text(id, &l->about)) {
		reply_problem(r, 404, "not_found", "There is nothing at this address.");
		return;
	}
	if (requests_of_person(r) > STREAMS_MAX) {
		reply_header(r, "Retry-After", "30");
		reply_problem(r, 429, "too_many",
			      "Too many pages of yours are looking on at once.");
		return;
	}
	ask(r, l->subject->to, l->subject->query, json_pack("{s:s}", l->subject->field, id));
	then(r, first_came);
}

/* about=enrollment/ID or submission/ID */
static void watch_own(struct request *r)
{
	const char *about = query_text(r, "about"),
		   *slash = about != NULL ? strchr(about, '/') : NULL;

	if (slash == NULL || strncmp(about, "reading", 7) == 0)
		reply_problem(r, 400, "about", "about has to name enrollment/ID or submission/ID.");
	else
		begin(r,
		      arena_text(r->arena,
				 (struct bytes){(const uint8_t *)about, (size_t)(slash - about)}),
		      slash + 1);
}

static void watch_reading(struct request *r)
{
	begin(r, "reading", param(r, "reading"));
}

static const struct route routes[] = {
	{GET, "/live", watch_own, .may = MAY_TEACHER, .as = AS_EDUCATOR, .scope = "evidence:write",
	 .takes = "about=text", .about = "What becomes of one's work, as it happens"},
	{GET, "/live/readings/{reading}", watch_reading, .may = MAY_ASSESSOR | MAY_LEAD,
	 .as = AS_ASSESSOR, .scope = "assessment:review", .hides = true,
	 .about = "How long one still holds a reading"},
};

const struct route_list live_routes = {routes, ARRAY_LEN(routes)};
