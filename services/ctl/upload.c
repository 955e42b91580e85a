/* Files to the evidence service and back, in parts of half a mebibyte. */
#include "services/ctl/upload.h"

#include "proto/evidence.pb-c.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#define PART_BYTES ((size_t)512 << 10)
#define HASH_LEN 32

struct upload {
	const char *path;
	int fd;
	uint64_t bytes;
	uint8_t hash[HASH_LEN];
	struct id artifact;
	uint64_t received; /* by the service */
	bool begun;
};

const char *media_type_of(const char *path)
{
	static const struct {
		const char *end, *type;
	} types[] = {
		{".pdf", "application/pdf"},
		{".txt", "text/plain"},
		{".md", "text/markdown"},
		{".csv", "text/csv"},
		{".html", "text/html"},
		{".png", "image/png"},
		{".jpg", "image/jpeg"},
		{".jpeg", "image/jpeg"},
		{".webp", "image/webp"},
		{".heic", "image/heic"},
		{".mp4", "video/mp4"},
		{".webm", "video/webm"},
		{".mov", "video/quicktime"},
		{".mp3", "audio/mpeg"},
		{".m4a", "audio/mp4"},
		{".ogg", "audio/ogg"},
		{".wav", "audio/wav"},
		{".docx",
		 "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
		{".pptx",
		 "application/vnd.openxmlformats-officedocument.presentationml.presentation"},
		{".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
		{".odt", "application/vnd.oasis.opendocument.text"},
		{".ods", "application/vnd.oasis.opendocument.spreadsheet"},
		{".json", "application/json"},
		{".zip", "application/zip"},
	};
	size_t len = strlen(path);

	for (size_t i = 0; i < ARRAY_LEN(types); i++) {
		size_t n = strlen(types[i].end);

		if (len > n && strcasecmp(path + len - n, types[i].end) == 0)
			return types[i].type;
	}
	return NULL;
}

/* ---- the file ---- */

/* As much as there is, up to len; 0 at the end; -1: told. */
static ssize_t read_at(struct ctl *c, const struct upload *u, uint8_t *data, size_t len,
		       uint64_t offset)
{
	size_t done = 0;

	while (done < len) {
		ssize_t n = pread(u->fd, data + done, len - done, (off_t)(offset + done));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			ctl_fault(c, CTL_LOCAL, "%s: %s", u->path, strerror(errno));
			return -1;
		}
		if (n == 0)
			break;
		done += (size_t)n;
	}
	return (ssize_t)done;
}

static void hash_file(struct ctl *c, struct upload *u, uint8_t *part)
{
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	struct progress progress = progress_begin(c, "hashing", 0, u->bytes);
	uint64_t done = 0;

	ENSURE(md != NULL && EVP_DigestInit_ex(md, EVP_sha256(), NULL) == 1);
	while (done < u->bytes) {
		ssize_t n = read_at(c, u, part, PART_BYTES, done);

		if (n <= 0)
			break;
		ENSURE(EVP_DigestUpdate(md, part, (size_t)n) == 1);
		done += (uint64_t)n;
		progress_turn(&progress, done);
	}
	progress_end(&progress);
	ENSURE(EVP_DigestFinal_ex(md, u->hash, NULL) == 1);
	EVP_MD_CTX_free(md);
	if (done != u->bytes)
		ctl_fault(c, CTL_LOCAL, "%s: changes while it is read", u->path);
}

static bool open_file(struct ctl *c, struct upload *u)
{
	struct stat st;

	u->fd = open(u->path, O_RDONLY | O_CLOEXEC);
	if (u->fd < 0 || fstat(u->fd, &st) != 0 || !S_ISREG(st.st_mode)) {
		ctl_fault(c, CTL_LOCAL, "%s: %s", u->path,
			  u->fd < 0 ? strerror(errno) : "is not a file");
		return false;
	}
	u->bytes = (uint64_t)st.st_size;
	return true;
}

/* ---- what the service has of it ---- */

static bool is_this(const struct upload *u, const Evidence__ArtifactState *a)
{
	return a->bytes == u->bytes && a->received < a->bytes &&
	       strcmp(a->state, "uploading") == 0 &&
	       bytes_equal(bytes_of_pb(a->sha256), BYTES_OF(u->hash));
}

/* An artifact of this requirement that waits for the rest of this file. */
static void find_begun(struct ctl *c, struct upload *u, const struct id *portfolio)
{
	const Evidence__PortfolioAnswer *p = (const Evidence__PortfolioAnswer *)ctl_ask_fields(
		c, TO_EVIDENCE, "get_portfolio",
		json_pack("{s:s}", "portfolio", ID_STR(bytes_of_id(portfolio))));

	for (size_t i = 0; p != NULL && i < p->n_requirements; i++) {
		const Evidence__RequirementState *r = p->requirements[i];

		if (strcmp(r->code, given(c, "requirement")) != 0)
			continue;
		for (size_t j = 0; j < r->n_artifacts && !u->begun; j++)
			if (is_this(u, r->artifacts[j])) {
				u->artifact = id_of_bytes(bytes_of_pb(r->artifacts[j]->artifact));
				u->received = r->artifacts[j]->received;
				u->begun = true;
			}
	}
	if (u->begun)
		say(c, "going on at byte %" PRIu64 "\n", u->received);
}

static void begin(struct ctl *c, struct upload *u)
{
	json_t *fields = given_fields(c);
	char hash[2 * HASH_LEN + 1];

	if (u->begun) {
		json_decref(fields);
		return;
	}
	u->artifact = ctl_made_id(c, "artifact", 0);
	hex_of_bytes(BYTES_OF(u->hash), hash);
	json_object_set_new(fields, "artifact", json_string(ID_STR(bytes_of_id(&u->artifact))));
	json_object_set_new(fields, "bytes", json_integer((json_int_t)u->bytes));
	json_object_set_new(fields, "sha256", json_string(hash));
	if (!is_given(c, "type") && media_type_of(u->path) == NULL)
		ctl_fault(c, CTL_USAGE, "--type: the media type of %s is not known by its name",
			  u->path);
	else if (!is_given(c, "type"))
		json_object_set_new(fields, "media_type", json_string(media_type_of(u->path)));
	if (ctl_send_fields(c, TO_EVIDENCE, &u->artifact, "begin_artifact", fields) &&
	    c->done.answer != NULL)
		u->received = ((const Evidence__UploadAnswer *)c->done.answer)->received;
}

static bool put_part(struct ctl *c, struct upload *u, struct bytes part)
{
	Evidence__PutPart put = EVIDENCE__PUT_PART__INIT;
	Evidence__Command command = EVIDENCE__COMMAND__INIT;

	put.artifact = pb_of_bytes(bytes_of_id(&u->artifact));
	put.offset = u->received;
	put.data = pb_of_bytes(part);
	command.body_case = EVIDENCE__COMMAND__BODY_PUT_PART;
	command.put_part = &put;
	return ctl_send(c, TO_EVIDENCE, &u->artifact, &command.base);
}

static void put_parts(struct ctl *c, struct upload *u, uint8_t *part)
{
	struct progress progress = progress_begin(c, "sending", u->received, u->bytes);

	while (!ctl_failed(c) && u->received < u->bytes) {
		ssize_t n = read_at(c, u, part, PART_BYTES, u->received);

		if (n == 0)
			ctl_fault(c, CTL_LOCAL, "%s: changes while it is read", u->path);
		if (n <= 0 || !put_part(c, u, (struct bytes){part, (size_t)n}))
			break;
		u->received += (uint64_t)n;
		progress_turn(&progress, u->received);
	}
	progress_end(&progress);
}

static void finish(struct ctl *c, const struct upload *u)
{
	char hash[2 * HASH_LEN + 1];

	if (!ctl_send_fields(c, TO_EVIDENCE, &u->artifact, "finish_artifact",
			     json_pack("{s:s}", "artifact", ID_STR(bytes_of_id(&u->artifact)))))
		return;
	hex_of_bytes(BYTES_OF(u->hash), hash);
	tell_id(c, "artifact", &u->artifact);
	tell_text(c, "sha256", hash);
	tell_count(c, "bytes", u->bytes);
	say(c, "artifact: %s\nsha256: %s\nbytes: %" PRIu64 "\n", ID_STR(bytes_of_id(&u->artifact)),
	    hash, u->bytes);
}

int add_evidence(struct ctl *c)
{
	AUTO(free_ptr) uint8_t *part = malloc(PART_BYTES);
	struct id portfolio = given_id(c, "enrollment");
	struct upload u = {.path = given(c, "file"), .fd = -1};

	ENSURE(part != NULL);
	if (open_file(c, &u)) {
		hash_file(c, &u, part);
		find_begun(c, &u, &portfolio);
		begin(c, &u);
		put_parts(c, &u, part);
		if (!ctl_failed(c))
			finish(c, &u);
	}
	if (u.fd >= 0)
		close(u.fd);
	return ctl_exit_code(c);
}

/* ---- and back ---- */

/* The next bytes of what is fetched; sets its whole length. */
typedef const Evidence__ItemBytes *next_bytes_fn(struct ctl *c, uint64_t offset);

static const Evidence__ItemBytes *next_of_artifact(struct ctl *c, uint64_t offset)
{
	const char *reason = is_given(c, "reason") ? given(c, "reason") : "";

	return (const Evidence__ItemBytes *)ctl_ask_fields(
		c, TO_EVIDENCE, "fetch_own",
		json_pack("{s:s, s:I, s:s}", "artifact", given(c, "artifact"), "offset",
			  (json_int_t)offset, "reason", reason));
}

static const Evidence__ItemBytes *next_of_item(struct ctl *c, uint64_t offset)
{
	return (const Evidence__ItemBytes *)ctl_ask_fields(
		c, TO_EVIDENCE, "fetch_item",
		json_pack("{s:s, s:I, s:I}", "reading", given(c, "reading"), "item",
			  (json_int_t)given_count(c, "item", 0), "offset", (json_int_t)offset));
}

/* Returns how many bytes came. Answers live in an arena of their own: a video does not fit into
 * one. */
static uint64_t fetch_to(struct ctl *c, next_bytes_fn *next, int fd)
{
	AUTO(arena_destroy) struct arena *part = arena_new(2 * PART_BYTES);
	struct arena *kept = c->arena;
	uint64_t done = 0, total = 1;

	c->arena = part;
	while (done < total && !ctl_failed(c)) {
		const Evidence__ItemBytes *b;

		arena_reset(part);
		b = next(c, done);
		if (b == NULL)
			break;
		total = b->total;
		if (b->data.len == 0 && done < total)
			ctl_fault(c, CTL_REFUSED, "only %" PRIu64 " of %" PRIu64 " bytes came",
				  done, total);
		else if (write(fd, b->data.data, b->data.len) != (ssize_t)b->data.len)
			ctl_fault(c, CTL_LOCAL, "%s: %s", given(c, "to"), strerror(errno));
		done += b->data.len;
	}
	c->arena = kept;
	return done;
}

static int fetch(struct ctl *c, next_bytes_fn *next)
{
	const char *to = given(c, "to");
	int fd = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	uint64_t done;

	if (fd < 0)
		return (int)ctl_fault(c, CTL_LOCAL, "%s: %s", to, strerror(errno));
	done = fetch_to(c, next, fd);
	if (close(fd) != 0)
		ctl_fault(c, CTL_LOCAL, "%s: %s", to, strerror(errno));
	if (ctl_failed(c)) {
		unlink(to);
		return ctl_exit_code(c);
	}
	tell_count(c, "bytes", done);
	tell_text(c, "file", to);
	say(c, "%s: %" PRIu64 " bytes\n", to, done);
	return ctl_exit_code(c);
}

int fetch_artifact(struct ctl *c)
{
	return fetch(c, next_of_artifact);
}

int fetch_item(struct ctl *c)
{
	return fetch(c, next_of_item);
}
