/*
 * Settings of a program: one table, read from an INI file and name=value words.
 *
 * Settings are about the process (where, how big, how long to wait); what a rule depends on is policy
 * and lives in a table, changed by commands. The table also prints --help and is checked against the
 * manual page. Order: defaults, the file (-c FILE), words on the command line. An unknown name, a value
 * out of range or a missing required one is an error that names file, setting, value and what is
 * allowed.
 */
#ifndef CAIRN_CONFIG_H
#define CAIRN_CONFIG_H

#include "libshared/base.h"

enum setting_type {
	SET_TEXT,    /* const char * */
	SET_COUNT,   /* uint64_t */
	SET_BYTES,   /* uint64_t; with K, M, G, T */
	SET_TIME_MS, /* uint64_t; with ms, s, m, h, d */
	SET_FLAG     /* bool; yes or no */
};

struct setting {
	const char *name;
	enum setting_type type;
	size_t at;              /* offset in the config struct */
	const char *value;      /* default; NULL: required */
	const char *least, *most; /* or NULL */
	const char *help;
};

struct setting_table {
	const struct setting *settings;
	unsigned n;
	void *config; /* the struct their offsets are in */
};

/* Applies defaults, then file (may be NULL), then words. INI section is the program's name. 0, or -1
 * with a sentence in fault_r. Text values live as long as the process. */
int config_load(const struct setting_table *tables, unsigned n_tables, const char *section,
		const char *file, char *const *words, unsigned n_words, char fault_r[300]) MUST_CHECK;
/* "name=default   help" lines on standard output. */
void config_help(const struct setting_table *tables, unsigned n_tables);

#endif
