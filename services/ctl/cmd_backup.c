/* Taking a backup of a running installation. */
#include "services/ctl/backup.h"
#include "services/ctl/commands.h"
#include "services/ctl/daemons.h"
#include "services/ctl/files.h"

#include "libshared/clock.h"
#include "libshared/snapshot.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct backup {
	struct ctl *ctl;
	const char *to;
	struct backup_key key;
	json_t *services; /* name -> position and files */
	enum ctl_service list[N_SERVICES];
	size_t n;

	/* the directory that is being copied */
	const char *from, *place; /* below to */
	json_t *files;
	struct arena *scratch; /* for one file of a tree, of which there may be millions */
};

static const char *path_of(const struct backup *b, const char *tail)
{
	return arena_printf(b->ctl->arena, "%s/%s", b->to, tail);
}

static bool note_file(struct backup *b, json_t *files, const char *tail)
{
	char hash[SHA256_TEXT_LEN + 1];
	uint64_t bytes;

	if (!file_hash(b->ctl, path_of(b, tail), &bytes, hash))
		return false;
	json_array_append_new(files, json_pack("{s:s, s:I, s:s}", "path", tail, "bytes",
					       (json_int_t)bytes, "sha256", hash));
	return true;
}

/* ---- trees ---- */

/* What is there already was copied in the first pass: a blob never changes. */
static bool copy_one(void *ctx, const char *path)
{
	struct backup *b = ctx;
	struct arena *kept = b->ctl->arena;
	const char *from, *tail;
	bool ok = true;

	arena_reset(b->scratch);
	b->ctl->arena = b->scratch;
	from = arena_printf(b->scratch, "%s/%s", b->from, path);
	tail = arena_printf(b->scratch, "%s/%s", b->place, path);
	if (access(path_of(b, tail), F_OK) != 0 && access(from, F_OK) == 0)
		ok = file_copy(b->ctl, from, path_of(b, tail), NULL) &&
		     note_file(b, b->files, tail);
	b->ctl->arena = kept;
	return ok;
}

static bool copy_tree(struct backup *b, const char *from, const char *place, json_t *files)
{
	b->from = from;
	b->place = place;
	b->files = files;
	return files_each(b->ctl, from, copy_one, b);
}

static json_t *files_of(const struct backup *b, enum ctl_service s)
{
	return json_object_get(json_object_get(b->services, service_name(s)), "files");
}

/* Twice, before the databases and after: what was purged meanwhile is there from before, what came
 * meanwhile from after, so every blob that a database names is in the backup. */
static bool copy_blobs(struct backup *b)
{
	static const char *const trees[] = {"blobs", "drafts"};
	struct ctl *c = b->ctl;

	for (size_t i = 0; i < b->n; i++)
		for (size_t j = 0; j < ARRAY_LEN(trees); j++) {
			const char *tail =
				arena_printf(c->arena, "%s/%s", service_name(b->list[i]), trees[j]);

			if (!copy_tree(b, ctl_path(c, "%s", tail), tail, files_of(b, b->list[i])))
				return false;
		}
	return true;
}

/* ---- databases ---- */

static bool copy_database(struct backup *b, struct snapshot *snapshot, size_t i)
{
	enum ctl_service s = b->list[i];
	struct ctl *c = b->ctl;
	const char *tail = arena_printf(c->arena, "%s/db", service_name(s));
	json_t *doc = json_object_get(b->services, service_name(s));
	struct position at;
	char chain[2 * CHAIN_LEN + 1];

	if (!dirs_make(c, path_of(b, service_name(s))))
		return false;
	if (snapshot_copy(snapshot, i, path_of(b, tail)) != 0) {
		ctl_fault(c, CTL_LOCAL, "the database of %s cannot be copied (see above)",
			  service_name(s));
		return false;
	}
	if (!position_in(c, s, path_of(b, tail), &at))
		return false;
	unlink(path_of(b, arena_printf(c->arena, "%s/lock.mdb", tail)));
	hex_of_bytes(BYTES_OF(at.chain), chain);
	json_object_set_new(doc, "log_id", json_string(ID_STR(bytes_of_id(&at.log_id))));
	json_object_set_new(doc, "epoch", json_integer((json_int_t)at.epoch));
	json_object_set_new(doc, "seq", json_integer((json_int_t)at.seq));
	json_object_set_new(doc, "chain", json_string(chain));
	say(c, "%-13s through %llu\n", service_name(s), (unsigned long long)at.seq);
	return note_file(b, files_of(b, s), arena_printf(c->arena, "%s/data.mdb", tail));
}

static bool copy_databases(struct backup *b)
{
	const char *dirs[N_SERVICES];
	struct snapshot *snapshot;
	bool ok = true;

	for (size_t i = 0; i < b->n; i++)
		dirs[i] = ctl_path(b->ctl, "%s/db", service_name(b->list[i]));
	snapshot = snapshot_take(dirs, b->n);
	if (snapshot == NULL) {
		ctl_fault(b->ctl, CTL_LOCAL,
			  "the databases cannot be read (see above); run it as their owner");
		return false;
	}
	for (size_t i = 0; ok && i < b->n; i++)
		ok = copy_database(b, snapshot, i);
	snapshot_end(&snapshot);
	return ok;
}

/* ---- keys ---- */

static bool seal_one(struct backup *b, const char *from, const char *tail, json_t *files)
{
	const char *to = path_of(b, tail);

	return dirs_make(b->ctl, dirname(arena_text(b->ctl->arena, bytes_of_text(to)))) &&
	       seal_file(b->ctl, from, to, &b->key) && note_file(b, files, tail);
}

/* After the databases: every person that they name has a key by then. */
static bool copy_keyring(struct backup *b, enum ctl_service s)
{
	struct ctl *c = b->ctl;
	const char *from = ctl_path(c, "%s/keyring", service_name(s));
	const char *erased = arena_printf(c->arena, "%s/erased", service_name(s));

	if (access(from, F_OK) != 0)
		return true;
	return seal_one(b, from, arena_printf(c->arena, "%s/keyring.sealed", service_name(s)),
			files_of(b, s)) &&
	       file_write(c, path_of(b, erased), erased_in(c, from)) && !ctl_failed(c) &&
	       note_file(b, files_of(b, s), erased);
}

static bool copy_keys(struct backup *b, json_t *files)
{
	struct ctl *c = b->ctl;

	for (size_t i = 0; i < b->n; i++) {
		const char *file =
			arena_printf(c->arena, "keys/%s.noise", service_name(b->list[i]));
		const char *from = ctl_path(c, "%s", file);

		if (!copy_keyring(b, b->list[i]))
			return false;
		if (access(from, F_OK) == 0 &&
		    !seal_one(b, from, arena_printf(c->arena, "%s.sealed", file), files))
			return false;
	}
	return copy_tree(b, ctl_path(c, "keys/issuers"), "keys/issuers", files);
}

/* ---- all ---- */

static void list_services(struct backup *b)
{
	for (enum ctl_service s = 0; s < N_SERVICES; s++) {
		if (access(ctl_path(b->ctl, "%s/db/data.mdb", service_name(s)), F_OK) != 0)
			continue;
		b->list[b->n++] = s;
		json_object_set_new(b->services, service_name(s), json_pack("{s:[]}", "files"));
	}
	if (b->n == 0)
		ctl_fault(b->ctl, CTL_LOCAL,
			  "%s: no databases of an installation; name it with --dir DIR",
			  b->ctl->dir);
}

static bool write_manifest(struct backup *b, json_t *key_files, int64_t made_us)
{
	char made[32], key[2 * crypto_box_PUBLICKEYBYTES + 1];
	json_t *manifest;
	char *text;
	bool ok;

	time_text(made_us, made);
	hex_of_bytes(BYTES_OF(b->key.public_key), key);
	manifest = json_pack("{s:i, s:s, s:s, s:s, s:O, s:{s:O}}", "format", BACKUP_FORMAT, "made",
			     made, "version", CAIRN_VERSION, "sealed_to", key, "services",
			     b->services, "keys", "files", key_files);
	text = json_dumps(manifest, JSON_INDENT(1));
	ENSURE(text != NULL);
	ok = file_write(b->ctl, path_of(b, "manifest.json"), bytes_of_text(text)) &&
	     dir_sync(b->ctl, b->to);
	free(text);
	json_decref(manifest);
	return ok;
}

/* Its daemons tell of it, so that somebody hears when no backup has been taken. */
static void note_backed_up(const struct backup *b)
{
	struct ctl *c = b->ctl;

	for (size_t i = 0; i < b->n; i++) {
		const char *path = ctl_path(c, "%s/" BACKED_UP, service_name(b->list[i]));
		int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

		if (fd < 0 || futimens(fd, NULL) != 0)
			ctl_fault(c, CTL_LOCAL, "the backup is whole, but %s: %s", path,
				  strerror(errno));
		if (fd >= 0)
			close(fd);
	}
}

static int take_backup(struct ctl *c)
{
	AUTO(arena_destroy) struct arena *scratch = arena_new((size_t)16 << 10);
	struct backup b = {
		.ctl = c, .to = given(c, "to"), .services = json_object(), .scratch = scratch};
	json_t *key_files = json_array();
	int64_t made_us = clock_wall_us();

	list_services(&b);
	if (!ctl_failed(c) && backup_public(c, given(c, "to-key"), &b.key) && dir_fresh(c, b.to) &&
	    copy_blobs(&b) && copy_databases(&b) && copy_keys(&b, key_files) && copy_blobs(&b) &&
	    write_manifest(&b, key_files, made_us)) {
		tell_text(c, "backup", b.to);
		say(c, "%s is whole\n", b.to);
		note_backed_up(&b);
	}
	json_decref(b.services);
	json_decref(key_files);
	return ctl_exit_code(c);
}

static const struct command rows[] = {
	{"backup", NULL, "copy a running installation, as of one moment",
	 PARAMS(OWN_OPTION("to", "DIR", "a new directory", P_TEXT, MUST),
		OWN_OPTION("to-key", "FILE", "the operator's public key, of keys backup-key",
			   P_TEXT, MUST)),
	 .run = take_backup},
};

const struct command_list backup_commands = {rows, ARRAY_LEN(rows)};
