/* Renewal ledgers, and a catalogue's rules applied to one history without an installation. */
#include "services/ctl/commands.h"

#include "libshared/clock.h"
#include "libshared/zone.h"
#include "proto/issuance.pb-c.h"
#include "services/catalogue/catalogue.h"
#include "services/issuance/rules/rule_case.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CASE_MAX ((size_t)16 << 20)

typedef const char *case_fn(const struct rule_book *book, const json_t *json, struct reading *r);

static const char *renewal_of_case(const struct rule_book *book, const json_t *json,
				   struct reading *r)
{
	return renewal_case(book, json, clock_wall_us(), r);
}

/* A new reference. NULL: told. */
static json_t *read_json(struct ctl *c, const char *option, size_t most)
{
	struct bytes text = given_file(c, option, most);
	json_error_t error;
	json_t *json;

	if (ctl_failed(c))
		return NULL;
	json = json_loadb((const char *)text.data, text.len, JSON_REJECT_DUPLICATES, &error);
	if (json == NULL)
		ctl_fault(c, CTL_LOCAL, "%s: line %d, column %d: %s", given(c, option), error.line,
			  error.column, error.text);
	return json;
}

static void tell_case(struct ctl *c, const json_t *catalogue, const json_t *json, case_fn *evaluate)
{
	AUTO(zones_close) struct zones *zones = zones_open(NULL);
	AUTO(rule_book_close) struct rule_book *book = NULL;
	struct reading reading = {.arena = c->arena};
	const char *file = "catalogue", *text = NULL;

	if (zones == NULL) {
		ctl_fault(c, CTL_LOCAL, "the time zones of this machine cannot be read");
		return;
	}
	book = rule_book_open(catalogue, zones, &reading);
	if (book != NULL) {
		file = "case";
		text = evaluate(book, json, &reading);
	}
	if (text == NULL)
		ctl_fault(c, CTL_REFUSED, "%s: %s", given(c, file), reading.fault);
	else if (printf("%s\n", text) < 0)
		ctl_fault(c, CTL_LOCAL, "standard output cannot be written");
}

static int evaluate_case(struct ctl *c, case_fn *evaluate)
{
	json_t *catalogue = read_json(c, "catalogue", CATALOGUE_FILE_MAX);
	json_t *json = catalogue != NULL ? read_json(c, "case", CASE_MAX) : NULL;

	if (json != NULL)
		tell_case(c, catalogue, json, evaluate);
	json_decref(json);
	json_decref(catalogue);
	return ctl_exit_code(c);
}

static int evaluate_license(struct ctl *c)
{
	const Issuance__EvaluationAnswer *a = (const Issuance__EvaluationAnswer *)ctl_ask_fields(
		c, TO_ISSUANCE, "evaluate",
		json_pack("{s:s, s:s*}", "license", given(c, "license"), "policy",
			  given(c, "policy")));

	if (a != NULL)
		tell_message(c, &a->base);
	return ctl_exit_code(c);
}

static int evaluate_renewal(struct ctl *c)
{
	bool is_case = is_given(c, "case") && is_given(c, "catalogue");

	if (is_given(c, "license") != is_case && is_given(c, "case") == is_given(c, "catalogue"))
		return is_case ? evaluate_case(c, renewal_of_case) : evaluate_license(c);
	return (int)ctl_fault(c, CTL_USAGE,
			      "either --license, or --case and --catalogue, are expected");
}

/* What was said of a credit is a message of its own. */
static int correct_credit(struct ctl *c)
{
	json_t *facts = json_object();

	if (is_given(c, "level"))
		json_object_set_new(facts, "level", json_string(given(c, "level")));
	if (is_given(c, "prior-approval"))
		json_object_set_new(facts, "prior_approval", json_true());
	if (is_given(c, "not-related"))
		json_object_set_new(facts, "not_related", json_true());
	ctl_send_fields(c, TO_ISSUANCE, NULL, "correct_ledger",
			json_pack("{s:s, s:o}", "posting", given(c, "posting"), "facts", facts));
	return ctl_exit_code(c);
}

/* "6", "-2.5" or "0.25" in hundredths. */
static bool hundredths_of(const char *text, json_int_t *value_r)
{
	const char *digits = text + (text[0] == '-');
	size_t whole = strspn(digits, "0123456789");
	const char *rest = digits + whole + (digits[whole] == '.');
	size_t decimals = strspn(rest, "0123456789");
	char all[24];

	if (whole == 0 || whole > 9 || decimals > 2 || rest[decimals] != '\0' ||
	    (digits[whole] == '.') != (decimals > 0))
		return false;
	snprintf(all, sizeof all, "%.*s%.*s%s", (int)whole, digits, (int)decimals, rest,
		 decimals == 2 ? "" : &"00"[decimals]);
	*value_r = strtoll(all, NULL, 10) * (text[0] == '-' ? -1 : 1);
	return true;
}

static int adjust_ledger(struct ctl *c)
{
	struct id posting = ctl_made_id(c, "posting", 0);
	json_int_t hundredths;

	if (!hundredths_of(given(c, "units"), &hundredths))
		return (int)ctl_fault(c, CTL_USAGE,
				      "--units: a number with two decimals at most is expected");
	if (ctl_send_fields(c, TO_ISSUANCE, NULL, "adjust_ledger",
			    json_pack("{s:s, s:s, s:I, s:s, s:s*}", "posting",
				      ID_STR(bytes_of_id(&posting)), "license", given(c, "license"),
				      "hundredths", hundredths, "because", given(c, "because"),
				      "policy", given(c, "policy"))))
		tell_id(c, "posting", &posting);
	return ctl_exit_code(c);
}

static int evaluate_stacks(struct ctl *c)
{
	return evaluate_case(c, stack_case);
}

#define CATALOGUE(need)                                                                            \
	OWN_OPTION("catalogue", "FILE", "the catalogue whose rules apply", P_FILE, need)
#define CASE(need) OWN_OPTION("case", "FILE", "one history, as JSON", P_FILE, need)
#define LICENSE WORD("license", "LICENSE", "the license's id", P_ID, MUST)
#define POSTING WORD("posting", "POSTING", "the credit's id in the ledger", P_ID, MUST)
#define POLICY_HELP "by this policy (default: the one for the license)"
#define POLICY OPTION("policy", "CODE", POLICY_HELP, P_TEXT, MAY)
#define OWN_POLICY OWN_OPTION("policy", "CODE", POLICY_HELP, P_TEXT, MAY)
#define SYSTEM OPTION("state", "STATE", "whose system says it: two letters", P_TEXT, MAY)
#define ISSUANCE .to = TO_ISSUANCE

static const struct command rows[] = {
	{"ledger", "show", "show a license's ledger and its balance",
	 PARAMS(LICENSE, OPTION_OF("at", "at_us", "TIME", "as it was then", P_TIME, MAY),
		OPTION("after", "SEQ", "go on after this entry", P_COUNT, MAY),
		OPTION("limit", "N", "at most so many", P_COUNT, MAY)),
	 ISSUANCE, .asks = "get_ledger"},
	{"ledger", "evaluate", "evaluate a license, or one history, by a policy",
	 PARAMS(OWN_OPTION("license", "LICENSE", "the license's id", P_ID, MAY), CATALOGUE(MAY),
		CASE(MAY), OWN_POLICY),
	 .run = evaluate_renewal},
	{"ledger", "preview", "tell what its credits come to in another state",
	 PARAMS(LICENSE, OPTION("state", "STATE", "two letters", P_TEXT, MUST), POLICY), ISSUANCE,
	 .asks = "evaluate"},
	{"ledger", "record", "keep an evaluation as it is now", PARAMS(LICENSE, POLICY), ISSUANCE,
	 .sends = "record_evaluation", .makes = "evaluation"},
	{"ledger", "recorded", "list the evaluations that were kept", PARAMS(LICENSE), ISSUANCE,
	 .asks = "list_evaluations"},
	{"ledger", "renew", "tell a license's new term",
	 PARAMS(LICENSE, OPTION("issued", "DATE", "first day of the term", P_TEXT, MUST),
		OPTION("expires", "DATE", "last day of the term", P_TEXT, MUST)),
	 .sends = "renew_license"},
	{"ledger", "adjust", "add units to a ledger, or take some from it",
	 PARAMS(OWN_WORD("license", "LICENSE", "the license's id", P_ID, MUST),
		OWN_OPTION("units", "N", "how many; -N takes some", P_TEXT, MUST),
		OWN_OPTION("because", "TEXT", "why", P_TEXT, MUST), OWN_POLICY),
	 .run = adjust_ledger},
	{"ledger", "acknowledge", "say that the licensure system has a credit",
	 PARAMS(POSTING, OPTION("reference", "TEXT", "its own", P_TEXT, MAY), SYSTEM), ISSUANCE,
	 .sends = "acknowledge_ledger"},
	{"ledger", "dispute", "say that the licensure system refuses a credit",
	 PARAMS(POSTING, OPTION("because", "TEXT", "why", P_TEXT, MUST), SYSTEM), ISSUANCE,
	 .sends = "dispute_ledger"},
	{"ledger", "correct", "post a credit again with what is said of it now",
	 PARAMS(OWN_WORD("posting", "POSTING", "the credit's id in the ledger", P_ID, MUST),
		OWN_OPTION("level", "LEVEL", "as the policy names it", P_TEXT, MAY),
		OWN_FLAG("prior-approval", "it was approved before it was earned"),
		OWN_FLAG("not-related", "it is not related to the certificate")),
	 .run = correct_credit},
	{"stack", "evaluate", "tell which stacks one history comes to",
	 PARAMS(CATALOGUE(MUST), CASE(MUST)), .run = evaluate_stacks},
};

const struct command_list rules_commands = {rows, ARRAY_LEN(rows)};
