/*
 * The texts that come with the program, one per topic and language.
 *
 * None of them holds a decision, a name other than the reader's own, or anything of the evidence.
 */
#ifndef CAIRN_NOTIFICATION_BUILTIN_H
#define CAIRN_NOTIFICATION_BUILTIN_H

#include "libshared/base.h"

struct builtin_text {
	uint16_t topic;
	const char *language, *subject, *body;
};

/* NULL: there is none. */
const struct builtin_text *builtin_find(uint16_t topic, const char *language);
bool builtin_language(const char *language);
/* 1 to 12; NULL: a language without names of months here. */
const char *builtin_month(const char *language, int month);

#endif
