/*
 * ctl_manual PAGE: fails unless every command of cairnctl stands in its manual page with every word
 * and option it takes, and the page names none that it does not take.
 */
#include "services/ctl/commands.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static unsigned n_faults;

static void fault(const struct command *command, const char *what, const char *name)
{
	printf("%s%s%s: %s %s\n", command->group, command->verb != NULL ? " " : "",
	       command->verb != NULL ? command->verb : "", what, name);
	n_faults++;
}

static char *read_page(const char *path)
{
	static char page[1 << 18];
	FILE *f = fopen(path, "r");
	size_t len = f != NULL ? fread(page, 1, sizeof page - 1, f) : 0;

	if (f == NULL || len == 0 || len == sizeof page - 1) {
		printf("%s cannot be read\n", path);
		exit(2);
	}
	fclose(f);
	page[len] = '\0';
	return page;
}

/* What follows a command's item up to the next one, as a copy. */
static char *section_of(const char *page, const struct command *command)
{
	char item[100];
	const char *start, *end;

	snprintf(item, sizeof item, "\n.It Cm %s%s%s", command->group,
		 command->verb != NULL ? " " : "", command->verb != NULL ? command->verb : "");
	start = page;
	do {
		start = strstr(start, item);
		if (start == NULL)
			return NULL;
		start += strlen(item);
	} while (*start != '\n' && *start != ' ');
	end = strstr(start, "\n.It Cm ");
	if (end == NULL || (strstr(start, "\n.Ss ") != NULL && strstr(start, "\n.Ss ") < end))
		end = strstr(start, "\n.S");
	return strndup(start, end != NULL ? (size_t)(end - start) : strlen(start));
}

/* "Fl -dir" or "Ar FILE", not as the beginning of a longer one. */
static bool says(const char *section, const char *macro, const char *name)
{
	char text[100];

	snprintf(text, sizeof text, "%s%s", macro, name);
	for (const char *at = section; (at = strstr(at, text)) != NULL; at++)
		if (strchr(" \n", at[strlen(text)]) != NULL)
			return true;
	return false;
}

static bool takes(const struct command *command, const char *name, size_t len)
{
	for (const struct param *p = command->params; p != NULL && p->name != NULL; p++)
		if (!p->is_word && strlen(p->name) == len && memcmp(p->name, name, len) == 0)
			return true;
	return false;
}

static void check_params(const struct command *command, const char *section)
{
	for (const struct param *p = command->params; p != NULL && p->name != NULL; p++) {
		char first[40];

		snprintf(first, sizeof first, "%.*s",
			 p->arg != NULL ? (int)strcspn(p->arg, "|") : 0,
			 p->arg != NULL ? p->arg : "");
		if (!p->is_word && !says(section, ".It Fl -", p->name))
			fault(command, "the page does not have", p->name);
		if (p->is_word && !says(section, "Ar ", first))
			fault(command, "the page does not have", p->arg);
	}
	for (const char *at = section; (at = strstr(at, "\n.It Fl -")) != NULL;) {
		at += strlen("\n.It Fl -");
		if (!takes(command, at, strcspn(at, " \n")))
			fault(command, "does not take what the page has:", at);
	}
}

static bool is_command(const char *item)
{
	for (size_t l = 0; l < n_command_lists; l++)
		for (size_t i = 0; i < command_lists[l]->n; i++) {
			const struct command *command = &command_lists[l]->commands[i];
			char name[100];
			size_t len = (size_t)snprintf(name, sizeof name, "%s%s%s", command->group,
						      command->verb != NULL ? " " : "",
						      command->verb != NULL ? command->verb : "");

			if (strncmp(item, name, len) == 0 &&
			    (item[len] == ' ' || item[len] == '\n'))
				return true;
		}
	return false;
}

int main(int argc, char **argv)
{
	const char *page;
	unsigned n = 0;

	if (argc != 2)
		return 2;
	page = read_page(argv[1]);
	for (size_t l = 0; l < n_command_lists; l++)
		for (size_t i = 0; i < command_lists[l]->n; i++, n++) {
			const struct command *command = &command_lists[l]->commands[i];
			char *section = section_of(page, command);

			if (section == NULL)
				fault(command, "is not in", argv[1]);
			else
				check_params(command, section);
			free(section);
		}
	for (const char *at = page; (at = strstr(at, "\n.It Cm ")) != NULL;) {
		at += strlen("\n.It Cm ");
		if (!is_command(at)) {
			printf("the page has a command that is none: %.30s\n", at);
			n_faults++;
		}
	}
	printf("%u commands looked at, %u faults\n", n, n_faults);
	return n_faults == 0 ? 0 : 1;
}
