/*
 * What is drawn for others: preview cards, badges, certificates. A job is one JSON object and its
 * result is a file, so that it is drawn in a child process: drawing takes tens of milliseconds, and
 * its libraries read fonts and pictures.
 *
 *	{"draw": "card", "title", "kicker", "issuer", "field"}       1200 x 630, PNG
 *	{"draw": "png" | "svg", "credential": the signed document}   the badge, credential baked in
 *	{"draw": "pdf", "credential", "verify_url", "holder"?, "sponsors"?: [{"state", "number"}]}
 */
#ifndef CAIRN_GATEWAY_DRAWING_H
#define CAIRN_GATEWAY_DRAWING_H

#include "libshared/arena.h"
#include "services/issuance/forms/problem.h"

#include <jansson.h>

/* False: the problem says why. */
bool drawing_make(const json_t *job, struct arena *a, struct bytes *file_r,
		  struct form_problem *problem) MUST_CHECK;
/* "image/png" of a kind; NULL: no such kind. */
const char *drawing_type(const char *draw);

#endif
