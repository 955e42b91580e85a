/*
 * A credential document as RDF quads, by table instead of by a JSON-LD processor.
 *
 * The document may use the contexts of terms.h and nothing of JSON-LD but "@context", "id" and
 * "type". Whatever would be dropped or guessed by a processor (an undefined member or type, a
 * null, a relative address, a number that canonicalisers print differently) is refused, with
 * the place in the document: what is signed is what is written, or nothing.
 */
#ifndef CAIRN_ISSUANCE_NQUADS_H
#define CAIRN_ISSUANCE_NQUADS_H

#include "services/issuance/documents/fault.h"
#include "services/issuance/documents/quads.h"

#include <jansson.h>

struct nquads_source {
	json_t *document;    /* an object; read only */
	const char *without; /* a member of the document itself to pass over, or NULL */
	unsigned contexts;   /* in force before its own "@context": a mask of enum context */
	/* For what is about to be signed here: also refuses control characters in text and
	 * addresses that are not absolute, where the standard takes them as plain literals. */
	bool strict;
	/* An object met in the document whose quads q need not get, only links to it; or NULL. */
	const json_t *known;
};

/* Appends the quads of the document to q. False: problem says why, and q is of no use. */
bool nquads_emit(const struct nquads_source *source, struct quads *q,
		 struct badge_problem *problem) MUST_CHECK;

#define NUMBER_TEXT_LEN 32

/* A JSON number as RDF prints it: 2 and 2.0 are "2", 1.5 is "1.5E0". False for what is not
 * exact in 15 digits, smaller than a millionth or larger than 2^53 - 1. */
bool number_text(const json_t *number, char text_r[NUMBER_TEXT_LEN]) MUST_CHECK;

#endif
