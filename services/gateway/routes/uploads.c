/*
 * Resumable uploads (tus 1.0.0: core, creation, creation-with-upload, checksum, expiration,
 * termination). An upload is an artifact of evidence: its offset is what evidence has stored.
 */
#include "services/gateway/routes/sending.h"
#include "services/gateway/upload/tus.h"
#include "services/gateway/routes/routes.h"
#include "services/gateway/web/members.h"
#include "services/gateway/web/web.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>

#define EXTENSIONS "creation,creation-with-upload,checksum,expiration,termination"
#define OFFSET_TYPE "application/offset+octet-stream"

/* ---- headers ---- */

/* False: replied. Every reply but that to OPTIONS names the version. */
static bool is_tus(struct request *r)
{
	const char *version = header(r, "Tus-Resumable");

	reply_header(r, "Tus-Resumable", TUS_VERSION);
	reply_cache(r, "no-store");
	if (version != NULL && strcmp(version, TUS_VERSION) == 0)
		return true;
	reply_header(r, "Tus-Version", TUS_VERSION);
	reply_problem(r, 412, "tus_version", "Send Tus-Resumable: " TUS_VERSION ".");
	return false;
}

/* "Sun, 06 Nov 1994 08:49:37 GMT" */
static void say_expires(struct request *r, int64_t at_us)
{
	time_t at = (time_t)(at_us / US_PER_S);
	struct tm tm;
	char text[40];

	if (at_us <= 0 || gmtime_r(&at, &tm) == NULL)
		return;
	strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &tm);
	reply_header(r, "Upload-Expires", "%s", text);
}

static bool read_length(struct request *r, uint64_t *length_r)
{
	const char *length = header(r, "Upload-Length");

	if (!tus_number(length, length_r)) {
		reply_problem(r, 400, "upload_length",
			      "Upload-Length has to say how many bytes will come; deferring it is "
			      "not possible.");
		return false;
	}
	if (*length_r > ARTIFACT_BYTES_MAX) {
		reply_problem(r, 413, "too_large", "At most %" PRIu64 " bytes are taken.",
			      ARTIFACT_BYTES_MAX);
		return false;
	}
	return true;
}

/* ---- checksums: what is checked is held until it is whole, so it fits one part ---- */

static bool read_checksum(struct request *r)
{
	const char *said = header(r, "Upload-Checksum");
	struct sending *s = r->own;
	struct tus_checksum *sum;

	if (said == NULL)
		return true;
	sum = arena_zalloc(r->arena, sizeof *sum);
	s->own = sum;
	switch (tus_checksum_read(said, sum)) {
	case TUS_SUM_SOUND:
		return true;
	case TUS_SUM_UNKNOWN:
		reply_problem(r, 400, "checksum_algorithm",
			      "sha1 and sha256 are the algorithms of Upload-Checksum here.");
		return false;
	case TUS_SUM_BAD:
		break;
	}
	reply_problem(r, 400, "checksum", "Upload-Checksum is no base64 of such a hash.");
	return false;
}

static size_t take_checked(struct request *r, struct bytes piece)
{
	struct sending *s = r->own;

	/* The last byte of room would send the part before it was checked. */
	if (piece.len >= PART_BYTES - s->len) {
		reply_problem(r, 413, "too_large",
			      "With Upload-Checksum less than %zu bytes are taken at once.",
			      PART_BYTES);
		return piece.len;
	}
	return sending_take(r, piece);
}

static bool checksum_holds(struct request *r)
{
	const struct sending *s = r->own;

	if (s->own == NULL || tus_checksum_holds(s->own, (struct bytes){s->part, s->len}))
		return true;
	reply_problem(r, 460, "checksum_mismatch",
		      "What came has another checksum. Send it again from the same offset.");
	return false;
}

static size_t take(struct request *r, struct bytes piece)
{
	const struct sending *s = r->own;

	return s->own != NULL ? take_checked(r, piece) : sending_take(r, piece);
}

/* ---- creation ---- */

static void created(struct request *r)
{
	const struct sending *s = r->own;

	reply_header(r, "Location", "%s",
		     public_path(r, "/uploads/%s", ID_STR(bytes_of_id(&s->artifact))));
	reply_header(r, "Upload-Offset", "%" PRIu64, s->offset);
	reply_empty(r, 201);
}

static void creation_began(struct request *r)
{
	(void)r; /* the body comes now, if there is one */
}

/* False: replied. */
static bool read_beginning(struct request *r, struct beginning *b_r)
{
	struct sending *s = r->own;
	struct tus_metadata m;
	const char *fault = tus_metadata_read(header(r, "Upload-Metadata"), r->arena, &m);

	if (fault != NULL) {
		reply_problem(r, 400, "upload_metadata", "Upload-Metadata: %s.", fault);
		return false;
	}
	if (!id_of_text(m.enrollment, &s->enrollment) || m.requirement[0] == '\0') {
		reply_problem(r, 400, "upload_metadata",
			      "Upload-Metadata has to name enrollment, requirement and filetype.");
		return false;
	}
	*b_r = (struct beginning){.requirement = m.requirement,
				  .type = m.type,
				  .captured_on = m.captured_on,
				  .sha256 = m.sha256,
				  .student_data = m.student_data[0] != '\0' &&
						  strcmp(m.student_data, "0") != 0 &&
						  strcmp(m.student_data, "false") != 0};
	return true;
}

static bool body_is_offset(struct request *r)
{
	if (strcmp(r->type, OFFSET_TYPE) == 0)
		return true;
	reply_problem(r, 415, "media_type", "Send the bytes as " OFFSET_TYPE ".");
	return false;
}

static void create(struct request *r)
{
	struct sending *s;
	struct beginning b;

	if (!is_tus(r) || (r->type[0] != '\0' && !body_is_offset(r)) || !sending_may(r))
		return;
	s = sending_new(r);
	s->artifact = made_id(r, "artifact");
	if (read_length(r, &s->bytes) && read_beginning(r, &b) && read_checksum(r))
		sending_begin(r, &b, creation_began);
}

static void create_ended(struct request *r)
{
	struct sending *s = r->own;

	if (!checksum_holds(r))
		return;
	if (s->len > 0 || s->offset > 0)
		sending_end(r, created);
	else
		created(r);
}

/* ---- how far it is ---- */

/* False: replied. Fills offset and length from evidence's answer. */
static bool upload_came(struct request *r, struct sending *s)
{
	const json_t *a, *artifact;
	const char *state;

	if (refused(r, 0))
		return false;
	a = answer(r, 0);
	artifact = json_object_get(a, "artifact");
	state = text_in(artifact, "state");
	s->offset = (uint64_t)number_in(artifact, "received");
	s->bytes = (uint64_t)number_in(artifact, "bytes");
	if (strcmp(state, "uploading") == 0) {
		s->expires_us = number_in(a, "abandon_us");
		return true;
	}
	if (strcmp(state, "abandoned") == 0 || strcmp(state, "forgotten") == 0 ||
	    strcmp(state, "purged") == 0) {
		reply_problem(r, 410, "gone", "This upload was given up. Begin a new one.");
		return false;
	}
	return true;
}

static void ask_upload(struct request *r, step_fn *came)
{
	struct id artifact;

	if (!is_tus(r) || !param_id(r, "upload", &artifact))
		return;
	sending_new(r)->artifact = artifact;
	ask(r, TO_EVIDENCE, "get_artifact",
	    json_pack("{s:s}", "artifact", ID_STR(bytes_of_id(&artifact))));
	then(r, came);
}

static void say_offset(struct request *r)
{
	const struct sending *s = r->own;

	reply_header(r, "Upload-Offset", "%" PRIu64, s->offset);
	reply_header(r, "Upload-Length", "%" PRIu64, s->bytes);
	if (s->offset < s->bytes)
		say_expires(r, s->expires_us);
	reply_empty(r, 200);
}

/* One that has all its bytes and was never finished, because somebody died in between, is finished
 * now: its client will see that all is there, and do no more. */
static void offset_came(struct request *r)
{
	struct sending *s = r->own;

	if (!upload_came(r, s))
		return;
	if (s->offset == s->bytes && s->expires_us > 0)
		sending_end(r, say_offset);
	else
		say_offset(r);
}

static void show_offset(struct request *r)
{
	ask_upload(r, offset_came);
}

/* ---- more bytes ---- */

static void patch_came(struct request *r)
{
	struct sending *s = r->own;
	uint64_t offset;

	if (!upload_came(r, s))
		return;
	s->is_begun = s->expires_us > 0;
	if (!tus_number(header(r, "Upload-Offset"), &offset))
		reply_problem(r, 400, "upload_offset",
			      "Upload-Offset has to say where the bytes go.");
	else if (offset != s->offset)
		reply_problem(r, 409, "wrong_offset",
			      "The offset is %" PRIu64 ": ask for it with HEAD, and go on there.",
			      s->offset);
	else
		(void)read_checksum(r);
}

static void patch(struct request *r)
{
	if (strcmp(r->type, OFFSET_TYPE) == 0) {
		if (sending_may(r))
			ask_upload(r, patch_came);
		return;
	}
	if (is_tus(r))
		(void)body_is_offset(r);
}

static void patched(struct request *r)
{
	const struct sending *s = r->own;

	reply_header(r, "Upload-Offset", "%" PRIu64, s->offset);
	if (s->offset < s->bytes)
		say_expires(r, s->expires_us);
	reply_empty(r, 204);
}

static void patch_ended(struct request *r)
{
	const struct sending *s = r->own;

	if (!checksum_holds(r))
		return;
	if (s->is_begun)
		sending_end(r, patched);
	else
		patched(r);
}

/* ---- an end ---- */

static void abandoned(struct request *r)
{
	if (strcmp(reason_of(r, 0), "WRONG_STATE") == 0)
		reply_problem(r, 410, "gone", "This upload is gone already, or was handed in.");
	else if (!refused(r, 0))
		reply_empty(r, 204);
}

static void terminate(struct request *r)
{
	struct id artifact;

	if (!is_tus(r) || !param_id(r, "upload", &artifact))
		return;
	order(r, TO_EVIDENCE, "abandon_artifact", &artifact,
	      json_pack("{s:s}", "artifact", ID_STR(bytes_of_id(&artifact))));
	then(r, abandoned);
}

static void show_options(struct request *r)
{
	reply_header(r, "Tus-Resumable", TUS_VERSION);
	reply_header(r, "Tus-Version", TUS_VERSION);
	reply_header(r, "Tus-Extension", EXTENSIONS);
	reply_header(r, "Tus-Max-Size", "%" PRIu64, ARTIFACT_BYTES_MAX);
	reply_header(r, "Tus-Checksum-Algorithm", "sha1,sha256");
	reply_empty(r, 204);
}

/* ---- routes ---- */

#define OWN .may = MAY_TEACHER, .as = AS_EDUCATOR, .scope = "evidence:write"

static const struct route routes[] = {
	{OPTIONS, "/uploads", show_options, .may = MAY_ANYONE,
	 .about = "What of tus is spoken here, and how large an upload may be"},
	{OPTIONS, "/uploads/{upload}", show_options, .may = MAY_ANYONE,
	 .about = "The same, of one upload"},
	{POST, "/uploads", create, OWN, .body = BODY_STREAM, .take = take, .done = create_ended,
	 .about = "Begin an upload of evidence (tus)"},
	{HEAD, "/uploads/{upload}", show_offset, OWN,
	 .about = "How much of an upload has been stored"},
	{PATCH, "/uploads/{upload}", patch, OWN, .body = BODY_STREAM, .take = take,
	 .done = patch_ended, .about = "More bytes of an upload, from its offset on"},
	{DELETE, "/uploads/{upload}", terminate, OWN, .about = "Give an upload up"},
};

const struct route_list uploads_routes = {routes, ARRAY_LEN(routes)};
