/* The first problem is the one that is told. */
#include "services/issuance/forms/problem.h"

#include <stdarg.h>
#include <stdio.h>

bool form_refuse(struct form_problem *problem, const char *format, ...)
{
	va_list args;

	if (problem->text[0] != '\0')
		return false;
	va_start(args, format);
	vsnprintf(problem->text, sizeof problem->text, format, args);
	va_end(args);
	return false;
}
