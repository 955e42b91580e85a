/* Settings from an INI file and name=value words into a struct, by a table. */
#include "libshared/config.h"

#include <errno.h>
#include <ini.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILE_MAX_LEN ((size_t)64 << 10)
#define LINE_MAX_LEN 190 /* inih cuts lines at 199 and reads the rest as one of its own */
#define FAULT_LEN 300

/* What was said about a setting last. */
struct given {
	const struct setting *setting;
	void *config;
	const char *text; /* NULL: nothing */
	char *owned;      /* text, when it is from the file */
	const char *from; /* for people: the file's name, or "command line" */
};

struct loading {
	struct given *given;
	unsigned n_given;
	const char *section, *file;
	bool section_seen;
	char *fault;
};

/* Always -1, so that a check can return it. The first fault is the one that is told. */
PRINTF_LIKE(2, 3)
static int fault(struct loading *l, const char *format, ...)
{
	va_list args;

	if (l->fault[0] != '\0')
		return -1;
	va_start(args, format);
	vsnprintf(l->fault, FAULT_LEN, format, args);
	va_end(args);
	return -1;
}

/* ---- values ---- */

struct unit {
	const char *name;
	uint64_t factor;
};

static const struct unit no_units[] = {{"", 1}, {NULL, 0}};
static const struct unit byte_units[] = {{"", 1},
					 {"K", UINT64_C(1) << 10},
					 {"M", UINT64_C(1) << 20},
					 {"G", UINT64_C(1) << 30},
					 {"T", UINT64_C(1) << 40},
					 {NULL, 0}};
static const struct unit time_units[] = {{"ms", 1},      {"s", 1000},     {"m", 60000},
					 {"h", 3600000}, {"d", 86400000}, {NULL, 0}};

static const struct unit *units_of(enum setting_type type)
{
	return type == SET_BYTES ? byte_units : type == SET_TIME_MS ? time_units : no_units;
}

static bool read_number(const char *text, const struct unit *unit, uint64_t *number_r)
{
	uint64_t number;
	char *end;

	if (text[0] < '0' || text[0] > '9') /* strtoull would take a sign and white space */
		return false;
	errno = 0;
	number = strtoull(text, &end, 10);
	if (errno != 0)
		return false;
	if (number == 0 && *end == '\0') { /* nothing is nothing in any unit */
		*number_r = 0;
		return true;
	}
	while (unit->name != NULL && strcmp(unit->name, end) != 0)
		unit++;
	return unit->name != NULL && !__builtin_mul_overflow(number, unit->factor, number_r);
}

static const char *what_is_meant(enum setting_type type)
{
	switch (type) {
	case SET_COUNT:
		return "a whole number";
	case SET_BYTES:
		return "a number of bytes, with K, M, G or T if you like";
	case SET_TIME_MS:
		return "a number with ms, s, m, h or d";
	case SET_FLAG:
		return "yes or no";
	default:
		return "a text";
	}
}

static int wrong_value(struct loading *l, const struct given *g, const char *text,
		       const char *expected)
{
	return fault(l, "%s: %s=%s: %s is expected", g->from, g->setting->name, text, expected);
}

static int set_number(struct loading *l, const struct given *g, const char *text)
{
	const struct setting *s = g->setting;
	const struct unit *units = units_of(s->type);
	uint64_t number, least = 0, most = UINT64_MAX;

	if (!read_number(text, units, &number))
		return wrong_value(l, g, text, what_is_meant(s->type));
	ENSURE(s->least == NULL || read_number(s->least, units, &least));
	ENSURE(s->most == NULL || read_number(s->most, units, &most));
	if (number < least || number > most)
		return fault(l, "%s: %s=%s: %s to %s is allowed", g->from, s->name, text,
			     s->least != NULL ? s->least : "0", s->most != NULL ? s->most : "any");
	memcpy((char *)g->config + s->at, &number, sizeof number);
	return 0;
}

static int set_flag(struct loading *l, const struct given *g, const char *text)
{
	bool yes = strcmp(text, "yes") == 0;

	if (!yes && strcmp(text, "no") != 0)
		return wrong_value(l, g, text, what_is_meant(SET_FLAG));
	memcpy((char *)g->config + g->setting->at, &yes, sizeof yes);
	return 0;
}

static int set(struct loading *l, struct given *g)
{
	const struct setting *s = g->setting;
	const char *text = g->text != NULL ? g->text : s->value;

	if (text == NULL || (s->value == NULL && text[0] == '\0'))
		return fault(l, "%s: %s is required (%s): say %s=...",
			     l->file != NULL ? l->file : "command line", s->name, s->help, s->name);
	if (s->type == SET_FLAG)
		return set_flag(l, g, text);
	if (s->type != SET_TEXT)
		return set_number(l, g, text);
	memcpy((char *)g->config + s->at, &text, sizeof text);
	g->owned = NULL; /* the config has it now, for as long as the process lives */
	return 0;
}

/* ---- where they come from ---- */

static struct given *find(const struct loading *l, const char *name, size_t len)
{
	for (unsigned i = 0; i < l->n_given; i++) {
		const char *known = l->given[i].setting->name;

		if (strncmp(known, name, len) == 0 && known[len] == '\0')
			return &l->given[i];
	}
	return NULL;
}

/* inih's handler: 1 is success. */
static int take_line(void *user, const char *section, const char *name, const char *value)
{
	struct loading *l = user;
	struct given *g;

	if (section[0] == '\0')
		return 1 + fault(l, "%s: %s stands before any section: put it under [%s]", l->file,
				 name, l->section);
	if (strcmp(section, l->section) != 0)
		return 1; /* another program's */
	l->section_seen = true;
	g = find(l, name, strlen(name));
	if (g == NULL)
		return 1 + fault(l, "%s: [%s] has no setting %s; --help lists them", l->file,
				 section, name);
	if (g->owned != NULL)
		return 1 + fault(l, "%s: %s stands twice under [%s]", l->file, name, section);
	g->owned = strdup(value);
	ENSURE(g->owned != NULL);
	g->text = g->owned;
	g->from = l->file;
	return 1;
}

/* The whole file with a NUL; NULL: told. */
static char *read_file(struct loading *l)
{
	FILE *file = fopen(l->file, "re");
	char *content = calloc(1, FILE_MAX_LEN + 1);
	size_t len;

	ENSURE(content != NULL);
	if (file == NULL) {
		fault(l, "%s: %s", l->file, strerror(errno));
		free(content);
		return NULL;
	}
	len = fread(content, 1, FILE_MAX_LEN + 1, file);
	if (ferror(file))
		fault(l, "%s: %s", l->file, strerror(errno));
	else if (len > FILE_MAX_LEN)
		fault(l, "%s: longer than %zu bytes", l->file, FILE_MAX_LEN);
	else if (memchr(content, '\0', len) != NULL)
		fault(l, "%s: not a text: it holds a NUL", l->file);
	fclose(file);
	if (l->fault[0] != '\0') {
		free(content);
		return NULL;
	}
	return content;
}

/* inih would take what is indented for more of the line above. */
static bool is_indented(const char *line)
{
	size_t blanks = strspn(line, " \t\r\v\f");

	return blanks > 0 && line[blanks] != '\n' && line[blanks] != '\0' && line[blanks] != ';' &&
	       line[blanks] != '#';
}

static int check_lines(struct loading *l, const char *content)
{
	unsigned number = 1;

	for (const char *line = content; *line != '\0'; number++) {
		size_t len = strcspn(line, "\n");

		if (len > LINE_MAX_LEN)
			return fault(l, "%s: line %u is longer than %d bytes", l->file, number,
				     LINE_MAX_LEN);
		if (is_indented(line))
			return fault(l, "%s: line %u starts with white space", l->file, number);
		line += len + (line[len] == '\n');
	}
	return 0;
}

static int load_file(struct loading *l)
{
	AUTO(free_ptr) char *content = read_file(l);
	int line;

	if (content == NULL || check_lines(l, content) != 0)
		return -1;
	line = ini_parse_string(content, take_line, l);
	if (line > 0)
		return fault(l, "%s: line %d is no name=value and no [section]", l->file, line);
	ENSURE(line == 0);
	if (!l->section_seen)
		return fault(l, "%s: no settings under [%s]", l->file, l->section);
	return 0;
}

static int take_word(struct loading *l, const char *word)
{
	size_t len = strcspn(word, "=");
	struct given *g = find(l, word, len);

	if (word[len] != '=')
		return fault(l, "command line: %s is no name=value", word);
	if (g == NULL)
		return fault(l, "command line: no setting %.*s; --help lists them", (int)len, word);
	if (g->text != NULL && g->owned == NULL)
		return fault(l, "command line: %s is said twice", g->setting->name);
	free(g->owned);
	g->owned = NULL;
	g->text = word + len + 1;
	g->from = "command line";
	return 0;
}

static void list_settings(struct loading *l, const struct setting_table *tables, unsigned n_tables)
{
	for (unsigned t = 0; t < n_tables; t++)
		l->n_given += tables[t].n;
	l->given = calloc(l->n_given + 1, sizeof *l->given);
	ENSURE(l->given != NULL);
	for (unsigned t = 0, g = 0; t < n_tables; t++)
		for (unsigned i = 0; i < tables[t].n; i++)
			l->given[g++] = (struct given){.setting = &tables[t].settings[i],
						       .config = tables[t].config,
						       .from = "default"};
}

static int load(struct loading *l, char *const *words, unsigned n_words)
{
	if (l->file != NULL && load_file(l) != 0)
		return -1;
	for (unsigned i = 0; i < n_words; i++)
		if (take_word(l, words[i]) != 0)
			return -1;
	for (unsigned i = 0; i < l->n_given; i++)
		if (set(l, &l->given[i]) != 0)
			return -1;
	return 0;
}

int config_load(const struct setting_table *tables, unsigned n_tables, const char *section,
		const char *file, char *const *words, unsigned n_words, char fault_r[300])
{
	struct loading l = {.section = section, .file = file, .fault = fault_r};
	int result;

	fault_r[0] = '\0';
	list_settings(&l, tables, n_tables);
	result = load(&l, words, n_words);
	for (unsigned i = 0; i < l.n_given; i++)
		free(l.given[i].owned);
	free(l.given);
	return result;
}

void config_help(const struct setting_table *tables, unsigned n_tables)
{
	for (unsigned t = 0; t < n_tables; t++) {
		for (unsigned i = 0; i < tables[t].n; i++) {
			const struct setting *s = &tables[t].settings[i];
			char head[80];

			snprintf(head, sizeof head, "%s=%s", s->name,
				 s->value != NULL ? s->value : "(required)");
			printf("  %-28s %s", head, s->help);
			if (s->least != NULL && s->most != NULL)
				printf(" (%s to %s)", s->least, s->most);
			printf("\n");
		}
	}
}
