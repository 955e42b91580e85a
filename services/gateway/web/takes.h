/*
 * What a route says that it takes, "q?text hours?count name=text": a name, whether it must be
 * there, and of which kind it is. A name that ends with a star stands for all that begin so.
 *
 *	text    a text
 *	texts   one or several: in JSON a list
 *	count   a whole number from 0, in a form its digits
 *	yes     true or false; in a form any text, as a checkbox sends
 *
 * Nothing, "" in a form and null in JSON, fits every kind.
 *
 *	for (const char *at = route->takes; takes_next(&at, &taken);)
 *		...
 */
#ifndef CAIRN_GATEWAY_TAKES_H
#define CAIRN_GATEWAY_TAKES_H

#include <jansson.h>
#include <stdbool.h>

struct taken {
	char name[64], kind[16];
	bool must;
};

/* The next word, and *at behind it. False: the end (*at is at the NUL), or what is no such word
 * (*at stays before it). */
bool takes_next(const char **at, struct taken *taken_r);

/* The first member of body that does not fit; NULL: all do. *kind_r: of which kind it should be;
 * NULL: it is not taken at all. Every form may have its own two fields, csrf and intention. */
const char *takes_misfit(const char *takes, const json_t *body, const char **kind_r);

#endif
