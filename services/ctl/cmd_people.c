/* Organisations, educators, enrollments. */
#include "services/ctl/commands.h"

#include <string.h>

#define LICENSE_FORM "STATE:TYPE:NUMBER:ISSUED:EXPIRES"

/* ---- licenses ---- */

/* {"license": id, "educator": id, "state": ...} of TN:teacher:123456:2024-07-01:2029-06-30. */
static json_t *license_of_text(struct ctl *c, const char *text, const struct id *educator,
			       unsigned number)
{
	char *copy = arena_text(c->arena, bytes_of_text(text)), *rest = copy, *part;
	const char *parts[5] = {NULL};
	struct id license = ctl_made_id(c, "license", number);
	size_t n = 0;

	while ((part = strsep(&rest, ":")) != NULL && n < ARRAY_LEN(parts))
		parts[n++] = part;
	if (n != ARRAY_LEN(parts) || part != NULL) {
		ctl_fault(c, CTL_USAGE, "--license: " LICENSE_FORM " is expected, not \"%s\"",
			  text);
		return NULL;
	}
	return json_pack("{s:s, s:s, s:s, s:s, s:{s:s}, s:s, s:s}", "license",
			 ID_STR(bytes_of_id(&license)), "educator", ID_STR(bytes_of_id(educator)),
			 "state", parts[0], "type", parts[1], "number", "number", parts[2],
			 "issued", parts[3], "expires", parts[4]);
}

/* All --license, each a step of its own. */
static void link_licenses(struct ctl *c, const struct id *educator)
{
	json_t *ids = json_array();
	const char *text;

	for (unsigned i = 0; (text = given_nth(c, "license", i)) != NULL; i++) {
		json_t *fields = license_of_text(c, text, educator, i);
		struct id license = ctl_made_id(c, "license", i);

		if (fields == NULL ||
		    !ctl_send_fields(c, TO_ENROLLMENT, educator, "link_license", fields))
			break;
		say(c, "license: %s\n", ID_STR(bytes_of_id(&license)));
		json_array_append_new(ids, json_string(ID_STR(bytes_of_id(&license))));
	}
	tell(c, "licenses", ids);
}

/* ---- educators ---- */

static int add_educator(struct ctl *c)
{
	struct id educator = ctl_made_id(c, "educator", 0);
	json_t *fields = given_fields(c);
	json_t *person = json_object();
	const char *text;

	for (unsigned i = 0; (text = given_nth(c, "license", i)) != NULL; i++)
		json_decref(license_of_text(c, text, &educator, i)); /* before anything is done */
	json_object_set_new(person, "handle", json_string(given(c, "handle")));
	json_object_set_new(person, "name", json_string(given(c, "name")));
	json_object_set_new(person, "email", json_string(given(c, "email")));
	json_object_set_new(fields, "person", person);
	if (!is_given(c, "language"))
		json_object_set_new(fields, "language", json_string("en"));
	json_object_set_new(fields, "educator", json_string(ID_STR(bytes_of_id(&educator))));
	if (ctl_send_fields(c, TO_ENROLLMENT, &educator, "register_educator", fields)) {
		tell_id(c, "educator", &educator);
		say(c, "educator: %s\n", ID_STR(bytes_of_id(&educator)));
		link_licenses(c, &educator);
	}
	return ctl_exit_code(c);
}

static int license_educator(struct ctl *c)
{
	struct id educator = given_id(c, "educator");

	link_licenses(c, &educator);
	return ctl_exit_code(c);
}

static int correct_license(struct ctl *c)
{
	struct id educator = given_id(c, "educator");

	ctl_send_fields(c, TO_ENROLLMENT, &educator, "correct_license",
			json_pack("{s:s, s:s, s:{s:s, s:s*}}", "license", given(c, "license"),
				  "educator", ID_STR(bytes_of_id(&educator)), "number", "number",
				  given(c, "number"), "staff_id", given(c, "staff-id")));
	return ctl_exit_code(c);
}

static json_t *find_fields(struct ctl *c)
{
	json_t *fields = given_fields(c);
	const char *license = given(c, "license"), *colon;

	if (license == NULL)
		return fields;
	colon = strchr(license, ':');
	if (colon == NULL) {
		ctl_fault(c, CTL_USAGE, "--license: STATE:NUMBER is expected");
		return fields;
	}
	json_object_set_new(fields, "license_state",
			    json_stringn(license, (size_t)(colon - license)));
	json_object_set_new(fields, "license_number", json_string(colon + 1));
	return fields;
}

static int show_educator(struct ctl *c)
{
	struct id educator = given_id(c, "educator");
	const ProtobufCMessage *answer;

	if (id_is_none(&educator) && c->n_given == 0)
		return (int)ctl_fault(
			c, CTL_USAGE,
			"an educator's id, --handle, --email or --license is expected");
	if (!id_is_none(&educator))
		answer = ctl_ask_fields(
			c, TO_ENROLLMENT, "get_educator",
			json_pack("{s:s}", "educator", ID_STR(bytes_of_id(&educator))));
	else
		answer = ctl_ask_fields(c, TO_ENROLLMENT, "find_educator", find_fields(c));
	if (answer != NULL)
		tell_message(c, answer);
	return ctl_exit_code(c);
}

/* ---- enrollments ---- */

static int note_progress(struct ctl *c)
{
	json_t *fields = given_fields(c);
	struct id enrollment = given_id(c, "enrollment");

	json_object_set_new(fields, "done", json_boolean(!is_given(c, "undone")));
	if (ctl_send_fields(c, TO_ENROLLMENT, &enrollment, "note_progress", fields))
		say(c, "noted\n");
	return ctl_exit_code(c);
}

#define EDUCATOR WORD("educator", "EDUCATOR", "the educator's id", P_ID, MUST)
#define ENROLLMENT WORD("enrollment", "ENROLLMENT", "the enrollment's id", P_ID, MUST)

static const struct command rows[] = {
	{"org", "add", "register a school, district or agency",
	 PARAMS(OPTION("kind", "KIND", "school, district or agency", P_NAME, MUST),
		OPTION("name", "NAME", "its public name", P_TEXT, MUST),
		OPTION("parent", "ORG", "what it belongs to", P_ID, MAY),
		OPTION("state", "STATE", "two letters", P_TEXT, MUST),
		OPTION("region", "WORD", "where: fairness is watched by it", P_TEXT, MAY),
		OPTION("school-type", "WORD", "of which kind: the same", P_TEXT, MAY)),
	 .sends = "register_org", .makes = "org"},
	{"educator", "add", "register an educator",
	 PARAMS(OWN_OPTION("handle", "HANDLE", "name to sign in with", P_TEXT, MUST),
		OWN_OPTION("name", "NAME", "full name; kept sealed", P_TEXT, MUST),
		OWN_OPTION("email", "ADDRESS", "e-mail; kept sealed", P_TEXT, MUST),
		OPTION("school", "ORG", "the educator's school", P_ID, MAY),
		OPTION("district", "ORG", "the educator's district", P_ID, MAY),
		OPTION("language", "LANGUAGE", "of letters (default: en)", P_TEXT, MAY),
		OWN_OPTION("license", LICENSE_FORM, "a license; the number is kept sealed", P_TEXT,
			   ANY_NUMBER)),
	 .run = add_educator},
	{"educator", "show", "show an educator, without a name",
	 PARAMS(OWN_WORD("educator", "EDUCATOR", "the educator's id", P_ID, MAY),
		OPTION("handle", "HANDLE", "find by handle", P_TEXT, MAY),
		OPTION("email", "ADDRESS", "find by e-mail", P_TEXT, MAY),
		OWN_OPTION("license", "STATE:NUMBER", "find by license", P_TEXT, MAY)),
	 .run = show_educator},
	{"educator", "names", "open an educator's name; the look is recorded",
	 PARAMS(EDUCATOR,
		OPTION("purpose", "WORD", "why, as ticket:4711; kept in the log", P_TEXT, MUST)),
	 .asks = "open_names"},
	{"educator", "license", "link further licenses to an educator",
	 PARAMS(EDUCATOR, OWN_OPTION("license", LICENSE_FORM,
				     "a license; the number is kept sealed", P_TEXT, AT_LEAST_ONE)),
	 .run = license_educator},
	{"educator", "correct-license", "mend a license's number; its credits are told again",
	 PARAMS(OWN_WORD("educator", "EDUCATOR", "the educator's id", P_ID, MUST),
		OWN_WORD("license", "LICENSE", "the license's id", P_ID, MUST),
		OWN_OPTION("number", "NUMBER", "as it is; kept sealed", P_TEXT, MUST),
		OWN_OPTION("staff-id", "ID", "the state's own id of the educator; kept sealed",
			   P_TEXT, MAY)),
	 .run = correct_license},
	{"educator", "rename", "tell an educator's new name; it is kept sealed",
	 PARAMS(EDUCATOR, OPTION("name", "NAME", "as it is now", P_TEXT, MUST)),
	 .sends = "rename_educator"},
	{"educator", "move", "tell an educator's new school and district",
	 PARAMS(EDUCATOR, OPTION("school", "ORG", "the new school", P_ID, MAY),
		OPTION("district", "ORG", "the new district", P_ID, MAY)),
	 .sends = "move_educator"},
	{"educator", "change-email", "tell an educator's new address",
	 PARAMS(EDUCATOR,
		OPTION("email", "ADDRESS", "letters go there; kept sealed", P_TEXT, MUST)),
	 .sends = "change_email"},
	{"relation", "declare", "keep an assessor from reading an educator's work",
	 PARAMS(OPTION("assessor", "ASSESSOR", "the assessor's id", P_ID, MUST),
		OPTION("educator", "EDUCATOR", "the educator's id", P_ID, MUST)),
	 .sends = "declare_relation"},
	{"enroll", NULL, "enroll an educator in a micro-credential",
	 PARAMS(OPTION("educator", "EDUCATOR", "the educator's id", P_ID, MUST),
		OPTION_OF("code", "entry", "CODE", "of the micro-credential, as LIT-101", P_ENTRY,
			  MUST)),
	 .sends = "enroll", .makes = "enrollment"},
	{"enrollment", "show", "show an enrollment", PARAMS(ENROLLMENT), .asks = "get_enrollment"},
	{"enrollment", "list", "list an educator's enrollments",
	 PARAMS(OPTION("educator", "EDUCATOR", "the educator's id", P_ID, MUST),
		OPTION("after", "ENROLLMENT", "go on after this one", P_ID, MAY),
		OPTION("limit", "N", "at most so many", P_COUNT, MAY)),
	 .asks = "list_enrollments"},
	{"enrollment", "pause", "stop the clock of an enrollment", PARAMS(ENROLLMENT),
	 .sends = "pause"},
	{"enrollment", "resume", "go on after a pause or a lapse", PARAMS(ENROLLMENT),
	 .sends = "resume"},
	{"enrollment", "withdraw", "end an enrollment", PARAMS(ENROLLMENT), .sends = "withdraw"},
	{"goal", "set", "say what an educator aims at: one of three",
	 PARAMS(OPTION("educator", "EDUCATOR", "the educator's id", P_ID, MUST),
		OPTION_OF("code", "entry", "CODE", "of a micro-credential, as LIT-101", P_ENTRY,
			  MAY),
		OPTION("stack", "STACK", "the id of a stack", P_ID, MAY),
		OPTION("license", "LICENSE", "a license to renew", P_ID, MAY),
		OPTION("by", "DATE", "by when, as 2027-06-30", P_TEXT, MAY)),
	 .sends = "set_goal", .makes = "goal"},
	{"goal", "drop", "drop a goal",
	 PARAMS(WORD("goal", "GOAL", "the goal's id", P_ID, MUST),
		OPTION("educator", "EDUCATOR", "the educator's id", P_ID, MUST)),
	 .sends = "drop_goal"},
	{"goal", "list", "list an educator's goals",
	 PARAMS(OPTION("educator", "EDUCATOR", "the educator's id", P_ID, MUST)),
	 .asks = "list_goals"},
	{"progress", NULL, "note that a resource was worked through",
	 PARAMS(OPTION("enrollment", "ENROLLMENT", "the enrollment's id", P_ID, MUST),
		OPTION("resource", "CODE", "of the resource", P_TEXT, MUST),
		OWN_FLAG("undone", "take it back")),
	 .run = note_progress},
};

const struct command_list people_commands = {rows, ARRAY_LEN(rows)};
