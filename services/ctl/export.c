/* All that an educator owns, as one archive. */
#include "services/ctl/export.h"

#include "proto/enrollment.pb-c.h"
#include "proto/evidence.pb-c.h"
#include "services/ctl/files.h"
#include "services/ctl/port.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <openssl/evp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PART_BYTES ((size_t)512 << 10)

/* ---- files ---- */

const char *export_path(struct export *x, const char *format, ...)
{
	char text[4 * BUNDLE_PATH_MAX];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	if (!bundle_path_ok(text))
		ctl_fault(x->ctl, CTL_LOCAL, "%s: is no name for a file of an archive", text);
	return arena_text(x->ctl->arena, bytes_of_text(text));
}

const char *export_id(struct export *x, ProtobufCBinaryData id)
{
	return arena_text(x->ctl->arena, bytes_of_text(ID_STR(bytes_of_pb(id))));
}

static const char *whole_path(struct export *x, const char *path)
{
	return arena_printf(x->ctl->arena, "%s/%s", x->root, path);
}

bool export_has(const struct export *x, const char *path)
{
	size_t i;
	json_t *file;

	json_array_foreach(x->files, i,
			   file) if (strcmp(json_string_value(json_object_get(file, "path")),
					    path) == 0) return true;
	return false;
}

static void list_file(struct export *x, const char *path, const char *kind)
{
	char hash[SHA256_TEXT_LEN + 1];
	uint64_t bytes;

	if (ctl_failed(x->ctl) || !file_hash(x->ctl, whole_path(x, path), &bytes, hash))
		return;
	json_array_append_new(x->files,
			      json_pack("{s:s, s:s, s:I, s:s}", "path", path, "kind", kind, "bytes",
					(json_int_t)bytes, "sha256", hash));
	json_object_set_new(x->counts, kind,
			    json_integer(json_integer_value(json_object_get(x->counts, kind)) + 1));
}

static bool make_place(struct export *x, const char *path)
{
	const char *whole = whole_path(x, path);

	return !ctl_failed(x->ctl) &&
	       dirs_make(x->ctl, dirname(arena_text(x->ctl->arena, bytes_of_text(whole))));
}

void export_bytes(struct export *x, const char *path, const char *kind, struct bytes content)
{
	if (make_place(x, path) && file_write(x->ctl, whole_path(x, path), content))
		list_file(x, path, kind);
}

void export_json(struct export *x, const char *path, const char *kind, json_t *json)
{
	AUTO(free_ptr) char *text = json_dumps(json, JSON_INDENT(1) | JSON_SORT_KEYS);

	ENSURE(text != NULL);
	export_bytes(x, path, kind, bytes_of_text(arena_printf(x->ctl->arena, "%s\n", text)));
	json_decref(json);
}

void export_message(struct export *x, const char *path, const char *kind,
		    const ProtobufCMessage *message)
{
	if (message != NULL)
		export_json(x, path, kind, json_of_message(message));
}

/* ---- bytes of evidence ---- */

static const Evidence__ItemBytes *next_part(struct export *x, const char *ask, const json_t *fields,
					    uint64_t offset)
{
	json_t *copy = json_deep_copy(fields);

	json_object_set_new(copy, "offset", json_integer((json_int_t)offset));
	return (const Evidence__ItemBytes *)ctl_ask_fields(x->ctl, TO_EVIDENCE, ask, copy);
}

static void fetch_parts(struct export *x, const char *ask, const json_t *fields, int fd)
{
	AUTO(arena_destroy) struct arena *part = arena_new(2 * PART_BYTES);
	struct arena *kept = x->ctl->arena;
	uint64_t done = 0, total = 1;

	x->ctl->arena = part;
	while (done < total && !ctl_failed(x->ctl)) {
		const Evidence__ItemBytes *b;

		arena_reset(part);
		b = next_part(x, ask, fields, done);
		if (b == NULL)
			break;
		total = b->total;
		if (b->data.len == 0 && done < total)
			ctl_fault(x->ctl, CTL_REFUSED, "only %llu of %llu bytes came",
				  (unsigned long long)done, (unsigned long long)total);
		else if (write(fd, b->data.data, b->data.len) != (ssize_t)b->data.len)
			ctl_fault(x->ctl, CTL_LOCAL, "%s: %s", x->root, strerror(errno));
		done += b->data.len;
	}
	x->ctl->arena = kept;
}

static void check_hash(struct export *x, const char *path, struct bytes sha256)
{
	char hash[SHA256_TEXT_LEN + 1], expected[SHA256_TEXT_LEN + 1];
	uint64_t bytes;

	if (sha256.len != SHA256_TEXT_LEN / 2 ||
	    !file_hash(x->ctl, whole_path(x, path), &bytes, hash))
		return;
	hex_of_bytes(sha256, expected);
	if (strcmp(hash, expected) != 0)
		ctl_fault(x->ctl, CTL_DIFFERS, "%s came with SHA-256 %s, and %s was sealed", path,
			  hash, expected);
}

void export_fetched(struct export *x, const char *path, const char *kind, const char *ask,
		    json_t *fields, struct bytes sha256)
{
	int fd = -1;

	if (make_place(x, path))
		fd = open(whole_path(x, path), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0) {
		ctl_fault(x->ctl, CTL_LOCAL, "%s: %s", whole_path(x, path), strerror(errno));
	} else {
		fetch_parts(x, ask, fields, fd);
		if (close(fd) != 0)
			ctl_fault(x->ctl, CTL_LOCAL, "%s: %s", path, strerror(errno));
		if (!ctl_failed(x->ctl))
			check_hash(x, path, sha256);
		list_file(x, path, kind);
	}
	json_decref(fields);
}

/* ---- the person ---- */

/* The look at the name is recorded, as the one who runs this; all else is asked for by the
 * educator. */
static const Enrollment__EducatorAnswer *export_person(struct export *x)
{
	struct ctl *c = x->ctl;
	const Enrollment__EducatorAnswer *e = (const Enrollment__EducatorAnswer *)ctl_ask_fields(
		c, TO_ENROLLMENT, "get_educator", json_pack("{s:s}", "educator", x->educator_text));
	const char *purpose = given(c, "purpose") != NULL ? given(c, "purpose") : "export";

	if (e == NULL)
		return NULL;
	if (e->erased) {
		ctl_fault(c, CTL_REFUSED, "this educator was erased: nothing is left to export");
		return NULL;
	}
	export_message(x, "educator.json", "educator", &e->base);
	export_message(x, "person.json", "person",
		       ctl_ask_fields(c, TO_ENROLLMENT, "open_names",
				      json_pack("{s:s, s:s}", "educator", x->educator_text,
						"purpose", purpose)));
	c->actor = x->educator;
	return ctl_failed(c) ? NULL : e;
}

/* ---- the archive ---- */

static int by_path(const void *a, const void *b)
{
	const json_t *const *first = a, *const *second = b;

	return strcmp(json_string_value(json_object_get(*first, "path")),
		      json_string_value(json_object_get(*second, "path")));
}

static json_t *sorted(const json_t *files)
{
	size_t n = json_array_size(files);
	AUTO(free_ptr) json_t **list = calloc(n + 1, sizeof(json_t *));
	json_t *result = json_array();

	ENSURE(list != NULL);
	for (size_t i = 0; i < n; i++)
		list[i] = json_array_get(files, i);
	qsort(list, n, sizeof *list, by_path);
	for (size_t i = 0; i < n; i++)
		json_array_append(result, list[i]);
	return result;
}

static void write_manifest(struct export *x, json_t *manifest)
{
	AUTO(free_ptr) char *text = json_dumps(manifest, JSON_INDENT(1) | JSON_SORT_KEYS);
	const char *path = whole_path(x, BUNDLE_MANIFEST);
	char hash[SHA256_TEXT_LEN + 1];
	uint64_t bytes;

	ENSURE(text != NULL);
	if (ctl_failed(x->ctl) ||
	    !file_write(x->ctl, path, bytes_of_text(arena_printf(x->ctl->arena, "%s\n", text))) ||
	    !file_hash(x->ctl, path, &bytes, hash))
		return;
	tell_text(x->ctl, "manifest_sha256", hash);
	tell_count(x->ctl, "files", json_array_size(x->files));
	say(x->ctl, "%zu files\nmanifest: SHA-256 %s\n", json_array_size(x->files), hash);
}

static void export_all(struct export *x)
{
	const Enrollment__EducatorAnswer *e = export_person(x);

	if (e == NULL)
		return;
	export_enrollments(x);
	export_credentials(x);
	export_ledgers(x, e->n_license_ids, e->license_ids);
	if (is_given(x->ctl, "record"))
		export_record(x);
}

static bool is_tar(const char *path)
{
	size_t len = strlen(path);

	return len > 4 && strcmp(path + len - 4, ".tar") == 0;
}

static void pack(struct export *x, const json_t *manifest, const char *to)
{
	char fault[BUNDLE_FAULT_LEN];

	if (!ctl_failed(x->ctl) && !bundle_write_tar(x->root, manifest, to, fault))
		ctl_fault(x->ctl, CTL_LOCAL, "%s", fault);
}

int export_educator(struct ctl *c)
{
	const char *to = given(c, "to");
	bool tar = is_tar(to);
	struct export x = {.ctl = c,
			   .root = tar ? arena_printf(c->arena, "%s.parts", to) : to,
			   .educator = given_id(c, "educator"),
			   .educator_text = given(c, "educator"),
			   .files = json_array(),
			   .counts = json_object()};
	json_t *manifest = NULL;

	if (tar && access(to, F_OK) == 0)
		ctl_fault(c, CTL_LOCAL, "%s: is there already", to);
	if (!ctl_failed(c) && dir_fresh(c, x.root)) {
		export_all(&x);
		manifest = json_pack("{s:i, s:s, s:s, s:o}", "format", BUNDLE_FORMAT, "type",
				     BUNDLE_TYPE, "educator", ID_STR(bytes_of_id(&x.educator)),
				     "files", sorted(x.files));
		write_manifest(&x, manifest);
		if (tar)
			pack(&x, manifest, to);
		if (tar || ctl_failed(c))
			dir_remove(x.root);
	}
	if (!ctl_failed(c)) {
		tell_text(c, "archive", to);
		tell(c, "kinds", json_incref(x.counts));
		say(c, "%s is whole; cairnctl educator check %s looks at it again\n", to, to);
	}
	json_decref(manifest);
	json_decref(x.files);
	json_decref(x.counts);
	return ctl_exit_code(c);
}
