/* The catalogue: loaded from files, shown, searched, retired. */
#include "services/ctl/catalogue_quality.h"
#include "services/ctl/commands.h"

#include <inttypes.h>

/* Everything in the files is checked before the first of it is published. */
bool read_catalogue_files(struct ctl *c, struct catalogue *catalogue)
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

	if (!read_catalogue_files(c, &catalogue))
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
	 PARAMS(OWN_WORD("file", "FILE",
			 "JSON: a catalogue, policy, calendar, media, quality standard or reviews",
			 P_TEXT, AT_LEAST_ONE),
		OWN_FLAG("check", "check only")),
	 .run = load},
	{"catalogue", "check", "hold micro-credentials against a quality standard",
	 PARAMS(OWN_WORD("file", "FILE", "JSON: a catalogue, a quality standard, and its reviews",
			 P_TEXT, AT_LEAST_ONE)),
	 .run = run_catalogue_check},
	{"catalogue", "review", "record a review by the quality standard in force",
	 PARAMS({"code", "CODE", "of the micro-credential", P_ENTRY, MUST, "", true},
		OWN_OPTION("reviewer", "UUID", "who reviewed", P_ID, MUST),
		OWN_OPTION("author", "UUID", "who wrote it, where that is known: another", P_ID,
			   MAY),
		OWN_OPTION("met", "COMPONENT[=NOTE]", "found met; all: all that are attested",
			   P_TEXT, ANY_NUMBER),
		OWN_OPTION("unmet", "COMPONENT[=NOTE]", "found unmet", P_TEXT, ANY_NUMBER),
		OWN_OPTION("not-applicable", "COMPONENT[=NOTE]", "does not apply", P_TEXT,
			   ANY_NUMBER),
		OWN_OPTION("review-by", "DATE", "the next review, of what is published", P_TEXT,
			   MAY),
		OWN_OPTION("file", "FILE", "the version as this file has it, not yet published",
			   P_TEXT, ANY_NUMBER)),
	 .run = run_catalogue_review},
	{"catalogue", "quality", "show what it meets of the quality standard",
	 PARAMS({"code", "CODE", "of the micro-credential", P_ENTRY, MUST, "entry", true},
		OPTION("version", "N", "this version (default: the newest)", P_COUNT, MAY)),
	 .asks = "get_quality"},
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
	{"catalogue", "keep", "withdraw a retirement, before the last day to finish",
	 PARAMS({"code", "CODE", "of the micro-credential", P_ENTRY, MUST, "entry", true}),
	 .sends = "withdraw_retirement"},
	{"catalogue", "unfit", "list what is published but cannot be evaluated", .to = TO_ISSUANCE,
	 .asks = "list_unfit"},
	{"catalogue", "documents", "show policy, calendar, quality standard and the like",
	 .asks = "get_documents"},
};

const struct command_list catalogue_commands = {rows, ARRAY_LEN(rows)};
