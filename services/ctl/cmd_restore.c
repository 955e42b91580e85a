/* Putting an installation back from a backup, and a service from its log's archive. */
#include "services/ctl/backup.h"
#include "services/ctl/commands.h"
#include "services/ctl/daemons.h"
#include "services/ctl/files.h"

#include "libshared/clock.h"
#include "libshared/restore.h"
#include "libshared/seal.h"

#include <inttypes.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MANIFEST_MAX ((size_t)1 << 30)

struct restoring {
	struct ctl *ctl;
	const char *from; /* the backup; NULL: from an archive alone */
	const char *to;
	const char *archive;
	json_t *manifest;
	struct backup_key key;
	json_t *done; /* what the document tells of each service */
};

static const char *from_path(const struct restoring *r, const char *tail)
{
	return arena_printf(r->ctl->arena, "%s/%s", r->from, tail);
}

static const char *to_path(const struct restoring *r, const char *tail)
{
	return arena_printf(r->ctl->arena, "%s/%s", r->to, tail);
}

static json_t *service_doc(const struct restoring *r, enum ctl_service s)
{
	return json_object_get(json_object_get(r->manifest, "services"), service_name(s));
}

/* ---- the backup is what its manifest says ---- */

static bool read_manifest(struct restoring *r)
{
	struct ctl *c = r->ctl;
	struct bytes text;
	json_error_t error;

	if (!file_read(c, from_path(r, "manifest.json"), MANIFEST_MAX, &text))
		return false;
	r->manifest = json_loadb((const char *)text.data, text.len, JSON_REJECT_DUPLICATES, &error);
	if (r->manifest == NULL)
		ctl_fault(c, CTL_DIFFERS, "%s: line %d: %s", from_path(r, "manifest.json"),
			  error.line, error.text);
	else if (json_integer_value(json_object_get(r->manifest, "format")) != BACKUP_FORMAT)
		ctl_fault(c, CTL_DIFFERS, "%s: a format that this cairnctl does not know",
			  from_path(r, "manifest.json"));
	return !ctl_failed(c);
}

static bool check_file(struct restoring *r, const json_t *file)
{
	const char *path = json_string_value(json_object_get(file, "path"));
	const char *want = json_string_value(json_object_get(file, "sha256"));
	char hash[SHA256_TEXT_LEN + 1];
	uint64_t bytes;

	if (path == NULL || want == NULL || path[0] == '/' || strstr(path, "..") != NULL) {
		ctl_fault(r->ctl, CTL_DIFFERS, "%s: a file without a sound path and hash", r->from);
		return false;
	}
	if (!file_hash(r->ctl, from_path(r, path), &bytes, hash))
		return false;
	if (strcmp(hash, want) != 0)
		ctl_fault(r->ctl, CTL_DIFFERS, "%s: is not what the manifest says",
			  from_path(r, path));
	return !ctl_failed(r->ctl);
}

static bool check_files(struct restoring *r, const json_t *files)
{
	const json_t *file;
	size_t i;

	json_array_foreach(files, i, file) if (!check_file(r, file)) return false;
	return true;
}

static bool check_all(struct restoring *r)
{
	const char *name;
	json_t *doc;

	json_object_foreach(json_object_get(r->manifest, "services"), name, doc)
	{
		if (service_of_name(name) == N_SERVICES)
			ctl_fault(r->ctl, CTL_DIFFERS, "%s: no such service: %s", r->from, name);
		else
			check_files(r, json_object_get(doc, "files"));
		if (ctl_failed(r->ctl))
			return false;
	}
	return check_files(r, json_object_get(json_object_get(r->manifest, "keys"), "files"));
}

/* ---- keyrings ---- */

/* Every list there is: who was erased at one service is erased at all, and a list that is newer
 * than the backup (--erased) names those whose keys the backup still holds. */
static bool erase_all(struct restoring *r, struct keyring *keyring, unsigned *n)
{
	const char *path;

	for (enum ctl_service s = 0; s < N_SERVICES; s++) {
		path = from_path(r, arena_printf(r->ctl->arena, "%s/erased", service_name(s)));
		if (access(path, F_OK) == 0 && !erase_list(r->ctl, keyring, path, n))
			return false;
	}
	for (size_t i = 0; (path = given_nth(r->ctl, "erased", i)) != NULL; i++)
		if (!erase_list(r->ctl, keyring, path, n))
			return false;
	return true;
}

static bool put_keyring(struct restoring *r, enum ctl_service s)
{
	struct ctl *c = r->ctl;
	const char *sealed =
		from_path(r, arena_printf(c->arena, "%s/keyring.sealed", service_name(s)));
	const char *path = to_path(r, arena_printf(c->arena, "%s/keyring", service_name(s)));
	struct keyring *keyring;
	unsigned n_erased = 0;
	bool ok;

	if (access(sealed, F_OK) != 0)
		return true;
	if (!open_sealed(c, sealed, path, &r->key))
		return false;
	keyring = keyring_open(path, NULL);
	if (keyring == NULL) {
		ctl_fault(c, CTL_DIFFERS, "%s: holds no keyring", sealed);
		return false;
	}
	ok = erase_all(r, keyring, &n_erased);
	say(c, "%-13s %" PRIu64 " keys of persons, %u erased\n", service_name(s),
	    keyring_count(keyring), n_erased);
	keyring_close(&keyring);
	return ok;
}

/* ---- files ---- */

/* Everything of the manifest that is copied as it is. */
static bool put_file(struct restoring *r, const char *path)
{
	size_t len = strlen(path);

	if ((len > 7 && strcmp(path + len - 7, ".sealed") == 0) ||
	    (len > 7 && strcmp(path + len - 7, "/erased") == 0))
		return true;
	return file_copy(r->ctl, from_path(r, path), to_path(r, path), NULL);
}

static bool put_files(struct restoring *r, const json_t *files)
{
	AUTO(arena_destroy) struct arena *scratch = arena_new((size_t)16 << 10);
	struct arena *kept = r->ctl->arena;
	const json_t *file;
	bool ok = true;
	size_t i;

	r->ctl->arena = scratch;
	json_array_foreach(files, i, file)
	{
		arena_reset(scratch);
		ok = ok && put_file(r, json_string_value(json_object_get(file, "path")));
	}
	r->ctl->arena = kept;
	return ok;
}

/* keys/NAME.noise.sealed becomes keys/NAME.noise. */
static bool put_keys(struct restoring *r)
{
	const json_t *files = json_object_get(json_object_get(r->manifest, "keys"), "files"), *file;
	size_t i;

	if (!dirs_make(r->ctl, to_path(r, "keys")) || !put_files(r, files))
		return false;
	json_array_foreach(files, i, file)
	{
		const char *path = json_string_value(json_object_get(file, "path"));
		size_t len = strlen(path);

		if (len <= 7 || strcmp(path + len - 7, ".sealed") != 0)
			continue;
		if (!open_sealed(
			    r->ctl, from_path(r, path),
			    to_path(r, arena_printf(r->ctl->arena, "%.*s", (int)len - 7, path)),
			    &r->key))
			return false;
	}
	return true;
}

/* ---- logs ---- */

/* The archive says more than the backup: what the log held when the disk was lost. */
static bool extend_log(struct restoring *r, enum ctl_service s, const char *db, json_t *doc)
{
	const struct service *service = service_of(s);
	uint64_t n = 0;

	if (restore_extend(service, db, r->archive, &n) != 0) {
		ctl_fault(r->ctl, CTL_DIFFERS,
			  "%s: the archive does not go on from there (see above)", service_name(s));
		return false;
	}
	json_object_set_new(doc, "from_archive", json_integer((json_int_t)n));
	say(r->ctl, "%-13s %" PRIu64 " records of the archive\n", service_name(s), n);
	return true;
}

static bool move_cursors(struct restoring *r, enum ctl_service s, const char *db,
			 uint64_t after_seq, json_t *doc)
{
	const struct service *service = service_of(s);
	json_t *cursors = json_object();

	json_object_set_new(doc, "cursors", cursors);
	for (unsigned i = 0; i < service->n_upstreams; i++) {
		const char *stream = service->upstreams[i].stream;
		struct restore_cursor cursor = {
			.archive = r->archive, .stream = stream, .after_seq = after_seq};

		if (restore_cursor(service, db, &cursor) != 0) {
			ctl_fault(r->ctl, CTL_DIFFERS,
				  "%s: its place in %s cannot be found (see above)",
				  service_name(s), stream);
			return false;
		}
		json_object_set_new(cursors, stream,
				    cursor.found ? json_integer((json_int_t)cursor.at.seq)
						 : json_null());
		if (cursor.found)
			say(r->ctl, "%-13s goes on after %" PRIu64 " of %s\n", service_name(s),
			    cursor.at.seq, stream);
		else
			say(r->ctl,
			    "%-13s stops at %s, whose archive is not there: say where it goes on "
			    "with cairnctl peer rejoin\n",
			    service_name(s), stream);
	}
	return true;
}

static bool rename_log(struct restoring *r, enum ctl_service s, const char *db, json_t *doc)
{
	struct id log_id = ctl_made_id(r->ctl, service_name(s), 0);
	struct position before;

	if (restore_rename(service_of(s), db, log_id, clock_wall_us(), &before) != 0) {
		ctl_fault(r->ctl, CTL_LOCAL, "%s: its log cannot be renamed (see above)",
			  service_name(s));
		return false;
	}
	json_object_set_new(doc, "log_id", json_string(ID_STR(bytes_of_id(&log_id))));
	json_object_set_new(doc, "before",
			    json_pack("{s:s, s:I}", "log_id", ID_STR(bytes_of_id(&before.log_id)),
				      "seq", (json_int_t)before.seq));
	say(r->ctl, "%-13s through %" PRIu64 ", its log is now %s\n", service_name(s), before.seq,
	    ID_STR(bytes_of_id(&log_id)));
	return true;
}

static bool restore_service(struct restoring *r, enum ctl_service s)
{
	struct ctl *c = r->ctl;
	const char *db = to_path(r, arena_printf(c->arena, "%s/db", service_name(s)));
	json_t *doc = json_object(), *from = service_doc(r, s);
	uint64_t seq = (uint64_t)json_integer_value(json_object_get(from, "seq"));

	json_object_set_new(r->done, service_name(s), doc);
	if (!dir_fresh(c, to_path(r, service_name(s))) || !put_keyring(r, s) ||
	    !put_files(r, json_object_get(from, "files")))
		return false;
	if (r->archive != NULL && (!extend_log(r, s, db, doc) || !move_cursors(r, s, db, seq, doc)))
		return false;
	return rename_log(r, s, db, doc);
}

/* ---- all ---- */

static bool is_wanted(const struct restoring *r, enum ctl_service s)
{
	const char *name;

	for (size_t i = 0; (name = given_nth(r->ctl, "service", i)) != NULL; i++)
		if (strcmp(name, service_name(s)) == 0)
			return true;
	return !is_given(r->ctl, "service") && service_doc(r, s) != NULL;
}

static bool open_backup(struct restoring *r)
{
	if (!is_given(r->ctl, "secret")) {
		ctl_fault(r->ctl, CTL_USAGE,
			  "--secret: the operator's secret key is needed to open its keyrings");
		return false;
	}
	return backup_secret(r->ctl, given(r->ctl, "secret"), &r->key) && read_manifest(r) &&
	       check_all(r) && put_keys(r);
}

static void restore_services(struct restoring *r)
{
	const char *name;

	for (size_t i = 0; (name = given_nth(r->ctl, "service", i)) != NULL; i++)
		if (service_of_name(name) == N_SERVICES)
			ctl_fault(r->ctl, CTL_USAGE, "--service: there is no service %s", name);
	for (enum ctl_service s = 0; s < N_SERVICES && !ctl_failed(r->ctl); s++)
		if (is_wanted(r, s))
			restore_service(r, s);
}

static int restore(struct ctl *c)
{
	struct restoring r = {.ctl = c,
			      .from = given(c, "from"),
			      .to = given(c, "to"),
			      .archive = given(c, "archive"),
			      .done = json_object()};

	tell(c, "services", r.done);
	if (r.from == NULL && (r.archive == NULL || !is_given(c, "service")))
		return (int)ctl_fault(
			c, CTL_USAGE,
			"--from BACKUP, or --archive DIR and --service NAME, are expected");
	if (r.from == NULL)
		r.from = "/nonexistent";
	else if (!open_backup(&r))
		goto end;
	restore_services(&r);
end:
	sodium_memzero(&r.key, sizeof r.key);
	json_decref(r.manifest);
	if (!ctl_failed(c))
		say(c,
		    "restored; put keys/issuance.master there from where you keep it, "
		    "cairnctl keys init --dir %s makes its CURVE keys, deploy/up starts it\n",
		    r.to);
	return ctl_exit_code(c);
}

static const struct command rows[] = {
	{"restore", NULL, "make an installation from a backup or archives",
	 PARAMS(OWN_OPTION("from", "DIR", "the backup", P_TEXT, MAY),
		OWN_OPTION("secret", "FILE", "the operator's secret key, of keys backup-key",
			   P_TEXT, MAY),
		OWN_OPTION("erased", "FILE",
			   "a list of erased persons that is newer than the backup", P_TEXT,
			   ANY_NUMBER),
		OWN_OPTION("archive", "DIR", "archives of logs: what the backup does not have yet",
			   P_TEXT, MAY),
		OWN_OPTION("service", "SERVICE", "only this one", P_TEXT, ANY_NUMBER),
		OWN_OPTION("to", "DIR", "the new installation", P_TEXT, MUST)),
	 .run = restore},
};

const struct command_list restore_commands = {rows, ARRAY_LEN(rows)};
