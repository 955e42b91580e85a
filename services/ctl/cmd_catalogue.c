/* The catalogue: loaded from files, shown, searched, retired. */
#include "services/ctl/catalogue.h"
#include "services/ctl/commands.h"

#include <inttypes.h>

/* Everything in the files is checked before the first of it is published. */
static bool read_files(struct ctl *c, struct catalogue *catalogue)
{
	const char *path;
	struct bytes text;

	for (size_t i = 0; (path = given_nth(c, "file", i)) != NULL; i++) {
		if (!file_read(c, path, CATALOGUE_FILE_MAX, &text))
			return false;
		if (!catalogue_add(catalogue, path, text)) {
			ctl_fault(c, CTL_DIFFERS, "%s", catalogue->fault);
			return false;
		}
	}
	catalogue_order(catalogue);
	return true;
}

static void publish(struct ctl *c, const struct catalogue *catalogue)
{
	size_t n_new = 0, i;

	for (i = 0; i < catalogue->n; i++) {
		const Enrollment__Command *command = catalogue->commands[i];
		struct id entity = catalogue_entity(command);

		if (!ctl_send(c, TO_ENROLLMENT, &entity, &command->base)) {
			fprintf(stderr, "cairnctl: at %s; %zu of %zu documents are published\n",
				catalogue_label(catalogue, command), i, catalogue->n);
			break;
		}
		n_new += c->done.seq != 0 && !c->done.repeated;
		say(c, "%s: %s\n", catalogue_label(catalogue, command),
		    c->done.seq != 0 && !c->done.repeated ? "published" : "stands already");
	}
	tell_count(c, "documents", i);
	tell_count(c, "published", n_new);
	say(c, "%zu documents, %zu of them new\n", i, n_new);
}

static int load(struct ctl *c)
{
	struct catalogue catalogue = {.arena = c->arena};

	if (!read_files(c, &catalogue))
		return ctl_exit_code(c);
	tell_count(c, "checked", catalogue.n);
	if (is_given(c, "check"))
		say(c, "%zu documents, all sound\n", catalogue.n);
	else
		publish(c, &catalogue);
	return ctl_exit_code(c);
}

static const struct command rows[] = {
	{"catalogue", "load", "check catalogue files and publish what is new",
	 PARAMS(OWN_WORD("file", "FILE", "JSON: a catalogue, policy, calendar or media document",
			 P_TEXT, AT_LEAST_ONE),
		OWN_FLAG("check", "check only")),
	 .run = load},
	{"catalogue", "show", "show a micro-credential",
	 PARAMS({"code", "CODE", "of the micro-credential, as LIT-101", P_ENTRY, MUST, "entry",
		 true},
		OPTION("version", "N", "this version (default: the newest)", P_COUNT, MAY)),
	 .asks = "get_entry"},
	{"catalogue", "search", "search the catalogue by text and facets",
	 PARAMS(WORD("text", "TEXT", "words that all must occur", P_TEXT, MAY),
		OPTION("topic", "TOPIC", "of this topic", P_TEXT, MAY),
		OPTION("grade-band", "BAND", "for these grades", P_TEXT, MAY),
		OPTION("language", "LANGUAGE", "offered in it: en, es", P_TEXT, MAY),
		OPTION("category", "CATEGORY", "counts for this renewal category", P_TEXT, MAY),
		OPTION("alignment", "CODE", "aligned to this standard", P_TEXT, MAY),
		OPTION("hours-max", "N", "typically at most so many hours", P_COUNT, MAY),
		FLAG("retired-too", "retired ones as well"),
		OPTION("limit", "N", "at most so many", P_COUNT, MAY)),
	 .asks = "search_entries"},
	{"catalogue", "retire", "offer a micro-credential no more",
	 PARAMS({"code", "CODE", "of the micro-credential", P_ENTRY, MUST, "entry", true},
		OPTION("successor", "CODE", "what takes its place", P_ENTRY, MAY)),
	 .sends = "retire_entry"},
	{"catalogue", "documents", "show policy, calendar, media, profiles and issuers",
	 .asks = "get_documents"},
};

const struct command_list catalogue_commands = {rows, ARRAY_LEN(rows)};
