/* Keys: of an installation's processes, of issuers, of backups. */
#include "libshared/service.h"
#include "services/ctl/backup.h"
#include "services/ctl/commands.h"
#include "services/ctl/files.h"
#include "services/ctl/reissue.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- an installation's own ---- */

/* Who stands in a new peers file. A service that follows another's log needs follow; names brings
 * the keys of persons along. The gateway has two hands: its own, for teachers and assessors, and
 * the office's, for administrators. */
static const struct {
	const char *name, *roles;
} members[] = {
	{"enrollment", "follow"},
	{"evidence", "follow"},
	{"assessment", "follow"},
	{"issuance", "follow,names"},
	{"notification", "follow,names,delivers"},
	{"gateway", "portal,asserts,names"},
	{"office", "operator,asserts,names"},
	{"ctl", "portal,operator,asserts,names,follow"},
};

/* What a member has been given since its first release: one that stands in the file without it
 * gets it. */
static const struct {
	const char *name, *role;
	uint32_t bit;
} learned[] = {{"notification", "delivers", ROLE_DELIVERS}};

#define PEERS_FILE_MAX ((size_t)8 << 20)
#define BLANKS " \t"

static bool make_dir(struct ctl *c, const char *path)
{
	if (mkdir(path, 0700) == 0 || errno == EEXIST)
		return true;
	ctl_fault(c, CTL_LOCAL, "%s: %s", path, strerror(errno));
	return false;
}

/* Adds the members that the file does not have. */
static void add_members(struct ctl *c, const char *path, const struct peers *known)
{
	json_t *keys = json_object();

	for (size_t i = 0; i < ARRAY_LEN(members) && !ctl_failed(c); i++) {
		const char *name = members[i].name;
		struct key_text key;

		if (keys_make(ctl_path(c, "keys"), name, &key) != 0) {
			ctl_fault(c, CTL_LOCAL, "%s/keys/%s.key cannot be made", c->dir, name);
			break;
		}
		json_object_set_new(keys, name, json_string(key.s));
		if (peer_by_name(known, name) != NULL)
			continue;
		if (peers_add(path, name, &key, members[i].roles, "") != 0)
			ctl_fault(c, CTL_LOCAL, "%s cannot be written", path);
		say(c, "%-14s%s  %s\n", name, key.s, members[i].roles);
	}
	tell(c, "peers", keys);
}

/* Where the line's roles end, if one is to be added there; NULL: not. A line without roles stays
 * so: somebody took them away. */
static const char *end_of_roles(struct ctl *c, const char *line, size_t member)
{
	const char *name = line + strspn(line, BLANKS), *roles;
	size_t len = strlen(learned[member].name);
	uint32_t bits;

	if (strncmp(name, learned[member].name, len) != 0 || strspn(name + len, BLANKS) == 0)
		return NULL;
	roles = strstr(name, " roles=");
	if (roles == NULL)
		return NULL;
	roles += strlen(" roles=");
	len = strcspn(roles, BLANKS "\r\n");
	if (!roles_of_text(arena_text(c->arena, (struct bytes){(const uint8_t *)roles, len}),
			   &bits) ||
	    bits == 0 || (bits & learned[member].bit) != 0)
		return NULL;
	return roles + len;
}

static bool write_line(struct ctl *c, FILE *to, const char *line)
{
	bool added = false;

	for (size_t i = 0; i < ARRAY_LEN(learned); i++) {
		const char *end = end_of_roles(c, line, i);

		if (end == NULL)
			continue;
		line = arena_printf(c->arena, "%.*s,%s%s", (int)(end - line), line, learned[i].role,
				    end);
		say(c, "%-14s%s\n", learned[i].name, learned[i].role);
		added = true;
	}
	fputs(line, to);
	return added;
}

static void give_learned(struct ctl *c, const char *path)
{
	struct bytes content;
	char *text = NULL, *rest = NULL;
	size_t len = 0;
	bool changed = false;
	FILE *to;

	if (ctl_failed(c) || !file_read(c, path, PEERS_FILE_MAX, &content))
		return;
	to = open_memstream(&text, &len);
	ENSURE(to != NULL);
	rest = arena_text(c->arena, content);
	while (*rest != '\0') {
		size_t n = strcspn(rest, "\n");

		n += rest[n] == '\n';
		changed = write_line(c, to,
				     arena_text(c->arena, (struct bytes){(uint8_t *)rest, n})) ||
			  changed;
		rest += n;
	}
	fclose(to);
	if (changed)
		file_write(c, path, (struct bytes){(const uint8_t *)text, len});
	free(text);
}

/* A fresh file is written beside its place first: half a one would keep daemons from starting. */
static int init_keys(struct ctl *c)
{
	const char *path = ctl_path(c, "peers"), *fresh = ctl_path(c, "peers.new");
	bool exists = access(path, F_OK) == 0;
	struct peers *known;

	if (!make_dir(c, c->dir) || !make_dir(c, ctl_path(c, "run")) ||
	    !make_dir(c, ctl_path(c, "keys")))
		return ctl_exit_code(c);
	known = exists ? peers_load(path) : peers_none();
	if (known == NULL)
		return (int)ctl_fault(c, CTL_LOCAL, "%s cannot be read", path);
	unlink(fresh);
	add_members(c, exists ? path : fresh, known);
	if (!exists && !ctl_failed(c) && rename(fresh, path) != 0)
		ctl_fault(c, CTL_LOCAL, "%s: %s", path, strerror(errno));
	peers_destroy(&known);
	if (!is_given(c, "keep-roles"))
		give_learned(c, path);
	tell_text(c, "dir", c->dir);
	say(c, "%s is ready; deploy/up --dir %s starts its daemons\n", c->dir, c->dir);
	return ctl_exit_code(c);
}

#define ISSUER WORD("issuer", "ISSUER", "its code", P_ISSUER, MUST)
#define KIND OPTION("kind", "KIND", "ed25519 (default), rs256 or es256", P_NAME, MAY)
#define BECAUSE OPTION("because", "TEXT", "why; kept with who did it", P_TEXT, MUST)

static const struct command rows[] = {
	{"keys", "init", "make an installation's keys and its peers file",
	 PARAMS(OWN_FLAG("keep-roles", "give nobody who is there a role that is new")),
	 .run = init_keys},
	{"keys", "add", "make the first signing key of an issuer", PARAMS(ISSUER, KIND),
	 .to = TO_ISSUANCE, .sends = "add_key"},
	{"keys", "rotate", "make a new signing key; the old one retires",
	 PARAMS(ISSUER, BECAUSE, KIND), .to = TO_ISSUANCE, .sends = "rotate_key"},
	{"keys", "revoke", "give up a key that others may have",
	 PARAMS(ISSUER, WORD("key", "KEY", "its name, as keys list shows it", P_TEXT, MUST),
		BECAUSE, FLAG("replace", "make a new key in its place")),
	 .to = TO_ISSUANCE, .sends = "revoke_key"},
	{"keys", "reissue", "sign again what a key signed that was given up",
	 PARAMS(OWN_WORD("key", "KEY", "its name, as keys list shows it", P_TEXT, MAY),
		OWN_FLAG("pause", "let the reissue rest"), OWN_FLAG("resume", "let it go on"),
		OWN_FLAG("status", "show how far each has come")),
	 .run = run_reissue},
	{"keys", "show", "show an issuer, its public keys and its DID document", PARAMS(ISSUER),
	 .to = TO_ISSUANCE, .asks = "get_issuer"},
	{"keys", "list", "list the issuers and their keys, with their states", .to = TO_ISSUANCE,
	 .asks = "list_issuers"},
	{"keys", "backup-key", "make the pair of keys that backups are sealed with",
	 PARAMS(OWN_OPTION("to", "FILE", "FILE.public and, to be kept elsewhere, FILE.secret",
			   P_TEXT, MUST)),
	 .run = make_backup_key},
	{"keys", "erased", "list the persons whose keys were destroyed",
	 PARAMS(OWN_WORD("service", "SERVICE", "of this service's keyring (default: all)", P_TEXT,
			 MAY)),
	 .run = list_erased},
};

const struct command_list keys_commands = {rows, ARRAY_LEN(rows)};
