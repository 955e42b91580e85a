/*
 * Evidence sent by a form without scripts: one file, streamed to evidence as it comes. Its size is
 * not said anywhere, but the file is the last part of the form, so it is what the body leaves.
 */
#include "services/gateway/routes/sending.h"
#include "services/gateway/upload/form.h"
#include "services/gateway/upload/tus.h"
#include "services/gateway/routes/routes.h"

#include <inttypes.h>
#include <string.h>

struct enclosure {
	struct form form;
	uint64_t body_bytes;
	const char *captured_on;
	bool student_data;
	bool is_whole; /* the file's last byte came */
};

static struct enclosure *enclosure_of(const struct request *r)
{
	return ((struct sending *)r->own)->own;
}

static void begin(struct request *r)
{
	struct enclosure *e = arena_zalloc(r->arena, sizeof *e);
	struct sending *s;

	if (!sending_may(r))
		return;
	s = sending_new(r);
	s->own = e;
	e->captured_on = "";
	if (!param_id(r, "enrollment", &s->enrollment))
		return;
	if (!form_begin(&e->form, header(r, "Content-Type")))
		reply_problem(r, 415, "media_type",
			      "Send a form with a file (multipart/form-data), or use /uploads.");
	else if (!tus_number(header(r, "Content-Length"), &e->body_bytes))
		reply_problem(r, 411, "length_required",
			      "Content-Length has to say how much will come.");
	else if (e->body_bytes > ARTIFACT_BYTES_MAX)
		reply_problem(r, 413, "too_large", "At most %" PRIu64 " bytes are taken.",
			      ARTIFACT_BYTES_MAX);
	else
		s->artifact = made_id(r, "artifact");
}

static void file_began(struct request *r)
{
	stream_wake(r);
}

/* False: replied. */
static bool begin_file(struct request *r)
{
	struct sending *s = r->own;
	struct enclosure *e = enclosure_of(r);

	if (!e->form.named)
		return true; /* nobody chose one */
	if (s->is_begun) {
		reply_problem(r, 422, "one_file", "Send one file at a time.");
		return false;
	}
	s->bytes = form_file_bytes(&e->form, e->body_bytes);
	sending_begin(r,
		      &(struct beginning){.requirement = param(r, "requirement"),
					  .type = arena_text(r->arena, bytes_of_text(e->form.type)),
					  .captured_on = e->captured_on,
					  .sha256 = "",
					  .student_data = e->student_data},
		      file_began);
	return true;
}

static void note_field(struct request *r, struct bytes value)
{
	struct enclosure *e = enclosure_of(r);

	if (strcmp(e->form.name, "captured_on") == 0)
		e->captured_on = arena_text(r->arena, value);
	else if (strcmp(e->form.name, "student_data") == 0)
		e->student_data = value.len > 0 && value.data[0] != '0';
}

/* False: replied. */
static bool heard(struct request *r, enum form_said what, struct bytes part)
{
	struct sending *s = r->own;

	switch (what) {
	case FORM_FIELD:
		note_field(r, part);
		return true;
	case FORM_FILE:
		return begin_file(r);
	case FORM_BYTES:
		return !s->is_begun || sending_add(r, part);
	case FORM_FILE_END:
		enclosure_of(r)->is_whole = s->is_begun;
		return true;
	case FORM_MORE:
	case FORM_END:
		return true;
	case FORM_BAD:
		break;
	}
	reply_problem(r, 400, "bad_form", "The form is not sound, or too large.");
	return false;
}

/* As much as there is room for, until evidence is asked something. What the form holds back may
 * come with it, so room is kept for that. */
static size_t take(struct request *r, struct bytes piece)
{
	struct enclosure *e = enclosure_of(r);
	struct sending *s = r->own;
	struct bytes part, rest = piece;

	while (rest.len > 0 && !s->in_air) {
		struct bytes in = rest;
		size_t room = sending_room(s), offered;

		if (room <= FORM_HELD) {
			sending_flush(r);
			break;
		}
		offered = in.len = MIN(rest.len, room - FORM_HELD);
		if (!heard(r, form_next(&e->form, &in, &part), part))
			return piece.len;
		rest.data = in.data != NULL ? in.data : rest.data + offered;
		rest.len -= offered - in.len;
	}
	return piece.len - rest.len;
}

/* ---- the end ---- */

static void replied_stored(struct request *r)
{
	const struct sending *s = r->own;

	reply_done(r, 201,
		   json_pack("{s:s, s:I}", "artifact", ID_STR(bytes_of_id(&s->artifact)), "bytes",
			     (json_int_t)s->bytes),
		   "/enrollments/%s/evidence/%s?done=added", param(r, "enrollment"),
		   param(r, "requirement"));
}

static void replied_broken(struct request *r)
{
	reply_problem(r, 422, "file_not_last",
		      "The file has to be the last part of the form. Nothing was kept.");
}

static void end(struct request *r)
{
	struct sending *s = r->own;

	if (!s->is_begun) {
		reply_problem(r, 422, "no_file", "Choose a file first.");
	} else if (!enclosure_of(r)->is_whole || s->offset + s->len != s->bytes) {
		order(r, TO_EVIDENCE, "abandon_artifact", &s->artifact,
		      json_pack("{s:s}", "artifact", ID_STR(bytes_of_id(&s->artifact))));
		then(r, replied_broken);
	} else {
		sending_end(r, replied_stored);
	}
}

static const struct route routes[] = {
	{POST, "/enrollments/{enrollment}/evidence/{requirement}", begin, .may = MAY_TEACHER,
	 .as = AS_EDUCATOR, .scope = "evidence:write", .body = BODY_STREAM, .take = take,
	 .done = end, .about = "Add a file to the evidence, by a form"},
};

const struct route_list enclosures_routes = {routes, ARRAY_LEN(routes)};
