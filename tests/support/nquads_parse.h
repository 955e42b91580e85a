/*
 * N-Quads text as quads, for tests: the vectors of RDF canonicalisation are written so.
 *
 * Strict: one quad per line, comments and empty lines allowed, everything else refused.
 */
#ifndef CAIRN_TEST_NQUADS_PARSE_H
#define CAIRN_TEST_NQUADS_PARSE_H

#include "services/issuance/documents/quads.h"

#define BLANK_NAME_LEN 64

struct nquads_names {
	size_t n;
	char (*names)[BLANK_NAME_LEN]; /* names[b]: what blank node b was called; [0] unused */
};

/* Appends to q. False if the text is not N-Quads. */
bool nquads_parse(const char *text, struct quads *q, struct nquads_names *names_r) MUST_CHECK;

#endif
