/* Verifying databases: tables rebuilt from the log must equal the live ones, byte for byte. */
#include "services/ctl/commands.h"
#include "services/ctl/daemons.h"
#include "services/ctl/files.h"

#include "libshared/engine.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct verifying {
	struct ctl *ctl;
	const char *scratch;
	json_t *services, *lines;
};

static void note_line(void *ctx, const char *line)
{
	struct verifying *v = ctx;

	json_array_append_new(v->lines, json_string(line));
	say(v->ctl, "%s\n", line);
}

/* The archive that was named, or the service's own. */
static const char *archive_of(struct ctl *c, enum ctl_service s)
{
	const char *own = ctl_path(c, "%s/archive", service_name(s));

	if (is_given(c, "archive"))
		return given(c, "archive");
	return access(own, F_OK) == 0 ? own : NULL;
}

static int verify_one(struct verifying *v, enum ctl_service s)
{
	struct ctl *c = v->ctl;
	const char *db = ctl_path(c, "%s/db", service_name(s));
	json_t *doc = json_object();
	int rc = 1;

	v->lines = json_array();
	json_object_set_new(v->services, service_name(s), doc);
	json_object_set_new(doc, "lines", v->lines);
	if (access(db, F_OK) == 0)
		rc = engine_verify(service_of(s), db, archive_of(c, s), v->scratch, note_line, v);
	else
		note_line(v, arena_printf(c->arena, "%s: no database %s", service_name(s), db));
	json_object_set_new(doc, "equal", json_boolean(rc == 0));
	return rc;
}

static bool is_wanted(struct ctl *c, enum ctl_service s)
{
	const char *name;

	for (size_t i = 0; (name = given_nth(c, "service", i)) != NULL; i++)
		if (strcmp(name, service_name(s)) == 0)
			return true;
	return !is_given(c, "service") && service_is_used(c, s);
}

static void verify_all(struct verifying *v)
{
	int worst = 0;

	for (enum ctl_service s = 0; s < N_SERVICES; s++) {
		int rc = is_wanted(v->ctl, s) ? verify_one(v, s) : 0;

		if (rc < 0)
			ctl_fault(v->ctl, CTL_LOCAL, "%s could not be verified (see above)",
				  service_name(s));
		worst = rc != 0 ? rc : worst;
	}
	if (worst != 0)
		ctl_fault(v->ctl, CTL_DIFFERS, "not all services are as their logs say");
}

static int verify(struct ctl *c)
{
	struct verifying v = {.ctl = c, .services = json_object()};
	char *scratch = arena_printf(c->arena, "%s/verify-XXXXXX",
				     is_given(c, "scratch") ? given(c, "scratch") : c->dir);
	const char *name;

	tell(c, "services", v.services);
	for (size_t i = 0; (name = given_nth(c, "service", i)) != NULL; i++)
		if (service_of_name(name) == N_SERVICES)
			return (int)ctl_fault(c, CTL_USAGE, "there is no service %s", name);
	v.scratch = mkdtemp(scratch);
	if (v.scratch == NULL)
		return (int)ctl_fault(c, CTL_LOCAL, "%s: no directory for copies can be made",
				      scratch);
	verify_all(&v);
	dir_remove(v.scratch);
	return ctl_exit_code(c);
}

static const struct command rows[] = {
	{"verify", NULL, "rebuild tables from the logs and compare",
	 PARAMS(OWN_WORD("service", "SERVICE", "only this one (default: all five)", P_TEXT,
			 ANY_NUMBER),
		OWN_OPTION("archive", "DIR",
			   "what the log has forgotten (default: SERVICE/archive)", P_TEXT, MAY),
		OWN_OPTION("scratch", "DIR", "where copies have room (default: the installation)",
			   P_TEXT, MAY)),
	 .run = verify},
};

const struct command_list verify_commands = {rows, ARRAY_LEN(rows)};
