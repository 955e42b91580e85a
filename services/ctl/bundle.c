/* An educator's archive: its manifest, and every file held against it. */
#include "services/ctl/bundle.h"

#include "libshared/id.h"
#include "services/catalogue/shape.h"

#include <openssl/evp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define HASH_LEN 32
#define FILE_BYTES_MAX ((int64_t)1 << 33) /* what a ustar header can tell */
#define KEPT_FILE_MAX ((size_t)1 << 20)

struct bundle_intake {
	EVP_MD_CTX *md;
	struct bundle_file *file; /* that is being read */
	uint64_t got;
	uint8_t *keep; /* its content, or NULL */
	size_t kept;   /* of all files */
};

PRINTF_LIKE(2, 3)
bool bundle_refuse(struct bundle *b, const char *format, ...)
{
	va_list args;

	if (b->fault[0] != '\0')
		return false;
	va_start(args, format);
	vsnprintf(b->fault, sizeof b->fault, format, args);
	va_end(args);
	for (char *c = b->fault; *c != '\0'; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			*c = '?';
	return false;
}

/* ---- paths ---- */

static bool is_plain_name(const char *name, size_t len)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789.-_~:%";

	if (len == 0)
		return false;
	for (size_t i = 0; i < len; i++)
		if (strchr(letters, name[i]) == NULL)
			return false;
	/* Where a host serves the key list of a did:web that is bare. */
	return name[0] != '.' ||
	       (len == strlen(".well-known") && strncmp(name, ".well-known", len) == 0);
}

bool bundle_path_ok(const char *path)
{
	const char *at = path;

	if (path[0] == '\0' || strlen(path) > BUNDLE_PATH_MAX)
		return false;
	for (;;) {
		size_t len = strcspn(at, "/");

		if (!is_plain_name(at, len))
			return false;
		if (at[len] == '\0')
			return true;
		at += len + 1;
	}
}

/* ---- the manifest ---- */

static const struct shape file_members[] = {
	{.name = "path", .kind = SHAPE_TEXT, .least = 1, .most = BUNDLE_PATH_MAX},
	{.name = "kind", .kind = SHAPE_CODE},
	{.name = "bytes", .kind = SHAPE_WHOLE, .least = 0, .most = FILE_BYTES_MAX},
	{.name = "sha256", .kind = SHAPE_TEXT, .least = BUNDLE_HASH_LEN, .most = BUNDLE_HASH_LEN},
	{.name = NULL},
};
static const struct shape a_file = {.kind = SHAPE_OBJECT, .of = file_members};
static const struct shape manifest_members[] = {
	{.name = "format", .kind = SHAPE_WHOLE, .least = BUNDLE_FORMAT, .most = BUNDLE_FORMAT},
	{.name = "type", .kind = SHAPE_CODE},
	{.name = "educator", .kind = SHAPE_CODE},
	{.name = "files", .kind = SHAPE_LIST, .least = 0, .most = BUNDLE_FILES_MAX, .of = &a_file},
	{.name = NULL},
};
static const struct shape a_manifest = {.kind = SHAPE_OBJECT, .of = manifest_members};

static const char *kept_text(struct bundle *b, const json_t *object, const char *name)
{
	return arena_text(b->arena,
			  bytes_of_text(json_string_value(json_object_get(object, name))));
}

/* In the order of their paths, which also means that none is there twice. */
static bool take_files(struct bundle *b, const json_t *list)
{
	uint8_t hash[HASH_LEN];

	b->n_files = json_array_size(list);
	b->files = arena_zalloc(b->arena, (b->n_files + 1) * sizeof *b->files);
	for (size_t i = 0; i < b->n_files; i++) {
		const json_t *one = json_array_get(list, i);
		struct bundle_file *f = &b->files[i];

		f->path = kept_text(b, one, "path");
		f->kind = kept_text(b, one, "kind");
		f->sha256 = kept_text(b, one, "sha256");
		f->bytes = (uint64_t)json_integer_value(json_object_get(one, "bytes"));
		if (!bundle_path_ok(f->path) || strcmp(f->path, BUNDLE_MANIFEST) == 0)
			return bundle_refuse(b,
					     "the manifest lists \"%s\", which is no path of "
					     "plain names below the archive",
					     f->path);
		if (!bytes_of_hex(f->sha256, hash, HASH_LEN))
			return bundle_refuse(b, "%s: its sha256 is no 64 hex digits", f->path);
		if (i > 0 && strcmp(b->files[i - 1].path, f->path) >= 0)
			return bundle_refuse(b, "the manifest lists %s twice, or out of order",
					     f->path);
	}
	return true;
}

static bool take_json(struct bundle *b, const json_t *json)
{
	char fault[SHAPE_FAULT_LEN];
	struct id id;

	if (!shape_fits(&a_manifest, json, fault))
		return bundle_refuse(b, "the manifest: %s", fault);
	if (strcmp(json_string_value(json_object_get(json, "type")), BUNDLE_TYPE) != 0)
		return bundle_refuse(b, "the manifest is of no " BUNDLE_TYPE);
	b->educator = kept_text(b, json, "educator");
	if (!id_of_text(b->educator, &id))
		return bundle_refuse(b, "the manifest's educator is no id");
	return take_files(b, json_object_get(json, "files"));
}

bool bundle_take_manifest(struct bundle *b, struct bytes text)
{
	uint8_t hash[HASH_LEN];
	json_error_t error;
	json_t *json;
	bool ok;

	if (b->files != NULL)
		return bundle_refuse(b, BUNDLE_MANIFEST " is there twice");
	json = json_loadb((const char *)text.data, text.len, JSON_REJECT_DUPLICATES, &error);
	if (json == NULL)
		return bundle_refuse(b, "the manifest is no JSON: %s", error.text);
	ENSURE(EVP_Digest(text.data, text.len, hash, NULL, EVP_sha256(), NULL) == 1);
	hex_of_bytes(BYTES_OF(hash), b->sha256);
	ok = take_json(b, json);
	json_decref(json);
	return ok;
}

/* ---- files ---- */

static int by_path(const void *path, const void *file)
{
	return strcmp(path, ((const struct bundle_file *)file)->path);
}

const struct bundle_file *bundle_find(const struct bundle *b, const char *path)
{
	return bsearch(path, b->files, b->n_files, sizeof *b->files, by_path);
}

static bool is_kept(const struct bundle_file *f)
{
	static const char *const kinds[] = {"credential", "external", "key-list", "status-list",
					    "record"};

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (strcmp(f->kind, kinds[i]) == 0)
			return f->bytes <= KEPT_FILE_MAX;
	return false;
}

bool bundle_take_begin(struct bundle *b, const char *path, uint64_t bytes)
{
	struct bundle_intake *in = b->intake;
	struct bundle_file *f;

	if (b->files == NULL)
		return bundle_refuse(b, "it does not begin with " BUNDLE_MANIFEST);
	f = (struct bundle_file *)(uintptr_t)bundle_find(b, path);
	if (f == NULL)
		return bundle_refuse(b, "%.200s is there, and the manifest does not list it", path);
	if (f->seen)
		return bundle_refuse(b, "%s is there twice", path);
	if (f->bytes != bytes)
		return bundle_refuse(b, "%s has %llu bytes, and %llu by the manifest", path,
				     (unsigned long long)bytes, (unsigned long long)f->bytes);
	f->seen = true;
	in->file = f;
	in->got = 0;
	in->keep = NULL;
	ENSURE(EVP_DigestInit_ex(in->md, EVP_sha256(), NULL) == 1);
	if (!is_kept(f))
		return true;
	in->kept += bytes;
	if (in->kept > BUNDLE_KEPT_MAX)
		return bundle_refuse(b, "its credentials and key lists are more than %zu MiB",
				     BUNDLE_KEPT_MAX >> 20);
	in->keep = arena_alloc(b->arena, bytes + 1);
	return true;
}

bool bundle_take_part(struct bundle *b, struct bytes part)
{
	struct bundle_intake *in = b->intake;

	if (part.len > in->file->bytes - in->got)
		return bundle_refuse(b, "%s goes on beyond its size", in->file->path);
	if (in->keep != NULL && part.len > 0)
		memcpy(in->keep + in->got, part.data, part.len);
	ENSURE(EVP_DigestUpdate(in->md, part.data, part.len) == 1);
	in->got += part.len;
	return true;
}

bool bundle_take_end(struct bundle *b)
{
	struct bundle_intake *in = b->intake;
	uint8_t hash[HASH_LEN];
	char hex[BUNDLE_HASH_LEN + 1];

	if (in->got != in->file->bytes)
		return bundle_refuse(b, "%s ends before its size", in->file->path);
	ENSURE(EVP_DigestFinal_ex(in->md, hash, NULL) == 1);
	hex_of_bytes(BYTES_OF(hash), hex);
	if (strcmp(hex, in->file->sha256) != 0)
		return bundle_refuse(b, "%s is not what the manifest lists: its SHA-256 is %s",
				     in->file->path, hex);
	if (in->keep != NULL)
		in->file->content = (struct bytes){in->keep, (size_t)in->got};
	return true;
}

/* ---- all of it ---- */

typedef bool source_fn(struct bundle *b, const void *source);

static bool from_path(struct bundle *b, const void *source)
{
	const char *path = source;
	struct stat st;

	if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
		return bundle_read_dir(b, path);
	return bundle_read_tar(b, path);
}

static bool from_memory(struct bundle *b, const void *source)
{
	return bundle_read_tar_memory(b, *(const struct bytes *)source);
}

static bool read_all(struct bundle *b_r, source_fn *from, const void *source, struct arena *arena)
{
	struct bundle_intake intake = {.md = EVP_MD_CTX_new()};
	bool ok;

	ENSURE(intake.md != NULL);
	*b_r = (struct bundle){.arena = arena, .intake = &intake};
	ok = from(b_r, source);
	if (ok && b_r->files == NULL)
		ok = bundle_refuse(b_r, "there is no " BUNDLE_MANIFEST);
	for (size_t i = 0; ok && i < b_r->n_files; i++)
		if (!b_r->files[i].seen)
			ok = bundle_refuse(b_r, "%s is missing", b_r->files[i].path);
	EVP_MD_CTX_free(intake.md);
	b_r->intake = NULL;
	return ok;
}

bool bundle_read(struct bundle *b_r, const char *path, struct arena *arena)
{
	return read_all(b_r, from_path, path, arena);
}

bool bundle_read_memory(struct bundle *b_r, struct bytes tar, struct arena *arena)
{
	return read_all(b_r, from_memory, &tar, arena);
}
