/* Which command argv names, and the list of all. */
#include "services/ctl/given.h"

#include <stdlib.h>
#include <string.h>

static void list_commands(FILE *out, const char *group)
{
	for (size_t l = 0; l < n_command_lists; l++)
		for (size_t i = 0; i < command_lists[l]->n; i++) {
			const struct command *command = &command_lists[l]->commands[i];
			char name[80];

			if (group != NULL && strcmp(group, command->group) != 0)
				continue;
			snprintf(name, sizeof name, "%s%s%s", command->group,
				 command->verb != NULL ? " " : "",
				 command->verb != NULL ? command->verb : "");
			fprintf(out, "  %-21s %s\n", name, command->help);
		}
}

static const struct command *find_command(const char *group, const char *verb)
{
	for (size_t l = 0; l < n_command_lists; l++)
		for (size_t i = 0; i < command_lists[l]->n; i++) {
			const struct command *command = &command_lists[l]->commands[i];

			if (strcmp(command->group, group) == 0 &&
			    (command->verb == NULL ||
			     (verb != NULL && strcmp(command->verb, verb) == 0)))
				return command;
		}
	return NULL;
}

static bool is_group(const char *group)
{
	for (size_t l = 0; l < n_command_lists; l++)
		for (size_t i = 0; i < command_lists[l]->n; i++)
			if (strcmp(command_lists[l]->commands[i].group, group) == 0)
				return true;
	return false;
}

struct top {
	struct ctl *ctl;
	int at; /* of the first word that is no option; 0: none */
};

static error_t read_top(int key, char *text, struct argp_state *state)
{
	struct top *top = state->input;

	(void)text;
	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = top->ctl;
		return 0;
	case 'V':
		puts("cairnctl " CAIRN_VERSION);
		exit(CTL_DONE);
	case ARGP_KEY_ARG:
		top->at = state->next - 1;
		state->next = state->argc;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static char *top_help(int key, const char *text, void *input)
{
	char *list = NULL;
	size_t len;
	FILE *out;

	(void)input;
	if (key != ARGP_KEY_HELP_POST_DOC)
		return (char *)(uintptr_t)text; /* argp frees what differs from text */
	out = open_memstream(&list, &len);
	ENSURE(out != NULL);
	fputs("Commands (each has its --help):\n", out);
	list_commands(out, NULL);
	fputs("\nExit: 0 done, 1 refused, 2 usage, 3 no answer, 4 a check failed,\n"
	      "5 fault here, 6 not allowed, 7 a log cannot be followed; see cairnctl(1).\n",
	      out);
	ENSURE(fclose(out) == 0);
	return list;
}

static int read_options_before(struct ctl *c, int argc, char **argv)
{
	const struct argp_child children[] = {{&global_argp, 0, NULL, 0}, {0}};
	/* Not argp's own: commands have a --version of what they show. */
	static const struct argp_option options[] = {
		{"version", 'V', NULL, 0, "print the program's version", -1}, {0}};
	const struct argp argp = {options,
				  read_top,
				  "COMMAND [WORDS...]",
				  "The operator's hand on a Cairn installation.\v",
				  children,
				  top_help,
				  NULL};
	struct top top = {c, 0};

	argp_err_exit_status = CTL_USAGE;
	if (argp_parse(&argp, argc, argv, ARGP_IN_ORDER, NULL, &top) != 0)
		ctl_fault(c, CTL_USAGE, "the command line cannot be read");
	return top.at;
}

static void no_such_command(struct ctl *c, const char *group, const char *verb)
{
	bool help = verb != NULL && strcmp(verb, "--help") == 0;

	if (is_group(group) && (help || verb == NULL))
		list_commands(help ? stdout : stderr, group);
	if (is_group(group) && help)
		return;
	ctl_fault(c, CTL_USAGE, "no command \"%s%s%s\"; cairnctl --help lists them all", group,
		  verb != NULL ? " " : "", verb != NULL ? verb : "");
}

const struct command *ctl_parse(struct ctl *c, int argc, char **argv)
{
	int at = read_options_before(c, argc, argv);
	const char *verb;

	if (ctl_failed(c))
		return NULL;
	if (at == 0) {
		list_commands(stderr, NULL);
		ctl_fault(c, CTL_USAGE, "a command is expected");
		return NULL;
	}
	verb = at + 1 < argc ? argv[at + 1] : NULL;
	c->command = find_command(argv[at], verb);
	if (c->command == NULL) {
		no_such_command(c, argv[at], verb);
		return NULL;
	}
	at += c->command->verb != NULL;
	read_command(c, argc - at, argv + at);
	return ctl_failed(c) ? NULL : c->command;
}
