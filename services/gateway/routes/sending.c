/* What is uploaded, on its way to evidence. */
#include "services/gateway/routes/sending.h"

#include "proto/evidence.pb-c.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define AT_ONCE_MAX 8u /* of one person */

static void forget(struct request *r)
{
	struct sending *s = r->own;

	free(s->part);
}

bool sending_may(struct request *r)
{
	if (requests_of_person(r) <= AT_ONCE_MAX)
		return true;
	reply_header(r, "Retry-After", "5");
	reply_problem(r, 429, "too_many", "Too many uploads of yours are under way at once.");
	return false;
}

struct sending *sending_new(struct request *r)
{
	struct sending *s = arena_zalloc(r->arena, sizeof *s);

	s->part = malloc(PART_BYTES);
	ENSURE(s->part != NULL);
	r->own = s;
	r->forget = forget;
	return s;
}

/* ---- refusals ---- */

/* 409 says to a client of tus that it should try again. What a rule refuses for good says so. */
static const struct refusal {
	const char *reason;
	unsigned status;
} refusals[] = {
	{"TOO_LARGE", 413},
	{"MEDIA_TYPE_NOT_ALLOWED", 415},
	{"PART_OUT_OF_ORDER", 409},
};

static bool is_refused(struct request *r)
{
	const char *reason = reason_of(r, 0);
	unsigned status = 422;

	if (status_of(r, 0) != CAIRN__STATUS__REJECTED || strncmp(reason, "UNKNOWN_P", 9) == 0 ||
	    strncmp(reason, "UNKNOWN_A", 9) == 0 || strcmp(reason, "NOT_YOURS") == 0)
		return refused(r, 0);
	for (size_t i = 0; i < ARRAY_LEN(refusals); i++)
		if (strcmp(refusals[i].reason, reason) == 0)
			status = refusals[i].status;
	reply_problem(r, status, reason, "%s", said_of(r, 0));
	return true;
}

/* ---- begin ---- */

static void begun(struct request *r)
{
	struct sending *s = r->own;
	step_fn *next = s->ended;

	s->in_air = false;
	if (is_refused(r))
		return;
	s->is_begun = true;
	s->ended = NULL;
	next(r);
}

void sending_begin(struct request *r, const struct beginning *b, step_fn *next)
{
	struct sending *s = r->own;
	json_t *fields = json_pack(
		"{s:s, s:s, s:s, s:s, s:I, s:b, s:s}", "artifact",
		ID_STR(bytes_of_id(&s->artifact)), "portfolio", ID_STR(bytes_of_id(&s->enrollment)),
		"requirement", b->requirement, "media_type", b->type, "bytes", (json_int_t)s->bytes,
		"student_data", b->student_data, "captured_on", b->captured_on);

	if (b->sha256[0] != '\0')
		json_object_set_new(fields, "sha256", json_string(b->sha256));
	s->ended = next;
	s->in_air = true;
	order(r, TO_EVIDENCE, "begin_artifact", &s->artifact, fields);
	then(r, begun);
}

/* ---- parts ---- */

static void finished(struct request *r)
{
	struct sending *s = r->own;

	s->in_air = false;
	if (!is_refused(r))
		s->ended(r);
}

static void finish(struct request *r)
{
	struct sending *s = r->own;

	if (s->offset < s->bytes) {
		s->ended(r);
		return;
	}
	s->in_air = true;
	order(r, TO_EVIDENCE, "finish_artifact", &s->artifact,
	      json_pack("{s:s}", "artifact", ID_STR(bytes_of_id(&s->artifact))));
	then(r, finished);
}

static void stored(struct request *r)
{
	struct sending *s = r->own;

	s->in_air = false;
	if (is_refused(r))
		return;
	s->offset += s->len;
	s->len = 0;
	if (s->ended != NULL)
		finish(r);
	else
		stream_wake(r);
}

static void put(struct request *r)
{
	struct sending *s = r->own;
	Evidence__PutPart part = EVIDENCE__PUT_PART__INIT;
	Evidence__Command command = EVIDENCE__COMMAND__INIT;

	part.artifact = pb_of_bytes(bytes_of_id(&s->artifact));
	part.offset = s->offset;
	part.data = pb_of_bytes((struct bytes){s->part, s->len});
	command.body_case = EVIDENCE__COMMAND__BODY_PUT_PART;
	command.put_part = &part;
	s->in_air = true;
	order_message(r, TO_EVIDENCE, &command.base, &s->artifact);
	then(r, stored);
}

size_t sending_room(const struct sending *s)
{
	return s->in_air ? 0 : PART_BYTES - s->len;
}

bool sending_add(struct request *r, struct bytes bytes)
{
	struct sending *s = r->own;

	ENSURE(bytes.len <= sending_room(s));
	if (bytes.len > s->bytes - s->offset - s->len) {
		reply_problem(r, 413, "too_large",
			      "More came than the %" PRIu64 " bytes that were announced.",
			      s->bytes);
		return false;
	}
	memcpy(s->part + s->len, bytes.data, bytes.len);
	s->len += bytes.len;
	if (s->len == PART_BYTES)
		put(r);
	return true;
}

void sending_flush(struct request *r)
{
	put(r);
}

size_t sending_take(struct request *r, struct bytes piece)
{
	struct bytes now = {piece.data, MIN(piece.len, sending_room(r->own))};

	if (now.len > 0 && !sending_add(r, now))
		return piece.len;
	return now.len;
}

void sending_end(struct request *r, step_fn *ended)
{
	struct sending *s = r->own;

	s->ended = ended;
	if (s->len > 0)
		put(r);
	else
		finish(r);
}
