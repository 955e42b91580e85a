/* Reports of non-delivery, as a mail server pipes them in. */
#include "services/ctl/commands.h"
#include "services/ctl/dsn.h"

/* What is no bounce is no fault either: a mailbox gets other mail too, and a mail server would send
 * a report about the report. */
static void say_ignored(struct ctl *c, const struct dsn *dsn, const char *because)
{
	tell(c, "noted", json_false());
	tell_text(c, "status", dsn->status);
	say(c, "not noted: %s\n", because);
}

static int note_bounce(struct ctl *c)
{
	const char *path = is_given(c, "file") ? given(c, "file") : "-";
	struct bytes message;
	const char *fault;
	struct dsn dsn;

	if (!file_read(c, path, DSN_BYTES_MAX, &message))
		return ctl_exit_code(c);
	fault = dsn_read(message, &dsn);
	if (fault != NULL) {
		ctl_fault(c, CTL_REFUSED, "the message is not noted: %s", fault);
		return ctl_exit_code(c);
	}
	tell_id(c, "notice", &dsn.notice);
	if (!dsn_is_bounce(&dsn)) {
		say_ignored(c, &dsn,
			    dsn.failed ? "the address may be good: the report is of a rule, or of "
					 "a trouble that passes"
				       : "the letter is not given up");
		return ctl_exit_code(c);
	}
	if (ctl_send_fields(c, TO_NOTIFICATION, NULL, "note_bounce",
			    json_pack("{s:s, s:s}", "notice", ID_STR(bytes_of_id(&dsn.notice)),
				      "status", dsn.status))) {
		tell(c, "noted", json_true());
		tell_text(c, "status", dsn.status);
		say_done(c, TO_NOTIFICATION);
	}
	return ctl_exit_code(c);
}

static const struct command rows[] = {
	{"mail", "bounce", "note a report of mail that came back",
	 PARAMS(OWN_OPTION("file", "FILE", "the message; else standard input", P_FILE, MAY)),
	 .run = note_bounce},
};

const struct command_list mail_commands = {rows, ARRAY_LEN(rows)};
