/* A catalogue's rules applied to one history, without an installation. */
#include "services/ctl/commands.h"

#include "libshared/clock.h"
#include "libshared/zone.h"
#include "services/ctl/catalogue.h"
#include "services/issuance/rule_case.h"

#include <jansson.h>
#include <stdio.h>

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

static int evaluate_renewal(struct ctl *c)
{
	return evaluate_case(c, renewal_of_case);
}

static int evaluate_stacks(struct ctl *c)
{
	return evaluate_case(c, stack_case);
}

#define CASE                                                                                       \
	OWN_OPTION("catalogue", "FILE", "the catalogue whose rules apply", P_FILE, MUST),          \
		OWN_OPTION("case", "FILE", "one history, as JSON", P_FILE, MUST)

static const struct command rows[] = {
	{"ledger", "evaluate", "evaluate one history under a state's renewal policy", PARAMS(CASE),
	 .run = evaluate_renewal},
	{"stack", "evaluate", "tell which stacks one history comes to", PARAMS(CASE),
	 .run = evaluate_stacks},
};

const struct command_list rules_commands = {rows, ARRAY_LEN(rows)};
