/*
 * Settings of a program: one table, read from an INI file and name=value words.
 *
 * Settings are about the process (where, how big, how long to wait); what a rule depends on is
 * policy and lives in a table, changed by commands. The table also prints --help and is checked
 * against the manual page. Order: defaults, the file (-c FILE), words on the command line. An
 * unknown name, a name said twice, a value out of range or a missing required one is an error that
 * names file, setting, value and what is allowed.
 *
 * In the file, settings stand under [section], one a line, at most 190 bytes, not indented; other
 * sections are other programs'. Comments start with ; or #, and after a value with a blank and ;.
 */
#ifndef CAIRN_CONFIG_H
#define CAIRN_CONFIG_H

#include "libshared/base.h"

enum setting_type {
	SET_TEXT,    /* const char * */
	SET_COUNT,   /* uint64_t */
	SET_BYTES,   /* uint64_t; "512", or with K, M, G, T (of 1024) */
	SET_TIME_MS, /* uint64_t; "10s": with ms, s, m, h or d; only 0 needs none */
	SET_FLAG     /* bool; yes or no */
};

struct setting {
	const char *name;
	enum setting_type type;
	size_t at;                /* offset in the config struct */
	const char *value;        /* default; NULL: required, and not empty */
	const char *least, *most; /* of a number, written as its values are; or NULL */
	const char *help;
};

struct setting_table {
	const struct setting *settings;
	unsigned n;
	void *config; /* the struct their offsets are in */
};

/* Applies defaults, then file (may be NULL), then words. INI section is the program's name. 0, or
 * -1 with a sentence in fault_r. Text values live as long as the process, so words must (argv
 * does). */
int config_load(const struct setting_table *tables, unsigned n_tables, const char *section,
		const char *file, char *const *words, unsigned n_words,
		char fault_r[300]) MUST_CHECK;
/* "name=default   help" lines on standard output. */
void config_help(const struct setting_table *tables, unsigned n_tables);

#endif
