/* What was given on the command line, read by a row of the table with argp. */
#include "services/ctl/given.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define PARAM_KEY 0x100  /* + number of the param */
#define GLOBAL_KEY 0x800 /* + enum global_key */
#define CODE_MAX 64

/* ---- values ---- */

static void lower_case(const char *text, char lower_r[CODE_MAX])
{
	size_t i = 0;

	for (; text[i] != '\0' && i < CODE_MAX - 1; i++)
		lower_r[i] = (char)tolower((unsigned char)text[i]);
	lower_r[i] = '\0';
}

static bool is_code(const char *text)
{
	size_t len = strlen(text);

	return len > 0 && len < CODE_MAX &&
	       strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.") ==
		       len;
}

bool id_of_words(enum param_kind kind, const char *text, struct id *id_r)
{
	char lower[CODE_MAX];

	if (id_of_text(text, id_r))
		return true;
	if ((kind != P_ENTRY && kind != P_ISSUER) || !is_code(text))
		return false;
	lower_case(text, lower);
	*id_r = id_of_name(kind == P_ENTRY ? "entry" : "issuer", lower);
	return true;
}

static bool count_of_text(const char *text, uint64_t *count_r)
{
	char *end;

	errno = 0;
	*count_r = strtoull(text, &end, 10);
	return isdigit((unsigned char)text[0]) && *end == '\0' && errno == 0 &&
	       *count_r <= INT64_MAX;
}

/* As time_of_text() wants it: a date gets the day's beginning. */
static const char *whole_time(struct arena *arena, const char *text)
{
	return strlen(text) == strlen("2027-06-30") ? arena_printf(arena, "%sT00:00:00Z", text)
						    : text;
}

/* What is expected instead, or NULL. */
static const char *value_fault(struct ctl *c, const struct param *p, const char *text)
{
	struct id id;
	uint64_t count;
	int64_t at_us;

	switch (p->kind) {
	case P_ID:
		return id_of_words(P_ID, text, &id) ? NULL : "a UUID";
	case P_ENTRY:
		return id_of_words(P_ENTRY, text, &id) ? NULL : "a code like LIT-101, or a UUID";
	case P_ISSUER:
		return id_of_words(P_ISSUER, text, &id) ? NULL : "an issuer's code, or a UUID";
	case P_COUNT:
		return count_of_text(text, &count) ? NULL : "a whole number";
	case P_TIME:
		return time_of_text(whole_time(c->arena, text), &at_us)
			       ? NULL
			       : "a date like 2027-06-30, or a time like 2027-06-30T12:00:00Z";
	default:
		return NULL;
	}
}

/* ---- reading argv ---- */

static const struct argp_option global_options[] = {
	{NULL, 0, NULL, 0, "Everywhere:", 9},
	{"dir", GLOBAL_KEY + 0, "DIR", 0, "the installation (default /var/lib/cairn)", 9},
	{"json", GLOBAL_KEY + 1, NULL, 0, "print JSON", 9},
	{"as", GLOBAL_KEY + 2, "ACTOR", 0, "the person behind the request, a UUID", 9},
	{"id", GLOBAL_KEY + 3, "UUID", 0, "id of this intention; the same one again is a retry", 9},
	{"timeout", GLOBAL_KEY + 4, "SECONDS", 0, "how long to wait for an answer (default 15)", 9},
	{"endpoint", GLOBAL_KEY + 5, "SERVICE=ADDRESS,KEY", 0,
	 "where a service is, with its public key; ADDRESS may be COMMANDS+LOG, two of them", 9},
	{"key", GLOBAL_KEY + 6, "NAME", 0, "whose key to use, of DIR/keys (default ctl)", 9},
	{"progress", GLOBAL_KEY + 7, "json", 0, "tell progress as JSON lines on standard error", 9},
	{0},
};

static bool read_endpoint(struct ctl *c, const char *text)
{
	struct endpoint *e = c->endpoints;
	char address[600];
	uint8_t key[KEY_LEN];
	const char *comma = strrchr(text, ',');
	char *plus;

	while (e->service[0] != '\0')
		if (++e == c->endpoints + N_SERVICES)
			return false;
	if (sscanf(text, "%31[a-z]=%599[^,]", e->service, address) != 2 || comma == NULL ||
	    !key_of_text(comma + 1, key))
		return false;
	e->key = text_of_key(key);
	plus = strchr(address, '+');
	if (plus != NULL)
		*plus = '\0';
	snprintf(e->commands, sizeof e->commands, "%.255s", address);
	snprintf(e->log, sizeof e->log, "%.255s", plus != NULL ? plus + 1 : address);
	return service_of_name(e->service) != N_SERVICES;
}

static void read_timeout(struct ctl *c, const char *text, const struct argp_state *state)
{
	uint64_t seconds;

	if (!count_of_text(text, &seconds) || seconds == 0 || seconds > 86400)
		argp_error(state, "--timeout: 1 to 86400 seconds are expected");
	c->timeout_us = (int64_t)seconds * US_PER_S;
}

static error_t read_global(int key, char *text, struct argp_state *state)
{
	struct ctl *c = state->input;

	switch (key - GLOBAL_KEY) {
	case 0:
		c->dir = text;
		return 0;
	case 1:
		c->json = true;
		return 0;
	case 2:
		if (!id_of_text(text, &c->actor))
			argp_error(state, "--as: a UUID is expected");
		return 0;
	case 3:
		c->intention_given = true;
		if (!id_of_text(text, &c->intention) || !is_timed_id(bytes_of_id(&c->intention)))
			argp_error(state, "--id: a UUID of version 7 is expected");
		return 0;
	case 4:
		read_timeout(c, text, state);
		return 0;
	case 5:
		if (!read_endpoint(c, text))
			argp_error(state, "--endpoint: enrollment=tcp://HOST:PORT,KEY is expected, "
					  "KEY being the service's public key of 40 characters");
		return 0;
	case 6:
		c->key = text;
		return 0;
	case 7:
		if (strcmp(text, "json") != 0)
			argp_error(state, "--progress: json is expected");
		c->progress_json = true;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

const struct argp global_argp = {global_options, read_global, NULL, NULL, NULL, NULL, NULL};

static void take(struct ctl *c, const struct param *p, const char *text, struct argp_state *state)
{
	const char *expected = value_fault(c, p, text);

	if (expected != NULL)
		argp_error(state, "%s%s: %s is expected, not \"%s\"", p->is_word ? "" : "--",
			   p->is_word ? p->arg : p->name, expected, text);
	if (is_given(c, p->name) && p->need != ANY_NUMBER && p->need != AT_LEAST_ONE)
		argp_error(state, "--%s is given twice", p->name);
	if (c->n_given == GIVEN_MAX)
		argp_error(state, "too many words: at most %d", GIVEN_MAX);
	c->given[c->n_given++] = (struct given){p, text};
}

static void take_word(struct ctl *c, const char *text, struct argp_state *state)
{
	for (const struct param *p = c->command->params; p != NULL && p->name != NULL; p++) {
		bool many = p->need == ANY_NUMBER || p->need == AT_LEAST_ONE;

		if (p->is_word && (many || !is_given(c, p->name))) {
			take(c, p, text, state);
			return;
		}
	}
	argp_error(state, "unexpected word \"%s\"", text);
}

static void want_all(const struct ctl *c, const struct argp_state *state)
{
	for (const struct param *p = c->command->params; p != NULL && p->name != NULL; p++)
		if ((p->need == MUST || p->need == AT_LEAST_ONE) && !is_given(c, p->name))
			argp_error(state, "%s%s%s is missing", p->is_word ? "" : "--",
				   p->is_word ? "" : p->name, p->is_word ? p->arg : "");
}

static error_t read_param(int key, char *text, struct argp_state *state)
{
	struct ctl *c = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = c;
		return 0;
	case ARGP_KEY_ARG:
		take_word(c, text, state);
		return 0;
	case ARGP_KEY_END:
		want_all(c, state);
		return 0;
	default:
		if (key < PARAM_KEY || key >= GLOBAL_KEY)
			return ARGP_ERR_UNKNOWN;
		take(c, &c->command->params[key - PARAM_KEY], text != NULL ? text : "", state);
		return 0;
	}
}

static size_t count_params(const struct command *command)
{
	size_t n = 0;

	while (command->params != NULL && command->params[n].name != NULL)
		n++;
	return n;
}

static const struct argp_option *argp_options(struct ctl *c)
{
	size_t n = count_params(c->command), n_options = 0;
	struct argp_option *options = arena_zalloc(c->arena, (n + 1) * sizeof *options);

	for (size_t i = 0; i < n; i++) {
		const struct param *p = &c->command->params[i];

		if (!p->is_word)
			options[n_options++] = (struct argp_option){
				p->name, PARAM_KEY + (int)i, p->arg, 0, p->help, 0};
	}
	return n_options > 0 ? options : NULL; /* argp forgets memory over an empty list */
}

/* "ENROLLMENT [TEXT...]" */
static const char *words_doc(struct ctl *c)
{
	const char *doc = "";

	for (const struct param *p = c->command->params; p != NULL && p->name != NULL; p++) {
		bool many = p->need == ANY_NUMBER || p->need == AT_LEAST_ONE;
		bool may = p->need == MAY || p->need == ANY_NUMBER;

		if (p->is_word)
			doc = arena_printf(c->arena, "%s%s%s%s%s%s", doc, doc[0] != '\0' ? " " : "",
					   may ? "[" : "", p->arg, many ? "..." : "",
					   may ? "]" : "");
	}
	return doc;
}

static const char *command_doc(struct ctl *c)
{
	const char *doc = arena_printf(c->arena, "%s\v", c->command->help);

	for (const struct param *p = c->command->params; p != NULL && p->name != NULL; p++)
		if (p->is_word)
			doc = arena_printf(c->arena, "%s%s: %s\n", doc, p->arg, p->help);
	return doc;
}

/* The rest of argv after the command's own words. */
void read_command(struct ctl *c, int argc, char **argv)
{
	const struct command *command = c->command;
	const struct argp_child children[] = {{&global_argp, 0, NULL, 0}, {0}};
	const struct argp argp = {argp_options(c), read_param, words_doc(c), command_doc(c),
				  children,        NULL,       NULL};

	argv[0] = arena_printf(c->arena, "cairnctl %s%s%s", command->group,
			       command->verb != NULL ? " " : "",
			       command->verb != NULL ? command->verb : "");
	if (argp_parse(&argp, argc, argv, 0, NULL, c) != 0)
		ctl_fault(c, CTL_USAGE, "the command line cannot be read");
}
