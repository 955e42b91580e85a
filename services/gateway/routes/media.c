/*
 * Evidence shown: an item to the reader who holds it, an artifact to the teacher whose it is. Parts
 * come from evidence while they are sent, one at a time, so a film of 2 GB takes half a megabyte.
 *
 * What was uploaded may be anything. It is shown as what it is only where a browser does nothing
 * but show it; texts of every kind are plain text, and nothing of it may run or ask for anything.
 */
#include "libshared/check.h"
#include "proto/evidence.pb-c.h"
#include "services/gateway/routes/sending.h"
#include "services/gateway/upload/range.h"
#include "services/gateway/web/members.h"
#include "services/gateway/routes/routes.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define DOWNLOAD "application/octet-stream"
#define PLAIN "text/plain; charset=utf-8"

/* A browser's viewer of PDF does not start in a sandbox; it has one of its own, and runs nothing of
 * the file. */
#define POLICY_SANDBOX                                                                             \
	"sandbox; default-src 'none'; img-src 'self'; media-src 'self'; "                          \
	"style-src 'unsafe-inline'; frame-ancestors 'self'"
#define POLICY_PDF                                                                                 \
	"default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'"

/* ---- types ---- */

static const char *const shown_types[] = {
	"application/pdf", "image/png",   "image/jpeg", "image/gif",   "image/webp",
	"image/heic",      "image/heif",  "image/avif", "video/mp4",   "video/webm",
	"video/quicktime", "audio/mpeg",  "audio/mp4",  "audio/webm",  "audio/ogg",
	"audio/wav",       "audio/x-wav", "audio/aac",  "audio/x-m4a", "video/3gpp",
};

static const char *shown_type(const char *type)
{
	for (size_t i = 0; i < ARRAY_LEN(shown_types); i++)
		if (strcmp(shown_types[i], type) == 0)
			return shown_types[i];
	if (strncmp(type, "text/", 5) == 0 || strstr(type, "json") != NULL ||
	    strstr(type, "xml") == type + strlen("application/") || strstr(type, "+xml") != NULL)
		return strncmp(type, "application/vnd", 15) == 0 ? DOWNLOAD : PLAIN;
	return DOWNLOAD;
}

/* ---- parts ---- */

struct showing {
	struct id artifact, reading; /* one of the two */
	uint32_t item;               /* of the reading */
	uint64_t at, end, total;     /* asked for next, and behind the last */
	uint8_t *part;
	size_t len, given;
	bool in_air, broken;
};

static void forget(struct request *r)
{
	free(((struct showing *)r->own)->part);
}

static struct showing *showing_new(struct request *r)
{
	struct showing *s = arena_zalloc(r->arena, sizeof *s);

	r->own = s;
	r->forget = forget;
	return s;
}

static void part_came(struct request *r)
{
	struct showing *s = r->own;
	AUTO(arena_destroy) struct arena *arena = arena_new(PART_BYTES + 4096);
	const Evidence__Answer *came = NULL;

	s->in_air = false;
	if (status_of(r, 0) == CAIRN__STATUS__OK)
		came = (const Evidence__Answer *)answer_message(r, 0, arena);
	if (came == NULL || came->body_case != EVIDENCE__ANSWER__BODY_BYTES ||
	    came->bytes->data.len == 0 || came->bytes->data.len > PART_BYTES) {
		s->broken = true;
	} else {
		s->len = (size_t)MIN(came->bytes->data.len, s->end - s->at);
		s->given = 0;
		memcpy(s->part, came->bytes->data.data, s->len);
		s->at += s->len;
	}
	stream_wake(r);
}

static void ask_part(struct request *r)
{
	struct showing *s = r->own;
	Evidence__FetchItem item = EVIDENCE__FETCH_ITEM__INIT;
	Evidence__FetchOwn own = EVIDENCE__FETCH_OWN__INIT;
	Evidence__Query query = EVIDENCE__QUERY__INIT;

	if (id_is_none(&s->reading)) {
		own.artifact = pb_of_bytes(bytes_of_id(&s->artifact));
		own.offset = s->at;
		query.body_case = EVIDENCE__QUERY__BODY_FETCH_OWN;
		query.fetch_own = &own;
	} else {
		item.reading = pb_of_bytes(bytes_of_id(&s->reading));
		item.item = s->item;
		item.offset = s->at;
		query.body_case = EVIDENCE__QUERY__BODY_FETCH_ITEM;
		query.fetch_item = &item;
	}
	s->in_air = true;
	ask_message(r, TO_EVIDENCE, &query.base);
	then(r, part_came);
}

static int64_t next(struct request *r, uint8_t *out, size_t room)
{
	struct showing *s = r->own;
	size_t n = MIN(room, s->len - s->given);

	if (n > 0) {
		memcpy(out, s->part + s->given, n);
		s->given += n;
		return (int64_t)n;
	}
	if (s->broken)
		return -2;
	if (s->at == s->end)
		return -1;
	if (!s->in_air)
		ask_part(r);
	return 0;
}

/* ---- the reply ---- */

static void say_how(struct request *r, const char *type)
{
	reply_cache(r, "no-store");
	reply_header(r, "Accept-Ranges", "bytes");
	reply_header(r, "Cross-Origin-Resource-Policy", "same-origin");
	reply_header(r, "Content-Disposition",
		     strcmp(type, DOWNLOAD) == 0 ? "attachment" : "inline");
	reply_header(r, "Content-Security-Policy", "%s",
		     strcmp(type, "application/pdf") == 0 ? POLICY_PDF : POLICY_SANDBOX);
}

static void show(struct request *r, const char *media_type, uint64_t total)
{
	struct showing *s = r->own;
	const char *type = shown_type(media_type);
	struct range range = {0, total - 1};
	enum ranged ranged = RANGE_ALL;

	/* Nothing here has a tag, so If-Range never holds. */
	if (header(r, "If-Range") == NULL)
		ranged = range_read(header(r, "Range"), total, &range);
	if (ranged == RANGE_OUTSIDE) {
		reply_header(r, "Content-Range", "bytes */%" PRIu64, total);
		reply_problem(r, 416, "range", "It has %" PRIu64 " bytes.", total);
		return;
	}
	say_how(r, type);
	if (ranged == RANGE_PART)
		reply_header(r, "Content-Range", "bytes %" PRIu64 "-%" PRIu64 "/%" PRIu64,
			     range.first, range.last, total);
	s->total = total;
	s->at = range.first;
	s->end = total > 0 ? range.last + 1 : 0;
	s->part = malloc(PART_BYTES);
	ENSURE(s->part != NULL);
	reply_stream(r, ranged == RANGE_PART ? 206 : 200, type, (int64_t)(s->end - s->at), next);
}

static void reply_nothing(struct request *r)
{
	reply_problem(r, 404, "not_found", "There is nothing at this address.");
}

/* ---- a teacher's own ---- */

static void artifact_came(struct request *r)
{
	const json_t *artifact;
	const char *state;

	if (refused(r, 0))
		return;
	artifact = json_object_get(answer(r, 0), "artifact");
	state = text_in(artifact, "state");
	if (strcmp(state, "uploading") == 0)
		reply_problem(r, 409, "uploading", "It is not here in whole yet.");
	else if (strcmp(state, "abandoned") == 0 || strcmp(state, "forgotten") == 0 ||
		 strcmp(state, "purged") == 0)
		reply_problem(r, 410, "gone", "It is not kept any more.");
	else
		show(r, text_in(artifact, "media_type"), (uint64_t)number_in(artifact, "bytes"));
}

static void show_own(struct request *r)
{
	struct showing *s = showing_new(r);

	if (!param_id(r, "artifact", &s->artifact))
		return;
	ask(r, TO_EVIDENCE, "get_artifact",
	    json_pack("{s:s}", "artifact", ID_STR(bytes_of_id(&s->artifact))));
	then(r, artifact_came);
}

/* ---- a reader's item ---- */

static void items_came(struct request *r)
{
	const struct showing *s = r->own;
	const json_t *items, *item;

	if (refused(r, 0))
		return;
	items = json_object_get(answer(r, 0), "items");
	item = json_array_get(items, s->item - 1);
	if (item == NULL)
		reply_nothing(r);
	else if (is_true_in(item, "restricted"))
		reply_problem(r, 410, "gone",
			      "This item is closed: nobody consents to it any more.");
	else
		show(r, text_in(item, "media_type"), (uint64_t)number_in(item, "bytes"));
}

static void show_item(struct request *r)
{
	struct showing *s = showing_new(r);
	const char *item = param(r, "item");

	if (!param_id(r, "reading", &s->reading))
		return;
	if (strlen(item) > 4 || strspn(item, "0123456789") != strlen(item) || item[0] == '0') {
		reply_nothing(r);
		return;
	}
	s->item = (uint32_t)strtoul(item, NULL, 10);
	ask(r, TO_EVIDENCE, "list_items",
	    json_pack("{s:s}", "reading", ID_STR(bytes_of_id(&s->reading))));
	then(r, items_came);
}

/* ---- routes ---- */

static const struct route routes[] = {
	{GET, "/artifacts/{artifact}", show_own, .may = MAY_TEACHER, .as = AS_EDUCATOR,
	 .scope = "evidence:write", .hides = true, .about = "A file of one's own evidence"},
	{GET, "/enrollments/{enrollment}/artifacts/{artifact}", show_own, .may = MAY_TEACHER,
	 .as = AS_EDUCATOR, .scope = "evidence:write", .hides = true,
	 .about = "A file of one's own evidence"},
	{GET, "/readings/{reading}/items/{item}", show_item, .may = MAY_ASSESSOR | MAY_LEAD,
	 .as = AS_ASSESSOR, .scope = "assessment:review", .hides = true,
	 .about = "An item of the evidence that one is reading"},
};

const struct route_list media_routes = {routes, ARRAY_LEN(routes)};
