/* Notices to people, and what each of them wants to hear. */
#include "services/ctl/commands.h"

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
	{"preference", "set", "switch a topic off or on for a person, or set the language",
	 PARAMS(OPTION("educator", "EDUCATOR", "the educator's id", P_ID, MUST),
		OPTION("topic", "TOPIC", "enrolled, lapse-coming, submission-receipt ...", P_NAME,
		       MAY),
		FLAG("off", "off, else on"),
		OPTION("language", "LANGUAGE", "of letters: en or es", P_TEXT, MAY)),
	 NOTIFICATION, .sends = "set_preference"},
};

const struct command_list notice_commands = {rows, ARRAY_LEN(rows)};
