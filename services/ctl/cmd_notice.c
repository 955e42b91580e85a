/* Notices to people, their texts, and what each person wants to hear. */
#include "services/ctl/commands.h"

static int publish_template(struct ctl *c)
{
	json_t *fields = json_pack("{s:o}", "template", given_fields(c));

	if (ctl_send_fields(c, TO_NOTIFICATION, NULL, "publish_template", fields))
		say_done(c, TO_NOTIFICATION);
	return ctl_exit_code(c);
}

#define NOTICE WORD("notice", "NOTICE", "the notice's id", P_ID, MUST)
#define NOTIFICATION .to = TO_NOTIFICATION

static const struct command rows[] = {
	{"notice", "list", "list notices",
	 PARAMS(OPTION("state", "STATE", "only these: planned, sending, sent, dead ...", P_TEXT,
		       MAY),
		OPTION("educator", "EDUCATOR", "only this person's", P_ID, MAY),
		OPTION("after", "NOTICE", "go on after this one", P_ID, MAY),
		OPTION("limit", "N", "at most so many", P_COUNT, MAY)),
	 NOTIFICATION, .asks = "list_notices"},
	{"notice", "show", "show a notice", PARAMS(NOTICE), NOTIFICATION, .asks = "get_notice"},
	{"notice", "redeliver", "send a notice again", PARAMS(NOTICE), NOTIFICATION,
	 .sends = "redeliver"},
	{"notice", "cancel", "do not send a notice",
	 PARAMS(NOTICE, OPTION("why", "WORD", "one word of a-z, 0-9 and _", P_TEXT, MUST)),
	 NOTIFICATION, .sends = "cancel_notice"},
	{"notice", "bounces", "list whose mail came back",
	 PARAMS(OPTION("after", "EDUCATOR", "go on after this one", P_ID, MAY),
		OPTION("limit", "N", "at most so many", P_COUNT, MAY)),
	 NOTIFICATION, .asks = "list_bounces"},
	{"notice", "clear-bounce", "send mail there again",
	 PARAMS(WORD("educator", "EDUCATOR", "the educator's id", P_ID, MUST)), NOTIFICATION,
	 .sends = "clear_bounce"},
	{"template", "publish", "publish a new version of a notice's text",
	 PARAMS(OPTION("topic", "TOPIC", "enrolled, lapse-coming, submission-receipt ...", P_NAME,
		       MUST),
		OPTION("language", "LANGUAGE", "en or es", P_TEXT, MUST),
		OPTION("version", "N", "one more than the newest", P_COUNT, MUST),
		OPTION("subject", "TEXT", "of the letter", P_TEXT, MUST),
		OPTION_OF("file", "body", "FILE",
			  "its text, with {{name}}, {{code}}, {{title}}, {{date}} ...", P_FILE,
			  MUST)),
	 .run = publish_template},
	{"preference", "set", "switch a person's topics, or set the language",
	 PARAMS(OPTION("educator", "EDUCATOR", "the educator's id", P_ID, MUST),
		OPTION("topic", "TOPIC", "enrolled, lapse-coming, submission-receipt ...", P_NAME,
		       MAY),
		FLAG("off", "off, else on"),
		OPTION("language", "LANGUAGE", "of letters: en or es", P_TEXT, MAY)),
	 NOTIFICATION, .sends = "set_preference"},
	{"preference", "show", "show which mail a person gets, and when",
	 PARAMS(WORD("educator", "EDUCATOR", "the educator's id", P_ID, MUST)), NOTIFICATION,
	 .asks = "get_preferences"},
	{"preference", "times", "when mail goes to a person",
	 PARAMS(OPTION("educator", "EDUCATOR", "the educator's id", P_ID, MUST),
		OPTION("quiet-from", "MINUTE", "of the day: no mail from then", P_COUNT, MAY),
		OPTION("quiet-to", "MINUTE", "until then", P_COUNT, MAY),
		OPTION("time-zone", "ZONE", "as America/Chicago; else the agency's", P_TEXT, MAY),
		OPTION("digest", "HOW", "no-digest, daily or weekly", P_NAME, MAY)),
	 NOTIFICATION, .sends = "set_mail_times"},
};

const struct command_list notice_commands = {rows, ARRAY_LEN(rows)};
