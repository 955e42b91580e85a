/*
 * What a route says that it takes, "q?text hours?count name=text": a name, whether it must be
 * there, and of which kind it is.
 *
 *	for (const char *at = route->takes; takes_next(&at, &taken);)
 *		...
 */
#ifndef CAIRN_GATEWAY_TAKES_H
#define CAIRN_GATEWAY_TAKES_H

#include <stdbool.h>

struct taken {
	char name[64], kind[16];
	bool must;
};

/* The next word, and *at behind it. False: the end (*at is at the NUL), or what is no such word
 * (*at stays before it). */
bool takes_next(const char **at, struct taken *taken_r);

#endif
