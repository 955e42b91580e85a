/*
 * Why a form cannot be made, or nothing be read out of one: a sentence for the person who asked.
 */
#ifndef CAIRN_FORMS_PROBLEM_H
#define CAIRN_FORMS_PROBLEM_H

#include "libshared/base.h"

#define FORM_PROBLEM_LEN 400

struct form_problem {
	char text[FORM_PROBLEM_LEN]; /* "": none */
};

/* Records the first problem; later ones are dropped. Always false. */
bool form_refuse(struct form_problem *problem, const char *format, ...) PRINTF_LIKE(2, 3);

#endif
