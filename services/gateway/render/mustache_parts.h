/*
 * A parsed template: a list of pieces in the order of the text, sections closed by a piece of their
 * own. Between mustache_parse.c and mustache.c; nobody else includes this.
 */
#ifndef CAIRN_GATEWAY_MUSTACHE_PARTS_H
#define CAIRN_GATEWAY_MUSTACHE_PARTS_H

#include "services/gateway/render/mustache.h"

enum piece_kind {
	PIECE_TEXT,
	PIECE_ESCAPED,  /* {{name}} */
	PIECE_RAW,      /* {{{name}}}, {{&name}} */
	PIECE_SECTION,  /* {{#name}}, ends at pieces[end] */
	PIECE_INVERTED, /* {{^name}}, likewise */
	PIECE_END,      /* {{/name}} */
	PIECE_PARTIAL,  /* {{>name}} */
	PIECE_NOTHING   /* comments, delimiters, text that was dropped */
};

struct piece {
	enum piece_kind kind;
	struct bytes text; /* of PIECE_TEXT, in the template */
	const char *name;  /* of all that have one */
	unsigned end;
	/* Of a partial that is the first tag of its line: what stands before it in the line. */
	struct bytes before;
	bool after_text; /* before is more than blanks */
};

struct mustache {
	struct arena *arena; /* its own, or NULL: it lives in another's */
	struct bytes source; /* a copy */
	struct piece *pieces;
	unsigned n_pieces;
};

/* Into the arena, source being there already. False: fault_r says where and why. */
bool mustache_read(struct mustache *m, struct bytes source, struct arena *arena, char fault_r[200]);

/* How many bytes of a blank character (as JavaScript's \s) stand at text; 0: none. */
size_t blank_at(struct bytes text);

#endif
