/* Evidence: artifacts, answers, consent, sealing. Uploads are in upload.c. */
#include "services/ctl/commands.h"
#include "services/ctl/upload.h"

#include "proto/evidence.pb-c.h"

#include <string.h>

#define ANSWER_MAX ((size_t)64 << 10)
#define ROSTER_MAX ((size_t)64 << 10)

static int save_answer(struct ctl *c)
{
	json_t *fields = given_fields(c);
	struct id portfolio = given_id(c, "enrollment");
	struct bytes text = bytes_of_text(given(c, "text") != NULL ? given(c, "text") : "");

	if (is_given(c, "text") == is_given(c, "file"))
		ctl_fault(c, CTL_USAGE, "either --file or --text is expected");
	if (is_given(c, "file"))
		text = given_file(c, "file", ANSWER_MAX);
	json_object_set_new(fields, "text", json_stringn((const char *)text.data, text.len));
	if (!ctl_failed(c) && json_object_get(fields, "text") == NULL)
		ctl_fault(c, CTL_USAGE, "--file: is not text in UTF-8");
	if (ctl_send_fields(c, TO_EVIDENCE, &portfolio, "save_answer", fields))
		say(c, "saved: %s\n", given(c, "question"));
	return ctl_exit_code(c);
}

static int show_evidence(struct ctl *c)
{
	const ProtobufCMessage *answer;

	if (is_given(c, "enrollment") == is_given(c, "submission"))
		return (int)ctl_fault(c, CTL_USAGE,
				      "either an enrollment or --submission is expected");
	answer = ctl_ask_fields(c, TO_EVIDENCE,
				is_given(c, "submission") ? "get_submission" : "get_portfolio",
				given_fields(c));
	if (answer != NULL)
		tell_message(c, answer);
	return ctl_exit_code(c);
}

/* One name a line. */
static json_t *roster_names(struct ctl *c)
{
	json_t *names = json_array();
	struct bytes roster = given_file(c, "roster", ROSTER_MAX);
	char *text = arena_text(c->arena, roster), *next = text, *line;

	while ((line = strsep(&next, "\r\n")) != NULL)
		if (line[0] != '\0')
			json_array_append_new(names, json_string(line));
	return names;
}

static int scan_evidence(struct ctl *c)
{
	json_t *fields = given_fields(c);
	struct id entity = given_id(c, is_given(c, "artifact") ? "artifact" : "enrollment");

	if (is_given(c, "artifact") == is_given(c, "question"))
		ctl_fault(c, CTL_USAGE,
			  "either an artifact, or --enrollment and --question, is expected");
	if (is_given(c, "roster"))
		json_object_set_new(fields, "names", roster_names(c));
	if (ctl_send_fields(c, TO_EVIDENCE, &entity, "scan", fields) && c->done.answer != NULL)
		tell_message(c, c->done.answer);
	return ctl_exit_code(c);
}

#define ARTIFACT WORD("artifact", "ARTIFACT", "the artifact's id", P_ID, MUST)
#define PORTFOLIO                                                                                  \
	OPTION_OF("enrollment", "portfolio", "ENROLLMENT", "the enrollment's id", P_ID, MUST)

#define PORTFOLIO_WORD                                                                             \
	{                                                                                          \
		"enrollment", "ENROLLMENT", "the enrollment's id", P_ID, MAY, "portfolio", true    \
	}
#define PORTFOLIO_MUST                                                                             \
	{                                                                                          \
		"enrollment", "ENROLLMENT", "the enrollment's id", P_ID, MUST, "portfolio", true   \
	}
#define ARTIFACT_OPTION OPTION("artifact", "ARTIFACT", "or one artifact's id", P_ID, MAY)

static const struct command rows[] = {
	{"evidence", "add", "upload a file; again, to go on after an interruption",
	 PARAMS(PORTFOLIO,
		OPTION("requirement", "CODE", "what it is evidence for, as lit-101.e1", P_TEXT,
		       MUST),
		OWN_OPTION("file", "FILE", "the file", P_TEXT, MUST),
		OPTION_OF("type", "media_type", "TYPE",
			  "its media type (default: by the file's name)", P_TEXT, MAY),
		FLAG("student-data", "students can be recognised in it"),
		OPTION("captured-on", "DATE", "when it was made", P_TEXT, MAY)),
	 .run = add_evidence},
	{"evidence", "answer", "save an answer, a draft until the seal",
	 PARAMS(PORTFOLIO,
		OPTION("question", "CODE", "of the question, as lit-101.q1", P_TEXT, MUST),
		OWN_OPTION("file", "FILE", "what holds the answer; - is standard input", P_FILE,
			   MAY),
		OWN_OPTION("text", "TEXT", "the answer itself", P_TEXT, MAY)),
	 .run = save_answer},
	{"evidence", "consent", "record a consent to show students",
	 PARAMS(ARTIFACT,
		OPTION("scope", "WORD", "assessment, training, exemplar or research", P_TEXT, MUST),
		OPTION("basis", "BASIS", "parent, adult-student or school-policy", P_NAME, MUST),
		OPTION_OF("given-by", "given_by_role", "ROLE",
			  "parent, guardian, student, school or district", P_TEXT, MUST),
		OPTION("expires", "DATE", "when it ends", P_TEXT, MAY)),
	 .to = TO_EVIDENCE, .sends = "record_consent", .makes = "consent"},
	{"evidence", "unconsent", "record that a consent was withdrawn",
	 PARAMS(ARTIFACT, OPTION("consent", "CONSENT", "the consent's id", P_ID, MUST)),
	 .to = TO_EVIDENCE, .sends = "withdraw_consent"},
	{"evidence", "consents", "list consents with their scope, basis and end",
	 PARAMS(PORTFOLIO_WORD, ARTIFACT_OPTION), .to = TO_EVIDENCE, .asks = "get_consents"},
	{"evidence", "views", "list who looked at what, when and why",
	 PARAMS(PORTFOLIO_WORD, ARTIFACT_OPTION,
		OPTION("after", "SEQ", "go on behind the last page's next", P_COUNT, MAY),
		OPTION("limit", "N", "at most so many (default: 100)", P_COUNT, MAY)),
	 .to = TO_EVIDENCE, .asks = "list_views"},
	{"evidence", "retention", "show until when it is kept, holds, what is purged",
	 PARAMS(PORTFOLIO_MUST), .to = TO_EVIDENCE, .asks = "get_retention"},
	{"evidence", "purge", "have its bytes removed now, as its teacher (--as)",
	 PARAMS(PORTFOLIO_MUST), .to = TO_EVIDENCE, .sends = "request_purge"},
	{"evidence", "hold", "place a legal hold (--as): nothing of it is purged",
	 PARAMS(PORTFOLIO_MUST, OPTION("reason", "WORD", "why, as litigation", P_TEXT, MUST)),
	 .to = TO_EVIDENCE, .sends = "place_hold", .makes = "hold"},
	{"evidence", "lift", "lift a legal hold (--as): one asks, another does it",
	 PARAMS(WORD("hold", "HOLD", "the hold's id", P_ID, MUST)), .to = TO_EVIDENCE,
	 .sends = "lift_hold"},
	{"evidence", "redact", "put a redacted artifact in the place of another",
	 PARAMS(ARTIFACT,
		OPTION("redacted", "ARTIFACT", "the one that takes its place", P_ID, MUST),
		OPTION("tool", "TEXT", "what it was made with", P_TEXT, MUST),
		OPTION("shown", "N", "findings of its scan that were looked at", P_COUNT, MAY)),
	 .to = TO_EVIDENCE, .sends = "record_redaction"},
	{"evidence", "share", "declare that co-authors share an artifact",
	 PARAMS(ARTIFACT, OPTION("with", "ENROLLMENT", "of a co-author", P_ID, AT_LEAST_ONE)),
	 .to = TO_EVIDENCE, .sends = "declare_shared", .makes = "declaration"},
	{"evidence", "confirm", "confirm what a co-author declared to share",
	 PARAMS(WORD("declaration", "DECLARATION", "the declaration's id", P_ID, MUST), PORTFOLIO),
	 .to = TO_EVIDENCE, .sends = "confirm_shared"},
	{"evidence", "duplicates", "list submissions of others that are alike",
	 PARAMS(WORD("submission", "SUBMISSION", "the submission's id", P_ID, MUST)),
	 .to = TO_EVIDENCE, .asks = "list_duplicates"},
	{"evidence", "scan", "look for what could identify a student",
	 PARAMS({"artifact", "ARTIFACT", "the artifact's id", P_ID, MAY, NULL, true},
		OPTION_OF("enrollment", "portfolio", "ENROLLMENT", "or an answer's enrollment",
			  P_ID, MAY),
		OPTION("question", "CODE", "of that answer, as it is typed now", P_TEXT, MAY),
		OWN_OPTION("roster", "FILE", "names to look for, one a line; not kept", P_FILE,
			   MAY)),
	 .run = scan_evidence},
	{"evidence", "attest", "state that no student can be recognised",
	 PARAMS(ARTIFACT,
		OPTION("shown", "N", "findings of its scan that were looked at", P_COUNT, MAY)),
	 .to = TO_EVIDENCE, .sends = "attest_no_identifiers"},
	{"evidence", "abandon", "drop an artifact before the seal", PARAMS(ARTIFACT),
	 .to = TO_EVIDENCE, .sends = "abandon_artifact"},
	{"evidence", "seal", "submit: nothing in it can change afterwards",
	 PARAMS(PORTFOLIO, FLAG("own-work", "state that it is the educator's own work"),
		OPTION("ai-use", "USE", "none, editing, drafting or analysis", P_TEXT, MUST),
		OPTION("language", "LANGUAGE", "it is written in, as en", P_TEXT, MAY),
		OPTION_OF("attest", "attested", "CODE",
			  "of a question whose findings identify nobody", P_TEXT, ANY_NUMBER)),
	 .to = TO_EVIDENCE, .sends = "seal", .makes = "submission"},
	{"evidence", "recall", "take a submission back that nobody has opened",
	 PARAMS(WORD("submission", "SUBMISSION", "the submission's id", P_ID, MUST)),
	 .to = TO_EVIDENCE, .sends = "recall"},
	{"evidence", "show", "show a portfolio, or a submission as it was sealed",
	 PARAMS(PORTFOLIO_WORD,
		OPTION("submission", "SUBMISSION", "the submission's id", P_ID, MAY)),
	 .run = show_evidence},
	{"evidence", "fetch", "read an artifact back (--as)",
	 PARAMS(OWN_WORD("artifact", "ARTIFACT", "the artifact's id", P_ID, MUST),
		OWN_OPTION("reason", "WORD", "an operator's, as legal_request; it is recorded",
			   P_TEXT, MAY),
		OWN_OPTION("to", "FILE", "where to", P_TEXT, MUST)),
	 .run = fetch_artifact},
};

const struct command_list evidence_commands = {rows, ARRAY_LEN(rows)};
